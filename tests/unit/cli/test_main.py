"""The command line without a JVM: help, settings, errors, exit codes."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from lakegloss.cli import main as cli
from lakegloss.errors import LakeglossError
from tests.kits.command_here import CommandHere, command_here
from tests.kits.mlflow_database import mlflow_database
from tests.kits.places import ROOT

COMMANDS = sorted(get_command(cli.app).commands)  # type: ignore[attr-defined]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandHere:
    return command_here(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli.app, [name, "--help"])
    assert result.exit_code == 0
    assert cli.app.registered_commands
    assert len(result.output.strip().splitlines()) > 3


def test_readme_names_only_commands_and_options_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^lakegloss (\w+)(.*)$", text, flags=re.MULTILINE)
    assert {name for name, _ in lines} >= {"plan", "describe", "apply", "undo", "report", "check"}
    for name, rest in lines:
        assert name in COMMANDS
        group = getattr(get_command(cli.app).commands[name], "commands", {})  # type: ignore[attr-defined]
        path = [name, *(word for word in rest.split()[:1] if word in group)]
        shown = CliRunner().invoke(cli.app, [*path, "--help"], env={"COLUMNS": "200"}).output
        for option in re.findall(r"--[\w-]+", rest.split("#")[0]):
            assert option in shown, f"{name} has no {option}"


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"lakegloss {name}" not in text and name != "version"]
    assert missing == ["demo"] or not missing, "make demo stands for the demo"


@pytest.mark.parametrize(
    ("arguments", "env", "says"),
    [
        pytest.param(["plan", "--policy", "often"], {}, "policy", id="a value that is none"),
        pytest.param(["plan", "--set", "polcy=all"], {}, "Did you mean 'policy'", id="a typo"),
        pytest.param(["plan", "--set", "policy"], {}, "name=value", id="no equals sign"),
        pytest.param(["plan", "--model", "m"], {}, "endpoint", id="a model without an endpoint"),
        pytest.param(
            ["plan", "--endpoint", "http://127.0.0.1:1/v1"], {}, "--model", id="only an endpoint"
        ),
        pytest.param(
            ["sql", "run", "SELECT 1", "--set", "endpoint=http://127.0.0.1:1/v1"],
            {},
            "no model to ask there",
            id="only an endpoint, by --set",
        ),
        pytest.param(["settings"], {"LAKEGLOSS_STILE": "x"}, "'style'", id="a variable's typo"),
        pytest.param(
            ["sql", "run", "SELECT 1", "--url", "http://ann:word@127.0.0.1:abc/x"],
            {},
            "An address cannot be read",
            id="no port",
        ),
        pytest.param(["settings", "--config", "no.toml"], {}, "no.toml", id="no such file"),
    ],
)
def test_wrong_input_names_the_thing_and_the_remedy(
    arguments: list[str], env: dict[str, str], says: str, run: CommandHere
) -> None:
    result = run(*arguments, **env)
    assert result.returncode == 2
    assert says in result.stderr
    assert "what to do" in result.stderr
    assert "Traceback" not in result.stderr
    assert "word" not in result.stderr


def test_what_cannot_be_promoted_is_refused_before_spark_starts(
    run: CommandHere, tmp_path: Path
) -> None:
    mlflow_database(tmp_path / ".lakegloss" / "mlflow.db")
    for name, says in (("lakegloss_nothing", "there is no version"), ("other", "is not allowed")):
        result = run("promote", name, "3")
        assert result.returncode == 2
        assert says in result.stderr.lower()
        assert "starting Spark" not in result.stderr


def test_a_login_in_an_address_is_not_told(run: CommandHere) -> None:
    result = run("sql", "run", "SELECT 1", "--url", "http://ann:word@127.0.0.1:1/x")
    assert "No served model listens at http://127.0.0.1:1:" in result.stderr
    assert "word" not in result.stdout + result.stderr


def test_an_unknown_option_is_a_usage_error(run: CommandHere) -> None:
    result = run("plan", "--no-such-option")
    assert result.returncode == 2
    assert "No such option" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_settings_file_in_the_folder_is_named(run: CommandHere, tmp_path: Path) -> None:
    (tmp_path / "lakegloss.toml").write_text("policy = [", encoding="utf-8")
    result = run("settings")
    assert result.returncode == 2
    assert "lakegloss.toml" in result.stderr


def test_settings_lists_everything_but_the_key(run: CommandHere) -> None:
    result = run("settings", LAKEGLOSS_API_KEY="sk-very-secret")
    assert result.returncode == 0
    assert "policy = missing" in result.stdout
    assert "sk-very-secret" not in result.stdout + result.stderr


def test_hostile_text_in_an_error_cannot_reach_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise LakeglossError("bad \x1b[31m name [bold]", remedy="mend \u202eit")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    shown = capsys.readouterr().err
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown
    assert "[bold]" in shown, "markup of others is text"


@pytest.mark.parametrize(
    ("package", "extra"),
    [("pyspark", "local"), ("mlflow.pyfunc", "mlflow"), ("prometheus_client", "serve")],
)
def test_a_package_that_is_not_installed_is_told_with_the_extra_that_brings_it(
    package: str, extra: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert f"pip install 'lakegloss[{extra}]'" in capsys.readouterr().err


def test_a_module_of_our_own_that_is_missing_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ModuleNotFoundError("No module named 'lakegloss.x'", name="lakegloss.x")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(ModuleNotFoundError):
        cli.main()


def test_every_extra_that_is_named_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(cli.EXTRAS.values()) <= set(extras["project"]["optional-dependencies"])


def test_a_command_that_fails_ends_with_a_code(tmp_path: Path) -> None:
    """As a process of its own, as users start it: a failed check must fail a script."""
    result = subprocess.run(
        [sys.executable, "-m", "lakegloss.cli.main", "doctor", "--set", "nosuch=1"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "lib"), "HOME": str(tmp_path)},
        check=False,
        timeout=120,
    )
    assert result.returncode == 1
    assert "nosuch" in result.stdout


def test_an_interrupt_says_that_what_is_done_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupted)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
    assert "kept" in capsys.readouterr().err


def test_a_key_on_the_command_line_is_refused(run: CommandHere) -> None:
    result = run("settings", "--set", "api_key=sk-very-secret")
    assert result.returncode == 2
    assert "LAKEGLOSS_API_KEY" in result.stderr
    assert "sk-very-secret" not in result.stderr
