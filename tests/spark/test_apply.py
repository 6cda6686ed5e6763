"""Apply and undo against what people and killed runs leave: on one schema of ledgers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.assets import AssetKey
from lakegloss.core.stages import Edit, column_stage, stages_for
from lakegloss.errors import AssetNotFoundError
from lakegloss.lakehouse.apply.applier import WriteOutcome, execute, reconcile
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.apply.worker import CHANGED_MEANWHILE
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, INVENTORY, PROPOSALS, RUNS
from lakegloss.lakehouse.progress import silent
from lakegloss.lakehouse.survey.inventory import note_comments, read_tables, record_inventory
from lakegloss.settings import Settings, load_settings
from tests.kits.empty_ledgers import new_schema

pytestmark = pytest.mark.spark
LAKE = "t_apply"


@pytest.fixture(scope="module")
def settings(
    classic: SparkSession, module_gloss: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    new_schema(classic, LAKE)
    home: Path = tmp_path_factory.mktemp("home")
    return load_settings(environ={}, home=home, schema_name=module_gloss)


@pytest.fixture
def ledgers(classic: SparkSession, settings: Settings) -> Ledgers:
    found = Ledgers(classic, settings)
    found.ensure()
    return found


@pytest.fixture
def table(classic: SparkSession, request: pytest.FixtureRequest) -> str:
    """A table of the test's own; column b has a person's comment."""
    name = f"{LAKE}.{request.node.name}"
    classic.sql(f"CREATE TABLE {name} (a INT, b INT COMMENT 'Hers.', c INT, d INT) USING delta")
    return name


def comments(ledgers: Ledgers, table: str) -> dict[str, str]:
    return {c.path: c.comment for c in Catalog(ledgers.spark).read_comments(table).columns}


def say(ledgers: Ledgers, table: str, column: str, text: str) -> None:
    ledgers.spark.sql(f"ALTER TABLE {table} ALTER COLUMN {column} COMMENT '{text}'")


def propose(ledgers: Ledgers, table: str, columns: str, **more: Any) -> None:
    common = {"source": "rules", "status": "ready", "replaces": "", "proposed_at": now()} | more
    ledgers.append(
        PROPOSALS,
        [
            {"proposal_id": f"{table}.{c}", "table": table, "column": c, "text": f"Of {c}."}
            | common
            for c in columns
        ],
    )


def decide(ledgers: Ledgers, table: str, column: str, origin: str) -> None:
    decision = {"decision_id": f"{table}.{column}.{origin}", "proposal_id": f"{table}.{column}"}
    more = {"table": table, "column": column, "verdict": "accept", "text": ""}
    ledgers.append(DECISIONS, [decision | more | {"origin": origin, "decided_at": now()}])


def statuses(ledgers: Ledgers, table: str) -> dict[str, str]:
    rows = ledgers.newest(CHANGES, f"`table` = '{table}'", ("column", "status"))
    return {row["column"]: row["status"] for row in rows}


def now() -> datetime:
    return datetime.now(UTC)


def see(ledgers: Ledgers, settings: Settings, table: str) -> None:
    """As a plan does."""
    found = read_tables(ledgers, settings.parallel_tables, [table])
    record_inventory(ledgers, found, run_id="seen", patterns=[table])


def seen(ledgers: Ledgers, table: str) -> dict[str, str]:
    """The comments that the inventory has."""
    rows = ledgers.newest(INVENTORY, f"`table` = '{table}' AND `column` <> ''")
    return {row["column"]: row["comment"] for row in rows}


def test_the_inventory_has_what_was_written_and_not_what_was_seen_since(
    ledgers: Ledgers, settings: Settings, table: str
) -> None:
    see(ledgers, settings, table)
    propose(ledgers, table, "ac")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(ledgers.spark, settings, [table], progress=interrupt)
    assert comments(ledgers, table)["a"] == "Of a."
    assert seen(ledgers, table) == comments(ledgers, table), "also of a run that was interrupted"
    before = now()
    say(ledgers, table, "a", "Hers now.")
    see(ledgers, settings, table)
    written = {AssetKey(table, "a"): "Of a, again.", AssetKey(table, "d"): "Of d."}
    note_comments(ledgers, written, run_id="late", since=before)
    assert seen(ledgers, table) == {"a": "Hers now.", "b": "Hers.", "c": "Of c.", "d": "Of d."}


def test_an_inventory_that_cannot_be_written_costs_no_apply(
    ledgers: Ledgers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OSError("no space")

    monkeypatch.setattr(ledgers, "newest", broken)
    note_comments(ledgers, {AssetKey("s.t", "a"): "x"}, run_id="r", since=now())
    assert "until the next plan: no space" in caplog.text


def test_text_that_appears_after_the_plan_is_left_alone(
    ledgers: Ledgers, settings: Settings, table: str
) -> None:
    edits = [Edit(column=c, before="", after=f"Of {c}.") for c in "acd"]
    table_edit = Edit(column="", before="", after="Of it.")
    planned = Catalog(ledgers.spark).read_comments(table)
    stages, _ = stages_for(planned, [table_edit, *edits], comment_on_column=False)
    say(ledgers, table, "c", "His.")
    with run(ledgers, settings, "test") as log:
        outcome: WriteOutcome = execute(ledgers, settings.parallel_tables, stages, log, silent)
    assert (outcome.failed, outcome.skipped) == ({}, {f"{table}.c": CHANGED_MEANWHILE})
    assert outcome.statements == 2
    assert comments(ledgers, table) == {"a": "Of a.", "b": "Hers.", "c": "His.", "d": "Of d."}
    assert statuses(ledgers, table) == {
        "": "applied", "a": "applied", "c": "skipped", "d": "applied",
    }  # fmt: skip
    rows = ledgers.newest(CHANGES, f"`table` = '{table}' AND `column` <> ''")
    assert {r["statement"] for r in rows} == {
        column_stage(table, [edit]).statement for edit in edits
    }


def test_an_undo_that_was_killed_is_completed(
    ledgers: Ledgers, settings: Settings, table: str
) -> None:
    see(ledgers, settings, table)
    propose(ledgers, table, "ac")
    written = apply(ledgers.spark, settings, [table])
    assert written.applied == 2
    assert seen(ledgers, table) == comments(ledgers, table)
    propose(ledgers, table, "c", proposal_id="newer")  # of the text that is there already
    assert apply(ledgers.spark, settings, [table]).statements == 0
    say(ledgers, table, "a", "")  # what the killed undo did, and did not record
    undone = undo(ledgers.spark, settings, written.run_id, [table])
    assert (undone.applied, undone.failed, undone.skipped) == (1, {}, {})
    assert comments(ledgers, table) == {"a": "", "b": "Hers.", "c": "", "d": ""}
    assert seen(ledgers, table) == comments(ledgers, table)
    rows = ledgers.newest(CHANGES, f"run_id = '{written.run_id}'")
    assert {row["status"] for row in rows} == {"undone"}
    assert apply(ledgers.spark, settings, [table]).statements == 0
    assert undo(ledgers.spark, settings, written.run_id).run_id == "", "nothing is left to undo"
    with pytest.raises(AssetNotFoundError, match="not undone yet"):
        undo(ledgers.spark, settings, written.run_id, [table])


def test_text_of_people_is_replaced_only_where_a_person_says_so(
    ledgers: Ledgers, settings: Settings, table: str
) -> None:
    say(ledgers, table, "d", "Also hers.")
    propose(ledgers, table, "b", replaces="Hers.")  # drafted under overwrite_human
    propose(ledgers, table, "d", replaces="Also hers.", status="needs_review")
    decide(ledgers, table, "d", "policy")
    left = apply(ledgers.spark, settings, [table])
    assert (left.statements, left.waiting, list(left.skipped)) == (0, 1, [f"{table}.b"])
    decide(ledgers, table, "d", "review")
    assert apply(ledgers.spark, settings, [table]).applied == 1
    bold = settings.model_copy(update={"overwrite_human": True})
    assert apply(ledgers.spark, bold, [table]).applied == 1
    assert comments(ledgers, table) == {"a": "", "b": "Of b.", "c": "", "d": "Of d."}
    # Who puts the old text back has the last word, until somebody decides again.
    say(ledgers, table, "d", "Also hers.")
    assert apply(ledgers.spark, settings, [table]).statements == 0
    decide(ledgers, table, "d", "review again")
    assert apply(ledgers.spark, settings, [table]).applied == 1
    # What lakegloss itself wrote is replaced without a question.
    propose(ledgers, table, "b", proposal_id="newer", text="New.", replaces="Of b.")
    assert apply(ledgers.spark, settings, [table]).applied == 1


def test_changes_are_settled_of_ended_runs_and_readable_tables(
    ledgers: Ledgers, settings: Settings, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(ledgers, settings, table)
    say(ledgers, table, "a", "Of a.")
    common = {
        "after": "Of a.",
        "before": "",
        "status": "intended",
        "run_id": "killed",
        "proposal_id": "",
    }
    rows = [
        {"change_id": f"{name}.{c}", "table": name, "column": c, "changed_at": now()} | common
        for name, columns in ((table, "ac"), (f"{LAKE}.gone", "a"))
        for c in columns
    ]
    ledgers.append(CHANGES, rows)
    running = {"run_id": "killed", "status": "running", "started_at": now(), "updated_at": now()}
    ledgers.append(RUNS, [running])
    catalog = Catalog(ledgers.spark)
    with monkeypatch.context() as patch:
        patch.setenv("DATABRICKS_RUNTIME_VERSION", "15.4")
        assert reconcile(ledgers, catalog, rows).rows == [], "that run may still be going on"
    assert len(reconcile(ledgers, catalog, rows).rows) == 2
    assert statuses(ledgers, table) == {"a": "applied", "c": "failed"}
    assert seen(ledgers, table) == comments(ledgers, table)
    assert statuses(ledgers, f"{LAKE}.gone") == {"a": "intended"}
