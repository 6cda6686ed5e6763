"""Takes the descriptions that people wrote in files of other tools as texts of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.exchange.markdown import from_markdown, to_markdown
from lakegloss.core.plan.choices import NOTHING_KNOWN, Known, text_hash
from lakegloss.core.records import Source
from lakegloss.core.review.merge import Conflict, Trouble
from lakegloss.core.review.rows import ReviewRow
from lakegloss.core.stages import comments_of
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.exchange.description_files import DescriptionFile, Text, read_descriptions
from lakegloss.lakehouse.exchange.naming import Named, column_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets
from lakegloss.lakehouse.review.reading import read_all
from lakegloss.settings_views import ExchangeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTexts:
    """What a file asks for.

    Attributes:
        rows: texts of people, for assets that are there.
        conflicts: what is listed and left out; untouched: how many entries ask for nothing.
        tables: the tables of the rows, as the catalog shows them now.
        origin: distinguishes the file from others of the same name.
    """

    rows: Sequence[ReviewRow]
    conflicts: Sequence[Conflict]
    untouched: int
    tables: Mapping[str, Table]
    origin: str


def texts_of_people(
    ledgers: Ledgers, settings: ExchangeSettings, path: Path, patterns: Sequence[str]
) -> TakenTexts:
    """Read a file of another tool, and find what its names mean in the lake.

    A text that the catalog shows already asks for nothing, nor does one that lakegloss itself wrote
    there before: it is no person's.

    Args:
        path: a schema.yml of dbt, a data contract, or a dictionary (.md, .csv, .tsv, .xlsx).
        patterns: the tables that the file may mean; none selects all.

    Raises:
        DescriptionFileError, ExampleFileError, ReviewFileError: the file cannot be read.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
        AssetNotFoundError: a pattern matches nothing.
    """
    file = read_descriptions(path)
    catalog = Catalog(ledgers.spark, settings.excluded)
    named = Named(catalog.table_names(patterns, own_schema=ledgers.schema))
    meant = {text.table: named.find(text.table) for text in file.texts}
    names = {found[0] for found in meant.values() if len(found) == 1}
    tables = read_all(catalog, settings.parallel_tables, names)
    rows, conflicts, untouched = rows_of_file(file, meant, tables, known_assets(ledgers, names))
    return TakenTexts(
        rows=rows, conflicts=conflicts, untouched=untouched, tables=tables, origin=file.origin
    )


def rows_of_file(
    file: DescriptionFile,
    meant: Mapping[str, Sequence[str]],
    tables: Mapping[str, Table],
    known: Mapping[AssetKey, Known],
) -> tuple[list[ReviewRow], list[Conflict], int]:
    """Sort a file's texts into those to record, those in conflict, and how many ask for nothing.

    Args:
        meant: the tables that each name of the file may mean.
        tables: those that are meant without doubt, as the catalog shows them.
        known: what the ledgers hold of their columns.
    """
    rows: list[ReviewRow] = []
    conflicts: list[Conflict] = []
    untouched = 0
    for text in file.texts:
        if not text.text and text.trouble is None:
            untouched += 1
            continue
        key = _asset(text, meant.get(text.table, ()), tables)
        if isinstance(key, Conflict):
            conflicts.append(key)
        elif _asks_for_nothing(
            text.text, comments_of(tables[key.table])[key.column], known.get(key)
        ):
            untouched += 1
        else:
            rows.append(ReviewRow(line=text.line, key=key, text=text.text))
    return rows, conflicts, untouched


def _asset(text: Text, names: Sequence[str], tables: Mapping[str, Table]) -> AssetKey | Conflict:
    said = AssetKey(text.table, text.column)
    if text.trouble is not None or len(names) > 1:
        trouble = text.trouble or Trouble.AMBIGUOUS
        return Conflict(line=text.line, key=said, trouble=trouble, detail=", ".join(names[:5]))
    table = tables.get(names[0]) if names else None
    column = column_of(table, text.column) if table and text.column else ""
    if table is None or table.error or column is None:
        detail = table.error if table else ""
        return Conflict(line=text.line, key=said, trouble=Trouble.GONE, detail=detail)
    return AssetKey(table.name, column)


def _asks_for_nothing(text: str, comment: str, known: Known | None) -> bool:
    """Whether a text is the comment that is there, or one that lakegloss wrote there before."""
    shown = {" ".join(form.split()) for form in (comment, from_markdown(to_markdown(comment)))}
    if " ".join(text.split()) in shown:
        return True
    author = (known or NOTHING_KNOWN).written.get(text_hash(text), Source.HUMAN.value)
    return author != Source.HUMAN
