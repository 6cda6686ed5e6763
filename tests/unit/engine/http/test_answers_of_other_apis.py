"""Paid answers are read in the forms of other APIs, in odd streams and in any compression."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Failure, read_success
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.encodings import unpacked
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.programs.answers import parse_answers
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.engine import make_request

REQUEST: ModelRequest = make_request(schema='{"type":"object","required":["comments"]}')
TEXTS = {"c1": "The order's number.", "c2": "Größe in 日本."}
ENTRIES = [{"id": i, "text": t} for i, t in TEXTS.items()]
GOOD = json.dumps({"comments": ENTRIES})
DRAFT = GOOD.replace("number", "draft")
HALVES = (GOOD[:40], GOOD[40:])


def chat(message: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]} | more


def events(*values: Any, end: str = "\n\n") -> str:
    return "".join(f"data: {json.dumps(value)}{end}" for value in values)


def deltas(name: str = "delta") -> list[Any]:
    return [{"choices": [{"index": 0, name: {"content": half}}]} for half in HALVES]


FORMS: dict[str, Any] = {
    "anthropic": {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": DRAFT}, {"type": "text", "text": GOOD}],
        "stop_reason": "end_turn",
    },
    "gemini": {
        "candidates": [
            {"content": {"parts": [{"text": DRAFT, "thought": True}, {"text": GOOD}]}},
        ]
    },
    "ollama chat": {"message": {"role": "assistant", "content": GOOD}, "done": True},
    "ollama generate": {"response": GOOD, "done": True},
    "responses": {
        "object": "response",
        "status": "completed",
        "output": [
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": DRAFT}]},
            {"type": "message", "content": [{"type": "output_text", "text": GOOD}]},
        ],
    },
    "text generation inference": [{"generated_text": GOOD}],
    "bedrock": {"output": {"message": {"role": "assistant", "content": [{"text": GOOD}]}}},
    "cloudflare": {"result": {"response": GOOD}, "success": True, "errors": []},
    "cloudflare, an object": {"result": {"response": json.loads(GOOD)}, "success": True},
    "cohere": {"message": {"role": "assistant", "content": [{"type": "text", "text": GOOD}]}},
    "mlflow": {"predictions": [GOOD]},
    "mlflow, chat": {"predictions": chat({"content": GOOD})},
    "an agent": {"messages": [{"role": "user"}, {"role": "assistant", "content": GOOD}]},
    "the answer itself": json.loads(GOOD),
    "choices by number": {"choices": {"0": {"message": {"content": GOOD}}}},
    "one choice": {"choices": {"message": {"content": GOOD}, "finish_reason": "stop"}},
    "messages": {"choices": [{"messages": [{"role": "assistant", "content": GOOD}]}]},
    "a message as text": chat(GOOD),
    "an empty choice first": {
        "choices": [{"message": {"content": ""}}, {"message": {"content": GOOD}}]
    },
    "parsed": chat({"content": None, "parsed": json.loads(GOOD)}),
    "a part of JSON": chat({"content": [{"type": "json", "json": json.loads(GOOD)}]}),
    "strings": chat({"content": list(HALVES)}),
    "entries": chat({"content": ENTRIES}),
    "an object of text": chat({"content": [{"type": "text", "text": {"value": GOOD}}]}),
    "a custom tool": chat(
        {"content": None, "tool_calls": [{"type": "custom", "custom": {"input": GOOD}}]}
    ),
    "reasoning details": chat({"content": None, "reasoning_details": [{"text": GOOD}]}),
    "reasoning parts": chat({"content": None, "reasoning_content": [{"text": GOOD}]}),
    "reasoning, an object": chat({"content": "", "reasoning": {"content": GOOD}}),
    "carriage returns": events(*deltas(), end="\r\r"),
    "carriage returns and feeds": events(*deltas(), end="\r\n\r\n") + ": bye\r\n",
    "data in several lines": "data: "
    + json.dumps(chat({"content": GOOD}), indent=1).replace("\n", "\ndata: "),
    "anthropic events": events(
        {"type": "message_start", "message": {"content": [], "usage": {"input_tokens": 10}}},
        {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": DRAFT}},
        *({"type": "content_block_delta", "delta": {"text": half}} for half in HALVES),
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
    ),
    "ollama lines": "\n".join(
        json.dumps({"message": {"role": "assistant", "content": half}, "done": half != GOOD[:40]})
        for half in HALVES
    ),
    "responses events": events(
        *({"type": "response.output_text.delta", "delta": half} for half in HALVES)
    ),
}


@pytest.mark.parametrize("said", FORMS.values(), ids=FORMS)
def test_other_forms_are_read(said: Any) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    attempt = read_success(text.encode(), REQUEST)
    assert attempt.failure is None, attempt.detail
    assert parse_answers(attempt.text, ["c1", "c2"]).texts == TEXTS


@pytest.mark.parametrize(
    "said",
    [
        {"role": "assistant", "content": [{"type": "thinking", "thinking": DRAFT}]},
        {"candidates": [{"content": {"parts": [{"text": DRAFT, "thought": True}]}}]},
        {"message": {"content": "", "thinking": f"First {DRAFT} no"}, "done": True},
        chat({"content": None, "reasoning_details": [{"text": f"First {DRAFT} no"}]}),
    ],
)
def test_thoughts_in_other_forms_stay_unread(said: Any) -> None:
    attempt = read_success(json.dumps(said).encode(), REQUEST)
    assert attempt.text == ""
    assert attempt.failure in {Failure.EMPTY, Failure.MALFORMED}


@pytest.mark.parametrize(
    ("usage", "paid"),
    [
        ({"usage": {"input_tokens": 10, "output_tokens": 5}}, (10, 5)),
        ({"usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5}}, (10, 5)),
        ({"prompt_eval_count": 10, "eval_count": 5}, (10, 5)),
        ({"usage": {"inputTokens": 10, "outputTokens": 5}}, (10, 5)),
    ],
)
def test_what_other_apis_say_of_the_cost_counts(usage: Any, paid: tuple[int, int]) -> None:
    said = {"message": {"role": "assistant", "content": GOOD}, "done": True} | usage
    attempt = read_success(json.dumps(said).encode(), REQUEST)
    assert (attempt.usage.input, attempt.usage.output) == paid
    assert not attempt.usage.estimated


BODY = json.dumps(completion(GOOD)).encode()


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "gzip": (gzip.compress, "gzip"),
    "x-gzip": (gzip.compress, "x-gzip"),
    "gzip not told": (gzip.compress, ""),
    "gzip twice": (lambda body: gzip.compress(gzip.compress(body)), "gzip"),
    "told and not so": (bytes, "gzip"),
    "deflate": (zlib.compress, "deflate"),
    "raw deflate": (raw_deflate, "deflate"),
    "deflate told and not so": (bytes, "deflate"),
    "br told and not so": (bytes, "br"),
    "no encoding": (bytes, "utf-8"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[AnsweringServer, list[Said]]]:
    says: list[Said] = [(200, BODY)]
    with AnsweringServer(lambda *_: says[0]) as found:
        yield found, says


def asked(server: tuple[AnsweringServer, list[Said]], said: Said) -> Any:
    found, says = server
    says[0] = said
    transport = HttpTransport(Endpoint(base_url=found.url, model="m"))
    with Engine(transport, CallPolicy(endpoint=found.url), run_id="r") as engine:
        return engine.ask([REQUEST]).responses[0]


@pytest.mark.parametrize(("pack", "encoding"), PACKED.values(), ids=PACKED)
def test_bodies_are_unpacked_by_what_they_are(
    server: tuple[AnsweringServer, list[Said]], pack: Callable[[bytes], bytes], encoding: str
) -> None:
    response = asked(server, (200, pack(BODY), {"Content-Encoding": encoding}))
    assert response.usable, response.error
    assert parse_answers(response.text, ["c1", "c2"]).texts == TEXTS


@pytest.mark.parametrize("status", [201, 202, 203, 206, 246])
def test_an_answer_of_another_good_status_is_read(
    server: tuple[AnsweringServer, list[Said]], status: int
) -> None:
    assert asked(server, (status, BODY)).usable


def test_bodies_that_cannot_be_unpacked_are_named() -> None:
    with pytest.raises(ValueError, match="'br', which was not asked for"):
        unpacked(b"\x8b\x02\x80abc", "br", 100)
    with pytest.raises(ValueError, match="breaks off"):
        unpacked(gzip.compress(BODY)[:-20], "gzip", 10_000)
    assert unpacked(gzip.compress(b" " * 10_000), "", 1_000) is None
    assert unpacked(b"", "gzip", 100) == b""
