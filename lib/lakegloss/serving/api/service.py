"""Holds what the requests of the service share, and closes it at the end."""

from collections.abc import Callable, Sequence

from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.release.assignment import Variant
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.table_cards import TableCard
from lakegloss.release.chosen import Chosen
from lakegloss.serving.api.access.callers import Callers
from lakegloss.serving.api.executing import Executions
from lakegloss.serving.api.health import HealthWatch
from lakegloss.serving.api.variants.shadow_lane import ShadowRequest
from lakegloss.serving.api.variants.shadow_offers import of_comments
from lakegloss.serving.api.variants.splits import Splits
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.settings_views import ServiceSettings


class Service:
    """Holds everything that requests share; close it when the last request is answered.

    `start.start_service` makes it.

    Args:
        batch_workers: the most executions of one batch at the same time.
        comments: gives the current comment program; splits: its rollouts, where it has any.
        detector: finds personal data in evidence, besides the built-in rules.
        guidance: what people wrote in the settings' file, for every card.
        followed: functions that stop following aliases.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        executions: Executions,
        *,
        batch_workers: int,
        callers: Callers,
        comments: Callable[[], Chosen],
        splits: Splits | None = None,
        detector: Callable[[Evidence], Evidence] | None,
        guidance: Guidance,
        followed: Sequence[Callable[[], None]],
    ) -> None:
        self.settings = settings
        self.batch_workers = batch_workers
        self.executions = executions
        self.executor = executions.executor
        self.store = executions.store
        self.metrics = executions.metrics
        self.callers = callers
        self.detector, self.guidance = detector, guidance
        self.health = HealthWatch(executions.routes_for(""), executions.store)
        self._comments = comments
        self.splits = splits
        self._followed = tuple(followed)

    def stop_soon(self) -> None:
        """From now on report that the service stops; running executions are finished."""
        self.executions.stop_soon()
        self.health.stop_soon()

    async def settle(self) -> None:
        """Wait at most a second until interrupted executions are recorded."""
        self.stop_soon()
        await self.executions.settle()

    def close(self) -> None:
        """Close connections, and write executions that wait for the database."""
        self.stop_soon()
        self.executions.close()
        self.executor.shutdown()
        for end in self._followed:
            end()
        self.store.close()

    def comments_for(self, unit: str) -> tuple[Chosen, str]:
        """The comment program that a unit is assigned, and which variant it is; as `comments`."""
        chosen = self.comments
        name = chosen.reference.partition("/")[0]
        if self.splits is None or not name:
            return chosen, ""
        new: Chosen | None = self.splits.challenger_of(name, chosen.reference, unit)
        return (chosen, Variant.CHAMPION.value) if new is None else (new, Variant.CHALLENGER.value)

    def in_shadow(
        self, card: TableCard, drafted: Drafted, result: ExecutionResult
    ) -> ShadowRequest | None:
        """Comments as a challenger may be asked for them, too; see `of_comments`."""
        if self.splits is None:
            return None
        return of_comments(
            self.splits, card, drafted, result, detector=self.detector, guidance=self.guidance,
            timeout=self.settings.serve_timeout,
        )  # fmt: skip

    @property
    def comments(self) -> Chosen:
        """The current comment program; a request takes it once and keeps it to its end."""
        return self._comments()
