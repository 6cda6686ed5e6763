"""Converts errors to what callers of the service see: one form, whatever went wrong."""

import math
import uuid
from typing import Any, Self

from pydantic import BaseModel, Field

from lakegloss.core.text.terminal import visible
from lakegloss.errors import (
    AnswerError,
    BudgetExceededError,
    BusyError,
    EndpointAuthError,
    EndpointError,
    EndpointUnavailableError,
    ExecutionNotFoundError,
    ExecutionStoppedError,
    ExecutionTimeoutError,
    FeedbackConflictError,
    InputError,
    LakeglossError,
    ProgramNotFoundError,
    RateLimitedError,
    RegistryError,
    SettingsError,
    SignatureError,
    SignatureNotFoundError,
    VersionRefusedError,
)
from lakegloss.serving.executor.programs import OF_VERSIONS

_LONGEST = 1_000
_STATUS: tuple[tuple[type[LakeglossError], int, str], ...] = (
    (ProgramNotFoundError, 404, "program_not_found"),
    (SignatureNotFoundError, 404, "program_not_found"),
    (ExecutionNotFoundError, 404, "not_found"),
    (FeedbackConflictError, 409, "conflict"),
    (InputError, 422, "validation_error"),
    (SignatureError, 422, "validation_error"),
    (ExecutionTimeoutError, 504, "timeout_error"),
    (ExecutionStoppedError, 503, "stopped"),
    (BusyError, 503, "busy"),
    (RateLimitedError, 429, "rate_limit_error"),
    (EndpointAuthError, 502, "model_auth_error"),
    (EndpointUnavailableError, 502, "model_unavailable"),
    (EndpointError, 502, "generation_error"),
    (AnswerError, 502, "generation_error"),
    (VersionRefusedError, 422, "version_refused"),
    (RegistryError, 503, "registry_error"),
    (BudgetExceededError, 503, "budget_exceeded"),
    (SettingsError, 503, "not_configured"),
)
_OPERATORS = "Try again later; if it stays, tell the id to who runs the service."
_REMEDIES = {
    "program_not_found": "GET /api/v1/dspy/programs lists all.",
    "not_found": "Those of other keys are not shown.",
    "timeout_error": "Send less input, or a larger timeout: serve_timeout bounds it.",
    "budget_exceeded": _OPERATORS,
    "stopped": "Send it again.",
    "not_configured": "Who runs the service sets a model: docs/service.md.",
}
"""What callers can do, where the library's remedy is for who writes Python."""
_SAID = {
    "model_auth_error": "The model's endpoint refused the service's key.",
    "model_unavailable": "The model's endpoint cannot be reached, or failed too often.",
    "registry_error": "The registry of programs does not answer.",
    "rate_limit_error": "The model takes no more calls for now.",
}
_NEAR = "Did you mean "
_REFUSED = "The model's endpoint cannot take the request."
"""What callers are told of an endpoint: its address and what it said are in the log."""
_FAILED = "The service failed."


class ErrorResponse(BaseModel):
    """What is told of an error.

    Attributes:
        id: of this one error, for logs; retry_after: seconds, where waiting helps.
    """

    id: str = Field(default_factory=lambda: uuid.uuid4().hex, examples=["5f0c...e1"])
    type: str = Field(examples=["validation_error"])
    message: str = Field(examples=["Missing required input fields: ['subject']"])
    remedy: str = Field("", examples=["Give subject."])
    retry_after: float | None = Field(None, examples=[2.5])

    @classmethod
    def of(
        cls, kind: str, message: str, remedy: str = "", retry_after: float | None = None
    ) -> Self:
        """An error whose texts may hold what a caller or a model wrote."""
        return cls(
            type=kind,
            message=visible(message[:_LONGEST], lines=True),
            remedy=visible(remedy[:_LONGEST], lines=True),
            retry_after=None if retry_after is None else math.ceil(retry_after * 10) / 10,
        )

    @classmethod
    def openai_api_error(
        cls,
        message: str,
        remedy: str = "Try again later.",
        *,
        kind: str = "openai_api_error",
        retry_after: float | None = None,
    ) -> Self:
        """The model's endpoint refused or failed; `kind` tells how."""
        return cls.of(kind, message, remedy, retry_after)

    @classmethod
    def timeout_error(cls, after: float | str, remedy: str = "Try again later.") -> Self:
        """The model took too long: so many seconds, or the text that says how long."""
        text = after if isinstance(after, str) else ExecutionTimeoutError.after(after).message
        return cls.of("timeout_error", text, remedy)

    @classmethod
    def dspy_generation_error(
        cls, message: str, remedy: str = "Try again, or change the inputs."
    ) -> Self:
        """The model gave nothing usable."""
        return cls.of("generation_error", message, remedy)

    @classmethod
    def validation_error(cls, message: str, remedy: str = "") -> Self:
        """The request cannot be used."""
        return cls.of("validation_error", message, remedy)

    @classmethod
    def internal_error(cls) -> Self:
        """Something failed that was not foreseen; it is told without its text."""
        return cls.of("internal_error", _FAILED, "Try again; tell the id to who runs it.")


class ErrorBody(BaseModel):
    """The body of every answer that is no success."""

    error: ErrorResponse


class ApiError(Exception):
    """An error with the status of its answer, and the execution that it ended."""

    def __init__(self, status: int, error: ErrorResponse, *, execution_id: str = "") -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.execution_id = execution_id


def api_error(error: BaseException | None) -> ApiError:
    """How an error of an execution is told; what was not foreseen is told without its text."""
    for kind, status, name in _STATUS:
        if isinstance(error, kind):
            wait = 1.0 if name in {"rate_limit_error", "stopped", "busy"} else None
            said = _SAID.get(name, _REFUSED if isinstance(error, EndpointError) else "")
            remedy = _OPERATORS if said else _REMEDIES.get(name, error.remedy)
            if name == "program_not_found" and error.remedy.startswith(_NEAR):
                remedy = f"{error.remedy.partition('?')[0]}? {remedy}"
            if name == "program_not_found" and OF_VERSIONS in error.remedy:
                remedy = (
                    f"{remedy} {OF_VERSIONS} The service has them where `serve_registry` is on."
                )
            return ApiError(status, _response(error, name, said or error.message, remedy, wait))
    if isinstance(error, LakeglossError):
        return ApiError(502, ErrorResponse.dspy_generation_error(error.message, error.remedy))
    return ApiError(500, ErrorResponse.internal_error())


def _response(
    error: LakeglossError, name: str, message: str, remedy: str, wait: float | None
) -> ErrorResponse:
    if isinstance(error, EndpointError):
        return ErrorResponse.openai_api_error(message, remedy, kind=name, retry_after=wait)
    if isinstance(error, ExecutionTimeoutError):
        return ErrorResponse.timeout_error(message, remedy)
    if isinstance(error, AnswerError):
        return ErrorResponse.dspy_generation_error(message, remedy)
    return ErrorResponse.of(name, message, remedy, wait)


def unavailable(said: str) -> ApiError:
    """Something that the service needs does not answer for now."""
    return ApiError(503, ErrorResponse.of("unavailable", said, "Try again later.", 5.0))


def headers_of(error: ErrorResponse) -> dict[str, str]:
    """The headers that go with an error."""
    if error.retry_after is None:
        return {}
    return {"Retry-After": str(max(1, math.ceil(error.retry_after)))}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are no success, for its OpenAPI document."""
    said = {
        400: "The body cannot be read.",
        401: "No key, or none that is known.",
        403: "The key may not do that.",
        404: "There is no such thing.",
        409: "The same id has something else already.",
        408: "The body took too long to come.",
        413: "The body is too large.",
        422: "The request cannot be used.",
        429: "Too many requests; wait as long as Retry-After says.",
        500: _FAILED,
        502: "The model gave nothing usable.",
        503: "The service cannot serve now.",
        504: "The model took too long.",
    }
    return {status: {"model": ErrorBody, "description": said[status]} for status in statuses}
