"""Reads and writes files of examples: JSON lines and CSV. What it reads may hold anything."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakegloss.core.learning.examples import COMMENT_PROGRAM, Example, FoundExample, Origin
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.screening import shown_name
from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.text.terminal import visible
from lakegloss.errors import ExampleFileError

LARGEST_FILE = 64 * 2**20
LONGEST_LINE = 2_000_000
_TEXTS = ("expected", "text", "comment", "description")
_FIELDS = frozenset(
    ("program", "table", "column", "subject", "type", "inputs", "outputs", "avoid", "origin",
     "split", "weight", "example_id", *_TEXTS)
)  # fmt: skip
_FORM = "docs/examples.md shows the form."
EXPORTED = ("example_id", "program", "table", "column", "subject", "inputs", "expected", "avoid",
            "origin", "split", "weight")  # fmt: skip
"""What an export holds; who wrote an example is not part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a file as a mapping."""

    line: int
    values: Mapping[str, Any]


def file_text(path: Path) -> str:
    """The text of a file.

    Raises:
        ExampleFileError: it is not there, too large, or no UTF-8.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ExampleFileError(
                f"{path.name!r} has more than {LARGEST_FILE >> 20} MB.", remedy="Split it."
            )
        data = path.read_bytes()
    except OSError as error:
        raise ExampleFileError(
            f"{str(path)!r} cannot be read: {error.strerror}.", remedy="Check its path and rights."
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExampleFileError(
            f"{path.name!r}, line {line}: it is no UTF-8 text.", remedy="Save it as UTF-8."
        ) from None


def found_in_jsonl(
    text: str, path: Path, *, program: str = COMMENT_PROGRAM, splits: bool = False
) -> list[FoundExample]:
    """The examples of a file with a JSON object a line.

    Args:
        program: of lines that name none.
        splits: whether the sides that the file gives count.

    Raises:
        ExampleFileError: a line cannot be used; the message names it.
    """
    return [_found(row, path, program, splits=splits) for row in _json_rows(text, path)]


def found_in_csv(
    text: str, path: Path, *, program: str = COMMENT_PROGRAM, splits: bool = False
) -> list[FoundExample]:
    """The examples of a file with columns `table`, `column` and a text; see `found_in_jsonl`.

    Raises:
        ExampleFileError: a column lacks or a row cannot be used; the message names its line.
    """
    return [_found(row, path, program, splits=splits) for row in _csv_rows(text, path)]


def csv_header(text: str) -> tuple[list[str], str]:
    """The names of the columns in lower case, and the delimiter."""
    first = next(iter(text.splitlines()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        names = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:  # a cell that is longer than any name
        names = []
    return [name.strip().lower() for name in names], delimiter


def is_example_csv(names: Iterable[str]) -> bool:
    """Whether columns are those of this module, and not those of a review file."""
    columns = set(names)
    others = {"proposal_id", "decision", "schema", "catalog", "override_type", "column_content"}
    return "table" in columns and bool(columns & set(_TEXTS)) and not columns & others


def _json_rows(text: str, path: Path) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            raise _wrong(path, number, "is too long")
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            said = getattr(error, "msg", "it is nested too deeply")
            raise _wrong(path, number, f"is no JSON ({said})") from None
        if not isinstance(values, dict):
            raise _wrong(path, number, "is no JSON object")
        yield Row(line=number, values=values)


def _csv_rows(text: str, path: Path) -> Iterator[Row]:
    names, delimiter = csv_header(text)
    if not is_example_csv(names):
        raise _wrong(path, 1, "lacks the columns `table`, `column` and `expected`")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise _wrong(path, 1, f"has the column {min(twice)[:60]!r} twice")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    next(reader, None)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(names):
                raise _wrong(path, reader.line_num, "has more cells than columns")
            values = {n: from_cell(c) for n, c in zip(names, cells, strict=False) if c.strip()}
            yield Row(line=reader.line_num, values=values)
    except csv.Error as error:
        raise _wrong(path, reader.line_num, f"cannot be read ({error})") from None


def _found(row: Row, path: Path, program: str, *, splits: bool) -> FoundExample:
    unknown = sorted(set(map(str, row.values)) - _FIELDS)
    if unknown:
        raise _wrong(
            path, row.line, f"has an unknown field {visible(shown_name(unknown[0]))[:60]!r}"
        )
    table, column = _text(row, "table", path), _text(row, "column", path)
    program = _text(row, "program", path) or program
    inputs = _mapping(row, "inputs", path)
    subject = _text(row, "subject", path)
    if program == COMMENT_PROGRAM and not table:
        raise _wrong(path, row.line, "names no table")
    if program != COMMENT_PROGRAM and not inputs:
        raise _wrong(path, row.line, "has no inputs of its program")
    expected, avoid = _expected(row, path), _text(row, "avoid", path)
    if not expected and not avoid:
        raise _wrong(path, row.line, "has neither a text nor one to avoid")
    if table and not inputs:
        inputs = named_inputs(table, column, _text(row, "type", path))
    return FoundExample(
        program=program,
        table=table,
        column=column,
        subject="" if table else subject or f"{path.name}:{row.line}",
        inputs=inputs,
        expected=expected,
        avoid=avoid,
        origin=Origin.FILE if expected else Origin.REJECTED,
        line=row.line,
        split=_text(row, "split", path) if splits else "",
    )


def _expected(row: Row, path: Path) -> str:
    outputs = _mapping(row, "outputs", path)
    given = [name for name in _TEXTS if row.values.get(name)]
    if len(given) + bool(outputs) > 1:
        raise _wrong(path, row.line, f"has two texts, in {' and '.join([*given, 'outputs'][:2])}")
    if outputs:
        return json.dumps(outputs, ensure_ascii=False, sort_keys=True)
    return _text(row, given[0], path) if given else ""


def _text(row: Row, name: str, path: Path) -> str:
    value = row.values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(path, row.line, f"has {name!r}, which is no text")
    return value.strip()


def _mapping(row: Row, name: str, path: Path) -> dict[str, Any]:
    value = row.values.get(name)
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise _wrong(path, row.line, f"has {name!r}, which is no JSON") from None
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise _wrong(path, row.line, f"has {name!r}, which is no mapping")
    return value


def _wrong(path: Path, line: int, what: str) -> ExampleFileError:
    """An error that names the line and never what stands in it."""
    return ExampleFileError(f"{path.name!r}: line {line} {what}.", remedy=f"Correct it; {_FORM}")


def require_new_example_file(path: Path, *, overwrite: bool = False) -> str:
    """Check that examples can be written there; returns the file's suffix.

    Raises:
        ExampleFileError: the suffix is of no format, or there is a file or folder already.
    """
    suffix = path.suffix.lower()
    if suffix not in {".jsonl", ".csv"}:
        raise ExampleFileError(
            f"{path.name!r} names no format of examples.", remedy="End it in .jsonl or .csv."
        )
    if path.is_dir() or (path.exists() and not overwrite):
        raise ExampleFileError(
            f"{path.name!r} is there already.", remedy="Give another name, or --overwrite."
        )
    return suffix


def write_examples(path: Path, examples: Iterable[Example], *, overwrite: bool = False) -> int:
    """Write examples as .jsonl or .csv, by the file's suffix; returns how many.

    Raises:
        ExampleFileError: there is a file already, its suffix is another, or it cannot be written.
    """
    suffix = require_new_example_file(path, overwrite=overwrite)
    rows = [{name: getattr(e, name) for name in EXPORTED} for e in examples]
    text = _as_csv(rows) if suffix == ".csv" else _as_jsonl(rows)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode("utf-8", "replace"))  # at once: volumes take no random writes
        part.replace(path)
    except OSError as error:
        raise ExampleFileError(
            f"{str(path)!r} cannot be written: {error.strerror}.", remedy="Give another --out."
        ) from None
    return len(rows)


def _as_jsonl(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = ({**row, "inputs": json.loads(row["inputs"] or "{}")} for row in rows)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(EXPORTED)
    writer.writerows([to_cell(str(row[name])) for name in EXPORTED] for row in rows)
    return out.getvalue()
