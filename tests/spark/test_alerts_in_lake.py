"""Alerts of a job that has a lake and no database: one notice a change, whoever runs beside it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.cli.production.making_rounds import lake_only_round
from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus, alert_id
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.notices import CLAIM
from lakegloss.core.monitoring.overview import alerts_shown
from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.rollout_steps import RolloutRow, RolloutRules
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.statements import latest_name
from lakegloss.lakehouse.ledgers.tables import (
    ALERT_NOTICES,
    ALERTS,
    EXECUTIONS,
    PERFORMANCE,
    ROLLOUTS,
)
from lakegloss.lakehouse.monitoring.ledger_alerts import LedgerAlerts, row_of
from lakegloss.lakehouse.monitoring.ledger_notices import LedgerOutbox
from lakegloss.lakehouse.monitoring.ledger_states import LedgerStates
from lakegloss.lakehouse.monitoring.standing_of_lake import alerts_of_lake, notices_of_lake
from lakegloss.release.rollouts.rollout_evidence import LedgerEvidence
from lakegloss.release.rollouts.rollout_store import LedgerRolloutStore
from lakegloss.settings import load_settings

pytestmark = [pytest.mark.spark, pytest.mark.soak, pytest.mark.one_kind("classic")]
SUBJECT = Subject(program="mail", program_version="v1", model="m")


def executions(now: datetime, count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {
            "execution_id": f"e{number}", "request_id": "r", "key_name": "k", "program": "mail",
            "program_version": "v1", "mode": "normal", "model": "m", "success": False,
            "error": "EndpointError: ann@example.com", "input_keys": [], "outputs": "{}",
            "input_tokens": 1, "output_tokens": 1, "execution_time": 0.1,
            "ended_at": now - timedelta(seconds=2), "inputs": "", "variant": "", "unit": "",
            "error_type": "EndpointError",
        }  # fmt: skip


def change_of(number: int, status: AlertStatus, at: datetime, name: str = "slow") -> AlertChange:
    return AlertChange(
        alert_id=alert_id(name, SUBJECT), number=number, alert=name, metric="latency_mean",
        subject=SUBJECT, status=status, value=9.0, threshold=5.0, baseline=None, samples=12, at=at,
    )  # fmt: skip


def test_a_change_is_told_once_by_overlapping_runs(
    spark: SparkSession, gloss: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = load_settings(environ={}, home=tmp_path, schema_name=gloss)
    ledgers, now = Ledgers(spark, settings), datetime.now(UTC)
    ledgers.ensure_more(EXECUTIONS)
    ledgers.append(EXECUTIONS, executions(now, 12))
    with caplog.at_level(logging.INFO, "lakegloss.alerts"):
        done = [lake_only_round(spark, settings, 1.0) for _ in range(2)]
    assert [len(one.changes) for one in done] == [1, 0]
    assert [one.notices for one in done] == [{"sent": 1}, {}]
    told = [r.getMessage() for r in caplog.records if r.name == "lakegloss.alerts"]
    assert len(told) == 1
    assert "success_rate below 0.9" in told[0]
    assert "ann@example.com" not in told[0]
    # What the dashboard reads is there after a round, though nothing was rolled out.
    for ledger in (PERFORMANCE, ALERTS, ROLLOUTS):
        assert spark.catalog.tableExists(f"{gloss}.{latest_name(ledger)}"), ledger.name
    # The status shows what no database knows.
    firing, _ = alerts_shown(alerts_of_lake(spark, settings), most=9)
    assert [one.sentence in told[0] for one in firing] == [True]
    assert notices_of_lake(spark, settings) == {"sent": 1}

    # Two runs at the same time: both saw a quiet alert, one of them changes it.
    one, other = (LedgerAlerts(ledgers, ("hook",), holder=name) for name in "ab")
    began = change_of(1, AlertStatus.FIRING, now)
    assert (one.state(began.alert_id).changes, other.state(began.alert_id).changes) == (0, 0)
    assert (one.change(began), other.change(began)) == (True, False)
    assert other.state(began.alert_id).status is AlertStatus.FIRING
    # The first dies before it tells; the second run tells of it, once.
    clock, sent = [now], list[str]()

    def killed(change_id: str, body: str) -> str:
        raise KeyboardInterrupt

    def hook(change_id: str, body: str) -> str:
        sent.append(change_id)
        return ""

    with pytest.raises(KeyboardInterrupt):
        LedgerOutbox(ledgers, {"hook": killed}, clock=lambda: clock[0]).send_waiting()
    boxes = [LedgerOutbox(ledgers, {"hook": hook}, clock=lambda: clock[0]) for _ in range(2)]
    assert boxes[0].send_waiting() == {}, "the first may be at it still"
    clock[0] += CLAIM + timedelta(seconds=1)
    seen = boxes[1]._waiting()  # noqa: SLF001 - what it saw before the other sent
    assert boxes[0].send_waiting() == {"sent": 1}
    assert [boxes[1]._sent(notice) for notice in seen] == [None]  # noqa: SLF001
    assert sent == [began.change_id]

    # Rows that a database's monitor copied are not told again, and go on to be counted.
    copied = change_of(1, AlertStatus.FIRING, now, name="copied")
    ledgers.append(ALERTS, [row_of(copied)])
    assert LedgerAlerts(ledgers).state(copied.alert_id).changes == 1
    assert LedgerOutbox(ledgers, {"hook": hook, "log": hook}).send_waiting() == {}

    # A restored table remembers numbers of rows that are gone: an alert must not end there.
    lost = change_of(1, AlertStatus.FIRING, now, name="restored")
    ledgers.append_once(ALERTS, row_of(copied), app=f"lakegloss alert {lost.alert_id}", number=50)
    assert LedgerAlerts(ledgers, ("hook",)).change(lost)

    states = [LedgerStates(ledgers, holder=name) for name in "ab"]
    assert states[0].first_round() is not None
    until = now + timedelta(minutes=5)
    states[0].end_round(until)
    states[1].end_round(now + timedelta(minutes=1))
    assert LedgerStates(ledgers).last_round() == until, "it never goes back"
    assert ledgers.read(ALERT_NOTICES).where("error <> ''").count() == 0

    check_evidence(ledgers, datetime.now(UTC))


def check_evidence(ledgers: Ledgers, now: datetime) -> None:
    """Calls that only the challenger loses, a clock that is ahead, and an alert on it alone."""
    began, rules = now - timedelta(hours=1), RolloutRules()
    row = RolloutRow(
        row_id="r", name="n", number=1, rollout_id="one", event="start", state="running", stage=2,
        share=0.5, champion=1, challenger=2, champion_version="v1", challenger_version="v2",
        salt="s", rules=rules.as_json(), account_id="", opening=0, look=0, finding="", reason="",
        decided_by="ann", holder="", lease_until=None, stage_since=began, answered_at=None,
        at=began,
    )  # fmt: skip
    assert LedgerRolloutStore(ledgers).append(row)
    rows = []
    for number, one in enumerate(executions(now, 40)):
        side = variant_of_unit("s", f"u{number}", 0.5)
        is_new = side is Variant.CHALLENGER
        rows.append(
            one | {
                "execution_id": f"r{number}", "unit": f"u{number}", "variant": side.value,
                "program_version": "v2" if is_new else "v1", "success": not is_new,
                "error_type": "EndpointError" if is_new else "",
            }
        )  # fmt: skip
    ahead = {"success": True, "error_type": "", "ended_at": now + timedelta(hours=9)}
    new = next(one for one in rows if one["variant"] == "challenger")
    ledgers.append(EXECUTIONS, [*rows, rows[0], new | ahead | {"execution_id": "ahead"}])
    for version, name in (("v2", "dear"), ("v2", "bad"), ("v1", "bad")):
        subject = SUBJECT._replace(program_version=version)
        alert = replace(
            change_of(1, AlertStatus.FIRING, now, name=name), subject=subject,
            alert_id=alert_id(name, subject) + version,
        )  # fmt: skip
        assert LedgerAlerts(ledgers).change(alert)
    found = LedgerEvidence(ledgers).gather(
        replace(row, number=2, at=now), used=frozenset(), since=began
    )
    assert (found.pairs, found.answers, found.answered_at, found.in_stage) == ([], [], None, 0)
    assert {(pair.champion, pair.challenger) for pair in found.lost} == {(1.0, 0.0)}
    assert len(found.lost) >= 10
    assert found.alerts == ["dear"]  # "slow", above, is on for the champion
