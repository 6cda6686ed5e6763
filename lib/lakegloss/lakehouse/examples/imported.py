"""Reads a file of examples of any known kind, and names its tables as the lake does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lakegloss.core.assets import Table
from lakegloss.core.learning.examples import COMMENT_PROGRAM, FoundExample, Origin
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.names import join_path, own_name, split_path
from lakegloss.core.review.foreign import expand, foreign_rows
from lakegloss.core.review.rows import Shape, mark, own_row, shape_of_header
from lakegloss.core.selection import canonical, matching
from lakegloss.errors import AssetNotFoundError, CatalogError, ExampleFileError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.examples.dbt_file import Described, read_dbt
from lakegloss.lakehouse.examples.example_files import (
    csv_header,
    file_text,
    found_in_csv,
    found_in_jsonl,
    is_example_csv,
)
from lakegloss.lakehouse.examples.work import AssetInputs
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.review.files import ReviewFile, read_review
from lakegloss.lakehouse.review.reading import read_all
from lakegloss.settings_views import ReviewSettings

_KINDS = ".jsonl, .csv, .tsv, .xlsx (a review file), .yml or .yaml (of dbt)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a file holds; `skipped` are lines that were left out, each with the reason."""

    found: tuple[FoundExample, ...]
    skipped: tuple[tuple[int, str], ...]


def read_imported(
    ledgers: Ledgers,
    settings: ReviewSettings,
    path: Path,
    patterns: Sequence[str],
    *,
    who: str,
) -> Imported:
    """Read a file; examples of tables that the lake has get their inputs from it.

    Raises:
        ExampleFileError, ReviewFileError: the file cannot be used.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    lake = _Lake(ledgers, settings, patterns)
    found, skipped = _named(parse_file(path), lake)
    placed = lake.placed(found)
    return Imported(found=tuple(replace(e, who=who) for e in placed), skipped=tuple(skipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """What a file says, before the lake is asked what its names mean: one of the three."""

    examples: Sequence[FoundExample] = ()
    described: Sequence[Described] = ()
    review: ReviewFile | None = None


def parse_file(path: Path) -> ParsedFile:
    """Read a file of any known kind; needs no lake.

    Raises:
        ExampleFileError, ReviewFileError: the file cannot be used.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        return ParsedFile(examples=found_in_jsonl(file_text(path), path))
    if suffix in {".yml", ".yaml"}:
        return ParsedFile(described=tuple(read_dbt(file_text(path), path)))
    if suffix == ".xlsx":
        return ParsedFile(review=read_review(path))
    if suffix not in {".csv", ".tsv"}:
        raise ExampleFileError(
            f"{path.name!r} names no format of examples.", remedy=f"End it in {_KINDS}."
        )
    text = file_text(path)
    names, _ = csv_header(text)
    if not is_example_csv(names) and shape_of_header(names) is not None:
        return ParsedFile(review=read_review(path))
    return ParsedFile(examples=found_in_csv(text, path))


def _named(file: ParsedFile, lake: "_Lake") -> tuple[list[FoundExample], list[tuple[int, str]]]:
    if file.review is not None:
        return _of_review(file.review, lake)
    found, skipped = _of_dbt(file.described, lake)
    return [*file.examples, *found], skipped


def _of_dbt(
    described: Iterable[Described], lake: "_Lake"
) -> tuple[list[FoundExample], list[tuple[int, str]]]:
    found: list[FoundExample] = []
    skipped: list[tuple[int, str]] = []
    for item in described:
        if "{{" in item.text or "{%" in item.text:
            skipped.append((item.line, "it refers to a doc block: write the text out"))
            continue
        names = lake.named(item.table)
        if len(names) > 1:
            skipped.append((item.line, "several tables have that name: select one by --table"))
            continue
        table = names[0] if names else item.table
        found.append(
            FoundExample(
                table=table,
                column=item.column,
                inputs=named_inputs(table, item.column),
                expected=item.text,
                origin=Origin.FILE,
                line=item.line,
            )
        )
    return found, skipped


def _of_review(file: ReviewFile, lake: "_Lake") -> tuple[list[FoundExample], list[tuple[int, str]]]:
    if file.shape is Shape.OWN:
        return _of_own_review(file)
    rows, refused, _ = foreign_rows(file.lines, file.shape)
    tables = lake.tables_like([row.pattern for row in rows])
    expanded, missed = expand(rows, tables, lake.current)
    found = [
        FoundExample(
            table=row.key.table,
            column=row.key.column,
            inputs=named_inputs(row.key.table, row.key.column),
            expected=row.text.strip(),
            origin=Origin.FILE,
            line=row.line,
        )
        for row in expanded
        if row.text.strip()
    ]
    return found, [(c.line, c.trouble.value) for c in (*refused, *missed)]


def _of_own_review(file: ReviewFile) -> tuple[list[FoundExample], list[tuple[int, str]]]:
    """The decided rows of lakegloss' own review file; rows that ask for nothing are left alone."""
    found: list[FoundExample] = []
    skipped: list[tuple[int, str]] = []
    for line in file.lines:
        if line.problem or line.formulas:
            skipped.append((line.number, line.problem or "a cell holds a formula"))
            continue
        row = own_row(line)
        text = row.text.strip()
        edited = mark(row.text) != row.text_hash
        if row.decision not in {"accept", "edit", "reject"} and not (edited and text):
            continue
        rejected = row.decision == "reject"
        if not text or not row.key.table:
            skipped.append((line.number, "it has no text or names no table"))
            continue
        found.append(
            FoundExample(
                table=row.key.table,
                column=row.key.column,
                inputs=named_inputs(row.key.table, row.key.column),
                expected="" if rejected else text,
                avoid=text if rejected else "",
                origin=Origin.REJECTED if rejected else Origin.FILE,
                line=line.number,
            )
        )
    return found, skipped


class _Lake:
    """Knows the tables of the lake, which are read when a file names some."""

    def __init__(self, ledgers: Ledgers, settings: ReviewSettings, patterns: Sequence[str]) -> None:
        self._ledgers = ledgers
        self._settings = settings
        self._patterns = tuple(patterns)
        self._catalog = Catalog(ledgers.spark)
        self._names: list[str] | None = None

    @property
    def current(self) -> str:
        return self._catalog.current

    @property
    def names(self) -> list[str]:
        if self._names is None:
            try:
                self._names = self._catalog.table_names(
                    self._patterns, own_schema=self._ledgers.schema
                )
            except (AssetNotFoundError, CatalogError):
                if self._patterns:
                    raise
                self._names = []
        return self._names

    def named(self, table: str) -> list[str]:
        """The tables of a name that may lack its schema or catalog."""
        parts = tuple(part.lower() for part in _parts(table))
        return [
            name
            for name in self.names
            if tuple(p.lower() for p in split_path(name))[-len(parts) :] == parts
        ]

    def tables_like(self, patterns: Sequence[str]) -> dict[str, Table]:
        wanted = canonical(sorted(set(patterns)), self.current)
        chosen = matching(self.names, wanted)
        return read_all(self._catalog, self._settings.parallel_tables, chosen)

    def placed(self, found: Sequence[FoundExample]) -> Iterator[FoundExample]:
        """The examples with the tables' names and the inputs as the lake has them."""
        names = {e.table: self._name(e.table) for e in found if e.program == COMMENT_PROGRAM}
        bare = {names[e.table] for e in found if _is_bare(e)}
        there = bare & set(self.names) if bare else set()
        tables = read_all(self._catalog, self._settings.parallel_tables, there)
        inputs = AssetInputs(self._ledgers, list(tables.values()), self._settings.values)
        for item in found:
            table = names.get(item.table, item.table)
            known = inputs.of(table, item.column) if _is_bare(item) else {}
            yield replace(item, table=table, inputs=known or item.inputs)

    def _name(self, table: str) -> str:
        """The table's name as the lake writes it, where exactly one is meant."""
        names = self.named(table)
        return names[0] if len(names) == 1 else join_path(_parts(table))


def _is_bare(item: FoundExample) -> bool:
    """Whether an example of a comment brought no evidence of its own."""
    card = item.inputs.get("card")
    columns = card.get("columns", ()) if isinstance(card, Mapping) else ()
    named = all(isinstance(c, Mapping) and c.keys() <= {"name", "type"} for c in columns)
    return item.program == COMMENT_PROGRAM and named


def _parts(table: str) -> tuple[str, ...]:
    try:
        return split_path(table)
    except ValueError:
        return (own_name(table),)
