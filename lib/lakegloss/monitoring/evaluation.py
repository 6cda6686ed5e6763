"""Compares a figure with an alert's bound, and keeps the change where there is one."""

from datetime import datetime, timedelta

from lakegloss.core.monitoring.alert_rules import AlertConfig, AlertReading
from lakegloss.core.monitoring.alert_states import AlertChange, alert_id, next_status
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.windows import Figure
from lakegloss.monitoring.alert_memory import AlertStore


def evaluate_alert(
    store: AlertStore,
    config: AlertConfig,
    subject: Subject,
    figure: Figure,
    baseline: float | None,
    now: datetime,
    *,
    is_past: bool = False,
    known_as: str = "",
) -> AlertChange | None:
    """The change of an alert that this call made; None where nothing changed or another did it.

    Args:
        is_past: whether `now` is an earlier minute that is looked at again: what was found before
            the alert's last change is in its state already.
        known_as: the id under which it began, if its threshold was another one then.
    """
    enough = figure.samples >= config.min_samples
    reading = config.reading(figure.value, baseline) if enough else AlertReading.UNKNOWN
    if reading is AlertReading.UNKNOWN:
        return None
    state = store.state(known_as or alert_id(config.name, subject))
    if is_past and state.since is not None and now <= state.since:
        return None
    status = next_status(state, reading, now, timedelta(minutes=config.window_minutes))
    if status is None:
        return None
    change = AlertChange(
        alert_id=state.alert_id,
        number=state.changes + 1,
        alert=config.name,
        metric=config.metric_name,
        subject=subject,
        status=status,
        value=figure.value,
        threshold=config.threshold,
        baseline=baseline,
        samples=figure.samples,
        at=now,
    )
    return change if store.change(change) else None
