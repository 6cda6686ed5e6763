"""Applies table by table for as long as a window of the day is open."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from lakegloss.core.apply_window import ApplyWindow
from lakegloss.core.stages import Stage
from lakegloss.lakehouse.apply.applier import NOTHING_DONE, WriteOutcome
from lakegloss.lakehouse.apply.writes import ApplySummary, WritePlan


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def write_while_open(
    plan: WritePlan,
    window: ApplyWindow | None,
    write: Callable[[WritePlan], WriteOutcome],
    *,
    at_once: int,
    now: Callable[[], datetime] = utc_now,
) -> tuple[WriteOutcome, tuple[Stage, ...]]:
    """Write the tables that may begin before the window closes; a table that began is finished.

    Args:
        write: executes the stages of a plan; without a window it gets the whole plan.
        at_once: how many tables begin together.

    Returns:
        What became of the stages, and those that wait for the window.
    """
    if window is None:
        return write(plan), ()
    done, batches = NOTHING_DONE, list(_batches(plan.stages, at_once))
    for number, batch in enumerate(batches):
        if not window.is_open(now()):
            return done, tuple(stage for rest in batches[number:] for stage in rest)
        done = _joined(done, write(replace(plan, stages=tuple(batch))))
    return done, ()


def with_later(summary: ApplySummary, later: Sequence[Stage]) -> ApplySummary:
    """The summary with the counts of what waits for the window."""
    comments = sum(len(stage.edits) for stage in later)
    return replace(summary, later=comments, later_tables=len({stage.table for stage in later}))


def _batches(stages: Sequence[Stage], at_once: int) -> Iterator[list[Stage]]:
    """The stages of so many tables at a time; a table's own stages follow each other."""
    tables = [list(own) for _, own in groupby(stages, key=lambda stage: stage.table)]
    for start in range(0, len(tables), at_once):
        yield [stage for own in tables[start : start + at_once] for stage in own]


def _joined(before: WriteOutcome, more: WriteOutcome) -> WriteOutcome:
    return WriteOutcome(
        changes=before.changes + more.changes,
        failed={**before.failed, **more.failed},
        skipped={**before.skipped, **more.skipped},
        statements=before.statements + more.statements,
    )
