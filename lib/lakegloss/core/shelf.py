"""Stores many tables compactly in memory."""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from lakegloss.core.assets import Column, Table

_OF_TABLE = tuple(field.name for field in fields(Table) if field.name != "columns")
_OF_COLUMN = tuple(field.name for field in fields(Column))
_column_values = attrgetter(*_OF_COLUMN)
_table_values = attrgetter(*_OF_TABLE)


class Shelf:
    """Tables by name, in the order in which they came; each is packed until it is asked for.

    A table of 50 columns takes about 1 kB here and 12 kB as objects, so that ten thousand of them
    leave the driver's memory to the work.
    """

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        self._packed: dict[str, bytes] = {}
        for table in tables:
            self.put(table)

    def put(self, table: Table) -> None:
        """Add a table, or replace the one of its name."""
        self._packed[table.name] = zlib.compress(pickle.dumps(_flat(table), protocol=5), 1)

    def __getitem__(self, name: str) -> Table:
        return _table(*pickle.loads(zlib.decompress(self._packed[name])))  # noqa: S301 - our own

    def __contains__(self, name: str) -> bool:
        return name in self._packed

    def __iter__(self) -> Iterator[Table]:
        return (self[name] for name in self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def names(self) -> list[str]:
        return list(self._packed)


def _flat(table: Table) -> tuple[Any, ...]:
    """The values alone: objects take three times as long to unpack."""
    return _table_values(table), [_column_values(column) for column in table.columns]


def _table(values: Sequence[Any], columns: Sequence[Sequence[Any]]) -> Table:
    return Table(
        columns=tuple(Column(**dict(zip(_OF_COLUMN, column, strict=True))) for column in columns),
        **dict(zip(_OF_TABLE, values, strict=True)),
    )


def batched(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The names in parts of at most `size`."""
    for start in range(0, len(names), size):
        yield names[start : start + size]
