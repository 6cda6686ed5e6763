"""Runs the sides of the throughput bench: each does the same work in its own way.

The work is ten comments a call. Each side runs in its own process
(`python -m benchmarks.calls.sides NAME IN_FLIGHT CALLS`) and prints one line of JSON: the server's
rate over the middle 80 % of the answers, and the CPU time a call of all processes on the client's
side. Rendering prompts and reading answers counts as CPU time of every side.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.calls.fixed_latency import IDS, FixedLatencyServer
from lakegloss.core.plan.packing import Batch
from lakegloss.core.records import AskedAsset
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import endpoint_from
from lakegloss.engine.journal import Journal
from lakegloss.engine.outcome import Outcome
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings

LATENCY = 1.0
KEY = "none"
Result = dict[str, Any]


def cards(number: int) -> list[str]:
    """A table and nine columns, as lines."""
    columns = [f"c{n} amount_{number}_{n} double: 3.5..9,412.8, 4 % null" for n in range(1, 10)]
    return [f"t1 sales.orders_{number}: 20,000 rows", *columns]


def batch(number: int) -> Batch:
    table = f"sales.orders_{number}"
    names = ("", *(f"amount_{number}_{n}" for n in range(1, 10)))
    assets = tuple(
        AskedAsset(id=id_, table=table, column=name, fingerprint="f")
        for id_, name in zip(IDS, names, strict=True)
    )
    return Batch(cards=tuple(cards(number)), assets=assets, tokens=220, max_tokens=800)


def driver(in_flight: int, calls: int) -> Result:
    """Our engine on the driver, with its journal."""
    with FixedLatencyServer(LATENCY) as server, tempfile.TemporaryDirectory() as folder:
        settings = _settings(server, in_flight)
        with measured(server, in_flight) as result:
            requests = _rendered(calls)
            engine = Engine(
                HttpTransport(endpoint_from(settings)),
                CallPolicy(in_flight=in_flight),
                run_id="bench",
                journal=Journal(Path(folder), "bench"),
            )
            with engine:
                outcome = engine.ask(requests)
            result["good"] = _read(requests, outcome)
    return result


def partitions(in_flight: int, calls: int) -> Result:
    """Our engine in tasks of a local Spark session, with its journal; the session is warm."""
    from lakegloss.engine.spark.partitions import ask_in_partitions
    from lakegloss.lakehouse.session.session import session

    with tempfile.TemporaryDirectory() as folder, FixedLatencyServer(LATENCY) as server:
        settings = _settings(server, in_flight, home=Path(folder) / "home")
        endpoint = endpoint_from(settings)
        with session(settings) as spark:

            def ask(requests: Sequence[ModelRequest], run: str) -> Outcome:
                journal = Path(folder) / run
                return ask_in_partitions(spark, requests, settings.calls, endpoint, run, journal)

            ask(_rendered(8), "warm")
            seen = len(server.counts()["times"])
            with measured(server, in_flight, seen) as result:
                requests = _rendered(calls)
                result["good"] = _read(requests, ask(requests, "bench"))
    return result


def plain_acall(in_flight: int, calls: int) -> Result:
    """DSPy as its documentation shows it: acall, gathered, under a semaphore."""
    import dspy

    async def run(lm: dspy.LM) -> list[Any]:
        places = asyncio.Semaphore(in_flight)
        program = dspy.Predict(_signature())

        async def one(number: int) -> Any:
            async with places:
                return await program.acall(**_inputs(number))

        with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
            return await asyncio.gather(*(one(number) for number in range(calls)))

    with FixedLatencyServer(LATENCY) as server, measured(server, in_flight) as result:
        result["good"] = _good(asyncio.run(run(_lm(server.url))))
    return result


def threads(in_flight: int, calls: int) -> Result:
    """dspy.Parallel, one thread a call in flight."""
    import dspy

    parallel = dspy.Parallel(num_threads=in_flight, disable_progress_bar=True, timeout=0)
    with FixedLatencyServer(LATENCY) as server, measured(server, in_flight) as result:
        program = dspy.Predict(_signature())
        with dspy.context(lm=_lm(server.url), adapter=dspy.JSONAdapter()):
            result["good"] = _good(parallel([(program, _inputs(n)) for n in range(calls)]))
    return result


def rowwise_udf(in_flight: int, calls: int) -> Result:
    """A Python UDF with a DSPy call for each row: as many calls in flight as cores."""
    from pyspark.sql.functions import udf

    from lakegloss.lakehouse.session.session import session

    with tempfile.TemporaryDirectory() as folder, FixedLatencyServer(LATENCY) as server:
        settings = _settings(server, in_flight, home=Path(folder) / "home")
        url = server.url

        def comment(number: int) -> str:
            import dspy

            with dspy.context(lm=_lm(url), adapter=dspy.JSONAdapter()):
                answer = dspy.Predict(_signature())(**_inputs(number))
            return json.dumps([entry.text for entry in answer.comments])

        with session(settings) as spark:
            rows = spark.range(calls).repartition(os.cpu_count() or 1)
            called = rows.select(udf(comment, "string")("id").alias("text"))
            with measured(server, in_flight) as result:
                texts = [row.text for row in called.collect()]
                result["good"] = sum(len(json.loads(text)) == len(IDS) for text in texts)
    return result


def openaivec(in_flight: int, calls: int) -> Result:
    """The asynchronous client of openaivec; one table a call, so that the work is the same."""
    if find_spec("openaivec") is None:
        return {"note": "not measured: openaivec is not installed (extra bench)"}
    _o200k()
    from openai import AsyncOpenAI
    from openaivec import AsyncBatchResponses

    from lakegloss.programs.comment import WriteComments

    async def run(server: FixedLatencyServer) -> list[Any]:
        client = AsyncOpenAI(base_url=server.url, api_key=KEY, timeout=60)
        model: Any = AsyncBatchResponses
        asker = model.of(
            client=client,
            model_name="gpt-4o",
            system_message=WriteComments.instructions,
            response_format=_answer_type(),
            batch_size=1,
            max_concurrency=in_flight,
        )
        return list(await asker.parse(["\n".join(cards(n)) for n in range(calls)]))

    with FixedLatencyServer(LATENCY) as server, measured(server, in_flight) as result:
        result["good"] = _good(asyncio.run(run(server)))
    return result


SIDES: dict[str, Callable[[int, int], Result]] = {
    "driver": driver,
    "partitions": partitions,
    "acall": plain_acall,
    "threads": threads,
    "udf": rowwise_udf,
    "openaivec": openaivec,
}


@contextmanager
def measured(server: FixedLatencyServer, in_flight: int, seen: int = 0) -> Iterator[Result]:
    """Fill a result with what happened inside: rate, share of the limit, CPU a call.

    Args:
        seen: answers of the server before.
    """
    result: Result = {"load": os.getloadavg()[0]}
    before = cpu_of_clients(server.pid)
    yield result
    cpu = cpu_of_clients(server.pid) - before
    counts = server.counts()
    times = counts["times"][seen:]
    first, last = len(times) // 10, len(times) * 9 // 10
    rate = (last - first) / (times[last] - times[first])
    result |= {
        "calls": len(times),
        "rate": rate,
        "share": rate * LATENCY / in_flight,
        "cpu_ms": 1000 * cpu / len(times),
        "server_ms": 1000 * counts["cpu"] / len(counts["times"]),
        "most_in_flight": counts["most_in_flight"],
        "load": max(result["load"], os.getloadavg()[0]),
    }


def cpu_of_clients(server: int) -> float:
    """CPU seconds of this process and its children (JVM, workers), but for the server; of Linux."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        pid = int(path.parent.name)
        parents[pid] = int(fields[1])
        ticks[pid] = sum(map(int, fields[11:13]))
    own = {os.getpid()}
    while found := {p for p, parent in parents.items() if parent in own} - own - {server}:
        own |= found
    return sum(ticks[pid] for pid in own) / os.sysconf("SC_CLK_TCK")


def _settings(server: FixedLatencyServer, in_flight: int, **options: Any) -> Settings:
    return Settings(
        model="model-a", endpoint=server.url, in_flight=in_flight, run_timeout=600, **options
    )


def _rendered(count: int) -> list[ModelRequest]:
    program = CommentProgram()
    return [
        program.render(batch(n), style="standard", language="English", model="model-a")
        for n in range(count)
    ]


def _read(requests: Sequence[ModelRequest], outcome: Outcome) -> int:
    """How many requests have all their comments."""
    if outcome.error is not None:
        raise outcome.error
    program, by_hash = CommentProgram(), {r.request_hash: r for r in requests}
    return sum(
        len(program.parse(response.text, by_hash[response.request_hash])) == len(IDS)
        for response in outcome.responses
    )


def _good(answers: Sequence[Any]) -> int:
    return sum(answer is not None and len(answer.comments) == len(IDS) for answer in answers)


def _signature() -> Any:
    from lakegloss.programs.comment import WriteComments

    return WriteComments


def _inputs(number: int) -> dict[str, Any]:
    return {
        "style": "one sentence",
        "language": "English",
        "guidance": [],
        "tables": cards(number),
        "feedback": [],
    }


def _answer_type() -> Any:
    from pydantic import create_model

    from lakegloss.programs.comment import Comment

    return create_model("Comments", comments=(list[Comment], ...))


def _lm(url: str) -> Any:
    import dspy

    return dspy.LM("openai/model-a", api_base=url, api_key=KEY, cache=False, max_tokens=800)


def _o200k() -> None:
    """The file of tiktoken comes with litellm's wheel, so nothing is fetched."""
    spec = find_spec("litellm")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "litellm_core_utils" / "tokenizers"
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(folder))


def main() -> None:
    name, in_flight, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    started = time.monotonic()
    result = SIDES[name](in_flight, calls)
    print(json.dumps(result | {"seconds": time.monotonic() - started}))


if __name__ == "__main__":
    main()
