"""The HTTP transport: one pool of connections to one OpenAI-compatible endpoint."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import aiohttp
from yarl import URL

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import (
    Attempt,
    Failure,
    at_most,
    clean,
    error_text,
    read_failure,
    read_success,
)
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock
from lakegloss.engine.http.dialect import Dialect
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.limits.retry import parse_retry_after
from lakegloss.errors import LakeglossError

BODY_LIMIT = 8 * 2**20
"""Bytes of an answer that are read at most."""

_TOKEN_SECONDS = 30.0
_ADAPTATIONS = 4
_log = logging.getLogger(__name__)


class HttpTransport:
    """POSTs to {base_url}/chat/completions. Made anywhere, used from one event loop.

    An endpoint that refuses response_format, max_tokens or temperature is asked again without it
    (or with its other name) at once, and in that way for the rest of the run.
    """

    def __init__(self, endpoint: Endpoint, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._dialect = Dialect(structured=endpoint.structured)
        self._session: aiohttp.ClientSession | None = None
        self._url = URL(endpoint.url)
        self._token = ""
        self._token_at = float("-inf")

    async def attempt(self, request: ModelRequest, deadline: float | None) -> Attempt:
        start = self._clock.monotonic()
        timeout = self._endpoint.timeout
        if deadline is not None:
            timeout = min(timeout, deadline - start)
        if timeout <= 0:
            return Attempt(failure=Failure.TIMEOUT, detail="the run's time was over")
        try:
            attempt = await self._ask(request, timeout)
        except LakeglossError as error:
            attempt = Attempt(failure=Failure.AUTH, detail=str(error))
        return replace(attempt, latency=self._clock.monotonic() - start)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, request: ModelRequest, timeout: float) -> Attempt:  # noqa: ASYNC109 - handed to aiohttp
        """Ask, and ask again where the endpoint refuses the form or the token has changed."""
        for _ in range(_ADAPTATIONS):
            dialect, token = self._dialect, self._current_token()
            attempt, said = await self._post(dialect.body(request), token, request, timeout)
            if attempt.failure is Failure.AUTH and self._renewed(token):
                continue
            if attempt.failure is Failure.AUTH and not token:
                detail = f"no key was sent, as LAKEGLOSS_API_KEY is not set ({attempt.detail})"
                attempt = replace(attempt, detail=detail)
            if attempt.status not in {400, 422} or not self._adapt(dialect, said):
                break
        return attempt

    def _current_token(self) -> str:
        now = self._clock.monotonic()
        if now - self._token_at >= _TOKEN_SECONDS:
            self._token, self._token_at = self._endpoint.credential.token(), now
        return self._token

    def _renewed(self, refused: str) -> bool:
        self._token_at = float("-inf")
        return self._current_token() != refused

    def _adapt(self, sent: Dialect, said: str) -> bool:
        """Whether to ask again; calls that were under way at the first refusal only follow it."""
        if self._dialect != sent:
            return True
        other = sent.without(said)
        if other is None:
            return False
        self._dialect = other
        _log.warning(
            "%s refuses the form of the request (%s); from now on it is asked with %s",
            self._endpoint.base_url,
            clean(said, secret=self._token, limit=160),
            f"structured={other.structured}, {other.tokens}"
            + ("" if other.temperature else ", no temperature"),
        )
        return True

    async def _post(
        self,
        body: bytes,
        token: str,
        request: ModelRequest,
        timeout: float,  # noqa: ASYNC109 - handed to aiohttp
    ) -> tuple[Attempt, str]:
        """One POST; the error's text comes beside the attempt."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connect = min(timeout, self._endpoint.connect_timeout)
        try:
            async with self._open_session().post(
                self._url,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=connect),
                allow_redirects=False,
                proxy=self._endpoint.proxy or None,
            ) as response:
                return await self._read(response, request, token)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _network_failure(error, request, token), ""

    async def _read(
        self, response: aiohttp.ClientResponse, request: ModelRequest, token: str
    ) -> tuple[Attempt, str]:
        try:
            data = await _bounded(response.content)
        except (aiohttp.ClientPayloadError, aiohttp.ClientOSError) as error:
            return _broken_off(error, response.status, request), ""
        if data is None:
            detail = f"an answer of more than {BODY_LIMIT} bytes"
            return _paid_at_most(response.status, request, Failure.MALFORMED, detail), ""
        if response.status == 200:
            return read_success(data, request), ""
        attempt = read_failure(response.status, data, secret=token)
        asked = parse_retry_after(response.headers.get("Retry-After"), self._clock.now())
        return replace(attempt, retry_after=asked), error_text(data)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The engine's own limit bounds the connections.
                connector=_CleanConnector(limit=0, ttl_dns_cache=300),
                headers={"Content-Type": "application/json", "User-Agent": "lakegloss"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


class _CleanConnector(aiohttp.TCPConnector):
    """Gives no connection on which bytes wait: they would be read as the next request's answer."""

    async def connect(self, *args: Any, **options: Any) -> Any:
        await asyncio.sleep(0)  # what has arrived is read first
        while True:
            connection = await super().connect(*args, **options)
            if connection.protocol is not None and not connection.protocol.should_close:
                return connection
            connection.close()


async def _bounded(stream: aiohttp.StreamReader) -> bytes | None:
    """The whole body, or None where it is longer than the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in stream.iter_any():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)


def _network_failure(error: Exception, request: ModelRequest, token: str) -> Attempt:
    detail = clean(f"{type(error).__name__} {error}", secret=token)
    if isinstance(error, aiohttp.ConnectionTimeoutError | aiohttp.ClientConnectorError):
        return Attempt(failure=Failure.TRANSPORT, detail=detail)
    if isinstance(error, TimeoutError):
        # The server may have worked on it all the time.
        return _paid_at_most(0, request, Failure.TIMEOUT, "no answer in time")
    if isinstance(error, aiohttp.InvalidURL):
        return Attempt(failure=Failure.INVALID, detail=detail)
    if isinstance(error, asyncio.IncompleteReadError | aiohttp.ClientError | OSError):
        return _paid_at_most(0, request, Failure.TRANSPORT, detail)
    return Attempt(failure=Failure.INVALID, detail=detail)


def _broken_off(error: Exception, status: int, request: ModelRequest) -> Attempt:
    detail = f"the answer broke off ({type(error).__name__})"
    if status == 200:
        return _paid_at_most(status, request, Failure.TRANSPORT, detail)
    return Attempt(status=status, failure=Failure.TRANSPORT, detail=detail)


def _paid_at_most(status: int, request: ModelRequest, failure: Failure, detail: str) -> Attempt:
    return Attempt(status=status, failure=failure, detail=detail, usage=at_most(request))
