"""Review and override files of dbxmetagen: rows that name assets, but no proposal.

A review file has one row an asset, with `column_name` "None" for the table. In an override file a
blank or `*` stands for any catalog, schema or table: of those that the session's catalog has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.names import join_path, split_path
from lakegloss.core.review.cells import from_cell
from lakegloss.core.review.merge import Conflict, Trouble
from lakegloss.core.review.rows import FileLine, ReviewRow, Shape
from lakegloss.core.selection import canonical, matching

_ANY = "*"
_THE_TABLE = "none"
_TOKEN = "__catalog_name__"  # noqa: S105 - dbxmetagen's stand-in for the catalog's name
_COMMENT_KINDS = {"comment", "description", "column_content"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRow:
    """A text for the assets that a pattern and a column's name select; '' is the table itself."""

    line: int
    pattern: str
    column: str
    text: str


def foreign_rows(
    lines: Iterable[FileLine], shape: Shape
) -> tuple[list[ForeignRow], list[Conflict], int]:
    """The rows that hold a comment, those that cannot be read, and how many hold none."""
    rows: list[ForeignRow] = []
    conflicts: list[Conflict] = []
    without = 0
    for line in lines:
        found = _row(line, shape)
        if found is None:
            without += 1
        elif isinstance(found, Trouble):
            conflicts.append(Conflict(line=line.number, key=AssetKey(_name(line)), trouble=found))
        else:
            rows.append(found)
    return rows, conflicts, without


def _row(line: FileLine, shape: Shape) -> ForeignRow | Trouble | None:
    if line.problem:
        return Trouble.UNREADABLE
    if line.formulas:
        return Trouble.FORMULA
    return _review(line) if shape is Shape.REVIEW else _override(line)


def _review(line: FileLine) -> ForeignRow | Trouble | None:
    text = _cell(line, "column_content")
    if not text:
        return None
    parts = [_cell(line, name) for name in ("catalog", "schema", "table_name")]
    if not (parts[1] and parts[2]):
        try:
            parts = list(split_path(_cell(line, "table")))
        except ValueError:
            return Trouble.UNREADABLE
    if any(mark in part for part in parts for mark in "*?"):
        return Trouble.UNREADABLE  # a review names one asset a row
    column = _cell(line, "column_name")
    of_table = column.lower() in {_THE_TABLE, ""}
    if of_table and _cell(line, "ddl_type").lower() == "column":
        return Trouble.NO_COLUMN
    return ForeignRow(
        line=line.number,
        pattern=_path(parts),
        column="" if of_table else column,
        text=text,
    )


def _override(line: FileLine) -> ForeignRow | Trouble | None:
    kind = _cell(line, "override_type").lower()
    text = _cell(line, "override_value" if kind else "comment")
    if not text or (kind and kind not in _COMMENT_KINDS):
        return None
    column = _cell(line, "column")
    if column in {"", _ANY}:
        return Trouble.NO_COLUMN
    parts = [_cell(line, name) or _ANY for name in ("catalog", "schema", "table")]
    return ForeignRow(
        line=line.number,
        pattern=_path(parts),
        column="" if column.lower() == _THE_TABLE else column,
        text=text,
    )


def _cell(line: FileLine, name: str) -> str:
    return from_cell(line.cells.get(name, "")).strip()


def _path(parts: list[str]) -> str:
    """Any catalog, and the stand-in for its name, are the session's own."""
    own = len(parts) > 2 and parts[0].lower() in {"", _ANY, _TOKEN}
    return join_path(tuple(part.strip("`") for part in (parts[1:] if own else parts)))


def _name(line: FileLine) -> str:
    parts = (line.cells.get(name, "") for name in ("catalog", "schema", "table_name"))
    return from_cell(line.cells.get("table", "")) or ".".join(part for part in parts if part)


def expand(
    rows: Iterable[ForeignRow], tables: Mapping[str, Table], current: str
) -> tuple[list[ReviewRow], list[Conflict]]:
    """The rows for each asset that they select; a row that selects nothing is a conflict.

    Args:
        tables: those that the patterns select, by name.
        current: the session's current catalog.
    """
    found: list[ReviewRow] = []
    conflicts: list[Conflict] = []
    for row in rows:
        keys = list(_keys(row, tables, current))
        found += [ReviewRow(line=row.line, key=key, text=row.text) for key in keys]
        if not keys:
            named = AssetKey(row.pattern, row.column)
            conflicts.append(Conflict(line=row.line, key=named, trouble=Trouble.GONE))
    return found, conflicts


def _keys(row: ForeignRow, tables: Mapping[str, Table], current: str) -> Iterator[AssetKey]:
    wanted = {row.column.lower(), join_path((row.column,)).lower()} if row.column else set()
    for name in sorted(matching(tables, canonical([row.pattern], current))):
        if not row.column:
            yield AssetKey(name)
        for column in tables[name].columns:
            if column.path.lower() in wanted:
                yield AssetKey(name, column.path)
