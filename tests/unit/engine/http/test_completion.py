"""Answers that were paid are read, in whatever wrapping they come."""

import json
from typing import Any

import pytest

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Failure, read_success
from lakegloss.programs.answers import parse_answers
from tests.kits.engine import make_request

SCHEMA = '{"type":"object","properties":{"comments":{}},"required":["comments"]}'
REQUEST: ModelRequest = make_request(schema=SCHEMA)
TEXTS = {"c1": "The order's number.", "c2": "Größe in 日本."}
GOOD = json.dumps({"comments": [{"id": i, "text": t} for i, t in TEXTS.items()]})
USAGE = {"prompt_tokens": 12, "completion_tokens": 5}


def body(message: Any, *, finish: str = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "x", "choices": [choice], "usage": USAGE} | more


def called(arguments: Any) -> dict[str, Any]:
    function = {"name": "answer", "arguments": arguments}
    return {"content": None, "tool_calls": [{"type": "function", "function": function}]}


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return "data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]} | more)


def streamed(*lines: str) -> str:
    return "\n\n".join(lines) + "\n\ndata: [DONE]\n\n"


PLAIN = json.dumps(body({"content": GOOD}))
HALF = len(GOOD) // 2
READ = {
    "plain": PLAIN,
    "reasoning_content": json.dumps(body({"content": None, "reasoning_content": GOOD})),
    "reasoning": json.dumps(body({"content": "", "reasoning": f"```json\n{GOOD}\n```"})),
    "thoughts and answer": json.dumps(
        body({"content": "\n", "reasoning_content": f"<think>hm {{</think>{GOOD}"})
    ),
    "tool call": json.dumps(body(called(GOOD), finish="tool_calls")),
    "tool call, an object": json.dumps(body(called(json.loads(GOOD)))),
    "tool call after prose": json.dumps(body(called(GOOD) | {"content": "I call the tool."})),
    "function call": json.dumps(
        body({"content": None, "function_call": {"name": "a", "arguments": GOOD}})
    ),
    "tool use part": json.dumps(
        body({"content": [{"type": "tool_use", "input": json.loads(GOOD)}]})
    ),
    "output_text part": json.dumps(body({"content": [{"type": "output_text", "text": GOOD}]})),
    "part without type": json.dumps(body({"content": [{"text": GOOD}]})),
    "object": json.dumps(body({"content": json.loads(GOOD)})),
    "legacy text": json.dumps({"choices": [{"text": GOOD, "finish_reason": "stop"}]}),
    "text beside null": json.dumps({"choices": [{"message": None, "text": GOOD}]}),
    "double-encoded": json.dumps(body({"content": json.dumps(GOOD)})),
    "body in a string": json.dumps(PLAIN),
    "body of a lambda": json.dumps({"statusCode": 200, "body": PLAIN}),
    "wrapped": json.dumps({"success": True, "result": json.loads(PLAIN)}),
    "in a list": json.dumps([json.loads(PLAIN)]),
    "blanks": f"\n\n \r\n{PLAIN}\n",
    "signs of life": f": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n{PLAIN}",
    "a comment": f"/* ok */ {PLAIN}",
    "a guard": f")]}}',\n{PLAIN}",
    "events with a whole body": f"event: message\ndata: {PLAIN}\n\ndata: [DONE]\n\n",
    "events": streamed(
        ": ping",
        chunk({"role": "assistant", "content": ""}),
        chunk({"reasoning_content": "hm"}),
        chunk({"content": GOOD[:HALF]}),
        chunk({"content": GOOD[HALF:]}),
        chunk({}, "stop"),
        "data: " + json.dumps({"choices": [], "usage": USAGE}),
    ),
    "events of a tool call": streamed(
        chunk({"tool_calls": [{"index": 0, "function": {"name": "a", "arguments": GOOD[:HALF]}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": GOOD[HALF:]}}]}, "tool_calls"),
    ),
    "lines without data": "\n".join(
        line.removeprefix("data: ")
        for line in (chunk({"content": GOOD[:HALF]}), chunk({"content": GOOD[HALF:]}, "stop"))
    ),
    "events before a body": f"data: {json.dumps({'choices': []})}\n\n{PLAIN}",
}


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_paid_answers_are_read(text: str) -> None:
    attempt = read_success(text.encode(), REQUEST)
    assert (attempt.failure, attempt.status) == (None, 200)
    assert parse_answers(attempt.text, ["c1", "c2"]).texts == TEXTS


def test_the_usage_of_a_stream_counts() -> None:
    attempt = read_success(READ["events"].encode(), REQUEST)
    assert (attempt.usage.input, attempt.usage.output) == (12, 5)
    assert attempt.finish_reason == "stop"


@pytest.mark.parametrize(
    ("charset", "stated"),
    [
        ("utf-8", ""),
        ("utf-8", "iso-8859-1"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16le"),
        ("utf-16-be", ""),
        ("shift_jis", "Shift_JIS"),
        ("gb18030", "gb18030"),
        ("utf-8", "no-such-charset"),
        ("utf-8", "hex"),
    ],
)
def test_charsets_are_read(charset: str, stated: str) -> None:
    text = json.dumps(body({"content": "価格 in 日本"}), ensure_ascii=False)
    assert read_success(text.encode(charset), REQUEST, charset=stated).text == "価格 in 日本"


def test_a_stated_latin_charset_is_read() -> None:
    text = json.dumps(body({"content": "Größe"}), ensure_ascii=False)
    for charset in ("iso-8859-1", "windows-1252"):
        assert read_success(text.encode(charset), REQUEST, charset=charset).text == "Größe"


@pytest.mark.parametrize(
    ("thought", "finish"),
    [
        pytest.param("Let me see what these are.", "stop", id="prose"),
        pytest.param(f"First try: {GOOD} too vague", "stop", id="draft"),
        pytest.param(GOOD, "length", id="cut"),
        pytest.param('{"plan": ["look", "write"]}', "stop", id="another object"),
        pytest.param(GOOD[:-5], "stop", id="no whole answer"),
        pytest.param(f"<think>{GOOD}</think>", "stop", id="marked"),
    ],
)
def test_thoughts_stay_unread(thought: str, finish: str) -> None:
    for message in (
        {"content": None, "reasoning_content": thought},
        {"content": "", "reasoning": thought},
    ):
        attempt = read_success(json.dumps(body(message, finish=finish)).encode(), REQUEST)
        assert (attempt.failure, attempt.text) == (Failure.EMPTY, "")
        assert (attempt.usage.input, attempt.usage.output) == (12, 5)


def test_a_cut_off_draft_is_empty_and_not_bought_again() -> None:
    text = f"<think>First try: {GOOD} too vague, better"
    attempt = read_success(json.dumps(body({"content": text}, finish="length")).encode(), REQUEST)
    assert (attempt.failure, attempt.text) == (Failure.EMPTY, "")
    assert not attempt.retryable
    assert "thoughts" in attempt.detail


ERRORS = {
    "local server": ({"error": "model 'x' is not loaded"}, Failure.INVALID),
    "wrong path": (
        {"error": "Unexpected endpoint or method. (POST /chat/completions). Returning 200 anyway"},
        Failure.MISROUTED,
    ),
    "openai": ({"error": {"message": "bad", "code": 400}}, Failure.INVALID),
    "overloaded": ({"error": {"type": "overloaded_error", "message": "Busy"}}, Failure.SERVER),
    "upstream": ({"error": {"message": "Provider returned error", "code": 502}}, Failure.SERVER),
    "in a choice": (
        {"choices": [{"error": {"code": 429, "message": "slow"}, "finish_reason": "error",
                      "message": {"content": ""}}]},
        Failure.RATE_LIMITED,
    ),
    "key": ({"error": {"message": "Invalid API key", "code": "401"}}, Failure.AUTH),
    "credit": ({"error": {"code": 402, "message": "Insufficient credits"}}, Failure.QUOTA),
    "context": ({"message": "the request exceeds the available context size"},
                Failure.CONTEXT_LENGTH),
    "detail": ({"detail": "Not Found"}, Failure.INVALID),
    "a page": ("<!DOCTYPE html><html><title>Sign in</title>", Failure.MISROUTED),
    "a line": ("Ollama is running", Failure.MISROUTED),
}  # fmt: skip


@pytest.mark.parametrize(("said", "failure"), ERRORS.values(), ids=ERRORS)
def test_a_200_that_is_no_answer_costs_nothing(said: Any, failure: Failure) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    attempt = read_success(text.encode(), REQUEST)
    assert attempt.failure is failure
    assert attempt.usage.total == 0
    assert attempt.detail


@pytest.mark.parametrize("finish", ["content_filter", "SAFETY", "guardrail_intervened"])
def test_what_was_whole_before_a_filter_is_kept(finish: str) -> None:
    cut = GOOD[: GOOD.index('"}, ') + 2] + ', {"id": "c2", "te'
    attempt = read_success(json.dumps(body({"content": cut}, finish=finish)).encode(), REQUEST)
    assert parse_answers(attempt.text, ["c1", "c2"]).texts == {"c1": TEXTS["c1"]}
    attempt = read_success(json.dumps(body({"content": "The"}, finish=finish)).encode(), REQUEST)
    assert attempt.failure is Failure.REFUSED
