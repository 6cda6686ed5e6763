"""Reads and writes review files of labels (CSV, TSV, XLSX); what it reads may hold anything."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lakegloss.core.labels.label_review import (
    LABEL_COLUMNS,
    LABEL_COLUMNS_NEEDED,
    OPEN_TO_PEOPLE,
    OpenLabel,
    label_cells,
)
from lakegloss.errors import EnvironmentNotReadyError, ReviewFileError
from lakegloss.lakehouse.review.files import LARGEST_FILE, LONGEST_CELL, require_new_file
from lakegloss.lakehouse.review.workbook import RawRow, rows_of_workbook

_DELIMITERS = (",", "\t", ";")
_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
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

    Raises:
        ReviewFileError: it cannot be read, or its columns are not those of a review of labels.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    data = _bytes(path)
    if path.suffix.lower() == ".xlsx":
        rows: Iterator[RawRow] = rows_of_workbook(data, path.name)
    else:
        rows = _text_rows(_decoded(data, path.name), path.name)
    names = [name.strip().strip("\ufeff").lower() for name in next(rows, RawRow(values=[])).values]
    missing = LABEL_COLUMNS_NEEDED - set(names)
    if missing:
        raise ReviewFileError(
            f"{path.name!r} is no review of labels; missing: {', '.join(sorted(missing))}.",
            remedy=_HELP,
        )
    mark = hashlib.sha256(data).hexdigest()[:12]
    return f"{path.name}#{mark}", list(_cells(names, rows, path.name))


def _cells(
    names: Sequence[str], rows: Iterable[RawRow], file: str
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in enumerate(rows, start=2):
        if not any(row.values):
            continue
        cells = dict(zip(names, row.values, strict=False))
        formulas = {names[place] for place in row.formulas if place < len(names)}
        if formulas & LABEL_COLUMNS_NEEDED or any(len(c) > LONGEST_CELL for c in cells.values()):
            raise ReviewFileError(
                f"{file!r}, row {number}: a cell holds a formula or is huge.",
                remedy="Restore the row from the export.",
            )
        yield number, cells


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ReviewFileError(f"{path.name!r} is too large.", remedy="Split it.")
        return path.read_bytes()
    except OSError as error:
        raise ReviewFileError(
            f"{str(path)!r} cannot be read: {error.strerror}.", remedy="Check its path and rights."
        ) from None


def _decoded(data: bytes, name: str) -> str:
    encoding = next((kind for mark, kind in _ENCODINGS if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ReviewFileError(
            f"{name!r} is not {encoding} text.", remedy="Save it as 'CSV UTF-8', or as .xlsx."
        ) from None


def _text_rows(text: str, name: str) -> Iterator[RawRow]:
    head = text.splitlines()[0] if text else ""
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        for values in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield RawRow(values=values)
    except csv.Error as error:
        raise ReviewFileError(f"{name!r} cannot be read: {error}.", remedy=_HELP) from None


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
