"""Sums up what production showed of each family and model, for the triggers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lakegloss.core.production.executions import ProductionExample, score_of
from lakegloss.core.production.triggers import ProductionSight
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs.families import FAMILIES, canonical_name
from lakegloss.release.production_loop.optimisation_queue import QueuedOptimisation

USUAL = timedelta(days=7)
"""The time that says what is usual ends where the recent time begins."""
RECENT = timedelta(days=1)
_FAMILY_OF = {signature.__name__: family.value for family, signature in FAMILIES.items()}
FamilyAndModel = tuple[str, str]


def sights_of(
    store: ProductionStore, optimisations: Sequence[QueuedOptimisation], now: datetime
) -> Mapping[FamilyAndModel, ProductionSight]:
    """What was recorded of each family and model, as triggers look at it."""
    last: dict[FamilyAndModel, datetime] = {}
    for one in optimisations:
        last[one.family, one.model] = datetime.fromtimestamp(one.asked_at, UTC)
    groups: defaultdict[FamilyAndModel, list[ProductionExample]] = defaultdict(list)
    for example in store.examples(now - USUAL - RECENT):
        family = _FAMILY_OF.get(canonical_name(example.execution.program))
        if family is not None:
            groups[family, example.execution.model].append(example)
    said: defaultdict[FamilyAndModel, list[tuple[datetime, float | None]]] = defaultdict(list)
    for word in store.feedback_since(datetime.fromtimestamp(0, UTC)):
        family = _FAMILY_OF.get(canonical_name(word.program))
        if family is not None:
            loose = None if word.execution_id else score_of(word)
            said[family, word.model].append((word.at, loose))
    return {
        key: _sight(groups.get(key, []), said.get(key, []), last.get(key), now)
        for key in sorted({*groups, *said})
    }


def _sight(
    examples: Sequence[ProductionExample],
    said: Sequence[tuple[datetime, float | None]],
    last: datetime | None,
    now: datetime,
) -> ProductionSight:
    begins = max(last or now - RECENT, now - RECENT)
    judged = [(one.execution.at, one.quality) for one in examples] + list(said)
    known = sorted((at, quality) for at, quality in judged if quality is not None)
    runs = [one.execution for one in examples if one.execution.failed_by != "endpoint"]
    before = [run.success for run in runs if run.at < begins]
    recent = [run.success for run in runs if run.at >= begins]
    return ProductionSight(
        before=[quality for at, quality in known if begins - USUAL <= at < begins],
        recent=[quality for at, quality in known if at >= begins],
        success_before=sum(before) / len(before) if before else None,
        success_recent=sum(recent) / len(recent) if recent else None,
        runs_recent=len(recent),
        feedback=sum(last is None or at >= last for at, _ in said),
        last=last,
    )
