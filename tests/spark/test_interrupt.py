"""Ctrl-C or SIGTERM while Spark starts, sent to all: one line, its code, nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.kits.places import ROOT
from tests.kits.waiting import until

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def _processes_of(home: Path) -> list[str]:
    """The command lines of processes that name a folder."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:  # it has ended
            continue
        if str(home) in line:
            lines.append(line)
    return lines


CASES = [
    pytest.param(signal.SIGINT, 130, 0.0, marks=pytest.mark.soak),
    pytest.param(signal.SIGINT, 130, 0.7),
    pytest.param(signal.SIGINT, 130, 2.5, marks=pytest.mark.soak),
    # tests/unit/cli/test_termination.py holds that SIGTERM goes the way of Ctrl-C
    pytest.param(signal.SIGTERM, 143, 0.7, marks=pytest.mark.deep),
]


@pytest.mark.parametrize(("number", "code", "delay"), CASES)
def test_an_interrupt_while_spark_starts(
    number: signal.Signals, code: int, delay: float, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "metastore").mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "lakegloss.cli.main", "check", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "lib")},
        start_new_session=True,
    )
    assert process.stderr is not None
    lines: list[str] = []
    starting = threading.Event()

    def read() -> None:
        for line in process.stderr or ():
            lines.append(line)
            if "starting Spark" in line:
                starting.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert starting.wait(60), lines
        time.sleep(delay)
        os.killpg(process.pid, number)
        assert process.wait(30) == code
    finally:
        process.kill()
        reader.join(30)
        assert process.stdout is not None
        out = process.stdout.read()
        process.stdout.close()
        process.stderr.close()
    told = [line for line in lines if line.strip() and "starting Spark" not in line]
    assert len(told) == 1, lines
    assert told[0].startswith("Interrupted.")
    assert out.strip() == ""
    if sys.platform == "linux":
        until(lambda: not _processes_of(home))
