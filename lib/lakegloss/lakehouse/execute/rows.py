"""Converts rows: a frame's distinct rows to inputs of a program, and results to a column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
)

from lakegloss.core.names import quote
from lakegloss.errors import InputError
from lakegloss.programs.json_adapter import encoded_value
from lakegloss.programs.signatures import outputs_of
from lakegloss.programs.split import SplitProgram

MOST_ROWS = 1_000_000
"""The most distinct rows in one execution: they and their answers pass through the driver."""
KEY = "_lakegloss_key"
_PLAIN: Mapping[Any, DataType] = {
    str: StringType(),
    int: LongType(),
    float: DoubleType(),
    bool: BooleanType(),
    list[str]: ArrayType(StringType()),
    list[int]: ArrayType(LongType()),
    list[float]: ArrayType(DoubleType()),
    list[bool]: ArrayType(BooleanType()),
    dict[str, str]: MapType(StringType(), StringType()),
}

_USAGE = StructType(
    [StructField("input_tokens", LongType()), StructField("output_tokens", LongType())]
)
FACTS = ("error", "usage", "latency", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """Holds the result of one distinct row of inputs; latency is in seconds."""

    outputs: Mapping[str, Any]
    error: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    latency: float = 0.0
    model: str = ""


def columns_of(
    frame: DataFrame, program: SplitProgram | None, inputs: Mapping[str, str] | None
) -> dict[str, str]:
    """The column of each input, by the input's name."""
    there = frame.columns
    if inputs is not None:
        for name, column in inputs.items():
            if column not in there:
                raise InputError(
                    f"The frame has no column {column!r} for the input {name!r}.",
                    remedy=f"Its columns: {', '.join(there)}.",
                )
    if program is None:
        if inputs is None:
            raise InputError(
                "A program of several steps does not say what it takes.",
                remedy="Give inputs={input: column}.",
            )
        return dict(inputs)
    taken = sorted(program.signature.output_fields.keys() & set(FACTS))
    if taken:
        raise InputError(
            f"{program.name} has an output {taken[0]!r}, which the result says of every row.",
            remedy="Rename that output.",
        )
    known = program.signature.input_fields
    chosen = dict(inputs or {})
    unknown = sorted(chosen.keys() - known.keys())
    if unknown:
        raise InputError(
            f"{program.name} has no input {unknown[0]!r}.",
            remedy=f"Its inputs: {', '.join(known)}.",
        )
    chosen |= {name: name for name in known if name not in chosen and name in there}
    missing = [name for name, found in known.items() if found.is_required() and name not in chosen]
    if missing:
        raise InputError(
            f"Missing required input fields: {missing}",
            remedy="Name their columns: inputs={input: column}.",
        )
    return chosen


def key_of(columns: Mapping[str, str]) -> str:
    parts = ", ".join(quote(column) for column in dict.fromkeys(columns.values()))
    return f"sha2(to_json(struct({parts})), 256) AS {KEY}"


def distinct_rows(keyed: DataFrame, columns: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The inputs of each distinct row, by its key; a null input is left out for its default."""
    picked = [f"{quote(column)} AS {quote(name)}" for name, column in columns.items()]
    rows = keyed.selectExpr(KEY, *picked).dropDuplicates([KEY]).limit(MOST_ROWS + 1).toArrow()
    if len(rows) > MOST_ROWS:
        raise InputError(
            f"There are more than {MOST_ROWS:,} distinct rows of inputs.",
            remedy="Execute a part at a time.",
        )
    return {
        row.pop(KEY): {name: value for name, value in row.items() if value is not None}
        for row in rows.to_pylist()
    }


def types_of(program: SplitProgram | None, rows: Iterable[RowResult]) -> dict[str, DataType]:
    """The Spark type of each output; an output of another type becomes JSON text."""
    if program is not None:
        return {
            name: _PLAIN.get(spec.kind, StringType())
            for name, spec in outputs_of(program.signature).items()
        }
    names: dict[str, DataType] = {}
    for row in rows:
        for name, value in row.outputs.items():
            names.setdefault(name, _PLAIN.get(type(value), StringType()))
    return names


def result_frame(
    spark: SparkSession, rows: Mapping[str, RowResult], types: Mapping[str, DataType], result: str
) -> DataFrame:
    struct = StructType(
        [
            *(StructField(name, kind) for name, kind in types.items()),
            StructField("error", StringType()),
            StructField("usage", _USAGE),
            StructField("latency", DoubleType()),
            StructField("model", StringType()),
        ]
    )
    schema = StructType([StructField(KEY, StringType()), StructField(result, struct)])
    values = [
        (
            key,
            {
                **{name: _as(kind, row.outputs.get(name)) for name, kind in types.items()},
                "error": row.error or None,
                "usage": {
                    "input_tokens": row.input_tokens,
                    "output_tokens": row.output_tokens,
                },
                "latency": row.latency,
                "model": row.model,
            },
        )
        for key, row in rows.items()
    ]
    return spark.createDataFrame(values, schema)


def _as(kind: DataType, value: Any) -> Any:
    if value is None or not isinstance(kind, StringType) or isinstance(value, str):
        return value
    return encoded_value(value)
