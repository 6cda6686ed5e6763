"""Sums up what production showed of each family and model, for the triggers."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lakegloss.core.learning.judgements import Feedback
from lakegloss.core.production.executions import ProductionExample, score_of
from lakegloss.core.production.triggers import ProductionSight
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs.families import FAMILIES, canonical_name
from lakegloss.release.production_loop.optimisation_queue import QueuedOptimisation
from lakegloss.release.replacement.variant_book import VariantBook, name_of

USUAL = timedelta(days=7)
"""The time that says what is usual ends where the recent time begins."""
RECENT = timedelta(days=1)
_FAMILY_OF = {signature.__name__: family.value for family, signature in FAMILIES.items()}
_PROGRAM_OF = {family: program for program, family in _FAMILY_OF.items()}
FamilyAndModel = tuple[str, str]


def sights_of(
    store: ProductionStore,
    book: VariantBook,
    optimisations: Sequence[QueuedOptimisation],
    now: datetime,
) -> Mapping[FamilyAndModel, ProductionSight]:
    """What was recorded of each family and model, as triggers look at it.

    Recent is only what the variant in use did: what a replaced one did badly is mended already, and
    what one does that is being rolled out is watched by its rollout.
    """
    last: dict[FamilyAndModel, datetime] = {}
    for one in optimisations:
        last[one.family, one.model] = datetime.fromtimestamp(one.asked_at, UTC)
    groups: defaultdict[FamilyAndModel, list[ProductionExample]] = defaultdict(list)
    for example in store.examples(now - USUAL - RECENT):
        family = _FAMILY_OF.get(canonical_name(example.execution.program))
        if family is not None:
            groups[family, example.execution.model].append(example)
    said: defaultdict[FamilyAndModel, list[Feedback]] = defaultdict(list)
    for word in store.feedback_since(datetime.fromtimestamp(0, UTC)):
        family = _FAMILY_OF.get(canonical_name(word.program))
        if family is not None:
            said[family, word.model].append(word)
    return {
        key: _sight(
            groups.get(key, []), said.get(key, []), last.get(key), now,
            book.by_name(name_of(_PROGRAM_OF[key[0]], key[1])).is_replaced,
        )
        for key in sorted({*groups, *said})
    }  # fmt: skip


def _sight(
    examples: Sequence[ProductionExample],
    said: Sequence[Feedback],
    last: datetime | None,
    now: datetime,
    is_replaced: Callable[[str], bool],
) -> ProductionSight:
    begins = max(last or now - RECENT, now - RECENT)
    judged = [
        (one.execution.at, one.quality, is_replaced(one.execution.name_of_variant))
        for one in examples
    ]
    loose = [
        (word.at, score_of(word), is_replaced(word.variant or word.program_version))
        for word in said if not word.execution_id
    ]  # fmt: skip
    known = sorted((at, q, replaced) for at, q, replaced in (*judged, *loose) if q is not None)
    runs = [one.execution for one in examples if one.execution.failed_by != "endpoint"]
    before = [run.success for run in runs if run.at < begins]
    recent = [
        run.success for run in runs
        if run.at >= begins and not is_replaced(run.name_of_variant)
    ]  # fmt: skip
    return ProductionSight(
        before=[quality for at, quality, _ in known if begins - USUAL <= at < begins],
        recent=[quality for at, quality, replaced in known if at >= begins and not replaced],
        success_before=sum(before) / len(before) if before else None,
        success_recent=sum(recent) / len(recent) if recent else None,
        runs_recent=len(recent),
        feedback=sum(last is None or word.at >= last for word in said),
        last=last,
    )
