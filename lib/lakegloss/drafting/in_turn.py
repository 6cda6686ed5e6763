"""Drafts for callers who wait: asks one model after the other, within one deadline."""

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
from lakegloss.engine.attempt import Usage
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.outcome import Outcome, merge_identical
from lakegloss.errors import EndpointError, ExecutionTimeoutError, LakeglossError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_FEW = 30
_T = TypeVar("_T")


@dataclass(slots=True)
class Turns:
    """What came of asking models in their turn.

    Attributes:
        loops: with the names of the models that were asked, in their order.
        outcomes: one for each request that came back.
        error: why the last model was of no use, or that the time was over.
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

    A model whose endpoint gives nothing, or that refuses some, is followed by the next, which is
    asked about what is left.
    Cancelling ends the calls; so does the end of the time, in seconds.
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
    """A loop over what no model before has written."""
    written: set[AssetKey] = set()
    for _, before in turns.loops:
        written |= before.accepted.keys()
    own = replace(settings, model=route.model, temperature=route.temperature)
    loop = DraftingLoop(tables, program, own, without=written)
    turns.loops.append((route.name, loop))
    return loop


async def _ask(
    route: ModelRoute, loop: DraftingLoop, outcomes: list[Outcome], *, is_last: bool
) -> None:
    """Ask one model round by round; where another waits, not one whose endpoint is silent."""
    while requests := await in_thread_if_large(loop.size, loop.next_round):
        await _carry(route, requests, loop, outcomes)
        if loop.silent is not None and not is_last:
            break


async def _carry(
    route: ModelRoute, requests: Sequence[ModelRequest], loop: DraftingLoop, outcomes: list[Outcome]
) -> None:
    """Ask a round at once. What came before the time was over is taken, the rest is cancelled."""
    futures = [
        asyncio.wrap_future(route.engine.begin(request))
        for request in merge_identical(requests).values()
    ]
    try:
        await asyncio.wait(futures)
    finally:
        came = [f.result() for f in futures if f.done() and not f.cancelled() and not f.exception()]
        for future in futures:
            future.cancel()
        outcomes += came
        loop.take(functools.reduce(Outcome.join, came, Outcome()))
    await asyncio.gather(*futures)  # raises what ended one of them


def _why_no_answer(loop: DraftingLoop) -> LakeglossError | None:
    """What the endpoint did where it ended the asking, or left something without an answer."""
    if not loop.size:
        return None
    if loop.error is not None and loop.error is not loop.silent:
        return loop.error
    kept_back = next(iter(loop.not_asked), "")
    if loop.has_read and not (kept_back or loop.silent or loop.unanswered):
        return None
    return EndpointError(
        f"The model gave no answer: {kept_back or loop.last_failure or 'nothing was asked'}",
        remedy="Try again later.",
    )


def shares(names: Sequence[str], outcomes: Iterable[Outcome]) -> dict[str, Usage]:
    """What each table's part of the requests cost; together what all cost.

    Args:
        outcomes: each of one request, whose cost goes by how many assets it asks about.
    """
    found = {name: Usage() for name in names}
    for outcome in outcomes:
        left = outcome.usage
        asked = Counter(a.table for r in outcome.responses for a in r.assets) or Counter(names[:1])
        whole, total = sum(asked.values()), outcome.usage
        for place, (name, number) in enumerate(asked.items(), start=1):
            part = left if place == len(asked) else total.part(number, whole)
            found[name] += part
            left = left.less(part)
    return found


async def in_thread_if_large(columns: int, work: Callable[[], _T]) -> _T:
    """Do some work: in a thread where a card is large, as a thousand columns take a second."""
    return work() if columns <= _FEW else await asyncio.to_thread(work)
