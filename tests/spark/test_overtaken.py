"""A proposal that a person has overtaken is told once, and stands in no apply again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.assets import AssetKey
from lakegloss.core.records import POLICY
from lakegloss.core.report.standing import Standing
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.overtaken import OVERTAKEN
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import DECISIONS, PROPOSALS
from lakegloss.lakehouse.report.check import measure_coverage
from lakegloss.lakehouse.report.report import collect
from lakegloss.lakehouse.review.review import waiting
from lakegloss.settings import Settings, load_settings

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]
THEIRS = "What Kim says of it"


@pytest.fixture
def settings(classic: SparkSession, schema: str, gloss: str, tmp_path: Path) -> Settings:
    classic.sql(
        f"CREATE TABLE {schema}.orders (order_id INT, order_date DATE, note STRING, "
        "doubt STRING, kept STRING COMMENT 'As Lee put it') USING delta"
    )
    return load_settings(environ={}, home=tmp_path, schema_name=gloss)


def test_a_persons_comment_ends_the_proposal_that_it_overtook(
    spark: SparkSession, schema: str, settings: Settings
) -> None:
    orders = f"{schema}.orders"
    ledgers = Ledgers(spark, settings)
    assert describe(spark, settings, [orders]).ready
    applied = apply(spark, settings, [orders])
    assert applied.skipped == {}
    now = datetime.now(UTC)
    ledgers.append(
        PROPOSALS,
        [
            {"proposal_id": name, "table": orders, "column": name, "text": f"A text of {name}.",
             "replaces": replaces, "source": "model", "status": status, "proposed_at": now}
            for name, status, replaces in (
                ("order_date", "ready", ""),
                ("note", "ready", ""),
                ("doubt", "needs_review", ""),
                ("kept", "needs_review", "As Lee put it"),
            )
        ],
    )  # fmt: skip
    ledgers.append(
        DECISIONS,
        [{"decision_id": "d", "proposal_id": "note", "table": orders, "column": "note",
          "verdict": "accept", "text": "", "decided_by": "Lee", "origin": "review",
          "decided_at": now}],
    )  # fmt: skip
    assert apply(spark, settings, [orders], dry_run=True).waiting == 2
    for name in ("order_date", "note", "doubt"):
        spark.sql(f"ALTER TABLE {orders} ALTER COLUMN {name} COMMENT '{THEIRS}'")
    asked = {f"{orders}.order_date", f"{orders}.note", f"{orders}.doubt"}
    preview = apply(spark, settings, [orders], dry_run=True)
    assert preview.waiting == 1
    assert preview.skipped.keys() == asked, "a dry run records nothing"
    since = collect(spark, settings, [orders], again=True).since
    assert since is not None
    assert {f"{c.table}.{c.column}" for c in since.comments} == asked
    assert {c.now for c in since.comments} == {THEIRS}
    first = apply(spark, settings, [orders])
    assert first.skipped.keys() == asked
    assert first.skipped[f"{orders}.order_date"] == OVERTAKEN
    assert first.skipped[f"{orders}.doubt"] == OVERTAKEN
    assert (first.applied, first.waiting) == (0, 1), "what Lee wrote is what the draft replaces"

    again = apply(spark, settings, [orders])
    assert again.skipped.keys() == {f"{orders}.note"}, "two people disagree: theirs to settle"
    newest = {row["column"]: row for row in ledgers.newest(PROPOSALS, f"`table` = '{orders}'")}
    assert newest["order_date"]["status"] == newest["doubt"]["status"] == "overtaken"
    assert newest["kept"]["status"] == "needs_review"
    assert newest["order_date"]["text"] == "A text of order_date.", "nothing of it is lost"
    listed = {str(item.key) for item in waiting(spark, settings, [orders])}
    assert not listed & {f"{orders}.order_date", f"{orders}.doubt"}
    assert f"{orders}.kept" in listed
    seen = describe(spark, settings, [orders])
    assert seen.actions.get("pending", 0) <= 1
    states = {
        c.state.column: c.state
        for t in collect(spark, settings, [orders]).tables
        for c in t.columns
    }
    assert (states["order_date"].standing, states["order_date"].proposed) == (Standing.PEOPLE, "")
    comments = {c.path: c.comment for c in Catalog(spark).read_comments(orders).columns}
    assert comments["order_date"] == comments["note"] == THEIRS
    assert POLICY not in {
        row["origin"] for row in ledgers.newest(DECISIONS, "proposal_id = 'order_date'")
    }

    spark.sql(f"ALTER TABLE {orders} ALTER COLUMN order_date COMMENT ''")
    assert describe(spark, settings, [orders]).actions["describe"] >= 1
    newest = {row["column"]: row for row in ledgers.newest(PROPOSALS, f"`table` = '{orders}'")}
    assert newest["order_date"]["status"] == "failed", "drafted anew: an empty table shows nothing"
    see_what_is_new(spark, schema, settings, orders)


def see_what_is_new(spark: SparkSession, schema: str, settings: Settings, orders: str) -> None:
    spark.sql(f"CREATE TABLE {schema}.later (a INT) USING delta")
    spark.sql(f"ALTER TABLE {orders} ADD COLUMN extra INT COMMENT 'Of a person.'")
    every = [f"{schema}.*"]
    data, now = (
        collect(spark, settings, every, again=True),
        measure_coverage(spark, settings, every),
    )
    assert data.since is not None
    assert f"{schema}.later" in data.since.new_tables
    assert data.since.new_columns == (AssetKey(orders, "extra"),)
    assert (data.total.assets, data.total.commented) == (now.assets, now.commented)
