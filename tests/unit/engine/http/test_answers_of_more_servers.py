"""Paid answers are read where more servers put them, and a draft that was cut off is none."""

import json
import socketserver
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt, Failure, read_success
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.ends import no_api, why_lost
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.http.finishes import plain_finish
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.engine.outcome import Outcome
from lakegloss.programs.answers import parse_answers
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.engine import FakeClock, make_request

REQUEST: ModelRequest = make_request(schema='{"type":"object","required":["comments"]}')
TEXTS = {"c1": "The order's number.", "c2": "Größe in 日本."}
GOOD = json.dumps({"comments": [{"id": i, "text": t} for i, t in TEXTS.items()]})
DRAFT = GOOD.replace("number", "draft")
HALVES = (GOOD[:40], GOOD[40:])


def chat(message: Any, finish: str = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}]} | more


def events(*values: Any) -> str:
    return "".join(f"data: {json.dumps(value)}\n\n" for value in values)


def piece(delta: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta} | more]}


def read(said: Any) -> Attempt:
    text = said if isinstance(said, str) else json.dumps(said)
    return read_success(text.encode(), REQUEST)


FORMS: dict[str, Any] = {
    "a message beside an empty delta": {
        "choices": [
            {"message": {"content": GOOD}, "delta": {"role": "assistant", "content": ""}},
        ]
    },
    "pieces beside the message so far": events(
        piece({"content": HALVES[0]}, message={"content": HALVES[0]}),
        piece({"content": HALVES[1]}, message={"content": GOOD}),
    ),
    "pieces, then the whole": events(
        piece({"content": HALVES[0]}), piece({"content": HALVES[1]}), chat({"content": GOOD})
    ),
    "pieces of two answers": events(
        piece({"content": GOOD}), {"choices": [{"index": 1, "delta": {"content": DRAFT}}]}
    ),
    "pieces of thoughts alone": events(*(piece({"reasoning_content": h}) for h in HALVES)),
    "pieces in parts": events(
        piece({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": DRAFT}]}]}),
        piece({"content": [{"type": "text", "text": GOOD}]}),
    ),
    "a choice without a message": {"choices": [{"role": "assistant", "content": GOOD}]},
    "prose, then a call": {
        "choices": [
            {"message": {"content": "I need to think."}, "finish_reason": "tool_calls"},
            {"message": {"tool_calls": [{"function": {"name": "a", "arguments": GOOD}}]}},
        ]
    },
    "a call beside prose in braces": chat(
        {"content": "I use {answer}.", "tool_calls": [{"function": {"arguments": GOOD}}]}
    ),
    "content as one part": chat({"content": {"type": "text", "text": GOOD}}),
    "text in the output": {"output": {"finish_reason": "stop", "text": GOOD}},
    "content in the output": {"output": {"content": GOOD, "type": "ai"}},
    "a result": {"object": "chat.completion", "result": GOOD},
    "messages that were generated": [
        {"generated_text": [{"role": "user"}, {"role": "assistant", "content": GOOD}]}
    ],
    "an envelope that says ok": {"code": 0, "message": "success", "data": chat({"content": GOOD})},
    "a status of 0 beside": chat({"content": GOOD}, base_resp={"status_code": 0, "status_msg": ""}),
    "an error, then the answer": json.dumps({"error": {"message": "timeout"}})
    + "\n"
    + json.dumps(chat({"content": GOOD})),
    "the answer twice": json.dumps(chat({"content": GOOD})) * 2,
    "a call in a channel": chat(
        {
            "content": "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>"
            f"commentary to=functions.answer <|constrain|>json<|message|>{GOOD}<|call|>"
        }
    ),
}


@pytest.mark.parametrize("said", FORMS.values(), ids=FORMS)
def test_more_forms_are_read(said: Any) -> None:
    attempt = read(said)
    assert attempt.failure is None, attempt.detail
    assert parse_answers(attempt.text, ["c1", "c2"]).texts == TEXTS


@pytest.mark.parametrize(
    "finish",
    [
        *("model_length", "model_context_window_exceeded", "token_limit", "max_new_tokens"),
        *("FinishReason.MAX_TOKENS", "MAX_TOKENS", "max_output_tokens", "context_window"),
    ],
)
def test_a_draft_that_was_cut_is_no_answer_whatever_the_end_is_called(finish: str) -> None:
    thoughts = f"Thinking Process:\n1. Let me try: {DRAFT} too vague, so I should"
    attempt = read(chat({"content": thoughts}, finish))
    assert (attempt.text, attempt.failure, attempt.finish_reason) == ("", Failure.EMPTY, "length")
    assert not attempt.retryable


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        *[(f, "content_filter") for f in ("content_filter: RECITATION", "sensitive", "blocked")],
        *[(f, "content_filter") for f in ("FinishReason.SAFETY", "refusal", "guardrail")],
        *[(f, f) for f in ("stop", "end_turn", "COMPLETE", "eos", "tool_calls", "network_error")],
        ({"type": "length", "length": 100}, "length"),
        ("", ""),
        (None, ""),
    ],
)
def test_why_an_answer_ended(said: Any, plain: str) -> None:
    assert plain_finish(said) == plain


@pytest.mark.parametrize("finish", ["network_error", "insufficient_system_resource", "abort"])
def test_an_empty_answer_of_a_server_in_trouble_is_asked_for_again(finish: str) -> None:
    assert read(chat({"content": ""}, finish)).retryable
    assert read(chat(None, finish)).retryable


def test_words_beside_an_answer_are_no_answer() -> None:
    for said in ({"result": "error", "message": "bad"}, {"data": '{"trace": []}', "msg": "no"}):
        assert read(said).failure is Failure.INVALID
    assert read({"code": 0, "message": "success", "data": {}}).failure is Failure.MALFORMED


@pytest.mark.parametrize(
    ("usage", "paid"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 530}, (10, 520, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}, (10, 20, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 0}, (10, 20, 0)),
        ({"input_tokens": 10, "cache_read_input_tokens": 1000, "output_tokens": 5,
          "cache_creation_input_tokens": 90}, (1100, 5, 1000)),
        ({"prompt_tokens": 1100, "cache_read_input_tokens": 1000, "completion_tokens": 5},
         (1100, 5, 1000)),
        ({"prompt_tokens": 10, "completion_tokens": 5, "prompt_cache_hit_tokens": 8}, (10, 5, 8)),
    ],
)  # fmt: skip
def test_all_that_was_paid_counts(usage: Any, paid: tuple[int, int, int]) -> None:
    told = read(chat({"content": GOOD}, usage=usage)).usage
    assert (told.input, told.output, told.cached) == paid
    native = {"role": "assistant", "content": [{"type": "text", "text": GOOD}], "usage": usage}
    told = read(native).usage
    assert (told.input, told.output) == paid[:2]


def test_thoughts_that_gemini_counts_apart_are_paid() -> None:
    meta = {"promptTokenCount": 9, "candidatesTokenCount": 5, "totalTokenCount": 90}
    said = {"candidates": [{"content": {"parts": [{"text": GOOD}]}}], "usageMetadata": meta}
    assert read(said).usage.total == 90


def run(answer: Any, count: int = 1) -> tuple[Outcome, AnsweringServer, FakeClock]:
    clock = FakeClock()
    with AnsweringServer(answer) as server:
        policy = CallPolicy(in_flight=1, retry=RetryPolicy(), endpoint=server.url)
        transport = HttpTransport(Endpoint(base_url=server.url, model="m"), clock=clock)
        with Engine(transport, policy, run_id="r", clock=clock) as engine:
            requests = [make_request(n, schema=REQUEST.schema) for n in range(count)]
            return engine.ask(requests), server, clock


def test_an_endpoint_that_only_streams_and_knows_no_system_is_asked_so() -> None:
    def answer(body: dict[str, Any], *_: Any) -> Said:
        if not body.get("stream"):
            return 400, {"error": {"message": "This model only support stream mode"}}
        if any(message["role"] == "system" for message in body["messages"]):
            return 400, {"message": "System role not supported"}
        return 200, events(*(piece({"content": half}) for half in HALVES))

    outcome, server, _ = run(answer, 4)
    assert [r.usable for r in outcome.responses] == [True] * 4
    assert len(server.bodies) == 2 + 4, "what it refuses is found out once"


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (429, {"retry-after-ms": "12000"}, {}, 12),
        (429, {"x-ratelimit-reset-tokens": "14s"}, {}, 14),
        (429, {}, {"error": {"message": "slow", "retry_after": 16}}, 16),
        (503, {"Retry-After": "18s"}, {}, 18),
        (503, {"RateLimit-Reset": "40"}, {}, 0),
        (503, {}, {"error": "Model x is currently loading", "estimated_time": 20.0}, 20),
    ],
)
def test_a_run_waits_as_long_as_it_is_told(
    status: int, headers: Mapping[str, str], body: Any, seconds: float
) -> None:
    def answer(_: Any, __: Any, number: int) -> Said:
        return (status, body, headers) if number == 1 else (200, completion(GOOD))

    outcome, server, clock = run(answer)
    assert outcome.responses[0].usable
    assert len(server.bodies) == 2
    assert seconds <= clock.time - 1000 <= seconds + 1


@pytest.mark.parametrize("form", ["length", "chunks"])
def test_a_whole_answer_counts_though_its_connection_broke_off(form: str) -> None:
    body = json.dumps(completion(GOOD)).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    length = b"Content-Length: %d\r\n\r\n%s" % (len(body) + 50, body)
    chunks = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body)
    with RawServer(head + (length if form == "length" else chunks)) as url:
        assert asked_once(url).usable
    with RawServer(head + length[:-60]) as url:
        assert "broke off" in asked_once(url).error


def asked_once(url: str) -> Response:
    policy = CallPolicy(retry=RetryPolicy(attempts=1), endpoint=url)
    with Engine(HttpTransport(Endpoint(base_url=url, model="m")), policy, run_id="r") as engine:
        return engine.ask([REQUEST]).responses[0]


class RawServer:
    """Answers each connection with these bytes, then closes it."""

    def __init__(self, answer: bytes) -> None:
        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                length = 0
                while (line := self.rfile.readline()).strip():
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                self.rfile.read(length)
                self.wfile.write(answer)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_https_to_a_server_without_tls_ends_at_once_and_says_so() -> None:
    with AnsweringServer(lambda *_: (200, completion(GOOD))) as server:
        url = server.url.replace("http:", "https:")
        transport = HttpTransport(Endpoint(base_url=url, model="m"))
        policy = CallPolicy(in_flight=1, endpoint=url)
        with Engine(transport, policy, run_id="r") as engine:
            outcome = engine.ask([make_request(n) for n in range(9)])
    assert outcome.attempts == 1
    assert "does not speak TLS" in str(outcome.error)
    assert outcome.usage.total == 0


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed",
            "SSL_CERT_FILE",
        ),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "http://"),
        ("HTTP 403 Country, region, or territory not supported", "address allowed"),
        ("HTTP 404 page not found", "Correct endpoint"),
    ],
)
def test_what_to_do_about_a_way_that_is_lost(detail: str, words: str) -> None:
    assert words in why_lost(detail)[1]
    lost = Attempt(failure=Failure.MISROUTED, detail=detail)
    assert words in str(no_api("http://x/v1", lost))


def test_a_server_may_say_that_another_try_is_of_no_use() -> None:
    said = {"error": {"message": "Extra usage is required for long context requests."}}
    outcome, server, _ = run(lambda *_: (429, said, {"x-should-retry": "false"}))
    assert len(server.bodies) == 1
    assert not outcome.responses[0].usable


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (403, {"error": {"message": "Country, region, or territory not supported"}}, "from here"),
        (404, "404 page not found", "404 page not found"),
        (400, {"error": {"message": "Missing required query parameter: api-version"}}, "version"),
    ],
)
def test_a_run_ends_at_once_and_says_why(status: int, said: Any, words: str) -> None:
    outcome, server, _ = run(lambda *_: (status, said), 30)
    assert len(server.bodies) == 1
    assert words in str(outcome.error)
    assert "redirect" not in str(outcome.error)
    assert "refused the key" not in str(outcome.error)
