"""Reads lakegloss' own tables, and appends to them."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from lakegloss.core.ddl import comment_on_columns, comment_on_table
from lakegloss.core.names import join_path, quote, quote_parts
from lakegloss.core.selection import canonical_schema
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.ledgers.conversion import (
    _NONE,
    _as_mapping,
    arrow_of,
    arrow_rows,
    mappings,
)
from lakegloss.lakehouse.ledgers.dictionary import LEDGER_TEXTS, column_text
from lakegloss.lakehouse.ledgers.half_made import clear_half_made
from lakegloss.lakehouse.ledgers.statements import (
    create_table,
    latest_name,
    latest_sql,
    latest_view,
    question_view,
)
from lakegloss.lakehouse.ledgers.tables import CHANGES, LABEL_CHANGES, LEDGERS, RUNS, Ledger
from lakegloss.lakehouse.ledgers.views import VIEWS
from lakegloss.lakehouse.session.platform import is_managed_platform
from lakegloss.lakehouse.session.session import compiling
from lakegloss.lakehouse.session.user import session_user
from lakegloss.lakehouse.threads import threads
from lakegloss.settings_views import LedgerSettings

_ROWS_A_WRITE = 50_000
_MANY_ROWS, _MANY_TABLES = 10_000, 200
_ensured: WeakKeyDictionary[SparkSession, set[str]] = WeakKeyDictionary()
"""The schemas whose tables have all columns, by session: checking one table takes 0.3 seconds."""


_NAMES = frozenset(
    [name for one in LEDGERS for name in (one.name, latest_name(one))] + [v.name for v in VIEWS]
)
_SIGNED = frozenset({CHANGES.name, LABEL_CHANGES.name, RUNS.name})
"""Ledgers whose rows name the session's user."""


class Ledgers:
    """Reads and appends to the ledgers: Delta tables in one schema, each with a view of it.

    The view `NAME_latest` has the newest row of each key.
    """

    def __init__(self, spark: SparkSession, settings: LedgerSettings) -> None:
        self.spark = spark
        self.exclude = settings.excluded
        self._parts = tuple(part for part in (settings.catalog, settings.schema_name) if part)
        self._quoted = quote_parts(self._parts)
        self._ready = False

    @cached_property
    def schema(self) -> str:
        """The schema's name, in the form in which the catalog lists it."""
        return join_path(canonical_schema(self._parts, self.spark.catalog.currentCatalog()))

    @cached_property
    def _user(self) -> str:
        return session_user(self.spark)

    def name(self, ledger: Ledger) -> str:
        """The quoted name of the ledger's table."""
        return f"{self._quoted}.{quote(ledger.name)}"

    def owns(self, table: str) -> bool:
        """Whether a table is one of lakegloss' own."""
        return table.lower().startswith(self.schema.lower() + ".")

    def exist(self) -> bool:
        return self.spark.catalog.tableExists(self.name(LEDGERS[-1]))

    def ensure(self) -> None:
        """Create what is missing and add columns that a newer version brought.

        Raises:
            CatalogError: the schema or a table cannot be made.
        """
        if self._ready:
            return
        try:
            # CREATE SCHEMA IF NOT EXISTS may need the right even if the schema exists.
            if not self.spark.catalog.databaseExists(self._quoted):
                self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {self._quoted}")
            there = self._listed()
            if not (there.issuperset(_NAMES) and self._is_known()):
                with threads(4) as pool:
                    first = LEDGERS[:-1]
                    list(pool.map(lambda one: self._ensure_despite_others(one, there), first))
                # The last ledger is made last: `exist` takes it as a sign that all exist.
                self._ensure_despite_others(LEDGERS[-1], there)
                self._ensure_views(there)
        except SPARK_ERRORS as error:
            raise CatalogError(
                f"lakegloss' tables in {join_path(self._parts)!r} cannot be made: "
                f"{first_line(error)}",
                remedy=_remedy(
                    "Give the rights CREATE SCHEMA and CREATE TABLE, or set catalog and "
                    "schema_name to a schema that you may write."
                ),
            ) from error
        self._ready = True
        _ensured.setdefault(self.spark, set()).add(self.schema)

    def ensure_more(self, ledger: Ledger, *, properties: Mapping[str, str] = _NONE) -> None:
        """Create a ledger that not every lake has.

        Args:
            properties: that its table gets where it is made now; one that is there keeps its own.

        Raises:
            CatalogError: see `ensure`.
        """
        self.ensure()
        try:
            self._ensure_despite_others(ledger, self._listed(), properties)
        except SPARK_ERRORS as error:
            raise CatalogError(
                f"The table {self.schema}.{ledger.name} cannot be made: {first_line(error)}",
                remedy=_remedy("Give the right CREATE TABLE on that schema."),
            ) from error

    def _listed(self) -> frozenset[str]:
        """The tables and views of the schema, in lower case."""
        rows = self.spark.sql(f"SHOW TABLES IN {self._quoted}").collect()
        return frozenset(row.tableName.lower() for row in rows if not row.isTemporary)

    def _is_known(self) -> bool:
        """Whether this session has already checked the tables' columns."""
        return self.schema in _ensured.get(self.spark, ())

    def _ensure_despite_others(
        self, ledger: Ledger, there: frozenset[str], properties: Mapping[str, str] = _NONE
    ) -> None:
        """Make a table, and try again where another run may be making it at the same time."""
        for patience in (0.5, 2.0):
            try:
                return self._ensure_one(ledger, there, properties)
            except SPARK_ERRORS:  # the last attempt raises its error
                time.sleep(patience)
                with suppress(*SPARK_ERRORS):  # not every platform says where a schema is
                    clear_half_made(self.spark, self._quoted, ledger.name)
                # By now the list may be out of date: look at each table again.
                there = frozenset()
        return self._ensure_one(ledger, there, properties)

    def _ensure_one(
        self, ledger: Ledger, there: frozenset[str], properties: Mapping[str, str]
    ) -> None:
        name = self.name(ledger)
        if ledger.name not in there:
            self.spark.sql(create_table(name, ledger, properties))
        self._add_missing(ledger)
        if latest_name(ledger) not in there:
            self._replace_view(ledger)

    def _ensure_views(self, there: frozenset[str]) -> None:
        for view in VIEWS:
            if view.name not in there:
                name = f"{self._quoted}.{quote(view.name)}"
                self.spark.sql(question_view(name, self._quoted, view))

    def _add_missing(self, ledger: Ledger) -> None:
        fields = self.spark.table(self.name(ledger)).schema.fields
        there = {field.name for field in fields}
        missing = [field for field in ledger.schema if field.name not in there]
        if missing:
            columns = ", ".join(f"{quote(f.name)} {f.dataType.simpleString()}" for f in missing)
            self.spark.sql(f"ALTER TABLE {self.name(ledger)} ADD COLUMNS ({columns})")
        silent = [field.name for field in missing]
        silent += [field.name for field in fields if not field.metadata.get("comment")]
        self._describe(ledger, silent)
        if missing:
            self._replace_view(ledger)

    def _describe(self, ledger: Ledger, columns: Sequence[str]) -> None:
        """Comment columns that have no comment: an older version made them without."""
        texts = [(name, text) for name in columns if (text := column_text(ledger.name, name))]
        if not texts:
            return
        table = join_path((*self._parts, ledger.name))
        self.spark.sql(comment_on_columns(table, texts))
        self.spark.sql(comment_on_table(table, LEDGER_TEXTS[ledger.name]))

    def _replace_view(self, ledger: Ledger) -> None:
        view = f"{self._quoted}.{quote(latest_name(ledger))}"
        self.spark.sql(latest_view(view, self.name(ledger), ledger))

    def read(self, ledger: Ledger, *, tables: int = 0) -> DataFrame:
        """All rows ever appended.

        Args:
            tables: about how many tables' rows will be read; for many, the query is compiled.
        """
        spark = compiling(self.spark) if tables > _MANY_TABLES else self.spark
        return spark.table(self.name(ledger))

    def latest(self, ledger: Ledger) -> DataFrame:
        """The newest row of each key; columns that an older version did not make are left out."""
        return self.spark.sql(latest_sql(self.name(ledger), ledger, "* EXCEPT (_place)"))

    def newest(
        self,
        ledger: Ledger,
        where: str,
        columns: Sequence[str] | None = None,
        *,
        tables: int = 0,
    ) -> list[dict[str, Any]]:
        """Like `newest_arrow`, but gives the rows as mappings with their times in UTC."""
        return mappings(self.newest_arrow(ledger, where, columns, tables=tables), ledger)

    def newest_arrow(
        self,
        ledger: Ledger,
        where: str,
        columns: Sequence[str] | None = None,
        *,
        expressions: Mapping[str, str] = _NONE,
        tables: int = 0,
    ) -> pa.Table:
        """The newest row of each key among the rows that meet a condition, chosen on the driver.

        It is meant for the rows of a bounded number of tables: it needs one scan, while `latest`
        sorts and shuffles. Times are microseconds since 1970, UTC.

        Args:
            columns: columns to read besides the key and the order; None reads all.
            expressions: SQL to read in place of a column, by the column's name.
            tables: about how many tables' rows will be read, see `read`.
        """
        if columns is not None:
            columns = tuple(dict.fromkeys((*ledger.key, ledger.order, *columns)))
        frame = self.read(ledger, tables=tables).where(where)
        rows = arrow_of(frame, ledger, columns, expressions=expressions)
        keys = zip(*(rows.column(name).to_pylist() for name in ledger.key), strict=True)
        moments = rows.column(ledger.order).to_pylist()
        newest: dict[tuple[Any, ...], int] = {}
        for place, key in enumerate(keys):
            known = newest.get(key)
            if known is None or moments[known] <= moments[place]:
                newest[key] = place
        return rows if len(newest) == len(rows) else rows.take(sorted(newest.values()))

    def append(self, ledger: Ledger, records: Iterable[Any]) -> int:
        """Append dataclass instances or mappings; returns how many. No records make no commit."""
        rows = [_as_mapping(record) for record in records]
        if rows and ledger.name in _SIGNED:
            rows = [{**row, "who": row.get("who") or self._user} for row in rows]
        for start in range(0, len(rows), _ROWS_A_WRITE):
            part = arrow_rows(rows[start : start + _ROWS_A_WRITE], ledger.schema)
            spark = compiling(self.spark) if part.num_rows > _MANY_ROWS else self.spark
            frame = spark.createDataFrame(part, schema=ledger.schema)
            frame.coalesce(1).writeTo(self.name(ledger)).append()
        return len(rows)

    def append_once(self, ledger: Ledger, *records: Any, app: str, number: int) -> None:
        """Append rows as the numbered transaction of an application, which is done once.

        Where this number or a higher one is taken, Delta leaves the rows out without an error; so
        does the second of two writers at the same time. Read back what is there. A table that was
        restored to an earlier version remembers numbers whose rows are gone.
        """
        part = arrow_rows([_as_mapping(record) for record in records], ledger.schema)
        frame = self.spark.createDataFrame(part, schema=ledger.schema).coalesce(1)
        writer = frame.write.format("delta").mode("append")
        writer = writer.option("txnAppId", app).option("txnVersion", str(number))
        try:
            writer.saveAsTable(self.name(ledger))
        except SPARK_ERRORS as error:
            lost = ("ConcurrentTransactionException", "DELTA_CONCURRENT_TRANSACTION")
            if not any(name in str(error) for name in lost):
                raise CatalogError(
                    f"A row of {self.schema}.{ledger.name} cannot be written: {first_line(error)}",
                    remedy="Try again.",
                ) from error


def _remedy(on_platform: str) -> str:
    """Say what to do if a table cannot be made."""
    if is_managed_platform():
        return on_platform
    return (
        "See that the home folder can be written. One that was copied or moved still names its old "
        "place: use it where it was, or set home to a new folder and describe anew."
    )
