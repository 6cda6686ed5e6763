"""Reads texts as terms: words in lower case by their stems, without what a name says already."""

import re
from collections.abc import Iterable
from functools import lru_cache

from lakegloss.core.names import own_name
from lakegloss.core.words.lexicon import word_set, words_of

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W_]+(?:['\u2019][^\W_]+)?")
_ENDINGS = ("ations", "ation", "ingly", "ings", "ing", "edly", "ied", "ies", "ed", "ers", "er",
            "ments", "ment", "ness", "ly", "es", "s")  # fmt: skip
_LEAST_STEM = 4
_ALIKE = 4
FUNCTION_WORDS = word_set("""
a an the this that these those of for in on at to from by with without into onto over under as and
or nor but if than then so is are was were be been being has have had do does did can could may
might must shall should will would it its their his her our your they them he she we you i who
whom whose which what when where while there here each per any all some such other another only
also either both more most less least very own same not no up out about between during through
after before since until via within
""")
NEGATIONS = word_set("""
not no never without none neither nor cannot excluding except exclude excludes non isn't aren't
wasn't weren't doesn't don't didn't
""")
EMPTY_WORDS = word_set("""
column columns field fields table tables value values data contain contains containing contained
store stores stored storing hold holds holding represent represents representing represented
indicate indicates indicating specify specifies describe describes describing description record
records recorded recording row rows information info associated related relating given provide
provides provided providing used use uses using useful important relevant various different
specific certain particular denote denotes denoting show shows showing shown refer refers capture
captures captured purpose purposes analysis reporting detail details attribute entry entity item
items include includes including dataset database business context help helps understand
understanding track tracks tracking ensure ensures
""")
"""Words that any column's comment may have: they tell no column from another."""


def tokens(text: str) -> list[str]:
    """The words and numbers of a text in lower case; a decimal number is one."""
    return [token.lower().replace("\u2019", "'") for token in _DECIMAL.findall(text)]


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A word without its commonest English endings; words of other languages mostly stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("s") and len(word) > 3 and word[-2:] != "ss" else word


class NameMask:
    """Takes out of texts the words that the names of a column and its table say already.

    Words are alike where they share a stem or their first four letters, one being the start of the
    other: `avail` takes out "available".
    """

    def __init__(self, table: str, column: str) -> None:
        names = [own_name(table), *([own_name(column)] if column else [])]
        words = {word for name in names for word in words_of(name)}
        # A number in a name (incidents_85_99) is no word that a text would repeat by itself.
        self._words = frozenset(w for w in words if not w.isdigit())
        self._stems = frozenset(map(stem, self._words))
        self._starts = frozenset(w[:_ALIKE] for w in self._words if len(w) >= _ALIKE)

    def covers(self, token: str) -> bool:
        """Whether a name says this word."""
        if token in self._words or stem(token) in self._stems:
            return True
        if token[:_ALIKE] not in self._starts or len(token) < _ALIKE:
            return False
        return any(token.startswith(w) or w.startswith(stem(token)) for w in self._words
                   if len(w) >= _ALIKE)  # fmt: skip

    def left(self, text: str) -> list[str]:
        """The tokens that the names do not say."""
        return [token for token in tokens(text) if not self.covers(token)]


def telling(words: Iterable[str]) -> list[str]:
    """The words that can tell a column from another."""
    return [w for w in words if w not in FUNCTION_WORDS and w not in EMPTY_WORDS]
