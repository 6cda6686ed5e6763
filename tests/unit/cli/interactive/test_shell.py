"""The shell runs what is typed, goes on after an error, and says what failed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from lakegloss.cli.interactive.shell import run_lines
from lakegloss.cli.main import run_command
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.session.kept import KeptSession, keeping_session, kept_session


class Commands:
    """Keeps what it was asked to run."""

    def __init__(self, codes: dict[str, int] | None = None) -> None:
        self.run: list[list[str]] = []
        self._codes = codes or {}

    def __call__(self, words: list[str]) -> int:
        self.run.append(words)
        return self._codes.get(words[0], 0)


def test_lines_are_cut_as_a_shell_cuts_them() -> None:
    commands = Commands()
    lines = ["plan 'sales.*' --exclude a\\ b", "", "  # a remark"]
    lines += ["lakegloss runs # as copied", "exit", "never"]
    assert run_lines(commands, lines) == 0
    assert commands.run == [["plan", "sales.*", "--exclude", "a b"], ["runs"]]


def test_it_goes_on_after_an_error_and_its_code_is_the_last_that_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands = Commands({"check": 1, "plan": 2})
    assert run_lines(commands, ["check", "plan 'open", "plan x", "runs"]) == 2
    assert [words[0] for words in commands.run] == ["check", "plan", "runs"]
    assert "No closing quotation" in capsys.readouterr().err


def test_after_ctrl_c_the_session_is_given_up() -> None:
    ended: list[str] = []
    commands = Commands({"describe": 130})
    code = run_lines(commands, ["describe", "runs"], interrupted=lambda: ended.append("x"))
    assert (code, ended, len(commands.run)) == (130, ["x"], 2)


def test_help_and_a_shell_in_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_lines(run_command, ["help", "shell", "no-such-command"]) == 2
    out, err = capsys.readouterr()
    assert "Ctrl-D leaves" in out
    assert "a shell already" in out
    assert "no-such-command" in err


class Lake:
    """Opens sessions, and counts what is open."""

    def __init__(self) -> None:
        self.opened = self.open = 0

    def __call__(self) -> tuple[Any, Callable[[], None]]:
        self.opened += 1
        self.open += 1
        return cast("Any", object()), self._close

    def _close(self) -> None:
        self.open -= 1


def test_the_first_command_opens_the_session_and_the_end_closes_it(tmp_path: Path) -> None:
    lake = Lake()
    assert kept_session() is None
    with keeping_session() as kept:
        assert kept_session() is kept
        assert kept.session(tmp_path, lake) is kept.session(tmp_path, lake)
        assert (lake.opened, lake.open) == (1, 1)
    assert (kept_session(), lake.open) == (None, 0)


def test_another_home_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    lake, kept = Lake(), KeptSession()
    kept.session(tmp_path / "a", lake)
    with pytest.raises(SettingsError, match="Leave with `exit`"):
        kept.session(tmp_path / "b", lake)
    kept.close()
    kept.close()
    assert lake.open == 0
    kept.session(tmp_path / "b", lake)
    assert lake.opened == 2


def test_a_session_that_does_not_open_is_tried_again(tmp_path: Path) -> None:
    kept, lake = KeptSession(), Lake()

    def failing() -> tuple[Any, Callable[[], None]]:
        raise SettingsError("no Java")

    with pytest.raises(SettingsError):
        kept.session(tmp_path, failing)
    kept.session(tmp_path, lake)
    assert lake.open == 1
