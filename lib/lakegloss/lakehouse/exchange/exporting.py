"""Writes the comments of a lake into files of other tools."""

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.evidence import Evidence
from lakegloss.core.exchange.contract import Documented, contract_text, sources_text
from lakegloss.core.exchange.markdown import DictionaryEntry, dictionary_page
from lakegloss.core.exchange.patching import Lacking, Patched, patch
from lakegloss.core.exchange.yaml_edit import from_jinja, without_jinja
from lakegloss.core.names import own_name, split_path
from lakegloss.core.plan.choices import NOTHING_KNOWN, Known
from lakegloss.core.records import Source
from lakegloss.core.review.cells import to_cell
from lakegloss.errors import DescriptionFileError, SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.examples.dbt_file import composed
from lakegloss.lakehouse.exchange.description_files import (
    CSV_COLUMNS,
    SUFFIXES,
    Form,
    file_text,
    yaml_places,
)
from lakegloss.lakehouse.exchange.naming import Named, column_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets
from lakegloss.lakehouse.ledgers.tables import EVIDENCE
from lakegloss.lakehouse.review.reading import read_all
from lakegloss.lakehouse.survey.stamps import allowed
from lakegloss.lakehouse.survey.stored import stored_of
from lakegloss.settings_views import ExchangeSettings

_FORMS = {".md": Form.MARKDOWN, ".csv": Form.CSV}
_YAML = {".yml", ".yaml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """Says what an export wrote, or with dry_run would write.

    Attributes:
        path, form: of the file.
        tables: how many tables it describes.
        unreadable: tables that could not be read, with the reason.
        patched: what became of a file that was there; None for a new file.
        difference: the lines that change, as `diff -u` shows them; '' for a new file.
    """

    path: Path
    form: Form
    dry_run: bool
    tables: int
    unreadable: tuple[tuple[str, str], ...] = ()
    patched: Patched | None = None
    difference: str = ""


def export_comments(
    spark: Any,
    settings: ExchangeSettings,
    path: Path | str,
    patterns: Sequence[str] = (),
    *,
    form: str = "",
    dry_run: bool = False,
    overwrite: bool = False,
) -> ExportedFile:
    """Write the comments that the catalog shows into a file of another tool.

    A YAML file that is there is patched: it gets the descriptions that it lacks, what people wrote
    in it stays, and so do its order, comments and quotes.

    Args:
        path: .md and .csv are dictionaries, .yml and .yaml are of dbt or a data contract.
        patterns: select tables; without patterns all.
        form: dbt or odcs for a new YAML file; by default dbt, or odcs where the name says so.
        overwrite: change a file that is there.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: the ledgers cannot be made.
        DescriptionFileError, ExampleFileError: the file cannot be read or written, or is there.
        SettingsError: the form is not known.
    """
    path = Path(path)
    chosen = form_of(path, form)
    require_writable(path, overwrite=overwrite or dry_run)
    before = file_text(path) if path.exists() and path.suffix.lower() in _YAML else None
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    catalog = Catalog(spark, settings.excluded)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    tables = read_all(catalog, settings.parallel_tables, names)
    readable = [table for table in tables.values() if not table.error]
    patched: Patched | None = None
    if before is not None:
        text, patched, chosen = _patched(before, path, ledgers, readable)
    else:
        text = new_text(path, chosen, _documents(ledgers, settings, readable))
    if not dry_run and text != before:
        _write(path, text, mark=before is not None and _has_mark(path))
    return ExportedFile(
        path=path,
        form=chosen,
        dry_run=dry_run,
        tables=len(readable),
        unreadable=tuple((t.name, t.error) for t in tables.values() if t.error),
        patched=patched,
        difference="" if before is None else _difference(before, text, path.name),
    )


def form_of(path: Path, form: str = "") -> Form:
    """The form of a new file, by its suffix and by what is asked for.

    Raises:
        DescriptionFileError: the suffix is of no form that is written.
        SettingsError: the form is not known, or the suffix says another.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMS and suffix not in _YAML:
        raise DescriptionFileError(
            f"{path.name!r} names no form of descriptions.", remedy=f"End it in {SUFFIXES}."
        )
    if suffix in _FORMS and form in {"", _FORMS[suffix]}:
        return _FORMS[suffix]
    if suffix in _YAML and form in {"", Form.DBT, Form.CONTRACT}:
        says_contract = any(word in path.name.lower() for word in ("odcs", "contract"))
        return Form(form) if form else Form.CONTRACT if says_contract else Form.DBT
    raise SettingsError(
        f"--format {form!r} does not go with {path.name!r}.",
        remedy="dbt and odcs are .yml files, markdown is .md, csv is .csv.",
    )


def require_writable(path: Path, *, overwrite: bool) -> None:
    """Check that a file may be written.

    Raises:
        DescriptionFileError: it is there, and nobody said that it may change.
    """
    if path.is_dir() or (path.exists() and not overwrite):
        raise DescriptionFileError(
            f"{path.name!r} is there already.",
            remedy="--overwrite changes it (a YAML file keeps what people wrote in it); --dry-run "
            "shows how.",
        )


def new_text(path: Path, form: Form, documents: Sequence[Documented]) -> str:
    """Write a new file of the form."""
    if form is Form.CONTRACT:
        return contract_text(documents, path.name.partition(".")[0])
    if form is Form.DBT:
        return sources_text(documents)
    entries = [entry for item in documents for entry in _entries(item)]
    return dictionary_page(entries) if form is Form.MARKDOWN else _sheet(entries)


def _entries(item: Documented) -> Iterator[DictionaryEntry]:
    table = item.table
    yield DictionaryEntry(table=table.name, column="", text=table.comment)
    for column in table.columns:
        seen = item.of(column)
        yield DictionaryEntry(
            table=table.name,
            column=column.path,
            text=column.comment,
            data_type=column.data_type,
            key=_key(seen) if seen else "",
            reference=seen.reference if seen else "",
        )


def _key(evidence: Evidence) -> str:
    if evidence.key_with:
        return f"together: {evidence.key_with}"
    return evidence.key_role if evidence.key_role in {"primary", "unique"} else ""


def _sheet(entries: Sequence[DictionaryEntry]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for e in entries:
        cells = (e.table, e.column, e.data_type, e.text, e.key, e.reference)
        writer.writerow([to_cell(cell) for cell in cells])
    return out.getvalue()


def _documents(
    ledgers: Ledgers, settings: ExchangeSettings, tables: Sequence[Table]
) -> list[Documented]:
    names = [table.name for table in tables]
    seen: dict[str, dict[AssetKey, Evidence]] = {}
    rows = ledgers.newest_arrow(EVIDENCE, is_in("table", names), tables=len(names))
    stored = [(item.evidence, item.policy) for item in stored_of(rows)]
    for evidence in allowed(stored, settings.values):
        seen.setdefault(evidence.table, {})[AssetKey(evidence.table, evidence.column)] = evidence
    return [Documented(table=table, evidence=seen.get(table.name, {})) for table in tables]


# Patches.


def _patched(
    before: str, path: Path, ledgers: Ledgers, tables: Sequence[Table]
) -> tuple[str, Patched, Form]:
    root = composed(before, path)
    if root is None:
        raise DescriptionFileError(f"{path.name!r} is empty.", remedy="Delete it, then export.")
    form, places = yaml_places(root, path)
    by_name = {table.name: table for table in tables}
    lake = _Lake(by_name, known_assets(ledgers, list(by_name)), {p.table: [] for p in places})
    for place in places:
        lake.columns[place.table].append(place.column)
    is_dbt = form is Form.DBT
    try:
        patched = patch(
            before, root, places, lake.lacking,
            write=without_jinja if is_dbt else str, read=from_jinja if is_dbt else str,
        )  # fmt: skip
    except ValueError as error:
        raise DescriptionFileError(
            f"{path.name!r} is left as it is: {error}.",
            remedy="Export into a new file, and take over by hand what is needed.",
        ) from None
    ambiguous = tuple((0, name, "several tables have that name") for name in sorted(lake.ambiguous))
    return patched.text, replace(patched, skipped=(*patched.skipped, *ambiguous)), form


class _Lake:
    """Gives the texts for the tables of a file.

    Args:
        columns: the columns that the file has of each table, as it names them.
    """

    def __init__(
        self,
        tables: Mapping[str, Table],
        known: Mapping[AssetKey, Known],
        columns: dict[str, list[str]],
    ) -> None:
        self._tables = tables
        self._known = known
        self._named = Named(tables)
        self.columns = columns
        self.ambiguous: set[str] = set()

    def lacking(self, name: str) -> Lacking | None:
        found = self._named.find(name)
        if len(found) != 1:
            self.ambiguous |= {name} if found else set()
            return None
        table = self._tables[found[0]]
        comments = {column.path: column.comment for column in table.columns}
        paths = {"": ""}
        for column in filter(None, self.columns[name]):
            path = column_of(table, column)
            if path is not None:
                paths[column.lower()] = path
        more = {
            own_name(c.path): c.comment
            for c in table.columns
            if c.comment and c.path not in paths.values() and len(split_path(c.path)) == 1
        }
        texts = {said: comments[path] if path else table.comment for said, path in paths.items()}

        def is_own(column: str, text: str) -> bool:
            key = AssetKey(table.name, paths[column])
            return self._known.get(key, NOTHING_KNOWN).author(text) != Source.HUMAN

        return Lacking(texts=texts, is_own=is_own, more=more)


def _difference(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name, name, lineterm="", n=1
    )
    return "\n".join(lines)


def _has_mark(path: Path) -> bool:
    return path.read_bytes().startswith(b"\xef\xbb\xbf")


def _write(path: Path, text: str, *, mark: bool) -> None:
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with_mark = mark or path.suffix.lower() == ".csv"  # without it Excel guesses the encoding
        part.write_bytes(text.encode("utf-8-sig" if with_mark else "utf-8", "replace"))
        part.replace(path)
    except OSError as error:
        raise DescriptionFileError(
            f"{str(path)!r} cannot be written: {error.strerror}.", remedy="Give another --out."
        ) from None
