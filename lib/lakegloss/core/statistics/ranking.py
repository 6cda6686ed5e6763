"""Measures how well scores rank good items above bad ones."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """The probability that a good item scores above a bad one; ties count half, 0.5 is blind.

    Raises:
        ValueError: there are no good, or no bad ones.
    """
    if not good or not bad:
        raise ValueError("both good and bad items are needed")
    ordered = sorted(bad)
    twice = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in good)
    return twice / (2 * len(good) * len(bad))


def share_above(pairs: Iterable[tuple[float, float]]) -> float:
    """The share of pairs whose first score is above the second; ties count half.

    Where the second is of a spoilt copy of the first, this is what a comparison of two versions on
    the same items rests on.

    Raises:
        ValueError: there are no pairs.
    """
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs]
    if not wins:
        raise ValueError("pairs are needed")
    return sum(wins) / len(wins)
