"""Defines what an optimisation of a family came to, and how a family fares over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FamilyOutcome(StrEnum):
    """What came of it. Only BETTER, which the gate says, is worth a release."""

    BETTER = "better"
    NOT_BETTER = "not better"
    TOO_FEW = "too few to tell"
    NO_EXAMPLES = "too few examples"
    UNFINISHED = "unfinished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyResult:
    """One optimisation of a family for a model.

    Attributes:
        variant: the name of what was chosen; '' where nothing was.
        before, after: the score on the gate's examples, else on those that chose; None where it
            was not measured.
        confidence: how sure it is that the gain is none of chance, see `confidence`.
        metrics_before, metrics_after: means on the gate's examples, by metric.
        state: the chosen program as JSON text of `save`.
        reason: in words.
    """

    family: str
    model: str
    outcome: FamilyOutcome
    metric: str = ""
    optimizer: str = ""
    variant: str = ""
    before: float | None = None
    after: float | None = None
    confidence: float = 0.0
    metrics_before: Mapping[str, float] = field(default_factory=dict)
    metrics_after: Mapping[str, float] = field(default_factory=dict)
    state: str = ""
    reason: str = ""
    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    at: datetime

    @property
    def is_better(self) -> bool:
        return self.outcome is FamilyOutcome.BETTER

    @property
    def improvement(self) -> float | None:
        """The gain relative to the score before; None where either is unknown or 0."""
        if not self.before or self.after is None:
            return None
        return self.after / self.before - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyTrend:
    """How a family fared with a model over its optimisations, oldest first.

    Attributes:
        runs: how many there were; better: how many of them the gate called better.
        first, last: the first score that was measured, and the last one that was reached.
    """

    family: str
    model: str
    runs: int
    better: int
    first: float | None
    last: float | None
    tokens: int

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.last is None else self.last - self.first

    @property
    def direction(self) -> str:
        """'rising' where the gate called a run better, else 'level'; 'unknown' unmeasured."""
        if self.change is None:
            return "unknown"
        return "rising" if self.better and self.change > 0 else "level"


def trends_of(history: Sequence[FamilyResult]) -> list[FamilyTrend]:
    """The trend of each family and model, in the order of their names.

    A run whose candidate was not better leaves the score where it was: that of its base.
    """
    groups: dict[tuple[str, str], list[FamilyResult]] = {}
    for one in sorted(history, key=lambda result: result.at):
        groups.setdefault((one.family, one.model), []).append(one)
    trends = []
    for (family, model), runs in sorted(groups.items()):
        scores = [(r.before, r.after if r.is_better else r.before) for r in runs]
        known = [(before, after) for before, after in scores if before is not None]
        trends.append(
            FamilyTrend(
                family=family, model=model, runs=len(runs), better=sum(r.is_better for r in runs),
                first=known[0][0] if known else None, last=known[-1][1] if known else None,
                tokens=sum(r.tokens for r in runs),
            )
        )  # fmt: skip
    return trends
