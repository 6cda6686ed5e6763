"""Repeated columns on real Spark and Delta: one is asked about, the others take its text over."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.describe import planning
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.describe.planning import make_plan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import PROPOSALS
from lakegloss.lakehouse.survey import gathering, inventory
from lakegloss.lakehouse.survey import stored as evidence_rows
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer

pytestmark = pytest.mark.spark
Make = Callable[..., Settings]
HUMAN = "Number under which the wholesaler knows the buyer."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def make(gloss: str, tmp_path: Path, server: ModelServer) -> Make:
    def settings(**options: Any) -> Settings:
        chosen = {"model": "test-model", "endpoint": server.url} | options
        home = tmp_path / "home"
        return load_settings(environ={}, home=home, schema_name=gloss, **chosen)

    return settings


@pytest.fixture
def lake(classic: SparkSession, schema: str) -> str:
    """Customers with a person's comment, orders of two years, and a view."""
    classic.sql(
        f"CREATE TABLE {schema}.customers (customer_id BIGINT COMMENT '{HUMAN}', city STRING) "
        "USING delta"
    )
    classic.sql(f"INSERT INTO {schema}.customers SELECT id * 7919, 'Oslo' FROM range(40)")
    for year in (2023, 2024):
        classic.sql(
            f"CREATE TABLE {schema}.orders_{year} USING delta AS SELECT id AS order_number, "
            "id % 40 * 7919 AS customer_id, id * 1.5D AS net_amount, id % 9 AS lead_days "
            "FROM range(200)"
        )
    classic.sql(
        f"CREATE VIEW {schema}.late AS SELECT * FROM {schema}.orders_2024 WHERE lead_days>5"
    )
    return schema


def proposals(spark: SparkSession, settings: Settings) -> dict[str, Any]:
    rows = Ledgers(spark, settings).latest(PROPOSALS).collect()
    return {f"{row['table'].rpartition('.')[2]}.{row['column']}": row for row in rows}


@pytest.mark.deep
def test_copies_and_foreign_keys_take_over_and_a_second_run_asks_nothing(
    classic: SparkSession, make: Make, lake: str, server: ModelServer
) -> None:
    settings = make()
    plan = make_plan(Ledgers(classic, settings), settings, [f"{lake}.*"])
    drafted = describe(classic, settings, [f"{lake}.*"])
    assert drafted.sources == {"model": 8, "inherited": 5}
    assert plan.inherited == 5
    assert drafted.calls == server.counts()["completions"] == 2, "the tables, then the view"

    found = proposals(classic, settings)
    origin = f"the comment of {lake}.orders_2023.net_amount"
    first, second = found["orders_2023.net_amount"], found["orders_2024.net_amount"]
    assert (second["source"], second["reason"]) == ("inherited", origin)
    assert (second["text"], second["request_hash"]) == (first["text"], first["request_hash"])
    for year in (2023, 2024):
        key = found[f"orders_{year}.customer_id"]
        assert (key["source"], key["text"], key["request_hash"]) == ("inherited", HUMAN, "")

    apply(classic, settings, [f"{lake}.*"])
    again = describe(classic, settings, [f"{lake}.*"])
    assert (again.calls, sum(again.sources.values())) == (0, 0)

    # A table of next year takes one call, for what it is itself. (A plain SELECT * would bring the
    # comments with it.)
    columns = ("order_number", "customer_id", "net_amount", "lead_days")
    computed = ", ".join(f"nvl({name}, 0) AS {name}" for name in columns)
    classic.sql(
        f"CREATE TABLE {lake}.orders_2025 USING delta AS SELECT {computed} FROM {lake}.orders_2024"
    )
    later = describe(classic, settings, [f"{lake}.*"])
    assert (later.calls, later.sources) == (1, {"model": 1, "inherited": 4})


@pytest.mark.soak  # tests/unit/core/inherit holds who takes over from whom
def test_rules_take_over_what_people_wrote_and_no_inherit_asks_for_each(
    classic: SparkSession, make: Make, lake: str, server: ModelServer
) -> None:
    by_rules = describe(classic, make(model="", endpoint=""), [f"{lake}.*"])
    assert by_rules.sources["inherited"] == 2
    assert server.counts()["completions"] == 0
    each = describe(classic, make(inherit=False), [f"{lake}.*"])
    assert "inherited" not in each.sources


@pytest.mark.soak
def test_a_lake_in_small_parts_is_described_as_it_is_in_one(
    classic: SparkSession, make: Make, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make(model=None, endpoint=None)
    describe(classic, whole, [f"{lake}.*"])
    for module, name in (
        (inventory, "TABLES_A_READ"),
        (gathering, "TABLES_A_READ"),
        (evidence_rows, "TABLES_A_READ"),
        (planning, "TABLES_A_CHUNK"),
    ):
        monkeypatch.setattr(module, name, 2)
    parts = whole.model_copy(update={"schema_name": f"{lake}_parts"})
    try:
        describe(classic, parts, [f"{lake}.*"])
        again = describe(classic, parts, [f"{lake}.*"])
        told = {key: row["text"] for key, row in proposals(classic, parts).items()}
        assert told == {key: row["text"] for key, row in proposals(classic, whole).items()}
        assert len(told) >= 10
        assert again.profiled == 0
        assert not again.sources
    finally:
        classic.sql(f"DROP SCHEMA IF EXISTS {parts.schema_name} CASCADE")
