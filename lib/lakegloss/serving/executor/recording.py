"""Tells of executions that ended: counts and logs them, and gives them to MLflow and observers."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.serving.executor import active_run
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.serving.executor.statistics import ExecutionStatistics
from lakegloss.serving.executor.tracking import LEFT_OUT, MlflowTracker

log = logging.getLogger("lakegloss.executor")
Observer = Callable[[ExecutionResult, Mapping[str, Any]], None]
"""Called after every execution with its result and its inputs. It must return fast."""


class Recording:
    """Tells of the executions of one executor.

    Args:
        tracker: records executions as MLflow runs, if they are tracked.
    """

    def __init__(self, tracker: MlflowTracker | None, observers: Sequence[Observer]) -> None:
        self.statistics = ExecutionStatistics()
        self.tracker = tracker
        self._recorders = (active_run.record, *(() if tracker is None else (tracker,)))
        self._observers = tuple(observers)

    def ended(self, result: ExecutionResult, inputs: Any) -> ExecutionResult:
        """Tell of an execution; returns its result, which says if MLflow leaves it out."""
        usage = result.metadata["usage"]
        self.statistics.add(
            success=result.success,
            seconds=result.execution_time,
            program=result.program_name,
            cached=result.metadata["cached"],
            tokens=(usage["input_tokens"], usage["output_tokens"]),
        )
        ending = ascii(result.error[:200]) if result.error else "done"
        seconds, tokens = result.execution_time, usage["input_tokens"] + usage["output_tokens"]
        log.info(
            "%r %s in %.3f s, %d tokens: %s",
            result.program_name[:100], result.execution_id, seconds, tokens, ending,
        )  # fmt: skip
        if "debug_trace" in result.metadata:
            _log_trace(result)
        left_out = False
        for record in self._recorders:
            with going_on(log, "an execution was not recorded"):
                left_out |= not record(result, inputs)
        if left_out:
            result = replace(result, metadata={**result.metadata, LEFT_OUT: True})
        for observer in self._observers:
            with going_on(log, "an observer of executions failed"):
                observer(result, inputs)
        return result

    def close(self) -> None:
        """Wait until all is recorded, see `MlflowTracker.close`."""
        if self.tracker is not None:
            self.tracker.close()
        active_run.flush()


def _log_trace(result: ExecutionResult) -> None:
    """Log how an execution went, step by step: kinds and sizes of inputs, never their values."""
    trace, known = result.metadata["debug_trace"], result.execution_id
    shapes = ", ".join(f"{name[:40]} ({_shape(v)})" for name, v in trace["inputs"].items())
    log.info("%s inputs: %s", known, ascii(shapes)[1:-1])
    for number, call in enumerate(trace["calls"], start=1):
        sent = sum(len(message["content"]) for message in call["messages"])
        log.info(
            "%s call %d: %s, %d characters sent, %d tokens in, %d out, %d attempts, %.3f s, %s",
            known, number, ascii(call["model"]), sent, call["input_tokens"], call["output_tokens"],
            call["attempts"], call["seconds"], ascii(call["error"][:200] or call["finish_reason"]),
        )  # fmt: skip
    for number, read in enumerate(trace["parsing"], start=1):
        log.info("%s answer %d: %s", known, number, ascii(read[:200]))


def _shape(value: Any) -> str:
    sized = isinstance(value, str | list | tuple | dict)
    return f"{type(value).__name__} of {len(value)}" if sized else type(value).__name__
