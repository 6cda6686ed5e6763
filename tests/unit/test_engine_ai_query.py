"""Prompts, SQL and answers of `ai_query`, without Spark."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.requests import Message
from lakegloss.engine.ai_query import (
    answer_fields,
    chunks,
    flatten,
    read_answer,
    read_response_format,
)
from lakegloss.engine.attempt import Failure
from tests.engine_kit import make_request


def by_hash(*requests: object) -> dict[str, object]:
    return {r.request_hash: r for r in requests}  # type: ignore[attr-defined]


def test_chunks_share_parameters_and_keep_all() -> None:
    requests = by_hash(*(make_request(n, max_tokens=100 * (1 + n % 2)) for n in range(10)))
    made = chunks(requests, structured="json_schema", size=3)  # type: ignore[arg-type]
    assert [len(c.requests) for c in made] == [3, 2, 3, 2]
    assert {c.max_tokens for c in made[:2]} == {100}
    merged = {key: r for c in made for key, r in c.requests.items()}
    assert merged == requests


def test_the_call() -> None:
    requests = by_hash(make_request(temperature=0.0, model="it's\\"))
    [chunk] = chunks(requests, structured="json_object")  # type: ignore[arg-type]
    assert chunk.expression() == (
        "ai_query('it\\'s\\\\', prompt, modelParameters => named_struct('max_tokens', 100, "
        "'temperature', 0.0D), failOnError => false, "
        'responseFormat => \'{"type":"json_object"}\')'
    )


@pytest.mark.parametrize("structured", ["json_schema", "json_object", "off"])
def test_the_answers_format_comes_back(structured: str) -> None:
    [chunk] = chunks(by_hash(make_request()), structured=structured)  # type: ignore[arg-type]
    mode, schema, name = read_response_format(chunk.response_format)
    assert mode == structured
    if structured == "json_schema":
        assert (json.loads(schema), name) == ({"type": "object"}, "comments")


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"type": "json_schema"}', "STRUCT<a: STRING>"])
def test_other_formats_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_response_format(text)


@given(st.lists(st.text(alphabet="<>system\n abc", max_size=40), min_size=1, max_size=4))
def test_content_cannot_start_a_section(contents: list[str]) -> None:
    messages = [Message(role="user", content=content) for content in contents]
    prompt = flatten(messages)
    assert prompt.count("<<<") == prompt.count(">>>") == len(contents)


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (["result", "errorMessage"], ("result", "errorMessage")),
        (["response", "error"], ("response", "error")),
        (["errorStatus", "response"], ("response", "errorStatus")),
        (["RESULT", "ERRORMESSAGE"], ("RESULT", "ERRORMESSAGE")),
    ],
)
def test_every_spelling_of_the_failure_struct(names: list[str], fields: tuple[str, str]) -> None:
    assert answer_fields(names) == fields


def test_an_unknown_spelling_is_named() -> None:
    with pytest.raises(ValueError, match="outcome"):
        answer_fields(["outcome", "problem"])


@pytest.mark.parametrize(
    ("text", "error", "failure"),
    [
        ("{}", None, None),
        ("{}", "", None),
        (None, None, Failure.EMPTY),
        (" ", None, Failure.EMPTY),
        (None, "429: REQUEST_LIMIT_EXCEEDED", Failure.RATE_LIMITED),
        (None, "PERMISSION_DENIED", Failure.AUTH),
        (None, "Request timed out", Failure.TIMEOUT),
        (None, "400 prompt is too long", Failure.CONTEXT_LENGTH),
        (None, "400 BAD_REQUEST", Failure.INVALID),
        (None, "something broke", Failure.SERVER),
    ],
)
def test_rows_as_attempts(text: str | None, error: str | None, failure: Failure | None) -> None:
    attempt = read_answer(text, error, make_request(), latency=1.0)
    assert attempt.failure is failure
    assert attempt.usage.estimated
