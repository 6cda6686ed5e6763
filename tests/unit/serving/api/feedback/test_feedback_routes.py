"""Feedback over real HTTP: who may give it, what is refused, and what is kept of it."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lakegloss.learning.feedback import FeedbackCollector
from lakegloss.serving.api.access.keys import FEEDBACK, new_key
from lakegloss.serving.api.feedback.feedback_store import DatabaseFeedback
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService

pytestmark = pytest.mark.slow
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "call jane.roe@mail.example"}
ADMIN_KEY = "the-administrators-key"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    home = tmp_path_factory.mktemp("feedback")
    with ProgramServer() as model:
        settings = load_settings(
            environ={}, home=home, model="m", endpoint=model.url, attempts=1,
            serve_keep_inputs=True, serve_rate=10_000,
        )  # fmt: skip
        with RunningService(settings, key=ADMIN_KEY, environ={"SECRET_KEY": ADMIN_KEY}) as running:
            yield running


@pytest.fixture(scope="module")
def keys(service: RunningService) -> dict[str, str]:
    """Two keys that execute and judge, one that only judges, one that only executes."""
    both = ("execute", FEEDBACK)
    wanted = {"shop": both, "other": both, "judge": (FEEDBACK,), "plain": ("execute",)}
    secrets = {}
    for name, scopes in wanted.items():
        secrets[name], key = new_key(name, scopes)
        service.service.store.add_key(key)
    clock = service.service.callers.clock
    service.service.callers.clock = lambda: clock() + 6
    return secrets


@pytest.fixture
def execution(service: RunningService, keys: dict[str, str]) -> str:
    answer = service.client.post(
        "/api/v1/dspy/execute",
        json={"program_id": "EmailDraft", "inputs": LETTER},
        headers={"Authorization": f"Bearer {keys['shop']}"},
    )
    return str(answer.json()["execution_id"])


def give(service: RunningService, key: str, **body: Any) -> httpx.Response:
    return service.client.post(
        "/api/v1/feedback", json=body, headers={"Authorization": f"Bearer {key}"}
    )


def test_feedback_is_kept_and_told(
    service: RunningService, keys: dict[str, str], execution: str
) -> None:
    answer = give(
        service, keys["shop"], execution_id=execution, rating=4, score=0.75, type="quality",
        corrections={"email_body": "Dear Ann"},
    )  # fmt: skip
    assert answer.status_code == 201
    told = answer.json()
    assert (told["rating"], told["score"], told["program"]) == (4, 0.75, "EmailDraft")
    assert "corrections" not in told
    store = DatabaseFeedback(service.service.store)
    [kept] = [f for f in FeedbackCollector(store).get_feedback() if f.feedback.who == "shop"]
    assert kept.corrections == {"email_body": "Dear Ann"}
    assert kept.feedback.feedback_id == told["feedback_id"]
    assert kept.inputs["recipient"] == "Ann"
    assert "jane.roe" not in json.dumps(dict(kept.inputs)), "kept as the policy for values says"
    [example] = kept.examples
    assert json.loads(example.expected)["email_body"] == "Dear Ann"


def test_what_is_sent_twice_is_kept_once(
    service: RunningService, keys: dict[str, str], execution: str
) -> None:
    body = {"execution_id": execution, "rating": 2, "feedback_id": "ticket-17"}
    first, second = (give(service, keys["shop"], **body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = give(service, keys["shop"], **{**body, "rating": 3})
    assert (other.status_code, other.json()["error"]["type"]) == (409, "conflict")
    rows = [
        r for r in DatabaseFeedback(service.service.store).rows() if r.feedback_id == "ticket-17"
    ]
    assert [r.rating for r in rows] == [2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rating": 0},
        {"rating": 6},
        {"rating": 4.5},
        {"rating": True},
        {"rating": "4"},
        {"score": 1.5},
        {"score": "high"},
        {"corrections": ["x"]},
        {"corrections": {"nosuch": "x"}},
        {"corrections": {"email_body": "x" * 120_000}},
        {"rating": 4, "feedback_id": "a\u202eb"},
        {"rating": 4, "stars": 4},
        {},
    ],
    ids=json.dumps,
)
def test_what_cannot_be_feedback_is_422(
    service: RunningService, keys: dict[str, str], execution: str, wrong: dict[str, Any]
) -> None:
    before = DatabaseFeedback(service.service.store).count()
    answer = give(service, keys["shop"], execution_id=execution, **wrong)
    assert (answer.status_code, answer.json()["error"]["type"]) == (422, "validation_error")
    assert "x" * 50 not in answer.text
    assert DatabaseFeedback(service.service.store).count() == before


def test_an_unknown_execution_is_404(service: RunningService, keys: dict[str, str]) -> None:
    answer = give(service, keys["shop"], execution_id="nosuch", rating=4)
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found")


def test_a_key_judges_its_own_executions_and_one_that_only_judges_all(
    service: RunningService, keys: dict[str, str], execution: str
) -> None:
    assert give(service, keys["other"], execution_id=execution, rating=4).status_code == 404
    assert give(service, keys["judge"], execution_id=execution, rating=4).status_code == 201
    assert give(service, ADMIN_KEY, execution_id=execution, rating=4).status_code == 201


def test_the_scope_is_its_own(
    service: RunningService, keys: dict[str, str], execution: str
) -> None:
    answer = give(service, keys["plain"], execution_id=execution, rating=4)
    assert answer.status_code == 403
    assert "--scope feedback" in answer.json()["error"]["remedy"]
    assert give(service, "no-key-at-all-123", execution_id=execution, rating=4).status_code == 401


def test_a_database_that_fails_is_503(
    service: RunningService, keys: dict[str, str], execution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def broken(*_: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(service.service.store, "execution", broken)
    answer = give(service, keys["shop"], execution_id=execution, rating=4)
    assert (answer.status_code, answer.json()["error"]["type"]) == (503, "unavailable")


def test_inputs_are_not_kept_unless_wanted(tmp_path: Path) -> None:
    with ProgramServer() as model:
        settings = load_settings(
            environ={}, home=tmp_path, model="m", endpoint=model.url, attempts=1
        )
        with RunningService(settings) as service:
            done = service.execute("EmailDraft", LETTER).json()
            row = service.service.store.execution(done["execution_id"])
            assert row is not None
            assert row["inputs"] is None
            given = service.client.post(
                "/api/v1/feedback", json={"execution_id": done["execution_id"], "rating": 5}
            )
            assert given.status_code == 201, "programs on this machine may, while there is no key"


def test_a_database_of_an_older_version_gets_the_new_columns(tmp_path: Path) -> None:
    from lakegloss.serving.api.database.store import Store

    Store(f"sqlite:///{tmp_path}/serve.db").close()
    with sqlite3.connect(tmp_path / "serve.db") as connection:
        connection.execute("ALTER TABLE executions DROP COLUMN inputs")
        connection.execute("DROP TABLE feedback")
    store = Store(f"sqlite:///{tmp_path}/serve.db")
    try:
        assert store.execution("nosuch") is None
        assert DatabaseFeedback(store).count() == 0
    finally:
        store.close()
