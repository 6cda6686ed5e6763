"""Gathers evidence of a rollout of variants from what production recorded, and from shadow runs."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import metric_named
from lakegloss.core.monitoring.events import share_of
from lakegloss.core.production.executions import ProductionExample
from lakegloss.core.release.guard import AccountKey, AnswerSeen, ScoredPair
from lakegloss.core.release.rollout_steps import CLOCKS, RolloutRow
from lakegloss.core.release.saved_text import read_saved
from lakegloss.engine.execution import Executed, execute
from lakegloss.engine.models import MAX_TOKENS, route_of
from lakegloss.errors import EndpointError
from lakegloss.learning.families.family_plans import FAMILY_PLANS
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.learning.program_evaluation.evaluated_program import program_to_evaluate
from lakegloss.programs.families import FAMILIES, canonical_name
from lakegloss.programs.saved import load_saved
from lakegloss.release.replacement.variant_book import KnownVariant, VariantBook, name_of
from lakegloss.release.rollout import RolloutEvidence
from lakegloss.settings_views import ModelSettings

SHADOW_CALLS = 40
"""Shadow runs of one look at most: each is a paid call whose answer nobody sees."""
_DEFAULT_METRIC = "field_match"


def metric_of(program: str) -> str:
    """The metric by which outputs of a program are compared."""
    own = canonical_name(program)
    for family, signature in FAMILIES.items():
        if signature.__name__ == own:
            return FAMILY_PLANS[family].metric
    return _DEFAULT_METRIC


class ProductionEvidence:
    """Evidence for the guard.

    Hard failures are counted on the challenger's own executions. Pairs come from executions of the
    champion that people corrected or liked: the challenger answers the same inputs in the shadow,
    and both answers are compared with what the person wanted. As the person saw the champion's
    answer, that favours the champion.

    Args:
        models: by name, for shadow runs; without one no pair is made, and nothing is promoted.
        shadow_calls: of one look.
    """

    def __init__(
        self,
        store: ProductionStore,
        book: VariantBook,
        models: Mapping[str, ModelSettings],
        *,
        shadow_calls: int = SHADOW_CALLS,
    ) -> None:
        self._store = store
        self._book = book
        self._models = models
        self._shadow_calls = shadow_calls

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        """What is known of a rollout, see `EvidenceSource`."""
        variants = self._book.by_name(row.name)
        old, new = variants.numbered(row.champion), variants.numbered(row.challenger)
        old_named, mine_named = variants.names_of(old), variants.names_of(new)
        recorded = [
            one for one in self._store.examples(datetime.fromtimestamp(0, UTC))
            if name_of(one.execution.program, one.execution.model) == row.name
        ]  # fmt: skip
        latest = row.at + CLOCKS  # a clock that is ahead would hide that no answers come
        mine = [
            r.execution for r in recorded
            if r.execution.name_of_variant in mine_named and r.execution.at <= latest
        ]  # fmt: skip
        stage = [run for run in mine if run.at >= row.stage_since]
        theirs = [r for r in recorded if r.execution.name_of_variant in old_named]
        metric, model = metric_named(metric_of(variants.program)), variants.model
        fresh = [r for r in theirs if r.execution.execution_id not in used and _wanted(r)]
        return RolloutEvidence(
            key=AccountKey(
                name=row.name, champion=row.champion_version, challenger=row.challenger_version,
                metric=metric.name, metric_version=metric.version, model=model,
            ),
            pairs=self._pairs(fresh[: self._shadow_calls], new, metric.name, model),
            answers=[
                AnswerSeen(
                    answer_id=run.execution_id, failed=run.failed_by == "program", at=run.at
                )
                for run in mine
                if run.at >= since and run.failed_by != "endpoint"
            ],
            answered_at=max((run.at for run in stage if run.success), default=None),
            in_stage=sum(run.failed_by != "endpoint" for run in stage),
        )  # fmt: skip

    def _pairs(
        self, examples: Sequence[ProductionExample], new: KnownVariant, metric: str, model: str
    ) -> list[ScoredPair]:
        settings = self._models.get(model)
        if settings is None or not examples:
            return []
        answers = _shadow(new, [one.execution.inputs for one in examples], settings)
        pairs = []
        for one, answer in zip(examples, answers, strict=True):
            if isinstance(answer.error, EndpointError):
                continue
            run, wanted = one.execution, _wanted(one)
            before = _score(metric, run.inputs, run.outputs, wanted)
            after = _score(metric, run.inputs, answer.outputs, wanted)
            if before is not None:  # an answer that cannot be scored is none: left out, it would
                pairs.append(  # favour whoever gives it
                    ScoredPair(item_id=run.execution_id, champion=before, challenger=after or 0.0)
                )
        return pairs


def _wanted(one: ProductionExample) -> Mapping[str, Any]:
    """What a person wants to see; {} where nobody said, or the inputs were not kept."""
    if not one.execution.inputs:
        return {}
    if one.expected:
        return one.expected
    liked = any(not lesson.avoid for lesson in one.lessons)
    return one.execution.outputs if liked else {}


def _score(
    metric: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any], wanted: Mapping[str, Any]
) -> float | None:
    shown = {name: value for name, value in outputs.items() if name in wanted}
    found = metric_named(metric).score(ProgramCase(inputs=inputs, outputs=shown, expected=wanted))
    return None if found is None else share_of(found.score)


def _shadow(
    variant: KnownVariant, inputs: Sequence[Mapping[str, Any]], settings: ModelSettings
) -> list[Executed]:
    """Let a variant answer inputs; nobody but the guard sees the answers."""
    program = program_to_evaluate(load_saved(read_saved(variant.state)), name=variant.variant)
    run_id = f"shadow-{uuid.uuid4().hex[:8]}"
    route = route_of(settings.model, settings.asking, max_tokens=MAX_TOKENS, run_id=run_id)
    places = asyncio.Semaphore(settings.calls.in_flight)

    async def one(given: Mapping[str, Any]) -> Executed:
        async with places:
            return await execute(program.program, given, [route], name=variant.variant)

    async def together() -> list[Executed]:
        return list(await asyncio.gather(*(one(given) for given in inputs)))

    try:
        return asyncio.run(together())
    finally:
        route.engine.close()
