"""Lets a rollout's challenger answer the cards that the champion answered, for nobody to see.

It follows the champion's run, as a run of its own with a budget of its own: whatever becomes of it,
the champion's proposals stand. What it wrote stays in the ledger of answers, as variant `shadow`;
how it did against the champion is kept as pairs, which the rollout reads.
"""

import bisect
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.going_on import going_on
from lakegloss.core.plan.choices import Action, Choice
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Response, Source
from lakegloss.core.release.assignment import Variant
from lakegloss.core.release.rollout_steps import RolloutRow, rules_from
from lakegloss.core.release.shadow import SHADOW, ShadowPair, shadow_fingerprint, shadow_place
from lakegloss.core.release.unit_scores import TextSeen
from lakegloss.drafting.drafted import Draft, Drafted
from lakegloss.drafting.drafter import ModelDrafter
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.faults import fault_point
from lakegloss.lakehouse.asking import asker
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, run
from lakegloss.lakehouse.ledgers.state import shadow_answers
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import PROPOSALS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.release.chosen import Chosen
from lakegloss.release.rollouts.rollout_evidence import LedgerEvidence, text_seen
from lakegloss.release.rollouts.shadow_pairs import ShadowPairs

COMMAND = "shadow"
"""How the ledger of runs names such a run."""
MOST_TABLES, MOST_ASSETS = 300, 10_000
"""What one run keeps to be answered in the shadow: a guard reads 300 pairs at most."""
TABLES_AT_ONCE = 8
_PROPOSAL = (
    "table", "column", "text", "source", "checks", "replaces", "fingerprint", "run_id",
    "proposed_at",
)  # fmt: skip
_NO_TEXT: Mapping[str, Any] = {"source": Source.RULES, "text": "", "checks": (), "run_id": ""}
"""What stands for a proposal of the champion that was asked, and gave nothing that passed."""
_log = logging.getLogger("lakegloss.rollout")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSummary:
    """Says what a run in the shadow did; its tokens and cost are in no other run.

    Attributes:
        run_id: '' where nothing was left to answer.
        tables: that both versions answered now.
        waiting: tables of the sample that it did not come to: the next run goes on with them.
        reused: answers that an earlier run had paid for.
        stopped: why it ended early; '' where it did not.
    """

    run_id: str = ""
    tables: int = 0
    waiting: int = 0
    calls: int = 0
    reused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    stopped: str = ""


class ShadowSample:
    """The tables that a challenger is to answer, too: the first of a random order, so many at most.

    Args:
        paired: tables that both versions answered before.

    Attributes:
        asked: assets with a comment that the champion was asked about in this run. Where no text
            of it passed, the comment stays and no proposal tells of it.
    """

    def __init__(self, row: RolloutRow, paired: frozenset[str]) -> None:
        self.asked: set[AssetKey] = set()
        self._salt = row.salt
        self._share = rules_from(row.rules).shadow
        self._paired = paired
        self._kept: list[tuple[float, str, TableTasks]] = []
        self._assets = 0

    def take(
        self,
        tables: Sequence[TableTasks],
        with_house: Callable[[Sequence[TableTasks]], list[TableTasks]],
    ) -> None:
        """Keep those of a chunk that belong to the sample."""
        with going_on(_log, "some tables are not compared in the shadow"):
            mine = [table for table in tables if self._is_mine(table.table.name)]
            asked = [_asked_about(table) for table in mine]
            self.asked |= {
                task.key for t in mine for task in t.tasks if task.described and task.comment
            }
            for table in with_house([table for table in asked if table.tasks]):
                self._keep(table)

    def _is_mine(self, name: str) -> bool:
        return name not in self._paired and shadow_place(self._salt, name) < self._share

    def _keep(self, table: TableTasks) -> None:
        name = table.table.name
        bisect.insort(
            self._kept, (shadow_place(self._salt, name), name, table), key=lambda one: one[:2]
        )
        self._assets += len(table.tasks)
        while len(self._kept) > MOST_TABLES or (self._assets > MOST_ASSETS and len(self._kept) > 1):
            _, _, last = self._kept.pop()
            self._assets -= len(last.tasks)
            self.asked -= {task.key for task in last.tasks}

    @property
    def tables(self) -> list[TableTasks]:
        """What was kept, in random order."""
        return [table for _, _, table in self._kept]


def _asked_about(table: TableTasks) -> TableTasks:
    """The table with all its assets to be described, whatever the champion's run did about them."""
    asked = Choice(action=Action.DESCRIBE)
    tasks = (
        replace(task, choice=asked)
        for task in table.tasks
        if task.choice.action is not Action.NOT_WRITABLE
    )
    return replace(table, tasks=tuple(tasks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A table of which both versions write the same assets.

    Attributes:
        theirs: the champion's proposals by asset.
    """

    table: TableTasks
    theirs: Mapping[AssetKey, Mapping[str, Any]]


def compared(
    table: TableTasks,
    proposals: Mapping[AssetKey, Mapping[str, Any]],
    challenger_version: str,
    *,
    asked: Collection[AssetKey] = (),
) -> Compared | None:
    """The assets of a table that the champion was asked about, as the challenger is to be asked.

    What the champion took over from another column is no answer of it. None where nothing is left,
    or the table changed since the champion saw it: its card would be another.

    Args:
        asked: see `ShadowSample`.
    """
    tasks, theirs = [], {}
    for task in table.tasks:
        proposal = proposals.get(task.key, _NO_TEXT if task.key in asked else None)
        if proposal is None or proposal["source"] not in {Source.MODEL, Source.RULES}:
            continue
        is_same = proposal.get("fingerprint", "") in {"", task.fingerprint}
        if proposal.get("replaces", task.comment) != task.comment or not is_same:
            return None
        mark = shadow_fingerprint(task.fingerprint, challenger_version)
        tasks.append(replace(task, fingerprint=mark))
        theirs[task.key] = proposal
    return Compared(table=replace(table, tasks=tuple(tasks)), theirs=theirs) if tasks else None


def runs_of_champion(runs: Mapping[str, tuple[Variant, str]], model: str) -> list[str]:
    """The champion's runs with this model: with another, a pair says which model is better."""
    return [run_id for run_id, side in runs.items() if side == (Variant.CHAMPION, model)]


def pairs_of_drafts(
    one: Compared,
    drafts: Mapping[AssetKey, Draft],
    row: RolloutRow,
    *,
    model: str,
    run_id: str,
    is_whole: bool = True,
) -> list[ShadowPair]:
    """The pairs of a table; none where the challenger was not asked about all of it.

    An asset that has a comment gets no draft where no text of a version passes. It counts as lost
    all the same: left out, it would favour the version that fails there.

    Args:
        is_whole: whether all that was to be asked was asked, and answered.
    """
    missing = [task for task in one.table.tasks if task.key not in drafts]
    if missing and not (is_whole and all(task.comment for task in missing)):
        return []
    now = datetime.now(UTC)
    return [
        _pair(row, task, text_seen(one.theirs[task.key]), one.theirs[task.key]["run_id"],
              drafts.get(task.key), model=model, run_id=run_id, now=now)
        for task in one.table.tasks
    ]  # fmt: skip


def _pair(
    row: RolloutRow,
    task: Task,
    champion: TextSeen,
    champion_run: str,
    draft: Draft | None,
    *,
    model: str,
    run_id: str,
    now: datetime,
) -> ShadowPair:
    lost = draft is None or draft.source is Source.RULES or not draft.text
    checks = () if draft is None else draft.checks
    origin = None if draft is None else draft.origin
    challenger = TextSeen(lost=lost, checks=checks)
    return ShadowPair(
        rollout_id=row.rollout_id, name=row.name, table=task.key.table, column=task.key.column,
        champion_version=row.champion_version, challenger_version=row.challenger_version,
        champion_lost=champion.lost, challenger_lost=lost,
        champion_checks=tuple(champion.checks), challenger_checks=checks,
        champion_score=champion.score, challenger_score=challenger.score,
        champion_run=champion_run, fingerprint=task.fingerprint,
        request_hash=origin.request_hash if isinstance(origin, Response) else "",
        model=model, run_id=run_id, at=now,
    )  # fmt: skip


class ShadowRun:
    """The challenger's side of a describe.

    Args:
        challenger: the program that answers, with the settings of the run.
    """

    def __init__(self, ledgers: Ledgers, row: RolloutRow, challenger: Chosen) -> None:
        self._ledgers = ledgers
        self._row = row
        self._challenger = challenger
        self._settings = challenger.settings.model_copy(
            update={
                "max_tokens_total": challenger.settings.shadow_tokens or None,
                "max_cost": challenger.settings.shadow_cost,
            }
        )
        challenger.program.variant = SHADOW
        self._pairs = ShadowPairs(ledgers)
        self.sample = ShadowSample(row, frozenset(pair.table for pair in self._pairs.of(row)))

    def answer(self, progress: Progress = silent) -> ShadowSummary:
        """Answer the sample until the budget is used up, and keep the pairs, some tables at a time.

        Raises:
            LakeglossError: the endpoint, the journal or a ledger cannot be used. What was paid for
                is kept, and used by the next run.
        """
        tables = self._compared()
        if not tables:
            return ShadowSummary()
        settings, ledgers = self._settings, self._ledgers
        with run(ledgers, settings, COMMAND) as log:
            keep = partial(sweep, ledgers, settings.journal_folder, log.run_id)
            keep()
            names = [one.table.table.name for one in tables]
            answers = shadow_answers(ledgers, names)

            def spent(usage: Usage) -> None:
                log.input_tokens, log.output_tokens = usage.input, usage.output
                log.cost = cost_of(settings.calls, usage.input, usage.output)

            def tell(step: str, done: int, total: int) -> None:
                progress(f"{step} in the shadow", done, total)

            with asker(ledgers, settings.asking, log.run_id, tell, on_spent=spent) as ask:
                drafter = ModelDrafter(settings.drafting, self._challenger.program, ask)
                for start in range(0, len(tables), TABLES_AT_ONCE):
                    part = tables[start : start + TABLES_AT_ONCE]
                    drafted = drafter.draft([one.table for one in part], answers, keep=keep)
                    fault_point("shadow.drafted")
                    self._record(part, drafted, log)
                    if drafted.error is not None:
                        raise drafted.error
                    if drafted.not_asked:
                        log.status = STOPPED
                        log.error = f"stopped early: {', '.join(drafted.not_asked)}"
                        break
        return _summary(log, len(tables))

    def _record(self, part: Sequence[Compared], drafted: Drafted, log: RunLog) -> None:
        drafts = {draft.task.key: draft for draft in drafted.drafts}
        is_whole = not (drafted.not_asked or drafted.unanswered or drafted.error)
        found = [
            pairs_of_drafts(
                one, drafts, self._row, model=self._settings.model, run_id=log.run_id,
                is_whole=is_whole,
            )
            for one in part
        ]  # fmt: skip
        pairs = [pair for of_table in found for pair in of_table]
        self._pairs.add(pairs)
        log.count(
            calls=drafted.calls, reused=drafted.reused, pairs=len(pairs),
            tables=sum(1 for of_table in found if of_table),
        )  # fmt: skip

    def _compared(self) -> list[Compared]:
        """What both versions can be compared on, by the champion's newest proposals."""
        tables = self.sample.tables
        if not tables:
            return []
        evidence = LedgerEvidence(self._ledgers)
        runs = evidence.runs(self._row, evidence.began(self._row))
        mine = runs_of_champion(runs, self._settings.model)
        if not mine:
            return []
        frame = (
            self._ledgers.read(PROPOSALS)
            .where(is_in("run_id", mine))
            .where(is_in("table", [table.table.name for table in tables]))
        )
        proposals: dict[AssetKey, Mapping[str, Any]] = {}
        rows = rows_of(frame, PROPOSALS, _PROPOSAL)
        for proposal in sorted(rows, key=lambda one: one["proposed_at"]):
            proposals[AssetKey(proposal["table"], proposal["column"])] = proposal
        version, asked = self._row.challenger_version, self.sample.asked
        found = (compared(table, proposals, version, asked=asked) for table in tables)
        return [one for one in found if one is not None]


def _summary(log: RunLog, tables: int) -> ShadowSummary:
    done = log.counts.get("tables", 0)
    return ShadowSummary(
        run_id=log.run_id, tables=done, waiting=tables - done,
        calls=log.counts.get("calls", 0), reused=log.counts.get("reused", 0),
        input_tokens=log.input_tokens, output_tokens=log.output_tokens, cost=log.cost,
        stopped=log.error,
    )  # fmt: skip
