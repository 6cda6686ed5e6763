"""Processes that end in the middle, each with a JVM of its own: `make soak`.

Nothing paid is asked twice, nothing goes unrecorded. tests/spark/test_crash.py kills clients of
one JVM in every run of the tests.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakegloss.engine.journal import read_journal
from tests.kits.model_server import ModelServer
from tests.kits.places import ROOT
from tests.kits.waiting import until

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(1500)]
WORKER = Path(__file__).with_name("worker.py")
IN_FLIGHT = 2


class Lake:
    """A home of its own and the processes that work on it."""

    def __init__(self, home: Path, server: ModelServer) -> None:
        self.home = home
        self._env = os.environ | {
            "PYTHONPATH": str(ROOT),
            "LAKEGLOSS_MODEL": "test-model",
            "LAKEGLOSS_ENDPOINT": server.url,
            "LAKEGLOSS_IN_FLIGHT": str(IN_FLIGHT),
            "LAKEGLOSS_REQUEST_TOKENS": "560",
        }

    def start(self, *steps: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(WORKER), str(self.home), *steps],
            env=self._env | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *steps: str, code: int = 0, **env: str) -> dict[str, Any]:
        process = self.start(*steps, **env)
        out, error = process.communicate()
        assert process.returncode == code, error[-3000:]
        return json.loads(out.splitlines()[-1]) if "show" in steps else {}

    def journalled(self) -> list[str]:
        files = read_journal(self.home / "journal")
        return [r.request_hash for _, responses in files for r in responses if r.usable]


def _until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    def reached() -> bool:
        assert process.poll() is None, "the process ended before it could be killed"
        return condition()

    until(reached, 300)


@pytest.mark.soak
def test_a_killed_describe_and_a_killed_apply_go_on_where_they_ended(tmp_path: Path) -> None:
    with ModelServer(latency=0.5) as server:
        lake = Lake(tmp_path / "home", server)
        killed = lake.start("make", "describe")
        _until(lambda: len(list((tmp_path / "home" / "journal").glob("*.jsonl"))) >= 2, killed)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        kept = lake.journalled()
        assert kept, "answers were journalled before the kill"
        paid = server.settled_counts()["completions"]

        # The next run goes on, and is killed inside the statements of its apply.
        fault = {"LAKEGLOSS_FAULT": "apply.statement:3"}
        found = lake.run("describe", "show", "apply", code=137, **fault)
        assert sorted(found["proposals"]) == sorted(found["comments"]), "no proposal was lost"
        assert {source for source, _ in found["proposals"].values()} == {"model"}
        assert len(found["responses"]) == len(set(found["responses"]))
        assert set(kept) <= set(found["responses"])
        # What was journalled is not asked again: all that is paid beyond it is paid once, but for
        # the calls in flight and the answers of one flush.
        paid_after = server.settled_counts()["completions"]
        lost = paid - len(kept)
        assert paid_after - paid == len(found["responses"]) - len(kept)
        assert 0 <= lost <= IN_FLIGHT + 2 * IN_FLIGHT

        # Recorded as intended, settled by the next run.
        done = lake.run("apply", "show")
        texts = {key: text for key, (_, text) in found["proposals"].items()}
        assert done["comments"] == texts
        applied = {key: after for key, status, after in done["changes"] if status == "applied"}
        assert applied == texts, "no comment is there without its row"
        assert "intended" not in {status for _, status, _ in done["changes"]}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("point", "step"),
    [
        ("sweep.appended", "describe"),
        ("describe.drafted", "describe"),
        ("describe.proposed", "describe"),
        ("apply.intended", "apply"),
        ("apply.statement:1", "apply"),
    ],
)
def test_every_fault_point(tmp_path: Path, point: str, step: str) -> None:
    with ModelServer() as server:
        lake = Lake(tmp_path / "home", server)
        lake.run("make")
        steps = ["describe"] if step == "describe" else ["describe", "apply"]
        lake.run(*steps, code=137, LAKEGLOSS_FAULT=point)
        found = lake.run("describe", "apply", "show")
        assert found["comments"] == {k: text for k, (_, text) in found["proposals"].items()}
        assert len(found["responses"]) == len(set(found["responses"]))
        assert server.counts()["completions"] == len(found["responses"])
        assert "intended" not in {status for _, status, _ in found["changes"]}
