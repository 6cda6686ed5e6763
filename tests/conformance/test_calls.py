"""The documents' calls in our own words: the same names, the same arguments."""

import asyncio
from collections.abc import Iterator
from typing import Any

import dspy
import pytest

from lakegloss.programs import (
    BaseSignature,
    ConditionalPipeline,
    HMWGenerationSignature,
    HMWGenerator,
    SignatureChain,
    SignatureField,
    SignatureValidator,
)
from lakegloss.serving import (
    DSPyModelLoader,
    DSPyPipelineExecutor,
    ExecutionMode,
    ExecutionResult,
    ParallelExecutor,
)
from tests.kits.program_server import ProgramServer


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture
def executor(
    server: ProgramServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DSPyPipelineExecutor]:
    monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
    monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
    with DSPyPipelineExecutor(
        cache_enabled=True, mlflow_tracking=False, timeout=30, max_retries=2, max_workers=4
    ) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "inputs", "output"),
    [
        ("DraftText", {"topic": "t", "tone": "informative", "length": "500 words"}, "draft"),
        ("ReviseText", {"original_text": "a", "revision_goals": "b"}, "revised_text"),
        ("ExpandText", {"core_idea": "a", "aspects_to_expand": "b"}, "expanded_text"),
        ("CritiqueText", {"text": "a", "criteria": "b"}, "critique"),
        ("SummarizeText", {"document": "a"}, "summary"),
        ("SummarizeText", {"document": "a", "max_length": "100 words"}, "summary"),
        ("ExtractInfo", {"document": "a", "info_types": "b"}, "extracted_info"),
        ("ClassifyText", {"text": "a", "categories": "b, c"}, "classification"),
        ("RespondToUser", {"user_query": "a", "context": "b", "tone": "c"}, "response"),
        ("ClarifyIntent", {"user_input": "a", "possible_intents": "b"}, "likely_intent"),
        ("EmailDraft", {"recipient": "a", "subject": "b", "key_points": "c"}, "email_body"),
    ],
)
def test_the_library_by_name(
    executor: DSPyPipelineExecutor, name: str, inputs: dict[str, str], output: str
) -> None:
    result = executor.execute_signature(signature_name=name, inputs=inputs)
    assert result[output]
    assert result["execution_id"]
    assert SignatureValidator().validate_inputs(name, inputs)


def test_a_signature_of_ones_own(executor: DSPyPipelineExecutor) -> None:
    class ProductDescription(BaseSignature):
        """Describe a product."""

        product_name = SignatureField(description="its name")
        description = SignatureField(description="the text", prefix="Description:")

    executor.register_signature("ProductDescription", ProductDescription)
    assert "ProductDescription" in executor.list_signatures()
    result = executor.execute_signature(
        signature_name="ProductDescription", inputs={"product_name": "Watch"}
    )
    assert "Watch" in result["description"]


def test_execute_and_its_result(executor: DSPyPipelineExecutor) -> None:
    result = executor.execute(
        program=dspy.Predict("text -> answer"), inputs={"text": "x"}, mode=ExecutionMode.NORMAL
    )
    assert isinstance(result, ExecutionResult)
    assert (result.success, result.program_name) == (True, "Predict")
    assert result.execution_time > 0
    assert result.metadata["model"]
    assert not result.error


def test_modes_by_name(executor: DSPyPipelineExecutor) -> None:
    for mode in ("PRODUCTION", "DEVELOPMENT", "TESTING", "NORMAL", "DRY_RUN", "DEBUG"):
        executor.set_mode(ExecutionMode[mode])
        result = executor.execute(model_id="SummarizeText", inputs={"document": mode})
        assert result.success
        assert ("debug_trace" in result.metadata) == (mode in {"DEBUG", "DEVELOPMENT"})


def test_batches_by_each_of_the_documents_calls(executor: DSPyPipelineExecutor) -> None:
    inputs = [{"document": f"d{n}"} for n in range(12)]
    for call in (
        {"signature_name": "SummarizeText", "parallel": True},
        {"signature_name": "SummarizeText", "batch_size": 10, "parallel": True},
        {"model_id": "SummarizeText"},
        {"program": dspy.Predict("document -> summary")},
    ):
        results = executor.execute_batch(inputs_list=inputs, **call)
        assert [f"d{n}" in r["summary"] for n, r in enumerate(results)] == [True] * 12


def test_chains_pipelines_and_tasks(executor: DSPyPipelineExecutor) -> None:
    chain = SignatureChain()
    chain.add("ExtractInfo", {"document": "input_document", "info_types": "Key facts"})
    chain.add("SummarizeText", {"document": "ExtractInfo.extracted_info", "max_length": "9 words"})
    letter = executor.execute_chain(chain, initial_inputs={"input_document": "text"})
    assert letter["summary"]

    pipeline = ConditionalPipeline()
    pipeline.add_condition(name="unsure", condition=lambda x: x["confidence"] < 0.8)
    pipeline.when("unsure").execute("ClarifyIntent")
    pipeline.otherwise().execute("RespondToUser")
    chosen = executor.execute_conditional(pipeline, inputs={"user_query": "a", "confidence": 0.6})
    assert chosen["clarifying_question"]

    tasks = [
        ("SummarizeText", {"document": "d"}),
        ("ClassifyText", {"text": "d", "categories": "a"}),
    ]
    results = ParallelExecutor(executor).execute_all(tasks)
    assert results[0]["summary"]
    assert results[1]["classification"]


def test_later_and_its_result(executor: DSPyPipelineExecutor) -> None:
    future = executor.execute_async("SummarizeText", inputs={"document": "d"})
    assert future.result(timeout=30)["summary"]


def test_statistics_cache_and_the_end(executor: DSPyPipelineExecutor) -> None:
    for _ in range(2):
        executor.execute_signature("SummarizeText", inputs={"document": "d"})
    stats = executor.get_execution_stats()
    for name in (
        "total_executions",
        "success_rate",
        "average_execution_time",
        "p95_execution_time",
    ):
        assert stats[name] > 0
    executor.clear_cache()
    executor.shutdown()


def test_retries_and_timeouts_of_a_call(executor: DSPyPipelineExecutor) -> None:
    result = executor.execute_signature(
        "SummarizeText",
        inputs={"document": "FAULT:garbage:2"},
        retry_on_failure=True,
        max_retries=3,
    )
    assert result["summary"]
    with pytest.raises(TimeoutError):
        executor.execute_signature("SummarizeText", inputs={"document": "FAULT:hang"}, timeout=0.1)


def test_a_program_of_a_file(executor: DSPyPipelineExecutor, tmp_path: Any) -> None:
    path = tmp_path / "email_assistant.yaml"
    path.write_text("name: e\nsignature: EmailDraft\n")
    program_data = DSPyModelLoader().load_from_config(path)
    result = executor.execute(
        program=program_data["program"],
        inputs={"recipient": "a", "subject": "b", "key_points": "c"},
    )
    assert result["email_body"]


def test_questions_with_the_modules_own_methods(executor: DSPyPipelineExecutor) -> None:
    assert HMWGenerationSignature.input_fields["count"].annotation is int
    context = {"insights": ["a"], "metrics": ["b"], "jtbds": ["c"]}
    lm = dspy.utils.DummyLM(
        [{"reasoning": "r", "hmw_questions": "['How might we a?']", "relevance_scores": "[8.5]"}]
        * 3
    )

    async def gathered() -> list[Any]:
        with dspy.context(lm=lm):
            return list(await asyncio.gather(*(HMWGenerator().acall(**context) for _ in range(2))))

    for found in asyncio.run(gathered()):
        assert found["hmw_questions"] == ["How might we a?"]
        assert found["relevance_scores"] == [8.5]
