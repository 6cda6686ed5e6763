"""Which programs' results are kept: those whose code is known, and others only on their word."""

from collections.abc import Callable, Iterator
from typing import Any

import dspy
import pytest

from lakegloss.programs.chain import Fixed, SignatureChain
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.serving.executor.cache import identity_of
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService

CONTEXT: dict[str, Any] = {"insights": ["a"], "metrics": ["b"], "jtbds": ["c"], "count": 1}


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture
def executor(server: ProgramServer) -> Iterator[DSPyPipelineExecutor]:
    settings = load_settings(environ={}, model="m", endpoint=server.url)
    with DSPyPipelineExecutor(settings=settings, environ={}) as found:
        yield found


def chain(goal: Any = "Key facts") -> SignatureChain:
    made = SignatureChain()
    made.add("ExtractInfo", {"document": "report", "info_types": goal})
    return made.add("SummarizeText", {"document": "ExtractInfo.extracted_info"})


def test_equal_chains_are_paid_for_once(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    first = executor.execute_chain(chain(), {"report": "r"})
    again = executor.execute_chain(chain(), {"report": "r"})
    assert (again.metadata["cached"], server.count) == (True, 2)
    assert again.metadata["steps"] == first.metadata["steps"]
    executor.register_signature("weekly", chain().program(inputs=["report"]))
    assert executor.execute(model_id="weekly", inputs={"report": "r"}).success
    assert executor.execute(model_id="weekly", inputs={"report": "r"}).metadata["cached"]


def with_demo(program: Any) -> Any:
    program.predictors()[0].demos = [{"document": "d", "extracted_info": "e"}]
    return program


def with_temperature(program: Any) -> Any:
    program.predictors()[0].config = {"temperature": 1.0}
    return program


def with_other_default() -> Any:
    class Summary(dspy.Signature):  # type: ignore[misc]  # dspy is untyped
        """Summarise."""

        document: str = dspy.InputField()
        words: int = dspy.InputField(default=9)
        summary: str = dspy.OutputField()

    class Other(Summary):  # type: ignore[misc]  # dspy is untyped
        """Summarise."""

        words: int = dspy.InputField(default=10)

    pair = [SignatureChain().add(s, {"document": "report"}, name="s") for s in (Summary, Other)]
    one, other = (made.program(inputs=["report"]) for made in pair)
    assert identity_of(one) != identity_of(other)
    return one


@pytest.mark.parametrize(
    "other",
    [
        lambda: chain("Dates").program(inputs=["report"]),
        lambda: chain(Fixed(value="ExtractInfo.x")).program(inputs=["report"]),
        lambda: with_demo(chain().program(inputs=["report"])),
        with_other_default,
    ],
    ids=["fixed-text", "fixed-wire", "demos", "defaults"],
)
def test_another_chain_is_another_result(other: Callable[[], Any]) -> None:
    one = identity_of(chain().program(inputs=["report"]))
    assert one == identity_of(chain().program(inputs=["report"]))
    assert identity_of(other()) not in {"", one}


def replaced(generator: Any) -> Any:
    class Own(dspy.Module):  # type: ignore[misc]  # dspy is untyped
        def __init__(self) -> None:
            super().__init__()
            self.predict = dspy.Predict("insights -> hmw_questions")

    generator.hmw_generator = Own()
    return generator


def subclassed() -> Any:
    class Mine(HMWGenerator):
        pass

    return Mine()


@pytest.mark.parametrize(
    "program",
    [
        lambda: with_temperature(chain().program(inputs=["report"])),
        lambda: chain(Fixed(value=object())).program(inputs=["report"]),
        lambda: replaced(HMWGenerator()),
        subclassed,
    ],
    ids=["temperature", "no-json", "replaced", "subclass"],
)
def test_what_is_not_known_is_not_cached(program: Callable[[], Any]) -> None:
    assert identity_of(program()) == ""


@pytest.mark.parametrize(
    ("generator", "inputs"),
    [
        (HMWGenerator, CONTEXT),
        (SolutionGenerator, CONTEXT | {"hmw_questions": ["How might we a?"]}),
    ],
)
def test_generators_are_paid_for_once(
    executor: DSPyPipelineExecutor,
    server: ProgramServer,
    generator: Callable[[], Any],
    inputs: dict[str, Any],
) -> None:
    first = executor.execute(generator(), inputs=inputs)
    calls = server.count
    again = executor.execute(generator(), inputs=inputs)
    assert (again.metadata["cached"], server.count) == (True, calls)
    assert again.outputs == first.outputs
    assert again.metadata.get("problems") == first.metadata.get("problems")
    assert not executor.execute(generator(), inputs=inputs | {"count": 2}).metadata["cached"]


class Sized(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """A module of a user's, with state that no version tells."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.predict = dspy.Predict("question -> answer")

    def forward(self, question: str) -> Any:
        return dspy.Prediction(answer=f"{self.word} {self.predict(question=question).answer}")


class Trusted(Sized):
    cache_results = True


def test_a_users_module_is_cached_where_it_says_so(
    executor: DSPyPipelineExecutor, server: ProgramServer
) -> None:
    def cached(program: Any) -> bool:
        result = executor.execute(program, inputs={"question": "q"})
        assert result["answer"].startswith(program.word)
        return bool(result.metadata["cached"])

    silent, one, other = Sized("a"), Trusted("a"), Trusted("b")
    assert [cached(each) for each in (silent, silent, one, one, other, one)] == [
        False, False, False, True, False, True,
    ]  # fmt: skip
    one.predict.demos = [{"question": "q", "answer": "a"}]
    assert not cached(one), "it learned something"
    executor.clear_cache()
    assert not cached(one)


def test_equal_posts_are_paid_for_once(server: ProgramServer, tmp_path: Any) -> None:
    settings = load_settings(environ={}, home=tmp_path, model="m", endpoint=server.url)
    with RunningService(settings) as service:
        for route, body in (
            ("generate_hmw", CONTEXT),
            ("generate_solutions", CONTEXT | {"hmw_questions": ["How might we a?"], "count": 3}),
        ):
            found = [service.client.post(f"/api/intelligence/{route}", json=body) for _ in "ab"]
            first, again = (answer.raise_for_status().json() for answer in found)
            assert (first["meta"]["cached"], again["meta"]["cached"]) == (False, True)
            assert first["execution_id"] != again["execution_id"]
            told = {"execution_id", "meta"}
            assert {k: v for k, v in first.items() if k not in told} == {
                k: v for k, v in again.items() if k not in told
            }
            assert again["meta"]["problems"] == first["meta"]["problems"] != []
        count = server.count
        faulty = CONTEXT | {"insights": ["FAULT:garbage:1"]}
        answer = service.client.post("/api/intelligence/generate_hmw", json=faulty)
        assert answer.status_code == 200, "an answer that cannot be read is asked for again"
        assert server.count == count + 2
