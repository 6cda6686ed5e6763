"""A chunk whose rows refuse its form is asked in a weaker one, and so are those after it."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.spark import sql_function
from lakegloss.engine.spark.ai_query import Chunk, chunks, read_answer
from lakegloss.errors import EndpointAuthError, EndpointUnavailableError
from tests.kits.engine import FakeClock, make_request

REFUSAL = "400 BAD_REQUEST: output_config.format: Extra inputs are not permitted"


def asked(
    monkeypatch: pytest.MonkeyPatch, taken: set[str], said: str = REFUSAL, count: int = 6
) -> tuple[Any, list[str], Any]:
    """The run, the forms in the order they were asked in, and how it ended."""
    forms: list[str] = []

    def rows(_: Any, chunk: Chunk) -> Mapping[str, Attempt]:
        forms.append(chunk.structured)
        fits = chunk.structured in taken
        return {
            key: read_answer("{}" if fits else None, None if fits else said, request, latency=0.1)
            for key, request in chunk.requests.items()
        }

    monkeypatch.setattr(sql_function.ChunkRun, "ask_chunk", rows)
    policy = CallPolicy(transport="ai_query", endpoint="ai_query")
    run = sql_function.ChunkRun(None, policy, "r", None, {}, FakeClock())  # type: ignore[arg-type]
    requests = {r.request_hash: r for r in (make_request(n) for n in range(count))}
    ended = run.ask(chunks(requests, structured="json_schema", size=2))
    return run, forms, ended


@pytest.mark.parametrize(
    ("taken", "forms"),
    [
        ({"json_schema", "json_object", "off"}, ["json_schema"] * 3),
        ({"json_object", "off"}, ["json_schema", *["json_object"] * 3]),
        ({"off"}, ["json_schema", "json_object", *["off"] * 3]),
    ],
)
def test_the_form_is_found_once(
    taken: set[str],
    forms: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        run, found, _ = asked(monkeypatch, taken)
    assert found == forms
    assert [answer.usable for answer in run.answers] == [True] * 6
    assert (forms[0] == forms[-1]) or f"set structured to {forms[-1]!r}" in caplog.text


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ("PERMISSION_DENIED 403 no right to query", EndpointAuthError, "CAN QUERY"),
        ("HTTP 401 token expired", EndpointAuthError, "log in again"),
        ("auth: HTTP 401 no", EndpointAuthError, "HTTP 401"),
        ("429 insufficient_quota", EndpointUnavailableError, "credit"),
    ],
)
def test_what_a_refused_chunk_says(
    said: str, error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, forms, (_, ended) = asked(monkeypatch, set(), said)
    assert isinstance(ended, error)
    assert words in str(ended)
    assert "auth: auth" not in str(ended)
    assert forms == ["json_schema"]
    assert {a.error.partition(":")[0] for a in run.answers} <= {Failure.AUTH, Failure.QUOTA}


def test_a_form_that_had_answers_is_not_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    forms: list[str] = []

    def rows(_: Any, chunk: Chunk) -> Mapping[str, Attempt]:
        forms.append(chunk.structured)
        refused = len(forms) > 1
        return {
            key: read_answer(
                None if refused else "{}", "400 bad request" if refused else None, request,
                latency=0.1,
            )
            for key, request in chunk.requests.items()
        }  # fmt: skip

    monkeypatch.setattr(sql_function.ChunkRun, "ask_chunk", rows)
    policy = CallPolicy(transport="ai_query", endpoint="ai_query")
    run = sql_function.ChunkRun(None, policy, "r", None, {}, FakeClock())  # type: ignore[arg-type]
    requests = {r.request_hash: r for r in (make_request(n) for n in range(6))}
    run.ask(chunks(requests, structured="json_schema", size=2))
    assert forms == ["json_schema"] * 3, "the messages of the later chunks are refused"
