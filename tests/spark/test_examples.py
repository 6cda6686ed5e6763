"""Examples of people's work: collected once, screened, split for good, withdrawn for good."""

import csv
import io
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.learning.withdrawing import WhichExamples
from lakegloss.errors import AssetNotFoundError, ExampleFileError, SettingsError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.examples.collect import (
    CollectSummary,
    collect,
    export_examples,
    import_examples,
    list_examples,
    withdraw,
)
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXAMPLES, EXECUTIONS
from lakegloss.lakehouse.review.review import accept, export_review, import_review, reject
from lakegloss.learning.feedback import FeedbackCollector
from lakegloss.learning.ledger_feedback import LedgerFeedback
from lakegloss.serving.api.database.carry import carry, carry_feedback
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.feedback.feedback_store import DatabaseFeedback
from lakegloss.settings import Settings, load_settings
from tests.kits.bundle_checks import load_script
from tests.kits.example_canaries import everything
from tests.kits.places import ROOT

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]
TEXT = "Day on which the order was placed, in UTC."


@pytest.fixture
def settings(gloss: str, tmp_path: Path) -> Settings:
    return load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)


@pytest.fixture
def lake(classic: SparkSession, schema: str) -> str:
    classic.sql(
        f"CREATE TABLE {schema}.orders USING delta AS SELECT id AS order_id, "
        "date_add(DATE'2024-01-01', CAST(id AS INT)) AS placed, "
        "CASE WHEN id % 2 = 0 THEN 'open' ELSE 'paid' END AS status FROM range(60)"
    )
    classic.sql(f"ALTER TABLE {schema}.orders ALTER COLUMN status COMMENT 'State of the payment.'")
    classic.sql(f"CREATE TABLE {schema}.items USING delta AS SELECT id AS price FROM range(9)")
    return schema


def edited(path: Path, column: str, text: str) -> str:
    """Edit a column's text in a review file; returns the text that was proposed."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    [row] = [row for row in rows if row["column"] == column]
    proposed = row["text"]
    row |= {"decision": "edit", "text": text}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return proposed


def by_subject(done: CollectSummary) -> dict[str, tuple[str, str, str]]:
    return {e.column: (e.origin, e.expected, e.avoid) for e in done.rows}


@pytest.mark.deep
def test_work_becomes_examples_once(
    spark: SparkSession, lake: str, settings: Settings, tmp_path: Path
) -> None:
    describe(spark, settings, [f"{lake}.*"])
    path = tmp_path / "review.csv"
    export_review(spark, settings, path, [f"{lake}.orders"])
    proposed = edited(path, "placed", TEXT)
    import_review(spark, settings, path, decided_by="ann")
    reject(spark, settings, [f"{lake}.items"], decided_by="bob")

    first = collect(spark, settings, [f"{lake}.*"])
    found = by_subject(first)
    assert found["placed"] == ("edited", TEXT, proposed)
    assert found["status"] == ("catalog", "State of the payment.", "")
    assert found["price"][:2] == ("rejected", "")
    assert found["price"][2]
    assert {e.who for e in first.rows} == {"ann", "bob", ""}
    assert len({e.split for e in first.rows if e.table.endswith(".orders")}) == 1
    [placed] = [e for e in first.rows if e.column == "placed"]
    inputs = json.loads(placed.inputs)
    assert inputs["card"]["columns"][0]["type"] == "date"
    assert inputs["card"]["columns"][0]["minimum"].startswith("2024")
    assert "State of the payment" not in placed.inputs

    again = collect(spark, settings, [f"{lake}.*"])
    assert (again.rows, again.known) == ((), len(first.rows))
    apply(spark, settings, [f"{lake}.*"])
    assert collect(spark, settings, [f"{lake}.*"]).rows == (), "an applied text is no new one"

    spark.sql(f"ALTER TABLE {lake}.orders ALTER COLUMN placed COMMENT 'Order day.'")
    newer = collect(spark, settings, [f"{lake}.*"])
    assert by_subject(newer)["placed"][:2] == ("catalog", "Order day.")
    assert [e.example_id for e in newer.rows] == [placed.example_id]
    assert [e.split for e in newer.rows] == [placed.split]
    assert collect(spark, settings, [f"{lake}.*"]).rows == ()

    gone = withdraw(spark, settings, WhichExamples(tables=(f"{lake}.orders",)), reason="not ours")
    assert {e.column for e in gone} == {"placed", "status"}
    assert collect(spark, settings, [f"{lake}.*"]).withdrawn == 2
    assert {e.table for e in list_examples(spark, settings)} == {f"{lake}.items"}
    assert len(list_examples(spark, settings, [f"{lake}.orders"], withdrawn=True)) == 2
    rows = spark.sql(
        f"SELECT * FROM {settings.schema_name}.examples_latest WHERE withdrawn"
    ).collect()
    assert {row.reason for row in rows} == {"not ours"}


@pytest.mark.deep
def test_what_the_policy_and_an_undo_decide_is_no_example(
    classic: SparkSession, lake: str, settings: Settings
) -> None:
    from lakegloss.lakehouse.apply.undo import undo

    describe(classic, settings, [f"{lake}.items"])
    written = apply(classic, settings, [f"{lake}.items"])
    assert collect(classic, settings, [f"{lake}.items"]).found == 0
    undo(classic, settings, written.run_id)
    assert collect(classic, settings, [f"{lake}.items"]).found == 0
    assert not ExampleLedger(Ledgers(classic, settings)).exists() or not list_examples(
        classic, settings
    )
    accept(classic, settings, [f"{lake}.items"], rejected=True, decided_by="ann")
    [row, *_] = collect(classic, settings, [f"{lake}.items"]).rows
    assert (row.origin, row.who) == ("accepted", "ann")


@pytest.mark.deep
def test_files_become_examples_and_wrong_ones_change_nothing(
    classic: SparkSession, lake: str, settings: Settings, tmp_path: Path
) -> None:
    describe(classic, settings, [f"{lake}.orders"])
    path = tmp_path / "examples.jsonl"
    row = {"table": f"{lake}.ORDERS".upper(), "column": "placed", "text": TEXT}
    path.write_text(json.dumps(row) + "\n" + '{"table": "other.t", "column": "c", "text": "C."}')
    dry = import_examples(classic, settings, path, dry_run=True)
    assert (len(dry.rows), dry.run_id) == (2, "")
    assert not ExampleLedger(Ledgers(classic, settings)).exists()
    done = import_examples(classic, settings, path)
    ours, other = sorted(done.rows, key=lambda e: e.table != f"{lake}.orders")
    assert ours.table == f"{lake}.orders", "named as the catalog names it"
    assert json.loads(ours.inputs)["card"]["columns"][0]["type"] == "date"
    assert other.table == "other.t"
    assert import_examples(classic, settings, path).known == 2

    schema_yml = tmp_path / "schema.yml"
    schema_yml.write_text(
        "models:\n- name: orders\n  columns:\n  - {name: order_id, description: Key of it.}\n"
        "  - {name: status, description: \"{{ doc('status') }}\"}\n"
    )
    of_dbt = import_examples(classic, settings, schema_yml, [f"{lake}.*"])
    assert [(e.table, e.column) for e in of_dbt.rows] == [(f"{lake}.orders", "order_id")]
    assert [line for line, _ in of_dbt.skipped] == [5]

    out = tmp_path / "out.jsonl"
    assert export_examples(out, list_examples(classic, settings)) == 3
    assert import_examples(classic, settings, out).known == 3

    before = classic.table(f"{settings.schema_name}.examples").count()
    path.write_text(path.read_text() + "\n{nonsense")
    with pytest.raises(ExampleFileError, match="line 3"):
        import_examples(classic, settings, path)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    assert import_examples(classic, settings, empty).found == 0
    with pytest.raises(AssetNotFoundError):
        collect(classic, settings, ["nosuch.*"])
    with pytest.raises(SettingsError, match="reason"):
        withdraw(classic, settings, WhichExamples(who="ann"), reason="")
    with pytest.raises(SettingsError, match="Nothing says"):
        withdraw(classic, settings, WhichExamples(), reason="x")
    assert classic.table(f"{settings.schema_name}.examples").count() == before


def test_none_of_a_thousand_canaries_becomes_an_example(
    classic: SparkSession,
    schema: str,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In texts that people wrote in the catalog, and in texts and inputs of a file."""
    caplog.set_level(logging.DEBUG, logger="lakegloss")
    canaries = everything()
    some = canaries[:: len(canaries) // 60][:60]
    columns = ", ".join(f"c{n} STRING COMMENT {_literal(text)}" for n, text in enumerate(some))
    classic.sql(
        f"CREATE TABLE {schema}.remarks (ok STRING COMMENT 'Good text.', {columns}) USING delta"
    )
    path = tmp_path / "examples.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number, text in enumerate(canaries):
            one, two = ({"table": f"{schema}.remarks", "column": f"{c}{number}"} for c in "ti")
            columns = [{"name": f"i{number}", "type": "string", "minimum": text}]
            inputs = {"card": {"columns": columns}}
            for row in (
                {**one, "text": f"Such as {text}."},
                {**two, "text": "F.", "inputs": inputs},
            ):
                lines.write(json.dumps(row) + "\n")
    collected = collect(classic, settings, [f"{schema}.*"])
    imported = import_examples(classic, settings, path)
    assert [e.column for e in collected.rows] == ["ok"]
    assert len(collected.refused) == len(some)
    assert (imported.rows, len(imported.refused)) == ((), 2 * len(canaries))
    out = tmp_path / "out.csv"
    export_examples(out, list_examples(classic, settings, withdrawn=True))
    stored = [
        str(row.asDict()) for row in classic.table(f"{settings.schema_name}.examples").collect()
    ]
    told = capsys.readouterr()
    refused = [f"{r.about} {r.reason}" for r in (*collected.refused, *imported.refused)]
    shown = [out.read_text(), *stored, caplog.text, told.out, told.err, *refused]
    assert [c for c in canaries for text in shown if c in text] == []


def _literal(text: str) -> str:
    from lakegloss.core.ddl import literal

    return literal(text)


def test_the_salt_stays_and_splits_outlive_it(
    connect: SparkSession, schema: str, settings: Settings
) -> None:
    ledgers = Ledgers(connect, settings)
    examples = ExampleLedger(ledgers)
    salt = examples.salt()
    assert len(salt) == 32
    assert ExampleLedger(Ledgers(connect, settings)).salt() == salt
    connect.sql(
        f"ALTER TABLE {settings.schema_name}.examples UNSET TBLPROPERTIES ('lakegloss.split_salt')"
    )
    another = examples.salt()
    assert another not in {"", salt}
    assert examples.salt() == another


@pytest.mark.deep
def test_feedback_in_delta_becomes_examples(
    connect: SparkSession, schema: str, settings: Settings
) -> None:
    ledgers = Ledgers(connect, settings)
    ledgers.ensure_more(EXECUTIONS)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "program": "EmailDraft", "program_version": "v1", "model": "m", "success": True,
        "error": "", "ended_at": at, "outputs": json.dumps({"email_body": "Hello"}),
    }  # fmt: skip
    inputs = json.dumps({"recipient": "Ann"})
    ledgers.append(
        EXECUTIONS,
        [{**row, "execution_id": f"e{n}", "inputs": inputs if n != 3 else ""} for n in range(4)],
    )
    collector = FeedbackCollector(LedgerFeedback(ledgers))
    collector.add_feedback("e0", 3, {"email_body": "Dear Ann"}, feedback_id="f0", who="ann")
    collector.add_feedback("e0", 3, {"email_body": "Dear Ann"}, feedback_id="f0", who="ann")
    collector.add_feedback("e1", 5)
    collector.add_feedback("e2", 1)
    collector.add_feedback("e3", 5, feedback_id="no inputs were kept")
    assert collector.feedback_count() == 4
    assert {given.rating for given in collector.get_feedback()} == {1, 3, 5}
    done = collect(connect, settings)
    found: dict[str, Any] = {e.subject: e for e in done.rows if e.program == "EmailDraft"}
    assert {k: e.origin for k, e in found.items()} == {
        "e0": "feedback", "e1": "execution", "e2": "rejected",
    }  # fmt: skip
    assert json.loads(found["e0"].expected) == {"email_body": "Dear Ann"}
    assert collect(connect, settings).rows == ()
    assert len({e.split for e in found.values() if e.usable}) == 1, "the same inputs: one side"
    assert connect.table(f"{settings.schema_name}.feedback_latest").count() == 4
    assert EXAMPLES.name == "examples"


def test_the_job_collects_what_is_new(
    classic: SparkSession,
    lake: str,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "client.4.0")  # it takes the session that runs
    caplog.set_level(logging.INFO, "lakegloss.jobs")
    script = load_script(ROOT / "jobs" / "collect_examples.py")
    parameters = [f"--tables={lake}.*", "--catalog=", f"--schema_name={settings.schema_name}"]
    script.main([*parameters, "--values=masked"])
    script.main([*parameters, "--values=masked"])
    assert "examples added: 1, known: 0, refused: 0" in caplog.text
    assert "examples added: 0, known: 1, refused: 0" in caplog.text


def test_feedback_is_carried_once(
    classic: SparkSession, schema: str, settings: Settings, tmp_path: Path
) -> None:
    ledgers = Ledgers(classic, settings)
    store = Store(f"sqlite:///{tmp_path}/serve.db")
    try:
        execution = {
            "execution_id": "e1", "request_id": "r", "key_name": "k", "program": "P",
            "program_version": "1", "mode": "normal", "model": "m", "success": True, "error": "",
            "input_keys": ["a"], "outputs": {"text": "x"}, "inputs": {"a": "\u00e9"},
            "input_tokens": 1, "output_tokens": 2, "execution_time": 0.5,
            "ended_at": datetime(2026, 1, 1, tzinfo=UTC), "carried": False,
        }  # fmt: skip
        store.record(execution).result(10)
        assert carry_feedback(store, ledgers) == 0
        assert not classic.catalog.tableExists(f"{settings.schema_name}.feedback"), (
            "made by the first"
        )
        collector = FeedbackCollector(DatabaseFeedback(store, key_name="k"))
        for number in range(5):
            collector.add_feedback("e1", 1 + number, {"text": "y"}, who="ann")
        kept = collector.get_feedback()
        assert carry(store, ledgers) == 1
        assert carry_feedback(store, ledgers, rows_at_once=2) == 5
        assert carry_feedback(store, ledgers) == 0
        DatabaseFeedback(store).mark_carried([])
        lake = FeedbackCollector(LedgerFeedback(ledgers)).get_feedback()
        assert [g.feedback for g in lake] == [g.feedback for g in kept]
        assert {str(g.inputs) for g in lake} == {str({"a": "\u00e9"})}
    finally:
        store.close()
