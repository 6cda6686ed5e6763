"""Stores many tables compactly in memory."""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from lakegloss.core.assets import Column, Table

_TABLE_FIELDS = tuple(field.name for field in fields(Table) if field.name != "columns")
_COLUMN_FIELDS = tuple(field.name for field in fields(Column))
_column_values = attrgetter(*_COLUMN_FIELDS)
_table_values = attrgetter(*_TABLE_FIELDS)


class Shelf:
    """Keeps tables by name, in the order in which they came; each stays packed until it is read.

    A table of 50 columns takes about 1 kB here and 12 kB as objects, so ten thousand of them leave
    enough of the driver's memory for the work.
    """

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        self._packed: dict[str, bytes] = {}
        for table in tables:
            self.put(table)

    def put(self, table: Table) -> None:
        """Add a table, or replace the table of that name."""
        self._packed[table.name] = zlib.compress(pickle.dumps(_values_of(table), protocol=5), 1)

    def __getitem__(self, name: str) -> Table:
        return _table_from(*pickle.loads(zlib.decompress(self._packed[name])))  # noqa: S301 - our own

    def __contains__(self, name: str) -> bool:
        return name in self._packed

    def __iter__(self) -> Iterator[Table]:
        return (self[name] for name in self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def names(self) -> list[str]:
        return list(self._packed)


def _values_of(table: Table) -> tuple[Any, ...]:
    """Take the values only: objects take three times as long to unpack."""
    return _table_values(table), [_column_values(column) for column in table.columns]


def _table_from(values: Sequence[Any], columns: Sequence[Sequence[Any]]) -> Table:
    return Table(
        columns=tuple(
            Column(**dict(zip(_COLUMN_FIELDS, column, strict=True))) for column in columns
        ),
        **dict(zip(_TABLE_FIELDS, values, strict=True)),
    )


def batched(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Split names into runs of at most `size`."""
    for start in range(0, len(names), size):
        yield names[start : start + size]
