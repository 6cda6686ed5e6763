"""Sees what makes a comment longer without telling more, and a comment that was cut off."""

from collections import defaultdict
from collections.abc import Iterable

from lakegloss.core.metrics.terms import tokens
from lakegloss.core.words.lexicon import word_set

_SIZE = 4
_SHARE, _LEAST_TABLES, _LEAST_TEXTS = 0.05, 3, 20
_FREE_WORDS, _FREE_SHARE = 16, 1.5
_NOT_LAST = word_set("""
a an the of for to from by with and or as than into per each any at in on that which whether if is
are was were be been being its their this these when where while
""")
_STOPS = (".", "!", "?", ")", '"', "'", "\u201d", "\u2019", "\u3002", "\uff1f", "\uff01")


class Boilerplate:
    """Knows the phrases that many comments of a set share.

    A phrase is four words in a row. It is boilerplate where more than 5 % of the comments have it,
    of three tables at least; below 20 comments none is.

    Args:
        texts: the table of each comment, and the comment.
    """

    def __init__(self, texts: Iterable[tuple[str, str]] = ()) -> None:
        having: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        tables: dict[int, str] = {}
        for place, (table, text) in enumerate(texts):
            tables[place] = table
            for phrase in _phrases(tokens(text)):
                having[phrase].add(place)
        least = max(_LEAST_TABLES, _SHARE * len(tables))
        self._phrases = frozenset(
            phrase
            for phrase, places in having.items()
            if len(tables) >= _LEAST_TEXTS
            and len(places) > least
            and len({tables[place] for place in places}) >= _LEAST_TABLES
        )

    def share(self, text: str) -> float:
        """The share of a comment's words that stand in such phrases."""
        words = tokens(text)
        idle: set[int] = set()
        for start, phrase in enumerate(_phrases(words)):
            if phrase in self._phrases:
                idle.update(range(start, start + _SIZE))
        return len(idle) / len(words) if words else 0.0


def _phrases(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + _SIZE]) for at in range(len(words) - _SIZE + 1)]


def brevity(text: str, reference: str, *, free_words: int = _FREE_WORDS) -> float:
    """1 up to a free number of words, or half more than the reference has; less beyond, as 1/n."""
    words = len(tokens(text))
    free = max(free_words, _FREE_SHARE * len(tokens(reference)))
    return min(1.0, free / words) if words else 1.0


def is_cut_off(text: str) -> bool:
    """Whether a comment ends in the middle of a sentence: after `of the`, or in a bracket."""
    end = text.rstrip()
    if not end:
        return False
    if end.count("(") > end.count(")"):
        return True
    if end.endswith(_STOPS):
        return False
    last = tokens(end)[-1:]
    return end[-1] in ",:;-\u2013\u2014" or bool(_NOT_LAST.intersection(last))
