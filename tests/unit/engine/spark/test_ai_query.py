"""Prompts, SQL and answers of `ai_query`, without Spark."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import Row
from pyspark.sql.types import StringType, StructField, StructType

from lakegloss.core.requests import Message
from lakegloss.engine.attempt import Failure
from lakegloss.engine.spark.ai_query import (
    ALL_FAILED,
    answer_fields,
    chunks,
    flatten,
    hopeless,
    read_answer,
    read_response_format,
)
from lakegloss.engine.spark.sql_function import _reader
from tests.kits.engine import failed, good, make_request


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


def test_a_chunk_is_cut_without_losing_a_request() -> None:
    [chunk] = chunks(by_hash(*(make_request(n) for n in range(5))), structured="off")  # type: ignore[arg-type]
    head, rest = chunk.split(2)
    assert [len(part.requests) for part in (head, rest)] == [2, 3]
    assert {**head.requests, **rest.requests} == chunk.requests
    assert head.expression() == rest.expression() == chunk.expression()


def test_when_a_chunk_is_hopeless() -> None:
    down, forbidden = failed(Failure.SERVER), failed(Failure.AUTH, 403)
    assert hopeless([forbidden, down], answered_before=False).startswith("auth")
    assert hopeless([forbidden, good()], answered_before=True) == ""
    assert hopeless([down] * (ALL_FAILED - 1), answered_before=False) == ""
    assert hopeless([down] * ALL_FAILED, answered_before=True).startswith("server")
    assert hopeless([*[down] * ALL_FAILED, good()], answered_before=True) == ""
    assert hopeless([], answered_before=False) == ""


def _struct(*names: str) -> StructType:
    return StructType([StructField(name, StringType()) for name in names])


@pytest.mark.parametrize(
    ("names", "answer", "read"),
    [
        (("result", "errorMessage"), Row(result="{}", errorMessage=None), ("{}", None)),
        (("response", "errorStatus"), Row(response=None, errorStatus="429"), (None, "429")),
        (
            ("response", "errorStatus"),
            Row(response=None, errorStatus=Row(code=403, message="no")),
            (None, '{"code": 403, "message": "no"}'),
        ),
        (
            ("response", "errorStatus"),
            Row(response="{}", errorStatus=Row(code=None, message=None)),
            ("{}", None),
        ),
        (
            ("result", "error"),
            Row(result=Row(comments=[Row(id="c1", text="x")]), error=None),
            ('{"comments": [{"id": "c1", "text": "x"}]}', None),
        ),
        (("result", "error"), None, (None, None)),
    ],
)
def test_struct_answers_and_struct_errors_are_read(
    names: tuple[str, ...], answer: Row | None, read: tuple[str | None, str | None]
) -> None:
    assert _reader(_struct(*names))(answer) == read


def test_an_answer_that_is_plain_text_has_no_error() -> None:
    assert _reader(StringType())("{}") == ("{}", None)
