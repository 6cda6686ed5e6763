"""Writes a data dictionary as Markdown, and reads the descriptions that people changed in it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lakegloss.core.names import join_path, split_path
from lakegloss.core.text.terminal import visible

_SPECIAL = re.compile(r"[\\`*\[\]<>|~&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_AT_START = re.compile(r"(?=[#+=-])|(?<=^)(\d+)(?=[.)])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = "<br>"
_HEADING = re.compile(r"##\s+(.*?)\s*#*\s*")
_RULE = re.compile(r"[\s|:-]+")
_CELLS = re.compile(r"(?<!\\)((?:\\\\)*)\|")
COLUMNS = ("column", "type", "description", "key", "refers to")


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntry:
    """A table (column '') or column of a dictionary; line 0 where it was not read from a file."""

    table: str
    column: str
    text: str
    data_type: str = ""
    key: str = ""
    reference: str = ""
    line: int = 0


def to_markdown(text: str) -> str:
    """Write a text as Markdown that shows it as it is: no markup, no HTML, no table's border."""
    lines = [_SPECIAL.sub(r"\\\g<0>", visible(line)).strip() for line in text.split("\n")]
    joined = _BREAK.join(lines)
    if joined[:1] in {"#", "+", "=", "-"}:
        return "\\" + joined
    return re.sub(r"^(\d+)(?=[.)])", r"\1\\", joined)


def from_markdown(text: str) -> str:
    """Read what `to_markdown` wrote, or a person in its place."""
    lines = re.split(r"(?<!\\)<br\s*/?>", text, flags=re.IGNORECASE)
    return "\n".join(_ESCAPED.sub(r"\1", line).strip() for line in lines)


def dictionary_page(entries: Iterable[DictionaryEntry]) -> str:
    """Write a dictionary: a heading, the text and a table of columns for each table."""
    parts = ["# Data dictionary\n"]
    for entry in entries:
        if not entry.column:
            parts.append(f"\n## {to_markdown(entry.table)}\n\n{to_markdown(entry.text)}\n\n")
            parts.append(_row(COLUMNS) + _row(["---"] * len(COLUMNS)))
        else:
            cells = (entry.column, entry.data_type, entry.text, entry.key, entry.reference)
            parts.append(_row([to_markdown(cell) for cell in cells]))
    return "".join(parts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def read_dictionary(text: str) -> list[DictionaryEntry]:
    """Read the descriptions of a dictionary's tables and columns.

    Raises:
        ValueError: it has no heading of a table with a table of columns below.
    """
    entries = list(_entries(text))
    if not any(entry.column for entry in entries):
        raise ValueError("it has no `## table` with a table of columns below it")
    return entries


def _entries(text: str) -> Iterator[DictionaryEntry]:
    table, started, words, names = "", 0, list[str](), dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        heading = _HEADING.fullmatch(line)
        if heading or line.startswith("# "):
            if not names:
                yield from _of_table(table, words, started)
            table, words, names = _name(heading[1]) if heading else "", [], {}
            started = number
        elif table and line.lstrip().startswith("|"):
            cells = _cells(line)
            if not names:
                yield from _of_table(table, words, started)
                names = {cell.lower(): place for place, cell in enumerate(cells)}
            elif not _RULE.fullmatch(line) and {"column", "description"} <= names.keys():
                yield from _of_column(table, cells, names, number)
        elif table and line.strip() and not names:
            words.append(line.strip())
    if not names:
        yield from _of_table(table, words, started)


def _name(heading: str) -> str:
    name = from_markdown(heading)
    try:
        return join_path(split_path(name))
    except ValueError:
        raise ValueError(f"the heading {name[:60]!r} names no table") from None


def _of_table(table: str, words: Sequence[str], line: int) -> Iterator[DictionaryEntry]:
    if table:
        yield DictionaryEntry(
            table=table, column="", text=from_markdown(" ".join(words)), line=line
        )


def _of_column(
    table: str, cells: Sequence[str], names: dict[str, int], line: int
) -> Iterator[DictionaryEntry]:
    if max(names["column"], names["description"]) >= len(cells):
        raise ValueError(f"line {line} has fewer cells than its table has columns")
    if len(cells) > len(names):
        raise ValueError(f"line {line} has a | too many: write \\| for one in a text")
    column = from_markdown(cells[names["column"]])
    if column:
        text = from_markdown(cells[names["description"]])
        yield DictionaryEntry(table=table, column=column, text=text, line=line)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    cells, start = [], 0
    for border in _CELLS.finditer(inner):
        cells.append(inner[start : border.end() - 1].strip())
        start = border.end()
    rest = inner[start:].strip()
    return [*cells, rest] if rest else cells
