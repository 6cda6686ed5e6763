"""Reads review and override files of dbxmetagen: rows name assets, but no proposal.

A review file has one row for each asset, with `column_name` "None" for the table. In an override
file, a blank or `*` stands for any catalog, schema or table that the session's catalog has.
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
    """A text for the assets that `pattern` and `column` select; column '' is the table itself."""

    line: int
    pattern: str
    column: str
    text: str


def foreign_rows(
    lines: Iterable[FileLine], shape: Shape
) -> tuple[list[ForeignRow], list[Conflict], int]:
    """Read the rows that hold a comment, the conflicts, and how many rows hold no comment."""
    rows: list[ForeignRow] = []
    conflicts: list[Conflict] = []
    without_comment = 0
    for line in lines:
        row = _read_row(line, shape)
        if row is None:
            without_comment += 1
        elif isinstance(row, Trouble):
            conflicts.append(Conflict(line=line.number, key=AssetKey(_name(line)), trouble=row))
        else:
            rows.append(row)
    return rows, conflicts, without_comment


def _read_row(line: FileLine, shape: Shape) -> ForeignRow | Trouble | None:
    if line.problem:
        return Trouble.UNREADABLE
    if line.formulas:
        return Trouble.FORMULA
    return _read_review(line) if shape is Shape.REVIEW else _read_override(line)


def _read_review(line: FileLine) -> ForeignRow | Trouble | None:
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
        return Trouble.UNREADABLE  # in a review file, each row names one asset
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


def _read_override(line: FileLine) -> ForeignRow | Trouble | None:
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
    """Join the parts of a name; any catalog, and the stand-in for its name, mean the session's."""
    is_session_catalog = len(parts) > 2 and parts[0].lower() in {"", _ANY, _TOKEN}
    return join_path(
        tuple(part.strip("`") for part in (parts[1:] if is_session_catalog else parts))
    )


def _name(line: FileLine) -> str:
    parts = (line.cells.get(name, "") for name in ("catalog", "schema", "table_name"))
    return from_cell(line.cells.get("table", "")) or ".".join(part for part in parts if part)


def expand(
    rows: Iterable[ForeignRow], tables: Mapping[str, Table], current: str
) -> tuple[list[ReviewRow], list[Conflict]]:
    """Make a row for each asset that a row selects; a row that selects none is a conflict.

    Args:
        tables: the tables that the patterns select, by name.
        current: the session's current catalog.
    """
    expanded: list[ReviewRow] = []
    conflicts: list[Conflict] = []
    for row in rows:
        keys = list(_keys(row, tables, current))
        expanded += [ReviewRow(line=row.line, key=key, text=row.text) for key in keys]
        if not keys:
            named = AssetKey(row.pattern, row.column)
            conflicts.append(Conflict(line=row.line, key=named, trouble=Trouble.GONE))
    return expanded, conflicts


def _keys(row: ForeignRow, tables: Mapping[str, Table], current: str) -> Iterator[AssetKey]:
    wanted = {row.column.lower(), join_path((row.column,)).lower()} if row.column else set()
    for name in sorted(matching(tables, canonical([row.pattern], current))):
        if not row.column:
            yield AssetKey(name)
        for column in tables[name].columns:
            if column.path.lower() in wanted:
                yield AssetKey(name, column.path)
