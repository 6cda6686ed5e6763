"""Runs a program on examples: each distinct row of inputs once, paid answers first."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lakegloss.core.evaluation.figures import Spent
from lakegloss.core.learning.examples import inputs_json
from lakegloss.core.requests import estimate
from lakegloss.engine.attempt import Usage
from lakegloss.engine.engine import engine_from
from lakegloss.engine.execution import Executed, ModelRoute, execute
from lakegloss.engine.http.endpoint import endpoint_from
from lakegloss.engine.limits.budget import cost_of
from lakegloss.errors import (
    BudgetExceededError,
    EndpointAuthError,
    EndpointError,
    EndpointUnavailableError,
    LakeglossError,
    RateLimitedError,
)
from lakegloss.faults import fault_point
from lakegloss.lakehouse.execute.module import Replaying, paid_answers, run_in_new_loop
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.progress import Progress
from lakegloss.learning.answering import NOT_AGREED, AskingPlan
from lakegloss.learning.program_evaluation.evaluated_program import EvaluatedProgram
from lakegloss.programs.asking import Patience
from lakegloss.programs.split import SplitProgram
from lakegloss.settings_views import AskSettings, CallSettings

MAX_TOKENS = 3_000
"""The most tokens of one answer."""
_ASKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """What a program gave for one row of inputs; `failure` says why it gave nothing, else ''."""

    outputs: Mapping[str, Any]
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswers:
    """What a program gave, by the rows' keys.

    Attributes:
        not_asked: how many rows the endpoint or the budget left open, by reason; then nothing may
            be concluded.
        cause: how the endpoint failed.
    """

    rows: Mapping[str, RowAnswer]
    spent: Spent
    not_asked: Mapping[str, int]
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRunner:
    """Runs programs on rows, for one run. All that it runs shares what is left of one budget.

    Args:
        spent_before: what the run spent until now.
        on_spent: called with the tokens that the run has spent in all.
        agree: asked before anything that costs is asked; False asks nothing.
    """

    ledgers: Ledgers
    asking: AskSettings
    run_id: str
    progress: Progress
    spent_before: Callable[[], Usage]
    on_spent: Callable[[Usage], None]
    agree: Callable[[AskingPlan], bool] = lambda _: True

    def run(self, program: EvaluatedProgram, rows: Mapping[str, Mapping[str, Any]]) -> RowAnswers:
        """Run a program on rows of inputs, by their keys; equal inputs are asked once.

        Raises:
            SettingsError, EnvironmentNotReadyError, EndpointAuthError: the model cannot be used.
            EndpointError: the endpoint takes none of the requests.
        """
        alike: dict[str, list[str]] = {}
        for key, inputs in rows.items():
            alike.setdefault(inputs_json(inputs), []).append(key)
        once = self._run_once(program, {keys[0]: rows[keys[0]] for keys in alike.values()})
        first = {key: keys[0] for keys in alike.values() for key in keys}
        answered = {k: once.rows[f] for k, f in first.items() if f in once.rows}
        return replace(once, rows=answered)

    def _run_once(
        self, program: EvaluatedProgram, rows: Mapping[str, Mapping[str, Any]]
    ) -> RowAnswers:
        done, ready = _checked(program, rows)
        held = paid_answers(self.ledgers, program.name, self.asking.model)
        plan = self._plan(program, ready, held)
        if plan.requests and not self.agree(plan):
            return RowAnswers(rows=done, spent=Spent(), not_asked={NOT_AGREED: plan.requests})
        executed, read = self._executed(program, ready, held) if ready else ({}, None)
        fault_point("evaluate.drafted")
        sweep(self.ledgers, self.asking.journal_folder, self.run_id)
        return _answers(program, executed, done, read, self.asking.calls)

    def _plan(
        self,
        program: EvaluatedProgram,
        rows: Mapping[str, Mapping[str, Any]],
        held: Mapping[str, Any],
    ) -> AskingPlan:
        """What is left to ask; of a program of several steps an estimate."""
        sizes = list(self._sizes(program, rows, held))
        most = len(sizes) * MAX_TOKENS
        return AskingPlan(
            label=program.label,
            requests=len(sizes),
            input_tokens=sum(sizes),
            max_output_tokens=most,
            max_cost=cost_of(self.asking.calls, sum(sizes), most),
        )

    def _sizes(
        self,
        program: EvaluatedProgram,
        rows: Mapping[str, Mapping[str, Any]],
        held: Mapping[str, Any],
    ) -> Iterator[int]:
        """The input tokens of each request that no paid answer answers."""
        if isinstance(program.program, SplitProgram):
            for inputs in rows.values():
                request = program.program.render(
                    inputs, model=self.asking.model, temperature=self.asking.temperature,
                    max_tokens=MAX_TOKENS,
                )  # fmt: skip
                if request.request_hash not in held:
                    yield request.input_tokens
            return
        fixed = [estimate(str(s.instructions)) + 200 for s in program.signatures]
        for inputs in rows.values():
            said = estimate(str(dict(inputs)))
            yield from (size + said for size in fixed)

    def _executed(
        self,
        program: EvaluatedProgram,
        rows: Mapping[str, Mapping[str, Any]],
        held: Mapping[str, Any],
    ) -> tuple[dict[str, Executed], Replaying]:
        before = self.spent_before()
        asking = replace(self.asking, calls=calls_left(self.asking.calls, before))
        with engine_from(asking, run_id=self.run_id, endpoint=endpoint_from(asking)) as engine:
            replaying = Replaying(engine, held)
            route = ModelRoute(
                name=asking.model, model=asking.model, engine=replaying,
                temperature=asking.temperature, max_tokens=MAX_TOKENS,
            )  # fmt: skip
            try:
                found = run_in_new_loop(self._all(program, rows, route))
            finally:
                self.on_spent(before + engine.spent)
        return found, replaying

    async def _all(
        self, program: EvaluatedProgram, rows: Mapping[str, Mapping[str, Any]], route: ModelRoute
    ) -> dict[str, Executed]:
        found: dict[str, Executed] = {}
        waiting, patience = iter(rows.items()), Patience(asks=_ASKS)

        async def work() -> None:
            for key, inputs in waiting:
                found[key] = await execute(
                    program.program, inputs, [route], name=program.name, patience=patience
                )
                self.progress("model", len(found), len(rows))

        at_once = min(self.asking.calls.in_flight, len(rows))
        await asyncio.gather(*(work() for _ in range(at_once)))
        return found


def calls_left(calls: CallSettings, spent: Usage) -> CallSettings:
    """The bounds of a run's calls without what it spent already."""
    tokens, cost = calls.max_tokens_total, calls.max_cost
    used = cost_of(calls, spent.input, spent.output) or 0.0
    return replace(
        calls,
        max_tokens_total=None if tokens is None else max(0, tokens - spent.input - spent.output),
        max_cost=None if cost is None else max(0.0, cost - used),
    )


def _checked(
    program: EvaluatedProgram, rows: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, RowAnswer], dict[str, Mapping[str, Any]]]:
    """Rows whose inputs do not fit, which nobody is asked; and the inputs of the others."""
    done: dict[str, RowAnswer] = {}
    ready: dict[str, Mapping[str, Any]] = {}
    for key, inputs in rows.items():
        values, problem = program.checked(inputs)
        if problem:
            done[key] = RowAnswer(outputs={}, failure=problem)
        else:
            ready[key] = values
    return done, ready


def _answers(
    program: EvaluatedProgram,
    executed: Mapping[str, Executed],
    done: Mapping[str, RowAnswer],
    read: Replaying | None,
    calls: CallSettings,
) -> RowAnswers:
    rows, cause = dict(done), ""
    not_asked: Counter[str] = Counter()
    for key, one in executed.items():
        if reason := _left_open(one.error):
            not_asked[reason] += 1
            cause = cause or _said(one.error)
        else:
            rows[key] = RowAnswer(
                outputs=program.shown(one.outputs),
                failure=_said(one.error) if one.error else "",
            )
    _raise_if_none_was_taken(executed)
    before = read.read if read is not None else Usage()  # what earlier runs paid counts, too
    sent = before.input + sum(one.usage.input for one in executed.values())
    answered = before.output + sum(one.usage.output for one in executed.values())
    spent = Spent(
        input_tokens=sent, output_tokens=answered, cost=cost_of(calls, sent, answered),
        calls=sum(one.attempts for one in executed.values()),
        reused=read.reused if read is not None else 0,
    )  # fmt: skip
    return RowAnswers(rows=rows, spent=spent, not_asked=not_asked, cause=cause)


def _left_open(error: Exception | None) -> str:
    """Why a row was left open by others than the program; '' where it was not."""
    if isinstance(error, BudgetExceededError):
        return "budget"
    return "endpoint" if isinstance(error, EndpointUnavailableError | RateLimitedError) else ""


def _raise_if_none_was_taken(executed: Mapping[str, Executed]) -> None:
    """A wrong key or model name fails every row: that tells nothing of the program."""
    errors = [one.error for one in executed.values()]
    auth = next((e for e in errors if isinstance(e, EndpointAuthError)), None)
    if auth is not None:
        raise auth
    refused = [e for e in errors if type(e) is EndpointError]
    if refused and len(refused) == len(errors):
        raise refused[0]


def _said(error: Exception | None) -> str:
    if error is None:
        return ""
    return error.said if isinstance(error, LakeglossError) else f"{type(error).__name__}: {error}"
