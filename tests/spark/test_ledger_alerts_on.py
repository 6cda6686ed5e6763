"""A ledger of alerts tells which are on."""

from datetime import UTC, datetime
from typing import Any

from pyspark.sql import SparkSession

from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.events import Subject
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.monitoring.ledger_alerts import LedgerAlerts
from lakegloss.settings import load_settings


def test_alerts_of_a_ledger_that_are_on(classic: SparkSession, gloss: str) -> None:
    ledgers = Ledgers(classic, load_settings(environ={}, schema_name=gloss))
    alerts = LedgerAlerts(ledgers)
    assert alerts.firing() == []

    def change(alert_id: str, number: int, status: AlertStatus) -> AlertChange:
        facts: dict[str, Any] = {"value": 0.5, "threshold": 0.9, "baseline": None, "samples": 20}
        return AlertChange(
            alert_id=alert_id, number=number, alert="success_rate below 0.9 in 5 min",
            metric="success_rate", subject=Subject("mail", "v1", "", "m"), status=status,
            at=datetime(2026, 1, 1, 12, number, tzinfo=UTC), **facts,
        )  # fmt: skip

    began = change("one", 1, AlertStatus.FIRING)
    for made in (
        began,
        change("two", 1, AlertStatus.FIRING),
        change("two", 2, AlertStatus.QUIET),
    ):
        assert alerts.change(made)
    assert alerts.firing() == [began]
    assert LedgerAlerts(ledgers).firing() == [began]
