"""Drafting: tasks become proposals, by the rules or by a model through the engine."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from lakegloss.core.assets import AssetKey
from lakegloss.core.inherit.heirs import Heirs
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Proposal, Response, Source
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.requests import limits_of, render_requests
from lakegloss.drafting.rounds import Rounds
from lakegloss.drafting.rules import Drafted, RulesDrafter, inheritance_of, inherited
from lakegloss.drafting.stopping import least, unanswered, unavailable
from lakegloss.engine.outcome import Outcome
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings


class Asker(Protocol):
    """Carries requests to the model: the engine on the driver, in partitions, or `ai_query`."""

    def __call__(self, requests: Sequence[ModelRequest]) -> Outcome: ...


class ModelDrafter:
    """Drafts with the comment program; assets that the model fails on get the rules' words.

    Assets whose requests the endpoint failed get none: they wait for the next run. What repeats is
    asked about once (`core.inherit.inheritance`).
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
