"""Finds persons by how values are written, where the column's name is glued, cut off or unknown."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.classify import PersonalColumn
from lakegloss.core.personal.families.numbers import is_plate
from lakegloss.core.personal.kinds.name_lists import unaccented
from lakegloss.core.personal.kinds.organisations import is_of_organisation
from lakegloss.core.personal.kinds.untold import WORDS_OF_OTHERS
from lakegloss.core.personal.person_names import GIVEN_NAMES, SURNAMES, is_handle_of_name
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass


def class_by_writing(column: PersonalColumn) -> str:
    """Find phones, plates beside drivers, names and accounts of persons, or ''."""
    context = column.context
    if context.grouped or context.explains or context.thing or context.machines:
        return ""
    if _are_phones(column):
        return P.PHONE
    return _class_of_texts(column) if column.family == "text" else ""


def _class_of_texts(column: PersonalColumn) -> str:
    if _are_logins(column):
        return P.USERNAME
    if not WORDS_OF_OTHERS.isdisjoint(column.words):
        return ""
    if _are_plates(column):
        return P.LICENCE_PLATE
    return P.NAME if _hold_names(column.values) else ""


# Phones

_GLUED = re.compile(
    r"(?:tel|phone|mobil|gsm|portable|handy|cel(?:l|u)?)(?:por|fix|port|mob|dom|bur|pro|per|priv"
    r"|perso|[1-3]|nr|no|num|n)?"
    r"|(?:num|no|nr|n|fixe?|priv|perso?|mob)(?:tel|phone|gsm|mobil|fax)[1-3]?|fax(?:nr|no|num|[1-3])"
)
_DIALLED = re.compile(r"0[1-9]\d{7,10}|(?:\+|00)[1-9]\d{7,13}|[36-9]\d{8}")
_BETWEEN = re.compile(r"[ ./()-]")


@lru_cache(maxsize=16_384)
def _holds_phone_word(words: tuple[str, ...]) -> bool:
    return any(map(_GLUED.fullmatch, words))


def _are_phones(column: PersonalColumn) -> bool:
    if column.family not in ("text", "number") or not _holds_phone_word(column.words):
        return False
    if is_of_organisation(column.words, about_person=column.context.person):
        return False
    return share_of(column.values, _is_dialled) >= 0.7


def _is_dialled(value: str) -> bool:
    return bool(_DIALLED.fullmatch(_BETWEEN.sub("", value))) and not forms.is_date(value)


# Plates

_OF_PLATES = word_set("immat immatriculation plate plaque kennzeichen kennz kenteken targa placa")
_DRIVERS = re.compile(r"chauffeur|driver|fahrer|conducteur|conductor|autista|kierowca|bestuurder")
_NO_ROAD = word_set("trailer remorque remolque anhaenger aircraft vessel boat ship tail wagon type")


def _are_plates(column: PersonalColumn) -> bool:
    if _OF_PLATES.isdisjoint(column.words) or not _NO_ROAD.isdisjoint(column.words):
        return False
    if not any(_DRIVERS.search(name.lower()) for name in column.siblings):
        return False
    return share_of(column.values, is_plate) >= 0.8


# Names

_FEWEST_NAMES, _FEWEST_AMONG_FIRMS, _FEWEST_GIVEN = 6, 5, 4
_PART = r"[A-Z\u00c0-\u00de][a-z\u00df-\u00ff'\u2019]+"
_CAPITALS = r"[A-Z\u00c0-\u00de][A-Z\u00c0-\u00de'\u2019-]+(?: [A-Z\u00c0-\u00de'\u2019-]{2,})?"
_GIVEN = rf"{_PART}(?:[ -]{_PART})?"
_CLEAR = re.compile(
    rf"{_CAPITALS},? (?P<last>{_GIVEN})|(?P<first>{_GIVEN}) {_CAPITALS}"
    rf"|{_PART}(?:[ -]{_PART})?, (?P<behind>{_GIVEN})"
)
_PLAIN = re.compile(rf"(?P<given>{_PART}) (?P<surname>{_PART})")


def _hold_names(values: Sequence[str]) -> bool:
    """Whether many values are written as names in full, with many given names that are listed.

    SURNAME Given, Given SURNAME and Surname, Given are seldom anything else: among names of firms
    a part of the values is enough. Of Given Surname the lists must know both words.
    """
    if len(values) < _FEWEST_NAMES:
        return False
    clear = [given for given in map(_given_in, values) if given]
    if len(clear) >= max(_FEWEST_AMONG_FIRMS, 0.15 * len(values)):
        return len(set(clear)) >= _FEWEST_GIVEN
    return share_of(values, _is_listed_in_full) >= 0.6


def _given_in(value: str) -> str:
    match = _CLEAR.fullmatch(value)
    if not match:
        return ""
    given = unaccented(match["last"] or match["first"] or match["behind"])
    return given if given.replace("-", " ").split()[0] in GIVEN_NAMES else ""


def _is_listed_in_full(value: str) -> bool:
    match = _PLAIN.fullmatch(value)
    if not match:
        return False
    return unaccented(match["given"]) in GIVEN_NAMES and unaccented(match["surname"]) in SURNAMES


# Accounts

_LOGIN = re.compile(r"[a-z]{1,12}[._][a-z]{3,20}\d{0,2}|[a-z]{5,14}\d{0,2}")
_USERS = word_set("""
user usr owner rep agent author operator login account seller salesperson assignee creator
vendeur commercial utilisateur benutzer bearbeiter usuario utente
""")
_FEWEST_LOGINS = 4


@lru_cache(maxsize=16_384)
def _speaks_of_users(words: tuple[str, ...]) -> bool:
    return not _USERS.isdisjoint(words)


def _are_logins(column: PersonalColumn) -> bool:
    """Whether a column about users holds texts as logins are written, a fifth with listed names."""
    values = column.values
    if len(values) < _FEWEST_LOGINS or not _speaks_of_users(column.words):
        return False
    if share_of(values, _LOGIN.fullmatch) < 0.7:
        return False
    return sum(map(is_handle_of_name, values)) >= max(2, 0.2 * len(values))
