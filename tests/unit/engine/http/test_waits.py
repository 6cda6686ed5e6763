"""How long servers ask to wait, in every form in which they say it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.attempt import Failure, error_text, read_failure
from lakegloss.engine.http.waits import seconds_asked, wait_asked
from tests.kits.engine import START

EPOCH = int(START.timestamp())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Thu, 01 Jan 2026 00:00:30 GMT"}, 30),
        ({"Retry-After": "Thursday, 01-Jan-26 00:00:30 GMT"}, 30),
        ({"Retry-After": "Thu Jan  1 00:00:30 2026"}, 30),
        ({"Retry-After": "2026-01-01T00:00:30Z"}, 30),
        ({"Retry-After": "2026-01-01 00:00:30"}, 30),
        ({"Retry-After": "14s"}, 14),
        ({"Retry-After": "14 seconds"}, 14),
        ({"Retry-After": "1m30s"}, 90),
        ({"Retry-After": "13, 13"}, 13),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "2026-99-01T00:00:30Z"}, None),
        ({"retry-after-ms": "1200"}, 1.2),
        ({"retry-after-ms": "1200", "retry-after": "2"}, 1.2),
        ({"x-ms-retry-after-ms": "15000"}, 15),
        ({"x-ratelimit-reset-tokens": "1m2.5s", "x-ratelimit-remaining-tokens": "0"}, 62.5),
        ({"x-ratelimit-reset-requests": "120ms"}, 0.12),
        ({"x-rate-limit-reset-tokens": "55"}, 55),
        ({"RateLimit-Reset": "18"}, 18),
        ({"RateLimit": '"default";r=0;t=18'}, 18),
        ({"RateLimit": '"default";r=5;t=18'}, None),
        ({"X-RateLimit-Reset": str(EPOCH + 20), "X-RateLimit-Remaining": "0"}, 20),
        ({"X-RateLimit-Reset": str(1000 * (EPOCH + 20))}, 20),
        ({"X-RateLimit-Reset-After": "3.5"}, 3.5),
        ({"anthropic-ratelimit-requests-reset": "2026-01-01T00:00:22Z"}, 22),
        (
            {
                "anthropic-ratelimit-input-tokens-reset": "2026-01-01T00:00:22Z",
                "anthropic-ratelimit-input-tokens-remaining": "4000",
            },
            None,
        ),
        (
            {
                "x-ratelimit-reset-requests": "24h0m0s",
                "x-ratelimit-remaining-requests": "190",
                "x-ratelimit-reset-tokens": "6s",
                "x-ratelimit-remaining-tokens": "0",
            },
            6,
        ),
        ({"x-ratelimit-reset-tokens": "0", "x-ratelimit-remaining-tokens": "-1"}, None),
        ({"x-ratelimit-limit-tokens": "100"}, None),
        ({}, None),
    ],
)
def test_waits_in_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_asked(headers, START, limited=True) == seconds
    lowered = {name.lower(): value for name, value in headers.items()}
    assert wait_asked(lowered, START, limited=True) == seconds


def test_a_date_counts_by_the_clock_of_the_server() -> None:
    headers = {"Retry-After": "Thu, 01 Jan 2026 00:00:30 GMT"}
    late = datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert wait_asked(headers, late, limited=True) == 0
    headers["Date"] = "Thu, 01 Jan 2026 00:00:10 GMT"
    assert wait_asked(headers, late, limited=True) == 20


def test_headers_on_limits_count_only_where_a_limit_was_passed() -> None:
    headers = {"RateLimit-Reset": "18"}
    assert wait_asked(headers, START, limited=False) is None
    assert wait_asked(headers | {"Retry-After": "3"}, START, limited=False) == 3


@given(st.text(max_size=30), st.sampled_from(["retry-after", "ratelimit-reset", "ratelimit"]))
def test_no_header_raises_or_asks_for_less_than_nothing(value: str, name: str) -> None:
    assert (wait_asked({name: value, "date": value}, START, limited=True) or 0.0) >= 0.0


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ([{"error": {"details": [{"@type": "x/RetryInfo", "retryDelay": "13s"}]}}], 13),
        ([{"error": {"details": [{"retryDelay": {"seconds": 19}}]}}], 19),
        ({"error": {"message": "Too many requests", "retry_after": 2.5}}, 2.5),
        ({"message": "Too Many Requests", "retry_after": 14}, 14),
        ({"error": {"message": "slow", "retry_after_seconds": 11}}, 11),
        ({"error": {"message": "slow", "retryAfterMs": 12000}}, 12),
        ({"error": {"message": "slow", "retryAfter": "17"}}, 17),
        ({"error": {"metadata": {"raw": "slow", "retry_after_seconds": 16}}}, 16),
        ({"error": {"message": "slow", "retry_after": True}}, None),
        ({"error": {"message": "slow", "reset": 1893456000}}, None),
        ('event: error\ndata: {"error": {"message": "slow", "retry_after": 7}}\n\n', 7),
    ],
)
def test_waits_in_the_parts_of_a_body(body: Any, seconds: float | None) -> None:
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    assert seconds_asked(error_text(raw)) == seconds
    assert read_failure(429, raw).retry_after == seconds
    assert read_failure(429, raw, retry_after=3.0).retry_after == 3.0


def test_a_model_that_loads_says_when_to_come_back() -> None:
    body = b'{"error": "Model x is currently loading", "estimated_time": 20.0}'
    attempt = read_failure(503, body)
    assert (attempt.failure, attempt.retry_after) == (Failure.SERVER, 20)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Request was throttled. Expected available in 12 seconds.", 12),
        ("No deployments available for selected model, Try again in 7 seconds. Passed x", 7),
        ("Please retry your request in 5 seconds.", 5),
        ("Please wait for 9 seconds and try again", 9),
        ("Please try again in about 5 minutes", 300),
        ("Please try again in 1 minute and 20 seconds.", 80),
        ("try again after 1 seconds", 1),
        ("rate limit resets in 8s", 8),
        ("cooldown_time=5", 5),
        ("Quota resets in 14 hours", 50_400),
        ("Bitte in 20 Sekunden erneut versuchen", 20),
        ("请在20秒后重试", 20),
        ("resets at 10:00 UTC", None),
        ("try again on 2026-12-01", None),
        ("retry the 3 requests", None),
    ],
)
def test_waits_in_words(said: str, seconds: float | None) -> None:
    assert seconds_asked(said) == seconds
