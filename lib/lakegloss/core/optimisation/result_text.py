"""Says in words what an optimisation came to: better, not shown to be better, too few to tell."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from lakegloss.core.optimisation.gate_decision import GateDecision
from lakegloss.core.optimisation.search_account import SearchAccount
from lakegloss.core.statistics.intervals import Conclusion

_SAID: Mapping[Conclusion, str] = {
    Conclusion.BETTER: "The candidate is better than the program as it is.",
    Conclusion.WORSE: "No better candidate: on the gate's examples the chosen one is worse.",
    Conclusion.LEVEL: "No better candidate: the gate shows no difference that is worth its tokens.",
    Conclusion.TOO_FEW: "Too few to tell: the gate needs examples of at least three tables, "
    "documents or sessions, six where all come out alike. The candidate may be better or not.",
}


def result_sentence(search: SearchAccount, decision: GateDecision | None, reason: str) -> str:
    """The result in one sentence.

    Args:
        reason: why nothing was decided, where nothing was.
    """
    if search.winner is None:
        return "No better candidate: none is above the program as it is on the select split."
    if decision is None:
        return (
            f"Nothing is decided: {reason}. Raise the budget, or run the same command again: what "
            "was answered is kept."
        )
    return _SAID[decision.conclusion]


def gate_lines(decision: GateDecision | None) -> Iterator[str]:
    """What the gate measured, as lines of Markdown."""
    if decision is None or math.isnan(decision.difference.mean):
        return
    found = decision.difference
    interval = (
        f" ({found.low:+.3f} to {found.high:+.3f} at {found.level:.1%})"
        if found.low is not None and found.high is not None
        else ""
    )
    yield (
        f"Difference on {found.items} examples of {found.groups} groups that nothing saw before: "
        f"{found.mean:+.3f}{interval}."
    )
    if decision.price:
        yield f"Its longer requests must earn {decision.price:.3f} of that."
    if decision.known:
        yield "This candidate was decided before on these examples; they were not opened again."
    elif decision.openings > 1:
        yield (
            f"It is candidate {decision.openings} that these examples were opened for, so the "
            f"error that is allowed is {decision.alpha:.2%}."
        )


def figures_of_result(
    search: SearchAccount, decision: GateDecision, *, metric: str, data_hash: str
) -> dict[str, Any]:
    """The figures that a registered version keeps beside it, as JSON values."""
    found = decision.difference
    winner = search.winner
    growth = winner.figures.growth if winner is not None and winner.figures else 0.0
    return {
        "optimizer": search.plan.optimizer,
        "metric": metric,
        "data": data_hash,
        "difference": _rounded(found.mean),
        "difference_low": _rounded(found.low),
        "difference_high": _rounded(found.high),
        "level": _rounded(found.level),
        "items": found.items,
        "groups": found.groups,
        "openings": decision.openings,
        "token_growth": _rounded(growth),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 6)
