"""The service under requests that nobody would write: by its OpenAPI document, and broken ones."""

import json
import random
import resource
from collections.abc import Callable, Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from lakegloss.settings import load_settings
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService

pytestmark = pytest.mark.slow
FEW, MANY = 8, 500
CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)
BROKEN = 150
_HEADER = [byte for byte in range(33, 256) if byte != 127]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    home = tmp_path_factory.mktemp("service")
    with ProgramServer(keep=False) as model:
        options = {"model": "m", "endpoint": model.url, "attempts": 1, "serve_rate": 10_000_000}
        chosen = load_settings(environ={}, home=home, **options)
        with RunningService(chosen) as running:
            yield running


def tried(service: RunningService, examples: int) -> int:
    """Try every operation with so many examples; returns how many operations there are."""
    document = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    count = 0
    for result in document.get_all_operations():
        operation = result.ok()
        count += 1

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def one(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, timeout=60)

        one()
    return count


GOOD = {"program_id": "Nothing", "inputs": {"recipient": "a"}, "mode": "normal"}
BODY = json.dumps(GOOD).encode()


def nested(rng: random.Random) -> bytes:
    depth = rng.randrange(70, 5_000)
    return b'{"inputs": ' + b'{"a": [' * depth + b"]}" * depth + b"}"


def flipped(rng: random.Random) -> bytes:
    place = rng.randrange(len(BODY))
    return BODY[:place] + bytes([rng.randrange(256)]) + BODY[place + 1 :]


def mistyped(rng: random.Random) -> bytes:
    wrong = [None, [], {}, 1e400, -1, "\ud800", "\x00"]
    return json.dumps({name: rng.choice(wrong) for name in GOOD}).encode()


BODIES: tuple[Callable[[random.Random], bytes], ...] = (
    lambda rng: rng.randbytes(rng.randrange(2_000)),
    lambda rng: BODY[: rng.randrange(len(BODY))],
    lambda rng: b"x" * rng.randrange(1_000_001, 1_200_000),
    lambda _: b'{"program_id": "Nothing", "inputs": {' + b'"a": 1,' * 10_000 + b'"b": 2}}',
    lambda rng: json.dumps({**GOOD, "timeout": rng.choice([0, -1, 1e9, "soon"])}).encode(),
    lambda _: BODY,
    nested,
    flipped,
    mistyped,
)


def hostile(rng: random.Random) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A body and headers that are wrong in one way or several."""
    body = rng.choice(BODIES)(rng)
    headers = [(b"Content-Type", rng.choice([b"application/json", b"text/plain", b"\xff", b""]))]
    if rng.random() < 0.5:
        headers.append((b"x-api-key", bytes(rng.choices(_HEADER, k=rng.randrange(1, 300)))))
    if rng.random() < 0.2:
        headers.append((b"x-request-id", bytes(rng.choices(range(33, 127), k=500))))
    return body, headers


def refused(service: RunningService, number: int) -> None:
    rng = random.Random(20_261)
    for _ in range(number):
        body, headers = hostile(rng)
        answer = service.client.post("/api/v1/dspy/execute", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, (answer.status_code, body[:200], headers)
        error = answer.json()["error"]
        assert "Traceback" not in answer.text
        assert str(ROOT) not in answer.text
        assert error["message"].isprintable() or "\n" in error["message"]
    assert service.client.get("/healthz").status_code == 200


def test_the_document_is_kept(service: RunningService) -> None:
    assert tried(service, FEW) == 11


def test_broken_requests_are_refused(service: RunningService) -> None:
    refused(service, BROKEN)


@pytest.mark.soak
def test_the_document_is_kept_for_long(service: RunningService) -> None:
    assert tried(service, MANY) == 11


@pytest.mark.soak
def test_ten_thousand_broken_requests_leave_the_memory_flat(service: RunningService) -> None:
    refused(service, 1_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(service, 10_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_an_unfinished_body_holds_nothing_up(service: RunningService) -> None:
    import socket

    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(
            b"POST /api/v1/dspy/execute HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n{"
        )
        assert httpx.get(f"{service.url}/healthz", timeout=5).status_code == 200
