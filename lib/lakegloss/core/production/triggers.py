"""Decides when a program is optimised: worse work, a drift, much feedback, or the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lakegloss.core.production.confidence import confidence_of_groups
from lakegloss.core.statistics.drift import DriftDetector
from lakegloss.errors import SettingsError

LEAST_USUAL = 30
"""Judged executions without which it is not known well enough what is usual."""


class OptimisationTrigger(StrEnum):
    """Why an optimisation begins, the most pressing first."""

    BY_HAND = "by hand"
    DEGRADATION = "degradation"
    DRIFT = "drift"
    FEEDBACK = "volume of feedback"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizationConfig:
    """When programs are optimised by themselves, and what is released.

    Attributes:
        performance_degradation_threshold: the relative drop of quality or of successes.
        feedback_volume_threshold: rows of feedback since the last optimisation.
        optimization_interval_hours: the least time between two of one program and model; after it
            one begins by schedule where people said something new.
        max_concurrent_optimizations: of all processes together.
        min_confidence_for_deployment: see `core.production.confidence`.
        rollback_on_failure: whether an alert on a variant that is rolled out takes it back.
        optimization_timeout_minutes: the longest that one searches.
        min_samples: executions that people judged, without which nothing is compared.
        check_interval_seconds: how often the loop looks.
        retention_days: how long executions and feedback are kept.

    Raises:
        SettingsError: a value is out of its bounds.
    """

    enable_automatic_optimization: bool = True
    performance_degradation_threshold: float = 0.15
    feedback_volume_threshold: int = 50
    optimization_interval_hours: float = 24
    max_concurrent_optimizations: int = 3
    min_confidence_for_deployment: float = 0.8
    rollback_on_failure: bool = True
    optimization_timeout_minutes: float = 30
    min_samples: int = 10
    check_interval_seconds: float = 60
    retention_days: float = 90

    def __post_init__(self) -> None:
        shares = {"performance_degradation_threshold", "min_confidence_for_deployment"}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if not isinstance(value, bool) and (
                not isinstance(value, int | float)
                or not 0 < value < float("inf")
                or (name in shares and value > 1)
            ):
                raise SettingsError(
                    f"{name} is {value!r}.",
                    remedy="Give a number from 0 to 1." if name in shares else "Give one above 0.",
                )


def config_of(given: Mapping[str, object] | OptimizationConfig | None) -> OptimizationConfig:
    """The configuration that names and values make.

    Raises:
        SettingsError: there is no such name, or a value cannot be used.
    """
    if isinstance(given, OptimizationConfig):
        return given
    values = dict(given or {})
    for name in values:
        if name not in OptimizationConfig.__dataclass_fields__:
            known = ", ".join(OptimizationConfig.__dataclass_fields__)
            raise SettingsError(
                f"The configuration has no {str(name)[:60]!r}.", remedy=f"Known are: {known}."
            )
    return OptimizationConfig(**values)  # type: ignore[arg-type]  # checked when it is made


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionSight:
    """What production showed of a program and model, before and after the last optimisation.

    Attributes:
        before, recent: qualities in the order of time: of the time that says what is usual, and
            of the time since then.
        success_before, success_recent: rates of success; None where nothing ran.
        feedback: rows of feedback since the last optimisation.
        last: when the last one began; None where there was none.
    """

    before: Sequence[float] = ()
    recent: Sequence[float] = ()
    success_before: float | None = None
    success_recent: float | None = None
    runs_recent: int = 0
    feedback: int = 0
    last: datetime | None = None


def trigger_of(
    sight: ProductionSight, config: OptimizationConfig, now: datetime
) -> tuple[OptimisationTrigger, str] | None:
    """What begins an optimisation now, and why in words; None where nothing does."""
    wait = timedelta(hours=config.optimization_interval_hours)
    too_soon = sight.last is not None and now - sight.last < wait
    if too_soon or not config.enable_automatic_optimization:
        return None
    if worse := _degraded(sight, config):
        return OptimisationTrigger.DEGRADATION, worse
    if _drifts(sight):
        return OptimisationTrigger.DRIFT, "quality drifts below what was usual"
    if sight.feedback >= config.feedback_volume_threshold:
        return OptimisationTrigger.FEEDBACK, f"{sight.feedback} rows of feedback are new"
    if sight.last is not None and sight.feedback:
        return OptimisationTrigger.SCHEDULE, f"{wait} are over, and people said something new"
    return None


def _degraded(sight: ProductionSight, config: OptimizationConfig) -> str:
    """What got worse by more than the threshold, beyond chance; '' for nothing."""
    limit = config.performance_degradation_threshold
    if min(len(sight.before), len(sight.recent)) >= config.min_samples:
        usual = sum(sight.before) / len(sight.before)
        recent = sum(sight.recent) / len(sight.recent)
        sure = confidence_of_groups(sight.before, sight.recent)
        if usual and 1 - recent / usual >= limit and sure >= config.min_confidence_for_deployment:
            return f"quality fell from {usual:.3f} to {recent:.3f}"
    before, after = sight.success_before, sight.success_recent
    if not before or after is None or sight.runs_recent < config.min_samples:
        return ""
    fell = 1 - after / before >= limit
    return f"successes fell from {before:.1%} to {after:.1%}" if fell else ""


def _drifts(sight: ProductionSight) -> bool:
    """Whether quality drifts below what was usual, with the detector's promise on false alarms."""
    if len(sight.before) < LEAST_USUAL:
        return False
    detector = DriftDetector(reference=len(sight.before))
    return any(detector.add(quality) for quality in (*sight.before, *sight.recent))
