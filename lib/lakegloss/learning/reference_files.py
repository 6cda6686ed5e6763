"""Reads references from files: lines of JSON, or CSV.

A line of JSON is one text, ``{"table": ..., "column": ..., "text": ...}``, or a whole table,
``{"table": ..., "columns": [{"name": ..., "type": ..., "description": ...}, ...]}``, where a column
may have the fields of a card (docs/sql.md): values then reach the model as the policy lets them.
A file of `lakegloss examples export` is read, too: its texts are called `expected`.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakegloss.core.evaluation.references import ReferenceText
from lakegloss.drafting.card_answers import card_of
from lakegloss.drafting.table_cards import TableCard
from lakegloss.errors import InputError

_MOST_BYTES = 200_000_000
_TEXTS = ("text", "description", "comment", "expected")
_EXPECTED = "expected"
_OF_COMMENTS = (None, "", "comment")
"""What `program` says of an example that is a comment; examples of other programs are left out."""
_REMEDY = "docs/learning.md shows the forms: lines of table, column, text; or described tables."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceData:
    """References from a file: texts, and for whole tables their cards, texts included."""

    name: str
    texts: tuple[ReferenceText, ...]
    cards: Mapping[str, TableCard]


def read_references(path: Path) -> ReferenceData:
    """Read a file of references; texts that are empty are left out.

    Raises:
        InputError: the file cannot be read, a line has another form, or nothing is in it.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} has more than {_MOST_BYTES:,} bytes.", remedy="Split it.")
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The data file {str(path)!r} cannot be read: {error}.", remedy="Correct its path."
        ) from None
    is_csv = path.suffix.lower() == ".csv"
    texts, cards = _from_csv(content, path) if is_csv else _from_lines(content, path)
    if not texts:
        raise InputError(f"{path} holds no reference text.", remedy=_REMEDY)
    return ReferenceData(name=path.name, texts=_once(texts, path), cards=cards)


def _once(texts: Sequence[ReferenceText], path: Path) -> tuple[ReferenceText, ...]:
    known: dict[Any, ReferenceText] = {}
    for item in texts:
        if known.setdefault(item.key, item).text != item.text:
            raise InputError(f"{path} has two texts of {item.key}.", remedy="Keep one of them.")
    return tuple(known.values())


def _from_csv(content: str, path: Path) -> tuple[list[ReferenceText], dict[str, TableCard]]:
    reader = csv.DictReader(content.splitlines(keepends=True))
    names = set(reader.fieldnames or ())
    if not ({"table", "column"} <= names and names & {"text", _EXPECTED}):
        raise InputError(f"{path} lacks one of the columns table, column, text.", remedy=_REMEDY)
    rows = [(number, row) for number, row in enumerate(reader, start=2)]
    return [t for number, row in rows for t in _text(row, f"{path}, line {number}")], {}


def _from_lines(content: str, path: Path) -> tuple[list[ReferenceText], dict[str, TableCard]]:
    texts: list[ReferenceText] = []
    cards: dict[str, TableCard] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{where}: no JSON.", remedy=_REMEDY) from None
        if not isinstance(row, dict):
            raise InputError(f"{where}: no JSON object.", remedy=_REMEDY)
        if "columns" in row:
            card = _card(row, where)
            cards[card.table] = card
            texts += _of_card(card, str(row.get("split") or ""))
        else:
            texts += _text(row, where)
    return texts, cards


def _text(row: Mapping[str, Any], where: str) -> Iterator[ReferenceText]:
    if _EXPECTED in row and row.get("program") not in _OF_COMMENTS:
        return
    text = next((row[name] for name in _TEXTS if row.get(name)), "")
    table, column = row.get("table"), row.get("column") or ""
    if not (isinstance(table, str) and table and isinstance(column, str) and isinstance(text, str)):
        raise InputError(f"{where}: table, column and text must be texts.", remedy=_REMEDY)
    if text.strip():
        yield ReferenceText(
            table=table,
            column=column,
            text=text.strip(),
            data_type=str(row.get("type") or ""),
            split=str(row.get("split") or ""),
        )


def _card(row: Mapping[str, Any], where: str) -> TableCard:
    """The card of a described table; columns of `all_columns` without a text are there, too."""
    columns, others = _columns(row["columns"], where), _columns(row.get("all_columns") or [], where)
    named = [column.get("name") for column in columns]
    every = [*columns, *(column for column in others if column.get("name") not in named)]
    card = {
        "table": row.get("table"),
        "comment": row.get("table_description") or _first_text(row),
        "rows": row.get("rows", row.get("n_rows")),
        "columns": [_column(column) for column in every],
    }
    try:
        return card_of(card)
    except InputError as error:
        raise InputError(f"{where}: {error.message}", remedy=_REMEDY) from None


def _columns(given: object, where: str) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(column, dict) for column in given):
        raise InputError(f"{where}: columns must be a list of objects.", remedy=_REMEDY)
    return given


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in column.items() if name not in _TEXTS}
    return {**known, "comment": _first_text(column)}


def _first_text(row: Mapping[str, Any]) -> str:
    return str(next((row[name] for name in _TEXTS if row.get(name)), ""))


def _of_card(card: TableCard, split: str) -> Iterator[ReferenceText]:
    pairs = [("", card.comment), *((column.name, column.comment) for column in card.columns)]
    for column, text in pairs:
        if text.strip():
            yield ReferenceText(table=card.table, column=column, text=text.strip(), split=split)
