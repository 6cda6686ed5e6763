"""What the production loop takes for recent: the work of the variant that is in use."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lakegloss.core.learning.judgements import JudgedExecution, new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.production.triggers import OptimizationConfig, ProductionSight, trigger_of
from lakegloss.learning.production.production_store import FILE_NAME, ProductionStore
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.saved import save
from lakegloss.release.production_loop.optimisation_queue import QueuedOptimisation
from lakegloss.release.production_loop.sights import sights_of
from lakegloss.release.replacement.variant_book import ORIGINAL, VariantBook, name_of

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
PROGRAM, MODEL = "ExtractEntities", "3b"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProductionStore]:
    made = ProductionStore(tmp_path / FILE_NAME)
    yield made
    made.close()


@pytest.fixture
def book(store: ProductionStore) -> VariantBook:
    """A book in which a better variant took the place of the original."""
    made = VariantBook(store, clock=lambda: NOW)
    made.of(PROGRAM, MODEL)
    better = NAMED_SIGNATURES[PROGRAM].with_instructions("Extract with care.")
    known = made.add(PROGRAM, MODEL, "better", save(better, PROGRAM).text)
    made.use(name_of(PROGRAM, MODEL), known.number)
    return made


def ran(
    store: ProductionStore, variant: str, hours_ago: float, *, good: int = 0, bad: int = 0
) -> None:
    for number in range(good + bad):
        at = NOW - timedelta(hours=hours_ago, seconds=number)
        store.record(
            RecordedExecution(
                execution_id=f"{variant} {hours_ago} {number}", program=PROGRAM, model=MODEL,
                variant=variant, failed_by="" if number < good else "program", at=at,
            )
        )  # fmt: skip


def asked(hours_ago: float) -> QueuedOptimisation:
    at = (NOW - timedelta(hours=hours_ago)).timestamp()
    return QueuedOptimisation(
        optimisation_id="one", family="entity_extraction", model=MODEL, trigger="degradation",
        why="", state="done", asked_at=at,
    )  # fmt: skip


def seen_of(store: ProductionStore, book: VariantBook) -> ProductionSight:
    return sights_of(store, book, [asked(24)], NOW)["entity_extraction", MODEL]


def test_what_a_replaced_variant_did_starts_nothing_a_day_later(
    store: ProductionStore, book: VariantBook
) -> None:
    ran(store, "", 60, good=200)
    ran(store, ORIGINAL, 23, bad=100)  # until it was replaced
    ran(store, "better", 2, good=100)
    sight = seen_of(store, book)
    assert (sight.success_recent, sight.runs_recent, sight.recent) == (1.0, 100, [])
    assert trigger_of(sight, OptimizationConfig(), NOW) is None


@pytest.mark.parametrize("variant", ["better", "one of the caller's own"])
def test_what_the_variant_in_use_does_badly_starts_one(
    store: ProductionStore, book: VariantBook, variant: str
) -> None:
    ran(store, ORIGINAL, 60, good=200)
    ran(store, variant, 2, good=20, bad=80)
    trigger = trigger_of(seen_of(store, book), OptimizationConfig(), NOW)
    assert trigger is not None
    assert trigger[0] == "degradation"


def test_words_on_a_replaced_variant_are_new_and_not_recent_quality(
    store: ProductionStore, book: VariantBook
) -> None:
    for variant, score in ((ORIGINAL, 0.1), ("better", 0.9)):
        judged = JudgedExecution(execution_id="", program=PROGRAM, variant=variant, model=MODEL)
        store.add(new_feedback(judged, score=score, now=NOW - timedelta(hours=3)))
    sight = seen_of(store, book)
    assert (list(sight.recent), sight.feedback) == ([0.9], 2)
