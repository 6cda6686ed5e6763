"""Shows the events of a round to the detectors of drift, each event once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from lakegloss.core.monitoring.alert_rules import AlertReading
from lakegloss.core.monitoring.alert_states import AlertStatus, alert_id
from lakegloss.core.monitoring.events import Event, Subject
from lakegloss.core.statistics.drift import DriftDetector

_SCORES: dict[str, Callable[[Event], float | None]] = {
    "quality_mean": lambda event: event.quality,
    "feedback_mean": lambda event: event.opinion,
    "success_rate": lambda event: float(event.success is not False) if event.kind.is_call else None,
}
"""The metrics that are watched for drift, and what an event says of each: 0 to 1, or nothing."""


@dataclass(slots=True, kw_only=True)
class KeptDetector:
    """A detector of drift as it is kept between rounds.

    Attributes:
        before, after: the last event that it had seen before the round, and after it.
        was_alarm: whether it was in alarm at any event of the round: one that is over by the end is
            still to be told.
    """

    name: str
    subject: Subject
    metric: str
    detector: DriftDetector
    before: str
    after: str
    was_alarm: bool = False

    def reading(self, status: AlertStatus) -> AlertReading:
        """What it says of its alert: whether one began in the round, or is over at its end."""
        is_alarm = self.detector.is_alarm
        if is_alarm or (self.was_alarm and status is AlertStatus.QUIET):
            return AlertReading.BEYOND
        return AlertReading.WITHIN if self.detector.is_over else AlertReading.BETWEEN


class DriftWatch:
    """Shows events to detectors.

    Args:
        kept: gives the detector of a name, and up to which event it was shown them.
    """

    def __init__(self, kept: Callable[[str], tuple[DriftDetector, str]]) -> None:
        self._kept = kept
        self._open: dict[tuple[Subject, str], KeptDetector] = {}

    def add(self, event: Event) -> None:
        """Show an event; events come by time."""
        position = f"{event.at.astimezone(UTC).isoformat()} {event.event_id}"
        for metric, score_of in _SCORES.items():
            score = score_of(event)
            if score is None:
                continue
            one = self._opened(event.subject, metric)
            if position > one.after:
                one.was_alarm |= one.detector.add(score)
                one.after = position

    def _opened(self, subject: Subject, metric: str) -> KeptDetector:
        found = self._open.get((subject, metric))
        if found is None:
            name = f"drift-{alert_id(metric, subject)}"
            detector, position = self._kept(name)
            found = self._open[subject, metric] = KeptDetector(
                name=name, subject=subject, metric=metric, detector=detector, before=position,
                after=position,
            )  # fmt: skip
        return found

    @property
    def moved(self) -> list[KeptDetector]:
        """Those that saw something new."""
        return [one for one in self._open.values() if one.after != one.before]
