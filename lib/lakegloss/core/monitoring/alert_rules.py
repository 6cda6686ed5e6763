"""Defines alerts: on which figure, beyond which bound, over which window; and what a reading says.

A reading without enough events says nothing: an alert that is on stays on. "No data" is no
recovery.
"""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lakegloss.core.monitoring.windows import METRICS, SHARES
from lakegloss.errors import InputError

COMPARISONS = ("greater_than", "less_than", "absolute_change")
_MARGIN = 0.1


class AlertReading(StrEnum):
    """What a figure says of an alert: beyond its bound, well within it, between, or nothing."""

    BEYOND = "beyond"
    WITHIN = "within"
    BETWEEN = "between"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertConfig:
    """A fixed bound on a figure.

    Attributes:
        metric_name: a name of `lakegloss.core.monitoring.windows.METRICS`.
        threshold: in the metric's unit: milliseconds, or a share from 0 to 1.
        comparison: greater_than, less_than, or absolute_change from the baseline.
        window_minutes: how many minutes count, the one under way among them.
        min_samples: events that the figure must rest on; with fewer, nothing is said.
        clear_margin: the share of the threshold by which the figure must be within the bound
            before the alert ends: a figure at the bound does not flap.

    Raises:
        InputError: a value is of no use.
    """

    metric_name: str
    threshold: float
    comparison: str = "greater_than"
    window_minutes: int = 5
    min_samples: int = 10
    clear_margin: float = _MARGIN

    def __post_init__(self) -> None:
        if self.metric_name not in METRICS:
            raise InputError(
                f"There is no metric {self.metric_name!r}.",
                remedy=f"Metrics are: {', '.join(METRICS)}.",
            )
        if self.comparison not in COMPARISONS:
            raise InputError(
                f"An alert cannot compare by {self.comparison!r}.",
                remedy=f"Write one of {', '.join(COMPARISONS)}.",
            )
        numbers = (self.threshold, self.clear_margin)
        if not all(math.isfinite(number) for number in numbers) or self.clear_margin < 0:
            raise InputError("An alert's threshold and margin are finite numbers.", remedy="")
        if self.window_minutes < 1 or self.min_samples < 1:
            raise InputError("An alert's window_minutes and min_samples are at least 1.", remedy="")

    def is_triggered(self, current_value: float | None, baseline_value: float | None) -> bool:
        """Whether a figure is beyond the bound; a change needs a baseline to be one."""
        return self.reading(current_value, baseline_value) is AlertReading.BEYOND

    def reading(self, value: float | None, baseline: float | None) -> AlertReading:
        """What a figure says of the alert."""
        if value is None or not math.isfinite(value):
            return AlertReading.UNKNOWN
        if self.comparison == "absolute_change":
            if baseline is None or not math.isfinite(baseline):
                return AlertReading.UNKNOWN
            value = abs(value - baseline)
        excess = value - self.threshold
        if self.comparison == "less_than":
            excess = -excess
        if excess > 0:
            return AlertReading.BEYOND
        return AlertReading.WITHIN if -excess >= self._margin else AlertReading.BETWEEN

    @property
    def _margin(self) -> float:
        margin = abs(self.threshold) * self.clear_margin
        is_share = self.metric_name in SHARES and self.comparison == "less_than"
        # Between a bound of .95 and 1 there is no room for a tenth of the bound.
        return min(margin, max(0.0, 1 - self.threshold) / 2) if is_share else margin

    @property
    def name(self) -> str:
        """A name that tells this alert from others: the same alert has the same, always."""
        words = {"greater_than": "above", "less_than": "below", "absolute_change": "changed by"}
        bound = f"{self.metric_name} {words[self.comparison]} {self.threshold:g}"
        return f"{bound} in {self.window_minutes} min"

    def as_dict(self) -> dict[str, Any]:
        """The fields by their names."""
        return asdict(self)


def default_alerts(
    *, latency_ms: float = 5_000, success_rate: float = 0.9, quality: float = 0.7
) -> list[AlertConfig]:
    """The alerts of every monitor: slow calls, failures, and bad quality."""
    return [
        AlertConfig(metric_name="latency_mean", threshold=latency_ms),
        AlertConfig(metric_name="success_rate", threshold=success_rate, comparison="less_than"),
        AlertConfig(
            metric_name="quality_mean", threshold=quality, comparison="less_than",
            window_minutes=10, min_samples=20,
        ),
    ]  # fmt: skip
