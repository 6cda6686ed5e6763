"""Corrects what a judge by a language model says by the labels of people (PPI++)."""

import math
import statistics
from collections.abc import Sequence

from lakegloss.core.statistics.intervals import LEAST_GROUPS, Estimate, variance_of
from lakegloss.core.statistics.student import t_quantile


def corrected_mean(
    labels: Sequence[float],
    judged: Sequence[float],
    others: Sequence[float],
    *,
    level: float = 0.95,
) -> Estimate:
    """Estimate the mean that people would find, from few labels and many judgements.

    Give differences between two versions, not scores: a judge's taste for length or style does not
    cancel between programs. The labelled items must be a random sample of all. With a judge that
    does not agree with people its judgements get no weight.

    Angelopoulos, Duchi, Zrnic: PPI++: Efficient Prediction-Powered Inference, arXiv 2311.01453;
    with t quantiles, which hold at 20 labels where normal ones do not.

    Args:
        labels: what people found of the labelled items; judged: what the judge found of them, in
            the same order; others: what the judge found of all other items.
    """
    if len(labels) != len(judged):
        raise ValueError("each label needs the judgement of the same item")
    n, more = len(labels), len(others)
    if n < LEAST_GROUPS:
        mean = math.fsum(labels) / n if n else math.nan
        return Estimate(mean=mean, low=None, high=None, items=n, groups=n, level=level)
    weight = _weight(labels, judged, others)
    rest = [y - weight * f for y, f in zip(labels, judged, strict=True)]
    mean = math.fsum(rest) / n + (weight * math.fsum(others) / more if more else 0.0)
    variance = variance_of(rest) / n
    variance += weight**2 * variance_of(others) / more if more > 1 else 0.0
    half = t_quantile((1 + level) / 2, n - 1) * math.sqrt(variance)
    return Estimate(
        mean=mean, low=mean - half, high=mean + half, items=n + more, groups=n, level=level
    )


def _weight(labels: Sequence[float], judged: Sequence[float], others: Sequence[float]) -> float:
    """How much the judgements count, 0 to 1: what makes the variance least."""
    spread = variance_of([*judged, *others])
    if len(others) < 2 or spread < 1e-12:
        return 0.0
    weight = statistics.covariance(labels, judged) / ((1 + len(labels) / len(others)) * spread)
    return min(1.0, max(0.0, weight))
