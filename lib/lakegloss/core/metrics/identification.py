"""Asks whether a reader could tell, from a comment, which column it is about.

Words that the names of the column and its table say are taken out of the comment and of people's
texts. What is left of the comment must be nearer to the column's own text than to those of its
neighbours. Likeness to the own text alone would reward repeating the name.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey
from lakegloss.core.metrics.likeness import Likeness, cosine, nearest_outside
from lakegloss.core.metrics.terms import NameMask, stem, telling, tokens

_OUTSIDE = 20
_SOFTNESS = 0.08
_NOTHING_SHARED = 0.02
"""Not 0, so that what is wrong beside it still tells two such comments apart."""
_TABLES = "\0tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """How well a comment points at its own column.

    Attributes:
        share: 0 to 1; 0.5 where another text is just as near.
        margin: the likeness to the own text less that to the nearest other.
        mistaken_for: whose text is nearer, or as near; None where there is none.
        chance: the probability to pick the own text blindly.
    """

    share: float
    margin: float
    mistaken_for: AssetKey | None
    chance: float


class Identification:
    """Identifies comments among texts of columns, which people or profiles wrote.

    The candidates of a column are all texts of its table and the 20 nearest of other tables; of a
    table, the texts of all tables.

    Args:
        texts: by column; `column` is '' for a table's own text. They fix how rare a word is, so
            that scores do not depend on the comments that are scored.
    """

    def __init__(self, texts: Mapping[AssetKey, str]) -> None:
        self._keys = list(texts)
        self._places = {key: place for place, key in enumerate(self._keys)}
        self._masks = [NameMask(key.table, key.column) for key in self._keys]
        words = [mask.left(texts[key]) for mask, key in zip(self._masks, self._keys, strict=True)]
        self._likeness = Likeness(words)
        self._vectors = [self._likeness.vector(w) for w in words]
        self._wanted = [frozenset(map(stem, telling(w))) for w in words]
        groups = [key.table if key.column else _TABLES for key in self._keys]
        self._candidates = self._make_candidates(groups)

    def _make_candidates(self, groups: Sequence[str]) -> list[tuple[int, ...]]:
        members: defaultdict[str, list[int]] = defaultdict(list)
        for place, group in enumerate(groups):
            members[group].append(place)
        outside = nearest_outside(self._vectors, groups, most=_OUTSIDE)
        return [
            (*(p for p in members[group] if p != place),
             *(p for p in outside[place] if group != _TABLES and groups[p] != _TABLES))
            for place, group in enumerate(groups)
        ]  # fmt: skip

    def identify(self, key: AssetKey, text: str) -> Identified:
        """See how well a comment points at its column.

        Raises:
            KeyError: there is no text of that column.
        """
        place = self._places[key]
        vector = self._likeness.vector(self._masks[place].left(text))
        own = cosine(vector, self._vectors[place])
        best, other = max(
            ((cosine(vector, self._vectors[p]), p) for p in self._candidates[place]),
            default=(0.0, -1),
        )
        share = 1 / (1 + math.exp((best - own) / _SOFTNESS)) if own > 0 else _NOTHING_SHARED
        return Identified(
            share=share,
            margin=own - best,
            mistaken_for=self._keys[other] if other >= 0 and best >= own and best > 0 else None,
            chance=1 / (1 + len(self._candidates[place])),
        )

    def coverage(self, key: AssetKey, text: str) -> tuple[float | None, tuple[str, ...]]:
        """How much of what the column's text tells beyond the names a comment tells, too.

        Returns:
            The share, rare words counting more (None where the text tells nothing more), and the
            stems that are missing, rarest first.
        """
        wanted = self._wanted[self._places[key]]
        have = set(map(stem, tokens(text)))
        rarity = {word: self._likeness.rarity(word) for word in sorted(wanted)}
        missing = sorted(wanted - have, key=lambda word: (-rarity[word], word))
        whole = math.fsum(rarity.values())
        share = 1 - math.fsum(rarity[w] for w in missing) / whole if whole else None
        return share, tuple(missing)
