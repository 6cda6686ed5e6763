"""A real HTTP server whose answers a test writes: status, body and headers for each request."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Said = tuple[int, Any] | tuple[int, Any, Mapping[str, str]]


def completion(text: str, *, finish: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"content": text}, "finish_reason": finish}
    return {"choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}


class AnsweringServer:
    """Answers each POST by a function of its body, its headers and its number (from 1).

    `bodies` are the requests so far.
    """

    def __init__(self, answer: Callable[[dict[str, Any], Mapping[str, str], int], Said]) -> None:
        self.bodies: list[dict[str, Any]] = []
        lock, bodies = threading.Lock(), self.bodies

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    bodies.append(asked)
                    number = len(bodies)
                status, said, *more = answer(asked, self.headers, number)
                raw = (
                    said
                    if isinstance(said, bytes)
                    else (said if isinstance(said, str) else json.dumps(said)).encode()
                )
                self.send_response(status)
                headers = {"Content-Type": "application/json"} | dict(more[0] if more else {})
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
