"""How often a model is asked: never more than was allowed, and again where it helps."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import dspy
import pytest
from aiohttp import web

from lakegloss.engine.execution import patient
from lakegloss.errors import LakeglossError
from lakegloss.programs.asking import Patience
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.settings import Settings, load_settings
from tests.kits.program_server import ProgramServer

CONTEXT: dict[str, Any] = {"insights": ["a"], "metrics": ["b"], "jtbds": ["c"], "count": 1}
FAULTS = ["500", "429", "garbage", "missing", "empty", "html"]


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


def settings(server: ProgramServer) -> Settings:
    return load_settings(environ={}, model="m", endpoint=server.url)


def executor_of(server: ProgramServer, **options: Any) -> DSPyPipelineExecutor:
    return DSPyPipelineExecutor(settings=settings(server), environ={}, **options)


class TwoSteps(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    def __init__(self) -> None:
        super().__init__()
        self.first = dspy.Predict("question -> thought")
        self.second = dspy.Predict("thought -> answer")

    def forward(self, question: str) -> Any:
        return self.second(thought=self.first(question=question).thought)


def chain() -> SignatureChain:
    made = SignatureChain()
    made.add("ExtractInfo", {"document": "report", "info_types": "facts"})
    return made.add("SummarizeText", {"document": "ExtractInfo.extracted_info"})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "program",
    ["SummarizeText", dspy.ChainOfThought("document -> summary"), TwoSteps(), HMWGenerator()],
    ids=["signature", "predictor", "module", "generator"],
)
def test_no_retry_is_one_call(server: ProgramServer, program: Any, fault: str) -> None:
    inputs: dict[str, Any] = {"document": f"FAULT:{fault}"}
    if isinstance(program, TwoSteps):
        inputs = {"question": f"FAULT:{fault}"}
    if isinstance(program, HMWGenerator):
        inputs = CONTEXT | {"insights": [f"FAULT:{fault}"]}
    with executor_of(server, max_retries=0) as executor:
        result = executor.execute_async(program, inputs).result()
    assert not result.success
    assert server.count == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_no_retry_on_failure_is_one_call(server: ProgramServer, fault: str) -> None:
    with executor_of(server, max_retries=3) as executor, pytest.raises(LakeglossError):
        executor.execute_signature(
            "SummarizeText", {"document": f"FAULT:{fault}"}, retry_on_failure=False
        )
    assert server.count == 1


@pytest.mark.parametrize("fault", ["500", "garbage", "empty"])
def test_a_request_is_never_sent_more_often_than_allowed(
    server: ProgramServer, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lakegloss.engine.limits.retry.RetryPolicy.delay", lambda *_: 0.0)
    with executor_of(server, max_retries=2) as executor:
        for program, inputs, calls in (
            ("SummarizeText", {"document": f"FAULT:{fault}"}, 3),
            (HMWGenerator(), CONTEXT | {"insights": [f"FAULT:{fault}"]}, 3),
            (chain().program(inputs=["report"]), {"report": f"FAULT:{fault}"}, 3),
            (TwoSteps(), {"question": f"FAULT:{fault}"}, 3),
        ):
            before = server.count
            assert not executor.execute_async(program, inputs).result().success
            assert server.count - before == calls, program


def test_mixed_failures_share_one_account(
    server: ProgramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lakegloss.engine.limits.retry.RetryPolicy.delay", lambda *_: 0.0)
    with turns("500", "garbage", "500", "good") as model, executor_of(model) as executor:
        lent = executor.execute_signature("SummarizeText", {"document": "d"}, max_retries=3)
        assert lent.success
        assert lent.metadata["attempts"] == 4
    with turns("500", "garbage", "500", "good") as model, executor_of(model) as executor:
        with pytest.raises(Exception, match="did not answer"):
            executor.execute_signature("SummarizeText", {"document": "d"}, max_retries=2)
        assert model.count == 3


@pytest.mark.parametrize("awaited", [True, False])
def test_each_step_of_a_module_is_asked_again(server: ProgramServer, *, awaited: bool) -> None:
    # The second step's request quotes the first one's answer, and with it the fault.
    program: Any = chain().program(inputs=["report"]) if awaited else TwoSteps()
    name = "report" if awaited else "question"
    with executor_of(server) as executor:
        result = executor.execute(program, inputs={name: "FAULT:garbage:1"})
        assert result.success, result.error
        assert server.count == 4
        assert len([p for p in traced(executor, program, name) if "no JSON object" in p]) == 2


def traced(executor: DSPyPipelineExecutor, program: Any, name: str) -> list[str]:
    result = executor.execute(program, inputs={name: "again FAULT:garbage:1"}, mode="debug")
    parsing: list[str] = result.metadata["debug_trace"]["parsing"]
    return parsing


def test_a_chain_by_its_own_method(server: ProgramServer) -> None:
    with executor_of(server, max_retries=1) as executor:
        assert executor.execute_chain(chain(), {"report": "FAULT:missing:1"}).success


class Moody(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """Raises so many times, after its call."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.predict = dspy.Predict("question -> answer")
        self.times = times
        self.runs = 0

    async def aforward(self, question: str) -> Any:
        self.runs += 1
        answer = await self.predict.acall(question=question)
        if self.runs <= self.times:
            raise ValueError("not today")
        return answer


@pytest.mark.parametrize(
    ("options", "runs", "success"),
    [({}, 2, True), ({"max_retries": 0}, 1, False), ({"max_retries": 1}, 2, True)],
)
def test_a_module_that_raises_once_is_run_again(
    server: ProgramServer, options: dict[str, int], runs: int, *, success: bool
) -> None:
    module = Moody(1)
    with executor_of(server, **options) as executor:
        result = executor.execute(module, inputs={"question": "q"})
    assert (result.success, module.runs, server.count) == (success, runs, runs)
    assert success or result.error == "ValueError: not today"


def test_runs_and_asks_share_one_account(server: ProgramServer) -> None:
    """One unreadable answer and one fault of the module are two retries."""
    for retries, success in ((1, False), (2, True)):
        module, before = Moody(1), server.count
        with executor_of(server, max_retries=retries) as executor:
            inputs = {"question": f"{retries} FAULT:garbage:1"}
            result = executor.execute(module, inputs=inputs)
        assert (result.success, server.count - before) == (success, retries + 1)


def test_a_module_that_always_raises_costs_what_was_allowed(server: ProgramServer) -> None:
    module = Moody(99)
    with executor_of(server, max_retries=2) as executor:
        assert not executor.execute(module, inputs={"question": "q"}).success
    assert (module.runs, server.count) == (3, 3)


def test_wrong_inputs_of_a_module_are_told_once(server: ProgramServer) -> None:
    with executor_of(server, max_retries=3) as executor:
        result = executor.execute(HMWGenerator(), inputs={"insights": []})
    assert "no context" in result.error
    assert server.count == 0


def test_a_model_of_dspys_has_no_retries_of_its_own_where_a_number_was_given() -> None:
    lm = dspy.LM("openai/m", api_key="k", num_retries=3)
    assert patient(lm, Patience()) is lm
    for retries in (0, 2):
        assert patient(lm, Patience.of(retries)).num_retries == 0
    assert lm.num_retries == 3


# Questions that are not what was asked for.


def questions(*texts: str, scores: tuple[float, ...] = ()) -> str:
    found = {"reasoning": "r", "hmw_questions": list(texts), "relevance_scores": list(scores)}
    return json.dumps(found)


def turns(*answers: str) -> ProgramServer:
    """A model that gives these answers in turn, the last one for ever."""
    left = list(answers)

    def says() -> web.Response:
        text = left.pop(0) if len(left) > 1 else left[0]
        if text == "500":
            return web.json_response({"error": {"message": "no"}}, status=500)
        if text == "good":
            text = json.dumps({"summary": "s"})
        body = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
        return web.json_response(body)

    return ProgramServer(says=says)


@pytest.mark.parametrize(
    ("answers", "count", "calls", "kept", "problems"),
    [
        ([questions("How might we a?", "How might we b?")], 2, 1, 2, 0),
        ([questions("1. how might we a?", '- "How might we b?')], 2, 1, 2, 0),
        ([questions("How might we a?"), questions("How might we b?")], 2, 2, 2, 0),
        ([questions("Let us a."), questions("How might we b?", "How might we c?")], 2, 2, 2, 0),
        ([questions("Let us a.")], 1, 2, 1, 1),
        ([questions("How might we a?", "Let us b.")], 3, 2, 2, 2),
        ([questions()], 1, 2, 0, 1),
        ([questions("How might we a?"), "no JSON"], 2, 2, 1, 1),
    ],
    ids=["well", "lists", "few", "wrong", "wrong-again", "both", "none", "second-unreadable"],
)
def test_questions_are_asked_for_once_more_and_then_told(
    answers: list[str], count: int, calls: int, kept: int, problems: int
) -> None:
    with turns(*answers) as model, executor_of(model) as executor:
        result = executor.execute(HMWGenerator(), inputs=CONTEXT | {"count": count})
        assert result.success, result.error
        assert model.count == calls
    assert len(result["hmw_questions"]) == len(result["relevance_scores"]) == kept
    assert len(result.metadata.get("problems", [])) == problems
    if problems < kept:
        assert result["hmw_questions"][0].casefold().startswith("how might we ")


def test_no_second_answer_is_paid_where_none_was_allowed() -> None:
    with turns(questions("Let us a.")) as model, executor_of(model, max_retries=0) as executor:
        result = executor.execute(HMWGenerator(), inputs=CONTEXT)
        assert result.success
        assert model.count == 1
    assert result.metadata["problems"] == ["1 of 1 questions does not begin with 'How might we'."]


@pytest.mark.parametrize("generator", [HMWGenerator, SolutionGenerator])
def test_what_generators_give_has_attributes_and_keys(
    generator: Callable[[], Any], server: ProgramServer
) -> None:
    given = dict(CONTEXT)
    if generator is SolutionGenerator:
        given |= {"hmw_questions": ["How might we a?"], "count": 2}
        answer = {"solutions": "[]", "reasoning": "r"}
    else:
        answer = {"hmw_questions": "['How might we a?']", "relevance_scores": "[8]"}
    lm = dspy.utils.DummyLM([answer | {"reasoning": "r"}] * 4)

    async def both() -> list[Any]:
        with dspy.context(lm=lm):
            return [generator()(**given), await generator().acall(**given)]

    for found in asyncio.run(both()):
        for name in found:
            assert getattr(found, name) == found[name]
        with pytest.raises(AttributeError, match="nothing_such"):
            _ = found.nothing_such
