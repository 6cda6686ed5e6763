"""Finds the column that identifies a table's rows, and its names in other tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.assets import AssetKey
from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import split_path
from lakegloss.core.words.generic import BEFORE_KEYED_ENTITY, ID_WORDS, KEY_WORDS, NAMELESS_KEYS
from lakegloss.core.words.lexicon import word_set, words_of
from lakegloss.core.words.nouns import singular_by_ending

_MEASURES = word_set(
    "rank ranking position order ordinal score total count cnt amount amt price value rate pct"
    " percent share lat latitude lon lng longitude quantity qty size weight height width length"
    " index sum avg mean min max"
)
_MANY_ROWS = 100
_UNIQUE_ROWS = 50
_LONG_TEXT = 64

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The primary column of a table.

    Attributes:
        strong: whether its name alone says that it is the key: `id`, or the table's name and a
            word for key.
        entity: the words of the table's name in the singular, prefixes such as dim_ left out.
        words: the words of the column's name, as `column_words` has them.
    """

    evidence: Evidence
    strong: bool
    entity: Words
    words: Words

    @property
    def aliases(self) -> dict[Words, bool]:
        """Names for this key in other tables, each with whether the table's name is part of it."""
        names = {} if NAMELESS_KEYS.issuperset(self.words) else {self.words: self.owned}
        if NAMELESS_KEYS.issuperset(self.entity):
            return names
        if self.strong or self.words[-1:] == self.entity[-1:]:
            names |= {(*self.entity, word): True for word in KEY_WORDS}
            names[self.entity] = True
        return names

    @property
    def owned(self) -> bool:
        """Whether the column's name begins with the table's own."""
        return bool(self.entity) and self.words[: len(self.entity)] == self.entity


class Keys:
    """Finds the primary column of each table that shows one, table by table.

    It keeps one column for each table, so it works for a lake of any size.
    """

    def __init__(self) -> None:
        self._strong: dict[str, Key] = {}
        self._weak: dict[str, Key] = {}

    def add(
        self,
        table: str,
        columns: Sequence[Evidence],
        positions: Mapping[AssetKey, int] | None = None,
    ) -> None:
        """Take in a table.

        Args:
            columns: all evidence of the table.
            positions: the columns' places in the table; without them the order given counts.
        """
        key = _best_key(table, columns, positions)
        if key is not None:
            (self._strong if key.strong else self._weak)[table] = key

    def found(self) -> dict[str, Key]:
        """Return the keys by table, in the order of the tables' names.

        A column whose name belongs to the key of another table is left out, however unique it is.
        """
        strong = self._strong.values()
        owned = {alias for key in strong for alias, is_owned in key.aliases.items() if is_owned}
        weak = {table: key for table, key in self._weak.items() if key.words not in owned}
        return dict(sorted((self._strong | weak).items()))


def is_unique(column: Evidence) -> bool:
    """Whether every row that was read has its own value, as far as the evidence can tell."""
    return column.null_share == 0 and column.distinct == column.rows_read >= 2


def says_unique(column: Evidence) -> bool:
    """Whether it is worth saying that a column is unique: enough rows, all read, no measure."""
    return (
        is_unique(column)
        and column.rows_read >= max(column.rows, _UNIQUE_ROWS)
        and key_family(column.data_type) in {"text", "whole"}
        and not _MEASURES.intersection(column_words(column.column))
    )


@lru_cache(maxsize=65_536)
def column_words(path: str) -> Words:
    """Split a column's own name into words; a leading word for key goes last (id_customer)."""
    words = words_of(split_path(path)[-1])
    if len(words) > 1 and words[0] == "fk":
        words = words[1:]
    if len(words) > 1 and words[0] in ID_WORDS and words[-1] not in KEY_WORDS:
        words = (*words[1:], words[0])
    return words


@lru_cache(maxsize=65_536)
def entity_words(table: str) -> Words:
    """Split a table's name into words in the singular: dim_order_items gives order, item."""
    words = words_of(split_path(table)[-1])
    while len(words) > 1 and words[0] in BEFORE_KEYED_ENTITY:
        words = words[1:]
    return (*words[:-1], singular_by_ending(words[-1])) if words else ()


def _best_key(
    table: str, columns: Sequence[Evidence], positions: Mapping[AssetKey, int] | None
) -> Key | None:
    entity = entity_words(table)
    first = _first_column(columns, positions)
    ranked: list[tuple[int, Evidence, Words]] = []
    for column in columns:
        if is_unique(column) and len(split_path(column.column)) == 1:
            words = column_words(column.column)
            score = _score(column, words, entity, is_first=column is first)
            ranked.append((score, column, words))
    if not ranked:
        return None
    score, column, words = max(ranked, key=lambda item: item[0])
    if score == 0:
        return None
    return Key(evidence=column, strong=score >= 3, entity=entity, words=words)


def _first_column(
    columns: Iterable[Evidence], positions: Mapping[AssetKey, int] | None
) -> Evidence | None:
    if positions is None:
        return next(iter(columns), None)
    known = [c for c in columns if AssetKey(c.table, c.column) in positions]
    return min(known, key=lambda c: positions[AssetKey(c.table, c.column)], default=None)


def _score(column: Evidence, words: Words, entity: Words, *, is_first: bool) -> int:
    """Score a column as key: 4 or 3 by its name, 2 or 1 by its place and values, 0 for no key."""
    family = key_family(column.data_type)
    if not words or family not in {"text", "whole"}:
        return 2 if is_first and column.data_type == "date" and _is_read_wholly(column) else 0
    if words[-1] in KEY_WORDS and words[:-1] == entity:
        return 4
    if (len(words) == 1 and words[0] in ID_WORDS) or words == entity:
        return 3
    if not _is_read_wholly(column) or _MEASURES.intersection(words):
        return 0
    if words[-1] in ID_WORDS and (is_first or column.rows_read >= _MANY_ROWS):
        return 2
    long = (column.mean_length or 0) > _LONG_TEXT
    return 1 if is_first and not long and not column.personal else 0


def _is_read_wholly(column: Evidence) -> bool:
    return column.rows_read >= column.rows
