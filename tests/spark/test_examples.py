"""Examples of people's work: collected once, screened, split for good, withdrawn for good."""

import json
import logging
from collections.abc import Iterator
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
from lakegloss.lakehouse.review.files import read_review
from lakegloss.lakehouse.review.review import accept, export_review, import_review, reject
from lakegloss.learning.feedback import FeedbackCollector
from lakegloss.learning.ledger_feedback import LedgerFeedback
from lakegloss.settings import Settings, load_settings
from tests.kits.example_canaries import everything

pytestmark = pytest.mark.spark
TEXT = "Day on which the order was placed, in UTC."


@pytest.fixture
def settings(schema: str, tmp_path: Path, classic: SparkSession) -> Iterator[Settings]:
    yield load_settings(environ={}, home=tmp_path / "home", schema_name=f"{schema}_gloss")
    classic.sql(f"DROP SCHEMA IF EXISTS {schema}_gloss CASCADE")


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


def by_subject(done: CollectSummary) -> dict[str, tuple[str, str, str]]:
    return {e.column: (e.origin, e.expected, e.avoid) for e in done.rows}


def test_work_becomes_examples_once(
    spark: SparkSession, lake: str, settings: Settings, tmp_path: Path
) -> None:
    describe(spark, settings, [f"{lake}.*"])
    path = tmp_path / "review.csv"
    export_review(spark, settings, path, [f"{lake}.orders"])
    proposed = {line.cells["column"]: line.cells["text"] for line in read_review(path).lines}
    text = path.read_text(encoding="utf-8-sig")
    lines = text.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if ",placed," in line)
    lines[at] = (
        lines[at]
        .replace(",placed,,", ",placed,edit,")
        .replace(
            proposed["placed"],
            f'"{TEXT}"' if f'"{proposed["placed"]}"' not in lines[at] else TEXT,
            1,
        )
    )
    path.write_text("".join(lines), encoding="utf-8")
    import_review(spark, settings, path, decided_by="ann")
    reject(spark, settings, [f"{lake}.items"], decided_by="bob")

    first = collect(spark, settings, [f"{lake}.*"])
    found = by_subject(first)
    assert found["placed"] == ("edited", TEXT, proposed["placed"])
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
    assert collect(spark, settings).rows == ()

    gone = withdraw(spark, settings, WhichExamples(tables=(f"{lake}.orders",)), reason="not ours")
    assert {e.column for e in gone} == {"placed", "status"}
    assert collect(spark, settings, [f"{lake}.*"]).withdrawn == 2
    assert [e.column for e in list_examples(spark, settings)] == ["price"]
    assert len(list_examples(spark, settings, [f"{lake}.orders"], withdrawn=True)) == 2
    rows = spark.sql(f"SELECT * FROM {lake}_gloss.examples_latest WHERE withdrawn").collect()
    assert {row.reason for row in rows} == {"not ours"}


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
        "models:\n- name: orders\n  columns:\n  - {name: order_id, description: Key of the order.}\n"
        "  - {name: status, description: \"{{ doc('status') }}\"}\n"
    )
    of_dbt = import_examples(classic, settings, schema_yml, [f"{lake}.*"])
    assert [(e.table, e.column) for e in of_dbt.rows] == [(f"{lake}.orders", "order_id")]
    assert [line for line, _ in of_dbt.skipped] == [5]

    out = tmp_path / "out.jsonl"
    assert export_examples(out, list_examples(classic, settings)) == 3
    assert import_examples(classic, settings, out).known == 3

    before = classic.table(f"{lake}_gloss.examples").count()
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
    assert classic.table(f"{lake}_gloss.examples").count() == before


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
            about = {"table": f"{schema}.remarks", "column": f"f{number}"}
            card = {
                "card": {"columns": [{"name": f"f{number}", "type": "string", "minimum": text}]}
            }
            for row in (
                {**about, "text": f"Such as {text}."},
                {**about, "text": "F.", "inputs": card},
            ):
                lines.write(json.dumps(row) + "\n")
    collected = collect(classic, settings, [f"{schema}.*"])
    imported = import_examples(classic, settings, path)
    assert [e.column for e in collected.rows] == ["ok"]
    assert len(collected.refused) == len(some)
    assert imported.rows == ()
    out = tmp_path / "out.csv"
    export_examples(out, list_examples(classic, settings, withdrawn=True))
    stored = [str(row.asDict()) for row in classic.table(f"{schema}_gloss.examples").collect()]
    told = capsys.readouterr()
    shown = [out.read_text(), *stored, caplog.text, told.out, told.err,
             *(f"{r.about} {r.reason}" for r in (*collected.refused, *imported.refused))]  # fmt: skip
    assert [c for c in canaries for text in shown if c in text] == []


def _literal(text: str) -> str:
    from lakegloss.core.ddl import literal

    return literal(text)


def test_the_salt_stays_and_splits_outlive_it(
    spark: SparkSession, schema: str, settings: Settings
) -> None:
    ledgers = Ledgers(spark, settings)
    examples = ExampleLedger(ledgers)
    salt = examples.salt()
    assert len(salt) == 32
    assert ExampleLedger(Ledgers(spark, settings)).salt() == salt
    spark.sql(f"ALTER TABLE {schema}_gloss.examples UNSET TBLPROPERTIES ('lakegloss.split_salt')")
    another = examples.salt()
    assert another not in {"", salt}
    assert examples.salt() == another


def test_feedback_in_delta_becomes_examples(
    spark: SparkSession, schema: str, settings: Settings
) -> None:
    ledgers = Ledgers(spark, settings)
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
    done = collect(spark, settings)
    found: dict[str, Any] = {e.subject: e for e in done.rows if e.program == "EmailDraft"}
    assert {k: e.origin for k, e in found.items()} == {
        "e0": "feedback", "e1": "execution", "e2": "rejected",
    }  # fmt: skip
    assert json.loads(found["e0"].expected) == {"email_body": "Dear Ann"}
    assert collect(spark, settings).rows == ()
    assert len({e.split for e in found.values() if e.usable}) == 1, "the same inputs: one side"
    assert spark.table(f"{schema}_gloss.feedback_latest").count() == 4
    assert EXAMPLES.name == "examples"


def test_a_registered_program_that_shows_a_withdrawn_example_is_named(
    classic: SparkSession, schema: str, settings: Settings, tmp_path: Path
) -> None:
    pytest.importorskip("mlflow")
    from lakegloss.programs.comment import Comment, CommentProgram
    from lakegloss.programs.saved import save
    from lakegloss.release.registry import Registry
    from lakegloss.release.shown import versions_showing
    from lakegloss.serving.model.packaging import register
    from tests.kits.mlflow_database import mlflow_database

    path = tmp_path / "e.jsonl"
    path.write_text(json.dumps({"table": "a.orders", "column": "placed", "text": TEXT}))
    import_examples(classic, settings, path)
    gone = withdraw(classic, settings, WhichExamples(tables=("a.*",)), reason="by request")
    program = CommentProgram()
    program.write.demos = [
        {"tables": ["t1 a.orders", "c1 placed date"], "comments": [Comment(id="c1", text=TEXT)]}
    ]
    own = settings.model_copy(update={"registry_uri": mlflow_database(tmp_path / "mlflow.db")})
    registry = Registry(own, environ={})
    name = "lakegloss_comment"
    register(registry, name, save(CommentProgram()), own)
    version, _ = register(registry, name, save(program), own)
    [showing] = versions_showing(registry, [name, name], gone)
    assert (showing.reference, showing.examples) == (version.reference, tuple(gone))
