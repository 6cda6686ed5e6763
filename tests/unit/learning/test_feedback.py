"""The collector of feedback: by memory, and whatever else keeps it."""

import threading
from datetime import UTC, datetime

import pytest

from lakegloss.core.learning.judgements import JudgedExecution
from lakegloss.errors import ExecutionNotFoundError, FeedbackConflictError, InputError
from lakegloss.learning.executed import RememberedExecutions
from lakegloss.learning.feedback import FeedbackCollector, MemoryFeedback

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def collector(most: int = 10) -> FeedbackCollector:
    executions = RememberedExecutions(most)
    for number in range(20):
        executions.put(
            JudgedExecution(
                execution_id=f"e{number}", program="P", inputs={"a": number}, outputs={"b": "x"}
            )
        )
    return FeedbackCollector(MemoryFeedback(executions), clock=lambda: NOW)


def test_feedback_is_kept_with_its_execution() -> None:
    found = collector()
    found.add_feedback("e19", 4, {"b": "y"}, score=0.5, type="quality", who="ann")
    [given] = found.get_feedback()
    assert (given.rating, given.score, given.corrections) == (4, 0.5, {"b": "y"})
    assert (given.inputs, given.outputs) == ({"a": 19}, {"b": "x"})
    assert (given.feedback.who, given.feedback.type, given.feedback.at) == ("ann", "quality", NOW)


def test_the_oldest_executions_are_forgotten() -> None:
    with pytest.raises(ExecutionNotFoundError, match="'e9'"):
        collector().add_feedback("e9", 4)


def test_the_same_id_is_kept_once_and_other_words_are_refused() -> None:
    found = collector()
    first = found.add_feedback("e11", 4, feedback_id="mine")
    assert found.add_feedback("e11", 4, feedback_id="mine") is first
    assert found.feedback_count() == 1
    for execution, rating in (("e11", 5), ("e12", 4)):
        with pytest.raises(FeedbackConflictError, match="'mine'"):
            found.add_feedback(execution, rating, feedback_id="mine")
    assert found.feedback_count() == 1


@pytest.mark.parametrize("more", [{}, {"execution_id": "e11", "proposal_id": "p"}])
def test_feedback_is_about_one_thing(more: dict[str, str]) -> None:
    with pytest.raises(InputError, match="one execution or one proposal"):
        collector().add_feedback(rating=4, **more)


def test_many_threads_lose_nothing() -> None:
    found = collector()

    def give(number: int) -> None:
        for turn in range(50):
            found.add_feedback("e15", 1 + turn % 5, feedback_id=f"{turn}" if number % 2 else "")

    threads = [threading.Thread(target=give, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.feedback_count() == 4 * 50 + 50
