"""What the engine's tests share: requests, answers and a clock that needs no waiting."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from lakegloss.core.records import AskedAsset, Response
from lakegloss.core.requests import Message, ModelRequest
from lakegloss.engine.attempt import Attempt, Failure, Usage
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.limits.retry import RetryPolicy

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    """Sleeping moves the time on at once."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return START + timedelta(seconds=self.time - 1000)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def make_request(number: int = 1, **changes: Any) -> ModelRequest:
    cards = [f"t1 table_{number}: 20 rows", f"c1 amount_{number} double: 3..9", "c2 code string"]
    values: dict[str, Any] = {
        "model": "model-a",
        "messages": (
            Message(role="system", content="Write comments."),
            Message(role="user", content=json.dumps({"tables": cards})),
        ),
        "schema": '{"type":"object"}',
        "schema_name": "comments",
        "max_tokens": 100,
        "temperature": None,
        "input_tokens": 50,
        "assets": (
            AskedAsset(id="c1", table=f"s.table_{number}", column="amount", fingerprint="f"),
        ),
        "program": "comment",
        "program_version": "1",
    }
    return ModelRequest(**values | changes)


def good(text: str = "{}", *, paid_in: int = 40, paid_out: int = 20) -> Attempt:
    usage = Usage(input=paid_in, output=paid_out)
    return Attempt(status=200, text=text, finish_reason="stop", usage=usage)


def failed(failure: Failure, status: int = 500, retry_after: float | None = None) -> Attempt:
    return Attempt(status=status, failure=failure, detail="no", retry_after=retry_after)


def make_policy(**changes: Any) -> CallPolicy:
    values: dict[str, Any] = {
        "in_flight": 4,
        "retry": RetryPolicy(attempts=3),
        "endpoint": "http://model",
    }
    return CallPolicy(**values | changes)


def make_engine(
    transport: ScriptedTransport, clock: FakeClock | None = None, **options: Any
) -> Engine:
    policy = options.pop("policy", None) or make_policy()
    return Engine(
        transport,
        policy,
        run_id="run",
        clock=clock or FakeClock(),
        rng=random.Random(7),
        **options,
    )


def make_response(number: int = 1, **changes: Any) -> Response:
    values: dict[str, Any] = {
        "response_id": f"id-{number}",
        "request_hash": f"hash-{number}",
        "attempt": 1,
        "run_id": "run",
        "text": "{}",
        "usable": True,
        "error": "",
        "finish_reason": "stop",
        "input_tokens": 3,
        "cached_tokens": 0,
        "output_tokens": 2,
        "usage_estimated": False,
        "latency": 0.5,
        "model": "m",
        "program": "comment",
        "program_version": "1",
        "variant": "champion",
        "transport": "driver",
        "endpoint": "http://model",
        "assets": (AskedAsset(id="c1", table="a.b", column="c", fingerprint="f"),),
        "answered_at": START,
    }
    return Response(**values | changes)
