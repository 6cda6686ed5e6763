"""Finds the phrase in a column's name that stands for personal data."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from lakegloss.core.personal.classes import DIRECT, QUASI, SENSITIVE, PersonalClass
from lakegloss.core.personal.kinds import trades
from lakegloss.core.personal.phrases import SURE
from lakegloss.core.personal.weak_phrases import AUDIT_USERS, IN_PERSON_TABLES, NOT_PERSONAL

__all__ = [
    "DIRECT",
    "QUASI",
    "SENSITIVE",
    "Hit",
    "PersonalClass",
    "find_phrase",
    "is_harmless",
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
    entries: dict[str, tuple[PersonalClass | None, bool]] = {}
    lists = (trades.IN_PERSON_TABLES, True), (IN_PERSON_TABLES, True), (trades.SURE, False)
    for by_class, in_person_tables in (*lists, (SURE, False)):
        for kind, text in by_class.items():
            entries.update((phrase, (kind, in_person_tables)) for phrase in _phrases(text))
    users = _phrases(AUDIT_USERS)
    entries.update((phrase, (PersonalClass.USERNAME, False)) for phrase in users)
    for text in (trades.NOT_PERSONAL, NOT_PERSONAL):
        entries.update((phrase, (None, False)) for phrase in _phrases(text))
    return entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase among the words of a name: words[start:end]."""

    start: int
    end: int
    found: PersonalClass
    in_person_tables: bool


def find_phrase(words: Sequence[str]) -> Hit | None:
    """Find the longest phrase that ends last in a name; None where it is harmless or missing."""
    place = _last_phrase(tuple(words))
    if place is None:
        return None
    start, end, kind, in_person_tables = place
    if kind is None:
        return None
    return Hit(start=start, end=end, found=kind, in_person_tables=in_person_tables)


def is_harmless(words: Sequence[str]) -> bool:
    """Whether the phrase of a name is one that only looks personal."""
    place = _last_phrase(tuple(words))
    return place is not None and place[2] is None


@lru_cache(maxsize=16_384)
def _last_phrase(words: tuple[str, ...]) -> tuple[int, int, PersonalClass | None, bool] | None:
    entries = phrases()
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - 4), end):
            entry = entries.get("".join(words[start:end]))
            if entry:
                return start, end, *entry
    return None
