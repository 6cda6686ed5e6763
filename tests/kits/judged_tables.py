"""Tables whose columns people described, with what their data show, and spoilt copies of the texts.

`own_tables` are ours and stand everywhere. `gold_tables` are public data sets with the words of
those who published them; they stand beside the repository, or nowhere.
"""

import csv
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.words.lexicon import words_of
from tests.kits.described_tables import TABLES
from tests.kits.places import SHARED
from tests.kits.spoilt import GENERIC

GOLD = SHARED / "gold" / "dev"
_TYPES: Mapping[str, pa.DataType] = {
    "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(), "date": pa.date32(),
    "boolean": pa.bool_(), "timestamp": pa.timestamp("us"),
}  # fmt: skip
_OWN_TYPES: Mapping[str, str] = {
    "crossing_id": "bigint", "dist": "double", "dep_delay": "int", "wave_h": "double",
    "cancelled": "boolean", "cars": "int", "glu": "double", "drawn_at": "timestamp",
    "haemolysed": "boolean", "temp_c": "double", "ha": "double", "slope": "double",
    "planted": "int", "irrigated": "boolean", "yield_kg": "double", "due": "date",
    "renewals": "int", "fine": "double", "returned": "date", "elev": "double", "gust": "double",
    "rain": "double", "vis": "double", "automatic": "boolean", "pour_temp": "double",
    "cool_time": "double", "porosity": "double",
}  # fmt: skip
"""The other columns of our own tables are texts."""
_CODED = {"lab", "scrap"}
_EMPTY = {"", "NA", "NULL", None}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTable:
    """A table with comments, and the evidence of its columns by path."""

    table: Table
    evidence: Mapping[str, Evidence]


@cache
def own_tables() -> tuple[JudgedTable, ...]:
    """Our own tables, of which only names, types and a few plain facts are known."""
    return tuple(
        _own(table, {column: texts[0] for column, texts in columns.items()})
        for table, columns in TABLES.items()
    )


def _own(name: str, texts: Mapping[str, str]) -> JudgedTable:
    columns = tuple(
        Column(path=path, data_type=_OWN_TYPES.get(path, "string"), comment=text, position=place)
        for place, (path, text) in enumerate(texts.items())
    )
    evidence = {column.path: _plain_evidence(name, column) for column in columns}
    return JudgedTable(table=Table(name=name, columns=columns), evidence=evidence)


def _plain_evidence(table: str, column: Column) -> Evidence:
    return Evidence(
        table=table,
        column=column.path,
        data_type=column.data_type,
        rows=1000,
        rows_read=1000,
        null_share=0.1,
        distinct=2 if column.data_type == "boolean" else 0 if column.path in _CODED else 400,
    )


@cache
def gold_tables(half: int) -> tuple[JudgedTable, ...]:
    """Every second public table, from the first (0) or second (1) on; () where none is here."""
    if not (GOLD / "gold.jsonl").is_file():
        return ()
    lines = (GOLD / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_gold(json.loads(line), GOLD) for line in lines[half::2])


def _gold(line: Mapping[str, Any], folder: Path) -> JudgedTable:
    told = {column["name"]: column["description"] for column in line["columns"]}
    names = {column["name"]: _path(column["name"]) for column in line["all_columns"]}
    columns = tuple(
        Column(
            path=names[column["name"]],
            data_type=column["type"],
            comment=told.get(column["name"], ""),
            position=place,
        )
        for place, column in enumerate(line["all_columns"])
    )
    with (folder / f"{line['table']}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    name = f"gold.{line['table'].rpartition('__')[2].lower().replace('-', '_')}"
    evidence = {}
    for column, given in zip(columns, line["all_columns"], strict=True):
        sketch = ColumnSketch()
        sketch.update(_array([row.get(given["name"]) for row in rows], given["type"]))
        evidence[column.path] = column_evidence(
            name, column, sketch, rows=len(rows), siblings=list(names.values())
        )
    return JudgedTable(table=Table(name=name, columns=columns), evidence=evidence)


def _path(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _array(values: list[str | None], data_type: str) -> Any:
    texts = pa.array([None if value in _EMPTY else value for value in values], pa.string())
    try:
        return texts.cast(_TYPES.get(data_type, pa.string()))
    except pa.ArrowInvalid:  # written otherwise than Arrow reads it
        return texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """A column's place, and its table as somebody spoilt it in one way ('' is as it was)."""

    way: str
    path: str
    table: Table
    evidence: Mapping[str, Evidence]


def spoilt_copies(tables: tuple[JudgedTable, ...], seed: int = 3) -> Iterator[Spoilt]:
    """Each described column as it is, and spoilt in five ways.

    It echoes its name, briefly or at length; it says nothing; it changes its text with a sibling;
    it adds a claim that its data contradict, where one can be made.
    """
    rng = random.Random(seed)
    for item in tables:
        for column in item.table.columns:
            if column.comment.strip():
                for way, texts in _ways(item, column, rng):
                    yield Spoilt(
                        way=way,
                        path=column.path,
                        table=_with(item.table, texts),
                        evidence=item.evidence,
                    )


def _ways(
    item: JudgedTable, column: Column, rng: random.Random
) -> Iterator[tuple[str, dict[str, str]]]:
    table = " ".join(words_of(item.table.name.rpartition(".")[2]))
    name = " ".join(words_of(column.path))
    yield "", {}
    yield "echo", {column.path: f"The {name} of the {table} table."}
    long_echo = (
        f"This column contains the {name} of the {table}. The {name} is a value that is stored "
        f"for each {table} record and describes the {name} of this {table} entry."
    )
    yield "long echo", {column.path: long_echo}
    yield "generic", {column.path: rng.choice(GENERIC)}
    others = [c for c in item.table.columns if c.comment.strip() and c.comment != column.comment]
    if others:
        other = rng.choice(others)
        yield "sibling", {column.path: other.comment, other.path: column.comment}
    if claims := list(_false_claims(item.evidence[column.path])):
        text = f"{column.comment.rstrip('.')}. {rng.choice(claims)}"
        yield "contradicted", {column.path: text}


def _false_claims(evidence: Evidence) -> Iterator[str]:
    filled = evidence.rows_read * (1 - evidence.null_share)
    if 0 < evidence.null_share < 1:
        yield "Never null."
    if evidence.null_share < 1:
        yield "Always empty."
    if evidence.distinct > 20:
        yield "A boolean flag."
    if filled > 20 and not evidence.key_role and 0 < evidence.distinct < 0.8 * filled:
        yield "Primary key of the table."
    if evidence.is_code:
        yield "One of 'QX1', 'QX2'."


def _with(table: Table, texts: Mapping[str, str]) -> Table:
    columns = tuple(
        replace(column, comment=texts.get(column.path, column.comment)) for column in table.columns
    )
    return replace(table, columns=columns)
