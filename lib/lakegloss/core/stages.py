"""What an apply does, as data: frozen stages that one applier runs and one explainer prints."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core import ddl
from lakegloss.core.assets import Table, TableKind
from lakegloss.core.names import split_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One comment to set: before is what the catalog showed, column is '' for the table's own."""

    column: str
    before: str
    after: str
    proposal_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One statement and the edits that it carries out."""

    table: str
    statement: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWritable:
    """An edit that this session's SQL cannot carry out, and why."""

    table: str
    edit: Edit
    reason: str


VIEW_COLUMNS = "this Spark cannot comment a view's columns; views are never re-created"
KEPT_ELSEWHERE = {
    TableKind.FOREIGN: "comments of a foreign table's columns come from its source",
    TableKind.METRIC_VIEW: "comments of a metric view's columns stand in its own definition",
}
"""Kinds whose columns are commented elsewhere, and where."""
SUBSTITUTED = "its name holds ${, in place of which Spark may put a variable: another name"


def can_write(kind: TableKind, column: str, *, comment_on_column: bool) -> bool:
    """Whether a comment on such an asset can be written by this session's SQL."""
    if column and kind in KEPT_ELSEWHERE:
        return False
    return not column or kind is not TableKind.VIEW or comment_on_column


def stages_for(
    table: Table, edits: Sequence[Edit], *, comment_on_column: bool
) -> tuple[list[Stage], list[NotWritable]]:
    """The statements for one table: one for its comment, one ALTER for each nesting level.

    Edits that would change nothing are left out: an identical comment still makes a commit, and
    each commit aborts other writers.

    Args:
        comment_on_column: whether the session knows COMMENT ON COLUMN (Databricks does).
    """
    changed = [edit for edit in edits if edit.before != edit.after]
    writable, refused = [], []
    for edit in changed:
        reason = _refused(table, edit, comment_on_column=comment_on_column)
        if reason:
            refused.append(NotWritable(table=table.name, edit=edit, reason=reason))
        else:
            writable.append(edit)
    own = [edit for edit in writable if not edit.column]
    columns = [edit for edit in writable if edit.column]
    stages = [_table_stage(table, edit, comment_on_column=comment_on_column) for edit in own]
    if table.kind in (TableKind.TABLE, TableKind.FOREIGN):
        stages += [column_stage(table.name, level) for level in _levels(columns)]
    else:
        stages += [_single_stage(table.name, edit) for edit in columns]
    return stages, refused


def _refused(table: Table, edit: Edit, *, comment_on_column: bool) -> str:
    if ddl.is_substituted(table.name) or ddl.is_substituted(edit.column):
        return SUBSTITUTED
    if not can_write(table.kind, edit.column, comment_on_column=comment_on_column):
        return KEPT_ELSEWHERE.get(table.kind, VIEW_COLUMNS)
    return ""


def _table_stage(table: Table, edit: Edit, *, comment_on_column: bool) -> Stage:
    if table.kind is TableKind.VIEW and not comment_on_column:
        statement = ddl.comment_on_view(table.name, edit.after)
    else:
        statement = ddl.comment_on_table(table.name, edit.after)
    return Stage(table=table.name, statement=statement, edits=(edit,))


def _single_stage(table: str, edit: Edit) -> Stage:
    statement = ddl.comment_on_column(table, edit.column, edit.after)
    return Stage(table=table, statement=statement, edits=(edit,))


def column_stage(table: str, edits: Sequence[Edit]) -> Stage:
    """One ALTER for columns of one nesting level."""
    statement = ddl.comment_on_columns(table, [(edit.column, edit.after) for edit in edits])
    return Stage(table=table, statement=statement, edits=tuple(edits))


def _levels(edits: Sequence[Edit]) -> list[list[Edit]]:
    levels: defaultdict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        levels[len(split_path(edit.column))].append(edit)
    return [levels[depth] for depth in sorted(levels)]


def halves(stage: Stage) -> tuple[Stage, Stage]:
    """A failed stage of several columns as two, to find the bad column by bisection."""
    middle = len(stage.edits) // 2
    return (
        column_stage(stage.table, stage.edits[:middle]),
        column_stage(stage.table, stage.edits[middle:]),
    )


def own_statement(stage: Stage, edit: Edit) -> str:
    """One edit's part of a stage, as a statement of its own: what a change records."""
    if len(stage.edits) == 1:
        return stage.statement
    return ddl.comment_on_columns(stage.table, [(edit.column, edit.after)])


def comments_of(table: Table) -> Mapping[str, str]:
    """Every comment of a table by the path of its column, '' for the table's own."""
    return {"": table.comment} | {column.path: column.comment for column in table.columns}


def reduce_stage(
    stage: Stage, wanted: Callable[[Edit], bool]
) -> tuple[list[Stage], tuple[Edit, ...]]:
    """The stage with the wanted edits only ([] where none is left), and the other edits."""
    kept = tuple(edit for edit in stage.edits if wanted(edit))
    dropped = tuple(edit for edit in stage.edits if not wanted(edit))
    if not kept:
        return [], dropped
    # Only an ALTER of columns holds several edits: what is reduced and not empty is one.
    return [column_stage(stage.table, kept) if dropped else stage], dropped


def still_to_do(stage: Stage, now: Mapping[str, str]) -> tuple[list[Stage], tuple[Edit, ...]]:
    """The part of a stage whose comments are as they were planned on, and the edits that lost it.

    A column that is gone stays in: the statement says so, and bisection finds it.

    Args:
        now: the table's comments, as `comments_of` gives them.
    """
    return reduce_stage(stage, lambda edit: now.get(edit.column, edit.before) == edit.before)
