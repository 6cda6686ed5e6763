"""Holds one execution while it runs, and makes its result."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lakegloss.engine.execution import Executed
from lakegloss.engine.http.secrets import SECRETS
from lakegloss.errors import LakeglossError
from lakegloss.programs.asking import Patience
from lakegloss.serving.executor.active_run import current_run
from lakegloss.serving.executor.options import positive
from lakegloss.serving.executor.programs import Prepared
from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult
from lakegloss.serving.executor.tracking import RUN


class Job:
    """Holds what one execution needs while it runs; `timeout` is in seconds."""

    def __init__(
        self,
        *,
        prepared: Prepared,
        inputs: Mapping[str, Any],
        mode: ExecutionMode,
        model: str,
        timeout: float,
        patience: Patience,
    ) -> None:
        self.prepared = prepared
        self.inputs = inputs
        self.mode = mode
        self.model = model
        self.timeout = positive("timeout", timeout)
        self.patience = patience
        self.values: Mapping[str, Any] = {}
        self.key: str | None = None
        self.run = current_run()


def usage_of(executed: Executed) -> dict[str, Any]:
    usage = executed.usage
    return {
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "estimated": usage.estimated,
    }


def result_of(job: Job, executed: Executed, start: float) -> ExecutionResult:
    outputs = dict(executed.outputs)
    steps = outputs.pop("steps", None) if job.prepared.signature is None else None
    metadata: dict[str, Any] = {
        "mode": job.mode.value,
        "model": executed.model,
        "fallback_from": list(executed.fallback_from),
        "usage": usage_of(executed),
        "attempts": executed.attempts,
        "cached": False,
        "program_version": job.prepared.version,
        "version": job.prepared.registered,
        **_within(job.run),
    }
    if isinstance(executed.error, LakeglossError):
        metadata["remedy"] = executed.error.remedy
    if executed.problems:
        metadata["problems"] = list(executed.problems)
    if steps is not None:
        metadata["steps"] = steps
    if job.mode.traces:
        metadata["debug_trace"] = debug_trace(job.values, executed)
    return ExecutionResult(
        success=executed.error is None,
        outputs=outputs,
        error=_said(executed.error),
        execution_time=time.perf_counter() - start,
        program_name=job.prepared.name,
        execution_id=uuid.uuid4().hex,
        metadata=metadata,
        exception=executed.error,
    )


def called(program: Any, model_id: Any) -> str:
    """The name for an execution that has no program."""
    given = model_id if isinstance(model_id, str) else ""
    return given or str(
        getattr(program, "__name__", "" if program is None else type(program).__name__)
    )


def again(known: ExecutionResult, job: Job, start: float) -> ExecutionResult:
    """Make another execution's result from a cached one."""
    kept = {name: value for name, value in known.metadata.items() if name != RUN}
    return replace(
        known,
        execution_id=uuid.uuid4().hex,
        execution_time=time.perf_counter() - start,
        metadata=kept
        | {
            "cached": True,
            "usage": usage_of(Executed()),
            "version": job.prepared.registered,
            **_within(job.run),
        },
    )


def _within(run: str) -> dict[str, str]:
    return {RUN: run} if run else {}


def failed(
    name: str,
    error: LakeglossError,
    start: float,
    mode: ExecutionMode = ExecutionMode.NORMAL,
) -> ExecutionResult:
    return ExecutionResult(
        success=False,
        outputs={},
        error=_said(error),
        execution_time=time.perf_counter() - start,
        program_name=name,
        execution_id=uuid.uuid4().hex,
        metadata={
            "mode": mode.value,
            "model": "",
            "usage": usage_of(Executed()),
            "cached": False,
            "remedy": error.remedy,
            **_within(current_run()),
        },
        exception=error,
    )


def _said(error: Exception | None) -> str:
    """The published text of an error; the remedy is in the metadata and the exception."""
    if error is None:
        return ""
    said = error.said if isinstance(error, LakeglossError) else f"{type(error).__name__}: {error}"
    return SECRETS.redact(said)


def or_raise(result: ExecutionResult) -> ExecutionResult:
    if result.exception is not None:
        raise result.exception
    return result


def debug_trace(values: Mapping[str, Any], executed: Executed) -> dict[str, Any]:
    """The trace as JSON values: inputs, calls (messages, answer, usage), parsing, all seconds."""
    return {
        "inputs": dict(values),
        "calls": [
            {
                "model": call.model,
                "messages": [
                    {"role": message.role, "content": message.content}
                    for message in (call.request.messages if call.request else ())
                ],
                "answer": call.text,
                "finish_reason": call.finish_reason,
                "input_tokens": call.usage.input,
                "output_tokens": call.usage.output,
                "attempts": call.attempts,
                "seconds": round(call.seconds, 6),
                "error": call.error,
            }
            for call in executed.calls
        ],
        "parsing": list(executed.parsing),
        "seconds": round(executed.seconds, 6),
    }
