"""Ctrl-C ends the command as an interrupt before its own code is there, too."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.kits.places import ROOT

INTERRUPT = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"


@pytest.mark.parametrize("package", ["typer", "rich", "pydantic"])
@pytest.mark.parametrize("becomes", ["", "raise ImportError('half imported')\n"])
def test_an_interrupt_while_python_imports(package: str, becomes: str, tmp_path: Path) -> None:
    """A package in the place of the real one interrupts, as its import takes the longest."""
    (tmp_path / f"{package}.py").write_text(INTERRUPT + becomes, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "lakegloss.cli", "version"],
        # As at a terminal: what is started in the background may have interrupts ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "lib")])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "Interrupted."
    assert done.stdout == ""


def test_the_installed_command_begins_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"]["lakegloss"] == "lakegloss.cli.__main__:main"
