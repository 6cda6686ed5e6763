"""The workflow's scripts run one after the other on a running session, as on the platform."""

import logging
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from pyspark.sql import SparkSession

from tests.kits.bundle_checks import load_script
from tests.kits.places import ROOT

pytestmark = [pytest.mark.spark, pytest.mark.slow]
JOBS = ROOT / "jobs"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's tools, as far as the scripts use them: no task values."""
    dbutils = SimpleNamespace(
        secrets=SimpleNamespace(get=lambda scope, key: f"{scope}-{key}-value"),
    )
    runtime = ModuleType("databricks.sdk.runtime")
    runtime.dbutils = dbutils  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "databricks.sdk.runtime", runtime)
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "client.4.0")


def comments(spark: SparkSession, table: str) -> list[str]:
    return [field.metadata.get("comment", "") for field in spark.table(table).schema.fields]


@pytest.mark.usefixtures("platform")
def test_describe_apply_report(
    classic: SparkSession, schema: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = f"{schema}.orders"
    classic.sql(f"CREATE TABLE {table} (order_id BIGINT, customer_email STRING) USING delta")
    classic.sql(f"INSERT INTO {table} VALUES (1, 'a@example.com'), (2, 'b@example.com')")
    own = f"{schema}_own"
    caplog.set_level(logging.INFO, "lakegloss.jobs")
    common = [f"--tables={schema}.*", "--catalog=", f"--schema_name={own}", "--policy=missing"]
    try:
        secret = "--api_key_secret=models/key"
        load_script(JOBS / "describe.py").main([*common, secret, "--model=", "--transport=driver"])
        assert "3 ready" in caplog.text
        assert comments(classic, table) == ["", ""]

        load_script(JOBS / "apply.py").main([*common, "--dry_run=true"])
        assert comments(classic, table) == ["", ""]
        load_script(JOBS / "apply.py").main(common)
        assert all(comments(classic, table))
        load_script(JOBS / "apply.py").main(common)  # nothing is ready any more: nothing is done

        tagged = "lakegloss.tag/customer_email/personal_data"
        shown = f"SHOW TBLPROPERTIES {table}"
        load_script(JOBS / "label.py").main([*common, "--model="])
        assert tagged not in {row.key for row in classic.sql(shown).collect()}
        load_script(JOBS / "label.py").main([*common, "--model=", "--apply_labels=true"])
        assert (tagged, "pii") in {(row.key, row.value) for row in classic.sql(shown).collect()}

        page = tmp_path / "reports" / "1.html"
        load_script(JOBS / "report.py").main([*common, f"--path={page}"])
        text = page.read_text(encoding="utf-8")
        assert "customer_email" in text
        assert "personal_data" in text
        assert "set by lakegloss" in text
        recorded = classic.table(f"{own}.runs").collect()
        runs = str(recorded)
        assert len({row.run_id for row in recorded if row.command == "apply"}) == 1
        assert "models-key-value" not in runs
    finally:
        classic.sql(f"DROP SCHEMA IF EXISTS {own} CASCADE")
