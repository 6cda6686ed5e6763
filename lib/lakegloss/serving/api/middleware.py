"""Wraps every request: gives it an id, bounds its body, logs it and counts it."""

import asyncio
import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.problems import ErrorBody, ErrorResponse, headers_of

logger = logging.getLogger("lakegloss.api")
_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_AFTER = "after_answer"
_LARGE = 64_000
_BODY_SECONDS = 30.0
_SUSPECT = (b"\\ud", b"\\uD", b"NaN", b"Infinity")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Bodies:
    """Refuses bodies that are too large or too deeply nested, before anything reads them.

    Args:
        size: bytes; depth: objects and lists inside each other.
    """

    def __init__(self, app: ASGIApp, *, size: int, depth: int) -> None:
        self._app = app
        self._size = size
        self._depth = depth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await self._read(scope, receive)
        except TimeoutError:
            late = ErrorResponse.of("too_slow", "The body took too long to come.", "Send it again.")
            await self._refuse(scope, send, 408, late)
            return
        if body is None:
            said = f"The body has more than {self._size:,} bytes."
            large = ErrorResponse.of("too_large", said, "Send less at once.")
            await self._refuse(scope, send, 413, large)
            return
        problem = await self._problem_of(body)
        if problem is not None:
            await self._refuse(scope, send, 422, ErrorResponse.validation_error(problem))
            return
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)

    async def _refuse(self, scope: Scope, send: Send, status: int, error: ErrorResponse) -> None:
        error.id = scope["state"]["request_id"]
        await refuse(send, status, error)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body of the request; None if it is too large."""
        told = dict(scope["headers"]).get(b"content-length", b"")
        if told.isdigit() and int(told[:20]) > self._size:
            return None
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(parts)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._size:
                return None
            if not message.get("more_body", False):
                return b"".join(parts)

    async def _problem_of(self, body: bytes) -> str | None:
        try:
            body.decode()
        except UnicodeDecodeError:
            return "The body is not UTF-8 text."
        # Counting is quick; only what may be too deep, or holds half a character, is parsed here.
        deep = body.count(b"[") + body.count(b"{") > self._depth
        if not deep and not any(mark in body for mark in _SUSPECT):
            return None
        if len(body) > _LARGE:
            return await asyncio.to_thread(problem_of, body, self._depth)
        return problem_of(body, self._depth)


def problem_of(body: bytes, most: int) -> str | None:
    """What is wrong with JSON that can be parsed; None also where it cannot."""
    try:
        value = json.loads(body, parse_constant=_refused)
    except RecursionError:
        return f"The body is nested more than {most} levels deep."
    except _NotFiniteError:
        return "The body holds a number that is not finite."
    except ValueError:
        return None
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > most:
            return f"The body is nested more than {most} levels deep."
        if not all(_is_whole(text) for item in level for text in _texts(item)):
            return "The body holds half of a surrogate pair."
        level = [inner for item in level for inner in _inside(item)]
    return None


def _texts(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value if isinstance(value, dict) else ()


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class _NotFiniteError(ValueError):
    pass


def _refused(_: str) -> Any:
    raise _NotFiniteError


def _is_whole(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def after_answer(request: Request, act: Callable[[], None]) -> None:
    """Do something once the answer of a request is sent: it must be quick, and never fails."""
    request.scope["state"].setdefault(_AFTER, []).append(act)


class Requests:
    """Gives each request an id, logs its end and counts it; what escapes becomes a plain 500."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given.decode() if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        self._metrics.open.inc()
        try:
            await self._app(scope, receive, answer)
            for act in scope["state"].pop(_AFTER, ()):
                act()
        except asyncio.CancelledError:
            # The server's patience with what runs is over: whoever still waits is told.
            if status:
                raise
            stopped = ErrorResponse.of("stopped", "The service was stopped.", "Send it again.", 1.0)
            stopped.id = request_id
            await refuse(answer, 503, stopped)
        except Exception:
            logger.exception("a request failed", extra={"request_id": request_id})
            if status:
                raise
            error = ErrorResponse.internal_error()
            error.id = request_id
            await refuse(answer, 500, error)
        finally:
            self._metrics.open.dec()
            self._count(scope, status, time.perf_counter() - start, request_id)

    def _count(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if logger.isEnabledFor(logging.INFO):
            facts = {
                "event_type": "request",
                "request_id": request_id,
                "method": method,
                "route": route,
                "status": status,
                "duration_ms": round(1000 * seconds, 2),
                "key_name": scope["state"].get("key_name", ""),
            }
            logger.info("%s %s %d", method, route, status, extra=facts)


async def refuse(send: Send, status: int, error: ErrorResponse) -> None:
    """Answer with an error, outside of any route."""
    body = ErrorBody(error=error).model_dump_json().encode()
    headers = [(b"content-type", b"application/json")]
    headers += [(k.lower().encode(), v.encode()) for k, v in headers_of(error).items()]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
