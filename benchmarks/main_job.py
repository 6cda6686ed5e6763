"""Times the main job on the demo's lakehouse: first run, second run, a new column, a rebuilt table.

    python -m benchmarks.main_job [--model-server] [--sessions 3]

Times leave the start of the session out. Each of several sessions is a process of its own, as
each run of a command is; shown is the one whose second run took the median share of its first.
With --model-server a local endpoint that answers at once stands in for a model, so that calls are
counted; without it the rules describe.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from benchmarks.bench import record, table
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.demo.demo import load_demo
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.session.session import session
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer

BENCH = "main_job"
Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-server", action="store_true")
    parser.add_argument("--sessions", type=int, default=3)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.into:
        arguments.into.write_text(json.dumps(one_session(model_server=arguments.model_server)))
        return 0
    found = sorted((in_a_process(sys.argv[1:]) for _ in range(arguments.sessions)), key=share_of)
    rows = found[len(found) // 2]
    table("The main job on the demo's lakehouse (seconds without session start)", rows)
    shares = ", ".join(f"{share_of(each):.1f}" for each in found)
    sys.stdout.write(f"second run, share of the first, by session: {shares} %\n")
    return judge(rows, "model" if arguments.model_server else "rules")


def in_a_process(arguments: list[str]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "benchmarks.main_job", *arguments, "--into", str(path)]
        subprocess.run(command, check=True)
        rows: list[Row] = json.loads(path.read_text())
    return rows


def share_of(rows: list[Row]) -> float:
    """Percent of the first run that the second took."""
    return float(100 * rows[1]["seconds"] / rows[0]["seconds"])


def one_session(*, model_server: bool) -> list[Row]:
    server = ModelServer() if model_server else nullcontext()
    with tempfile.TemporaryDirectory() as folder, server as running:
        model = {"model": "local", "endpoint": running.url} if running else {}
        settings = load_settings(home=Path(folder) / "home", environ={}, **model)
        with session(settings) as spark:
            return measured(spark, settings, load_demo(spark))


def measured(spark: SparkSession, settings: Settings, patterns: list[str]) -> list[Row]:
    def job() -> Row:
        drafted = describe(spark, settings, patterns)
        written = apply(spark, settings, patterns)
        return {
            "drafted": sum(drafted.sources.values()),
            "calls": drafted.calls,
            "input tokens": drafted.input_tokens,
            "written": written.applied,
            "statements": written.statements,
        }

    rows = [timed("first run", job), timed("second run, nothing changed", job)]
    spark.sql("ALTER TABLE nycflights13.airlines ADD COLUMNS (country STRING)")
    rows.append(timed("one column added", job))
    rebuild(spark, "nycflights13.airports")
    rows.append(timed("a table rebuilt by CREATE OR REPLACE", job))
    return rows


def rebuild(spark: SparkSession, name: str) -> None:
    """The same rows in a new table of the same name: its comments are lost."""
    spark.sql(f"CREATE TABLE {name}_copy USING delta AS SELECT * FROM {name}")
    columns = ", ".join(f"{f.name} {f.dataType.simpleString()}" for f in spark.table(name).schema)
    spark.sql(f"CREATE OR REPLACE TABLE {name} ({columns}) USING delta")
    spark.sql(f"INSERT INTO {name} SELECT * FROM {name}_copy")
    spark.sql(f"DROP TABLE {name}_copy")


def timed(name: str, job: Callable[[], Row]) -> Row:
    start = time.perf_counter()
    counts = job()
    return {"run": name, "seconds": time.perf_counter() - start, **counts}


def judge(rows: list[Row], how: str) -> int:
    _, second, column, rebuilt = rows
    share = share_of(rows)
    checks = [
        ("second run, share of the first", share, "%", "<= 20", share <= 20),
        ("second run, calls", second["calls"], "", "0", second["calls"] == 0),
        ("second run, statements", second["statements"], "", "0", second["statements"] == 0),
        ("one column added, comments drafted", column["drafted"], "", "1", column["drafted"] == 1),
        ("rebuilt table, calls", rebuilt["calls"], "", "0", rebuilt["calls"] == 0),
        ("rebuilt table, comments back", rebuilt["written"], "", ">= 8", rebuilt["written"] >= 8),
    ]
    if how == "model":
        checks.append(("one column added, calls", column["calls"], "", "1", column["calls"] == 1))
    for measure, value, unit, goal, met in checks:
        record(BENCH, f"{measure} ({how})", value, unit, goal, met)
    table(
        "Goals", [{"measure": m, "value": v, "goal": g, "met": met} for m, v, _, g, met in checks]
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
