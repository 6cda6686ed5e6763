"""Plans an apply as data: frozen stages that one applier runs and one explainer prints."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lakegloss.core import ddl
from lakegloss.core.assets import Table, TableKind
from lakegloss.core.names import join_path, split_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One comment to set: before is what the catalog showed, column is '' for the table's own.

    Where both texts are the same, a statement of ours may drop it: it is written again then.
    """

    column: str
    before: str
    after: str
    proposal_id: str = ""

    @property
    def keeps(self) -> bool:
        """Whether it only keeps what is there."""
        return self.before == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One statement and the edits that it carries out.

    `keeps` are comments of parts that it may drop: they are written again where it did.
    """

    table: str
    statement: str
    edits: tuple[Edit, ...]
    keeps: tuple[Edit, ...] = ()


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


def can_write(kind: TableKind, column: str, *, comment_on_column: bool, blocked: str = "") -> bool:
    """Whether a comment on such an asset can be written by this session's SQL.

    Args:
        blocked: why the source cannot carry one there, see `Column.blocked`.
    """
    if column and kind in KEPT_ELSEWHERE:
        return False
    return not column or not (blocked or (kind is TableKind.VIEW and not comment_on_column))


def stages_for(
    table: Table, edits: Sequence[Edit], *, comment_on_column: bool
) -> tuple[list[Stage], list[NotWritable]]:
    """The statements for one table: one for its comment, one ALTER for each nesting level.

    The levels come in order, parents first: what a parent's statement drops of its parts is then
    written again together with what is new there. A table whose statements can comment one column
    only gets one for each.

    Edits that would change nothing are left out: an identical comment still makes a commit, and
    each commit aborts other writers.

    Args:
        comment_on_column: whether the session knows COMMENT ON COLUMN (Databricks does).
    """
    changed = [edit for edit in edits if edit.before != edit.after]
    writable, refused = [], []
    blocked = {column.path: column.blocked for column in table.columns if column.blocked}
    for edit in changed:
        reason = _refused(table, edit, blocked, comment_on_column=comment_on_column)
        if reason:
            refused.append(NotWritable(table=table.name, edit=edit, reason=reason))
        else:
            writable.append(edit)
    own = [edit for edit in writable if not edit.column]
    columns = [edit for edit in writable if edit.column]
    stages = [_table_stage(table, edit, comment_on_column=comment_on_column) for edit in own]
    stages += stages_of_columns(table, columns)
    return [_with_keeps(table, stage, {e.column for e in columns}) for stage in stages], refused


def stages_of_columns(table: Table, edits: Sequence[Edit]) -> list[Stage]:
    """The statements that set comments of columns and parts, as this kind of table takes them."""
    if takes_many(table):
        return [column_stage(table.name, level) for level in levels_of(edits)]
    single = column_stage if _takes_alter(table) else _single_stage
    return [single(table.name, [edit]) for edit in edits]


def takes_many(table: Table) -> bool:
    """Whether one statement can comment several columns of this table."""
    return _takes_alter(table) and not table.one_by_one


def _takes_alter(table: Table) -> bool:
    return table.kind in (TableKind.TABLE, TableKind.FOREIGN)


def _with_keeps(table: Table, stage: Stage, edited: Collection[str]) -> Stage:
    """The stage with the comments of parts that it may drop and that nothing else sets."""
    changed = {edit.column for edit in stage.edits}
    rebuilt = {c.path for c in table.columns if c.rebuilt and c.path in changed}
    keeps = tuple(
        Edit(column=c.path, before=c.comment, after=c.comment)
        for c in table.columns
        if c.comment
        and c.path not in edited
        and c.path not in rebuilt
        and top_of(c.path) in rebuilt
    )
    return replace(stage, keeps=keeps)


def top_of(path: str) -> str:
    """The path of the column that a path is, or is a part of."""
    return join_path(split_path(path)[:1])


def _refused(
    table: Table, edit: Edit, blocked: Mapping[str, str], *, comment_on_column: bool
) -> str:
    if ddl.is_substituted(table.name) or ddl.is_substituted(edit.column):
        return SUBSTITUTED
    if not can_write(table.kind, edit.column, comment_on_column=comment_on_column):
        return KEPT_ELSEWHERE.get(table.kind, VIEW_COLUMNS)
    return blocked.get(edit.column, "")


def _table_stage(table: Table, edit: Edit, *, comment_on_column: bool) -> Stage:
    if table.kind is TableKind.VIEW and not comment_on_column:
        statement = ddl.comment_on_view(table.name, edit.after)
    else:
        statement = ddl.comment_on_table(table.name, edit.after)
    return Stage(table=table.name, statement=statement, edits=(edit,))


def _single_stage(table: str, edits: Sequence[Edit]) -> Stage:
    statement = ddl.comment_on_column(table, edits[0].column, edits[0].after)
    return Stage(table=table, statement=statement, edits=tuple(edits))


def column_stage(table: str, edits: Sequence[Edit]) -> Stage:
    """One ALTER for columns of one nesting level."""
    statement = ddl.comment_on_columns(table, [(edit.column, edit.after) for edit in edits])
    return Stage(table=table, statement=statement, edits=tuple(edits))


def levels_of(edits: Iterable[Edit]) -> list[list[Edit]]:
    """Edits of columns by nesting level, parents first."""
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
    if not dropped:
        return [stage], dropped
    tops = {top_of(edit.column) for edit in kept}
    keeps = tuple(keep for keep in stage.keeps if top_of(keep.column) in tops)
    return [replace(column_stage(stage.table, kept), keeps=keeps)], dropped


def lost(
    before: Mapping[str, str], now: Mapping[str, str], touched: Collection[str]
) -> dict[str, str]:
    """The comments that vanished from columns that a statement touched, by path, with their text.

    Args:
        before: what was there, with what the statement set; now: what is there.
        touched: paths of columns that the statement altered; '' stands for all columns.
    """
    tops = {top_of(path) for path in touched if path}
    return {
        path: text
        for path, text in before.items()
        if path and text and not now.get(path, text) and ("" in touched or top_of(path) in tops)
    }


def still_to_do(stage: Stage, now: Mapping[str, str]) -> tuple[list[Stage], tuple[Edit, ...]]:
    """The part of a stage whose comments are as they were planned on, and the edits that lost it.

    A column that is gone stays in: the statement says so, and bisection finds it.

    Args:
        now: the table's comments, as `comments_of` gives them.
    """
    return reduce_stage(stage, lambda edit: now.get(edit.column, edit.before) == edit.before)
