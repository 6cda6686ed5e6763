"""Executes one program once: renders and sends it, or runs it as a DSPy module."""

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
from lakegloss.programs.asking import Asking, AskingAdapter, Patience, Turn
from lakegloss.programs.how_might_we import Generated
from lakegloss.programs.json_adapter import plain_outputs
from lakegloss.programs.split import SplitProgram

_log = logging.getLogger("lakegloss.engine")
WORTH_ANOTHER_MODEL = (EndpointUnavailableError, RateLimitedError)
# Many threads: a module that hangs keeps its thread, and others must still get one.
_threads = ThreadPoolExecutor(1_000, thread_name_prefix="lakegloss-module")
_NOTHING: Mapping[str, Any] = MappingProxyType({})
ASKING = AskingAdapter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRoute:
    """A way to a model: its name for callers, its engine and its parameters."""

    name: str
    model: str
    engine: Asks
    temperature: float | None = None
    max_tokens: int = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What came of an execution.

    Attributes:
        outputs: JSON values by name; {} where the execution failed.
        error: why it failed.
        model: the name of the route that answered.
        fallback_from: the names of the routes that failed before it.
        attempts: how many calls were made.
        calls: with `trace`, each call with its texts; else ().
        parsing: how each answer was read, or why it could not be.
        problems: what a generator says is wrong with what it gave.
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
    problems: tuple[str, ...] = ()


class _Log:
    """Records the calls of one execution, and how their answers were read."""

    def __init__(self, *, trace: bool) -> None:
        self.calls = Calls(keep=trace)
        self.parsing: list[str] = []
        self.problems: tuple[str, ...] = ()


async def execute(
    program: Any,
    values: Mapping[str, Any],
    routes: Sequence[ModelRoute],
    *,
    name: str,
    patience: Patience = Patience(),  # noqa: B008 - it is frozen
    lm: Any = None,
    trace: bool = False,
) -> Executed:
    """Run a program on checked inputs. A failure is in the result; only cancellation is raised.

    Args:
        program: a split program, or a DSPy module.
        routes: the model, then the models to fall back to while it cannot be reached.
        name: the program's name for the responses.
        patience: how often a request is asked at most. A module that raises is run again within
            it; no predictor is asked more often for that.
        lm: a language model of DSPy, used in place of the routes.
        trace: whether to keep the texts of all calls.
    """
    start = time.perf_counter()
    log = _Log(trace=trace)
    tried: list[str] = []
    error: Exception | None = None
    outputs: Mapping[str, Any] = _NOTHING
    try:
        if lm is not None:
            SECRETS.know(str(getattr(lm, "kwargs", {}).get("api_key") or ""))
            outputs = await _module(program, values, patient(lm, patience), log, patience)
        for route in () if lm is not None else routes:
            tried.append(route.name)
            try:
                outputs = await _on(route, program, values, name, patience, log)
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
        problems=log.problems,
    )


async def _on(
    route: ModelRoute,
    program: Any,
    values: Mapping[str, Any],
    name: str,
    patience: Patience,
    log: _Log,
) -> Mapping[str, Any]:
    if isinstance(program, SplitProgram):
        return await _split(route, program, values, patience, log)
    lm = language_model(route.engine, route.model, program=lambda: name)
    try:
        return await _module(program, values, lm, log, patience)
    except WORTH_ANOTHER_MODEL:
        raise
    except Exception as error:
        cause = known_cause(error)
        if isinstance(cause, WORTH_ANOTHER_MODEL):
            raise cause from error
        raise


async def _split(
    route: ModelRoute,
    program: SplitProgram,
    values: Mapping[str, Any],
    patience: Patience,
    log: _Log,
) -> Mapping[str, Any]:
    request = program.render(
        values, model=route.model, temperature=route.temperature, max_tokens=route.max_tokens
    )
    turn = Turn(patience)
    while True:
        turn.ask()
        future: Future[Any] = log.calls.begin(route.engine, request, attempts=turn.left)
        outcome = await asyncio.wrap_future(future)
        turn.count(outcome.attempts)
        found = log.calls.take(request, outcome)
        outputs, why = program.read(found.text)
        if not why:
            log.parsing.append(f"read {', '.join(outputs)}")
            return outputs
        cut = found.finish_reason == "length"
        why += "; it was cut off at max_tokens" if cut else ""
        log.parsing.append(why)
        if not turn.may_ask_again:
            raise AnswerError(
                f"The model's answer cannot be read: {why}.",
                remedy="Raise max_tokens." if cut else "Try again, or another model.",
            )


def patient(lm: Any, patience: Patience) -> Any:
    """A language model of DSPy's, without retries of its own where the caller gave a number."""
    if patience.calls is None or not getattr(lm, "num_retries", 0):
        return lm
    return lm.copy(num_retries=0)


async def _module(
    program: Any, values: Mapping[str, Any], lm: Any, log: _Log, patience: Patience
) -> Mapping[str, Any]:
    """Run a module, and again where it raises, as long as its predictors may still be asked."""
    if isinstance(program, SplitProgram):
        predictor = dspy.Predict(program.signature)
        predictor.demos = [dict(demo) for demo in program.demos]
        program = predictor
    while True:
        asking = Asking(patience, log.parsing)
        try:
            outputs = await _run(program, values, lm, log, asking)
        except Exception as error:
            left = patience.less(max(1, asking.used)) if _is_its_own(error) else None
            if left is None:
                raise
            log.parsing.append(f"run again after {type(error).__name__}: {first_line(error, 200)}")
            patience = left
        else:
            log.parsing.append(f"read {', '.join(map(str, outputs))}")
            return plain_outputs(outputs)


def _is_its_own(error: Exception) -> bool:
    """Whether a module itself raised an error: an error of lakegloss comes after all retries."""
    return isinstance(error, AdapterParseError) or not isinstance(
        known_cause(error), LakeglossError
    )


async def _run(
    program: Any, values: Mapping[str, Any], lm: Any, log: _Log, asking: Asking
) -> Mapping[str, Any]:
    """Run a module once: in this loop where it can be awaited, else in a thread."""
    quiet = {"disable_history": True, "trace": None, "track_usage": False}
    with calls_of(log.calls), asking.begun(), dspy.context(lm=lm, adapter=ASKING, **quiet):
        if _is_awaitable(program):
            found = await program.acall(**values)
        else:
            within = contextvars.copy_context()
            call = functools.partial(within.run, functools.partial(program, **values))
            found = await asyncio.get_running_loop().run_in_executor(_threads, call)
    if isinstance(found, Generated):
        log.problems = found.problems
    outputs = dict(found.items()) if isinstance(found, dspy.Prediction) else found
    return outputs if isinstance(outputs, Mapping) else {"output": outputs}


def _is_awaitable(program: Any) -> bool:
    return callable(getattr(program, "aforward", None))


def known_cause(error: BaseException) -> Exception:
    """The error of lakegloss that caused this one, which DSPy may have wrapped; else itself."""
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
