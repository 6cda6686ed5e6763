"""Measures how fast a program is evaluated on examples, beside `dspy.Evaluate`.

    python -m benchmarks.evaluation

An endpoint answers each call after one second; 64 calls may be in flight. A side's share is the
rate at which the server sent answers, over the middle 80 % of them, of what so many calls in flight
allow. Ours reads examples from a file, answers and scores them, and writes the score of every item
into ledgers of a local Spark session. Growth is what a process needed more memory while it worked,
by the example: between 1,000 examples and 4,000. It takes about three minutes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.bench import record, table

BENCH = "evaluation"
IN_FLIGHT = 64
SIZES = (1_000, 4_000)
SHARE_GOAL, GROWTH_GOAL = 95.0, 20.0
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    ours = [run("lakegloss", size) for size in SIZES]
    theirs = run("dspy", SIZES[0])
    growth = 1024 * (ours[1]["grown_mb"] - ours[0]["grown_mb"]) / (SIZES[1] - SIZES[0])
    table(
        f"A program over examples, a latency of 1 s, {IN_FLIGHT} calls in flight",
        [*(row("lakegloss evaluate", one) for one in ours), row("dspy.Evaluate", theirs)],
    )
    share = round(100 * ours[0]["share"], 1)
    whole = all(one["good"] == size for one, size in zip(ours, SIZES, strict=True))
    record(BENCH, "share of the limit, 1,000 examples", share, "%", f">= {SHARE_GOAL}",
           share >= SHARE_GOAL)  # fmt: skip
    record(BENCH, "growth an example", round(growth, 1), "KiB", f"<= {GROWTH_GOAL}",
           growth <= GROWTH_GOAL)  # fmt: skip
    table("Goals", [
        {"measure": "share of the limit, 1,000 examples, %", "value": share, "goal": SHARE_GOAL},
        {"measure": "growth an example, KiB", "value": round(growth, 1), "goal": GROWTH_GOAL},
    ])  # fmt: skip
    return 0 if whole else 1


def run(side: str, examples: int) -> dict[str, Any]:
    """A side's figures, from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.calls.evaluating", side, str(IN_FLIGHT)]
    done = subprocess.run([*command, str(examples)], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def row(name: str, result: dict[str, Any]) -> dict[str, object]:
    return {
        "side": name,
        "examples": result["calls"],
        "right": result["good"],
        "share %": f"{100 * result['share']:.1f}",
        "CPU ms a call": f"{result['cpu_ms']:.2f}",
        "grown MB": f"{result['grown_mb']:.0f}",
        "load": f"{result['load']:.1f}",
    }


if __name__ == "__main__":
    sys.exit(main())
