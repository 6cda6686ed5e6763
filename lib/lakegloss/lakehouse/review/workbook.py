"""Writes workbooks in which only decision and text are unlocked, and reads them with distrust."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from lakegloss.core.review.rows import COLUMNS, DECISIONS, EDITABLE, MARKS
from lakegloss.core.text.causes import first_line
from lakegloss.errors import EnvironmentNotReadyError, ReviewFileError

SHEET = "review"
_MOST_ROWS = 1_048_575  # below the header
_LONGEST_CELL = 32_767
_MOST_PARTS = 2_000
_MOST_COLUMNS = 200
_RATIO = 200
_SMALL = 64 * 2**20
# The most unpacked bytes: sheets and strings are streamed, all else is held as a tree.
_LARGEST = {"xl/worksheets/": 2**30, "xl/sharedStrings.xml": 256 * 2**20, "": 16 * 2**20}
_WIDTHS = {
    "table": 28, "column": 24, "decision": 11, "text": 64, "comment": 36, "checks": 18,
    "reason": 24, "type": 16, "frequent": 36, "reference": 24, "decided": 22,
}  # fmt: skip
_WIDTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """Holds the cells of a row as text, and the places of cells with a formula or an error."""

    values: list[str]
    formulas: tuple[int, ...] = ()


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError:
        raise EnvironmentNotReadyError(
            "Workbooks (.xlsx) need the package openpyxl, which is not installed.",
            remedy="pip install 'lakegloss[review]', or use .csv or .tsv.",
        ) from None
    return openpyxl


def workbook_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Make a workbook of these rows, in which every cell is text.

    Raises:
        ReviewFileError: it has more rows, or a longer text, than a workbook holds.
        EnvironmentNotReadyError: openpyxl is not installed.
    """
    _refuse_large(rows)
    book = _openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    _lay_out(sheet, len(rows))
    style = _Styles(sheet)
    sheet.append([style.header(name) for name in COLUMNS])
    for row in rows:
        sheet.append([style.cell(n, value) for n, value in zip(COLUMNS, row, strict=True)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _refuse_large(rows: Sequence[Sequence[str]]) -> None:
    if len(rows) > _MOST_ROWS or any(len(cell) > _LONGEST_CELL for row in rows for cell in row):
        raise ReviewFileError(
            f"A workbook holds at most {_MOST_ROWS:,} rows and {_LONGEST_CELL:,} characters a "
            f"cell; this review has {len(rows):,} rows.",
            remedy="Export as .csv, or fewer tables at a time.",
        )


def sheet_bytes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Make a workbook of any columns, in which every cell is text.

    Raises:
        ReviewFileError: it has more rows, or a longer text, than a workbook holds.
        EnvironmentNotReadyError: openpyxl is not installed.
    """
    _refuse_large(rows)
    book = _openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    style = _Styles(sheet)
    sheet.append([style.header(name) for name in header])
    for row in rows:
        sheet.append([style.cell("text", value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lay_out(sheet: Any, rows: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "C2"
    letters = {name: get_column_letter(place) for place, name in enumerate(COLUMNS, start=1)}
    for name, letter in letters.items():
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, _WIDTH)
        sheet.column_dimensions[letter].hidden = name in MARKS
    sheet.auto_filter.ref = f"A1:{letters[COLUMNS[-1]]}{rows + 1}"
    protection = sheet.protection
    protection.sheet = True  # without a password: it is against slips, and import checks all
    protection.formatColumns = protection.formatRows = protection.autoFilter = False  # allowed
    choice = DataValidation(type="list", formula1=f'"{",".join(DECISIONS)}"', allow_blank=True)
    choice.showErrorMessage = choice.showInputMessage = True
    choice.errorTitle = choice.promptTitle = "decision"
    choice.error = "Choose accept, edit or reject, or leave the cell empty."
    choice.prompt = "accept the text, edit it beside, reject it; empty leaves it waiting"
    sheet.data_validations.append(choice)
    choice.add(f"{letters['decision']}2:{letters['decision']}{max(rows, 1) + 1}")


class _Styles:
    """Makes the cells: text by type, so that nothing in them is ever computed."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill, Protection

        self._sheet = sheet
        self._make = WriteOnlyCell
        header, locked, open_ = (WriteOnlyCell(sheet) for _ in range(3))
        for cell in (header, locked, open_):
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        header.font = Font(bold=True)
        header.fill = PatternFill("solid", fgColor="E7E6E6")
        open_.protection = Protection(locked=False)
        open_.fill = PatternFill("solid", fgColor="FFF9E5")
        open_.number_format = "@"  # what a person types into it is text, too
        self._header, self._locked, self._open = header, locked, open_

    def _text(self, value: str, like: Any) -> Any:
        cell: Any = self._make(self._sheet)
        cell.value = value
        cell.data_type = "s"
        # Setting each property of the style anew takes ten times as long as all the rest.
        cell._style = like._style  # noqa: SLF001
        return cell

    def header(self, name: str) -> Any:
        return self._text(name, self._header)

    def cell(self, name: str, value: str) -> Any:
        if name in EDITABLE:
            return self._text(value, self._open)
        return self._text(value, self._locked) if value else None


def rows_of_workbook(data: bytes, name: str) -> Iterator[RawRow]:
    """The rows of the sheet `review`, else of the first one.

    Raises:
        ReviewFileError: it is no workbook, or one that unpacks to far more than a review needs.
        EnvironmentNotReadyError: openpyxl is not installed.
    """
    openpyxl = _openpyxl()
    _refuse_bombs(data, name)
    with _reading(name):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not trusted
    return _rows(book, sheet, name)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn every failure of a broken workbook into one ReviewFileError."""
    try:
        with warnings.catch_warnings():  # openpyxl warns of styles that it does not know
            warnings.simplefilter("ignore")
            yield
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever it stumbles over
        raise _broken(name, error) from None


def _rows(book: Any, sheet: Any, name: str) -> Iterator[RawRow]:
    rows = sheet.iter_rows(max_row=_MOST_ROWS + 1, max_col=_MOST_COLUMNS)
    try:
        while True:
            with _reading(name):
                cells = next(rows, None)
                row = None if cells is None else _raw(cells)
            if row is None:
                return
            yield row
    finally:
        book.close()


def _raw(cells: Sequence[Any]) -> RawRow:
    return RawRow(
        values=["" if cell.value is None else _as_text(cell.value) for cell in cells],
        formulas=tuple(i for i, cell in enumerate(cells) if cell.data_type in {"f", "e"}),
    )


def _as_text(value: Any) -> str:
    from openpyxl.utils.escape import unescape

    if isinstance(value, str):
        return str(unescape(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():  # a day that was typed, to Excel
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def _refuse_bombs(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _broken(name, error) from None
    total = sum(part.file_size for part in parts)
    packed = len(parts) > _MOST_PARTS or (total > _SMALL and total > _RATIO * len(data))
    if packed or any(part.file_size > _limit(part.filename) for part in parts):
        raise ReviewFileError(
            f"{name!r} unpacks to {total >> 20:,} MB, more than a review needs.",
            remedy="If it is yours, save its one sheet as 'CSV UTF-8' and import that.",
        )


def _limit(part: str) -> int:
    return next(size for start, size in _LARGEST.items() if part.startswith(start))


def _broken(name: str, error: Exception) -> ReviewFileError:
    return ReviewFileError(
        f"{name!r} is not a workbook that can be read: {first_line(error)}",
        remedy="Save it as .xlsx without a password, or as 'CSV UTF-8'.",
    )
