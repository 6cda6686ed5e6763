"""What commands say where there is no lake: they fail before Spark starts and make no folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session import session as sessions
from tests.kits.command_here import command_here

Run = Callable[..., tuple[int, str, str]]

LOOKS = [
    pytest.param(["check", "--min-coverage", "80"], id="check"),
    pytest.param(["check", "--min-coverage", "0", "sales.*"], id="check of nothing at all"),
    pytest.param(["plan"], id="plan"),
    pytest.param(["describe", "sales.*"], id="describe"),
    pytest.param(["apply"], id="apply"),
    pytest.param(["report"], id="report"),
    pytest.param(["review", "show"], id="review"),
    pytest.param(["examples", "collect"], id="collect examples"),
    pytest.param(["examples", "list", "sales.*"], id="list examples"),
    pytest.param(["examples", "export", "--out", "examples.jsonl"], id="export examples"),
    pytest.param(["examples", "withdraw", "x", "--reason", "r"], id="withdraw examples"),
    pytest.param(["evaluate", "rules"], id="evaluate"),
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process and in an empty folder: its exit code and what it printed."""
    here = command_here(tmp_path, monkeypatch, capsys)

    def command(*arguments: str) -> tuple[int, str, str]:
        ended = here(*arguments)
        return ended.returncode, ended.stdout, ended.stderr

    return command


@pytest.mark.parametrize("arguments", LOOKS)
def test_a_home_without_a_lake_is_an_error_that_makes_nothing(
    arguments: list[str], run: Run, tmp_path: Path
) -> None:
    code, out, err = run(*arguments, "--home", "nowhere")
    assert code == 2
    assert f"'{tmp_path / 'nowhere'}' does not exist" in err
    assert "what to do" in err
    assert "starting Spark" not in err
    assert not out, "no figure of what was not there"
    assert not list(tmp_path.iterdir())


def test_a_home_of_another_name_is_hinted_at(run: Run, tmp_path: Path) -> None:
    (tmp_path / "warehouse" / "metastore").mkdir(parents=True)
    code, _, err = run("check", "--home", "warehose")
    assert code == 2
    assert "Did you mean 'warehouse'?" in err
    code, _, err = run("check", "--home", "mine")
    assert "Folders with a catalog beside it: warehouse." in err
    assert not (tmp_path / "mine").exists()
    (tmp_path / "empty").mkdir()
    code, _, err = run("check", "--home", "empty")
    assert "has no local catalog" in err
    assert not list((tmp_path / "empty").iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["examples", "import", "texts.jsonl"], id="import examples"),
        pytest.param(["evaluate", "rules", "--data", "texts.jsonl"], id="evaluate a file"),
    ],
)
def test_what_only_reads_a_file_goes_on_and_says_that_there_is_no_lake(
    arguments: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: object, **__: object) -> None:
        raise EnvironmentNotReadyError("Spark would start.", remedy="-")

    monkeypatch.setattr(sessions, "session", start)
    (tmp_path / "warehouse" / "metastore").mkdir(parents=True)
    line = '{"table": "s.t", "column": "c", "text": "What c means."}\n'
    (tmp_path / "texts.jsonl").write_text(line, encoding="utf-8")
    _, _, err = run(*arguments, "--home", "warehose")
    shown = " ".join(err.split())
    assert "'warehose' does not exist" in shown.replace(f"{tmp_path}/", "")
    assert "Did you mean 'warehouse'?" in shown
    assert "Spark would start" in shown
    _, _, err = run(*arguments, "--home", "warehouse")
    assert "does not exist" not in err


def test_no_runs_are_told_without_making_a_lake(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("runs")
    assert code == 0
    assert "There are no runs yet" in out
    assert not list(tmp_path.iterdir())
