"""Defines `lakegloss review`: writes proposals to files for people, and reads their decisions."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakegloss.cli.console import MOST_LINES, note, number, out, print_more, show_import
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
from lakegloss.core.review.merge import ProposalNow
from lakegloss.core.text.terminal import safe

if TYPE_CHECKING:  # Spark takes seconds to import, and help does not need it
    from lakegloss.lakehouse.review.reading import Which
    from lakegloss.lakehouse.review.review import DecideSummary

review = typer.Typer(
    help="Show, export, import and decide on what was proposed.", no_args_is_help=True
)

SourceIs = Annotated[
    str, typer.Option("--source", help="Only from: model, rules, inherited or human.")
]
CheckIs = Annotated[
    str, typer.Option("--check", help="Only what failed this check; none: what passed all.")
]
TextHas = Annotated[str, typer.Option("--text", help="Only texts with this regular expression.")]
By = Annotated[str | None, typer.Option("--by", help="Who decided; by default the session's user.")]


def _which(source: str, check: str, text: str) -> "Which":
    """What is selected.

    Raises:
        SettingsError: a value cannot be used.
    """
    from lakegloss.lakehouse.review.reading import Which

    which = Which(source=source, check=check, text=text)
    which.test()
    return which


@review.command()
def show(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    source: SourceIs = "",
    check: CheckIs = "",
    text: TextHas = "",
    limit: Limit = MOST_LINES,
) -> None:
    """List what is not decided: first what waits for a person, then what apply would write."""
    from lakegloss.lakehouse.review.review import waiting

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    which = _which(source, check, text)
    with opened_lake(settings) as spark:
        found = waiting(spark, settings, patterns or (), which=which)
    waits, ready, failed = _by_status(found)
    _list_proposals([*waits, *ready, *failed], limit)
    out.print(_standing_of(len(waits), len(ready), len(failed)), soft_wrap=True)


@review.command()
def export(
    file: Annotated[Path, typer.Option("--out", help="A file .csv, .tsv or .xlsx.")],
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    source: SourceIs = "",
    check: CheckIs = "",
    text: TextHas = "",
    everything: Annotated[bool, typer.Option("--all", help="Also what is decided.")] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write what waits for a decision into a file, with what the data shows beside it."""
    from lakegloss.lakehouse.review.files import require_new_file
    from lakegloss.lakehouse.review.review import export_review

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    which = _which(source, check, text)
    require_new_file(file, overwrite=overwrite)
    with opened_lake(settings) as spark:
        done = export_review(
            spark, settings, file, patterns or (), which=which, everything=everything,
            overwrite=overwrite,
        )  # fmt: skip
    out.print(f"{number(done.rows)} proposals in [bold]{safe(str(done.path))}[/bold]")
    if done.gone:
        out.print(f"left out: {number(len(done.gone))} whose table or column is not there any more")
    note(
        "Fill the columns decision (accept, edit, reject) and text, then: "
        f"lakegloss review import {shlex.quote(str(done.path))}"
    )


@review.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file of `review export`, or of dbxmetagen.")],
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Record the decisions of a file; rows in conflict are listed and left out."""
    from lakegloss.lakehouse.review.files import read_review
    from lakegloss.lakehouse.review.review import import_review

    settings = read_settings(config, home, sets, catalog_wait=wait)
    read_review(file)  # what is wrong with it is told before Spark starts
    with opened_lake(settings) as spark:
        done = import_review(spark, settings, file, decided_by=by, dry_run=dry_run)
    show_import(done)
    if done.rulings and not dry_run:
        note("Next: lakegloss apply writes them; lakegloss examples collect makes examples of them")
    if done.conflicts:
        raise typer.Exit(1)


@review.command()
def accept(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    source: SourceIs = "",
    check: CheckIs = "",
    text: TextHas = "",
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Those that a person or an undo rejected.")
    ] = False,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Accept proposals that wait, or rejected ones again; the next apply writes them."""
    from lakegloss.core.records import Verdict
    from lakegloss.lakehouse.review.review import accept as decide
    from lakegloss.lakehouse.review.review import require_selection

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    which = _which(source, check, text)
    require_selection(Verdict.ACCEPT, patterns, which, everything=everything)
    with opened_lake(settings) as spark:
        done = decide(
            spark, settings, patterns or (), which=which, everything=everything,
            rejected=rejected, decided_by=by, dry_run=dry_run,
        )  # fmt: skip
    _show_decided(done)


@review.command()
def reject(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    source: SourceIs = "",
    check: CheckIs = "",
    text: TextHas = "",
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Reject proposals that wait; they are not applied and not proposed again."""
    from lakegloss.core.records import Verdict
    from lakegloss.lakehouse.review.review import reject as decide
    from lakegloss.lakehouse.review.review import require_selection

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    which = _which(source, check, text)
    require_selection(Verdict.REJECT, patterns, which, everything=everything)
    with opened_lake(settings) as spark:
        done = decide(
            spark, settings, patterns or (), which=which, everything=everything, decided_by=by,
            dry_run=dry_run,
        )  # fmt: skip
    _show_decided(done)


def _by_status(found: Sequence[ProposalNow]) -> tuple[list[ProposalNow], ...]:
    """Those that wait for a person, those that are ready, and those without a text."""
    from lakegloss.core.records import ProposalStatus

    order = (ProposalStatus.NEEDS_REVIEW, ProposalStatus.READY, ProposalStatus.FAILED)
    return tuple([item for item in found if item.status == status] for status in order)


def _standing_of(waits: int, ready: int, failed: int) -> str:
    """Say what becomes of proposals on which nobody has decided."""
    parts = [
        f"{number(waits)} wait for a decision" if waits else "Nothing waits for a decision",
        f"{number(ready)} are ready: apply writes them unless they are rejected" if ready else "",
        f"{number(failed)} have no text" if failed else "",
    ]
    return "; ".join(part for part in parts if part) + "."


def _list_proposals(found: Sequence[ProposalNow], limit: int = MOST_LINES) -> None:
    for item in found[:limit]:
        about = ", ".join(part for part in (item.source, item.status, *item.checks) if part)
        said = safe(item.words, 160) if item.words else f"[dim]{safe(item.reason, 160)}[/dim]"
        out.print(f"[bold]{safe(str(item.key))}[/bold]  [dim]{safe(about)}[/dim]", soft_wrap=True)
        out.print(f"  {said}", soft_wrap=True)
    print_more(found, limit)


def _show_decided(done: "DecideSummary") -> None:
    _list_proposals(done.proposals)
    would = "would be " if done.dry_run else ""
    out.print(f"{number(len(done.proposals))} {would}{safe(done.verdict)}ed.")
    if done.textless:
        _list_proposals(done.textless)
        out.print(f"{number(len(done.textless))} left as they are: no text of theirs passed.")
        if done.verdict == "accept":
            note("Give them a text in a file: lakegloss review export")
