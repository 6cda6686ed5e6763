"""Apply and undo: decided comments become statements, each recorded before and after it runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.records import (
    POLICY,
    Change,
    ChangeStatus,
    Decision,
    ProposalStatus,
    Source,
    Verdict,
)
from lakegloss.core.stages import Edit, NotWritable, Stage, comments_of, reduce_stage, stages_for
from lakegloss.faults import fault_point
from lakegloss.lakehouse.applier import NOTHING_DONE, Outcome, execute, reconcile
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import find_run, run
from lakegloss.lakehouse.ledgers.state import known_assets
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, PROPOSALS, Ledger
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.inventory import note_comments
from lakegloss.lakehouse.threads import threads
from lakegloss.settings import Settings

_CHANGED_SINCE = "the comment was changed by someone else since it was proposed"
_GONE = "the column is not there any more"
_BY_PEOPLE = "a person wrote the comment; accept the proposal or set overwrite_human to replace it"
_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySummary:
    """What an apply or an undo did, or with dry_run would do.

    `stages` are the statements in order; `failed` and `skipped` give a reason by asset.
    """

    run_id: str
    dry_run: bool
    stages: tuple[Stage, ...]
    applied: int
    statements: int
    failed: Mapping[str, str]
    skipped: Mapping[str, str]
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A comment that may be written: an accepted proposal, or one that the policy accepts."""

    key: AssetKey
    proposal_id: str
    text: str
    replaces: str
    verdict: str
    by_person: bool
    applied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be done, what is not and why, and what the catalog shows already."""

    stages: tuple[Stage, ...]
    skipped: Mapping[str, str]
    there: frozenset[AssetKey] = frozenset()


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
    replaced only where a person accepted that or overwrite_human is set. A statement that fails
    is halved until the bad column is found, so one column never costs another.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
    """
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    catalog = Catalog(spark)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    proposals, decisions, changes = _read(ledgers, names)
    if not dry_run:
        changes += reconcile(ledgers, catalog, changes)
    applied = {row["proposal_id"] for row in changes if row["status"] == ChangeStatus.APPLIED}
    ready, waiting = _ready(proposals, decisions, applied, overwrite_human=settings.overwrite_human)
    plan = _plan(catalog, settings, ready)
    if not settings.overwrite_human:
        plan = _spare_people(ledgers, plan, ready)
    if dry_run or not plan.stages:
        return _summary("", plan, dry_run=dry_run, waiting=waiting)
    with run(ledgers, settings, "apply") as log:
        _record_decisions(ledgers, plan, log.run_id, ready)
        outcome = execute(ledgers, settings, plan.stages, log, progress)
    return _summary(log.run_id, plan, outcome, waiting=waiting)


def _read(ledgers: Ledgers, names: Collection[str]) -> tuple[list[Any], list[Any], list[Any]]:
    """The newest proposals, decisions and changes of these tables, without the long texts."""
    of_tables = is_in("table", names)

    def read(part: tuple[Ledger, tuple[str, ...]]) -> list[dict[str, Any]]:
        ledger, columns = part
        return ledgers.newest(ledger, of_tables, columns)

    with threads(3) as pool:
        proposals, decisions, changes = pool.map(read, _READ)
    return proposals, decisions, changes


_OPEN = ("table", "proposal_id", "status", "run_id")
_READ = (
    (PROPOSALS, ("proposal_id", "status", "text", "replaces")),
    (DECISIONS, ("verdict", "text", "origin")),
    (CHANGES, _OPEN),
)


def _ready(
    proposals: Iterable[_Row],
    decisions: Iterable[_Row],
    applied: Collection[str],
    *,
    overwrite_human: bool,
) -> tuple[list[_Ready], int]:
    """The newest proposal of each asset that may be written, and how many wait for a person."""
    decided = {row["proposal_id"]: row for row in decisions}
    ready, waiting = [], 0
    for row in proposals:
        decision = decided.get(row["proposal_id"], _UNDECIDED)
        if row["status"] == ProposalStatus.FAILED or decision["verdict"] == Verdict.REJECT:
            continue
        item = _ready_row(row, decision, applied=row["proposal_id"] in applied)
        review = row["status"] == ProposalStatus.NEEDS_REVIEW
        if review and not (item.by_person or overwrite_human):
            waiting += 1
            continue
        ready.append(item)
    return sorted(ready, key=lambda item: item.key), waiting


_UNDECIDED = {"verdict": "", "text": "", "origin": ""}


def _ready_row(row: Mapping[str, Any], decision: Mapping[str, Any], *, applied: bool) -> _Ready:
    edited = decision["verdict"] == Verdict.EDIT
    return _Ready(
        key=AssetKey(row["table"], row["column"]),
        proposal_id=row["proposal_id"],
        text=decision["text"] if edited else row["text"],
        replaces=row["replaces"],
        verdict=decision["verdict"],
        by_person=bool(decision["verdict"]) and decision["origin"] != POLICY,
        applied=applied,
    )


def _plan(
    catalog: Catalog, settings: Settings, ready: Iterable[_Ready], *, strict: bool = False
) -> _Plan:
    """The stages that turn the catalog as it is now into what was decided.

    Args:
        strict: an emptied comment counts as changed by someone else (undo).
    """
    dialect = catalog.dialect()
    by_table: defaultdict[str, list[_Ready]] = defaultdict(list)
    for item in ready:
        by_table[item.key.table].append(item)
    stages: list[Stage] = []
    skipped: dict[str, str] = {}
    there: set[AssetKey] = set()
    with threads(settings.parallel_tables) as pool:
        for table in pool.map(catalog.read_comments, by_table):
            items = by_table[table.name]
            if table.error:
                skipped |= {str(item.key): table.error for item in items}
                continue
            now = comments_of(table)
            there |= {item.key for item in items if now.get(item.key.column) == item.text}
            edits = _edits(table, items, skipped, strict=strict)
            more, refused = stages_for(table, edits, comment_on_column=dialect.comment_on_column)
            stages += more
            skipped |= {_asset(item): item.reason for item in refused}
    return _Plan(stages=tuple(stages), skipped=skipped, there=frozenset(there))


def _spare_people(ledgers: Ledgers, plan: _Plan, ready: Iterable[_Ready]) -> _Plan:
    """The plan without edits that would replace a person's text and that no person decided on.

    Such proposals are drafted while overwrite_human is set, and stay ready afterwards.
    """
    undecided = {item.proposal_id: item for item in ready if not item.by_person}
    replaced = {
        undecided[edit.proposal_id].key: edit.before
        for stage in plan.stages
        for edit in stage.edits
        if edit.before.strip() and edit.proposal_id in undecided
    }
    if not replaced:
        return plan
    known = known_assets(ledgers, {key.table for key in replaced})
    people = {
        key
        for key, text in replaced.items()
        if known.get(key, NOTHING_KNOWN).author(text) == Source.HUMAN
    }
    stages = [kept for stage in plan.stages for kept in _without(stage, people)]
    applied = {item.key for item in undecided.values() if item.applied}
    # What was applied and then put back by a person is simply theirs, and nothing to tell.
    skipped = {str(key): _BY_PEOPLE for key in people - applied}
    return replace(plan, stages=tuple(stages), skipped={**plan.skipped, **skipped})


def _without(stage: Stage, keys: Collection[AssetKey]) -> list[Stage]:
    kept, _ = reduce_stage(stage, lambda edit: AssetKey(stage.table, edit.column) not in keys)
    return kept


def _edits(
    table: Table, items: Sequence[_Ready], skipped: dict[str, str], *, strict: bool
) -> list[Edit]:
    now = comments_of(table)
    position = {column.path: column.position for column in table.columns}
    edits = []
    for item in sorted(items, key=lambda item: position.get(item.key.column, -1)):
        before = now.get(item.key.column)
        if before is None:
            skipped[str(item.key)] = _GONE
        elif before == item.text:
            continue
        elif before == item.replaces or (not before and not strict):
            edits.append(
                Edit(
                    column=item.key.column, before=before, after=item.text,
                    proposal_id=item.proposal_id,
                )
            )  # fmt: skip
        elif not item.applied:  # what was applied and then edited by a person is simply theirs
            skipped[str(item.key)] = _CHANGED_SINCE
    return edits


def _asset(item: NotWritable) -> str:
    return str(AssetKey(item.table, item.edit.column))


def _record_decisions(ledgers: Ledgers, plan: _Plan, run_id: str, ready: Iterable[_Ready]) -> None:
    """Record as accepted by the policy what is written now without a person's decision."""
    now = datetime.now(UTC)
    written = {edit.proposal_id for stage in plan.stages for edit in stage.edits}
    undecided = [item for item in ready if not item.verdict and item.proposal_id in written]
    accepted = [
        _decision(item.key, item.proposal_id, Verdict.ACCEPT, POLICY, run_id, now)
        for item in undecided
    ]
    ledgers.append(DECISIONS, accepted)


def _decision(
    key: AssetKey, proposal_id: str, verdict: Verdict, origin: str, run_id: str, now: datetime
) -> Decision:
    return Decision(
        decision_id=uuid4().hex,
        proposal_id=proposal_id,
        table=key.table,
        column=key.column,
        verdict=verdict.value,
        text="",
        decided_by="lakegloss",
        origin=origin,
        run_id=run_id,
        decided_at=now,
    )


def undo(
    spark: Any,
    settings: Settings,
    run_id: str,
    *,
    dry_run: bool = False,
    keep_proposals: bool = False,
    progress: Progress = silent,
) -> ApplySummary:
    """Restore the comments as they were before a run, where the text is still that run's.

    The proposals count as rejected afterwards, so that the next apply does not write them again.

    Args:
        run_id: of the run that applied.
        keep_proposals: leave them ready to be applied.

    Raises:
        RunNotFoundError: there is no such run.
    """
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    find_run(ledgers, run_id)
    catalog = Catalog(spark)
    tables = {row["table"] for row in ledgers.newest(CHANGES, is_in("run_id", [run_id]), _OPEN)}
    reconcile(ledgers, catalog, ledgers.newest(CHANGES, is_in("table", tables), _OPEN))
    changes = [
        Change(**row.asDict())
        for row in ledgers.latest(CHANGES)
        .where(is_in("run_id", [run_id]))
        .where(is_in("status", [ChangeStatus.APPLIED]))
        .collect()
    ]
    since = datetime.now(UTC)
    plan = _plan_undo(catalog, settings, changes)
    restored = _restored(plan)
    undone = [change for change in changes if _asset_of(change) in restored]
    if dry_run or not undone:
        return _summary("", plan, dry_run=dry_run)
    with run(ledgers, settings, f"undo {run_id}") as log:
        if not keep_proposals:  # first, so that an undo that is killed is not written over
            _record_rejected(ledgers, undone, log.run_id)
        outcome = execute(ledgers, settings, plan.stages, log, progress)
        fault_point("undo.executed")
        _record_undone(ledgers, undone, plan, outcome)
        there = {_asset_of(c): c.before for c in undone if _asset_of(c) in plan.there}
        note_comments(ledgers, there, run_id=log.run_id, since=since)
    return _summary(log.run_id, plan, outcome)


def _asset_of(change: Change) -> AssetKey:
    return AssetKey(change.table, change.column)


def _restored(plan: _Plan) -> frozenset[AssetKey]:
    """The assets that an undo restores, and those that show the text from before already."""
    return plan.there | {
        AssetKey(stage.table, edit.column) for stage in plan.stages for edit in stage.edits
    }


def _plan_undo(catalog: Catalog, settings: Settings, changes: Sequence[Change]) -> _Plan:
    """The same stages as an apply, from each text back to the one before it.

    They carry no proposal: a text that is restored does not become lakegloss' own by that.
    """
    ready = [
        _Ready(
            key=_asset_of(change), proposal_id="", text=change.before, replaces=change.after,
            verdict=Verdict.ACCEPT.value, by_person=True,
        )
        for change in changes
    ]  # fmt: skip
    return _plan(catalog, settings, ready, strict=True)


def _record_rejected(ledgers: Ledgers, undone: Iterable[Change], run_id: str) -> None:
    now = datetime.now(UTC)
    rejected = [
        _decision(_asset_of(c), c.proposal_id, Verdict.REJECT, "undo", run_id, now)
        for c in undone
        if c.proposal_id
    ]
    ledgers.append(DECISIONS, rejected)


def _record_undone(
    ledgers: Ledgers, undone: Iterable[Change], plan: _Plan, outcome: Outcome
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


def _summary(
    run_id: str,
    plan: _Plan,
    outcome: Outcome = NOTHING_DONE,
    *,
    dry_run: bool = False,
    waiting: int = 0,
) -> ApplySummary:
    return ApplySummary(
        run_id=run_id,
        dry_run=dry_run,
        stages=plan.stages,
        applied=sum(change.status == ChangeStatus.APPLIED for change in outcome.changes),
        statements=outcome.statements,
        failed=outcome.failed,
        skipped={**plan.skipped, **outcome.skipped},
        waiting=waiting,
    )
