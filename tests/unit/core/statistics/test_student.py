"""The t distribution against values of published tables."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.statistics.student import incomplete_beta, t_below, t_quantile


@pytest.mark.parametrize(
    ("probability", "freedom", "value"),
    [
        (0.975, 1, 12.706205), (0.975, 2, 4.302653), (0.975, 3, 3.182446), (0.975, 5, 2.570582),
        (0.975, 10, 2.228139), (0.975, 30, 2.042272), (0.975, 120, 1.979930),
        (0.95, 4, 2.131847), (0.995, 7, 3.499483), (0.9995, 1, 636.619249),
        (0.025, 9, -2.262157), (0.975, 1e6, 1.959966), (0.5, 4, 0.0),
    ],
)  # fmt: skip
def test_quantiles_are_those_of_the_tables(
    probability: float, freedom: float, value: float
) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(value, abs=2e-6)


@pytest.mark.parametrize(
    ("a", "b", "x", "value"),
    [(1, 1, 0.3, 0.3), (2, 3, 0.5, 0.6875), (0.5, 0.5, 0.25, 1 / 3), (5, 2, 0, 0), (5, 2, 1, 1)],
)
def test_the_incomplete_beta_function(a: float, b: float, x: float, value: float) -> None:
    assert incomplete_beta(a, b, x) == pytest.approx(value, abs=1e-12)


def test_the_ends() -> None:
    assert t_below(math.inf, 3) == 1
    assert t_below(-math.inf, 3) == 0


@given(st.floats(0.001, 0.999), st.integers(1, 400))
def test_a_quantile_is_the_inverse_of_the_probability(probability: float, freedom: int) -> None:
    assert t_below(t_quantile(probability, freedom), freedom) == pytest.approx(
        probability, abs=1e-9
    )
