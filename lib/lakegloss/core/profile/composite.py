"""Finds columns that identify a row together (order and line), while a table is read.

A search holds, for a few likely combinations of columns, the smallest hashes of the rows' values. A
combination is given up at the first repeated one. Searches of parts of a table can be merged. A
repetition above the bound of the hashes is not seen: at most one row in a thousand repeats then.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from lakegloss.core.assets import Column
from lakegloss.core.data_types import is_moment, key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import split_path
from lakegloss.core.profile.hashing import Hashes, hash_values
from lakegloss.core.profile.key_names import (
    is_client,
    is_identifier,
    is_line,
    is_measure,
    key_words,
)
from lakegloss.core.profile.keys import has_key, is_unique

HASHES = 2048
_LEADING = 5
_MOST_PARTS = 12
_LONGEST = 5
_SURPRISING = 5.0
"""So many repetitions chance would bring: that there are none says that something forbids them."""
_FEWEST_ROWS = 3
_LONG_TEXT = 64
_SALTS = np.random.default_rng(20).integers(1, 2**63, _MOST_PARTS, dtype=np.uint64) | np.uint64(1)

Combination = tuple[int, ...]


class CompositeSearch:
    """Follows which combinations of columns have repeated no values yet.

    Attributes:
        parts: the places of the columns that may be parts of a key.
        combos: the combinations of them that are followed.
        alive: the smallest hashes of each combination without a repetition, ascending.
    """

    def __init__(self, parts: Sequence[int], combos: Sequence[Combination]) -> None:
        self.parts = tuple(parts)
        self.combos = tuple(combos)
        self.alive: dict[Combination, Hashes] = {c: np.empty(0, np.uint64) for c in combos}

    @classmethod
    def of(cls, columns: Sequence[Column]) -> "CompositeSearch":
        """Begin a search among the columns that are read, in the order in which they are read."""
        able = [i for i, column in enumerate(columns) if _may_be_part(column)]
        run = next((n for n, i in enumerate(able) if n != i), len(able))
        leading = able[: min(run, _LEADING)]
        named = [i for i in able if _is_named_as_key(columns[i].path)]
        parts = sorted({*leading, *named[: _MOST_PARTS - len(leading)]})
        return cls(parts, list(dict.fromkeys(_combinations(parts, leading, named))))

    def update(self, arrays: Sequence[Any]) -> None:
        """Take in some rows: Arrow arrays of all columns that are read."""
        hashed: dict[int, Hashes | None] = {}
        for combo in list(self.alive):
            for place in combo:
                if place not in hashed:
                    hashed[place] = _hashed(arrays[place], self.parts.index(place))
            mixed = _mixed([hashed[place] for place in combo])
            self._add(combo, mixed)

    def merge(self, other: "CompositeSearch") -> None:
        """Take in the search of other rows of the same table."""
        for combo in list(self.alive):
            self._add(combo, other.alive.get(combo))

    def _add(self, combo: Combination, more: Hashes | None) -> None:
        if more is None:
            del self.alive[combo]
            return
        kept = self.alive[combo]
        if len(kept) == HASHES:
            more = more[more <= kept[-1]]
        merged = np.sort(np.concatenate([kept, more]))[: HASHES + 1]
        if (merged[1:] == merged[:-1]).any():
            del self.alive[combo]
        else:
            self.alive[combo] = merged[:HASHES]

    def to_bytes(self) -> bytes:
        """Write the state as bytes, which `add_bytes` reads."""
        sizes = [len(self.alive[c]) if c in self.alive else -1 for c in self.combos]
        hashes = [self.alive[c].astype("<u8").tobytes() for c in self.combos if c in self.alive]
        head = json.dumps(sizes).encode()
        return b"".join((len(head).to_bytes(4, "little"), head, *hashes))

    def add_bytes(self, data: bytes) -> None:
        """Take in the search of other rows, as `to_bytes` wrote it for the same columns."""
        start = 4 + int.from_bytes(data[:4], "little")
        for combo, size in zip(self.combos, json.loads(data[4:start]), strict=True):
            if size < 0:
                self.alive.pop(combo, None)
                continue
            if combo in self.alive:
                self._add(combo, np.frombuffer(data, "<u8", size, start).astype(np.uint64))
            start += 8 * size


def with_composite(columns: Sequence[Evidence], search: CompositeSearch) -> list[Evidence]:
    """Return a table's evidence with the key that several columns form, where no one is the key.

    Args:
        columns: the evidence of the columns that the search read, in that order.
    """
    if not columns or has_key(columns[0].table, columns):
        return list(columns)
    combo = _chosen(columns, search)
    paths = ", ".join(columns[place].column for place in combo)
    return [
        replace(column, key_with=paths) if place in combo else column
        for place, column in enumerate(columns)
    ]


def _may_be_part(column: Column) -> bool:
    if len(split_path(column.path)) > 1:
        return False
    kind = column.data_type
    return key_family(kind) in {"text", "whole"} or is_moment(kind)


def _is_named_as_key(path: str) -> bool:
    words = key_words(path)
    return is_identifier(words) or is_line(words)


def _combinations(
    parts: Sequence[int], leading: Sequence[int], named: Sequence[int]
) -> Iterator[Combination]:
    """Yield what may be a key: leading columns, any two, and three or four that are named so."""
    yield from combinations(parts, 2)
    few = [place for place in named if place in parts][:_LONGEST]
    for size in range(3, _LONGEST + 1):
        if len(leading) >= size:
            yield tuple(leading[:size])
        if size < _LONGEST:
            yield from combinations(few, size)


def _hashed(array: Any, salt: int) -> Hashes | None:
    """Hash each row's value; None where a row has none, as no part of a key lacks a value."""
    return None if array.null_count else hash_values(array) * _SALTS[salt]


def _mixed(hashes: Sequence[Hashes | None]) -> Hashes | None:
    total: Hashes | None = None
    for part in hashes:
        if part is None:
            return None
        total = part if total is None else total + part
    if total is None:
        return None
    mixed = (total ^ (total >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(29))


def _chosen(columns: Sequence[Evidence], search: CompositeSearch) -> Combination:
    rows = columns[0].rows_read
    if rows < _FEWEST_ROWS:
        return ()
    best: tuple[tuple[int, int, int, float], Combination] | None = None
    for combo in search.alive:
        rank = _rank(columns, combo)
        if rank:
            chance = _repetitions_by_chance(columns, combo)
            order = (len(_telling(columns, combo)), rank, -len(combo), -chance)
            if best is None or order < best[0]:
                best = order, combo
    return best[1] if best else ()


def _telling(columns: Sequence[Evidence], combo: Combination) -> list[Evidence]:
    """Select the parts that have more than one value: one client alone tells no rows apart."""
    return [columns[place] for place in combo if columns[place].distinct > 1]


def _rank(columns: Sequence[Evidence], combo: Combination) -> int:
    """Rank a combination as key: 1 is best, 0 is no key."""
    parts = [columns[place] for place in combo]
    telling = _telling(columns, combo)
    if len(telling) < 2 or not all(map(_may_identify, parts)) or any(map(_is_enough, telling)):
        return 0
    if any(part.distinct <= 1 and not is_client(part.column) for part in parts):
        return 0
    names = [key_words(part.column) for part in telling]
    lines = sum(map(is_line, names))
    leads = combo == tuple(range(len(combo)))
    if lines == 1 and (combo[0] == 0 or any(map(is_identifier, names))):
        return 1 if not is_line(names[0]) else 0
    if parts[0].sampled or _repetitions_by_chance(columns, combo) < _SURPRISING:
        return 0
    if all(map(is_identifier, names)):
        return 2 if leads else 4
    return 3 if leads else 0


def _is_enough(part: Evidence) -> bool:
    """Whether an identifier tells rows apart alone, so that it needs no other column."""
    return is_unique(part) and is_identifier(key_words(part.column))


def _may_identify(part: Evidence) -> bool:
    long = (part.mean_length or 0) > _LONG_TEXT
    words = key_words(part.column)
    return not long and (is_line(words) or not is_measure(words))


def _repetitions_by_chance(columns: Sequence[Evidence], combo: Combination) -> float:
    """How many rows would repeat others if the columns' values were drawn independently."""
    room = 1.0
    for place in combo:
        room *= max(columns[place].distinct, 1)
    rows = float(columns[combo[0]].rows_read)
    return rows * rows / (2 * room)
