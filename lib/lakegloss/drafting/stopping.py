"""Says why a model wrote nothing: the endpoint failed, or the budget was too small.

Operators see all of it. Callers see neither the endpoint's address nor its words.
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
"""Errors that a smaller request may avoid."""

_FILTERED = "content_filter"
NO_MODEL = "no model is set"


def has_text(response: Response) -> bool:
    """Whether an answer has text to read; a filtered one may have some from before the stop."""
    refused = response.error.partition(":")[0] == Failure.REFUSED
    return response.usable or (refused and bool(response.text))


def asks_too_much(response: Response) -> bool:
    """Whether a smaller request may help: it was too long, refused, filtered or left empty."""
    if response.usable:
        return response.finish_reason == _FILTERED
    return not unanswered(response) or bool(_OF_THE_REQUEST.match(response.error))


def unanswered(response: Response) -> bool:
    """Whether the endpoint failed before any model answered."""
    return not response.usable and response.error.partition(":")[0] in OF_THE_ENDPOINT


def unavailable(responses: Sequence[Response], *, last: bool) -> EndpointUnavailableError | None:
    """The error where the endpoint answered no request; None where it answered one.

    Args:
        responses: the responses of a round.
        last: whether nothing is left to ask. Before that, smaller requests may succeed.
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
    """The highest cost of the smallest of these requests; None where there are none."""
    return min((at_most(s.request) for s in skipped), key=lambda usage: usage.total, default=None)


def budget_advice(
    settings: CallSettings, needed: Usage | None, *, endpoint: str, calls: int
) -> str:
    """Say what to do about a budget that ended a run.

    Args:
        needed: what the smallest request that was not asked may cost.
        calls: how many calls this run paid; if it paid none, another run cannot pay one either.
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
    """Why no model answered, without the endpoint's address and its server's words."""
    if isinstance(error, EndpointAuthError):
        return "the model's endpoint refused the key"
    if isinstance(error, EndpointError):
        return "the model's endpoint gave no answer"
    if isinstance(error, SettingsError | EnvironmentNotReadyError):
        return "no model can be asked as the settings are"
    return error.message


def without_detail(reason: str) -> str:
    """A reason as callers may see it: of a failed call only its kind."""
    kind, colon, _ = reason.partition(": ")
    return f"the call failed: {kind}" if colon and kind in set(Failure) else reason
