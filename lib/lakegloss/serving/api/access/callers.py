"""Finds out who calls: checks a request's key, what it may do and how often."""

import asyncio
import ipaddress
import logging
import re
import time
from collections.abc import Callable, Mapping

from cachetools import LRUCache
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from lakegloss.core.text.causes import first_line
from lakegloss.core.text.terminal import visible
from lakegloss.errors import SettingsError
from lakegloss.serving.api.access.keys import (
    ADMIN,
    COMMENT,
    EXECUTE,
    FEEDBACK,
    LOOPBACK,
    READ,
    SCOPES,
    ApiKey,
    KeyRing,
    digest_of,
    presented,
)
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.problems import ApiError, ErrorResponse, unavailable

_MOST_KEYS = 10_000


_log = logging.getLogger("lakegloss.api")
_KEYS_KNOWN_FOR = 5.0
_SHORTEST_SECRET = 16
_WRONG_A_MINUTE = 60
_NAMED_BY_APP = ("x-forwarded-email", "x-forwarded-preferred-username", "x-forwarded-user")
_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Callers:
    """Knows the keys that may call, and how many requests each may still send.

    Args:
        secret: the secret of a key with all scopes; '' for no such key.
        rate: requests a minute for a key without a rate of its own.
        app: whether a Databricks app lets callers in and names them; keys are accepted, too.

    Attributes:
        clock: a monotonic clock in seconds, which decides when keys are read again.
    """

    def __init__(self, store: Store, *, secret: str, rate: int, app: bool = False) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self._store = store
        self._app = app
        self._rate = rate
        self._limiter = RateLimiter()
        self._wrong = RateLimiter()
        self._fixed = (_all_scopes(secret),) if secret else ()
        self._only_local = could_be_guessed(secret)
        if self._only_local:
            _log.warning(
                "SECRET_KEY has fewer than %d characters and could be guessed: only programs on "
                "this machine may use it. Set a longer one.",
                _SHORTEST_SECRET,
            )
        self._ring: KeyRing | None = None
        self._ring_read_at = 0.0
        # Decided now, and never undone: revoking the last key does not open the door.
        self._open = not (self._fixed or store.is_keyed())

    async def ring(self) -> KeyRing:
        """The keys, read again every few seconds; old ones while the database does not answer."""
        now = self.clock()
        if self._ring is None or now - self._ring_read_at > _KEYS_KNOWN_FOR:
            self._ring_read_at = now
            try:
                kept = await asyncio.to_thread(self._store.all_keys)
            except SQLAlchemyError as error:
                if self._ring is None:
                    raise unavailable("The keys cannot be read.") from error
                _log.warning("the keys cannot be read again: %s", first_line(error, 200))
            else:
                self._ring = KeyRing((*self._fixed, *kept))
                self._open = self._open and not kept
        return self._ring

    async def authorised(self, request: Request, scope: str) -> ApiKey:
        """The caller's key, if it may do that now; this counts as one request of its rate.

        Raises:
            ApiError: 401, 403 or 429.
        """
        key = await self._known(request)
        request.state.key_name = key.name
        if scope not in key.scopes and ADMIN not in key.scopes:
            raise ApiError(
                403,
                ErrorResponse.of(
                    "forbidden",
                    f"This key lacks the scope {scope!r}.",
                    f"Make one with `lakegloss keys add NAME --scope {scope}`, and a --scope for "
                    "whatever else it should do.",
                ),
            )
        self.charge(key, 1)
        return key

    def charge(self, key: ApiKey, requests: int) -> None:
        """Take so many requests of a key's rate.

        Raises:
            ApiError: 429.
        """
        wait = self._limiter.wait_of(key.name, key.rate or self._rate, requests)
        if wait:
            raise ApiError(
                429,
                ErrorResponse.of(
                    "rate_limit_error", "Too many requests.", "Send fewer, or wait.", wait
                ),
            )

    async def _known(self, request: Request) -> ApiKey:
        ring = await self.ring()
        secret = presented(request.scope["headers"])
        if self._app:
            known = ring.find(secret) if secret else None
            return known if known and self._may_use(known, request) else self._user(request)
        if not self._open:
            found = ring.find(secret) if secret else None
            if found is not None and self._may_use(found, request):
                return found
            self._throttle(request)
            said = "There is no such key, or it has expired." if secret else "No key was given."
            raise ApiError(401, _unknown(said))
        if _is_local(request):
            return LOOPBACK
        said = (
            "No key is configured, so that only programs on this machine may call: not through a "
            "proxy, and no page of another site."
        )
        raise ApiError(401, _unknown(said))

    def _may_use(self, key: ApiKey, request: Request) -> bool:
        """Whether a key may be used from where the caller is: one to guess only on this machine."""
        return not (self._only_local and key in self._fixed) or _is_local(request)

    def _user(self, request: Request) -> ApiKey:
        """Whom the app's own proxy names; it takes these headers away from whoever sends them."""
        name = next((n for h in _NAMED_BY_APP if (n := request.headers.get(h, ""))), "")
        if not name:
            raise ApiError(401, _unknown("The app names nobody."))
        return ApiKey(
            name=visible(name)[:60],
            digest=b"",
            scopes=frozenset({EXECUTE, COMMENT, READ, FEEDBACK}),
        )

    def _throttle(self, request: Request) -> None:
        """Slow down an address that keeps trying; keys that are known are not held up by it."""
        address = request.client.host if request.client else ""
        wait = self._wrong.wait_of(address, _WRONG_A_MINUTE)
        if wait:
            said = "Too many requests without a key that is known."
            raise ApiError(
                429, ErrorResponse.of("rate_limit_error", said, "Correct the key.", wait)
            )


def secret_of(env: Mapping[str, str], host: str) -> str:
    """The key of SECRET_KEY; '' where it is not set.

    Args:
        host: the address that the service listens at.

    Raises:
        SettingsError: it could be guessed, by others than programs on this machine.
    """
    secret = env.get("SECRET_KEY", "").strip()
    if could_be_guessed(secret) and not is_loopback(host):
        raise SettingsError(
            f"SECRET_KEY has fewer than {_SHORTEST_SECRET} characters, and others reach {host}.",
            remedy="Set a longer one, or unset it and run `lakegloss keys add NAME`.",
        )
    return secret


def could_be_guessed(secret: str) -> bool:
    """Whether a key is too short for callers from elsewhere."""
    return 0 < len(secret) < _SHORTEST_SECRET


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_app(callers: str, env: Mapping[str, str]) -> bool:
    """Whether a Databricks app lets callers in.

    Raises:
        SettingsError: the settings say so, and this is none: anybody could claim any name.
    """
    if callers == "databricks" and not env.get("DATABRICKS_APP_NAME"):
        raise SettingsError(
            "serve_callers is 'databricks', and this is no Databricks app.",
            remedy="Leave it at 'keys'; an app has DATABRICKS_APP_NAME set.",
        )
    return callers == "databricks"


def _all_scopes(secret: str) -> ApiKey:
    return ApiKey(name="SECRET_KEY", digest=digest_of(secret.encode()), scopes=frozenset(SCOPES))


def _is_local(request: Request) -> bool:
    """Whether a program on this machine calls, and not a page of another site in its browser."""
    client = request.client.host if request.client else ""
    origin = request.headers.get("origin", "").split("://")[-1]
    named = [request.headers.get("host", ""), *([origin] if origin else [])]
    proxied = any(name in request.headers for name in _PROXIED)
    return client in _LOOPBACK and all(map(_is_loopback, named)) and not proxied


def _is_loopback(authority: str) -> bool:
    """Whether a name with or without a port means this machine."""
    return re.sub(r":\d+$", "", authority).strip("[]") in _LOOPBACK


def _unknown(said: str) -> ErrorResponse:
    return ErrorResponse.of(
        "unauthorized",
        said,
        "Send Authorization: Bearer KEY or x-api-key: KEY; `lakegloss keys add NAME` makes one.",
    )


class RateLimiter:
    """A bucket of a minute's requests for each caller, filled evenly (Turner 1986).

    For one event loop. Only so many callers are remembered; the others begin with a full bucket.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(_MOST_KEYS)

    def wait_of(self, caller: str, rate: int, requests: int = 1) -> float:
        """Take some of the `rate` requests a minute; returns 0, or the seconds to wait for them.

        To take more than a minute's requests at once, the bucket must be full but for the request
        itself; they leave a debt, which is filled first.
        """
        now = self._clock()
        room, filled_at = self._buckets.get(caller, (float(rate), now))
        room = min(float(rate), room + (now - filled_at) * rate / 60)
        needed = requests if requests == 1 else min(requests, rate - 1)
        allowed = room >= needed
        self._buckets[caller] = (room - requests if allowed else room, now)
        return 0.0 if allowed else (needed - room) * 60 / rate
