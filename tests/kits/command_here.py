"""Runs the command `lakegloss` in this process: a process of its own takes seconds to import."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lakegloss.cli import main as cli

_TAKEN_FROM = ("LAKEGLOSS_", "SPARK_", "DATABRICKS_", "MLFLOW_", "API_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended; the names are those of `subprocess.CompletedProcess`."""

    returncode: int
    stdout: str
    stderr: str


CommandHere = Callable[..., Ended]


def command_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandHere:
    """The command in a folder. Its keywords are variables; those of whoever tests are taken off."""
    monkeypatch.chdir(folder)
    for name in tuple(os.environ):
        if name.startswith(_TAKEN_FROM):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "WARNING")  # as the command sets it

    def command(*arguments: str, **env: str) -> Ended:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr("sys.argv", ["lakegloss", *arguments])
            for name, value in env.items():
                patch.setenv(name, value)
            code: object = 0
            with _process_as_it_was():
                try:
                    cli.main()
                except SystemExit as ended:
                    code = ended.code
        assert isinstance(code, int)
        shown = capsys.readouterr()
        return Ended(returncode=code, stdout=shown.out, stderr=shown.err)

    return command


@contextmanager
def _process_as_it_was() -> Iterator[None]:
    """Take back what a command leaves to the end of its process: handlers of logs and SIGTERM."""
    root, terminated = logging.getLogger(), signal.getsignal(signal.SIGTERM)
    handlers = root.handlers[:]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        signal.signal(signal.SIGTERM, terminated)
