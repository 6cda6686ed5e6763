"""Whoever comes from dbxmetagen: the job, its files and its tables, on a real lake."""

import csv
from pathlib import Path

import pytest
import yaml
from pyspark.sql import SparkSession

from lakegloss.compat.dbxmetagen import main
from tests.kits.empty_ledgers import new_schema

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]

LAKE, RESULTS = "t_dbxmetagen", "t_metadata_results"


@pytest.fixture(scope="module")
def lake(classic: SparkSession) -> str:
    new_schema(classic, LAKE)
    classic.sql(f"CREATE SCHEMA IF NOT EXISTS {RESULTS}")
    classic.sql(
        f"CREATE TABLE {LAKE}.orders USING delta AS SELECT id AS order_id, "
        "concat('a', id, '@example.org') AS customer_email, 'CHF' AS gmv_currency FROM range(40)"
    )
    return LAKE


def test_the_job_writes_its_files_and_its_tables(
    lake: str, classic: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    variables = {
        "schema_name": {"description": "x", "default": RESULTS},
        "columns_per_call": {"default": 10},
        "acro_content": {"default": '{"GMV": "gross merchandise value",}'},
    }
    Path("variables.yml").write_text(yaml.safe_dump({"variables": variables}))
    Path("metadata_overrides.csv").write_text(
        "catalog,schema,table,column,comment\n"
        f',{lake},orders,gmv_currency,"The currency\'s ISO code; never null."\n'
    )
    environ = {"LAKEGLOSS_HOME": str(tmp_path / "home")}
    asked = {
        "catalog_name": "spark_catalog",
        "table_names": f"{lake}.*",
        "mode": "comment",
        "table_names_source": "parameter",
        "yaml_file_path": "variables.yml",
        "apply_ddl": "true",
        "current_user": "ann@example.org",
    }
    result = main(asked, spark=classic, environ=environ)
    assert "no endpoint" in result.problem
    assert set(result.sources) <= {"rules"}
    assert list(result.without_effect) == ["columns_per_call"]
    assert result.applied is not None
    assert result.applied.applied >= 3
    statements, review = result.files
    assert statements.name == f"spark_catalog.{lake}.orders_comment.sql"
    assert "The currency\\'s ISO code; never null." in statements.read_text()
    with review.open(newline="") as stream:
        rows = {row["column_name"]: row for row in csv.DictReader(stream, delimiter="\t")}
    assert rows["gmv_currency"]["column_content"] == "The currency's ISO code; never null."
    assert rows["gmv_currency"]["table"] == f"spark_catalog.{lake}.orders"
    assert rows["order_id"]["status"] == "applied"
    log = classic.table(f"{RESULTS}.metadata_generation_log").where("column_name = 'order_id'")
    [logged] = log.collect()
    assert (logged["column_content"], logged["status"]) == (
        rows["order_id"]["column_content"], "applied",
    )  # fmt: skip
    assert "ALTER COLUMN" in logged["ddl"]
    for view in result.views:
        assert classic.table(view).limit(1).collect() or "usage" in view, view
    again = main(asked, spark=classic, environ=environ)
    assert again.applied is not None
    assert (dict(again.sources), again.applied.statements) == ({}, 0)
