"""The service behind the routes: what its requests share, and its end."""

from collections.abc import Callable, Sequence

from lakegloss.core.evidence import Evidence
from lakegloss.release.chosen import Chosen
from lakegloss.serving.api.access.callers import Callers
from lakegloss.serving.api.executing import Executions
from lakegloss.serving.api.health import HealthWatch
from lakegloss.settings_views import ServiceSettings


class Service:
    """Everything that requests share; close it when the last one is answered.

    `start.start_service` makes it.

    Args:
        comments: gives the comment program of now.
        detector: finds personal data in evidence, beside the built-in rules.
        followed: end the following of aliases.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        executions: Executions,
        *,
        callers: Callers,
        comments: Callable[[], Chosen],
        detector: Callable[[Evidence], Evidence] | None,
        followed: Sequence[Callable[[], None]],
    ) -> None:
        self.settings = settings
        self.executions = executions
        self.executor = executions.executor
        self.store = executions.store
        self.metrics = executions.metrics
        self.callers = callers
        self.detector = detector
        self.health = HealthWatch(executions.routes_for(""), executions.store)
        self._comments = comments
        self._followed = tuple(followed)

    def stop_soon(self) -> None:
        """Say from now on that it stops; what runs is finished."""
        self.executions.stop_soon()
        self.health.stop_soon()

    async def settle(self) -> None:
        """Let executions that the server cut off record that they were, for a second at most."""
        self.stop_soon()
        await self.executions.settle()

    def close(self) -> None:
        """Close connections and write what waits."""
        self.stop_soon()
        self.executor.shutdown()
        for end in self._followed:
            end()
        self.executions.close()
        self.store.close()

    @property
    def comments(self) -> Chosen:
        """The comment program of now; whoever answers a request takes it once."""
        return self._comments()
