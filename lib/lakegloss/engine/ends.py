"""Words the errors that end a run at once: a refused key, used-up credit, no API."""

import re

from lakegloss.engine.attempt import Attempt
from lakegloss.engine.http.refusals import is_not_here, is_untrusted, is_without_tls
from lakegloss.errors import EndpointAuthError, EndpointUnavailableError

_EXPIRED = re.compile(r"(?i)expired|revoked|no longer valid|not valid any")
_NO_RIGHT = re.compile(r"(?i)permission|not allowed|no access|(?:does not|do not|don't) have")


def why_lost(detail: str) -> tuple[str, str]:
    """What is wrong with the way to an endpoint, as the end of a sentence, and what to do."""
    if is_not_here(detail):
        return "answers no calls from here", (
            "Have this machine's address allowed, run from a place that is, or set another "
            "endpoint or fallback model."
        )
    if is_untrusted(detail):
        return "shows a certificate that this machine does not trust", (
            "Set SSL_CERT_FILE to the certificates of the authority that signed it."
        )
    if is_without_tls(detail):
        return "does not speak TLS as https needs it", (
            "Correct the port of endpoint, or write http:// where the server has no TLS."
        )
    return "is no OpenAI-compatible API", (
        "Correct endpoint (it is the address before /chat/completions); behind a proxy, set "
        "https_proxy with its login, or no_proxy."
    )


def key_remedy(said: str) -> str:
    """What to do about a refused key, chosen by the words of the endpoint."""
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
    what, remedy = why_lost(attempt.detail)
    return EndpointUnavailableError(
        f"What answers at {url!r} {what}: {attempt.detail}.", remedy=remedy
    )
