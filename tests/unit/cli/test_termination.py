"""SIGTERM ends a command as Ctrl-C does, in the background and in the shell, too."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakegloss.cli import termination
from lakegloss.cli.interactive.shell import run_lines
from lakegloss.cli.termination import (
    TERMINATED,
    interrupt_at_sigterm,
    leave_sigterm_to_others,
    was_terminated,
)
from tests.kits.places import ROOT

SIGTERM_AMID_VERSION = """
import os, signal
from lakegloss.cli import main
def killed():
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("SIGTERM did nothing")
main.app.registered_commands = []
main.app.command()(killed)
main.app.command()(main.versions)
main.main()
"""


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(termination, "_received", [])
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("of_interrupts", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_command_tells_that_it_was_ended(of_interrupts: signal.Handlers, tmp_path: Path) -> None:
    """In the background of a shell, and under nohup, interrupts are ignored; SIGTERM is not."""
    done = subprocess.run(
        [sys.executable, "-c", SIGTERM_AMID_VERSION, "killed"],
        preexec_fn=lambda: signal.signal(signal.SIGINT, of_interrupts),
        env={**os.environ, "PYTHONPATH": str(ROOT / "lib")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == TERMINATED
    assert done.stderr.strip().startswith("Interrupted. What is done is kept")
    assert done.stdout == ""


def test_what_hears_an_interrupt_hears_it() -> None:
    heard: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    interrupt_at_sigterm()
    signal.raise_signal(signal.SIGTERM)
    assert heard == [signal.SIGINT]
    assert was_terminated()


@pytest.mark.parametrize("other", [signal.SIG_IGN, lambda _number, _frame: None])
def test_another_listener_is_left_alone(other: signal.Handlers) -> None:
    signal.signal(signal.SIGTERM, other)
    interrupt_at_sigterm()
    leave_sigterm_to_others()
    assert signal.getsignal(signal.SIGTERM) is other


def test_a_server_takes_it_over() -> None:
    interrupt_at_sigterm()
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    leave_sigterm_to_others()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_shell_runs_no_other_line() -> None:
    ran: list[list[str]] = []

    def run(words: list[str]) -> int:
        ran.append(words)
        return TERMINATED

    assert run_lines(run, ["describe x", "apply x"]) == TERMINATED
    assert ran == [["describe", "x"]]


def test_the_shell_ends_at_its_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    from lakegloss.cli.interactive import shell

    def typed(_prompt: str) -> str:
        signal.raise_signal(signal.SIGTERM)
        return "apply x"

    monkeypatch.setattr("builtins.input", typed)
    interrupt_at_sigterm()
    with pytest.raises(KeyboardInterrupt):
        next(iter(shell.typed_lines()))
