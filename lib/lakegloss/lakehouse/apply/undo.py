"""Undoes a run: restores the comments as they were before it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.records import (
    UNDO,
    Change,
    ChangeStatus,
    Verdict,
)
from lakegloss.core.selection import canonical, leave_out, select
from lakegloss.faults import fault_point
from lakegloss.lakehouse.apply.applier import WriteOutcome, execute, reconcile
from lakegloss.lakehouse.apply.writes import (
    OPEN_CHANGE,
    ApplySummary,
    Writable,
    WritePlan,
    own_decision,
    plan_writes,
    summary_of,
)
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import find_run, run
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, PROPOSALS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.inventory import note_comments
from lakegloss.settings import Settings


def undo(
    spark: Any,
    settings: Settings,
    run_id: str,
    patterns: Sequence[str] = (),
    *,
    dry_run: bool = False,
    keep_proposals: bool = False,
    only: Collection[tuple[str, str]] | None = None,
    progress: Progress = silent,
) -> ApplySummary:
    """Restore the comments as they were before a run, where the text is still that run's.

    Tables that the setting `exclude` leaves out keep what the run wrote. The proposals count as
    rejected afterwards, so that the next apply does not write them again.

    Args:
        run_id: of the run that applied.
        patterns: of the tables that are restored; none restores all of the run.
        keep_proposals: leave them ready to be applied.
        only: tables and columns ('' is the table itself) that are restored; None restores all.

    Raises:
        RunNotFoundError: there is no such run.
        AssetNotFoundError: a pattern matches no table that the run's text still stands in, or
            `exclude` leaves out all of them.
    """
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    find_run(ledgers, run_id)
    catalog = Catalog(spark)
    tables = {
        row["table"] for row in ledgers.newest(CHANGES, is_in("run_id", [run_id]), OPEN_CHANGE)
    }
    left = ledgers.newest(CHANGES, is_in("table", tables), OPEN_CHANGE)
    reconcile(ledgers, catalog, left, ended={run_id})  # who undoes a run says that it is over
    changes = [
        Change(**row.asDict())
        for row in ledgers.latest(CHANGES)
        .where(is_in("run_id", [run_id]))
        .where(is_in("status", [ChangeStatus.APPLIED]))
        .where("before <> after")  # what was only written again stays
        .collect()
    ]
    if only is not None:
        changes = [change for change in changes if (change.table, change.column) in only]
    changes = _selected(catalog, settings, changes, patterns)
    since = datetime.now(UTC)
    plan = _plan_undo(catalog, settings.parallel_tables, changes)
    restored = _restored(plan)
    undone = [change for change in changes if _asset_of(change) in restored]
    if dry_run or not undone:
        return summary_of("", plan, dry_run=dry_run)
    with run(ledgers, settings, f"undo {run_id}") as log:
        if not keep_proposals:  # first, so that an undo that is killed is not written over
            _record_rejected(ledgers, _standing_for(ledgers, undone), log.run_id)
        outcome = execute(ledgers, settings.parallel_tables, plan.stages, log, progress)
        fault_point("undo.executed")
        _record_undone(ledgers, undone, plan, outcome)
        there = {_asset_of(c): c.before for c in undone if _asset_of(c) in plan.there}
        note_comments(ledgers, there, run_id=log.run_id, since=since)
    return summary_of(log.run_id, plan, outcome)


def _selected(
    catalog: Catalog, settings: Settings, changes: Sequence[Change], patterns: Sequence[str]
) -> list[Change]:
    exclude = canonical(settings.excluded, catalog.current)
    names = {change.table for change in changes}
    if patterns:
        where = "that this run wrote to and that is not undone yet"
        names = set(select(names, canonical(patterns, catalog.current), where=where))
    kept = set(leave_out(sorted(names), exclude))
    return [change for change in changes if change.table in kept]


def _asset_of(change: Change) -> AssetKey:
    return AssetKey(change.table, change.column)


def _restored(plan: WritePlan) -> frozenset[AssetKey]:
    """The assets that an undo restores, and those that show the text from before already."""
    return plan.there | {
        AssetKey(stage.table, edit.column) for stage in plan.stages for edit in stage.edits
    }


def _plan_undo(catalog: Catalog, parallel_tables: int, changes: Sequence[Change]) -> WritePlan:
    """The same stages as an apply, from each text back to the one before it.

    They carry no proposal: a text that is restored does not become lakegloss' own by that.
    """
    ready = [
        Writable(
            key=_asset_of(change), proposal_id="", text=change.before, replaces=change.after,
            verdict=Verdict.ACCEPT.value, by_person=True,
        )
        for change in changes
    ]  # fmt: skip
    return plan_writes(catalog, parallel_tables, ready, strict=True)


def _standing_for(ledgers: Ledgers, undone: Sequence[Change]) -> set[tuple[AssetKey, str]]:
    """The proposals of what is undone, and newer ones of the same text, which was there already."""
    found = {(_asset_of(change), change.proposal_id) for change in undone}
    texts = {_asset_of(change): change.after for change in undone}
    of_tables = is_in("table", {key.table for key in texts})
    for row in ledgers.newest(PROPOSALS, of_tables, ("proposal_id", "text")):
        key = AssetKey(row["table"], row["column"])
        if texts.get(key) == row["text"]:
            found.add((key, row["proposal_id"]))
    return {(key, proposal) for key, proposal in found if proposal}


def _record_rejected(
    ledgers: Ledgers, proposals: Iterable[tuple[AssetKey, str]], run_id: str
) -> None:
    now = datetime.now(UTC)
    rejected = [
        own_decision(key, proposal, Verdict.REJECT, UNDO, run_id, now)
        for key, proposal in sorted(proposals)
    ]
    ledgers.append(DECISIONS, rejected)


def _record_undone(
    ledgers: Ledgers, undone: Iterable[Change], plan: WritePlan, outcome: WriteOutcome
) -> None:
    """Record what is undone, also by an earlier undo that was killed before it recorded that."""
    now = datetime.now(UTC)
    back = {_asset_of(c) for c in outcome.changes if c.status == ChangeStatus.APPLIED}
    back |= plan.there
    ledgers.append(
        CHANGES,
        [
            replace(c, status=ChangeStatus.UNDONE.value, changed_at=now)
            for c in undone
            if _asset_of(c) in back
        ],
    )
