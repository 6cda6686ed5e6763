"""The HTTP transport against a real server."""

import asyncio
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.caller import policy_from
from lakegloss.engine.engine import Engine, engine_from
from lakegloss.engine.http import client as http
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.credentials import DriverKey
from lakegloss.engine.http.endpoint import Endpoint, endpoint_from
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.errors import EndpointAuthError, EndpointUnavailableError
from lakegloss.settings import Settings
from tests.kits.engine import make_request
from tests.kits.model_server import ModelServer, sentence


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def settings_for(url: str, home: Path, **options: Any) -> Settings:
    return Settings(model="model-a", endpoint=url, home=home, **options)


def attempt_once(endpoint: Endpoint, *requests: ModelRequest) -> list[Attempt]:
    async def run() -> list[Attempt]:
        transport = HttpTransport(endpoint)
        try:
            return [await transport.attempt(request, None) for request in requests]
        finally:
            await transport.close()

    return asyncio.run(run())


def test_a_request_is_answered_by_id(server: ModelServer) -> None:
    [attempt] = attempt_once(Endpoint(base_url=server.url, model="model-a"), make_request(3))
    assert json.loads(attempt.text)["comments"] == [
        {"id": "t1", "text": sentence("t1", "table_3")},
        {"id": "c1", "text": sentence("c1", "amount_3")},
        {"id": "c2", "text": sentence("c2", "code")},
    ]
    assert attempt.failure is None
    assert attempt.finish_reason == "stop"
    assert attempt.usage.input > 10
    assert not attempt.usage.estimated
    assert 0 < attempt.latency < 60


@pytest.mark.parametrize(
    ("fault", "failure", "status"),
    [
        ("rate_limit", Failure.RATE_LIMITED, 429),
        ("error_500", Failure.SERVER, 500),
        ("error_503", Failure.SERVER, 503),
        ("reset", Failure.TRANSPORT, 0),
        ("half_closed", Failure.TRANSPORT, 200),
        ("truncated_body", Failure.MALFORMED, 200),
        ("html", Failure.MISROUTED, 200),
        ("bad_chunks", Failure.TRANSPORT, 0),
        ("bad_length", Failure.TRANSPORT, 0),
        ("no_end", Failure.TRANSPORT, 200),
        ("not_gzip", Failure.MALFORMED, 200),
        ("no_http", Failure.TRANSPORT, 0),
        ("long_header", Failure.TRANSPORT, 0),
        ("gzip_bomb", Failure.MALFORMED, 200),
        ("endless", Failure.MALFORMED, 200),
        ("error_in_200", Failure.SERVER, 503),
        ("redirect", Failure.MISROUTED, 307),
        ("null", Failure.EMPTY, 200),
        ("refusal", Failure.REFUSED, 200),
        ("length", None, 200),
        ("fenced", None, 200),
    ],
)
def test_faults_are_told_apart(fault: str, failure: Failure | None, status: int) -> None:
    with ModelServer(faults={fault: 1}) as faulty:
        [attempt] = attempt_once(Endpoint(base_url=faulty.url, model="model-a"), make_request())
        [bill] = faulty.bills().popitem()[1]
    assert (attempt.failure, attempt.status) == (failure, status)
    lost = not bill["told"] and bill["output_tokens"] > 0
    assert attempt.usage.estimated == lost, "what may have been paid is counted, and flagged"
    assert bool(attempt.usage.total) == (bill["output_tokens"] > 0)


def test_a_second_answer_to_one_request_is_not_the_next_ones() -> None:
    async def ask_in_turn(url: str) -> list[str]:
        transport = HttpTransport(Endpoint(base_url=url, model="m"))
        texts = []
        for number in range(10):
            texts.append((await transport.attempt(make_request(number), None)).text)
            await asyncio.sleep(0.03)  # the second answer arrives
        await transport.close()
        return texts

    with ModelServer(faults={"smuggled": 1}) as gateway:
        texts = asyncio.run(ask_in_turn(gateway.url))
    for number, text in enumerate(texts):
        assert sentence("c1", f"amount_{number}") in text


def test_retry_after_is_read(server: ModelServer) -> None:
    with ModelServer(faults={"rate_limit_after": 1}) as busy:
        [attempt] = attempt_once(Endpoint(base_url=busy.url, model="m"), make_request())
    assert attempt.retry_after == 1.0


def test_a_call_that_takes_too_long_may_have_cost_all_it_could() -> None:
    request = make_request()
    with ModelServer(faults={"stall": 1}) as stuck:
        [attempt] = attempt_once(Endpoint(base_url=stuck.url, model="m", timeout=0.2), request)
    assert attempt.failure is Failure.TIMEOUT
    assert attempt.usage.estimated
    assert attempt.usage.total == request.input_tokens + request.max_tokens


def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    [attempt] = attempt_once(Endpoint(base_url=url, model="m"), make_request())
    assert attempt.failure is Failure.TRANSPORT
    assert attempt.usage.total == 0


def test_an_answer_without_end_is_not_read(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BODY_LIMIT", 100)
    [attempt] = attempt_once(Endpoint(base_url=server.url, model="m"), make_request())
    assert attempt.failure is Failure.MALFORMED
    assert "more than 100 bytes" in attempt.detail


@pytest.mark.parametrize("refused", ["response_format", "max_tokens", "temperature"])
def test_a_refused_parameter_is_left_out_for_the_rest_of_the_run(
    refused: str, caplog: pytest.LogCaptureFixture
) -> None:
    requests = [make_request(n, temperature=0.2) for n in range(3)]
    with ModelServer(refuses=(refused,)) as picky, caplog.at_level(logging.WARNING):
        attempts = attempt_once(Endpoint(base_url=picky.url, model="m"), *requests)
        counts = picky.counts()
    assert [a.failure for a in attempts] == [None] * 3
    assert counts["statuses"] == {"400": 1, "200": 3}
    assert len([r for r in caplog.records if "refuses the form" in r.message]) == 1


def test_an_endpoint_that_refuses_all_is_given_up() -> None:
    refuses = ("response_format", "max_tokens", "max_completion_tokens")
    with ModelServer(refuses=refuses) as picky:
        [attempt] = attempt_once(Endpoint(base_url=picky.url, model="m"), make_request())
        requests = picky.counts()["requests"]
    assert attempt.failure is Failure.INVALID
    assert requests <= 6


def test_a_changed_token_is_tried_at_once() -> None:
    tokens = iter(["old", "new"])
    endpoint_key = DriverKey(lambda: next(tokens))
    with ModelServer(key="new") as locked:
        endpoint = Endpoint(base_url=locked.url, model="m", credential=endpoint_key)
        [attempt] = attempt_once(endpoint, make_request())
        assert locked.counts()["requests"] == 2
    assert attempt.failure is None


def test_a_wrong_key_is_named_but_not_shown(tmp_path: Path) -> None:
    with ModelServer(key="right") as locked:
        settings = settings_for(locked.url, tmp_path, api_key=SecretStr("wrong-s3cret"))
        with engine_from(settings, run_id="run") as engine:
            outcome = engine.ask([make_request(n) for n in range(50)])
    assert isinstance(outcome.error, EndpointAuthError)
    assert locked.url in str(outcome.error)
    shown = str(outcome.error) + "".join(r.error for r in outcome.responses)
    assert "401" in shown
    assert "s3cret" not in shown
    kept = "".join(p.read_text() for p in (tmp_path / "journal").iterdir())
    assert "s3cret" not in kept


def test_a_key_that_is_not_set_is_said_to_be_missing(tmp_path: Path) -> None:
    with (
        ModelServer(key="right") as locked,
        engine_from(settings_for(locked.url, tmp_path), run_id="run") as engine,
    ):
        error = engine.ask([make_request(1)]).error
    assert isinstance(error, EndpointAuthError)
    assert "no key was sent, as LAKEGLOSS_API_KEY is not set" in error.message


def test_a_dead_address_ends_the_run(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    with engine_from(settings_for(url, tmp_path, attempts=1), run_id="run") as engine:
        outcome = engine.ask([make_request(n) for n in range(100)])
    assert isinstance(outcome.error, EndpointUnavailableError)
    assert url in str(outcome.error)
    assert len(outcome.not_asked) >= 40


def test_under_faults_all_ends_and_the_usage_adds_up(tmp_path: Path) -> None:
    faults = dict.fromkeys(
        ("rate_limit", "error_500", "reset", "html", "null", "half_closed"), 0.07
    )
    with ModelServer(faults=faults, seed=3) as hostile:
        settings = settings_for(hostile.url, tmp_path, in_flight=16, attempts=5)
        # Without a backoff of seconds the test would measure only waiting.
        policy = policy_from(settings, endpoint=hostile.url)
        engine = Engine(
            HttpTransport(endpoint_from(settings)),
            replace(policy, retry=replace(policy.retry, base=0.01)),
            run_id="run",
            journal=Journal(settings.journal_folder, "run"),
        )
        requests = [make_request(n) for n in range(150)]
        with engine:
            outcome = engine.ask(requests)
        counts = hostile.counts()
    assert outcome.error is None
    assert len(outcome.responses) == 150
    assert sum(r.usable for r in outcome.responses) >= 140
    kept = [r for _, responses in read_journal(settings.journal_folder) for r in responses]
    assert len({r.response_id for r in kept}) == len(kept) == outcome.attempts
    assert outcome.attempts == counts["requests"]
    told = [r for r in kept if not r.usage_estimated]
    assert sum(r.input_tokens for r in told) == counts["input_tokens"]
    assert sum(r.output_tokens for r in told) == counts["output_tokens"]
    for request, response in zip(requests, outcome.responses, strict=True):
        name = json.loads(request.messages[1].content)["tables"][1].split()[1]
        assert not response.usable or name.replace("_", " ") in response.text
