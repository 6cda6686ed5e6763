"""Optimisations on a real lake: examples of the ledger, answers swept, figures, a challenger."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.core.learning.settling import settle
from lakegloss.lakehouse.examples.example_files import found_in_jsonl
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import newest_runs
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS, RESPONSES
from lakegloss.learning.optimisation.optimizing import optimize
from lakegloss.release.optimised import program_to_optimize
from lakegloss.release.releases import Releases
from lakegloss.serving.model.challenger import register_challenger
from lakegloss.settings import Settings, load_settings
from tests.kits.bundle_checks import load_script
from tests.kits.places import ROOT
from tests.kits.registry import registry_in
from tests.kits.taught_model import TaughtServer, write_examples, write_program

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]


@pytest.fixture
def server() -> Iterator[TaughtServer]:
    with TaughtServer() as server:
        yield server


@pytest.fixture
def settings(gloss: str, tmp_path: Path, server: TaughtServer) -> Settings:
    return load_settings(
        environ={}, home=tmp_path, schema_name=gloss, model="taught", endpoint=server.url
    )


def keep_examples(spark: SparkSession, settings: Settings) -> None:
    path = write_examples(settings.home)
    found = found_in_jsonl(path.read_text(), path, splits=True)
    ledger = ExampleLedger(Ledgers(spark, settings))
    ledger.ledgers.ensure()
    rows = settle(found, [], salt=ledger.salt(), run_id="r", now=datetime.now(UTC)).rows
    assert ledger.append(rows) == 22


def test_from_the_ledger_to_a_challenger(
    spark: SparkSession, settings: Settings, server: TaughtServer
) -> None:
    keep_examples(spark, settings)
    program = program_to_optimize(settings, str(write_program(settings.home)))
    report = optimize(spark, settings, program, optimizer="labeled")
    assert report.is_better, report.account
    ledgers = Ledgers(spark, settings)
    rows = [row.asDict() for row in ledgers.read(EVALUATIONS).collect()]
    assert {(row["split"], row["metric"], row["items"]) for row in rows} == {
        ("gate", "field_match", 6)
    }
    [mine] = [row for row in rows if row["against"]]
    assert (mine["difference"], mine["conclusion"], mine["value"]) == (1.0, "better", 1.0)
    assert ledgers.read(EVALUATION_ITEMS).count() == 12
    assert ledgers.read(RESPONSES).count() == server.count
    run = newest_runs(spark, settings)[0]
    assert (run["command"], run["status"]) == ("optimize", "done")
    assert json.loads(run["counts"])["calls"] == server.count
    calls = server.count
    again = optimize(spark, settings, program, optimizer="labeled")
    assert server.count == calls, "paid answers are read from the ledger"
    assert again.found is not None
    assert report.found is not None
    assert again.found.state == report.found.state
    registry = registry_in(settings)
    reference = register_challenger(spark, settings, again)
    assert reference == "lakegloss_route_ticket/1"
    [decided] = Releases(ledgers, registry).history("lakegloss_route_ticket")
    assert (decided.alias, decided.action) == ("challenger", "promote")
    assert json.loads(decided.measured)["difference"] == 1.0


@pytest.mark.deep
def test_the_job_and_the_command_on_the_lake(
    classic: SparkSession, settings: Settings, server: TaughtServer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    @contextmanager
    def opened(*_: object, **__: object) -> Iterator[SparkSession]:
        yield classic

    keep_examples(classic, settings)
    registry_in(settings)
    given: dict[str, Any] = {
        "home": tmp_path, "schema_name": settings.schema_name, "model": "taught",
        "endpoint": server.url, "optimize": write_program(tmp_path), "optimizer": "labeled",
        "max_calls": 300, "path": tmp_path / "out",
    }  # fmt: skip
    job = load_script(ROOT / "jobs" / "optimize.py")
    monkeypatch.setattr(job, "session", opened)
    job.main([f"--{name}={value}" for name, value in given.items()])
    assert "chosen" in (tmp_path / "out" / "account.md").read_text()
    assert json.loads((tmp_path / "out" / "state.json").read_text())["name"] == "route_ticket"
    monkeypatch.setattr("lakegloss.cli.learning.optimize.opened_lake", opened)
    calls = server.count
    words = ["optimize", str(tmp_path / "route.yaml"), "--optimizer", "labeled", "--home",
             str(tmp_path), "--model", "taught", "--endpoint", server.url, "--set",
             f"schema_name={settings.schema_name}", "--no-register"]  # fmt: skip
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert re.search(r"better than the program\s+as it is", done.output)
    assert server.count == calls
