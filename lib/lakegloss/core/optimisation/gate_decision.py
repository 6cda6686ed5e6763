"""Decides whether a chosen candidate is better than the base, on examples that nobody saw before.

The candidate was chosen because it looked good on the select split, so what that split says of it
is too good. The gate split is opened once for a candidate, each opening is counted, and the error
that is allowed is divided by the openings so far.
"""

import math
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
        opening_id: follows from the candidate, the base and the examples.
        candidate: the hash of its state; base: that of the program it was compared with.
        groups: marks of the groups that were looked at, see `group_mark`.
        openings: how often these examples were looked at, this time included.
        price: what the candidate's growth in tokens cost.
        conclusion: what it showed, kept, so that no second look changes it; '' while it is open.
        decided_at: ISO 8601; before there is a conclusion, when it was opened.
    """

    opening_id: str
    program: str
    candidate: str
    base: str
    groups: tuple[str, ...]
    openings: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    items: int = 0
    price: float = 0.0
    conclusion: str = ""
    decided_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """What the gate says of a candidate.

    Attributes:
        difference: paired, the candidate less the base, at the level 1 - alpha.
        price: what its growth in tokens costs: the difference must be above it.
        openings: how often these examples were looked at, this time included.
        known: whether this candidate was decided before on these examples: nothing was asked.
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


def opening_of(
    openings: Sequence[GateOpening],
    *,
    program: str,
    candidate: str,
    base: str,
    groups: Collection[str],
    data_hash: str,
) -> GateOpening:
    """The opening for a candidate: that of before, where it began or was decided; else a new one.

    Each other candidate of this program that any of these groups was looked at with counts.

    Args:
        groups: marks of the groups of the gate's examples.
    """
    text = f"{program}\0{candidate}\0{base}\0{data_hash}"
    id_ = sha256(text.encode("utf-8", "replace")).hexdigest()[:20]
    known = next((o for o in openings if o.opening_id == id_), None)
    if known is not None:
        return known
    wanted = set(groups)
    before = [o for o in openings if o.program == program and wanted.intersection(o.groups)]
    return GateOpening(
        opening_id=id_, program=program, candidate=candidate, base=base,
        groups=tuple(sorted(wanted)), openings=len(before) + 1,
    )  # fmt: skip


def decided_before(opening: GateOpening, alpha: float = ALPHA) -> GateDecision:
    """The decision that an opening came to."""
    level = 1 - alpha / opening.openings
    difference = Estimate(
        mean=math.nan if opening.difference is None else opening.difference,
        low=opening.low, high=opening.high, items=opening.items, groups=len(opening.groups),
        level=level,
    )  # fmt: skip
    return GateDecision(
        conclusion=Conclusion(opening.conclusion), difference=difference, price=opening.price,
        alpha=alpha / opening.openings, openings=opening.openings, known=True,
    )  # fmt: skip


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
