"""Measures what the REST service adds to the model's latency, and how many calls it bears.

    python -m benchmarks.service [--seconds 30]

The service runs in a process of its own, on one core where the machine has two; the model (a fixed
latency) and the callers in two others. Beside it the same callers call the model directly: what
that takes beyond the fixed latency (HTTP, timers) is the model's own, and not the service's. And
they call a bare FastAPI app on the same core, whose only route calls the model: what it adds is
what any service in Python adds. The goals of time are ratios to it, as machines differ.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from benchmarks.bench import record, table

BENCH = "service"
RATE = 50
LATENCY = 0.2
HELD, HELD_SECONDS = 200, 10.0
P50, P99, STALL, MEGABYTES = 4.0, 5.0, 50.0, 400.0
PROGRAM = {"program_id": "SummarizeText", "inputs": {"document": ""}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    seconds = parser.parse_args().seconds
    with model(LATENCY) as address, bare(address) as (url, _):
        _, through_bare, _ = asyncio.run(paced(url, address, seconds, watch=False))
    with model(LATENCY) as address, serving(address) as (url, process):
        direct, through, stall = asyncio.run(paced(url, address, seconds))
        small = rss(process)
    with model(HELD_SECONDS) as address, serving(address) as (url, process):
        held = asyncio.run(holding(url))
        large = rss(process)
    rows = [
        {
            "way": name,
            "p50": float(np.percentile(times, 50)),
            "p99": float(np.percentile(times, 99)),
        }
        for name, times in (
            ("the model, called directly", direct),
            ("through a bare FastAPI app", through_bare),
            ("through the service", through),
        )
    ]
    table(f"Milliseconds beyond the model's {LATENCY:g} s, at {RATE} requests a second", rows)
    added_bare, added = (
        [row[share] - rows[0]["p50"] for share in ("p50", "p99")] for row in rows[1:]
    )
    met = judge(
        [
            (
                "added to a direct call, p50, times the bare app's",
                added[0] / added_bare[0],
                "",
                P50,
            ),
            (
                "added to a direct call, p99, times the bare app's",
                added[1] / added_bare[1],
                "",
                P99,
            ),
            ("longest wait of /healthz meanwhile", stall, "ms", STALL),
            (f"memory with {HELD} requests of {HELD_SECONDS:g} s", large, "MB", MEGABYTES),
        ]
    )
    table("Held", [{"requests": HELD, "seconds": held, "MB before": small, "MB": large}])
    return 0 if met else 1


async def paced(
    url: str, address: str, seconds: float, *, watch: bool = True
) -> tuple[list[float], list[float], float]:
    """Milliseconds beyond the model's, directly and through a service; the longest /healthz."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def direct(number: int) -> None:
            body = {"messages": [{"role": "user", "content": f"document {number}"}]}
            async with session.post(f"{address}/chat/completions", json=body) as answer:
                await answer.read()
                assert answer.status == 200

        async def through(number: int) -> None:
            body = {**PROGRAM, "inputs": {"document": f"document {number}"}}
            async with session.post(f"{url}/api/v1/dspy/execute", json=body) as answer:
                await answer.read()
                assert answer.status == 200

        await at_rate(through, 2.0, start=1_000_000)  # the first calls import and connect
        first = await at_rate(direct, seconds)
        watching = asyncio.create_task(watched(session, url)) if watch else None
        second = await at_rate(through, seconds)
        if watching is None:
            return first, second, 0.0
        watching.cancel()
        return first, second, max(await asyncio.gather(watching))


async def at_rate(
    call: Callable[[int], Awaitable[None]], seconds: float, *, start: int = 0
) -> list[float]:
    """Calls at a fixed rate, whether or not earlier ones ended; milliseconds beyond the model's."""
    times: list[float] = []

    async def timed(number: int) -> None:
        begun = time.perf_counter()
        await call(number)
        times.append(1000 * (time.perf_counter() - begun - LATENCY))

    running = []
    begun = time.perf_counter()
    for number in range(int(RATE * seconds)):
        await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
        running.append(asyncio.create_task(timed(start + number)))
    await asyncio.gather(*running)
    return times


async def watched(session: aiohttp.ClientSession, url: str) -> float:
    """The longest that a trivial request waited, until this is cancelled."""
    longest = 0.0
    try:
        while True:
            begun = time.perf_counter()
            async with session.get(f"{url}/healthz") as answer:
                await answer.read()
            longest = max(longest, 1000 * (time.perf_counter() - begun))
            await asyncio.sleep(0.02)
    except asyncio.CancelledError:
        return longest


async def holding(url: str) -> float:
    """Seconds for so many requests at once."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(number: int) -> None:
            body = {**PROGRAM, "inputs": {"document": f"held {number}"}}
            async with session.post(f"{url}/api/v1/dspy/execute", json=body) as answer:
                found = await answer.json()
                assert answer.status == 200, found

        begun = time.perf_counter()
        await asyncio.gather(*map(one, range(HELD)))
        return time.perf_counter() - begun


@contextmanager
def model(latency: float) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.kits.program_server", "--latency", str(latency)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@contextmanager
def bare(address: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    command = [sys.executable, "-m", "benchmarks.peers.bare_service", address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with _on_one_core(process):
        yield process.stdout.readline().strip(), process


@contextmanager
def _on_one_core(process: "subprocess.Popen[str]") -> Iterator[None]:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, {0})
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def serving(address: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    with tempfile.TemporaryDirectory() as home:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("LAKEGLOSS")}
        environ |= {
            "LAKEGLOSS_HOME": home,
            "LAKEGLOSS_MODEL": "m",
            "LAKEGLOSS_ENDPOINT": address,
            "LAKEGLOSS_IN_FLIGHT": str(2 * HELD),
            "LAKEGLOSS_SERVE_RATE": "1000000",
        }
        command = [sys.executable, "-m", "lakegloss.cli.main", "serve", "--port", "0"]
        with Path(home, "log").open("w") as log:
            process = subprocess.Popen(command, env=environ, stderr=log, text=True)
        with _on_one_core(process):
            yield _address(Path(home, "log")), process


def _address(log: Path) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := re.search(r"serving (http://\S+),", log.read_text()):
            return found[1]
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def rss(process: "subprocess.Popen[str]") -> float:
    """Megabytes that a process ever held at once."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def judge(checks: list[tuple[str, float, str, float]]) -> bool:
    """Print and record the goals; whether all are met."""
    rows: list[dict[str, Any]] = []
    for measure, value, unit, limit in checks:
        record(BENCH, measure, round(value, 2), unit, f"<= {limit:g}", met=value <= limit)
        rows.append({"measure": measure, "value": value, "goal": limit, "met": value <= limit})
    table("Goals", rows)
    return all(row["met"] for row in rows)


if __name__ == "__main__":
    sys.exit(main())
