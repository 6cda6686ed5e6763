"""Drafting: tasks become proposals, by the rules or by a model through the engine."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.heirs import Heirs
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.plan.packing import TableWork, pack
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Proposal, ProposalStatus, Response, Source
from lakegloss.core.requests import ModelRequest
from lakegloss.core.words.rules import describe_column, describe_table
from lakegloss.engine.attempt import Usage
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import LakeglossError
from lakegloss.lakehouse.stopping import least, unanswered, unavailable
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.rounds import Limits, Rounds
from lakegloss.settings import Settings

NOTHING_TO_SAY = "there is no evidence to say anything beyond the name"
RULES_PROGRAM = "rules"
_ASSETS_BY_ROUND = (120, 40, 10)
"""Comments asked for in one request at most: what failed is asked again in smaller company."""


class Asker(Protocol):
    """Carries requests to the model: the engine on the driver, in partitions, or `ai_query`."""

    def __call__(self, requests: Sequence[ModelRequest]) -> Outcome: ...


@dataclass(slots=True, kw_only=True)
class Drafted:
    """What came of one chunk of tables.

    `not_asked` counts assets by what kept their requests back and `unanswered` those whose requests
    the endpoint failed, as `cause` tells; `needed` is what the smallest request kept back may cost.
    """

    proposals: list[Proposal] = field(default_factory=list)
    not_asked: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    cause: str = ""
    needed: Usage | None = None
    calls: int = 0
    reused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    error: LakeglossError | None = None


class RulesDrafter:
    """Drafts without a model."""

    def __init__(
        self,
        settings: Settings,
        version: str,
        run_id: str,
        inheritance: Inheritance | None = None,
    ) -> None:
        self._settings = settings
        self._version = version
        self._run_id = run_id
        self._inheritance = inheritance or inheritance_of(settings, enabled=False)

    def draft(self, tables: Sequence[TableTasks]) -> Drafted:
        """What others wrote where it can be taken over, else what the rules say."""
        proposals = []
        for table in tables:
            for task in table.tasks:
                if not task.described:
                    continue
                donor = self._inheritance.find(task.key)
                proposals.append(
                    inherited(task, donor, self._run_id)
                    if donor
                    else self.proposal(table, task, mark=task.fingerprint)
                )
        return Drafted(proposals=proposals)

    def proposal(
        self,
        table: TableTasks,
        task: Task,
        *,
        mark: str,
        reason: str = "",
        checks: tuple[str, ...] = (),
    ) -> Proposal:
        """What the rules say; `mark` is '' where they stand in for a model that failed."""
        text = rules_text(table, task, self._settings)
        status = task.status_of(text) if text else ProposalStatus.FAILED
        return Proposal(
            proposal_id=uuid4().hex,
            table=task.key.table,
            column=task.key.column,
            text=text,
            source=Source.RULES.value,
            status=status.value,
            checks=checks,
            reason=reason if text else "; ".join(part for part in (reason, NOTHING_TO_SAY) if part),
            replaces=task.comment,
            fingerprint=mark,
            request_hash="",
            program=RULES_PROGRAM,
            program_version=self._version,
            variant="champion",
            model="",
            run_id=self._run_id,
            proposed_at=datetime.now(UTC),
        )


def rules_text(table: TableTasks, task: Task, settings: Settings) -> str:
    """The rules' words for one asset, cut to what the target holds."""
    column = _column(table.table, task.key)
    if column is None:
        text = describe_table(table.table, table.evidence, style=settings.style)
        return _cut(text, settings.max_table_comment)
    evidence: Evidence | None = table.evidence.get(column.path)
    text = describe_column(table.table, column, evidence, style=settings.style)
    return _cut(text, settings.max_column_comment)


def _column(table: Table, key: AssetKey) -> Column | None:
    return next((c for c in table.columns if c.path == key.column), None) if key.column else None


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[:limit]
    return kept[: kept.rfind(". ") + 1] if ". " in kept else kept.rsplit(" ", 1)[0]


def inheritance_of(settings: Settings, *, enabled: bool | None = None) -> Inheritance:
    """What a run's columns can take over; nothing so far."""
    return Inheritance(
        limit=settings.max_column_comment,
        style=settings.style,
        language=settings.language if settings.model else "English",
        enabled=settings.inherit if enabled is None else enabled,
    )


def inherited(task: Task, donor: Donor, run_id: str) -> Proposal:
    """A comment that is taken over, with where it came from."""
    return Proposal(
        proposal_id=uuid4().hex,
        table=task.key.table,
        column=task.key.column,
        text=donor.text,
        source=Source.INHERITED.value,
        status=task.status_of(donor.text).value,
        checks=(),
        reason=f"the comment of {donor.asset}",
        replaces=task.comment,
        fingerprint=task.fingerprint,
        request_hash=donor.request_hash,
        program=donor.program,
        program_version=donor.program_version,
        variant=donor.variant,
        model=donor.model,
        run_id=run_id,
        proposed_at=datetime.now(UTC),
    )


class ModelDrafter:
    """Drafts with the comment program; assets that the model fails on get the rules' words.

    Assets whose requests the endpoint failed get none: they wait for the next run. What repeats is
    asked about once (`core.inheritance`).
    """

    def __init__(
        self,
        settings: Settings,
        program: CommentProgram,
        rules: RulesDrafter,
        ask: Asker,
        run_id: str,
        inheritance: Inheritance | None = None,
    ) -> None:
        self._settings = settings
        self._program = program
        self._rules = rules
        self._ask = ask
        self._run_id = run_id
        self._inheritance = inheritance or inheritance_of(settings, enabled=False)
        self._reached = False
        self._heard: set[AssetKey] = set()

    def draft(
        self,
        tables: Sequence[TableTasks],
        answers: Iterable[Response],
        *,
        keep: Callable[[], object],
    ) -> Drafted:
        """Ask until every asset has an accepted text or was asked often enough.

        Args:
            answers: paid for earlier and not read yet.
            keep: called after each round, to make the round's answers durable.
        """
        drafted = Drafted()
        rounds = Rounds(tables, limits_of(self._settings))
        earlier = list(answers)
        rounds.take_all(earlier)
        drafted.reused += len(earlier)
        self._heard = set(rounds.reasons)
        self._offer(rounds, rounds.accepted)
        heirs = Heirs(self._inheritance, rounds.left)
        self._hand_on(rounds, heirs, heirs.inherited)
        number = 0
        while drafted.error is None and not drafted.not_asked and rounds.works():
            outcome = self._ask(self._requests(rounds, number=number))
            number += 1
            keep()
            before = set(rounds.accepted)
            self._take(outcome, rounds, drafted)
            self._offer(rounds, rounds.accepted.keys() - before)
            self._hand_on(rounds, heirs, heirs.settle(rounds.askable))
        for reason in list(drafted.not_asked)[:1]:
            drafted.not_asked[reason] += len(heirs.waiting)
        self._count_unanswered(rounds, drafted)
        self._propose(tables, rounds, drafted)
        return drafted

    def _requests(self, rounds: Rounds, *, number: int) -> list[ModelRequest]:
        """A round packed and rendered; what was never asked about is not asked in small company."""
        fresh, again = rounds.works_by_asks()
        return [
            *render_requests(self._program, self._settings, fresh),
            *render_requests(self._program, self._settings, again, number=number),
        ]

    def _offer(self, rounds: Rounds, keys: Iterable[AssetKey]) -> None:
        """Let others take over what was accepted."""
        for key in keys:
            if response := rounds.accepted[key].response:
                self._inheritance.offer(
                    key,
                    Donor(
                        asset=key,
                        text=rounds.accepted[key].text,
                        request_hash=response.request_hash,
                        program=response.program,
                        program_version=response.program_version,
                        variant=response.variant,
                        model=response.model,
                    ),
                )

    @staticmethod
    def _hand_on(rounds: Rounds, heirs: Heirs, found: Mapping[AssetKey, Donor]) -> None:
        for key, donor in found.items():
            rounds.inherit(key, donor)
        rounds.waiting = heirs.waiting

    def _take(self, outcome: Outcome, rounds: Rounds, drafted: Drafted) -> None:
        rounds.take_all(outcome.responses)
        for item in outcome.not_asked:
            reason = item.reason.value
            drafted.not_asked[reason] = drafted.not_asked.get(reason, 0) + len(item.request.assets)
        drafted.calls += outcome.attempts
        drafted.input_tokens += outcome.usage.input
        drafted.output_tokens += outcome.usage.output
        drafted.needed = least(outcome.not_asked)
        drafted.error = outcome.error
        self._judge(outcome, drafted, last=not rounds.works())

    def _judge(self, outcome: Outcome, drafted: Drafted, *, last: bool) -> None:
        """Tell a dead endpoint from a model that fails: nothing may stand in for the first."""
        for response in outcome.responses:
            if unanswered(response):
                drafted.cause = response.error
            else:
                self._reached = True
                self._heard |= {AssetKey(a.table, a.column) for a in response.assets}
        if not self._reached and drafted.error is None:
            drafted.error = unavailable(outcome.responses, last=last)

    def _count_unanswered(self, rounds: Rounds, drafted: Drafted) -> None:
        drafted.unanswered = len(set(rounds.left) - rounds.askable - self._heard)

    def _propose(self, tables: Sequence[TableTasks], rounds: Rounds, drafted: Drafted) -> None:
        left = (set(rounds.left) - rounds.askable) & self._heard
        for table in tables:
            for task in table.tasks:
                if task.key in rounds.accepted:
                    drafted.proposals.append(self._accepted(task, rounds))
                elif task.key in left and not task.comment:
                    # What is there was written by people or by a model: the rules know less.
                    drafted.proposals.append(self._stand_in(table, task, rounds))

    def _accepted(self, task: Task, rounds: Rounds) -> Proposal:
        accepted = rounds.accepted[task.key]
        response = accepted.response
        if response is None:
            assert accepted.donor is not None
            return inherited(task, accepted.donor, self._run_id)
        return Proposal(
            proposal_id=uuid4().hex,
            table=task.key.table,
            column=task.key.column,
            text=accepted.text,
            source=Source.MODEL.value,
            status=task.status_of(accepted.text).value,
            checks=(),
            reason="",
            replaces=task.comment,
            fingerprint=task.fingerprint,
            request_hash=response.request_hash,
            program=response.program,
            program_version=response.program_version,
            variant=response.variant,
            model=response.model,
            run_id=self._run_id,
            proposed_at=datetime.now(UTC),
        )

    def _stand_in(self, table: TableTasks, task: Task, rounds: Rounds) -> Proposal:
        """The rules' words, without the fingerprint: the asset still waits for a model."""
        return self._rules.proposal(
            table,
            task,
            mark="",
            reason=rounds.reasons.get(task.key, ""),
            checks=rounds.failures.get(task.key, ()),
        )


def render_requests(
    program: CommentProgram, settings: Settings, works: Sequence[TableWork], *, number: int = 0
) -> list[ModelRequest]:
    """The works packed and rendered; a later round (number) packs fewer assets together."""
    fixed = program.fixed_tokens(style=settings.style, language=settings.language)
    most = _ASSETS_BY_ROUND[min(number, len(_ASSETS_BY_ROUND) - 1)]
    batches = pack(
        works, budget=settings.request_tokens, fixed=fixed, max_assets=most, style=settings.style
    )
    return [
        program.render(
            batch,
            style=settings.style,
            language=settings.language,
            model=settings.model,
            temperature=settings.temperature,
        )
        for batch in batches
    ]


def limits_of(settings: Settings) -> Limits:
    """The bounds of comments and of how often one is asked for."""
    return Limits(
        table=settings.max_table_comment,
        column=settings.max_column_comment,
        asks=settings.max_asks,
        style=settings.style,
    )
