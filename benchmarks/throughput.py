"""Measures calls a second to an endpoint that answers each call after one second, side by side.

    python -m benchmarks.throughput

Every side asks for ten comments a call. Its share is the rate at which the server sent answers,
over the middle 80 % of them, of what so many calls in flight allow. CPU is that of all processes on
the client's side, JVM included, prompts and answers included, a call; the session of Spark is
started and warm before. Ours run 60 rounds of the calls in flight, the others 10, the naive UDF 24
calls. It takes about six minutes and wants a quiet machine: the load stands beside each figure.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.bench import record, table

BENCH = "throughput"
ROUNDS, PEER_ROUNDS, UDF_CALLS = 60, 10, 24
GOALS = {64: 97.0, 256: 94.0}
CPU_GOAL = 0.45
ROOT = Path(__file__).resolve().parents[1]

SIDES = (
    ("driver", "lakegloss, driver", 64, 64 * ROUNDS),
    ("driver", "lakegloss, driver", 256, 256 * ROUNDS),
    ("partitions", "lakegloss, Spark partitions", 64, 64 * ROUNDS),
    ("partitions", "lakegloss, Spark partitions", 256, 256 * ROUNDS),
    ("acall", "dspy acall, gather and semaphore", 64, 64 * PEER_ROUNDS),
    ("threads", "dspy.Parallel, threads", 64, 64 * PEER_ROUNDS),
    ("openaivec", "openaivec, AsyncBatchResponses", 64, 64 * PEER_ROUNDS),
    ("udf", "DSPy in a row-wise Spark UDF", 64, UDF_CALLS),
)


def main() -> int:
    rows = []
    for side, name, in_flight, calls in SIDES:
        result = run(side, in_flight, calls)
        rows.append(row(name, in_flight, result))
        if "note" not in result:
            judge(side, name, in_flight, result)
    table("Throughput at a latency of 1 s, ten comments a call", rows)
    return 0


def run(side: str, in_flight: int, calls: int) -> dict[str, Any]:
    """A side's figures, from a process of its own; a side that breaks says why."""
    command = [sys.executable, "-m", "benchmarks.calls.sides", side, str(in_flight), str(calls)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines() or ["no output"]
        return {"note": f"failed: {said[-1][:160]}"}
    result: dict[str, Any] = json.loads(lines[-1])
    return result


def row(name: str, in_flight: int, result: dict[str, Any]) -> dict[str, object]:
    if "note" in result:
        shown = dict.fromkeys(("calls", "share %", "CPU ms a call", "load"), "")
        return {"side": f"{name} ({result['note']})", "in flight": in_flight, **shown}
    calls = result["calls"]
    whole = result["good"] == calls
    return {
        "side": name if whole else f"{name} ({calls - result['good']} answers lost)",
        "in flight": in_flight,
        "calls": f"{calls:,}",
        "share %": f"{100 * result['share']:.1f}",
        "CPU ms a call": f"{result['cpu_ms']:.2f}",
        "load": f"{result['load']:.1f}",
    }


def judge(side: str, name: str, in_flight: int, result: dict[str, Any]) -> None:
    ours = side in {"driver", "partitions"}
    where = f"{name}, {in_flight} in flight"
    share = round(100 * result["share"], 1)
    goal = GOALS[in_flight] if ours else 0.0
    record(
        BENCH,
        f"share of the limit: {where}",
        share,
        "%",
        f">= {goal:g}" if ours else "a peer",
        share >= goal and (not ours or result["good"] == result["calls"]),
    )
    cpu = round(result["cpu_ms"], 3)
    bound = f"<= {CPU_GOAL}" if side == "driver" else "no goal"
    record(BENCH, f"CPU a call: {where}", cpu, "ms", bound, side != "driver" or cpu <= CPU_GOAL)


if __name__ == "__main__":
    sys.exit(main())
