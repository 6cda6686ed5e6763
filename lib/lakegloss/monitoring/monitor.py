"""Watches executions as they happen, in memory: figures of the last minutes, and alerts."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.book import WindowBook, minute_of
from lakegloss.core.monitoring.events import Event, Subject
from lakegloss.core.monitoring.windows import (
    NEEDS_DISTRIBUTION,
    Window,
    figure_of,
    figures_of,
)
from lakegloss.monitoring.alert_memory import AlertStore, MemoryAlerts
from lakegloss.monitoring.evaluation import evaluate_alert
from lakegloss.monitoring.performance import PerformanceMetrics

_log = logging.getLogger("lakegloss.monitoring")
SILENT_MINUTES = 5
"""A subject without a call for so many minutes counts as silent in a health check."""
AlertCallback = Callable[[dict[str, Any]], object]


class RealTimeMonitor:
    """Watches executions of one process; several threads may use it.

    Figures are of whole minutes: a window of 5 minutes is the minute under way and the four before
    it. Memory is bounded: `window_size_minutes` of windows for at most 1,000 subjects.

    Args:
        window_size_minutes: how long figures are kept, and how late an event may come.
        alerts: keeps the states of alerts; in memory by default. `DatabaseAlerts` shares them
            with other processes, and lets them survive a restart.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        window_size_minutes: int = 60,
        *,
        alerts: AlertStore | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.window_size = timedelta(minutes=window_size_minutes)
        self._clock = clock
        self._book = WindowBook(
            open_minutes=window_size_minutes, keep_minutes=window_size_minutes, clock=clock
        )
        self._alerts = MemoryAlerts() if alerts is None else alerts
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self.alert_configs: list[AlertConfig] = []
        self.alert_callbacks: list[AlertCallback] = []
        self.baseline_metrics: dict[str, float] = {}

    def add_metric(self, metrics: PerformanceMetrics) -> bool:
        """Count an execution and look at the alerts on its subject.

        Returns:
            Whether it was counted: not where it was before, or is too old or from the future.
        """
        return self.add_event(metrics.event)

    def add_event(self, event: Event) -> bool:
        """Like `add_metric`, for an event of any kind."""
        with self._lock:
            counted = self._book.add(event) == "counted"
            changes = self._changes_of(event.subject) if counted and self.alert_configs else []
        self._tell(changes)
        return counted

    def add_alert_config(self, config: AlertConfig) -> None:
        """Watch a figure of each subject; the same alert again changes nothing."""
        with self._lock:
            if config not in self.alert_configs:
                self.alert_configs.append(config)

    def add_alert_callback(self, callback: AlertCallback) -> None:
        """Call this once for each alert that begins or ends; one that fails is logged."""
        self.alert_callbacks.append(callback)

    def set_baseline_metrics(self, baseline: Mapping[str, float]) -> None:
        """Set what `absolute_change` compares with.

        Args:
            baseline: figures by `METRIC`, or by `VARIANT_MODEL_METRIC`, which counts for that
                variant on that model only. Without one, no change is an alert.
        """
        with self._lock:
            self.baseline_metrics.update(baseline)

    def get_current_performance(
        self, variant: str | None = None, model: str | None = None, window_minutes: int = 10
    ) -> dict[str, dict[str, Any]]:
        """The figures of the last minutes, by `VARIANT_MODEL`.

        A figure is None where no event tells it. `latency_mean` and percentiles are of calls that
        succeeded; percentiles are right to 1 %.

        Args:
            variant, model: only these.
        """
        with self._lock:
            now, found = minute_of(self._clock()), dict[tuple[str, str], Window]()
            for subject in self._book.subjects:
                if variant not in {None, subject.variant} or model not in {None, subject.model}:
                    continue
                window = self._book.sum_of(subject, window_minutes, now=now)
                if window.calls or window.judged or window.rated or window.proposals:
                    found.setdefault((subject.variant, subject.model), Window()).merge(window)
        return {
            f"{key[0]}_{key[1]}": {
                "variant": key[0],
                "model": key[1],
                "sample_size": window.calls,
                "window_minutes": window_minutes,
                "stats": figures_of(window, window_minutes),
                "errors": dict(window.errors),
            }
            for key, window in sorted(found.items())
        }

    def figures(self, subject: Subject, window_minutes: int = 10) -> dict[str, float | None]:
        """The figures of one subject over the last minutes."""
        with self._lock:
            return figures_of(self._book.sum_of(subject, window_minutes), window_minutes)

    def check_alerts(self) -> list[AlertChange]:
        """Look at the alerts on all subjects; returns what changed."""
        with self._lock:
            subjects = self._book.subjects
            changes = [change for subject in subjects for change in self._changes_of(subject)]
        self._tell(changes)
        return changes

    def check_health(self) -> dict[str, Any]:
        """Which subjects are silent, which alerts are on, and how many events were refused."""
        with self._lock:
            now = minute_of(self._clock())
            silent = [
                subject.title
                for subject in self._book.subjects
                if not self._book.sum_of(subject, SILENT_MINUTES, distribution=False, now=now).calls
            ]
            refused = {kind.value: count for kind, count in self._book.refused.items() if count}
        firing = [state.alert_id for state in self._alerts.states() if state.status == "firing"]
        return {
            "healthy": not silent and not firing,
            "silent": silent,
            "firing": firing,
            "refused": refused,
            "monitoring": self._thread is not None,
        }

    def cleanup(self) -> None:
        """Drop what is older than the window size."""
        with self._lock:
            self._book.clean()

    def start_monitoring(self, check_interval_seconds: float = 60) -> None:
        """Check alerts and clean up from a thread, so that alerts also end where no calls come."""
        with self._lock:
            if self._thread is not None:
                return
            self._wake.clear()
            self._thread = threading.Thread(
                target=self._watch, args=(check_interval_seconds,), daemon=True,
                name="lakegloss-monitor",
            )  # fmt: skip
            self._thread.start()

    def stop_monitoring(self) -> None:
        """End the thread."""
        thread, self._thread = self._thread, None
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(5)

    @property
    def monitoring_active(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None

    def _watch(self, seconds: float) -> None:
        while not self._wake.wait(seconds):
            with going_on(_log, "a check of alerts failed"):
                self.check_alerts()
                self.cleanup()

    def _changes_of(self, subject: Subject) -> list[AlertChange]:
        now = self._clock()
        found: list[AlertChange] = []
        sums: dict[tuple[int, bool], Window] = {}
        for config in self.alert_configs:
            key = (config.window_minutes, config.metric_name in NEEDS_DISTRIBUTION)
            if key not in sums:
                sums[key] = self._book.sum_of(
                    subject, key[0], distribution=key[1], now=minute_of(now)
                )
            figure = figure_of(sums[key], config.metric_name, config.window_minutes)
            baseline = self._baseline(subject, config.metric_name)
            # Where the states cannot be reached, whoever is watched goes on; so do other alerts.
            with going_on(_log, "an alert could not be looked at"):
                change = evaluate_alert(self._alerts, config, subject, figure, baseline, now)
                found += [change] if change is not None else []
        return found

    def _baseline(self, subject: Subject, metric: str) -> float | None:
        known = self.baseline_metrics
        return known.get(f"{subject.variant}_{subject.model}_{metric}", known.get(metric))

    def _tell(self, changes: Iterable[AlertChange]) -> None:
        for change in changes:
            level = logging.WARNING if change.status is AlertStatus.FIRING else logging.INFO
            _log.log(level, "%s", ascii(change.sentence)[1:-1])
            for callback in list(self.alert_callbacks):
                with going_on(_log, "a callback of alerts failed"):
                    callback(self._told(change))

    def _told(self, change: AlertChange) -> dict[str, Any]:
        configs = {config.name: config.as_dict() for config in self.alert_configs}
        return {
            "change_id": change.change_id,
            "timestamp": change.at.isoformat(),
            "status": change.status.value,
            "variant": change.subject.variant,
            "model": change.subject.model,
            "program": change.subject.program,
            "alert_config": configs.get(change.alert, {}),
            "current_value": change.value,
            "baseline_value": change.baseline,
            "sample_size": change.samples,
            "message": change.sentence,
        }
