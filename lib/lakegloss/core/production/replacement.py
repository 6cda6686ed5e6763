"""Decides which variants are worth replacing the present one, and whether they pass the stages.

The confidence opens a rollout; the guard of the rollout decides its end, with its own promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lakegloss.core.production.confidence import confidence_of_groups
from lakegloss.core.production.variant_figures import VariantFigures
from lakegloss.core.release.rollout_steps import RolloutState
from lakegloss.errors import InputError


class CandidateState(StrEnum):
    """Where a candidate is; DEPLOYED, REJECTED, ROLLED_BACK and WITHDRAWN are ends."""

    IDENTIFIED = "identified"
    VALIDATED = "validated"
    REJECTED = "rejected"
    DEPLOYING = "deploying"
    DEPLOYED = "deployed"
    ROLLED_BACK = "rolled back"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        return self in {
            CandidateState.IDENTIFIED, CandidateState.VALIDATED, CandidateState.DEPLOYING
        }  # fmt: skip


STATE_OF_ROLLOUT = {
    RolloutState.RUNNING: CandidateState.DEPLOYING,
    RolloutState.PAUSED: CandidateState.DEPLOYING,
    RolloutState.HELD: CandidateState.DEPLOYING,
    RolloutState.PROMOTED: CandidateState.DEPLOYED,
    RolloutState.ROLLED_BACK: CandidateState.ROLLED_BACK,
    RolloutState.WITHDRAWN: CandidateState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentConfig:
    """What a replacement must show, and how it is rolled out.

    Attributes:
        min_confidence: how sure its gain must be, see `core.production.confidence`.
        min_improvement: the gain in quality, 0 to 1, below which nothing is replaced.
        min_samples: executions that people judged, of each side.
        max_success_drop: how much lower its rate of successes may be.
        max_latency_increase: relative.
        max_metric_drop: how much lower form and support by the inputs may be.
        rollout_percentage: the share of units at first; the stages after it are 25, 50, 75, 100 %.
        stage_seconds: how long each stage lasts at least.
    """

    min_confidence: float = 0.8
    min_improvement: float = 0.05
    min_samples: int = 10
    max_success_drop: float = 0.02
    max_latency_increase: float = 0.5
    max_metric_drop: float = 0.05
    rollout_percentage: float = 0.1
    stage_seconds: float = 3_600.0

    def __post_init__(self) -> None:
        shares = (self.min_confidence, self.min_improvement, self.max_success_drop)
        if not all(0 <= share <= 1 for share in shares) or not 0 < self.rollout_percentage <= 1:
            raise InputError(
                "These rules of replacement cannot be followed.",
                remedy="Confidence, improvement, drops and the share of a rollout are 0 to 1.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementCandidate:
    """A variant that may replace the present one.

    Attributes:
        source: 'production' where both did real work, 'optimisation' where the gate compared them.
        improvement: the difference in quality; confidence: how sure it is that it is above 0.
        executions, judged: of the candidate in production.
        reasons: what was found, a sentence each.
    """

    candidate_id: str
    program: str
    model: str
    current: str
    variant: str
    source: str
    improvement: float
    confidence: float
    executions: int = 0
    judged: int = 0
    state: CandidateState = CandidateState.IDENTIFIED
    reasons: tuple[str, ...] = ()
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationStage:
    """One stage of a validation, with what it found in words."""

    name: str
    passed: bool
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a validation found."""

    stages: Sequence[ValidationStage] = field(default_factory=tuple)

    @property
    def is_valid(self) -> bool:
        return bool(self.stages) and all(stage.passed for stage in self.stages)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f"{stage.name}: {stage.found}" for stage in self.stages)


def gain_of(current: VariantFigures, other: VariantFigures) -> tuple[float, float]:
    """The gain in quality of another variant, and how sure it is; (0, 0) with too few to tell."""
    if not current.judged or not other.judged:
        return 0.0, 0.0
    gain = other.quality.mean - current.quality.mean
    return gain, confidence_of_groups(other.qualities, current.qualities)


def stages_in_production(
    current: VariantFigures, other: VariantFigures, config: DeploymentConfig
) -> list[ValidationStage]:
    """What production says of a variant beside the present one, stage by stage."""
    gain, confidence = gain_of(current, other)
    few = min(current.judged, other.judged)
    drop = current.success_rate - other.success_rate
    slower = other.latency / current.latency - 1 if current.latency else 0.0
    stages = [
        ValidationStage(
            name="samples", passed=few >= config.min_samples,
            found=f"people judged {other.judged} executions of it and {current.judged} of the "
            f"present one; {config.min_samples} of each are needed",
        ),
        ValidationStage(
            name="improvement", passed=gain >= config.min_improvement,
            found=f"quality {gain:+.3f}; {config.min_improvement:+.3f} is needed",
        ),
        ValidationStage(
            name="confidence", passed=confidence >= config.min_confidence,
            found=f"{confidence:.3f}; {config.min_confidence:g} is needed",
        ),
        ValidationStage(
            name="successes", passed=drop <= config.max_success_drop,
            found=f"{other.success_rate:.1%} against {current.success_rate:.1%}",
        ),
        ValidationStage(
            name="latency", passed=slower <= config.max_latency_increase,
            found=f"{other.latency:.0f} ms against {current.latency:.0f} ms",
        ),
    ]  # fmt: skip
    for name in ("format_compliance", "supported"):
        if name in current.metrics and name in other.metrics:
            before, after = current.metrics[name], other.metrics[name]
            stages.append(
                ValidationStage(
                    name=name, passed=before - after <= config.max_metric_drop,
                    found=f"{after:.3f} against {before:.3f}",
                )
            )  # fmt: skip
    return stages
