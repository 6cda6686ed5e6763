"""Reads the file of tables' names, as spreadsheets and queries save it."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from lakegloss.compat.dbxmetagen.configuration.metadata_config import LARGEST_FILE, is_nothing
from lakegloss.core.names import join_path, split_path
from lakegloss.errors import SettingsError
from lakegloss.settings import patterns_in

_TABLE = ("table_name", "table_names", "full_table_name", "table", "tables", "full_name")
_SCHEMA = ("schema", "table_schema", "schema_name")
_CATALOG = ("catalog", "table_catalog", "catalog_name")
_DELIMITERS = (",", ";", "\t")
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def names_in(path: Path, *, required: bool = True) -> list[str]:
    """The names in a CSV file: those of the column table_name, else of the first column.

    Beside it the columns catalog and schema complete a name of one part. A first row that holds no
    name of a table is a header.

    Raises:
        SettingsError: the file cannot be read.
    """
    if not required and not path.is_file():
        return []
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SettingsError(
                f"{str(path)!r} has more than {LARGEST_FILE >> 10} KB.", remedy="Split it."
            )
        data = path.read_bytes()
        text = data.decode(_BOMS.get(data[:2], "utf-8-sig"))
        rows = _rows(text)
    except OSError as error:
        raise SettingsError(
            f"The file of names {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct source_file_path, or give table_names.",
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            f"The file of names {str(path)!r} is no CSV: {error}.", remedy="Save it as UTF-8."
        ) from None
    return list(_named_in(rows))


def _rows(text: str) -> list[list[str]]:
    """The rows by the first delimiter with which there is a known header."""
    if text[:4].lower() == "sep=":  # some files for Excel name their delimiter in a line of its own
        text = text.partition("\n")[2]
    readings = [
        [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=one) if any(row)]
        for one in _DELIMITERS
    ]
    known = (rows for rows in readings if rows and _place(_header(rows[0]), _TABLE) is not None)
    return next(known, readings[0])


def _header(row: Sequence[str]) -> list[str]:
    return ["_".join(cell.lower().replace("-", " ").split()) for cell in row]


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _named_in(rows: list[list[str]]) -> Iterator[str]:
    header = _header(rows[0]) if rows else []
    table = _place(header, _TABLE)
    around = [_place(header, names) for names in (_CATALOG, _SCHEMA)] if table is not None else []
    has_header = bool(rows) and (table is not None or not _is_name(rows[0][0]))
    for row in rows[has_header:]:
        beside = [cell for place in around if (cell := _cell(row, place))]
        for name in patterns_in(_cell(row, table or 0)):
            if not is_nothing(name):
                yield _whole(beside, name)


def _cell(row: Sequence[str], place: int | None) -> str:
    cell = row[place].strip() if place is not None and place < len(row) else ""
    return "" if is_nothing(cell) else cell


def _is_name(cell: str) -> bool:
    return any(len(_parts(name)) > 1 for name in patterns_in(cell))


def _whole(around: Sequence[str], name: str) -> str:
    """A name of one part with catalog and schema from beside it; others are whole."""
    own = _parts(name)
    return join_path((*around, *own)) if len(own) == 1 and around else name


def _parts(name: str) -> tuple[str, ...]:
    try:
        return split_path(name)
    except ValueError:
        return ()
