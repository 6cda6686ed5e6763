"""Finds comments that repeat what people wrote of something else.

Weak models answer with an example that they were shown, whatever they were asked about.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from lakegloss.core.house.house_text import HouseText, name_stems

COPIED = "it repeats what people wrote of another column or table; write about this one"


class Copies:
    """Knows the texts that were shown, and which of them a comment repeats.

    Args:
        texts: that requests show beside what they ask about.
    """

    def __init__(self, texts: Iterable[HouseText]) -> None:
        self._stems: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
        for text in texts:
            self._stems[_folded(text.text)].add(name_stems(text.column or text.table))

    def has(self, text: str, name: str) -> bool:
        """Whether a text repeats one of assets whose names share no word with this name."""
        if not self._stems:  # as a rule: nothing was shown
            return False
        stems = self._stems.get(_folded(text))
        return stems is not None and not any(name_stems(name) & one for one in stems)


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
