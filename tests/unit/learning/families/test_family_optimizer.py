"""Families are optimised on real examples, side by side, within one budget; the gate decides."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.learning.judgements import new_feedback
from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.optimisation.shared_budget import SharedBudget
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.production.family_history import FamilyOutcome
from lakegloss.core.release.saved_text import read_saved
from lakegloss.errors import BudgetExceededError, InputError, SettingsError
from lakegloss.learning.families.family_optimizer import PromptFamilyOptimizer
from lakegloss.learning.optimisation.quiet import quiet
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs import PromptFamily
from lakegloss.programs.saved import load_saved
from lakegloss.settings import Settings, load_settings
from tests.kits.answering_server import AnsweringServer
from tests.kits.taught_families import answer, entities_in, examples, text_about

ENTITIES = PromptFamily.ENTITY_EXTRACTION


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(answer) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProductionStore]:
    found = ProductionStore(tmp_path / "production.db")
    yield found
    found.close()


def models(server: AnsweringServer, home: Path, *names: str) -> dict[str, Settings]:
    return {
        name: load_settings(environ={}, home=home, model=f"real-{name}", endpoint=server.url)
        for name in names or ("3b",)
    }


def test_a_family_gets_better_and_the_history_says_how(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    known = models(server, tmp_path, "3b", "7b")
    optimizer = PromptFamilyOptimizer(known, {"entity_extraction": examples()}, store)
    results = asyncio.run(optimizer.optimize_family(ENTITIES, models=["3b", "7b"]))
    assert list(results) == ["3b", "7b"]
    for result in results.values():
        assert result.outcome is FamilyOutcome.BETTER
        assert result.before is not None
        assert result.before < 0.8
        assert result.after == 1.0
        assert result.confidence > 0.99
        assert result.improvement is not None
        assert result.improvement > 0.2
        assert result.metrics_after["entity_f1 recall"] == 1.0
        assert result.metrics_before["entity_f1 recall"] < 1.0
        assert result.metrics_before["entity_f1 precision"] == 1.0
    assert load_saved(read_saved(results["3b"].state)).demos
    asked = len(server.bodies)
    [trend_3b, trend_7b] = optimizer.trends()
    assert (trend_3b.model, trend_7b.model) == ("3b", "7b")
    assert (trend_3b.runs, trend_3b.better, trend_3b.direction) == (1, 1, "rising")
    assert len(server.bodies) == asked, "the metrics beside were measured on the same answers"

    again = PromptFamilyOptimizer(known, {"ExtractEntities": examples()}, store)
    [second] = asyncio.run(again.optimize_family("entity_extraction", models=["3b"])).values()
    assert second.before == 1.0, "it begins where the last one ended"
    assert not second.is_better
    assert [one.model for one in again.history(ENTITIES, "3b")] == ["3b", "3b"]


def test_a_killed_optimisation_pays_nothing_twice(server: AnsweringServer, tmp_path: Path) -> None:
    outcomes = []
    for attempt in ("first", "second"):
        store = ProductionStore(tmp_path / f"{attempt}.db")  # the history of the first is lost
        optimizer = PromptFamilyOptimizer(
            models(server, tmp_path), {"entity_extraction": examples()}, store
        )
        [result] = asyncio.run(optimizer.optimize_family(ENTITIES)).values()
        outcomes.append((result.outcome, result.variant, len(server.bodies)))
        store.close()
    assert outcomes[0] == outcomes[1]


def test_all_families_side_by_side_and_those_without_examples_cost_nothing(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    optimizer = PromptFamilyOptimizer(
        models(server, tmp_path), {"entity_extraction": examples()}, store,
        budget=OptimisationBudget(max_calls=1_200),
    )  # fmt: skip
    results = asyncio.run(optimizer.optimize_all_families(models=["3b"], parallel=True))
    assert set(results) == set(PromptFamily)
    outcomes = {family: result["3b"].outcome for family, result in results.items()}
    assert outcomes.pop(ENTITIES) is FamilyOutcome.BETTER
    assert set(outcomes.values()) == {FamilyOutcome.NO_EXAMPLES}
    assert len(server.bodies) <= 1_200
    assert len(optimizer.history()) == 8


def test_too_small_a_budget_ends_it_and_says_so(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    optimizer = PromptFamilyOptimizer(
        models(server, tmp_path), {"entity_extraction": examples()}, store,
        budget=OptimisationBudget(max_calls=3),
    )  # fmt: skip
    [result] = asyncio.run(optimizer.optimize_family(ENTITIES)).values()
    assert result.outcome is FamilyOutcome.UNFINISHED
    assert "budget" in result.reason
    assert not server.bodies


def test_what_people_corrected_in_production_teaches(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    rows = [row for row in examples() if row["split"] != "train"]
    for number, place in enumerate(["Rabat souk", "Tunis harbour", "Graz tower", "Split palace"]):
        text = text_about(place, number)
        run = RecordedExecution(
            execution_id=f"e{number}", program="ExtractEntities", inputs={"text": text},
            outputs={"entities": entities_in(text)[:1]}, at=datetime.now(UTC),
        )  # fmt: skip
        store.record(run)
        store.add(new_feedback(run.judged, corrections={"entities": entities_in(text)}))
    optimizer = PromptFamilyOptimizer(
        models(server, tmp_path), {"entity_extraction": rows}, store, optimizer="labeled"
    )
    [result] = asyncio.run(optimizer.optimize_family(ENTITIES)).values()
    assert result.is_better
    assert "e1" not in result.state
    assert any(place in result.state for place in ("Rabat", "Tunis", "Graz", "Split"))


def test_an_endpoint_that_fails_is_told(store: ProductionStore, tmp_path: Path) -> None:
    with AnsweringServer(lambda *_: (401, {"error": {"message": "no"}})) as server:
        optimizer = PromptFamilyOptimizer(
            models(server, tmp_path), {"entity_extraction": examples()}, store
        )
        [result] = asyncio.run(optimizer.optimize_family(ENTITIES)).values()
    assert result.outcome is FamilyOutcome.FAILED
    assert result.before is None


def test_wrong_names_are_refused_before_anything_is_asked(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    optimizer = PromptFamilyOptimizer(models(server, tmp_path), {}, store)
    with pytest.raises(InputError, match="no family 'poetry'"):
        asyncio.run(optimizer.optimize_family("poetry"))
    with pytest.raises(SettingsError, match="No model '70b' is configured"):
        asyncio.run(optimizer.optimize_family(ENTITIES, models=["70b"]))
    wrong: Any = {"entity_extraction": [{"inputs": {"text": "x"}}]}
    with pytest.raises(InputError, match="has no inputs and outputs"):
        asyncio.run(PromptFamilyOptimizer(models(server, tmp_path), wrong, store)
                    .optimize_family(ENTITIES))  # fmt: skip
    assert not server.bodies


def test_shares_never_pass_the_whole_and_what_is_left_goes_on() -> None:
    shared = SharedBudget(OptimisationBudget(max_calls=90, max_tokens=900), 3)
    first = shared.take()
    assert (first.max_calls, first.max_tokens) == (30, 300)
    shared.give_back(first, calls=10, sent=50, answered=50)
    second = shared.take()
    assert (second.max_calls, second.max_tokens) == (40, 400)
    third = shared.take()
    assert (third.max_calls, third.max_tokens) == (40, 400)
    with pytest.raises(BudgetExceededError):
        shared.take()
    assert SharedBudget(OptimisationBudget(), 2).take() == OptimisationBudget()


def test_overlapping_searches_leave_the_log_as_it_was() -> None:
    logger = logging.getLogger("dspy")
    before, inside, leave = logger.level, threading.Event(), threading.Event()

    def other() -> None:
        with quiet():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with quiet():
        thread.start()
        assert inside.wait(10)
    assert logger.level > logging.CRITICAL, "the other one still wants quiet"
    leave.set()
    thread.join(10)
    assert logger.level == before
