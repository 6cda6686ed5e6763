"""One execution of one program: rendered and sent, or run as a module, and nothing left behind."""

import asyncio
import contextvars
import functools
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

from lakegloss.core.going_on import stack_of
from lakegloss.core.text.causes import first_line
from lakegloss.engine.attempt import Usage
from lakegloss.engine.failures import Answered
from lakegloss.engine.http.secrets import SECRETS
from lakegloss.engine.lm import Asks, Calls, calls_of, language_model
from lakegloss.errors import AnswerError, EndpointUnavailableError, LakeglossError, RateLimitedError
from lakegloss.programs.json_adapter import ADAPTER, plain_outputs
from lakegloss.programs.split import SplitProgram

_log = logging.getLogger("lakegloss.engine")
WORTH_ANOTHER_MODEL = (EndpointUnavailableError, RateLimitedError)
# A module that hangs keeps its thread, and must not keep others from theirs.
_threads = ThreadPoolExecutor(1_000, thread_name_prefix="lakegloss-module")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRoute:
    """A model behind an engine, by the name under which callers ask for it."""

    name: str
    model: str
    engine: Asks
    temperature: float | None = None
    max_tokens: int = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What came of an execution.

    Attributes:
        outputs: JSON values by name; {} where it failed.
        error: why it failed.
        model: the route that answered; fallback_from: those that were tried before it.
        calls: what each call cost, and with `trace` what was said.
    """

    outputs: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    error: Exception | None = None
    model: str = ""
    fallback_from: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    seconds: float = 0.0
    calls: tuple[Answered, ...] = ()
    parsing: tuple[str, ...] = ()


class _Log:
    """What one execution says of itself."""

    def __init__(self, *, trace: bool) -> None:
        self.calls = Calls(keep=trace)
        self.parsing: list[str] = []


async def execute(
    program: Any,
    values: Mapping[str, Any],
    routes: Sequence[ModelRoute],
    *,
    name: str,
    asks: int = 2,
    lm: Any = None,
    trace: bool = False,
) -> Executed:
    """Run a program on checked inputs; whatever it does, nothing is raised but a cancellation.

    Args:
        program: a split program, or a dspy module.
        routes: the model, then those to fall back to while it cannot be reached.
        name: of the program, as responses carry it.
        asks: how often an answer that cannot be read is asked for.
        lm: a language model of DSPy's in place of the routes.
    """
    start = time.perf_counter()
    log = _Log(trace=trace)
    tried: list[str] = []
    error: Exception | None = None
    outputs: Mapping[str, Any] = _NOTHING
    try:
        if lm is not None:
            SECRETS.know(str(getattr(lm, "kwargs", {}).get("api_key") or ""))
            outputs = await _module(program, values, lm, log)
        for route in () if lm is not None else routes:
            tried.append(route.name)
            try:
                outputs = await _on(route, program, values, name, asks, log)
                error = None
                break
            except WORTH_ANOTHER_MODEL as failure:
                error = failure
    except asyncio.CancelledError:
        log.calls.stop()
        raise
    except Exception as failure:  # noqa: BLE001 - a program's own fault is the execution's
        _log.debug("a program failed:\n%s", stack_of(failure))
        error = known_cause(failure)
    return Executed(
        outputs=_NOTHING if error else outputs,
        error=error,
        model=tried[-1] if tried else getattr(lm, "model", ""),
        fallback_from=tuple(tried[:-1]),
        usage=log.calls.usage,
        attempts=log.calls.attempts,
        seconds=time.perf_counter() - start,
        calls=tuple(log.calls.answers) if trace else (),
        parsing=tuple(log.parsing),
    )


async def _on(
    route: ModelRoute,
    program: Any,
    values: Mapping[str, Any],
    name: str,
    asks: int,
    log: _Log,
) -> Mapping[str, Any]:
    if isinstance(program, SplitProgram):
        return await _split(route, program, values, asks, log)
    lm = language_model(route.engine, route.model, program=lambda: name)
    try:
        return await _module(program, values, lm, log)
    except WORTH_ANOTHER_MODEL:
        raise
    except Exception as error:
        cause = known_cause(error)
        if isinstance(cause, WORTH_ANOTHER_MODEL):
            raise cause from error
        raise


async def _split(
    route: ModelRoute, program: SplitProgram, values: Mapping[str, Any], asks: int, log: _Log
) -> Mapping[str, Any]:
    request = program.render(
        values, model=route.model, temperature=route.temperature, max_tokens=route.max_tokens
    )
    for number in range(1, asks + 1):
        future: Future[Any] = log.calls.begin(route.engine, request)
        found = log.calls.take(request, await asyncio.wrap_future(future))
        outputs, why = program.read(found.text)
        if not why:
            log.parsing.append(f"read {', '.join(outputs)}")
            return outputs
        cut = found.finish_reason == "length"
        why += "; it was cut off at max_tokens" if cut else ""
        log.parsing.append(why)
        if number == asks:
            raise AnswerError(
                f"The model's answer cannot be read: {why}.",
                remedy="Raise max_tokens." if cut else "Try again, or another model.",
            )
    raise AssertionError("unreachable")


async def _module(program: Any, values: Mapping[str, Any], lm: Any, log: _Log) -> Mapping[str, Any]:
    """Run a module, in this loop where it can be awaited, else in a thread."""
    if isinstance(program, SplitProgram):
        predictor = dspy.Predict(program.signature)
        predictor.demos = [dict(demo) for demo in program.demos]
        program = predictor
    quiet = {"disable_history": True, "trace": None, "track_usage": False}
    with calls_of(log.calls), dspy.context(lm=lm, adapter=ADAPTER, **quiet):
        if _is_awaitable(program):
            found = await program.acall(**values)
        else:
            within = contextvars.copy_context()
            call = functools.partial(within.run, functools.partial(program, **values))
            found = await asyncio.get_running_loop().run_in_executor(_threads, call)
    outputs = dict(found.items()) if isinstance(found, dspy.Prediction) else found
    if not isinstance(outputs, Mapping):
        outputs = {"output": outputs}
    log.parsing.append(f"read {', '.join(map(str, outputs))}")
    return plain_outputs(outputs)


def _is_awaitable(program: Any) -> bool:
    return callable(getattr(program, "aforward", None))


def known_cause(error: BaseException) -> Exception:
    """The error of lakegloss' own that is behind one of DSPy's, else the error itself."""
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, LakeglossError):
            return seen
        if seen is None:
            break
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, AdapterParseError):
        return AnswerError(
            f"The model's answer cannot be read: {first_line(error, 300)}.",
            remedy="Try again, or another model.",
        )
    return error if isinstance(error, Exception) else RuntimeError(str(error))
