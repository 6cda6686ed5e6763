"""A model endpoint for tests: a real HTTP server, OpenAI-compatible, with faults on demand.

As a process: `python tests/model_server.py --port 0 --faults rate_limit=0.1,reset=0.02` prints its
port. In tests: `with ModelServer(latency=0.1) as server: ... server.url ... server.counts()`.

It reads the ids that it is asked about and answers each with a sentence that holds the column's
name, so that a comment that moved to another column is seen. The fault that a request meets depends
only on the seed, the messages and how often they came. GET /counts says what was asked and paid.
"""

import argparse
import asyncio
import hashlib
import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

_ASKED = re.compile(r"([tc][1-9]\d*)\s+([^\s:]+)")

HTTP_FAULTS = (
    "rate_limit",
    "rate_limit_after",
    "rate_limit_absurd",
    "error_500",
    "error_503",
    "stall",
    "reset",
    "half_closed",
    "truncated_body",
    "html",
)
ANSWER_FAULTS = (
    "length",
    "broken_json",
    "fenced",
    "prose",
    "bare_list",
    "missing",
    "reordered",
    "duplicate",
    "invented",
    "wrong_types",
    "refusal",
    "null",
)
MODES: Mapping[str, Mapping[str, float]] = {
    "ok": {},
    "busy": {"rate_limit": 0.1, "rate_limit_after": 0.1, "error_503": 0.05},
    "hostile": dict.fromkeys(ANSWER_FAULTS, 0.03)
    | dict.fromkeys(HTTP_FAULTS, 0.02)
    | {"stall": 0.005},
    "down": {"error_500": 1.0},
}


def asked_ids(messages: list[dict[str, Any]]) -> dict[str, str]:
    """The ids that the last user message asks about, with the names they stand for."""
    users = [m["content"] for m in messages if m.get("role") == "user"]
    lines = "\n".join(_strings(users[-1] if users else "")).split("\n")
    ids: dict[str, str] = {}
    for line in lines:
        if match := _ASKED.match(line.strip()):
            ids.setdefault(match[1], match[2])
    return ids


def _strings(content: str) -> Iterator[str]:
    """The request's lines: of the JSON object with cards in it, else all of the text."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"[\[{]", content):
        try:
            value, _ = decoder.raw_decode(content, match.start())
        except ValueError:
            continue
        if isinstance(value, dict) and "tables" in value:
            value = value["tables"]
        strings = [s for s in _leaves(value) if _ASKED.match(s)]
        if strings:
            yield from strings
            return
    yield content


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)


def sentence(id_: str, name: str) -> str:
    """A plausible comment that can be traced to the name it was written for."""
    words = name.replace("_", " ").replace(".", " ")
    if id_.startswith("t"):
        return f"Holds the {words} records that the operational source delivers, one row per event."
    return f"Records the {words} that the operational source reports for this entry, as delivered."


@dataclass
class Counts:
    """What was asked, answered and paid."""

    requests: int = 0
    completions: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    most_in_flight: int = 0
    by_hash: Counter[str] = field(default_factory=Counter)
    completed_by_hash: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    asked_ids: int = 0
    times: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the server behaves. Seconds."""

    latency: float = 0.0
    stall: float = 30.0
    seed: int = 0
    faults: Mapping[str, float] = field(default_factory=dict)
    key: str = ""
    refuses: tuple[str, ...] = ()


class Model:
    """The handler behind POST /v1/chat/completions."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._in_flight = 0
        self.counts = Counts()

    async def complete(self, request: web.Request) -> web.StreamResponse:
        counts = self.counts
        counts.requests += 1
        self._in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, self._in_flight)
        try:
            response = await self._answered(request)
        finally:
            self._in_flight -= 1
        counts.statuses[response.status] += 1
        return response

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        options = self._options
        if options.key and request.headers.get("Authorization") != f"Bearer {options.key}":
            given = request.headers.get("Authorization", "")
            return _error(401, f"Incorrect API key provided: {given}", code="invalid_api_key")
        body = json.loads(raw)
        for name in options.refuses:
            if name in body:
                return _error(400, f"Unsupported parameter: '{name}' is not supported", param=name)
        text = json.dumps(body["messages"], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        self.counts.by_hash[key] += 1
        rng = random.Random(f"{options.seed}:{key}:{self.counts.by_hash[key]}")
        fault = self._fault(rng)
        if fault:
            self.counts.faults[fault] += 1
        if options.latency:
            await asyncio.sleep(options.latency)
        if fault in HTTP_FAULTS:
            return await self._http_fault(request, fault, rng)
        return self._completion(body, key, len(text), fault, rng)

    def _fault(self, rng: random.Random) -> str:
        draw = rng.random()
        for name, share in self._options.faults.items():
            draw -= share
            if draw < 0:
                return name
        return ""

    async def _http_fault(
        self, request: web.Request, fault: str, rng: random.Random
    ) -> web.StreamResponse:
        if fault.startswith("rate_limit"):
            headers = _retry_after(fault, rng)
            return _error(429, "Rate limit reached", code="rate_limit_exceeded", headers=headers)
        if fault.startswith("error_"):
            return _error(int(fault.removeprefix("error_")), "The server had an error")
        if fault == "html":
            return web.Response(text="<html>Please log in</html>", content_type="text/html")
        if fault == "stall":
            await asyncio.sleep(self._options.stall)
        if fault in {"stall", "reset"}:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=499)
        return await _broken_off(request, whole=fault == "half_closed")

    def _completion(
        self, body: dict[str, Any], key: str, size: int, fault: str, rng: random.Random
    ) -> web.Response:
        asked = asked_ids(body["messages"])
        content, finish = _content(asked, fault, rng)
        counts = self.counts
        paid_in, paid_out = size // 4 + 1, len(str(content or "")) // 4 + 1
        counts.asked_ids += len(asked)
        counts.completions += 1
        counts.completed_by_hash[key] += 1
        counts.input_tokens += paid_in
        counts.output_tokens += paid_out
        counts.times.append(time.monotonic())
        message = {"role": "assistant", "content": content}
        if fault == "refusal":
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
        usage = {
            "prompt_tokens": paid_in,
            "completion_tokens": paid_out,
            "total_tokens": paid_in + paid_out,
            "prompt_tokens_details": {"cached_tokens": 0},
        }
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return web.json_response(
            {
                "object": "chat.completion",
                "model": body["model"],
                "choices": [choice],
                "usage": usage,
            }
        )

    async def show(self, request: web.Request) -> web.Response:
        shown = {**vars(self.counts), "in_flight": self._in_flight}
        if "times" not in request.query:
            del shown["times"]
        return web.json_response(shown)


def _retry_after(fault: str, rng: random.Random) -> dict[str, str]:
    if fault == "rate_limit_after":
        return {"Retry-After": "1"}
    if fault == "rate_limit_absurd":
        absurd = ("31536000", "-5", "soon", "1e308", "nan", "Fri, 31 Dec 9999 23:59:59 GMT")
        return {"Retry-After": rng.choice(absurd)}
    return {}


def _error(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    error = {"message": message, "type": "error", "param": param, "code": code}
    return web.json_response({"error": error}, status=status, headers=headers)


async def _broken_off(request: web.Request, *, whole: bool) -> web.StreamResponse:
    """Half of an answer: as if it were whole, or with the connection cut in the middle."""
    half = b'{"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assi'
    if not whole:
        return web.Response(body=half, content_type="application/json")
    response = web.StreamResponse(headers={"Content-Length": str(10 * len(half))})
    await response.prepare(request)
    await response.write(half)
    if request.transport is not None:
        request.transport.abort()
    return response


def _content(asked: Mapping[str, str], fault: str, rng: random.Random) -> tuple[str | None, str]:
    entries: list[Any] = [{"id": i, "text": sentence(i, name)} for i, name in asked.items()]
    if fault in _ENTRY_FAULTS:
        entries = _ENTRY_FAULTS[fault](entries, rng)
    text = json.dumps({"comments": entries})
    if fault == "null":
        return None, "stop"
    if fault in {"length", "broken_json"}:
        cut = text[: rng.randrange(len(text) // 3, max(len(text) - 2, len(text) // 3 + 1))]
        return cut, "length" if fault == "length" else "stop"
    forms = {
        "fenced": f"```json\n{text}\n```",
        "prose": f"Sure! Here are the comments:\n\n{text}\n\nLet me know if you need more.",
        "bare_list": json.dumps(entries),
    }
    return forms.get(fault, text), "stop"


def _missing(entries: list[Any], rng: random.Random) -> list[Any]:
    return rng.sample(entries, len(entries) // 2)


def _reordered(entries: list[Any], rng: random.Random) -> list[Any]:
    return rng.sample(entries, len(entries))


def _duplicate(entries: list[Any], rng: random.Random) -> list[Any]:
    return [*entries, *rng.sample(entries, min(2, len(entries)))]


def _invented(entries: list[Any], rng: random.Random) -> list[Any]:
    made_up = [{"id": f"c{rng.randrange(5000, 9000)}", "text": "A column of another table."}]
    return [*made_up, *entries, {"id": "customers.email", "text": "An address."}]


def _wrong_types(entries: list[Any], rng: random.Random) -> list[Any]:
    wrong: list[Any] = [None, 7, {"id": 3, "text": 4}, {"id": ["c1"], "text": {}}, "c1"]
    return [rng.choice(wrong) if rng.random() < 0.5 else entry for entry in entries]


_ENTRY_FAULTS: Mapping[str, Callable[[list[Any], random.Random], list[Any]]] = {
    "missing": _missing,
    "reordered": _reordered,
    "duplicate": _duplicate,
    "invented": _invented,
    "wrong_types": _wrong_types,
}


class ModelServer:
    """The server as a process of its own, for a with statement."""

    def __init__(self, *, mode: str = "ok", port: int = 0, **options: Any) -> None:
        faults = ",".join(f"{k}={v}" for k, v in options.pop("faults", {}).items())
        refuses = ",".join(options.pop("refuses", ()))
        values = {"mode": mode, "port": port, "faults": faults, "refuses": refuses, **options}
        self._arguments = [f"--{name}={value}" for name, value in values.items() if value != ""]
        self.base = ""

    @property
    def url(self) -> str:
        """The base URL, as the setting `endpoint` takes it."""
        return f"{self.base}/v1"

    def counts(self, *, times: bool = False) -> dict[str, Any]:
        address = f"{self.base}/counts{'?times=1' if times else ''}"
        with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310 - our own server
            counts: dict[str, Any] = json.load(response)
        return counts

    def settled_counts(self) -> dict[str, Any]:
        """The counts once no call is under way: what a killed client asked is paid all the same."""
        while (counts := self.counts())["in_flight"]:
            time.sleep(0.05)
        return counts

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), *self._arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdecimal():
            self._process.wait(timeout=10)
            raise RuntimeError(f"the model server did not start: {self._arguments}")
        self.base = f"http://127.0.0.1:{line.strip()}"
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


def _options(arguments: argparse.Namespace) -> Options:
    faults = dict(MODES[arguments.mode])
    for part in filter(None, arguments.faults.split(",")):
        name, _, share = part.partition("=")
        if name not in HTTP_FAULTS + ANSWER_FAULTS:
            raise SystemExit(f"no fault {name!r}")
        faults[name] = float(share or 1)
    return Options(
        latency=arguments.latency,
        stall=arguments.stall,
        seed=arguments.seed,
        faults=faults,
        key=arguments.key,
        refuses=tuple(filter(None, arguments.refuses.split(","))),
    )


async def _serve(options: Options, port: int) -> None:
    model = Model(options)
    app = web.Application(client_max_size=32 * 2**20)
    app.router.add_post("/v1/chat/completions", model.complete)
    app.router.add_get("/counts", model.show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", choices=sorted(MODES), default="ok")
    parser.add_argument("--faults", default="", help="name=share,...")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--stall", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--key", default="")
    parser.add_argument("--refuses", default="", help="names of parameters")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(_options(arguments), arguments.port))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
