"""Evidence from run to run: what is profiled again, what is stored, what is a reference."""

from pathlib import Path
from typing import NamedTuple

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.assets import AssetKey
from lakegloss.core.evidence import Evidence
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.survey import survey
from lakegloss.settings import load_settings

pytestmark = pytest.mark.spark


@pytest.fixture
def lake(classic: SparkSession, schema: str) -> str:
    classic.sql(
        f"CREATE TABLE {schema}.customers USING delta AS "
        "SELECT 'kept' AS note, id * 7919 AS customer_id FROM range(40)"
    )
    for name in ("orders", "visits"):
        classic.sql(
            f"CREATE TABLE {schema}.{name} USING delta AS "
            "SELECT id % 40 * 7919 AS customer_id, id % 7 AS grade FROM range(90)"
        )
    return schema


class Look(NamedTuple):
    profiled: int
    evidence: dict[AssetKey, Evidence]


def interrupt(step: str, done: int, total: int) -> None:
    if step == "evidence":
        raise KeyboardInterrupt


@pytest.mark.deep
def test_from_run_to_run(classic: SparkSession, lake: str, gloss: str, tmp_path: Path) -> None:
    settings = load_settings(environ={}, home=tmp_path, schema_name=gloss, parallel_tables=1)
    ledgers = Ledgers(classic, settings)
    ledgers.ensure()

    def look(*tables: str, values: str = "masked", progress: Progress = silent) -> Look:
        said = settings.model_copy(update={"values": values})
        patterns = [f"{lake}.{table}" for table in tables or ("*",)]
        found = survey(ledgers, said.profile, patterns, run_id="r", progress=progress)
        evidence = found.evidence.of([found.shelf[name] for name in found.order])
        return Look(found.profiled, evidence)

    def rows() -> int:
        return ledgers.read(EVIDENCE).count()

    def reference(found: Look, table: str) -> str:
        return found.evidence[AssetKey(f"{lake}.{table}", "customer_id")].reference

    with pytest.raises(KeyboardInterrupt):
        look(progress=interrupt)
    assert rows() == 2, "what was profiled before the interrupt is stored"
    whole = look()
    assert whole.profiled == 2
    for table in ("orders", "visits"):
        assert reference(whole, table) == f"{lake}.customers.customer_id"

    count = rows()
    again = look()
    assert (again.profiled, again.evidence, rows()) == (0, whole.evidence, count)
    part = look("orders")
    assert part.evidence == {k: v for k, v in whole.evidence.items() if k.table.endswith("orders")}
    assert (part.profiled, rows()) == (0, count), "a selection changes nothing"

    assert look("orders", values="shapes").profiled == 1
    count = rows()
    assert look("orders", values="shapes").profiled == 0
    assert rows() == count
    policies = {row.table: row.policy for row in ledgers.latest(EVIDENCE).collect()}
    assert policies[f"{lake}.visits"].startswith("masked/"), "neighbours keep their own"

    classic.sql(f"DROP TABLE {lake}.customers")
    left = look("visits")
    assert (left.profiled, reference(left, "visits")) == (0, "")
    classic.sql(f"ALTER TABLE {lake}.orders SET TBLPROPERTIES ('delta.columnMapping.mode'='name')")
    classic.sql(f"ALTER TABLE {lake}.orders DROP COLUMN grade")
    assert AssetKey(f"{lake}.orders", "grade") not in look("orders", values="shapes").evidence
