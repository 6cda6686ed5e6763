"""Backoff and Retry-After."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.limits.retry import RetryPolicy, parse_retry_after
from tests.kits.engine import START


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-5", 0.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30.0),
        ("Wed, 31 Dec 2025 23:00:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("", None),
        (None, None),
        ("Thu, 99 Foo 2026", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, START) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_raises_or_asks_for_less_than_nothing(value: str) -> None:
    assert (parse_retry_after(value, START) or 0.0) >= 0.0


@given(st.integers(1, 1000), st.one_of(st.none(), st.floats(0, allow_infinity=True)))
def test_waits_are_bounded(attempt: int, asked: float | None) -> None:
    policy = RetryPolicy(base=1.0, cap=30.0, retry_after_cap=60.0)
    wait = policy.delay(attempt, asked, random.Random(1))
    assert 0 <= wait <= (30.0 if asked is None else 61.0)
    if asked is not None:
        assert wait >= min(asked, 60.0)


def test_backoff_grows_and_is_spread() -> None:
    policy, rng = RetryPolicy(base=1.0, cap=30.0), random.Random(1)
    means = [sum(policy.delay(n, None, rng) for _ in range(500)) / 500 for n in (1, 3, 5)]
    assert means == pytest.approx([0.5, 2.0, 8.0], rel=0.15)
