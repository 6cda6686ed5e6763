"""kill -9 in the middle: no journalled answer is paid twice, and the result is the same."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from lakegloss.engine.journal import read_journal
from tests.kits.places import ROOT
from tests.kits.taught_model import TaughtModel, TaughtServer, write_examples, write_program


def started(
    server: TaughtServer, folder: Path, optimizer: str, fault: str = ""
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kits.optimise_worker", server.url, str(folder), optimizer],
        cwd=ROOT,
        env=os.environ | {"LAKEGLOSS_FAULT": fault, "PYTHONPATH": f"{ROOT}/lib:{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def journalled(folder: Path) -> set[str]:
    files = read_journal(folder / "home" / "journal" / "optimise")
    return {response.request_hash for _, part in files for response in part}


def prepared(folder: Path) -> Path:
    folder.mkdir()
    write_program(folder)
    write_examples(folder)
    return folder


def asked_twice(before: Counter[str], after: Counter[str], kept: set[str]) -> set[str]:
    """Questions with a journalled answer that were asked again."""
    assert kept <= set(after), "the journal's hashes are not those of the server's questions"
    return {question for question in kept if after[question] > before[question]}


@pytest.mark.slow
def test_a_killed_optimisation_goes_on_and_pays_nothing_twice(tmp_path: Path) -> None:
    folder = prepared(tmp_path / "killed")
    with TaughtServer() as server:
        first = started(server, folder, "bootstrap", "optimise.answered:14")
        first.communicate(timeout=300)
        assert first.returncode == 137
        kept, before = journalled(folder), Counter(server.questions)
        assert 5 <= len(kept) <= 18
        killed = finished(started(server, folder, "bootstrap"))
        assert asked_twice(before, server.questions, kept) == set()
    assert "better than the program as it is" in killed
    with TaughtServer() as server:
        undisturbed = finished(started(server, prepared(tmp_path / "whole"), "bootstrap"))
    assert killed == undisturbed


@pytest.mark.soak
@pytest.mark.parametrize("optimizer", ["bootstrap", "gepa"])
def test_twenty_random_kills_pay_nothing_twice(tmp_path: Path, optimizer: str) -> None:
    rng = random.Random(20_261_130)
    with TaughtServer(TaughtModel(), latency=0.02) as server:
        undisturbed = finished(started(server, prepared(tmp_path / "whole"), optimizer))
    folder = prepared(tmp_path / "killed")
    with TaughtServer(TaughtModel(), latency=0.02) as server:
        for _ in range(20):
            process = started(server, folder, optimizer)
            time.sleep(rng.uniform(1.0, 6.0))
            process.kill()
            process.communicate()
            kept, before = journalled(folder), Counter(server.questions)
            again = started(server, folder, optimizer)
            time.sleep(rng.uniform(1.0, 3.0))
            again.kill()
            again.communicate()
            assert asked_twice(before, server.questions, kept) == set()
        assert finished(started(server, folder, optimizer)) == undisturbed
