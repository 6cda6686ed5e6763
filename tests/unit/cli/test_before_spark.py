"""What is wrong with the input of a command is told before Spark starts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lakegloss.lakehouse.session import session as sessions
from tests.unit.cli.test_nothing_there import run

__all__ = ["run"]
Run = Callable[..., tuple[int, str, str]]

WRONG = [
    pytest.param(["review", "export", "--out", "r.docx"], "names no format", id="suffix"),
    pytest.param(["review", "export", "--out", "there.csv"], "is there already", id="there"),
    pytest.param(["review", "import", "none.csv"], "cannot be read", id="no such file"),
    pytest.param(["review", "import", "there.csv"], "no columns of a review", id="no review"),
    pytest.param(["review", "import", "there.txt"], "names no format", id="suffix of an import"),
    pytest.param(["review", "accept"], "Nothing says which", id="nothing to accept"),
    pytest.param(["review", "reject"], "Nothing says which", id="nothing to reject"),
    pytest.param(["review", "show", "--text", "("], "no regular expression", id="pattern"),
    pytest.param(["review", "accept", "--check", "nosuch"], "is not known", id="check"),
    pytest.param(["plan", "--set", "guidance=none.yaml"], "none.yaml", id="guidance of a plan"),
    pytest.param(["describe", "--set", "guidance=there.csv"], "guidance file", id="guidance"),
    pytest.param(["apply", "--set", "apply_window=late"], "apply_window", id="window"),
    pytest.param(["report", "--html", "."], "it is a folder", id="report in place of a folder"),
    pytest.param(["report", "--html", "there.csv/r.html"], "is no folder", id="report in a file"),
    pytest.param(["optimize"], "needs a model", id="model of an optimisation"),
    pytest.param(
        ["optimize", "--model", "m", "--endpoint", "http://127.0.0.1:1", "--name", "elsewhere"],
        "'elsewhere' is not allowed",
        id="name of a challenger",
    ),
    pytest.param(
        ["optimize", "--model", "m", "--endpoint", "http://127.0.0.1:1", "--optimizer", "best"],
        "no optimiser 'best'",
        id="optimiser",
    ),
    pytest.param(["plan", "--wait", "-1"], "--wait", id="wait"),
    pytest.param(["examples", "list", "--wait", "-1"], "--wait", id="wait of examples"),
    pytest.param(["evaluate", "--wait", "-1"], "--wait", id="wait of evaluate"),
    pytest.param(["examples", "import", "none.csv"], "cannot be read", id="no examples"),
    pytest.param(["examples", "import", "there.csv"], "lacks the columns", id="other columns"),
    pytest.param(["examples", "import", "there.txt"], "names no format", id="no format"),
    pytest.param(["examples", "import", "no.yml"], "cannot be read", id="no schema.yml"),
    pytest.param(["examples", "export", "--out", "e.txt"], "names no format", id="export's format"),
    pytest.param(["examples", "export", "--out", "there.csv"], "is there already", id="export"),
    pytest.param(["examples", "withdraw"], "Nothing says which", id="nothing to withdraw"),
    pytest.param(["examples", "withdraw", "x"], "needs a reason", id="no reason"),
    pytest.param(["evaluate", "--data", "none.jsonl"], "cannot be read", id="no references"),
    pytest.param(["evaluate", "--split", "tests"], "no split", id="no split"),
    *(
        pytest.param(
            [
                "evaluate",
                "ClassifyText",
                "--model",
                "m",
                "--endpoint",
                "http://127.0.0.1:1",
                "--data",
                name,
            ],
            says,
            id=f"examples in {name}",
        )
        for name, says in (
            ("none.jsonl", "cannot be read"),
            ("there.csv", "there.csv"),
            ("b.jsonl", "line 2"),
        )
    ),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG)
def test_wrong_input_is_told_before_spark_starts(
    arguments: list[str], says: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: object, **__: object) -> None:
        raise AssertionError("Spark was started")

    monkeypatch.setattr(sessions, "open_session", start)
    (tmp_path / ".lakegloss" / "metastore").mkdir(parents=True)
    (tmp_path / "there.csv").write_text("one,two\n", encoding="utf-8")
    good = '{"inputs": {"text": "a", "categories": "b"}, "outputs": {"classification": "b"}}'
    (tmp_path / "b.jsonl").write_text(f"{good}\n{good[:-2]}\n", encoding="utf-8")
    code, _, err = run(*arguments)
    assert code == 2
    assert says in err
    assert not (tmp_path / ".lakegloss" / "catalog.lock").exists(), "nor was the lock taken"
