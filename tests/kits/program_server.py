"""A model endpoint for programs of any signature: a real HTTP server, OpenAI-compatible.

    with ProgramServer(latency=0.1) as server: ... server.url ... server.requests

It answers by the JSON schema that it is asked for; each text holds the request's inputs, so that an
answer that went to another request is seen. An input tells it to misbehave: `FAULT:500:2` fails the
first two attempts with HTTP 500; see `_FAULTS`. `python -m tests.kits.program_server` runs it as a
process.
"""

import argparse
import asyncio
import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

_FAULT = re.compile(r"FAULT:([a-z0-9_]+)(?::(\d+))?")
_FAULTS = (
    "500",
    "429",
    "401",
    "400",
    "context",
    "html",
    "hang",
    "garbage",
    "missing",
    "wrong_type",
    "fenced",
    "empty",
)


class ProgramServer:
    """Serves in a thread. Seconds.

    Args:
        says: what each answer says, in place of what the request's schema asks for.

    Attributes:
        requests: the bodies that came, if `keep`; finished: how many were answered in full.
    """

    def __init__(
        self,
        *,
        latency: float = 0.0,
        keep: bool = True,
        port: int = 0,
        says: Callable[[], web.Response] | None = None,
    ) -> None:
        self._port = port
        self._says = says
        self.latency = latency
        self.requests: list[dict[str, Any]] = []
        self.finished = 0
        self.open = 0
        self.most_open = 0
        self.count = 0
        self.times: list[float] = []
        self.keep = keep
        self._seen: Counter[str] = Counter()
        self._runner: web.AppRunner | None = None
        self.url = ""

    def __enter__(self) -> Self:
        # Made here: a server that nobody starts leaves no loop behind.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/v1"

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.count += 1
        if self.keep:
            self.requests.append(body)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            answer = await self._answer(body)
            self.finished += 1
            self.times.append(time.monotonic())
            return answer
        finally:
            self.open -= 1

    async def _answer(self, body: dict[str, Any]) -> web.Response:
        if self._says is not None:
            return self._says()
        asked = body["messages"][-1]["content"]
        fault = self._fault(asked)
        if fault == "hang":
            await asyncio.sleep(3_600)
        if self.latency:
            await asyncio.sleep(self.latency)
        if fault.isdigit():
            headers = {"Retry-After": "0"} if fault == "429" else {}
            error = {"error": {"message": f"told to fail with {fault}"}}
            return web.json_response(error, status=int(fault), headers=headers)
        if fault == "context":
            said = "maximum context length is 9 tokens (at inner-host)"
            return web.json_response({"error": {"message": said}}, status=400)
        if fault == "html":
            return web.Response(text="<html>gateway inner-host</html>", content_type="text/html")
        text = _text(body, asked, fault)
        return web.json_response(
            {
                "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": len(asked) // 4 + 10, "completion_tokens": 5},
            }
        )

    def _fault(self, asked: str) -> str:
        match = _FAULT.search(asked)
        if match is None:
            return ""
        self._seen[asked] += 1
        return match[1] if self._seen[asked] <= int(match[2] or 1_000_000) else ""


def _text(body: dict[str, Any], asked: str, fault: str) -> str:
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
    if not schema:
        return json.dumps({"output": asked[:200]})
    made = _made(schema, schema, asked)
    if fault == "garbage":
        return "I would rather not say."
    if fault == "empty":
        return ""
    if fault == "missing":
        made.pop(next(iter(made)))
    if fault == "wrong_type":
        made = {name: {"nested": [1, {"x": None}]} for name in made}
    text = json.dumps(made, ensure_ascii=False)
    return f"Sure! Here it is:\n```json\n{text}\n```" if fault == "fenced" else text


def _made(schema: dict[str, Any], whole: dict[str, Any], asked: str) -> Any:
    if "$ref" in schema:
        return _made(whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]], whole, asked)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _made(schema["anyOf"][0], whole, asked)
    if schema.get("type") == "object":
        return {n: _made(s, whole, asked) for n, s in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [_made(schema["items"], whole, asked)] * 2
    plain = {"number": 0.9, "integer": 3, "boolean": True}
    return plain.get(schema.get("type", ""), f"answer to {asked[-160:]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=1.0)
    arguments = parser.parse_args()
    with ProgramServer(latency=arguments.latency, keep=False) as server:
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        sys.stdout.write(json.dumps(server.times) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
