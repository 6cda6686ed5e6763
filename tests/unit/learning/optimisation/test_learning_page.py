"""docs/learning.md, Optimise: the commands that need no lake, run as they stand."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.errors import SettingsError
from tests.kits.places import ROOT
from tests.kits.taught_model import TaughtServer

PAGE = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8").partition("## Optimise")[2]
BLOCK = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)[0]
FILES = re.findall(r"cat > (\S+) <<'EOF'\n(.*?)EOF\n", BLOCK, re.DOTALL)
COMMANDS = [line.partition("  #")[0] for line in BLOCK.splitlines() if line[:10] == "lakegloss "]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TaughtServer:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES:
        Path(name).write_text(content, encoding="utf-8")
    made = TaughtServer()
    monkeypatch.setenv("LAKEGLOSS_MODEL", "taught")
    monkeypatch.setenv("LAKEGLOSS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return made


def invoke(words: list[str], code: int = 0) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def test_the_command_on_a_file(server: TaughtServer, monkeypatch: pytest.MonkeyPatch) -> None:
    [on_file] = [c.split()[1:] for c in COMMANDS if "--data" in c]
    with server:
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        told = invoke(on_file)
        calls = server.count
        assert "The candidate is better than the program as it is" in told
        assert "Going to" not in told
        assert "Bootstrapped" not in told
        state = json.loads(Path("better.json").read_text(encoding="utf-8"))
        assert [demo["team"] for demo in state["body"]["demos"]]
        assert "chosen" in Path("home/optimised/route_ticket.md").read_text(encoding="utf-8")
        invoke(on_file)  # nothing is paid twice
        assert server.count == calls
        began = invoke(["optimize", "better.json", "--data", "tickets.jsonl", "--no-register"])
        assert "No better candidate" in began


def test_the_command_on_the_lake_has_options_that_are_there(
    server: TaughtServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    [on_lake] = [c.split()[1:] for c in COMMANDS if "--data" not in c]
    monkeypatch.delenv("LAKEGLOSS_MODEL")
    done = CliRunner().invoke(app, on_lake)
    assert isinstance(done.exception, SettingsError)
    assert "needs a model" in str(done.exception)


def test_a_budget_that_is_too_small_and_wrong_options_are_told(
    server: TaughtServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server:
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        on_file = ["optimize", "route.yaml", "--data", "tickets.jsonl"]
        for more in (["--max-calls", "3"], ["--optimizer", "magic"], ["--max-cost", "2"],
                     ["--metric", "no such"], ["--hours", "0"]):  # fmt: skip
            done = CliRunner().invoke(app, [*on_file, *more])
            assert done.exit_code != 0
        assert server.count == 0
