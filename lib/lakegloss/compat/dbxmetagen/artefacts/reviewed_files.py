"""Takes back reviewed files of dbxmetagen: TSV, CSV, XLSX, and files of SQL statements."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lakegloss.compat.dbxmetagen.artefacts.statement_reading import (
    LARGEST,
    ReadStatement,
    read_statements,
)
from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.review.rows import FileLine, Shape
from lakegloss.errors import ReviewFileError
from lakegloss.lakehouse.review.files import ReviewFile, read_review

_SQL = ".sql"


def read_reviewed(path: Path, *, reviewed_column: str = "other") -> ReviewFile:
    """Open a reviewed file.

    Args:
        reviewed_column: `ddl` where people edited the statements, and not the texts.

    Raises:
        ReviewFileError: it cannot be read, or has not the columns of a review.
    """
    if path.suffix.lower() == _SQL:
        text, origin = _sql(path)
        return ReviewFile(shape=Shape.REVIEW, origin=origin, lines=_lines(text))
    file = read_review(path)
    if reviewed_column != "ddl" or file.shape is not Shape.REVIEW:
        return file
    return replace(file, lines=(_by_statement(line) for line in file.lines))


def statements_of_tags(path: Path) -> list[ReadStatement]:
    """The statements of a file of SQL that set tags; another file has none.

    Raises:
        ReviewFileError: it cannot be read.
    """
    if path.suffix.lower() != _SQL:
        return []
    return [statement for statement in read_statements(_sql(path)[0]) if statement.tags]


def _sql(path: Path) -> tuple[str, str]:
    """The text of a file, and what distinguishes it."""
    try:
        if path.stat().st_size > LARGEST:
            raise ReviewFileError(
                f"{path.name!r} has more than {LARGEST >> 20} MB.", remedy="Split it."
            )
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ReviewFileError(
            f"{str(path)!r} cannot be read: {error.strerror}.", remedy="Check its path and rights."
        ) from None
    except UnicodeDecodeError:
        raise ReviewFileError(f"{path.name!r} is no UTF-8.", remedy="Save it as UTF-8.") from None
    return text, f"{path.name}#{hashlib.sha256(data).hexdigest()[:12]}"


def _lines(text: str) -> Iterator[FileLine]:
    for statement in read_statements(text):
        yield FileLine(number=statement.line, cells=_cells(statement), problem=statement.problem)


def _cells(statement: ReadStatement) -> dict[str, str]:
    return {
        "table": to_cell(statement.table),
        "ddl_type": "column" if statement.column else "table",
        "column_name": to_cell(statement.column or "None"),
        "column_content": to_cell(statement.comment or ""),
    }


def _by_statement(line: FileLine) -> FileLine:
    """The line with the text that its statement has, where that is one of this asset."""
    found = list(read_statements(from_cell(line.cells.get("ddl", ""))))
    if len(found) != 1 or found[0].problem or found[0].comment is None:
        return replace(line, problem="the statement in ddl sets no comment")
    [statement] = found
    column = from_cell(line.cells.get("column_name", "")).strip()
    own = "" if column.lower() in {"", "none"} else column
    if statement.column.replace("`", "").lower() != own.replace("`", "").lower():
        return replace(line, problem="the statement in ddl is of another column")
    return replace(line, cells={**line.cells, "column_content": to_cell(statement.comment or "")})
