"""Defines how people decide on labels: show, export, import, accept, reject."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakegloss.cli.console import MOST_LINES, note, number, out, plural, print_more
from lakegloss.cli.labels.label import LabelsFile, label
from lakegloss.cli.options import (
    Config,
    DryRun,
    Exclude,
    Home,
    Limit,
    Overwrite,
    Patterns,
    Sets,
    Wait,
    opened_lake,
    read_settings,
)
from lakegloss.core.records import Verdict
from lakegloss.core.text.terminal import safe

if TYPE_CHECKING:  # Spark takes seconds to import, and help does not need it
    from lakegloss.lakehouse.labels.label_reviewing import LabelsDecided

__all__ = ["label"]
TagIs = Annotated[str, typer.Option("--tag", help="Only this tag.")]
ValueIs = Annotated[str, typer.Option("--value", help="Only this value.")]
DecidedBy = Annotated[
    str | None, typer.Option("--by", help="Who decided; by default the session's user.")
]
AllOfThem = Annotated[bool, typer.Option("--all", help="All of them.")]


@label.command()
def show(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is ready.")] = False,
    limit: Limit = MOST_LINES,
) -> None:
    """List the labels that wait for a decision."""
    from lakegloss.lakehouse.labels.label_reviewing import open_labels

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    with opened_lake(settings) as spark:
        found = open_labels(spark, settings, patterns or (), everything=everything)
    for item in found[:limit]:
        known = item.known
        about = ", ".join(part for part in (known.source, known.status, known.reason) if part)
        out.print(
            f"[bold]{safe(str(item.key))}[/bold] {safe(known.decided_value)}  "
            f"[dim]{safe(about, 160)}[/dim]",
            soft_wrap=True,
        )
    print_more(found, limit)
    out.print(f"{number(len(found))} {'stand open' if everything else 'wait for a decision'}.")


@label.command()
def export(
    file: Annotated[Path, typer.Option("--out", help="A file .csv, .tsv or .xlsx.")],
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what waits.")] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write the labels that are not set yet into a file, for people to decide on."""
    from lakegloss.lakehouse.labels.label_reviewing import export_labels
    from lakegloss.lakehouse.review.files import require_new_file

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    require_new_file(file, overwrite=overwrite)
    with opened_lake(settings) as spark:
        rows = export_labels(
            spark, settings, file, patterns or (), everything=not waiting, overwrite=overwrite
        )
    out.print(f"{plural(rows, 'label')} in [bold]{safe(str(file))}[/bold]")
    note("Fill the columns decision (accept, edit, reject) and value, then: label import")


@label.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file of `label export`.")],
    labels: LabelsFile = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    by: DecidedBy = None,
) -> None:
    """Record the decisions of a file; rows in conflict are listed and left out."""
    from lakegloss.lakehouse.labels.label_files import read_label_file
    from lakegloss.lakehouse.labels.label_reviewing import import_labels
    from lakegloss.lakehouse.labels.scheme_file import read_scheme

    settings = read_settings(config, home, sets, label_file=labels, catalog_wait=wait)
    read_label_file(file)  # what is wrong with it is told before Spark starts
    scheme = read_scheme(settings.label_file)
    with opened_lake(settings) as spark:
        done = import_labels(spark, settings, file, scheme=scheme, decided_by=by, dry_run=dry_run)
    _show(done)
    out.print(f"untouched or recorded before: {number(done.untouched)}")
    if done.conflicts:
        out.print(f"[bold yellow]in conflict, not recorded ({number(len(done.conflicts))})[/]")
        for conflict in done.conflicts[:MOST_LINES]:
            told = f"  line {conflict.line}, {safe(conflict.asset, 80)}: {safe(conflict.reason)}"
            out.print(told, soft_wrap=True)
        print_more(done.conflicts)
        raise typer.Exit(1)


@label.command()
def accept(
    patterns: Patterns = None,
    tag: TagIs = "",
    value: ValueIs = "",
    everything: AllOfThem = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Those that a person or an undo rejected.")
    ] = False,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    by: DecidedBy = None,
) -> None:
    """Accept labels that wait, or rejected ones again; the next apply sets them."""
    from lakegloss.lakehouse.labels.label_reviewing import decide_labels

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    with opened_lake(settings) as spark:
        done = decide_labels(
            spark, settings, Verdict.ACCEPT, patterns or (), tag=tag, value=value,
            everything=everything, rejected=rejected, decided_by=by, dry_run=dry_run,
        )  # fmt: skip
    _show(done)


@label.command()
def reject(
    patterns: Patterns = None,
    tag: TagIs = "",
    value: ValueIs = "",
    everything: AllOfThem = False,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    by: DecidedBy = None,
) -> None:
    """Reject labels that are not set yet; they are not proposed again."""
    from lakegloss.lakehouse.labels.label_reviewing import decide_labels

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    with opened_lake(settings) as spark:
        done = decide_labels(
            spark, settings, Verdict.REJECT, patterns or (), tag=tag, value=value,
            everything=everything, decided_by=by, dry_run=dry_run,
        )  # fmt: skip
    _show(done)


def _show(done: "LabelsDecided") -> None:
    for ruling in done.rulings[:MOST_LINES]:
        value = f": {safe(ruling.value)}" if ruling.value else ""
        out.print(f"  {ruling.verdict:<6} {safe(str(ruling.key))}{value}", soft_wrap=True)
    print_more(done.rulings)
    verb = "would be recorded" if done.dry_run else "recorded"
    out.print(f"{number(len(done.rulings))} decisions {verb}.")
