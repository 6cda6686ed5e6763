"""Measures what the registered comment program costs when MLflow serves it, beside a bare pyfunc.

    python -m benchmarks.served_model [--seconds 15]

Both are served by `mlflow models serve` in processes of their own. The bare one echoes its rows:
what it takes is MLflow's. The program's model endpoint answers at once; what a request takes beyond
a call of that endpoint is told once more with one that takes 100 ms, as then the machine has gone
to sleep in between: no goal, but nearer to life. The goals of time are ratios to the bare pyfunc,
as machines differ: a twentieth of its rows, and five of its requests.
"""

import argparse
import asyncio
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from benchmarks.bench import record, table
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.saved import save
from lakegloss.serving.model.packaging import packaged
from lakegloss.settings import load_settings
from tests.kits.model_server import ModelServer
from tests.kits.served_model import ServedModel

BENCH = "served_model"
BATCH, CALLERS = 10, 4
LATENCY = 0.1
RATE, P50, COLD, MEBIBYTES = 1 / 20, 5.0, 1.0, 5.0
ECHO = """\
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Echo(PythonModel):
    def predict(self, context, model_input: pd.DataFrame, params=None):
        return [{"table": table} for table in model_input["table"]]


set_model(Echo())
"""


def card(number: int) -> dict[str, Any]:
    """A table of five columns; each another one."""
    names = ("order_ref", "state", "placed_on", "amount", f"note_{number}")
    return {
        "table": f"sales.orders_{number}",
        "rows": 1_000,
        "columns": [{"name": name, "type": "string", "distinct": 5} for name in names],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    seconds = parser.parse_args().seconds
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    with bare() as folder, ServedModel(folder) as served:
        cold_bare = served.seconds
        rate_bare = asyncio.run(rows_a_second(served.url, seconds))
        p50_bare = asyncio.run(milliseconds(served.url, seconds))
    with ours(latency=0.0) as (folder, endpoint), ServedModel(folder) as served:
        cold, size = served.seconds, megabytes(folder)
        rate = asyncio.run(rows_a_second(served.url, seconds))
        p50 = asyncio.run(beyond_the_call(served.url, endpoint, seconds))
    with ours(latency=LATENCY) as (folder, endpoint), ServedModel(folder) as served:
        p50_slow = asyncio.run(beyond_the_call(served.url, endpoint, seconds))
    table(
        f"Batches of {BATCH} rows from {CALLERS} callers; one row a request, beyond its model call",
        [
            {"model": "bare pyfunc, echoes", "rows/s": rate_bare, "p50 ms": p50_bare,
             "p50 ms, slow model": "", "cold start s": cold_bare},
            {"model": "registered comment program", "rows/s": rate, "p50 ms": p50,
             "p50 ms, slow model": p50_slow, "cold start s": cold},
        ],
    )  # fmt: skip
    return judge(
        [
            ("rows a second, of the bare one's", rate / rate_bare, "", f">= {RATE:g}",
             rate / rate_bare >= RATE),
            ("added to a request, p50, times the bare one's", p50 / p50_bare, "", f"<= {P50:g}",
             p50 / p50_bare <= P50),
            ("cold start beyond the bare one, times it", cold / cold_bare - 1, "", f"<= {COLD:g}",
             cold / cold_bare - 1 <= COLD),
            ("artifact", size, "MiB", f"<= {MEBIBYTES:g}", size <= MEBIBYTES),
        ]
    )  # fmt: skip


def judge(measures: list[tuple[str, float, str, str, bool]]) -> int:
    table(
        "Goals",
        [
            {"measure": name, "value": value, "unit": unit, "goal": goal, "met": met}
            for name, value, unit, goal, met in measures
        ],
    )
    for name, value, unit, goal, met in measures:
        record(BENCH, name, value, unit, goal, met)
    return 0 if all(met for *_, met in measures) else 1


@contextmanager
def bare() -> Iterator[Path]:
    import warnings

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.pyfunc

        logging.getLogger("mlflow").setLevel(logging.ERROR)
        code = Path(folder) / "echo.py"
        code.write_text(ECHO, encoding="utf-8")
        model = Path(folder) / "model"
        mlflow.pyfunc.save_model(str(model), python_model=str(code), pip_requirements=["mlflow"])
        yield model


@contextmanager
def ours(*, latency: float) -> Iterator[tuple[Path, str]]:
    with ModelServer(latency=latency) as server, tempfile.TemporaryDirectory() as home:
        settings = load_settings(
            environ={}, home=Path(home), model="m", endpoint=server.url, in_flight=64
        )
        with packaged(save(CommentProgram()), settings) as model:
            yield model, server.url


async def beyond_the_call(url: str, endpoint: str, seconds: float) -> float:
    """What a request of one row takes beyond its model call, in the middle, in milliseconds."""
    direct = await called(endpoint, seconds / 2)
    return await milliseconds(url, seconds) - direct


async def called(endpoint: str, seconds: float) -> float:
    """The middle of the times of bare calls of the model's endpoint, in milliseconds."""
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": json.dumps({"tables": ["c1 a string"]})}],
    }
    times = []
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < end:
            start = time.perf_counter()
            async with session.post(f"{endpoint}/chat/completions", json=body) as answer:
                await answer.read()
                answer.raise_for_status()
            times.append(1_000 * (time.perf_counter() - start))
    return float(np.median(times))


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


async def rows_a_second(url: str, seconds: float) -> float:
    """Rows of batches, from callers beside each other."""
    done = 0
    numbers = iter(range(10**9))
    end = time.monotonic() + seconds

    async def caller(session: aiohttp.ClientSession) -> None:
        nonlocal done
        while time.monotonic() < end:
            await ask(session, url, [card(next(numbers)) for _ in range(BATCH)])
            done += BATCH

    async with aiohttp.ClientSession() as session:
        await ask(session, url, [card(next(numbers))])
        start = time.monotonic()
        await asyncio.gather(*(caller(session) for _ in range(CALLERS)))
        return done / (time.monotonic() - start)


async def milliseconds(url: str, seconds: float) -> float:
    """The middle of the times of requests of one row, one after the other."""
    times = []
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as session:
        await ask(session, url, [card(-1)])
        number = 0
        while time.monotonic() < end:
            start = time.perf_counter()
            await ask(session, url, [card(number)])
            times.append(1_000 * (time.perf_counter() - start))
            number += 1
    return float(np.median(times))


async def ask(session: aiohttp.ClientSession, url: str, cards: list[dict[str, Any]]) -> None:
    body = json.dumps({"dataframe_records": cards})
    headers = {"Content-Type": "application/json"}
    async with session.post(f"{url}/invocations", data=body, headers=headers) as answer:
        found = await answer.json(content_type=None)
        if answer.status != 200 or len(found["predictions"]) != len(cards):
            raise RuntimeError(f"HTTP {answer.status}: {str(found)[:500]}")
        for row in found["predictions"]:
            if isinstance(row, dict) and row.get("error"):
                raise RuntimeError(row["error"])


if __name__ == "__main__":
    raise SystemExit(main())
