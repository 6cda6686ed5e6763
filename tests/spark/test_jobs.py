"""The workflow's scripts run one after the other on a running session, as on the platform."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.kits.bundle_checks import load_script
from tests.kits.places import ROOT

pytestmark = [pytest.mark.spark, pytest.mark.slow]
JOBS = ROOT / "jobs"


@pytest.fixture
def task_values(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The platform's tools, as far as the scripts use them; gives the task values that were set."""
    values: dict[str, Any] = {}
    dbutils = SimpleNamespace(
        jobs=SimpleNamespace(
            taskValues=SimpleNamespace(set=lambda key, value: values.update({key: value}))
        ),
        secrets=SimpleNamespace(get=lambda scope, key: f"{scope}-{key}-value"),
    )
    runtime = ModuleType("databricks.sdk.runtime")
    runtime.dbutils = dbutils  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "databricks.sdk.runtime", runtime)
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "client.4.0")
    return values


def comments(spark: SparkSession, table: str) -> list[str]:
    return [field.metadata.get("comment", "") for field in spark.table(table).schema.fields]


def test_describe_apply_report(
    classic: SparkSession, schema: str, task_values: dict[str, Any], tmp_path: Path
) -> None:
    table = f"{schema}.orders"
    classic.sql(f"CREATE TABLE {table} (order_id BIGINT, customer_email STRING) USING delta")
    classic.sql(f"INSERT INTO {table} VALUES (1, 'a@example.com'), (2, 'b@example.com')")
    own = f"{schema}_own"
    common = [f"--tables={schema}.*", "--catalog=", f"--schema_name={own}", "--policy=missing"]
    try:
        secret = "--api_key_secret=models/key"
        load_script(JOBS / "describe.py").main([*common, secret, "--model=", "--transport=driver"])
        assert task_values["ready"] == 3
        assert comments(classic, table) == ["", ""]

        load_script(JOBS / "apply.py").main([*common, "--dry_run=true"])
        assert comments(classic, table) == ["", ""]
        load_script(JOBS / "apply.py").main(common)
        assert all(comments(classic, table))

        page = tmp_path / "reports" / "1.html"
        load_script(JOBS / "report.py").main([*common, f"--path={page}"])
        assert "customer_email" in page.read_text(encoding="utf-8")
        runs = str(classic.table(f"{own}.runs").collect())
        assert task_values["run_id"] in runs
        assert "models-key-value" not in runs
    finally:
        classic.sql(f"DROP SCHEMA IF EXISTS {own} CASCADE")
