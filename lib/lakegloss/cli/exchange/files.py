"""Defines `lakegloss export` and `lakegloss import`: files of dbt, contracts, dictionaries."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakegloss.cli.console import MOST_LINES, note, number, out, print_more, show_import
from lakegloss.cli.options import (
    Config,
    DryRun,
    Exclude,
    Home,
    Overwrite,
    Patterns,
    Sets,
    Wait,
    opened_lake,
    read_settings,
)
from lakegloss.core.text.terminal import safe

if TYPE_CHECKING:  # Spark takes seconds to import, and help does not need it
    from lakegloss.lakehouse.exchange.exporting import ExportedFile

FileTables = Annotated[
    list[str] | None,
    typer.Option("--table", help="Tables that the file may mean, as patterns; more than once."),
]


def export(
    file: Annotated[
        Path, typer.Option("--out", help="A file .yml (dbt, a data contract), .md or .csv.")
    ],
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    form: Annotated[
        str, typer.Option("--format", help="dbt or odcs, for a new .yml; by default dbt.")
    ] = "",
    dry_run: DryRun = False,
    overwrite: Overwrite = False,
) -> None:
    """Write the catalog's comments into a file; a YAML file that is there keeps people's texts."""
    from lakegloss.lakehouse.exchange.exporting import export_comments, form_of, require_writable

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    form_of(file, form)
    require_writable(file, overwrite=overwrite or dry_run)
    with opened_lake(settings) as spark:
        done = export_comments(
            spark, settings, file, patterns or (), form=form, dry_run=dry_run, overwrite=overwrite
        )
    _show_export(done)


def import_(
    file: Annotated[
        Path,
        typer.Argument(help="A schema.yml of dbt, a data contract, or a dictionary (.md, .csv)."),
    ],
    tables: FileTables = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Whose texts they are; by default the user's.")
    ] = None,
) -> None:
    """Record a file's descriptions as texts of people; the next apply writes them."""
    from lakegloss.lakehouse.exchange.description_files import read_descriptions
    from lakegloss.lakehouse.review.review import import_comments

    settings = read_settings(config, home, sets, catalog_wait=wait)
    read_descriptions(file)  # what is wrong with it is told before Spark starts
    with opened_lake(settings) as spark:
        done = import_comments(spark, settings, file, tables or (), decided_by=by, dry_run=dry_run)
    show_import(done)
    if done.conflicts:
        raise typer.Exit(1)


def _show_export(done: "ExportedFile") -> None:
    would = "would be " if done.dry_run else ""
    if done.patched is None:
        out.print(
            f"{number(done.tables)} tables {would}written to [bold]{safe(str(done.path))}[/bold] "
            f"({safe(done.form.value)})"
        )
    else:
        for changed in done.difference.splitlines() if done.dry_run else ():
            out.print(safe(changed), soft_wrap=True)
        patched = done.patched
        out.print(
            f"[bold]{safe(str(done.path))}[/bold]: {number(patched.described)} descriptions "
            f"{would}set, {number(patched.added)} columns {would}added, {number(patched.kept)} "
            "texts of people kept"
        )
        for line, entry, why in patched.skipped[:MOST_LINES]:
            out.print(f"  line {line}, {safe(entry, 80)}: {safe(why)}", soft_wrap=True)
        print_more(patched.skipped)
    for name, why in done.unreadable[:MOST_LINES]:
        note(f"left out: {name}: {why}")
