"""Runs a program on examples and scores what it gives, with many calls in flight."""

import contextvars
import math
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import dspy

from lakegloss.core.metrics.scores import MetricScore
from lakegloss.core.optimisation.choosing import ItemScore
from lakegloss.core.text.causes import first_line
from lakegloss.errors import InputError
from lakegloss.learning.optimisation.metered import tallied

Metric = Callable[[Any, Any], Any]
"""Scores a prediction for an example: a number, a truth, a `MetricScore`, or a prediction with
`score` and `feedback`."""
GroupOf = Callable[[Any], Hashable]
"""The table, document or session of an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleScorer:
    """Scores predictions, whatever a metric returns."""

    metric: Metric

    def __call__(self, example: Any, prediction: Any) -> MetricScore:
        """Score one prediction; what is no finite number counts 0."""
        found = self.metric(example, prediction)
        if isinstance(found, MetricScore):
            return found
        why = getattr(found, "feedback", None)
        score = float(found)
        return MetricScore(score=score if math.isfinite(score) else 0.0, why=str(why or ""))


def score_program(
    program: Any,
    examples: Sequence[Any],
    scorer: ExampleScorer,
    *,
    group: GroupOf,
    threads: int,
    on_done: Callable[[int], None] = lambda _: None,
) -> list[ItemScore]:
    """Run a program on each example, in the settings of DSPy that hold here.

    Raises:
        SearchEnded: the budget or the endpoint ended it; nothing is scored then.
        InputError: the metric raises on every example, or the program does without asking.
    """
    faults: list[Exception] = []

    def score(number: int) -> ItemScore:
        example = examples[number]
        found = MetricScore(score=0.0, why="It gave no answer that can be read.")
        failed, asked = True, False
        with tallied() as tally:
            try:
                prediction = program(**example.inputs())
                asked = True
                found = scorer(example, prediction)
                failed = False
            except Exception as error:  # noqa: BLE001 - one run's fault is that run's score
                if asked or not (tally.calls or tally.unanswered):
                    faults.append(error)
        return ItemScore(
            item=number,
            group=group(example),
            score=None if tally.unanswered else found.score,
            why=found.why,
            input_tokens=tally.input_tokens,
            output_tokens=tally.output_tokens,
            failed=failed,
        )

    pool = ThreadPoolExecutor(max_workers=max(1, threads), thread_name_prefix="lakegloss-score")
    try:
        futures = [
            pool.submit(contextvars.copy_context().run, score, number)
            for number in range(len(examples))
        ]
        scores = []
        for number, future in enumerate(futures, start=1):
            scores.append(future.result())
            on_done(number)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if faults and len(faults) == len(scores):
        cause = faults[0]
        raise InputError(
            f"Metric or program raises on every example: {type(cause).__name__}: "
            f"{first_line(cause, 200)}",
            remedy="Correct it, or the examples.",
        ) from cause
    return scores


def dspy_metric(
    scorer: ExampleScorer, note: Callable[[Any, float], None], *, words: bool
) -> Callable[..., Any]:
    """The metric as DSPy's optimisers call it.

    Args:
        note: called with each example and its score, but not where only words are asked for.
        words: whether it returns why beside the score, for optimisers that read it.
    """

    def metric(
        gold: Any,
        pred: Any,
        trace: Any = None,  # noqa: ARG001 - DSPy gives it
        pred_name: Any = None,
        pred_trace: Any = None,  # noqa: ARG001 - the same
    ) -> Any:
        if pred is None:  # SIMBA, after a run that failed
            found = MetricScore(score=0.0, why="It gave no answer that can be read.")
        else:
            found = scorer(gold, pred)
        if pred_name is None:
            note(gold, found.score)
        if not words:
            return found.score
        return dspy.Prediction(score=found.score, feedback=found.why or "It is right.")

    return metric
