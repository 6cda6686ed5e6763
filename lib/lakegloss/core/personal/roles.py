"""Finds names and accounts of people by the role that a column names: author, driver, closed_by."""

import re
from collections.abc import Sequence

from lakegloss.core.personal import tables
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.classify import PersonalColumn
from lakegloss.core.personal.kinds.numbers_of_people import is_number_of_person
from lakegloss.core.personal.kinds.untold import name_some_people
from lakegloss.core.personal.person_names import (
    ADDRESSED,
    NEVER_NAMES,
    are_people,
    company_share,
    has_name_shape,
    is_clear_name,
    is_given_name,
    is_handle_of_name,
    is_person_name,
    people_in,
)
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_ACCOUNT = re.compile(r"@?[a-z][a-z0-9._-]{2,30}|[A-Z]{4,11}\d{0,2}")


def class_by_role(column: PersonalColumn) -> str:
    """Find the class by the role of people that the name ends in, if the values are like names."""
    if column.family != "text" or column.context.explains:
        return ""
    for words in column.readings:
        if is_number_of_person(words, column.family, column.values):
            return P.MEMBER_NUMBER
        if words in _ACCOUNT_KEYS and _are_handles(column.values):
            return P.USERNAME
        if words[-1:] in _SLUGS and words[-2:-1] and words[-2] in tables.ROLES:
            return P.USERNAME if share_of(column.values, _SLUG.fullmatch) >= 0.8 else ""
        role, is_named, is_act = _role_of(words)
        if role or is_act:
            return _of_role(column, role, is_named=is_named, is_act=is_act)
    return P.NAME if _are_named_after_nobody(column) else ""


def _are_named_after_nobody(column: PersonalColumn) -> bool:
    """Whether a column whose name tells no role holds names of people, by the lists and shapes."""
    words, values = column.words, column.values
    if len(values) < 2 or not tables.NAMES_OF_OTHERS.isdisjoint(words):
        return False
    if column.context.thing and tables.NEUTRAL_COLUMNS.issuperset(words):
        return False
    if share_of(values, _is_titled) >= 0.9:
        return True
    open_head = not _OPEN_HEADS.isdisjoint((words[-1:], words[:1])) or (
        words and _AGENT.fullmatch(words[-1])
    )
    if len(values) < 3 and not open_head:
        return False
    if _hold_given_names(column) or _follow_name(column):
        return True
    written = share_of(values, lambda v: has_name_shape(v) or is_clear_name(v)) >= 0.8
    return written and share_of(values, is_clear_name) >= (0.3 if _speaks_of_role(words) else 0.5)


def _is_titled(value: str) -> bool:
    """Whether a full name begins with a title: `Dr Nadia Roche`, `Sra. Elvira Montes`."""
    first, _, rest = value.partition(" ")
    return first.rstrip(".").lower() in ADDRESSED and bool(rest) and has_name_shape(value)


_NAME_FIRST = word_set("nom nome nombre naam nm nomb prenom imie nazwisko nazw apellido cognome")


def _follow_name(column: PersonalColumn) -> bool:
    """Whether a name begins with the word for it, as in Latin languages, and values are names."""
    if column.context.thing or column.words[:1] == () or column.words[0] not in _NAME_FIRST:
        return False
    return share_of(column.values, is_person_name) >= 0.3 and _are_shaped(column.values)


def _hold_given_names(column: PersonalColumn) -> bool:
    """Whether nearly all values are given names alone: cashiers sign with them."""
    if len(column.values) < 4 or column.context.thing or not _GOODS.isdisjoint(column.words):
        return False
    return share_of(column.values, is_given_name) >= 0.8


_GOODS = word_set("""
name names nm size colour color model code month day grp grade class scent flavour flavor key id
dataset language lang version tag currency storm
""")


def _speaks_of_role(words: Sequence[str]) -> bool:
    """Whether a role stands anywhere in the name, as it stands first in Spanish: resp_contrato."""
    return not (tables.ROLES - tables.MAY_BE_COMPANIES | _FIRST_ROLES).isdisjoint(words)


_FIRST_ROLES = frozenset({"titular", "resp", "titulaire", "intestatario", "gestor"})
_AGENT = re.compile(r"[a-z]{3,20}(?:er|or|ist|ian|ant|ee)")
_OPEN_HEADS = frozenset(
    (word,) for word in ("name", "nm", "nom", "nome", "nombre", "by", "to", "id", "person")
)
_ACCOUNT_KEYS = (
    ("user", "id"), ("userid",), ("uid",), ("login", "id"), ("account", "id"), ("usr",), ("user",),
)  # fmt: skip
_HANDLE_KEY = re.compile(r"[a-z][a-z._-]{2,29}\d{0,2}", re.IGNORECASE)


def _are_handles(values: Sequence[str]) -> bool:
    """Whether a key of users holds accounts that people chose: mmeyer, not u_1123."""
    return len(values) >= 2 and share_of(values, _HANDLE_KEY.fullmatch) >= 0.8


def _role_of(words: Sequence[str]) -> tuple[str, bool, bool]:
    """Split off the role, whether `name` stands beside it, whether it is an act (`closed_by`)."""
    if len(words) >= 2 and words[-1] == "by":
        return "", False, words[-2] in tables.ACTS_BY
    core = list(words)
    while core and core[-1] in _LISTS:
        core.pop()
    while core and core[-1] in tables.NAME_WORDS:
        core.pop()
    named = core != list(words) and not _LISTS.issuperset(words[len(core) :])
    if core and core[0] in tables.NAME_WORDS and core[-1] in tables.ROLES:  # nome_paciente
        return core[-1], True, False
    return (core[-1], named, False) if core and core[-1] in tables.ROLES else ("", False, False)


def _of_role(column: PersonalColumn, role: str, *, is_named: bool, is_act: bool) -> str:
    values = column.values
    certain = is_named and role not in tables.MAY_BE_COMPANIES
    if not values:
        return P.NAME if certain else ""
    if (
        are_people(values)
        or (_are_only_people(role) and _are_shaped(values))
        or (certain and _may_be_people(values))
    ):
        return P.NAME
    if role in _OWNERS and name_some_people(values):
        return P.NAME
    accounts = (is_act or role in tables.ACCOUNT_ROLES) and share_of(values, _is_account) >= 0.8
    if role and _are_invented(values):
        return P.USERNAME
    handles = len(values) >= 2 and share_of(values, is_handle_of_name) >= 0.5
    return P.USERNAME if accounts or handles else ""


_OWNERS = word_set("""
owner grantor grantee taxpayer applicant buyer seller lessee lessor tenant landlord lienholder
claimant payee payer beneficiary customer cust client donor contributor party plaintiff defendant
petitioner respondent holder debtor creditor titular proprietaire propietario proprietario
eigentuemer inhaber permittee licensee registrant borrower consignee recipient
""")
"""Roles in whose columns people stand among companies."""
_INVENTED = re.compile(r"@?([a-z]{3,20})[._]?\d{1,4}")
_FEWEST_INVENTED = 3


def _are_invented(values: Sequence[str]) -> bool:
    """Whether people chose these accounts: turbo58, kiwi86; a system draws drv001, drv002."""
    matches = [_INVENTED.fullmatch(value) for value in values]
    words = {match[1] for match in matches if match}
    return len(words) >= _FEWEST_INVENTED and sum(map(bool, matches)) >= 0.8 * len(values)


_SLUGS = (("ref",), ("slug",), ("handle",), ("alias",), ("short",), ("username",), ("screenname",))
_SLUG = re.compile(r"[a-z]{2,30}(?:[_.-][a-z]{1,29}){0,4}\d{0,2}")
_LISTS = frozenset({"list", "raw"})
_OTHER_MEANINGS = word_set("driver pilot producer manager director trainer md dr editor")


def _are_only_people(role: str) -> bool:
    return bool(role) and role not in tables.MAY_BE_COMPANIES and role not in _OTHER_MEANINGS


def _are_shaped(values: Sequence[str]) -> bool:
    """Whether all values are written as names, in a role that only people play."""
    if not values or share_of(values, has_name_shape) >= 0.9:
        return bool(values)
    alone = share_of(values, _is_first_name_or_whole) >= 0.9
    return alone and share_of(values, is_person_name) >= 0.2


_GIVEN = re.compile(r"[A-Z][^\W\d_]{1,20}(?:[ -][A-Z][^\W\d_]{1,20})?(?: [A-Z]\.?)?")


def _is_first_name_or_whole(value: str) -> bool:
    return bool(_GIVEN.fullmatch(value) or has_name_shape(value))


def _may_be_people(values: Sequence[str]) -> bool:
    """Whether the values could be names that the lists do not know, or are hashed or masked."""
    hidden = share_of(values, forms.is_digest) + share_of(values, lambda v: "***" in v)
    return hidden >= 0.5 or (company_share(values) < 0.3 and share_of(values, _is_worded) >= 0.5)


def _is_worded(value: str) -> bool:
    return any(map(str.isalpha, value)) and not any(map(str.isdigit, value))


def _is_account(value: str) -> bool:
    """Whether each part is an account's name in small letters, and no team's."""
    parts = [part for people in people_in(value) for part in people.split(",")]
    return bool(parts) and all(
        _ACCOUNT.fullmatch(part) and NEVER_NAMES.isdisjoint(re.split(r"[._-]", part.lower()))
        for part in parts
    )
