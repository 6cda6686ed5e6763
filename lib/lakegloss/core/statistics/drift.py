"""Detects that scores got worse, with a promise on how often it is wrong.

A sum of bets against "the mean has not fallen" (Shiryaev-Roberts e-detector: Shin, Ramdas and
Rinaldo, arXiv 2203.03532): each item adds one and multiplies by 1 + bet * (bound - score). While
the mean is at the bound or above, the sum after n items is n on average, so that it reaches
`threshold` after `threshold` items on average at the earliest, however often one looks. Six sizes
of bets share the evidence: none has to be tuned to the size of the shift.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

BETS = (0.05, 0.1, 0.2, 0.4, 0.7, 0.95)
REFERENCE = 500
"""Items that say what is usual before the first test."""
TOLERANCE, DOUBT = 0.02, 0.25
"""How far below the usual mean is no drift: so much, and so many standard errors of that mean."""
_MOST_REFERENCE, _BLOCK = 5_000, 500
_QUIET, _CEILING, _ENOUGH = 0.1, 100.0, 100


class DriftDetector:
    """Looks at scores from 0 to 1, one by one, in the order of their time.

    The first `reference` items say what is usual. Each later one is a test; while all is quiet,
    blocks of 500 join the reference, up to 5,000 items, so that the usual mean is known better.
    The state is a few numbers: it can be kept and taken up again with the same result.

    Args:
        threshold: items between two false alarms, on average, at least.
        reference: how many items make the reference.
        tolerance: how much lower the mean may be without being a drift.

    Attributes:
        count: items seen, those of the first reference among them.
    """

    def __init__(
        self,
        threshold: float = 10_000,
        *,
        reference: int = REFERENCE,
        tolerance: float = TOLERANCE,
    ) -> None:
        self.threshold = threshold
        self.reference = reference
        self.tolerance = tolerance
        self.count = 0
        self._usual = _Sums()
        self._block = _Sums()
        self._bound = 0.0
        self._bets = [0.0] * len(BETS)

    @property
    def is_ready(self) -> bool:
        """Whether the reference is complete."""
        return self.count >= self.reference

    @property
    def usual_mean(self) -> float | None:
        """The mean of the reference, or None while it is not complete."""
        return self._usual.mean if self.is_ready else None

    @property
    def recent_mean(self) -> float | None:
        """The mean of the newest items, 500 at most, or None before there are any."""
        return self._block.mean if self._block.count else None

    @property
    def evidence(self) -> float:
        """The evidence of a fall: an alarm from `threshold` on."""
        return sum(self._bets) / len(BETS)

    @property
    def is_alarm(self) -> bool:
        return self.evidence >= self.threshold

    @property
    def is_over(self) -> bool:
        """Whether an alarm is over.

        The evidence is well below the threshold and the newest items are as usual. It alone would
        not do: at the usual mean it stays at some hundreds, for the tolerance is small.
        """
        if self.evidence >= self.threshold / 2:
            return False
        is_usual = self._block.count >= _ENOUGH and self._block.mean >= self._bound
        return is_usual or self.evidence < self.threshold / 100

    def add(self, score: float) -> bool:
        """Look at one score; says whether there is an alarm. What is no number is left out."""
        if not math.isfinite(score):
            return self.is_alarm
        score = min(1.0, max(0.0, score))
        self.count += 1
        if self.count <= self.reference:
            self._usual.add(score)
            self._set_bound()
            return False
        if self._bound > 0:  # else nothing can get worse
            self._bet(self._bound - score)
        self._block.add(score)
        if self._block.count >= _BLOCK:
            self._end_block()
        return self.is_alarm

    def _bet(self, step: float) -> None:
        # Without a ceiling the sums would take as long to fall as the bad time was.
        most = self.threshold * _CEILING
        self._bets = [
            min((sum_ + 1) * (1 + bet * step), most)
            for bet, sum_ in zip(BETS, self._bets, strict=True)
        ]

    def _end_block(self) -> None:
        is_quiet = self.evidence < self.threshold * _QUIET
        if is_quiet and self._usual.count < _MOST_REFERENCE:
            self._usual.take(self._block)
            self._set_bound()
        self._block = _Sums()

    def _set_bound(self) -> None:
        doubt = DOUBT * self._usual.standard_error
        self._bound = self._usual.mean - self.tolerance - doubt

    def add_all(self, scores: Iterable[float]) -> int | None:
        """Look at scores until the first alarm; returns after how many of them, or None."""
        for number, score in enumerate(scores, start=1):
            if self.add(score):
                return number
        return None

    @property
    def promise(self) -> str:
        """What the threshold means, in a sentence."""
        return (
            f"While nothing changes, a false alarm comes once in {self.threshold:,.0f} items or "
            f"more seldom, on average: once a year at {self.threshold / 365:,.0f} items a day."
        )

    def as_json(self) -> dict[str, Any]:
        """The state as JSON values."""
        return {
            "threshold": self.threshold,
            "reference": self.reference,
            "tolerance": self.tolerance,
            "count": self.count,
            "usual": list(self._usual.as_tuple),
            "block": list(self._block.as_tuple),
            "bets": list(self._bets),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "DriftDetector":
        """The detector that `as_json` wrote."""
        made = cls(kept["threshold"], reference=kept["reference"], tolerance=kept["tolerance"])
        made.count = kept["count"]
        made._usual, made._block = _Sums(*kept["usual"]), _Sums(*kept["block"])
        made._bets = [float(value) for value in kept["bets"]]
        made._set_bound()
        return made


class _Sums:
    """The number of some scores, their sum, and the sum of their squares."""

    __slots__ = ("count", "squares", "total")

    def __init__(self, count: int = 0, total: float = 0.0, squares: float = 0.0) -> None:
        self.count, self.total, self.squares = count, total, squares

    def add(self, score: float) -> None:
        self.count += 1
        self.total += score
        self.squares += score * score

    def take(self, other: "_Sums") -> None:
        self.count += other.count
        self.total += other.total
        self.squares += other.squares

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    @property
    def standard_error(self) -> float:
        if not self.count:
            return 0.0
        return math.sqrt(max(0.0, self.squares / self.count - self.mean**2) / self.count)

    @property
    def as_tuple(self) -> tuple[int, float, float]:
        return self.count, self.total, self.squares
