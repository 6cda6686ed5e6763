"""A better variant takes the place of the one in use, step by step; a bad one is taken back."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.learning.judgements import new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.production.family_history import FamilyOutcome, FamilyResult
from lakegloss.core.production.replacement import (
    CandidateState,
    DeploymentConfig,
    ReplacementCandidate,
)
from lakegloss.core.release.rollout_steps import RolloutState
from lakegloss.errors import InputError, ProgramNotFoundError, SignatureError
from lakegloss.learning.families.family_optimizer import HISTORY
from lakegloss.learning.production.production_pipeline import ProductionDataPipeline
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs import ClassifyText, SummarizeText
from lakegloss.programs.saved import save
from lakegloss.release.replacement.replacement_pipeline import PromptReplacementPipeline
from lakegloss.release.replacement.served_variants import VariantServing
from lakegloss.serving import DSPyPipelineExecutor
from lakegloss.settings import load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
CAREFUL = "Assign the category that fits best. Be careful."


def answer(body: Mapping[str, Any], _: object, __: int) -> Said:
    """Right where the instruction asks for care, or the text says so; else it guesses 'other'."""
    told, asked = body["messages"][0]["content"], json.loads(body["messages"][-1]["content"])
    if "nonsense" in told:
        return 200, completion("I would rather not say.")
    right = asked["text"].rsplit(" ", 1)[-1]
    said = right if "Be careful." in told else "other"
    return 200, completion(json.dumps({"classification": said, "confidence": 0.9}))


class World:
    """A store, a model, people who know the right category, and a clock that tests move."""

    def __init__(self, home: Path, url: str) -> None:
        self.now = START
        self.store = ProductionStore(home / "production.db")
        self.settings = load_settings(environ={}, home=home, model="3b", endpoint=url)
        self.data = ProductionDataPipeline(self.store, clock=self.clock)
        self.pipeline = PromptReplacementPipeline(
            self.data, models={"3b": self.settings}, clock=self.clock
        )
        self.book = self.pipeline.book
        self.count = 0

    def clock(self) -> datetime:
        return self.now

    def record(self, variant: str, scores: list[float], **facts: Any) -> None:
        for score in scores:
            self.count += 1
            given: dict[str, Any] = {"latency": 100.0} | facts
            run = RecordedExecution(
                execution_id=f"e{self.count}", program="ClassifyText", variant=variant, model="3b",
                inputs={"text": f"Thing {self.count} billing", "categories": "billing, other"},
                outputs={"classification": "billing", "confidence": 0.9},
                at=self.now - timedelta(minutes=5), **given,
            )  # fmt: skip
            self.store.record(run)
            self.store.add(new_feedback(run.judged, score=score, now=self.now))

    def serve(self, executor: DSPyPipelineExecutor, count: int) -> set[str]:
        """Callers ask; people correct what is wrong, and like what is right."""
        serving = VariantServing(self.store, self.book, executor, values="raw", clock=self.clock)
        seen = set()
        for _ in range(count):
            self.count += 1
            category = ["billing", "printing", "login"][self.count % 3]
            answered = serving.execute(
                "ClassifyText",
                {"text": f"Ticket {self.count} about {category}", "categories": "a, b"},
                unit=f"caller {self.count}", model_name="3b",
            )  # fmt: skip
            seen.add(answered.variant)
            run = self.store.execution(answered.result.execution_id)
            if run is not None and answered.result.success:
                right = run.outputs["classification"] == category
                said: dict[str, Any] = (
                    {"rating": 5} if right else {"corrections": {"classification": category}}
                )
                self.store.add(new_feedback(run, now=self.now, **said))
        return seen


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with AnsweringServer(answer) as server:
        found = World(tmp_path, server.url)
        yield found
        found.store.close()


def variant(instructions: str) -> str:
    return save(ClassifyText.with_instructions(instructions), "ClassifyText").text


def identified(world: World, **more: Any) -> list[ReplacementCandidate]:
    return asyncio.run(world.pipeline.identify_replacement_candidates(**more))


def prepared(world: World, good: float = 0.9, bad: float = 0.6) -> None:
    world.book.of("ClassifyText", "3b")
    world.book.add("ClassifyText", "3b", "DSPY_A", variant(CAREFUL))
    world.record("", [bad, bad + 0.05, bad - 0.05] * 5)
    world.record("DSPY_A", [good, good + 0.05, good - 0.05] * 5)


def test_what_did_better_in_production_is_found_and_validated(world: World) -> None:
    prepared(world)
    world.record("DSPY_Z", [1.0] * 20)  # its state is not kept: nothing could put it into place
    [found] = identified(world, days_back=7)
    assert (found.variant, found.current, found.source) == ("DSPY_A", "original", "production")
    assert found.improvement == pytest.approx(0.3)
    assert found.confidence > 0.99
    assert asyncio.run(world.pipeline.validate_candidate(found))
    kept = world.pipeline.candidate(found.candidate_id)
    assert kept.state is CandidateState.VALIDATED
    assert any(reason.startswith("confidence: ") for reason in kept.reasons)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({"scores": [0.9] * 4}, "samples"),
        ({"scores": [0.9, 0.2, 1.0, 0.55] * 5, "current": [0.9, 0.1, 0.75, 0.6] * 5}, "confidence"),
        ({"scores": [0.9, 0.85, 0.95] * 5, "latency": 400.0}, "latency"),
        ({"scores": [0.95, 0.9, 1.0] * 9, "failed": 3}, "successes"),
    ],
)
def test_a_stage_that_fails_rejects_it_and_says_why(
    world: World, facts: dict[str, Any], stage: str
) -> None:
    world.book.of("ClassifyText", "3b")
    world.book.add("ClassifyText", "3b", "DSPY_A", variant(CAREFUL))
    world.record("", facts.get("current", [0.6, 0.65, 0.55] * 5))
    world.record("DSPY_A", facts["scores"], latency=facts.get("latency", 100.0))
    for number in range(facts.get("failed", 0)):
        world.store.record(RecordedExecution(
            execution_id=f"f{number}", program="ClassifyText", variant="DSPY_A", model="3b",
            failed_by="program", at=world.now,
        ))  # fmt: skip
    [found] = identified(world)
    assert not asyncio.run(world.pipeline.validate_candidate(found))
    kept = world.pipeline.candidate(found.candidate_id)
    assert kept.state is CandidateState.REJECTED
    failing = [s.name for s in world.pipeline.validation_of(found).stages if not s.passed]
    assert failing == [stage], kept.reasons
    with pytest.raises(InputError, match="is rejected"):
        asyncio.run(world.pipeline.deploy_candidate(found))


def test_nothing_is_found_where_nothing_was_recorded_or_it_is_worse(world: World) -> None:
    assert identified(world) == []
    prepared(world, good=0.55, bad=0.6)
    assert identified(world) == []


def test_a_better_variant_goes_from_a_share_to_all(world: World) -> None:
    prepared(world)
    world.pipeline.config = DeploymentConfig(rollout_percentage=0.5)
    report = asyncio.run(world.pipeline.run_automated_replacement(days_back=7))
    [deployed] = report.deployed
    assert deployed.state is CandidateState.DEPLOYING
    [row] = report.steps
    shares = [row.share]
    with DSPyPipelineExecutor(settings=world.settings, mlflow_tracking=False) as executor:
        while row.is_active and len(shares) < 9:
            world.now += timedelta(minutes=59)
            seen = world.serve(executor, 36)
            assert seen == ({"original", "DSPY_A"} if row.share < 1 else {"DSPY_A"})
            world.now += timedelta(minutes=2)
            [row] = list(world.pipeline.step_all())
            shares.append(row.share)
    assert row.state == RolloutState.PROMOTED, row.reason
    assert shares == [*sorted(shares[:-1]), 0.0]
    assert set(shares[:-1]) == {0.5, 0.75, 1.0}
    variants = world.book.by_name("ClassifyText 3b")
    assert variants.in_use.variant == "DSPY_A"
    assert world.pipeline.candidate(deployed.candidate_id).state is CandidateState.DEPLOYED
    assert variants.numbered(1).variant == "original", "the way back"


class _Unasked:
    """An executor that nobody asks."""

    def execute(
        self, program: Any = None, *, inputs: Mapping[str, Any] | None = None, model: str = ""
    ) -> Any:
        raise AssertionError("nothing is executed")


def row_variant(world: World, number: int) -> str:
    return world.book.of("ClassifyText", "3b").numbered(number).variant


def test_a_rollout_begins_with_ten_percent(world: World) -> None:
    prepared(world)
    [found] = identified(world)
    with pytest.raises(InputError, match="only a validated one"):
        asyncio.run(world.pipeline.deploy_candidate(found))
    asyncio.run(world.pipeline.validate_candidate(found))
    row = asyncio.run(world.pipeline.deploy_candidate(found))
    assert row.served_share == 0.1
    again = asyncio.run(world.pipeline.run_automated_replacement())
    assert not again.deployed, "one rollout is active for a program and a model"
    serving = VariantServing(world.store, world.book, _Unasked(), clock=world.clock)
    units = [f"caller {number}" for number in range(60)]
    got = {serving.variant_for("ClassifyText", "3b", unit).variant for unit in units}
    assert got == {row_variant(world, row.champion), row_variant(world, row.challenger)}
    world.now += timedelta(hours=4)
    got = {serving.variant_for("ClassifyText", "3b", unit).variant for unit in units}
    assert got == {row_variant(world, row.champion)}, "nobody steps it any more"
    back = world.pipeline.roll_back("ClassifyText", "3b", "an alert")
    assert back.state == RolloutState.ROLLED_BACK
    assert world.pipeline.candidate(found.candidate_id).state is CandidateState.ROLLED_BACK


def test_a_variant_that_fails_is_taken_back_and_not_tried_again(world: World) -> None:
    prepared(world)
    world.book.add("ClassifyText", "3b", "DSPY_B", variant("nonsense"))
    world.record("DSPY_B", [0.97, 0.99, 0.98] * 5)
    candidates = {one.variant: one for one in identified(world)}
    assert asyncio.run(world.pipeline.validate_candidate(candidates["DSPY_B"]))
    asyncio.run(world.pipeline.deploy_candidate(candidates["DSPY_B"], rollout_percentage=0.5))
    with DSPyPipelineExecutor(
        settings=world.settings, mlflow_tracking=False, max_retries=0
    ) as executor:
        world.now += timedelta(minutes=4)
        world.serve(executor, 24)
        world.now += timedelta(minutes=1)
        [row] = list(world.pipeline.step_all())
        assert row.state == RolloutState.ROLLED_BACK
        assert "failed hard" in row.reason
        assert world.serve(executor, 6) == {"original"}, "at once, everybody has the old one"
    kept = world.pipeline.candidate(candidates["DSPY_B"].candidate_id)
    assert kept.state is CandidateState.ROLLED_BACK
    assert "DSPY_B" not in {one.variant for one in identified(world)}


def test_what_the_gate_called_better_is_a_candidate(world: World) -> None:
    state = save(ClassifyText.with_instructions(CAREFUL), "x").text
    result = FamilyResult(
        family="ClassifyText", model="3b", outcome=FamilyOutcome.BETTER, variant="ClassifyText-1",
        before=0.5, after=0.8, confidence=0.97, state=state, at=world.now,
    )  # fmt: skip
    world.store.put(HISTORY, "1", asdict(result) | {"at": result.at.isoformat()}, world.now)
    [found] = identified(world)
    assert (found.source, found.confidence) == ("optimisation", 0.97)
    assert found.improvement == pytest.approx(0.3)
    assert asyncio.run(world.pipeline.validate_candidate(found))
    unsure = ReplacementCandidate(**{
        name: getattr(found, name) for name in found.__dataclass_fields__} | {"confidence": 0.79}
    )  # fmt: skip
    assert not asyncio.run(world.pipeline.validate_candidate(unsure))


def test_variants_of_other_fields_and_unknown_programs_are_refused(world: World) -> None:
    world.book.of("ClassifyText", "3b")
    with pytest.raises(SignatureError, match="other fields"):
        world.book.add("ClassifyText", "3b", "odd", save(SummarizeText, "x").text)
    with pytest.raises(ProgramNotFoundError, match="'nobodys'"):
        world.book.of("nobodys", "3b")
    with pytest.raises(InputError, match="share"):
        DeploymentConfig(rollout_percentage=10)
    with pytest.raises(InputError, match="no candidate"):
        world.pipeline.candidate("x")
