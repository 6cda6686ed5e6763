"""Defines `lakegloss sql`: SQL functions for analysts, over the served model."""

import csv
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from lakegloss.cli.console import note, out
from lakegloss.cli.options import (
    Config,
    EndpointUrl,
    Home,
    Model,
    Sets,
    Wait,
    opened,
    read_settings,
)
from lakegloss.core.text.terminal import safe, visible
from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.settings import Settings

sql = typer.Typer(help="SQL functions over the served model (docs/sql.md).", no_args_is_help=True)


@sql.command("print")
def print_functions(config: Config = None, home: Home = None, sets: Sets = None) -> None:
    """Print the statements that make the functions in Unity Catalog."""
    from lakegloss.lakehouse.sql.functions import (
        COLUMN_COMMENTS,
        FUNCTIONS,
        SqlTarget,
        example,
        render,
    )
    from lakegloss.lakehouse.sql.served_model import own_schema

    settings = read_settings(config, home, sets)
    target = SqlTarget(schema=own_schema(settings), endpoint=settings.served_model)
    for function in FUNCTIONS:
        _write(f"{render(function, target)};\n")
    shown = example(COLUMN_COMMENTS, target, "main.sales.%").replace("\n", "\n-- ")
    _write(f"-- A whole schema in one statement:\n-- {shown};")


def _write(text: str) -> None:
    out.print(visible(text, lines=True), soft_wrap=True, markup=False, highlight=False)


@sql.command()
def install(config: Config = None, home: Home = None, sets: Sets = None, wait: Wait = None) -> None:
    """Make the functions in lakegloss' schema, on Databricks."""
    from lakegloss.lakehouse.sql.served_model import install_functions

    settings = read_settings(config, home, sets, catalog_wait=wait)
    with opened(settings) as spark:
        for name in install_functions(spark, settings):
            out.print(safe(name))


@sql.command()
def run(
    query: Annotated[str, typer.Argument(help="A statement, over lakegloss_column_comments, ...")],
    url: Annotated[
        str | None,
        typer.Option(help="A served model: http://127.0.0.1:5000/invocations; else this process."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 100,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Whole values as CSV, for files and other programs.")
    ] = False,
    model: Model = None,
    endpoint: EndpointUrl = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Run a statement with the functions in a local session."""
    settings = read_settings(config, home, sets, catalog_wait=wait, model=model, endpoint=endpoint)
    with _answering(settings, url) as address, opened(settings) as spark:
        show_query(spark, settings, query, address, limit=limit, as_csv=as_csv)


@contextmanager
def _answering(settings: Settings, url: str | None) -> Iterator[str]:
    """Give the address of a model: the given one, or that of an endpoint in this process."""
    if url is not None:
        _require(url)
        yield url
        return
    from lakegloss.drafting.commenter import Commenter
    from lakegloss.lakehouse.describe.guidance_file import read_guidance
    from lakegloss.release.chosen import chosen_program
    from lakegloss.serving.model.local_endpoint import local_endpoint

    guidance = read_guidance(settings.guidance)
    chosen = chosen_program(settings)
    with (
        Commenter(
            chosen.settings, program=chosen.program, version=chosen.reference, guidance=guidance
        ) as writer,
        local_endpoint(writer) as address,
    ):
        yield address


def _require(url: str) -> None:
    """Check that something listens at a served model's address.

    Raises:
        SettingsError: it is not an address.
        EnvironmentNotReadyError: nothing does.
    """
    from lakegloss.release.servers import place_of, require_listener

    try:
        require_listener(url)
    except OSError as error:
        raise EnvironmentNotReadyError(
            f"No served model listens at {place_of(url)}: {error.strerror or error}.",
            remedy="Start it: mlflow models serve -m models:/NAME@champion --env-manager local.",
        ) from None


def show_query(
    spark: Any,
    settings: Settings,
    query: str,
    address: str,
    *,
    limit: int = 100,
    hint: bool = True,
    as_csv: bool = False,
) -> None:
    """Run a statement with the functions over a model at an address, and print its rows."""
    from rich.table import Table

    from lakegloss.lakehouse.sql.served_model import (
        install_functions,
        register_served_model,
        rows_of_query,
    )
    from lakegloss.serving.model.types import COMMENT_RESULT

    register_served_model(spark, address, COMMENT_RESULT)
    install_functions(spark, settings)
    columns, rows, more = rows_of_query(spark, query, limit)
    if not columns:
        note(f"{_verb(query)} is done; such a statement gives no rows")
        return
    if as_csv:
        lines = csv.writer(sys.stdout, lineterminator="\n")
        lines.writerow(columns)
        lines.writerows([visible(_text(value), lines=True) for value in row] for row in rows)
    else:
        shown = Table(*map(safe, columns), box=None)
        for row in rows:
            shown.add_row(*(safe(_text(value), 200) for value in row))
        out.print(shown)
    if not rows:
        note(_no_row(query))
    if more and hint:
        note(f"there are more than {limit} rows: --limit shows more")


def _verb(query: str) -> str:
    """The statement by its first word: CREATE, DROP, USE."""
    word = re.search(r"[A-Za-z]+", re.sub(r"--[^\n]*|/\*.*?\*/", " ", query, flags=re.DOTALL))
    return word.group().upper() if word else "the statement"


def _no_row(query: str) -> str:
    if "lakegloss_" not in query.lower():
        return "no row"
    return "no row: of tables that the inventory has not, nothing is known; describe them first"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
