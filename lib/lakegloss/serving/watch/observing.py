"""Tells a monitor of the executions of an executor, as they end."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.monitoring.events import (
    Event,
    EventKind,
    Subject,
    error_kind,
    name_of,
    share_of,
)
from lakegloss.monitoring.monitor import RealTimeMonitor
from lakegloss.serving.executor.recording import Observer
from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult


def observer_of(
    monitor: RealTimeMonitor,
    *,
    variant: str = "",
    quality: Callable[[ExecutionResult], float | None] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Observer:
    """An observer for `DSPyPipelineExecutor(observers=[...])`.

    Dry runs and tests are no events. The time of a cached result says nothing of the program.

    Args:
        variant: the name of the variant that this executor runs.
        quality: how good a result is, 0 to 1; fast, as every execution waits for it.
    """

    def observe(result: ExecutionResult, inputs: Mapping[str, Any]) -> None:  # noqa: ARG001 - the type of observers
        metadata = result.metadata
        if metadata["mode"] in {ExecutionMode.DRY_RUN, ExecutionMode.TESTING}:
            return
        usage = metadata["usage"]
        subject = Subject(
            name_of(result.program_name),
            name_of(metadata.get("program_version")),
            name_of(metadata.get("variant") or variant),
            name_of(metadata.get("model")),
        )
        score = quality(result) if quality is not None and result.success else None
        monitor.add_event(
            Event(
                event_id=result.execution_id,
                kind=EventKind.EXECUTION,
                at=clock(),
                subject=subject,
                success=result.success,
                latency_ms=None if metadata["cached"] else result.execution_time * 1_000,
                quality=share_of(score),
                input_tokens=usage["input_tokens"],
                output_tokens=usage["output_tokens"],
                error=error_kind(result.error),
            )
        )

    return observe
