"""Finds the phrase in a column's name that stands for personal data."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lakegloss.core.personal.classes import DIRECT, QUASI, SENSITIVE, PersonalClass
from lakegloss.core.personal.phrases import AUDIT_USERS, IN_PERSON_TABLES, NOT_PERSONAL, SURE

__all__ = [
    "DIRECT",
    "QUASI",
    "SENSITIVE",
    "Hit",
    "PersonalClass",
    "find_phrase",
    "phrases",
    "plain",
]


def plain(text: str) -> str:
    """Write a text in lower case without accents; ß becomes ss."""
    lowered = text.lower().replace("ß", "ss")
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _phrases(text: str) -> list[str]:
    bare = (re.sub(r"[\s\d]", "", phrase) for phrase in text.split(","))
    return [phrase for phrase in bare if phrase]


@cache
def phrases() -> dict[str, tuple[PersonalClass | None, bool]]:
    """Map phrases (no blanks, no digits) to their class and whether only in tables of persons.

    The class None marks phrases that only look personal.
    """
    known: dict[str, tuple[PersonalClass | None, bool]] = {}
    for found, text in IN_PERSON_TABLES.items():
        known.update((phrase, (found, True)) for phrase in _phrases(text))
    for found, text in SURE.items():
        known.update((phrase, (found, False)) for phrase in _phrases(text))
    users = _phrases(AUDIT_USERS)
    known.update((phrase, (PersonalClass.USERNAME, False)) for phrase in users)
    known.update((phrase, (None, False)) for phrase in _phrases(NOT_PERSONAL))
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase among the words of a name: words[start:end]."""

    start: int
    end: int
    found: PersonalClass
    in_person_tables: bool


def find_phrase(words: Sequence[str]) -> Hit | None:
    """Find the longest phrase that ends last in a name; None where it is harmless or missing."""
    known = phrases()
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - 4), end):
            entry = known.get("".join(words[start:end]))
            if entry:
                found, in_person_tables = entry
                if found is None:
                    return None
                return Hit(start=start, end=end, found=found, in_person_tables=in_person_tables)
    return None
