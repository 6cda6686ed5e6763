"""Writes accepted comments by SQL statements, and records each before and after it runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.apply_window import read_window
from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.comment import Check
from lakegloss.core.ddl import is_in
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.records import (
    POLICY,
    ChangeStatus,
    LedgerRow,
    ProposalStatus,
    Source,
    Verdict,
)
from lakegloss.core.stages import Stage, reduce_stage
from lakegloss.lakehouse.apply.applier import WriteOutcome, execute, reconcile
from lakegloss.lakehouse.apply.fitting import leave_outgrown
from lakegloss.lakehouse.apply.overtaken import find_overtaken, set_aside
from lakegloss.lakehouse.apply.timed import utc_now, with_later, write_while_open
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
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, PROPOSALS, Ledger
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.threads import threads
from lakegloss.settings import Settings

_BY_PEOPLE = "a person wrote the comment; accept the proposal or set overwrite_human to replace it"


def apply(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ApplySummary:
    """Write the comments that are ready: accepted ones, and those that need no review.

    A comment that someone changed since it was proposed is left alone, and what a person wrote is
    replaced only where a person accepted that or overwrite_human is set. A text that was drafted
    for a column of another type, or for a table of other columns, waits for the next describe. A
    statement that fails is halved until the bad column is found, so one column never costs
    another. Outside of the setting apply_window no table is begun.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: apply_window is no span of the day.
    """
    window = read_window(settings.apply_window)
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    catalog = Catalog(spark, settings.excluded)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    proposals, decisions, changes = _read(ledgers, names)
    owed: Collection[AssetKey] = ()
    if not dry_run:
        settled = reconcile(ledgers, catalog, changes)
        changes, owed = changes + settled.rows, settled.owed
    ready, waiting = _ready(
        proposals, decisions, _applied(changes), overwrite_human=settings.overwrite_human
    )
    plan = plan_writes(catalog, settings.parallel_tables, ready, waiting=waiting, owed=owed)
    if not settings.overwrite_human:
        plan = _spare_people(ledgers, plan, ready)
    plan = leave_outgrown(ledgers, plan, ready)
    overtaken = find_overtaken(ledgers, plan, ready, waiting)
    left = sum(item.key not in overtaken for item in waiting)
    told = {str(key): one.reason for key, one in overtaken.items()}
    plan = replace(plan, skipped={**plan.skipped, **told})
    if dry_run or not (plan.stages or overtaken):
        return summary_of("", plan, dry_run=dry_run, waiting=left)
    if window and not window.is_open(utc_now()):
        return with_later(summary_of("", plan, waiting=left), plan.stages)
    with run(ledgers, settings, "apply") as log:
        if overtaken:
            set_aside(ledgers, {one.proposal_id for one in overtaken.values()}, log.run_id)
            log.count(overtaken=len(overtaken))
        if not plan.stages:
            return summary_of(log.run_id, plan, waiting=left)

        def write(part: WritePlan) -> WriteOutcome:
            _record_decisions(ledgers, part, log.run_id, ready)
            return execute(ledgers, settings.parallel_tables, part.stages, log, progress)

        outcome, later = write_while_open(plan, window, write, at_once=settings.parallel_tables)
    return with_later(summary_of(log.run_id, plan, outcome, waiting=left), later)


def _read(ledgers: Ledgers, names: Collection[str]) -> tuple[list[Any], list[Any], list[Any]]:
    """The newest proposals, decisions and changes of these tables, without the long texts."""
    of_tables = is_in("table", names)

    def read(part: tuple[Ledger, tuple[str, ...]]) -> list[dict[str, Any]]:
        ledger, columns = part
        return ledgers.newest(ledger, of_tables, columns)

    with threads(3) as pool:
        proposals, decisions, changes = pool.map(read, _READ)
    return proposals, decisions, changes


_READ = (
    (PROPOSALS, ("proposal_id", "status", "text", "replaces", "source", "checks")),
    (DECISIONS, ("verdict", "text", "origin")),
    (CHANGES, OPEN_CHANGE),
)


def _applied(changes: Iterable[LedgerRow]) -> dict[str, datetime]:
    """When proposals were applied, the last time; those that were undone since are not."""
    found: dict[str, datetime] = {}
    for row in changes:
        if row["status"] == ChangeStatus.APPLIED:
            moment = found.get(row["proposal_id"], row["changed_at"])
            found[row["proposal_id"]] = max(moment, row["changed_at"])
    return found


def _ready(
    proposals: Iterable[LedgerRow],
    decisions: Iterable[LedgerRow],
    applied: Mapping[str, datetime],
    *,
    overwrite_human: bool,
) -> tuple[list[Writable], list[Writable]]:
    """The newest proposal of each asset that may be written, and those that wait for a person."""
    decided = {row["proposal_id"]: row for row in decisions}
    ready, waiting = [], []
    for row in proposals:
        decision = decided.get(row["proposal_id"], _UNDECIDED)
        if row["status"] == ProposalStatus.FAILED or decision["verdict"] == Verdict.REJECT:
            continue
        item = _ready_row(row, decision, applied.get(row["proposal_id"]))
        if row["status"] == ProposalStatus.OVERTAKEN and not item.by_person:
            continue
        review = row["status"] == ProposalStatus.NEEDS_REVIEW
        if review and not item.by_person and (_is_doubtful(row) or not overwrite_human):
            waiting.append(item)
            continue
        ready.append(item)
    return sorted(ready, key=lambda item: item.key), waiting


def _is_doubtful(row: LedgerRow) -> bool:
    """Whether a model's text has no relation to its asset, or the rules' tells nothing of it.

    No setting makes that fit.
    """
    checks = row["checks"] or ()
    unrelated = row["source"] == Source.MODEL and Check.UNRELATED in checks
    return unrelated or (row["source"] == Source.RULES and Check.UNKNOWN_WORDS in checks)


_UNDECIDED: LedgerRow = {"verdict": "", "text": "", "origin": "", "decided_at": None}


def _ready_row(row: LedgerRow, decision: LedgerRow, applied: datetime | None) -> Writable:
    edited = decision["verdict"] == Verdict.EDIT
    decided = decision["decided_at"]
    return Writable(
        key=AssetKey(row["table"], row["column"]),
        proposal_id=row["proposal_id"],
        text=decision["text"] if edited else row["text"],
        replaces=row["replaces"],
        verdict=decision["verdict"],
        by_person=bool(decision["verdict"]) and decision["origin"] != POLICY,
        applied=applied is not None,
        settled=applied is not None and (decided is None or decided <= applied),
        proposed_at=row.get("proposed_at"),
    )


def _spare_people(ledgers: Ledgers, plan: WritePlan, ready: Iterable[Writable]) -> WritePlan:
    """The plan without edits that would replace a person's text and that no person decided on.

    Such proposals are drafted while overwrite_human is set, and stay ready afterwards. A decision
    counts for one writing: who puts the old text back after it has the last word.
    """
    undecided = {item.proposal_id: item for item in ready if item.settled or not item.by_person}
    replaced = {
        undecided[edit.proposal_id].key: edit.before
        for stage in plan.stages
        for edit in stage.edits
        if edit.before.strip() and edit.proposal_id in undecided
    }
    if not replaced:
        return plan
    known = known_assets(ledgers, {key.table for key in replaced})
    known = with_moved(ledgers, known, replaced)
    people = {
        key
        for key, text in replaced.items()
        if known.get(key, NOTHING_KNOWN).author(text) == Source.HUMAN
    }
    stages = [kept for stage in plan.stages for kept in _without(stage, people)]
    applied = {item.key for item in undecided.values() if item.applied}
    # An applied text that a person put back is the person's now; there is nothing to report.
    skipped = {str(key): _BY_PEOPLE for key in people - applied}
    return replace(plan, stages=tuple(stages), skipped={**plan.skipped, **skipped})


def _without(stage: Stage, keys: Collection[AssetKey]) -> list[Stage]:
    kept, _ = reduce_stage(stage, lambda edit: AssetKey(stage.table, edit.column) not in keys)
    return kept


def _record_decisions(
    ledgers: Ledgers, plan: WritePlan, run_id: str, ready: Iterable[Writable]
) -> None:
    """Record that the policy accepts what is written now without a person's decision."""
    now = datetime.now(UTC)
    written = {edit.proposal_id for stage in plan.stages for edit in stage.edits}
    undecided = [item for item in ready if not item.verdict and item.proposal_id in written]
    accepted = [
        own_decision(item.key, item.proposal_id, Verdict.ACCEPT, POLICY, run_id, now)
        for item in undecided
    ]
    ledgers.append(DECISIONS, accepted)
