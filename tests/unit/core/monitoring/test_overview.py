"""Which alerts a status shows, whoever looks at them."""

from datetime import UTC, datetime, timedelta

from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.overview import alerts_shown

START = datetime(2026, 1, 1, tzinfo=UTC)
ON, OFF = AlertStatus.FIRING, AlertStatus.QUIET


def change(alert: str, number: int, status: AlertStatus, minute: int) -> AlertChange:
    return AlertChange(
        alert_id=alert, number=number, alert=alert, metric="latency_mean",
        subject=Subject(program="p"), status=status, value=1.0, threshold=1.0, baseline=None,
        samples=10, at=START + timedelta(minutes=minute),
    )  # fmt: skip


def test_alerts_of_the_lake_alone_are_on_and_copies_count_once() -> None:
    slow = [change("slow", 1, ON, 1), change("slow", 2, OFF, 9)]
    database = [change("bad", 1, ON, 3)]
    lake = [*slow[:1], change("bad", 1, ON, 3), change("dear", 1, ON, 2)]
    firing, newest = alerts_shown([*database, *slow], lake, most=3)
    assert [one.alert for one in firing] == ["dear", "bad"], (
        "the copy of slow is older than its end"
    )
    assert [one.change_id for one in newest] == ["slow-2", "bad-1", "dear-1"]
    assert alerts_shown([], [], most=3) == ([], [])
