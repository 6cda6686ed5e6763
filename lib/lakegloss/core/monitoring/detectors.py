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


@dataclass(frozen=True, slots=True, kw_only=True)
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
        self._open: dict[tuple[Subject, str], _Open] = {}

    def add(self, event: Event) -> None:
        """Show an event; events come by time."""
        position = f"{event.at.astimezone(UTC).isoformat()} {event.event_id}"
        for metric, score_of in _SCORES.items():
            score = score_of(event)
            if score is None:
                continue
            one = self._open.get((event.subject, metric))
            if one is None:
                name = f"drift-{alert_id(metric, event.subject)}"
                one = self._open[event.subject, metric] = _Open(name, *self._kept(name))
            if position > one.after:
                one.was_alarm |= one.detector.add(score)
                one.after = position

    @property
    def moved(self) -> list[KeptDetector]:
        """Those that saw something new."""
        return [
            KeptDetector(
                name=one.name, subject=subject, metric=metric, detector=one.detector,
                before=one.before, after=one.after, was_alarm=one.was_alarm,
            )
            for (subject, metric), one in self._open.items()
            if one.after != one.before
        ]  # fmt: skip


class _Open:
    """A detector in a round: it changes with each event."""

    __slots__ = ("after", "before", "detector", "name", "was_alarm")

    def __init__(self, name: str, detector: DriftDetector, position: str) -> None:
        self.name = name
        self.detector = detector
        self.before = self.after = position
        self.was_alarm = False
