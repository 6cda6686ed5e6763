"""Finds the phrase in a column's name that stands for personal data."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from lakegloss.core.personal.classes import DIRECT, QUASI, SENSITIVE, PersonalClass
from lakegloss.core.personal.kinds import trades, weak_trades
from lakegloss.core.personal.phrases import SURE
from lakegloss.core.personal.weak_phrases import AUDIT_USERS, IN_PERSON_TABLES, NOT_PERSONAL
from lakegloss.core.personal.wordings import cut, english, germanic, romance, slavic
from lakegloss.core.text.accents import without_accents

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
    return without_accents(text.lower().replace("ß", "ss"))


_LAST = {
    "number": ("no", "num", "nbr", "nr"), "nummer": ("nr",), "name": ("nm",), "code": ("cd",),
    "address": ("addr", "adr"), "date": ("dt", "dte"), "flag": ("flg", "ind", "indicator"),
    "status": ("sts", "stat"), "amount": ("amt",), "description": ("desc", "dsc"),
    "desc": ("dsc", "description"), "phone": ("ph", "phn", "tel"), "type": ("typ",),
    "result": ("rslt",), "reason": ("rsn",), "income": ("inc",), "condition": ("cond",),
    "account": ("acct", "acc", "ac"),
    "notes": ("note",), "note": ("notes",), "comments": ("comment",), "comment": ("comments",),
}  # fmt: skip
_FIRST = {
    "numero": ("num", "nro", "nr", "no"), "fecha": ("fec", "fch"), "telefono": ("tel", "tfno"),
    "codigo": ("cod",), "apellido": ("ape",), "direccion": ("dir",), "nombre": ("nom", "nomb"),
    "medical": ("med",), "injury": ("inj",), "emergency": ("emerg", "emrg"),
}  # fmt: skip
"""How the first and last words of phrases are shortened."""


_DIGITS = re.compile(r"\d")


def _split(text: str) -> Iterator[tuple[str, ...]]:
    for phrase in text.split(","):
        words = tuple(word for word in _DIGITS.sub("", phrase).split() if word)
        if words:
            yield words


def _shortened(words: Sequence[str]) -> Iterator[str]:
    last = words[-1]
    if last.endswith(("nummer", "datum")) and len(last) > len("nummer"):
        yield "".join((*words[:-1], last.replace("nummer", "nr").replace("datum", "dat")))
    if len(words) > 1:
        yield from ("".join((*words[:-1], short)) for short in _LAST.get(words[-1], ()))
        yield from ("".join((short, *words[1:])) for short in _FIRST.get(words[0], ()))


_WORDINGS = (english, germanic, romance, slavic, cut)


@cache
def phrases() -> dict[str, tuple[PersonalClass | None, bool]]:
    """Map phrases (no blanks, no digits) to their class and whether only in tables of persons.

    The class None marks phrases that only look personal.
    """
    lists: list[tuple[str, PersonalClass | None, bool]] = []
    weak_lists = (w.IN_PERSON_TABLES for w in _WORDINGS)
    in_person_tables = (*weak_lists, weak_trades.IN_PERSON_TABLES, IN_PERSON_TABLES)
    sure = (*(w.SURE for w in _WORDINGS), trades.SURE, SURE)
    by_strength = (
        *((by_class, True) for by_class in in_person_tables),
        *((s, False) for s in sure),
    )
    for by_class, weak in by_strength:
        lists.extend((text, kind, weak) for kind, text in by_class.items())
    lists.append((AUDIT_USERS, PersonalClass.USERNAME, False))
    harmless = (english.NOT_PERSONAL, weak_trades.NOT_PERSONAL, NOT_PERSONAL)
    lists.extend((text, None, False) for text in harmless)
    split = [(words, (kind, weak)) for text, kind, weak in lists for words in _split(text)]
    entries = {"".join(words): entry for words, entry in split}
    for words, entry in reversed(split):
        for short in _shortened(words):
            entries.setdefault(short, entry)
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
            joined = "".join(words[start:end])
            entry = entries.get(joined) or _long_plural(joined)
            if entry:
                return start, end, *entry
    return None


def _long_plural(joined: str) -> tuple[PersonalClass | None, bool] | None:
    """The entry of a long phrase in the plural: health conditions."""
    stem = joined.removesuffix("s")
    return phrases().get(stem) if _LONG < len(joined) != len(stem) else None


_LONG = 8
