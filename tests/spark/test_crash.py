"""kill -9 at random moments, two runs at once, a disk that is full: nothing lost, nothing twice."""

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.assets import Table
from lakegloss.core.records import ChangeStatus
from lakegloss.engine.journal import read_journal
from lakegloss.errors import LakeglossError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import CHANGES, PROPOSALS, RESPONSES
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.places import ROOT

pytestmark = [pytest.mark.spark, pytest.mark.slow]
TABLES, COLUMNS, IN_FLIGHT = 3, 4, 2
KILLS = 2  # one of each kind; `make soak` kills a hundred times
SOAK_KILLS = int(os.environ.get("SOAK_KILLS", "100"))


@dataclass
class Lake:
    """Small tables in a schema of their own, and what the ledgers and the catalog say of them."""

    spark: SparkSession
    settings: Settings
    schema: str

    def make(self) -> None:
        for number in range(TABLES):
            columns = ", ".join(f"id * {n} AS value_{number}_{n}" for n in range(COLUMNS))
            self.spark.sql(
                f"CREATE TABLE {self.schema}.t{number} USING delta AS SELECT {columns} "
                "FROM range(20)"
            )

    def comments(self) -> dict[str, str]:
        catalog = Catalog(self.spark)
        return {
            f"{table.name}.{path}": comment or ""
            for number in range(TABLES)
            for table in [catalog.read_comments(f"{self.schema}.t{number}")]
            for path, comment in commented(table)
        }

    def _mine(self, ledger: object) -> list[dict[str, object]]:
        ledgers = Ledgers(self.spark, self.settings)
        return ledgers.newest(ledger, f"startswith(table, '{self.schema}.')")  # type: ignore[arg-type]

    def proposals(self) -> dict[str, str]:
        return {f"{r['table']}.{r['column']}": str(r["text"]) for r in self._mine(PROPOSALS)}

    def changes(self) -> list[tuple[str, str, str]]:
        return [
            (f"{r['table']}.{r['column']}", str(r["status"]), str(r["after"]))
            for r in self._mine(CHANGES)
        ]

    def kept(self) -> set[str]:
        """Ids of the paid answers that are in the ledger or in the journal."""
        ledgers = Ledgers(self.spark, self.settings)
        swept = (
            {row.response_id for row in ledgers.read(RESPONSES).where("usable").collect()}
            if ledgers.exist()
            else set()
        )
        files = read_journal(self.settings.journal_folder)
        return swept | {r.response_id for _, part in files for r in part if r.usable}

    def check(self) -> None:
        """Every asset described, every comment with its row, none left open."""
        proposals, comments = self.proposals(), self.comments()
        assert comments == proposals
        assert len(comments) == TABLES * (COLUMNS + 1)
        changes = self.changes()
        applied = {key: after for key, status, after in changes if status == ChangeStatus.APPLIED}
        assert applied == comments
        assert ChangeStatus.INTENDED not in {status for _, status, _ in changes}


def commented(table: Table) -> list[tuple[str, str]]:
    return [("", table.comment), *((column.path, column.comment) for column in table.columns)]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(latency=0.3) as running:
        yield running


@pytest.fixture
def settings(server: ModelServer, schema: str, tmp_path: Path) -> Settings:
    """With ledgers that the run makes: it may be killed while it does."""
    return load_settings(
        environ={}, home=tmp_path, schema_name=f"{schema}_gloss", model="test-model",
        endpoint=server.url, in_flight=IN_FLIGHT, request_tokens=560,
    )  # fmt: skip


def start(remote: str, lake: Lake, *steps: str) -> subprocess.Popen[str]:
    settings = lake.settings
    told = {
        "PYTHONPATH": str(ROOT),
        "LAKEGLOSS_HOME": str(settings.home),
        "LAKEGLOSS_SCHEMA_NAME": settings.schema_name,
        "LAKEGLOSS_MODEL": settings.model,
        "LAKEGLOSS_ENDPOINT": settings.endpoint,
        "LAKEGLOSS_IN_FLIGHT": str(settings.in_flight),
        "LAKEGLOSS_REQUEST_TOKENS": str(settings.request_tokens),
    }
    command = [sys.executable, str(Path(__file__).with_name("client.py"))]
    return subprocess.Popen(
        [*command, remote, f"{lake.schema}.*", *steps],
        env=os.environ | told,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(remote: str, lake: Lake, *steps: str, after: float) -> None:
    process = start(remote, lake, *steps)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}, said[-2000:]


def kill_and_go_on(
    remote: str, classic: SparkSession, settings: Settings, schema: str, server: ModelServer,
    kills: int, rng: random.Random,
) -> None:  # fmt: skip
    """One lake after the other: killed while it is described and while it is applied."""
    for number in range(0, kills, 2):
        lake = Lake(classic, settings, f"{schema}_{number}")
        classic.sql(f"CREATE SCHEMA {lake.schema}")
        try:
            lake.make()
            killed(remote, lake, "describe", after=rng.uniform(2, 9))
            paid, kept = server.settled_counts()["completions"], lake.kept()
            killed(remote, lake, "describe", "apply", after=rng.uniform(4, 14))
            process = start(remote, lake, "describe", "apply")
            _, said = process.communicate()
            assert process.returncode == 0, said[-2000:]
            lake.check()
            # What was kept is not paid again: what is lost is what was in flight or not yet
            # written, once for each kill.
            paid_since = server.settled_counts()["completions"] - paid
            lost = paid_since - len(lake.kept() - kept)
            assert 0 <= lost <= IN_FLIGHT + 2 * IN_FLIGHT * 8
            assert kept <= lake.kept()
        finally:
            classic.sql(f"DROP SCHEMA {lake.schema} CASCADE")


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_killed_at_random_moments(
    remote: str, classic: SparkSession, settings: Settings, schema: str, server: ModelServer
) -> None:
    rng = random.Random(time.time_ns())
    kill_and_go_on(remote, classic, settings, schema, server, KILLS, rng)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_killed_at_many_random_moments(
    remote: str, classic: SparkSession, settings: Settings, schema: str, server: ModelServer
) -> None:
    rng = random.Random(time.time_ns())
    kill_and_go_on(remote, classic, settings, schema, server, SOAK_KILLS, rng)


@pytest.mark.soak  # tests/unit/test_two_runs.py holds what they settle
def test_two_runs_at_once(
    classic: SparkSession, settings: Settings, schema: str, server: ModelServer
) -> None:
    lake = Lake(classic, settings, schema)
    lake.make()
    failures: list[BaseException] = []

    def work() -> None:
        session = classic.newSession()
        try:
            describe(session, settings, [f"{schema}.*"])
            apply(session, settings, [f"{schema}.*"])
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(error, LakeglossError) for error in failures), failures
    assert len(failures) < 2
    describe(classic, settings, [f"{schema}.*"])
    apply(classic, settings, [f"{schema}.*"])
    comments = lake.comments()
    assert comments == lake.proposals()
    written = {(key, after) for key, status, after in lake.changes() if status == "applied"}
    assert set(comments.items()) <= written, "no comment is there without its row"
    assert "intended" not in {status for _, status, _ in lake.changes()}
    assert server.settled_counts()["completions"] == len(lake.kept())
    paid = server.counts()["completions"]
    assert describe(classic, settings, [f"{schema}.*"]).calls == 0
    assert server.counts()["completions"] == paid


@pytest.mark.soak  # tests/unit/engine/test_calls.py has a journal that cannot be written
def test_a_disk_that_is_full_stops_the_calls_and_loses_nothing(
    classic: SparkSession,
    connect: SparkSession,
    settings: Settings,
    schema: str,
    gloss: str,
    server: ModelServer,
) -> None:
    settings = settings.model_copy(update={"schema_name": gloss})
    lake = Lake(classic, settings, schema)
    lake.make()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Spark writes in processes of its own: only the journal's files meet this limit.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(LakeglossError, match="journal"):
            describe(connect, settings, [f"{schema}.*"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    proposed = lake.proposals()
    asked = server.settled_counts()["asked_ids"]
    assert proposed, "what was answered is proposed although its journal could not be written"
    describe(classic, settings, [f"{schema}.*"])
    apply(classic, settings, [f"{schema}.*"])
    lake.check()
    assert {key: lake.proposals()[key] for key in proposed} == proposed
    left = TABLES * (COLUMNS + 1) - len(proposed)
    assert server.settled_counts()["asked_ids"] - asked == left
