"""The documented calls of the production loop, in our own words; every figure is a measured one."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.production.family_history import FamilyOutcome
from lakegloss.monitoring import AlertConfig, PerformanceFeedbackCollector, RealTimeMonitor
from lakegloss.programs import PromptFamily
from lakegloss.release import (
    ACECoTIntegration,
    CoTOptimizer,
    OptimizationConfig,
    PromptFamilyOptimizer,
    RealTimeOptimizer,
    get_dspy_phase2_manager,
)
from lakegloss.release.production_loop.manager import DSPyPhase2Manager
from tests.kits.phase2 import (
    MODELS,
    Curator,
    EnoughError,
    data_pipeline,
    environment,
    invoked,
    names_for,
    replacement_pipeline,
    run_until_stopped,
)
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ProgramServer]:
    monkeypatch.chdir(tmp_path)
    with ProgramServer() as running:
        for name, value in environment(tmp_path, running.url).items():
            monkeypatch.setenv(name, value)
        yield running


def test_production_data_is_collected_measured_and_ranked(server: ProgramServer) -> None:
    async def work() -> None:
        pipeline = data_pipeline()
        examples = await pipeline.collect_production_data(hours_back=24, models=list(MODELS))
        batches = await pipeline.create_evaluation_batch(examples, batch_size=50)
        results = await pipeline.run_evaluation_batch(batches[0])
        assert (results.executions, results.success_rate) == (15, 1.0)
        [top] = await pipeline.get_top_performing_variants(days_back=7)
        assert (top.key.variant, top.quality.mean) == ("DSPY_A", pytest.approx(0.9))

    asyncio.run(work())
    assert not server.requests, "what was recorded is measured; nothing is asked"


def test_performance_is_watched_and_feedback_is_collected() -> None:
    said = names_for("phase2_monitoring")
    monitor = RealTimeMonitor(window_size_minutes=60)
    assert monitor.add_metric(said["metrics"])
    monitor.add_alert_config(
        AlertConfig(metric_name="latency_mean", threshold=5000, comparison="greater_than")
    )
    collector = PerformanceFeedbackCollector()
    kept = collector.collect_feedback(said["variant"], said["model"], said["feedback_score"])
    assert kept["feedback"] == {"score": 0.85}


def test_candidates_are_found_validated_and_rolled_out() -> None:
    async def work() -> None:
        pipeline = replacement_pipeline()
        [candidate] = await pipeline.identify_replacement_candidates(days_back=7)
        assert await pipeline.validate_candidate(candidate)
        row = await pipeline.deploy_candidate(candidate, rollout_percentage=0.1)
        assert (row.state, row.served_share) == ("running", 0.1)
        assert candidate.confidence > 0.8

    asyncio.run(work())


def test_a_template_of_reasoning_is_made_and_handed_over() -> None:
    optimizer = CoTOptimizer()
    name = optimizer.create_dspy_cot_module(
        "Check the graph.", "graph_verification", "standard", "BootstrapFewShot"
    )
    template = optimizer.get_optimized_cot_template(name)
    assert template.startswith("Check the graph.")
    curator = Curator()
    integration = ACECoTIntegration(optimizer)
    assert integration.integrate_with_ace_curator(curator) == {}, "nothing was shown to be better"
    integration.integrate_with_ace_curator(curator, also_unproven=True)
    assert curator.templates == {("graph_verification", "standard"): template}


def test_families_are_optimised_for_named_models() -> None:
    optimizer = PromptFamilyOptimizer()
    results = asyncio.run(optimizer.optimize_all_families(models=list(MODELS), parallel=True))
    assert set(results) == set(PromptFamily)
    for by_model in results.values():
        assert {one.outcome for one in by_model.values()} == {FamilyOutcome.NO_EXAMPLES}
        assert list(by_model) == list(MODELS)
    some = asyncio.run(optimizer.optimize_family(PromptFamily.SUMMARIZATION, models=["3b", "7b"]))
    assert list(some) == ["3b", "7b"]
    assert len(optimizer.history(PromptFamily.SUMMARIZATION)) == 5


def test_an_optimiser_runs_by_itself() -> None:
    said = names_for("phase2_optimizer")

    async def work() -> None:
        optimizer = RealTimeOptimizer(said["config"])
        await optimizer.start()
        row = await optimizer.add_feedback("DSPY_A", "3b", 0.85, "quality")
        assert (row.score, row.type) == (0.85, "quality")
        assert await optimizer.add_performance_metric(said["metrics"])
        await optimizer.stop()

    asyncio.run(work())


def test_the_manager_starts_and_keeps_what_it_is_told() -> None:
    async def work() -> None:
        manager = get_dspy_phase2_manager({
            "enable_automatic_optimization": True, "performance_degradation_threshold": 0.15,
            "optimization_interval_hours": 24,
        })  # fmt: skip
        await manager.initialize()
        await manager.start_production_mode()
        await manager.add_production_feedback("DSPY_A", "3b", 0.85, "quality")
        status = await manager.get_system_status()
        assert (status["running"], status["feedback_24h"]) == (True, 1)
        assert set(MODELS) <= set(status["models"])
        await manager.stop_production_mode()
        assert get_dspy_phase2_manager() is manager
        manager.close()

    asyncio.run(work())


async def fed_for_ever(manager: DSPyPhase2Manager) -> None:
    names = names_for("phase2_for_ever")
    while True:
        metrics, feedback = names["get_production_metrics"](), names["get_user_feedback"]()
        await manager.add_production_metrics(
            variant=metrics["variant"], model=metrics["model"], latency_ms=metrics["latency"],
            success=metrics["success"],
        )  # fmt: skip
        await manager.add_production_feedback(
            variant=feedback["variant"], model=feedback["model"], feedback_score=feedback["score"]
        )
        await names["asyncio"].sleep(60)


def test_a_loop_of_production_feeds_it() -> None:
    async def work() -> None:
        manager = DSPyPhase2Manager()
        await manager.initialize()
        with pytest.raises(EnoughError):
            await fed_for_ever(manager)
        status = await manager.get_system_status()
        assert (status["executions_24h"], status["feedback_24h"]) == (3, 3)
        manager.close()

    asyncio.run(work())


def test_the_defaults_are_the_documented_ones() -> None:
    config = OptimizationConfig()
    assert (config.performance_degradation_threshold, config.feedback_volume_threshold) == (
        0.15,
        50,
    )
    assert (config.optimization_interval_hours, config.max_concurrent_optimizations) == (24, 3)
    assert (config.min_confidence_for_deployment, config.rollback_on_failure) == (0.8, True)
    assert config.optimization_timeout_minutes == 30
    alert = AlertConfig(
        metric_name="quality_mean", threshold=0.7, comparison="less_than", window_minutes=10,
        min_samples=20,
    )  # fmt: skip
    assert alert.threshold == 0.7


COMMANDS = [
    ("--init", "Models: 1.5b, 3b, 7b, m"),
    ("--stop", "Asked to stop"),
    ("--status --json", '"executions_24h": 0'),
    ("--recommendations", "No variant did better"),
    ("--evaluate --hours 24 --optimize --deploy", "0 executions measured"),
    ("--feedback DSPY_A 3b 0.85 quality", "is kept"),
    ("--metrics DSPY_B 7b 1200", "DSPY_B is counted"),
]


@pytest.mark.parametrize(("command", "says"), COMMANDS)
def test_the_command_does_what_its_options_say(command: str, says: str) -> None:
    done = invoked(command)
    assert done.exit_code == 0, done.output
    assert says in done.output


def test_the_page_shows_the_commands_that_are_tested() -> None:
    page = (ROOT / "docs" / "variants.md").read_text(encoding="utf-8")
    shown = re.findall(r"^lakegloss production (.*?)(?: +#.*)?$", page, re.MULTILINE)
    tested = {command for command, _ in COMMANDS} | {"--start", "--status"}
    assert shown
    assert set(shown) <= tested


def test_the_command_starts_until_it_is_asked_to_stop() -> None:
    done = run_until_stopped()
    assert done.exit_code == 0, done.output
    assert "has ended" in done.output


def test_the_command_refuses_what_is_nothing() -> None:
    done = invoked("")
    assert (done.exit_code, type(done.exception).__name__) == (1, "SettingsError")
    done = invoked("--feedback DSPY_A 3b 7 quality")
    assert type(done.exception).__name__ == "InputError"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {
        "DSPY_ENABLED": "1", "DSPY_PHASE2_ENABLED": "1", "DSPY_AUTO_OPTIMIZE": "true",
        "DSPY_PERFORMANCE_THRESHOLD": "0.25", "DSPY_FEEDBACK_THRESHOLD": "60",
        "DSPY_ALERT_LATENCY": "4000", "DSPY_ALERT_SUCCESS_RATE": "0.8",
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    manager = DSPyPhase2Manager()
    assert manager.config.enable_automatic_optimization
    assert manager.config.performance_degradation_threshold == 0.25
    assert manager.config.feedback_volume_threshold == 60
    bounds = {one.metric_name: one.threshold for one in manager.monitor.alert_configs}
    assert (bounds["latency_mean"], bounds["success_rate"]) == (4000, 0.8)
    manager.close()
