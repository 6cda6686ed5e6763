"""Ledgers that are made once and emptied for each test: to make and drop them takes six seconds.

Their tables are those that lakegloss made. Emptied, their folders are again as they were then, byte
by byte, and Spark forgets what it read of them.
"""

import shutil
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.settings import Settings

SCHEMA = "lent_gloss"


def new_schema(spark: SparkSession, name: str) -> None:
    """An empty schema, whatever a test before has left there."""
    spark.sql(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    spark.sql(f"CREATE SCHEMA {name}")


class EmptyLedgers:
    """One schema of ledgers in a local catalog, lent to one test after the other.

    Args:
        spark: a classic session.
        kept: a folder that is not there yet, for the empty tables.
    """

    def __init__(self, spark: SparkSession, kept: Path) -> None:
        self._spark, self._kept = spark, kept
        warehouse = spark.conf.get("spark.sql.warehouse.dir", "") or ""
        self._folder = Path(warehouse.removeprefix("file:")) / f"{SCHEMA}.db"
        self._make()

    def _make(self) -> None:
        Ledgers(self._spark, Settings(schema_name=SCHEMA)).ensure()
        self._names = self._listed()
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self._folder, self._kept)

    def _listed(self) -> set[str]:
        rows = self._spark.sql(f"SHOW TABLES IN {SCHEMA}").collect()
        return {row.tableName for row in rows if not row.isTemporary}

    def empty(self) -> None:
        """Take away what the last test left; where it dropped something, make all anew."""
        there = self._listed() if self._spark.catalog.databaseExists(SCHEMA) else set()
        if not there >= self._names:
            self._spark.sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            self._make()
            return
        views = {name for name in there - self._names if name.endswith("_latest")}
        for name in views:
            self._spark.sql(f"DROP VIEW {SCHEMA}.{name}")
        for name in there - self._names - views:
            self._spark.sql(f"DROP TABLE {SCHEMA}.{name}")
        shutil.rmtree(self._folder)
        shutil.copytree(self._kept, self._folder)
        # A test may reach into the JVM; the product may not.
        jvm: Any = self._spark._jvm  # noqa: SLF001
        session: Any = self._spark._jsparkSession  # noqa: SLF001
        for table in self._kept.iterdir():
            path = jvm.org.apache.hadoop.fs.Path(str(self._folder / table.name))
            jvm.org.apache.spark.sql.delta.DeltaLog.invalidateCache(session, path)
