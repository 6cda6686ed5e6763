"""Decides when an alert begins and ends: a state machine whose states and changes are rows."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lakegloss.core.monitoring.alert_rules import AlertReading
from lakegloss.core.monitoring.events import Subject


class AlertStatus(StrEnum):
    """Whether an alert is on."""

    QUIET = "quiet"
    FIRING = "firing"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """The state of one alert on one subject.

    Attributes:
        alert_id: see `alert_id`.
        changes: how often it changed; a change is known by this number, whoever makes it.
        since: when it last changed.
    """

    alert_id: str
    status: AlertStatus = AlertStatus.QUIET
    changes: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """One change of one alert. `alert_id` and `number` together exist once.

    Attributes:
        number: 1 for the first change of the alert.
        value: the figure that made it; samples: the events that it rests on.
        baseline: what the figure is compared with, where it is.
    """

    alert_id: str
    number: int
    alert: str
    metric: str
    subject: Subject
    status: AlertStatus
    value: float | None
    threshold: float
    baseline: float | None
    samples: int
    at: datetime

    @property
    def change_id(self) -> str:
        """A name of the change: receivers of a notice know by it what they have already."""
        return f"{self.alert_id}-{self.number}"

    @property
    def row(self) -> dict[str, Any]:
        """The change as a row of a table or a ledger."""
        return {
            "alert_id": self.alert_id,
            "number": self.number,
            "alert": self.alert,
            "metric": self.metric,
            **self.subject._asdict(),
            "status": self.status.value,
            "value": self.value,
            "threshold": self.threshold,
            "baseline": self.baseline,
            "samples": self.samples,
            "at": self.at,
        }

    @property
    def sentence(self) -> str:
        """The change in words."""
        shown = "no value" if self.value is None else f"{self.value:.4g}"
        what = "ended" if self.status is AlertStatus.QUIET else "began"
        metric = self.metric.replace("_", " ")
        return (
            f"The alert {self.alert!r} {what} for {self.subject.title}: "
            f"{metric} is {shown} over {self.samples} events."
        )


def alert_id(name: str, subject: Subject) -> str:
    """The id of an alert on a subject: the same on every machine."""
    text = "\x1f".join((name, *subject))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def next_status(
    state: AlertState, reading: AlertReading, now: datetime, hold: timedelta
) -> AlertStatus | None:
    """The status into which an alert changes, or None where it stays as it is.

    An alert begins with the first reading beyond its bound. It ends with a reading well within the
    bound, `hold` after it began at the earliest: while the events that started it are still in the
    window, a better figure shows little.
    """
    if state.status is AlertStatus.QUIET:
        return AlertStatus.FIRING if reading is AlertReading.BEYOND else None
    if reading is not AlertReading.WITHIN:
        return None
    began = state.since
    return AlertStatus.QUIET if began is None or now - began >= hold else None


def changed(state: AlertState, change: AlertChange) -> AlertState:
    """The state after a change."""
    return replace(state, status=change.status, changes=change.number, since=change.at)
