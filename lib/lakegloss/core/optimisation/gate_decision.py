"""Decides whether a chosen candidate is better than the base, on examples that nobody saw before.

The candidate was chosen because it looked good on the select split, so what that split says of it
is too good. The gate split is opened once for a candidate, each opening is counted, and the error
that is allowed is divided by the openings so far.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from lakegloss.core.optimisation.choosing import ItemScore, paired, price_of_growth, tokens_of
from lakegloss.core.statistics.intervals import Conclusion, Estimate, conclusion_of, estimate

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOpening:
    """One look at gate examples with one candidate.

    Attributes:
        candidate: the hash of its state; base: that of the program it was compared with.
        groups: marks of the groups that were looked at, see `group_mark`.
        conclusion: what it showed; kept, so that no second look changes it.
        decided_at: ISO 8601.
    """

    program: str
    candidate: str
    base: str
    groups: tuple[str, ...]
    alpha: float
    difference: float | None
    low: float | None
    high: float | None
    items: int
    conclusion: str
    decided_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """What the gate says of a candidate.

    Attributes:
        difference: paired, the candidate less the base, at the level 1 - alpha.
        price: what its growth in tokens costs: the difference must be above it.
        openings: how often these examples were looked at, this time included.
        known: whether this candidate was decided before, and nothing was opened.
    """

    conclusion: Conclusion
    difference: Estimate
    price: float
    alpha: float
    openings: int
    known: bool = False

    @property
    def is_better(self) -> bool:
        return self.conclusion is Conclusion.BETTER


def group_mark(group: object) -> str:
    """A short mark of a group, which does not tell its name."""
    return sha256(str(group).encode("utf-8", "replace")).hexdigest()[:12]


def openings_of(
    openings: Sequence[GateOpening], groups: Collection[str], program: str
) -> list[GateOpening]:
    """The earlier openings for this program that looked at any of these groups."""
    wanted = set(groups)
    return [o for o in openings if o.program == program and wanted.intersection(o.groups)]


def decide(
    scores: Sequence[ItemScore],
    base: Sequence[ItemScore],
    *,
    openings: int,
    token_growth: float,
    alpha: float = ALPHA,
) -> GateDecision:
    """Compare a candidate with the base on the gate's examples, by t on the groups' means.

    Args:
        openings: how often any of these examples were looked at, this time included.
    """
    price = price_of_growth(tokens_of(scores), tokens_of(base), token_growth)
    level = 1 - alpha / max(1, openings)
    pairs = paired(scores, base)
    difference = estimate(((g, mine - other) for g, mine, other in pairs), level=level)
    earned = estimate(((g, mine - other - price) for g, mine, other in pairs), level=level)
    conclusion = conclusion_of(difference)
    if conclusion is Conclusion.BETTER and conclusion_of(earned) is not Conclusion.BETTER:
        conclusion = Conclusion.LEVEL
    return GateDecision(
        conclusion=conclusion,
        difference=difference,
        price=price,
        alpha=alpha / max(1, openings),
        openings=openings,
    )
