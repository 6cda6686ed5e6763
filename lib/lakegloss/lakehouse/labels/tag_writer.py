"""Runs the statements that set tags, reads the tags back, and records each before and after."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from lakegloss.core.assets import Table
from lakegloss.core.ddl import is_in
from lakegloss.core.labels.label_rows import LabelChange
from lakegloss.core.labels.tag_refusals import is_governed, why_tag_refused
from lakegloss.core.labels.tag_statements import (
    TagEdit,
    TagStage,
    own_tag_statement,
    reduced_stage,
    tag_halves,
)
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import ChangeStatus
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.faults import fault_point
from lakegloss.lakehouse.apply.refusals import Refusal, refusal
from lakegloss.lakehouse.labels.tag_reader import TagReader, TagsNow
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import live_runs
from lakegloss.lakehouse.ledgers.tables import LABEL_CHANGES
from lakegloss.lakehouse.progress import Progress
from lakegloss.lakehouse.threads import threads

_RETRIES = 3
TAG_CHANGED = "somebody set or removed this tag while the run went on"
NOT_BACK = "the statement ran, and the tag does not read back as it was set"
_ENDED = "the run ended before this statement ran"


class TagOutcome:
    """What became of statements: the changes with their status, reasons by tag; one writer."""

    def __init__(self) -> None:
        self.changes: list[LabelChange] = []
        self.failed: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.statements = 0

    @property
    def applied(self) -> set[LabelKey]:
        """The tags that are now as they were to be."""
        return {c.key for c in self.changes if c.status == ChangeStatus.APPLIED}

    def add(self, other: "TagOutcome") -> None:
        """Take in the outcome of another table."""
        self.changes += other.changes
        self.failed |= other.failed
        self.skipped |= other.skipped
        self.statements += other.statements


def write_tags(
    ledgers: Ledgers,
    reader: TagReader,
    tables: Mapping[str, Table],
    stages: Sequence[TagStage],
    *,
    run_id: str,
    parallel_tables: int,
    progress: Progress,
) -> TagOutcome:
    """Run the statements: tables in parallel, those of one table in order.

    Changes are appended as intended before the first statement, and with their outcome after the
    last, also on an interrupt; `settle_changes` settles those of a killed run.
    """
    open_ = {
        LabelKey(stage.table, edit.column, edit.tag): _intended(stage, edit, run_id)
        for stage in stages
        for edit in stage.edits
    }
    ledgers.append(LABEL_CHANGES, open_.values())
    fault_point("label.intended")
    by_table: defaultdict[str, list[TagStage]] = defaultdict(list)
    for stage in stages:
        by_table[stage.table].append(stage)
    workers = [_TagWorker(ledgers, reader, tables[name], open_) for name in by_table]
    outcome = TagOutcome()
    try:
        with threads(parallel_tables) as pool:
            running = [
                pool.submit(worker.run, own)
                for worker, own in zip(workers, by_table.values(), strict=True)
            ]
            for count, future in enumerate(as_completed(running), start=1):
                future.result()
                progress("label", count, len(running))
    finally:
        for worker in workers:
            outcome.add(worker.done)
        now = datetime.now(UTC)
        ledgers.append(LABEL_CHANGES, [replace(c, changed_at=now) for c in outcome.changes])
    return outcome


def _intended(stage: TagStage, edit: TagEdit, run_id: str) -> LabelChange:
    return LabelChange(
        change_id=uuid4().hex,
        table=stage.table,
        column=edit.column,
        tag=edit.tag,
        proposal_id=edit.proposal_id,
        before=edit.before,
        after=edit.after,
        place=stage.place.value,
        statement=own_tag_statement(stage, edit),
        status=ChangeStatus.INTENDED.value,
        error="",
        run_id=run_id,
        changed_at=datetime.now(UTC),
    )


class _TagWorker:
    """Runs the statements of one table in one thread."""

    def __init__(
        self,
        ledgers: Ledgers,
        reader: TagReader,
        table: Table,
        open_: Mapping[LabelKey, LabelChange],
    ) -> None:
        self._spark = ledgers.spark
        self._reader = reader
        self._table = table
        self._open = open_
        self._ran: list[TagEdit] = []
        self.done = TagOutcome()

    def run(self, stages: Sequence[TagStage]) -> None:
        for stage in self._as_planned(stages):
            self._run_stage(stage)
            fault_point("label.statement")
        self._read_back()

    def _now(self) -> TagsNow | str:
        tags = self._reader.read([self._table])
        return tags.unreadable.get(self._table.name) or tags

    def _is_as_planned(self, now: TagsNow, edit: TagEdit) -> bool:
        shown = now.values.get(self._key(edit))
        if shown is None and edit.after and now.spelled_otherwise(self._key(edit)) is not None:
            return False
        # A tag without a value that somebody set since is theirs, and not none.
        return (shown or "") == edit.before and shown != ""

    def _as_planned(self, stages: Sequence[TagStage]) -> list[TagStage]:
        """The statements without the tags that somebody changed since they were planned."""
        now = self._now()
        if isinstance(now, str):
            for stage in stages:
                self._end(stage.edits, ChangeStatus.FAILED, now)
            return []
        left = []
        for stage in stages:
            kept = reduced_stage(stage, lambda edit: self._is_as_planned(now, edit))
            planned = set(kept.edits if kept else ())
            changed = [edit for edit in stage.edits if edit not in planned]
            self._end(changed, ChangeStatus.SKIPPED, TAG_CHANGED)
            left += [kept] if kept else []
        return left

    def _value(self, now: TagsNow, edit: TagEdit) -> str:
        return now.values.get(self._key(edit), "")

    def _key(self, edit: TagEdit) -> LabelKey:
        return LabelKey(self._table.name, edit.column, edit.tag)

    def _run_stage(self, stage: TagStage, retries: int = _RETRIES) -> None:
        self.done.statements += 1
        try:
            self._spark.sql(stage.statement)
        except SPARK_ERRORS as error:  # a refusal is the outcome of these tags
            self._refused(stage, error, retries)
        else:
            self._ran += stage.edits

    def _refused(self, stage: TagStage, error: Exception, retries: int) -> None:
        """Try again after another writer, halve down to the tag at fault, else fail the tags."""
        said = f"{type(error).__name__}: {error}"
        kind = refusal(said)
        if kind is Refusal.CONCURRENT and retries:
            for rest in self._as_planned([stage]):
                self._run_stage(rest, retries - 1)
        elif len(stage.edits) > 1 and (kind is Refusal.COLUMN or is_governed(said)):
            for half in tag_halves(stage):
                self._run_stage(half)
        elif kind is Refusal.LOST:  # it may have run: the changes stay open until they are settled
            self.done.failed.update((str(self._key(e)), first_line(error)) for e in stage.edits)
        else:
            for edit in stage.edits:
                why = why_tag_refused(said, edit, first_line(error))
                self._end([edit], ChangeStatus.FAILED, why)

    def _read_back(self) -> None:
        """Record what ran as applied where the catalog shows it so."""
        if not self._ran:
            return
        now = self._now()
        for edit in self._ran:
            if not isinstance(now, str) and self._value(now, edit) == edit.after:
                self._end([edit], ChangeStatus.APPLIED, "")
            else:  # the change stays open, and the next run settles it by what is there then
                self.done.failed[str(self._key(edit))] = now if isinstance(now, str) else NOT_BACK

    def _end(self, edits: Iterable[TagEdit], status: ChangeStatus, error: str) -> None:
        for edit in edits:
            key = self._key(edit)
            change = replace(self._open[key], status=status.value, error=error)
            self.done.changes.append(change)
            if status is ChangeStatus.FAILED:
                self.done.failed[str(key)] = error
            elif status is ChangeStatus.SKIPPED:
                self.done.skipped[str(key)] = error


def settle_changes(ledgers: Ledgers, reader: TagReader, tables: Mapping[str, Table]) -> int:
    """Settle what killed runs left open on these tables, by the tags that are there now.

    Returns:
        How many changes were settled.
    """
    rows = rows_of(
        ledgers.latest(LABEL_CHANGES)
        .where(is_in("status", [ChangeStatus.INTENDED]))
        .where(is_in("table", tables)),
        LABEL_CHANGES,
    )
    live = live_runs(ledgers, {row["run_id"] for row in rows})
    left = [LabelChange(**row) for row in rows if row["run_id"] not in live]
    if not left:
        return 0
    now = reader.read(tables[name] for name in {change.table for change in left})
    at = datetime.now(UTC)
    settled = []
    for change in left:
        if change.table in now.unreadable:
            continue
        done = now.values.get(change.key, "") == change.after
        status = ChangeStatus.APPLIED if done else ChangeStatus.FAILED
        error = "" if done else _ENDED
        settled.append(replace(change, status=status.value, error=error, changed_at=at))
    return ledgers.append(LABEL_CHANGES, settled)
