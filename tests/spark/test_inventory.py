"""The inventory and the ledgers on real Delta: drops, views on views, times in any time zone."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.assets import Table
from lakegloss.core.shelf import Shelf
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import INVENTORY
from lakegloss.lakehouse.survey import inventory
from lakegloss.lakehouse.survey.inventory import read_tables, record_inventory
from lakegloss.settings import Settings, load_settings

pytestmark = pytest.mark.spark


@pytest.fixture
def settings(gloss: str, tmp_path: Path) -> Settings:
    return load_settings(environ={}, home=tmp_path, schema_name=gloss)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_inventory_over_time_of_a_lake_read_in_parts(
    classic: SparkSession,
    schema: str,
    settings: Settings,
    new_york: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inventory, "TABLES_A_READ", 2)
    monkeypatch.setattr(inventory, "_ROWS_A_COMMIT", 3)
    classic.sql(f"CREATE TABLE {schema}.t USING delta AS SELECT 1 AS a")
    classic.sql(f"CREATE TABLE {schema}.gone USING delta AS SELECT 1 AS a")
    classic.sql(f"CREATE VIEW {schema}.inner AS SELECT a FROM {schema}.t")
    classic.sql(f"CREATE VIEW {schema}.outer AS SELECT a FROM spark_catalog.{schema}.inner")
    ledgers = Ledgers(classic, settings)
    ledgers.ensure()
    patterns = [f"{schema}.*", f"spark_catalog.{schema}.*"]

    def survey(*more: str) -> dict[str, Table]:
        tables = read_tables(ledgers, settings.parallel_tables, more or patterns)
        record_inventory(ledgers, tables, run_id="r", patterns=more or patterns)
        return {table.name.rpartition(".")[2]: table for table in tables}

    before = survey()
    assert set(before) == {"t", "gone", "inner", "outer"}
    assert before["outer"].sources == (f"{schema}.inner",)
    alone = survey(f"{schema}.outer")
    assert alone["outer"].data_version == before["outer"].data_version

    classic.sql(f"INSERT INTO {schema}.t VALUES (2)")
    classic.sql(f"DROP TABLE {schema}.gone")
    assert survey(f"{schema}.outer")["outer"].data_version != before["outer"].data_version
    assert _present(ledgers) == {"t", "gone", "inner", "outer"}, "gone is not in that scope"
    survey()
    assert _present(ledgers) == {"t", "inner", "outer"}
    seen = [row["seen_at"] for row in ledgers.newest(INVENTORY, "true")]
    assert all(abs(datetime.now(UTC) - moment) < timedelta(minutes=5) for moment in seen)


def _present(ledgers: Ledgers) -> set[str]:
    rows = ledgers.newest(INVENTORY, "column = ''", ["present"])
    return {row["table"].rpartition(".")[2] for row in rows if row["present"]}


def test_the_newest_row_in_the_hour_that_is_there_twice(
    classic: SparkSession, schema: str, settings: Settings, new_york: None
) -> None:
    ledgers = Ledgers(classic, settings)
    ledgers.ensure()
    first = datetime(2025, 11, 2, 5, 50, tzinfo=UTC)  # 01:50, then 01:10 by the clock there
    row: dict[str, Any] = {"table": "other.s.t", "column": "", "present": True}
    ledgers.append(INVENTORY, [{**row, "error": "old", "seen_at": first}])
    later = first + timedelta(minutes=20)
    ledgers.append(INVENTORY, [{**row, "error": "new", "seen_at": later}])
    (found,) = ledgers.newest(INVENTORY, "true")
    assert (found["error"], found["seen_at"]) == ("new", later)

    record_inventory(ledgers, Shelf(), run_id="r", patterns=())
    (kept,) = ledgers.newest(INVENTORY, "true")
    assert kept["present"], "its catalog was not listed"
