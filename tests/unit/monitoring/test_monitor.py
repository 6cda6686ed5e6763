"""The monitor in memory: figures of the last minutes, alerts once, the decorator, feedback."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lakegloss.errors import InputError
from lakegloss.monitoring import (
    AlertConfig,
    PerformanceFeedbackCollector,
    PerformanceMetrics,
    RealTimeMonitor,
    default_alerts,
    monitor_performance,
)

START = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


def metrics(clock: Clock, **given: Any) -> PerformanceMetrics:
    values: dict[str, Any] = {
        "variant": "A", "model": "3b", "timestamp": clock(), "latency_ms": 100.0, "success": True,
    }  # fmt: skip
    return PerformanceMetrics(**{**values, **given})


def watched(clock: Clock) -> tuple[RealTimeMonitor, list[dict[str, Any]]]:
    monitor, told = RealTimeMonitor(window_size_minutes=60, clock=clock), []
    monitor.add_alert_callback(told.append)
    return monitor, told


def test_figures_of_the_last_minutes_by_variant_and_model() -> None:
    clock = Clock()
    monitor, _ = watched(clock)
    for latency in (100, 200, 300, 400):
        monitor.add_metric(metrics(clock, latency_ms=latency, quality_score=0.5))
    monitor.add_metric(metrics(clock, latency_ms=9_000, success=False, error_message="Timeout: 9"))
    monitor.add_metric(metrics(clock, variant="B_1", latency_ms=7))
    found = monitor.get_current_performance(window_minutes=10)
    assert set(found) == {"A_3b", "B_1_3b"}
    assert found["B_1_3b"]["variant"] == "B_1"  # a name with an underscore stays whole
    stats = found["A_3b"]["stats"]
    assert found["A_3b"]["sample_size"] == 5
    assert stats["latency_mean"] == 250  # failures are told by the rate, not by their time
    assert stats["success_rate"] == 0.8
    assert stats["quality_mean"] == 0.5
    assert stats["throughput"] == 0.5
    assert stats["latency_p95"] == pytest.approx(400, rel=0.01)
    assert found["A_3b"]["errors"] == {"Timeout": 1}
    assert set(monitor.get_current_performance(variant="A")) == {"A_3b"}
    assert monitor.get_current_performance(model="7b") == {}
    clock.forward(minutes=11)
    assert monitor.get_current_performance(window_minutes=10) == {}


def test_unknown_quality_is_not_bad_quality() -> None:
    clock = Clock()
    monitor, told = watched(clock)
    monitor.add_alert_config(
        AlertConfig(
            metric_name="quality_mean", threshold=0.7, comparison="less_than", min_samples=2
        )
    )
    for _ in range(30):
        monitor.add_metric(metrics(clock))
    monitor.add_metric(metrics(clock, quality_score=0.1))
    assert told == []  # one known score among 31 calls is too few
    stats = monitor.get_current_performance()["A_3b"]["stats"]
    assert stats["quality_mean"] == pytest.approx(0.1)
    monitor.add_metric(metrics(clock, quality_score=0.1))
    assert len(told) == 1


def test_an_alert_is_told_once_and_ends_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    monitor, told = watched(clock)
    monitor.add_alert_config(
        AlertConfig(metric_name="latency_mean", threshold=5000, comparison="greater_than")
    )
    for _ in range(9):
        monitor.add_metric(metrics(clock, latency_ms=6_000))
    assert told == []
    for _ in range(20):
        monitor.add_metric(metrics(clock, latency_ms=6_000))
    assert [change["status"] for change in told] == ["firing"]
    assert told[0]["current_value"] == 6_000
    assert "began for A · 3b: latency mean is 6000" in caplog.text
    assert told[0]["alert_config"]["threshold"] == 5000
    clock.forward(minutes=6)
    for _ in range(20):
        monitor.add_metric(metrics(clock, latency_ms=100))
    assert [change["status"] for change in told] == ["firing", "quiet"]
    assert told[1]["change_id"] != told[0]["change_id"]


def test_no_data_ends_no_alert() -> None:
    """Others tell "resolved" when an outage stops the data of a firing alert."""
    clock = Clock()
    monitor, told = watched(clock)
    monitor.add_alert_config(
        AlertConfig(metric_name="success_rate", threshold=0.9, comparison="less_than")
    )
    for _ in range(10):
        monitor.add_metric(metrics(clock, success=False))
    clock.forward(minutes=30)
    monitor.check_alerts()
    assert [change["status"] for change in told] == ["firing"]
    assert monitor.check_health()["silent"] == ["A · 3b"]
    assert not monitor.check_health()["healthy"]


def test_a_figure_at_its_bound_does_not_flap() -> None:
    clock = Clock()
    monitor, told = watched(clock)
    monitor.add_alert_config(
        AlertConfig(metric_name="latency_mean", threshold=5_000, window_minutes=1, min_samples=1)
    )
    for number in range(200):
        clock.forward(minutes=1)
        monitor.add_metric(metrics(clock, latency_ms=5_001 if number % 2 else 4_999))
    assert [change["status"] for change in told] == ["firing"]


def test_a_change_without_a_baseline_is_none() -> None:
    clock = Clock()
    monitor, told = watched(clock)
    monitor.add_alert_config(
        AlertConfig(metric_name="success_rate", threshold=0.1, comparison="absolute_change")
    )
    for _ in range(20):
        monitor.add_metric(metrics(clock))
    assert told == []
    monitor.set_baseline_metrics({"A_3b_success_rate": 0.6, "success_rate": 1.0})
    monitor.add_metric(metrics(clock))
    assert told[0]["baseline_value"] == 0.6
    monitor.add_metric(metrics(clock, variant="B"))
    assert len(told) == 1


def test_repeated_late_and_future_events_change_nothing() -> None:
    clock = Clock()
    monitor, _ = watched(clock)
    assert monitor.add_metric(metrics(clock, metric_id="1"))
    assert not monitor.add_metric(metrics(clock, metric_id="1", latency_ms=9.0))
    assert not monitor.add_metric(metrics(clock, timestamp=clock() + timedelta(days=365)))
    assert not monitor.add_metric(metrics(clock, timestamp=clock() - timedelta(hours=2)))
    assert monitor.add_metric(metrics(clock, timestamp=clock() - timedelta(minutes=3)))
    assert monitor.get_current_performance()["A_3b"]["sample_size"] == 2
    assert monitor.check_health()["refused"] == {"repeated": 1, "late": 1, "future": 1}


def test_a_callback_that_fails_costs_nobody_else() -> None:
    clock = Clock()
    monitor, told = RealTimeMonitor(clock=clock), []
    monitor.add_alert_callback(lambda _: 1 / 0)
    monitor.add_alert_callback(told.append)
    monitor.add_alert_config(AlertConfig(metric_name="latency_mean", threshold=1, min_samples=1))
    monitor.add_metric(metrics(clock))
    assert len(told) == 1


def test_threads_tell_one_change_once() -> None:
    clock = Clock()
    monitor, told = watched(clock)
    monitor.add_alert_config(AlertConfig(metric_name="latency_mean", threshold=1, min_samples=1))
    threads = [
        threading.Thread(target=lambda: [monitor.add_metric(metrics(clock)) for _ in range(100)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert monitor.get_current_performance()["A_3b"]["sample_size"] == 800


def test_the_thread_of_a_monitor_checks_and_ends() -> None:
    clock = Clock()
    monitor, _ = watched(clock)
    checked = threading.Event()
    monitor.cleanup = checked.set  # type: ignore[method-assign]
    monitor.start_monitoring(check_interval_seconds=0.01)
    monitor.start_monitoring()
    assert checked.wait(5)
    monitor.stop_monitoring()
    assert not monitor.monitoring_active


@pytest.mark.parametrize(
    "fields",
    [
        {"metric_name": "latncy", "threshold": 1.0},
        {"metric_name": "latency_mean", "threshold": float("nan")},
        {"metric_name": "latency_mean", "threshold": 1.0, "comparison": ">"},
        {"metric_name": "latency_mean", "threshold": 1.0, "window_minutes": 0},
        {"metric_name": "latency_mean", "threshold": 1.0, "min_samples": 0},
    ],
)
def test_an_alert_of_no_use_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        AlertConfig(**fields)


def test_defaults_are_the_documents() -> None:
    plain = AlertConfig(metric_name="latency_mean", threshold=5000, comparison="greater_than")
    assert (plain.window_minutes, plain.min_samples) == (5, 10)
    assert plain == default_alerts()[0]
    names = [
        (a.metric_name, a.threshold, a.window_minutes, a.min_samples) for a in default_alerts()
    ]
    assert names == [
        ("latency_mean", 5_000, 5, 10), ("success_rate", 0.9, 5, 10), ("quality_mean", 0.7, 10, 20),
    ]  # fmt: skip
    with pytest.raises(InputError):
        PerformanceMetrics(variant="A", model="3b", latency_ms=float("nan"))


def test_the_decorator_passes_on_what_happens() -> None:
    monitor = RealTimeMonitor()

    @monitor_performance(lambda text, **_: f"v{text}", monitor=monitor)
    def answer(text: str, *, model: str = "7b") -> dict[str, Any]:
        if text == "bad":
            raise ValueError(text)
        return {"quality_score": 0.9, "model": model}

    @monitor_performance("async", monitor=monitor, model="3b")
    async def answer_later() -> int:
        await asyncio.sleep(0)
        return 7

    assert answer("1", model="7b")["quality_score"] == 0.9
    with pytest.raises(ValueError, match="bad"):
        answer("bad", model="7b")
    assert asyncio.run(answer_later()) == 7
    found = monitor.get_current_performance()
    assert found["v1_7b"]["stats"]["quality_mean"] == pytest.approx(0.9)
    assert found["vbad_7b"]["stats"]["success_rate"] == 0
    assert found["vbad_7b"]["errors"] == {"ValueError": 1}
    assert found["async_3b"]["sample_size"] == 1


def test_feedback_says_which_variant_needs_work() -> None:
    clock = Clock()
    monitor = RealTimeMonitor(clock=clock)
    collector = PerformanceFeedbackCollector(monitor, clock=clock)
    collector.collect_feedback("A", "3b", 0.9)
    collector.collect_feedback("B", "3b", {"rating": 4, "issues": ["hallucination", "colour"]})
    first = collector.collect_feedback("C", "3b", {"helpful": False}, {"page": 1}, feedback_id="f")
    again = collector.collect_feedback("C", "3b", 1.0, feedback_id="f")
    assert again == first
    found = collector.get_optimization_candidates()
    assert [(one["variant"], one["reason"]) for one in found] == [
        ("C", "negative_feedback"), ("B", "issue_hallucination"),
    ]  # fmt: skip
    stats = monitor.get_current_performance()["B_3b"]["stats"]
    assert stats["feedback_mean"] == 0.75
    assert stats["success_rate"] is None
    collector.clear_candidates()
    assert collector.get_optimization_candidates() == []
    for wrong in (1.5, {"rating": 6}, {"score": "good"}):
        with pytest.raises(InputError):
            collector.collect_feedback("A", "3b", wrong)
