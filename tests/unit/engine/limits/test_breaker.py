"""The circuit breaker: closed, open, half-open, given up."""

import asyncio
from collections.abc import Callable

import pytest

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.limits.adaptive import AdaptiveLimit, Signal
from lakegloss.engine.limits.breaker import Breaker
from lakegloss.engine.limits.gate import Gate
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.errors import EndpointUnavailableError
from tests.kits.engine import FakeClock, failed, good, make_engine, make_policy, make_request

OUTAGE = failed(Failure.SERVER, 500)


def opened(clock: FakeClock, *, threshold: int = 3, patience: float = 60.0) -> Breaker:
    """A breaker that worked once and then failed too often."""
    breaker = Breaker(clock, threshold=threshold, patience=patience)
    breaker.record(good())
    for _ in range(threshold):
        assert breaker.closed
        assert not breaker.record(OUTAGE)
    assert not breaker.closed
    return breaker


def test_an_endpoint_that_is_not_there_ends_the_run_at_once() -> None:
    breaker = Breaker(FakeClock(), threshold=20)
    verdicts = [breaker.record(failed(Failure.TRANSPORT, status=0)) for _ in range(20)]
    assert verdicts == [False] * 19 + [True]


def test_a_restart_of_the_server_is_survived() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, threshold=20, patience=30)
    breaker.record(good())
    assert not any(breaker.record(failed(Failure.SERVER)) for _ in range(200))
    clock.time += 29
    assert not breaker.record(failed(Failure.TRANSPORT, status=0))
    clock.time += 2
    assert breaker.record(failed(Failure.TRANSPORT, status=0))


def test_a_request_that_is_wrong_each_time_ends_the_run() -> None:
    breaker = Breaker(FakeClock(), threshold=3)
    breaker.record(good())
    assert [breaker.record(failed(Failure.INVALID, 404)) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("kind", [Failure.EMPTY, Failure.REFUSED, Failure.CONTEXT_LENGTH])
def test_an_answer_of_any_kind_shows_that_the_endpoint_works(kind: Failure) -> None:
    breaker = Breaker(FakeClock(), threshold=2, patience=0)
    breaker.record(failed(Failure.SERVER))
    breaker.record(failed(kind, 200))
    assert not breaker.record(failed(Failure.SERVER))


def test_rate_limits_do_not_break() -> None:
    breaker = Breaker(FakeClock(), threshold=2, patience=0)
    assert not any(breaker.record(failed(Failure.RATE_LIMITED, 429)) for _ in range(100))


def test_one_probe_goes_after_a_pause_and_its_answer_closes_for_all() -> None:
    async def run() -> tuple[list[bool], list[float]]:
        clock = FakeClock()
        breaker = opened(clock)
        waiting = [asyncio.create_task(breaker.admit()) for _ in range(5)]
        done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [True]
        for _ in range(5):
            await asyncio.sleep(0)
        assert not any(task.done() for task in others)
        breaker.record(good(), probe=True)
        return list(await asyncio.gather(*others)), clock.waits

    assert asyncio.run(run()) == ([False] * 4, [1.0])


def test_pauses_double_while_probes_fail_until_patience_ends() -> None:
    async def run() -> tuple[list[float], bool]:
        clock, moments = FakeClock(), []
        breaker = opened(clock, patience=30.0)
        hopeless = False
        while not hopeless:
            assert await breaker.admit()
            moments.append(clock.time - 1000)
            hopeless = breaker.record(OUTAGE, probe=True)
        return moments, hopeless

    assert asyncio.run(run()) == ([1, 3, 7, 15, 31], True)


def test_an_answer_that_was_under_way_ends_the_pause() -> None:
    async def run() -> bool:
        clock = FakeClock()
        breaker = opened(clock)
        waiting = asyncio.create_task(breaker.admit())
        await asyncio.sleep(0)
        breaker.record(good())
        return await waiting

    assert asyncio.run(run()) is False


def test_a_probe_that_is_not_made_leaves_its_place_to_another() -> None:
    async def run() -> list[bool]:
        breaker = opened(FakeClock())
        resting = asyncio.create_task(breaker.admit())
        second = asyncio.create_task(breaker.admit())
        await asyncio.sleep(0)
        resting.cancel()
        first_probe = await asyncio.wait_for(second, 5)
        breaker.abandon()
        return [first_probe, await asyncio.wait_for(breaker.admit(), 5)]

    assert asyncio.run(run()) == [True, True]


def test_the_pause_ends_with_the_run() -> None:
    async def run() -> float:
        clock = FakeClock()
        await opened(clock).admit(deadline=1000.25)
        return clock.time

    assert asyncio.run(run()) == 1000.25


def test_calls_that_waited_for_a_place_are_stopped_too_and_the_limit_starts_again() -> None:
    async def run() -> tuple[int, int, int]:
        clock = FakeClock()
        limit = AdaptiveLimit(40, clock, start=4)
        while limit.limit < 10:
            limit.release(await limit.acquire(), Signal.GOOD)
        breaker = Breaker(clock, threshold=3)
        breaker.record(good())
        gate = Gate(limit, breaker)
        inside = [await gate.enter(None) for _ in range(10)]
        queued = [asyncio.create_task(gate.enter(None)) for _ in range(6)]
        await asyncio.sleep(0)
        for granted in inside:
            gate.leave(granted, OUTAGE, asked=None)
        for _ in range(20):
            await asyncio.sleep(0)
        entered = [task.result() for task in queued if task.done()]
        assert [granted.probe for granted in entered] == [True]
        alone = limit.in_flight
        gate.leave(entered[0], good(), asked=None)
        for _ in range(20):
            await asyncio.sleep(0)
        return alone, limit.in_flight, limit.limit

    assert asyncio.run(run()) == (1, 5, 5)


def outage(clock: FakeClock, start: float, end: float) -> Callable[[ModelRequest], Attempt]:
    """A server that takes 0.1 s for each call and is down for a while."""

    def answer(request: ModelRequest) -> Attempt:
        clock.time += 0.1
        return OUTAGE if start <= clock.time - 1000 < end else good()

    return answer


def test_an_outage_costs_few_calls_and_no_request() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(outage(clock, 10, 35))
    policy = make_policy(in_flight=8, retry=RetryPolicy(attempts=8))
    with make_engine(transport, clock, policy=policy) as engine:
        outcome = engine.ask([make_request(n) for n in range(300)])
    assert outcome.error is None
    assert all(response.usable for response in outcome.responses)
    assert len(outcome.responses) == 300
    # To open it takes 20, at most 7 more were under way, and a few probed.
    assert outcome.attempts - 300 <= 20 + 7 + 5


def test_an_outage_that_lasts_ends_the_run_and_keeps_the_answers() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(outage(clock, 5, 1e9))
    policy = make_policy(in_flight=8, retry=RetryPolicy(attempts=8))
    with make_engine(transport, clock, policy=policy) as engine:
        outcome = engine.ask([make_request(n) for n in range(300)])
        again = engine.ask([make_request(n) for n in range(400, 410)])
    assert isinstance(outcome.error, EndpointUnavailableError)
    assert sum(response.usable for response in outcome.responses) >= 40
    assert len(outcome.responses) + len(outcome.not_asked) == 300
    assert len(again.responses) + len(again.not_asked) == 10  # a probe that was lost blocks nobody
