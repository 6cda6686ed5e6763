"""No day costs more than its amount, and something comes back each hour."""

from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.release.daily_allowance import DAY, DailyAllowance

HOUR = 3_600.0


@given(st.lists(st.tuples(st.floats(0, 2 * HOUR), st.floats(0, 40)), max_size=40))
def test_no_day_costs_more_than_the_amount_and_one_answer(
    tries: list[tuple[float, float]],
) -> None:
    allowance, now, spent = DailyAllowance(100, at=0.0), 0.0, list[tuple[float, float]]()
    for pause, cost in tries:
        now += pause
        if allowance.is_left(at=now):
            allowance.spend(cost, at=now)
            spent.append((now, cost))
    for begin, _ in spent:
        day = [cost for at, cost in spent if begin <= at < begin + DAY]
        assert sum(day) <= 100 + max(day) + 1e-6


def test_half_may_be_spent_at_once_and_the_rest_comes_back_over_the_day() -> None:
    allowance = DailyAllowance(240, at=0.0)
    allowance.spend(120, at=0.0)
    assert not allowance.is_left(at=0.0)
    asked = 0
    for hour in range(1, 25):
        if allowance.is_left(at=hour * HOUR):
            allowance.spend(5, at=hour * HOUR)
            asked += 1
    assert asked == 24, "no hour is silent"


def test_a_debt_waits_and_a_clock_that_is_set_back_gives_nothing() -> None:
    allowance = DailyAllowance(100, at=0.0)
    allowance.spend(60, at=0.0)
    assert not allowance.is_left(at=4 * HOUR)
    assert allowance.is_left(at=5 * HOUR)
    allowance.spend(50, at=5 * HOUR)
    assert not allowance.is_left(at=0.0)
    assert not allowance.is_left(at=5 * HOUR)


def test_nothing_is_left_of_nothing() -> None:
    assert not DailyAllowance(0, at=0.0).is_left(at=10 * DAY)
