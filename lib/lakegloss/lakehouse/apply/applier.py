"""Executes stages of statements, and records every change before and after its statement."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.going_on import going_on
from lakegloss.core.records import Change, ChangeStatus, LedgerRow
from lakegloss.core.stages import Stage, comments_of
from lakegloss.faults import fault_point
from lakegloss.lakehouse.apply.worker import (
    NOT_DROPPED,
    TableOutcome,
    Worker,
    intended,
    restore_dropped,
)
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import RunLog, live_runs
from lakegloss.lakehouse.ledgers.tables import CHANGES
from lakegloss.lakehouse.progress import Progress
from lakegloss.lakehouse.survey.inventory import note_comments
from lakegloss.lakehouse.threads import threads

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """Says what became of the stages: the changes with their status, and reasons by asset."""

    changes: tuple[Change, ...]
    failed: Mapping[str, str]
    skipped: Mapping[str, str]
    statements: int

    @property
    def applied(self) -> int:
        """The number of comments that were written."""
        return sum(c.status == ChangeStatus.APPLIED and c.before != c.after for c in self.changes)

    @property
    def restored(self) -> int:
        """The number of comments that a statement dropped and that were written again."""
        return sum(c.status == ChangeStatus.APPLIED and c.before == c.after for c in self.changes)


_NONE: Mapping[str, str] = MappingProxyType({})
NOTHING_DONE = WriteOutcome(changes=(), failed=_NONE, skipped=_NONE, statements=0)


def execute(
    ledgers: Ledgers,
    parallel_tables: int,
    stages: Sequence[Stage],
    log: RunLog,
    progress: Progress,
) -> WriteOutcome:
    """Run the stages: tables in parallel, the stages of one table in order.

    Changes are appended as intended before the first statement, and with their outcome after the
    last one, also when the run is interrupted; `reconcile` settles the changes of a killed run. A
    comment that differs from the one for which its edit was planned is skipped.
    """
    since = datetime.now(UTC)
    open_ = [c for stage in stages for c in intended(stage, stage.edits + stage.keeps, log.run_id)]
    ledgers.append(CHANGES, open_)
    fault_point("apply.intended")
    ids = {(change.table, change.column): change for change in open_}
    by_table: defaultdict[str, list[Stage]] = defaultdict(list)
    for stage in stages:
        by_table[stage.table].append(stage)
    done = [TableOutcome() for _ in by_table]
    intend = partial(ledgers.append, CHANGES)
    ended = False
    try:
        with threads(parallel_tables) as pool:
            running = [
                pool.submit(
                    Worker(Catalog(ledgers.spark), ids, log.run_id, result, intend).run, own
                )
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
    """Record the written comments in the inventory."""
    written = {
        AssetKey(row["table"], row["column"]): row["after"]
        for row in changes
        if row["status"] == ChangeStatus.APPLIED
    }
    note_comments(ledgers, written, run_id=run_id, since=since)


def _append(ledgers: Ledgers, outcome: WriteOutcome, *, or_warn: bool) -> None:
    """Record an outcome; with `or_warn` a failure is only logged, as the run's error is raised."""
    unrecorded = going_on(_log, "the outcome of changes could not be recorded")
    with unrecorded if or_warn else nullcontext():
        ledgers.append(CHANGES, outcome.changes)


def _finished(done: Sequence[TableOutcome], log: RunLog) -> WriteOutcome:
    outcome = _joined(done)
    log.count(
        statements=outcome.statements,
        applied=outcome.applied,
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


def _joined(done: Sequence[TableOutcome]) -> WriteOutcome:
    # The time is now, so that these rows replace those of a reconcile that knew less.
    now = datetime.now(UTC)
    return WriteOutcome(
        changes=tuple(replace(c, changed_at=now) for part in done for c in part.changes),
        failed={asset: reason for part in done for asset, reason in part.failed.items()},
        skipped={asset: reason for part in done for asset, reason in part.skipped.items()},
        statements=sum(part.statements for part in done),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledChanges:
    """Says what became of changes that were left open.

    Attributes:
        rows: the rows that were appended to the ledger.
        owed: assets whose text a run dropped and that could not be written again yet: they look
            empty, and nothing else may be written there.
    """

    rows: list[LedgerRow]
    owed: frozenset[AssetKey] = frozenset()


def reconcile(
    ledgers: Ledgers,
    catalog: Catalog,
    changes: Iterable[LedgerRow],
    *,
    ended: Collection[str] = (),
) -> SettledChanges:
    """Settle changes that a killed run left as intended, by what the catalog shows now.

    What such a run dropped is written again. This is done also for runs that may still be going on,
    as a killed one cannot be told from them for hours: to write the same text twice harms nobody.
    Else their changes are left alone, and those of tables that cannot be read.

    Args:
        changes: the newest rows of changes; a row needs its table, proposal, status and run.
        ended: runs that count as over, although they did not record their end.
    """
    left = [row for row in changes if row["status"] == ChangeStatus.INTENDED]
    live = live_runs(ledgers, {row["run_id"] for row in left}.difference(ended))
    # Only a change without a proposal can be one that keeps a text.
    due = [row for row in left if row["run_id"] not in live or not row["proposal_id"]]
    ids = {row["change_id"] for row in due}
    if not ids:
        return SettledChanges(rows=[])
    of_runs = is_in("run_id", {row["run_id"] for row in due})
    of_tables = is_in("table", {row["table"] for row in due})
    rows = ledgers.newest(CHANGES, f"{of_runs} AND {of_tables}")
    by_table: defaultdict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        if row["change_id"] in ids and row["status"] == ChangeStatus.INTENDED:
            by_table[row["table"]].append(row)
    parts = [_settled(catalog, name, own, live) for name, own in by_table.items()]
    settled = SettledChanges(
        rows=[row for part in parts for row in part.rows],
        owed=frozenset(key for part in parts for key in part.owed),
    )
    ledgers.append(CHANGES, settled.rows)
    _note(ledgers, settled.rows, "", datetime.now(UTC))
    return settled


def _settled(
    catalog: Catalog, name: str, open_: Sequence[LedgerRow], live: Collection[str]
) -> SettledChanges:
    table = catalog.read_comments(name)
    if table.error:
        return SettledChanges(rows=[])
    now, back = datetime.now(UTC), restore_dropped(catalog, table, open_)
    comments = {**comments_of(table), **back.restored}
    found = [
        _settled_row(row, comments, now, again=back.restored.get(row["column"]) == row["after"])
        for row in open_
        if row["run_id"] not in live
    ]
    return SettledChanges(
        rows=[row for row in found if row is not None],
        owed=frozenset(AssetKey(name, path) for path in back.owed),
    )


def _settled_row(
    row: LedgerRow, comments: Mapping[str, str], now: datetime, *, again: bool
) -> LedgerRow | None:
    there = comments.get(row["column"])
    if row["before"] != row["after"]:
        done = there == row["after"]
        status = ChangeStatus.APPLIED if done else ChangeStatus.FAILED
        error = "" if done else "the run ended before this statement ran"
    elif there == "":
        return None  # dropped, and not to be written now: the next run tries again
    else:
        status = ChangeStatus.APPLIED if again else ChangeStatus.SKIPPED
        error = "" if again else NOT_DROPPED
    return {**row, "status": status.value, "error": error, "changed_at": now}
