"""Rounds of a monitor: late events are not lost, old news is not told, and nothing twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from lakegloss.core.monitoring.alert_rules import AlertConfig, AlertReading
from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.detectors import KeptDetector
from lakegloss.core.monitoring.events import Event, EventKind, Subject
from lakegloss.monitoring import PerformanceMetrics, RealTimeMonitor, monitor_performance
from lakegloss.monitoring.alert_memory import MemoryAlerts
from lakegloss.monitoring.alert_rows.alert_tables import MONITOR_STATES
from lakegloss.monitoring.alert_rows.database_alerts import DatabaseAlerts
from lakegloss.monitoring.alert_rows.monitor_states import DatabaseStates
from lakegloss.monitoring.alert_rows.outbox import Outbox
from lakegloss.monitoring.rounds import make_round
from lakegloss.serving.api.database.store import opened

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FAILING = AlertConfig(metric_name="success_rate", threshold=0.9, comparison="less_than")
SUBJECT = Subject(program="mail", program_version="v1", model="m")


def events(
    at: datetime, count: int, *, success: bool = True, quality: float | None = None
) -> list[Event]:
    return [
        Event(
            event_id=f"{at:%d%H%M} {n:05}", kind=EventKind.EXECUTION,
            at=at + timedelta(milliseconds=n), subject=SUBJECT, success=success, quality=quality,
        )
        for n in range(count)
    ]  # fmt: skip


class Bench:
    """A database, and rounds over whatever events are there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.alerts, self.states = DatabaseAlerts(engine), DatabaseStates(engine)
        self.there: list[Event] = []

    def round(self, minutes: float, **given: Any) -> list[str]:
        now = START + timedelta(minutes=minutes)
        told = make_round(
            sorted(self.there, key=lambda one: (one.at, one.event_id)), self.alerts, self.states,
            given.pop("configs", [FAILING]), now=now, **{"drift_items": 0, **given},
        )  # fmt: skip
        return [f"{one.alert.split()[0]} {one.status.value}" for one in told.changes]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    engine = opened(f"sqlite:///{tmp_path / 'x.db'}")
    yield Bench(engine)
    engine.dispose()


def test_events_that_come_after_their_round_are_looked_at(bench: Bench) -> None:
    """A job carries the service's executions an hour later, after the monitor's round."""
    assert bench.round(0) == []
    bench.there += events(START + timedelta(minutes=70), 20)
    assert bench.round(90) == []
    bench.there += events(START + timedelta(minutes=40), 20, success=False)
    assert bench.round(150) == ["success_rate firing", "success_rate quiet"]
    assert bench.round(151) == []
    assert bench.round(210) == [], "and each once"


def test_what_was_bad_before_the_first_round_is_no_news(bench: Bench) -> None:
    bench.there += events(START - timedelta(minutes=30), 20, success=False)
    assert bench.round(0) == []
    assert bench.round(5) == []


def test_a_state_of_an_earlier_version_tells_no_old_news(bench: Bench) -> None:
    with bench.engine.begin() as connection:
        kept = {"name": "round", "position": START.isoformat(), "state": "{}"}
        connection.execute(insert(MONITOR_STATES).values(kept))
    bench.there += events(START - timedelta(minutes=30), 20, success=False)
    assert bench.round(5) == []
    assert bench.states.first_round() == START


def test_a_window_that_was_not_read_whole_says_nothing(bench: Bench) -> None:
    """Events were read from the middle of a bad time on: what is left looks well."""
    bench.round(0)
    bench.there += events(START + timedelta(minutes=10), 30, success=False)
    assert bench.round(11) == ["success_rate firing"]
    bench.there = events(START + timedelta(minutes=21), 30)
    since = START + timedelta(minutes=20, seconds=30)
    assert bench.round(23, since=since) == ["success_rate quiet"], "the present one is told"
    other = AlertConfig(
        metric_name="sample_size", threshold=5, comparison="less_than", min_samples=1
    )
    bench.there = events(START + timedelta(minutes=31), 3)
    assert bench.round(60, since=START + timedelta(minutes=31), configs=[other]) == []


LOWER = AlertConfig(metric_name="success_rate", threshold=0.6, comparison="less_than")
HIGHER = AlertConfig(metric_name="success_rate", threshold=0.95, comparison="less_than")
WIDER = AlertConfig(
    metric_name="success_rate", threshold=0.6, comparison="less_than", window_minutes=30
)


class Failing:
    """A program of which each minute a share of 20 events succeeds, watched in rounds."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.minute = bench, 0
        bench.round(0)

    def until(self, minute: int, share: float, config: AlertConfig = FAILING) -> list[str]:
        """What the round of a minute tells, after such events in the minutes before it."""
        for passed in range(self.minute + 1, minute):
            made = events(START + timedelta(minutes=passed), 20)
            self.bench.there += [
                replace(one, success=place < 20 * share) for place, one in enumerate(made)
            ]
        self.minute = minute - 1
        return self.bench.round(minute, configs=[config])

    @property
    def on(self) -> list[str]:
        return [one.alert for one in self.bench.alerts.firing()]


def test_an_alert_that_is_on_is_judged_by_the_threshold_of_today(bench: Bench) -> None:
    failing = Failing(bench)
    assert failing.until(10, 0.7) == ["success_rate firing"]
    assert failing.until(20, 0.7, HIGHER) == [], "it is on: that is no news"
    assert failing.on == [FAILING.name]
    assert failing.until(21, 0.7, LOWER) == ["success_rate quiet"]
    assert failing.on == []
    assert failing.until(22, 0.7, LOWER) == [], "told once"
    assert failing.until(38, 0.7, HIGHER) == ["success_rate firing"]
    assert failing.on == [HIGHER.name]
    assert failing.until(39, 0.7) == []


def test_an_edited_alert_that_ended_begins_again_as_a_new_one(bench: Bench) -> None:
    failing = Failing(bench)
    assert failing.until(10, 0.7) == ["success_rate firing"]
    assert failing.until(20, 0.7, LOWER) == ["success_rate quiet"]
    assert failing.until(40, 0.2, LOWER) == ["success_rate firing"]
    assert failing.on == [LOWER.name]
    assert failing.until(50, 0.2, LOWER) == []


def test_an_alert_without_events_stays_on_whatever_its_threshold(bench: Bench) -> None:
    failing = Failing(bench)
    assert failing.until(3, 0.5) == ["success_rate firing"]
    assert bench.round(60, configs=[LOWER]) == [], "no data is no recovery"
    assert failing.on == [FAILING.name]


def test_an_alert_of_another_window_is_another_alert(bench: Bench) -> None:
    failing = Failing(bench)
    assert failing.until(10, 0.7) == ["success_rate firing"]
    assert failing.until(19, 0.7, WIDER) == []
    assert failing.on == [FAILING.name]


def test_an_alarm_that_is_over_by_the_end_of_its_round_is_told(bench: Bench) -> None:
    """A round of an hour saw a bad time and a good one after it."""
    bench.there += events(START, 600, quality=0.9)
    bench.there += events(START + timedelta(minutes=10), 200, quality=0.1)
    bench.there += events(START + timedelta(minutes=20), 2_000, quality=1.0)
    told = bench.round(60, drift_items=1_000, configs=[])
    assert told == ["drift firing"]
    bench.there = events(START + timedelta(minutes=70), 10, quality=1.0)
    assert bench.round(80, drift_items=1_000, configs=[]) == ["drift quiet"]


def test_an_alarm_ends_where_scores_are_as_usual_again(bench: Bench) -> None:
    """At the usual mean the evidence stays at some hundreds: it never fell to a hundredth."""
    bench.there += events(START, 600, quality=0.9)
    bench.there += events(START + timedelta(minutes=10), 30, quality=0.1)
    assert bench.round(15, drift_items=1_000, configs=[]) == ["drift firing"]
    bench.there += events(START + timedelta(minutes=20), 50, quality=0.9)
    assert bench.round(25, drift_items=1_000, configs=[]) == [], "too few to tell"
    bench.there += events(START + timedelta(minutes=30), 1_000, quality=0.9)
    assert bench.round(40, drift_items=1_000, configs=[]) == ["drift quiet"]


def test_an_alarm_survives_a_process_that_dies_in_its_round(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.there += events(START, 600, quality=0.9)
    bench.there += events(START + timedelta(minutes=10), 200, quality=0.1)

    def killed(moved: Sequence[KeptDetector]) -> frozenset[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bench.states, "keep_detectors", killed)
        with pytest.raises(KeyboardInterrupt):
            bench.round(15, drift_items=1_000)
    assert [one.alert for one in bench.alerts.firing()] == ["drift of quality_mean"]
    assert bench.round(16, drift_items=1_000) == [], "and is told once"


def test_who_saw_less_ends_no_alarm(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.there += events(START, 600, quality=0.9)
    bench.round(5, drift_items=1_000)
    everything = [*bench.there, *events(START + timedelta(minutes=10), 200, quality=0.1)]
    bench.there += events(START + timedelta(minutes=6), 3, quality=0.9)
    keep = bench.states.keep_detectors

    def meanwhile(moved: Sequence[KeptDetector]) -> frozenset[str]:
        monkeypatch.undo()
        bench.there = everything
        assert bench.round(15, drift_items=1_000) == ["drift firing"]
        return keep(moved)

    monkeypatch.setattr(bench.states, "keep_detectors", meanwhile)
    assert bench.round(14, drift_items=1_000) == []
    assert [one.alert for one in bench.alerts.firing()] == ["drift of quality_mean"]


@pytest.mark.parametrize("threshold", [1.0, 0.95, 0.5])
def test_an_alert_on_a_share_can_end(threshold: float) -> None:
    """All succeed again: with a bound of 1, no figure was ever well within it."""
    config = AlertConfig(metric_name="success_rate", threshold=threshold, comparison="less_than")
    assert config.reading(1.0, None) is AlertReading.WITHIN
    assert config.reading(threshold - 0.01, None) is AlertReading.BEYOND
    calls = AlertConfig(metric_name="throughput", threshold=0.5, comparison="less_than")
    assert calls.reading(0.52, None) is AlertReading.BETWEEN


class NoDatabase(MemoryAlerts):
    def state(self, alert_id: str) -> Any:
        raise OSError("the database is gone")


def test_a_database_that_is_gone_stops_nobody_who_is_watched() -> None:
    monitor = RealTimeMonitor(alerts=NoDatabase())
    monitor.add_alert_config(AlertConfig(metric_name="latency_mean", threshold=1, min_samples=1))
    assert monitor.add_metric(PerformanceMetrics(variant="A", model="m", latency_ms=5.0))

    class Broken(RealTimeMonitor):
        def add_event(self, event: Event) -> bool:
            raise OSError("out of memory")

    @monitor_performance("A", monitor=Broken())
    def answer(number: int) -> int:
        return 1 // number

    assert answer(1) == 1
    with pytest.raises(ZeroDivisionError):
        answer(0)


def test_a_notice_that_cannot_be_told_hides_no_other(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'y.db'}")
    alerts, now = DatabaseAlerts(engine), [START]
    for number in range(3):
        change = AlertChange(
            alert_id=f"a{number}", number=1, alert="slow", metric="latency_mean", subject=SUBJECT,
            status=AlertStatus.FIRING, value=1.0, threshold=1.0, baseline=None, samples=9, at=START,
        )  # fmt: skip
        assert alerts.change(change)
    got: list[str] = []

    def poisoned(change_id: str, body: str) -> str:
        if change_id == "a0-1":
            raise KeyError("https://chat.example.com/?token=s3cret")
        got.append(change_id)
        return ""

    box = Outbox(engine, {"log": poisoned}, clock=lambda: now[0])
    assert box.send_waiting() == {"waiting": 1}
    now[0] += timedelta(seconds=5)
    assert box.send_waiting() == {"sent": 2}
    for _ in range(10):
        now[0] += timedelta(hours=1)
        box.send_waiting()
    assert box.counts() == {"sent": 2, "failed": 1}
    assert got == ["a1-1", "a2-1"]
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT group_concat(error) FROM alert_notices").scalar()
    assert kept is not None
    assert "KeyError" in kept
    assert "s3cret" not in kept
    engine.dispose()
