"""docs/from-dbxmetagen.md: what it shows runs, and its figures are those of the bench."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.dbxmetagen import MODES, ours, theirs
from benchmarks.tokens import work
from lakegloss.cli.main import app
from lakegloss.compat.dbxmetagen.configuration.config_keys import KEYS
from lakegloss.errors import AssetNotFoundError
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer

PAGE = (ROOT / "docs" / "from-dbxmetagen.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with ProgramServer() as server:
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        names: dict[str, Any] = {}
        blocks = [text for kind, text in BLOCKS if kind == "python" and "main({" not in text]
        assert len(blocks) == 3
        for text in blocks:
            exec(compile(text, "from-dbxmetagen.md", "exec"), names)  # noqa: S102 - the test
        assert 0 < names["figures"]["completeness"]["value"] <= 1
        assert names["generator"].dspy_module.generate_comments.predictors()[0].demos


def test_the_settings_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("variables.yml").write_text("variables: {sample_size: {default: 0}, odd: {default: 1}}")
    [command] = [t for kind, t in BLOCKS if kind == "bash" and " settings " in t]
    done = CliRunner().invoke(app, command.split()[1:])
    assert done.exit_code == 0, done.output
    assert "* sample_size = 0" in done.output
    assert "no settings of these names: odd" in " ".join(done.output.split())
    done = CliRunner().invoke(app, [*command.split()[1:], "--key", "temprature=1"])
    assert "temprature (temperature?)" in " ".join(done.output.split())


def test_the_other_commands_need_only_a_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They run on one in tests/spark; here all of their options are known."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKEGLOSS_HOME", str(tmp_path / "none"))
    Path("variables.yml").write_text("variables: {sample_size: {default: 0}}")
    lines = [line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]
    commands = [line for line in lines if " settings " not in line]
    assert len(commands) == 4
    for command in commands:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert isinstance(done.exception, AssetNotFoundError), (command, done.output)


def test_what_it_says_of_settings_is_so() -> None:
    part = PAGE.partition("## What your settings mean here")[2].partition("\n## ")[0]
    named = {n for n in re.findall(r"`(\w+)(?::[^`]*)?`", part) if n in KEYS}
    assert len(named) > 12
    without = next(line for line in part.splitlines() if line.startswith("| `columns_per_call`"))
    assert all(KEYS[name].why for name in re.findall(r"`(\w+)`", without.partition(" | ")[0]))


def test_the_figures_are_those_of_the_bench() -> None:
    one = work("sales.orders", 50, seed=50)
    own = ours("all", one)
    calls, tokens = (
        [sum(theirs(mode, 50)[place] for mode in MODES), own[place]] for place in (0, 1)
    )
    assert calls[1] <= 2
    assert tokens[1] <= 3_000
    assert f"| calls | {calls[0]} | {calls[1]} |" in PAGE
    found = re.search(r"\| input tokens \| ([\d,]+) \| ([\d,]+) \|", PAGE)
    assert found is not None
    told = [int(number.replace(",", "")) for number in found.groups()]
    assert told[0] == tokens[0]
    assert abs(told[1] - tokens[1]) < 0.1 * tokens[1], "the page may lag a little behind"
