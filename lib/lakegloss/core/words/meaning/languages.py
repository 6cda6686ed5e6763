"""Reads names in German, Spanish, French, Portuguese, Italian and Polish: English words for theirs.

A table speaks a language where enough words around its columns are words of that language and not
of English. A name is put into English only as a whole; one with an unknown word stays as it is.
Other languages are only recognised as not English.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from lakegloss.core.text.accents import without_accents
from lakegloss.core.words.lexicon import (
    abbreviations,
    read_lines,
    vocabulary,
    word_set,
    words_by_form,
    words_of,
)
from lakegloss.core.words.meaning.senses import is_known
from lakegloss.core.words.meaning.skeletons import word_of_skeleton
from lakegloss.core.words.units import split_unit

_Words = tuple[str, ...]

LANGUAGES = ("de", "es", "fr", "pt", "it", "pl")
"""By their codes of ISO 639-1, in the order in which one is taken where several fit equally."""
_LEAST_STRANGE = 5
_STRANGE_TO_KNOWN = 2
_WHOLE_WORD = 4
"""Letters from which on a word of an English name is rarely a short form."""
_LEAST_WORDS = 2
_LEAST_SHARE = 0.3
_LEAST_PIECE = 3
_LINKS = ("", "s", "n", "en", "es")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l"})
_BETWEEN = word_set(
    "de del do da das dos des du d di della del dello la le el los las les der die das und et y e i"
)
_E_MAIL = re.compile(r"(?<![^\W_])e[-_]mail", re.IGNORECASE)
_IDS = word_set("id ids uuid key")
_FIRST = word_set("number total sum")


@lru_cache(maxsize=256)
def language_of(table: str, columns: frozenset[str]) -> str:
    """The code of the language that names are in; '' for English, other languages and a mixture."""
    names = [words_by_form(name) for name in (table, *sorted(columns))]
    hits = {code: [_is_of(words, code) for words in names].count(True) for code in LANGUAGES}
    best = max(LANGUAGES, key=lambda code: hits[code])
    enough = hits[best] >= _LEAST_WORDS and hits[best] >= _LEAST_SHARE * len(names)
    return best if enough else ""


@lru_cache(maxsize=256)
def is_foreign(table: str, columns: frozenset[str]) -> bool:
    """Whether most whole words of the names are neither English nor short forms of English.

    It also knows names of languages that no list has, such as Dutch: there an English reading of a
    short form (`mag`, `lev`) would mostly be wrong. The table's own name counts twice.
    """
    known = strange = 0
    for name, weight in ((table, 2), *((column, 1) for column in sorted(columns))):
        for word in words_of(name):
            if len(word) < _WHOLE_WORD or not word.isalpha():
                continue
            if word in vocabulary() or word.removesuffix("s") in vocabulary():
                known += weight
            elif not (is_known(word) or word_of_skeleton(word)):
                strange += weight
    return strange >= _LEAST_STRANGE and strange >= _STRANGE_TO_KNOWN * known


def _is_of(words: _Words, code: str) -> bool:
    """Whether a name has a word that is of a language and not of English."""
    return any(_translated(word, code) and not _is_english(word) for word in words)


def _is_english(word: str) -> bool:
    return word in vocabulary() or word in abbreviations()


@lru_cache(maxsize=4096)
def in_english(name: str, code: str) -> _Words:
    """The words of a name in English; () where one of them is not known.

    Romance languages and Polish put the noun first, English puts it last.
    """
    every = tuple(
        word
        for word in words_by_form(_E_MAIL.sub("email", name))
        if word not in _BETWEEN or _translated(word, code)
    )
    words, unit = split_unit(every)
    unit_words = every[len(words) :] if unit else ()
    parts = [_translated(word, code) or _left(word) for word in words]
    if not parts or not all(parts) or all(word in _IDS or word.isdigit() for word in words):
        return ()
    if code == "de":
        parts = _with_german_end(parts)
    elif parts[0][-1] != "of":
        parts = _noun_last(parts)
    return (*(word for part in parts for word in part), *unit_words)


def _with_german_end(parts: list[_Words]) -> list[_Words]:
    """Read a preposition at the end: geaendert_von is changed by, wartung_am maintenance date."""
    *before, last = parts
    if not before or last not in {("from",), ("on",)}:
        return parts
    happened = before[-1][-1].endswith("ed")
    if last == ("from",):
        return [*before, ("by",)] if happened else parts
    return parts if happened else [*before, ("date",)]


def _noun_last(parts: list[_Words]) -> list[_Words]:
    """Put the first word last, but before an identifier: date, order become order date."""
    ends = [part for part in parts if set(part) <= _IDS or part[-1].isdigit()]
    rest = [part for part in parts if part not in ends]
    return [*reversed(rest), *ends]


def _left(word: str) -> _Words:
    """A word that is the same in English: a number, an English word or short form."""
    return (word,) if word.isdigit() or _is_english(word) else ()


@lru_cache(maxsize=4096)
def _translated(word: str, code: str) -> _Words:
    """One word in English; a German compound is cut into words that are known."""
    known = _words_of_language(code)
    plain = _folded(word, code)
    if plain in known:
        return known[plain]
    return _compound(plain, known) if code == "de" and len(plain) > 2 * _LEAST_PIECE else ()


def _folded(word: str, code: str) -> str:
    """A word without accents; German umlauts become two letters."""
    lowered = word.lower()
    if code in {"de", "pl"}:
        lowered = lowered.translate(_UMLAUTS)
    return without_accents(lowered)


def _compound(word: str, known: Mapping[str, _Words]) -> _Words:
    """Cut a German compound into two or three known words, the longest first word first."""
    for end in range(len(word) - _LEAST_PIECE, _LEAST_PIECE - 1, -1):
        first = known.get(word[:end], ())
        for link in _LINKS if first else ():
            rest = word[end:]
            if not rest.startswith(link):
                continue
            second = rest.removeprefix(link)
            found = known.get(second, ()) or (
                _compound(second, known) if len(second) > 2 * _LEAST_PIECE else ()
            )
            if found:
                return (*_as_first(first), *found)
    return ()


def _as_first(words: _Words) -> _Words:
    """The form of a noun before another one: customers number is customer number."""
    last = words[-1]
    one = last[:-1] if last.endswith("s") and not last.endswith(("ss", "us")) else last
    return (*words[:-1], "gross" if last == "gross" else one)


@cache
def _words_of_language(code: str) -> Mapping[str, _Words]:
    pairs = (line.partition("=") for line in read_lines(code))
    return {word.strip(): tuple(plain.split()) for word, _, plain in pairs}
