"""Defines the command that lists the words of names that lakegloss does not know."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table as View

from lakegloss.cli.console import out
from lakegloss.cli.options import (
    Config,
    Exclude,
    Home,
    Limit,
    Patterns,
    Sets,
    Wait,
    opened_lake,
    read_settings,
)
from lakegloss.core.text.terminal import safe
from lakegloss.errors import InputError

if TYPE_CHECKING:
    from lakegloss.core.words.meaning.unknown import Lines, UnknownWord
    from lakegloss.drafting.table_cards import TableCard

_FORM = "A card is {'table': 'sales.orders', 'columns': [{'name': 'whs', 'type': 'string'}]}."


def words(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    cards: Annotated[
        Path | None,
        typer.Option(
            "--cards", help="A card or a list of cards as JSON instead of the lake; - reads it."
        ),
    ] = None,
    limit: Limit = 40,
    as_json: Annotated[
        bool, typer.Option("--json", help="All words as lines of JSON, for scripts.")
    ] = False,
) -> None:
    """List words of names that lakegloss does not know, by how many columns hold them."""
    from lakegloss.core.words.meaning.unknown import unknown_words
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.lakehouse.survey.recorded import recorded_tables

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    lines = _glossary(settings.guidance)
    if cards:
        found = _in_cards(cards, lines)
    else:
        with opened_lake(settings) as spark:
            found = unknown_words(recorded_tables(Ledgers(spark, settings), patterns or []), lines)
    if as_json:
        for item in found:
            sys.stdout.write(json.dumps(_as_row(item)) + "\n")
        return
    if not found:
        out.print("lakegloss knows every word of these names")
        return
    out.print(_view(found[:limit]))
    if len(found) > limit:
        out.print(f"{len(found) - limit:,} more; --limit {len(found)} or --json shows them")
    first = safe(found[0].word)
    out.print(f"A line in the glossary (docs/guidance.md) explains one: [bold]{first}: ...[/bold]")


def _in_cards(file: Path, lines: "Lines") -> "list[UnknownWord]":
    from lakegloss.core.words.meaning.unknown import unknown_words
    from lakegloss.drafting.card_tasks import check_names
    from lakegloss.drafting.table_cards import evidence_of, table_of

    cards = [(table_of(card), evidence_of(card)) for card in _read_cards(file)]
    for table, _ in cards:
        check_names(table)
    return unknown_words(cards, lines)


def _read_cards(file: Path) -> "list[TableCard]":
    from pydantic import TypeAdapter, ValidationError

    from lakegloss.drafting.table_cards import TableCard
    from lakegloss.release.files import read_file

    text = sys.stdin.read() if str(file) == "-" else read_file(file, "cards")
    in_list = text if text.lstrip().startswith("[") else f"[{text}]"
    try:
        return TypeAdapter(list[TableCard]).validate_json(in_list)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(
            f"The cards cannot be read: {place}: {first['msg']}.", remedy=_FORM
        ) from None


def _glossary(path: Path | None) -> "Lines":
    from lakegloss.lakehouse.describe.guidance_file import read_guidance

    return read_guidance(path).matching


def _as_row(item: "UnknownWord") -> dict[str, object]:
    return {
        "word": item.word,
        "columns": item.columns,
        "tables": item.tables,
        "examples": item.examples,
    }


def _view(found: "Iterable[UnknownWord]") -> View:
    view = View("word", "columns", "tables", "such as")
    for item in found:
        view.add_row(
            safe(item.word),
            f"{item.columns:,}",
            f"{item.tables:,}",
            safe(", ".join(item.examples), 200),
        )
    return view
