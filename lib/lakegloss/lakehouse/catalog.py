"""Reads the catalog: names, schemas, comments, kinds and data versions of tables."""

import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from types import MappingProxyType

from pyspark.sql import SparkSession

from lakegloss.core.assets import Table, TableKind
from lakegloss.core.ddl import is_substituted
from lakegloss.core.names import join_path, quote, quote_path, schema_of, split_path
from lakegloss.core.selection import (
    SESSION_CATALOG,
    canonical,
    canonical_schema,
    covers_schema,
    did_you_mean,
    leave_out,
    names_schema,
    select,
    unmatched,
)
from lakegloss.core.sources import by_lower, data_version, sources_of
from lakegloss.core.stages import SUBSTITUTED
from lakegloss.core.text.causes import first_line
from lakegloss.core.writable import TableSource
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import AssetNotFoundError, CatalogError
from lakegloss.lakehouse.columns import read_column_comments, read_columns

_log = logging.getLogger(__name__)
# A table that cannot be read is reported, and the run goes on. Types that are newer than PySpark
# end in a ValueError or a LookupError.
_UNREADABLE: tuple[type[Exception], ...] = (ValueError, LookupError, *SPARK_ERRORS)
_NONE: Mapping[str, str] = MappingProxyType({})
_HIDDEN_SCHEMAS = {"information_schema", "global_temp"}
_KINDS = {
    "VIEW": TableKind.VIEW,
    "MATERIALIZED_VIEW": TableKind.MATERIALIZED_VIEW,
    "STREAMING_TABLE": TableKind.STREAMING_TABLE,
    "FOREIGN": TableKind.FOREIGN,
    "METRIC_VIEW": TableKind.METRIC_VIEW,
}
_RECENT = 20
_DETAILS = ("# Detailed Table Information", "")
_PARTITIONS = ("# Partition Information", "")


def without_excluded(
    names: Collection[str], exclude: Sequence[str], *, selected: Sequence[str]
) -> list[str]:
    """The names that no pattern of `exclude` matches; a pattern that matches none is told.

    Args:
        selected: the patterns that chose the names. Where there are some, nothing is told: a
            pattern that always leaves out tables of another schema is no slip.
    """
    for pattern in unmatched(names, exclude) if names and not selected else ():
        _log.warning("exclude %r matches no table: it leaves out none", pattern)
    return leave_out(names, exclude)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlDialect:
    """Says which comment statements the session understands, found by probing it."""

    comment_on_column: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Holds what DESCRIBE says about a table, without its columns."""

    source: TableSource
    comment: str
    view_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Names the tables that are selected, and all that views may read.

    Attributes:
        names: the tables and views that the patterns select, sorted.
        near: every table and view of their schemas, and perhaps of others.
        known: every table and view that a view's text may name, by its lower-case form: those in
            the catalogs of the patterns and in the session's current catalog.
    """

    names: list[str]
    near: list[str]
    known: Mapping[str, str]


class _KnownTables(Mapping[str, str]):
    """Tables by the lower-case forms of their names; a schema is listed when one is looked up."""

    def __init__(
        self,
        listed: Sequence[str],
        schemas: Sequence[str],
        list_schema: Callable[[str], Sequence[str]],
    ) -> None:
        self._names = by_lower(listed)
        self._unlisted = {schema.lower(): schema for schema in schemas}
        self._list_schema = list_schema
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> str:
        with self._lock:  # views are read in several threads
            schema = self._unlisted.pop(schema_of(name), None)
            if schema is not None:
                self._names |= by_lower(self._list_schema(schema))
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Catalog:
    """Reads the tables of a session, in its current catalog or in named catalogs.

    A name has two parts if `spark_catalog` is the current catalog and holds the table, else three.
    """

    def __init__(self, spark: SparkSession, exclude: Sequence[str] = ()) -> None:
        """Take the session whose catalogs are read.

        Args:
            exclude: patterns of tables that are never selected; a view may still read them.
        """
        self.spark = spark
        self.exclude = exclude

    @cached_property
    def current(self) -> str:
        """The session's current catalog."""
        return self.spark.catalog.currentCatalog()

    def table_names(self, patterns: Sequence[str], *, own_schema: str) -> list[str]:
        """The names of the tables and views that the patterns select, sorted.

        A schema that cannot be listed is left out with a warning, unless a pattern names it.

        Raises:
            AssetNotFoundError: a pattern matches nothing, its catalog cannot be listed, there is no
                table, or `exclude` leaves nothing.
            CatalogError: a schema that a pattern names cannot be listed.
        """
        wanted = canonical(patterns, self.current)
        return self._chosen(self._listed(wanted, wanted, own_schema), wanted, own_schema)

    def _chosen(self, known: Sequence[str], wanted: Sequence[str], own_schema: str) -> list[str]:
        own = [pattern for pattern in wanted if names_schema(own_schema, [pattern])]
        if own:
            raise AssetNotFoundError(
                f"{own[0]!r} names tables of lakegloss itself.",
                remedy="They are never described or counted: name other tables.",
            )
        try:
            names = select(known, wanted)
        except AssetNotFoundError:  # said again, with where it looked and all that is there
            names = select(self._listed(wanted, (), own_schema), wanted, where=self._where(wanted))
        return self._left(names, wanted)

    def _where(self, wanted: Sequence[str]) -> str:
        """The place that is searched, for messages."""
        catalogs = sorted(self._named(wanted)) or [self.current]
        if catalogs == [SESSION_CATALOG]:
            return f"in the catalog {SESSION_CATALOG!r}{self._folder()}"
        return f"in the catalog{'s'[: len(catalogs) > 1]} {', '.join(map(repr, catalogs))}"

    def _named(self, wanted: Sequence[str]) -> set[str]:
        return {p[0] if len(p) > 2 else self.current for p in map(split_path, wanted)}

    def _folder(self) -> str:
        try:
            folder = self.spark.conf.get("spark.sql.warehouse.dir", "")
        except SPARK_ERRORS:  # some platforms do not tell
            return ""
        return f" of {folder.removeprefix('file:')}" if folder else ""

    def _left(self, names: Sequence[str], wanted: Sequence[str]) -> list[str]:
        return without_excluded(names, canonical(self.exclude, self.current), selected=wanted)

    def listing(self, patterns: Sequence[str], *, own_schema: str) -> Listing:
        """Like `table_names`, and also every table that a view may read.

        Schemas that no pattern may match are listed only where a view names a table of them.

        Raises:
            AssetNotFoundError: a pattern matches nothing, or its catalog cannot be listed.
            CatalogError: a schema that a pattern names cannot be listed.
        """
        wanted = canonical(patterns, self.current)
        own = own_schema.lower()
        schemas = [s for s in self._schemas(wanted, ()) if s.lower() != own]
        near = [s for s in schemas if not wanted or covers_schema(s, wanted)]
        listed = self._tables_of_all(near, wanted)
        others = [schema for schema in schemas if schema not in near]
        return Listing(
            names=self._chosen(listed, wanted, own_schema),
            near=listed,
            known=_KnownTables(listed, others, lambda one: self._tables_of_all([one], ())),
        )

    def _listed(self, wanted: Sequence[str], only: Sequence[str], own_schema: str) -> list[str]:
        """The tables of every schema; with `only`, of the schemas that these patterns may match."""
        schemas = [
            schema
            for schema in self._schemas(wanted, only)
            if schema.lower() != own_schema.lower() and (not only or covers_schema(schema, only))
        ]
        return self._tables_of_all(schemas, wanted)

    def _tables_of_all(self, schemas: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """The tables of these schemas; one that no pattern names may refuse."""
        found: list[str] = []
        for schema in schemas:
            try:
                found += self._tables_of(schema)
            except CatalogError as error:
                if names_schema(schema, wanted):
                    raise
                _log.warning("left out: %s", error.message)
        return found

    def _schemas(self, wanted: Sequence[str], only: Sequence[str]) -> list[str]:
        named = self._named(wanted)
        schemas: list[str] = []
        for catalog in sorted(named if only else named | {self.current}):
            try:
                schemas += self._list(catalog)
            except AssetNotFoundError as error:
                if catalog in named or not wanted:
                    raise
                _log.warning("left out: %s", error.message)
        return schemas

    def require(self, catalog: str) -> None:
        """Check that a catalog can be seen.

        Raises:
            AssetNotFoundError: it cannot be listed.
        """
        self._list(catalog)

    def _list(self, catalog: str) -> list[str]:
        where = "" if catalog == self.current else f" IN {quote(catalog)}"
        try:
            rows = self.spark.sql(f"SHOW SCHEMAS{where}").collect()
        except SPARK_ERRORS as error:
            raise AssetNotFoundError(
                f"The catalog {catalog!r} cannot be listed: {first_line(error)}",
                remedy=f"Check its name and the right USE CATALOG. {self._other(catalog)}".strip(),
            ) from error
        return [
            join_path(canonical_schema((catalog, row[0]), self.current))
            for row in rows
            if row[0].lower() not in _HIDDEN_SCHEMAS
        ]

    def _other(self, catalog: str) -> str:
        """The catalogs that may have been meant in place of one."""
        try:
            rows = self.spark.sql("SHOW CATALOGS").collect()
        except SPARK_ERRORS:
            return ""
        there = {row[0] for row in rows} | {self.current}
        shown = ", ".join(sorted(there)[:10])
        return did_you_mean(catalog, there) or f"The session shows: {shown}."

    def _tables_of(self, schema: str) -> list[str]:
        try:
            rows = self.spark.sql(f"SHOW TABLES IN {quote_path(schema)}").collect()
        except SPARK_ERRORS as error:
            raise CatalogError(
                f"The schema {schema!r} cannot be listed: {first_line(error)}",
                remedy="Give the right USE SCHEMA, or name the tables you may read.",
            ) from error
        return [f"{schema}.{join_path((row.tableName,))}" for row in rows if not row.isTemporary]

    def can_tell(self, schema: str) -> bool:
        """Whether a schema's list can be trusted: a table that it lacks is gone.

        It cannot where the schema exists and the session may not list it.
        """
        return self._listed_or_gone(schema) is not None

    def gone(self, names: Collection[str]) -> set[str]:
        """Those of these tables that are no longer there, as far as their schemas can be listed."""
        gone: set[str] = set()
        for schema in {schema_of(name) for name in names}:
            there = self._listed_or_gone(schema)
            if there is not None:
                gone |= {n for n in names if schema_of(n) == schema}.difference(there)
        return gone

    def _listed_or_gone(self, schema: str) -> list[str] | None:
        """The tables of a schema, none where it is gone; None where that cannot be told."""
        try:
            return self._tables_of(schema)
        except CatalogError:
            try:
                is_there = self.spark.catalog.databaseExists(quote_path(schema))
            except SPARK_ERRORS:  # not even whether the schema exists is known
                return None
        return None if is_there else []

    def read_comments(self, name: str) -> Table:
        """A table without its data version and sources; `error` says why it cannot be read."""
        if is_substituted(name):
            return Table(name=name, error=SUBSTITUTED)
        try:
            return self._table(name, self._facts(name))
        except _UNREADABLE as error:
            return Table(name=name, error=first_line(error))

    def _table(self, name: str, facts: _Facts) -> Table:
        return Table(
            name=name,
            kind=facts.source.kind,
            comment=facts.comment,
            columns=read_columns(self.spark, name, facts.source),
            one_by_one=facts.source.is_plain,
        )

    def read_column_comments(self, table: Table) -> Mapping[str, str]:
        """The comments that a table's columns have now, by path.

        Raises:
            CatalogError: the table cannot be read.
        """
        try:
            return read_column_comments(self.spark, table.name, plain=table.one_by_one)
        except _UNREADABLE as error:
            raise CatalogError(
                f"{table.name!r} cannot be read: {first_line(error)}",
                remedy="Mend the table, or leave it out.",
            ) from error

    def _facts(self, name: str) -> _Facts:
        rows = self.spark.sql(f"DESCRIBE TABLE EXTENDED {quote_path(name)}").collect()
        cells = [(row[0] or "", row[1] or "") for row in rows]
        if _DETAILS not in cells:  # this catalog describes tables in a form of its own
            entry = self.spark.catalog.getTable(quote_path(name))
            kind = _KINDS.get(entry.tableType or "", TableKind.TABLE)
            return _Facts(
                source=TableSource(kind=kind), comment=entry.description or "", view_text=""
            )
        start = len(cells) - 1 - cells[::-1].index(_DETAILS)
        facts: dict[str, str] = {}
        for key, value in cells[start + 1 :]:
            facts.setdefault(key, value)
        source = TableSource(
            kind=_KINDS.get(facts.get("Type", ""), TableKind.TABLE),
            provider=facts.get("Provider", ""),
            partitions=_partitions(cells[:start]),
        )
        comment, text = facts.get("Comment", ""), facts.get("View Text", "")
        return _Facts(source=source, comment=comment, view_text=text)

    def read(self, name: str, *, known: Mapping[str, str] = _NONE) -> Table:
        """One table as the catalog shows it; `error` says why it cannot be read.

        The data version of a view covers only its text: see `core.sources.data_versions`.

        Args:
            known: the tables that a view may read, see `core.sources.by_lower`.
        """
        if is_substituted(name):
            return Table(name=name, error=SUBSTITUTED)
        try:
            facts = self._facts(name)
            table = self._table(name, facts)
            if table.kind is TableKind.VIEW:
                return _with_sources(table, facts.view_text, known)
            return replace(table, data_version=self.data_version(name))
        except _UNREADABLE as error:
            return Table(name=name, error=first_line(error))

    def data_version(self, name: str) -> str:
        """The last commit that changed a Delta table's data; '' where it is not known."""
        history = self._history(name, limit=_RECENT)
        if not history:
            return ""
        found = data_version(history)
        if not found and len(history) == _RECENT:
            history = self._history(name, limit=None)
            found = data_version(history)
        # Clean-up may leave only commits of metadata; the oldest of these is a fixed point, too.
        return found or f"{history[-1][0]}@{history[-1][1]}"

    def _history(self, name: str, *, limit: int | None) -> list[tuple[int, str, str]]:
        tail = f" LIMIT {limit}" if limit else ""
        try:
            rows = self.spark.sql(f"DESCRIBE HISTORY {quote_path(name)}{tail}").collect()
        except SPARK_ERRORS:  # not a Delta table
            return []
        return [(row.version, row.timestamp.isoformat(), row.operation) for row in rows]

    def dialect(self) -> SqlDialect:
        """Probe what the session's SQL understands; nothing is changed."""
        try:
            self.spark.sql("EXPLAIN COMMENT ON COLUMN lakegloss_probe.t.c IS ''").collect()
        except SPARK_ERRORS as error:  # only a parse error means that it is not understood
            return SqlDialect(comment_on_column="PARSE" not in str(error).upper())
        return SqlDialect(comment_on_column=True)


def _partitions(cells: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The partition columns, which DESCRIBE lists under their own title after all columns."""
    if _PARTITIONS not in cells:
        return ()
    start = len(cells) - 1 - cells[::-1].index(_PARTITIONS)
    return tuple(name for name, _ in takewhile(lambda cell: cell[0], cells[start + 2 :]))


def _with_sources(table: Table, text: str, known: Mapping[str, str]) -> Table:
    namespace = schema_of(table.name)
    sources = sources_of(text, known=known, default_schema=namespace)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return replace(table, sources=sources, data_version=f"view:{digest}")
