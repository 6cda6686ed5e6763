"""Finds persons inside longer values: a phone number in a note, a card behind a mark of payment."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.families.free_lines import is_free_line
from lakegloss.core.personal.kinds.name_lists import unaccented
from lakegloss.core.personal.kinds.organisations import is_role_mailbox
from lakegloss.core.personal.kinds.untold import WORDS_OF_OTHERS, is_road
from lakegloss.core.personal.person_names import (
    ADDRESSED,
    SURNAMES,
    is_given_name,
    mentions_person,
)
from lakegloss.core.personal.values import numbers_within
from lakegloss.core.values.checksums import card_number, luhn
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

# Texts

_FEWEST, _LEAST, _LEAST_NAMED = 2, 0.08, 0.2
_FEWEST_WORDS = 3


def speaks_of_persons(values: Sequence[str]) -> bool:
    """Whether running texts hold contacts and numbers of persons, or address somebody by name.

    A name is more often another thing's than a number with check digits, so it takes more of them.
    """
    texts = [value for value in values if value.count(" ") >= _FEWEST_WORDS - 1]
    if len(texts) < _FEWEST:
        return False
    numbered = sum(map(_holds_contact, texts))
    if numbered >= max(_FEWEST, _LEAST * len(values)):
        return True
    named = sum(map(_names_one, texts))
    return named >= max(_FEWEST, _LEAST_NAMED * len(values))


_OF_A_FIRM = frozenset({P.SECRET, P.IP_ADDRESS})


def _holds_contact(text: str) -> bool:
    return any(
        kind not in _OF_A_FIRM and found != text.strip() and not _is_of_firm(kind, found)
        for kind, found in numbers_within(text)
    )


def _is_of_firm(kind: str, found: str) -> bool:
    return is_role_mailbox(found) if kind == P.EMAIL else kind == P.PHONE and is_free_line(found)


_GREETINGS = word_set("""
dear hi hello hey liebe lieber hallo geehrte geehrter cher chere bonjour estimado estimada querido
querida hola caro cara gentile ciao beste geachte kjaere kjare hei hej basta kaere drogi droga
""")
_WORD = re.compile(r"[^\W\d_]+(?:[.'\u2019-][^\W\d_]*)*")
_HIS = re.compile(r"([^\W\d_]{2,20})['\u2019]s?")


def _names_one(text: str) -> bool:
    """Whether a text greets somebody by name, gives a title with a surname, or names in full."""
    words = _WORD.findall(text)
    for first, then in pairwise(words):
        lowered = first.rstrip(".").lower()
        if not then[:1].isupper():
            continue
        if lowered in _GREETINGS and is_given_name(then):
            return True
        if lowered in ADDRESSED and (then.lower() in SURNAMES or is_given_name(then)):
            return True
    his = _HIS.match(text)
    return bool(his and his[1][:1].isupper() and is_given_name(his[1])) or mentions_person(text)


# Numbers behind a mark, or of a standard's form

_MARKED_CARD = re.compile(r"[A-Z]{2,6}[ :/-]?(\d{13,19})")
_OF_PASSENGER = re.compile(
    r"(?:.{0,20}/)?[PIAC][A-Z]?/[A-Z]{3}/\w{5,15}/[A-Z]{3}/\d\d[A-Z]{3}\d\d/[MFXU]\w?(?:/.{0,80})?"
)
"""The papers of a passenger as airlines send them: type, state, number, state, birth, gender."""
_WALLET = re.compile(
    r"bc1[a-z0-9]{25,59}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}"
)
_IMEI = re.compile(r"(?:01|35|86|99)\d{13}")


def _is_marked_card(value: str) -> bool:
    match = _MARKED_CARD.fullmatch(value)
    return bool(match and card_number(match[1]))


def _is_imei(value: str) -> bool:
    return bool(_IMEI.fullmatch(value)) and luhn(value)


_POINT = re.compile(r"\(?-?\d{1,2}\.\d{4,}[,;| ] ?-?\d{1,3}\.\d{4,}\)?")
_VIN = re.compile(r"(?=.*\d.*\d.*\d)(?=.*[A-Z].*[A-Z])[A-HJ-NPR-Z0-9]{17}")
_FORMS: tuple[tuple[PersonalClass, Callable[[str], object]], ...] = (
    (P.CARD_NUMBER, _is_marked_card),
    (P.PASSPORT, _OF_PASSENGER.fullmatch),
)
_FORMS_BESIDE_PERSONS: tuple[tuple[PersonalClass, Callable[[str], object]], ...] = (
    (P.BANK_ACCOUNT, _WALLET.fullmatch),
    (P.DEVICE, _is_imei),
    (P.LOCATION, _POINT.fullmatch),
    (P.LICENCE_PLATE, _VIN.fullmatch),
)
_FEWEST_NUMBERS = 3


def class_of_form(values: Sequence[str], *, about_person: bool) -> str:
    """Find cards behind a mark and papers of passengers, beside persons wallets and phones, too.

    Args:
        values: some different values.
        about_person: the rows are persons, or refer to them.
    """
    if len(values) < _FEWEST_NUMBERS:
        return ""
    for kind, holds in _FORMS + (_FORMS_BESIDE_PERSONS if about_person else ()):
        if share_of(values, holds) >= 0.8:
            return kind
    return ""


# Words of lists

_FEWEST_WORDS_OF_LISTS = 6
_ONE_WORD = re.compile(r"[A-Z][^\W\d_]{1,24}(?:[ -][A-Z][^\W\d_]{1,24})?")


def class_of_words(words: Sequence[str], values: Sequence[str]) -> str:
    """Find surnames, and streets without numbers, in a column of persons whatever its name is.

    Args:
        words: those of its name; names of other things than persons have none.
        values: some different values.
    """
    if len(values) < _FEWEST_WORDS_OF_LISTS or not WORDS_OF_OTHERS.isdisjoint(words):
        return ""
    if share_of(values, is_road) >= 0.7:
        return P.ADDRESS
    if share_of(values, _ONE_WORD.fullmatch) < 0.7:
        return ""
    return P.NAME if share_of(values, _is_surname) >= 0.5 else ""


def _is_surname(value: str) -> bool:
    return unaccented(value) in SURNAMES
