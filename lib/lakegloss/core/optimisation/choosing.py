"""Chooses a candidate by its quality on the select split, and by what its requests cost.

Every later request of a program pays for a longer instruction and for demonstrations. So a
candidate that needs more input tokens than the base by more than the growth that is allowed pays
`GROWTH_PRICE` of its score for each doubling beyond it.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.statistics.intervals import Estimate, estimate

TOKEN_GROWTH = 0.25
GROWTH_PRICE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScore:
    """How one example came out.

    Attributes:
        group: what it belongs to (a table, a document): groups count, not items.
        score: 0 to 1; None where the endpoint gave no answer, which is no fault of a candidate.
        why: in words.
        input_tokens, output_tokens: of all calls of the run.
        failed: whether the program gave no output that can be read.
    """

    item: int
    group: Hashable
    score: float | None
    why: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFigures:
    """A candidate on the select split.

    Attributes:
        quality: the mean of the groups' means; difference: paired, the candidate less the base.
        tokens: input tokens of one run; growth: relative to the base.
        price: what its growth costs; objective: its quality less the price.
    """

    label: str
    quality: Estimate
    difference: Estimate
    tokens: float
    growth: float
    price: float
    failed: int

    @property
    def objective(self) -> float:
        return self.quality.mean - self.price


def price_of_growth(tokens: float, base_tokens: float, allowed: float = TOKEN_GROWTH) -> float:
    """What a candidate pays of its score for needing more input tokens than the base."""
    if tokens <= 0 or base_tokens <= 0:
        return 0.0
    return GROWTH_PRICE * max(0.0, math.log2(tokens / (base_tokens * (1 + allowed))))


def tokens_of(scores: Sequence[ItemScore]) -> float:
    """The mean input tokens of the runs that were answered."""
    asked = [s.input_tokens for s in scores if s.input_tokens]
    return sum(asked) / len(asked) if asked else 0.0


def paired(
    scores: Sequence[ItemScore], base: Sequence[ItemScore]
) -> list[tuple[Hashable, float, float]]:
    """Group, score and the base's score of the items that both were answered for."""
    theirs = {s.item: s.score for s in base}
    return [
        (s.group, s.score, other)
        for s in scores
        if s.score is not None and (other := theirs.get(s.item)) is not None
    ]


def figures_of_candidate(
    label: str,
    scores: Sequence[ItemScore],
    base: Sequence[ItemScore],
    *,
    token_growth: float = TOKEN_GROWTH,
) -> CandidateFigures:
    """Sum a candidate up, on the items that it and the base were answered for."""
    pairs = paired(scores, base)
    tokens, base_tokens = tokens_of(scores), tokens_of(base)
    return CandidateFigures(
        label=label,
        quality=estimate((group, mine) for group, mine, _ in pairs),
        difference=estimate((group, mine - other) for group, mine, other in pairs),
        tokens=tokens,
        growth=tokens / base_tokens - 1 if base_tokens else 0.0,
        price=price_of_growth(tokens, base_tokens, token_growth),
        failed=sum(s.failed for s in scores),
    )


def choose(candidates: Mapping[int, CandidateFigures]) -> int | None:
    """The number of the candidate that gains most over the base, its price taken off; or None.

    Of equal ones that with fewer tokens is taken, then the earlier.
    """
    best: tuple[float, float, int] | None = None
    for number, found in candidates.items():
        gain = found.difference.mean - found.price
        if math.isnan(gain) or gain <= 1e-12:
            continue
        rank = (gain, -found.tokens, -number)
        if best is None or rank > best:
            best = rank
    return None if best is None else -best[2]
