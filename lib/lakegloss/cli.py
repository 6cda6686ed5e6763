"""The `lakegloss` command."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakegloss import __version__
from lakegloss.console import (
    REOPEN,
    apply_view,
    describe_view,
    err,
    note,
    out,
    plan_view,
    progress,
    show_error,
)
from lakegloss.core.text.terminal import safe
from lakegloss.demo_command import ReportFile, demo
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.options import Config, DryRun, Home, Patterns, Sets
from lakegloss.options import opened as _opened
from lakegloss.options import read_settings as _settings
from lakegloss.review_commands import review
from lakegloss.serve_commands import keys
from lakegloss.serve_commands import serve as serve_api
from lakegloss.settings import Settings
from lakegloss.sql_commands import sql
from lakegloss.version_commands import comment, promote, register, rollback, versions

if TYPE_CHECKING:
    from lakegloss.release.chosen import Chosen

STOPPED = 3
INTERRUPTED = 130

app = typer.Typer(
    name="lakegloss",
    help="Write, check, apply and report the comments of Delta tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
lm = typer.Typer(help="A small model on this machine, for trying things.", no_args_is_help=True)
app.add_typer(lm, name="lm")
app.add_typer(review, name="review")
app.add_typer(keys, name="keys")
app.add_typer(sql, name="sql")
app.command("serve")(serve_api)

Policy = Annotated[str | None, typer.Option(help="missing, thin, stale or all.")]
Style = Annotated[str | None, typer.Option(help="concise, standard or detailed.")]
Model = Annotated[str | None, typer.Option(help="Model name; without one, the built-in rules.")]
EndpointUrl = Annotated[
    str | None, typer.Option("--endpoint", help="Base URL of an OpenAI-compatible API.")
]
Inherit = Annotated[
    bool | None,
    typer.Option("--inherit/--no-inherit", help="Describe columns that repeat once (the default)."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")]


app.command()(demo)


@app.command()
def plan(
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    policy: Policy = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
    style: Style = None,
    inherit: Inherit = None,
) -> None:
    """Show what a describe would do and cost; makes no call and no statement."""
    from lakegloss.lakehouse.describe.planning import make_plan
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.release.chosen import chosen_program

    settings = _settings(
        config, home, sets, policy=policy, model=model, endpoint=endpoint, style=style,
        inherit=inherit,
    )  # fmt: skip
    chosen = chosen_program(settings)
    with _opened(settings) as spark, progress() as tell:
        found = make_plan(
            Ledgers(spark, chosen.settings), chosen.settings, patterns or (),
            program=chosen.program, progress=tell,
        )  # fmt: skip
    out.print(plan_view(found, model=settings.model))


@app.command()
def describe(
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    policy: Policy = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
    style: Style = None,
    inherit: Inherit = None,
    yes: Yes = False,
    apply: Annotated[bool, typer.Option("--apply", help="Also apply what is ready.")] = False,
) -> None:
    """Draft the comments that are missing, as proposals."""
    from lakegloss.lakehouse.apply.apply import apply as write
    from lakegloss.lakehouse.describe.describe import describe as draft
    from lakegloss.release.chosen import chosen_program

    settings = _settings(
        config, home, sets, policy=policy, model=model, endpoint=endpoint, style=style,
        inherit=inherit,
    )  # fmt: skip
    chosen = chosen_program(settings)  # once, before anything is planned or asked
    settings = chosen.settings
    with _opened(settings) as spark:
        if settings.model and not yes and not _agreed(spark, chosen, patterns or []):
            raise typer.Exit(1)
        with progress() as tell:
            drafted = draft(spark, settings, patterns or (), program=chosen.program, progress=tell)
        out.print(describe_view(drafted))
        if apply:
            with progress() as tell:
                written = write(spark, settings, patterns or (), progress=tell)
            out.print(apply_view(written))
            if written.failed:
                raise typer.Exit(1)
        elif drafted.ready:
            out.print("Next: [bold]lakegloss apply --dry-run[/bold], then lakegloss apply")
        if drafted.not_asked:
            raise typer.Exit(STOPPED)


def _agreed(spark: Any, chosen: "Chosen", patterns: list[str]) -> bool:
    """Show the plan before money is spent; where somebody sits there, ask."""
    from lakegloss.lakehouse.describe.planning import make_plan
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers

    settings = chosen.settings
    with progress() as tell:
        found = make_plan(
            Ledgers(spark, settings), settings, patterns, program=chosen.program, progress=tell
        )
    out.print(plan_view(found, model=settings.model))
    if not found.requests or not sys.stdin.isatty():
        return True
    return typer.confirm("Go on?", default=True)


@app.command()
def apply(
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    dry_run: DryRun = False,
    overwrite_human: Annotated[
        bool | None, typer.Option("--overwrite-human", help="Also replace text that people wrote.")
    ] = None,
) -> None:
    """Write the proposals that are ready into the catalog."""
    from lakegloss.lakehouse.apply.apply import apply as write

    settings = _settings(config, home, sets, overwrite_human=overwrite_human or None)
    with _opened(settings) as spark, progress() as tell:
        summary = write(spark, settings, patterns or (), dry_run=dry_run, progress=tell)
    out.print(apply_view(summary))
    if not (summary.run_id or summary.stages or summary.waiting or summary.skipped):
        out.print("Nothing is ready to be applied; [bold]lakegloss describe[/bold] drafts first.")
    if summary.run_id:
        out.print(f"Undo: [bold]lakegloss undo {summary.run_id}[/bold]")
    if summary.failed:
        raise typer.Exit(1)


@app.command()
def undo(
    run: Annotated[str, typer.Argument(help="The run that applied (see `lakegloss runs`).")],
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    dry_run: DryRun = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the proposals ready to be applied again.")
    ] = False,
) -> None:
    """Restore the comments as they were before a run, where nobody changed them since."""
    from lakegloss.lakehouse.apply.undo import undo as restore

    settings = _settings(config, home, sets)
    with _opened(settings) as spark, progress() as tell:
        summary = restore(spark, settings, run, dry_run=dry_run, keep_proposals=keep, progress=tell)
    out.print(apply_view(summary, done="restored"))
    if summary.applied and not keep:
        out.print(
            f"Their proposals count as rejected now. To take them up again: [bold]{REOPEN}[/bold]; "
            "undo with --keep leaves them ready.",
            soft_wrap=True,
        )
    if summary.failed:
        raise typer.Exit(1)


@app.command()
def report(
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    html: ReportFile = None,
) -> None:
    """Coverage, checks and cost: in the terminal, and as an HTML file with plots."""
    from lakegloss.lakehouse.report.report import render_terminal, write_report

    settings = _settings(config, home, sets)
    path = html or settings.home / "report.html"
    with _opened(settings) as spark:
        data = write_report(spark, settings, path, patterns=patterns or ())
    out.print(render_terminal(data))
    out.print(f"The report with plots: [bold]{safe(str(path.absolute()))}[/bold]")


@app.command()
def check(
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    min_coverage: Annotated[
        float, typer.Option("--min-coverage", min=0, max=100, help="Percent of assets.")
    ] = 100.0,
) -> None:
    """Fail where too few tables and columns have a comment (for CI)."""
    from lakegloss.lakehouse.report.check import measure_coverage

    settings = _settings(config, home, sets)
    with _opened(settings) as spark:
        found = measure_coverage(spark, settings, patterns or ())
    share = 100 * found.share
    out.print(
        f"{found.commented:,} of {found.assets:,} tables and columns have a comment: {share:.1f} %"
    )
    for name in found.worst:
        out.print(f"  {safe(name)}")
    if share < min_coverage:
        err.print(f"[bold red]below the {min_coverage:g} % that was asked for[/bold red]")
        raise typer.Exit(1)


@app.command()
def runs(config: Config = None, home: Home = None, sets: Sets = None) -> None:
    """List the newest runs."""
    from lakegloss.lakehouse.ledgers.runs import newest_runs

    settings = _settings(config, home, sets)
    with _opened(settings) as spark:
        rows = newest_runs(spark, settings)
    for row in rows:
        what = f"{row['status']:<11} {safe(row['command'])}  {safe(row['counts'], 100)}"
        out.print(f"{row['run_id']}  {what}", soft_wrap=True)
    if not rows:
        out.print("There are no runs yet. Start with: lakegloss demo, or lakegloss plan SCHEMA.*")


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


@lm.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 finds a free one.")] = 8080,
    threads: Annotated[int, typer.Option(min=0, max=256, help="0 takes half of the cores.")] = 0,
    context: Annotated[
        int, typer.Option(min=2048, max=131_072, help="Tokens of a request and its answer.")
    ] = 8192,
    weights: Annotated[
        Path | None, typer.Option(help="Another model: a GGUF file of an instruction model.")
    ] = None,
) -> None:
    """Serve a small model on this machine, OpenAI-compatible, until Ctrl-C."""
    from lakegloss.engine.local_lm import local_model, settings_for
    from lakegloss.engine.local_lm import serve as run_server

    model = local_model(weights, port=port, threads=threads, context=context)

    def ready(address: str) -> None:
        note("It is for trying things: its comments are weak (docs/local-model.md).")
        note("In another terminal:")
        for name, value in settings_for(model, address).items():
            out.print(f"export {name}={safe(value)}", soft_wrap=True)
        note("Ctrl-C ends it.")

    run_server(model, ready)


@app.command()
def version() -> None:
    """The version of lakegloss."""
    out.print(__version__)


for command in (comment, register, versions, promote, rollback):
    app.command()(command)


def main() -> None:
    """Run a command; errors that lakegloss raises on purpose end it with what to do next."""
    # MLflow tells at its import how it makes its tables, in the middle of what a command says.
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
    # Without standalone mode click gives the code of an exit back instead of raising it.
    if isinstance(code, int) and code:
        sys.exit(code)


def _usage_or_raise(error: Exception) -> None:
    """A wrong option is the user's to mend; everything else is a defect and keeps its stack."""
    show = getattr(error, "show", None)
    if show is None:
        raise error
    show()
    sys.exit(getattr(error, "exit_code", 2))


if __name__ == "__main__":
    main()
