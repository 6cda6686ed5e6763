"""Says how sure it is that one mean is above another: the confidence of optimisations and releases.

The confidence is 1 less the p value of a one-sided t test. .8 means: were both alike, so large a
difference would come up by chance in one of five cases. It opens a trial and promises nothing of
its end: what becomes the champion is decided by the gate or by the guard, which keep their promise.
"""

import math
from collections.abc import Sequence

from lakegloss.core.statistics.intervals import (
    LEAST_ALIKE,
    LEAST_GROUPS,
    Estimate,
    variance_of,
)
from lakegloss.core.statistics.student import t_below, t_quantile

_SAME = 1e-12


def confidence_of(difference: Estimate) -> float:
    """How sure it is that an estimated difference is above 0; 0 with too few to tell."""
    if difference.low is None or difference.high is None:
        return 0.0
    half = (difference.high - difference.low) / 2
    if half < _SAME:
        return _of_the_same(difference.mean, difference.groups)
    freedom = difference.groups - 1
    value = difference.mean / half * t_quantile((1 + difference.level) / 2, freedom)
    return t_below(value, freedom)


def _of_the_same(gain: float, groups: int) -> float:
    """Where all came out the very same: chance alone does that once in two to their number."""
    return 1.0 - 0.5**groups if gain > _SAME and groups >= LEAST_ALIKE else 0.0


def confidence_of_groups(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """How sure it is that the first mean is above the second, of unpaired draws.

    Welch's t test, whose degrees of freedom follow Satterthwaite (1946). 0 with too few to tell.
    """
    if min(len(mine), len(theirs)) < LEAST_GROUPS:
        return 0.0
    gain = math.fsum(mine) / len(mine) - math.fsum(theirs) / len(theirs)
    parts = [variance_of(values) / len(values) for values in (mine, theirs)]
    error = math.sqrt(sum(parts))
    if error < _SAME:
        return _of_the_same(gain, min(len(mine), len(theirs)))
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (mine, theirs), strict=True)
    )
    return t_below(gain / error, freedom)
