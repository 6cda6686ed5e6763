"""The command `examples`: what it refuses before a session starts, and what it prints."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakegloss.cli import console
from lakegloss.cli import examples as command
from lakegloss.cli.main import app
from lakegloss.core.learning.examples import FoundExample, Origin
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.settling import settle
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.examples.collect import CollectSummary

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def summary() -> CollectSummary:
    def found(column: str, text: str, line: int = 0) -> FoundExample:
        inputs = named_inputs("s.t", column)
        return FoundExample(
            table="s.t", column=column, expected=text, origin=Origin.FILE, line=line, inputs=inputs
        )

    items = [found("a", "Good [bold]text[/bold]."), found("b", "Ask jane.roe@mail.example", 7)]
    settled = settle(items, [], salt="s", run_id="r", now=NOW)
    return CollectSummary(
        run_id="r", dry_run=False, found=2, rows=settled.rows, known=0, withdrawn=0,
        refused=settled.refused, skipped=((9, "it refers to a doc block"),),
    )  # fmt: skip


def test_what_was_done_is_told_without_what_was_refused(capsys: pytest.CaptureFixture[str]) -> None:
    console.out.width = 200
    command.show_collected(summary())
    printed = capsys.readouterr().out
    assert "1 added; known 0, withdrawn before 0, refused 1" in printed
    assert "[bold]text[/bold]" in printed, "shown as it is"
    assert "line 7" in printed
    assert "left out: line 9" in printed
    assert "jane.roe" not in printed


def test_every_list_says_how_much_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = tuple((line, "it refers to a doc block") for line in range(1, 26))
    command.show_collected(replace(summary(), skipped=skipped))
    printed = capsys.readouterr().out
    assert "left out: line 20:" in printed
    assert "left out: line 21:" not in printed
    assert "... and 5 more" in printed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["list", "--split", "tests"], "no split"),
        (["export", "--out", "x.jsonl", "--split", "tests"], "no split"),
        (["withdraw", "x", "--reason", "r", "--state", "nosuch.json"], "nosuch.json"),
    ],
)
def test_what_cannot_be_is_told_at_once(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["examples", *arguments])
    assert isinstance(result.exception, SettingsError)
    assert says in result.exception.message


def test_files_of_programs_that_show_a_withdrawn_example_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = summary().rows
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"state": {"write": {"demos": [{"text": rows[0].expected}]}}}))
    console.out.width = 200
    command.tell_programs(command.in_states({path: command.state_of(path)}, rows))
    assert "state.json shows 1 withdrawn" in capsys.readouterr().out
    path.write_text("{")
    with pytest.raises(SettingsError, match="no JSON"):
        command.state_of(path)
