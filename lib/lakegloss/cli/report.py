"""Defines the commands that show the present state of the lake: report, check, runs."""

from typing import Annotated

import typer

from lakegloss.cli.console import (
    err,
    out,
)
from lakegloss.cli.options import Config, Exclude, Home, Patterns, ReportFile, Sets, Wait
from lakegloss.cli.options import opened_lake as _opened
from lakegloss.cli.options import read_settings as _settings
from lakegloss.core.text.terminal import safe

_MOST_WRONG = 20


def report(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    html: ReportFile = None,
) -> None:
    """Coverage, checks and cost: in the terminal, and as an HTML file with plots."""
    from lakegloss.lakehouse.report.report import render_terminal, require_place, write_report

    settings = _settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    path = html or settings.home / "report.html"
    require_place(path)
    with _opened(settings) as spark:
        data = write_report(spark, settings, path, patterns=patterns or ())
    out.print(render_terminal(data))
    out.print(f"The report with plots: [bold]{safe(str(path.absolute()))}[/bold]")


def check(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    min_coverage: Annotated[
        float, typer.Option("--min-coverage", min=0, max=100, help="Percent of assets.")
    ] = 100.0,
) -> None:
    """Fail where too few tables and columns have a comment (for CI)."""
    from lakegloss.lakehouse.report.check import measure_coverage

    settings = _settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    with _opened(settings) as spark:
        found = measure_coverage(spark, settings, patterns or ())
    share = 100 * found.share
    counted = f"{found.commented:,} of {found.assets:,} tables and columns have a comment"
    out.print(f"{counted}: {share:.1f} %" if found.assets else "no table could be counted")
    for name in found.worst:
        out.print(f"  {safe(name)}")
    if found.wrong:
        out.print(
            f"[yellow]{len(found.wrong):,} comments of lakegloss are no longer true[/yellow]: "
            "`lakegloss describe` drafts them again"
        )
    for name, reason in list(found.wrong.items())[:_MOST_WRONG]:
        out.print(f"  {safe(name)}: {safe(reason, 160)}")
    for name, reason in found.unreadable.items():
        out.print(f"  [yellow]{safe(name)} cannot be read: {safe(reason, 300)}[/yellow]")
    if found.unreadable:
        err.print(
            f"[bold red]{len(found.unreadable):,} tables cannot be read, and are not counted[/bold "
            "red]: mend them, or leave them out with --exclude"
        )
    if share < min_coverage:
        err.print(f"[bold red]below the {min_coverage:g} % that was asked for[/bold red]")
    if found.unreadable:
        raise typer.Exit(2)
    if share < min_coverage:
        raise typer.Exit(1)


def runs(config: Config = None, home: Home = None, sets: Sets = None, wait: Wait = None) -> None:
    """List the newest runs."""
    from lakegloss.lakehouse.ledgers.runs import newest_runs
    from lakegloss.lakehouse.session.session import has_lake

    settings = _settings(config, home, sets, catalog_wait=wait)
    rows = []
    if has_lake(settings):
        with _opened(settings) as spark:
            rows = newest_runs(spark, settings)
    for row in rows:
        what = f"{row['status']:<11} {safe(row['command'])}  {safe(row['counts'], 100)}"
        out.print(f"{row['run_id']}  {what}", soft_wrap=True)
    if not rows:
        out.print("There are no runs yet. Start with: lakegloss demo, or lakegloss plan SCHEMA.*")
