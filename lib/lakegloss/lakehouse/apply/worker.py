"""Runs the stages of one table, and writes again what a statement dropped beside them."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.names import split_path
from lakegloss.core.records import Change, ChangeStatus
from lakegloss.core.stages import (
    Edit,
    Stage,
    column_stage,
    comments_of,
    halves,
    lost,
    own_statement,
    reduce_stage,
    stages_of_columns,
    still_to_do,
    takes_many,
    top_of,
)
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import CatalogError
from lakegloss.faults import fault_point
from lakegloss.lakehouse.apply.refusals import Refusal, refusal
from lakegloss.lakehouse.catalog import Catalog

_log = logging.getLogger("lakegloss")
Ids = Mapping[tuple[str, str], Change]
_RETRIES = 3
CHANGED_MEANWHILE = "the comment was changed by someone else while this run went on"
WRITTEN_MEANWHILE = "another run has written the same text while this one went on"
NOT_DROPPED = "no statement dropped it"
NOT_KEPT = "the statement ran, and the source did not keep the comment"
_DROPPED = "it was dropped as its column was commented, and could not be written again"


class TableOutcome:
    """Holds what one worker thread did; only that thread writes to it."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.failed: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.statements = 0


def intended(stage: Stage, edits: Iterable[Edit], run_id: str) -> list[Change]:
    """Make the changes, still to be carried out, of a stage's edits."""
    now = datetime.now(UTC)
    return [
        Change(
            change_id=uuid4().hex,
            table=stage.table,
            column=edit.column,
            proposal_id=edit.proposal_id,
            before=edit.before,
            after=edit.after,
            statement=own_statement(stage, edit),
            status=ChangeStatus.INTENDED.value,
            error="",
            run_id=run_id,
            changed_at=now,
        )
        for edit in edits
    ]


class Worker:
    """Runs the stages of one table in one thread.

    After each statement it reads the comments of the columns that the statement altered, all their
    parts included. What vanished is owed: it is written again with the next statement of its level,
    or by one more where none is left.

    Attributes:
        ids: the intended changes by (table, column).
        intend: records changes as intended, before the statement that makes them.
        kept: changes that keep what the plan did not know, by path.
        now: the comments as they were read last, with what was set since.
        owed: texts that statements of ours dropped and that are not back yet, by path.
        unsure: whether a statement ran is not known.
        is_read: `now` was read after the last statement.
    """

    def __init__(
        self,
        catalog: Catalog,
        ids: Ids,
        run_id: str,
        done: TableOutcome,
        intend: Callable[[Sequence[Change]], object],
    ) -> None:
        self.catalog, self.ids, self.run_id, self.done = catalog, ids, run_id, done
        self.intend = intend
        self.kept: dict[str, Change] = {}
        self.table = Table(name="")
        self.now: dict[str, str] = {}
        self.owed: dict[str, str] = {}
        self.unsure = False
        self.is_read = False

    def run(self, stages: Sequence[Stage]) -> None:
        if self._read(stages):
            for stage in stages:
                self._run_rest(stage)
                fault_point("apply.statement")
        for stage in self._owed_stages():
            self._run_stage(stage)
            fault_point("apply.restored")
        self._tell_owed(stages)

    def _read(self, stages: Sequence[Stage]) -> bool:
        """Read the table as it is now; one that cannot be read fails its stages."""
        self.table = self.catalog.read_comments(stages[0].table)
        if self.table.error:
            for stage in stages:
                self._fail(stage, stage.edits, self.table.error)
            return False
        self._note(comments_of(self.table))
        return True

    def _note(self, seen: Mapping[str, str]) -> None:
        """Take over what the table shows now; what somebody wrote again is owed no more."""
        self.now |= seen
        self.owed = {path: text for path, text in self.owed.items() if not seen.get(path, "-")}
        self.is_read = True

    def _run_rest(self, stage: Stage, retries: int = _RETRIES) -> None:
        """Run what of a stage still applies; what somebody changed is recorded as skipped.

        People may write while the statements before this one run, so each looks first.
        """
        if not self.is_read and stage.edits[0].column:
            with suppress(CatalogError):  # its statement then tells why
                self._note(self.catalog.read_column_comments(self.table))
        # What a statement of this run dropped is still as it was planned on.
        rest, dropped = still_to_do(stage, self.now | self.owed)
        for edit in dropped:
            same = self.now.get(edit.column) == edit.after
            self._skip(stage, [edit], WRITTEN_MEANWHILE if same else CHANGED_MEANWHILE)
        for safe in (safe for part in rest for safe in self._safe(part)):
            self._run_stage(self._with_owed(safe), retries)

    def _safe(self, stage: Stage) -> list[Stage]:
        """The stage without columns that the table, as it is now, can carry no comment on.

        It may have been altered since the plan was made, so that Delta would lose data.
        """
        blocked = {column.path: column.blocked for column in self.table.columns if column.blocked}
        kept, refused = reduce_stage(stage, lambda edit: edit.column not in blocked)
        for edit in refused:
            self._skip(stage, [edit], blocked[edit.column])
        return kept

    def _skip(self, stage: Stage, edits: Sequence[Edit], reason: str) -> None:
        self._record(stage, edits, ChangeStatus.SKIPPED, reason)
        self.done.skipped |= _reasons(stage, edits, reason)

    def _foresee(self, stage: Stage) -> None:
        """Record what a statement may drop and the plan did not know: people write in between.

        Else a run that is killed after the statement leaves nobody who knows these texts.
        """
        own = {edit.column for edit in stage.edits}
        tops = {c.path for c in self.table.columns if c.rebuilt and c.path in own}
        unknown = [
            Edit(column=path, before=text, after=text)
            for path, text in self.now.items()
            if tops and path and text and path not in own and top_of(path) in tops
            if (change := self._known(path)) is None or change.before != text
        ]
        if unknown:
            changes = intended(stage, unknown, self.run_id)
            self.intend(changes)
            self.kept |= {change.column: change for change in changes}

    def _known(self, path: str) -> Change | None:
        return self.kept.get(path) or self.ids.get((self.table.name, path))

    def _run_stage(self, stage: Stage, retries: int = _RETRIES) -> None:
        self._foresee(stage)
        self.done.statements += 1
        self.is_read = False
        try:
            self.catalog.spark.sql(stage.statement)
        except SPARK_ERRORS as error:  # a refusal is the outcome of these columns
            self._refused(stage, error, retries)
        else:
            self._record(stage, stage.edits, ChangeStatus.APPLIED, "")
            self._look(stage)

    def _look(self, stage: Stage) -> None:
        """Read the comments of the altered columns, and note those that the statement dropped."""
        fault_point("apply.altered")
        for edit in stage.edits:
            self.now[edit.column] = edit.after
            self.owed.pop(edit.column, None)
        touched = {edit.column for edit in stage.edits}
        if touched == {""} and not self.table.one_by_one:
            return  # a table's comment is kept apart from its columns
        try:
            seen = self.catalog.read_column_comments(self.table)
        except CatalogError:
            seen = dict.fromkeys(self._at_risk(), "")  # as if all that may be dropped were
        else:
            self._tell_unkept(stage, seen)
        dropped = lost(self.now, seen, touched)
        self._note(seen)
        self.owed |= dropped

    def _tell_unkept(self, stage: Stage, seen: Mapping[str, str]) -> None:
        """Record as failed what is not there after its statement: some sources take all, keep none.

        It is not owed, as it would be written in vain again.
        """
        unkept = [edit for edit in stage.edits if edit.after and not seen.get(edit.column, "-")]
        gone = {edit.column for edit in unkept}
        if gone:
            self.now |= dict.fromkeys(gone, "")
            self.done.changes = [
                change for change in self.done.changes if change.column not in gone
            ]
            self._fail(stage, unkept, NOT_KEPT)

    def _at_risk(self) -> list[str]:
        rebuilt = {column.path for column in self.table.columns if column.rebuilt}
        return [path for path in self.now if path not in rebuilt and top_of(path) in rebuilt]

    def _with_owed(self, stage: Stage) -> Stage:
        """A stage with what is owed on its level: one statement writes both."""
        if not self.owed or not stage.edits[0].column or not takes_many(self.table):
            return stage
        depth, own = _depth(stage.edits[0]), {edit.column for edit in stage.edits}
        more = [e for e in self._owed_edits() if _depth(e) == depth and e.column not in own]
        return column_stage(stage.table, [*stage.edits, *more]) if more else stage

    def _owed_edits(self) -> list[Edit]:
        return [Edit(column=path, before=text, after=text) for path, text in self.owed.items()]

    def _owed_stages(self) -> list[Stage]:
        return stages_of_columns(self.table, self._owed_edits()) if self.owed else []

    def _tell_owed(self, stages: Sequence[Stage]) -> None:
        """Close the changes that were intended for dropped comments, where none was dropped."""
        if self.unsure:
            return
        planned = [(stage, keep) for stage in stages for keep in stage.keeps]
        changes = [self._change(stage, keep) for stage, keep in planned]
        open_ = {change.change_id for change in self.done.changes}
        self.done.changes += [
            replace(change, status=ChangeStatus.SKIPPED.value, error=NOT_DROPPED)
            for change in [*changes, *self.kept.values()]
            if change.change_id not in open_ and change.column not in self.owed
        ]

    def _refused(self, stage: Stage, error: Exception, retries: int) -> None:
        """Retry after another writer, bisect down to the columns at fault, else fail the stage."""
        kind = refusal(f"{type(error).__name__}: {error}")
        if kind is Refusal.CONCURRENT and retries:
            if self._read([stage]):
                self._run_rest(stage, retries - 1)
        elif kind is Refusal.COLUMN and len(stage.edits) > 1:
            for half in halves(stage):
                self._run_rest(half)
        elif kind is Refusal.LOST:
            # The statement may have run: the changes stay intended, and `reconcile` settles them.
            self.unsure = True
            self.done.failed |= _reasons(stage, stage.edits, first_line(error))
        else:
            self._fail(stage, stage.edits, first_line(error))

    def _fail(self, stage: Stage, edits: Sequence[Edit], reason: str) -> None:
        """Record edits as failed; one that was to keep a text stays open for the next run."""
        kept = [edit for edit in edits if edit.keeps]
        self._record(stage, [e for e in edits if not e.keeps], ChangeStatus.FAILED, reason)
        self._record(stage, kept, ChangeStatus.INTENDED, reason)
        self.done.failed |= _reasons(stage, edits, reason)
        self.done.failed |= _reasons(stage, kept, f"{_DROPPED}: {reason}")

    def _record(
        self, stage: Stage, edits: Sequence[Edit], status: ChangeStatus, error: str
    ) -> None:
        self.done.changes += [
            replace(self._change(stage, edit), status=status.value, error=error) for edit in edits
        ]

    def _change(self, stage: Stage, edit: Edit) -> Change:
        """The change that was intended; a loss that nobody foresaw makes one of its own."""
        for known in (self.kept.get(edit.column), self.ids.get((stage.table, edit.column))):
            if known is not None and (known.before, known.after) == (edit.before, edit.after):
                return known
        return intended(stage, [edit], self.run_id)[0]


def _depth(edit: Edit) -> int:
    return len(split_path(edit.column))


def _reasons(stage: Stage, edits: Sequence[Edit], reason: str) -> dict[str, str]:
    return {str(AssetKey(stage.table, edit.column)): reason for edit in edits}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Holds texts that runs dropped, by path: those that are back, and those that are not yet."""

    restored: Mapping[str, str]
    owed: Mapping[str, str]


def restore_dropped(catalog: Catalog, table: Table, open_: Sequence[Mapping[str, Any]]) -> Restored:
    """Write again what a killed run dropped and did not get to write.

    A comment was dropped where the run set the comment of its column, which may drop those of its
    parts, and the part has none now.

    Args:
        open_: changes of this table that runs left as intended.
    """
    now = comments_of(table)
    rebuilt = {column.path for column in table.columns if column.rebuilt}
    owed = {
        row["column"]: row["before"]
        for row in sorted(open_, key=itemgetter("changed_at"))  # the newest text of a part counts
        if row["before"]
        and row["after"]  # an undo that empties it is simply done
        and not now.get(row["column"], "-")
        and row["column"] not in rebuilt
        and top_of(row["column"]) in rebuilt
    }
    edits = [Edit(column=path, before=text, after=text) for path, text in owed.items()]
    back: dict[str, str] = {}
    for stage in stages_of_columns(table, edits):
        try:
            catalog.spark.sql(stage.statement)
        except SPARK_ERRORS as error:  # the changes stay open, and the next run tries
            _log.warning("comments of %r are not back yet: %s", table.name, first_line(error))
        else:
            back |= {edit.column: edit.after for edit in stage.edits}
    if back:
        _log.warning("%d comments of %r that a killed run dropped are back", len(back), table.name)
    return Restored(
        restored=back, owed={path: text for path, text in owed.items() if path not in back}
    )
