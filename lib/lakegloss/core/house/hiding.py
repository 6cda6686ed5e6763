"""Keeps from an evaluation what would give its answers away: hidden texts, and texts like them.

A retrieved example that is the hidden text itself, or nearly it, makes any version look good.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from lakegloss.core.evaluation.references import HeldOutTable
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.learning.splits import NEAR, Split, family_of, is_near, words_in


def visible_texts(
    texts: Iterable[HouseText],
    asked: Iterable[HeldOutTable],
    split_of: Callable[[str], str],
) -> list[HouseText]:
    """The texts that versions may see while they are evaluated on these tables.

    Left out are texts of the gate's tables, of the asked tables with their copies and shards, and
    texts that are nearly the same as a hidden one, whatever they are about.

    Args:
        asked: the tables whose references are hidden.
        split_of: the split of a table, by its name.
    """
    held = list(asked)
    families = {family_of(item.table.name) for item in held}
    hidden = NearTexts(text for item in held for text in item.references.values())
    return [
        item
        for item in texts
        if family_of(item.table) not in families
        and split_of(item.table) != Split.GATE
        and not hidden.has(item.text)
    ]


class NearTexts:
    """Finds out whether a text is nearly the same as one of many.

    Of two texts that share enough of their words, the rarest words of one are among the rarest of
    the other (prefix filter, Bayardo et al. 2007), so only a few are compared.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        known = {words_in(text): None for text in texts}
        self._counts = Counter(word for words in known for word in words)
        self._by_word: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
        for words in known:
            for word in self._prefix(words):
                self._by_word[word].append(words)
        self._has_empty = frozenset() in known

    def has(self, text: str) -> bool:
        """Whether one of the texts is nearly this one (`core.learning.splits.is_near`)."""
        words = words_in(text)
        if not words:
            return self._has_empty
        return any(is_near(words, other) for other in self._alike(words))

    def _alike(self, words: frozenset[str]) -> Iterator[frozenset[str]]:
        for word in self._prefix(words):
            yield from self._by_word.get(word, ())

    def _prefix(self, words: frozenset[str]) -> list[str]:
        ordered = sorted(words, key=lambda word: (self._counts[word], word))
        # Near texts share at least this part of the words of either.
        common = -int(-NEAR * len(words) // 1)
        return ordered[: len(words) - common + 1]
