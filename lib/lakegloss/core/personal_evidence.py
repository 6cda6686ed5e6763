"""What values, names and tables say of a column: is it personal data, and of which class?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lakegloss.core import personal_tables as tables
from lakegloss.core import semantic_forms as forms
from lakegloss.core.checksums import card_number, iban, national_id, national_ids
from lakegloss.core.personal_columns import SENSITIVE, Hit, PersonalClass, find_phrase
from lakegloss.core.personal_context import DATED, Context, context_of, name_words, vetoed_by_words
from lakegloss.core.personal_names import (
    GIVEN_NAMES,
    SURNAMES,
    company_share,
    is_person_name,
    name_share,
)
from lakegloss.core.personal_values import looks_personal
from lakegloss.core.semantics import (
    clean_values,
    is_numeric_type,
    leaf_name,
    share_of,
)
from lakegloss.core.wordlists import word_set

P = PersonalClass

_MOST_VALUES = 100
_LONGEST_VALUE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalColumn:
    """A column as the rules see it: words of its name, family of its type, some values."""

    words: tuple[str, ...]
    family: str
    values: tuple[str, ...]
    context: Context


def column_of(
    name: str, data_type: str, values: Sequence[str], table: str, siblings: Sequence[str]
) -> PersonalColumn:
    """The column with its words, its type's family, different values and its table's context."""
    cut = (value[:_LONGEST_VALUE] for value in clean_values(values))
    distinct = tuple(dict.fromkeys(cut))[:_MOST_VALUES]
    return PersonalColumn(
        words=name_words(leaf_name(name)),
        family=_family(data_type.lower()),
        values=distinct,
        context=context_of(table, siblings),
    )


def _family(data_type: str) -> str:
    if is_numeric_type(data_type):
        return "number"
    if data_type.startswith(("date", "timestamp")):
        return "date"
    return data_type if data_type in ("boolean", "binary") else "text"


# Values

_ROLES = word_set("""
info contact support sales admin security office help helpdesk service billing accounts
accounting hr jobs careers press media noreply postmaster webmaster hostmaster abuse team hello
enquiries inquiries mail kontakt contacto contato privacy legal soc cert csirt cirt irt it
infosec cyber cybersecurity vulnerability marketing orders reservations booking feedback
notifications reply disclosure vdp incident operations ops no desk customer customers
""")
_SOCIAL = re.compile(
    r"(?:https?://)?(?:[a-z]{2,3}\.|www\.)?"
    r"(?:linkedin\.com/(?:in|pub)/|facebook\.com/|twitter\.com/"
    r"|x\.com/|instagram\.com/|xing\.com/profile|github\.com/|tiktok\.com/@|t\.me/|medium\.com/@"
    r"|youtube\.com/@|mastodon\.social/@|vk\.com/)[^\s/]{1,100}/?(?:\?\S*)?",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\d{1,6}[A-Za-z]?,? (?:[\w.'-]{1,30} ){1,5}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr"
    r"|boulevard|blvd|court|ct|way|place|pl|terrace|circle|cir|parkway|pkwy|trail|close|crescent)"
    r"\.?(?:,? .{0,60})?"
    r"|[\w.' -]{2,40}(?:straße|strasse|str\.|weg|platz|gasse|allee|gatan|vej|straat|laan|utca) ?"
    r"\d{1,4} ?[a-z]?(?:,? .{0,60})?"
    r"|(?:\d{1,5},? )?(?:rue|avenue|calle|via|rua|viale|plaza|piazza|avenida|ulica|ul\.|c/) "
    r".{3,80}",
    re.IGNORECASE,
)
_INFRASTRUCTURE = word_set("""
server host subnet dns gateway router destination dst dest node network cidr internal range
version cluster pod nat
""")


def class_by_values(column: PersonalColumn) -> str | None:
    """The class that the values show by themselves; '' where they show that it is none, else None.

    Most values must agree: 0.6 for e-mail addresses, 0.8 for what carries check digits.
    """
    if column.family not in ("text", "number") or not column.values:
        return None
    values = column.values
    if share_of(values, _is_secret) >= 0.5:
        return P.SECRET
    if share_of(values, forms.is_email) >= 0.6:
        return "" if share_of(values, _is_role_mailbox) >= 0.6 else P.EMAIL
    for found, holds, least in _CHECKED:
        if len(values) >= least and share_of(values, holds) >= 0.8:
            return found
    if share_of(values, _SOCIAL.fullmatch) >= 0.6:
        return "" if column.context.thing else P.SOCIAL_PROFILE
    return _addresses_of_machines(column) or _by_many_values(column)


def _by_many_values(column: PersonalColumn) -> str | None:
    national = national_ids(column.values)
    return P.NATIONAL_ID if national and not column.context.thing else None


def _addresses_of_machines(column: PersonalColumn) -> str | None:
    if not _INFRASTRUCTURE.isdisjoint(column.words):
        return None
    if share_of(column.values, forms.is_mac_address) >= 0.8:
        return P.DEVICE
    if share_of(column.values, lambda v: looks_personal(v) == P.IP_ADDRESS) >= 0.8:
        return P.IP_ADDRESS
    return None


def _is_secret(value: str) -> bool:
    return len(value) >= 16 and looks_personal(value) == P.SECRET


def _is_role_mailbox(value: str) -> bool:
    parts = re.split(r"[._+-]", value.partition("@")[0].lower())
    return any(p.rstrip("0123456789") in _ROLES for p in parts) or parts[0].startswith(
        ("secur", "info", "admin", "contact", "support", "cyber", "vuln")
    )


_CHECKED: tuple[tuple[PersonalClass, forms.Matcher, int], ...] = (
    (P.IBAN, iban, 1),
    (P.CARD_NUMBER, card_number, 3),
    (P.NATIONAL_ID, national_id, 3),
)


# Names

_CONTACT = frozenset(
    {P.PHONE, P.ADDRESS, P.POSTAL_CODE, P.LOCATION, P.PHOTO, P.SOCIAL_PROFILE, P.EMAIL}
    | {P.GENDER, P.BANK_ACCOUNT}
)
_NEVER_NUMBERS = frozenset(
    {P.NAME, P.EMAIL, P.USERNAME, P.SOCIAL_PROFILE, P.ADDRESS, P.PHOTO, P.DOCUMENT, P.IBAN}
    | {P.DEVICE, P.BIOMETRIC, P.IP_ADDRESS}
)


def class_by_name(column: PersonalColumn) -> str:
    """The class that the column's name says and that type, values and table do not contradict."""
    hit = find_phrase(column.words)
    if hit is None or vetoed_by_words(hit, column.words):
        return ""
    if _vetoed_by_type(hit.found, column) or _vetoed_by_table(hit, column.context):
        return ""
    if hit.found is P.NAME and hit.in_person_tables and not _names_somebody(hit, column):
        return ""
    return "" if _vetoed_by_values(hit.found, column.values) else hit.found


def _names_somebody(hit: Hit, column: PersonalColumn) -> bool:
    """Whether `name` is that of the table's persons: `tournament_name` beside `player_id` is not.

    Eight names in Latin letters of which the lists know none are those of something else.
    """
    if column.words[hit.end :]:
        return False
    if not (tables.PERSON_TABLES | tables.NAME_HEADS).issuperset(
        w for w in column.words[: hit.start] if len(w) > 1
    ):
        return False
    values = [v for v in column.values if v.isascii() and not forms.is_digest(v)]
    return len(values) < 8 or any(_holds_listed_name(v) for v in values)


def _holds_listed_name(value: str) -> bool:
    words = value.lower().replace(",", " ").split()
    return not (GIVEN_NAMES.isdisjoint(words) and SURNAMES.isdisjoint(words))


def _vetoed_by_type(found: PersonalClass, column: PersonalColumn) -> bool:
    if column.family == "boolean":
        return found not in SENSITIVE
    if column.family == "date":  # when something happened to a patient is not what happened
        return found is P.HEALTH or (found not in DATED and found not in SENSITIVE)
    return column.family == "number" and found in _NEVER_NUMBERS


def _vetoed_by_table(hit: Hit, context: Context) -> bool:
    if hit.found in _CONTACT and context.thing:
        return True
    if hit.found in (P.LOCATION, P.POSTAL_CODE):
        return not (context.person or context.address)
    if (hit.found is P.HEALTH and context.clinical) or (
        hit.found is P.BANK_ACCOUNT and context.bank
    ):
        return False
    return hit.in_person_tables and (context.thing or not context.person)


def _vetoed_by_values(found: PersonalClass, values: Sequence[str]) -> bool:
    expected = _EXPECTED.get(found)
    if not values or expected is None:
        return False
    holds, least = expected
    # Hashed or masked values are still those of persons.
    hidden = share_of(values, forms.is_digest) + share_of(values, lambda v: "***" in v)
    return hidden < 0.5 and share_of(values, holds) < least


def _may_be_name(value: str) -> bool:
    letters = sum(map(str.isalpha, value))
    return letters * 2 > len(value) and len(value) <= 80 and not company_share((value,))


def _has_digits(least: int) -> Callable[[str], bool]:
    return lambda value: sum(map(str.isdigit, value)) >= least


def _may_be_account(value: str) -> bool:
    return len(value) <= 100 and not forms.is_date(value) and not forms.is_uuid(value)


def _has_text(value: str) -> bool:
    return len(value) >= 2 and not forms.is_date(value) and not forms.are_flags({value.lower()})


def _may_be_birth_date(value: str) -> bool:
    return bool(forms.is_date(value)) or _has_digits(4)(value)


_EXPECTED: dict[PersonalClass, tuple[Callable[[str], bool], float]] = {
    P.NAME: (_may_be_name, 0.5),
    P.EMAIL: (lambda v: "@" in v, 0.3),
    P.PHONE: (_has_digits(5), 0.5),
    P.ADDRESS: (_has_text, 0.5),
    P.BIRTH_DATE: (_may_be_birth_date, 0.5),
    P.DEATH_DATE: (_may_be_birth_date, 0.5),
    P.NATIONAL_ID: (_has_digits(3), 0.5),
    P.TAX_ID: (_has_digits(3), 0.5),
    P.PASSPORT: (_has_digits(3), 0.5),
    P.DRIVING_LICENCE: (_has_digits(2), 0.5),
    P.CARD_NUMBER: (_has_digits(8), 0.5),
    P.CARD_CODE: (_has_digits(3), 0.5),
    P.BANK_ACCOUNT: (_has_digits(4), 0.5),
    P.MEMBER_NUMBER: (_has_digits(1), 0.5),
    P.USERNAME: (lambda v: _may_be_account(v) and not v.isdigit(), 0.5),
    P.IP_ADDRESS: (forms.is_ip_address, 0.5),
    P.SECRET: (_may_be_account, 0.5),
    P.POSTAL_CODE: (_has_digits(2), 0.5),
}


# Tables whose subject is sensitive, and columns that only their values explain

_AUDIT = word_set("""
created updated modified loaded inserted synced index note notes comment comments rowguid
deleted batch source version
""")
_SUBJECTS = frozenset(
    {P.MILITARY, P.RELIGION, P.ETHNICITY, P.CRIMINAL_RECORD, P.POLITICS, P.ORIENTATION}
    | {P.MARITAL_STATUS}
)
_OWN_ATTRIBUTES = frozenset(["status", "type", "category", "code", "class", "rank", "kind"])
# The key of a person in the source system, as dimensional models and OMOP call it.
_SOURCE_KEYS = (("alternate", "key"), ("natural", "key"), ("business", "key"), ("source", "value"))
_PAY_COLUMNS = (("rate",), ("amount",), ("value",), ("gross",), ("net",), ("bonus",), ("pay",))
_BY_TABLE = frozenset({P.EMAIL, P.PHONE, P.ADDRESS, P.SOCIAL_PROFILE})


def class_by_subject(column: PersonalColumn) -> str:
    """The class that the table's subject gives a column, or that values of a neutral one show."""
    if column.context.clinical and _is_clinical(column):
        return P.HEALTH
    subject = column.context.subject
    if subject in _SUBJECTS and _tells_subject(column):
        return subject
    if subject in _BY_TABLE and column.words == ("value",):
        return "" if _vetoed_by_values(subject, column.values) else subject
    if column.words[-2:] in _SOURCE_KEYS and not tables.PERSON_TABLES.isdisjoint(column.words):
        return P.MEMBER_NUMBER
    if (
        column.context.pay
        and (column.context.keyed or column.context.person)
        and column.words in _PAY_COLUMNS
    ):
        return P.INCOME
    return _by_lists(column)


_NOT_CLINICAL = frozenset(
    {"type", "unit", "provider", "visit", "date", "time", "datetime"}
    | {"version", "seq", "sequence"}
)


def _is_clinical(column: PersonalColumn) -> bool:
    words = set(column.words)
    if column.family in ("date", "boolean") or words & _NOT_CLINICAL:
        return False
    if column.words[-1:] == ("id",) and "concept" not in words:
        return False
    return not tables.CLINICAL_COLUMNS.isdisjoint(words)


def _tells_subject(column: PersonalColumn) -> bool:
    words = column.words
    if not words or not _AUDIT.isdisjoint(words) or not column.context.keyed:
        return False
    is_key = words[-1] in ("id", "key", "guid", "uuid")
    return not is_key or (len(words) == 2 and words[0] in _OWN_ATTRIBUTES)


def _by_lists(column: PersonalColumn) -> str:
    values = column.values
    if column.family != "text" or column.context.thing or len(values) < 5:
        return ""
    if tables.NEUTRAL_COLUMNS.issuperset(column.words) and name_share(values) >= 0.6:
        return P.NAME
    if column.words[-1:] and column.words[-1] in tables.PERSON_TABLES and name_share(values) >= 0.4:
        return P.NAME
    whole = [v for v in values if " " in v]
    if find_phrase(column.words) is None and len(whole) >= 8:
        if sum(map(is_person_name, whole)) >= 0.7 * len(values):
            return P.NAME
        if share_of(values, _STREET.fullmatch) >= 0.6:
            return P.ADDRESS
    return ""
