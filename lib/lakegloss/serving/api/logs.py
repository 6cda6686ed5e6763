"""Writes the service's logs: one JSON object a line, values cut and cleaned, no secrets."""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from lakegloss.core.text.terminal import visible
from lakegloss.errors import ExecutionStoppedError, InputError

logger = logging.getLogger("lakegloss.api")
_LONGEST, _MOST, _DEEPEST = 200, 20, 4
_SECRET = re.compile(
    r"(?:^|[_\-.])(?:key|token)s?$|api_?key|secret|password|authorization|credential|cookie",
    re.IGNORECASE,
)
_COUNTS = frozenset({"input_tokens", "output_tokens", "token_usage", "max_tokens"})
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def sanitize_for_logging(value: Any, *, depth: int = 0) -> Any:
    """Make a value safe to log: cut it, write out control characters, leave out secrets.

    Texts keep 200 characters, containers 20 items and four levels.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        if depth >= _DEEPEST:
            return f"{{{len(value)} items}}"
        found = list(value.items())[:_MOST]
        return {
            visible(str(name)[:_LONGEST]): "***"
            if _is_secret(str(name))
            else sanitize_for_logging(item, depth=depth + 1)
            for name, item in found
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        if depth >= _DEEPEST:
            return f"[{len(value)} items]"
        return [sanitize_for_logging(item, depth=depth + 1) for item in value[:_MOST]]
    text = str(value)
    return visible(text[:_LONGEST]) + ("…" if len(text) > _LONGEST else "")


def _is_secret(name: str) -> bool:
    return name not in _COUNTS and _SECRET.search(name) is not None


def extract_token_usage(output_data: Any) -> dict[str, int]:
    """The tokens that an execution took, from its result, its metadata or its usage."""
    found = output_data
    for name in ("metadata", "usage"):
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif hasattr(found, name):
            found = getattr(found, name)
    if not isinstance(found, Mapping):
        return {}
    names = ("input_tokens", "output_tokens")
    return {name: int(found[name]) for name in names if isinstance(found.get(name), int | float)}


def log_dspy_call(
    module_name: str,
    input_data: Mapping[str, Any],
    output_data: Any = None,
    duration_ms: float | None = None,
    error: BaseException | str | None = None,
    **more: Any,
) -> None:
    """Log one call of a program: its name, milliseconds and tokens; of a failure its inputs too.

    Args:
        more: other facts of the line, such as the request's id.
    """
    facts: dict[str, Any] = {"module_name": sanitize_for_logging(module_name), **more}
    facts["duration_ms"] = None if duration_ms is None else round(duration_ms, 1)
    if error is None:
        facts["event_type"] = "dspy_call_complete"
        facts["token_usage"] = extract_token_usage(output_data)
        logger.info("DSPy call completed: %s", facts["module_name"], extra=facts)
        return
    facts["event_type"] = "dspy_call_failed"
    facts["error"] = sanitize_for_logging(str(error))
    facts["input_data"] = sanitize_for_logging(input_data)
    # What a caller did wrong is no fault of the service's.
    level = logging.INFO if isinstance(error, InputError | ExecutionStoppedError) else logging.ERROR
    logger.log(level, "DSPy call failed: %s", facts["module_name"], extra=facts)


@contextmanager
def log_execution_time(operation: str, request_id: str = "") -> Iterator[dict[str, float]]:
    """Log how long a block took; the mapping has `duration_ms`, also while the block runs."""
    start = time.perf_counter()
    timing = _Timing(start)
    outcome = "failed"
    try:
        yield timing
        outcome = "complete"
    finally:
        timing.stop()
        facts = {
            "event_type": f"operation_{outcome}",
            "operation": sanitize_for_logging(operation),
            "duration_ms": round(timing["duration_ms"], 1),
            "request_id": request_id,
        }
        logger.info("%s %s", facts["operation"], outcome, extra=facts)


class _Timing(dict[str, float]):
    """Milliseconds since a start, until it is stopped."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self._start = start
        self._end: float | None = None

    def stop(self) -> None:
        self._end = time.perf_counter()

    def __missing__(self, name: str) -> float:
        if name != "duration_ms":
            raise KeyError(name)
        return 1000 * ((self._end or time.perf_counter()) - self._start)


class JsonFormatter(logging.Formatter):
    """Formats log records as JSON, with the fields given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _KNOWN}
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": visible(record.getMessage()),
            **{name: sanitize_for_logging(value) for name, value in facts.items()},
        }
        if record.exc_info:
            line["exception"] = visible(self.formatException(record.exc_info), lines=True)
        return json.dumps(line, ensure_ascii=False, default=str)

    converter = staticmethod(time.gmtime)
