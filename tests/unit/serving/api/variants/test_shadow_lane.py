"""A challenger answers requests in the shadow of the service: nobody sees it, nobody waits for it.

What mirrored requests did to others: a slow copy slowed the caller's own request, copies that
nobody read filled the memory, a copy that failed was never let go, copies went on after a stop.
"""

import asyncio
import gc
import json
import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text

from lakegloss.release.registry import Registry
from lakegloss.release.rollouts.rollout_effects import TAG, SplitNote
from lakegloss.serving.api.database.shadow_answers import ShadowAnswers, pairs_of_answer
from lakegloss.serving.api.variants.shadow_lane import AT_ONCE, MOST_OF_UNIT, MOST_WAITING
from lakegloss.serving.api.variants.shadow_requests import ProgramQuestion
from lakegloss.serving.api.variants.splits import Splits, unit_of
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.program_server import ProgramServer
from tests.kits.registry import MAIL, NAME, registry_in, settings_in, two_mails, versions_of
from tests.kits.service_server import RunningService
from tests.kits.waiting import until

pytestmark = pytest.mark.slow
BRIEF = "Be very brief."
SECRET = "hunter2-of-the-caller"


def note(shadow: float, share: float = 0.0, *, rollout_id: str = "r1") -> str:
    return SplitNote(
        number=1, champion=1, challenger=2, share=share, salt="salt", until=4e9, shadow=shadow,
        rollout_id=rollout_id,
    ).text()  # fmt: skip


class TwoVersions(ProgramServer):
    """A model that treats the challenger's requests, known by their words, in a way of their own.

    Attributes:
        fault: of the challenger's requests, as `FAULT:` names them; '' is none.
        gate: while it is closed, they wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fault = ""
        self.champion_fault = ""
        self.gate = asyncio.Event()
        self.gate.set()
        self.beside = 0
        self.most_beside = self.waiting = 0

    async def _answer(self, body: dict[str, Any]) -> web.Response:
        is_new = BRIEF in json.dumps(body["messages"])
        fault = self.fault if is_new else self.champion_fault
        if is_new:
            self.beside += 1
            self.waiting += 1
            self.most_beside = max(self.most_beside, self.waiting)
            try:
                await self.gate.wait()
            finally:
                self.waiting -= 1
        if fault:
            body = {**body, "messages": [*body["messages"], _told(body, fault)]}
        return await super()._answer(body)

    def open_gate(self) -> None:
        self._loop.call_soon_threadsafe(self.gate.set)

    def close_gate(self) -> None:
        self._loop.call_soon_threadsafe(self.gate.clear)


def _told(body: dict[str, Any], fault: str) -> dict[str, Any]:
    return {"role": "user", "content": f"{body['messages'][-1]['content']} FAULT:{fault}"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shadow")


@pytest.fixture(scope="module")
def registry(home: Path) -> Registry:
    """Two versions of a program, the first of which is the champion."""
    return two_mails(settings_in(home), BRIEF)


@pytest.fixture
def model() -> Iterator[TwoVersions]:
    with TwoVersions() as server:
        yield server
        server.open_gate()


@pytest.fixture
def settings(home: Path, tmp_path: Path, model: TwoVersions) -> Settings:
    return load_settings(
        environ={}, home=home, model="m", endpoint=model.url, attempts=1, serve_refresh=0.1,
        serve_registry=True, serve_rate=1_000_000, serve_database=f"sqlite:///{tmp_path}/serve.db",
    )  # fmt: skip


class Shadowed(RunningService):
    """The service, once it follows the rollout."""

    def __init__(self, settings: Settings, name: str = MAIL, *, comments: bool = False) -> None:
        super().__init__(settings)
        self._name = name
        self._comments = comments

    def followed(self) -> "Shadowed":
        until(lambda: self.splits.in_shadow(self._name, f"{self._name}/1") is not None)
        return self

    @property
    def splits(self) -> Splits:
        found = self.service.splits if self._comments else self.service.executions.splits
        assert found is not None
        return found

    def ask(self, number: int, session: str = "", program: str = MAIL) -> httpx.Response:
        inputs = {"recipient": SECRET, "subject": f"Lunch {number}", "key_points": "noon"}
        return self.client.post(
            "/api/v1/dspy/execute", json={"program_id": program, "inputs": inputs},
            headers={"x-session-id": session or f"s{number}"},
        )  # fmt: skip

    def count(self, outcome: str) -> float:
        return self.metric("lakegloss_shadow_total", f'outcome="{outcome}"')

    def metric(self, name: str, labels: str) -> float:
        shown = self.service.metrics.text().decode()
        found = re.search(rf"^{name}{{[^}}]*{labels}[^}}]*}} (\S+)$", shown, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def rows(self) -> list[dict[str, Any]]:
        return ShadowAnswers(self.service.store).uncarried()


def test_a_challenger_answers_beside_the_champion_and_nobody_sees_it(
    settings: Settings, registry: Registry, model: TwoVersions, caplog: pytest.LogCaptureFixture
) -> None:
    registry.tag(MAIL, TAG, note(1.0))
    caplog.set_level(logging.INFO)
    with Shadowed(settings) as service:
        service.followed()
        bodies = [service.ask(number).json() for number in range(6)]
        assert {(b["meta"]["variant"], b["meta"]["version"]) for b in bodies} == {
            ("champion", f"{MAIL}/1")
        }
        until(lambda: service.count("compared") == 6)
        assert model.beside == 6
        rows = {row["execution_id"]: row for row in service.rows()}
        assert rows.keys() == {body["execution_id"] for body in bodies}, "one beside each"
        first = rows[bodies[0]["execution_id"]]
        assert (first["rollout_id"], first["unit"], first["model"]) == (
            "r1",
            unit_of("s0", ""),
            "m",
        )
        [pair] = pairs_of_answer(first, "run")
        assert (pair.champion_score, pair.challenger_score, pair.table) == (1.0, 1.0, "")
        assert pair.champion_version == bodies[0]["meta"]["program_version"]
        assert pair.challenger_version not in {"", pair.champion_version}
        # Not among what was executed, in no figure of callers, in no cache.
        assert service.client.get("/api/v1/dspy/stats").json()["total_executions"] == 6
        assert service.metric("lakegloss_executions_total", 'success="true"') == 6
        assert len(service.service.store.uncarried()) == 6
        assert service.metric("lakegloss_shadow_tokens_total", 'direction="input"') > 0
        assert service.ask(0).json()["meta"]["cached"] is True
        by_number = service.ask(0, program=f"{MAIL}/2").json()["meta"]
        assert (by_number["cached"], by_number["variant"]) == (False, "")
        # What came from the cache, or was asked for by number, is not asked again beside it.
        many = [{"recipient": SECRET, "subject": f"{n}", "key_points": "one"} for n in range(3)]
        batch = service.client.post(
            "/api/v1/dspy/execute/batch", json={"program_id": MAIL, "inputs_list": many}
        )
        assert batch.json()["successful"] == 3
        until(lambda: service.count("compared") == 9)
        assert SECRET not in json.dumps(service.rows(), default=str)
    assert SECRET not in caplog.text


def test_a_stated_share_is_answered_and_a_caller_a_bounded_number_of_times(
    settings: Settings, registry: Registry, model: TwoVersions
) -> None:
    registry.tag(MAIL, TAG, note(0.5))
    with Shadowed(settings) as service:
        service.followed()
        for number in range(40):
            assert service.ask(number).status_code == 200
        until(lambda: service.count("compared") == model.beside == len(service.rows()))
        assert 6 <= model.beside <= 34, "half of 40"
        registry.tag(MAIL, TAG, note(1.0))
        service.splits.look()
        before = model.beside
        for number in range(MOST_OF_UNIT + 5):
            service.ask(100 + number, "one session")
        until(lambda: model.beside == before + MOST_OF_UNIT)
        until(lambda: service.count("enough") == 5)


def test_what_the_champion_fails_is_compared_too_and_what_the_endpoint_fails_is_not(
    settings: Settings, registry: Registry, model: TwoVersions
) -> None:
    registry.tag(MAIL, TAG, note(1.0))
    with Shadowed(settings) as service:
        service.followed()
        model.champion_fault = "garbage"
        assert service.ask(1).status_code == 502
        until(lambda: service.count("compared") == 1)
        model.champion_fault, model.fault = "", "garbage"
        assert service.ask(2).status_code == 200
        until(lambda: service.count("compared") == 2)
        scores = [
            (pair.champion_score, pair.challenger_score)
            for row in service.rows() for pair in pairs_of_answer(row, "run")
        ]  # fmt: skip
        assert scores == [(0.0, 1.0), (1.0, 0.0)]
        # An endpoint that fails the challenger is left alone; the callers' own breaker is another.
        model.fault = "500"
        for number in range(3, 30):
            assert service.ask(number).status_code == 200
            until(lambda: service.count("no_verdict") == 1)
        until(lambda: service.count("resting") == 26)
        assert [row["texts"] for row in service.rows()[2:]] == [[]]
        until(lambda: not held(), told="inputs of requests that were answered stay in memory")


def held() -> list[ProgramQuestion]:
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, ProgramQuestion)]


def test_a_slow_challenger_holds_up_nobody_and_ends_with_the_service(
    settings: Settings, registry: Registry, model: TwoVersions
) -> None:
    registry.tag(MAIL, TAG, note(1.0))
    model.close_gate()
    waiting = AT_ONCE + MOST_WAITING
    with Shadowed(settings) as service:
        service.followed()
        with ThreadPoolExecutor(8) as callers:
            answers = list(callers.map(service.ask, range(waiting + 20)))
        assert {answer.status_code for answer in answers} == {200}
        # Some found callers in the queue, where a busy service takes nothing.
        until(lambda: service.count("full") + service.count("busy") >= 20)
        until(lambda: model.beside == AT_ONCE)
        assert service.count("compared") == 0
        service.stop()
        assert model.beside == model.most_beside == AT_ONCE
    until(lambda: model.open == 0)
    assert "lakegloss-shadow" not in {thread.name for thread in threading.enumerate()}


def test_nothing_is_asked_once_the_rollout_is_over_and_a_pause_changes_nothing(
    settings: Settings, registry: Registry, model: TwoVersions
) -> None:
    registry.tag(MAIL, TAG, note(1.0))
    model.close_gate()
    with Shadowed(settings) as service:
        service.followed()
        for number in range(AT_ONCE + 6):
            assert service.ask(number).json()["meta"]["variant"] == "champion"
        until(lambda: model.beside == AT_ONCE)
        registry.tag(MAIL, TAG, note(0.0))  # withdrawn, while some wait and some are asked
        service.splits.look()
        model.open_gate()
        until(lambda: service.count("over") == 6)
        until(lambda: service.count("compared") == AT_ONCE)
        assert model.beside == AT_ONCE
        service.ask(100)
        assert model.beside == AT_ONCE
        registry.tag(MAIL, TAG, note(1.0, rollout_id="r2"))  # another one
        service.splits.look()
        service.ask(101)
        until(lambda: service.count("compared") == AT_ONCE + 1)
        assert [row["rollout_id"] for row in service.rows()][-1] == "r2"


def test_the_budget_of_a_day_survives_a_restart(
    settings: Settings, registry: Registry, model: TwoVersions
) -> None:
    registry.tag(MAIL, TAG, note(1.0))
    small = settings.model_copy(update={"shadow_tokens": 20})
    with Shadowed(small) as service:
        service.followed()
        service.ask(0)
        until(lambda: service.count("compared") == 1)
        assert sum(row["input_tokens"] for row in service.rows()) > 10, "half of it, at once"
        service.ask(1)
        until(lambda: service.count("budget") == 1)
    with Shadowed(small) as service:
        service.followed()
        service.ask(2)
        until(lambda: service.count("budget") == 1)
        assert model.beside == 1
    with Shadowed(small.model_copy(update={"shadow_tokens": 0})) as service:
        service.followed()
        assert service.ask(3).status_code == 200
    assert model.beside == 1


def test_what_cannot_be_accounted_for_is_not_asked(
    settings: Settings, registry: Registry, model: TwoVersions
) -> None:
    registry.tag(MAIL, TAG, note(1.0))
    with Shadowed(settings) as service:
        service.followed()
        with service.service.store.engine.begin() as connection:
            connection.execute(text("DROP TABLE shadow_answers"))
        answer = service.ask(0)
        assert (answer.status_code, answer.json()["meta"]["recorded"]) == (200, True)
        until(lambda: service.count("unrecorded") == 1)
        assert model.beside == 0


@pytest.mark.soak  # the pairs of drafts: tests/unit/serving/api/variants/test_shadow_offers.py
def test_comments_of_a_card_are_compared_column_by_column(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = registry_in(settings_in(home))
    versions_of(settings_in(home), "", "Write catalog comments in other words.")
    found.point(NAME, "champion", 1)
    found.tag(NAME, TAG, note(1.0))
    card = {
        "table": "sales.orders",
        "columns": [{"name": "order_ref", "type": "string"}, {"name": "state", "type": "string"}],
    }
    with ModelServer() as server:
        settings = load_settings(
            environ={}, home=home, model="m", endpoint=server.url, attempts=1, serve_refresh=0.1,
            program=NAME, serve_database=f"sqlite:///{tmp_path}/serve.db",
        )  # fmt: skip
        with Shadowed(settings, NAME, comments=True) as service:
            service.followed()
            answer = service.client.post("/api/v1/comments", json=card).json()
            assert (answer["meta"]["variant"], answer["meta"]["model"]) == ("champion", "m")
            until(lambda: service.count("compared") == 1)
            [row] = service.rows()
            pairs = pairs_of_answer(row, "run")
            assert [pair.column for pair in pairs] == ["", "order_ref", "state"]
            assert all(p.champion_score == p.challenger_score > 0 for p in pairs), "the same texts"
            assert row["execution_id"] == answer["execution_id"]
            server.behave(faults={"error_500": 1.0})
            down = service.client.post("/api/v1/comments", json=card).json()
            assert "model" not in {c["source"] for c in down["comments"]}
            assert service.count("compared") == 1
            assert len(service.rows()) == 1, "the champion was not answered: nothing is compared"
