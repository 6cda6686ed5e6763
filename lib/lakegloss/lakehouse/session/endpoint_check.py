"""Checks that the model endpoint answers, by its free list of models: no token is spent."""

import difflib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from http.client import HTTPException
from typing import TypeVar

from lakegloss.engine.http.endpoint import Endpoint, endpoint_from
from lakegloss.engine.http.secrets import SECRETS
from lakegloss.engine.http.transport import NoRedirect
from lakegloss.errors import EndpointAuthError, EndpointError, EndpointUnavailableError
from lakegloss.lakehouse.threads import run_into
from lakegloss.settings_views import EndpointSettings

TIMEOUT = 10.0
LOGIN_TIMEOUT = 20.0
_MOST_BYTES = 4 * 1024 * 1024
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Says that the endpoint answered; `doubt` is '' if it knows the model."""

    doubt: str = ""
    remedy: str = ""


def ask_models(settings: EndpointSettings, *, timeout: float = TIMEOUT) -> Answer:
    """Ask the endpoint which models it has.

    Raises:
        EndpointAuthError: the key is missing or refused.
        EndpointUnavailableError: nothing answers at the address.
        EndpointError: something else answers there.
        SettingsError, EnvironmentNotReadyError: see `engine.http.endpoint.endpoint_from`.
    """
    # databricks-sdk retries an unreachable workspace for five minutes.
    endpoint = _within(LOGIN_TIMEOUT, lambda: endpoint_from(settings), settings.endpoint)
    request = urllib.request.Request(f"{endpoint.base_url}/models")  # noqa: S310 - http(s) only
    token = endpoint.credential.token()
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=timeout) as reply:
            body = reply.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            return _refused(endpoint, error.code, keyed=bool(token))
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise EndpointUnavailableError(
            f"The endpoint {endpoint.base_url!r} cannot be reached: {str(reason)[:200]}.",
            remedy="Start it, or correct endpoint; a proxy is read from https_proxy.",
        ) from None
    return _listed(endpoint, body)


def _within(seconds: float, work: Callable[[], _T], address: str) -> _T:
    """Run work that may hang; after `seconds` its thread is left behind and an error is raised."""
    result: Future[_T] = Future()
    threading.Thread(target=run_into, args=(result, work), daemon=True).start()
    if not wait([result], seconds).done:
        raise EndpointUnavailableError(
            f"The endpoint {address!r} did not answer within {seconds:.0f} s.",
            remedy="Check the network and the workspace's address (DATABRICKS_HOST).",
        )
    return result.result()


def _refused(endpoint: Endpoint, status: int, *, keyed: bool) -> Answer:
    if status in {401, 403}:
        raise EndpointAuthError(
            f"The endpoint {endpoint.base_url!r} refuses "
            f"{'the key' if keyed else 'calls without a key'} (HTTP {status}).",
            remedy="Set LAKEGLOSS_API_KEY or api_key_file to a key with rights on the model.",
        )
    if status in {404, 405, 501}:
        return Answer(
            doubt=f"{endpoint.base_url} answers, but lists no models (HTTP {status}): "
            f"whether it has {endpoint.model!r} was not tried",
            remedy="Check that the address ends where /chat/completions follows, such as /v1.",
        )
    raise EndpointError(
        f"The endpoint {endpoint.base_url!r} answered HTTP {status}.",
        remedy="Correct endpoint, or try later.",
    )


def _listed(endpoint: Endpoint, body: bytes) -> Answer:
    try:
        names = [SECRETS.redact(str(item["id"])) for item in json.loads(body)["data"]]
    except (ValueError, KeyError, TypeError):
        raise EndpointError(
            f"What answers at {endpoint.base_url!r} is not an OpenAI-compatible API.",
            remedy="Correct endpoint: it is the address before /chat/completions.",
        ) from None
    if not names or endpoint.model in names:
        return Answer()
    near = difflib.get_close_matches(endpoint.model, names, n=3, cutoff=0.3) or names[:3]
    return Answer(
        doubt=f"{endpoint.base_url} does not list the model {endpoint.model!r}",
        remedy=f"It lists {', '.join(repr(name[:80]) for name in near)}; correct model.",
    )
