"""Collects recorded executions, measures them in batches, and ranks the variants behind them."""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from lakegloss.core.production.executions import ProductionExample
from lakegloss.core.production.variant_figures import (
    VariantFigures,
    figures_of_variants,
    ranked,
)
from lakegloss.errors import InputError
from lakegloss.learning.production.production_store import ProductionStore, store_in
from lakegloss.learning.program_evaluation.evaluated_program import program_to_evaluate
from lakegloss.programs.families import NAMED_SIGNATURES, canonical_name

BATCHES = "batch"
"""The kind of the documents that say what came of batches."""
_MOST = 100_000


class ProductionSource(Protocol):
    """Where recorded executions come from: the store of the loop, or ledgers in Delta."""

    def examples(self, since: datetime, models: Sequence[str] = ()) -> list[ProductionExample]:
        """Executions that ended since then, oldest first, each with its feedback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationBatch:
    """Recorded executions that are measured together."""

    batch_id: str
    examples: tuple[ProductionExample, ...]
    created_at: datetime

    def __len__(self) -> int:
        return len(self.examples)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What a batch showed; `variants` are the best first."""

    batch_id: str
    variants: Sequence[VariantFigures]
    executions: int

    @property
    def success_rate(self) -> float:
        failures = sum(one.failures for one in self.variants)
        return 1 - failures / self.executions if self.executions else 0.0


class ProductionDataPipeline:
    """Measures variants on what they really did: nothing is asked of a model, nothing made up.

    Args:
        store: of executions and results; by default the file in the home folder of the settings.
        sources: more sources of executions, such as `LedgerExecutions`.
        programs: programs of your own by name, whose outputs are checked for their form.
        clock: the time.
    """

    def __init__(
        self,
        store: ProductionStore | None = None,
        *,
        sources: Iterable[ProductionSource] = (),
        programs: Mapping[str, Any] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store or store_in()
        self._sources: tuple[ProductionSource, ...] = (self.store, *sources)
        self._programs = dict(programs or {})
        self._clock = clock

    async def collect_production_data(
        self,
        hours_back: float = 24,
        models: Sequence[str] | None = None,
        max_examples: int = _MOST,
    ) -> list[ProductionExample]:
        """The executions of the last hours with their feedback, oldest first.

        Args:
            models: the configured names of models; by default all.
            max_examples: the newest so many.

        Raises:
            InputError: the hours are no number above 0.
        """
        since = self._since(timedelta(hours=_positive("hours_back", hours_back)))
        found = await asyncio.to_thread(self._collected, since, tuple(models or ()))
        return found[-max(1, max_examples) :]

    async def create_evaluation_batch(
        self, examples: Sequence[ProductionExample], batch_size: int = 50
    ) -> list[EvaluationBatch]:
        """Part executions into batches, in their order.

        Raises:
            InputError: the size is no whole number above 0.
        """
        size = int(_positive("batch_size", batch_size))
        now = self._clock()
        batches = [
            EvaluationBatch(
                batch_id=uuid4().hex, examples=tuple(examples[at : at + size]), created_at=now
            )
            for at in range(0, len(examples), max(1, size))
        ]
        for batch in batches:
            await asyncio.to_thread(self._keep, batch, None)
        return batches

    async def run_evaluation_batch(self, batch: EvaluationBatch) -> BatchResult:
        """Measure a batch: quality, entities, relationships, form, hallucinations, by variant.

        Batches may run at the same time.
        """
        figures = await asyncio.to_thread(self._figures, batch.examples)
        result = BatchResult(
            batch_id=batch.batch_id, variants=ranked(figures), executions=len(batch)
        )
        await asyncio.to_thread(self._keep, batch, result)
        return result

    async def get_top_performing_variants(
        self, days_back: float = 7, limit: int = 10, min_executions: int = 1
    ) -> list[VariantFigures]:
        """The best variants of the last days, by the lower end of the interval of their quality.

        What people said of a variant as such counts with what they said of its executions.

        Args:
            min_executions: variants with fewer executions and judgements are left out.
        """
        since = self._since(timedelta(days=_positive("days_back", days_back)))
        figures = await asyncio.to_thread(self.figures_since, since)
        enough = [one for one in figures if max(one.executions, one.judged) >= min_executions]
        return ranked(enough)[: max(1, limit)]

    def figures_since(self, since: datetime) -> list[VariantFigures]:
        """The figures of all variants on what was recorded since then."""
        words = [one for one in self.store.feedback_since(since) if not one.execution_id]
        examples = self._collected(since, ())
        return figures_of_variants(examples, self._kinds(examples), words)

    def _since(self, back: timedelta) -> datetime:
        return self._clock() - back

    def _collected(self, since: datetime, models: tuple[str, ...]) -> list[ProductionExample]:
        found: dict[str, ProductionExample] = {}
        for source in self._sources:
            for one in source.examples(since, models):
                found.setdefault(one.execution.execution_id, _canonical(one))
        return sorted(
            found.values(), key=lambda one: (one.execution.at, one.execution.execution_id)
        )

    def _figures(self, examples: Sequence[ProductionExample]) -> list[VariantFigures]:
        return figures_of_variants(examples, self._kinds(examples))

    def _kinds(self, examples: Sequence[ProductionExample]) -> dict[str, Mapping[str, Any]]:
        known = {**NAMED_SIGNATURES, **self._programs}
        names = {one.execution.program for one in examples} & known.keys()
        return {name: program_to_evaluate(known[name], name=name).kinds for name in names}

    def _keep(self, batch: EvaluationBatch, result: BatchResult | None) -> None:
        body: dict[str, Any] = {
            "created_at": batch.created_at.isoformat(),
            "executions": [one.execution.execution_id for one in batch.examples],
            "status": "waiting" if result is None else "done",
        }
        if result is not None:
            body["variants"] = [_as_json(one) for one in result.variants]
        self.store.put(BATCHES, batch.batch_id, body, self._clock())


def _canonical(one: ProductionExample) -> ProductionExample:
    """An execution under the name of its signature, whatever name it was called by."""
    run = one.execution
    name = canonical_name(run.program)
    return one if name == run.program else replace(one, execution=replace(run, program=name))


def _as_json(figures: VariantFigures) -> dict[str, Any]:
    quality = figures.quality
    return {
        "program": figures.key.program, "variant": figures.key.variant,
        "model": figures.key.model, "executions": figures.executions,
        "success_rate": figures.success_rate, "judged": figures.judged,
        "quality": None if math.isnan(quality.mean) else quality.mean,
        "quality_low": quality.low, "quality_high": quality.high,
        "metrics": dict(figures.metrics), "measured": dict(figures.measured),
        "latency": figures.latency, "tokens": figures.tokens,
    }  # fmt: skip


def _positive(name: str, value: float) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value <= 0:
        raise InputError(f"{name} is no number above 0.", remedy="Give one.")
    return value
