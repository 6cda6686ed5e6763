"""Keys, rates, bodies and errors of the service, without a server."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.errors import (
    EndpointAuthError,
    ExecutionTimeoutError,
    InputError,
    ProgramNotFoundError,
    RateLimitedError,
    SettingsError,
)
from lakegloss.serving.api.access.callers import RateLimiter
from lakegloss.serving.api.access.keys import KeyRing, digest_of, new_key, presented
from lakegloss.serving.api.middleware import problem_of
from lakegloss.serving.api.problems import ErrorResponse, api_error, headers_of


def test_a_key_is_found_by_its_secret_alone() -> None:
    first, one = new_key("one")
    second, two = new_key("two", ["read"])
    ring = KeyRing([one, two])
    assert ring.find(first.encode()) is one
    assert ring.find(second.encode()) is two
    assert ring.find(b"lg_other") is None
    assert ring.find("ü".encode("latin-1")) is None
    assert first not in repr(one)
    assert one.digest == digest_of(first.encode())


def test_a_key_expires() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    secret, key = new_key("one", expires_at=now)
    assert KeyRing([key]).find(secret.encode(), now - timedelta(seconds=1)) is key
    assert KeyRing([key]).find(secret.encode(), now) is None


@pytest.mark.parametrize(
    ("name", "scopes", "rate"),
    [("", ["read"], None), ("a\nb", ["read"], None), ("a", ["fly"], None), ("a", [], None),
     ("a", ["read"], 0), ("a" * 61, ["read"], None)],
)  # fmt: skip
def test_what_cannot_be_a_key(name: str, scopes: list[str], rate: int | None) -> None:
    with pytest.raises(SettingsError):
        new_key(name, scopes, rate=rate)


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ([(b"authorization", b"Bearer abc")], b"abc"),
        ([(b"Authorization", b"bearer   abc ")], b"abc"),
        ([(b"x-api-key", b"abc")], b"abc"),
        ([(b"authorization", b"Basic abc"), (b"x-api-key", b"k")], b"k"),
        ([(b"authorization", b"Bearer "), (b"x-api-key", b"")], None),
        ([(b"authorization", b"\xff\xfe")], None),
        ([], None),
    ],
)
def test_where_a_secret_stands(headers: list[tuple[bytes, bytes]], secret: bytes | None) -> None:
    assert presented(headers) == secret


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_header_breaks_the_search(authorization: bytes, key: bytes) -> None:
    found = presented([(b"authorization", authorization), (b"x-api-key", key)])
    assert KeyRing([new_key("one")[1]]).find(found or b"") is None


def test_a_minute_has_so_many_requests_and_they_come_back_evenly() -> None:
    now = 0.0
    limiter = RateLimiter(lambda: now)
    assert [limiter.wait_of("a", 3) for _ in range(3)] == [0, 0, 0]
    assert limiter.wait_of("a", 3) == pytest.approx(20)
    assert limiter.wait_of("b", 3) == 0
    now = 20.0
    assert limiter.wait_of("a", 3) == 0
    assert limiter.wait_of("a", 3) == pytest.approx(20)
    now = 1_000.0
    assert [bool(limiter.wait_of("a", 3)) for _ in range(5)] == [False] * 3 + [True] * 2


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"a": [1, {"b": 2}]}', None),
        (b"[" * 5 + b"]" * 5, "nested"),
        (b"[" * 100, None),  # no JSON: whoever parses it next says so
        (b"[" * 100_000, "nested"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"a": NaN}', "finite"),
        (b'{"a": -Infinity}', "finite"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"a": "\\ud83d\\ude00"}', None),
        (b"\xff\xfe", None),
    ],
)
def test_what_is_wrong_with_a_body(body: bytes, problem: str | None) -> None:
    found = problem_of(body, 4)
    assert (found is None) == (problem is None)
    assert problem is None or problem in (found or "")


nested = st.recursive(
    st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
)


@given(nested)
def test_what_is_within_the_bounds_passes(value: object) -> None:
    def depth(item: object) -> int:
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        return 1 + max(map(depth, inner), default=0)

    assert (problem_of(json.dumps(value).encode(), 6) is None) == (depth(value) <= 6)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (InputError("Missing required input fields: ['a']"), 422, "validation_error"),
        (ProgramNotFoundError("Model x not found in registry"), 404, "program_not_found"),
        (ExecutionTimeoutError("Execution timeout after 3 seconds"), 504, "timeout_error"),
        (RateLimitedError("too many"), 429, "rate_limit_error"),
        (EndpointAuthError("401"), 502, "model_auth_error"),
        (ZeroDivisionError("secret text"), 500, "internal_error"),
    ],
)
def test_each_error_has_its_status(error: Exception, status: int, kind: str) -> None:
    found = api_error(error)
    assert (found.status, found.error.type) == (status, kind)
    assert "secret" not in found.error.message


def test_the_documents_factories() -> None:
    assert ErrorResponse.openai_api_error("Rate limit exceeded").type == "openai_api_error"
    assert "30 seconds" in ErrorResponse.timeout_error(30).message
    assert ErrorResponse.dspy_generation_error("x\x1b[2Jy").message == "x\\x1b[2Jy"
    assert ErrorResponse.of("a", "b", retry_after=0.31).retry_after == 0.4
    assert headers_of(ErrorResponse.of("a", "b", retry_after=0.31)) == {"Retry-After": "1"}
    assert set(ErrorResponse.validation_error("x").model_dump()) == {
        "id", "type", "message", "remedy", "retry_after",
    }  # fmt: skip
