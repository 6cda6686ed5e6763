"""Tells whole English words from short forms by their letters, where no list has them.

A word is whole where English words have its letters in that order: three letters in a row, the
word's ends among them, occur in plain words of the lexicon, of five at most one not. `plaintiff` is
whole; `rdto` and `bstllg` are not. Short forms that are cut off late (`insur`) may pass, as a
person can read them, too; so may words of languages that are written alike.
"""

import re
from functools import cache, lru_cache

from lakegloss.core.words.lexicon import read_lines, word_set

_LEAST = 4
_FOR_ONE_MISS = 5
"""Letters of a word for each row of three that may be new."""
_LONGEST = 40
_PLAIN = re.compile(r"\b[a-z]{4,}\b")
_OF_WORDS = ("words", "related")
_OF_MEANINGS = (
    "glosses", "explanations", "erp_fields", "erp_tables", "system_columns", "abbreviations",
    "de", "es", "fr", "it", "pl", "pt",
)  # fmt: skip
"""Files of the lexicon, by where English stands in a line: all of it, or behind the equals sign."""
_SMALL_WORDS = word_set("""
is are was were be been has have had do does did can may must not no yes and or but if as an a the
of in on at to by for from with without within per via than then this that these those which who
whom whose what when where why how it its all any each both other others another same such own only
out up down off over under above below before after during until since between among against about
ok
into onto through across toward towards again also too very more most less least much many few some
""")


@lru_cache(maxsize=8192)
def is_readable(word: str) -> bool:
    """Whether a word in small letters is a small word of English, or reads like a whole one."""
    if word in _SMALL_WORDS:
        return True
    if not (_LEAST <= len(word) <= _LONGEST and word.isascii() and word.isalpha()):
        return False
    missed = sum(row not in _rows() for row in _rows_of(word))
    return missed <= len(word) // _FOR_ONE_MISS


def is_small(word: str) -> bool:
    """Whether a word is one of those that only join others (`per`, `of`, `is`)."""
    return word in _SMALL_WORDS


def _rows_of(word: str) -> list[str]:
    marked = f"^{word}$"
    return [marked[at : at + 3] for at in range(len(marked) - 2)]


@cache
def _rows() -> frozenset[str]:
    """Every three letters in a row that occur in plain words of the lexicon."""
    texts = [line for name in _OF_WORDS for line in read_lines(name)]
    texts += [line.partition("=")[2] for name in _OF_MEANINGS for line in read_lines(name)]
    plain = {word for text in texts for word in _PLAIN.findall(text)}
    return frozenset(row for word in plain for row in _rows_of(word))
