"""A ledger that is appended to without Spark is read by Spark, and both keep one order."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.release.decisions import Release
from lakegloss.lakehouse.ledgers.appending import LocalLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RELEASES
from lakegloss.lakehouse.monitoring.ledger_alerts import LedgerAlerts
from lakegloss.release.local_decisions import arrow_rows
from lakegloss.release.releases import SparkDecisions
from lakegloss.settings import load_settings

APP = "lakegloss releases lakegloss_x"


def decision(name: str) -> Release:
    return Release(
        release_id=name, name="lakegloss_x", alias="champion", version=1, action="promote",
        program="é", program_version="", measured="{}", reason="", decided_by=name,
        decided_at=datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC),
    )  # fmt: skip


def test_spark_and_a_writer_without_it_keep_one_order(
    classic: SparkSession, gloss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deltalake = pytest.importorskip("deltalake")
    ledgers = Ledgers(classic, load_settings(environ={}, schema_name=gloss))
    spark = SparkDecisions(ledgers)
    assert spark.history("lakegloss_x") == []
    place = classic.sql(f"DESCRIBE DETAIL {ledgers.name(RELEASES)}").collect()[0]["location"]
    folder = Path(unquote(urlsplit(place).path))
    local = LocalLedger(folder)

    def there() -> list[str]:
        return sorted(row.release_id for row in spark.history("lakegloss_x"))

    local.append_once(arrow_rows([decision("a")]), app=APP, number=1)
    assert spark.history("lakegloss_x") == [decision("a")], "as it was written"
    spark.append_once([decision("b")], app=APP, number=1)
    assert there() == ["a"], "Spark sees that the number is taken"
    spark.append_once([decision("c")], app=APP, number=2)
    local.append_once(arrow_rows([decision("d")]), app=APP, number=2)
    assert there() == ["a", "c"], "so does the other"

    # It opened the table before Spark decided, and writes after it.
    opened = deltalake.DeltaTable(str(folder))
    spark.append_once([decision("e")], app=APP, number=3)
    monkeypatch.setattr("lakegloss.lakehouse.ledgers.appending._opened", lambda _: opened)
    local.append_once(arrow_rows([decision("f")]), app=APP, number=3)
    assert there() == ["a", "c", "e"]
    monkeypatch.undo()
    local.append(arrow_rows([decision("g")]))
    local.append_once(arrow_rows([decision("h")]), app="another", number=1)
    spark.append([decision("i")])
    assert there() == ["a", "c", "e", "g", "h", "i"]


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
