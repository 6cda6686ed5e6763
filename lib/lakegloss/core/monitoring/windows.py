"""Sums the events of one minute up: counts and sums that can be merged in any order.

Sums are whole numbers of a small unit, so that the order of events and of merges changes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lakegloss.core.monitoring.events import Event, EventKind
from lakegloss.core.monitoring.quantiles import QuantileSketch

MOST_ERRORS, OTHER_ERRORS = 20, "(others)"
_UNIT = 1_000_000
_COUNTS = (
    "calls", "failures", "timed", "latency", "rated", "quality", "judged", "opinion", "proposals",
    "unusable", "input_tokens", "output_tokens", "priced", "cost",
)  # fmt: skip


class Window:
    """The sums of some events. Each sum stands beside the number of events that it is over.

    Attributes:
        calls, failures: executions and responses, and those that failed.
        timed, latency: calls that succeeded and have a latency, and its sum in microseconds.
        rated, quality: events whose quality is known, and its sum in millionths.
        judged, opinion: events of which people said something, and its sum in millionths.
        proposals, unusable: proposals, and those without a text to apply.
        priced, cost: events with a price, and its sum in millionths of a dollar.
        latencies: of the calls in `timed`, in milliseconds.
        errors: failures by kind, the first kinds by name.
    """

    __slots__ = (*_COUNTS, "errors", "latencies")

    def __init__(self) -> None:
        self.calls = self.failures = self.timed = self.latency = 0
        self.rated = self.quality = self.judged = self.opinion = 0
        self.proposals = self.unusable = self.input_tokens = self.output_tokens = 0
        self.priced = self.cost = 0
        self.latencies = QuantileSketch()
        self.errors: dict[str, int] = {}

    def add(self, event: Event) -> None:
        """Count one event."""
        if event.kind.is_call:
            self._add_call(event)
        elif event.kind is EventKind.PROPOSAL:
            self.proposals += 1
            self.unusable += event.success is False
        if event.quality is not None:
            self.rated += 1
            self.quality += round(event.quality * _UNIT)
        if event.opinion is not None:
            self.judged += 1
            self.opinion += round(event.opinion * _UNIT)
        if event.cost is not None:
            self.priced += 1
            self.cost += round(event.cost * _UNIT)

    def _add_call(self, event: Event) -> None:
        self.calls += 1
        self.input_tokens += event.input_tokens
        self.output_tokens += event.output_tokens
        if event.success is False:
            self.failures += 1
            self._count_error(event.error or "error", 1)
        elif event.latency_ms is not None:
            self.timed += 1
            self.latency += round(event.latency_ms * 1_000)
            self.latencies.add(event.latency_ms)

    def merge(self, other: "Window") -> None:
        """Add what another window counted."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latencies.merge(other.latencies)
        for kind, times in other.errors.items():
            self._count_error(kind, times)

    def add_sums(self, other: "Window") -> None:
        """Like `merge`, without the distribution of latencies and the kinds of errors: faster."""
        self.calls += other.calls
        self.failures += other.failures
        self.timed += other.timed
        self.latency += other.latency
        self.rated += other.rated
        self.quality += other.quality
        self.judged += other.judged
        self.opinion += other.opinion
        self.proposals += other.proposals
        self.unusable += other.unusable
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.priced += other.priced
        self.cost += other.cost

    def _count_error(self, kind: str, times: int) -> None:
        known = kind in self.errors or len(self.errors) < MOST_ERRORS
        kind = kind if known else OTHER_ERRORS
        self.errors[kind] = self.errors.get(kind, 0) + times

    def as_json(self) -> str:
        """As a row keeps it; the same sums make the same text."""
        counts = {name: getattr(self, name) for name in _COUNTS if getattr(self, name)}
        kept = {**counts, "latencies": self.latencies.as_json(), "errors": self.errors}
        return json.dumps(kept, sort_keys=True, separators=(",", ":"))

    @classmethod
    def of_json(cls, text: str) -> "Window":
        """The window that `as_json` wrote."""
        kept = json.loads(text)
        made = cls()
        for name in _COUNTS:
            setattr(made, name, int(kept.get(name, 0)))
        made.latencies = QuantileSketch.of_json(kept.get("latencies", {}))
        made.errors = {str(kind): int(times) for kind, times in kept.get("errors", {}).items()}
        return made


def merged(windows: Iterable[Window]) -> Window:
    """One window with the events of all."""
    whole = Window()
    for window in windows:
        whole.merge(window)
    return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured figure and the number of events that it rests on; no events, no value."""

    value: float | None
    samples: int


METRICS: Mapping[str, str] = {
    "latency_mean": "mean milliseconds of calls that succeeded",
    "latency_p50": "median milliseconds of calls that succeeded",
    "latency_p95": "95th percentile of these milliseconds",
    "latency_p99": "99th percentile of these milliseconds",
    "success_rate": "share of calls that succeeded",
    "error_rate": "share of calls that failed",
    "quality_mean": "mean quality by checks and metrics, 0 to 1",
    "feedback_mean": "mean of what people said, 0 to 1",
    "unusable_rate": "share of proposals without a usable text",
    "throughput": "calls a minute",
    "tokens_mean": "tokens a call",
    "cost_mean": "dollars a priced event",
    "sample_size": "number of calls",
}
"""The metrics of a window, and what each means."""
SHARES = frozenset({"success_rate", "error_rate", "quality_mean", "feedback_mean", "unusable_rate"})
"""Those that are from 0 to 1."""
_QUANTILES = {"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}
NEEDS_DISTRIBUTION = frozenset(_QUANTILES)


def figure_of(window: Window, metric: str, minutes: float) -> Figure:
    """One figure of a window of so many minutes.

    Raises:
        KeyError: there is no metric of that name.
    """
    if metric in _QUANTILES:
        return Figure(value=window.latencies.quantile(_QUANTILES[metric]), samples=window.timed)
    calls = window.calls
    if metric == "throughput":
        return Figure(value=calls / minutes if minutes else None, samples=calls)
    if metric == "sample_size":
        return Figure(value=float(calls), samples=calls)
    total, samples, unit = {
        "latency_mean": (window.latency, window.timed, 1_000),
        "success_rate": (calls - window.failures, calls, 1),
        "error_rate": (window.failures, calls, 1),
        "quality_mean": (window.quality, window.rated, _UNIT),
        "feedback_mean": (window.opinion, window.judged, _UNIT),
        "unusable_rate": (window.unusable, window.proposals, 1),
        "tokens_mean": (window.input_tokens + window.output_tokens, calls, 1),
        "cost_mean": (window.cost, window.priced, _UNIT),
    }[metric]
    return Figure(value=total / samples / unit if samples else None, samples=samples)


def figures_of(window: Window, minutes: float) -> dict[str, float | None]:
    """All figures of a window by the names of `METRICS`; None where no event tells."""
    return {metric: figure_of(window, metric, minutes).value for metric in METRICS}
