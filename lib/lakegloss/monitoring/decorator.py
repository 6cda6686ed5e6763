"""Watches every call of a function: a decorator, and the monitor that a process shares."""

import functools
import inspect
import logging
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from lakegloss.core.going_on import going_on
from lakegloss.core.monitoring.events import share_of
from lakegloss.monitoring.monitor import RealTimeMonitor
from lakegloss.monitoring.performance import PerformanceMetrics

Given = ParamSpec("Given")
Returned = TypeVar("Returned")
_log = logging.getLogger("lakegloss.monitoring")
_lock = threading.Lock()
_shared: list[RealTimeMonitor] = []


def get_global_monitor() -> RealTimeMonitor:
    """The monitor that all of this process may share, made by the first call."""
    with _lock:
        if not _shared:
            _shared.append(RealTimeMonitor())
        return _shared[0]


def monitor_performance(
    variant: str | Callable[..., str] = "",
    *,
    monitor: RealTimeMonitor | None = None,
    model: str = "default",
) -> Callable[[Callable[Given, Returned]], Callable[Given, Returned]]:
    """A decorator that tells a monitor of every call: its time, and whether it raised.

    What the function returns or raises is passed on. Coroutine functions are timed to their end.

    Args:
        variant: a name, or a function of the call's arguments that gives it.
        monitor: by default that of `get_global_monitor`.
        model: the name of the model where the call has no argument `model`.
    """

    def decorate(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
        def watch(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> "_Call":
            name = variant(*args, **kwargs) if callable(variant) else variant
            return _Call(monitor or get_global_monitor(), name, str(kwargs.get("model", model)))

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def watched_async(*args: Given.args, **kwargs: Given.kwargs) -> Any:
                with watch(args, kwargs) as call:
                    return call.returned(await function(*args, **kwargs))

            return cast("Callable[Given, Returned]", watched_async)

        @functools.wraps(function)
        def watched(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
            with watch(args, kwargs) as call:
                return call.returned(function(*args, **kwargs))

        return watched

    return decorate


class _Call:
    """Times one call, and tells the monitor of it at its end."""

    def __init__(self, monitor: RealTimeMonitor, variant: str, model: str) -> None:
        self._monitor = monitor
        self._variant = variant
        self._model = model
        self._quality: Any = None
        self._start = time.perf_counter()

    def returned(self, result: Returned) -> Returned:
        """Take the quality out of what the function returned."""
        if isinstance(result, Mapping):
            self._quality = result.get("quality_score")
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._start
        with going_on(_log, "a call was not counted"):  # what it returned or raised is passed on
            told = PerformanceMetrics(
                variant=self._variant,
                model=self._model,
                latency_ms=seconds * 1_000,
                success=error is None,
                quality_score=share_of(self._quality),
                error_message=None if kind is None else kind.__name__,
            )
            self._monitor.add_metric(told)
