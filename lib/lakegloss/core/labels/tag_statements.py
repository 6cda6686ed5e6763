"""Plans statements that set and remove tags, as data for one applier and one explainer."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lakegloss.core.assets import TableKind
from lakegloss.core.ddl import is_substituted, literal
from lakegloss.core.labels.tags import property_of
from lakegloss.core.names import quote_path, split_path


class TagPlace(StrEnum):
    """Where the tags of a table live: as tags of Unity Catalog, or in table properties."""

    TAGS = "tags"
    PROPERTIES = "properties"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEdit:
    """One tag to set or, where `after` is '', to remove; `before` '' means that there is none."""

    column: str
    tag: str
    before: str
    after: str
    proposal_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagStage:
    """One statement and the edits that it carries out."""

    table: str
    kind: TableKind
    place: TagPlace
    statement: str
    edits: tuple[TagEdit, ...]


_NOUNS = {
    TableKind.VIEW: "VIEW",
    TableKind.METRIC_VIEW: "VIEW",
    TableKind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    TableKind.STREAMING_TABLE: "STREAMING TABLE",
}
UNWRITABLE_NAME = "its name holds ${, in place of which Spark may put a variable: another name"
PART_OF_COLUMN = "it is a part of a column, which carries no tag of its own"


def tag_refused(table: str, edit: TagEdit) -> str:
    """Why no statement can set this tag; '' where one can."""
    if is_substituted(table) or is_substituted(edit.column):
        return UNWRITABLE_NAME
    return PART_OF_COLUMN if edit.column and len(split_path(edit.column)) > 1 else ""


def tag_stages(
    table: str, kind: TableKind, place: TagPlace, edits: Iterable[TagEdit]
) -> list[TagStage]:
    """The statements that carry out edits of one table: as few as the platform takes.

    Unity Catalog takes the tags of one asset in one statement, table properties those of a whole
    table; what is set and what is removed needs a statement each.
    """
    groups: defaultdict[tuple[str, bool], list[TagEdit]] = defaultdict(list)
    for edit in edits:
        if edit.before != edit.after:
            own = edit.column if place is TagPlace.TAGS else ""
            groups[own, not edit.after].append(edit)
    return [_stage(table, kind, place, group) for group in groups.values()]


def tag_halves(stage: TagStage) -> tuple[TagStage, TagStage]:
    """A failed stage of several tags as two, to find the bad one by bisection."""
    middle = len(stage.edits) // 2
    first, second = stage.edits[:middle], stage.edits[middle:]
    return (
        _stage(stage.table, stage.kind, stage.place, first),
        _stage(stage.table, stage.kind, stage.place, second),
    )


def reduced_stage(stage: TagStage, wanted: Callable[[TagEdit], bool]) -> TagStage | None:
    """The stage with the wanted edits only, or None where none is left."""
    kept = [edit for edit in stage.edits if wanted(edit)]
    if len(kept) == len(stage.edits):
        return stage
    return _stage(stage.table, stage.kind, stage.place, kept) if kept else None


def own_tag_statement(stage: TagStage, edit: TagEdit) -> str:
    """One edit's part of a stage, as a statement of its own: what a change records."""
    return _stage(stage.table, stage.kind, stage.place, [edit]).statement


def _stage(table: str, kind: TableKind, place: TagPlace, edits: Sequence[TagEdit]) -> TagStage:
    write = _tags_statement if place is TagPlace.TAGS else _properties_statement
    return TagStage(
        table=table, kind=kind, place=place, statement=write(table, kind, edits),
        edits=tuple(edits),
    )  # fmt: skip


def _tags_statement(table: str, kind: TableKind, edits: Sequence[TagEdit]) -> str:
    column = edits[0].column
    # Columns of plain views have no form of their own before runtime 19: ALTER TABLE serves them.
    noun = _NOUNS.get(kind, "TABLE")
    if column and noun == "VIEW":
        noun = "TABLE"
    target = f" ALTER COLUMN {quote_path(column)}" if column else ""
    return f"ALTER {noun} {quote_path(table)}{target} {_clause('TAGS', _pairs(edits))}"


def _properties_statement(table: str, kind: TableKind, edits: Sequence[TagEdit]) -> str:
    noun = "VIEW" if _NOUNS.get(kind) == "VIEW" else "TABLE"
    pairs = {property_of(edit.column, edit.tag): edit.after for edit in edits}
    clause = _clause("TBLPROPERTIES", pairs)
    return f"ALTER {noun} {quote_path(table)} {clause}"


def _pairs(edits: Iterable[TagEdit]) -> dict[str, str]:
    return {edit.tag: edit.after for edit in edits}


def _clause(what: str, pairs: Mapping[str, str]) -> str:
    """SET with values; UNSET where the values are ''."""
    if all(pairs.values()):
        listed = ", ".join(f"{literal(name)} = {literal(value)}" for name, value in pairs.items())
        return f"SET {what} ({listed})"
    quiet = "IF EXISTS " if what == "TBLPROPERTIES" else ""
    return f"UNSET {what} {quiet}({', '.join(map(literal, pairs))})"
