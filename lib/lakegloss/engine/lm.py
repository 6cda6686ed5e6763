"""Offers the engine as a language model of DSPy, so that programs share its limits and retries.

The model is set by `dspy.context` only: nothing is configured for the whole process, no LM holds a
key, and no provider's library is loaded.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

import dspy
from dspy import lm15

from lakegloss.core.requests import Message, ModelRequest, estimate
from lakegloss.engine.attempt import Usage
from lakegloss.engine.failures import Answered, answered
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import ExecutionStoppedError
from lakegloss.programs.asking import calls_left, count_calls

_MESSAGE_TOKENS = 4
_MOST_TOKENS = 3_000


class Asks(Protocol):
    """The part of an engine that an execution needs."""

    def begin(self, request: ModelRequest, *, attempts: int | None = None) -> "Future[Outcome]":
        """See `Engine.begin`."""

    def close(self) -> None:
        """See `Engine.close`."""

    async def disconnect(self) -> None:
        """See `Engine.disconnect`."""


class Calls:
    """Records the calls of one execution: what they cost and, with `keep`, their texts.

    `stop` ends the calls in flight and refuses more, for an execution that was cancelled.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self.answers: list[Answered] = []
        self._keep = keep
        self._open: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def usage(self) -> Usage:
        return sum((a.usage for a in self.answers), Usage())

    @property
    def attempts(self) -> int:
        return sum(a.attempts for a in self.answers)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            waiting = list(self._open)
        for future in waiting:
            future.cancel()

    def begin(
        self, engine: Asks, request: ModelRequest, *, attempts: int | None = None
    ) -> "Future[Any]":
        """Hand a request to the engine.

        Args:
            attempts: the most calls for it; by default the engine's own.

        Raises:
            ExecutionStoppedError: the execution was stopped.
        """
        with self._lock:
            if self._stopped:
                raise ExecutionStoppedError("The execution was cancelled.")
            future = engine.begin(request, attempts=attempts)
            self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def take(self, request: ModelRequest, outcome: Any) -> Answered:
        """Record an outcome, and return it as an answer.

        Raises:
            EndpointError, AnswerError, BudgetExceededError: see `engine.failures.answered`.
        """
        found, error = answered(request, outcome)
        self.answers.append(found if self._keep else found.without_texts())
        if error is not None:
            raise error
        return found


_calls: ContextVar[Calls | None] = ContextVar("lakegloss_calls", default=None)
_variant: ContextVar[str] = ContextVar("lakegloss_variant", default="champion")


@contextmanager
def calls_of(calls: Calls) -> Iterator[Calls]:
    """Record the calls made inside the block as calls of this execution."""
    token = _calls.set(calls)
    try:
        yield calls
    finally:
        _calls.reset(token)


@contextmanager
def variant_of(name: str) -> Iterator[None]:
    """Name the variant of the program that asks inside the block, for its responses."""
    token = _variant.set(name)
    try:
        yield
    finally:
        _variant.reset(token)


def language_model(engine: Asks, model: str, *, program: Callable[[], str]) -> dspy.LM:
    """Make a language model of DSPy whose calls this engine makes; it caches nothing.

    Args:
        program: returns the program's name for the responses.
    """
    sync, awaited = _Sync(engine, program), _Async(engine, program)
    return dspy.LM(
        f"lakegloss/{model}", engine=sync, async_engine=awaited, cache=False, num_retries=0
    )


class _Hints:
    supports_response_schema = True
    supports_function_calling = False
    supports_reasoning = False
    supported_params = ("response_format", "temperature", "max_tokens")

    def __init__(self, engine: Asks, program: Callable[[], str]) -> None:
        self._engine = engine
        self._program = program

    def _begin(self, request: lm15.Request) -> tuple[Calls, ModelRequest, "Future[Any]"]:
        calls = _calls.get() or Calls()
        asked = model_request(request, program=self._program())
        return calls, asked, calls.begin(self._engine, asked, attempts=calls_left())

    def _taken(self, calls: Calls, asked: ModelRequest, outcome: Any) -> Answered:
        count_calls(outcome.attempts)
        return calls.take(asked, outcome)


class _Sync(_Hints):
    def complete(self, request: lm15.Request) -> lm15.Response:
        calls, asked, future = self._begin(request)
        return _response(request, self._taken(calls, asked, future.result()))


class _Async(_Hints):
    async def complete(self, request: lm15.Request) -> lm15.Response:
        calls, asked, future = self._begin(request)
        outcome = await asyncio.wrap_future(future)
        return _response(request, self._taken(calls, asked, outcome))


def model_request(request: lm15.Request, *, program: str) -> ModelRequest:
    """Turn a request of DSPy into one that the engine sends."""
    config = request.config
    messages = [Message(role=m.role, content=_text(m.parts)) for m in request.messages]
    if request.system:
        messages.insert(0, Message(role="system", content=_text(request.system)))
    schema, name = _schema(config.response_format)
    said = sum(estimate(m.content) + _MESSAGE_TOKENS for m in messages)
    return ModelRequest(
        model=request.model.removeprefix("lakegloss/"),
        messages=tuple(messages),
        schema=schema,
        schema_name=name,
        max_tokens=config.max_tokens or _MOST_TOKENS,
        temperature=config.temperature,
        input_tokens=said + (estimate(schema) if schema else 0),
        assets=(),
        program=program,
        program_version="",
        variant=_variant.get(),
    )


def _text(parts: Any) -> str:
    if isinstance(parts, str):
        return parts
    return "\n".join(str(part.text) for part in parts if getattr(part, "text", None))


def _schema(format_: Any) -> tuple[str, str]:
    import json

    if not isinstance(format_, dict) or "schema" not in format_:
        return "", ""
    text = json.dumps(format_["schema"], separators=(",", ":"))
    return text, str(format_.get("name") or "answer")


def _response(request: lm15.Request, found: Answered) -> lm15.Response:
    return lm15.Response(
        id=None,
        model=request.model,
        message=lm15.Message.assistant(found.text),
        finish_reason="length" if found.finish_reason == "length" else "stop",
        usage=lm15.Usage(input_tokens=found.usage.input, output_tokens=found.usage.output),
    )
