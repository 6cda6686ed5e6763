"""Serves a model endpoint that answers every call after the same time, for throughput benches.

    python -m benchmarks.calls.fixed_latency --latency 1

It speaks just enough HTTP/1.1 for POSTs with a Content-Length over kept connections, and its
answers are rendered once, so that it costs a fraction of what its clients cost: about 0.1 ms a
call. Each answer has the same ten entries, t1 and c1 to c9, or is the text that `--answer` gives.
Every path answers as a chat completion, but one that ends in /responses in the form of OpenAI's
Responses API, for the ids that it is asked about. GET /counts says when answers were sent, and the
server's own CPU time.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Any, Self

IDS = ("t1", *(f"c{n}" for n in range(1, 10)))
"""What every request asks about."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_BODIES = re.compile(r'\\"id\\": ?(\d+)')
_WORDS = (
    "that the operational source reports for this entry, in the unit of the account, as delivered."
)


def _comment(id_: str) -> dict[str, str]:
    return {"id": id_, "text": f"Records the value {id_} {_WORDS}"}


_COMMENTS = {"comments": [_comment(id_) for id_ in IDS]}
ANSWER = json.dumps(_COMMENTS)


def _http(body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _completion(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 400, "completion_tokens": 250, "total_tokens": 650}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "model-a",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage,
    }
    return _http(json.dumps(body).encode())


def _response(request: bytes) -> bytes:
    """An answer in the form of the Responses API, with a body for each id of a packed request."""
    asked = json.dumps(json.loads(request)["input"])  # the instructions hold examples with ids
    ids = list(dict.fromkeys(int(n) for n in _BODIES.findall(asked)))
    text = json.dumps({"assistant_messages": [{"id": n, "body": _COMMENTS} for n in ids]})
    content = [{"type": "output_text", "text": text, "annotations": []}]
    message = {
        "type": "message",
        "id": "msg-1",
        "status": "completed",
        "role": "assistant",
        "content": content,
    }
    body = {
        "id": "resp-1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "model-a",
        "output": [message],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 400,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 250,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 650,
        },
    }
    return _http(json.dumps(body).encode())


class _Counts:
    def __init__(self) -> None:
        self.times: list[float] = []
        self.in_flight = 0
        self.most_in_flight = 0


class _Connection(asyncio.Protocol):
    """One client's connection; a call at a time, as HTTP/1.1 clients do."""

    def __init__(self, latency: float, counts: _Counts, completion: bytes) -> None:
        self._latency = latency
        self._counts = counts
        self._completion = completion
        self._data = bytearray()
        self._body_at = self._whole = 0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._whole and not self._head():
            return
        if len(self._data) >= self._whole:
            request = bytes(self._data[: self._whole])
            del self._data[: self._whole]
            self._whole = 0
            self._take(request)

    def _head(self) -> bool:
        """Whether the request's length is known by now."""
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        length = _LENGTH.search(self._data, 0, end + 2)
        self._body_at = end + 4
        self._whole = self._body_at + (int(length[1]) if length else 0)
        return True

    def _take(self, request: bytes) -> None:
        if request.startswith(b"GET "):
            self._transport.write(_http(json.dumps(self._said()).encode()))
            return
        self._counts.in_flight += 1
        self._counts.most_in_flight = max(self._counts.most_in_flight, self._counts.in_flight)
        path = request[: request.index(b"\r\n")].split()[1]
        packed = path.endswith(b"/responses")
        answer = _response(request[self._body_at :]) if packed else self._completion
        asyncio.get_running_loop().call_later(self._latency, self._answer, answer)

    def _answer(self, answer: bytes) -> None:
        self._counts.in_flight -= 1
        self._counts.times.append(time.monotonic())
        if not self._transport.is_closing():
            self._transport.write(answer)

    def _said(self) -> dict[str, Any]:
        counts = self._counts
        return {
            "times": counts.times,
            "most_in_flight": counts.most_in_flight,
            "cpu": time.process_time(),
        }


async def _serve(latency: float, port: int, text: str) -> None:
    counts, completion = _Counts(), _completion(text)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(latency, counts, completion), "127.0.0.1", port, backlog=1024
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


class FixedLatencyServer:
    """The server as a process of its own, for a with statement.

    Args:
        latency: seconds.
        answer: the text of every chat completion.
    """

    def __init__(self, latency: float, answer: str = ANSWER) -> None:
        self._latency = latency
        self._answer = answer
        self.url = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    def counts(self) -> dict[str, Any]:
        address = self.url.removesuffix("/v1") + "/counts"
        with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310 - our own server
            counts: dict[str, Any] = json.load(response)
        return counts

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__, f"--latency={self._latency}", f"--answer={self._answer}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/v1"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        assert self._process.stdout is not None
        self._process.stdout.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A model endpoint of a fixed latency.")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--answer", default=ANSWER, help="the text of every chat completion")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.latency, arguments.port, arguments.answer))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
