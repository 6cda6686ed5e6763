"""Finds the word that a short form without vowels stands for: plyr is player."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from lakegloss.core.words.lexicon import abbreviations, read_lines, vocabulary

_LEAST = 4
_VOWELS = re.compile(r"(?<!^)[aeiou]")
_DOUBLE = re.compile(r"(.)\1")
_PARTICIPLES = (
    "shipped created updated deleted closed opened changed cancelled started finished received "
    "posted approved rejected delivered returned paid assigned completed modified submitted"
).split()


@lru_cache(maxsize=8192)
def word_of_skeleton(short: str) -> str:
    """The only plain word of the lexicon that has these consonants; '' where there is none.

    Short forms of three letters fit too many words of English, so they are left alone.
    """
    if len(short) < _LEAST or short in vocabulary() or not short.isascii() or not short.isalpha():
        return ""
    if _VOWELS.search(short):
        return ""
    # A doubled consonant must be one of the word, too: bbch is no beach, but an acronym.
    words = [w for w in _words().get(consonants(short), ()) if short in _written_short(w)]
    return words[0] if len(words) == 1 else ""


def consonants(word: str) -> str:
    """A word's first letter and its consonants, doubled ones once: player is plyr."""
    return _DOUBLE.sub(r"\1", _VOWELS.sub("", word))


def _written_short(word: str) -> tuple[str, str]:
    """A word without its vowels, doubled consonants once or as the word has them."""
    return consonants(word), _VOWELS.sub("", word)


@cache
def _words() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    plain = {word for line in read_lines("words") for word in line.split()}
    plain.update(word for text in abbreviations().values() for word in re.findall("[a-z]+", text))
    for word in (*plain, *_PARTICIPLES):
        if len(word) > _LEAST and _VOWELS.search(word):
            found[consonants(word)].add(word)
    return {short: frozenset(words) for short, words in found.items()}
