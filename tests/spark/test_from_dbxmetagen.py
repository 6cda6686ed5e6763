"""Whoever comes from dbxmetagen: the job, its files and its tables, on a real lake."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.compat.dbxmetagen import main, process_metadata_file
from lakegloss.compat.dbxmetagen.artefacts.generated_texts import TextStanding
from lakegloss.compat.dbxmetagen.artefacts.reviewed_files import read_reviewed
from lakegloss.compat.dbxmetagen.artefacts.taking_over import take_over
from lakegloss.compat.dbxmetagen.configuration.config_settings import TakenSettings
from lakegloss.core.plan.choices import Action
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.review.review import import_file
from lakegloss.settings import load_settings
from tests.kits.dbxmetagen_variables import write_variables
from tests.kits.empty_ledgers import new_schema

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]

LAKE = "t_dbxmetagen"


@pytest.fixture(scope="module")
def lake(classic: SparkSession) -> str:
    new_schema(classic, LAKE)
    classic.sql(
        f"CREATE TABLE {LAKE}.orders USING delta AS SELECT id AS order_id, "
        "concat('a', id, '@example.org') AS customer_email, 'CHF' AS gmv_currency FROM range(40)"
    )
    return LAKE


VIEWS = (
    "metadata_generation_log", "table_processing_log", "metadata_control_ann_example_org",
    "tokens_spent",
)  # fmt: skip


@pytest.fixture(scope="module")
def results(classic: SparkSession, module_gloss: str) -> Iterator[str]:
    """The schema of the ledgers, from which the views of this file go at its end."""
    yield module_gloss
    for view in VIEWS:
        classic.sql(f"DROP VIEW IF EXISTS {module_gloss}.{view}")


@pytest.fixture
def asked(lake: str, results: str, tmp_path: Path, monkeypatch: Any) -> dict[str, Any]:
    """A call as a job of dbxmetagen makes it, with files of all of its settings beside."""
    monkeypatch.chdir(tmp_path)
    write_variables(tmp_path, schema_name=results)
    Path("customer_context.yml").write_text(
        f"contexts: [{{scope: spark_catalog.{lake}, scope_type: schema, context_text: A shop.}}]"
    )
    Path("domain_config.yaml").write_text(
        "domains: {retail: {description: Shops, tables: ['*.orders'], subdomains: {web: {}}}}"
    )
    Path("metadata_overrides.csv").write_text(
        "catalog,schema,table,column,comment,classification,type,domain,subdomain\n"
        f',{lake},orders,gmv_currency,"The currency\'s ISO code; never null.",,,,\n'
        f",{lake},orders,,,,,retail,Web\n"
    )
    return {
        "catalog_name": "spark_catalog",
        "table_names": f"{lake}.*",
        "mode": "comment",
        "table_names_source": "parameter",
        "yaml_file_path": "variables.yml",
        "apply_ddl": "true",
        "current_user": "ann@example.org",
    }


@pytest.mark.deep
def test_the_job_writes_its_files_and_its_tables(
    asked: dict[str, Any], classic: SparkSession, results: str, tmp_path: Path
) -> None:
    environ = {"LAKEGLOSS_HOME": str(tmp_path / "home")}
    result = main(asked, spark=classic, environ=environ)
    assert "no endpoint" in result.problem
    assert set(result.sources) <= {"rules"}
    assert {"columns_per_call", "include_lineage", "permission_groups"} <= set(
        result.without_effect
    )
    assert result.applied is not None
    assert result.applied.applied >= 3
    statements, review = result.files
    assert statements.name == f"spark_catalog.{LAKE}.orders_comment.sql"
    assert "The currency\\'s ISO code; never null." in statements.read_text()
    with review.open(newline="") as stream:
        rows = {row["column_name"]: row for row in csv.DictReader(stream, delimiter="\t")}
    assert rows["gmv_currency"]["column_content"] == "The currency's ISO code; never null."
    assert rows["gmv_currency"]["table"] == f"spark_catalog.{LAKE}.orders"
    assert rows["gmv_currency"]["tokenized_table"] == f"__CATALOG_NAME___dev.{LAKE}.orders"
    assert rows["order_id"]["status"] == "applied"
    log = classic.table(f"{results}.metadata_generation_log").where("column_name = 'order_id'")
    [logged] = log.collect()
    said = (logged["column_content"], logged["status"], "ALTER COLUMN" in logged["ddl"])
    assert said == (rows["order_id"]["column_content"], "applied", True)
    assert [view.rpartition(".")[2] for view in result.views] == list(VIEWS)
    again = main(asked, spark=classic, environ=environ)
    assert again.applied is not None
    assert (dict(again.sources), again.applied.statements) == ({}, 0)


@pytest.mark.deep
def test_the_three_modes_at_once_set_tags_of_their_names(
    asked: dict[str, Any], classic: SparkSession, results: str, tmp_path: Path
) -> None:
    environ = {"LAKEGLOSS_HOME": str(tmp_path / "home")}
    result = main(asked | {"mode": "all"}, spark=classic, environ=environ)
    assert result.notes == ()
    assert result.described is not None
    assert result.tagged is not None
    assert (result.tagged.failed, result.tagged.skipped) == ({}, {})
    assert [file.name.partition("_2")[0] for file in result.files if file.suffix == ".tsv"] == [
        f"review_metadata_{mode}" for mode in ("comment", "pi", "domain")
    ]
    rows: dict[str, dict[str, str]] = {}
    for file in result.files:
        if file.suffix == ".tsv" and "comment" not in file.name:
            with file.open(newline="") as stream:
                for row in csv.DictReader(stream, delimiter="\t"):
                    rows.setdefault(row["column_name"], {}).update(row)
    email, table = rows["customer_email"], rows["None"]
    assert (email["classification"], email["type"], email["status"]) == (
        "protected", "pii", "applied",
    )  # fmt: skip
    assert "'sensitivity' = 'protected'" in email["ddl"]
    assert rows["gmv_currency"]["type"] == "None"
    assert (table["type"], table["domain"], table["subdomain"]) == ("pii", "retail", "web")
    log = classic.table(f"{results}.metadata_generation_log").where("column_name = 'None'")
    said = {row["metadata_type"]: row for row in log.collect() if row["table_name"] == "orders"}
    assert (said["domain"]["domain"], said["domain"]["subdomain"]) == ("retail", "web")
    assert (said["pi"]["type"], said["pi"]["status"], said["pi"]["domain"]) == (
        "pii", "applied", None,
    )  # fmt: skip
    done = classic.table(f"{results}.table_processing_log").where("apply_ddl").collect()
    assert {row["mode"] for row in done} == {"comment", "pi", "domain"}
    missed = tmp_path / "missed.tsv"
    missed.write_text(
        "table\tcolumn_name\tclassification\ttype\n"
        f"spark_catalog.{LAKE}.orders\tGMV_currency\tprotected\tpii\n"
    )
    as_typed = asked | {"column_with_reviewed_ddl": "other"}
    told = process_metadata_file(as_typed, missed, spark=classic, environ=environ)
    assert told.tagged is not None
    assert (told.left_out, told.tagged.applied) == (0, 2), "a person labels what nobody proposed"
    again = main(asked | {"mode": "all"}, spark=classic, environ=environ)
    assert again.tagged is not None
    assert (again.tagged.statements, dict(again.labelled.tags if again.labelled else {})) == (0, {})


@pytest.mark.deep
def test_what_dbxmetagen_generated_is_not_described_again(
    lake: str, module_gloss: str, classic: SparkSession, tmp_path: Path
) -> None:
    own = load_settings(environ={}, home=tmp_path / "home", schema_name=module_gloss)
    table = f"{lake}.visits"
    classic.sql(
        f'CREATE TABLE {table} (visit_id BIGINT COMMENT "The visit\'s number", note STRING, '
        "place STRING COMMENT 'by a person', kind STRING) USING delta"
    )
    texts = [
        ("visit_id", 'The visit"s number'),
        ("note", "What was told; and by whom."),
        ("note", "An older text."),
        ("place", "Where it was."),
        ("gone", "No such column."),
        ("kind", "a@example.org"),
    ]
    rows = [
        ("comment", f"spark_catalog.{table}", name, text, "m", f"2026-01-0{9 - at} 00:00:00")
        for at, (name, text) in enumerate(texts)
    ]
    classic.createDataFrame(
        rows, "metadata_type string, table string, column_name string, column_content string, "
        "model string, _created_at string",
    ).write.saveAsTable(f"{lake}.metadata_generation_log")  # fmt: skip
    taken = TakenSettings(settings=own, problem="")
    log = f"{lake}.metadata_generation_log"
    done = take_over(classic, taken, log)
    assert done.counts == {
        TextStanding.APPLIED: 1, TextStanding.WAITING: 2, TextStanding.OTHER: 1,
        TextStanding.GONE: 1,
    }  # fmt: skip
    assert take_over(classic, taken, log).counts[TextStanding.KNOWN] == 3
    described = describe(classic, own, [table])
    assert described.actions[Action.WAITING] == 2
    assert described.actions[Action.DESCRIBE] == 1, "only the table itself has no text yet"
    reviewed = tmp_path / "reviewed.sql"
    reviewed.write_text(
        f'-- reviewed\nALTER TABLE {table} ALTER COLUMN note COMMENT "It\'s told; by whom.";\n'
        f"DROP TABLE {table};"
    )
    imported = import_file(classic, own, read_reviewed(reviewed), decided_by="ann")
    assert [ruling.text for ruling in imported.rulings] == ["It's told; by whom."]
    assert len(imported.conflicts) == 1
    assert classic.catalog.tableExists(table)
