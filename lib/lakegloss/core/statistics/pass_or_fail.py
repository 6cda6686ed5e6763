"""Compares two versions by what passes and what fails: McNemar's exact test."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lakegloss.core.statistics.intervals import Conclusion

LEAST_DISCORDANT = 6
"""With fewer items that only one version passes, no result can be significant at 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassComparison:
    """How often only one of two versions passed.

    Attributes:
        first_only, second_only: items that only the first, or only the second version passed.
        p: two-sided, of the exact test; None where there are too few to tell.
    """

    items: int
    first_only: int
    second_only: int
    p: float | None

    def conclusion(self, alpha: float = 0.05) -> Conclusion:
        """What this shows of the first version."""
        if self.p is None:
            return Conclusion.TOO_FEW
        if self.p > alpha:
            return Conclusion.LEVEL
        return Conclusion.BETTER if self.first_only > self.second_only else Conclusion.WORSE


def compare_passes(pairs: Iterable[tuple[bool, bool]]) -> PassComparison:
    """Compare passes on the same items: whether the first and the second version passed each.

    The test is the binomial one on the discordant pairs (McNemar, Psychometrika 12, 1947, in its
    exact form). It takes items as independent.
    """
    results = list(pairs)
    first = sum(a and not b for a, b in results)
    second = sum(b and not a for a, b in results)
    count = first + second
    p = None
    if count >= LEAST_DISCORDANT:
        tail = sum(math.comb(count, k) for k in range(min(first, second) + 1))
        p = min(1.0, 2 * tail / 2**count)
    return PassComparison(items=len(results), first_only=first, second_only=second, p=p)
