"""Reads and writes review files (CSV, TSV, XLSX); what it reads may hold anything."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakegloss.core.review.rows import COLUMNS, FileLine, Item, Shape, cells_of, missing_columns
from lakegloss.core.review.rows import shape_of_header as shape_of
from lakegloss.errors import ReviewFileError
from lakegloss.lakehouse.review.workbook import RawRow, rows_of_workbook, workbook_bytes

LONGEST_CELL = 131_072
LARGEST_FILE = 256 * 2**20
_DELIMITERS = {".csv": (",", ";", "\t"), ".tsv": ("\t", ",", ";")}
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SUFFIXES = ".csv, .tsv or .xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFile:
    """Holds an opened review file; `origin` distinguishes it from others of the same name."""

    shape: Shape
    origin: str
    lines: Iterator[FileLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFile:
    """Holds an opened table of cells: the names of its columns in lower case, and its rows."""

    names: tuple[str, ...]
    origin: str
    lines: Iterator[FileLine]


def read_review(path: Path) -> ReviewFile:
    """Open a review file.

    Raises:
        ReviewFileError: it cannot be read, or its columns are not those of a review file; also
            while its lines are read.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    sheet = read_sheet(path, lambda names: shape_of(names) is not None)
    shape = shape_of(sheet.names)
    if shape is None:
        raise ReviewFileError(
            f"{path.name!r} has no columns of a review file; missing: "
            f"{', '.join(missing_columns(sheet.names))}.",
            remedy="Import what `lakegloss review export` wrote, or a review or override file of "
            "dbxmetagen with comments; keep its first row.",
        )
    repeated = {name for name in sheet.names if name in COLUMNS and sheet.names.count(name) > 1}
    if repeated:
        raise ReviewFileError(
            f"{path.name!r} has the column {min(repeated)!r} twice.", remedy="Keep one of them."
        )
    return ReviewFile(shape=shape, origin=sheet.origin, lines=sheet.lines)


def read_sheet(path: Path, is_header: Callable[[Sequence[str]], bool]) -> SheetFile:
    """Open a file .csv, .tsv or .xlsx.

    Args:
        is_header: whether names are those of its columns; by this its delimiter is found.

    Raises:
        ReviewFileError: it cannot be read; also while its lines are read.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    suffix = _suffix(path)
    data = _bytes(path)
    rows = _rows(data, suffix, path, is_header)
    header = next(rows, RawRow(values=[]))
    names = [name.strip().strip("\ufeff").lower() for name in header.values]
    origin = f"{path.name}#{hashlib.sha256(data).hexdigest()[:12]}"
    # In text, a delimiter without quotes moves the cells behind it; a note in a workbook does not.
    lines = _lines(names, rows, shifts=suffix != ".xlsx")
    return SheetFile(names=tuple(names), origin=origin, lines=lines)


def write_review(path: Path, items: Iterable[Item], *, overwrite: bool = False) -> int:
    """Write a review file in the format of its suffix; returns the number of rows.

    Raises:
        ReviewFileError: there is a file already, or it cannot be written.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    suffix = require_new_file(path, overwrite=overwrite)
    rows = [cells_of(item) for item in items]
    if suffix == ".xlsx":
        data = workbook_bytes(rows)
    else:
        _refuse_long_cells(rows)
        data = _text_bytes(rows, _DELIMITERS[suffix][0])
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)  # in one go: volumes of Databricks take no random writes
        part.replace(path)
    except OSError as error:
        raise ReviewFileError(
            f"{str(path)!r} cannot be written: {error.strerror}.", remedy="Give another --out."
        ) from None
    return len(rows)


def require_new_file(path: Path, *, overwrite: bool = False) -> str:
    """Check that a review file can be written there; returns its suffix.

    Raises:
        ReviewFileError: the suffix is of no review file, or there is a file already.
    """
    suffix = _suffix(path)
    if path.is_dir() or (path.exists() and not overwrite):
        raise ReviewFileError(
            f"{path.name!r} is there already and may hold somebody's review.",
            remedy="Give another name, or --overwrite.",
        )
    return suffix


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in {*_DELIMITERS, ".xlsx"}:
        raise ReviewFileError(
            f"{path.name!r} names no format of review files.", remedy=f"End it in {_SUFFIXES}."
        )
    return suffix


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ReviewFileError(
                f"{path.name!r} has more than {LARGEST_FILE >> 20} MB.",
                remedy="Split it: every part with the first row.",
            )
        return path.read_bytes()
    except OSError as error:
        raise ReviewFileError(
            f"{str(path)!r} cannot be read: {error.strerror}.", remedy="Check its path and rights."
        ) from None


def _rows(
    data: bytes, suffix: str, path: Path, is_header: Callable[[Sequence[str]], bool]
) -> Iterator[RawRow]:
    if suffix == ".xlsx":
        return rows_of_workbook(data, path.name)
    text = _decoded(data, path.name)
    # Some CSV files for Excel name their delimiter in a first line of their own.
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    return _text_rows(text, _delimiter(text, suffix, is_header), path.name)


def _decoded(data: bytes, name: str) -> str:
    encoding = next((kind for bom, kind in _BOMS if data.startswith(bom)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReviewFileError(
            f"{name!r} is not {encoding} text, from line {line} on.",
            remedy="Save it as 'CSV UTF-8', or as a workbook (.xlsx).",
        ) from None


def _delimiter(text: str, suffix: str, is_header: Callable[[Sequence[str]], bool]) -> str:
    """The first delimiter with which the first row is the header that is looked for."""
    candidates = _DELIMITERS[suffix]
    for delimiter in candidates:
        try:
            first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        if is_header([name.strip().strip("\ufeff").lower() for name in first]):
            return delimiter
    return candidates[0]


def _text_rows(text: str, delimiter: str, name: str) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for values in reader:
            yield RawRow(values=values)
    except csv.Error as error:
        raise ReviewFileError(
            f"{name!r} cannot be read at line {reader.line_num}: {error}.",
            remedy="A quote is not closed, or a cell is longer than "
            f"{csv.field_size_limit():,} characters: restore the row from the export.",
        ) from None


def _lines(names: Sequence[str], rows: Iterable[RawRow], *, shifts: bool) -> Iterator[FileLine]:
    for number, row in enumerate(rows, start=2):
        if not any(value.strip() for value in row.values) and not row.formulas:
            continue
        extra = shifts and any(value.strip() for value in row.values[len(names) :])
        long = any(len(value) > LONGEST_CELL for value in row.values)
        yield FileLine(
            number=number,
            cells=dict(zip(names, row.values, strict=False)),
            formulas=frozenset(names[index] for index in row.formulas if index < len(names)),
            problem="it has more cells than columns" if extra else "a cell is huge" if long else "",
        )


def _refuse_long_cells(rows: Iterable[Sequence[str]]) -> None:
    for number, row in enumerate(rows, start=2):
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise ReviewFileError(
                f"{row[0]!r}, row {number}: a comment is too long for a review file.",
                remedy="Leave the table out by naming the others.",
            )


def _text_bytes(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")  # without the mark Excel assumes another encoding
