"""Checks whether the service can serve requests, and says why not."""

import asyncio
import logging
import time
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from lakegloss import __version__
from lakegloss.core.text.causes import first_line
from lakegloss.engine.engine import Engine
from lakegloss.engine.execution import ModelRoute
from lakegloss.release.servers import require_listener
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.schemas import Health

_log = logging.getLogger("lakegloss.api")
_KNOWN_FOR = 1.0


class HealthWatch:
    """Checks whether models and database answer, at most once a second.

    Args:
        routes: the models that are asked in turn if a caller names none.
    """

    def __init__(self, routes: Sequence[ModelRoute], store: Store) -> None:
        self._routes = routes
        self._store = store
        self._stopping = False
        self._known: tuple[float, Health] | None = None
        self._looking = asyncio.Lock()

    def stop_soon(self) -> None:
        """From now on report that the service is stopping."""
        self._stopping = True
        self._known = None

    async def now(self) -> Health:
        """Whether requests can be served, and why not."""
        if self._known is None or time.monotonic() - self._known[0] > _KNOWN_FOR:
            async with self._looking:
                if self._known is None or time.monotonic() - self._known[0] > _KNOWN_FOR:
                    self._known = (time.monotonic(), await self._measure())
        return self._known[1]

    async def _measure(self) -> Health:
        problems = []
        if self._stopping:
            problems.append("The service is stopping.")
        if not self._routes:
            problems.append("No model is set: set LAKEGLOSS_MODEL and LAKEGLOSS_ENDPOINT.")
        elif not any([await asyncio.to_thread(_reachable, route) for route in self._routes]):
            problems.append(
                "No model's endpoint answers: check LAKEGLOSS_ENDPOINT and LAKEGLOSS_MODEL with "
                "`lakegloss doctor`. It is tried again every few seconds."
            )
        try:
            await asyncio.to_thread(self._store.check)
        except SQLAlchemyError as error:
            _log.warning("the database does not answer: %s", first_line(error, 200))
            problems.append("The database does not answer.")
        return Health(status="unable" if problems else "ok", version=__version__, problems=problems)


def _reachable(route: ModelRoute) -> bool:
    """Whether a call would be sent to the model's endpoint.

    An endpoint that has not answered yet must at least listen.
    """
    engine = route.engine
    if not isinstance(engine, Engine) or (engine.has_answered and not engine.is_open):
        return True
    try:
        require_listener(engine.address)
    except OSError:
        return False
    return engine.reachable
