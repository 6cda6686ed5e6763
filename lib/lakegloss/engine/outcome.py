"""What came of a set of requests."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import NOTHING, Usage
from lakegloss.errors import LakeglossError


class Reason(StrEnum):
    """Why a request was not asked."""

    BUDGET = "budget"
    DEADLINE = "deadline"
    ENDPOINT = "endpoint"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """A request that was never sent."""

    request: ModelRequest
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a set of requests. Every distinct request is in `responses` or in `not_asked`.

    Attributes:
        responses: the last attempt at each request that was asked, in the order of the requests.
        usage: of all attempts, the failed ones too.
        error: what ended the run early; the answers up to then are here all the same.
    """

    responses: tuple[Response, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    usage: Usage = NOTHING
    attempts: int = 0
    error: LakeglossError | None = None

    def join(self, other: "Outcome") -> "Outcome":
        """Both together; the first error stands."""
        return Outcome(
            responses=self.responses + other.responses,
            not_asked=self.not_asked + other.not_asked,
            usage=self.usage + other.usage,
            attempts=self.attempts + other.attempts,
            error=self.error or other.error,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProgress:
    """How far a set of requests is: requests done and in all, calls in flight and their limit."""

    done: int
    total: int
    in_flight: int
    limit: int
    usage: Usage


def merge_identical(requests: Iterable[ModelRequest]) -> dict[str, ModelRequest]:
    """The requests by hash, in order; one that stands for others carries their assets, too."""
    merged: dict[str, ModelRequest] = {}
    for request in requests:
        key = request.request_hash
        known = merged.get(key)
        if known is None:
            merged[key] = request
        elif known.assets != request.assets:
            assets = tuple(dict.fromkeys(known.assets + request.assets))
            merged[key] = replace(known, assets=assets)
    return merged


def collected(
    requests: Mapping[str, ModelRequest],
    answers: Iterable[Response],
    reasons: Mapping[str, Reason],
    error: LakeglossError | None,
    on_response: Callable[[Response], None] | None,
) -> Outcome:
    """The outcome of attempts that were made elsewhere."""
    last: dict[str, Response] = {}
    usage, attempts = Usage(), 0
    for response in answers:
        known = last.get(response.request_hash)
        if known is None or response.attempt > known.attempt:
            last[response.request_hash] = response
        usage += usage_of(response)
        attempts += 1
        if on_response is not None:
            on_response(response)
    return Outcome(
        responses=tuple(last[key] for key in requests if key in last),
        not_asked=tuple(
            NotAsked(request=request, reason=reasons.get(key, Reason.ENDPOINT))
            for key, request in requests.items()
            if key not in last
        ),
        usage=usage,
        attempts=attempts,
        error=error,
    )


def usage_of(response: Response) -> Usage:
    """What an attempt cost."""
    return Usage(
        input=response.input_tokens,
        cached=response.cached_tokens,
        output=response.output_tokens,
        estimated=response.usage_estimated,
    )
