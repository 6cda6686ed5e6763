"""Says how sure it is that one mean is above another: the confidence of optimisations and releases.

The confidence is 1 less the p value of a one-sided t test. .8 means: were both alike, so large a
difference would come up by chance in one of five cases. It opens a trial and promises nothing of
its end: what becomes the champion is decided by the gate or by the guard, which keep their promise.
"""

import math
from collections.abc import Sequence

from lakegloss.core.statistics.intervals import LEAST_ALIKE, LEAST_GROUPS, variance_of
from lakegloss.core.statistics.student import t_below

_SAME = 1e-12


def confidence_of_pairs(differences: Sequence[float]) -> float:
    """How sure it is that paired differences are above 0 on the whole; 0 with too few to tell."""
    count = len(differences)
    if count < LEAST_GROUPS:
        return 0.0
    mean, spread = math.fsum(differences) / count, math.sqrt(variance_of(differences))
    if spread < _SAME:
        return 1.0 - 0.5**count if mean > _SAME and count >= LEAST_ALIKE else 0.0
    return t_below(mean / (spread / math.sqrt(count)), count - 1)


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
        alike = min(len(mine), len(theirs))
        return 1.0 - 0.5**alike if gain > _SAME and alike >= LEAST_ALIKE else 0.0
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (mine, theirs), strict=True)
    )
    return t_below(gain / error, freedom)
