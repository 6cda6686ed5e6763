"""Optimises a program: searches on the train split, chooses on the select split.

An optimiser sees the examples to train on, and nothing else. What it comes up with is measured on
the select split, where the best is chosen by quality and tokens. Whether that one is better than
the program it came from, only the gate can tell (`learning.optimisation.gate.opened_gate`).
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lakegloss.core.optimisation.choosing import (
    TOKEN_GROWTH,
    CandidateFigures,
    ItemScore,
    choose,
    figures_of_candidate,
    tokens_of,
)
from lakegloss.core.optimisation.search_account import SearchAccount, TriedCandidate, account_text
from lakegloss.core.optimisation.search_plan import (
    OptimisationBudget,
    SearchPlan,
    SearchSizes,
    plan_search,
)
from lakegloss.core.records import Response
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock
from lakegloss.learning.optimisation.candidates import (
    Candidate,
    Recorder,
    candidate_of,
    distinct,
    program_with,
)
from lakegloss.learning.optimisation.metered import SearchEnded
from lakegloss.learning.optimisation.optimisers import SearchTask, require_optimizer, search
from lakegloss.learning.optimisation.scoring import GroupOf, Metric, dspy_metric
from lakegloss.learning.optimisation.session import OptimisationSession, Told
from lakegloss.learning.optimisation.states import (
    changes_text,
    refusal_of_state,
    screened,
    state_text,
    values_of,
)
from lakegloss.learning.optimisation.token_sizes import sizes_of
from lakegloss.programs.config import instance_of

_MOST_TOGETHER = 16


@dataclass(frozen=True, kw_only=True)
class Optimised:
    """What an optimisation came to.

    Attributes:
        program: the chosen program, a DSPy module; a copy of the given one where none was chosen.
        search: what was tried, with figures.
        session: for more measurements within the same budget.
        base, candidate: the state it began with, and the chosen one (the base where none was).
    """

    program: Any
    search: SearchAccount
    session: OptimisationSession
    base: Candidate
    candidate: Candidate

    @property
    def changed(self) -> bool:
        """Whether a candidate was chosen."""
        return self.candidate.mark != self.base.mark

    @cached_property
    def state(self) -> str:
        """The chosen program as JSON text: data, never code."""
        return state_text(self.program, self.session.name)

    @property
    def account(self) -> str:
        """What was tried and why this one, for a person (Markdown)."""
        return account_text(self.search) + changes_text(self.candidate, self.base)


def optimise(
    program: Any,
    *,
    train: Sequence[Any],
    select: Sequence[Any],
    metric: Metric,
    optimizer: str = "bootstrap",
    budget: OptimisationBudget | None = None,
    lm: Any,
    seed: int = 0,
    gate: int = 0,
    group: GroupOf | None = None,
    token_growth: float = TOKEN_GROWTH,
    is_screened: bool = False,
    paid: Iterable[Response] = (),
    name: str = "",
    threads: int = _MOST_TOGETHER,
    tell: Told = lambda *_: None,
    clock: Clock = SYSTEM_CLOCK,
) -> Optimised:
    """Search for a better state of a program.

    The same call with the same seed and the answers that an interrupted one paid for goes on.
    Where the budget ends before the search does, the best so far is chosen.

    Args:
        program: a DSPy module or a signature; it is not changed.
        train: examples (`dspy.Example`, with inputs) that the optimiser may show and learn from.
        select: others, by which a candidate is chosen.
        metric: scores a prediction for an example, 0 to 1, with words why where it can.
        optimizer: labeled, bootstrap, mipro, gepa or simba.
        lm: the language model, as `engine.lm.language_model` makes it, or any other of DSPy.
        gate: for how many examples the budget must still pay afterwards, twice.
        group: what an example belongs to; by default each stands alone.
        token_growth: how much longer a candidate's requests may be without having to earn it.
        is_screened: whether the examples passed the checks for personal data and orders; else
            those that do not pass are left out here.
        paid: answers of earlier runs.
        tell: takes the progress.

    Raises:
        InputError: there are too few examples, or no such optimiser.
        BudgetExceededError: the budget does not pay the smallest search.
        EnvironmentNotReadyError: the optimiser needs a package that is not installed.
        EndpointError: the endpoint failed; what was answered is kept.
    """
    require_optimizer(optimizer)
    module = instance_of(program, name or "the program")
    given = len(train) + len(select)
    if not is_screened:
        train, select = screened(train), screened(select)
    left_out = given - len(train) - len(select)
    budget = budget or OptimisationBudget()
    sizes = sizes_of(module, train, select, gate)
    plan = plan_search(optimizer, sizes, budget)
    session = OptimisationSession(
        module, lm, metric, budget=budget, group=group or _alone(train, select), paid=paid,
        name=name, threads=threads, tell=tell, clock=clock,
    )  # fmt: skip
    work = _Optimisation(session, plan, sizes, list(train), list(select), seed, token_growth)
    if left_out:
        work.notes.append(f"{left_out} examples were left out: they hold personal data or orders.")
    return work.run()


def _alone(*parts: Sequence[Any]) -> GroupOf:
    numbers = {id(example): n for n, example in enumerate(e for part in parts for e in part)}
    return lambda example: numbers.get(id(example), id(example))


class _Optimisation:
    """One optimisation; its parts in order are the methods from `run` on."""

    def __init__(
        self,
        session: OptimisationSession,
        plan: SearchPlan,
        sizes: SearchSizes,
        train: list[Any],
        select: list[Any],
        seed: int,
        token_growth: float,
    ) -> None:
        self._session = session
        self._plan = plan
        self._sizes = sizes
        self._known = values_of(train)
        self._train, self._validated = _parted(train, sizes.validated, plan.optimizer, seed)
        self._select = select
        self._seed = seed
        self._growth = token_growth
        self.notes: list[str] = []
        self._ended = ""
        self._stopped = False
        self._longest = sizes.input_tokens * (1 + token_growth)
        self._base = candidate_of(session.program, "the program as it is")

    def run(self) -> Optimised:
        base_scores = self._measured(self._base, 0)
        if base_scores is None:
            return self._result(None, [], None)
        base = figures_of_candidate("base", base_scores, base_scores, token_growth=self._growth)
        found = self._search(base_scores)
        tried = self._choose_from(found, base_scores)
        figures = {n: t.figures for n, t in enumerate(tried) if t.figures is not None}
        return self._result(base, tried, choose(figures))

    def _measured(self, candidate: Candidate, done: int) -> list[ItemScore] | None:
        """The scores on the select split; None where the budget ended before."""
        step, total = "select", self._plan.select_runs
        try:
            with self._room_for_the_gate():
                return self._session.score(candidate, self._select, step, done, total)
        except SearchEnded as ended:
            self._end(ended)
            return None

    def _room_for_the_gate(self) -> Any:
        """Set aside what asking base and candidate on the gate costs, as far as that is known."""
        gate, used = self._sizes.gate, self._session.purse.used
        sent = gate * (self._sizes.input_tokens + self._longest)
        answered = 2 * gate * used.usage.output / used.calls if used.calls else 0.0
        calls = 2 * gate * self._sizes.predictors
        return self._session.purse.set_aside(calls, sent, answered, all_hours=True)

    def _end(self, ended: SearchEnded) -> None:
        if ended.error is not None:
            raise ended.error
        self._ended = self._ended or ended.reason

    def _search(self, base_scores: Sequence[ItemScore]) -> list[Candidate]:
        """Let the optimiser search; returns what it came up with, the best first."""
        recorder = Recorder(self._session.program)
        tried: list[Candidate] = []
        try:
            with self._room_left(base_scores), self._session.asking(recorder=recorder) as lm:
                search(self._task(lm, recorder, tried))
        except SearchEnded as ended:
            self._end(ended)
        least = min(3, max(1, len(self._validated)))
        return distinct([*tried, *(row[0] for row in recorder.ranked(least))], self._base)

    def _room_left(self, base_scores: Sequence[ItemScore]) -> Any:
        """Set aside what choosing and the gate may cost, judged by the base's own runs."""
        runs = self._plan.reserved_runs - len(self._select)
        sent = max(tokens_of(base_scores), 1.0) * (1 + self._growth)
        answered = [s.output_tokens for s in base_scores]
        return self._session.purse.set_aside(
            runs * self._sizes.predictors, runs * sent, runs * sum(answered) / len(answered)
        )

    def _task(self, lm: Any, recorder: Recorder, tried: list[Candidate]) -> SearchTask:
        session, plan = self._session, self._plan
        base = program_with(session.program, self._base)
        items = {id(e): n for n, e in enumerate([*self._train, *self._validated])}
        runs = 0

        def note(example: Any, score: float) -> None:
            nonlocal runs
            runs += 1
            recorder.scored(items.get(id(example), id(example)), score)
            session.tell("search", min(runs, plan.search_runs), plan.search_runs)

        return SearchTask(
            program=base,
            lm=lm,
            train=self._train,
            validated=self._validated or self._train,
            metric=dspy_metric(session.scorer, note, words=False),
            feedback=dspy_metric(session.scorer, note, words=True),
            plan=plan,
            threads=session.threads,
            seed=self._seed,
            tried=tried.append,
            note=self.notes.append,
        )

    def _choose_from(
        self, found: Sequence[Candidate], base_scores: Sequence[ItemScore]
    ) -> list[TriedCandidate]:
        tried: list[TriedCandidate] = []
        measured = 0
        for number, candidate in enumerate(found, start=1):
            label = f"candidate {number}"
            refused = refusal_of_state(candidate, self._base, self._known)
            figures: CandidateFigures | None = None
            if not refused and measured < self._plan.shortlisted and not self._stopped:
                done = (1 + measured) * len(self._select)
                scores = self._measured(candidate, done)
                if scores is not None:
                    measured += 1
                    self._longest = max(self._longest, tokens_of(scores))
                    figures = figures_of_candidate(
                        label, scores, base_scores, token_growth=self._growth
                    )
                else:
                    self._stopped = True
            tried.append(
                TriedCandidate(
                    label=label,
                    mark=candidate.mark,
                    origin=candidate.origin,
                    demos=candidate.demos,
                    figures=figures,
                    refused=refused or "",
                    state=candidate,
                )
            )
        return tried

    def _result(
        self, base: CandidateFigures | None, tried: Sequence[TriedCandidate], chosen: int | None
    ) -> Optimised:
        candidate = self._base if chosen is None else tried[chosen].state
        return Optimised(
            program=program_with(self._session.program, candidate),
            search=SearchAccount(
                plan=self._plan, sizes=self._sizes, base=base, tried=tuple(tried), chosen=chosen,
                ended=self._ended, notes=tuple(self.notes), token_growth=self._growth,
                calls=self._session.purse.used.calls,
                input_tokens=self._session.purse.used.usage.input,
                output_tokens=self._session.purse.used.usage.output,
                paid_calls=self._session.purse.used.paid_calls,
            ),
            session=self._session,
            base=self._base,
            candidate=candidate,
        )  # fmt: skip


def _parted(
    train: list[Any], validated: int, optimizer: str, seed: int
) -> tuple[list[Any], list[Any]]:
    """The examples to show, and those by which MIPRO and GEPA rank what they try."""
    if optimizer not in {"mipro", "gepa"} or validated >= len(train):
        return train, []
    mixed = random.Random(seed).sample(train, len(train))  # noqa: S311 - repeatable on purpose
    return mixed[validated:], mixed[:validated]
