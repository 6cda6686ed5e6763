"""Watches every call of a function: a decorator, and the monitor that a process shares."""

import functools
import inspect
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

from lakegloss.monitoring.monitor import RealTimeMonitor
from lakegloss.monitoring.performance import PerformanceMetrics

Given = ParamSpec("Given")
Returned = TypeVar("Returned")
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
        def told(start: float, error: BaseException | None, result: Any, given: Any) -> None:
            args, kwargs = given
            quality = result.get("quality_score") if isinstance(result, Mapping) else None
            (monitor or get_global_monitor()).add_metric(
                PerformanceMetrics(
                    variant=variant(*args, **kwargs) if callable(variant) else variant,
                    model=str(kwargs.get("model", model)),
                    latency_ms=(time.perf_counter() - start) * 1_000,
                    success=error is None,
                    quality_score=quality,
                    error_message=None if error is None else type(error).__name__,
                )
            )

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def watched_async(*args: Given.args, **kwargs: Given.kwargs) -> Any:
                start = time.perf_counter()
                try:
                    result = await function(*args, **kwargs)
                except BaseException as error:
                    told(start, error, None, (args, kwargs))
                    raise
                told(start, None, result, (args, kwargs))
                return result

            return cast("Callable[Given, Returned]", watched_async)

        @functools.wraps(function)
        def watched(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
            start = time.perf_counter()
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                told(start, error, None, (args, kwargs))
                raise
            told(start, None, result, (args, kwargs))
            return result

        return watched

    return decorate
