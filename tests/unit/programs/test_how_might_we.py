"""How-might-we questions and solutions: counts, scores, order, batches."""

import asyncio
import math
from types import SimpleNamespace
from typing import Any

import dspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.errors import InputError
from lakegloss.programs.how_might_we import (
    HMWGenerator,
    Solution,
    SolutionGenerator,
    bounded,
    context_summary,
    priority,
)

CONTEXT: dict[str, Any] = {"insights": ["a"], "metrics": ["m", "n"], "jtbds": []}


class Answers:
    """In place of a predictor: gives what it is told, and keeps what it was asked."""

    def __init__(self, **answer: Any) -> None:
        self.answer = SimpleNamespace(**answer)
        self.asked: dict[str, Any] = {}

    def __call__(self, **inputs: Any) -> Any:
        self.asked = inputs
        return self.answer

    async def acall(self, **inputs: Any) -> Any:
        if inputs["insights"] == ["fail"]:
            raise RuntimeError("no answer")
        return self(**inputs)


def generator(questions: list[str], scores: list[float]) -> HMWGenerator:
    made = HMWGenerator()
    made.hmw_generator = Answers(hmw_questions=questions, relevance_scores=scores, reasoning="so")
    return made


def test_questions_have_a_score_each() -> None:
    made = generator(["How might we a?", " How might we b? ", "How might we a?", "", "d"], [11, -2])
    found = made(**CONTEXT, count=3)
    assert found["hmw_questions"] == ["How might we a?", "How might we b?", "d"]
    assert found["relevance_scores"] == [10.0, 0.0, 0.0]
    assert made.hmw_generator.asked["context_summary"] == "1 insight, 2 metrics"
    assert asyncio.run(made.acall(**CONTEXT, count=3)) == found


def test_a_batch_keeps_its_order() -> None:
    made = generator(["q"], [5.0])
    items = [CONTEXT, {**CONTEXT, "insights": ["fail"]}, CONTEXT]
    results = asyncio.run(made.process_batch(items, batch_size=2))
    assert [list(r) for r in results] == [
        ["hmw_questions", "relevance_scores", "reasoning"], ["error"],
        ["hmw_questions", "relevance_scores", "reasoning"],
    ]  # fmt: skip
    with pytest.raises(InputError, match="batch_size"):
        asyncio.run(made.process_batch(items, batch_size=0))


def test_solutions_come_by_priority() -> None:
    made = SolutionGenerator()
    proposed = [
        Solution(title=t, description="d", impact_score=i, effort_score=e, metrics=[])
        for t, i, e in (("big", 9, 9), ("easy", 6, 0), ("both", 9, 1))
    ]
    made.solution_generator = Answers(solutions=proposed, reasoning="so")
    found = made(hmw_questions=["q"], count=3)
    assert [(s["title"], s["priority_score"]) for s in found["solutions"]] == [
        ("both", 9.0), ("easy", 7.33), ("big", 6.33),
    ]  # fmt: skip
    assert len(made(hmw_questions=["q"], count=2)["solutions"]) == 2


@pytest.mark.parametrize("count", [0, 21, -1, 2.0, "5", True])
def test_counts_out_of_bounds_are_refused(count: Any) -> None:
    with pytest.raises(InputError, match="is not 1 to 20"):
        HMWGenerator()(**CONTEXT, count=count)
    with pytest.raises(InputError, match="is not 1 to 20"):
        SolutionGenerator()(hmw_questions=["q"], count=count)


def test_without_context_nothing_is_asked() -> None:
    with pytest.raises(InputError, match="no context"):
        HMWGenerator()(insights=[], metrics=[], jtbds=[])
    with pytest.raises(InputError, match="no questions"):
        SolutionGenerator()(hmw_questions=[])


def test_the_context_in_a_line() -> None:
    assert context_summary([], [], ["j"]) == "1 job to be done"
    assert context_summary(["a", "b"], [], ["j", "k"]) == "2 insights, 2 jobs to be done"
    assert context_summary([], [], []) == "no context"


@given(st.floats())
def test_scores_are_bounded(score: float) -> None:
    found = bounded(score)
    assert 0 <= found <= 10
    assert found == (0 if math.isnan(score) else min(max(score, 0), 10))


@given(st.floats(0, 10), st.floats(0, 10))
def test_priorities_are_bounded(impact: float, effort: float) -> None:
    solution = Solution(
        title="t", description="d", impact_score=impact, effort_score=effort, metrics=[]
    )
    assert 0 <= priority(solution) <= 10


def test_the_documents_fields() -> None:
    from lakegloss.programs import HMWGenerationSignature

    assert list(HMWGenerationSignature.input_fields) == [
        "context_summary", "insights", "metrics", "jtbds", "count",
    ]  # fmt: skip
    assert list(HMWGenerationSignature.output_fields) == [
        "hmw_questions", "relevance_scores", "reasoning",
    ]  # fmt: skip
    assert isinstance(HMWGenerator().hmw_generator, dspy.ChainOfThought)
