"""Defines `lakegloss adopt`: makes tables of the catalog for folders of Delta tables."""

from typing import Annotated

import typer

from lakegloss.cli.console import err, number, out
from lakegloss.cli.options import Config, DryRun, Home, Sets, Wait, opened, read_settings
from lakegloss.core.text.terminal import safe


def adopt(
    folders: Annotated[
        list[str],
        typer.Argument(
            help="Folders with Delta tables at any depth, or an address; SCHEMA=FOLDER names the "
            "schema of each."
        ),
    ],
    schema: Annotated[
        str, typer.Option("--schema", help="Schema of the tables of folders that name none.")
    ] = "adopted",
    dry_run: DryRun = False,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Bring folders of Delta tables into the catalog; nothing is copied or moved."""
    from lakegloss.lakehouse.survey.adopting import ADDED, REFUSED, by_schema
    from lakegloss.lakehouse.survey.adopting import adopt as adopt_folders

    settings = read_settings(config, home, sets, catalog_wait=wait)
    with opened(settings) as spark:
        of_schema = by_schema(folders, schema)
        found = [
            item
            for name, some in of_schema.items()
            for item in adopt_folders(spark, some, schema=name, dry_run=dry_run)
        ]
    for item in found:
        status = "would be added" if dry_run and item.status == ADDED else item.status
        line = f"{status:<8} [bold]{safe(item.table)}[/bold]  [dim]{safe(item.folder)}[/dim]"
        out.print(line, soft_wrap=True)
        if item.reason:
            out.print(f"         [yellow]{safe(item.reason, 300)}[/yellow]", soft_wrap=True)
    refused = [item for item in found if item.status == REFUSED]
    if len(found) > len(refused):
        if dry_run:
            out.print("[dim]nothing was changed (dry run)[/dim]")
        else:
            patterns = " ".join(f"'{safe(name)}.*'" for name in of_schema)
            out.print(f"Next: lakegloss plan {patterns}")
    if refused:
        err.print(f"[bold red]{number(len(refused))} folders were not brought in[/bold red]")
        raise typer.Exit(1)
