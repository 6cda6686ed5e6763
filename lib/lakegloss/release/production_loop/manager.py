"""Puts the parts of the production loop together, on one store."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.core.learning.judgements import Feedback
from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.production.replacement import DeploymentConfig
from lakegloss.core.production.triggers import OptimizationConfig, config_of
from lakegloss.core.production.variant_figures import VariantFigures
from lakegloss.engine.model_file import configured_models
from lakegloss.learning.families.family_examples import FamilyExamples
from lakegloss.learning.families.family_optimizer import PromptFamilyOptimizer
from lakegloss.learning.production.observing import EndedExecution, ProductionObserver
from lakegloss.learning.production.production_pipeline import ProductionDataPipeline
from lakegloss.learning.production.production_store import FILE_NAME, ProductionStore
from lakegloss.monitoring.monitor import RealTimeMonitor
from lakegloss.monitoring.performance import PerformanceMetrics
from lakegloss.release.production_loop.environment import (
    alerts_from,
    config_from,
    require_enabled,
)
from lakegloss.release.production_loop.realtime_optimizer import RealTimeOptimizer
from lakegloss.release.production_loop.status import (
    Recommendation,
    recommendations_of,
    status_of,
)
from lakegloss.release.replacement.replacement_pipeline import (
    PromptReplacementPipeline,
    ReplacementReport,
)
from lakegloss.settings import load_settings
from lakegloss.settings_views import ModelSettings

_SWITCH = "switch"


class DSPyPhase2Manager:
    """Runs the production loop: pipeline, monitor, optimiser and releases, on one store.

    Args:
        config: names and values of an `OptimizationConfig`; they come before the environment's.
        home: the folder of the store; by default that of the settings.
        models: by the names that callers use; by default those that are configured.
        examples: more examples of families than production has.
        programs_of: the program behind the name of a variant, for feedback that names only that.
        budget: of one optimisation; its hours are those of the configuration.
        environ: the variables; by default the process's.

    Raises:
        SettingsError: a value cannot be used, or there is no such name.
    """

    def __init__(
        self,
        config: OptimizationConfig | Mapping[str, object] | None = None,
        *,
        home: Path | None = None,
        models: Mapping[str, ModelSettings] | None = None,
        examples: FamilyExamples | Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        programs_of: Mapping[str, str] | None = None,
        budget: OptimisationBudget | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not isinstance(config, OptimizationConfig):
            config = config_of({**config_from(environ), **(config or {})})
        self.config = config
        self._environ = environ
        self._clock = clock
        self._home = home or load_settings(environ=environ).home
        self._models = configured_models(environ) if models is None else models
        self._examples, self._budget = examples, budget
        self._programs_of = programs_of
        self._made: RealTimeOptimizer | None = None

    @property
    def optimizer(self) -> RealTimeOptimizer:
        """The optimiser with all that it uses; made when it is first asked for."""
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def data(self) -> ProductionDataPipeline:
        return self.optimizer.data

    @property
    def replacement(self) -> PromptReplacementPipeline:
        return self.optimizer.replacement

    @property
    def monitor(self) -> RealTimeMonitor:
        return self.optimizer.monitor

    @property
    def families(self) -> PromptFamilyOptimizer:
        return self.optimizer.families

    async def initialize(self) -> dict[str, Any]:
        """Make the store, the monitor with its alerts and the pipelines; returns the status.

        Raises:
            EnvironmentNotReadyError: the store cannot be made.
        """
        await asyncio.to_thread(lambda: self.optimizer)
        return await self.get_system_status()

    async def start_production_mode(self) -> None:
        """Watch, optimise and release from now on, in this process's event loop.

        Raises:
            SettingsError: the environment switches the loop off.
        """
        require_enabled(self._environ)
        self.data.store.put(_SWITCH, _SWITCH, {"stop": False}, self._clock())
        self.monitor.start_monitoring()
        await self.optimizer.start()

    async def stop_production_mode(self) -> None:
        """Begin nothing more, and wait for searches under way."""
        self.monitor.stop_monitoring()
        await self.optimizer.stop()

    def ask_to_stop(self) -> None:
        """Ask the processes that run on this store to stop; they see it at their next look."""
        self.data.store.put(_SWITCH, _SWITCH, {"stop": True}, self._clock())

    @property
    def is_asked_to_stop(self) -> bool:
        return bool(self.data.store.document(_SWITCH, _SWITCH).get("stop"))

    async def add_production_feedback(
        self, variant: str, model: str, feedback_score: float, feedback_type: str = "quality"
    ) -> Feedback:
        """Keep what somebody says of a variant, 0 to 1. Raises: InputError where it is neither."""
        return await self.optimizer.add_feedback(variant, model, feedback_score, feedback_type)

    async def add_production_metrics(
        self,
        variant: str,
        model: str,
        latency_ms: float,
        *,
        success: bool = True,
        quality_score: float | None = None,
        token_usage: Mapping[str, int] | None = None,
    ) -> bool:
        """Count an execution of a variant. Raises: InputError where a value is out of bounds."""
        return await self.optimizer.add_performance_metric(
            PerformanceMetrics(
                variant=variant, model=model, latency_ms=latency_ms, success=success,
                quality_score=quality_score, token_usage=token_usage, timestamp=self._clock(),
            )
        )  # fmt: skip

    async def run_full_evaluation(
        self, hours_back: float = 24, *, optimize: bool = False, deploy: bool = False
    ) -> dict[str, Any]:
        """Measure the last hours in batches; optimise all families, and roll out, where asked.

        Returns:
            `executions`, `variants` (the best first), `optimized` (results by family and model),
            and `replacement`, the report of the rollouts; the last two where they were asked for.

        Raises:
            SettingsError: no model is configured, and an optimisation is asked for.
        """
        examples = await self.data.collect_production_data(hours_back)
        batches = await self.data.create_evaluation_batch(examples)
        await asyncio.gather(*(self.data.run_evaluation_batch(batch) for batch in batches))
        variants: list[VariantFigures] = await self.data.get_top_performing_variants(
            days_back=hours_back / 24
        )
        found: dict[str, Any] = {"executions": len(examples), "variants": variants}
        if optimize:
            found["optimized"] = await self.families.optimize_all_families(parallel=True)
        if deploy:
            report: ReplacementReport = await self.replacement.run_automated_replacement(
                days_back=max(7.0, hours_back / 24)
            )
            found["replacement"] = report
        return found

    async def get_system_status(self) -> dict[str, Any]:
        """What runs, what was recorded, how variants do, and what is rolled out, as JSON values."""
        return await asyncio.to_thread(status_of, self.optimizer, self._models, self._clock())

    async def get_deployment_recommendations(self) -> list[Recommendation]:
        """Which variants would be released now, with what each stage found; nothing is changed."""
        return await asyncio.to_thread(recommendations_of, self.replacement)

    def observer(self, variant: str = "", *, values: str = "masked") -> Any:
        """An observer for executors that records executions here, and shows them to the monitor."""
        record = ProductionObserver(
            self.data.store, variant=variant, values=values, clock=self._clock
        )

        def observe(result: EndedExecution, inputs: Mapping[str, Any]) -> None:
            record(result, inputs)
            usage = result.metadata.get("usage", {})
            self.monitor.add_metric(
                PerformanceMetrics(
                    variant=variant, model=result.metadata.get("model", ""),
                    latency_ms=max(0.0, result.execution_time * 1_000), success=result.success,
                    token_usage=usage, error_message=result.error or None,
                    program=result.program_name, metric_id=result.execution_id,
                    timestamp=self._clock(),
                )
            )  # fmt: skip

        return observe

    def close(self) -> None:
        """Close the store."""
        if self._made is not None:
            self._made.data.store.close()

    def _make(self) -> RealTimeOptimizer:
        store, clock = ProductionStore(self._home / FILE_NAME), self._clock
        data = ProductionDataPipeline(store, clock=clock)
        monitor = RealTimeMonitor(clock=clock)
        for alert in alerts_from(self._environ):
            monitor.add_alert_config(alert)
        return RealTimeOptimizer(
            self.config, data=data, monitor=monitor, programs_of=self._programs_of, clock=clock,
            families=PromptFamilyOptimizer(
                self._models, self._examples, store, budget=self._budget,
                max_concurrent=self.config.max_concurrent_optimizations, clock=clock,
            ),
            replacement=PromptReplacementPipeline(
                data, DeploymentConfig(min_confidence=self.config.min_confidence_for_deployment),
                models=self._models, clock=clock,
            ),
        )  # fmt: skip


_MANAGERS: dict[str, DSPyPhase2Manager] = {}
_LOCK = threading.Lock()


def get_dspy_phase2_manager(
    config: OptimizationConfig | Mapping[str, object] | None = None,
) -> DSPyPhase2Manager:
    """The manager of this process; with a configuration a new one takes its place.

    Raises:
        SettingsError: see `DSPyPhase2Manager`.
    """
    with _LOCK:
        if config is not None or not _MANAGERS:
            _MANAGERS["manager"] = DSPyPhase2Manager(config)
        return _MANAGERS["manager"]
