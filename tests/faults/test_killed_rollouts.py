"""Rollouts whose processes are killed, or run at once, come to the same end: `make soak`.

No Spark: the rows are in a file that several processes share. What a step does besides its rows
(the champion, the share) is in the same file, so that a test sees what was left undone.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.faults import VARIABLE
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.release.replacement.rollout_documents import DocumentRolloutStore
from tests.kits.places import ROOT
from tests.kits.rollout_worker import BUSY, NAME, run

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1_200)]
POINTS = ("rollout.leased", "rollout.gathered", "rollout.recorded", "rollout.promoted")
STEP, AFTER_LEASE, MOST_STEPS = 61.0, 6.0, 12
GOOD, BAD = 0.0, 0.4


def worker(path: Path, drop: float, minutes: float, fault: str = "") -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kits.rollout_worker", str(path), str(drop), str(minutes)],
        env={**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: fault}, cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def rows_in(path: Path) -> tuple[list[RolloutRow], dict[str, Any]]:
    store = ProductionStore(path)
    rows, effects = DocumentRolloutStore(store).rows(NAME), store.document("effects", NAME)
    store.close()
    return rows, effects


def finished(path: Path, drop: float, minutes: float = 0.0) -> tuple[list[RolloutRow], Any]:
    """Steps in this process until the rollout ended, and once more."""
    for _ in range(MOST_STEPS):
        minutes += STEP
        row = run(path, drop, minutes)
        if not row.is_active and row.event == "settle":
            break
    return rows_in(path)


def assert_ended_as(path: Path, drop: float, minutes: float) -> None:
    rows, effects = finished(path, drop, minutes)
    wanted = ("rolled back", 1, 0.0) if drop else ("promoted", 2, 0.0)
    assert (rows[-1].state, effects.get("champion", 1), effects["share"]) == wanted
    assert bool(effects.get("promotions")) is (drop == GOOD)  # may be carried out again
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    shares = [row.share for row in rows if row.is_active]
    assert shares == sorted(shares), "no unit changes back"
    ends = Counter(row.event for row in rows if row.event in {"promote", "roll back"})
    assert sum(ends.values()) == 1


@pytest.mark.parametrize("drop", [GOOD, BAD])
@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_dies_at_a_fault_point_changes_no_end(
    tmp_path: Path, point: str, drop: float
) -> None:
    path, minutes, killed = tmp_path / "production.db", 0.0, 0
    for _ in range(MOST_STEPS):
        code = worker(path, drop, minutes, point).wait(600)
        killed += code == 137
        if code == 137:
            minutes += AFTER_LEASE  # a dead process keeps its lease for five minutes
            assert run(path, drop, minutes).name == NAME
        minutes += STEP
        rows, _ = rows_in(path)
        if rows and not rows[-1].is_active:
            break
    reached = point != "rollout.promoted" or drop == GOOD
    assert bool(killed) is reached
    assert_ended_as(path, drop, minutes)


@pytest.mark.parametrize("drop", [GOOD, BAD])
def test_processes_that_are_killed_at_any_moment_change_no_end(tmp_path: Path, drop: float) -> None:
    path, minutes, chance = tmp_path / "production.db", 0.0, random.Random(7)
    run(path, drop, 0.0)
    begun = time.monotonic()
    worker(path, drop, 1.0).wait(600)
    whole = time.monotonic() - begun
    for _ in range(20):
        minutes += STEP
        process = worker(path, drop, minutes)
        time.sleep(chance.uniform(0.7, 1.05) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        minutes += AFTER_LEASE
    assert_ended_as(path, drop, minutes)


def test_of_processes_that_step_at_once_one_decides(tmp_path: Path) -> None:
    path, minutes = tmp_path / "production.db", 0.0
    run(path, GOOD, 0.0)
    codes: Counter[int] = Counter()
    for _ in range(6):
        minutes += STEP
        together = [worker(path, GOOD, minutes) for _ in range(4)]
        codes.update(process.wait(600) for process in together)
        rows, _ = rows_in(path)
        moves = [r for r in rows if r.at == rows[-1].at and r.event in {"advance", "promote"}]
        assert len(moves) <= 1, "an hour takes the rollout one step on, whoever looks"
        looks = [row.look for row in rows if row.look]
        assert len(looks) == len(set(looks))
    assert set(codes) <= {0, BUSY}
    assert_ended_as(path, GOOD, minutes)
