"""Scores what a version wrote for a table as one answer: a lost request fails all its columns."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lakegloss.core.checks.comment import Check
from lakegloss.core.checks.quality import score_of_checks

_LEAKS = frozenset({Check.UNSAFE.value, Check.PERSONAL_VALUE.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSeen:
    """What came for one asset.

    Attributes:
        lost: whether there is no text of the version: none at all, or one of the rules.
        checks: which checks the text failed.
    """

    lost: bool
    checks: Collection[str] = ()

    @property
    def score(self) -> float:
        """0 where it is lost, else 1 less what the failed checks cost."""
        return 0.0 if self.lost else score_of_checks(self.checks)


def score_of_texts(texts: Sequence[TextSeen]) -> tuple[float, bool]:
    """The mean score of a table's texts, and whether it failed hard.

    It did where half of it or more has no text of the version, or any text leaks.

    Args:
        texts: one at least.
    """
    lost = sum(text.lost for text in texts)
    leaks = any(_LEAKS.intersection(text.checks) for text in texts)
    mean = math.fsum(text.score for text in texts) / len(texts)
    return mean, leaks or 2 * lost >= len(texts)
