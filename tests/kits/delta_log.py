"""The schema of a Delta table as its log holds it: what no session's reading can hide."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

Field = dict[str, Any]
Parts = tuple[str, ...]


def schema_in_log(classic: SparkSession, table: str) -> list[Field]:
    """The fields of the newest schema in the log of a table on this machine."""
    location = classic.sql(f"DESCRIBE DETAIL {table}").collect()[0]["location"]
    log = Path(location.removeprefix("file:")) / "_delta_log"
    for file in sorted(log.glob("*.json"), reverse=True):
        for line in file.read_text(encoding="utf-8").splitlines():
            metadata = json.loads(line).get("metaData")
            if metadata:
                fields: list[Field] = json.loads(metadata["schemaString"])["fields"]
                return fields
    raise AssertionError(f"no schema in {log}")


def comments_in_log(classic: SparkSession, table: str) -> dict[Parts, str]:
    """The comments of all columns and parts; '' where there is none."""
    found = fields_of(schema_in_log(classic, table))
    return {parts: field["metadata"].get("comment", "") for parts, field in found}


def without_comments(classic: SparkSession, table: str) -> list[tuple[Parts, str]]:
    """All else that the schema says: types, NOT NULL, marks of column mapping."""
    found = fields_of(schema_in_log(classic, table))
    return [(parts, json.dumps(_bare(field), sort_keys=True)) for parts, field in found]


def fields_of(fields: list[Field], above: Parts = ()) -> Iterator[tuple[Parts, Field]]:
    """Every field with its path, parents first."""
    for field in fields:
        parts = (*above, field["name"])
        yield parts, field
        yield from _inner(field["type"], parts)


def _inner(kind: Any, above: Parts) -> Iterator[tuple[Parts, Field]]:
    if not isinstance(kind, dict):
        return
    yield from fields_of(kind.get("fields", []), above)
    for key, step in (("elementType", "element"), ("keyType", "key"), ("valueType", "value")):
        if key in kind:
            yield from _inner(kind[key], (*above, step))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key != "comment"}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value
