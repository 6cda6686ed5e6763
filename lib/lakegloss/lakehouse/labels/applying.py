"""Sets the labels that are ready as tags: read, planned, written, read back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.apply_window import read_window
from lakegloss.core.assets import Table
from lakegloss.core.labels.by_rules import top_columns
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.tag_statements import TagEdit, TagStage, tag_refused, tag_stages
from lakegloss.core.labels.tags import LabelKey, wrong_value
from lakegloss.core.records import POLICY, Verdict, decision_row
from lakegloss.lakehouse.apply.timed import utc_now
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers, known_labels
from lakegloss.lakehouse.labels.tag_reader import TagReader, TagsNow
from lakegloss.lakehouse.labels.tag_writer import TagOutcome, settle_changes, write_tags
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.tables import DECISIONS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.threads import threads
from lakegloss.settings_views import TaggingSettings

SET_BY_OTHERS = "somebody set this tag since it was proposed"
GONE = "the column is not there any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsApplied:
    """Says what setting or taking back labels did, or with dry_run would do.

    `stages` are the statements in order; `failed` and `skipped` give a reason by tag; `waiting`
    labels need a person, `later` ones wait for the window (setting apply_window).
    """

    run_id: str
    dry_run: bool
    stages: tuple[TagStage, ...]
    applied: int
    statements: int
    failed: Mapping[str, str]
    skipped: Mapping[str, str]
    waiting: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPlan:
    """Holds the statements to run on tables as they are now, and why others are left out."""

    tables: Mapping[str, Table]
    stages: tuple[TagStage, ...]
    skipped: Mapping[str, str]
    there: frozenset[LabelKey]

    @property
    def edits(self) -> int:
        """How many tags the statements change."""
        return sum(len(stage.edits) for stage in self.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChange:
    """A tag that is to be `after` ('' for none) where it is one of `before` now."""

    key: LabelKey
    before: frozenset[str]
    after: str
    proposal_id: str = ""


def read_tables(catalog: Catalog, parallel_tables: int, names: Iterable[str]) -> dict[str, Table]:
    """Tables as the catalog shows them, by name; `error` says which cannot be read."""
    with threads(parallel_tables) as pool:
        return {table.name: table for table in pool.map(catalog.read_comments, sorted(set(names)))}


def plan_tags(tables: Mapping[str, Table], now: TagsNow, changes: Iterable[TagChange]) -> TagPlan:
    """The statements that turn the tags that are there into what was decided."""
    by_table: defaultdict[str, list[TagEdit]] = defaultdict(list)
    skipped: dict[str, str] = {}
    there: set[LabelKey] = set()
    for change in changes:
        key = change.key
        shown = now.values.get(key)
        edit = TagEdit(
            column=key.column, tag=key.tag, before=shown or "", after=change.after,
            proposal_id=change.proposal_id,
        )  # fmt: skip
        reason = _left_out(tables[key.table], now, edit, shown, change)
        if reason is None:
            there.add(key)
        elif reason:
            skipped[str(key)] = reason
        else:
            by_table[key.table].append(edit)
    stages = [
        stage
        for name, edits in sorted(by_table.items())
        for stage in tag_stages(
            name, tables[name].kind, now.places[name], _ordered(tables[name], edits)
        )
    ]
    return TagPlan(tables=tables, stages=tuple(stages), skipped=skipped, there=frozenset(there))


def _left_out(
    table: Table, now: TagsNow, edit: TagEdit, shown: str | None, change: TagChange
) -> str | None:
    """Why a tag is not changed: '' where it is, None where it is as it should be already."""
    if problem := table.error or now.unreadable.get(table.name, ""):
        return problem
    if edit.column and edit.column not in top_columns(table):
        return tag_refused(table.name, edit) or GONE
    if problem := tag_refused(table.name, edit) or (edit.after and wrong_value(edit.after)):
        return problem
    if (shown is None and not edit.after) or (shown is not None and shown == edit.after != ""):
        return None
    if shown is None and now.spelled_otherwise(edit_key(table, edit)) is not None:
        return SET_BY_OTHERS
    # A tag that somebody set without a value is theirs as well.
    return "" if (shown or "") in change.before and shown != "" else SET_BY_OTHERS


def edit_key(table: Table, edit: TagEdit) -> LabelKey:
    """The tag that an edit changes."""
    return LabelKey(table.name, edit.column, edit.tag)


def _ordered(table: Table, edits: Iterable[TagEdit]) -> list[TagEdit]:
    places = {column.path: column.position for column in table.columns}
    return sorted(edits, key=lambda edit: (places.get(edit.column, -1), edit.tag))


def apply_labels(
    spark: Any,
    settings: TaggingSettings,
    patterns: Sequence[str] = (),
    *,
    tags: Collection[str] = (),
    dry_run: bool = False,
    progress: Progress = silent,
) -> LabelsApplied:
    """Set the labels that are ready, and take away those that people rejected after they were set.

    Ready are accepted ones, and those that need no review. A tag that a person set is never
    changed: only a value that lakegloss set, or none, is replaced or taken away.
    Afterwards the tags are read back. Outside of the setting apply_window nothing is begun.

    Args:
        tags: names of tags; by default all.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: apply_window is no span of the day.
    """
    window = read_window(settings.apply_window)
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    catalog = Catalog(spark, settings.excluded)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    reader = TagReader(spark, settings.parallel_tables)
    known = _of_tags(known_labels(ledgers, names), tags)
    wanted = {key.table for key, one in known.items() if one.is_open or one.withdrawn}
    tables = read_tables(catalog, settings.parallel_tables, wanted)
    if not dry_run and settle_changes(ledgers, reader, tables):
        known = _of_tags(known_labels(ledgers, names), tags)
    ready = {
        key: one for key, one in known.items() if one.next_value is not None and key.table in tables
    }
    waiting = sum(one.is_open and not one.is_ready for one in known.values())
    now = reader.read(tables[name] for name in {key.table for key in ready})
    plan = plan_tags(tables, now, [change_of(key, one) for key, one in sorted(ready.items())])
    if dry_run or not plan.stages:
        return applied_of("", plan, dry_run=dry_run, waiting=waiting)
    if window and not window.is_open(utc_now()):
        return applied_of("", plan, waiting=waiting, later=plan.edits)
    with run(ledgers, settings, "label apply") as log:
        _record_accepted(ledgers, plan, ready, log.run_id)
        outcome = write_tags(
            ledgers, reader, tables, plan.stages, run_id=log.run_id,
            parallel_tables=settings.parallel_tables, progress=progress,
        )  # fmt: skip
        log.count(
            statements=outcome.statements, applied=len(outcome.applied),
            failed=len(outcome.failed), skipped=len(outcome.skipped),
        )  # fmt: skip
    return applied_of(log.run_id, plan, outcome, waiting=waiting)


def _of_tags(
    known: Mapping[LabelKey, KnownLabel], tags: Collection[str]
) -> dict[LabelKey, KnownLabel]:
    return {key: one for key, one in known.items() if not tags or key.tag in tags}


def change_of(key: LabelKey, one: KnownLabel) -> TagChange:
    """What is to be done about a label that is ready, or that was withdrawn."""
    after = one.next_value or ""
    return TagChange(
        key=key,
        before=one.written | {""},
        after=after,
        proposal_id=one.proposal_id if after else one.set_by,
    )


def _record_accepted(
    ledgers: Ledgers, plan: TagPlan, ready: Mapping[LabelKey, KnownLabel], run_id: str
) -> None:
    """Record that the policy accepts what is set now without a person's decision."""
    now = datetime.now(UTC)
    undecided = {one.proposal_id: key for key, one in ready.items() if not one.verdict}
    set_now = [edit.proposal_id for stage in plan.stages for edit in stage.edits]
    ledgers.append(
        DECISIONS,
        [
            decision_row(
                undecided[id_].asset, id_, Verdict.ACCEPT, who="lakegloss", origin=POLICY,
                run_id=run_id, now=now,
            )
            for id_ in set_now
            if id_ in undecided
        ],
    )  # fmt: skip


def applied_of(
    run_id: str,
    plan: TagPlan,
    outcome: TagOutcome | None = None,
    *,
    dry_run: bool = False,
    waiting: int = 0,
    later: int = 0,
) -> LabelsApplied:
    """The summary of a plan and of what came of it."""
    done = outcome or TagOutcome()
    return LabelsApplied(
        run_id=run_id,
        dry_run=dry_run,
        stages=plan.stages,
        applied=len(done.applied),
        statements=done.statements,
        failed=done.failed,
        skipped={**plan.skipped, **done.skipped},
        waiting=waiting,
        later=later,
    )
