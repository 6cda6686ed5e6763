"""The REST service over real HTTP, with a real model endpoint that misbehaves when told to."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine

from lakegloss.serving.api.access.keys import new_key
from lakegloss.serving.api.database.store import Store, database_of
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService
from tests.kits.waiting import until

pytestmark = pytest.mark.slow
Make = Callable[..., Settings]
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture(scope="module")
def model() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture
def make(tmp_path: Path, model: ProgramServer) -> Make:
    def settings(**options: Any) -> Settings:
        chosen = {"model": "m", "endpoint": model.url, "attempts": 1} | options
        return load_settings(environ={}, home=tmp_path / "home", **chosen)

    return settings


@pytest.fixture
def service(make: Make) -> Iterator[RunningService]:
    with RunningService(make()) as found:
        yield found


def later(service: RunningService) -> None:
    """Let as much time pass as keys are known for, at once."""
    clock = service.service.callers.clock
    service.service.callers.clock = lambda: clock() + 6


def error_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()["error"]
    assert set(found) == {"id", "type", "message", "remedy", "retry_after"}
    return found


# Programs.


def test_an_execution_from_request_to_record(service: RunningService) -> None:
    answer = service.execute("EmailDraft", LETTER)
    assert answer.status_code == 200
    found = answer.json()
    assert found["success"]
    assert found["outputs"]["email_body"]
    assert found["meta"]["usage"]["output_tokens"] == 5
    assert found["meta"]["recorded"]
    assert answer.headers["x-request-id"] == found["meta"]["request_id"]
    details = service.client.get(f"/api/v1/dspy/execution/{found['execution_id']}").json()
    assert details["outputs"] == found["outputs"]
    assert details["input_keys"] == list(LETTER)
    assert "noon" not in json.dumps({**details, "outputs": {}}), "inputs are not kept"
    stats = service.client.get("/api/v1/dspy/stats").json()
    assert (stats["total_executions"], stats["success_rate"]) == (1, 1.0)
    metrics = service.client.get("/metrics").text
    assert 'lakegloss_executions_total{program="EmailDraft",success="true"} 1.0' in metrics
    assert 'route="/api/v1/dspy/execute",status="200"} 1.0' in metrics


def test_a_batch_keeps_its_order_and_one_failure_costs_no_other(service: RunningService) -> None:
    inputs = [{"document": f"d{n}" + (" FAULT:400" if n == 3 else "")} for n in range(40)]
    answer = service.client.post(
        "/api/v1/dspy/execute/batch", json={"program_id": "SummarizeText", "inputs_list": inputs}
    )
    found = answer.json()
    assert (found["successful"], found["failed"]) == (39, 1)
    assert [r["success"] for r in found["results"]] == [n != 3 for n in range(40)]
    assert all(f"d{n}" in r["outputs"]["summary"] for n, r in enumerate(found["results"]) if n != 3)
    assert found["results"][3]["error_type"] == "generation_error"


def test_programs_are_listed_and_caches_cleared(
    service: RunningService, model: ProgramServer
) -> None:
    listed = service.client.get("/api/v1/dspy/programs").json()["programs"]
    letter = next(p for p in listed if p["program_id"] == "EmailDraft")
    assert letter["inputs"][:3] == list(LETTER)
    assert letter["outputs"] == ["email_body"]
    before = model.count
    again = {**LETTER, "subject": "cached"}
    cached = [service.execute("EmailDraft", again).json()["meta"]["cached"] for _ in range(2)]
    assert cached == [False, True]
    assert service.client.post("/api/v1/dspy/cache/clear").json() == {"cleared": True}
    assert not service.execute("EmailDraft", again).json()["meta"]["cached"]
    assert model.count == before + 2


@pytest.mark.parametrize(
    ("program", "inputs", "more", "status", "kind", "said"),
    [
        ("Nothing", {}, {}, 404, "program_not_found", "Model Nothing not found in registry"),
        ("../../etc/passwd", {}, {}, 404, "program_not_found", "not found in registry"),
        ("EmailDraft", {"recipient": "Ann"}, {}, 422, "validation_error",
         "Missing required input fields: ['subject', 'key_points']"),
        ("SummarizeText", {"document": "FAULT:hang a"}, {"timeout": 0.3}, 504, "timeout_error",
         "Execution timeout after 0.3 seconds"),
        ("SummarizeText", {"document": "FAULT:500 a"}, {}, 502, "model_unavailable", ""),
        ("SummarizeText", {"document": "FAULT:401 a"}, {}, 502, "model_auth_error", ""),
        ("SummarizeText", {"document": "FAULT:429 a"}, {}, 429, "rate_limit_error", ""),
        ("SummarizeText", {"document": "FAULT:garbage a"}, {}, 502, "generation_error", ""),
        ("SummarizeText", {"document": "a"}, {"mode": "fast"}, 422, "validation_error", "mode"),
        ("SummarizeText", {"document": "a"}, {"tiemout": 1}, 422, "validation_error", "tiemout"),
        ("", {}, {}, 422, "validation_error", "program_id"),
    ],
)  # fmt: skip
def test_what_fails_has_one_shape(
    service: RunningService, program: str, inputs: Any, more: Any, status: int, kind: str, said: str
) -> None:
    answer = service.execute(program, inputs, **more)
    found = error_of(answer)
    assert (answer.status_code, found["type"]) == (status, kind), found
    assert found["id"] == answer.headers["x-request-id"]
    assert found["remedy"] or status == 422
    assert said in found["message"]


def test_modes(service: RunningService, model: ProgramServer) -> None:
    before = model.count
    dry = service.execute("SummarizeText", {"document": "dry"}, mode="dry_run").json()
    assert dry["success"]
    assert model.count == before
    debug = service.execute("SummarizeText", {"document": "deep"}, mode="debug").json()
    assert debug["meta"]["debug_trace"]


def test_whoever_leaves_ends_the_call(service: RunningService, model: ProgramServer) -> None:
    with pytest.raises(httpx.ReadTimeout):
        service.client.post(
            "/api/v1/dspy/execute",
            json={"program_id": "SummarizeText", "inputs": {"document": "FAULT:hang left"}},
            timeout=0.5,
        )
    until(lambda: not model.open, 10, told="the model still works for nobody")
    assert service.execute("SummarizeText", {"document": "still alive"}).status_code == 200


# Generation and comments.


def test_how_might_we_and_solutions(service: RunningService) -> None:
    body = {"insights": ["Carts are left."], "metrics": ["Paid carts"], "jtbds": [], "count": 2}
    found = service.client.post("/api/intelligence/generate_hmw", json=body).json()
    assert found["hmws"]
    assert all(0 <= item["score"] <= 10 for item in found["hmws"])
    assert found["meta"]["model"] == "m"
    assert re.fullmatch(r"[0-9a-f]{12}", found["meta"]["program_version"])
    solved = service.client.post(
        "/api/intelligence/generate_solutions", json={"hmw_questions": ["How might we?"]}
    ).json()
    assert {"title", "priority_score"} <= set(solved["solutions"][0])
    empty = service.client.post("/api/intelligence/generate_hmw", json={"count": 2})
    assert (empty.status_code, error_of(empty)["type"]) == (422, "validation_error")
    many = service.client.post("/api/intelligence/generate_hmw", json=body | {"count": 21})
    assert many.status_code == 422


CARD = {
    "table": "sales.orders",
    "rows": 1000,
    "columns": [
        {"name": "order_id", "type": "bigint", "null_share": 0, "distinct": 1000,
         "key_role": "primary"},
        {"name": "customer_id", "type": "bigint", "key_role": "foreign",
         "reference": "sales.customers.customer_id"},
        {"name": "status", "frequent": [{"value": "open", "share": 0.7}]},
        {"name": "said", "comment": "What a person wrote."},
    ],
}  # fmt: skip


def test_comments_of_a_card(make: Make) -> None:
    with ModelServer() as server, RunningService(make(endpoint=server.url)) as service:
        answer = service.client.post("/api/v1/comments", json=CARD)
        assert answer.status_code == 200
        found = answer.json()
        assert [c["column"] for c in found["comments"]] == ["", "order_id", "customer_id", "status"]
        assert {c["source"] for c in found["comments"]} == {"model"}
        assert all(c["column"].replace("_", " ") in c["comment"] for c in found["comments"])
        assert found["meta"]["model"] == "m"
        assert found["meta"]["usage"]["input_tokens"] > 0


def test_comments_by_the_rules_where_there_is_no_model(make: Make) -> None:
    dead = "http://127.0.0.1:9/v1"
    for settings, fallback in ((make(model="", endpoint=""), []), (make(endpoint=dead), ["m"])):
        with RunningService(settings) as service:
            answer = service.client.post("/api/v1/comments", json=CARD)
            assert answer.status_code == 200
            found = answer.json()
            assert (found["meta"]["model"], found["meta"]["fallback_from"]) == ("rules", fallback)
            assert {c["source"] for c in found["comments"]} <= {"rules", "none"}
            assert "customers" in json.dumps(found["comments"])


@pytest.mark.parametrize(
    "change",
    [
        {"table": ""},
        {"table": "a.`b"},
        {"columns": [{"name": "a"}, {"name": "A"}]},
        {"columns": [{"name": "`a"}]},
        {"columns": [{"name": "a", "null_share": 2}]},
        {"style": "loud"},
    ],
)
def test_cards_that_cannot_be_used(service: RunningService, change: dict[str, Any]) -> None:
    answer = service.client.post("/api/v1/comments", json=CARD | change)
    assert (answer.status_code, error_of(answer)["type"]) == (422, "validation_error")


# Keys.


def test_keys_scopes_and_expiry(make: Make) -> None:
    settings = make()
    with RunningService(settings, environ={"SECRET_KEY": "admin-secret-of-16"}) as service:
        reader, key = new_key("reader", ["read"])
        service.service.store.add_key(key)
        later(service)
        get = service.client.get
        assert get("/api/v1/dspy/programs").status_code == 401
        assert get("/api/v1/dspy/programs", headers={"x-api-key": reader}).status_code == 200
        bearer = {"Authorization": f"Bearer {reader}"}
        body = {"program_id": "EmailDraft", "inputs": LETTER}
        denied = service.client.post("/api/v1/dspy/execute", json=body, headers=bearer)
        assert (denied.status_code, error_of(denied)["type"]) == (403, "forbidden")
        admin = {"x-api-key": "admin-secret-of-16"}
        done = service.client.post("/api/v1/dspy/execute", json=body, headers=admin).json()
        place = f"/api/v1/dspy/execution/{done['execution_id']}"
        assert get(place, headers=bearer).status_code == 404, "another key's"
        assert get(place, headers=admin).status_code == 200
        assert service.client.post("/api/v1/dspy/cache/clear", headers=bearer).status_code == 403
        assert get("/metrics").status_code == 401
        assert get("/api/v1/dspy/health").status_code == 200
        for value in (b"\xfc", b"\xff" * 500, b"Bearer", b"lg_x\xe9"):
            for name in ("x-api-key", "authorization"):
                answer = get("/api/v1/dspy/stats", headers=[(name.encode(), value)])
                assert (answer.status_code, error_of(answer)["type"]) == (401, "unauthorized")
                assert answer.headers["www-authenticate"] == "Bearer"
        service.service.store.remove_key("reader")
        later(service)
        assert get("/api/v1/dspy/programs", headers={"x-api-key": reader}).status_code == 401


def test_without_keys_only_this_machine_may_call(service: RunningService) -> None:
    get = service.client.get
    assert get("/api/v1/dspy/stats").status_code == 200
    assert get("/api/v1/dspy/stats", headers={"Origin": service.url}).status_code == 200
    for headers in (
        {"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Host": "["},
        {"X-Forwarded-For": "10.0.0.1"}, {"Origin": "null"},
    ):  # fmt: skip
        answer = get("/api/v1/dspy/stats", headers=headers)
        assert (answer.status_code, error_of(answer)["type"]) == (401, "unauthorized")


def test_revoking_the_last_key_does_not_open_the_door(make: Make) -> None:
    settings = make()
    secret, key = new_key("only")
    with RunningService(settings) as service:  # makes the database
        service.service.store.add_key(key)
    with RunningService(settings) as service:
        headers = {"x-api-key": secret}
        assert service.client.get("/api/v1/dspy/stats", headers=headers).status_code == 200
        service.service.store.remove_key("only")
        later(service)
        assert service.client.get("/api/v1/dspy/stats").status_code == 401
        assert service.client.get("/api/v1/dspy/stats", headers=headers).status_code == 401
    with RunningService(settings) as service:
        assert service.client.get("/api/v1/dspy/stats").status_code == 401, "after a restart"


def test_clients_that_leave_while_they_are_recorded_harm_nobody(make: Make) -> None:
    body = {"program_id": "SummarizeText", "inputs_list": [{"document": "x"}] * 1_000}
    left = 0
    with RunningService(make(serve_rate=1_000_000)) as service:
        for wait in (0.02, 0.05, 0.1, 0.15, 0.2):
            try:
                service.client.post(
                    "/api/v1/dspy/execute/batch", json={**body, "mode": "dry_run"}, timeout=wait
                )
            except httpx.TimeoutException:
                left += 1
        for _ in range(3):
            assert service.execute("EmailDraft", LETTER).json()["meta"]["recorded"]
    assert left


def test_a_batch_counts_each_of_its_executions(make: Make) -> None:
    with RunningService(make(serve_rate=30)) as service:
        body = {"program_id": "SummarizeText", "inputs_list": [{"document": "x"}] * 20}
        first = service.client.post("/api/v1/dspy/execute/batch", json=body)
        second = service.client.post("/api/v1/dspy/execute/batch", json=body)
        assert (first.status_code, second.status_code) == (200, 429)


def test_a_model_that_answers_half_a_character(make: Make) -> None:
    from aiohttp import web

    def answer() -> web.Response:
        text = '{"summary": "a\\ud800b 1e999"}'
        message = {"message": {"content": text}, "finish_reason": "stop"}
        return web.json_response(
            {"choices": [message], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
        )

    with (
        ProgramServer(says=answer) as started,
        RunningService(make(endpoint=started.url)) as service,
    ):
        answered = service.execute("SummarizeText", {"document": "x"})
        assert answered.status_code == 200
        assert answered.json()["outputs"]["summary"] == "a\ufffdb 1e999"
        assert answered.json()["meta"]["recorded"]


def test_a_key_has_its_rate(make: Make) -> None:
    with RunningService(make(serve_rate=3)) as service:
        answers = [service.client.get("/api/v1/dspy/stats") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[3].headers["retry-after"]) <= 20
        assert error_of(answers[3])["retry_after"] > 0


# Hostile requests.


def test_bodies_that_are_too_large_or_too_deep(make: Make) -> None:
    with RunningService(make(serve_body_bytes=10_000)) as service:
        post = service.client.post
        assert post("/api/v1/dspy/execute", content=b"x" * 10_001).status_code == 413
        chunks = (b"x" * 1_000 for _ in range(100))
        assert post("/api/v1/dspy/execute", content=chunks).status_code == 413
        deep = b'{"program_id": "EmailDraft", "inputs": ' + b"[" * 900 + b"]" * 900 + b"}"
        assert post("/api/v1/dspy/execute", content=deep).status_code == 422
        for body in (b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b"{}", b"NaN"):
            answer = post("/api/v1/dspy/execute", content=body)
            assert answer.status_code in {400, 422}, body
            error_of(answer)
        half = {"program_id": "EmailDraft", "inputs": {"recipient": "\ud800"}}
        answer = post("/api/v1/dspy/execute", content=json.dumps(half).encode())
        assert answer.status_code == 422
        assert service.execute("EmailDraft", LETTER).status_code == 200


def test_nothing_hostile_is_said_back_raw(service: RunningService) -> None:
    answer = service.execute("a\x1b[2J\u202eb", {})
    assert "\\x1b[2J\\u202e" in error_of(answer)["message"]
    answer = service.client.get("/api/v1/dspy/stats", headers={"X-Request-ID": "a b\tc"})
    assert answer.headers["x-request-id"] != "a b\tc"
    answer = service.client.get("/api/v1/dspy/stats", headers={"X-Request-ID": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"


def test_routes_that_are_not_there(service: RunningService) -> None:
    assert error_of(service.client.get("/nothing"))["type"] == "not_found"
    wrong = service.client.get("/api/v1/dspy/execute")
    assert (wrong.status_code, error_of(wrong)["type"]) == (405, "method_not_allowed")


# Operation.


def test_health_tells_why_not(make: Make) -> None:
    with RunningService(make(model="", endpoint="")) as service:
        assert service.client.get("/healthz").status_code == 200
        answer = service.client.get("/readyz")
        assert answer.status_code == 503
        assert "No model is set" in answer.json()["problems"][0]
    with RunningService(make(endpoint="http://127.0.0.1:9/v1")) as service:
        assert service.client.get("/readyz").status_code == 503, "though nobody asked it yet"
        answer = service.client.get("/api/v1/dspy/health")
        assert answer.status_code == 503
        assert "No model's endpoint answers" in answer.json()["problems"][0]


def test_what_an_endpoint_said_is_not_told(service: RunningService) -> None:
    """The server of the tests says "told to fail with ..."; a real one may name its hosts."""
    for fault in ("400", "401", "500", "context", "html"):
        answer = service.execute("EmailDraft", LETTER | {"subject": f"FAULT:{fault}"})
        assert answer.status_code == (422 if fault == "context" else 502)
        kept = service.client.get(f"/api/v1/dspy/execution/{answer.headers['X-Execution-Id']}")
        assert kept.json()["success"] is False
        assert kept.json()["error"] == error_of(answer)["message"]
        batch = service.client.post(
            "/api/v1/dspy/execute/batch",
            json={
                "program_id": "EmailDraft",
                "inputs_list": [LETTER | {"subject": f"FAULT:{fault}"}],
                "mode": "debug",
            },
        )
        [result] = batch.json()["results"]
        assert result["meta"]["debug_trace"]["calls"][0]["error"], "its kind"
        for said in ("told to fail", "inner-host"):
            assert said not in answer.text + kept.text + batch.text
        assert service.url.rpartition(":")[2] not in error_of(answer)["message"]


def test_readiness_comes_back_without_a_request(make: Make) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with RunningService(make(endpoint=f"http://127.0.0.1:{port}/v1")) as service:
        for number in range(25):
            service.execute("SummarizeText", {"document": f"{number}"}, timeout=2)
        until(lambda: service.client.get("/readyz").status_code == 503)
        with ProgramServer(port=port):
            until(lambda: service.client.get("/readyz").status_code == 200)
            assert service.execute("SummarizeText", {"document": "back"}).status_code == 200


def timed(service: RunningService, document: str) -> tuple[int, float]:
    start = time.monotonic()
    answer = service.execute("SummarizeText", {"document": document})
    return answer.status_code, time.monotonic() - start


def test_a_dead_endpoint_holds_nobody_up(make: Make, tmp_path: Path, model: ProgramServer) -> None:
    """Callers beside each other: each is told at once, or has the other model's answer."""
    file = tmp_path / "models.toml"
    file.write_text(
        f'fallbacks = ["backup"]\n[models.backup]\nmodel = "b"\nendpoint = "{model.url}"\n',
        encoding="utf-8",
    )
    dead = "http://127.0.0.1:9/v1"
    for more, status in ({}, 502), ({"serve_models": file}, 200):
        with RunningService(make(endpoint=dead, attempts=5, **more)) as service:
            seconds: list[float] = []

            with ThreadPoolExecutor(25) as pool:
                asked = pool.map(lambda n, s=service: timed(s, f"d{n}"), range(50))
                for found, taken in asked:
                    assert found == status
                    seconds.append(taken)
            assert max(seconds) < 20, "the first ones wait for their retries, nobody for others'"
            assert sorted(seconds)[-25] < 5


def test_executions_survive_the_service(make: Make) -> None:
    settings = make()
    with RunningService(settings) as service:
        found = service.execute("EmailDraft", LETTER).json()
    with RunningService(settings) as service:
        again = service.client.get(f"/api/v1/dspy/execution/{found['execution_id']}")
        assert again.json()["outputs"] == found["outputs"]


def test_a_stop_finishes_what_runs(make: Make) -> None:
    with ProgramServer(latency=1.0) as slow, RunningService(make(endpoint=slow.url)) as service:
        answers: list[httpx.Response] = []
        caller = threading.Thread(
            target=lambda: answers.append(service.execute("EmailDraft", LETTER))
        )
        caller.start()
        until(lambda: slow.open)
        service.stop()
        caller.join(10)
        assert answers[0].status_code == 200
        with (
            pytest.raises(ConnectionError),
            socket.create_connection(("127.0.0.1", int(service.url.rsplit(":", 1)[1])), 1),
        ):
            pass


def test_a_database_that_fails_costs_no_answer(service: RunningService, make: Make) -> None:
    database = create_engine(database_of(make()))
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE executions")
    database.dispose()
    answer = service.execute("EmailDraft", LETTER)
    assert answer.status_code == 200
    assert answer.json()["meta"]["recorded"] is False
    asked = service.client.get(f"/api/v1/dspy/execution/{answer.json()['execution_id']}")
    assert asked.status_code == 503
    assert asked.json()["error"]["message"] == "Executions cannot be read."
    assert asked.headers["Retry-After"] == "5"


def test_old_executions_are_deleted(service: RunningService) -> None:
    from datetime import UTC, datetime, timedelta

    found = service.execute("EmailDraft", LETTER).json()
    store = service.service.store
    assert store.sweep(datetime.now(UTC) + timedelta(days=29)) == 0
    assert store.sweep(datetime.now(UTC) + timedelta(days=31)) == 1
    assert store.execution(found["execution_id"]) is None


def test_the_openapi_document_has_examples(service: RunningService) -> None:
    document = service.client.get("/openapi.json").json()
    paths = document["paths"]
    assert len(paths) == 11
    for place, methods in paths.items():
        for operation in methods.values():
            assert operation["description"], place
            body = operation.get("requestBody")
            if body:
                [schema] = [c["schema"]["$ref"] for c in body["content"].values()]
                named = document["components"]["schemas"][schema.rsplit("/", 1)[1]]
                [example] = named["examples"]
                answer = service.client.request("POST", place, json=example)
                # The execution that its example judges is none of this service.
                status = 404 if place == "/api/v1/feedback" else 200
                assert answer.status_code == status, (place, answer.text)
    page = service.client.get("/docs").text
    scripts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert scripts
    for place in scripts:
        assert service.client.get(place).status_code == 200, "nothing comes from elsewhere"


def test_a_stop_that_cuts_off_says_so_and_is_recorded(make: Make, model: ProgramServer) -> None:
    settings = make(serve_timeout=60)
    answers: list[httpx.Response] = []
    with RunningService(settings, drain=1) as service:
        asked = [
            ("/api/v1/dspy/execute",
             {"program_id": "SummarizeText", "inputs": {"document": "FAULT:hang a"}}),
            ("/api/v1/dspy/execute/batch",
             {"program_id": "SummarizeText", "inputs_list": [{"document": "FAULT:hang b"}]}),
        ]  # fmt: skip
        callers = [
            threading.Thread(
                target=lambda path=path, body=body: answers.append(
                    httpx.post(f"{service.url}{path}", json=body, timeout=60)
                )
            )
            for path, body in asked
        ]
        for caller in callers:
            caller.start()
        until(lambda: model.open == len(callers))
        service.service.stop_soon()
        service.stop()
        for caller in callers:
            caller.join(20)
    for answer in answers:
        assert (answer.status_code, error_of(answer)["type"]) == (503, "stopped")
    store = Store(database_of(settings))
    try:
        rows = store.uncarried()
    finally:
        store.close()
    assert {row["error"] for row in rows} == {"The service was stopped."}
    assert len(rows) == 2


def test_a_full_batch_fits_a_full_minute(make: Make) -> None:
    with RunningService(make(serve_rate=100)) as service:
        body = {"program_id": "SummarizeText", "mode": "dry_run"}
        inputs = [{"document": str(n)} for n in range(300)]
        first = service.client.post(
            "/api/v1/dspy/execute/batch", json={**body, "inputs_list": inputs}
        )
        assert first.status_code == 200
        again = service.client.post(
            "/api/v1/dspy/execute/batch", json={**body, "inputs_list": inputs}
        )
        assert again.status_code == 429
        assert error_of(again)["retry_after"] > 60, "the debt is filled first"


def prompts_of(card: dict[str, Any], tmp_path: Path) -> str:
    record = tmp_path / "prompts"
    with ModelServer(record=str(record)) as model:
        settings = load_settings(
            environ={}, home=tmp_path / "h", model="m", endpoint=model.url, attempts=1
        )
        with RunningService(settings) as service:
            assert service.client.post("/api/v1/comments", json=card).status_code == 200
    bodies = map(json.loads, record.read_text(encoding="utf-8").splitlines())
    return "\n".join(body["messages"][-1]["content"] for body in bodies)


def test_the_model_is_told_nothing_that_the_card_does_not_say(tmp_path: Path) -> None:
    open_only = {"name": "status", "frequent": [{"value": "open", "share": 0.7}]}
    some = [{"value": v, "share": 0.1} for v in ("ant", "bee", "cow")]
    card = {"table": "s.orders", "columns": [open_only, {"name": "pet", "frequent": some}]}
    said = prompts_of(card, tmp_path)
    assert "open" in said
    for false in ("empty", "only ", "codes ", "1 distinct", "3 distinct"):
        assert false not in said, said


def test_comments_say_why_no_model_wrote_them(make: Make) -> None:
    card = {"table": "s.orders", "columns": [{"name": "order_id", "type": "bigint"}]}

    def reasons(settings: Settings, **more: Any) -> set[str]:
        with RunningService(settings) as service:
            answer = service.client.post("/api/v1/comments", json=card | more)
            assert answer.status_code == 200
            return {c["reason"] for c in answer.json()["comments"] if c["column"]}

    assert reasons(make(model="", endpoint="")) == {"no model is set"}
    assert reasons(make(model="", endpoint=""), language="German") == {
        "no model is set; the rules write English"
    }
    [dead] = reasons(make(endpoint="http://127.0.0.1:9/v1"))
    assert "127.0.0.1" not in dead
    with ModelServer(latency=30.0) as slow:
        assert reasons(make(endpoint=slow.url), timeout=0.5) == {"The model took too long."}


def test_programs_tell_what_they_take(service: RunningService) -> None:
    listed = service.client.get("/api/v1/dspy/programs").json()["programs"]
    by_name = {program["program_id"]: program for program in listed}
    assert by_name["EmailDraft"]["input_types"]["recipient"] == "str"
    assert "optional" in by_name["generate_hmw"]["input_types"]["count"]


def test_what_an_endpoint_said_is_not_for_callers(service: RunningService) -> None:
    for fault in ("401", "429", "500"):
        found = error_of(service.execute("SummarizeText", {"document": f"FAULT:{fault} a"}))
        text = found["message"] + found["remedy"]
        assert "127.0.0.1" not in text
        assert "LAKEGLOSS" not in text
        assert found["remedy"]


def test_comments_that_a_stop_cuts_off_are_recorded(make: Make) -> None:
    answers: list[httpx.Response] = []
    card = {"table": "s.orders", "columns": [{"name": "order_id", "type": "bigint"}]}
    with ModelServer(latency=30.0) as slow:
        settings = make(endpoint=slow.url)
        with RunningService(settings, drain=1) as service:
            caller = threading.Thread(
                target=lambda: answers.append(
                    httpx.post(f"{service.url}/api/v1/comments", json=card, timeout=60)
                )
            )
            caller.start()
            until(lambda: slow.counts()["requests"])
            service.service.stop_soon()
            service.stop()
            caller.join(20)
    assert (answers[0].status_code, error_of(answers[0])["type"]) == (503, "stopped")
    store = Store(database_of(settings))
    try:
        [row] = store.uncarried()
    finally:
        store.close()
    assert (row["program"], row["error"]) == ("comments", "The service was stopped.")
