"""Gathers the tables to evaluate on: from the lake, or from a file where the lake lacks them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evaluation.references import HeldOutTable, ReferenceText, hold_out
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import quote_parts, split_path
from lakegloss.core.personal.presidio import presidio_detector
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.records import Source
from lakegloss.core.stages import comments_of
from lakegloss.drafting.card_tasks import check_names, tasks_for
from lakegloss.drafting.table_cards import evidence_of, table_of
from lakegloss.errors import InputError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.progress import Progress
from lakegloss.lakehouse.survey.survey import survey
from lakegloss.learning.reference_files import ReferenceData
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings, ProfileSettings

_Seen = tuple[Table, Mapping[str, Evidence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeReader:
    """Reads tables of the lake with their evidence, which is gathered where it is missing."""

    ledgers: Ledgers
    profile: ProfileSettings
    run_id: str
    progress: Progress

    def chunks(self, patterns: Sequence[str]) -> Iterator[list[_Seen]]:
        """The selected tables in bounded groups, each with its evidence by column path.

        Raises:
            AssetNotFoundError: a pattern matches nothing.
            CatalogError: none of the tables can be read.
        """
        seen = survey(
            self.ledgers, self.profile, patterns, run_id=self.run_id, progress=self.progress
        )
        for chunk in seen.chunks():
            evidence = seen.evidence.of(chunk)
            yield [(table, _own(table, evidence)) for table in chunk]

    def has(self, table: str) -> bool:
        """Whether the lake has a table of that name."""
        try:
            name = quote_parts(split_path(table))
        except ValueError as error:
            raise InputError(
                f"A name cannot be read: {error}.", remedy="Write parts with dots in backticks."
            ) from None
        return len(split_path(table)) > 1 and self.ledgers.spark.catalog.tableExists(name)


def _own(table: Table, evidence: Mapping[AssetKey, Evidence]) -> dict[str, Evidence]:
    keys = {column.path: AssetKey(table.name, column.path) for column in table.columns}
    return {path: evidence[key] for path, key in keys.items() if key in evidence}


def described_by_people(reader: LakeReader, patterns: Sequence[str]) -> list[HeldOutTable]:
    """Tables of the lake with the comments that people wrote, which are hidden in them."""
    return [held for chunk in reader.chunks(patterns) for held in _by_people(reader, chunk)]


def _by_people(reader: LakeReader, chunk: Sequence[_Seen]) -> Iterator[HeldOutTable]:
    shown = {
        AssetKey(table.name, path): text
        for table, _ in chunk
        for path, text in comments_of(table).items()
        if text.strip()
    }
    if not shown:
        return
    tables = {key.table for key in shown}
    known = with_moved(reader.ledgers, known_assets(reader.ledgers, tables), shown)
    references: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, text in shown.items():
        if known.get(key, NOTHING_KNOWN).author(text) == Source.HUMAN:
            references[key.table][key.column] = text
    for table, evidence in chunk:
        if table.name in references:
            yield hold_out(table, evidence, references[table.name])


def profiled(reader: LakeReader, patterns: Sequence[str]) -> list[HeldOutTable]:
    """Tables of the lake with all columns that were profiled; their comments are hidden."""
    held = [
        hold_out(table, evidence, {c.path: c.comment for c in table.columns if c.path in evidence})
        for chunk in reader.chunks(patterns)
        for table, evidence in chunk
    ]
    return [table for table in held if table.references]


def described_in_file(
    reader: LakeReader,
    data: ReferenceData,
    settings: DraftingSettings,
    *,
    personal: str,
) -> list[HeldOutTable]:
    """The tables of a file: as the lake has them, else as the file tells.

    Raises:
        InputError: a name cannot be read, or the lake's table lacks a column of the file.
    """
    by_table: defaultdict[str, dict[str, ReferenceText]] = defaultdict(dict)
    for item in data.texts:
        by_table[item.table][item.column] = item
    there = [name for name in by_table if name not in data.cards and reader.has(name)]
    held = list(_from_lake(reader, there, by_table)) if there else []
    for name, texts in by_table.items():
        if name not in there:
            held.append(_from_file(name, texts, data, settings, personal=personal))
    return held


def _from_lake(
    reader: LakeReader, names: Sequence[str], by_table: Mapping[str, Mapping[str, ReferenceText]]
) -> Iterator[HeldOutTable]:
    wanted = {_short(name): by_table[name] for name in names}
    for chunk in reader.chunks(names):
        for table, evidence in chunk:
            texts = wanted.get(_short(table.name), {})
            if texts:
                yield hold_out(table, evidence, _of_columns(table, texts))


def _of_columns(table: Table, texts: Mapping[str, ReferenceText]) -> dict[str, str]:
    """The texts by the paths of the lake's columns, which may be spelt in another case."""
    paths = {column.path.lower(): column.path for column in table.columns} | {"": ""}
    unknown = [item.column for item in texts.values() if item.column.lower() not in paths]
    if unknown:
        raise InputError(
            f"{table.name} has no column {unknown[0]!r}.", remedy="Correct the data file."
        )
    return {paths[item.column.lower()]: item.text for item in texts.values()}


def _short(name: str) -> str:
    """The last two parts of a name: the session catalog may be named or not."""
    return "\0".join(part.lower() for part in split_path(name)[-2:])


def _from_file(
    name: str,
    texts: Mapping[str, ReferenceText],
    data: ReferenceData,
    settings: DraftingSettings,
    *,
    personal: str,
) -> HeldOutTable:
    card = data.cards.get(name)
    table = table_of(card) if card else _table(name, texts.values())
    check_names(table)
    evidence = (
        evidence_of(card) if card else {c.path: _nothing_known(name, c) for c in table.columns}
    )
    detector = presidio_detector() if personal == "presidio" else None
    # The evidence as it may be shown: the policy for values is applied to it here.
    guarded = tasks_for(table, evidence, settings, CommentProgram(), detector=detector).evidence
    return hold_out(table, guarded, {path: item.text for path, item in texts.items()})


def _table(name: str, texts: Iterable[ReferenceText]) -> Table:
    columns = [item for item in texts if item.column]
    return Table(
        name=name,
        columns=tuple(
            Column(path=item.column, data_type=item.data_type or "string", position=place)
            for place, item in enumerate(columns)
        ),
    )


def _nothing_known(table: str, column: Column) -> Evidence:
    return Evidence(table=table, column=column.path, data_type=column.data_type, rows=-1)
