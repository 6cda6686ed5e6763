"""Reads one answer of an OpenAI-compatible API as an attempt: its text, cost or failure."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from lakegloss.core.requests import ModelRequest, estimate
from lakegloss.engine.http.completion import Completion, completion_in, is_page, text_of
from lakegloss.engine.http.error_bodies import status_in, words_of
from lakegloss.engine.http.finishes import FILTERED, LENGTH
from lakegloss.engine.http.refusals import Failure as Failure  # noqa: PLC0414 - its name here
from lakegloss.engine.http.refusals import is_cut_short, is_unfinished_json, kind_of
from lakegloss.engine.http.secrets import SECRETS
from lakegloss.engine.http.waits import seconds_asked

DETAIL_LIMIT = 300
"""The most characters that are kept of a provider's error."""

_KEY = re.compile(
    r"(?i)\b(?:bearer\s+\S+|(?:sk|rk|pk|dapi|dose|dkea|dsapi|hf|gsk|xai|ghp|eyJ)[-_]?[A-Za-z0-9_.\-]{12,})"
)
_MOST_TOKENS = 2**40


WORTH_RETRYING = frozenset(
    {
        Failure.RATE_LIMITED,
        Failure.SERVER,
        Failure.TIMEOUT,
        Failure.TRANSPORT,
        Failure.EMPTY,
        Failure.MALFORMED,
        Failure.MISROUTED,
    }
)

OF_THE_ENDPOINT = frozenset(
    {
        Failure.RATE_LIMITED,
        Failure.QUOTA,
        Failure.SERVER,
        Failure.TIMEOUT,
        Failure.TRANSPORT,
        Failure.INVALID,
        Failure.MISROUTED,
        Failure.MALFORMED,
    }
)
"""Failures of the endpoint, not of the model: no empty answers, refusals or overlong requests."""

_SAYS_WHEN = frozenset({Failure.RATE_LIMITED, Failure.SERVER})
"""Failures whose words may say when to try again."""

_ONCE_MORE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that were paid.

    Attributes:
        cached: tokens of the input that the provider read from its cache.
        estimated: whether a count is our estimate, as the provider stated none.
    """

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
        """This usage times number / whole, rounded down."""
        return Usage(
            input=self.input * number // whole,
            cached=self.cached * number // whole,
            output=self.output * number // whole,
            estimated=self.estimated,
        )

    def less(self, other: "Usage") -> "Usage":
        """This usage minus another."""
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
        status: the HTTP status; 0 where no answer came.
        failure: None where there is a text to read, even a truncated one.
        detail: what the provider said of the failure, cleaned.
        retry_after: seconds that the server asked us to wait, not clamped.
        most_attempts: how often to try the request at most; None leaves it to the policy.
        latency: seconds.
    """

    status: int = 0
    text: str = ""
    finish_reason: str = ""
    usage: Usage = NOTHING
    failure: Failure | None = None
    detail: str = ""
    retry_after: float | None = None
    most_attempts: int | None = None
    latency: float = 0.0

    @property
    def error(self) -> str:
        """`kind: detail` of the failure; '' where there is none."""
        return f"{self.failure}: {self.detail}" if self.failure else ""

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later; not if reasoning used all its tokens."""
        if self.failure is Failure.EMPTY and self.finish_reason == LENGTH:
            return False
        # A redirect, or a proxy that wants a login, gives the same answer again.
        if self.failure is Failure.MISROUTED and self.status != 200:
            return False
        return self.failure in WORTH_RETRYING

    def worth_another(self, number: int) -> bool:
        """Whether to try again after that many attempts."""
        return self.retryable and (self.most_attempts is None or number < self.most_attempts)


def at_most(request: ModelRequest) -> Usage:
    """The most that a call can cost; also assumed of a call whose answer was lost."""
    return Usage(input=request.input_tokens, output=request.max_tokens, estimated=True)


def clean(text: str, *, secret: str = "", limit: int = DETAIL_LIMIT) -> str:
    """A provider's text as one printable line, shortened, with keys masked."""
    if secret:
        text = text.replace(secret, "***")
    text = SECRETS.redact(text[: 64 * limit])[: 8 * limit]
    line = "".join(c if c.isprintable() else " " for c in text)
    return _KEY.sub("***", " ".join(line.split()))[:limit]


def read_success(body: bytes, request: ModelRequest, *, charset: str = "") -> Attempt:
    """Read the body of a 200: a chat completion, an error, or what a broken server sends.

    Args:
        charset: the one that the answer's header states.
    """
    said = text_of(body, charset)
    try:
        found = completion_in(said, request.schema)
    except TypeError:  # the content of the message is no text
        return _malformed(said, request)
    if found is None:
        return _no_completion(said, request)
    if found.error is not None:
        return _error_inside(found, said)
    text = SECRETS.redact(_whole_characters(found.text))
    failure, detail = _verdict(found, text)
    return Attempt(
        status=200,
        text=text,
        finish_reason=clean(found.finish, limit=40),
        usage=read_usage(found.usage, request, found.written),
        failure=failure,
        detail=detail,
    )


def _error_inside(found: Completion, said: str) -> Attempt:
    """Read an error that came with status 200. Its cost is only what it states."""
    words = words_of(said)
    inner = status_in(found.error)
    attempt = _refusal(inner or 200, words, note="" if inner else "an error in the answer:")
    return replace(attempt, usage=stated_usage(found.usage) or NOTHING)


def _no_completion(said: str, request: ModelRequest) -> Attempt:
    """Read a body without a completion: a broken one, or a page of another server."""
    start = said.lstrip()
    if not start or start.startswith(("{", "[", "data:", "null")) or "\ufffd" in start[:40]:
        return _malformed(said, request)
    what = "a page for people, as of a login or a proxy" if is_page(said) else "no JSON"
    return Attempt(
        status=200,
        failure=Failure.MISROUTED,
        usage=NOTHING,
        detail=clean(f"the answer is {what}: {said}"),
        most_attempts=_ONCE_MORE,
    )


def _malformed(said: str, request: ModelRequest) -> Attempt:
    text = said[:100_000]
    told = next(iter(_usages(text)), None)
    if told is None and text.lstrip().startswith("{") and not _is_json(said):
        usage = at_most(request)  # the model wrote the rest of the answer, though it is lost
    else:
        usage = told or read_usage(None, request, text)
    if usage.estimated:
        usage = replace(usage, output=min(usage.output, request.max_tokens))
    return Attempt(
        status=200,
        usage=usage,
        failure=Failure.MALFORMED,
        detail=clean(f"not a chat completion: {text}"),
    )


def _usages(text: str) -> list[Usage]:
    value = _json(text)
    told = stated_usage(value.get("usage")) if isinstance(value, dict) else None
    return [] if told is None else [told]


def _is_json(text: str) -> bool:
    return _json(text) is not None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole_characters(text: str) -> str:
    """Replace halves of surrogate pairs: JSON allows them, files and tables do not."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _verdict(found: Completion, text: str) -> tuple[Failure | None, str]:
    # Whole entries that came before a filter stopped the answer are paid and can be read.
    if found.finish == FILTERED and "}" not in text:
        return Failure.REFUSED, "the provider's content filter stopped the answer"
    if text.strip():
        return None, ""
    if found.refusal:
        return Failure.REFUSED, clean(found.refusal)
    said = f"(finish reason {found.finish!r})"
    if found.written.strip():
        return Failure.EMPTY, clean(f"an answer of thoughts alone, without text {said}")
    return Failure.EMPTY, clean(f"an answer without text {said}")


_APART = ("cache_read_input_tokens", "cache_creation_input_tokens")


def stated_usage(usage: object) -> Usage | None:
    """The usage that a provider states, under either set of names; None where it states none."""
    if not isinstance(usage, dict):
        return None
    paid_in = _count(usage.get("prompt_tokens", usage.get("input_tokens")))
    paid_out = _count(usage.get("completion_tokens", usage.get("output_tokens")))
    if paid_in is None or paid_out is None:
        return None
    if "prompt_tokens" not in usage:  # Anthropic counts what its cache takes and gives apart
        paid_in += sum(_count(usage.get(name)) or 0 for name in _APART)
    total = _count(usage.get("total_tokens")) or 0  # some leave thoughts out of the completion's
    return Usage(input=paid_in, cached=_cached(usage), output=max(paid_out, total - paid_in))


def read_usage(usage: object, request: ModelRequest, text: str) -> Usage:
    """The usage that the provider states, or an estimate where it states none."""
    stated = stated_usage(usage)
    if stated is not None:
        return stated
    return Usage(input=request.input_tokens, output=estimate(text), estimated=True)


def _cached(usage: dict[str, Any]) -> int:
    details = usage.get("prompt_tokens_details")
    told = details.get("cached_tokens") if isinstance(details, dict) else None
    apart = usage.get("cache_read_input_tokens", usage.get("prompt_cache_hit_tokens"))
    return _count(told) or _count(apart) or 0


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _MOST_TOKENS else None


def read_failure(
    status: int,
    body: bytes,
    *,
    secret: str = "",
    charset: str = "",
    retry_after: float | None = None,
) -> Attempt:
    """Read an answer whose status is not 200. It cost nothing.

    Args:
        secret: the key that was sent, to be masked.
        retry_after: seconds that the answer's header asks us to wait.
    """
    return _refusal(status, error_text(body, charset), secret=secret, retry_after=retry_after)


def _refusal(
    status: int,
    said: str,
    *,
    secret: str = "",
    note: str = "",
    retry_after: float | None = None,
) -> Attempt:
    failure = kind_of(status, said, wait=retry_after)
    asked = seconds_asked(said) if retry_after is None else retry_after
    detail = clean(said, secret=secret)
    return Attempt(
        status=status,
        failure=failure,
        detail=" ".join(part for part in (f"HTTP {status}", note, detail) if part),
        finish_reason=LENGTH if failure is Failure.EMPTY and is_cut_short(said) else "",
        retry_after=asked if failure in _SAYS_WHEN else retry_after,
        most_attempts=_ONCE_MORE if is_unfinished_json(said) else None,
    )


def error_text(body: bytes, charset: str = "") -> str:
    """The words of an error's body, in any known form; else its raw text."""
    return words_of(text_of(body[:20_000], charset))
