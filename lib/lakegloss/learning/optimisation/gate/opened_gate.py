"""Opens the gate for a chosen candidate: asks both programs, decides, and counts the opening."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.optimisation.choosing import TOKEN_GROWTH, ItemScore
from lakegloss.core.optimisation.gate_decision import (
    GateDecision,
    GateOpening,
    decide,
    decided_before,
    group_mark,
    opening_of,
)
from lakegloss.core.statistics.intervals import LEAST_GROUPS, Conclusion, Estimate
from lakegloss.faults import fault_point
from lakegloss.learning.optimisation.gate.openings import GateOpenings
from lakegloss.learning.optimisation.metered import SearchEnded
from lakegloss.learning.optimisation.searching import Optimised


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedGate:
    """What came of the gate.

    Attributes:
        decision: None where nothing was decided; `reason` says why, in words.
        base, candidate: the scores of the gate's examples; () where none were asked for.
    """

    decision: GateDecision | None
    reason: str = ""
    base: Sequence[ItemScore] = ()
    candidate: Sequence[ItemScore] = ()

    @property
    def is_better(self) -> bool:
        return self.decision is not None and self.decision.is_better


def open_gate(
    found: Optimised,
    examples: Sequence[Any],
    openings: GateOpenings,
    *,
    program: str,
    data_hash: str,
    token_growth: float = TOKEN_GROWTH,
) -> OpenedGate:
    """Compare the chosen candidate with the base on the gate's examples.

    With too few groups to tell anything nothing is asked and nothing is counted. A candidate that
    was decided before on these examples is not asked about again.

    Raises:
        EndpointError: the endpoint failed; the same call goes on.
        EnvironmentNotReadyError: the openings cannot be read or written.
    """
    if not found.changed:
        return OpenedGate(decision=None, reason="no candidate was chosen")
    groups = {group_mark(found.session.group(example)) for example in examples}
    if len(groups) < LEAST_GROUPS:
        return OpenedGate(decision=_too_few(len(examples), len(groups)))
    opening = opening_of(
        openings.all(), program=program, candidate=found.candidate.mark, base=found.base.mark,
        groups=groups, data_hash=data_hash,
    )  # fmt: skip
    if opening.conclusion:
        return OpenedGate(decision=decided_before(opening))
    if not opening.decided_at:
        openings.record(opening := replace(opening, decided_at=_now()))
    fault_point("optimise.opened")
    try:
        base = found.session.score(found.base, examples, "gate", 0, 2 * len(examples))
        candidate = found.session.score(
            found.candidate, examples, "gate", len(examples), 2 * len(examples)
        )
    except SearchEnded as ended:
        if ended.error is not None:
            raise ended.error from None
        return OpenedGate(decision=None, reason=f"{ended.reason} before the gate was measured")
    decision = decide(candidate, base, openings=opening.openings, token_growth=token_growth)
    openings.record(_decided(opening, decision))
    return OpenedGate(decision=decision, base=base, candidate=candidate)


def _decided(opening: GateOpening, decision: GateDecision) -> GateOpening:
    difference = decision.difference
    return replace(
        opening,
        difference=None if math.isnan(difference.mean) else difference.mean,
        low=difference.low,
        high=difference.high,
        items=difference.items,
        price=decision.price,
        conclusion=decision.conclusion.value,
        decided_at=_now(),
    )


def _too_few(items: int, groups: int) -> GateDecision:
    nothing = Estimate(mean=math.nan, low=None, high=None, items=items, groups=groups)
    return GateDecision(
        conclusion=Conclusion.TOO_FEW, difference=nothing, price=0.0, alpha=0.0, openings=0
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
