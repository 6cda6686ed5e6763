"""One attempt at one request, and how an answer of an OpenAI-compatible API becomes one."""

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lakegloss.core.requests import ModelRequest, estimate

DETAIL_LIMIT = 300
"""Characters of a provider's error that are kept."""

_KEY = re.compile(
    r"(?i)\b(?:bearer\s+\S+|(?:sk|rk|pk|dapi|dose|dkea|dsapi|hf|gsk|xai|ghp|eyJ)[-_]?[A-Za-z0-9_.\-]{12,})"
)
_MOST_TOKENS = 2**40


class Failure(StrEnum):
    """Why an attempt brought no answer."""

    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    TIMEOUT = "timeout"
    TRANSPORT = "transport"
    AUTH = "auth"
    INVALID = "invalid"
    REFUSED = "refused"
    CONTEXT_LENGTH = "context_length"
    EMPTY = "empty"
    MALFORMED = "malformed"


WORTH_RETRYING = frozenset(
    {
        Failure.RATE_LIMITED,
        Failure.SERVER,
        Failure.TIMEOUT,
        Failure.TRANSPORT,
        Failure.EMPTY,
        Failure.MALFORMED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that were paid; `estimated` where the provider did not say so."""

    input: int = 0
    cached: int = 0
    output: int = 0
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input=self.input + other.input,
            cached=self.cached + other.cached,
            output=self.output + other.output,
            estimated=self.estimated or other.estimated,
        )

    def part(self, number: int, whole: int) -> "Usage":
        """So many parts of a whole, rounded down."""
        return Usage(
            input=self.input * number // whole,
            cached=self.cached * number // whole,
            output=self.output * number // whole,
            estimated=self.estimated,
        )

    def less(self, other: "Usage") -> "Usage":
        """What is left of it."""
        return Usage(
            input=self.input - other.input,
            cached=self.cached - other.cached,
            output=self.output - other.output,
            estimated=self.estimated,
        )

    @property
    def total(self) -> int:
        return self.input + self.output


NOTHING = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one call.

    Attributes:
        status: of HTTP; 0 where no answer came.
        failure: None where there is a text to read (a truncated one too).
        retry_after: seconds that the server asked to wait, not clamped.
        latency: seconds.
    """

    status: int = 0
    text: str = ""
    finish_reason: str = ""
    usage: Usage = NOTHING
    failure: Failure | None = None
    detail: str = ""
    retry_after: float | None = None
    latency: float = 0.0

    @property
    def error(self) -> str:
        """'' or the kind of failure, a colon and what the provider said."""
        return f"{self.failure}: {self.detail}" if self.failure else ""

    @property
    def retryable(self) -> bool:
        """Whether the same request may fare better; a budget eaten by reasoning will not."""
        if self.failure is Failure.EMPTY and self.finish_reason == "length":
            return False
        return self.failure in WORTH_RETRYING


def at_most(request: ModelRequest) -> Usage:
    """The most that a call may have cost whose answer never came."""
    return Usage(input=request.input_tokens, output=request.max_tokens, estimated=True)


def clean(text: str, *, secret: str = "", limit: int = DETAIL_LIMIT) -> str:
    """A provider's text on one printable line, cut, with keys masked."""
    text = text[: 8 * limit]
    if secret:
        text = text.replace(secret, "***")
    line = "".join(c if c.isprintable() else " " for c in text)
    return _KEY.sub("***", " ".join(line.split()))[:limit]


def read_success(body: bytes, request: ModelRequest) -> Attempt:
    """Read the body of a 200: a chat completion, or whatever a broken server sends."""
    completion = _decoded(body)
    try:
        choice = completion["choices"][0]
        message = choice["message"]
        text = _content(message.get("content"))
        refusal = message.get("refusal")
        finish = clean(str(choice.get("finish_reason") or ""), limit=40)
    except (KeyError, IndexError, TypeError, AttributeError):
        return _malformed(body, completion, request)
    usage = read_usage(completion.get("usage"), request, text)
    failure, detail = _verdict(text, refusal, finish)
    return Attempt(
        status=200,
        text=text,
        finish_reason=finish,
        usage=usage,
        failure=failure,
        detail=detail,
    )


def _decoded(body: bytes) -> Any:
    """The JSON value; None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _malformed(body: bytes, completion: object, request: ModelRequest) -> Attempt:
    text = body[:100_000].decode("utf-8", "replace")
    if completion is None and text.lstrip().startswith("{"):
        usage = at_most(request)  # the rest of the answer is lost, but was written
    else:
        told = completion.get("usage") if isinstance(completion, dict) else None
        usage = read_usage(told, request, text)
    if usage.estimated:
        usage = replace(usage, output=min(usage.output, request.max_tokens))
    return Attempt(
        status=200,
        usage=usage,
        failure=Failure.MALFORMED,
        detail=clean(f"not a chat completion: {text}"),
    )


def _content(content: object) -> str:
    """The text of a message: a string, or the text parts of a list (reasoning models)."""
    if isinstance(content, list):
        parts = [p.get("text") for p in content if isinstance(p, dict) and p.get("type") == "text"]
        content = "".join(p for p in parts if isinstance(p, str))
    if content is None:
        return ""
    if not isinstance(content, str):
        raise TypeError(type(content).__name__)
    # Half of a surrogate pair passes JSON, but no file and no table takes it.
    return content if content.isascii() else content.encode("utf-8", "replace").decode()


def _verdict(text: str, refusal: object, finish: str) -> tuple[Failure | None, str]:
    if finish == "content_filter":
        return Failure.REFUSED, "the provider's content filter stopped the answer"
    if text.strip():
        return None, ""
    if isinstance(refusal, str) and refusal:
        return Failure.REFUSED, clean(refusal)
    return Failure.EMPTY, f"an answer without text (finish reason {finish!r})"


def read_usage(usage: object, request: ModelRequest, text: str) -> Usage:
    """The usage that the provider states, or an estimate where it states none."""
    if isinstance(usage, dict):
        paid_in = _count(usage.get("prompt_tokens"))
        paid_out = _count(usage.get("completion_tokens"))
        if paid_in is not None and paid_out is not None:
            return Usage(input=paid_in, cached=_cached(usage), output=paid_out)
    return Usage(input=request.input_tokens, output=estimate(text), estimated=True)


def _cached(usage: dict[str, Any]) -> int:
    details = usage.get("prompt_tokens_details")
    return (_count(details.get("cached_tokens")) or 0) if isinstance(details, dict) else 0


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _MOST_TOKENS else None


_CONTEXT = re.compile(
    r"(?i)context[ _]length|context[ _]window|maximum context|prompt is too long|input is too long"
    r"|too many (?:input )?tokens"
)


def read_failure(status: int, body: bytes, *, secret: str = "") -> Attempt:
    """What an answer with another status than 200 says. Nothing was paid for it."""
    said = error_text(body)
    return Attempt(
        status=status,
        failure=_kind(status, said),
        detail=f"HTTP {status} {clean(said, secret=secret)}".strip(),
    )


def _kind(status: int, said: str) -> Failure:
    if status == 429:
        return Failure.RATE_LIMITED
    if status in {401, 403}:
        return Failure.AUTH
    if status in {408, 504}:
        return Failure.TIMEOUT
    if status >= 500 or status in {409, 425}:
        return Failure.SERVER
    if _CONTEXT.search(said):
        return Failure.CONTEXT_LENGTH
    return Failure.REFUSED if "content_filter" in said else Failure.INVALID


def error_text(body: bytes) -> str:
    """What an error's body says: OpenAI's and Databricks' forms, else the raw text."""
    raw = body[:20_000].decode("utf-8", "replace")
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    if not isinstance(parsed, dict):
        return raw
    error = parsed.get("error", parsed)
    if not isinstance(error, dict):
        error = {**parsed, "error": error}
    names = ("error_code", "code", "param", "type", "error", "message")
    return " ".join(str(error[n]) for n in names if isinstance(error.get(n), str | int)) or raw
