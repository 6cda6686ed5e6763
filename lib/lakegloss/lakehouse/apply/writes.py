"""Plans the statements that turn the catalog into what was decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.records import (
    Decision,
    Verdict,
    decision_row,
)
from lakegloss.core.stages import Edit, NotWritable, Stage, comments_of, stages_for
from lakegloss.lakehouse.apply.applier import NOTHING_DONE, WriteOutcome
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.threads import threads

_CHANGED_SINCE = "the comment was changed by someone else since it was proposed"
OPEN_CHANGE = ("table", "proposal_id", "status", "run_id")
"""The columns of a change that tell whether it is still open."""
_GONE = "the column is not there any more"
_OWED = (
    "a run dropped the comment that stood here, and it could not be written again yet: nothing "
    "else is written in its place"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySummary:
    """Says what an apply or an undo did, or with dry_run would do.

    `stages` are the statements in order; `failed` and `skipped` give a reason by asset. `restored`
    counts comments that Delta dropped when it set the comment of their column, and that were
    written again. `later` counts comments that wait for the window (setting apply_window), on
    `later_tables` tables.
    """

    run_id: str
    dry_run: bool
    stages: tuple[Stage, ...]
    applied: int
    statements: int
    failed: Mapping[str, str]
    skipped: Mapping[str, str]
    waiting: int = 0
    restored: int = 0
    later: int = 0
    later_tables: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Writable:
    """A comment that may be written: an accepted proposal, or one that the policy accepts.

    `applied` says whether it was written, and `settled` whether nobody decided on it since then.
    """

    key: AssetKey
    proposal_id: str
    text: str
    replaces: str
    verdict: str
    by_person: bool
    applied: bool = False
    settled: bool = False
    proposed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePlan:
    """Holds the stages to run, the skipped assets with reasons, and the assets already right.

    `changed` has the comments that somebody else wrote since their proposal, waiting ones included.
    `types` has the data types that the columns of the stages' tables have now, by table and path.
    """

    stages: tuple[Stage, ...]
    skipped: Mapping[str, str]
    there: frozenset[AssetKey] = frozenset()
    changed: Mapping[AssetKey, str] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def plan_writes(
    catalog: Catalog,
    parallel_tables: int,
    ready: Collection[Writable],
    *,
    waiting: Iterable[Writable] = (),
    owed: Collection[AssetKey] = (),
    strict: bool = False,
) -> WritePlan:
    """The stages that turn the catalog as it is now into what was decided.

    Args:
        waiting: proposals that a person has to decide on; they are not written, only compared.
        owed: assets that only look empty, see `applier.SettledChanges`.
        strict: an emptied comment counts as changed by someone else (undo).
    """
    dialect = catalog.dialect()
    skipped = {str(item.key): _OWED for item in ready if item.key in owed}
    by_table = _by_table(item for item in ready if item.key not in owed)
    compared = _by_table(waiting)
    stages: list[Stage] = []
    there: set[AssetKey] = set()
    changed: dict[AssetKey, str] = {}
    types: dict[str, Mapping[str, str]] = {}
    with threads(parallel_tables) as pool:
        for table in pool.map(catalog.read_comments, {**by_table, **compared}):
            items = by_table[table.name]
            if table.error:
                skipped |= {str(item.key): table.error for item in items}
                continue
            now = comments_of(table)
            there |= {item.key for item in items if now.get(item.key.column) == item.text}
            edits = _edits(table, items, skipped, strict=strict)
            changed |= {
                item.key: now[item.key.column]
                for item in items
                if skipped.get(str(item.key)) == _CHANGED_SINCE
            }
            changed |= _replaced(compared[table.name], now)
            more, refused = stages_for(table, edits, comment_on_column=dialect.comment_on_column)
            stages += more
            if more:
                types[table.name] = {c.path: c.data_type for c in table.columns}
            skipped |= {_asset(item): item.reason for item in refused}
    return WritePlan(
        stages=tuple(stages), skipped=skipped, there=frozenset(there), changed=changed, types=types
    )


def _by_table(items: Iterable[Writable]) -> defaultdict[str, list[Writable]]:
    found: defaultdict[str, list[Writable]] = defaultdict(list)
    for item in items:
        found[item.key.table].append(item)
    return found


def _replaced(waiting: Iterable[Writable], now: Mapping[str, str]) -> dict[AssetKey, str]:
    """The comments that are there, and are not those that the proposals would replace."""
    comments = ((item, now.get(item.key.column, "")) for item in waiting)
    return {item.key: text for item, text in comments if text.strip() and text != item.replaces}


def _edits(
    table: Table, items: Sequence[Writable], skipped: dict[str, str], *, strict: bool
) -> list[Edit]:
    now = comments_of(table)
    position = {column.path: column.position for column in table.columns}
    edits = []
    for item in sorted(items, key=lambda item: position.get(item.key.column, -1)):
        before = now.get(item.key.column)
        if before is None:
            if not item.applied:  # what was written went with its column: nothing is left to do
                skipped[str(item.key)] = _GONE
        elif before == item.text:
            continue
        elif before == item.replaces or not (before.strip() or strict):
            edits.append(
                Edit(
                    column=item.key.column, before=before, after=item.text,
                    proposal_id=item.proposal_id,
                )
            )  # fmt: skip
        elif not item.applied:  # an applied text that a person then edited is the person's now
            skipped[str(item.key)] = _CHANGED_SINCE
    return edits


def _asset(item: NotWritable) -> str:
    return str(AssetKey(item.table, item.edit.column))


def own_decision(
    key: AssetKey, proposal_id: str, verdict: Verdict, origin: str, run_id: str, now: datetime
) -> Decision:
    """A decision of lakegloss itself."""
    return decision_row(
        key, proposal_id, verdict, who="lakegloss", origin=origin, run_id=run_id, now=now
    )


def summary_of(
    run_id: str,
    plan: WritePlan,
    outcome: WriteOutcome = NOTHING_DONE,
    *,
    dry_run: bool = False,
    waiting: int = 0,
) -> ApplySummary:
    return ApplySummary(
        run_id=run_id,
        dry_run=dry_run,
        stages=plan.stages,
        applied=outcome.applied,
        restored=outcome.restored,
        statements=outcome.statements,
        failed=outcome.failed,
        skipped={**plan.skipped, **outcome.skipped},
        waiting=waiting,
    )
