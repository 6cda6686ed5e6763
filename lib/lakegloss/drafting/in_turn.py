"""Asks one model after the other within one deadline, for callers who wait."""

import asyncio
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lakegloss.core.assets import AssetKey
from lakegloss.core.plan.tasks import TableTasks
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.loop import DraftingLoop
from lakegloss.engine.attempt import Failure, Usage
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.outcome import Outcome, merge_identical
from lakegloss.errors import EndpointError, ExecutionTimeoutError, LakeglossError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_FEW = 200
"""Columns up to which work is quick enough for the event loop."""
_T = TypeVar("_T")


@dataclass(slots=True)
class Turns:
    """What came of asking one model after the other.

    Attributes:
        loops: the models that were asked, in order: each with its name and its loop.
        outcomes: one for each request that came back.
        error: why the last model gave no answer, or that the time was over.
    """

    loops: list[tuple[str, DraftingLoop]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    error: LakeglossError | None = None


async def ask_in_turn(
    tables: Sequence[TableTasks],
    settings: DraftingSettings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    *,
    timeout: float | None,  # noqa: ASYNC109 - what came in time is kept
) -> Turns:
    """Ask until every asset has an accepted text or was asked about often enough.

    Where a model's endpoint fails, or the model refuses some assets, the next model is asked about
    the assets that are left. Cancelling ends the calls, and so does the timeout, in seconds.
    """
    turns = Turns()
    try:
        async with asyncio.timeout(timeout):
            for place, route in enumerate(routes, start=1):
                loop = _loop_of(route, tables, settings, program, turns)
                await _ask(route, loop, turns.outcomes, is_last=place == len(routes))
                turns.error = _why_no_answer(loop)
                if turns.error is None and not loop.refused:
                    break
    except TimeoutError:
        turns.error = ExecutionTimeoutError("The model took too long.")
    return turns


def _loop_of(
    route: ModelRoute,
    tables: Sequence[TableTasks],
    settings: DraftingSettings,
    program: CommentProgram,
    turns: Turns,
) -> DraftingLoop:
    """Make a loop over the assets that no earlier model has described."""
    written: set[AssetKey] = set()
    for _, earlier_loop in turns.loops:
        written |= earlier_loop.accepted.keys()
    if route.model != settings.model or route.temperature is not settings.temperature:
        settings = replace(settings, model=route.model, temperature=route.temperature)
    loop = DraftingLoop(tables, program, settings, without=written)
    turns.loops.append((route.name, loop))
    return loop


async def _ask(
    route: ModelRoute, loop: DraftingLoop, outcomes: list[Outcome], *, is_last: bool
) -> None:
    """Ask one model round by round; leave a silent endpoint early if another model is left."""
    while requests := await in_thread_if_large(loop.size, loop.next_round):
        await _carry(route, requests, loop, outcomes)
        if loop.silent is not None and not is_last:
            break


async def _carry(
    route: ModelRoute, requests: Sequence[ModelRequest], loop: DraftingLoop, outcomes: list[Outcome]
) -> None:
    """Send all requests of a round at once; at the deadline, take the answers, cancel the rest."""
    futures = [
        asyncio.wrap_future(route.engine.begin(request))
        for request in merge_identical(requests).values()
    ]
    try:
        await asyncio.wait(futures)
    finally:
        ended = (f for f in futures if f.done() and not f.cancelled())
        round_outcomes = [future.result() for future in ended if not future.exception()]
        for future in futures:
            future.cancel()
        outcomes += round_outcomes
        loop.take(functools.reduce(Outcome.join, round_outcomes, Outcome()))
    for future in futures:
        future.result()  # raises the exception of a future that failed


def _why_no_answer(loop: DraftingLoop) -> LakeglossError | None:
    """The error where the endpoint ended the asking, or left assets without an answer."""
    if not loop.size:
        return None
    if loop.error is not None and loop.error is not loop.silent:
        return loop.error
    kept_back = next(iter(loop.not_asked), "")
    if loop.has_read and not (kept_back or loop.silent or loop.unanswered):
        return None
    said = kept_back or loop.last_failure or "nothing was asked"
    is_lasting = said.partition(":")[0] == Failure.INVALID
    return EndpointError(
        f"The model gave no answer: {said}.",
        remedy="Check model and endpoint (`lakegloss doctor`)."
        if is_lasting
        else "Try again later.",
    )


def shares(names: Sequence[str], outcomes: Iterable[Outcome]) -> dict[str, Usage]:
    """Divide the cost of requests among tables; the parts add up to the whole cost.

    Args:
        outcomes: each of one request, whose cost is divided by how many assets of each table it
            asks about.
    """
    usage_by_table = {name: Usage() for name in names}
    for outcome in outcomes:
        left = outcome.usage
        asked = Counter(a.table for r in outcome.responses for a in r.assets) or Counter(names[:1])
        whole, total = sum(asked.values()), outcome.usage
        for place, (name, number) in enumerate(asked.items(), start=1):
            part = left if place == len(asked) else total.part(number, whole)
            usage_by_table[name] += part
            left = left.less(part)
    return usage_by_table


async def in_thread_if_large(columns: int, work: Callable[[], _T]) -> _T:
    """Do some work, in a thread where there are many columns: a thousand take a second."""
    return work() if columns <= _FEW else await asyncio.to_thread(work)
