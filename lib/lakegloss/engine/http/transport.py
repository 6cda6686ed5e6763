"""The seam to the network: one attempt at one request. A scripted one serves tests."""

import asyncio
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt


class Transport(Protocol):
    """Carries requests to a model. Used from one event loop."""

    async def attempt(self, request: ModelRequest, deadline: float | None) -> Attempt:
        """Make one call; it never raises for what the provider or the network does.

        Args:
            deadline: monotonic time at which the call must have ended.
        """

    async def close(self) -> None:
        """Give connections back."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would carry the key, or the rows, to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class ScriptedTransport:
    """Answers from a script, in memory: attempts in turn, or a function of the request.

    Args:
        turns: how often a call lets others run before it answers.
    """

    def __init__(
        self, script: Iterable[Attempt] | Callable[[ModelRequest], Attempt], *, turns: int = 1
    ) -> None:
        self._script = script if callable(script) else iter(script)
        self._turns = turns
        self.requests: list[ModelRequest] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.closed = False

    async def attempt(self, request: ModelRequest, deadline: float | None) -> Attempt:  # noqa: ARG002
        self.requests.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            for _ in range(self._turns):
                await asyncio.sleep(0)
            return self._script(request) if callable(self._script) else next(self._script)
        finally:
            self.in_flight -= 1

    async def close(self) -> None:
        self.closed = True
