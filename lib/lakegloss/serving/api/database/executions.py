"""Converts an execution: to its row in the database, its answer to callers and its log line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from lakegloss.core.text.terminal import visible
from lakegloss.errors import (
    ExecutionTimeoutError,
)
from lakegloss.serving.api.access.keys import ApiKey
from lakegloss.serving.api.problems import api_error
from lakegloss.serving.api.schemas import Meta, Usage
from lakegloss.serving.executor.result import ExecutionResult


def with_whole_time(result: ExecutionResult, timeout: float) -> ExecutionResult:
    """A timeout tells of the seconds that were asked for, those in the queue among them."""
    if not isinstance(result.exception, ExecutionTimeoutError):
        return result
    error = ExecutionTimeoutError.after(timeout)
    return replace(result, error=error.message, exception=error)


def row_of(
    request: Request,
    key: ApiKey,
    result: ExecutionResult,
    input_keys: list[str],
    inputs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An execution as a row of the database.

    Args:
        inputs: what is kept of the inputs' values; None keeps only their names.
    """
    metadata, usage = result.metadata, result.metadata["usage"]
    return {
        "execution_id": result.execution_id,
        "request_id": request.state.request_id,
        "key_name": key.name,
        "program": visible(result.program_name)[:200],
        "program_version": metadata.get("program_version", ""),
        "mode": metadata["mode"],
        "model": metadata.get("model", "")[:200],
        "success": result.success,
        "error": visible(_message_of(result)[:4_000], lines=True),
        "input_keys": [visible(name)[:200] for name in input_keys[:100]],
        "outputs": dict(result.outputs),
        "inputs": None if inputs is None else dict(inputs),
        "input_tokens": usage["input_tokens"],
        "output_tokens": usage["output_tokens"],
        "execution_time": result.execution_time,
        "ended_at": datetime.now(UTC),
        "carried": False,
        "variant": metadata.get("variant", ""),
        "unit": metadata.get("unit", ""),
        "error_type": metadata.get("error_type", "") or _kind_of(result),
    }


def _kind_of(result: ExecutionResult) -> str:
    return "" if result.exception is None else type(result.exception).__name__


def _message_of(result: ExecutionResult) -> str:
    """The reason of a failure, as the answer gives it; further details are only in the log."""
    if result.exception is None:
        return result.error
    return api_error(result.exception).error.message


def _trace_of(result: ExecutionResult) -> dict[str, Any] | None:
    """The trace, with the kinds of failed calls in place of what an endpoint said."""
    trace = result.metadata.get("debug_trace")
    if trace is None:
        return None
    calls = [{**call, "error": call["error"].partition(": ")[0]} for call in trace["calls"]]
    return {**trace, "calls": calls}


def shape_of_input(value: Any) -> str:
    """What is logged about an input, which is never its value."""
    sized = isinstance(value, str | list | dict)
    return f"{type(value).__name__} of {len(value)}" if sized else type(value).__name__


def meta_of(result: ExecutionResult, request: Request, *, recorded: bool) -> Meta:
    """How an execution came about."""
    metadata = result.metadata
    return Meta(
        request_id=request.state.request_id,
        model=metadata.get("model", ""),
        fallback_from=list(metadata.get("fallback_from", ())),
        usage=Usage(**metadata["usage"]),
        cached=metadata["cached"],
        attempts=metadata.get("attempts", 0),
        execution_time=result.execution_time,
        program_version=metadata.get("program_version", ""),
        version=metadata.get("version", ""),
        variant=metadata.get("variant", ""),
        recorded=recorded,
        problems=list(metadata.get("problems", ())),
        debug_trace=_trace_of(result),
    )
