"""Reading what endpoints answer, well-formed or not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.attempt import Failure, clean, read_failure, read_success
from tests.kits.engine import make_request

REQUEST = make_request()


def completion(message: object, *, finish: object = "stop", usage: object = None) -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return json.dumps({"choices": [choice], "usage": usage}).encode()


def test_an_answer_with_its_usage() -> None:
    usage = {
        "prompt_tokens": 12,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 8},
    }
    attempt = read_success(completion({"content": "hello"}, usage=usage), REQUEST)
    assert (attempt.text, attempt.finish_reason, attempt.failure) == ("hello", "stop", None)
    assert (attempt.usage.input, attempt.usage.cached, attempt.usage.output) == (12, 8, 5)
    assert not attempt.usage.estimated


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "7",
        [],
        {"prompt_tokens": "12", "completion_tokens": 5},
        {"prompt_tokens": True, "completion_tokens": 5},
        {"prompt_tokens": -1, "completion_tokens": 5},
        {"prompt_tokens": 1e300, "completion_tokens": 5},
    ],
    ids=["none", "text", "list", "string", "bool", "negative", "huge"],
)
def test_usage_that_cannot_be_is_estimated(usage: object) -> None:
    attempt = read_success(completion({"content": "some words here"}, usage=usage), REQUEST)
    assert attempt.usage.estimated
    assert attempt.usage.input == REQUEST.input_tokens
    assert attempt.usage.output > 0


@pytest.mark.parametrize(
    ("message", "finish", "failure"),
    [
        pytest.param({"content": None}, "stop", Failure.EMPTY, id="null"),
        pytest.param({"content": "  \n"}, "stop", Failure.EMPTY, id="blank"),
        pytest.param({"content": []}, "stop", Failure.EMPTY, id="no parts"),
        pytest.param({}, "stop", Failure.EMPTY, id="no content"),
        pytest.param({"content": None, "refusal": "no"}, "stop", Failure.REFUSED, id="refusal"),
        pytest.param({"content": "par"}, "content_filter", Failure.REFUSED, id="filter"),
        pytest.param({"content": 7}, "stop", Failure.MALFORMED, id="number"),
        pytest.param({"content": {"a": 1}}, "stop", Failure.MALFORMED, id="object"),
        pytest.param("text", "stop", Failure.MALFORMED, id="message is text"),
        pytest.param({"content": "cut"}, "length", None, id="truncated"),
        pytest.param({"content": "x"}, None, None, id="no finish reason"),
    ],
)
def test_what_an_answer_is(message: object, finish: object, failure: Failure | None) -> None:
    assert read_success(completion(message, finish=finish), REQUEST).failure is failure


def test_reasoning_models_answer_in_parts() -> None:
    parts = [
        {"type": "reasoning", "summary": [{"text": "hm"}]},
        {"type": "text", "text": "an"},
        {"type": "text", "text": "swer"},
        "odd",
    ]
    assert read_success(completion({"content": parts}), REQUEST).text == "answer"


def test_an_answer_that_reasoning_ate_is_not_asked_again() -> None:
    attempt = read_success(completion({"content": ""}, finish="length"), REQUEST)
    assert attempt.failure is Failure.EMPTY
    assert not attempt.retryable


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="no choices"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"choices": []}', id="empty choices"),
        pytest.param(b'{"choices": {}}', id="choices are an object"),
        pytest.param(b"\xff\xfe", id="binary"),
        pytest.param(b'{"choices":[{"message":', id="cut"),
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b'{"choices":[{"message":null}]}', id="no message"),
    ],
)
def test_bodies_that_are_no_completion_are_paid_and_tried_again(body: bytes) -> None:
    attempt = read_success(body, REQUEST)
    assert attempt.failure is Failure.MALFORMED
    assert attempt.retryable
    assert attempt.usage.estimated
    assert attempt.usage.output <= REQUEST.max_tokens


def test_a_body_that_breaks_off_may_have_cost_all_it_could() -> None:
    attempt = read_success(b'{"choices":[{"message":{"content":"Reco', REQUEST)
    assert (attempt.usage.input, attempt.usage.output) == (REQUEST.input_tokens, REQUEST.max_tokens)


def test_the_usage_of_an_answer_that_cannot_be_read_counts() -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 5}
    attempt = read_success(completion({"content": 7}, usage=usage), REQUEST)
    assert (attempt.usage.input, attempt.usage.output) == (12, 5)
    assert not attempt.usage.estimated


@given(st.binary(max_size=300))
def test_no_body_raises(body: bytes) -> None:
    read_success(body, REQUEST)
    read_failure(400, body)


def test_half_a_surrogate_pair_does_not_reach_a_table() -> None:
    body = b'{"choices":[{"message":{"content":"a\\ud800b"},"finish_reason":"stop"}]}'
    assert read_success(body, REQUEST).text == "a?b"


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (429, {}, Failure.RATE_LIMITED),
        (401, {}, Failure.AUTH),
        (403, {}, Failure.AUTH),
        (408, {}, Failure.TIMEOUT),
        (500, {}, Failure.SERVER),
        (503, {}, Failure.SERVER),
        (529, {}, Failure.SERVER),
        (404, {"error_code": "ENDPOINT_NOT_FOUND", "message": "no"}, Failure.INVALID),
        (302, {}, Failure.MISROUTED),
        (400, {"error": {"code": "context_length_exceeded"}}, Failure.CONTEXT_LENGTH),
        (400, {"message": "prompt is too long: 9 tokens"}, Failure.CONTEXT_LENGTH),
        (400, {"error": {"code": "content_filter"}}, Failure.REFUSED),
        (400, {"error": "bad"}, Failure.INVALID),
    ],
)
def test_what_a_status_means(status: int, body: dict[str, Any], failure: Failure) -> None:
    attempt = read_failure(status, json.dumps(body).encode())
    assert attempt.failure is failure
    assert attempt.error.startswith(f"{failure}: HTTP {status}")
    assert attempt.usage.total == 0


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: s3cret-of-ours.",
        "Bearer s3cret-of-ours",
        "sk-abcdefghijklmnop1234 and dapi0123456789abcdef",
    ],
)
def test_errors_hold_no_key(text: str) -> None:
    attempt = read_failure(401, json.dumps({"message": text}).encode(), secret="s3cret-of-ours")
    for key in ("s3cret", "sk-abc", "dapi012"):
        assert key not in attempt.error


def test_errors_are_one_short_printable_line() -> None:
    text = clean("a\x1b[31mred\x00\n\tb\u202ec" + "x" * 10_000)
    assert text.startswith("a [31mred b c")
    assert len(text) <= 300
    assert text.isprintable()
