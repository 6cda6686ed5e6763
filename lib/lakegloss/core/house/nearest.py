"""Finds the texts of people that are nearest to an asset: by name, kind of values and place.

It is lexical and needs no service. Words count by how few of the texts' names have them (Spaerck
Jones 1972); an index by word gives the candidates, so that a question costs the same in a large
lake. Equal questions to equal texts get equal answers, whatever the order of the texts.
"""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey
from lakegloss.core.data_types import meaning_family
from lakegloss.core.house.house_text import HouseText, is_fit, name_stems
from lakegloss.core.learning.splits import is_near, words_in
from lakegloss.core.names import own_name, schema_of

MOST = 4
"""The most texts for one asset; half of them from its own table, where it has so many."""
_CANDIDATES = 120
_A_PLACE = 60
_FAR = 0.05
_SAME_NAME, _TYPE, _SEMANTIC, _SCHEMA, _TABLE = 0.5, 0.1, 0.3, 0.2, 0.3
_BESIDE = 0.2
"""A column beside another of its table often has the same subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearText:
    """A text near an asset.

    Attributes:
        score: how near, 0 or more; names that share all their words have 1 and more.
        manner: it shows only how people of this schema write, as nothing in the names agrees.
    """

    text: HouseText
    score: float
    manner: bool = False


class HouseWords:
    """Holds what people wrote, and finds what of it is near an asset.

    Args:
        texts: one for each asset; of several for one asset the first counts.
        fit: whether a text may be shown; asked only about texts that would be.
    """

    def __init__(
        self, texts: Iterable[HouseText] = (), *, fit: Callable[[HouseText], bool] = is_fit
    ) -> None:
        by_key: dict[AssetKey, HouseText] = {}
        for text in texts:
            by_key.setdefault(text.key, text)
        self.texts = tuple(by_key[key] for key in sorted(by_key))
        self._fit = fit
        self._is_fit: dict[int, bool] = {}
        self._index: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        self._facts = [_Facts(text) for text in self.texts]
        counts: defaultdict[str, int] = defaultdict(int)
        for number, facts in enumerate(self._facts):
            for stem in facts.stems:
                counts[stem] += 1
            for place in facts.places():
                self._index[place].append(number)
        size = len(self.texts)
        self._weights = {stem: math.log(1 + size / count) for stem, count in counts.items()}
        self._unknown = math.log(1 + size)
        self._sizes = [self._weight(facts.stems) for facts in self._facts]

    def __bool__(self) -> bool:
        return bool(self.texts)

    def only(self, keys: AbstractSet[AssetKey]) -> "HouseWords":
        """The same without the texts of other assets."""
        return HouseWords((text for text in self.texts if text.key in keys), fit=self._fit)

    @property
    def digest(self) -> str:
        """A hash of the texts, '' without any: answers that saw others are other answers."""
        if not self.texts:
            return ""
        rows = [(t.table, t.column, t.data_type, t.semantic, t.text) for t in self.texts]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()[:16]

    def near(self, asked: HouseText) -> tuple[NearText, ...]:
        """The nearest texts, those of the asset's own table in turn with others.

        Args:
            asked: the asset; its own text, and texts nearly the same as one that is chosen, are
                left out.
        """
        if not self.texts:
            return ()
        place = _Facts(asked)
        own = self._best(place, asked.key, self._own(place), MOST, is_own=True)
        others = self._best(place, asked.key, self._others(place), MOST)
        if not others:
            others = self._manner(place, asked.key)
        return _in_turn(own, others)

    def _own(self, asked: "_Facts") -> Collection[int]:
        numbers = self._index.get(("table", asked.table), []) if asked.is_column else []
        if len(numbers) <= _CANDIDATES:
            return numbers
        alike = [n for n in numbers if self._facts[n].stems & asked.stems]
        return [*alike[:_CANDIDATES], *numbers[:MOST]]

    def _others(self, asked: "_Facts") -> Collection[int]:
        """Candidates from other tables, the rarest words first."""
        is_column, schema = asked.is_column, asked.schema
        places: list[tuple[object, ...]] = [("name", is_column, asked.name)]
        for stem in sorted(asked.stems, key=lambda s: (-self._weights.get(s, 0.0), s)):
            places += [("stem", is_column, stem, schema), ("stem", is_column, stem)]
        if asked.semantic:
            semantic = asked.semantic
            places += [("semantic", semantic, schema), ("semantic", semantic)]
        found: dict[int, None] = {}
        for place in places:
            found.update(dict.fromkeys(self._index.get(place, [])[:_A_PLACE]))
            if len(found) >= _CANDIDATES:
                break
        return [n for n in found if self.texts[n].table != asked.table]

    def _manner(self, asked: "_Facts", key: AssetKey) -> list[NearText]:
        numbers = self._index.get(("schema", asked.is_column, asked.schema), [])
        elsewhere = [n for n in numbers[:_A_PLACE] if self.texts[n].table != asked.table]
        best = self._best(asked, key, elsewhere, 1, is_own=True)
        return [NearText(text=b.text, score=b.score, manner=True) for b in best]

    def _best(
        self,
        asked: "_Facts",
        key: AssetKey,
        numbers: Collection[int],
        most: int,
        *,
        is_own: bool = False,
    ) -> list[NearText]:
        scored = [(-self._score(asked, n, is_own=is_own), n) for n in numbers]
        best: list[NearText] = []
        words: list[frozenset[str]] = []
        for score, number in sorted(pair for pair in scored if pair[0] < -_FAR):
            if len(best) == most:
                break
            text = self.texts[number]
            if text.key == key or not self._may_be_shown(number):
                continue
            mine = words_in(text.text)
            if not any(is_near(mine, other) for other in words):
                best.append(NearText(text=text, score=-score))
                words.append(mine)
        return best

    def _may_be_shown(self, number: int) -> bool:
        if number not in self._is_fit:
            self._is_fit[number] = self._fit(self.texts[number])
        return self._is_fit[number]

    def _score(self, asked: "_Facts", number: int, *, is_own: bool) -> float:
        """How near a text is; 0 where neither names nor kinds of values agree, but in its table."""
        facts = self._facts[number]
        common, score = facts.stems & asked.stems, 0.0
        if common:
            shared = self._weight(common)
            score = shared / (self._sizes[number] + self._weight(asked.stems) - shared)
        if facts.name == asked.name:
            score += _SAME_NAME
        if facts.semantic and facts.semantic == asked.semantic:
            score += _SEMANTIC
        if score == 0.0 and not is_own:
            return 0.0
        if asked.is_column:
            score += _TYPE * (facts.family == asked.family)
            tables = facts.table_stems
            score += _TABLE * len(tables & asked.table_stems) / (len(tables) or 1)
        if facts.table == asked.table:
            score += _BESIDE / max(1, abs(facts.position - asked.position))
        return score + _SCHEMA * (facts.schema == asked.schema)

    def _weight(self, stems: Iterable[str]) -> float:
        # In one order: sums of the same numbers in another order may differ in the last digit.
        return math.fsum(self._weights.get(stem, self._unknown) for stem in stems)


class _Facts:
    """What of an asset is compared with others, and where its text is looked for."""

    __slots__ = (
        "family", "is_column", "name", "position", "schema", "semantic", "stems", "table",
        "table_stems",
    )  # fmt: skip

    def __init__(self, text: HouseText) -> None:
        self.table = text.table
        self.is_column = bool(text.column)
        self.name = own_name(text.column or text.table).lower()
        self.stems = name_stems(text.column or text.table)
        self.table_stems = name_stems(text.table)
        self.schema = _schema(text.table)
        self.family = meaning_family(text.data_type)
        self.semantic = text.semantic
        self.position = text.position

    def places(self) -> Iterator[tuple[object, ...]]:
        """The places of the index at which the text stands."""
        is_column, schema = self.is_column, self.schema
        yield "name", is_column, self.name
        yield "schema", is_column, schema
        if is_column:
            yield "table", self.table
        if self.semantic:
            yield "semantic", self.semantic, schema
            yield "semantic", self.semantic
        for stem in self.stems:
            yield "stem", is_column, stem, schema
            yield "stem", is_column, stem


def _in_turn(own: Sequence[NearText], others: Sequence[NearText]) -> tuple[NearText, ...]:
    """One of the own table, one of another, and so on; what one side lacks the other has."""
    turns: list[NearText] = []
    for place in range(MOST):
        turns += [*own[place : place + 1], *others[place : place + 1]]
    return tuple(turns[:MOST])


def _schema(table: str) -> str:
    try:
        return schema_of(table)
    except ValueError:  # a name in a file of examples that nobody can read
        return ""
