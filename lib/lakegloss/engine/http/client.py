"""Sends requests to one OpenAI-compatible endpoint, over one pool of connections."""

import asyncio
import json
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
from lakegloss.engine.http.encodings import ACCEPTED, unpacked
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.http.refusals import is_lasting, of_the_model
from lakegloss.engine.http.waits import wait_asked
from lakegloss.errors import LakeglossError

BODY_LIMIT = 8 * 2**20
"""The most bytes of an answer that are read."""

_TOKEN_SECONDS = 30.0
_ADAPTATIONS = 6
_log = logging.getLogger(__name__)


class HttpTransport:
    """POSTs to {base_url}/chat/completions. Make it anywhere, use it from one event loop.

    Where the endpoint refuses response_format, max_tokens, temperature, messages of the system or
    answers that are no stream, the transport asks again at once without it, or in the other way,
    and does so for the rest of the run.
    """

    def __init__(self, endpoint: Endpoint, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._dialect = Dialect(structured=endpoint.structured)
        self._session: aiohttp.ClientSession | None = None
        self._url = URL(endpoint.url)
        self._taken: set[str] = set()
        self._trying = asyncio.Lock()
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
        """Ask, and ask again where the endpoint refused the form, or an old token."""
        for _ in range(_ADAPTATIONS):
            dialect, token = self._dialect, self._current_token()
            attempt, said = await self._post(dialect.body(request), token, request, timeout)
            if attempt.failure is Failure.AUTH and self._renewed(token):
                continue
            if attempt.failure is Failure.AUTH and not token:
                detail = f"no key was sent, as LAKEGLOSS_API_KEY is not set ({attempt.detail})"
                attempt = replace(attempt, detail=detail)
            if attempt.failure is None:
                self._taken.add(request.schema)
            if attempt.failure is not Failure.INVALID:
                break
            if not self._adapt(dialect, said, request):
                return await self._tried(request, dialect, attempt, said, timeout)
        return attempt

    async def _tried(
        self,
        request: ModelRequest,
        sent: Dialect,
        refused: Attempt,
        said: str,
        timeout: float,  # noqa: ASYNC109 - handed to aiohttp
    ) -> Attempt:
        """Try simpler forms where the refusal does not say what is refused; once for each schema.

        One call tries the forms; the others wait and use the form that it found.
        """
        is_bad = refused.status in {400, 422} or refused.status >= 500
        if not is_bad or of_the_model(said):
            return refused
        async with self._trying:
            if self._dialect != sent:
                forms = [self._dialect]
            elif request.schema in self._taken:
                return refused  # the endpoint took this form before: the messages are refused
            else:
                self._taken.add(request.schema)
                forms = sent.simpler(request)
            for form in forms:
                body = form.body(request)
                attempt, _ = await self._post(body, self._current_token(), request, timeout)
                if attempt.failure is Failure.INVALID:
                    continue
                if attempt.status == 200 and self._dialect == sent:
                    self._settle_on(form, said)
                elif attempt.status != 200:
                    self._taken.discard(
                        request.schema
                    )  # this proved nothing: a later call tries again
                return attempt
        return refused

    def _current_token(self) -> str:
        now = self._clock.monotonic()
        if now - self._token_at >= _TOKEN_SECONDS:
            self._token, self._token_at = self._endpoint.credential.token(), now
        return self._token

    def _renewed(self, refused: str) -> bool:
        self._token_at = float("-inf")
        return self._current_token() != refused

    def _adapt(self, sent: Dialect, said: str, request: ModelRequest) -> bool:
        """Change to a form that avoids the refusal. Returns whether to ask again.

        Another call may have changed the form since this one was sent: then use that form.
        """
        if self._dialect != sent:
            return True
        other = sent.without(said, request)
        if other is None:
            return False
        self._settle_on(other, said)
        return True

    def _settle_on(self, other: Dialect, said: str) -> None:
        sent, self._dialect = self._dialect, other
        lasting = (
            f"; set structured to {other.structured!r} to ask so from the start"
            if other.structured != sent.structured
            else ""
        )
        _log.warning(
            "%s refuses the form of the request (%s); from now on it is asked with %s",
            self._endpoint.base_url,
            clean(said, secret=self._token, limit=160),
            f"structured={other.structured}, {other.tokens}"
            + (f" of at most {other.most_tokens}" if other.most_tokens else "")
            + ("" if other.temperature else ", no temperature")
            + ("" if other.system else ", no message of the system")
            + (", as a stream" if other.stream else "")
            + lasting,
        )

    async def _post(
        self,
        body: bytes,
        token: str,
        request: ModelRequest,
        timeout: float,  # noqa: ASYNC109 - handed to aiohttp
    ) -> tuple[Attempt, str]:
        """Make one POST. Returns the attempt and the text of its error."""
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
            return _network_failure(error, request, token, self._endpoint.proxy), ""

    async def _read(
        self, response: aiohttp.ClientResponse, request: ModelRequest, token: str
    ) -> tuple[Attempt, str]:
        data, broken = await _bounded(response.content)
        if data is None:
            return _too_much(response.status, request), ""
        if broken is not None and not _is_whole(data):
            return _broken_off(broken, response.status, request), ""
        try:
            data = unpacked(data, response.headers.get("Content-Encoding", ""), BODY_LIMIT)
        except ValueError as error:
            return _broken_off(error, response.status, request), ""
        if data is None:
            return _too_much(response.status, request), ""
        charset = response.charset or ""
        if 200 <= response.status < 300:
            attempt = read_success(data, request, charset=charset)
            return attempt, error_text(data, charset) if attempt.failure else ""
        asked = wait_asked(response.headers, self._clock.now(), limited=response.status == 429)
        attempt = read_failure(
            response.status, data, secret=token, charset=charset, retry_after=asked
        )
        if response.headers.get("x-should-retry", "").strip().lower() == "false":
            attempt = replace(attempt, most_attempts=1)
        if 300 <= response.status < 400 or response.status == 407:
            attempt = replace(attempt, detail=self._where_to(response, attempt))
        return attempt, error_text(data, charset)

    def _where_to(self, response: aiohttp.ClientResponse, attempt: Attempt) -> str:
        """Name the target of a redirect without its secrets, or the proxy that answered."""
        if response.status == 407:
            return (
                f"the proxy {_host(self._endpoint.proxy)} wants to know who calls: {attempt.detail}"
            )
        target = _host(response.headers.get("Location", ""))
        aim = f"a redirect to {target}" if target else "a redirect"
        return clean(
            f"HTTP {response.status}, {aim}, which is not followed as it would carry the key"
        )

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The limit of the engine bounds the connections.
                connector=_CleanConnector(limit=0, ttl_dns_cache=300),
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": "lakegloss",
                    "Accept-Encoding": ACCEPTED,
                },
                auto_decompress=False,  # headers may be wrong: the body is asked what it is
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


class _CleanConnector(aiohttp.TCPConnector):
    """Drops connections with unread bytes, which would pass for the next request's answer."""

    async def connect(self, *args: Any, **options: Any) -> Any:
        await asyncio.sleep(0)  # let the loop read the bytes that have arrived
        while True:
            connection = await super().connect(*args, **options)
            if connection.protocol is not None and not connection.protocol.should_close:
                return connection
            connection.close()


async def _bounded(stream: aiohttp.StreamReader) -> tuple[bytes | None, Exception | None]:
    """The body, None where it is longer than the limit, and how its connection broke off."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in stream.iter_any():
            size += len(part)
            if size > BODY_LIMIT:
                return None, None
            parts.append(part)
    except (aiohttp.ClientPayloadError, aiohttp.ClientOSError) as error:
        return b"".join(parts), error
    return b"".join(parts), None


def _is_whole(body: bytes) -> bool:
    """Whether a body has its end, though the connection broke off or its length was wrong."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return body.rstrip().endswith(b"[DONE]")
    return True


def _host(url: str) -> str:
    """The host and path of a URL, without its login and query."""
    try:
        found = URL(url)
    except ValueError:
        return ""
    return f"{found.host}{found.path}" if found.host else found.path


def _network_failure(error: Exception, request: ModelRequest, token: str, proxy: str) -> Attempt:
    detail = clean(f"{type(error).__name__} {error}", secret=token)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        detail = f"the proxy {_host(proxy)} refuses the way: HTTP {error.status} {error.message}"
        return Attempt(status=error.status, failure=Failure.MISROUTED, detail=clean(detail))
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        detail = clean(f"the proxy {_host(proxy)} cannot be reached: {error}")
    if isinstance(error, aiohttp.ConnectionTimeoutError | aiohttp.ClientConnectorError):
        is_lost = isinstance(error, aiohttp.ClientSSLError) and is_lasting(detail)
        failure = Failure.MISROUTED if is_lost else Failure.TRANSPORT
        return Attempt(failure=failure, detail=detail)
    if isinstance(error, TimeoutError):
        # The server may have worked on the request all the time.
        return _paid_at_most(0, request, Failure.TIMEOUT, "no answer in time")
    if isinstance(error, aiohttp.InvalidURL):
        return Attempt(failure=Failure.INVALID, detail=detail)
    if isinstance(error, asyncio.IncompleteReadError | aiohttp.ClientError | OSError):
        return _paid_at_most(0, request, Failure.TRANSPORT, detail)
    return Attempt(failure=Failure.INVALID, detail=detail)


def _too_much(status: int, request: ModelRequest) -> Attempt:
    detail = f"an answer of more than {BODY_LIMIT} bytes"
    return _paid_at_most(status, request, Failure.MALFORMED, detail)


def _broken_off(error: Exception, status: int, request: ModelRequest) -> Attempt:
    what = str(error) if type(error) is ValueError else type(error).__name__
    detail = f"the answer broke off ({what})"
    if 200 <= status < 300:
        return _paid_at_most(status, request, Failure.TRANSPORT, detail)
    return Attempt(status=status, failure=Failure.TRANSPORT, detail=detail)


def _paid_at_most(status: int, request: ModelRequest, failure: Failure, detail: str) -> Attempt:
    return Attempt(status=status, failure=failure, detail=detail, usage=at_most(request))
