"""Classifies a column by values, name and table: is it personal data, and of which class?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.data_types import privacy_family
from lakegloss.core.names import own_name
from lakegloss.core.personal import tables
from lakegloss.core.personal.columns import (
    SENSITIVE,
    Hit,
    PersonalClass,
    find_phrase,
    is_harmless,
)
from lakegloss.core.personal.context import (
    DATED,
    Context,
    Contexts,
    meaning_of,
    unaccented_words,
    vetoed_by_words,
)
from lakegloss.core.personal.families.denials import is_denied
from lakegloss.core.personal.kinds.answers import are_mixed_contacts
from lakegloss.core.personal.kinds.expected import vetoed_by_values
from lakegloss.core.personal.kinds.network import class_of_network_address
from lakegloss.core.personal.kinds.organisations import (
    INFRASTRUCTURE,
    ORGANISATIONS,
    is_of_organisation,
    is_role_mailbox,
)
from lakegloss.core.personal.kinds.prefixes import Prefixes, cut_names
from lakegloss.core.personal.kinds.short_forms import written_out
from lakegloss.core.personal.kinds.surroundings import is_place
from lakegloss.core.personal.person_names import (
    GIVEN_NAMES,
    SURNAMES,
    has_name_shape,
)
from lakegloss.core.personal.values import (
    class_by_categories,
    is_indian_tax_number,
    looks_personal,
)
from lakegloss.core.values import forms
from lakegloss.core.values.checksums import card_number, iban, national_id, national_ids
from lakegloss.core.values.semantics import (
    clean_values,
    share_of,
)
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_MOST_VALUES = 100
_LONGEST_VALUE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalColumn:
    """A column as the rules see it.

    Attributes:
        name: its own name, without those of the structs around it.
        siblings: the names of the columns beside.
        words: the words of its name as they are written.
        readings: these words, and where they differ their meaning by the lexicon of comments, and
            the words of persons that they shorten.
        family: of its type: text, number, date, boolean, binary.
        values: some different values.
        rows: how many rows hold a value, 0 if that is not known.
        context: what its table is about.
    """

    name: str
    siblings: tuple[str, ...]
    words: tuple[str, ...]
    readings: tuple[tuple[str, ...], ...]
    family: str
    values: tuple[str, ...]
    rows: int
    context: Context


class PersonalTable:
    """The columns of one table, as the rules see them beside each other.

    What is the same for many columns is found once.

    Args:
        table: its name, or ''.
        names: the paths or names of all its columns.
    """

    def __init__(self, table: str, names: Sequence[str]) -> None:
        self._table = table
        self._names = tuple(names)
        self._own = tuple(map(own_name, names))
        self._prefixes = Prefixes(self._own)
        self._cut: dict[str, tuple[tuple[str, ...], Contexts]] = {}

    def column(
        self, place: int, data_type: str, values: Sequence[str], rows: int = 0
    ) -> PersonalColumn:
        """Gather a column's words, its type's family, its different values and its context."""
        names, contexts = self._without(self._prefixes.of(place))
        words, readings = _readings(names[place])
        cut = (value[:_LONGEST_VALUE] for value in clean_values(values))
        return PersonalColumn(
            name=self._own[place],
            siblings=self._names[:place] + self._names[place + 1 :],
            words=words,
            readings=readings,
            family=privacy_family(data_type),
            values=tuple(dict.fromkeys(cut))[:_MOST_VALUES],
            rows=rows,
            context=contexts.of(place),
        )

    def _without(self, prefix: str) -> tuple[tuple[str, ...], Contexts]:
        known = self._cut.get(prefix)
        if known is None:
            names = cut_names(self._own, prefix)
            known = self._cut[prefix] = names, Contexts(self._table, names)
        return known


@lru_cache(maxsize=8192)
def _readings(name: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The words of a name, and with them what they may mean (`PersonalColumn`)."""
    words = unaccented_words(name)
    others = dict.fromkeys((meaning_of(name), written_out(words)))
    return words, (words, *(reading for reading in others if reading not in ((), words)))


# Values

_SOCIAL = re.compile(
    r"(?:https?://)?(?:[a-z]{2,3}\.|www\.)?"
    r"(?:linkedin\.com/(?:in|pub)/|facebook\.com/|twitter\.com/"
    r"|x\.com/|instagram\.com/|xing\.com/profile|github\.com/|tiktok\.com/@|t\.me/|medium\.com/@"
    r"|youtube\.com/@|mastodon\.social/@|vk\.com/)[^\s/]{1,100}/?(?:\?\S*)?",
    re.IGNORECASE,
)
# What Google Analytics draws for a browser: a random number and the second of the first visit.
_GOOGLE_COOKIE = re.compile(r"(?:GA1\.\d{1,2}\.)?\d{5,10}\.1[0-9]\d{8}")


_NAMED_MAIL = re.compile(r"[^<>@]{2,80}<[^<>@\s]{1,64}@[\w.-]{3,100}>")
"""A person as mails and commits name one: Ann Lee <ann@x.example>."""


def _is_mail(value: str) -> bool:
    return bool(forms.is_email(value) or _NAMED_MAIL.fullmatch(value))


def class_by_values(column: PersonalColumn) -> str | None:
    """Find the class that the values alone show; '' if they show that it is none, else None.

    Most values must agree: a share of 0.6 for e-mail addresses, of 0.8 with check digits.
    """
    if column.family not in ("text", "number") or not column.values:
        return None
    values = column.values
    if share_of(values, _is_secret) >= 0.5:
        return P.SECRET
    if share_of(values, _is_mail) >= 0.6:
        return "" if share_of(values, is_role_mailbox) >= 0.6 else P.EMAIL
    for kind, holds, least in _CHECKED:
        if len(values) >= least and share_of(values, holds) >= 0.8:
            return kind
    if share_of(values, _SOCIAL.fullmatch) >= 0.6:
        return "" if column.context.thing else P.SOCIAL_PROFILE
    mixed = are_mixed_contacts(values) and not column.context.thing
    return P.EMAIL if mixed else _of_network(column) or _by_many_values(column)


def _of_network(column: PersonalColumn) -> str | None:
    return class_of_network_address(
        column.words,
        column.values,
        traffic=column.context.traffic,
        machines=column.context.machines,
    )


def _by_many_values(column: PersonalColumn) -> str | None:
    """Find a class that a single value may show by chance, but many values do not."""
    values = column.values
    categories = class_by_categories(values) if column.family == "text" else None
    if column.context.explains or column.context.grouped:
        return None
    if categories or column.context.thing:
        return categories
    if national_ids(values):
        return P.NATIONAL_ID
    if _of_organisation(column.words, column):
        return None
    fewest = 2 if all(v.startswith(("+", "(")) for v in values) else _FEWEST_PHONES
    phones = len(values) >= fewest and column.family == "text"
    return P.PHONE if phones and share_of(values, _is_dialled) >= 0.8 else None


_NORTH_AMERICAN = re.compile(r"(?:1[ .-])?[2-9]\d\d[ .-][2-9]\d\d[ .-]\d{4}(?:x\d{1,6})?")


def _is_dialled(value: str) -> bool:
    """Whether people write a phone number so: with a mark, or grouped as in North America."""
    has_mark = value.startswith(("+", "00", "(")) or re.match(r"0\d{1,5}[ /-]", value)
    if not has_mark and not _NORTH_AMERICAN.fullmatch(value):
        return False
    return looks_personal(value) == P.PHONE


def _is_secret(value: str) -> bool:
    return len(value) >= 16 and looks_personal(value) == P.SECRET


_FEWEST_PHONES = 5

_FORM_OF_IDENTITY = re.compile(
    r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]"  # codice fiscale of Italy
    r"|[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d"  # CURP of Mexico
    r"|\d{3}\.\d{3}\.\d{3}-\d\d"  # CPF of Brazil
)
"""Numbers that nothing else looks like, so wrong check digits do not matter."""
_CHECKED: tuple[tuple[PersonalClass, forms.Matcher, int], ...] = (
    (P.DEVICE, _GOOGLE_COOKIE.fullmatch, 1),
    (P.TAX_ID, is_indian_tax_number, 2),
    (P.IBAN, iban, 1),
    (P.CARD_NUMBER, card_number, 3),
    (P.NATIONAL_ID, national_id, 3),
    (P.NATIONAL_ID, _FORM_OF_IDENTITY.fullmatch, 2),
)


# Names

_CONTACT = frozenset(
    {P.PHONE, P.ADDRESS, P.POSTAL_CODE, P.LOCATION, P.PHOTO, P.SOCIAL_PROFILE, P.EMAIL}
    | {P.GENDER, P.BANK_ACCOUNT}
)
# `user_email` in a table of events belongs to a person; `contact_email` of a company may not.
_OF_PERSONS = word_set("""
user customer employee patient member subscriber student requester author actor committer sender
cardholder borrower applicant passenger guest visitor driver tenant citizen resident voter personal
home private emp rider suspect victim offender inmate coborrower player candidate
contact person subject donor mfa otp recovery twofactor
""")
_OF_TRAVELLERS = word_set(
    "pickup dropoff home residence user rider passenger customer patient driver"
)
_NEVER_NUMBERS = frozenset(
    {P.NAME, P.EMAIL, P.USERNAME, P.SOCIAL_PROFILE, P.ADDRESS, P.PHOTO, P.DOCUMENT, P.IBAN}
    | {P.DEVICE, P.BIOMETRIC, P.IP_ADDRESS}
)


def class_by_name(column: PersonalColumn) -> str:
    """Find the class that the name says, unless type, values or table contradict it."""
    return next(filter(None, (_by_words(words, column) for words in _told(column))), "")


def _told(column: PersonalColumn) -> tuple[tuple[str, ...], ...]:
    """The readings of a name; one alone if its words stand for something harmless."""
    return column.readings[:1] if is_harmless(column.words) else column.readings


def _by_words(words: Sequence[str], column: PersonalColumn) -> str:
    hit = find_phrase(words)
    if hit is None or vetoed_by_words(hit, words):
        return ""
    if _vetoed_by_meaning(hit, words, column) or _vetoed_by_type(hit.found, column):
        return ""
    if _vetoed_by_table(hit, column.context, words[: hit.end]):
        return ""
    denied = is_denied(hit.found, words, column.values)
    return "" if denied or vetoed_by_values(hit.found, column.values) else hit.found


def _vetoed_by_meaning(hit: Hit, words: Sequence[str], column: PersonalColumn) -> bool:
    """Whether the words or values show that the phrase has another meaning here."""
    kind, context = hit.found, column.context
    if kind in (P.IP_ADDRESS, P.DEVICE):
        return context.machines or not INFRASTRUCTURE.isdisjoint(column.words)
    if kind in _OF_EITHER:
        around = (*words[: hit.start], *words[hit.end :], *column.words[:-1])
        if _of_organisation(around, column):
            return True
    if _tells_of_thing(kind, words, context):
        return True
    if kind is P.HEALTH and words != column.words:  # `diag` may be a diagnosis of a machine
        return not (context.person or context.clinical or context.keyed)
    if kind is P.NAME and (hit.in_person_tables or _is_whole_name(hit, words)):
        return not _names_somebody(hit, words, column)
    return _counts_people(kind, words, column)


def _is_whole_name(hit: Hit, words: Sequence[str]) -> bool:
    return hit.start > 0 and "".join(words[hit.start : hit.end]) in _WHOLE_NAMES


def _tells_of_thing(kind: PersonalClass, words: Sequence[str], context: Context) -> bool:
    """Whether a storm was born, a vehicle diagnosed, or a provider paid for a procedure."""
    if kind is P.HEALTH and context.animals:
        return True
    if kind is P.POLITICS and "dues" in words and "union" not in words:
        return not context.union
    if kind is P.HEALTH and not context.clinical:
        if context.vehicles and not _OF_VEHICLES.isdisjoint(words):
            return True
        return context.totals and not tables.CODES_OF_CARE.isdisjoint(words)
    return "birth" in words and (context.thing or context.machines) and not context.person


_OF_VEHICLES = word_set(
    "diag diagnosis diagnostic condition treatment procedure cause health symptom"
)
_WHOLE_NAMES = word_set("fullname fullnm displayname longname")
_OF_EITHER = frozenset({P.EMAIL, P.PHONE, P.ADDRESS, P.USERNAME, P.SOCIAL_PROFILE, P.PHOTO})


def _of_organisation(words: Sequence[str], column: PersonalColumn) -> bool:
    return is_of_organisation(words, about_person=column.context.person)


_OF_CODES = word_set(
    "id code cd concept key status flag flg ind indicator type num source category"
)
_COUNTABLE = frozenset(
    {P.ETHNICITY, P.MARITAL_STATUS, P.RELIGION, P.MILITARY, P.POLITICS, P.ORIENTATION}
    | {P.CITIZENSHIP, P.NATIONALITY}
)


_DUES = word_set("""
kirchensteuer tax steuer dues cotis cotisation cuota beitrag gewerkschaftsbeitrag contrib
contribuicao trattenuta quota fee deduction
""")
"""What members pay: amounts, though they tell the membership."""


def _counts_people(kind: PersonalClass, words: Sequence[str], column: PersonalColumn) -> bool:
    """Whether a number counts people of a group: `hispanic` holds 1 or 33,101."""
    if column.family != "number" or kind not in _COUNTABLE or not _OF_CODES.isdisjoint(words):
        return False
    if not _DUES.isdisjoint(words):
        return False
    return share_of(column.values, _is_small_code) < 0.9 if column.values else False


def _is_small_code(value: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}(?:\.0{1,4})?", value))


def _names_somebody(hit: Hit, words: Sequence[str], column: PersonalColumn) -> bool:
    """Whether `name` means the table's persons: `tournament_name` beside `player_id` does not.

    If the lists know none of eight names in Latin letters, these are names of something else.
    """
    if not hit.in_person_tables:
        others = tables.NAMES_OF_OTHERS | ORGANISATIONS
        return others.isdisjoint(words[: hit.start])
    if words[hit.end :]:
        return False
    if not (tables.PERSON_TABLES | tables.NAME_HEADS).issuperset(
        w for w in words[: hit.start] if len(w) > 1
    ):
        return False
    values = [v for v in column.values if v.isascii() and not forms.is_digest(v)]
    if values and words[-1] in tables.ROLES and share_of(values, _may_name_somebody) < 0.3:
        return False
    return len(values) < 8 or any(_holds_listed_name(v) for v in values)


def _may_name_somebody(value: str) -> bool:
    return has_name_shape(value) or _holds_listed_name(value)


def _holds_listed_name(value: str) -> bool:
    words = value.lower().replace(",", " ").split()
    return not (GIVEN_NAMES.isdisjoint(words) and SURNAMES.isdisjoint(words))


def _vetoed_by_type(kind: PersonalClass, column: PersonalColumn) -> bool:
    if column.family == "boolean":
        return kind not in SENSITIVE
    if column.family == "date":  # here a date tells only that something happened
        if kind in (P.HEALTH, P.INCOME):
            return True
        return kind not in DATED and kind not in SENSITIVE
    return column.family == "number" and kind in _NEVER_NUMBERS


def _vetoed_by_table(hit: Hit, context: Context, whose: Sequence[str]) -> bool:
    kind, of_person = hit.found, not _OF_PERSONS.isdisjoint(whose)
    if kind in SENSITIVE and (context.grouped or context.explains):
        return context.explains or not of_person
    if kind is P.LOCATION and not _OF_TRAVELLERS.isdisjoint(whose):
        return False
    if kind is P.LOCATION and context.tracked:
        return is_place(whose)
    if kind in (P.LOCATION, P.POSTAL_CODE):
        return (context.thing and not of_person) or not (context.person or context.address)
    contest = kind is P.ETHNICITY and context.contest and "race" in whose
    about_thing = context.thing or context.grouped
    if (contest or (kind in _CONTACT and about_thing)) and not of_person:
        return True
    return not _has_own_table(kind, context) and _needs_person(hit, context, whose)


def _has_own_table(kind: PersonalClass, context: Context) -> bool:
    if kind is P.LICENCE_PLATE:
        return context.tracked or context.vehicles
    return (kind is P.HEALTH and context.clinical) or (kind is P.BANK_ACCOUNT and context.bank)


def _needs_person(hit: Hit, context: Context, whose: Sequence[str]) -> bool:
    """Whether a phrase means a person only in tables of persons, and none is spoken of here."""
    by_person = not _OF_PERSONS.isdisjoint(whose[: hit.start])
    return hit.in_person_tables and not by_person and (context.thing or not context.person)
