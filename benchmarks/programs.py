"""Measures programs on the engine: share of the limit in bulk, and the cost of one execution.

    python -m benchmarks.programs [--rounds 40]

The endpoint answers after one second, in a process of its own; the share is the rate of its answers
over the middle 80 % of them, of what 64 calls in flight allow. CPU is that of this process, an
execution of a bare program (`program.acall` with the same language model) beside one by `execute`.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dspy

from benchmarks.bench import record, table
from lakegloss.engine.lm import language_model
from lakegloss.engine.models import route_of
from lakegloss.lakehouse.execute.execute import spark_execute
from lakegloss.lakehouse.session.session import session
from lakegloss.programs.json_adapter import ADAPTER
from lakegloss.programs.library import SummarizeText
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.settings import Settings, load_settings

BENCH = "programs"
IN_FLIGHT = 64
MANY = 400
SHARE_GOAL, OVERHEAD_GOAL, CACHED_GOAL = 90.0, 1.0, 0.3
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    calls = IN_FLIGHT * parser.parse_args().rounds
    shares = [
        ("execute_batch", share(calls, by_batch)),
        ("spark_execute, driver", share(calls, by_spark)),
    ]
    bare, executed, cached = costs()
    rows = [{"way": name, "share of the limit, %": found} for name, found in shares]
    table(f"{calls} calls of one second, {IN_FLIGHT} in flight", rows)
    figures = [
        ("bare program, CPU ms", bare), ("execute, CPU ms", executed),
        ("overhead, CPU ms", executed - bare), ("cached result, ms", cached),
    ]  # fmt: skip
    table(f"One execution, of {MANY}", [{"": name, "value": value} for name, value in figures])
    for name, found in shares:
        record(BENCH, f"share of the limit ({name})", found, "%", f">= {SHARE_GOAL:g}",
               found >= SHARE_GOAL)  # fmt: skip
    record(BENCH, "overhead of execute", executed - bare, "ms", f"<= {OVERHEAD_GOAL:g}",
           executed - bare <= OVERHEAD_GOAL)  # fmt: skip
    record(BENCH, "cached result", cached, "ms", f"<= {CACHED_GOAL:g}", cached <= CACHED_GOAL)
    return 0


@contextmanager
def endpoint(latency: float) -> Iterator[tuple[str, Callable[[], list[float]]]]:
    """A server's address, and a function that ends it and gives the times of its answers."""
    command = [sys.executable, "-m", "tests.kits.program_server", "--latency", str(latency)]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()

    def times() -> list[float]:
        told, _ = server.communicate("\n")
        found: list[float] = json.loads(told)
        return found

    try:
        yield url, times
    finally:
        server.kill()
        server.wait()


def share(calls: int, work: Callable[[Settings, list[dict[str, str]]], int]) -> float:
    """Percent of the limit."""
    inputs = [{"document": f"document number {n}"} for n in range(calls)]
    with endpoint(1.0) as (url, times), tempfile.TemporaryDirectory() as home:
        settings = load_settings(
            environ={}, home=Path(home), model="m", endpoint=url, in_flight=IN_FLIGHT
        )
        assert work(settings, inputs) == calls
        moments = sorted(times())
    kept = moments[len(moments) // 10 : -len(moments) // 10]
    rate = (len(kept) - 1) / (kept[-1] - kept[0])
    return 100 * rate / IN_FLIGHT


def by_batch(settings: Settings, inputs: list[dict[str, str]]) -> int:
    with DSPyPipelineExecutor(
        settings=settings, max_workers=IN_FLIGHT, environ={}, cache_enabled=False
    ) as executor:
        return sum(r.success for r in executor.execute_batch("SummarizeText", inputs_list=inputs))


def by_spark(settings: Settings, inputs: list[dict[str, str]]) -> int:
    with session(settings) as spark:
        frame = spark.createDataFrame([(i["document"],) for i in inputs], "document string")
        found = spark_execute(frame, SummarizeText, settings=settings)
        return found.where("result.error IS NULL").count()


def costs() -> tuple[float, float, float]:
    """CPU milliseconds of a bare program and of `execute`; wall milliseconds of a cached result."""
    with endpoint(0.0) as (url, _):
        settings = load_settings(environ={}, model="m", endpoint=url)
        inputs: list[dict[str, Any]] = [{"document": f"d{n}"} for n in range(MANY)]
        bare = bare_cpu(settings, inputs)
        with DSPyPipelineExecutor(settings=settings, environ={}) as executor:
            executor.execute(model_id="SummarizeText", inputs={"document": "warm"})
            start = time.process_time()
            for each in inputs:
                assert executor.execute(model_id="SummarizeText", inputs=each).success
            executed = 1_000 * (time.process_time() - start) / MANY
            start = time.perf_counter()
            for each in inputs:
                assert executor.execute(model_id="SummarizeText", inputs=each).metadata["cached"]
            cached = 1_000 * (time.perf_counter() - start) / MANY
    return bare, executed, cached


def bare_cpu(settings: Settings, inputs: list[dict[str, Any]]) -> float:
    route = route_of("m", settings.asking, max_tokens=3_000, run_id="bench")
    lm = language_model(route.engine, "m", program=lambda: "bare")
    program = dspy.Predict(SummarizeText)

    async def all_of_them() -> float:
        quiet = {"disable_history": True, "trace": None}
        with dspy.context(lm=lm, adapter=ADAPTER, **quiet):
            await program.acall(document="warm", max_length="100 words")
            start = time.process_time()
            for each in inputs:
                await program.acall(**each, max_length="100 words")
            return time.process_time() - start

    try:
        return 1_000 * asyncio.run(all_of_them()) / MANY
    finally:
        route.engine.close()


if __name__ == "__main__":
    sys.exit(main())
