"""A model endpoint for tests: a real HTTP server, OpenAI-compatible, with faults on demand.

As a process: `python -m tests.kits.model_server --port 0 --faults rate_limit=0.1` prints its port.
In tests: `with ModelServer(latency=0.1) as server: ... server.url ... server.counts()`.

It reads the ids that it is asked about and answers each with a sentence that holds the column's
name, so that a comment that moved to another column is seen. The fault that a request meets depends
only on the seed, the messages and how often they came (tests/kits/model_faults.py has the faults; a
storm answers the requests that come in some window by 429). With `largest` only requests about more
ids meet faults, with `about` those about a name with that word. GET /counts says what was asked and
paid, GET /bills what each attempt cost and whether the client was told; POST /behave starts afresh
with other faults.
"""

import argparse
import asyncio
import hashlib
import json
import random
import re
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.kits.model_faults import (
    ENTRY_FAULTS,
    FORM_FAULTS,
    MESSAGE_FAULTS,
    REFUSALS,
    STATUS_FAULTS,
    USAGE_FAULTS,
    WIRE_FAULTS,
    filtered_midway,
    on_the_wire,
    retry_after,
    written,
)
from tests.kits.nursery import Nursery, serve_nursery, stop
from tests.kits.waiting import until

_ASKED = re.compile(r"([tc][1-9]\d*)\s+([^\s:]+)")

ANSWER_FAULTS = (*ENTRY_FAULTS, *FORM_FAULTS, *MESSAGE_FAULTS, *USAGE_FAULTS, "stale", "smuggled")
HTTP_FAULTS = (*STATUS_FAULTS, *WIRE_FAULTS, "late")
SIZE_FAULTS = (*REFUSALS, "filtered_midway")
"""Not among those of the hostile mode: they hold for a request whenever it comes."""
_SLOW = ("stall", "drip", "late")
_STORM = ("rate_limit", "rate_limit_after", "rate_limit_absurd")
MODES: Mapping[str, Mapping[str, float]] = {
    "ok": {},
    "busy": {"rate_limit": 0.1, "rate_limit_after": 0.1, "error_503": 0.05},
    "hostile": dict.fromkeys(ANSWER_FAULTS, 0.01)
    | dict.fromkeys(HTTP_FAULTS, 0.006)
    | dict.fromkeys(_SLOW, 0.003),
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


def messages_key(messages: list[dict[str, Any]]) -> str:
    """The name of a request in `Counts.by_hash` and in the bills."""
    return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()


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


@dataclass(kw_only=True)
class Bill:
    """What one attempt cost: `told` says whether the client got the answer with these figures."""

    fault: str
    input_tokens: int = 0
    output_tokens: int = 0
    told: bool = False


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the server behaves. Seconds; `storm` is the first request that meets it, and the end.

    Attributes:
        largest: requests about more ids than this meet faults; about: those about a name with this
            word. Without both, all do.
    """

    latency: float = 0.0
    stall: float = 30.0
    seed: int = 0
    faults: Mapping[str, float] = field(default_factory=dict)
    key: str = ""
    refuses: tuple[str, ...] = ()
    storm: tuple[int, int] = (0, 0)
    record: str = ""
    largest: int = 0
    about: str = ""


def _append(path: Path, line: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(line + b"\n")


class Model:
    """The handler behind POST /v1/chat/completions."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._in_flight = 0
        self._last = ""
        self.counts = Counts()
        self.bills: dict[str, list[Bill]] = {}

    async def complete(self, request: web.Request) -> web.StreamResponse:
        counts = self.counts
        if self._options.record:
            await asyncio.to_thread(_append, Path(self._options.record), await request.read())
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
        key = messages_key(body["messages"])
        self.counts.by_hash[key] += 1
        rng = random.Random(f"{options.seed}:{key}:{self.counts.by_hash[key]}")
        fault = self._fault(rng, asked_ids(body["messages"]))
        if fault:
            self.counts.faults[fault] += 1
        bill = Bill(fault=fault)
        self.bills.setdefault(key, []).append(bill)
        if options.latency:
            await asyncio.sleep(options.latency)
        if fault in STATUS_FAULTS or fault in REFUSALS:
            return _refused(fault, rng)
        response = self._completion(body, key, fault, rng, bill)
        if fault in WIRE_FAULTS:
            return await on_the_wire(request, fault, options.stall)
        if fault == "late":
            await asyncio.sleep(options.stall)
        elif fault == "smuggled" and request.transport is not None:
            # Two answers to one request: the second must not become the next request's.
            raw = bytes(response.body)  # type: ignore[arg-type]  # it was made from bytes
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:"
            request.transport.write(f"{head} {len(raw)}\r\n\r\n".encode() + raw)
            return web.Response(body=_body(self._last, "stop"), content_type="application/json")
        return response

    def _fault(self, rng: random.Random, asked: Mapping[str, str]) -> str:
        options = self._options
        named = options.about and any(options.about in name for name in asked.values())
        if (options.largest or options.about) and not (
            named or (options.largest and len(asked) > options.largest)
        ):
            return ""
        first, end = self._options.storm
        if first <= self.counts.requests < end:
            return rng.choice(_STORM)
        draw = rng.random()
        for name, share in self._options.faults.items():
            draw -= share
            if draw < 0:
                return name
        return ""

    def _completion(
        self, body: dict[str, Any], key: str, fault: str, rng: random.Random, bill: Bill
    ) -> web.Response:
        asked = asked_ids(body["messages"])
        entries: list[Any] = [{"id": i, "text": sentence(i, name)} for i, name in asked.items()]
        if fault in ENTRY_FAULTS:
            entries = ENTRY_FAULTS[fault](entries, rng)
        text = FORM_FAULTS[fault](entries, rng) if fault in FORM_FAULTS else written(entries)
        if fault == "filtered_midway":
            text = filtered_midway(entries)
        if fault == "stale":
            text = self._last or text
        message: dict[str, Any] = {"content": text}
        if fault in MESSAGE_FAULTS:
            message = MESSAGE_FAULTS[fault](text)
        counts = self.counts
        bill.input_tokens = len(json.dumps(body["messages"])) // 4 + 1
        bill.output_tokens = len(str(message["content"] or "")) // 4 + 1
        if fault in ("html", "error_in_200"):  # another server's, or no answer: nobody pays
            bill.input_tokens = bill.output_tokens = 0
        if fault not in WIRE_FAULTS:
            bill.told = fault not in USAGE_FAULTS and fault != "late"
            counts.asked_ids += len(asked)
            counts.completions += 1
            counts.completed_by_hash[key] += 1
            counts.input_tokens += bill.input_tokens
            counts.output_tokens += bill.output_tokens
            counts.times.append(time.monotonic())
            if not fault:
                self._last = text
        usage = USAGE_FAULTS.get(fault) or json.dumps(
            {
                "prompt_tokens": bill.input_tokens,
                "completion_tokens": bill.output_tokens,
                "total_tokens": bill.input_tokens + bill.output_tokens,
                "prompt_tokens_details": {"cached_tokens": 0},
            }
        )
        finish = {"length": "length", "filtered_midway": "content_filter"}.get(fault, "stop")
        return web.Response(
            body=_body(message, finish, body["model"], usage), content_type="application/json"
        )

    async def behave(self, request: web.Request) -> web.Response:
        """Begin afresh with other faults: what was asked before is forgotten."""
        self._options = replace(self._options, **await request.json())
        self._last, self.counts, self.bills = "", Counts(), {}
        return web.Response()

    async def show(self, request: web.Request) -> web.Response:
        shown = {**vars(self.counts), "in_flight": self._in_flight}
        if "times" not in request.query:
            del shown["times"]
        return web.json_response(shown)

    async def show_bills(self, _: web.Request) -> web.Response:
        return web.json_response({k: [vars(b) for b in bills] for k, bills in self.bills.items()})


def _body(
    message: dict[str, Any] | str, finish: str, model: str = "", usage: str = "null"
) -> bytes:
    """A chat completion; `usage` is JSON, which may say what Python would not write."""
    told = {"content": message} if isinstance(message, str) else message
    choice = {"index": 0, "message": {"role": "assistant"} | told, "finish_reason": finish}
    head = {"object": "chat.completion", "model": model, "choices": [choice]}
    return f'{json.dumps(head)[:-1]}, "usage": {usage}}}'.encode()


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


def _refused(fault: str, rng: random.Random) -> web.Response:
    """The answer without a completion that a fault stands for."""
    if fault in REFUSALS:
        status, message, code = REFUSALS[fault]
        return _error(status, message, code=code)
    headers = retry_after(fault, rng)
    return _error(STATUS_FAULTS[fault], "The server had an error", headers=headers)


_NURSERY = Nursery("tests.kits.model_server")


class ModelServer:
    """The server as a process of its own, for a with statement."""

    def __init__(self, *, mode: str = "ok", port: int = 0, **options: Any) -> None:
        faults = ",".join(f"{k}={v}" for k, v in options.pop("faults", {}).items())
        refuses = ",".join(options.pop("refuses", ()))
        if "storm" in options:
            options["storm"] = ":".join(map(str, options["storm"]))
        values = {"mode": mode, "port": port, "faults": faults, "refuses": refuses, **options}
        self._arguments = [f"--{name}={value}" for name, value in values.items() if value != ""]
        self.base = ""

    @property
    def url(self) -> str:
        """The base URL, as the setting `endpoint` takes it."""
        return f"{self.base}/v1"

    def counts(self, *, times: bool = False) -> dict[str, Any]:
        address = f"{self.base}/counts{'?times=1' if times else ''}"
        with urllib.request.urlopen(address, timeout=10) as response:
            counts: dict[str, Any] = json.load(response)
        return counts

    def behave(
        self, faults: Mapping[str, float], *, largest: int = 0, about: str = "", seed: int = 0
    ) -> None:
        """Begin afresh with these faults; see `Options`."""
        wanted = {"faults": dict(faults), "largest": largest, "about": about, "seed": seed}
        body = json.dumps(wanted).encode()
        urllib.request.urlopen(f"{self.base}/behave", body, timeout=10).close()

    def bills(self) -> dict[str, list[dict[str, Any]]]:
        """What each attempt at each request cost, by `messages_key`."""
        with urllib.request.urlopen(f"{self.base}/bills", timeout=60) as response:
            bills: dict[str, list[dict[str, Any]]] = json.load(response)
        return bills

    def settled_counts(self) -> dict[str, Any]:
        """The counts once no call is under way: what a killed client asked is paid all the same."""
        until(lambda: not self.counts()["in_flight"], 120)
        return self.counts()

    def __enter__(self) -> Self:
        self._pid, port = _NURSERY.start(self._arguments)
        if not port.isdecimal():
            raise RuntimeError(f"the model server did not start: {self._arguments}")
        self.base = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stop(self._pid)


def _options(arguments: argparse.Namespace) -> Options:
    faults = dict(MODES[arguments.mode])
    for part in filter(None, arguments.faults.split(",")):
        name, _, share = part.partition("=")
        if name not in HTTP_FAULTS + ANSWER_FAULTS + SIZE_FAULTS:
            raise SystemExit(f"no fault {name!r}")
        faults[name] = float(share or 1)
    first, _, end = arguments.storm.partition(":")
    return Options(
        latency=arguments.latency,
        stall=arguments.stall,
        seed=arguments.seed,
        faults=faults,
        key=arguments.key,
        refuses=tuple(filter(None, arguments.refuses.split(","))),
        storm=(int(first), int(end)),
        record=arguments.record,
        largest=arguments.largest,
        about=arguments.about,
    )


async def _serve(options: Options, port: int) -> None:
    model = Model(options)
    app = web.Application(client_max_size=32 * 2**20)
    app.router.add_post("/v1/chat/completions", model.complete)
    app.router.add_post("/behave", model.behave)
    app.router.add_get("/counts", model.show)
    app.router.add_get("/bills", model.show_bills)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", choices=sorted(MODES), default="ok")
    parser.add_argument("--faults", default="", help="name=share,...")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--stall", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--key", default="")
    parser.add_argument("--refuses", default="", help="names of parameters")
    parser.add_argument("--record", default="", help="file that gets the bodies of all requests")
    parser.add_argument("--storm", default="0:0", help="requests that meet 429: first:end")
    parser.add_argument("--largest", type=int, default=0, help="ids that a request may have")
    parser.add_argument("--about", default="", help="word of names that meet the faults")
    arguments = parser.parse_args(given)
    try:
        asyncio.run(_serve(_options(arguments), arguments.port))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    if sys.argv[1:] == ["--nursery"]:
        serve_nursery(main)
    else:
        main()
