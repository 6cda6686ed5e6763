"""A lakehouse that lakegloss made at the commit 68db3b5 is read and continued by the one of now.

`tests/continuity` keeps it as text. What is compared is what that commit's own code said and did
next. Where the built-in words or rules change on purpose, their version does, and old lakes are
described anew by design: give `describe` the kept program then, and keep another folder.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

import lakegloss
import lakegloss.lakehouse.session.session as sessions
from lakegloss import (
    Settings,
    apply,
    chosen_program,
    describe,
    load_settings,
    plan,
    report,
    review,
    runs,
    undo,
)
from lakegloss.cli.main import app
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.release.releases import Releases
from lakegloss.serving.api.database.carry import carry
from lakegloss.serving.api.database.store import Store
from tests.continuity import kept
from tests.kits.model_server import ModelServer
from tests.kits.registry import register_folder, registry_in

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.one_kind("classic")]
LAKE, EXPECTED = kept.read("lake.json"), kept.read("expected.json")
DESCRIBED, LEFT = LAKE["described"], LAKE["left"]
CUSTOMERS, ORDERS = DESCRIBED[:2]
SCHEMA = "kept_gloss_again"


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def settings_in(home: Path, schema: str, server: ModelServer, model: str) -> Settings:
    """The settings of the kept runs."""
    wanted = kept.options(model, server.url, kept.FOLDER / "guidance.yaml")
    return load_settings(environ={}, home=home, schema_name=schema, **wanted)


@contextmanager
def lived(spark: SparkSession, schema: str, home: Path) -> Iterator[None]:
    """The lake as the old code left it: its comments, its ledgers, and its journal in the home."""
    try:
        kept.make_lake(spark, LAKE)
        for statement in LAKE["applied"]:
            spark.sql(statement)
        kept.restore(spark, schema)
        shutil.copytree(kept.FOLDER / "journal", home / "journal")
        yield
    finally:
        dropped(spark, schema)


def dropped(spark: SparkSession, schema: str) -> None:
    for name in (schema, LAKE["schema"]):
        spark.sql(f"DROP SCHEMA IF EXISTS {name} CASCADE")


@pytest.fixture(scope="class")
def home(classic: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For tests that change nothing which a later one reads."""
    found = tmp_path_factory.mktemp("home")
    with lived(classic, SCHEMA, found):
        yield found


def comments(spark: SparkSession) -> dict[str, dict[str, str]]:
    return kept.comments(spark, [*DESCRIBED, LEFT])


def paid(server: ModelServer) -> int:
    return int(server.counts()["completions"])


def same(found: Any, name: str) -> None:
    assert kept.differs(found, EXPECTED[name]) == ""


class TestLived:
    """What the ledgers hold, what is added to them, and at last how work goes on."""

    def test_what_was_recorded_is_read(
        self,
        spark: SparkSession,
        classic: SparkSession,
        home: Path,
        server: ModelServer,
        tmp_path: Path,
    ) -> None:
        rules, model = (settings_in(home, SCHEMA, server, name) for name in ("", "test-model"))
        same(comments(classic), "comments")
        same(kept.run_lines(runs(spark, rules)), "runs")
        assert spark.table(f"{SCHEMA}.runs_latest").count() == len(EXPECTED["runs"])
        same(kept.waiting(review.waiting(spark, rules)), "waiting")
        page, exported = tmp_path / "report.html", tmp_path / "review.csv"
        same(kept.reported(report(spark, model, page)), "report")
        assert "ship_to.place.lat" in page.read_text(encoding="utf-8")
        review.export_review(spark, rules, exported, [CUSTOMERS], everything=True)
        assert exported.read_bytes() == (kept.FOLDER / "review.csv").read_bytes()
        assert review.import_review(spark, rules, exported, dry_run=True).conflicts == ()

    def test_the_commands_read_it(
        self, classic: SparkSession, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @contextmanager
        def running(*_: Any, **__: Any) -> Iterator[SparkSession]:
            yield classic  # the command opens a session of its own; a test run has one JVM

        monkeypatch.setattr(sessions, "session", running)
        monkeypatch.setattr(sessions, "has_lake", lambda _: True)

        def call(*words: str) -> str:
            common = ["--home", str(home), "--set", f"schema_name={SCHEMA}"]
            done = CliRunner().invoke(app, [*words, *common], env={"COLUMNS": "200"})
            assert done.exit_code == 0, done.output
            return done.stdout

        listed = [line.split()[0] for line in call("runs").splitlines()[1:]]
        assert listed == [row["run_id"] for row in EXPECTED["runs"]]
        assert f"{len(EXPECTED['waiting'])} wait for a decision" in call("review", "show")

    def test_decisions_on_registered_versions(
        self, spark: SparkSession, home: Path, server: ModelServer, tmp_path: Path
    ) -> None:
        """The registry's database is not kept: the versions' files and tags go into another."""
        settings = settings_in(tmp_path, SCHEMA, server, "test-model")
        registry = registry_in(settings)
        releases = Releases(Ledgers(spark, settings), registry)
        for item in kept.read("registered.json"):
            name, number = item["name"], item["version"]
            folder = kept.FOLDER / "models" / item["folder"]
            assert register_folder(settings, name, folder, item["tags"]).number == number
            assert releases.project(name) == {"champion": (0, number)}
            assert registry.aliases(name) == {"champion": number}
            [decision] = releases.history(name)
            assert decision.program_version == item["tags"]["lakegloss_version"]
        named = settings.model_copy(update={"program": "lakegloss_comment"})
        chosen = chosen_program(named, environ={})
        assert chosen.reference == "lakegloss_comment/1"
        asked = plan(spark, chosen.settings, [CUSTOMERS], program=chosen.program)
        assert asked.actions["describe"] > 0, "another program writes what the built-in one wrote"

    def test_executions_are_carried_to_those_that_are_there(
        self, classic: SparkSession, home: Path, server: ModelServer, tmp_path: Path
    ) -> None:
        [row] = kept.rows_of("executions")
        made = {"outputs": {"text": "x"}, "ended_at": datetime.fromisoformat(row["ended_at"])}
        store = Store(f"sqlite:///{tmp_path}/serve.db")
        try:
            for name in ("e1", "e2"):
                store.record(row | made | {"execution_id": name, "carried": False}).result(10)
            assert carry(store, Ledgers(classic, settings_in(home, SCHEMA, server, ""))) == 1
        finally:
            store.close()
        found = kept.rows_in(classic, f"{SCHEMA}.executions")
        outputs = {each["execution_id"]: each["outputs"] for each in found}
        assert outputs == {"e1": row["outputs"], "e2": '{"text": "x"}'}

    def test_work_goes_on_where_it_ended(
        self, classic: SparkSession, home: Path, server: ModelServer
    ) -> None:
        """Neither the data nor what describes them changed: nothing is asked or written."""
        model = settings_in(home, SCHEMA, server, "test-model")
        before = paid(server)
        same(kept.told(plan(classic, model, DESCRIBED)), "plan")
        again = describe(classic, model, DESCRIBED)
        same(kept.told(again), "again")
        assert (again.calls, again.profiled, sum(again.sources.values())) == (0, 0, 0)
        assert not list(model.journal_folder.iterdir()), "the answers of the killed run are swept"
        nothing = apply(classic, model, DESCRIBED)
        same(kept.told(nothing), "applied")
        assert (nothing.statements, nothing.run_id) == (0, "")
        same(comments(classic), "comments")

        undone = undo(classic, model, LAKE["runs"][-1])
        same(kept.told(undone), "undone")
        assert undone.statements > 5
        same(comments(classic), "after_undo")
        shown = comments(classic)
        assert shown[CUSTOMERS]["remark"] == "What the clerk wrote.", "as before"
        assert shown[ORDERS][""] == "Orders, as the shop took them.", "a person's, all along"
        assert apply(classic, model, DESCRIBED).statements == 0, "undone is not written again"

        # What the killed run paid for becomes comments without a call.
        left = describe(classic, model, [LEFT])
        same(kept.told(left), "left")
        assert (left.calls, left.sources["model"], paid(server)) == (0, 3, before)
        same(kept.told(apply(classic, model, [LEFT])), "left_applied")
        assert all(comments(classic)[LEFT].values())


@pytest.mark.soak
def test_the_same_life_leaves_the_same_rows(
    classic: SparkSession, schema: str, server: ModelServer, tmp_path: Path
) -> None:
    """What was done then, done now: evidence, requests, proposals and changes are the same."""
    gloss = f"{schema}_gloss"
    rules, model = (settings_in(tmp_path, gloss, server, name) for name in ("", "test-model"))
    try:
        kept.make_lake(classic, LAKE)
        _, statements = kept.live(lakegloss, classic, rules, model, tmp_path)
        assert sorted(statements) == sorted(LAKE["applied"])
        same(comments(classic), "comments")
        for ledger in ("inventory", "evidence", "responses", "proposals", "decisions", "changes"):
            then = [r for r in kept.rows_of(ledger) if r["run_id"] in EXPECTED["lived"]]
            now = kept.rows_in(classic, f"{gloss}.{ledger}")
            names = [name for name in then[0] if name not in kept.OTHER]
            assert kept.differs(kept.sorted_rows(now, names), kept.sorted_rows(then, names)) == ""
    finally:
        dropped(classic, gloss)
