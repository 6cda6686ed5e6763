"""Models that are asked in their turn, within one time: what was paid for is kept."""

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from lakegloss.core.assets import AssetKey
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.in_turn import Turns, ask_in_turn
from lakegloss.engine.attempt import Attempt, Failure, Usage
from lakegloss.engine.engine import Engine
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import EndpointError, ExecutionTimeoutError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings
from tests.kits.engine import failed, good, make_engine
from tests.kits.hostile_lake import make_lake
from tests.kits.model_server import sentence

LAKE = make_lake(3, columns=24)
ASSETS = {task.key for table in LAKE for task in table.tasks}
SETTINGS = Settings(model="m", endpoint="http://unused", request_tokens=800)
Answers = Callable[[ModelRequest], Attempt]


def well(request: ModelRequest) -> Attempt:
    texts = [
        {"id": a.id, "text": sentence(a.id, a.column or a.table.rpartition(".")[2])}
        for a in request.assets
    ]
    return good(json.dumps({"comments": texts}))


def never(failure: Failure, status: int) -> Answers:
    return lambda _: failed(failure, status=status)


def about(word: str, answer: Attempt) -> Answers:
    """That answer to requests about the word, good ones to the others."""
    return lambda r: answer if any(word in (a.column or a.table) for a in r.assets) else well(r)


def ask(models: Sequence[Answers], *, timeout: float | None = None) -> Turns:
    engines = [make_engine(ScriptedTransport(answer)) for answer in models]
    return in_time(engines, timeout=timeout)


def in_time(engines: Sequence[Any], *, timeout: float | None) -> Turns:
    routes = [ModelRoute(name=f"m{n}", model="m", engine=e) for n, e in enumerate(engines, 1)]
    work = ask_in_turn(LAKE, SETTINGS.drafting, CommentProgram(), routes, timeout=timeout)
    try:
        return asyncio.run(work)
    finally:
        for engine in engines:
            engine.close()


def written(turns: Turns) -> list[set[AssetKey]]:
    return [set(loop.accepted) for _, loop in turns.loops]


def test_a_model_that_writes_everything_is_the_only_one_asked() -> None:
    turns = ask([well, never(Failure.SERVER, 503)])
    assert written(turns) == [ASSETS]
    assert turns.error is None


@pytest.mark.parametrize(
    ("failure", "status"), [(Failure.SERVER, 503), (Failure.INVALID, 404), (Failure.REFUSED, 400)]
)
def test_a_model_that_gives_nothing_is_followed_by_the_next(failure: Failure, status: int) -> None:
    turns = ask([never(failure, status), well])
    assert written(turns) == [set(), ASSETS]
    assert turns.error is None


def test_the_next_model_is_asked_only_about_what_is_left() -> None:
    word = LAKE[1].tasks[5].key.column
    turns = ask([about(word, failed(Failure.REFUSED, status=400)), well])
    first, second = written(turns)
    assert first | second == ASSETS
    assert first & second == set()
    assert len(second) <= 3, "smaller requests came first"
    assert turns.error is None


def test_what_every_model_refuses_is_no_fault_of_the_endpoint() -> None:
    word = LAKE[1].tasks[5].key.column
    turns = ask([about(word, failed(Failure.REFUSED, status=400))])
    [found] = written(turns)
    assert 0 < len(ASSETS - found) <= 3
    assert turns.error is None


def test_an_endpoint_that_fails_some_requests_is_told() -> None:
    turns = ask([about(LAKE[1].table.name, failed(Failure.SERVER, status=503))])
    assert isinstance(turns.error, EndpointError)
    assert "server" in turns.error.message
    assert written(turns)[0]


class Stalls:
    """An engine whose second request, and all that follow, never come back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.open: list[Future[Outcome]] = []
        self._begun = 0

    def begin(self, request: ModelRequest) -> "Future[Outcome]":
        self._begun += 1
        if self._begun == 1:
            return self._engine.begin(request)
        self.open.append(Future())
        return self.open[-1]

    def close(self) -> None:
        self._engine.close()

    async def disconnect(self) -> None:
        await self._engine.disconnect()


def test_what_came_in_time_is_kept_and_counted() -> None:
    stalls = Stalls(make_engine(ScriptedTransport(well)))
    turns = in_time([stalls], timeout=0.3)
    assert isinstance(turns.error, ExecutionTimeoutError)
    assert written(turns)[0], "the first request's texts"
    assert sum((o.usage for o in turns.outcomes), Usage()).total > 0
    assert stalls.open
    assert all(future.cancelled() for future in stalls.open), "calls end with the time"
