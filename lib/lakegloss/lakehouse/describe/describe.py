"""Runs the main job: inventory, evidence, plan, requests, answers, checks, proposals."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lakegloss.core.checks.weak_models import WeakModel, weak_models
from lakegloss.core.inherit.heirs import calls_saved
from lakegloss.core.plan.choices import Action
from lakegloss.core.plan.tasks import TableTasks, comments_after, counted
from lakegloss.core.records import ProposalStatus, Response, Source
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.drafter import ModelDrafter
from lakegloss.drafting.proposals import judged_texts, proposals_of
from lakegloss.drafting.stopping import budget_advice
from lakegloss.drafting.without_model import RulesDrafter
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.engine.outcome import Reason
from lakegloss.faults import fault_point
from lakegloss.lakehouse.asking import asker
from lakegloss.lakehouse.describe.known_reader import KnownReader
from lakegloss.lakehouse.describe.planning import Planner, built_in, planner_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, run
from lakegloss.lakehouse.ledgers.state import answers_for
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import PROPOSALS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.survey import Survey, survey
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings

OnTables = Callable[
    [Sequence[TableTasks], Callable[[Sequence[TableTasks]], list[TableTasks]]], None
]
"""Is told of a chunk's tables once their proposals are recorded, and how to add to them what people
wrote nearby."""


def nobody(_tables: Any, _with_house: Any) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeSummary:
    """Says what a run did.

    Attributes:
        status: done, or stopped if a budget or deadline ended it or requests were not answered.
        ready: the number of proposals that `apply` would write.
        waiting: the number of proposals that need a person's review.
        untold: how many of this run's proposals wait as they tell no more than a name of words
            that nobody knows; unknown_words: how many such words there are.
        actions: the number of assets by what was done about them (`core.plan.choices.Action`).
        sources: the number of new proposals by source.
        failed: the number of assets for which no text could be made.
        calls_saved: about how many more calls the run would have made without inherited comments.
        not_asked: the number of assets by the reason why no call for them was made or answered.
        advice: for each of these reasons, the cause in words and what to do.
        weak_models: models whose texts often have no relation to what they were asked about; see
            `core.checks.weak_models`.
        program: the version of the program that wrote, such as `name/3`; '' for the built-in one.
        reused: the number of paid answers of earlier runs that were used instead of new calls.
    """

    run_id: str
    status: str
    tables: int
    columns: int
    profiled: int
    actions: Mapping[str, int]
    sources: Mapping[str, int]
    ready: int
    waiting: int
    failed: int
    calls: int
    calls_saved: int
    reused: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    not_asked: Mapping[str, int]
    unreadable: Mapping[str, str]
    advice: Mapping[str, str] = field(default_factory=dict)
    weak_models: tuple[WeakModel, ...] = ()
    program: str = ""
    untold: int = 0
    unknown_words: int = 0


@dataclass(slots=True, kw_only=True)
class _Tally:
    actions: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    not_asked: Counter[str] = field(default_factory=Counter)
    advice: dict[str, str] = field(default_factory=dict)
    reused: int = 0
    judged: list[tuple[str, bool]] = field(default_factory=list)
    untold: int = 0
    unknown: set[str] = field(default_factory=set)


def describe(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    program: CommentProgram | None = None,
    progress: Progress = silent,
    on_tables: OnTables = nobody,
) -> DescribeSummary:
    """Draft the comments that the policy asks for and record them as proposals.

    Whatever ends the run, its work is kept: answers in the journal, proposals in the ledger.

    Args:
        spark: a classic or a Connect session.
        patterns: select tables, such as `sales.*`; without patterns all tables are selected.
        program: by default the built-in one (`chosen_program` gives a registered one).
        on_tables: told of each chunk of tables; it must raise no error.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: none of the selected tables can be read.
        EndpointAuthError, EndpointUnavailableError: the model cannot be used; nothing else is lost.
        SettingsError: the guidance file or the endpoint cannot be used.
    """
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    program = program or built_in(settings)
    known = KnownReader(ledgers)
    planner = planner_of(ledgers, settings, program, known)
    with run(ledgers, settings, "describe", at_once=False) as log:
        swept = sweep(ledgers, settings.journal_folder, log.run_id)
        log.count(swept=swept)
        found = survey(
            ledgers,
            settings.profile,
            patterns,
            run_id=log.run_id,
            progress=progress,
            on_fresh=known.expect,
            on_work=log.recorded,
        )
        tally = _Tally()
        with _drafter(ledgers, settings, planner, log, progress, program) as draft:
            for chunk in found.chunks():
                tasks = planner.tasks(chunk, found)
                if any(task.described for table in tasks for task in table.tasks):
                    log.recorded()
                drafted = draft(tasks)
                _record(ledgers, planner, settings, log, tally, tasks, drafted, program.variant)
                if drafted.error is not None:
                    raise drafted.error
                on_tables(tasks, partial(planner.with_house, found=found))
                if drafted.not_asked:
                    break
            if tally.not_asked:
                log.status = STOPPED
                log.error = f"stopped early: {', '.join(tally.not_asked)}"
    return _summary(settings, log, found, tally)


def _record(
    ledgers: Ledgers,
    planner: Planner,
    settings: Settings,
    log: RunLog,
    tally: _Tally,
    tasks: Sequence[TableTasks],
    drafted: Drafted,
    variant: str,
) -> None:
    """Append a chunk's proposals and count what was done."""
    fault_point("describe.drafted")
    proposals = proposals_of(drafted.drafts, log.run_id, variant=variant)
    ledgers.append(PROPOSALS, proposals)
    fault_point("describe.proposed")
    planner.learn(comments_after(tasks, proposals))
    tally.actions += counted(tasks)
    tally.sources += Counter(p.source for p in proposals if p.text)
    tally.judged += judged_texts(proposals, settings.model)
    tally.statuses += Counter(p.status for p in proposals)
    tally.not_asked += Counter(drafted.not_asked) + Counter(endpoint=drafted.unanswered)
    tally.reused += drafted.reused
    tally.untold += sum(bool(draft.unknown) for draft in drafted.drafts)
    tally.unknown.update(word for draft in drafted.drafts for word in draft.unknown)
    log.count(calls=drafted.calls, proposals=len(proposals), reused=drafted.reused)
    if drafted.unanswered:
        tally.advice[Reason.ENDPOINT] = f"{drafted.cause}. Run the same command to ask again."
    if Reason.BUDGET in drafted.not_asked:
        calls = log.counts["calls"]
        tally.advice[Reason.BUDGET] = budget_advice(
            settings.calls, drafted.needed, endpoint=settings.endpoint, calls=calls
        )


@contextmanager
def _drafter(
    ledgers: Ledgers,
    settings: Settings,
    planner: Planner,
    log: RunLog,
    progress: Progress,
    program: CommentProgram,
) -> Iterator[Any]:
    """Give a function that drafts comments for the tasks of a chunk."""
    inheritance = planner.inheritance
    if not settings.model:
        yield RulesDrafter(settings.drafting, inheritance).draft
        return

    def spent(usage: Usage) -> None:
        log.input_tokens, log.output_tokens = usage.input, usage.output
        log.cost = cost_of(settings.calls, usage.input, usage.output)

    with asker(ledgers, settings.asking, log.run_id, progress, on_spent=spent) as ask:
        drafter = ModelDrafter(settings.drafting, program, ask, inheritance)
        keep = partial(sweep, ledgers, settings.journal_folder, log.run_id)

        def draft(tasks: Sequence[TableTasks]) -> Drafted:
            keep()  # answers that another run has left meanwhile can be used, too
            answers = _earlier_answers(ledgers, tasks)
            return drafter.draft(tasks, answers, keep=keep)

        yield draft


def _earlier_answers(ledgers: Ledgers, tasks: Sequence[TableTasks]) -> list[Response]:
    tables = {task.key.table for table in tasks for task in table.tasks if task.described}
    return answers_for(ledgers, tables) if tables else []


def _summary(settings: Settings, log: RunLog, found: Survey, tally: _Tally) -> DescribeSummary:
    pending, waiting = tally.actions[Action.PENDING], tally.actions[Action.WAITING]
    calls = log.counts.get("calls", 0)
    inherited = tally.sources[Source.INHERITED] if settings.model else 0
    return DescribeSummary(
        run_id=log.run_id,
        status=log.status,
        tables=found.tables,
        columns=found.columns,
        profiled=found.profiled,
        actions=dict(tally.actions),
        sources=dict(tally.sources),
        ready=tally.statuses.get(ProposalStatus.READY, 0) + pending,
        waiting=tally.statuses.get(ProposalStatus.NEEDS_REVIEW, 0) + waiting,
        failed=tally.statuses.get(ProposalStatus.FAILED, 0),
        calls=calls,
        calls_saved=calls_saved(inherited, asked=tally.sources[Source.MODEL], calls=calls),
        reused=tally.reused,
        input_tokens=log.input_tokens,
        output_tokens=log.output_tokens,
        cost=log.cost,
        not_asked=dict(tally.not_asked),
        unreadable=found.unreadable,
        advice=tally.advice,
        weak_models=weak_models(tally.judged),
        program=settings.program if settings.model else "",
        untold=tally.untold,
        unknown_words=len(tally.unknown),
    )
