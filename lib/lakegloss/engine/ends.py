"""What is said where one answer of an endpoint is enough to end a run."""

import re

from lakegloss.engine.attempt import Attempt
from lakegloss.errors import EndpointAuthError, EndpointUnavailableError

_EXPIRED = re.compile(r"(?i)expired|revoked|no longer valid|not valid any")
_NO_RIGHT = re.compile(r"(?i)permission|not allowed|no access|does not have")


def key_remedy(said: str) -> str:
    """What to do about a refused key, by what the endpoint says of it."""
    if _EXPIRED.search(said):
        return "Get a new key or log in again (`databricks auth login`), then run again."
    if _NO_RIGHT.search(said):
        return (
            "Ask for the right to query the model (CAN QUERY on a Databricks endpoint), "
            "then run again."
        )
    return "Check LAKEGLOSS_API_KEY or api_key_file and the key's rights, then run again."


def refused_key(url: str, attempt: Attempt) -> EndpointAuthError:
    return EndpointAuthError(
        f"The endpoint {url!r} refused the key: {attempt.detail}.",
        remedy=key_remedy(attempt.detail),
    )


def used_up(url: str, attempt: Attempt) -> EndpointUnavailableError:
    return EndpointUnavailableError(
        f"The endpoint {url!r} takes no more calls, as credit or a limit is used up: "
        f"{attempt.detail}.",
        remedy="Add credit, have the limit raised, or set another model; then run again: answers "
        "so far are kept.",
    )


def no_api(url: str, attempt: Attempt) -> EndpointUnavailableError:
    return EndpointUnavailableError(
        f"What answers at {url!r} is no OpenAI-compatible API: {attempt.detail}.",
        remedy="Correct endpoint (it is the address before /chat/completions); behind a proxy, set "
        "https_proxy with its login, or no_proxy.",
    )
