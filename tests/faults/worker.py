"""A process of its own for the fault tests: makes a lake, describes, applies, shows what is there.

`python tests/faults/worker.py HOME STEP...` runs the steps in one session; settings come from the
environment. `show` prints one JSON object.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import CHANGES, PROPOSALS, RESPONSES
from lakegloss.lakehouse.session.session import session
from lakegloss.settings import Settings, load_settings

TABLES, COLUMNS = 6, 6


def make(spark: SparkSession, settings: Settings) -> None:
    spark.sql("CREATE SCHEMA IF NOT EXISTS k")
    for number in range(TABLES):
        columns = ", ".join(f"id * {n} AS value_{number}_{n}" for n in range(COLUMNS))
        spark.sql(f"CREATE TABLE k.t{number} USING delta AS SELECT {columns} FROM range(30)")


def show(spark: SparkSession, settings: Settings) -> None:
    ledgers, catalog = Ledgers(spark, settings), Catalog(spark)
    comments = {
        f"{table.name}.{path}": comment
        for number in range(TABLES)
        for table in [catalog.read_comments(f"k.t{number}")]
        for path, comment in [("", table.comment), *((c.path, c.comment) for c in table.columns)]
    }
    found: dict[str, Any] = {
        "comments": comments,
        "proposals": {
            f"{r['table']}.{r['column']}": [r.source, r.text]
            for r in ledgers.latest(PROPOSALS).collect()
        },
        "responses": [r.request_hash for r in ledgers.read(RESPONSES).where("usable").collect()],
        "changes": [
            [f"{r['table']}.{r['column']}", r.status, r.after]
            for r in ledgers.latest(CHANGES).collect()
        ],
    }
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()  # a kill may follow


STEPS = {
    "make": make,
    "describe": lambda spark, settings: describe(spark, settings, ["k.*"]),
    "apply": lambda spark, settings: apply(spark, settings, ["k.*"]),
    "show": show,
}

if __name__ == "__main__":
    settings = load_settings(home=Path(sys.argv[1]))
    with session(settings) as spark:
        for step in sys.argv[2:]:
            STEPS[step](spark, settings)
