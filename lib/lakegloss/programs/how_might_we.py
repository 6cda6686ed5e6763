"""Generates How-might-we questions and ranked solutions from insights, metrics and jobs."""

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dspy
from pydantic import BaseModel, Field

from lakegloss.core.going_on import going_on, stack_of
from lakegloss.errors import InputError
from lakegloss.programs.asking import one_request

_log = logging.getLogger("lakegloss.programs")
MOST = 20
SCORES = (0.0, 10.0)
_BEGINNING = re.compile(r"how might we\b\W*\w", re.IGNORECASE)
_LEADING = re.compile(r"^[\W\d_]+(?=how might we\b)", re.IGNORECASE)
"""What models write before a question: a number, a bullet, a quotation mark."""


class HMWGenerationSignature(dspy.Signature):  # type: ignore[misc]  # dspy is untyped
    """Write "How might we" questions that the context calls for: open, specific, actionable.

    Each begins with "How might we", rests on the insights, serves one of the jobs, and could move
    one of the metrics. None suggests a solution.
    """

    context_summary: str = dspy.InputField(desc="what the context holds, in short")
    insights: list[str] = dspy.InputField(desc="what research and data showed")
    metrics: list[str] = dspy.InputField(desc="what could be moved")
    jtbds: list[str] = dspy.InputField(desc="jobs to be done: what users want to get done")
    count: int = dspy.InputField(desc="how many questions, 1 to 20")
    hmw_questions: list[str] = dspy.OutputField(desc="so many questions, best first")
    relevance_scores: list[float] = dspy.OutputField(
        desc="the relevance of each question, from 0.0 to 10.0"
    )
    reasoning: str = dspy.OutputField(desc="how they follow from the context, in short")


class Solution(BaseModel):
    """A proposed solution. Scores are from 0 to 10."""

    title: str
    description: str
    impact_score: float = Field(ge=0, le=10)
    effort_score: float = Field(ge=0, le=10)
    metrics: list[str]


class SolutionGenerationSignature(dspy.Signature):  # type: ignore[misc]  # dspy is untyped
    """Propose solutions to the questions, each concrete enough to begin with tomorrow.

    Judge impact by the metrics and effort by what has to be built. Promise nothing that the context
    does not support.
    """

    context_summary: str = dspy.InputField(desc="what the context holds, in short")
    hmw_questions: list[str] = dspy.InputField(desc="the questions to answer")
    insights: list[str] = dspy.InputField(desc="what research and data showed")
    metrics: list[str] = dspy.InputField(desc="what could be moved")
    jtbds: list[str] = dspy.InputField(desc="jobs to be done: what users want to get done")
    count: int = dspy.InputField(desc="how many solutions, 1 to 20")
    solutions: list[Solution] = dspy.OutputField(desc="so many solutions")
    reasoning: str = dspy.OutputField(desc="how they were chosen, in short")


class Generated(dict[str, Any]):
    """What a generator gives, by keys and by attributes.

    Attributes:
        problems: what is wrong with it, a sentence each; they are not among its keys.
    """

    problems: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"{name!r} is not generated; what is: {', '.join(self)}.")


class HMWGenerator(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """Generates How-might-we questions from insights, metrics and jobs to be done.

    `forward` and `aforward` return hmw_questions, relevance_scores (0 to 10, one for each question)
    and reasoning, by keys and by attributes. Where there are fewer questions than `count`, or some
    do not begin with "How might we", the model is asked once more, unless the executor's
    `max_retries` is used up; what is still wrong then is in `problems`.
    """

    outputs = ("hmw_questions", "relevance_scores", "reasoning")

    def __init__(self) -> None:
        super().__init__()
        self.hmw_generator = dspy.ChainOfThought(HMWGenerationSignature)

    def forward(
        self,
        insights: Sequence[str] = (),
        metrics: Sequence[str] = (),
        jtbds: Sequence[str] = (),
        count: int = 5,
    ) -> Generated:
        """Generate with the language model of `dspy.context`.

        Raises:
            InputError: count is not 1 to 20, or there is no context at all.
        """
        context = _context(insights, metrics, jtbds, count)
        with one_request() as turn:
            answers = [self.hmw_generator(**context)]
            if _questions(answers, count).problems and turn.may_ask_again:
                with going_on(_log, "no second answer", level=logging.DEBUG):  # the first is paid
                    answers.append(self.hmw_generator(**context))
        return _questions(answers, count)

    async def aforward(
        self,
        insights: Sequence[str] = (),
        metrics: Sequence[str] = (),
        jtbds: Sequence[str] = (),
        count: int = 5,
    ) -> Generated:
        """Like `forward`, awaited."""
        context = _context(insights, metrics, jtbds, count)
        with one_request() as turn:
            answers = [await self.hmw_generator.acall(**context)]
            if _questions(answers, count).problems and turn.may_ask_again:
                with going_on(_log, "no second answer", level=logging.DEBUG):  # the first is paid
                    answers.append(await self.hmw_generator.acall(**context))
        return _questions(answers, count)

    async def process_batch(
        self, items: Sequence[Mapping[str, Any]], batch_size: int = 10
    ) -> list[dict[str, Any]]:
        """Generate for many contexts, `batch_size` at a time; the results keep their order.

        Each item holds the arguments of `forward`. The result of a failed item is
        {"error": ...}.
        """
        if batch_size < 1:
            raise InputError("batch_size is at least 1.", remedy="Give a larger one.")
        gate = asyncio.Semaphore(batch_size)

        async def generate(item: Mapping[str, Any]) -> dict[str, Any]:
            async with gate:
                try:
                    return await self.aforward(**item)
                except Exception as error:  # noqa: BLE001 - one failed item must not harm the others
                    _log.debug("one of a batch failed:\n%s", stack_of(error))
                    return {"error": str(error)}

        return list(await asyncio.gather(*map(generate, items)))


class SolutionGenerator(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """Generates solutions to How-might-we questions, highest priority first.

    `forward` and `aforward` return solutions (each with its priority_score, 0 to 10) and reasoning,
    by keys and by attributes; `problems` tells if there are fewer than `count`.
    """

    outputs = ("solutions", "reasoning")

    def __init__(self) -> None:
        super().__init__()
        self.solution_generator = dspy.ChainOfThought(SolutionGenerationSignature)

    def forward(
        self,
        hmw_questions: Sequence[str],
        insights: Sequence[str] = (),
        metrics: Sequence[str] = (),
        jtbds: Sequence[str] = (),
        count: int = 5,
    ) -> Generated:
        """Generate with the language model of `dspy.context`.

        Raises:
            InputError: count is not 1 to 20, or there are no questions.
        """
        context = _solution_context(hmw_questions, insights, metrics, jtbds, count)
        return _prioritised(self.solution_generator(**context), count)

    async def aforward(
        self,
        hmw_questions: Sequence[str],
        insights: Sequence[str] = (),
        metrics: Sequence[str] = (),
        jtbds: Sequence[str] = (),
        count: int = 5,
    ) -> Generated:
        """Like `forward`, awaited."""
        context = _solution_context(hmw_questions, insights, metrics, jtbds, count)
        return _prioritised(await self.solution_generator.acall(**context), count)


def context_summary(insights: Sequence[str], metrics: Sequence[str], jtbds: Sequence[str]) -> str:
    """Sum up the context in a line: how many insights, metrics and jobs there are."""
    parts = [
        f"{len(part)} {name if len(part) != 1 else single}"
        for part, name, single in (
            (insights, "insights", "insight"),
            (metrics, "metrics", "metric"),
            (jtbds, "jobs to be done", "job to be done"),
        )
        if part
    ]
    return ", ".join(parts) or "no context"


def _context(
    insights: Sequence[str], metrics: Sequence[str], jtbds: Sequence[str], count: int
) -> dict[str, Any]:
    _check_count(count)
    if not (insights or metrics or jtbds):
        raise InputError(
            "There is no context to ask questions about.",
            remedy="Give insights, metrics or jtbds.",
        )
    return {
        "context_summary": context_summary(insights, metrics, jtbds),
        "insights": list(insights),
        "metrics": list(metrics),
        "jtbds": list(jtbds),
        "count": count,
    }


def _solution_context(
    questions: Sequence[str],
    insights: Sequence[str],
    metrics: Sequence[str],
    jtbds: Sequence[str],
    count: int,
) -> dict[str, Any]:
    _check_count(count)
    if not questions:
        raise InputError("There are no questions to solve.", remedy="Give hmw_questions.")
    return {
        "context_summary": context_summary(insights, metrics, jtbds),
        "hmw_questions": list(questions),
        "insights": list(insights),
        "metrics": list(metrics),
        "jtbds": list(jtbds),
        "count": count,
    }


def _check_count(count: int) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
        raise InputError(f"count={count!r} is not 1 to {MOST}.", remedy="Give one of these.")


def _questions(answers: Sequence[Any], count: int) -> Generated:
    """The distinct questions of all answers with a score each, those in the right form first."""
    scores: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for answer in answers:
        given = [_LEADING.sub("", question.strip()) for question in answer.hmw_questions]
        padded = [*answer.relevance_scores, *([0.0] * len(given))]  # a missing score is 0
        for question, score in zip(given, padded, strict=False):
            if question and question not in scores:
                scores[question], reasons[question] = bounded(score), answer.reasoning
    kept = sorted(scores, key=lambda question: not _begins_well(question))[:count]
    reasoning = dict.fromkeys(reasons[question] for question in kept)
    found = Generated(
        hmw_questions=kept,
        relevance_scores=[scores[question] for question in kept],
        reasoning="\n".join(reasoning) if kept else answers[0].reasoning,
    )
    found.problems = tuple(_faults(kept, count))
    return found


def _begins_well(question: str) -> bool:
    return _BEGINNING.match(question) is not None


def _faults(questions: Sequence[str], count: int) -> Iterator[str]:
    wrong = sum(not _begins_well(question) for question in questions)
    if wrong:
        verb = "does" if wrong == 1 else "do"
        yield f"{wrong} of {len(questions)} questions {verb} not begin with 'How might we'."
    if len(questions) < count:
        yield f"There are {len(questions)} of {count} questions."


def _prioritised(prediction: Any, count: int) -> Generated:
    """The solutions, highest priority first."""
    solutions = [
        {**solution.model_dump(), "priority_score": priority(solution)}
        for solution in prediction.solutions[:count]
    ]
    ordered = sorted(solutions, key=lambda s: (-s["priority_score"], s["title"]))
    found = Generated(solutions=ordered, reasoning=prediction.reasoning)
    if len(ordered) < count:
        found.problems = (f"There are {len(ordered)} of {count} solutions.",)
    return found


def priority(solution: Solution) -> float:
    """The priority, from 0 to 10: two thirds impact, one third saved effort."""
    return round((2 * solution.impact_score + (10 - solution.effort_score)) / 3, 2)


def bounded(score: float) -> float:
    """Move a score into 0 to 10; NaN becomes 0."""
    low, high = SCORES
    return min(max(float(score), low), high) if score == score else low  # noqa: PLR0124 - NaN
