"""Writes dbxmetagen's files: a file of statements for each table, and one for review."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lakegloss.compat.dbxmetagen.artefacts.review_rows import COLUMNS_BY_MODE
from lakegloss.core.review.cells import to_cell
from lakegloss.errors import ReviewFileError
from lakegloss.lakehouse.review.workbook import sheet_bytes

_SUFFIXES = {"sql": ".sql", "tsv": ".tsv", "excel": ".xlsx"}
_ODD = re.compile(r"[^A-Za-z0-9_.-]+")
_VOLUMES = Path("/Volumes")
_LONGEST_NAME = 120
FileCells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPlace:
    """The folder of a user's files: a volume of the catalog, or a folder at home.

    Attributes:
        home: holds the files where there is no such volume.
    """

    catalog: str
    schema: str
    volume: str
    user: str
    home: Path

    @property
    def folder(self) -> Path:
        """The user's folder; in it, a folder for each day and `reviewed_outputs`."""
        schema = _VOLUMES / self.catalog / self.schema
        parts = (self.catalog, self.schema, self.volume, plain_name(self.user))
        base = _VOLUMES if schema.is_dir() else self.home / "volumes"
        return base.joinpath(*map(plain_name, parts))


def plain_name(name: str) -> str:
    """A name as the name of a file: nothing in it leads to another folder."""
    return _ODD.sub("_", name).strip("._")[:_LONGEST_NAME] or "_"


def write_output(
    place: OutputPlace,
    rows: Sequence[FileCells],
    *,
    mode: str,
    statements_as: str,
    review_as: str,
    now: datetime,
) -> list[Path]:
    """Write the files of a run; returns their paths, the one for review last.

    Args:
        statements_as: sql, tsv or excel; review_as: tsv or excel.

    Raises:
        ReviewFileError: a file cannot be written.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    if not rows:
        return []
    day = place.folder / f"{now:%Y%m%d}"
    by_table: defaultdict[str, list[FileCells]] = defaultdict(list)
    for row in rows:
        by_table[row["table"]].append(row)
    paths = [
        _write(
            day / f"{plain_name(table)}_{mode}{_SUFFIXES[statements_as]}",
            _statements(of_table, statements_as),
        )
        for table, of_table in by_table.items()
    ]
    name = f"review_metadata_{mode}_{now:%Y%m%d_%H%M%S}{_SUFFIXES[review_as]}"
    cells = [COLUMNS_BY_MODE[mode], *_cells(rows, COLUMNS_BY_MODE[mode])]
    return [*paths, _write(day / "exportable_run_logs" / name, _table(cells, review_as))]


def _statements(rows: Iterable[FileCells], kind: str) -> bytes:
    statements = [row["ddl"] for row in rows if row["ddl"]]
    if kind == "sql":
        return "".join(f"{statement}\n" for statement in statements).encode()
    return _table([("ddl",), *((to_cell(statement),) for statement in statements)], kind)


def _cells(rows: Iterable[FileCells], columns: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(to_cell(row.get(name, "")) for name in columns) for row in rows]


def _table(cells: Sequence[Sequence[str]], kind: str) -> bytes:
    if kind == "excel":
        return sheet_bytes(cells[0], cells[1:])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(cells)
    return out.getvalue().encode("utf-8")


def _write(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(data)  # in one go: volumes take no random writes
        part.replace(path)
    except OSError as error:
        raise ReviewFileError(
            f"{str(path)!r} cannot be written: {error.strerror}.",
            remedy="Check the rights on the volume, or set volume_name.",
        ) from None
    return path
