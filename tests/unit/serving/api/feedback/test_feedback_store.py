"""Feedback in the service's database: SQLite always, PostgreSQL where it is installed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lakegloss.core.learning.judgements import Feedback
from lakegloss.errors import ExecutionNotFoundError, FeedbackConflictError
from lakegloss.learning.feedback import FeedbackCollector
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.feedback.feedback_store import DatabaseFeedback
from tests.unit.serving.api.database.test_store import row

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('feedback')}/serve.db"
    return str(request.getfixturevalue("new_database")())


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    found = Store(url, retention=timedelta(days=2))
    for number in range(1, 5):
        found.record(row(number, inputs={"a": "x"}, key_name="own")).result(10)
    yield found
    found.close()


def test_feedback_from_the_first_row_to_the_lake(store: Store) -> None:
    own = FeedbackCollector(DatabaseFeedback(store, key_name="own", owner="own"))
    said = {"text": "a\x00b \ud83d \U0001f600 'quoted' \\"}
    kept = own.add_feedback("e1", 4, said, score=0.5, feedback_id="f1")
    assert own.add_feedback("e1", 4, said, score=0.5, feedback_id="f1") == kept
    with pytest.raises(FeedbackConflictError):
        own.add_feedback("e1", 5, said, score=0.5, feedback_id="f1")
    with pytest.raises(ExecutionNotFoundError):
        FeedbackCollector(DatabaseFeedback(store, owner="other")).add_feedback("e1", 4)
    [given] = own.get_feedback()
    assert given.corrections == said
    assert given.inputs == {"a": "x"}
    assert given.feedback.at.tzinfo is not None
    everybody = DatabaseFeedback(store)
    assert [f.feedback_id for f in everybody.uncarried()] == ["f1"]
    everybody.mark_carried(["f1"])
    assert everybody.uncarried() == []


def test_one_id_from_many_threads_is_one_row(store: Store) -> None:
    own = FeedbackCollector(DatabaseFeedback(store, key_name="own", owner="own"))
    before = own.feedback_count()

    def give(_: int) -> Feedback:
        return own.add_feedback("e2", 3, feedback_id="same")

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(give, range(16)))
    assert len(set(made)) == 1
    assert own.feedback_count() == before + 1


def test_old_feedback_goes_with_its_execution(store: Store) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    FeedbackCollector(DatabaseFeedback(store, key_name="own")).add_feedback("e3", 3)
    assert store.sweep(later) == 4
    assert DatabaseFeedback(store).count() == 0
