"""Takes back the tags that a run set, where they are still as it set them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.core.labels.label_rows import LabelChange
from lakegloss.core.records import UNDO, ChangeStatus, Verdict, decision_row
from lakegloss.core.selection import canonical, leave_out
from lakegloss.faults import fault_point
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.applying import (
    LabelsApplied,
    TagChange,
    applied_of,
    plan_tags,
    read_tables,
)
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.lakehouse.labels.tag_writer import settle_changes, write_tags
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import find_run, run
from lakegloss.lakehouse.ledgers.tables import DECISIONS, LABEL_CHANGES
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.settings_views import TaggingSettings


def undo_labels(
    spark: Any,
    settings: TaggingSettings,
    run_id: str,
    *,
    dry_run: bool = False,
    keep_proposals: bool = False,
    progress: Progress = silent,
) -> LabelsApplied:
    """Restore the tags as they were before a run, where their values are still that run's.

    The proposals count as rejected afterwards, so that the next apply does not set them again;
    those that the run took away as accepted, so that it does not take them away again.

    Args:
        run_id: of the run that set labels.
        keep_proposals: leave them ready to be applied.

    Raises:
        RunNotFoundError: there is no such run.
        AssetNotFoundError: `exclude` leaves out all tables of the run.
    """
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    find_run(ledgers, run_id)
    catalog, reader = Catalog(spark), TagReader(spark, settings.parallel_tables)
    names = {change.table for change in _changes(ledgers, run_id, ())}
    settle_changes(ledgers, reader, read_tables(catalog, settings.parallel_tables, names))
    changes = _kept(catalog, settings, _changes(ledgers, run_id, (ChangeStatus.APPLIED,)))
    tables = read_tables(catalog, settings.parallel_tables, {c.table for c in changes})
    now = reader.read(table for table in tables.values() if not table.error)
    back = [
        TagChange(key=change.key, before=frozenset({change.after}), after=change.before)
        for change in changes
    ]
    plan = plan_tags(tables, now, back)
    planned = {(stage.table, e.column, e.tag) for stage in plan.stages for e in stage.edits}
    undone = [c for c in changes if c.key in plan.there or (c.table, c.column, c.tag) in planned]
    if dry_run or not undone:
        return applied_of("", plan, dry_run=dry_run)
    with run(ledgers, settings, f"undo {run_id}") as log:
        if not keep_proposals:  # first, so that an undo that is killed is not written over
            _decide(ledgers, undone, log.run_id)
        outcome = write_tags(
            ledgers, reader, tables, plan.stages, run_id=log.run_id,
            parallel_tables=settings.parallel_tables, progress=progress,
        )  # fmt: skip
        fault_point("label.undone")
        done = outcome.applied | plan.there
        at = datetime.now(UTC)
        ledgers.append(
            LABEL_CHANGES,
            [
                replace(c, status=ChangeStatus.UNDONE.value, changed_at=at)
                for c in undone
                if c.key in done
            ],
        )
        log.count(statements=outcome.statements, applied=len(outcome.applied))
    return applied_of(log.run_id, plan, outcome)


def _changes(
    ledgers: Ledgers, run_id: str, statuses: tuple[ChangeStatus, ...]
) -> list[LabelChange]:
    frame = ledgers.latest(LABEL_CHANGES).where(is_in("run_id", [run_id]))
    if statuses:
        frame = frame.where(is_in("status", statuses))
    return [LabelChange(**row) for row in rows_of(frame, LABEL_CHANGES)]


def _kept(
    catalog: Catalog, settings: TaggingSettings, changes: list[LabelChange]
) -> list[LabelChange]:
    """The changes on tables that the setting `exclude` does not leave out."""
    exclude = canonical(settings.excluded, catalog.current)
    kept = set(leave_out(sorted({change.table for change in changes}), exclude))
    return [change for change in changes if change.table in kept]


def _decide(ledgers: Ledgers, undone: list[LabelChange], run_id: str) -> None:
    """Reject what was set, and accept again what was taken away."""
    now = datetime.now(UTC)
    ledgers.append(
        DECISIONS,
        [
            decision_row(
                change.key.asset, change.proposal_id,
                Verdict.REJECT if change.after else Verdict.ACCEPT, who="lakegloss",
                origin=UNDO, run_id=run_id, now=now,
            )
            for change in undone
            if change.proposal_id
        ],
    )  # fmt: skip
