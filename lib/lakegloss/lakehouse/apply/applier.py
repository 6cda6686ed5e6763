"""Carrying out stages: every change is recorded before and after its statement."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import uuid4

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.going_on import going_on
from lakegloss.core.records import Change, ChangeStatus, LedgerRow
from lakegloss.core.stages import Edit, Stage, comments_of, halves, own_statement, still_to_do
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.faults import fault_point
from lakegloss.lakehouse.apply.refusals import Refusal, refusal
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import RunLog, live_runs
from lakegloss.lakehouse.ledgers.tables import CHANGES
from lakegloss.lakehouse.progress import Progress
from lakegloss.lakehouse.survey.inventory import note_comments
from lakegloss.lakehouse.threads import threads

_log = logging.getLogger(__name__)
_Ids = Mapping[tuple[str, str], Change]
_RETRIES = 3
CHANGED_MEANWHILE = "the comment was changed by someone else while this run went on"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """What became of the stages: the changes with their status, and reasons by asset."""

    changes: tuple[Change, ...]
    failed: Mapping[str, str]
    skipped: Mapping[str, str]
    statements: int


_NONE: Mapping[str, str] = MappingProxyType({})
NOTHING_DONE = WriteOutcome(changes=(), failed=_NONE, skipped=_NONE, statements=0)


@dataclass(slots=True, kw_only=True)
class _Done:
    """What one worker thread did; it is the only writer of it."""

    changes: list[Change] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    statements: int = 0


def execute(
    ledgers: Ledgers,
    parallel_tables: int,
    stages: Sequence[Stage],
    log: RunLog,
    progress: Progress,
) -> WriteOutcome:
    """Run the stages, tables in parallel, a table's own in order.

    Changes are appended as intended before the first statement and with their outcome after the
    last one, also when the run is interrupted; a killed run is settled by `reconcile`. A comment
    that is not any more what its edit was planned on is skipped.
    """
    since = datetime.now(UTC)
    intended = [change for stage in stages for change in _intended(stage, log.run_id)]
    ledgers.append(CHANGES, intended)
    fault_point("apply.intended")
    ids = {(change.table, change.column): change for change in intended}
    by_table: defaultdict[str, list[Stage]] = defaultdict(list)
    for stage in stages:
        by_table[stage.table].append(stage)
    done = [_Done() for _ in by_table]
    ended = False
    try:
        with threads(parallel_tables) as pool:
            running = [
                pool.submit(_Worker(Catalog(ledgers.spark), ids, result).run, own)
                for own, result in zip(by_table.values(), done, strict=True)
            ]
            _follow(running, progress)
        ended = True
    finally:
        outcome = _finished(done, log)
        _append(ledgers, outcome, or_warn=not ended)
        _note(ledgers, map(asdict, outcome.changes), log.run_id, since)
    return outcome


def _note(ledgers: Ledgers, changes: Iterable[LedgerRow], run_id: str, since: datetime) -> None:
    """Let the inventory have the comments that were written."""
    written = {
        AssetKey(row["table"], row["column"]): row["after"]
        for row in changes
        if row["status"] == ChangeStatus.APPLIED
    }
    note_comments(ledgers, written, run_id=run_id, since=since)


def _append(ledgers: Ledgers, outcome: WriteOutcome, *, or_warn: bool) -> None:
    """Record an outcome; where the run failed, its own error is the one to be raised."""
    unrecorded = going_on(_log, "the outcome of changes could not be recorded")
    with unrecorded if or_warn else nullcontext():
        ledgers.append(CHANGES, outcome.changes)


def _finished(done: Sequence[_Done], log: RunLog) -> WriteOutcome:
    outcome = _joined(done)
    log.count(
        statements=outcome.statements,
        applied=sum(c.status == ChangeStatus.APPLIED for c in outcome.changes),
        failed=len(outcome.failed),
        skipped=len(outcome.skipped),
    )
    return outcome


def _follow(running: Sequence[Future[None]], progress: Progress) -> None:
    try:
        for count, future in enumerate(as_completed(running), start=1):
            future.result()
            progress("apply", count, len(running))
    finally:
        for future in running:  # of an interrupt: else all are done
            future.cancel()


def _joined(done: Sequence[_Done]) -> WriteOutcome:
    # As of now: whoever settled a change in the meantime knew less.
    now = datetime.now(UTC)
    return WriteOutcome(
        changes=tuple(replace(c, changed_at=now) for part in done for c in part.changes),
        failed={asset: reason for part in done for asset, reason in part.failed.items()},
        skipped={asset: reason for part in done for asset, reason in part.skipped.items()},
        statements=sum(part.statements for part in done),
    )


def _intended(stage: Stage, run_id: str) -> list[Change]:
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
        for edit in stage.edits
    ]


@dataclass(frozen=True, slots=True)
class _Worker:
    """Runs the stages of one table in one thread."""

    catalog: Catalog
    ids: _Ids
    done: _Done

    def run(self, stages: Sequence[Stage]) -> None:
        for stage in self._still_to_do(stages):
            self._run_stage(stage)
            fault_point("apply.statement")

    def _still_to_do(self, stages: Sequence[Stage]) -> list[Stage]:
        """What of a table's stages still applies; what does not is recorded as skipped."""
        table = self.catalog.read_comments(stages[0].table)
        if table.error:
            for stage in stages:
                self._fail(stage, stage.edits, table.error)
            return []
        now, left = comments_of(table), []
        for stage in stages:
            rest, dropped = still_to_do(stage, now)
            left += rest
            self._record(stage, dropped, ChangeStatus.SKIPPED, CHANGED_MEANWHILE)
            self.done.skipped |= _reasons(stage, dropped, CHANGED_MEANWHILE)
        return left

    def _run_stage(self, stage: Stage, retries: int = _RETRIES) -> None:
        self.done.statements += 1
        try:
            self.catalog.spark.sql(stage.statement)
        except SPARK_ERRORS as error:  # any refusal is the outcome of these columns
            self._refused(stage, error, retries)
        else:
            self._record(stage, stage.edits, ChangeStatus.APPLIED, "")

    def _refused(self, stage: Stage, error: Exception, retries: int) -> None:
        """Retry after another writer, bisect down to the columns at fault, else fail the stage."""
        kind = refusal(f"{type(error).__name__}: {error}")
        if kind is Refusal.CONCURRENT and retries:
            for rest in self._still_to_do([stage]):
                self._run_stage(rest, retries - 1)
        elif kind is Refusal.COLUMN and len(stage.edits) > 1:
            for half in halves(stage):
                self._run_stage(half)
        elif kind is Refusal.LOST:
            # The statement may have run: the changes stay intended, and `reconcile` settles them.
            self.done.failed |= _reasons(stage, stage.edits, first_line(error))
        else:
            self._fail(stage, stage.edits, first_line(error))

    def _fail(self, stage: Stage, edits: Sequence[Edit], reason: str) -> None:
        self._record(stage, edits, ChangeStatus.FAILED, reason)
        self.done.failed |= _reasons(stage, edits, reason)

    def _record(
        self, stage: Stage, edits: Sequence[Edit], status: ChangeStatus, error: str
    ) -> None:
        self.done.changes += [
            replace(self.ids[stage.table, edit.column], status=status.value, error=error)
            for edit in edits
        ]


def _reasons(stage: Stage, edits: Sequence[Edit], reason: str) -> dict[str, str]:
    return {str(AssetKey(stage.table, edit.column)): reason for edit in edits}


def reconcile(ledgers: Ledgers, catalog: Catalog, changes: Iterable[LedgerRow]) -> list[LedgerRow]:
    """Settle changes that a killed run left as intended, by what the catalog shows now.

    Those of runs that may still be going on and of tables that cannot be read are left alone.

    Args:
        changes: the newest rows of changes; a row needs its table, status and run.

    Returns:
        The rows that were appended.
    """
    left = [row for row in changes if row["status"] == ChangeStatus.INTENDED]
    live = live_runs(ledgers, {row["run_id"] for row in left})
    ids = {row["change_id"] for row in left if row["run_id"] not in live}
    if not ids:
        return []
    of_runs = is_in("run_id", {row["run_id"] for row in left} - live)
    of_tables = is_in("table", {row["table"] for row in left})
    rows = ledgers.newest(CHANGES, f"{of_runs} AND {of_tables}")
    by_table: defaultdict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        if row["change_id"] in ids and row["status"] == ChangeStatus.INTENDED:
            by_table[row["table"]].append(row)
    settled = [
        row for name, own in by_table.items() for row in _settled(catalog.read_comments(name), own)
    ]
    ledgers.append(CHANGES, settled)
    _note(ledgers, settled, "", datetime.now(UTC))
    return settled


def _settled(table: Table, intended: Iterable[LedgerRow]) -> list[LedgerRow]:
    if table.error:
        return []
    now, comments = datetime.now(UTC), comments_of(table)
    return [_settled_row(row, comments, now) for row in intended]


def _settled_row(row: LedgerRow, comments: Mapping[str, str], now: datetime) -> LedgerRow:
    done = comments.get(row["column"]) == row["after"]
    status = ChangeStatus.APPLIED if done else ChangeStatus.FAILED
    error = "" if done else "the run ended before this statement ran"
    return {**row, "status": status.value, "error": error, "changed_at": now}
