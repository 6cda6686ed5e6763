"""Computes Student's t distribution, which core has no package for.

The incomplete beta function is a continued fraction, evaluated as Lentz did (Press et al.,
Numerical Recipes, 3rd edition, 6.4).
"""

import math
from functools import lru_cache

_TINY = 1e-300
_CLOSE = 1e-15
_TERMS = 10_000
_HALVINGS = 200


def t_below(value: float, freedom: float) -> float:
    """The probability that a t variable is below a value.

    Args:
        freedom: degrees of freedom, above 0.
    """
    if math.isinf(value):
        return float(value > 0)
    tail = 0.5 * incomplete_beta(freedom / 2, 0.5, freedom / (freedom + value * value))
    return tail if value < 0 else 1 - tail


@lru_cache(maxsize=1024)
def t_quantile(probability: float, freedom: float) -> float:
    """The value below which a t variable is with a probability between 0 and 1 (both excluded)."""
    if probability < 0.5:
        return -t_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while t_below(high, freedom) < probability:
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if t_below(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for a and b above 0 and x in [0, 1]."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    upper, lower = 1.0, _reciprocal(1 - (a + b) * x / (a + 1))
    value = lower
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            lower = _reciprocal(1 + term * lower)
            upper = 1 + term / upper or _TINY
            value *= upper * lower
        if abs(upper * lower - 1) < _CLOSE:
            break
    return value


def _reciprocal(value: float) -> float:
    return 1 / (value if abs(value) > _TINY else _TINY)
