"""Reads and writes review files of labels (CSV, TSV, XLSX); what it reads may hold anything."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lakegloss.core.labels.label_review import (
    LABEL_COLUMNS,
    LABEL_COLUMNS_NEEDED,
    OPEN_TO_PEOPLE,
    OpenLabel,
    label_cells,
)
from lakegloss.core.review.rows import FileLine
from lakegloss.errors import EnvironmentNotReadyError, ReviewFileError
from lakegloss.lakehouse.review.files import LONGEST_CELL, read_sheet, require_new_file

_HELP = "Import what `lakegloss label export` wrote; keep its first row."


def write_label_file(path: Path, items: Iterable[OpenLabel], *, overwrite: bool = False) -> int:
    """Write proposals in the format of the file's suffix; returns the number of rows.

    Raises:
        ReviewFileError: there is a file already, or it cannot be written.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    suffix = require_new_file(path, overwrite=overwrite)
    rows = [label_cells(item) for item in items]
    data = _workbook(rows) if suffix == ".xlsx" else _text(rows, suffix)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)  # in one go: volumes of Databricks take no random writes
    except OSError as error:
        raise ReviewFileError(
            f"{str(path)!r} cannot be written: {error.strerror}.", remedy="Give another --out."
        ) from None
    return len(rows)


def read_label_file(path: Path) -> tuple[str, list[tuple[int, dict[str, str]]]]:
    """What distinguishes a file, and its rows: numbers as a spreadsheet counts, cells by column.

    The order of the columns is free, and others may stand beside them.

    Raises:
        ReviewFileError: it cannot be read, or its columns are not those of a review of labels.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    sheet = read_sheet(path, lambda names: set(names) >= LABEL_COLUMNS_NEEDED)
    missing = LABEL_COLUMNS_NEEDED - set(sheet.names)
    if missing:
        raise ReviewFileError(
            f"{path.name!r} is no review of labels; missing: {', '.join(sorted(missing))}.",
            remedy=_HELP,
        )
    twice = {name for name in sheet.names if name in LABEL_COLUMNS and sheet.names.count(name) > 1}
    if twice:
        raise ReviewFileError(
            f"{path.name!r} has the column {min(twice)!r} twice.", remedy="Keep one of them."
        )
    return sheet.origin, [(line.number, _cells(line, path.name)) for line in sheet.lines]


def _cells(line: FileLine, file: str) -> dict[str, str]:
    """The cells of a row; what stands beside the columns is left out."""
    is_huge = any(len(cell) > LONGEST_CELL for cell in line.cells.values())
    if line.formulas & LABEL_COLUMNS_NEEDED or is_huge:
        raise ReviewFileError(
            f"{file!r}, row {line.number}: a cell holds a formula or is huge.",
            remedy="Restore the row from the export.",
        )
    return dict(line.cells)


def _text(rows: Iterable[Sequence[str]], suffix: str) -> bytes:
    out = io.StringIO(newline="")
    delimiter = "\t" if suffix == ".tsv" else ","
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(LABEL_COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")  # without the mark Excel assumes another encoding


def _workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of text cells, in which only decision and value are unlocked."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font, Protection
    except ImportError:
        raise EnvironmentNotReadyError(
            "Workbooks need openpyxl.", remedy="pip install 'lakegloss[review]', or export .csv."
        ) from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("labels")
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True  # without a password: it is against slips, import checks all

    def cell(text: str, *, bold: bool = False, is_open: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=text)
        made.data_type = "s"  # nothing in a cell is ever computed
        made.font = Font(bold=bold)
        made.protection = Protection(locked=not is_open)
        return made

    sheet.append([cell(name, bold=True) for name in LABEL_COLUMNS])
    for row in rows:
        sheet.append(
            [
                cell(text, is_open=name in OPEN_TO_PEOPLE)
                for name, text in zip(LABEL_COLUMNS, row, strict=True)
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
