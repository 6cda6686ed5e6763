"""The limit on calls in flight."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.attempt import Failure
from lakegloss.engine.limits.adaptive import AdaptiveLimit, Signal, signal_of
from lakegloss.engine.limits.gate import LatencyWatch
from tests.kits.engine import FakeClock, failed, good


async def rounds(limit: AdaptiveLimit, count: int, signal: Signal = Signal.GOOD) -> None:
    for _ in range(count):
        tickets = [await limit.acquire() for _ in range(limit.limit)]
        for ticket in tickets:
            limit.release(ticket, signal)


def test_it_doubles_until_the_cap() -> None:
    async def run() -> list[int]:
        limit, seen = AdaptiveLimit(64, FakeClock()), []
        for _ in range(4):
            seen.append(limit.limit)
            await rounds(limit, 1)
        return [*seen, limit.limit]

    assert asyncio.run(run()) == [8, 16, 32, 64, 64]


def test_an_overload_counts_once_for_calls_that_were_in_flight_together() -> None:
    async def run() -> tuple[int, int, int]:
        clock = FakeClock()
        limit = AdaptiveLimit(30, clock, start=30)
        tickets = [await limit.acquire() for _ in range(30)]
        clock.time += 1
        for ticket in tickets:
            limit.release(ticket, Signal.OVERLOADED)
        once = limit.limit
        clock.time += 1
        await rounds(limit, 1)
        after_round = limit.limit
        clock.time += 1
        limit.release(await limit.acquire(), Signal.OVERLOADED)
        return once, after_round, limit.limit

    assert asyncio.run(run()) == (20, 20, 13)


def test_after_an_overload_it_rises_by_one_a_round() -> None:
    async def run() -> int:
        limit = AdaptiveLimit(100, FakeClock(), start=15)
        limit.release(await limit.acquire(), Signal.OVERLOADED)
        await rounds(limit, 6)
        return limit.limit

    assert asyncio.run(run()) in {15, 16}


def test_it_never_falls_below_one() -> None:
    async def run() -> int:
        clock = FakeClock()
        limit = AdaptiveLimit(8, clock)
        for _ in range(30):
            ticket = await limit.acquire()
            clock.time += 1
            limit.release(ticket, Signal.OVERLOADED)
        return limit.limit

    assert asyncio.run(run()) == 1


def test_in_a_storm_new_calls_wait_as_the_server_asks() -> None:
    async def run() -> list[float]:
        clock = FakeClock()
        limit = AdaptiveLimit(8, clock)
        tickets = [await limit.acquire() for _ in range(3)]
        for ticket in tickets:
            limit.release(ticket, Signal.OVERLOADED, asked=9.0)
        await limit.acquire()
        return clock.waits

    assert asyncio.run(run()) == [9.0]


def test_one_rate_limit_alone_holds_nobody_up() -> None:
    async def run() -> list[float]:
        clock = FakeClock()
        limit = AdaptiveLimit(8, clock)
        limit.release(await limit.acquire(), Signal.OVERLOADED, asked=60.0)
        await limit.acquire()
        return clock.waits

    assert asyncio.run(run()) == []


def test_a_place_is_not_lost_with_a_waiter_that_gives_up() -> None:
    async def run() -> int:
        limit = AdaptiveLimit(1, FakeClock())
        ticket = await limit.acquire()
        waiters = [asyncio.create_task(limit.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        waiters[0].cancel()
        limit.release(ticket, Signal.GOOD)
        waiters[1].cancel()  # it has its place already, but has not run
        await asyncio.sleep(0)
        await asyncio.wait_for(waiters[2], 5)
        return limit.in_flight

    assert asyncio.run(run()) == 1


@given(st.lists(st.sampled_from(list(Signal)), max_size=60), st.integers(1, 20))
def test_no_more_calls_than_the_cap(signals: list[Signal], cap: int) -> None:
    async def run() -> int:
        clock = FakeClock()
        limit = AdaptiveLimit(cap, clock)
        most = 0

        async def call(signal: Signal) -> None:
            nonlocal most
            ticket = await limit.acquire()
            most = max(most, limit.in_flight)
            clock.time += 0.1
            await asyncio.sleep(0)
            limit.release(ticket, signal)

        await asyncio.gather(*(call(signal) for signal in signals))
        assert limit.in_flight == 0
        return most

    assert asyncio.run(run()) <= cap


@pytest.mark.parametrize(
    ("attempt", "signal"),
    [
        (good(), Signal.GOOD),
        (failed(Failure.MALFORMED, 200), Signal.GOOD),
        (failed(Failure.RATE_LIMITED, 429), Signal.OVERLOADED),
        (failed(Failure.TIMEOUT, 0), Signal.OVERLOADED),
        (failed(Failure.SERVER, 503), Signal.OVERLOADED),
        (failed(Failure.SERVER, 500), Signal.NEUTRAL),
        (failed(Failure.TRANSPORT, 0), Signal.NEUTRAL),
    ],
)
def test_what_a_call_says_of_the_load(attempt: object, signal: Signal) -> None:
    assert signal_of(attempt) is signal  # type: ignore[arg-type]


def test_slow_answers_lower_it_but_not_below_the_start() -> None:
    async def run() -> list[int]:
        clock, seen = FakeClock(), []
        limit = AdaptiveLimit(64, clock)
        await rounds(limit, 4)
        for _ in range(6):
            ticket = await limit.acquire()
            clock.time += 1
            limit.release(ticket, Signal.SLOW)
            seen.append(limit.limit)
        return seen

    assert asyncio.run(run()) == [42, 28, 18, 12, 8, 8]


def observed(watch: LatencyWatch, seconds: float, tokens: int = 100, count: int = 32) -> int:
    return sum(watch.slowed(seconds, tokens, calls=32) for _ in range(count))


def test_a_round_that_is_twice_as_slow_is_seen_once() -> None:
    watch = LatencyWatch()
    assert observed(watch, 1.0, count=96) == 0
    assert observed(watch, 1.9) == 0
    assert observed(watch, 2.5) == 1


def test_long_answers_and_the_noise_of_fast_ones_are_not_slow() -> None:
    watch = LatencyWatch()
    assert observed(watch, 1.0, tokens=36) == 0
    assert observed(watch, 5.0, tokens=436) == 0  # five times the length, five times the time
    fast = LatencyWatch()
    assert observed(fast, 0.01) == 0
    assert observed(fast, 0.2) == 0


def test_an_endpoint_that_stays_slower_is_taken_as_it_is() -> None:
    watch = LatencyWatch()
    observed(watch, 1.0)
    verdicts = [observed(watch, 3.0) for _ in range(30)]
    assert verdicts[0] == 1
    assert verdicts[-1] == 0


def served(places: int, in_flight: int) -> float:
    """Seconds a call takes where an endpoint serves so many at a time and others queue."""
    return max(1.0, in_flight / places)


def test_it_settles_near_what_the_endpoint_serves_at_a_time() -> None:
    """The endpoint queues beyond 16 and says nothing of it; the cap of 256 is far off."""
    clock = FakeClock()
    limit, watch, seen = AdaptiveLimit(256, clock), LatencyWatch(), []

    async def run() -> None:
        for _ in range(60):
            tickets = [await limit.acquire() for _ in range(limit.limit)]
            seconds = served(16, len(tickets))
            clock.time += seconds
            for ticket in tickets:
                slow = watch.slowed(seconds, 100, calls=limit.limit)
                limit.release(ticket, Signal.SLOW if slow else Signal.GOOD)
            seen.append(limit.limit)

    asyncio.run(run())
    assert all(16 <= size <= 96 for size in seen[3:])
    assert sum(seen) / len(seen) <= 64
