"""Defines the `lakegloss` command: lists its commands and turns errors into exit codes."""

import os
import sys

import typer

from lakegloss import __version__
from lakegloss.cli.console import (
    err,
    out,
    show_error,
)
from lakegloss.cli.demo import demo
from lakegloss.cli.describe import apply, describe, plan, undo
from lakegloss.cli.evaluate import evaluate
from lakegloss.cli.examples import examples
from lakegloss.cli.learning.optimize import optimize
from lakegloss.cli.learning.production import production
from lakegloss.cli.lm import lm
from lakegloss.cli.options import Config, Home, Sets
from lakegloss.cli.options import read_settings as _settings
from lakegloss.cli.report import check, report, runs
from lakegloss.cli.review import review
from lakegloss.cli.serve import keys
from lakegloss.cli.serve import serve as serve_api
from lakegloss.cli.sql import sql
from lakegloss.cli.versions import comment, promote, register, rollback, versions
from lakegloss.core.text.terminal import safe
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.settings import Settings

INTERRUPTED = 130

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
app.command("serve")(serve_api)

for command in (demo, plan, describe, apply, undo, report, check, runs):
    app.command()(command)


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


for later in (comment, evaluate, optimize, production, register, versions, promote, rollback):
    app.command()(later)


def main() -> None:
    """Run a command; errors that lakegloss raises on purpose end it with what to do next."""
    # Else MLflow logs at its import how it makes its tables, amid the output of a command.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    try:
        code = app(standalone_mode=False)
    except LakeglossError as error:
        show_error(error)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the boundary: usage errors are shown, others raised
        _usage_or_raise(error)
        return
    if code == INTERRUPTED:
        err.print("\nInterrupted. What is done is kept: the same command goes on from here.")
    # Without standalone mode click returns the exit code instead of raising it.
    if isinstance(code, int) and code:
        sys.exit(code)


def _usage_or_raise(error: Exception) -> None:
    """Show an error of usage, such as a wrong option; raise any other, which is a defect."""
    show = getattr(error, "show", None)
    if show is None:
        raise error
    show()
    sys.exit(getattr(error, "exit_code", 2))


if __name__ == "__main__":
    main()
