"""The budget holds at every moment."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.attempt import NOTHING, Usage
from lakegloss.engine.limits.budget import Allowance, Budget, Reservation, affordable
from tests.kits.engine import make_request

REQUEST = make_request()  # 50 in, 100 out at most


def test_without_bounds_all_attempts_fit() -> None:
    reservation = asyncio.run(Budget(Allowance()).reserve(REQUEST, 5))
    assert reservation is not None
    assert reservation.attempts == 5


def test_where_room_is_scarce_fewer_attempts_are_reserved() -> None:
    async def run() -> list[int | None]:
        budget = Budget(Allowance(tokens=500))
        first = await budget.reserve(REQUEST, 5)
        assert first is not None
        return [first.attempts]

    assert asyncio.run(run()) == [3]


def test_what_was_not_used_comes_back_to_those_who_wait() -> None:
    async def run() -> int:
        budget = Budget(Allowance(tokens=200))
        first = await budget.reserve(REQUEST, 1)
        assert first is not None
        waiting = asyncio.create_task(budget.reserve(REQUEST, 1))
        await asyncio.sleep(0)
        assert not waiting.done()
        budget.settle(first, Usage(input=20, output=10))
        budget.release(first)
        second = await waiting
        assert second is not None
        return second.attempts

    assert asyncio.run(run()) == 1


def test_none_where_nothing_can_come_back() -> None:
    async def run() -> bool:
        budget = Budget(Allowance(tokens=200))
        first = await budget.reserve(REQUEST, 1)
        assert first is not None
        waiting = asyncio.create_task(budget.reserve(REQUEST, 1))
        await asyncio.sleep(0)
        budget.settle(first, Usage(input=50, output=100))
        budget.release(first)
        return await waiting is None

    assert asyncio.run(run())


def test_a_bound_in_dollars() -> None:
    allowance = Allowance(cost=0.001, price_input=2.0, price_output=8.0)  # 0.0009 an attempt
    reservation = asyncio.run(Budget(allowance).reserve(REQUEST, 5))
    assert reservation is not None
    assert reservation.attempts == 1


@given(
    tokens=st.integers(0, 5000),
    cost=st.one_of(st.none(), st.floats(0, 0.02)),
    sizes=st.lists(st.tuples(st.integers(1, 300), st.integers(1, 300)), max_size=40),
    seed=st.integers(0, 99),
)
def test_spent_and_reserved_never_pass_the_allowance(
    tokens: int, cost: float | None, sizes: list[tuple[int, int]], seed: int
) -> None:
    allowance = Allowance(tokens=tokens, cost=cost, price_input=1.0, price_output=4.0)
    budget, rng = Budget(allowance), random.Random(seed)
    promised: list[Reservation] = []

    def check() -> None:
        reserved = sum(r.each.total * r.attempts for r in promised)
        assert budget.spent.total + reserved <= tokens
        if cost is not None:
            price = sum(allowance.price(r.each) * r.attempts for r in promised)
            assert allowance.price(budget.spent) + price <= cost + 1e-9

    async def carry(size: tuple[int, int]) -> None:
        request = make_request(input_tokens=size[0], max_tokens=size[1])
        reservation = await budget.reserve(request, 3)
        if reservation is None:
            return
        promised.append(reservation)
        check()
        for _ in range(reservation.attempts):
            await asyncio.sleep(0)
            used = Usage(input=size[0], output=rng.randint(0, size[1]))
            budget.settle(reservation, rng.choice([NOTHING, used]))
            check()
            if rng.random() < 0.6:
                break
        budget.release(reservation)
        check()

    async def run() -> None:
        await asyncio.wait_for(asyncio.gather(*map(carry, sizes)), 20)
        assert all(r.attempts == 0 for r in promised)
        left = tokens - budget.spent.total
        if cost is None and left > 1:
            rest = make_request(input_tokens=left - 1, max_tokens=1)
            assert await budget.reserve(rest, 1) is not None, "what was promised came back"

    asyncio.run(run())


def test_shares_and_what_is_left() -> None:
    allowance = Allowance(tokens=1000, cost=1.0, price_input=10.0, price_output=10.0)
    left = allowance.less(Usage(input=100, output=300))
    assert (left.tokens, left.cost) == (600, pytest.approx(0.996))
    assert left.share(4).tokens == 150
    assert allowance.less(Usage(input=9999)).tokens == 0


def test_affordable_counts_from_the_first() -> None:
    requests = [make_request(n) for n in range(5)]
    assert affordable(requests, Allowance()) == 5
    assert affordable(requests, Allowance(tokens=449)) == 2
    assert affordable(requests, Allowance(tokens=100)) == 0
    assert affordable(requests, Allowance(cost=0.0005, price_output=2.0)) == 2
