"""Reads the keys and references that a catalog declares, from its information schema."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import SparkSession

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import literal
from lakegloss.core.names import join_path, quote_path, schema_of, split_path
from lakegloss.core.profile.declared import NOTHING_DECLARED, Declared
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS

_INFORMATION = "information_schema"
_SAME = " AND ".join(
    f"{{left}}.{{prefix}}constraint_{part} = {{right}}.constraint_{part}"
    for part in ("catalog", "schema", "name")
)


def read_declared(spark: SparkSession, tables: Sequence[str]) -> Declared:
    """Read the declared constraints of these tables; none where the session has no such schema.

    Unity Catalog keeps them; it does not check them, so whoever declared them vouches for them.

    Args:
        tables: names of two parts in the session catalog, of three elsewhere.
    """
    schemas: dict[tuple[str, ...], list[str]] = {}
    for schema in sorted(set(map(schema_of, tables))):
        *catalog, name = split_path(schema)
        schemas.setdefault(tuple(catalog), []).append(name)
    keys: dict[str, tuple[str, ...]] = {}
    references: dict[AssetKey, AssetKey] = {}
    for catalog_path, names in schemas.items():
        found = _read(spark, catalog_path, names)
        keys |= found.keys
        references |= found.references
    return Declared(keys=keys, references=references)


def _read(spark: SparkSession, catalog: tuple[str, ...], schemas: Sequence[str]) -> Declared:
    place = join_path((*catalog, _INFORMATION))
    try:
        if not spark.catalog.databaseExists(quote_path(place)):
            return NOTHING_DECLARED
        keyed = spark.sql(_keys_query(quote_path(place), schemas)).collect()
        referring = spark.sql(_references_query(quote_path(place), schemas)).collect()
    except SPARK_ERRORS:  # no right to see it, or another catalog's own idea of such a schema
        return NOTHING_DECLARED
    keys: dict[str, tuple[str, ...]] = {}
    for row in keyed:
        column = _column(catalog, row.table_schema, row.table_name, row.column_name)
        keys[column.table] = (*keys.get(column.table, ()), column.column)
    references = {
        _column(catalog, row.table_schema, row.table_name, row.column_name): _column(
            (row.to_catalog,) if catalog else (), row.to_schema, row.to_table, row.to_column
        )
        for row in referring
    }
    return Declared(keys=keys, references=references)


def _column(catalog: tuple[str, ...], schema: Any, table: Any, column: Any) -> AssetKey:
    return AssetKey(join_path((*catalog, str(schema), str(table))), join_path((str(column),)))


def _keys_query(place: str, schemas: Sequence[str]) -> str:
    same = _SAME.format(left="c", prefix="", right="k")
    return (
        "SELECT k.table_schema, k.table_name, k.column_name"
        f" FROM {place}.table_constraints c JOIN {place}.key_column_usage k ON {same}"
        f" WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_schema IN ({_listed(schemas)})"
        " ORDER BY k.table_schema, k.table_name, k.ordinal_position"
    )


def _references_query(place: str, schemas: Sequence[str]) -> str:
    own = _SAME.format(left="r", prefix="", right="k")
    other = _SAME.format(left="r", prefix="unique_", right="u")
    return (
        "SELECT k.table_schema, k.table_name, k.column_name, u.table_catalog AS to_catalog,"
        " u.table_schema AS to_schema, u.table_name AS to_table, u.column_name AS to_column"
        f" FROM {place}.referential_constraints r JOIN {place}.key_column_usage k ON {own}"
        f" JOIN {place}.key_column_usage u ON {other}"
        " AND u.ordinal_position = coalesce(k.position_in_unique_constraint, k.ordinal_position)"
        f" WHERE k.table_schema IN ({_listed(schemas)})"
    )


def _listed(schemas: Sequence[str]) -> str:
    return ", ".join(map(literal, schemas))
