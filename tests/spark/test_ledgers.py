"""lakegloss' own tables grow: a lake of an earlier version gets the columns of this one."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.names import quote
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import ALERTS, LEDGERS, PERFORMANCE, ROLLOUTS, RUNS
from lakegloss.lakehouse.ledgers.views import VIEWS
from lakegloss.settings import Settings, load_settings
from tests.kits.dashboard import asked_of

pytestmark = pytest.mark.spark


@pytest.fixture
def settings(classic: SparkSession, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a schema in which the ledger `runs` is as a version made it that knew less."""
    schema = f"old_{uuid4().hex[:8]}"
    classic.sql(f"CREATE SCHEMA {schema}")
    columns = ", ".join(
        f"{quote(field.name)} {field.dataType.simpleString()}"
        for field in RUNS.schema
        if field.name != "cost"
    )
    classic.sql(f"CREATE TABLE {schema}.runs ({columns}) USING delta")
    classic.sql(f"INSERT INTO {schema}.runs (run_id, updated_at) VALUES ('old', now())")
    yield load_settings(home=tmp_path, schema_name=schema)
    classic.sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.mark.one_kind("connect")
def test_a_column_that_is_missing_is_added_and_null_in_old_rows(
    spark: SparkSession, settings: Settings
) -> None:
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    ledgers.append(RUNS, [{"run_id": "new", "cost": 0.5}])
    seen = spark.sql(f"SELECT run_id, cost FROM {settings.schema_name}.runs_latest ORDER BY run_id")
    assert [tuple(row) for row in seen.collect()] == [("new", 0.5), ("old", None)]
    assert_everything_is_described(spark, settings.schema_name)
    costs = spark.sql(f"SELECT run_id, who, cost FROM {settings.schema_name}.run_costs")
    user = spark.sql("SELECT current_user()").collect()[0][0]
    assert {tuple(row) for row in costs.collect()} == {("new", user, 0.5), ("old", None, None)}


def assert_everything_is_described(spark: SparkSession, schema: str) -> None:
    """Also what an earlier version made without comments; and every view can be asked."""
    names = {row.tableName for row in spark.sql(f"SHOW TABLES IN {schema}").collect()}
    assert names >= {view.name for view in VIEWS} | {ledger.name for ledger in LEDGERS}
    for name in sorted(names):
        table = spark.table(f"{schema}.{name}")
        silent = [f.name for f in table.schema if not f.metadata.get("comment")]
        assert not silent, f"{name}: {silent}"
    for view in VIEWS:
        spark.sql(f"SELECT * FROM {schema}.{view.name} LIMIT 1").collect()


@pytest.mark.soak
@pytest.mark.one_kind("classic")
def test_the_dashboard_and_its_alert_can_be_asked(spark: SparkSession, settings: Settings) -> None:
    """Over a lake in which nothing was done."""
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    for ledger in (PERFORMANCE, ALERTS, ROLLOUTS):
        ledgers.ensure_more(ledger)
    for name, query, shown in asked_of(settings.schema_name):
        frame = spark.sql(query)
        assert shown <= set(frame.columns), name
        assert len(frame.collect()) <= 1, name
