"""Makes one round of the monitor: reads the events since the last one, and looks at all alerts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.core.monitoring.alert_states import (
    AlertChange,
    AlertState,
    AlertStatus,
    alert_id,
    next_status,
)
from lakegloss.core.monitoring.book import WindowBook, minute_of, start_of
from lakegloss.core.monitoring.detectors import DriftWatch, KeptDetector
from lakegloss.core.monitoring.edited_alerts import edited_alerts, ids_to_judge
from lakegloss.core.monitoring.events import Event, Subject
from lakegloss.core.monitoring.windows import NEEDS_DISTRIBUTION, figure_of
from lakegloss.core.statistics.drift import DriftDetector
from lakegloss.monitoring.alert_memory import AlertStore
from lakegloss.monitoring.evaluation import evaluate_alert

SORTED_MINUTES = 15
"""How far events may be out of order in a round: sources are read by time."""
LATE_MINUTES = 180
"""How late events may come, and their minute is still looked at: jobs carry them each hour."""


class MonitorStates(Protocol):
    """Where a monitor keeps how far it has read, and its detectors of drift."""

    def first_round(self) -> datetime | None:
        """When the first round was; None before it. What was bad before it is no news."""

    def last_round(self) -> datetime | None:
        """Up to which time alerts were looked at, or None before the first round."""

    def end_round(self, until: datetime) -> None:
        """Keep that alerts were looked at up to a time; never goes back."""

    def detector(self, name: str, threshold: float) -> tuple[DriftDetector, str]:
        """A detector of drift as it was kept, and up to which event; a new one where none was."""

    def keep_detectors(self, moved: Sequence[KeptDetector]) -> frozenset[str]:
        """Keep detectors; returns the names of those that no other process moved on before."""


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
    since: datetime | None = None,
) -> MonitorRound:
    """Sum events up in windows, and look at alerts for each minute since the last round.

    Minutes of the hours before it are looked at again: their events may have come late. A second
    round over the same events changes nothing; two processes at the same time make each change
    once. An alert that is on ends, or stays on, by the threshold of today.

    Args:
        events: by time, as `core.monitoring.rows.order_of` sorts them; also old ones, and again.
        drift_items: items between two false alarms of drift; 0 looks for none.
        since: from when on events were read: windows that reach back before it are not whole, and
            say nothing.
    """
    now = now or datetime.now(UTC)
    book = WindowBook(open_minutes=SORTED_MINUTES, clock=lambda: now)
    watch = DriftWatch(lambda name: states.detector(name, drift_items))
    count = 0
    for event in events:
        if book.add(event) == "counted":
            count += 1
            if drift_items:
                watch.add(event)
    edited = edited_alerts(alerts.firing(), configs)
    first = _first_minute(states, now)
    whole = 0 if since is None else minute_of(since) + 1
    changes = [
        change
        for subject in book.subjects
        for config in configs
        for known_as in ids_to_judge(edited, config, subject)
        for change in _look(book, subject, config, alerts, now, first, whole, known_as)
    ]
    changes += _look_at_drift(watch.moved, alerts, states, now)
    states.end_round(now)
    return MonitorRound(book=book, changes=changes, events=count)


def _first_minute(states: MonitorStates, now: datetime) -> int:
    """The first minute to look at; on the first round that is the present one."""
    last, began = states.last_round(), states.first_round()
    if last is None:
        return minute_of(now)
    last = min(last, now)  # another machine's clock may be ahead
    early = last - timedelta(minutes=LATE_MINUTES)
    return minute_of(last if began is None else min(last, max(began, early)))


def _look(
    book: WindowBook,
    subject: Subject,
    config: AlertConfig,
    alerts: AlertStore,
    now: datetime,
    first: int,
    whole: int,
    known_as: str,
) -> Iterator[AlertChange]:
    """Look at an alert on a subject for each minute in whose window it did something."""
    metric, minutes, present = config.metric_name, config.window_minutes, minute_of(now)
    distribution = metric in NEEDS_DISTRIBUTION
    earliest = max(first, whole + minutes - 1)
    later = {
        minute + step for minute in book.minutes_of(subject) for step in range(minutes)
    }  # fmt: skip
    for minute in (*sorted(m for m in later if earliest <= m < present), present):
        window = book.sum_of(subject, minutes, distribution=distribution, now=minute)
        figure = figure_of(window, metric, minutes)
        is_past = minute < present
        at = start_of(minute + 1) if is_past else now
        change = evaluate_alert(
            alerts, config, subject, figure, None, at, is_past=is_past, known_as=known_as
        )
        if change is not None:
            yield change


def _look_at_drift(
    moved: Sequence[KeptDetector], alerts: AlertStore, states: MonitorStates, now: datetime
) -> list[AlertChange]:
    """Tell of alarms that began or ended, and keep the detectors.

    Alarms are told before: a process that dies in between finds them again. Ends are told after,
    by the process whose detectors were kept: another one may have seen less.
    """
    began = [one for one in moved if _drift_state(alerts, one).status is AlertStatus.QUIET]
    found = [_drift_change(alerts, one, now) for one in began]
    kept = states.keep_detectors(moved) if moved else frozenset()
    others = [one for one in moved if one not in began and one.name in kept]
    found += [_drift_change(alerts, one, now) for one in others]
    return [change for change in found if change is not None]


def _drift_state(alerts: AlertStore, one: KeptDetector) -> AlertState:
    return alerts.state(alert_id(_drift_name(one), one.subject))


def _drift_name(one: KeptDetector) -> str:
    return f"drift of {one.metric}"


def _drift_change(alerts: AlertStore, one: KeptDetector, now: datetime) -> AlertChange | None:
    detector, state = one.detector, _drift_state(alerts, one)
    status = next_status(state, one.reading(state.status), now, timedelta())
    if status is None:
        return None
    change = AlertChange(
        alert_id=state.alert_id, number=state.changes + 1, alert=_drift_name(one),
        metric=one.metric, subject=one.subject, status=status, value=detector.recent_mean,
        threshold=detector.threshold, baseline=detector.usual_mean, samples=detector.count, at=now,
    )  # fmt: skip
    return change if alerts.change(change) else None
