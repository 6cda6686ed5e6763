"""Reads the tags of tables and columns: those of Unity Catalog, or those in table properties.

Catalogs that have no `information_schema.table_tags` (the session catalog, hive_metastore) have no
tags: lakegloss keeps them in table properties there, see `core.labels.tags`.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in, is_substituted
from lakegloss.core.labels.by_rules import top_columns
from lakegloss.core.labels.tag_statements import UNWRITABLE_NAME, TagPlace
from lakegloss.core.labels.tags import LabelKey, spelled_otherwise, tag_of_property
from lakegloss.core.names import join_path, quote, quote_path, split_path
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.lakehouse.threads import threads

_log = logging.getLogger(__name__)
_ABSENT = (
    "TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "CATALOG_NOT_FOUND", "NO_SUCH_",
    "REQUIRES_SINGLE_PART_NAMESPACE", "information_schema cannot be found",
)  # fmt: skip
_TABLE_TAGS = (
    "SELECT schema_name, table_name, '' AS column_name, tag_name, tag_value "
    "FROM {catalog}.information_schema.table_tags WHERE {where}"
)
_COLUMN_TAGS = (
    "SELECT schema_name, table_name, column_name, tag_name, tag_value "
    "FROM {catalog}.information_schema.column_tags WHERE {where}"
)
_FOUND = (
    "SELECT catalog_name, schema_name, table_name, column_name, class_tag "
    "FROM system.data_classification.results WHERE {where} AND upper(confidence) = 'HIGH'"
)
"""Its samples are values of the data: they are not read."""


@dataclass(frozen=True, kw_only=True)
class TagsNow:
    """The tags of some tables as the catalog shows them.

    Attributes:
        values: by tag; a tag without a value has ''.
        places: where the tags of each table live.
        unreadable: tables whose tags cannot be read, with the reasons.
        platform: classes that Databricks' data classification found, by column.
    """

    values: Mapping[LabelKey, str] = field(default_factory=dict)
    places: Mapping[str, TagPlace] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    platform: Mapping[AssetKey, str] = field(default_factory=dict)

    def spelled_otherwise(self, key: LabelKey) -> LabelKey | None:
        """The tag of the same asset that reads like this one and is written otherwise."""
        name = spelled_otherwise(key, self._names.get(key.asset, ()))
        return replace(key, tag=name) if name else None

    @cached_property
    def _names(self) -> Mapping[AssetKey, Sequence[str]]:
        names: defaultdict[AssetKey, list[str]] = defaultdict(list)
        for key in self.values:
            names[key.asset].append(key.tag)
        return names

    def of(self, table: str) -> dict[str, dict[str, str]]:
        """The tags of one table by column ('' for its own), then by name."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for key, value in self.values.items():
            if key.table == table:
                found[key.column][key.tag] = value
        return dict(found)


class TagReader:
    """Reads tags, many tables at a time; it keeps which catalogs have tags."""

    def __init__(self, spark: Any, parallel_tables: int) -> None:
        self._spark = spark
        self._parallel = parallel_tables
        self._without_tags: set[str] = {""}

    def read(self, tables: Iterable[Table]) -> TagsNow:
        """The tags of these tables; what cannot be read is told, not raised."""
        values: dict[LabelKey, str] = {}
        places: dict[str, TagPlace] = {}
        unreadable: dict[str, str] = {}
        platform: dict[AssetKey, str] = {}
        for catalog, own in _by_catalog(tables).items():
            error = "" if catalog in self._without_tags else self._tags(catalog, own, values)
            has_tags = catalog not in self._without_tags
            place = TagPlace.TAGS if has_tags else TagPlace.PROPERTIES
            places.update((table.name, place) for table in own)
            if error:
                unreadable.update((table.name, error) for table in own)
            elif has_tags:
                platform.update(self._found_by_platform(catalog, own))
            else:
                self._properties(own, values, unreadable)
        return TagsNow(values=values, places=places, unreadable=unreadable, platform=platform)

    def _tags(self, catalog: str, tables: Sequence[Table], values: dict[LabelKey, str]) -> str:
        """Read the tags of one catalog's tables; returns why they cannot be read, or ''."""
        where = _of(tables)
        try:
            for query in (_TABLE_TAGS, _COLUMN_TAGS):
                sql = query.format(catalog=quote(catalog), where=where)
                rows = self._spark.sql(sql).collect()
                values.update(_keyed(rows, tables))
        except SPARK_ERRORS as error:
            if any(sign.lower() in str(error).lower() for sign in _ABSENT):
                self._without_tags.add(catalog)
                return ""
            return f"its tags cannot be read: {first_line(error)}"
        return ""

    def _found_by_platform(self, catalog: str, tables: Sequence[Table]) -> Mapping[AssetKey, str]:
        where = f"{is_in('catalog_name', [catalog])} AND {_of(tables)}"
        try:
            rows = self._spark.sql(_FOUND.format(where=where)).collect()
        except SPARK_ERRORS as error:  # most workspaces have not enabled it
            _log.debug("no results of data classification: %s", first_line(error))
            return {}
        return {
            AssetKey(table.name, column): row.class_tag
            for row in rows
            for table, column in _meant(row, tables)
            if column and row.class_tag
        }

    def _properties(
        self, tables: Sequence[Table], values: dict[LabelKey, str], unreadable: dict[str, str]
    ) -> None:
        with threads(self._parallel) as pool:
            for table, (found, error) in zip(
                tables, pool.map(self._properties_of, tables), strict=True
            ):
                values.update(found)
                if error:
                    unreadable[table.name] = error

    def _properties_of(self, table: Table) -> tuple[dict[LabelKey, str], str]:
        if is_substituted(table.name):
            return {}, UNWRITABLE_NAME
        try:
            rows = self._spark.sql(f"SHOW TBLPROPERTIES {quote_path(table.name)}").collect()
        except SPARK_ERRORS as error:
            return {}, f"its properties cannot be read: {first_line(error)}"
        there = {"", *top_columns(table)}
        found = {}
        for row in rows:
            key = tag_of_property(row.key or "")
            if key is not None and key[0] in there:
                found[LabelKey(table.name, *key)] = row.value or ""
        return found, ""


def _by_catalog(tables: Iterable[Table]) -> dict[str, list[Table]]:
    """Tables by their catalog; those of the session catalog have none in their names."""
    found: defaultdict[str, list[Table]] = defaultdict(list)
    for table in tables:
        parts = split_path(table.name)
        found[parts[0] if len(parts) > 2 else ""].append(table)
    return found


def _of(tables: Iterable[Table]) -> str:
    """The condition that selects these tables; Unity Catalog keeps their names in lower case."""
    names = [split_path(table.name)[-2:] for table in tables]
    schemas = {form for schema, _ in names for form in (schema, schema.lower())}
    own = {form for _, name in names for form in (name, name.lower())}
    return f"{is_in('schema_name', schemas)} AND {is_in('table_name', own)}"


def _keyed(rows: Iterable[Any], tables: Sequence[Table]) -> dict[LabelKey, str]:
    return {
        LabelKey(table.name, column, row.tag_name): row.tag_value or ""
        for row in rows
        for table, column in _meant(row, tables)
    }


def _meant(row: Any, tables: Sequence[Table]) -> list[tuple[Table, str]]:
    """The table, and the path of its column, that a row of the platform names."""
    wanted = (row.schema_name.lower(), row.table_name.lower())
    for table in tables:
        schema, name = split_path(table.name)[-2:]
        if (schema.lower(), name.lower()) == wanted:
            if not row.column_name:
                return [(table, "")]
            path = join_path((row.column_name,)).lower()
            return [(table, own) for own in top_columns(table) if own.lower() == path]
    return []
