"""Reads a file of another tool into the texts that it has for tables and columns."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yaml.nodes import Node

from lakegloss.core.exchange.markdown import DictionaryEntry, read_dictionary
from lakegloss.core.exchange.places import Place
from lakegloss.core.exchange.yaml_edit import from_jinja
from lakegloss.core.review.cells import from_cell
from lakegloss.core.review.merge import Trouble
from lakegloss.core.review.rows import FileLine
from lakegloss.errors import DescriptionFileError
from lakegloss.lakehouse.examples.dbt_file import composed, dbt_places
from lakegloss.lakehouse.exchange.contract_file import contract_places, is_contract
from lakegloss.lakehouse.review.files import read_sheet

LARGEST_FILE = 16 * 2**20
CSV_COLUMNS = ("table", "column", "type", "description", "key", "reference")
_NEEDED = {"table", "column", "description"}
SUFFIXES = ".yml or .yaml (dbt, a data contract), .md, .csv, .tsv or .xlsx (a dictionary)"


class Form(StrEnum):
    """The form of a file: what writes and reads it."""

    DBT = "dbt"
    CONTRACT = "odcs"
    MARKDOWN = "markdown"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a file says about a table (column '') or a column.

    Attributes:
        table: as the file has it, perhaps without schema and catalog.
        trouble: why the text cannot be taken; None where it can.
    """

    line: int
    table: str
    column: str
    text: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionFile:
    """The texts of a file; `origin` distinguishes it from others of the same name."""

    form: Form
    origin: str
    texts: tuple[Text, ...]


def read_descriptions(path: Path) -> DescriptionFile:
    """Read a file of any known form; needs no lake.

    Raises:
        DescriptionFileError, ExampleFileError, ReviewFileError: it cannot be read.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv", ".xlsx"}:
        return _sheet(path)
    text = file_text(path)
    origin = f"{path.name}#{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    if suffix == ".md":
        return DescriptionFile(form=Form.MARKDOWN, origin=origin, texts=_of_markdown(text, path))
    if suffix not in {".yml", ".yaml"}:
        raise DescriptionFileError(
            f"{path.name!r} names no form of descriptions.", remedy=f"End it in {SUFFIXES}."
        )
    root = composed(text, path)
    if root is None:
        raise DescriptionFileError(f"{path.name!r} is empty.", remedy="Give another file.")
    form, places = yaml_places(root, path)
    read = from_jinja if form is Form.DBT else str
    texts = tuple(_of_place(place, read) for place in places)
    return DescriptionFile(form=form, origin=origin, texts=texts)


def yaml_places(root: Node, path: Path) -> tuple[Form, list[Place]]:
    """The entries of a schema.yml of dbt or of a data contract.

    Raises:
        DescriptionFileError, ExampleFileError: it is neither; the message names the line.
    """
    if is_contract(root):
        return Form.CONTRACT, list(contract_places(root, path))
    return Form.DBT, list(dbt_places(root, path))


def file_text(path: Path) -> str:
    """The text of a file, with its line breaks as they are.

    Raises:
        DescriptionFileError: it is not there, too large, or no UTF-8.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DescriptionFileError(
                f"{path.name!r} has more than {LARGEST_FILE >> 20} MB.", remedy="Split it."
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DescriptionFileError(
            f"{str(path)!r} cannot be read: {error.strerror}.", remedy="Check its path and rights."
        ) from None
    except UnicodeDecodeError:
        raise DescriptionFileError(
            f"{path.name!r} is no UTF-8 text.", remedy="Save it as UTF-8."
        ) from None


def _of_place(place: Place, read: Callable[[str], str]) -> Text:
    try:
        text, trouble = read(place.text), None
    except ValueError:
        text, trouble = place.text, Trouble.JINJA
    return Text(
        line=place.line, table=place.table, column=place.column, text=text.strip(), trouble=trouble
    )


def _of_markdown(text: str, path: Path) -> tuple[Text, ...]:
    try:
        entries: Sequence[DictionaryEntry] = read_dictionary(text)
    except ValueError as error:
        raise DescriptionFileError(
            f"{path.name!r} is no data dictionary: {error}.",
            remedy="Give what `lakegloss export` wrote, with other descriptions.",
        ) from None
    return tuple(
        Text(line=e.line, table=e.table, column=e.column, text=e.text.strip()) for e in entries
    )


def _sheet(path: Path) -> DescriptionFile:
    sheet = read_sheet(path, lambda names: set(names) >= _NEEDED)
    missing = sorted(_NEEDED - set(sheet.names))
    twice = sorted(name for name in _NEEDED if sheet.names.count(name) > 1)
    if missing or twice:
        what = f"lacks the columns {', '.join(missing)}" if missing else f"has {twice[0]!r} twice"
        raise DescriptionFileError(
            f"{path.name!r} {what}.",
            remedy="Give a dictionary as `lakegloss export` writes it; files of `review export` "
            "are for `lakegloss review import`.",
        )
    texts = tuple(map(_of_line, sheet.lines))
    return DescriptionFile(form=Form.CSV, origin=sheet.origin, texts=texts)


def _of_line(line: FileLine) -> Text:
    cells = {name: from_cell(line.cells.get(name, "")) for name in _NEEDED}
    trouble = Trouble.UNREADABLE if line.problem or not cells["table"].strip() else None
    if line.formulas:
        trouble = Trouble.FORMULA
    return Text(
        line=line.number,
        table=cells["table"].strip(),
        column=cells["column"].strip(),
        text=cells["description"].strip(),
        trouble=trouble,
    )
