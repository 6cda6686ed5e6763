"""Optimises families by itself when production says so, and releases what is better."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from lakegloss.core.going_on import going_on
from lakegloss.core.learning.judgements import Feedback, JudgedExecution, new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.production.replacement import DeploymentConfig
from lakegloss.core.production.triggers import (
    OptimisationTrigger,
    OptimizationConfig,
    config_of,
    trigger_of,
)
from lakegloss.errors import LakeglossError
from lakegloss.learning.families.family_optimizer import PromptFamilyOptimizer
from lakegloss.learning.families.family_plans import family_named
from lakegloss.learning.production.production_pipeline import ProductionDataPipeline
from lakegloss.monitoring.collector import PerformanceFeedbackCollector
from lakegloss.monitoring.monitor import RealTimeMonitor
from lakegloss.monitoring.performance import PerformanceMetrics
from lakegloss.release.production_loop.optimisation_queue import (
    OptimisationQueue,
    QueuedOptimisation,
)
from lakegloss.release.production_loop.sights import sights_of
from lakegloss.release.replacement.replacement_pipeline import PromptReplacementPipeline

_log = logging.getLogger("lakegloss.production")
_RENEW_SECONDS = 30.0


class RealTimeOptimizer:
    """Watches what people say and how calls go, optimises, and rolls better variants out.

    Any number of processes may run one on the same store: together they run no more than
    `max_concurrent_optimizations` at once. What is known stands in the store, so that a process
    that was killed goes on when it is started again; answers that were paid for are not paid twice.

    Args:
        config: an `OptimizationConfig`, or its names and values.
        data: measures recorded executions; by default on the store in the home folder.
        families: searches; by default with the models that are configured.
        replacement: rolls out; by default on the same store.
        monitor: counts metrics; an alert on a variant that is rolled out takes it back.
        programs_of: the program behind the name of a variant, for feedback that names only that.
    """

    def __init__(
        self,
        config: OptimizationConfig | Mapping[str, object] | None = None,
        *,
        data: ProductionDataPipeline | None = None,
        families: PromptFamilyOptimizer | None = None,
        replacement: PromptReplacementPipeline | None = None,
        monitor: RealTimeMonitor | None = None,
        programs_of: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.config = config_of(config)
        self._clock = clock
        self.data = data or ProductionDataPipeline(clock=clock)
        self._store = self.data.store
        self.families = families or PromptFamilyOptimizer(store=self._store, clock=clock)
        sure = DeploymentConfig(min_confidence=self.config.min_confidence_for_deployment)
        self.replacement = replacement or PromptReplacementPipeline(self.data, sure, clock=clock)
        self.monitor = monitor or RealTimeMonitor(clock=clock)
        self.collector = PerformanceFeedbackCollector(self.monitor, clock=clock)
        self.queue = OptimisationQueue(self._store, clock=clock)
        self._programs = dict(programs_of or {})
        self._holder = f"{os.getpid()}-{uuid4().hex[:8]}"
        self._running: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self.monitor.add_alert_callback(self._on_alert)

    @property
    def is_running(self) -> bool:
        return self._loop is not None and not self._loop.done()

    async def start(self) -> None:
        """Begin to look; what a killed process left waits again and is taken up."""
        if not self.is_running:
            self._loop = asyncio.create_task(self._forever(), name="lakegloss production loop")

    async def stop(self) -> None:
        """Begin nothing more, and wait for searches under way: their time is limited."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.cancel()
            with suppress(asyncio.CancelledError):
                await loop
        await self.settled()

    async def settled(self) -> None:
        """Wait for the searches under way."""
        while self._running:
            await asyncio.gather(*self._running)

    async def add_feedback(
        self, variant: str, model: str, feedback_score: float, feedback_type: str = "quality"
    ) -> Feedback:
        """Keep what somebody says of a variant as such.

        Raises:
            InputError: the score is not from 0 to 1.
        """
        judged = JudgedExecution(
            execution_id="", program=self._program_of(variant), variant=variant, model=model
        )
        row = new_feedback(judged, score=feedback_score, type=feedback_type, now=self._clock())
        await asyncio.to_thread(self._store.add, row)
        self.collector.collect_feedback(variant, model, feedback_score, feedback_id=row.feedback_id)
        return row

    async def add_performance_metric(self, metrics: PerformanceMetrics) -> bool:
        """Count an execution; returns whether it is new."""
        event = metrics.event
        run = RecordedExecution(
            execution_id=event.event_id, variant=metrics.variant, model=metrics.model,
            program=metrics.program or self._program_of(metrics.variant),
            program_version=metrics.program_version, failed_by="" if metrics.success else "program",
            error=event.error, latency=metrics.latency_ms, input_tokens=event.input_tokens,
            output_tokens=event.output_tokens, at=event.at,
        )  # fmt: skip
        await asyncio.to_thread(self._store.record, run)
        return self.monitor.add_metric(metrics)

    async def trigger_optimization(
        self, family: str, model: str, why: str = "somebody asked for it"
    ) -> QueuedOptimisation:
        """Let a family be optimised for a model, whenever the last one was.

        Raises:
            InputError: there is no such family.
        """
        known = family_named(family).value
        return await asyncio.to_thread(
            self.queue.add, known, model, OptimisationTrigger.BY_HAND, why
        )

    async def look(self) -> list[QueuedOptimisation]:
        """Look once: queue what production asks for, begin what may run, step rollouts."""
        kept = timedelta(days=self.config.retention_days)
        await asyncio.to_thread(self._store.forget, self._clock() - kept)
        await asyncio.to_thread(self._queue_what_is_due)
        claimed = await asyncio.to_thread(
            self.queue.claim, self._holder, self.config.max_concurrent_optimizations
        )
        for one in claimed:
            task = asyncio.create_task(self._optimised(one))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        if self.config.enable_automatic_optimization:
            await self.replacement.run_automated_replacement()
        else:
            await asyncio.to_thread(lambda: list(self.replacement.step_all()))
        return claimed

    def due(self) -> list[tuple[str, str, OptimisationTrigger, str]]:
        """What production asks for now: family, model, trigger, and why."""
        now, found = self._clock(), []
        seen = sights_of(self._store, self.replacement.book, self.queue.all(), now)
        for (family, model), sight in seen.items():
            trigger = trigger_of(sight, self.config, now)
            if trigger is not None:
                found.append((family, model, *trigger))
        return found

    def _queue_what_is_due(self) -> None:
        for family, model, trigger, why in self.due():
            if self.families.knows(model):
                self.queue.add(family, model, trigger, why)

    async def _forever(self) -> None:
        while True:
            with going_on(_log, "the production loop looks again later"):
                await self.look()
            await asyncio.sleep(self.config.check_interval_seconds)

    async def _optimised(self, one: QueuedOptimisation) -> None:
        failed, result = True, "it failed; the log says why"
        renewing = asyncio.create_task(self._renewing())
        try:
            with going_on(_log, "the optimisation of %s for %s failed", one.family, one.model):
                try:
                    found = await self.families.optimize_family(
                        one.family, [one.model],
                        hours=self.config.optimization_timeout_minutes / 60,
                    )  # fmt: skip
                    ended = found[one.model]
                    failed, result = False, f"{ended.outcome.value}: {ended.reason}"
                except LakeglossError as error:
                    result = error.message
        finally:
            renewing.cancel()
            await asyncio.to_thread(
                self.queue.end, one.optimisation_id, self._holder, failed=failed, result=result
            )

    async def _renewing(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            await asyncio.to_thread(self.queue.renew, self._holder)

    def _on_alert(self, alert: Mapping[str, Any]) -> None:
        """Take a variant back that is being rolled out, where an alert on it begins."""
        if not self.config.rollback_on_failure or alert["status"] != "firing":
            return
        for name in self.replacement.book.names():
            row = self.replacement.rollouts.standing(name)
            variants = self.replacement.book.by_name(name)
            if row is None or not row.is_active or variants.model != alert["model"]:
                continue
            if alert["variant"] in variants.names_of(variants.numbered(row.challenger)):
                self.replacement.roll_back(variants.program, variants.model, alert["message"])

    def _program_of(self, variant: str) -> str:
        """The program behind a variant: as it was told, or as the book has it; '' unknown."""
        if variant in self._programs:
            return self._programs[variant]
        known = (self.replacement.book.by_name(name) for name in self.replacement.book.names())
        return next((one.program for one in known if one.named(variant) is not None), "")
