"""Proposes labels: surveys the lake as describe does, applies rules, and asks a model the rest."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import Table
from lakegloss.core.labels.label_actions import KnownLabel, LabelAction, LabelTask
from lakegloss.core.labels.label_rows import LABEL_PROGRAM, LabelProposal, WantedLabel
from lakegloss.core.labels.overrides import LabelOverride
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import ProposalStatus
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.faults import fault_point
from lakegloss.lakehouse.asking import asker
from lakegloss.lakehouse.execute.module import paid_answers
from lakegloss.lakehouse.labels.asking_labels import (
    LabelAnswers,
    LabelAsker,
    batches_of,
    first_step,
)
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers, known_labels
from lakegloss.lakehouse.labels.planning_labels import (
    LabelPlanner,
    PlannedLabels,
    questions_of,
)
from lakegloss.lakehouse.labels.scheme_file import read_scheme
from lakegloss.lakehouse.labels.tag_reader import TagReader, TagsNow
from lakegloss.lakehouse.labels.tag_writer import settle_changes
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, run
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import LABEL_PROPOSALS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.survey import Survey, survey
from lakegloss.programs.labels.label_program import LabelProgram, label_program
from lakegloss.settings_views import LabelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPlan:
    """Says what proposing labels would do and cost.

    `actions` counts labels by what is done about them (`LabelAction`), `tags` those to propose by
    their tag. `requests` are those of the first round, `input_tokens` an estimate,
    `max_output_tokens` an upper bound, `max_cost` in dollars.
    """

    tables: int
    columns: int
    actions: Mapping[str, int]
    tags: Mapping[str, int]
    asked_tables: int
    asked_columns: int
    requests: int
    input_tokens: int
    max_output_tokens: int
    max_cost: float | None
    unreadable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSummary:
    """Says what proposing labels did.

    Attributes:
        actions: labels by what was done about them (`LabelAction`).
        tags: new proposals by tag; sources: by who says so.
        ready: labels that `apply` would set; waiting: labels that wait for a person.
        refused: what a model said in place of a label, by asset.
        not_asked: assets by the reason why no call for them was made or answered.
    """

    run_id: str
    status: str
    tables: int
    columns: int
    profiled: int
    actions: Mapping[str, int]
    tags: Mapping[str, int]
    sources: Mapping[str, int]
    ready: int
    waiting: int
    calls: int
    reused: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    refused: Mapping[str, str]
    not_asked: Mapping[str, int]
    unreadable: Mapping[str, str]


_Known = Mapping[LabelKey, KnownLabel]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """The tables of a chunk as they are planned, with their tags and what is known of these."""

    planned: Sequence[PlannedLabels]
    now: TagsNow
    known: _Known


class _Lake:
    """Reads what plans of labels rest on, chunk by chunk."""

    def __init__(
        self, ledgers: Ledgers, settings: LabelSettings, planner: LabelPlanner, found: Survey
    ) -> None:
        self._ledgers = ledgers
        self._found = found
        self._planner = planner
        self._reader = TagReader(ledgers.spark, settings.parallel_tables)
        self.unreadable = dict(found.unreadable)

    def chunks(self, *, settle: bool) -> Iterator[_Chunk]:
        for tables in self._found.chunks():
            if settle:
                settle_changes(self._ledgers, self._reader, {t.name: t for t in tables})
            yield self._chunk(tables)

    def _chunk(self, tables: Sequence[Table]) -> _Chunk:
        evidence = self._found.evidence.of(tables)
        now = self._reader.read(tables)
        self.unreadable.update(now.unreadable)
        known = known_labels(self._ledgers, [table.name for table in tables])
        planned = [
            self._planner.plan(table, evidence, now, known)
            for table in tables
            if table.name not in now.unreadable
        ]
        return _Chunk(planned=planned, now=now, known=known)


def plan_labels(
    spark: Any,
    settings: LabelSettings,
    patterns: Sequence[str] = (),
    *,
    scheme: LabelScheme | None = None,
    program: LabelProgram | None = None,
    progress: Progress = silent,
) -> LabelPlan:
    """Plan what `propose` would do and cost: no call is made, and no tag is set.

    Args:
        spark: a classic or a Connect session.
        patterns: select tables, such as `sales.*`; without patterns all tables are selected.
        scheme: by default that of the setting `label_file`.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: the file of labels cannot be used.
    """
    planner = _planner(settings, scheme, program)
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    found = survey(ledgers, settings.profile, patterns, run_id="", progress=progress)
    lake = _Lake(ledgers, settings, planner, found)
    actions: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    tables = columns = requests = input_tokens = output_tokens = 0
    for chunk in lake.chunks(settle=False):
        for one in chunk.planned:
            _count(planner.tasks(one, chunk.now, chunk.known), actions, tags)
        asked = questions_of(chunk.planned)
        tables += sum(question.asks_domain for question in asked)
        columns += sum(len(question.columns) for question in asked)
        step = first_step(asked, planner.scheme.tree)
        for batch in batches_of(step, planner.program, settings.drafting):
            request = planner.program.render(batch, model=settings.model)
            requests += 1
            input_tokens += request.input_tokens
            output_tokens += request.max_tokens
    return LabelPlan(
        tables=found.tables,
        columns=found.columns,
        actions=dict(actions),
        tags=dict(tags),
        asked_tables=tables,
        asked_columns=columns,
        requests=requests,
        input_tokens=input_tokens,
        max_output_tokens=output_tokens,
        max_cost=cost_of(settings.calls, input_tokens, output_tokens),
        unreadable=lake.unreadable,
    )


def propose_labels(
    spark: Any,
    settings: LabelSettings,
    patterns: Sequence[str] = (),
    *,
    scheme: LabelScheme | None = None,
    program: LabelProgram | None = None,
    overrides: Sequence[LabelOverride] = (),
    progress: Progress = silent,
) -> LabelSummary:
    """Propose the labels that tables and columns lack, and record them.

    Rules come first: personal data by the evidence, domains by the patterns of the tree. A model
    (setting `model`) is asked for the domains of other tables and the classes of columns in doubt.

    Args:
        spark: a classic or a Connect session.
        patterns: select tables, such as `sales.*`; without patterns all tables are selected.
        scheme: by default that of the setting `label_file`.
        overrides: labels that people fixed in a file.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: none of the selected tables can be read.
        EndpointAuthError, EndpointUnavailableError: the model cannot be used; nothing else is lost.
        SettingsError: the file of labels or the endpoint cannot be used.
    """
    planner = _planner(settings, scheme, program, overrides)
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    with run(ledgers, settings, "label", at_once=False) as log:
        log.count(swept=sweep(ledgers, settings.journal_folder, log.run_id))
        found = survey(
            ledgers, settings.profile, patterns, run_id=log.run_id, progress=progress,
            on_work=log.recorded,
        )  # fmt: skip
        lake = _Lake(ledgers, settings, planner, found)
        tally = _Tally()
        with _label_asker(ledgers, settings, planner, log, progress) as ask:
            for chunk in lake.chunks(settle=True):
                answers = ask(chunk.planned)
                made = _proposals(planner, chunk, answers, log.run_id, tally)
                fault_point("label.drafted")
                if made:
                    log.recorded()
                ledgers.append(LABEL_PROPOSALS, made)
                log.count(proposals=sum(bool(one.value) for one in made), calls=answers.calls)
                if answers.error is not None:
                    raise answers.error
                if answers.not_asked:
                    break
        if tally.not_asked:
            log.status = STOPPED
            log.error = f"stopped early: {', '.join(tally.not_asked)}"
    return _summary(log, found, lake, tally)


@dataclass(slots=True, kw_only=True)
class _Tally:
    actions: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    not_asked: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    reused: int = 0


def _planner(
    settings: LabelSettings,
    scheme: LabelScheme | None,
    program: LabelProgram | None,
    overrides: Sequence[LabelOverride] = (),
) -> LabelPlanner:
    return LabelPlanner(
        scheme or read_scheme(settings.label_file), program or label_program(),
        model=settings.model, overrides=overrides,
    )  # fmt: skip


def _count(tasks: Sequence[LabelTask], actions: Counter[str], tags: Counter[str]) -> None:
    actions.update(task.action.value for task in tasks)
    tags.update(task.wanted.key.tag for task in tasks if task.action is LabelAction.PROPOSE)


_Ask = Callable[[Sequence[PlannedLabels]], LabelAnswers]


@contextmanager
def _label_asker(
    ledgers: Ledgers,
    settings: LabelSettings,
    planner: LabelPlanner,
    log: RunLog,
    progress: Progress,
) -> Iterator[_Ask]:
    """Give a function that asks a model what the rules leave open in a chunk."""
    if not settings.model:
        yield lambda _: LabelAnswers()
        return

    def spent(usage: Usage) -> None:
        log.input_tokens, log.output_tokens = usage.input, usage.output
        log.cost = cost_of(settings.calls, usage.input, usage.output)

    with asker(ledgers, settings.asking, log.run_id, progress, on_spent=spent) as send:
        held = paid_answers(ledgers, LABEL_PROGRAM, settings.model)
        labels = LabelAsker(
            planner.program, settings.drafting, planner.scheme.tree, send, held=held,
            keep=partial(sweep, ledgers, settings.journal_folder, log.run_id),
        )  # fmt: skip
        yield lambda planned: labels.answer(questions_of(planned))


def _proposals(
    planner: LabelPlanner, chunk: _Chunk, answers: LabelAnswers, run_id: str, tally: _Tally
) -> list[LabelProposal]:
    """The new proposals of a chunk; what the model gave no label is among them, without a value."""
    made: list[LabelProposal] = []
    for one in chunk.planned:
        tasks = planner.tasks(planner.with_answers(one, answers), chunk.now, chunk.known)
        _count(tasks, tally.actions, tally.tags)
        new = [task for task in tasks if task.action is LabelAction.PROPOSE]
        made += [
            _proposal(
                task.wanted, run_id, replaces=task.replaces, reason=task.reason,
                status=ProposalStatus.READY if task.is_sure else ProposalStatus.NEEDS_REVIEW,
            )
            for task in new
        ]  # fmt: skip
        made += [
            _proposal(label, run_id, status=ProposalStatus.FAILED)
            for label in planner.nothing_said(one, answers)
            if label.key not in {task.wanted.key for task in tasks}
        ]
    tally.sources.update(one.source for one in made if one.value)
    tally.statuses.update(one.status for one in made)
    tally.refused.update({str(key): said for key, said in answers.refused.items()})
    tally.not_asked.update(answers.not_asked)
    tally.reused += answers.reused
    return made


def _proposal(
    wanted: WantedLabel,
    run_id: str,
    *,
    status: ProposalStatus,
    replaces: str = "",
    reason: str = "",
) -> LabelProposal:
    return LabelProposal(
        proposal_id=uuid4().hex,
        table=wanted.key.table,
        column=wanted.key.column,
        tag=wanted.key.tag,
        value=wanted.value,
        source=str(wanted.source),
        status=status.value,
        reason="; ".join(part for part in (wanted.reason, reason) if part),
        replaces=replaces,
        fingerprint=wanted.fingerprint,
        request_hash=wanted.request_hash,
        program=wanted.program,
        program_version=wanted.program_version,
        model=wanted.model,
        run_id=run_id,
        proposed_at=datetime.now(UTC),
    )


def _summary(log: RunLog, found: Survey, lake: _Lake, tally: _Tally) -> LabelSummary:
    pending = tally.actions[LabelAction.PENDING]
    waiting = tally.actions[LabelAction.WAITING]
    return LabelSummary(
        run_id=log.run_id,
        status=log.status,
        tables=found.tables,
        columns=found.columns,
        profiled=found.profiled,
        actions=dict(tally.actions),
        tags=dict(tally.tags),
        sources=dict(tally.sources),
        ready=tally.statuses[ProposalStatus.READY] + pending,
        waiting=tally.statuses[ProposalStatus.NEEDS_REVIEW] + waiting,
        calls=log.counts.get("calls", 0),
        reused=tally.reused,
        input_tokens=log.input_tokens,
        output_tokens=log.output_tokens,
        cost=log.cost,
        refused=tally.refused,
        not_asked=dict(tally.not_asked),
        unreadable=lake.unreadable,
    )
