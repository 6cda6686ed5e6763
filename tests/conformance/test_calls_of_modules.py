"""The documents' calls of names, modules and MLflow, in our own words."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss import programs
from lakegloss.errors import SignatureNotFoundError
from lakegloss.programs import BaseSignature, SignatureField, SignatureValidator
from lakegloss.serving import (
    DSPyPipelineExecutor,
    ExecutionMode,
    ParallelExecutor,
    SignatureChain,
    autolog,
)
from tests.kits.program_server import ProgramServer

LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProgramServer]:
    """A model that executors without settings find in the environment."""
    with ProgramServer() as found:
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", found.url)
        yield found


@pytest.fixture
def executor(server: ProgramServer) -> Iterator[DSPyPipelineExecutor]:
    with DSPyPipelineExecutor(mlflow_tracking=False) as found:
        yield found


def test_the_signatures_are_names_to_import() -> None:
    families = {
        "generation": ("DraftText", "ReviseText", "ExpandText", "RefineText"),
        "analysis": ("CritiqueText", "SummarizeText", "ExtractInfo", "ClassifyText"),
        "conversation": ("RespondToUser", "ClarifyIntent", "GenerateFollowUp", "ResolveQuery"),
        "tasks": ("EmailDraft", "CodeGeneration", "DataAnalysis", "ReportGeneration"),
    }
    for names in families.values():
        for name in names:
            signature = getattr(programs, name)
            assert issubclass(signature, BaseSignature)
            assert signature.output_fields


def test_fields_without_words_and_a_class_without_fields() -> None:
    class FindPlaces(BaseSignature):
        """Find the places that a text names."""

        text = SignatureField()
        places = SignatureField(description="the places, one a line", prefix="Places:")

    class Everything(BaseSignature):
        """Do it all."""

    assert (list(FindPlaces.input_fields), list(FindPlaces.output_fields)) == (["text"], ["places"])
    assert not Everything.input_fields


def test_an_executor_is_made_of_its_options(server: ProgramServer) -> None:
    for options in (
        {"cache_enabled": True, "timeout": 300, "max_retries": 2, "max_workers": 4},
        {"cache_enabled": True, "cache_ttl": 3600},
        {"timeout": 60},
        {},
    ):
        with DSPyPipelineExecutor(mlflow_tracking=False, **options) as found:
            found.set_mode(ExecutionMode.PRODUCTION)
            result = found.execute_signature(signature_name="EmailDraft", inputs=LETTER)
            assert result["email_body"]


def test_mlflow_keeps_the_executions(
    server: ProgramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    autolog()
    try:
        with DSPyPipelineExecutor(mlflow_tracking=True) as tracked, mlflow.start_run() as run:
            report = "Sales rose. " * 20
            result = tracked.execute_signature("SummarizeText", inputs={"document": report})
            share = len(result["summary"]) / len(report)
            mlflow.log_metric("compression_ratio", share)
            mlflow.log_text(result["summary"], "summary.txt")
    finally:
        autolog(disable=True)
    kept = mlflow.get_run(run.info.run_id)
    assert kept.data.metrics["compression_ratio"] == pytest.approx(share)
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/summary.txt") == result["summary"]
    [child] = mlflow.search_runs(
        filter_string=f"tags.mlflow.parentRunId = '{run.info.run_id}'", output_format="list"
    )
    assert child.data.metrics, "the execution is a run inside the run"


def test_a_registered_program_by_its_name(executor: DSPyPipelineExecutor) -> None:
    class Letter(BaseSignature):
        """Write an e-mail."""

        recipient = SignatureField("who receives it")
        subject = SignatureField("what it is about")
        context = SignatureField("what is known", default="")
        email_body = SignatureField("the text", prefix="Body:")

    executor.register_signature("letter-v1", dspy.Predict(Letter))
    inputs = {"recipient": "ann@example.org", "subject": "Lunch", "context": "It rains."}
    result = executor.execute(model_id="letter-v1", inputs=inputs, mode=ExecutionMode.NORMAL)
    assert result.success
    assert result.outputs["email_body"]
    few = [{"recipient": name, "subject": "Lunch"} for name in ("ann", "bob", "cid")]
    results = executor.execute_batch(model_id="letter-v1", inputs_list=few)
    assert [
        name in r.outputs["email_body"]
        for name, r in zip(("ann", "bob", "cid"), results, strict=True)
    ] == [True] * 3


def test_inputs_that_are_numbers_and_a_cache_to_clear(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    executor.register_signature("doubled", dspy.Predict("number: int -> result"))
    results = executor.execute_batch(
        model_id="doubled", inputs_list=[{"number": n} for n in range(100)]
    )
    assert all(r.success for r in results)
    assert server.count == 100
    executor.execute(model_id="doubled", inputs={"number": 1})
    assert server.count == 100, "the second one is known"
    executor.clear_cache()
    executor.execute(model_id="doubled", inputs={"number": 1})
    assert server.count == 101


def test_the_modes_of_a_program(executor: DSPyPipelineExecutor, server: ProgramServer) -> None:
    program = dspy.Predict("text -> result")
    dry = executor.execute(program=program, inputs={"text": "a"}, mode=ExecutionMode.DRY_RUN)
    assert dry.success
    assert server.count == 0
    deep = executor.execute(program=program, inputs={"text": "a"}, mode=ExecutionMode.DEBUG)
    assert deep.metadata["debug_trace"]
    wrong = executor.execute(program=program, inputs={}, mode=ExecutionMode.DRY_RUN)
    assert wrong.error == "Missing required input fields: ['text']"
    unknown = executor.execute(model_id="nothing", inputs={"text": "a"})
    assert (unknown.success, unknown.error) == (False, "Model nothing not found in registry")


def test_a_chain_with_constants(executor: DSPyPipelineExecutor) -> None:
    chain = SignatureChain()
    chain.add("ExtractInfo", {"document": "whole", "info_types": "Dates and sums"})
    chain.add("SummarizeText", {"document": "ExtractInfo.extracted_info", "max_length": "9 words"})
    chain.add(
        "EmailDraft",
        {"recipient": "owners", "subject": "News", "key_points": "SummarizeText.summary"},
    )
    result = executor.execute_chain(chain, initial_inputs={"whole": "text"})
    assert result["email_body"]


def test_tasks_beside_each_other_with_an_executor_of_their_own(server: ProgramServer) -> None:
    parallel = ParallelExecutor()
    try:
        found = parallel.execute_all(
            [
                ("SummarizeText", {"document": "d"}),
                ("ExtractInfo", {"document": "d", "info_types": "dates"}),
                ("ClassifyText", {"text": "d", "categories": "a, b"}),
            ]
        )
    finally:
        parallel.shutdown()
    assert all((found[0]["summary"], found[1]["extracted_info"], found[2]["classification"]))


def test_inputs_are_validated_and_their_errors_told() -> None:
    validator = SignatureValidator()
    assert validator.validate_inputs("EmailDraft", LETTER)
    assert not validator.validate_inputs("EmailDraft", {"recipient": "Ann"})
    assert "subject" in str(validator.get_errors())


def test_an_unknown_signature_is_an_error_to_catch(executor: DSPyPipelineExecutor) -> None:
    with pytest.raises(SignatureNotFoundError, match="ComplexThing") as raised:
        executor.execute_signature(
            "ComplexThing", inputs={"text": "x"}, retry_on_failure=True, max_retries=3
        )
    assert not isinstance(raised.value, TimeoutError), "which callers catch before it"


def test_lists_and_numbers_are_types_of_fields() -> None:
    class Questions(dspy.Signature):  # type: ignore[misc]
        """Ask questions."""

        insights: list[str] = dspy.InputField(desc="what is known")
        count: int = dspy.InputField(desc="how many")
        questions: list[str] = dspy.OutputField(desc="the questions")
        scores: list[float] = dspy.OutputField(desc="of each, 0 to 10")

    with ProgramServer() as model:
        environ = {"LAKEGLOSS_MODEL": "m", "LAKEGLOSS_ENDPOINT": model.url}
        with DSPyPipelineExecutor(mlflow_tracking=False, environ=environ) as found:
            inputs = {"insights": ["a"], "count": 2}
            result = found.execute(program=dspy.Predict(Questions), inputs=inputs)
            text = "context, insights -> questions: list[str]"
            other = found.execute(
                program=dspy.Predict(text), inputs={"context": "a", "insights": "b"}
            )
    assert result.outputs["scores"] == [0.9, 0.9]
    assert len(other.outputs["questions"]) == 2


class TwoSteps(dspy.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.shorten = dspy.ChainOfThought("raw_data -> summary")
        self.write = dspy.ChainOfThought("summary -> text")

    async def aforward(self, raw_data: str) -> Any:
        short = await self.shorten.acall(raw_data=raw_data)
        return await self.write.acall(summary=short.summary)


class InBatches(dspy.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.predictor = dspy.ChainOfThought("text -> result")

    async def process_batch(self, items: list[dict[str, str]], batch_size: int = 2) -> list[Any]:
        results: list[Any] = []
        for start in range(0, len(items), batch_size):
            batch = items[start : start + batch_size]
            results += await asyncio.gather(*(self.predictor.acall(**item) for item in batch))
        return results


def test_modules_that_only_know_how_to_be_awaited(executor: DSPyPipelineExecutor) -> None:
    result = executor.execute(program=TwoSteps(), inputs={"raw_data": "Sales rose."})
    assert result.success, result.error
    assert result.outputs["text"]
    lm = dspy.utils.DummyLM([{"reasoning": "r", "result": f"{n}"} for n in range(5)])

    async def run() -> list[Any]:
        with dspy.context(lm=lm):
            return await InBatches().process_batch([{"text": f"{n}"} for n in range(5)])

    assert [found.result for found in asyncio.run(run())] == list("01234")


def test_the_log_has_levels(
    executor: DSPyPipelineExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    for level, heard in ((logging.DEBUG, True), (logging.ERROR, False)):
        with caplog.at_level(level, "lakegloss.executor"):
            caplog.clear()
            executor.execute(model_id="SummarizeText", inputs={"document": "d"})
        assert bool([r for r in caplog.records if r.name == "lakegloss.executor"]) == heard
