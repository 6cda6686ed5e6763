"""Reads the columns of a table and their comments, from wherever the table keeps these."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, DataType, MapType, StructField, StructType

from lakegloss.core.assets import Column, TableKind
from lakegloss.core.names import join_path, quote_path, split_path
from lakegloss.core.writable import (
    TYPE_TEXT,
    UNREAD,
    UNREAD_PART,
    TableSource,
    blocked_in_plain,
    blocked_rebuild,
    hides_parts,
    is_rebuilt,
    traits_of,
)
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS

_Parts = tuple[str, ...]
_NOT_TOLD: tuple[type[Exception], ...] = (ValueError, LookupError, TypeError, *SPARK_ERRORS)
"""Errors of a session that refuses a statement or answers it in another form."""


def read_columns(spark: SparkSession, name: str, source: TableSource) -> tuple[Column, ...]:
    """The columns of a table and their parts, with the reason why some can carry no comment.

    Spark pads the values of a column that has char inside, and the schema of the padded column
    lacks the comments of its parts. These come from the schema of a stream, which Spark does not
    pad.
    """
    schema = _read_schema(spark, name, plain=source.is_plain)
    if source.kind is TableKind.VIEW:
        return tuple(columns_of(schema))
    texts = {field.name: _type_text(field) for field in schema}
    kept, comments = _kept(spark, name, schema, plain=source.is_plain)
    reasons = _blocked(spark, name, source, kept or schema, texts)
    if kept is None:
        reasons |= _unread(schema, _hidden(schema), comments)
    found = columns_of(kept or schema, comments)
    return tuple(_ruled(column, reasons, texts) for column in found)


def read_column_comments(spark: SparkSession, name: str, *, plain: bool) -> dict[str, str]:
    """Only the comments of a table's columns and their parts, by path."""
    schema = _read_schema(spark, name, plain=plain)
    kept, comments = _kept(spark, name, schema, plain=plain)
    return {column.path: column.comment for column in columns_of(kept or schema, comments)}


def _read_schema(spark: SparkSession, name: str, *, plain: bool) -> StructType:
    """The schema as readers get it, with the comments that are there now.

    A session keeps the schema of a table of files from its first reading on; what other sessions
    write since is seen where the catalog is asked. Where the two differ, the table is read anew.
    """
    schema = spark.table(quote_path(name)).schema
    if plain and _listed(spark, name) != _comments_by_name(schema):
        spark.catalog.refreshTable(quote_path(name))
        schema = spark.table(quote_path(name)).schema
    return schema


def _listed(spark: SparkSession, name: str) -> dict[str, str]:
    """The comments of the columns that the catalog lists; other lines have no type."""
    rows = spark.sql(f"DESCRIBE TABLE {quote_path(name)}").collect()
    return {row[0]: row[2] or "" for row in takewhile(lambda row: row[1], rows)}


def _comments_by_name(schema: StructType) -> dict[str, str]:
    return {field.name: _comment_in(field) for field in schema}


def _comment_in(field: StructField) -> str:
    """The comment of a field; code may have set null or a number, which is somebody's, too."""
    found = (field.metadata or {}).get("comment")
    return found if isinstance(found, str) else "" if found is None else json.dumps(found)


def _kept(
    spark: SparkSession, name: str, schema: StructType, *, plain: bool
) -> tuple[StructType | None, Mapping[_Parts, str]]:
    """The schema with all comments; if it cannot be read, None and the comments of DESCRIBE."""
    if plain or not _hidden(schema):
        return schema, {}
    kept = _kept_schema(spark, name, schema)
    return kept, {} if kept else _comments_in_json(spark, name)


def _hidden(schema: StructType) -> frozenset[str]:
    """The columns for which the schema lacks the comments of their parts."""
    return frozenset(field.name for field in schema if hides_parts(_type_text(field)))


def _unread(
    schema: StructType, hidden: Collection[str], comments: Mapping[_Parts, str]
) -> dict[_Parts, str]:
    """Why parts must not be written: it is not known which comments a statement would drop."""
    return {
        parts: UNREAD if len(parts) == 1 else UNREAD_PART
        for parts, _ in _fields(schema, ())
        if parts[0] in hidden and (len(parts) == 1 or not comments)
    }


def _ruled(column: Column, reasons: Mapping[_Parts, str], texts: Mapping[str, str]) -> Column:
    parts = split_path(column.path)
    rebuilt = len(parts) == 1 and is_rebuilt(texts[parts[0]])
    return replace(column, blocked=reasons.get(parts, ""), rebuilt=rebuilt)


def _blocked(
    spark: SparkSession,
    name: str,
    source: TableSource,
    schema: StructType,
    texts: Mapping[str, str],
) -> dict[_Parts, str]:
    """Why some columns and parts can carry no comment; the others are left out."""
    if source.is_plain:
        return {
            parts: reason
            for parts, _ in _fields(schema, ())
            if (reason := blocked_in_plain(source, parts, texts[parts[0]]))
        }
    rebuilt = [field for field in schema if is_rebuilt(texts[field.name])]
    holding = [field for field in rebuilt if list(_inner(field.dataType, ()))]
    traits = _traits(spark, name) if holding else ""
    return {
        (field.name,): reason
        for field in rebuilt
        if (
            reason := blocked_rebuild(
                texts[field.name],
                field.dataType.simpleString(),
                marked=_is_marked(field.dataType),
                traits=traits if field in holding else "",
            )
        )
    }


def _is_marked(kind: DataType) -> bool:
    """Whether a part cannot be null or has metadata that its type's text does not tell."""
    if isinstance(kind, StructType):
        return any(
            not field.nullable
            or set(field.metadata or ()) - {"comment"}
            or _is_marked(field.dataType)
            for field in kind
        )
    if isinstance(kind, ArrayType):
        return not kind.containsNull or _is_marked(kind.elementType)
    if isinstance(kind, MapType):
        inside = _is_marked(kind.keyType) or _is_marked(kind.valueType)
        return not kind.valueContainsNull or inside
    return False


def _traits(spark: SparkSession, name: str) -> str:
    try:
        rows = spark.sql(f"SHOW TBLPROPERTIES {quote_path(name)}").collect()
    except SPARK_ERRORS:  # assume the worst, so that nothing is rebuilt
        return "properties that cannot be read here"
    return traits_of({row[0]: row[1] for row in rows})


def _type_text(field: StructField) -> str:
    return str((field.metadata or {}).get(TYPE_TEXT, ""))


def _kept_schema(spark: SparkSession, name: str, schema: StructType) -> StructType | None:
    """The schema as the table keeps it; None where this session cannot read it."""
    try:
        kept = spark.readStream.table(quote_path(name)).schema
    except _NOT_TOLD:  # not every table and platform can be streamed
        return None
    return kept if kept.names == schema.names else None


def _comments_in_json(spark: SparkSession, name: str) -> dict[_Parts, str]:
    """The comments of columns and parts from DESCRIBE ... AS JSON; {} where it gives no JSON."""
    try:
        rows = spark.sql(f"DESCRIBE TABLE EXTENDED {quote_path(name)} AS JSON").collect()
        return dict(_json_fields(json.loads(rows[0][0])["columns"], ()))
    except _NOT_TOLD:  # older versions of Spark, and Delta tables in open source
        return {}


def _json_fields(fields: list[dict[str, Any]], above: _Parts) -> Iterator[tuple[_Parts, str]]:
    for field in fields:
        parts = (*above, field["name"])
        yield parts, field.get("comment") or ""
        yield from _json_inner(field["type"], parts)


def _json_inner(kind: dict[str, Any], above: _Parts) -> Iterator[tuple[_Parts, str]]:
    yield from _json_fields(kind.get("fields", []), above)
    for key, step in (("element_type", "element"), ("key_type", "key"), ("value_type", "value")):
        if key in kind:
            yield from _json_inner(kind[key], (*above, step))


def columns_of(
    schema: StructType, comments: Mapping[_Parts, str] | None = None
) -> Iterator[Column]:
    """Every column, and every part that can carry a comment; parents come before their parts.

    Args:
        comments: texts that take the place of those in the schema, by the parts of the path.
    """
    for position, (parts, field) in enumerate(_fields(schema, ())):
        yield Column(
            path=join_path(parts),
            data_type=field.dataType.simpleString(),
            comment=(comments or {}).get(parts, "") or _comment_in(field),
            position=position,
            nullable=field.nullable,
        )


def _fields(schema: StructType, above: _Parts) -> Iterator[tuple[_Parts, StructField]]:
    for field in schema:
        yield (*above, field.name), field
        yield from _inner(field.dataType, (*above, field.name))


def _inner(kind: DataType, above: _Parts) -> Iterator[tuple[_Parts, StructField]]:
    if isinstance(kind, StructType):
        yield from _fields(kind, above)
    elif isinstance(kind, ArrayType):
        yield from _inner(kind.elementType, (*above, "element"))
    elif isinstance(kind, MapType):
        yield from _inner(kind.keyType, (*above, "key"))
        yield from _inner(kind.valueType, (*above, "value"))
