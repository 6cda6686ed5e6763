"""Decisions in a local lake are recorded without Spark, once, or left to Spark."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lakegloss.core.release.decisions import Alias, Release, standing
from lakegloss.errors import CatalogLockedError, DecisionOvertakenError, VersionNotFoundError
from lakegloss.lakehouse.ledgers import appending
from lakegloss.lakehouse.ledgers.appending import PLACES, can_append, holding_catalog
from lakegloss.lakehouse.ledgers.tables import RELEASES
from lakegloss.lakehouse.session.lock import CatalogLock
from lakegloss.release.deciding import Deciding
from lakegloss.release.local_decisions import (
    LEDGER,
    LocalDecisions,
    held_decisions,
    known_history,
)
from lakegloss.settings import Settings
from tests.kits.registry import NAME, registry_in, settings_in, versions_of

deltalake = pytest.importorskip("deltalake")
pytestmark = pytest.mark.slow
ARROW = {"string": pa.string(), "bigint": pa.int64(), "timestamp": pa.timestamp("us", "UTC")}


def ledger_in(home: Path) -> Settings:
    """A home with the ledger as Spark leaves it, and a registry of three versions."""
    settings = settings_in(home)
    (home / "metastore").mkdir(parents=True)
    (home / "metastore" / "dbex.lck").write_text("\0\0\0\0", encoding="utf-8")
    folder = home / "warehouse" / f"{settings.schema_name}.db" / LEDGER
    folder.mkdir(parents=True)
    schema = pa.schema([(f.name, ARROW[f.dataType.simpleString()]) for f in RELEASES.schema])
    made = deltalake.DeltaTable.create(
        str(folder), schema, configuration={"delta.dataSkippingNumIndexedCols": "4"}
    )
    appending.remember_place(home, LEDGER, folder.resolve().as_uri(), str(made.metadata().id))
    return settings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = ledger_in(tmp_path_factory.mktemp("made") / "home")
    versions_of(settings, "", "Write briefly.", "Write plainly.")
    return settings


@pytest.fixture
def settings(made: Settings, tmp_path: Path) -> Settings:
    """The same versions, and a ledger of the test's own."""
    home = tmp_path / "home"
    settings = ledger_in(home)
    shutil.copy(made.home / "mlflow.db", home / "mlflow.db")
    return settings.model_copy(update={"catalog_wait": 0.0})


@contextmanager
def deciding(settings: Settings) -> Iterator[Deciding]:
    with held_decisions(settings, on_wait=print) as log:
        assert log is not None
        yield Deciding(log, registry_in(settings))


def rows(settings: Settings) -> list[tuple[str, int, str]]:
    found = known_history(settings, NAME)
    assert found is not None
    return [(row.alias, row.version, row.action) for row in found]


def test_the_ledger_has_the_columns_of_a_decision() -> None:
    assert [field.name for field in RELEASES.schema] == [field.name for field in fields(Release)]
    assert RELEASES.name == LEDGER


def test_promote_and_roll_back_without_spark(settings: Settings) -> None:
    registry = registry_in(settings)
    with deciding(settings) as releases:
        releases.promote(NAME, 1, reason="the first")
        releases.promote(NAME, 2, alias=Alias.CHALLENGER)
        assert registry.aliases(NAME) == {"champion": 1, "challenger": 2}
        assert releases.promote(NAME, 2).champion == 2
        assert releases.promote(NAME, 2).champion == 2, "what stands is not decided again"
        assert releases.rollback(NAME).champion == 1
        with pytest.raises(VersionNotFoundError, match="no champion before"):
            releases.rollback(NAME)
        assert registry.aliases(NAME) == {"champion": 1}
    found = rows(settings)
    assert [found[0], found[1], found[-1]] == [
        ("champion", 1, "promote"), ("challenger", 2, "promote"), ("champion", 1, "rollback"),
    ]  # fmt: skip
    assert set(found[2:-1]) == {("champion", 2, "promote"), ("challenger", 0, "withdraw")}
    first = (known_history(settings, NAME) or [])[0]
    assert (first.reason, bool(first.decided_by), first.decided_at.tzinfo is None) == (
        "the first", True, False,
    )  # fmt: skip


def test_of_two_that_saw_the_same_only_one_wins(settings: Settings) -> None:
    with deciding(settings) as first, held_again(settings) as log:
        first.promote(NAME, 1)

        class Late(LocalDecisions):
            def append_once(self, rows: Sequence[Release], *, app: str, number: int) -> None:
                first.promote(NAME, 2, decided_by="ann")
                super().append_once(rows, app=app, number=number)

        late = Late(settings, log)
        with pytest.raises(DecisionOvertakenError, match=r"champion is version 2 \(ann"):
            Deciding(late, registry_in(settings)).promote(NAME, 3)
    assert rows(settings) == [("champion", 1, "promote"), ("champion", 2, "promote")]
    assert registry_in(settings).aliases(NAME) == {"champion": 2}


@contextmanager
def held_again(settings: Settings) -> Iterator[Any]:
    """The ledger, for a writer that came past the locks."""
    yield appending.LocalLedger(settings.home / "warehouse" / f"{settings.schema_name}.db" / LEDGER)


def test_writers_without_a_lock_do_not_both_win(settings: Settings) -> None:
    """Delta-rs refuses the second of two commits of one transaction, wherever they meet."""
    registry = registry_in(settings)

    def promote(number: int) -> bool:
        with held_again(settings) as ledger:
            try:
                Deciding(LocalDecisions(settings, ledger), registry).promote(NAME, number)
            except DecisionOvertakenError:
                return False
            return True

    with deciding(settings) as first:
        first.promote(NAME, 3)
    for _ in range(5):
        before = len(rows(settings))
        with ThreadPoolExecutor(2) as pool:
            won = list(pool.map(promote, (1, 2)))
        assert len(rows(settings)) == before + sum(won)
        assert any(won)
        last = standing(known_history(settings, NAME) or []).champion
        assert registry.aliases(NAME)["champion"] == last
        with deciding(settings) as again:
            again.promote(NAME, 3)


def _forget(settings: Settings) -> None:
    (settings.home / PLACES).unlink()


def _other_place(settings: Settings) -> None:
    """As in a home that was copied: its catalog names the tables of the first one."""
    appending.remember_place(settings.home, LEDGER, "file:/elsewhere/releases", "an id")


def _other_id(settings: Settings) -> None:
    told = json.loads((settings.home / PLACES).read_text(encoding="utf-8"))
    appending.remember_place(settings.home, LEDGER, told[LEDGER]["location"], "of another table")


def _more_features(settings: Settings) -> None:
    log = next(settings.home.rglob("_delta_log"))
    line = json.dumps({"protocol": {"minReaderVersion": 1, "minWriterVersion": 4}})
    (log / f"{1:020d}.json").write_text(line, encoding="utf-8")


def _spoilt(settings: Settings) -> None:
    (settings.home / PLACES).write_text('["releases"]', encoding="utf-8")


def _no_derby(settings: Settings) -> None:
    (settings.home / "metastore" / "dbex.lck").unlink()


@pytest.mark.parametrize(
    "change", [_forget, _other_place, _other_id, _more_features, _spoilt, _no_derby]
)
def test_a_ledger_that_is_not_certainly_the_one_is_left_to_spark(
    change: Callable[[Settings], None], settings: Settings
) -> None:
    assert can_append(settings, settings.home, LEDGER)
    change(settings)
    with held_decisions(settings, on_wait=print) as log:
        assert log is None
    assert not CatalogLock(settings.home).is_held()


def test_another_catalog_is_left_to_spark(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not can_append(settings.model_copy(update={"catalog": "main"}), settings.home, LEDGER)
    assert not can_append(settings, settings.home / "none", LEDGER)
    monkeypatch.setattr(appending, "find_spec", lambda _: None)
    assert not can_append(settings, settings.home, LEDGER), "delta-rs is not installed"
    monkeypatch.undo()
    monkeypatch.setenv("SPARK_REMOTE", "sc://127.0.0.1")
    assert not can_append(settings, settings.home, LEDGER)


def test_a_catalog_in_use_is_waited_for(settings: Settings) -> None:
    lock = CatalogLock(settings.home)
    lock.acquire()
    with pytest.raises(CatalogLockedError), held_decisions(settings, on_wait=print):
        pass
    lock.release()
    with held_decisions(settings, on_wait=print) as log:
        assert log is not None


def test_the_catalog_of_a_foreign_spark_is_left_to_it(settings: Settings) -> None:
    """Derby locks a file for as long as a process has the catalog open."""
    code = (
        "import fcntl, sys\n"
        "stream = open(sys.argv[1], 'r+b')\n"
        "fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    path = settings.home / "metastore" / "dbex.lck"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with holding_catalog(settings, settings.home, LEDGER, wait=0) as ledger:
            assert ledger is None
        other.communicate("")
    with holding_catalog(settings, settings.home, LEDGER, wait=0) as ledger:
        assert ledger is not None
        probe = code.partition("print")[0]
        refused = subprocess.run(
            [sys.executable, "-c", probe, str(path)], capture_output=True, check=False
        )
        assert refused.returncode, "no Derby begins meanwhile"


def test_the_command_starts_no_spark_and_asks_no_mlflow(settings: Settings) -> None:
    code = (
        "import sys\n"
        "from lakegloss.cli.main import run_command\n"
        "code = run_command(sys.argv[1:])\n"
        "heavy = [m for m in ('pyspark', 'mlflow') if m in sys.modules]\n"
        "print(code, heavy)\n"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LAKEGLOSS_", "MLFLOW_"))}

    def ran(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words, "--home", str(settings.home)],
            capture_output=True, text=True, check=True, env=env,
        )  # fmt: skip
        return done.stdout

    assert ran("promote", NAME, "2").splitlines() == [
        f"{NAME}: champion 2, challenger none", "0 []",
    ]  # fmt: skip
    ran("promote", NAME, "1")
    assert "champion 2" in ran("rollback", NAME)
    assert ran("versions", NAME).splitlines()[-1] == "0 []"
    assert rows(settings)[-1] == ("champion", 2, "rollback")
