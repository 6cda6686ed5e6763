"""kill -9 in the middle of an ask: what is in the journal is not paid for again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lakegloss.engine.engine import engine_from
from lakegloss.engine.journal import read_journal
from lakegloss.settings import Settings
from tests.kits.engine import make_request
from tests.kits.model_server import ModelServer
from tests.kits.places import ROOT

pytestmark = pytest.mark.slow

COUNT, IN_FLIGHT, FLUSH = 400, 8, 64
_RUN = f"""
import sys
from pathlib import Path
from lakegloss.engine.engine import engine_from
from lakegloss.settings import Settings
from tests.kits.engine import make_request
settings = Settings(
    model="model-a", endpoint=sys.argv[1], home=Path(sys.argv[2]), in_flight={IN_FLIGHT}
)
with engine_from(settings, run_id="first") as engine:
    engine.ask([make_request(n) for n in range({COUNT})])
"""


@pytest.mark.parametrize(
    "answered",
    [70, pytest.param(200, marks=pytest.mark.soak)],  # the same, at another moment
)
def test_a_killed_run_repeats_only_what_was_not_yet_written(tmp_path: Path, answered: int) -> None:
    root = ROOT
    with ModelServer(latency=0.02) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, server.url, str(tmp_path)],
            env=os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{root / 'lib'}"},
        )
        deadline = time.monotonic() + 60
        while server.counts()["completions"] < answered and time.monotonic() < deadline:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        paid = server.settled_counts()["completions"]
        settings = Settings(model="model-a", endpoint=server.url, home=tmp_path)
        kept = {r.request_hash for _, rows in read_journal(settings.journal_folder) for r in rows}
        requests = [make_request(n) for n in range(COUNT)]
        with engine_from(settings, run_id="second") as engine:
            rest = engine.ask([r for r in requests if r.request_hash not in kept])
        counts = server.counts()
    assert answered <= paid < COUNT
    # One batch may wait while another is on its way to the disk.
    lost = IN_FLIGHT + 2 * FLUSH
    assert len(kept) >= paid - lost
    assert kept | {r.request_hash for r in rest.responses} == {r.request_hash for r in requests}
    assert 0 <= counts["completions"] - COUNT <= lost
