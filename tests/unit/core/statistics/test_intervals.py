"""Means and differences over tables: what is told, what is not, and that it is honest."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.statistics.intervals import Conclusion, Estimate, conclusion_of, estimate


def test_each_table_counts_once() -> None:
    pairs = [("a", 1.0), ("a", 1.0), ("a", 1.0), ("b", 0.0), ("c", 0.5)]
    found = estimate(pairs)
    assert (found.mean, found.items, found.groups) == (0.5, 5, 3)
    # Means 1, 0, 0.5: standard deviation 0.5, t of two degrees of freedom 4.302653.
    assert found.high == pytest.approx(0.5 + 4.302653 * 0.5 / math.sqrt(3), abs=1e-5)


def test_one_item_a_table_is_the_plain_t() -> None:
    values = [0.1, 0.4, -0.2, 0.3, 0.25, 0.0]
    found = estimate(enumerate(values))
    half = 2.570582 * statistics.stdev(values) / math.sqrt(6)
    assert found.low == pytest.approx(statistics.mean(values) - half, abs=1e-6)


@pytest.mark.parametrize(
    ("differences", "conclusion"),
    [
        ([], Conclusion.TOO_FEW),
        ([0.5], Conclusion.TOO_FEW),
        ([0.5, 0.5], Conclusion.TOO_FEW),
        ([0.5] * 5, Conclusion.TOO_FEW),  # no spread to judge by
        ([0.5] * 6, Conclusion.BETTER),
        ([-0.5] * 6, Conclusion.WORSE),
        ([0.0] * 3, Conclusion.LEVEL),
        ([0.3, 0.32, 0.28, 0.31], Conclusion.BETTER),
        ([-0.3, -0.32, -0.28, -0.31], Conclusion.WORSE),
        ([0.3, -0.3, 0.2, -0.1], Conclusion.LEVEL),
    ],
)
def test_what_differences_show(differences: list[float], conclusion: Conclusion) -> None:
    assert conclusion_of(estimate(enumerate(differences))) is conclusion


def test_without_items_nothing_is_told() -> None:
    found = estimate([])
    assert math.isnan(found.mean)
    assert not found.tells


@given(st.lists(st.tuples(st.integers(0, 8), st.floats(-1, 1)), min_size=1, max_size=60))
def test_the_mean_is_inside_its_interval(pairs: list[tuple[int, float]]) -> None:
    found = estimate(pairs)
    assert found.low is None or found.high is None or found.low <= found.mean <= found.high
    again = estimate(list(reversed(pairs)))
    assert again.mean == pytest.approx(found.mean, abs=1e-12)


def simulated(rng: random.Random, tables: int, correlation: float) -> Estimate:
    """Differences of columns in tables of 3 to 17 columns; the true mean is 0."""
    shared, own = math.sqrt(correlation), math.sqrt(1 - correlation)
    pairs = []
    for table in range(tables):
        of_table = rng.gauss(0, 0.25) * shared
        pairs += [(table, of_table + rng.gauss(0, 0.25) * own) for _ in range(rng.randint(3, 17))]
    return estimate(pairs)


def coverage(correlation: float, *, runs: int, seed: int = 7) -> float:
    rng = random.Random(seed)
    held = 0
    for run in range(runs):
        found = simulated(rng, (6, 12, 20)[run % 3], correlation)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
    return held / runs


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.3])
def test_intervals_cover_what_they_promise(correlation: float) -> None:
    assert 0.93 <= coverage(correlation, runs=1_200) <= 0.97


@pytest.mark.soak
@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.3])
def test_intervals_cover_what_they_promise_over_many_draws(correlation: float) -> None:
    assert 0.94 <= coverage(correlation, runs=20_000, seed=11) <= 0.96
