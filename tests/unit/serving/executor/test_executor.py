"""The executor over a real HTTP server: results, failures, time, cache, batches, statistics."""

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.errors import (
    AnswerError,
    EndpointUnavailableError,
    ExecutionTimeoutError,
    InputError,
    SettingsError,
    SignatureError,
    SignatureNotFoundError,
)
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.conditional import ConditionalPipeline
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.programs.signatures import BaseSignature, SignatureField
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.parallel import ParallelExecutor
from lakegloss.serving.executor.programs import prepare
from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult
from lakegloss.settings import Settings, load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.waiting import until

pytestmark = pytest.mark.slow

EMAIL = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


def settings(server: ProgramServer, **options: Any) -> Settings:
    chosen = {"model": "m", "endpoint": server.url, "attempts": 2} | options
    return load_settings(environ={}, **chosen)


@pytest.fixture
def executor(server: ProgramServer) -> Iterator[DSPyPipelineExecutor]:
    with DSPyPipelineExecutor(settings=settings(server), timeout=5, environ={}) as found:
        yield found


class TwoSteps(dspy.Module):  # type: ignore[misc]
    """A module without aforward, which runs in a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.first = dspy.Predict("question -> thought")
        self.second = dspy.Predict("question, thought -> answer: str, score: float")

    def forward(self, question: str) -> dspy.Prediction:
        return self.second(question=question, thought=self.first(question=question).thought)


# One execution.


def test_a_module_is_never_cached(executor: DSPyPipelineExecutor, server: ProgramServer) -> None:
    """Its code, tools and attributes are not in its version."""

    class Twice(dspy.Module):  # type: ignore[misc]  # dspy is untyped
        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word
            self.first = dspy.Predict("question -> answer")
            self.second = dspy.Predict("answer -> verdict")

        def forward(self, question: str) -> Any:
            self.second(answer=self.first(question=question).answer)
            return dspy.Prediction(verdict=self.word)

    found = [executor.execute(Twice(word), inputs={"question": "q"}).outputs for word in "aab"]
    assert [each["verdict"] for each in found] == ["a", "a", "b"]
    assert len(server.requests) == 6


def test_a_modules_version_follows_what_it_sends() -> None:
    class Twice(dspy.Module):  # type: ignore[misc]  # dspy is untyped
        def __init__(self, instructions: str) -> None:
            super().__init__()
            self.first = dspy.Predict("question -> answer")
            self.second = dspy.Predict(dspy.Signature("answer -> verdict", instructions))

        def forward(self, question: str) -> Any:
            return self.second(answer=self.first(question=question).answer)

    class Plain(dspy.Module):  # type: ignore[misc]  # dspy is untyped
        def forward(self, question: str) -> Any:
            return dspy.Prediction(answer=question)

    one, same, other = (prepare(Twice(said)).version for said in ("Judge.", "Judge.", "Decide."))
    assert one == same != other
    assert prepare(Plain()).version == ""


def test_a_result_by_attributes_and_by_keys(executor: DSPyPipelineExecutor) -> None:
    result = executor.execute_signature("EmailDraft", EMAIL)
    assert result.success
    assert result["email_body"] == result.outputs["email_body"]
    assert "Ann" in result["email_body"]
    assert result["execution_id"] == result.execution_id
    assert {**result}["success"] is True
    assert result.program_name == "EmailDraft"
    assert result.metadata["usage"]["input_tokens"] > 0
    assert 0 < result.execution_time < 5
    with pytest.raises(KeyError, match="its outputs: email_body"):
        result["body"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", "did not answer (server: HTTP 500"),
        ("429", "refuses more calls for now"),
        ("401", "refused the key"),
        ("400", "cannot take the request (HTTP 400"),
        ("garbage", "cannot be read: the answer holds no JSON object"),
        ("empty", "gave no answer: it is empty"),
        ("missing", "cannot be read"),
    ],
)
def test_a_failure_is_in_the_result(executor: DSPyPipelineExecutor, fault: str, error: str) -> None:
    result = executor.execute(model_id="SummarizeText", inputs={"document": f"FAULT:{fault}"})
    assert not result.success
    assert error in result.error
    assert result.metadata["remedy"]
    assert result.outputs == {}


@pytest.mark.parametrize("fault", ["500:1", "429:1", "garbage:1", "missing:1", "empty:1", "fenced"])
def test_what_passes_is_overcome(executor: DSPyPipelineExecutor, fault: str) -> None:
    result = executor.execute(model_id="SummarizeText", inputs={"document": f"FAULT:{fault}"})
    assert result.success, result.error


def test_the_documented_texts(executor: DSPyPipelineExecutor) -> None:
    unknown = executor.execute(model_id="invalid-program", inputs={"test": "data"})
    assert unknown.error == "Model invalid-program not found in registry"
    missing = executor.execute(model_id="EmailDraft", inputs={"recipient": "x"})
    assert missing.error == "Missing required input fields: ['subject', 'key_points']"
    late = executor.execute(
        model_id="SummarizeText", inputs={"document": "FAULT:hang"}, timeout=0.2
    )
    assert late.error == "Execution timeout after 0.2 seconds"


def test_execute_signature_raises_typed_errors(executor: DSPyPipelineExecutor) -> None:
    with pytest.raises(TimeoutError) as late:
        executor.execute_signature("SummarizeText", {"document": "FAULT:hang"}, timeout=0.2)
    assert isinstance(late.value, ExecutionTimeoutError)
    with pytest.raises(SignatureNotFoundError, match="'ComplexAnalysis' not found"):
        executor.execute_signature("ComplexAnalysis", {})
    with pytest.raises(InputError, match="Missing required"):
        executor.execute_signature("EmailDraft", {})
    with pytest.raises(EndpointUnavailableError):
        executor.execute_signature("SummarizeText", {"document": "FAULT:500"})


def test_no_retry_where_none_is_wanted(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    with pytest.raises(AnswerError):
        executor.execute_signature(
            "SummarizeText", {"document": "FAULT:garbage:1"}, retry_on_failure=False
        )
    assert server.count == 1
    result = executor.execute_signature(
        "SummarizeText", {"document": "FAULT:garbage:3"}, max_retries=3
    )
    assert result.success


@pytest.mark.parametrize("program", [TwoSteps, HMWGenerator])
def test_a_timeout_ends_the_calls_of_any_program(
    executor: DSPyPipelineExecutor, server: ProgramServer, program: type
) -> None:
    inputs: dict[str, Any] = {"question": "FAULT:hang"}
    if program is HMWGenerator:
        inputs = {"insights": ["FAULT:hang"], "metrics": [], "jtbds": []}
    result = executor.execute(program(), inputs=inputs, timeout=0.3)
    assert result.error == "Execution timeout after 0.3 seconds"
    until(lambda: server.open == 0)
    assert executor.execute(model_id="EmailDraft", inputs=EMAIL).success


def test_timeouts_release_their_places(server: ProgramServer) -> None:
    with DSPyPipelineExecutor(
        settings=settings(server), max_workers=2, environ={}, timeout=0.2
    ) as executor:
        late = executor.execute_batch(TwoSteps(), inputs_list=[{"question": "FAULT:hang"}] * 4)
        assert [r.success for r in late] == [False] * 4
        fine = executor.execute_batch(model_id="EmailDraft", inputs_list=[EMAIL] * 3)
        assert all(r.success for r in fine)


def test_a_module_of_several_steps(executor: DSPyPipelineExecutor, server: ProgramServer) -> None:
    result = executor.execute(TwoSteps(), inputs={"question": "why"})
    assert result.success, result.error
    assert result["score"] == 0.9
    assert result.metadata["attempts"] == server.count == 2
    assert result.metadata["usage"]["output_tokens"] == 10


def test_a_module_that_fails_by_itself(executor: DSPyPipelineExecutor) -> None:
    class Broken(dspy.Module):  # type: ignore[misc]
        def forward(self, **_: Any) -> None:
            raise ZeroDivisionError("by nothing")

    result = executor.execute(Broken(), inputs={})
    assert result.error == "ZeroDivisionError: by nothing"


def test_questions_and_solutions(executor: DSPyPipelineExecutor) -> None:
    context: dict[str, Any] = {"insights": ["a"], "metrics": ["m"], "jtbds": ["j"]}
    asked = executor.execute(HMWGenerator(), inputs={**context, "count": 2})
    assert len(asked["hmw_questions"]) == len(asked["relevance_scores"]) == 1, "repeats are one"
    solved = executor.execute(
        SolutionGenerator(), inputs={"hmw_questions": asked["hmw_questions"], **context}
    )
    assert [s["priority_score"] for s in solved["solutions"]] == [3.63, 3.63]
    for count in (0, 21, True, "2"):
        wrong = executor.execute(HMWGenerator(), inputs={**context, "count": count})
        assert "is not 1 to 20" in wrong.error


# Modes.


def test_a_dry_run_checks_and_calls_nothing(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    good = executor.execute(model_id="EmailDraft", inputs=EMAIL, mode=ExecutionMode.DRY_RUN)
    bad = executor.execute(model_id="EmailDraft", inputs={}, mode="dry_run")
    assert (good.success, bad.success, server.count) == (True, False, 0)


def test_debug_tells_prompts_answers_and_parsing(executor: DSPyPipelineExecutor) -> None:
    for program, calls in (("EmailDraft", 1), (TwoSteps(), 2)):
        inputs = EMAIL if calls == 1 else {"question": "why"}
        found = executor.execute_async(program, inputs, mode=ExecutionMode.DEBUG).result()
        trace = found.metadata["debug_trace"]
        assert len(trace["calls"]) == calls
        assert trace["calls"][0]["messages"][0]["role"] == "system"
        assert "answer to" in trace["calls"][-1]["answer"]
        assert trace["parsing"]
        assert trace["seconds"] > 0
    quiet = executor.execute(model_id="EmailDraft", inputs=EMAIL)
    assert "debug_trace" not in quiet.metadata


def test_debug_tells_what_could_not_be_read(executor: DSPyPipelineExecutor) -> None:
    result = executor.execute(
        model_id="SummarizeText", inputs={"document": "FAULT:garbage"}, mode="debug"
    )
    trace = result.metadata["debug_trace"]
    assert [call["answer"] for call in trace["calls"]] == ["I would rather not say."] * 2
    assert "no JSON object" in trace["parsing"][0]


def test_the_mode_of_all(executor: DSPyPipelineExecutor, server: ProgramServer) -> None:
    executor.set_mode(ExecutionMode.TESTING)
    for _ in range(2):
        assert executor.execute_signature("EmailDraft", EMAIL).metadata["mode"] == "testing"
    assert server.count == 2, "nothing is cached"
    with pytest.raises(SettingsError, match="no mode 'fast'"):
        executor.set_mode("fast")


# The cache.


def test_a_result_is_paid_for_once(executor: DSPyPipelineExecutor, server: ProgramServer) -> None:
    first = executor.execute_signature("EmailDraft", EMAIL)
    second = executor.execute_signature("EmailDraft", dict(reversed(EMAIL.items())))
    assert second.metadata["cached"]
    assert second.outputs == first.outputs
    assert second.execution_id != first.execution_id
    assert second.metadata["usage"]["input_tokens"] == 0
    assert server.count == 1
    executor.clear_cache()
    assert not executor.execute_signature("EmailDraft", EMAIL).metadata["cached"]


def test_failures_are_not_kept(executor: DSPyPipelineExecutor) -> None:
    for wanted in (False, True):
        result = executor.execute(model_id="SummarizeText", inputs={"document": "FAULT:garbage:2"})
        assert result.success is wanted


def test_another_program_of_the_same_name_is_another_result(
    executor: DSPyPipelineExecutor,
) -> None:
    class Short(BaseSignature):
        """Write a short e-mail."""

        recipient = SignatureField()
        body = SignatureField(prefix="Body:")

    executor.register_signature("Mail", Short)
    assert not executor.execute_signature("Mail", {"recipient": "a"}).metadata["cached"]
    executor.register_signature("Mail", Short.with_instructions("Write a long one."))
    assert not executor.execute_signature("Mail", {"recipient": "a"}).metadata["cached"]


def test_results_age(server: ProgramServer) -> None:
    with DSPyPipelineExecutor(settings=settings(server), cache_ttl=0.05, environ={}) as executor:
        executor.execute_signature("EmailDraft", EMAIL)
        time.sleep(0.1)
        assert not executor.execute_signature("EmailDraft", EMAIL).metadata["cached"]


def test_the_environment_turns_it_off(server: ProgramServer) -> None:
    with DSPyPipelineExecutor(settings=settings(server), environ={"DSPY_CACHE": "false"}) as found:
        for _ in range(2):
            assert not found.execute_signature("EmailDraft", EMAIL).metadata["cached"]


# Many.


def test_a_batch_keeps_its_order_and_a_failure_costs_no_other(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    inputs = [{"document": f"d{n};" if n % 5 else f"FAULT:400 {n}"} for n in range(40)]
    results = executor.execute_batch(signature_name="SummarizeText", inputs_list=inputs)
    assert [r.success for r in results] == [bool(n % 5) for n in range(40)]
    assert all(f"d{n};" in r["summary"] for n, r in enumerate(results) if n % 5)
    assert server.most_open <= 4


def test_a_batch_one_after_the_other(executor: DSPyPipelineExecutor, server: ProgramServer) -> None:
    inputs = [{"document": f"d{n}"} for n in range(6)]
    results = executor.execute_batch("SummarizeText", inputs_list=inputs, parallel=False)
    assert all(r.success for r in results)
    assert server.most_open == 1
    assert executor.execute_batch("SummarizeText", inputs_list=[]) == []


def test_several_signatures_at_once(executor: DSPyPipelineExecutor) -> None:
    parallel = ParallelExecutor(executor)
    results = parallel.execute_all(
        [
            ("SummarizeText", {"document": "d"}),
            ("ExtractInfo", {"document": "d", "info_types": "dates"}),
            ("Nothing", {}),
            ("ClassifyText", {"text": "d", "categories": "a, b"}),
        ]
    )
    assert results[0]["summary"]
    assert results[1]["extracted_info"]
    assert results[2].error == "Model Nothing not found in registry"
    assert results[3]["classification"]
    with pytest.raises(InputError, match="A task is a pair"):
        parallel.execute_all(["SummarizeText"])  # type: ignore[list-item]


def test_a_chain_and_its_steps(executor: DSPyPipelineExecutor) -> None:
    chain = SignatureChain()
    chain.add("ExtractInfo", {"document": "report", "info_types": "facts"})
    chain.add("SummarizeText", {"document": "ExtractInfo.extracted_info"})
    result = executor.execute_chain(chain, initial_inputs={"report": "text of it"})
    assert result.success, result.error
    steps = result.metadata["steps"]
    assert list(steps) == ["ExtractInfo", "SummarizeText"]
    assert "text of it" in steps["ExtractInfo"]["extracted_info"]
    assert result["summary"] == steps["SummarizeText"]["summary"]
    late = executor.execute_chain(chain, {"report": "FAULT:hang"}, timeout=0.2)
    assert "timeout" in late.error
    with pytest.raises(SignatureError, match="lacks its input"):
        executor.execute_chain(SignatureChain().add("EmailDraft"), {"report": "x"})


def test_a_chain_is_a_program(executor: DSPyPipelineExecutor) -> None:
    chain = SignatureChain().add("SummarizeText", {"document": "report"})
    executor.register_signature("weekly", chain.program(inputs=["report"]))
    results = executor.execute_batch("weekly", inputs_list=[{"report": "a"}, {}])
    assert results[0]["summary"]
    assert results[1].error == "Missing required input fields: ['report']"


def test_a_pipeline_chooses(executor: DSPyPipelineExecutor) -> None:
    pipeline = ConditionalPipeline()
    pipeline.add_condition(name="unsure", condition=lambda x: x["confidence"] < 0.8)
    pipeline.when("unsure").execute("ClarifyIntent")
    pipeline.otherwise().execute("RespondToUser")
    unsure = executor.execute_conditional(pipeline, {"user_query": "Help", "confidence": 0.6})
    sure = executor.execute_conditional(pipeline, {"user_query": "Help", "confidence": 0.9})
    assert (unsure.program_name, unsure.metadata["condition"]) == ("ClarifyIntent", "unsure")
    assert (sure.program_name, sure.success) == ("RespondToUser", True)


def test_a_future_can_be_awaited_for_or_cancelled(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    assert executor.execute_async("EmailDraft", EMAIL).result(timeout=5).success
    hanging = executor.execute_async("SummarizeText", {"document": "FAULT:hang"})
    until(lambda: server.open == 1)
    assert hanging.cancel()
    with pytest.raises(CancelledError):
        hanging.result()
    until(lambda: server.open == 0)


def test_it_works_where_a_loop_is_running(executor: DSPyPipelineExecutor) -> None:
    async def inside() -> ExecutionResult:
        return executor.execute(model_id="EmailDraft", inputs=EMAIL)

    assert asyncio.run(inside()).success


# Models.


def test_a_fallback_answers_while_the_first_is_down(server: ProgramServer) -> None:
    down = load_settings(environ={}, model="x", endpoint="http://127.0.0.1:9/v1", attempts=1)
    with DSPyPipelineExecutor(
        settings=down, models={"spare": settings(server)}, fallbacks=["spare"], environ={}
    ) as executor:
        for program, inputs in (("EmailDraft", EMAIL), (TwoSteps(), {"question": "why"})):
            result = executor.execute_async(program, inputs).result()
            assert result.success, result.error
            assert result.metadata["model"] == "spare"
            assert result.metadata["fallback_from"] == ["x"]


def test_an_answer_that_cannot_be_read_is_no_reason_to_fall_back(server: ProgramServer) -> None:
    with DSPyPipelineExecutor(
        settings=settings(server), models={"b": settings(server)}, fallbacks=["b"], environ={}
    ) as executor:
        result = executor.execute(model_id="SummarizeText", inputs={"document": "FAULT:garbage"})
        assert result.metadata["fallback_from"] == []


def test_a_model_by_name(server: ProgramServer) -> None:
    with DSPyPipelineExecutor(
        settings=settings(server), models={"big": settings(server, model="big")}, environ={}
    ) as executor:
        result = executor.execute(model_id="EmailDraft", inputs=EMAIL, model="big")
        assert result.metadata["model"] == "big"
        assert server.requests[-1]["model"] == "big"
        other = executor.execute(model_id="EmailDraft", inputs=EMAIL)
        assert not other.metadata["cached"], "another model's result is another result"
        unknown = executor.execute(model_id="EmailDraft", inputs=EMAIL, model="huge")
        assert "no model 'huge'" in unknown.error


def test_openais_variables_name_the_model(server: ProgramServer) -> None:
    environ = {
        "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.url, "OPENAI_MODEL": "gpt-x",
        "OPENAI_TEMPERATURE": "0.3", "OPENAI_MAX_TOKENS": "77", "MAX_WORKERS": "2",
    }  # fmt: skip
    with DSPyPipelineExecutor(environ=environ) as executor:
        assert executor.execute(model_id="EmailDraft", inputs=EMAIL).success
    sent = server.requests[-1]
    assert (sent["model"], sent["temperature"]) == ("gpt-x", 0.3)
    assert sent.get("max_tokens", sent.get("max_completion_tokens")) == 77


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENAI_MAX_TOKENS", "many"), ("MAX_WORKERS", "four"), ("DSPY_CACHE", "maybe")],
)
def test_a_variable_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}='{value}'"):
        DSPyPipelineExecutor(environ={name: value})


def test_a_language_model_of_dspys(server: ProgramServer) -> None:
    lm = dspy.utils.DummyLM([{"email_body": "Hello"}] * 4, adapter=dspy.JSONAdapter())
    with DSPyPipelineExecutor(environ={}, lm=lm) as executor:
        assert executor.execute(model_id="EmailDraft", inputs=EMAIL)["email_body"] == "Hello"
    assert server.count == 0


def test_without_a_model_the_error_says_how_to_set_one() -> None:
    with DSPyPipelineExecutor(environ={}) as executor:
        result = executor.execute(model_id="EmailDraft", inputs=EMAIL)
        assert result.error == "No model is set."
        assert "OPENAI_API_KEY" in result.metadata["remedy"]


# Wrong use.


@pytest.mark.parametrize("options", [{"timeout": 0}, {"max_workers": -1}, {"cache_ttl": "1"}])
def test_wrong_options_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"{next(iter(options))}="):
        DSPyPipelineExecutor(environ={}, **options)


def test_what_is_no_program(executor: DSPyPipelineExecutor) -> None:
    assert executor.execute().error == "Nothing to execute."
    assert "is no program" in executor.execute(program=42, inputs={}).error
    assert "mapping" in executor.execute(model_id="EmailDraft", inputs=["x"]).error  # type: ignore[arg-type]
    with pytest.raises(SignatureError, match="is no program"):
        executor.register_signature("x", print)
    with pytest.raises(SignatureError, match="needs a name"):
        executor.register_signature("", HMWGenerator())


def test_nothing_is_executed_after_the_end(server: ProgramServer) -> None:
    executor = DSPyPipelineExecutor(settings=settings(server), environ={})
    executor.execute(model_id="EmailDraft", inputs=EMAIL)
    executor.shutdown()
    executor.shutdown()
    for inputs in (EMAIL, {**EMAIL, "subject": "new"}):  # the first would be in the cache
        result = executor.execute(model_id="EmailDraft", inputs=inputs)
        assert not result.success
        assert "shut down" in result.error
    with pytest.raises(SettingsError, match="shut down"):
        executor.execute_signature("SummarizeText", {"document": "d"})


def test_the_signature_itself_stands_for_its_name(executor: DSPyPipelineExecutor) -> None:
    class Shout(BaseSignature):
        text = SignatureField("what to shout")
        loud = SignatureField("louder")

    assert executor.execute_signature(Shout, {"text": "hi"})["loud"]
    assert Shout.instructions == "Given text, produce loud."
    for wrong in (5, None):
        with pytest.raises(SignatureError):
            executor.execute_signature(wrong, {"text": "hi"})
    result = executor.execute(Shout, {"text": "hi"})  # type: ignore[arg-type]
    assert "execute(program, inputs={...})" in result.metadata["remedy"]
    wrong_inputs = executor.execute(HMWGenerator(), inputs={"problem": "x"})
    assert "There is no input 'problem'" in wrong_inputs.error
    assert "jtbds" in wrong_inputs.metadata["remedy"]


@pytest.mark.parametrize(
    ("environ", "options", "named"),
    [
        ({"OPENAI_MAX_TOKENS": "-1", "OPENAI_API_KEY": "k"}, {}, "OPENAI_MAX_TOKENS"),
        ({"OPENAI_TIMEOUT": "-1", "OPENAI_API_KEY": "k"}, {}, "OPENAI_TIMEOUT"),
        ({"OPENAI_TEMPERATURE": "nan", "OPENAI_API_KEY": "k"}, {}, "OPENAI_TEMPERATURE"),
        ({"MAX_WORKERS": "0"}, {}, "MAX_WORKERS"),
        ({"MAX_WORKERS": "2", "DSPY_ASYNC_MAX_WORKERS": "x"}, {}, "DSPY_ASYNC_MAX_WORKERS"),
        ({}, {"max_workers": 0}, "max_workers"),
        ({}, {"max_workers": 1.5}, "max_workers"),
        ({}, {"max_retries": -1}, "max_retries"),
        ({}, {"sources": ["programs"]}, "sources="),
    ],
)
def test_numbers_that_cannot_be_used_are_named(
    environ: dict[str, str], options: dict[str, Any], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        DSPyPipelineExecutor(environ=environ, **options)


# Statistics.


def test_statistics_are_exact(executor: DSPyPipelineExecutor) -> None:
    empty = executor.get_execution_stats()
    assert (empty["total_executions"], empty["success_rate"], empty["p95_execution_time"]) == (
        0, 0.0, 0.0,
    )  # fmt: skip
    inputs = [{"document": f"d{n}" if n % 4 else "FAULT:400"} for n in range(20)]
    executor.execute_batch("SummarizeText", inputs_list=inputs)
    executor.execute(model_id="SummarizeText", inputs=inputs[1])
    stats = executor.get_execution_stats()
    assert stats["total_executions"] == 21
    assert stats["failed_executions"] == 5
    assert stats["cached_executions"] == 1
    assert stats["success_rate"] == pytest.approx(16 / 21)
    assert 0 < stats["average_execution_time"] <= 1
    assert stats["executions_by_program"] == {"SummarizeText": 21}


def test_observers_are_told_and_cost_nothing(server: ProgramServer) -> None:
    told: list[tuple[bool, Any]] = []

    def broken(*_: Any) -> None:
        raise RuntimeError("no")

    with DSPyPipelineExecutor(
        settings=settings(server), environ={},
        observers=[broken, lambda result, inputs: told.append((result.success, inputs))],
    ) as executor:  # fmt: skip
        executor.execute(model_id="EmailDraft", inputs=EMAIL)
        executor.execute(model_id="EmailDraft", inputs={})
    assert told == [(True, EMAIL), (False, {})]


@pytest.mark.soak
def test_ten_thousand_leave_nothing_behind(server: ProgramServer, tmp_path: Path) -> None:
    mixed_executions(server, 10_000, growth=50)


def test_a_thousand_leave_nothing_behind(server: ProgramServer) -> None:
    mixed_executions(server, 1_000, growth=80)


def mixed_executions(server: ProgramServer, number: int, *, growth: int) -> None:
    """Successes, failures, timeouts and cancellations; `growth` in MiB."""
    server.keep = False
    others = threading.enumerate()  # executors of other tests may wait for the collector
    with DSPyPipelineExecutor(
        settings=settings(server, in_flight=32), max_workers=32, environ={}, timeout=20
    ) as executor:
        run_mixed(executor, server, 200)
        executor.clear_cache()
        before = executor.get_execution_stats()["total_executions"]
        failed = executor.get_execution_stats()["failed_executions"]
        gc.collect()
        memory, threads = resident_mib(), threading.active_count()
        bad = run_mixed(executor, server, number)
        until(lambda: server.open == 0)
        stats = executor.get_execution_stats()
        assert stats["total_executions"] - before == number
        assert stats["failed_executions"] - failed == bad
        executor.clear_cache()
        gc.collect()
        assert resident_mib() - memory <= growth
        assert threading.active_count() <= threads + 33
    left = [t for t in threading.enumerate() if t not in others]
    assert not [t for t in left if t.name == "lakegloss-executor"]


def run_mixed(executor: DSPyPipelineExecutor, server: ProgramServer, number: int) -> int:
    """Of 50: 1 times out, 1 is cancelled, 3 fail; returns how many did not succeed."""
    module, futures = TwoSteps(), []
    cancelled = bad = 0
    room = threading.Semaphore(64)
    for n in range(number):
        room.acquire()
        kind = n % 50
        bad += kind < 5
        program: Any = "SummarizeText"
        inputs: dict[str, Any] = {"document": f"{n} of {number}"}
        if kind in {0, 1}:
            inputs = {"document": f"FAULT:hang {n}"}
        elif kind in {2, 3}:
            inputs = {"document": f"FAULT:400 {n}"}
        elif kind == 4:
            program, inputs = "EmailDraft", {}
        elif kind == 5:
            program, inputs = module, {"question": str(n)}
        timeout = 0.3 if kind == 0 else 20
        future = executor.execute_async(program, inputs, timeout=timeout)
        future.add_done_callback(lambda _: room.release())
        futures.append(future)
        if kind == 1:
            time.sleep(0.002)
            cancelled += future.cancel()
    for future in futures:
        if not future.cancelled():
            future.result()
    assert cancelled == sum(n % 50 == 1 for n in range(number))
    return bad


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
