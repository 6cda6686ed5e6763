"""Makes one round of the monitor: reads the events since the last one, and looks at all alerts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from lakegloss.core.monitoring.alert_rules import AlertConfig, AlertReading
from lakegloss.core.monitoring.alert_states import AlertChange, alert_id, next_status
from lakegloss.core.monitoring.book import WindowBook, minute_of, start_of
from lakegloss.core.monitoring.events import Event, Subject
from lakegloss.core.monitoring.windows import NEEDS_DISTRIBUTION, figure_of
from lakegloss.core.statistics.drift import DriftDetector
from lakegloss.monitoring.alert_memory import AlertStore
from lakegloss.monitoring.evaluation import evaluate_alert

SORTED_MINUTES = 15
"""How far events may be out of order in a round: sources are read by time."""
_DRIFTS: dict[str, Callable[[Event], float | None]] = {
    "quality_mean": lambda event: event.quality,
    "feedback_mean": lambda event: event.opinion,
    "success_rate": lambda event: float(event.success is not False) if event.kind.is_call else None,
}
"""The metrics that are watched for drift, and what an event says of each: 0 to 1, or nothing."""


class MonitorStates(Protocol):
    """Where a monitor keeps how far it has read, and its detectors of drift."""

    def last_round(self) -> datetime | None:
        """Up to which time alerts were looked at, or None before the first round."""

    def end_round(self, until: datetime) -> None:
        """Keep that alerts were looked at up to a time; never goes back."""

    def detector(self, name: str, threshold: float) -> tuple[DriftDetector, str]:
        """A detector of drift as it was kept, and up to which event; a new one where none was."""

    def keep_detector(self, name: str, before: str, after: str, detector: DriftDetector) -> bool:
        """Keep a detector; returns False where another process went on from `before` already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRound:
    """What a round found."""

    book: WindowBook
    changes: list[AlertChange] = field(default_factory=list)
    events: int = 0


def make_round(
    events: Iterable[Event],
    alerts: AlertStore,
    states: MonitorStates,
    configs: Sequence[AlertConfig],
    *,
    drift_items: int = 10_000,
    now: datetime | None = None,
) -> MonitorRound:
    """Sum events up in windows, and look at alerts for each minute since the last round.

    A second round over the same events changes nothing; two processes at the same time make each
    change once.

    Args:
        events: by time, as `core.monitoring.rows.order_of` sorts them; also old ones, and again.
        drift_items: items between two false alarms of drift; 0 looks for none.
    """
    now = now or datetime.now(UTC)
    book = WindowBook(open_minutes=SORTED_MINUTES, clock=lambda: now)
    watch = _DriftWatch(states, drift_items)
    count = 0
    for event in events:
        if book.add(event) == "counted":
            count += 1
            watch.add(event)
    changes = [
        change
        for minute in _minutes(book, states.last_round(), now)
        for change in _look(book, minute, alerts, configs, now)
    ]
    changes += watch.end(alerts, now)
    states.end_round(now)
    return MonitorRound(book=book, changes=changes, events=count)


def _minutes(book: WindowBook, last: datetime | None, now: datetime) -> list[int]:
    """The minutes with events since the last round; on the first round only the present."""
    present = minute_of(now)
    if last is None:
        return [present]
    first = minute_of(last)
    found = {
        minute
        for subject in book.subjects
        for minute in book.minutes_of(subject)
        if first <= minute < present
    }
    return [*sorted(found), present]


def _look(
    book: WindowBook, minute: int, alerts: AlertStore, configs: Sequence[AlertConfig], now: datetime
) -> list[AlertChange]:
    at = min(now, start_of(minute + 1))
    found = []
    for subject in book.subjects:
        for config in configs:
            metric, minutes = config.metric_name, config.window_minutes
            distribution = metric in NEEDS_DISTRIBUTION
            window = book.sum_of(subject, minutes, distribution=distribution, now=minute)
            figure = figure_of(window, metric, minutes)
            change = evaluate_alert(alerts, config, subject, figure, None, at)
            found += [change] if change is not None else []
    return found


class _DriftWatch:
    """Shows the events of a round to the detectors of drift, each event once."""

    def __init__(self, states: MonitorStates, items: int) -> None:
        self._states = states
        self._items = items
        self._open: dict[tuple[Subject, str], tuple[DriftDetector, str, str]] = {}

    def add(self, event: Event) -> None:
        if not self._items:
            return
        position = f"{event.at.astimezone(UTC).isoformat()} {event.event_id}"
        for metric, score_of in _DRIFTS.items():
            score = score_of(event)
            if score is None:
                continue
            key = (event.subject, metric)
            if key not in self._open:
                detector, kept = self._states.detector(_name(*key), self._items)
                self._open[key] = (detector, kept, kept)
            detector, before, after = self._open[key]
            if position > after:
                detector.add(score)
                self._open[key] = (detector, before, position)

    def end(self, alerts: AlertStore, now: datetime) -> list[AlertChange]:
        """Keep the detectors, and tell of alarms that began or ended."""
        found = []
        for (subject, metric), (detector, before, after) in self._open.items():
            if after == before:
                continue
            if self._states.keep_detector(_name(subject, metric), before, after, detector):
                change = _drift_change(alerts, subject, metric, detector, now)
                found += [change] if change is not None else []
        return found


def _name(subject: Subject, metric: str) -> str:
    return f"drift-{alert_id(metric, subject)}"


def _drift_change(
    alerts: AlertStore, subject: Subject, metric: str, detector: DriftDetector, now: datetime
) -> AlertChange | None:
    name = f"drift of {metric}"
    state = alerts.state(alert_id(name, subject))
    is_quiet = detector.evidence < detector.threshold / 100
    reading = AlertReading.WITHIN if is_quiet else AlertReading.BETWEEN
    status = next_status(
        state, AlertReading.BEYOND if detector.is_alarm else reading, now, timedelta()
    )
    if status is None:
        return None
    change = AlertChange(
        alert_id=state.alert_id, number=state.changes + 1, alert=name, metric=metric,
        subject=subject, status=status, value=detector.recent_mean, threshold=detector.threshold,
        baseline=detector.usual_mean, samples=detector.count, at=now,
    )  # fmt: skip
    return change if alerts.change(change) else None
