"""The documented calls of feedback, in our own words."""

import json
import re
from collections.abc import Iterator

import pytest

from lakegloss.errors import ExecutionNotFoundError
from lakegloss.learning import FeedbackCollector
from lakegloss.serving import DSPyPipelineExecutor
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer

LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Iterator[DSPyPipelineExecutor]:
    with ProgramServer() as server:
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        with DSPyPipelineExecutor(mlflow_tracking=False) as found:
            yield found


def test_feedback_is_collected_and_given(executor: DSPyPipelineExecutor) -> None:
    collector = FeedbackCollector()
    result = executor.execute_signature("EmailDraft", inputs=LETTER, collect_feedback=True)
    collector.add_feedback(
        execution_id=result["execution_id"],
        rating=4,
        corrections={"email_body": "Dear Ann, lunch is at noon. Bob"},
    )
    assert collector.feedback_count() == 1
    [given] = collector.get_feedback()
    assert (given.rating, given.inputs, given.outputs) == (4, LETTER, result.outputs)
    assert given.feedback.program == "EmailDraft"
    assert given.feedback.program_version == result.metadata["program_version"]
    [example] = given.examples
    assert "lunch is at noon" in example.expected
    assert json.loads(example.avoid) == {"email_body": result["email_body"]}


def test_a_cached_result_is_an_execution_of_its_own(executor: DSPyPipelineExecutor) -> None:
    collector = FeedbackCollector()
    for rating in (1, 5):
        result = executor.execute_signature("EmailDraft", inputs=LETTER, collect_feedback=True)
        collector.add_feedback(execution_id=result["execution_id"], rating=rating)
    assert [f.rating for f in collector.get_feedback()] == [1, 5]


def test_an_execution_without_collection_is_not_kept(executor: DSPyPipelineExecutor) -> None:
    result = executor.execute_signature("EmailDraft", inputs=LETTER)
    with pytest.raises(ExecutionNotFoundError, match="collect_feedback=True"):
        FeedbackCollector().add_feedback(execution_id=result["execution_id"], rating=4)


def test_the_page_of_examples_and_feedback_runs(
    executor: DSPyPipelineExecutor, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    exec(compile(block, "docs/examples.md", "exec"), {})  # noqa: S102 - our own text
    assert "4 {'recipient': 'Ann'" in capsys.readouterr().out
