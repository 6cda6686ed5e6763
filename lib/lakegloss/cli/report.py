"""Defines the commands that show the present state of the lake: report, check, show, runs."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as Grid

from lakegloss.cli.console import err, money, number, out
from lakegloss.cli.options import Config, Exclude, Home, Patterns, ReportFile, Sets, Wait
from lakegloss.cli.options import opened_lake as _opened
from lakegloss.cli.options import read_settings as _settings
from lakegloss.core.text.terminal import safe

if TYPE_CHECKING:  # Spark takes seconds to import, and help does not need it
    from lakegloss.lakehouse.review.table_shown import AssetShown

AsJson = Annotated[bool, typer.Option("--json", help="Lines of JSON, for scripts.")]
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
            f"[yellow]comments of lakegloss no longer true: {len(found.wrong):,}[/yellow]; "
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
        err.print(f"[bold red]below {min_coverage:g} %[/bold red] (--min-coverage)")
    if found.unreadable:
        raise typer.Exit(2)
    if share < min_coverage:
        raise typer.Exit(1)


def show(
    table: Annotated[str, typer.Argument(help="The table: schema.table.")],
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Show a table: the comments now, the drafts, the labels, and what the data shows."""
    from lakegloss.lakehouse.labels.labels_shown import labels_shown
    from lakegloss.lakehouse.review.table_shown import show_table

    settings = _settings(config, home, sets, catalog_wait=wait)
    with _opened(settings) as spark:
        assets = show_table(spark, settings, table, values=settings.values)
        labels = labels_shown(spark, settings, assets[0].table) if assets else {}
    for asset in assets:
        own = labels.get(asset.column, [])
        if as_json:
            _print_json({**asdict(asset), "labels": own})
        else:
            _show_asset(asset)
            for line in own:
                out.print(f"  [magenta]{safe(line, 300)}[/magenta]", soft_wrap=True)


def _show_asset(asset: "AssetShown") -> None:
    kind = f"  [dim]{safe(asset.data_type, 80)}[/dim]" if asset.column else ""
    out.print(f"[bold]{safe(asset.column or asset.table)}[/bold]{kind}", soft_wrap=True)
    out.print(f"  {safe(asset.comment) or '[yellow]no comment[/yellow]'}", soft_wrap=True)
    if asset.wrong:
        out.print(f"  [yellow]no longer true[/yellow]: {safe(asset.wrong, 300)}", soft_wrap=True)
    about = ", ".join(safe(p) for p in (asset.source, asset.draft_status, asset.decided) if p)
    if asset.draft:
        out.print(f"  [cyan]draft[/cyan] ({about}): {safe(asset.draft)}", soft_wrap=True)
    if asset.reason:
        out.print(f"  [cyan]why it waits[/cyan]: {safe(asset.reason, 300)}", soft_wrap=True)
    if asset.evidence:
        out.print(f"  [dim]{safe(asset.evidence, 300)}[/dim]", soft_wrap=True)


def runs(
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """List the newest runs."""
    from lakegloss.lakehouse.ledgers.runs import newest_runs
    from lakegloss.lakehouse.session.session import has_lake

    settings = _settings(config, home, sets, catalog_wait=wait)
    rows = []
    if has_lake(settings):
        with _opened(settings) as spark:
            rows = newest_runs(spark, settings)
    if as_json:
        for row in rows:
            _print_json(unfolded(row))
    elif rows:
        out.print(_runs_table(rows), soft_wrap=True)
    else:
        out.print("There are no runs yet. Start with: lakegloss demo, or lakegloss plan SCHEMA.*")


def _runs_table(rows: "list[Mapping[str, Any]]") -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    for heading in ("run", "status", "command", "who", "what", "cost"):
        grid.add_column(heading, no_wrap=heading != "what", overflow="fold")
    for row in rows:
        cost = money(row["cost"]) if row["cost"] is not None else ""
        grid.add_row(
            safe(row["run_id"]), safe(row["status"]), safe(row["command"], 60),
            safe(row.get("who") or "", 40), _counts_in_words(row["counts"]), cost,
        )  # fmt: skip
    return grid


def _counts_in_words(counts: str) -> str:
    """`{"statements": 3}` as `3 statements`; what is 0 is left out."""
    try:
        found = json.loads(counts or "{}")
    except ValueError:
        return safe(counts, 100)
    named = found.items() if isinstance(found, dict) else ()
    return safe(", ".join(_counted(n, k.replace("_", " ")) for k, n in named if n), 200)


def unfolded(row: "Mapping[str, Any]") -> "dict[str, Any]":
    """A row of a ledger for a script: texts that hold an object of JSON become that object."""
    return {name: _object_in(value) for name, value in row.items()}


def _object_in(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith("{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _counted(count: int, what: str) -> str:
    one = what[:-1] if count == 1 and what.endswith("s") else what
    return f"{number(count)} {one}"


def _print_json(row: "dict[str, Any]") -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
