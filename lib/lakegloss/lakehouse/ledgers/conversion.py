"""Converts between ledger rows, mappings and Arrow tables."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructField, StructType, TimestampType

from lakegloss.core.names import quote
from lakegloss.lakehouse.ledgers.tables import Ledger

_EPOCH = datetime.fromtimestamp(0, UTC)
_NONE: Mapping[str, str] = MappingProxyType({})


def rows_of(
    frame: DataFrame, ledger: Ledger, columns: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """The rows of a selection from a ledger, times in UTC.

    Args:
        columns: the columns to read; None reads all of the ledger's columns.
    """
    return mappings(arrow_of(frame, ledger, columns), ledger)


def arrow_of(
    frame: DataFrame,
    ledger: Ledger,
    columns: Sequence[str] | None = None,
    *,
    expressions: Mapping[str, str] = _NONE,
) -> pa.Table:
    """The rows of a selection from a ledger, times as microseconds since 1970, UTC.

    They are not collected as timestamps, because sessions give these in the driver's local time,
    in which one hour occurs twice when summer time ends.
    """
    wanted = [f for f in ledger.schema if columns is None or f.name in columns]
    selected = (f"{expressions.get(f.name) or _read_as(f)} AS {quote(f.name)}" for f in wanted)
    return frame.selectExpr(*selected).toArrow()


def _read_as(field: StructField) -> str:
    name = quote(field.name)
    return f"unix_micros({name})" if isinstance(field.dataType, TimestampType) else name


def mappings(rows: pa.Table, ledger: Ledger) -> list[dict[str, Any]]:
    """Convert rows to mappings, and their times to datetimes in UTC."""
    times = [
        f.name
        for f in ledger.schema
        if isinstance(f.dataType, TimestampType) and f.name in rows.column_names
    ]
    found: list[dict[str, Any]] = rows.to_pylist()
    for row in found:
        row.update((name, moment(row[name])) for name in times)
    return found


def moment(micros: int | None) -> datetime | None:
    """Convert microseconds since 1970 to a time in UTC."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def arrow_rows(rows: Sequence[Mapping[str, Any]], schema: StructType) -> pa.Table:
    """Convert mappings to an Arrow table of a Spark type; columns that a row lacks are null."""
    target = to_arrow_schema(schema, timestamp_utc=True)
    columns = [
        pa.array([row.get(field.name) for row in rows], type=target.field(field.name).type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=target)


def _as_mapping(record: Any) -> Mapping[str, Any]:
    """Convert a record to a mapping; records inside tuples, which are rare, are converted, too."""
    if isinstance(record, Mapping):
        return record
    values = {name: getattr(record, name) for name in _field_names(record.__class__)}
    for name, value in values.items():
        if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            values[name] = [dataclasses.asdict(item) for item in value]
    return values


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
