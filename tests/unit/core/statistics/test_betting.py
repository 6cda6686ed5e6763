"""Evidence by betting keeps its promise on hostile values, and sees what turns bad."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.statistics.betting import (
    MeanBet,
    RateBet,
    evidence_along,
    first_above,
)

VALUES = st.lists(st.sampled_from([-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0]), max_size=30)


@settings(max_examples=30)
@given(VALUES, st.sampled_from([-0.05, 0.0, 0.05, 0.2]))
def test_a_stream_of_values_at_the_claim_wins_nothing_on_average(
    values: list[float], floor: float
) -> None:
    """One step's expectation is at most 1 for any value mixture whose mean is the claim."""
    bet = MeanBet(floor=floor)
    for value in values:
        bet = bet.bet(value)
    up = (floor + 1) / 2  # of +1, else -1: the mean is the claim
    expected = up * bet.bet(1.0).evidence + (1 - up) * bet.bet(-1.0).evidence
    assert expected <= bet.evidence * (1 + 1e-9)
    assert bet.evidence >= 0


def test_a_whole_population_is_certain() -> None:
    bet = MeanBet(floor=0.0, population=4)
    for value in (-0.5, -0.5, -0.5):
        bet = bet.bet(value)
    assert bet.is_false
    assert math.isinf(bet.evidence)
    true = MeanBet(floor=0.0, population=4)
    for value in (0.5, -0.5, 0.25, -0.25):
        true = true.bet(value)
    assert not true.is_false  # exactly at the claim
    with pytest.raises(ValueError, match="all 4 values were read"):
        true.bet(0.0)


def test_a_claim_that_cannot_fail_any_more_is_not_bet_against() -> None:
    bet = MeanBet(floor=-0.5, population=4)
    for value in (1.0, 1.0):
        bet = bet.bet(value)
    before = bet.evidence
    assert bet.bet(-1.0).evidence == before


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.01, 1.01])
def test_no_value_out_of_bounds_is_taken(value: float) -> None:
    with pytest.raises(ValueError, match="not between"):
        MeanBet(floor=0.0).bet(value)


@settings(max_examples=30)
@given(st.integers(0, 400), st.integers(0, 30))
def test_failures_at_the_limit_win_nothing_on_average(good: int, bad: int) -> None:
    bet = RateBet(limit=0.02)
    for happened in [False] * good + [True] * bad:
        bet = bet.bet(happened=happened)
    expected = 0.02 * bet.bet(happened=True).evidence + 0.98 * bet.bet(happened=False).evidence
    assert expected <= bet.evidence * (1 + 1e-9)


def test_what_turns_bad_after_a_long_good_time_is_seen_soon() -> None:
    bet = RateBet(limit=0.01)
    for _ in range(5_000):
        bet = bet.bet(happened=False)
    needed = 0
    while bet.evidence < 100:
        bet, needed = bet.bet(happened=True), needed + 1
    assert needed <= 8
    assert bet.items == 5_000 + needed


def test_later_values_cannot_take_evidence_back() -> None:
    values = [-0.5] * 30 + [0.5] * 200
    along = list(evidence_along(MeanBet(floor=0.0), values))
    assert along[-1] < 1
    assert first_above(along, 0.01) == first_above(along[:40], 0.01) > 0
    assert first_above([1.0, 99.0], 0.01) == 0


def test_a_limit_that_is_no_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        RateBet(limit=0.0).bet(happened=True)


def test_failures_of_a_challenger_are_seen_within_40_answers() -> None:
    rng, needed = random.Random(7), []
    for _ in range(101):
        bet = RateBet(limit=0.01)
        while bet.evidence < 100:
            bet = bet.bet(happened=rng.random() < 0.1)
        needed.append(bet.items)
    assert sorted(needed)[50] <= 45  # 36 in a thousand runs
