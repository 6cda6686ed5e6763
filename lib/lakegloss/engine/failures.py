"""Turns the outcome of one request into an answer, or into a typed error for its caller."""

from dataclasses import dataclass, replace

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Failure, Usage
from lakegloss.engine.ends import key_remedy, why_lost
from lakegloss.engine.outcome import Outcome, Reason
from lakegloss.errors import (
    AnswerError,
    BudgetExceededError,
    EndpointAuthError,
    EndpointError,
    EndpointUnavailableError,
    InputError,
    LakeglossError,
    RateLimitedError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to one request, with its cost.

    Attributes:
        attempts: how many calls it took.
        seconds: latency of the last attempt.
        error: why the last attempt failed; '' where it did not.
    """

    request: ModelRequest | None
    text: str
    finish_reason: str
    usage: Usage
    attempts: int
    seconds: float
    model: str
    error: str = ""

    def without_texts(self) -> "Answered":
        """The same without request and text."""
        return replace(self, request=None, text="")


def answered(request: ModelRequest, outcome: Outcome) -> tuple[Answered, LakeglossError | None]:
    """The answer in an outcome, and the error where it has no usable text."""
    last = outcome.responses[-1] if outcome.responses else None
    found = Answered(
        request=request,
        text=last.text if last else "",
        finish_reason=last.finish_reason if last else "",
        usage=outcome.usage,
        attempts=outcome.attempts,
        seconds=last.latency if last else 0.0,
        model=request.model,
        error=last.error if last else "not asked",
    )
    if last is not None and last.usable:
        return found, None
    return found, outcome.error or _error(outcome, found.error)


def _error(outcome: Outcome, said: str) -> LakeglossError:
    if outcome.not_asked:
        return _not_asked(outcome.not_asked[0].reason)
    kind, _, detail = said.partition(": ")
    if kind == Failure.RATE_LIMITED:
        return RateLimitedError(
            "The model endpoint refuses more calls for now.",
            remedy="Wait, or lower in_flight.", detail=detail,
        )  # fmt: skip
    if kind == Failure.AUTH:
        return EndpointAuthError(
            "The model endpoint refused the key.", remedy=key_remedy(detail), detail=detail
        )
    if kind == Failure.CONTEXT_LENGTH:
        return InputError(
            "The inputs are longer than the model reads.", remedy="Shorten them.", detail=detail
        )
    if kind == Failure.INVALID:
        return EndpointError(
            "The model endpoint cannot take the request.",
            remedy="Check model and parameters (`lakegloss doctor`).", detail=detail,
        )  # fmt: skip
    return _no_text(kind, detail, said)


_GONE = {
    Failure.QUOTA: (
        "The model endpoint takes no more calls, as credit or a limit is used up.",
        "Add credit, have the limit raised, or name a fallback model.",
    ),
    Failure.MALFORMED: (
        "The model endpoint gave no answer that can be read.",
        "Check it (`lakegloss doctor`), or name a fallback model.",
    ),
}


def _no_text(kind: str, detail: str, said: str) -> LakeglossError:
    if kind in {Failure.REFUSED, Failure.EMPTY}:
        return AnswerError(
            f"The model gave no answer: it is {kind}.",
            remedy="Reword the inputs, or try another model.", detail=detail,
        )  # fmt: skip
    if kind == Failure.MISROUTED:
        what, remedy = why_lost(detail)
        message = f"What answers at the model's address {what}."
        return EndpointUnavailableError(message, remedy=remedy, detail=detail)
    if kind in _GONE:
        message, remedy = _GONE[Failure(kind)]
        made = AnswerError if kind == Failure.MALFORMED else EndpointUnavailableError
        return made(message, remedy=remedy, detail=detail)
    return EndpointUnavailableError(
        "The model endpoint did not answer.",
        remedy="Check it (`lakegloss doctor`), or name a fallback model.", detail=said,
    )  # fmt: skip


def _not_asked(reason: Reason) -> LakeglossError:
    if reason is Reason.BUDGET:
        return BudgetExceededError(
            "The next call would pass the budget.", remedy="Raise max_tokens_total or max_cost."
        )
    return EndpointUnavailableError(
        f"The call was not made ({reason}).", remedy="Try again, or name a fallback model."
    )
