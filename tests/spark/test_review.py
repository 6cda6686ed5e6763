"""Review on real ledgers: files to people, their decisions back, and into the catalog."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pyspark.sql import SparkSession
from typer.testing import CliRunner

import lakegloss.lakehouse.session.session as sessions
from lakegloss.cli.main import app
from lakegloss.core.plan.choices import Action
from lakegloss.core.records import Verdict
from lakegloss.core.review.merge import Trouble
from lakegloss.core.review.rows import COLUMNS
from lakegloss.core.stages import comments_of
from lakegloss.errors import AssetNotFoundError, SettingsError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.exchange.exporting import export_comments
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import DECISIONS, PROPOSALS
from lakegloss.lakehouse.review.reading import Which
from lakegloss.lakehouse.review.review import (
    accept,
    export_review,
    import_comments,
    import_review,
    reject,
    waiting,
)
from lakegloss.settings import Settings, load_settings
from tests.kits.empty_ledgers import new_schema

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]


LAKE = "t_review"


@pytest.fixture(scope="module")
def settings(
    classic: SparkSession, module_gloss: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    new_schema(classic, LAKE)
    home = tmp_path_factory.mktemp("home")
    return load_settings(environ={}, home=home, schema_name=module_gloss)


@pytest.fixture
def table(classic: SparkSession, request: pytest.FixtureRequest) -> str:
    """A table of the test's own, in one schema and with one set of ledgers."""
    digest = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]
    name = f"{LAKE}.orders_{digest}"
    classic.sql(
        f"CREATE TABLE {name} USING delta AS SELECT id AS order_id, "
        "element_at(array('open', 'paid'), cast(id % 2 AS int) + 1) AS status, 'x' AS note, "
        "named_struct('city', 'Bern') AS place FROM range(60)"
    )
    return name


def comments(spark: SparkSession, table: str) -> dict[str, str]:
    return dict(comments_of(Catalog(spark).read_comments(table)))


def edit(path: Path, **decisions: tuple[str, str | None]) -> Path:
    """Fill a workbook as a person does: by the name of the column ('table' is its own row)."""
    book = load_workbook(path)
    sheet = book["review"]
    place = {name: number for number, name in enumerate(COLUMNS, start=1)}
    for line in range(2, sheet.max_row + 1):
        name = sheet.cell(line, place["column"]).value or "table"
        if name in decisions:
            decision, text = decisions[name]
            sheet.cell(line, place["decision"]).value = decision or None
            if text is not None:
                sheet.cell(line, place["text"]).value = text
    book.save(path)
    return path


def ledger(spark: SparkSession, settings: Settings, which: Any, table: str) -> list[dict[str, Any]]:
    return Ledgers(spark, settings).newest(which, f"`table` = '{table}'")


HERS = "State of the order: \"open\" or 'paid'.\nAsk $sales; = sign."


def test_from_describe_through_a_workbook_into_the_catalog(
    spark: SparkSession, table: str, settings: Settings, tmp_path: Path
) -> None:
    assert describe(spark, settings, [table]).ready
    path = tmp_path / "review.xlsx"
    exported = export_review(spark, settings, path, [table])
    assert exported.rows == len(waiting(spark, settings, [table])) == 6
    first = import_review(spark, settings, path)
    assert (first.rulings, first.conflicts, first.untouched, first.run_id) == ((), (), 6, "")

    edit(path, status=("", HERS), order_id=("accept", None), note=("reject", None))
    planned = import_review(spark, settings, path, decided_by="anna", dry_run=True)
    assert ledger(spark, settings, DECISIONS, table) == []
    done = import_review(spark, settings, path, decided_by="anna")
    assert done.rulings == planned.rulings
    assert [done.count(verdict) for verdict in Verdict] == [1, 1, 1]
    rows = {row["column"]: row for row in ledger(spark, settings, DECISIONS, table)}
    assert {r["decided_by"] for r in rows.values()} == {"anna"}
    assert rows["status"]["text"] == HERS
    assert all(row["origin"].startswith("review.xlsx#") for row in rows.values())
    again = import_review(spark, settings, path, decided_by="anna")
    assert (again.rulings, again.already) == ((), 3)

    assert apply(spark, settings, [table]).failed == {}
    now = comments(spark, table)
    assert now["status"] == HERS
    assert now["order_id"]
    assert now["note"] == "", "rejected"
    after = describe(spark, settings, [table])
    assert (after.sources, after.actions[Action.REJECTED]) == ({}, 1)
    untouched = export_review(spark, settings, tmp_path / "all.csv", [table], everything=True)
    everything = import_review(spark, settings, tmp_path / "all.csv")
    assert (everything.rulings, everything.untouched) == ((), untouched.rows)


def test_what_changed_since_the_export_is_listed_and_left(
    classic: SparkSession, table: str, settings: Settings, tmp_path: Path
) -> None:
    describe(classic, settings, [table])
    path = tmp_path / "review.xlsx"
    export_review(classic, settings, path, [table])
    edit(path, status=("", "Hers."), order_id=("accept", None), note=("accept", None),
         table=("edit", "All orders."), place=("accept", None),
         **{"place.city": ("", "The city.")})  # fmt: skip
    classic.sql(f"ALTER TABLE {table} ALTER COLUMN place.city COMMENT 'His.'")
    classic.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")
    classic.sql(f"ALTER TABLE {table} DROP COLUMN note")
    bobs = tmp_path / "bobs.xlsx"
    shutil.copy(path, bobs)
    edit(bobs, status=("reject", None), order_id=("reject", None), note=("reject", None),
         table=("accept", "His orders."), place=("", None))  # fmt: skip
    assert len(import_review(classic, settings, bobs, decided_by="bob").rulings) == 3
    done = import_review(classic, settings, path, decided_by="anna")
    assert [(c.key.column, c.trouble) for c in done.conflicts] == [
        ("", Trouble.DECIDED), ("order_id", Trouble.DECIDED), ("status", Trouble.DECIDED),
        ("note", Trouble.GONE), ("place.city", Trouble.CHANGED),
    ]  # fmt: skip
    assert [ruling.key.column for ruling in done.rulings] == ["place"]
    assert export_review(classic, settings, tmp_path / "b.tsv", [table], everything=True).gone


@pytest.mark.deep
def test_texts_of_dbxmetagen_are_applied_and_stay(
    classic: SparkSession, table: str, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "review_metadata_comment.tsv"
    path.write_text(
        "table\tddl_type\tcolumn_name\tcolumn_content\n"
        f"spark_catalog.{table.upper()}\ttable\tNone\tOrders of the shop.\n"
        f"spark_catalog.{table}\tcolumn\tSTATUS\tState of the order.\n"
        f"spark_catalog.{LAKE}.nothing\tcolumn\tx\tGone.\n",
        encoding="utf-8",
    )
    done = import_review(classic, settings, path)
    assert [c.trouble for c in done.conflicts] == [Trouble.GONE]
    assert import_review(classic, settings, path).already == 2
    assert {row["source"] for row in ledger(classic, settings, PROPOSALS, table)} == {"human"}
    describe(classic, settings, [table])  # before the apply: their words are kept
    apply(classic, settings, [table])
    now = comments(classic, table)
    assert (now[""], now["status"]) == ("Orders of the shop.", "State of the order.")

    override = tmp_path / "metadata_overrides.csv"
    override.write_text(
        f"catalog,schema,table,column,comment\n,{LAKE},{table[9:]},status,Better words.\n",
        encoding="utf-8",
    )
    bobs = import_review(classic, settings, override, decided_by="bob")
    assert [c.trouble for c in bobs.conflicts] == [Trouble.DECIDED]
    assert len(import_review(classic, settings, override).rulings) == 1, "their own words"
    again = apply(classic, settings, [table])
    assert (again.applied, comments(classic, table)["status"]) == (1, "Better words.")
    undo(classic, settings, again.run_id)
    assert comments(classic, table)["status"] == "State of the order."


def test_words_for_what_nothing_could_be_said_of(
    classic: SparkSession, table: str, settings: Settings, tmp_path: Path
) -> None:
    ledgers = Ledgers(classic, settings)
    ledgers.ensure()
    common = {"table": table, "text": "", "source": "rules", "replaces": "", "fingerprint": "f"}
    more = {"column": "note", "proposal_id": "p", "status": "failed"}
    ledgers.append(PROPOSALS, [common | more | {"proposed_at": datetime.now(UTC)}])
    accepted = accept(classic, settings, [table], everything=True)
    assert accepted.proposals == ()
    assert [item.key.column for item in accepted.textless] == ["note"]
    path = tmp_path / "review.xlsx"
    export_review(classic, settings, path, [table])
    edit(path, note=("", "Free text."))
    assert len(import_review(classic, settings, path).rulings) == 1
    assert import_review(classic, settings, path).already == 1
    assert apply(classic, settings, [table]).applied == 1
    assert comments(classic, table)["note"] == "Free text."
    edit(path, note=("", "Free text of the clerk."))
    assert len(import_review(classic, settings, path).rulings) == 1
    assert apply(classic, settings, [table]).applied == 1
    assert comments(classic, table)["note"] == "Free text of the clerk."


def test_accept_and_reject_choose_by_pattern_source_and_check(
    classic: SparkSession, table: str, settings: Settings
) -> None:
    describe(classic, settings, [table])
    with pytest.raises(SettingsError, match="which proposals"):
        accept(classic, settings)
    with pytest.raises(AssetNotFoundError, match="ever proposed"):
        accept(classic, settings, ["nowhere.*"])
    for wrong in (Which(source="me"), Which(check="spelling"), Which(text="(")):
        with pytest.raises(SettingsError):
            waiting(classic, settings, which=wrong)
    assert accept(classic, settings, [table], which=Which(source="model")).proposals == ()
    dry = reject(classic, settings, [table], which=Which(text="(?i)city"), dry_run=True)
    assert (dry.run_id, len(dry.proposals)) == ("", 1)
    assert len(reject(classic, settings, [table], which=Which(text="(?i)city")).proposals) == 1
    left = len(waiting(classic, settings, [table]))
    done = accept(classic, settings, [table], which=Which(check="none"))
    assert (len(done.proposals), len(waiting(classic, settings, [table]))) == (left, 0)
    rows = ledger(classic, settings, DECISIONS, table)
    assert {row["origin"] for row in rows} == {"command"}
    apply(classic, settings, [table])
    assert comments(classic, table)["place.city"] == ""
    assert comments(classic, table)["status"]


def test_the_commands(
    classic: SparkSession,
    table: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextmanager
    def running(*_: Any, **__: Any) -> Iterator[SparkSession]:
        yield classic  # the command opens a session of its own; a test run has one JVM

    monkeypatch.setattr(sessions, "session", running)
    (settings.home / "metastore").mkdir(parents=True, exist_ok=True)  # commands look for a lake
    common = ["--set", f"schema_name={settings.schema_name}", "--home", str(settings.home)]
    path = tmp_path / "review.xlsx"

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["review", *arguments, *common])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    describe(classic, settings, [table])
    assert "6 are ready: apply writes them" in call("show", table)
    assert "6 proposals in" in call("export", table, "--out", str(path))
    edit(path, status=("", "Now \x1b[2J[red]hers".replace("\x1b", "\\x{1B}")), note=("yes", None))
    said = call("import", str(path), "--dry-run", "--by", "anna", code=1)
    assert "would record: 0 accept, 1 edit, 0 reject" in said
    assert "Now \\x1b[2J[red]hers" in said, "shown, not interpreted"
    assert "line 5" in said
    assert "none of accept, edit, reject" in said
    assert "1 edit" in call("import", str(path), code=1)
    assert "1 would be rejected" in call("reject", table, "--text", "(?i)city", "--dry-run")
    assert "5 accepted" in call("accept", table, "--all")


@pytest.mark.deep
def test_files_of_other_tools_go_out_and_come_back(
    classic: SparkSession, settings: Settings, table: str, tmp_path: Path
) -> None:
    describe(classic, settings, [table])
    apply(classic, settings, [table])
    schema = tmp_path / "schema.yml"
    own = table.rpartition(".")[2]
    schema.write_text(
        f"models:\n  - name: {own}  # ours\n    columns:\n      - name: order_id\n"
        "      - name: status\n        description: 'Stage, as sales calls it.'\n",
        encoding="utf-8",
    )
    before = schema.read_text(encoding="utf-8")
    look = export_comments(classic, settings, schema, [table], dry_run=True)
    assert look.patched is not None
    assert (look.patched.kept, schema.read_text(encoding="utf-8")) == (1, before)
    assert "+        description:" in look.difference
    export_comments(classic, settings, schema, [table], overwrite=True)
    after = schema.read_text(encoding="utf-8")
    assert "description: 'Stage, as sales calls it.'" in after
    assert all(line in after.splitlines() for line in before.splitlines())

    page = tmp_path / "dictionary.md"
    for path in (page, tmp_path / "dictionary.csv", tmp_path / "orders.odcs.yml"):
        export_comments(classic, settings, path, [table])
        back = import_comments(classic, settings, path, [table], dry_run=True)
        assert (back.rulings, back.conflicts) == ((), ()), "what was exported asks for nothing"
    done = import_comments(classic, settings, schema, [table], decided_by="ann")
    assert [(r.key.column, r.verdict) for r in done.rulings] == [("status", Verdict.EDIT)]
    apply(classic, settings, [table])
    comments = comments_of(Catalog(classic).read(table))
    assert comments["status"] == "Stage, as sales calls it."
    again = import_comments(classic, settings, schema, [table], decided_by="ann")
    assert (again.rulings, again.conflicts) == ((), ())

    export_comments(classic, settings, page, [table], overwrite=True)
    changed = page.read_text(encoding="utf-8").replace("as sales calls", "as bo calls")
    page.write_text(changed, encoding="utf-8")
    said = import_comments(classic, settings, page, [table], decided_by="bo")
    assert [c.trouble for c in said.conflicts] == [Trouble.DECIDED], "ann's text stays hers"
