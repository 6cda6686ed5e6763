"""The loop optimises when production says so, within its bounds, and survives a kill."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.learning.judgements import new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.production.triggers import (
    OptimisationTrigger,
    OptimizationConfig,
    ProductionSight,
    trigger_of,
)
from lakegloss.errors import InputError, SettingsError
from lakegloss.learning.production.production_store import FILE_NAME, ProductionStore
from lakegloss.monitoring import PerformanceMetrics
from lakegloss.release.production_loop.manager import DSPyPhase2Manager, get_dspy_phase2_manager
from lakegloss.release.production_loop.optimisation_queue import OptimisationQueue
from lakegloss.settings import load_settings
from tests.kits.answering_server import AnsweringServer
from tests.kits.taught_families import answer, entities_in, examples, text_about

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
STEADY, WORSE = [0.8, 0.85, 0.75] * 8, [0.6, 0.55, 0.65] * 5


class Time:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def sight(**more: Any) -> ProductionSight:
    return ProductionSight(**({"last": NOW - timedelta(hours=30)} | more))


@pytest.mark.parametrize(
    ("seen", "trigger"),
    [
        (sight(), None),
        (sight(before=STEADY, recent=WORSE), OptimisationTrigger.DEGRADATION),
        (sight(before=STEADY, recent=WORSE[:6]), None),  # too few to tell
        (sight(before=STEADY, recent=[0.74, 0.9, 0.65] * 5), None),  # chance
        (sight(before=STEADY * 3, recent=[0.7, 0.72, 0.71] * 80), OptimisationTrigger.DRIFT),
        (sight(success_before=0.99, success_recent=0.8, runs_recent=20),
         OptimisationTrigger.DEGRADATION),
        (sight(success_before=0.99, success_recent=0.8, runs_recent=3), None),
        (sight(feedback=50), OptimisationTrigger.FEEDBACK),
        (sight(feedback=49, last=None), None),
        (sight(feedback=1), OptimisationTrigger.SCHEDULE),
        (sight(feedback=99, last=NOW - timedelta(hours=23)), None),  # too soon
    ],
)  # fmt: skip
def test_what_begins_an_optimisation(seen: ProductionSight, trigger: Any) -> None:
    found = trigger_of(seen, OptimizationConfig(), NOW)
    assert (found[0] if found else None) == trigger
    off = OptimizationConfig(enable_automatic_optimization=False)
    assert trigger_of(seen, off, NOW) is None


@pytest.mark.parametrize(
    "wrong",
    [{"min_confidence_for_deployment": 1.1}, {"feedback_volume_threshold": 0},
     {"optimization_interval_hours": float("nan")}, {"speed": 1}],
)  # fmt: skip
def test_a_configuration_that_cannot_be_used_is_refused(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        DSPyPhase2Manager(wrong, home=tmp_path, models={}, environ={})


def test_the_environment_sets_bounds_and_the_caller_comes_first(tmp_path: Path) -> None:
    environ = {
        "DSPY_AUTO_OPTIMIZE": "false", "DSPY_PERFORMANCE_THRESHOLD": "0.2",
        "DSPY_FEEDBACK_THRESHOLD": "7", "DSPY_ALERT_LATENCY": "1500",
        "DSPY_ALERT_SUCCESS_RATE": "0.95", "DSPY_PHASE2_ENABLED": "0",
    }  # fmt: skip
    manager = DSPyPhase2Manager(
        {"feedback_volume_threshold": 9}, home=tmp_path, models={}, environ=environ
    )
    config = manager.config
    assert config.enable_automatic_optimization is False
    assert config.performance_degradation_threshold == 0.2
    assert config.feedback_volume_threshold == 9
    bounds = {one.metric_name: one.threshold for one in manager.monitor.alert_configs}
    assert (bounds["latency_mean"], bounds["success_rate"]) == (1500, 0.95)
    with pytest.raises(SettingsError, match="DSPY_PHASE2_ENABLED"):
        asyncio.run(manager.start_production_mode())
    with pytest.raises(SettingsError, match="DSPY_AUTO_OPTIMIZE"):
        DSPyPhase2Manager(home=tmp_path, models={}, environ={"DSPY_AUTO_OPTIMIZE": "perhaps"})
    manager.close()


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(answer) as running:
        yield running


def manager_of(server: AnsweringServer, home: Path, clock: Time, **more: Any) -> DSPyPhase2Manager:
    settings = load_settings(environ={}, home=home, model="real", endpoint=server.url)
    return DSPyPhase2Manager(
        {"feedback_volume_threshold": 5} | more.pop("config", {}), home=home,
        models={"3b": settings}, examples={"entity_extraction": examples()}, environ={},
        clock=clock, **more,
    )  # fmt: skip


def corrected(manager: DSPyPhase2Manager, clock: Time, count: int) -> None:
    for number in range(count):
        text = text_about("Rabat souk", number + 100)
        run = RecordedExecution(
            execution_id=f"e{number}", program="entity_extraction", model="3b",
            inputs={"text": text}, outputs={"entities": entities_in(text)[:1]}, at=clock.now,
        )  # fmt: skip
        manager.data.store.record(run)
        row = new_feedback(run.judged, corrections={"entities": entities_in(text)}, now=clock.now)
        manager.data.store.add(row)


def test_feedback_leads_to_an_optimisation_and_to_a_rollout(
    server: AnsweringServer, tmp_path: Path
) -> None:
    clock = Time()
    manager = manager_of(server, tmp_path, clock)

    async def work() -> None:
        corrected(manager, clock, 4)
        assert await manager.optimizer.look() == [], "four are too few"
        corrected(manager, clock, 5)
        [begun] = await manager.optimizer.look()
        assert (begun.family, begun.model) == ("entity_extraction", "3b")
        assert begun.trigger == OptimisationTrigger.FEEDBACK.value
        await manager.optimizer.settled()
        assert await manager.optimizer.look() == [], "not twice within the interval"
        status = await manager.get_system_status()
        [row] = status["optimisations"]
        assert row["state"] == "done"
        assert row["result"].startswith("better")
        [rollout] = status["rollouts"]
        assert (rollout["name"], rollout["share"]) == ("ExtractEntities 3b", 0.1)
        json.dumps(status, default=str)
        assert await manager.get_deployment_recommendations() == [], "it is under way"

    asyncio.run(work())
    manager.close()


def test_an_alert_takes_a_rollout_back(server: AnsweringServer, tmp_path: Path) -> None:
    clock = Time()
    manager = manager_of(server, tmp_path, clock)

    async def work() -> str:
        corrected(manager, clock, 5)
        await manager.optimizer.look()
        await manager.optimizer.settled()
        await manager.optimizer.look()
        rollouts = manager.replacement.rollouts
        row = rollouts.standing("ExtractEntities 3b")
        assert row is not None
        assert row.is_active
        variants = manager.replacement.book.by_name("ExtractEntities 3b")
        bad = variants.numbered(row.challenger).variant
        clock.now += timedelta(minutes=4)
        for _ in range(30):
            clock.now += timedelta(seconds=5)
            await manager.add_production_metrics(bad, "3b", latency_ms=50.0, success=False)
        row = rollouts.standing("ExtractEntities 3b")
        assert row is not None
        return row.state

    assert asyncio.run(work()) == "rolled back"
    manager.close()


def test_what_a_killed_process_left_is_taken_up(server: AnsweringServer, tmp_path: Path) -> None:
    clock = Time()
    store = ProductionStore(tmp_path / FILE_NAME)
    queue = OptimisationQueue(store, clock=clock)
    queue.add("entity_extraction", "3b", OptimisationTrigger.BY_HAND, "x")
    [killed] = queue.claim("a process that died", 3)
    assert killed.begun == 1
    store.close()
    manager = manager_of(server, tmp_path, clock)

    async def work() -> None:
        assert await manager.optimizer.look() == [], "it may still run"
        clock.now += timedelta(minutes=3)
        [taken] = await manager.optimizer.look()
        assert (taken.optimisation_id, taken.begun) == (killed.optimisation_id, 2)
        await manager.optimizer.settled()
        [ended] = manager.optimizer.queue.all()
        assert ended.state == "done"

    asyncio.run(work())
    manager.close()


def test_no_more_than_three_run_at_once_in_all_processes(tmp_path: Path) -> None:
    clock = Time()
    store = ProductionStore(tmp_path / FILE_NAME)
    queue = OptimisationQueue(store, clock=clock)
    names = [f"family {n}" for n in range(5)]
    for name in [*names, names[0]]:
        queue.add(name, "3b", OptimisationTrigger.SCHEDULE, "x")
    assert len(queue.all()) == 5, "what waits already stands for it"
    first = queue.claim("one", 3)
    assert [one.family for one in first] == names[:3]
    assert queue.claim("two", 3) == []
    queue.end(first[0].optimisation_id, "one", failed=False, result="better")
    assert [one.family for one in queue.claim("two", 3)] == names[3:4]
    clock.now += timedelta(minutes=1)
    queue.renew("one")
    clock.now += timedelta(minutes=1, seconds=30)  # the lease of "two" has run out, "one" is alive
    assert [one.family for one in queue.claim("three", 3)] == names[3:4]
    queue.end(first[1].optimisation_id, "another", failed=True, result="")
    assert sum(one.state == "failed" for one in queue.all()) == 0, "it is not its own"
    store.close()


def test_one_that_fails_is_told_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Time()
    with AnsweringServer(lambda *_: (401, {"error": {"message": "no"}})) as server:
        manager = manager_of(server, tmp_path, clock)

        async def work() -> None:
            await manager.optimizer.trigger_optimization("ExtractEntities", "3b")
            await manager.optimizer.trigger_optimization("entity_extraction", "70b")
            with pytest.raises(InputError, match="no family"):
                await manager.optimizer.trigger_optimization("poetry", "3b")
            await manager.optimizer.look()
            await manager.optimizer.settled()

        caplog.set_level(logging.CRITICAL)
        asyncio.run(work())
        ended = {one.model: one for one in manager.optimizer.queue.all()}
        assert ended["3b"].result.startswith("failed")
        assert (ended["70b"].state, "70b" in ended["70b"].result) == ("failed", True)
        manager.close()


def test_it_starts_stops_and_is_asked_to_stop(server: AnsweringServer, tmp_path: Path) -> None:
    manager = manager_of(server, tmp_path, Time(), config={"check_interval_seconds": 0.01})

    async def work() -> None:
        await manager.initialize()
        manager.ask_to_stop()
        await manager.start_production_mode()
        assert not manager.is_asked_to_stop, "a new start is not stopped by an old word"
        assert manager.optimizer.is_running
        await asyncio.sleep(0.05)
        await manager.stop_production_mode()
        assert not manager.optimizer.is_running
        assert not manager.monitor.monitoring_active

    asyncio.run(work())
    manager.close()


def test_what_people_and_callers_say_of_variants_is_kept(
    server: AnsweringServer, tmp_path: Path
) -> None:
    clock = Time()
    manager = manager_of(server, tmp_path, clock, programs_of={"DSPY_A": "entity_extraction"})

    async def work() -> None:
        for _ in range(5):
            await manager.add_production_feedback("DSPY_A", "3b", 0.9, "quality")
        await manager.add_production_metrics("DSPY_A", "3b", latency_ms=1200, success=True)
        with pytest.raises(InputError):
            await manager.add_production_feedback("DSPY_A", "3b", 1.5)
        same = PerformanceMetrics(variant="B", model="3b", timestamp=clock.now, metric_id="x")
        assert await manager.optimizer.add_performance_metric(same)
        assert not await manager.optimizer.add_performance_metric(same)
        status = await manager.get_system_status()
        row = next(
            one for one in status["variants"] if one["variant"] == "DSPY_A" and one["judged"]
        )
        assert (row["judged"], row["quality"]) == (5, pytest.approx(0.9))
        assert status["executions_24h"] == 2
        assert [one["trigger"] for one in status["due"]] == ["volume of feedback"]
        found = await manager.run_full_evaluation(hours_back=24)
        assert found["executions"] == 2
        assert "optimized" not in found

    asyncio.run(work())
    manager.close()


def test_one_manager_a_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    first = get_dspy_phase2_manager({"feedback_volume_threshold": 7})
    assert get_dspy_phase2_manager() is first
    assert first.config.feedback_volume_threshold == 7
    assert get_dspy_phase2_manager({"feedback_volume_threshold": 8}) is not first
