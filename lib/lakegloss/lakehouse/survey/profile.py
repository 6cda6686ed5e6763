"""Profiles one table by one scan: a small one on the driver, others by Arrow in workers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    FractionalType,
    IntegralType,
    MapType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
)

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import leaf, quote, quote_path, split_path
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.composite import Combination, CompositeSearch, with_composite
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.session.session import compiling

PARTIALS = "position int, sketch binary"
COMPOSITE = -1
"""The position at which partials carry the search for a key of several columns."""
MANY_ROWS = 1_000_000
"""Tables with more rows are likely to have many partitions: workers merge their sketches."""
MERGERS = 8
FEW_ROWS = 10_000
FEW_CELLS = 500_000
"""Tables up to both limits are sketched on the driver: starting Python workers costs more."""
MANY_CELLS = 5_000_000
"""Above this, compiling a query costs less than it saves."""
# PySpark and Arrow raise these for types that are newer than they are.
_UNREADABLE: tuple[type[Exception], ...] = (
    ValueError,
    LookupError,
    pa.ArrowException,
    *SPARK_ERRORS,
)
_NOT_HERE: tuple[type[Exception], ...] = (MemoryError, *_UNREADABLE)
_VALUES = (
    BinaryType, BooleanType, DateType, DayTimeIntervalType, FractionalType, IntegralType,
    StringType, TimestampNTZType, TimestampType,
)  # fmt: skip
_OnBatches = Callable[[Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scanned:
    """Says how a column is read: by SQL for its value, or only for its length."""

    column: Column
    expression: str
    has_values: bool


def profile_table(
    spark: SparkSession, table: Table, *, sample_rows: int, seed: int
) -> list[Evidence]:
    """Profile all columns of a table or view by one scan and one count, in column order.

    For a struct the evidence shows how often it is null, for arrays and maps also their lengths;
    the values inside arrays and maps are not read. Of a table with more than `sample_rows` rows, a
    seeded Bernoulli sample of about that size is read.

    Args:
        spark: a classic or a Connect session.
        table: as the inventory shows it.
        sample_rows: about how many rows are read at most.
        seed: the seed of the sample.

    Raises:
        CatalogError: the table cannot be read, or no longer has one of the columns.
    """
    try:
        frame = spark.table(quote_path(table.name))
        scanned = _scan_plan(frame.schema, table)
        rows = frame.count()
        if rows * len(scanned) > MANY_CELLS:
            frame = compiling(spark).table(quote_path(table.name))
        sample = frame.sample(sample_rows / rows, seed) if rows > sample_rows else frame
        sketches, search = _sketches(sample, scanned, rows)
    except CatalogError:
        raise
    except _UNREADABLE as error:
        raise CatalogError(
            f"The table {table.name!r} cannot be profiled: {first_line(error)}",
            remedy="Read it once by hand (SELECT * ... LIMIT 1), or leave it out.",
        ) from error
    found = {item.column.path: sketch for item, sketch in zip(scanned, sketches, strict=True)}
    return _with_composite(list(_evidence(table, found, rows)), scanned, search)


def _evidence(table: Table, sketches: Mapping[str, ColumnSketch], rows: int) -> Iterator[Evidence]:
    names = [leaf(column.path) for column in table.columns]
    for i, column in enumerate(table.columns):
        if column.path in sketches:
            siblings, sketch = names[:i] + names[i + 1 :], sketches[column.path]
            yield column_evidence(table.name, column, sketch, rows=rows, siblings=siblings)
        else:
            kind = column.data_type
            yield Evidence(table=table.name, column=column.path, data_type=kind, rows=rows)


def _with_composite(
    evidence: Sequence[Evidence], scanned: Sequence[_Scanned], search: CompositeSearch
) -> list[Evidence]:
    """Add the key that several of the columns that were read form."""
    by_path = {item.column: item for item in evidence}
    read = [by_path[item.column.path] for item in scanned]
    known = {item.column: item for item in with_composite(read, search)}
    return [known.get(item.column, item) for item in evidence]


def _scan_plan(schema: StructType, table: Table) -> list[_Scanned]:
    """Plan what to read for each column that is not inside an array or a map.

    Expressions call the top-level columns c0, c1, ..., because real names may differ only in case.
    They are SQL text, because PySpark's column functions belong to one kind of session.
    """
    plan = []
    for column in table.columns:
        place = _place(schema, split_path(column.path), table.name)
        if place is not None:
            expression, kind = place
            has_values = isinstance(kind, _VALUES)
            read = expression if has_values else _length(expression, kind)
            plan.append(_Scanned(column=column, expression=read, has_values=has_values))
    return plan


def _place(schema: StructType, path: tuple[str, ...], table: str) -> tuple[str, DataType] | None:
    """The expression and type of a path; None if it is inside an array or a map.

    Raises:
        CatalogError: there is no such column.
    """
    index = _field_index(schema, path[0], table)
    kind = schema.fields[index].dataType
    expression = f"c{index}"
    renamed = isinstance(kind, StructType) and _is_ambiguous(kind)
    if renamed and len(path) > 1:
        expression = f"CAST({expression} AS {_ddl(kind, rename=True)})"
    for name in path[1:]:
        if not isinstance(kind, StructType):
            return None
        index = _field_index(kind, name, table)
        field = kind.fields[index]
        expression += "." + quote(f"c{index}" if renamed else field.name)
        kind = field.dataType
    return expression, kind


def _field_index(schema: StructType, name: str, table: str) -> int:
    names = schema.names
    if name in names:
        return names.index(name)
    folded = [known.casefold() for known in names]
    if name.casefold() in folded:
        return folded.index(name.casefold())
    raise CatalogError(
        f"The table {table!r} has no column {name!r} any more.",
        remedy="It changed since it was listed; run the command again.",
    )


def _is_ambiguous(kind: StructType) -> bool:
    """Whether fields of a struct, or of a struct inside it, differ only in case."""
    names = {name.casefold() for name in kind.names}
    inner = (f.dataType for f in kind.fields if isinstance(f.dataType, StructType))
    return len(names) < len(kind.names) or any(map(_is_ambiguous, inner))


def _ddl(kind: DataType, *, rename: bool) -> str:
    """A type as SQL text.

    With `rename`, the fields of nested structs are called c0, c1, ..., as casts go by position.
    """
    if isinstance(kind, ArrayType):
        return f"ARRAY<{_ddl(kind.elementType, rename=False)}>"
    if isinstance(kind, MapType):
        inner = (_ddl(part, rename=False) for part in (kind.keyType, kind.valueType))
        return f"MAP<{', '.join(inner)}>"
    if not isinstance(kind, StructType):
        return kind.simpleString()
    names = (f"c{i}" if rename else quote(name) for i, name in enumerate(kind.names))
    types = (_ddl(field.dataType, rename=rename) for field in kind.fields)
    return f"STRUCT<{', '.join(f'{n}: {t}' for n, t in zip(names, types, strict=True))}>"


def _length(expression: str, kind: DataType) -> str:
    """SQL for the length of an array or a map, 0 for other values that are not null, else null."""
    length = f"size({expression})" if isinstance(kind, (ArrayType, MapType)) else "0"
    return f"IF({expression} IS NULL, NULL, {length})"


def _sketches(
    frame: DataFrame, scanned: Sequence[_Scanned], rows: int
) -> tuple[list[ColumnSketch], CompositeSearch]:
    sketches = [ColumnSketch() for _ in scanned]
    search = CompositeSearch.of([item.column for item in scanned])
    if not rows or not scanned:
        return sketches, search
    selected = _selected(frame, scanned)
    sketcher = _sketcher([item.has_values for item in scanned], search.parts, search.combos)
    is_small = rows <= FEW_ROWS and rows * len(scanned) <= FEW_CELLS
    found = _partials_here(selected, sketcher) if is_small else None
    if found is None:
        merger = _merger(search.parts, search.combos) if rows > MANY_ROWS else None
        found = _partials_of_workers(selected, sketcher, merger)
    for position, data in found:
        if position == COMPOSITE:
            search.add_bytes(bytes(data))
        else:
            sketches[position].merge(ColumnSketch.from_bytes(bytes(data)))
    return sketches, search


def _partials_here(frame: DataFrame, sketcher: _OnBatches) -> list[tuple[int, bytes]] | None:
    """Sketch on the driver; None if the rows cannot be fetched or do not fit into memory."""
    try:
        batches = frame.toArrow().to_batches()
    except _NOT_HERE:  # the workers try next, and their error is the one reported
        return None
    return [(row["position"], row["sketch"]) for b in sketcher(batches) for row in b.to_pylist()]


def _partials_of_workers(
    frame: DataFrame, sketcher: _OnBatches, merger: _OnBatches | None
) -> list[tuple[int, bytes]]:
    partials = frame.mapInArrow(sketcher, PARTIALS)
    if merger is not None:
        partials = partials.repartition(MERGERS, "position").mapInArrow(merger, PARTIALS)
    return [(row.position, row.sketch) for row in partials.collect()]


def _selected(frame: DataFrame, scanned: Sequence[_Scanned]) -> DataFrame:
    """The frame with the planned columns in the plan's order; nobody reads their names."""
    as_it_is = [f"c{index}" for index in range(len(frame.columns))]
    is_flat = [item.expression for item in scanned] == as_it_is
    if is_flat and _are_plain(frame.columns):
        return frame  # a projection would copy each row once more
    numbered = frame.toDF(*as_it_is)
    return numbered.selectExpr(*(f"{item.expression} AS v{i}" for i, item in enumerate(scanned)))


def _are_plain(names: Sequence[str]) -> bool:
    """Whether mapInArrow, which looks columns up by name, finds each of them."""
    different = len({name.casefold() for name in names}) == len(names)
    return different and not any("." in name or "`" in name for name in names)


# Functions that workers run. They are closures that import modules there, on the worker.


def _sketcher(
    has_values: Sequence[bool], parts: Sequence[int], combos: Sequence[Combination]
) -> _OnBatches:
    def sketch_rows(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        from lakegloss.core.profile.composite import CompositeSearch
        from lakegloss.core.profile.sketch import ColumnSketch

        sketches = [ColumnSketch() for _ in has_values]
        search = CompositeSearch(parts, combos)
        for batch in batches:
            search.update(batch.columns)
            for sketch, is_value, column in zip(sketches, has_values, batch.columns, strict=True):
                (sketch.update if is_value else sketch.update_lengths)(column)
        if sketches[0].rows:
            data = [*(sketch.to_bytes() for sketch in sketches), search.to_bytes()]
            positions = pa.array([*range(len(sketches)), COMPOSITE], pa.int32())
            yield pa.record_batch({"position": positions, "sketch": pa.array(data, pa.binary())})

    return sketch_rows


def _merger(parts: Sequence[int], combos: Sequence[Combination]) -> _OnBatches:
    def merge_partials(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        from lakegloss.core.profile.composite import CompositeSearch
        from lakegloss.core.profile.sketch import ColumnSketch

        merged: dict[int, ColumnSketch] = {}
        search: CompositeSearch | None = None
        for batch in batches:
            for position, data in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                if position == COMPOSITE:
                    search = search or CompositeSearch(parts, combos)
                    search.add_bytes(data)
                else:
                    merged.setdefault(position, ColumnSketch()).merge(ColumnSketch.from_bytes(data))
        data = [sketch.to_bytes() for sketch in merged.values()]
        places = list(merged)
        if search is not None:
            data, places = [*data, search.to_bytes()], [*places, COMPOSITE]
        positions = pa.array(places, pa.int32())
        yield pa.record_batch({"position": positions, "sketch": pa.array(data, pa.binary())})

    return merge_partials
