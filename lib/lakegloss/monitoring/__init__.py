"""Watches what programs do: their speed, failures, quality and cost; and tells when that changes.

The names of `__all__` are public (docs/public.md) and imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.core.monitoring.alert_rules import AlertConfig, default_alerts
    from lakegloss.monitoring.collector import PerformanceFeedbackCollector
    from lakegloss.monitoring.decorator import get_global_monitor, monitor_performance
    from lakegloss.monitoring.monitor import RealTimeMonitor
    from lakegloss.monitoring.performance import PerformanceMetrics

__all__ = [
    "AlertConfig",
    "PerformanceFeedbackCollector",
    "PerformanceMetrics",
    "RealTimeMonitor",
    "default_alerts",
    "get_global_monitor",
    "monitor_performance",
]

_PLACES = {
    "AlertConfig": "lakegloss.core.monitoring.alert_rules",
    "PerformanceFeedbackCollector": "lakegloss.monitoring.collector",
    "PerformanceMetrics": "lakegloss.monitoring.performance",
    "RealTimeMonitor": "lakegloss.monitoring.monitor",
    "default_alerts": "lakegloss.core.monitoring.alert_rules",
    "get_global_monitor": "lakegloss.monitoring.decorator",
    "monitor_performance": "lakegloss.monitoring.decorator",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
