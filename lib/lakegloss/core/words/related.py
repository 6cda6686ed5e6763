"""Knows which words belong to one field, so that a text may speak of a name in other words.

Words are compared by stems: the first letters, so that forms of one word are alike.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files

from lakegloss.core.words.lexicon import (
    abbreviations,
    expand,
    gloss,
    system_column,
    vocabulary,
    word_set,
    words_of,
)

_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = word_set("is has was are can will to of in at by on for per and or no not if the as")
_STEM = 5
_SHORT_STEM = 4


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case, without digits."""
    return _WORD.findall(text.lower())


def stem(word: str) -> str:
    """The first five letters of a word, without a plural's s."""
    return word.removesuffix("s")[:_STEM] if len(word) > 3 else word


def short_stem(word: str) -> str:
    """The first four letters: more words are alike, such as code and coded."""
    return word[:_SHORT_STEM]


@lru_cache(maxsize=8192)
def name_in_words(name: str) -> frozenset[str]:
    """The words of a name as they are written, and with abbreviations written out."""
    written = (word for word in words_of(name) if not word.isdigit())
    return frozenset([*written, *plain_words(expand(name))])


@lru_cache(maxsize=8192)
def is_understood(name: str) -> bool:
    """Whether the lexicon knows every word of a name."""
    words = [w for w in words_of(name) if len(w) > 1 and not w.isdigit() and w not in _BETWEEN]
    known, short = _known_stems(), abbreviations()
    return bool(words) and all(word in short or stem(word) in known for word in words)


def is_english(words: list[str]) -> bool:
    """Whether at least half of some words are plain English ones."""
    return 2 * sum(stem(word) in _known_stems() for word in words) >= len(words)


@lru_cache(maxsize=8192)
def relatives(name: str) -> frozenset[str]:
    """The stems of a name's words, and of words that explain them or belong to their field."""
    words = name_in_words(name)
    plain = expand(name)
    parts = plain.split()
    told = " ".join(
        (*(gloss(" ".join(parts[start:])) for start in range(len(parts))),
         system_column(words_of(name)))
    )  # fmt: skip
    explained = (stem(word) for word in plain_words(told) if len(word) > 3)
    fields = (field for word in words for field in _fields().get(stem(word), ()))
    own = (form(word) for word in words for form in (stem, short_stem))
    return frozenset([*own, *fields, *explained])


@cache
def _known_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in vocabulary())


@cache
def _fields() -> dict[str, frozenset[str]]:
    """Stems of the words that belong to a word's field, by its stem."""
    text = (files("lakegloss.core.words") / "lexicon_data" / "related.txt").read_text("utf-8")
    fields: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            stems = [stem(word) for word in line.split()]
            fields[stems[0]] = fields.get(stems[0], frozenset()) | frozenset(stems)
    return fields
