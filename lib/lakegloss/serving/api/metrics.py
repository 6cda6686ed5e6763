"""Counts what the service does, for Prometheus."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """Counters of one service; labels are of bounded number: routes and known programs."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "lakegloss_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "lakegloss_http_request_seconds",
            "Seconds from a request to its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.executions = Counter(
            "lakegloss_executions",
            "Executions of programs.",
            ("program", "success"),
            registry=self._registry,
        )
        self.tokens = Counter(
            "lakegloss_tokens", "Tokens of the model.", ("direction",), registry=self._registry
        )
        self.shadow = Counter(
            "lakegloss_shadow",
            "Requests that a challenger was to answer in the shadow, by what became of them.",
            ("outcome",),
            registry=self._registry,
        )
        self.shadow_tokens = Counter(
            "lakegloss_shadow_tokens",
            "Tokens of the model for answers in the shadow.",
            ("direction",),
            registry=self._registry,
        )
        self.open = Gauge(
            "lakegloss_requests_open", "Requests that are under way.", registry=self._registry
        )
        self.alerts = Gauge(
            "lakegloss_alert_firing",
            "1 for each alert that is on (docs/production.md).",
            ("alert", "program", "variant", "model"),
            registry=self._registry,
        )

    def show_alerts(self, firing: Iterable[tuple[str, str, str, str]]) -> None:
        """Show the alerts that are on, each by alert, program, variant and model."""
        self.alerts.clear()
        for labels in firing:
            self.alerts.labels(*labels).set(1)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)
