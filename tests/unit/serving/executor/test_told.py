"""What an executor tells: of its programs to validators, of inputs, of executions in its log."""

import gc
import logging
from collections.abc import Iterator
from typing import Any

import dspy
import pytest

from lakegloss.errors import SignatureNotFoundError
from lakegloss.programs import BaseSignature, SignatureField, SignatureValidator
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.how_might_we import HMWGenerator
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService


class Describe(BaseSignature):
    """Describe a product."""

    product_name = SignatureField("its name")
    features = SignatureField("what it can do")
    description = SignatureField("the text", prefix="Description:")


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture
def executor(server: ProgramServer) -> Iterator[DSPyPipelineExecutor]:
    settings = load_settings(environ={}, model="m", endpoint=server.url, attempts=1)
    with DSPyPipelineExecutor(settings=settings, environ={}) as found:
        yield found


# Validators.


def test_a_validator_knows_what_an_executor_registered(executor: DSPyPipelineExecutor) -> None:
    validator = SignatureValidator()
    executor.register_signature("Describe", Describe)
    executor.register_signature("questions", HMWGenerator())
    chain = SignatureChain().add("SummarizeText", {"document": "report"})
    executor.register_signature("weekly", chain.program(inputs=["report"]))
    for name, good, missing in (
        ("Describe", {"product_name": "a", "features": "b"}, "product_name, features"),
        ("weekly", {"report": "r"}, "report"),
    ):
        assert validator.validate_inputs(name, good), validator.get_errors()
        assert not validator.validate_inputs(name, {})
        assert validator.get_errors()[0].endswith(f"Give {missing}.")
    assert validator.validate_inputs("questions", {"insights": ["a"]})
    assert not validator.validate_inputs("questions", {"problem": "a"})


def test_a_registered_name_goes_before_the_librarys_and_the_newest_first(
    executor: DSPyPipelineExecutor,
) -> None:
    executor.register_signature("EmailDraft", Describe)
    assert SignatureValidator().validate_inputs("EmailDraft", {"product_name": "a", "features": ""})
    with DSPyPipelineExecutor(environ={}) as newer:
        newer.register_signature("EmailDraft", dspy.Predict("text -> answer"))
        assert SignatureValidator().validate_inputs("EmailDraft", {"text": "a"})
        assert newer.execute(model_id="EmailDraft", inputs={"text": "a"}, mode="dry_run").success


def test_what_is_gone_is_not_known() -> None:
    executor = DSPyPipelineExecutor(environ={})
    executor.register_signature("OnlyHere", Describe)
    assert SignatureValidator().validate_inputs("OnlyHere", {"product_name": "a", "features": "b"})
    del executor
    gc.collect()
    with pytest.raises(SignatureNotFoundError, match="OnlyHere"):
        SignatureValidator().validate_inputs("OnlyHere", {})


@pytest.mark.parametrize(
    ("program", "inputs", "message", "remedy"),
    [
        ("EmailDraft", {"recipient": "a"}, "fields: ['subject', 'key_points']",
         "Give subject, key_points."),
        ("EmailDraft", {"recipient": "a", "colour": "b"}, "There is no input 'colour'",
         "Give subject, key_points. Known are: recipient, subject, key_points, tone."),
        (dspy.Predict("a, b, c -> d"), {}, "['a', 'b', 'c']", "Give a, b, c."),
        (HMWGenerator(), {"problem": "x"}, "There is no input 'problem'",
         "Known are: insights, metrics, jtbds, count."),
    ],
)  # fmt: skip
def test_the_remedy_names_all_that_is_missing(
    executor: DSPyPipelineExecutor, program: Any, inputs: dict[str, Any], message: str, remedy: str
) -> None:
    result = executor.execute_async(program, inputs).result()
    assert message in result.error
    assert result.metadata["remedy"] == remedy


# The log.


def lines(
    executor: DSPyPipelineExecutor, caplog: pytest.LogCaptureFixture, mode: str, document: str
) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.INFO, "lakegloss.executor"):
        executor.execute(model_id="SummarizeText", inputs={"document": document}, mode=mode)
    return [r.getMessage() for r in caplog.records if r.name == "lakegloss.executor"]


def test_debug_logs_more_than_normal(
    executor: DSPyPipelineExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(lines(executor, caplog, "normal", "x")) == 1
    told = lines(executor, caplog, "debug", "my secret FAULT:garbage:1\n")
    assert len(told) == 6, told
    assert "document (str of 26)" in told[1]
    assert ["call 1" in told[2], "call 2" in told[3]] == [True, True]
    assert "no JSON object" in told[4]
    assert "read summary" in told[5]
    assert "secret" not in "".join(told)
    assert not any("\n" in line for line in told)


# The programs of the service.

FILE = """name: letter
description: Writes a letter to a customer.
signature:
  instructions: Write. Use all of the context, as you were told.
  inputs: {recipient: who}
  outputs: {body: the text}
"""


def test_the_service_tells_outputs_and_what_programs_do(
    server: ProgramServer, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "letter.yaml").write_text(FILE)
    (tmp_path / "digest.yaml").write_text(
        "name: digest\nchain: {inputs: [document], steps: [{signature: SummarizeText}]}\n"
    )
    (tmp_path / "broken.yaml").write_text("name: broken\n")
    settings = load_settings(
        environ={}, home=tmp_path / "home", model="m", endpoint=server.url, serve_programs=tmp_path
    )

    class Bare(dspy.Module):  # type: ignore[misc]  # dspy is untyped
        def __init__(self) -> None:
            super().__init__()
            self.predict = dspy.Predict("question -> answer")

        def forward(self, question: str) -> Any:
            return self.predict(question=question)

    with RunningService(settings) as service:
        service.service.executor.register_signature("bare", Bare())
        answer = service.client.get("/api/v1/dspy/programs").raise_for_status().json()
    by_name = {program["program_id"]: program for program in answer["programs"]}
    assert by_name["letter"]["description"] == "Writes a letter to a customer."
    assert by_name["letter"]["outputs"] == ["body"]
    assert by_name["letter"]["inputs"] == ["recipient"]
    assert by_name["digest"]["description"] == "Runs SummarizeText."
    assert by_name["digest"]["outputs"] == ["summary"]
    assert by_name["generate_hmw"]["outputs"] == ["hmw_questions", "relevance_scores", "reasoning"]
    assert by_name["generate_solutions"]["outputs"] == ["solutions", "reasoning"]
    assert by_name["generate_hmw"]["description"].startswith("Generates How-might-we questions")
    assert "`" not in by_name["generate_hmw"]["description"]
    assert (by_name["bare"]["description"], by_name["bare"]["outputs"]) == ("", ["answer"])
    assert by_name["EmailDraft"]["description"].startswith("Write an e-mail")
    assert by_name["ExtractEntities"]["outputs"] == ["entities"]
    assert by_name["broken"]["outputs"] == []
    described = [program for program in by_name.values() if program["program_id"] not in
                 {"bare", "broken"}]  # fmt: skip
    assert all(p["description"] and p["outputs"] for p in described)
    assert not any("\n" in p["description"] for p in described)
