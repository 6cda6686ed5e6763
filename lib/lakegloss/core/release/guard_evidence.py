"""Computes the evidence of a guard after each item that it read."""

from collections.abc import Iterable, Sequence

from lakegloss.core.statistics.betting import MeanBet, RateBet, evidence_along, first_above


def worse_along(
    differences: Iterable[float], *, bound: float = 1.0, population: int = 0
) -> list[float]:
    """The evidence that a mean difference is below 0.

    Args:
        bound: what counts of a difference at most.
    """
    # Cut, and stretched to the range that bets are made for.
    stretched = [max(-bound, min(bound, value)) / bound for value in differences]
    return list(evidence_along(MeanBet(floor=0.0, population=population), stretched))


def not_worse_along(
    differences: Iterable[float], *, margin: float, population: int = 0
) -> list[float]:
    """The evidence that a mean difference is above minus the margin. Nothing is cut.

    A version that fails a few groups entirely would look well if each of them counted less than it
    is worse there.
    """
    claim = MeanBet(floor=margin, population=population)
    return list(evidence_along(claim, (-value for value in differences)))


def failing_along(answers: Iterable[bool], *, limit: float) -> list[float]:
    """The evidence that answers fail more often than a limit allows."""
    bet, evidence = RateBet(limit=limit), []
    for failed in answers:
        bet = bet.bet(happened=failed)
        evidence.append(bet.evidence)
    return evidence


def promotable_at(evidence: Sequence[float], alpha: float, least: int) -> int:
    """The number of items, at least `least`, after which a promotion is proven; 0 is never."""
    first = first_above(evidence, alpha)
    return max(first, least) if first and len(evidence) >= least else 0
