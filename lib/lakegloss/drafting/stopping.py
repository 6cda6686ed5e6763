"""Says why a model wrote nothing: what the endpoint did, what the budget has no room for.

Operators are told all of it, callers neither where the endpoint is nor what it said.
"""

import re
from collections.abc import Iterable, Sequence

from lakegloss.core.records import Response
from lakegloss.engine.attempt import OF_THE_ENDPOINT, Failure, Usage, at_most
from lakegloss.engine.caller import policy_from
from lakegloss.engine.limits.budget import Allowance
from lakegloss.engine.outcome import NotAsked
from lakegloss.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointUnavailableError,
    EnvironmentNotReadyError,
    LakeglossError,
    SettingsError,
)
from lakegloss.settings_views import CallSettings

_OF_THE_REQUEST = re.compile(r"invalid: HTTP (?:400|413|422)\b")
"""What another, smaller request may escape."""

_FILTERED = "content_filter"
NO_MODEL = "no model is set"


def has_text(response: Response) -> bool:
    """Whether there is something to read: of an answer that was filtered, what came before."""
    refused = response.error.partition(":")[0] == Failure.REFUSED
    return response.usable or (refused and bool(response.text))


def asks_too_much(response: Response) -> bool:
    """Whether it may help to ask for less at a time: too long, refused, filtered, no text."""
    if response.usable:
        return response.finish_reason == _FILTERED
    return not unanswered(response) or bool(_OF_THE_REQUEST.match(response.error))


def unanswered(response: Response) -> bool:
    """Whether the endpoint failed before any model answered."""
    return not response.usable and response.error.partition(":")[0] in OF_THE_ENDPOINT


def unavailable(responses: Sequence[Response], *, last: bool) -> EndpointUnavailableError | None:
    """The error where no request was answered, which nothing but the endpoint explains.

    Args:
        responses: of all that was asked.
        last: whether nothing is left to try; before that, requests may fare better in smaller ones.
    """
    if not responses or not all(unanswered(r) for r in responses):
        return None
    if not last and any(_OF_THE_REQUEST.match(r.error) for r in responses):
        return None
    newest = responses[-1]
    return EndpointUnavailableError(
        f"The endpoint {newest.endpoint!r} answered no request, last with {newest.error}.",
        remedy="Check endpoint and model (`lakegloss doctor`), then run again. "
        "No comment was proposed in the model's place.",
    )


def least(skipped: Iterable[NotAsked]) -> Usage | None:
    """What the smallest of these requests may cost at most; None of none."""
    return min((at_most(s.request) for s in skipped), key=lambda usage: usage.total, default=None)


def budget_advice(
    settings: CallSettings, needed: Usage | None, *, endpoint: str, calls: int
) -> str:
    """What to do about a budget that ended a run.

    Args:
        needed: by the smallest request that was not asked.
        calls: that this run could pay; where it could pay none, another run cannot either.
    """
    allowance = policy_from(settings, endpoint=endpoint).allowance
    names = _budget_names(settings)
    if calls and needed is not None and _fits(needed, allowance):
        return f"{names} was used up; run the same command to go on, or raise it."
    if needed is None:
        return f"Raise {names}."
    least_text = f"{needed.total:,} tokens"
    if allowance.cost is not None:
        least_text += f" or ${allowance.price(needed):,.4f}"
    if settings.transport == "partitions":
        least_text += f", in each of up to {settings.partitions} partitions that share the budget"
    return (
        f"{names} is too small: the smallest request may need {least_text}. Raise it (`lakegloss "
        "plan` shows what all requests need); the same command would stop here again."
    )


def _fits(needed: Usage, allowance: Allowance) -> bool:
    tokens, cost = allowance.tokens, allowance.cost
    return (tokens is None or needed.total <= tokens) and (
        cost is None or allowance.price(needed) <= cost
    )


def _budget_names(settings: CallSettings) -> str:
    values = {"max_tokens_total": settings.max_tokens_total, "max_cost": settings.max_cost}
    return " and ".join(f"{k} = {v}" for k, v in values.items() if v is not None) or "the budget"


def without_address(error: LakeglossError) -> str:
    """Why no model answered, without where it is and what its server said."""
    if isinstance(error, EndpointAuthError):
        return "the model's endpoint refused the key"
    if isinstance(error, EndpointError):
        return "the model's endpoint gave no answer"
    if isinstance(error, SettingsError | EnvironmentNotReadyError):
        return "no model can be asked as the settings are"
    return error.message


def without_detail(reason: str) -> str:
    """A reason; of a failed call only its kind."""
    kind, colon, _ = reason.partition(": ")
    return f"the call failed: {kind}" if colon and kind in set(Failure) else reason
