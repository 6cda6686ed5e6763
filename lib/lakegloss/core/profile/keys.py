"""Finds the column that identifies a table's rows, and its names in other tables."""

import dataclasses
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.assets import AssetKey
from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import split_path
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.profile.key_names import (
    MEASURES,
    is_client,
    is_measure,
    key_words,
    keyed_entity,
    names_entity,
    plain,
    shared_prefix,
    without_prefix,
)
from lakegloss.core.profile.key_names import Words as Words  # noqa: PLC0414  others take it here
from lakegloss.core.words.generic import BEFORE_KEYED_ENTITY, ID_WORDS, KEY_WORDS, NAMELESS_KEYS
from lakegloss.core.words.lexicon import words_of
from lakegloss.core.words.nouns import singular_by_ending

_MANY_ROWS = 100
_UNIQUE_ROWS = 50
_LONG_TEXT = 64
_SURROGATES = frozenset({"sk"})


_SURROGATE, _NAMED, _BARE, _NUMBERED = 90, 80, 70, 60
_FIRST_ID, _PARTLY_NAMED, _FIRST_CODE, _FIRST, _SOME_ID = 40, 35, 30, 20, 10
"""How sure it is that a unique column is the key, by its name, its place and its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The primary column of a table.

    Attributes:
        strong: whether its name alone says that it is the key: `id`, or the table's name and a
            word for key.
        entity: the words of the table's name in the singular, prefixes such as dim_ left out.
        words: the words of the column's name, as `key_names.plain` has them.
        copied: a hash of the names of the table's columns: copies have the same.
        others: the words of the table's other columns that may be keys.
    """

    evidence: Evidence
    strong: bool
    entity: Words
    words: Words
    copied: int = 0
    others: frozenset[Words] = frozenset()

    @property
    def aliases(self) -> dict[Words, bool]:
        """Names for this key in other tables, each with whether the table's name is part of it."""
        names: dict[Words, bool] = {}
        if not NAMELESS_KEYS.issuperset(self.words) or (self.owned and len(self.words) > 1):
            names[self.words] = self.owned
        elif self.words == self.entity and key_family(self.evidence.data_type) == "text":
            names[self.words] = True
        if self.bare and not NAMELESS_KEYS.issuperset(self.bare):
            names[self.bare] = False
        if not self.entity or not (self.strong or self.words[-1:] == self.entity[-1:]):
            return names
        names |= {(*self.entity, word): True for word in KEY_WORDS}
        if not NAMELESS_KEYS.issuperset(self.entity):
            names[self.entity] = True
        return names

    @property
    def bare(self) -> Words:
        """The key's name without its word for identifier: knoop of knoop_id; () where none is."""
        return self.words[:-1] if self.words[-1:] and self.words[-1] in ID_WORDS else ()

    @property
    def owned(self) -> bool:
        """Whether the column's name begins with the table's own."""
        if not self.entity:
            return False
        if self.words[: len(self.entity)] == self.entity:
            return True
        return len(self.words) > 1 and names_entity(self.words[:-1], self.entity)


class Keys:
    """Finds the primary column of each table that shows one, table by table.

    It keeps one column and a few names for each table, so it works for a lake of any size.
    """

    def __init__(self) -> None:
        self._strong: dict[str, Key] = {}
        self._weak: dict[str, Key] = {}
        self._prefixes: dict[str, str] = {}
        self._copied: dict[str, int] = {}

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
        prefix = shared_prefix([c.column for c in columns])
        if prefix:
            self._prefixes[table] = prefix
        self._copied[table] = signature_of(c.column for c in columns)
        key = _best_key(table, columns, positions)
        if key is not None:
            key = dataclasses.replace(
                key, copied=self._copied[table], others=_others(columns, key, prefix)
            )
            (self._strong if key.strong else self._weak)[table] = key

    def prefix_of(self, table: str) -> str:
        """The short first word that all columns of a table share, or ''."""
        return self._prefixes.get(table, "")

    def copied_of(self, table: str) -> int:
        """A hash of the names of a table's columns; copies of one table have the same."""
        return self._copied.get(table, 0)

    def found(self) -> dict[str, Key]:
        """Return the keys by table, in the order of the tables' names.

        A column whose name belongs to the key of another table is left out, however unique it is,
        but where its table is a copy of that one.
        """
        owned: dict[Words, list[Key]] = {}
        for key in self._strong.values():
            for alias, is_owned in key.aliases.items():
                if is_owned:
                    owned.setdefault(alias, []).append(key)
        weak = {
            table: key
            for table, key in self._weak.items()
            if key.words not in owned or any(is_copy(key, o) for o in owned[key.words])
        }
        return dict(sorted((self._strong | weak).items()))


def is_copy(one: Key, other: Key) -> bool:
    """Whether two tables have the same columns and the same name for the key."""
    return one.copied == other.copied and one.words == other.words


def signature_of(paths: Iterable[str]) -> int:
    """Hash the names of a table's columns; columns of load tools (_loaded_at) are left out."""
    names = sorted(path.lower() for path in paths if not path.startswith("_"))
    return zlib.crc32("\n".join(names).encode("utf-8", "replace"))


def has_key(table: str, columns: Sequence[Evidence]) -> bool:
    """Whether a table has a column that is likely to be its key alone."""
    return any(score >= _FIRST for score, _, _ in _ranked(table, columns, None))


def _others(columns: Sequence[Evidence], key: Key, prefix: str) -> frozenset[Words]:
    names = (
        plain(without_prefix(key_words(c.column), prefix))
        for c in columns
        if c.column != key.evidence.column
    )
    return frozenset(words for words in names if len(words) > 1 and words[-1] in KEY_WORDS)


def is_unique(column: Evidence) -> bool:
    """Whether every row that was read has its own value, as far as the evidence can tell."""
    return column.null_share == 0 and column.distinct == column.rows_read >= 2


def says_unique(column: Evidence) -> bool:
    """Whether it is worth saying that a column is unique: enough rows, all read, no measure."""
    return (
        is_unique(column)
        and column.rows_read >= max(column.rows, _UNIQUE_ROWS)
        and key_family(column.data_type) in {"text", "whole"}
        and not MEASURES.intersection(column_words(column.column))
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
    ranked = _ranked(table, columns, positions)
    if not ranked:
        return None
    score, column, words = max(ranked, key=lambda item: item[0])
    if score == 0:
        return None
    entity = keyed_entity(table)
    return Key(evidence=column, strong=score >= _NUMBERED, entity=entity, words=plain(words))


def _ranked(
    table: str, columns: Sequence[Evidence], positions: Mapping[AssetKey, int] | None
) -> list[tuple[int, Evidence, Words]]:
    """Score the columns of which every row has its own value."""
    entity = keyed_entity(table)
    prefix = shared_prefix([column.column for column in columns])
    first = _first_column(columns, positions)
    ranked: list[tuple[int, Evidence, Words]] = []
    for column in columns:
        if is_unique(column) and len(split_path(column.column)) == 1:
            words = without_prefix(key_words(column.column), prefix)
            ranked.append((_score(column, words, entity, is_first=column is first), column, words))
    return ranked


def _first_column(
    columns: Iterable[Evidence], positions: Mapping[AssetKey, int] | None
) -> Evidence | None:
    """Find the first column; a client that is the same in all rows (SAP's) is passed over."""
    listed = list(columns)
    if positions is not None:
        placed = [c for c in listed if AssetKey(c.table, c.column) in positions]
        listed = sorted(placed, key=lambda c: positions[AssetKey(c.table, c.column)])
    return next((c for c in listed if c.distinct > 1 or not is_client(c.column)), None)


def _score(column: Evidence, words: Words, entity: Words, *, is_first: bool) -> int:
    """Score a column as key: see the numbers above; 0 is no key."""
    family = key_family(column.data_type)
    if not words or family not in {"text", "whole"}:
        daily = is_first and column.data_type == "date" and _is_read_wholly(column)
        return _FIRST if daily else 0
    named = _named_score(words, entity)
    if named or not _is_read_wholly(column) or is_measure(words):
        return named
    if words[-1] in ID_WORDS and is_first:
        return _FIRST_ID
    if words[-1] in ID_WORDS and column.rows_read >= _MANY_ROWS:
        return _PARTLY_NAMED if set(words[:-1]) & set(entity) else _SOME_ID
    if not is_first or (column.mean_length or 0) > _LONG_TEXT or _is_of_a_person(column, words):
        return 0
    return _FIRST_CODE if words[-1] in KEY_WORDS else _FIRST


def _is_of_a_person(column: Evidence, words: Words) -> bool:
    """Whether values belong to persons and number no rows; numbers of staff do."""
    numbers = column.personal == PersonalClass.MEMBER_NUMBER and words[-1] in KEY_WORDS
    return bool(column.personal) and not numbers


def _named_score(words: Words, entity: Words) -> int:
    """Score a column whose name alone says that it is the table's key; 0 where it does not."""
    if len(words) == 1 and words[0] in ID_WORDS:
        return _BARE
    if words[-1] in KEY_WORDS and names_entity(words[:-1], entity):
        if words[-1] in _SURROGATES:
            return _SURROGATE
        return _NAMED if words[-1] in ID_WORDS else _NUMBERED
    return _NUMBERED if plain(words) == entity else 0


def _is_read_wholly(column: Evidence) -> bool:
    return column.rows_read >= column.rows
