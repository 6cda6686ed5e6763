"""Executions reach the monitor: from an executor as they end, and from the service's database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.monitoring import RealTimeMonitor
from lakegloss.serving import ExecutionResult, observer_of
from lakegloss.serving.api.database.schema import EXECUTIONS
from lakegloss.serving.api.database.store import opened
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.watch import database_events as reading
from lakegloss.serving.watch.alert_loop import AlertLoop


def result(number: int, **given: Any) -> ExecutionResult:
    metadata = {
        "mode": "normal", "model": "m", "program_version": "v", "cached": False,
        "usage": {"input_tokens": 3, "output_tokens": 4, "estimated": False},
    }  # fmt: skip
    metadata |= given.pop("metadata", {})
    values = {
        "success": True, "outputs": {"text": "x"}, "error": "", "execution_time": 0.25,
        "program_name": "mail", "execution_id": f"e{number}", "metadata": metadata,
    }  # fmt: skip
    return ExecutionResult(**{**values, **given})


def test_an_observer_tells_the_monitor() -> None:
    monitor = RealTimeMonitor()
    observe = observer_of(monitor, variant="A", quality=lambda found: len(found["text"]) / 2)
    observe(result(1), {})
    observe(result(2, metadata={"cached": True}, execution_time=0.0), {})
    observe(result(3, success=False, outputs={}, error="EndpointError: 5 tries"), {})
    observe(result(4, metadata={"mode": "dry_run"}), {})
    observe(result(1), {})
    found = monitor.get_current_performance()["A_m"]
    assert found["sample_size"] == 3
    assert found["stats"]["latency_mean"] == 250  # a cached result has no time of its own
    assert found["stats"]["quality_mean"] == 0.5
    assert found["errors"] == {"EndpointError": 1}


def row(number: int, at: datetime, **given: Any) -> dict[str, Any]:
    values = {
        "execution_id": f"e{number:03}", "request_id": "r", "key_name": "k", "program": "mail",
        "program_version": "v", "mode": "normal", "model": "m", "success": True, "error": "",
        "input_keys": [], "outputs": {}, "inputs": None, "input_tokens": 1, "output_tokens": 1,
        "execution_time": 0.1, "ended_at": at, "carried": False,
    }  # fmt: skip
    return {**values, **given}


def test_the_database_is_read_in_parts_and_by_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 4)
    engine, now = opened(f"sqlite:///{tmp_path / 'x.db'}"), datetime.now(UTC)
    rows = [row(n, now - timedelta(seconds=(n * 7) % 5)) for n in range(23)]  # equal times
    with engine.begin() as connection:
        connection.execute(insert(EXECUTIONS), rows)
    found = list(reading.database_events(engine, now - timedelta(hours=1), lambda a, b: a + b))
    assert sorted(one.event_id for one in found) == sorted(r["execution_id"] for r in rows)
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert {one.cost for one in found} == {2}
    engine.dispose()


def test_the_service_tells_of_its_alerts_once_and_shows_them(tmp_path: Path) -> None:
    engine, now = opened(f"sqlite:///{tmp_path / 'x.db'}"), datetime.now(UTC)
    with engine.begin() as connection:
        rows = [row(n, now, success=False, error="E") for n in range(12)]
        connection.execute(insert(EXECUTIONS), rows)
    metrics, told = Metrics(), []
    config = AlertConfig(metric_name="success_rate", threshold=0.9, comparison="less_than")
    loops = [
        AlertLoop(
            engine, [config], {"log": lambda change_id, _: told.append(change_id) or ""},
            show=lambda firing: metrics.show_alerts(
                (one.alert, one.subject.program, one.subject.variant, one.subject.model)
                for one in firing
            ),
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [len(loop.round()) for loop in (*loops, *loops)] == [1, 0, 0, 0]
    assert len(told) == 1
    assert b'lakegloss_alert_firing{alert="success_rate below 0.9 in 5 min"' in metrics.text()
    for loop in loops:
        loop.start()
        loop.close()
    engine.dispose()
