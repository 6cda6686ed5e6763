"""Measures lakes of 100 to 10,000 tables of 50 columns: inventory, plan, packing, recording.

The tables are invented, as thousands of real ones would measure the catalog; from there on all is
the real path: inventory and evidence in Delta, keys and references, fingerprints, packing and
rendering for a model, and a proposal for each asset appended to the ledger.

`python -m benchmarks.scale [--tables 100,1000,10000]`
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from pyspark.sql import SparkSession

from benchmarks.bench import record, table
from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.tasks import TableTasks, in_order
from lakegloss.core.records import Proposal, Source
from lakegloss.core.shelf import Shelf, batched
from lakegloss.drafting.rendering import render_requests
from lakegloss.lakehouse.describe.known_reader import KnownReader
from lakegloss.lakehouse.describe.planning import planner_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE, PROPOSALS
from lakegloss.lakehouse.session.session import session
from lakegloss.lakehouse.survey.gathering import gather_evidence
from lakegloss.lakehouse.survey.inventory import record_inventory
from lakegloss.lakehouse.survey.stored import Stored
from lakegloss.lakehouse.survey.survey import Survey
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings, load_settings

BENCH = "scale"
COLUMNS = 50
SECONDS = 180
GROWTH = 1.5
MEGABYTES = 1_000
ENTITIES = (
    "customer order invoice shipment product store employee payment claim policy account visit "
    "sensor device session campaign ticket supplier contract loan"
).split()
PARTS = (
    "amount quantity status type code country region start_date end_date score rate total".split()
)
KINDS = ("string", "bigint", "double", "date", "timestamp", "decimal(12,2)", "boolean", "int")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default="100,1000,10000")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.tables.split(",")]
    if arguments.into:
        arguments.into.write_text(json.dumps(measured(sizes[0])))
        return 0
    rows = [in_a_process(size) for size in sizes]
    table(f"Tables of {COLUMNS} columns: seconds by step, megabytes of the driver at most", rows)
    return judge(rows)


def in_a_process(size: int) -> dict[str, Any]:
    """A process each: a JVM keeps the catalog of its first home, and its memory only grows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "row.json"
        command = [sys.executable, "-m", "benchmarks.scale", "--tables", str(size)]
        subprocess.run([*command, "--into", str(path)], check=True)
        row: dict[str, Any] = json.loads(path.read_text())
    return row


def measured(size: int) -> dict[str, Any]:
    """One lake in a home of its own; the smallest goes first, as memory is seen to grow only."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            home=Path(folder), environ={}, model="any-model", endpoint="http://127.0.0.1:1/v1"
        )
        with session(settings) as spark:
            warm(spark, settings)
            return steps(spark, settings, size)


def warm(spark: SparkSession, settings: Settings) -> None:
    """A few tables first, so that the JVM's start is not taken for the lake's size."""
    steps(spark, settings.model_copy(update={"schema_name": "warm"}), 20)


def steps(spark: SparkSession, settings: Settings, size: int) -> dict[str, Any]:
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    shelf = Shelf(invented(number) for number in range(size))
    store_evidence(ledgers, settings, shelf)
    took: dict[str, float] = {}
    start = time.perf_counter()

    def lap(step: str) -> None:
        nonlocal start
        now = time.perf_counter()
        took[step] = took.get(step, 0.0) + now - start
        start = now

    record_inventory(ledgers, shelf, run_id="bench", patterns=("lake*.*",))
    lap("inventory")
    gathered = gather_evidence(ledgers, settings.profile, shelf, shelf.names, run_id="bench")
    assert gathered.profiled == 0
    found = Survey(
        shelf=shelf,
        levels=in_order(dict.fromkeys(shelf.names, ())),
        evidence=gathered,
        unreadable={},
        columns=size * COLUMNS,
        read_by_views=frozenset(),
    )
    lap("keys")
    program = CommentProgram()
    planner = planner_of(ledgers, settings, program, KnownReader(ledgers))
    requests = assets = tokens = 0
    for chunk in found.chunks():
        tasks = planner.tasks(chunk, found)
        lap("plan")
        works = [t.work((k.key for k in t.tasks if k.described), {}) for t in tasks]
        rendered = render_requests(program, settings, works)
        requests += len(rendered)
        tokens += sum(request.input_tokens for request in rendered)
        lap("pack")
        assets += ledgers.append(PROPOSALS, proposed(tasks))
        lap("record")
    assert assets == size * (COLUMNS + 1)
    whole = sum(took.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "tables": size, **took, "in all": whole, "ms a table": 1000 * whole / size,
        "requests": requests, "tokens": tokens, "MB": memory,
    }  # fmt: skip


def proposed(tables: Sequence[TableTasks]) -> list[Proposal]:
    """A proposal for each asset, as a model's answers would become."""
    return [
        Proposal(
            proposal_id=uuid4().hex,
            table=task.key.table,
            column=task.key.column,
            text=f"What {task.key.column or task.key.table} holds, in the words of a model.",
            source=Source.MODEL.value,
            status=task.choice.status.value,
            checks=(),
            reason="",
            replaces=task.comment,
            fingerprint=task.fingerprint,
            request_hash="",
            program="bench",
            program_version="bench",
            variant="champion",
            model="any-model",
            run_id="bench",
            proposed_at=datetime.now(UTC),
        )
        for table in tables
        for task in table.tasks
        if task.described
    ]


def invented(number: int) -> Table:
    """A table of 50 columns: a key, keys of others, and what such tables hold."""
    rng = random.Random(number)  # noqa: S311 - a seeded lake, no secret
    entity = ENTITIES[number % len(ENTITIES)]
    others = rng.sample(ENTITIES, 4)
    names = [f"{entity}_id", *(f"{other}_id" for other in others if other != entity)]
    while len(names) < COLUMNS:
        name = f"{rng.choice(ENTITIES)}_{rng.choice(PARTS)}"
        names.append(name if name not in names else f"{name}_{len(names)}")
    columns = tuple(
        Column(
            path=name,
            data_type="bigint" if name.endswith("_id") else rng.choice(KINDS),
            comment="",
            position=place,
            nullable=True,
        )
        for place, name in enumerate(names)
    )
    name = f"lake{number // 500:02d}.{entity}_{number:05d}"
    return Table(name=name, columns=columns, data_version="1@2026-01-01")


def store_evidence(ledgers: Ledgers, settings: Settings, shelf: Shelf) -> None:
    """What profiling these tables would have stored; not part of the measure."""
    for names in batched(shelf.names, 200):
        rows = [item.row("bench") for name in names for item in evidence(shelf[name], settings)]
        ledgers.append(EVIDENCE, rows)


def evidence(found: Table, settings: Settings) -> Iterator[Stored]:
    rng = np.random.default_rng(len(found.name) + found.columns[0].position)
    for place, column in enumerate(found.columns):
        key = column.path.endswith("_id")
        distinct = 50_000 if place == 0 else 5_000 if key else 40
        hashes = np.sort(rng.integers(0, 2**63, size=min(distinct, 256), dtype=np.uint64))
        values: Sequence[str] = [f"value {n}" for n in range(6)]
        item = Evidence(
            table=found.name,
            column=column.path,
            data_type=column.data_type,
            rows=50_000,
            rows_read=50_000,
            null_share=0.0 if key else 0.1,
            distinct=distinct,
            minimum="1",
            maximum="50000",
            mean=250.0,
            mean_length=8.0,
            frequent=tuple(Frequent(value=value, share=0.1) for value in values),
            semantic="identifier" if key else "",
            sketch=hashes.tobytes(),
        )
        yield Stored(
            evidence=replace(item),
            data_version=found.data_version,
            policy=f"{settings.values}/{settings.sample_rows}",
            seen_at=datetime.now(UTC),
        )


def judge(rows: list[dict[str, Any]]) -> int:
    first, last = rows[0], rows[-1]
    growth = last["ms a table"] / first["ms a table"]
    checks = [
        (f"{last['tables']:,} tables", last["in all"], "s", f"<= {SECONDS}", SECONDS),
        (f"milliseconds a table, {last['tables']:,} to {first['tables']:,}", growth, "x",
         f"<= {GROWTH}", GROWTH),
        ("memory of the driver", last["MB"], "MB", f"<= {MEGABYTES}", MEGABYTES),
    ]  # fmt: skip
    for measure, value, unit, goal, limit in checks:
        record(BENCH, measure, value, unit, goal, value <= limit)
    table(
        "Goals",
        [{"measure": m, "value": v, "goal": g, "met": v <= limit} for m, v, _, g, limit in checks],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
