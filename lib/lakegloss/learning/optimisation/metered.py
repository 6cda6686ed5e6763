"""Stands between DSPy's optimisers and a language model: each distinct question is asked once.

A question is a request with the number of its sample: optimisers ask one request several times to
see different answers. Its answer comes from the answers that were paid for already, also by a run
that was killed, else from the model. What the budget does not pay ends the search.
"""

import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dspy
from dspy import lm15
from dspy.utils.callback import BaseCallback
from dspy.utils.exceptions import ContextWindowExceededError, LMError

from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.core.text.causes import first_line
from lakegloss.engine.attempt import Usage
from lakegloss.engine.execution import known_cause
from lakegloss.engine.lm import Calls, calls_of, model_request, variant_of
from lakegloss.engine.outcome import usage_of
from lakegloss.errors import (
    BudgetExceededError,
    EndpointError,
    EndpointUnavailableError,
    LakeglossError,
)
from lakegloss.faults import fault_point
from lakegloss.learning.optimisation.purse import Purse
from lakegloss.programs.asking import asks_before

VARIANT = "optimise"
"""The variant of responses that an optimisation asked for begins with this."""
_MOST_FAILURES = 5


class SearchEnded(KeyboardInterrupt):
    """Ends a search from inside of an optimiser, as an interrupt does: nothing in it goes on.

    Args:
        reason: in words.
        error: what the endpoint did; None where the budget or a person ended it.
    """

    def __init__(self, reason: str, error: LakeglossError | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error = error


class RunTokens:
    """Counts the tokens of the calls of one run of a program.

    Attributes:
        unanswered: whether the endpoint failed one of them.
    """

    def __init__(self) -> None:
        self.input_tokens = self.output_tokens = self.calls = 0
        self.unanswered = False


_sample: ContextVar[int] = ContextVar("lakegloss_sample", default=0)
_tally: ContextVar[RunTokens | None] = ContextVar("lakegloss_tally", default=None)


@contextmanager
def tallied() -> Iterator[RunTokens]:
    """Count the calls made inside the block."""
    tally = RunTokens()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)


class _Samples(BaseCallback):  # type: ignore[misc]  # dspy is untyped
    """Tells the meter which sample is wanted: DSPy keeps the number from the engine."""

    def on_lm_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:  # noqa: ARG002
        given = inputs.get("kwargs") or {}
        wanted = given.get("rollout_id", instance.kwargs.get("rollout_id"))
        _sample.set(int(wanted) if wanted is not None else 0)


class Meter:
    """Answers DSPy's requests within a budget. Several threads may use it.

    Args:
        lm: the language model that is asked where no answer is known.
        paid: answers of earlier runs; those that an optimisation asked for are used.
        program: the name of the program, for the responses.
    """

    supports_response_schema = True
    supports_function_calling = False
    supports_reasoning = False
    supported_params = ("response_format", "temperature", "max_tokens")

    def __init__(
        self,
        lm: Any,
        purse: Purse,
        *,
        paid: Iterable[Response] = (),
        program: str = "",
    ) -> None:
        self._lm = lm
        self.purse = purse
        self._program = program
        self._paid = _by_question(paid)
        self._known: dict[tuple[str, str], Future[lm15.Response]] = {}
        self._lock = threading.Lock()
        self._calls = Calls()
        self._ended: SearchEnded | None = None
        self._failures = 0

    def successor(self) -> "Meter":
        """A meter of the same purse that knows the same answers; this one takes no more calls.

        Threads that an optimiser left behind still hold the old one, and spend nothing.
        """
        self.end("its part is over")
        other = Meter(self._lm, self.purse, program=self._program)
        other._paid, other._known, other._lock = self._paid, self._known, self._lock
        return other

    def model(self) -> Any:
        """The language model of DSPy that asks through this meter."""
        kwargs = {k: v for k, v in self._lm.kwargs.items() if k in {"temperature", "max_tokens"}}
        return dspy.LM(
            self._lm.model,
            engine=self,
            cache=False,
            num_retries=0,
            callbacks=[_Samples()],
            **kwargs,
        )

    def end(self, reason: str, error: LakeglossError | None = None) -> SearchEnded:
        """Refuse all further calls, and cancel those in flight."""
        with self._lock:
            self._ended = self._ended or SearchEnded(reason, error)
        self._calls.stop()
        return self._ended

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Answer a request; DSPy calls it.

        Raises:
            SearchEnded: the budget does not pay the call, or the search has ended.
        """
        asked = model_request(request, program=self._program)
        sample = f"{_sample.get()}.{asks_before()}"
        key = (asked.request_hash, sample)
        with self._lock:
            if self._ended is not None:
                raise self._ended
            future = self._known.get(key)
            first = future is None
            if future is None:
                future = self._known[key] = Future()
        if first:
            try:
                future.set_result(self._answer(request, asked, key))
            finally:
                if not future.done():  # others who wait for it meet the same fault
                    with self._lock:
                        self._known.pop(key, None)
                    future.set_exception(sys.exception())
        response = future.result()
        _count(response)
        return response

    def _answer(
        self, request: lm15.Request, asked: ModelRequest, key: tuple[str, str]
    ) -> lm15.Response:
        if not self.purse.take(asked):
            raise self.end("the budget was used up")
        paid = self._paid.get(key)
        if paid is not None:
            self.purse.settle(asked, usage_of(paid), paid=False)
            return _response(request, paid)
        settled = False
        try:
            response = self._ask(request, key[1])
            usage = Usage(
                input=response.usage.input_tokens or 0, output=response.usage.output_tokens or 0
            )
            self.purse.settle(asked, usage, paid=True)
            settled = True
        finally:
            if not settled:
                self.purse.give_back(asked)
        fault_point("optimise.answered")
        return response

    def _ask(self, request: lm15.Request, sample: str) -> lm15.Response:
        if self._ended is not None:
            raise self._ended
        if self.purse.late:
            raise self.end("the hours were over")
        try:
            with calls_of(self._calls), variant_of(f"{VARIANT} {sample}"):
                answered = self._lm(request)
        except LMError as error:
            self._judge(_cause(error))
            raise
        return answered

    def _judge(self, cause: Exception) -> None:
        """End the search where more calls would only fail; one refused request is its own fault."""
        if isinstance(cause, BudgetExceededError):
            raise self.end("the budget of the settings was used up") from cause
        if not isinstance(cause, EndpointError):
            return
        tally = _tally.get()
        if tally is not None:
            tally.unanswered = True
        with self._lock:
            self._failures += 1
        if self._failures >= _MOST_FAILURES:
            raise self.end("the endpoint failed", cause) from cause


def _cause(error: Exception) -> Exception:
    """The cause of a failed call; what any provider's library calls its failure is one of ours."""
    cause = known_cause(error)
    if isinstance(cause, LMError) and not isinstance(cause, ContextWindowExceededError):
        return EndpointUnavailableError(
            f"The model did not answer: {first_line(cause, 200)}.",
            remedy="Check the model; what was answered is kept.",
        )
    return cause


def _count(response: lm15.Response) -> None:
    tally = _tally.get()
    if tally is not None:
        tally.calls += 1
        tally.input_tokens += response.usage.input_tokens or 0
        tally.output_tokens += response.usage.output_tokens or 0


def _by_question(paid: Iterable[Response]) -> Mapping[tuple[str, str], Response]:
    """The usable answers by question; of several the first, as a run would have taken it."""
    found: dict[tuple[str, str], Response] = {}
    for response in paid:
        name, _, sample = response.variant.partition(" ")
        if name == VARIANT and response.usable:
            found.setdefault((response.request_hash, sample), response)
    return found


def _response(request: lm15.Request, paid: Response) -> lm15.Response:
    return lm15.Response(
        id=None,
        model=request.model,
        message=lm15.Message.assistant(paid.text),
        finish_reason="length" if paid.finish_reason == "length" else "stop",
        usage=lm15.Usage(input_tokens=paid.input_tokens, output_tokens=paid.output_tokens),
    )
