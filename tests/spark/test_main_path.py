"""The whole path on real Spark and Delta, classic and Connect, against a real HTTP server."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.stages import Edit, column_stage, stages_for
from lakegloss.lakehouse.apply.applier import execute
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import DescribeSummary, describe
from lakegloss.lakehouse.describe.planning import make_plan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run as recorded
from lakegloss.lakehouse.ledgers.tables import CHANGES, PROPOSALS, RESPONSES
from lakegloss.lakehouse.progress import silent
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]
Make = Callable[..., Settings]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def make(gloss: str, tmp_path: Path) -> Make:
    def settings(**options: Any) -> Settings:
        return load_settings(environ={}, home=tmp_path / "home", schema_name=gloss, **options)

    return settings


@pytest.fixture
def lake(classic: SparkSession, schema: str) -> str:
    classic.sql(f"CREATE TABLE {schema}.airlines (carrier STRING, name STRING) USING delta")
    classic.sql(
        f"INSERT INTO {schema}.airlines VALUES ('AA','American Airlines'),"
        "('UA','United Air Lines'),('B6','JetBlue Airways'),('DL','Delta Air Lines')"
    )
    classic.sql(
        f"CREATE TABLE {schema}.flights (flight_id BIGINT, carrier STRING, dep_delay_min DOUBLE, "
        "place STRUCT<gate: STRING, pos: STRUCT<lat: DOUBLE, lon: DOUBLE>>, "
        "remark STRING COMMENT 'What the crew wrote.') USING delta"
    )
    classic.sql(
        f"INSERT INTO {schema}.flights SELECT id, element_at(array('AA','UA','B6','DL'), "
        "cast(id % 4 AS int) + 1), id % 50 - 5, named_struct('gate', concat('B', id % 20), 'pos', "
        "named_struct('lat', 40.0 + id / 1000, 'lon', -73.0 - id / 1000)), 'note' FROM range(400)"
    )
    classic.sql(
        f"CREATE VIEW {schema}.late AS SELECT flight_id, carrier FROM {schema}.flights "
        "WHERE dep_delay_min > 15"
    )
    return schema


def comments(spark: SparkSession, table: str) -> dict[str, str]:
    found = Catalog(spark).read_comments(table)
    return {"": found.comment} | {column.path: column.comment for column in found.columns}


def run(spark: SparkSession, settings: Settings, lake: str, *more: str) -> DescribeSummary:
    return describe(spark, settings, [f"{lake}.*", *more])


def test_rules_describe_apply_and_undo(spark: SparkSession, make: Make, lake: str) -> None:
    settings = make()
    before = comments(spark, f"{lake}.flights")
    drafted = run(spark, settings, lake)
    assert drafted.tables == 3
    assert drafted.sources["rules"] > 5
    assert drafted.calls == 0
    written = apply(spark, settings, [f"{lake}.*"])
    assert not written.failed
    on_flights = {stage.statement for stage in written.stages if stage.table.endswith("flights")}
    assert len(on_flights) <= 4, "one for the table and one for each nesting level"
    assert len(spark.sql(f"DESCRIBE HISTORY {lake}.flights").collect()) == 2 + len(on_flights)
    after = comments(spark, f"{lake}.flights")
    assert after["remark"] == "What the crew wrote."
    assert after["carrier"]
    assert "airlines" in after["carrier"]
    assert after["place.pos.lat"]
    assert comments(spark, f"{lake}.late")[""]

    again = run(spark, settings, lake)
    assert (again.ready, again.profiled, sum(again.sources.values())) == (0, 0, 0)
    nothing = apply(spark, settings, [f"{lake}.*"])
    assert (nothing.statements, nothing.run_id) == (0, "")

    undo(spark, settings, written.run_id)
    assert comments(spark, f"{lake}.flights") == before
    assert apply(spark, settings, [f"{lake}.*"]).statements == 0, "undone is not written again"


@pytest.mark.parametrize(
    ("spark", "transport"),
    [
        ("classic", "driver"),
        # test_versions.py describes by a model over Connect, and the next test goes on from there.
        pytest.param("connect", "driver", marks=pytest.mark.soak),
        pytest.param("connect", "partitions", marks=pytest.mark.soak),  # test_execute has it, too
        ("connect", "ai_query"),
    ],
    indirect=["spark"],
)
def test_a_model_describes_everything_that_is_missing(
    spark: SparkSession, make: Make, lake: str, server: ModelServer, tmp_path: Path, transport: str
) -> None:
    settings = make(
        model="test-model", endpoint=server.url, transport=transport, in_flight=4, partitions=2
    )
    plan = make_plan(Ledgers(spark, settings), settings, [f"{lake}.*"])
    assert plan.requests == 2, "the tables in one request, the view that reads them in the next"
    drafted = run(spark, settings, lake)
    assert drafted.calls == 2
    assert drafted.sources == {"model": plan.actions["describe"]}
    assert server.counts()["completions"] == 2
    apply(spark, settings, [f"{lake}.*"])
    assert all(comments(spark, f"{lake}.airlines").values())
    assert run(spark, settings, lake).calls == 0
    assert server.counts()["completions"] == 2
    rows = Ledgers(spark, settings).read(RESPONSES).collect()
    assert len(rows) == 2
    assert {row.usage_estimated for row in rows} == {transport == "ai_query"}
    assert not list(settings.journal_folder.glob("*.jsonl")), "swept"


@pytest.mark.deep
def test_what_changes_in_a_lake_over_time(
    classic: SparkSession, make: Make, lake: str, server: ModelServer
) -> None:
    """One lake through its life; each step is one promise about calls and statements."""
    patterns = [f"{lake}.*"]
    rules, model = make(), make(model="test-model", endpoint=server.url)

    # After the rules, a model describes what they had, and what people wrote stays.
    run(classic, rules, lake)
    apply(classic, rules, patterns)
    by_rules = comments(classic, f"{lake}.airlines")
    drafted = run(classic, model, lake)
    assert drafted.sources["model"] > 8
    apply(classic, model, patterns)
    by_model = comments(classic, f"{lake}.airlines")
    assert all(by_model[path] != by_rules[path] for path in by_model)
    assert comments(classic, f"{lake}.flights")["remark"] == "What the crew wrote."

    # A table that is rebuilt gets its comments back without a call.
    paid = server.counts()["completions"]
    classic.sql(f"CREATE TABLE {lake}.copy USING delta AS SELECT * FROM {lake}.airlines")
    columns = "carrier STRING, name STRING"
    classic.sql(f"CREATE OR REPLACE TABLE {lake}.airlines ({columns}) USING delta")
    classic.sql(f"INSERT INTO {lake}.airlines SELECT * FROM {lake}.copy")
    classic.sql(f"DROP TABLE {lake}.copy")
    assert not any(comments(classic, f"{lake}.airlines").values())
    assert run(classic, model, lake).calls == 0
    apply(classic, model, patterns)
    assert comments(classic, f"{lake}.airlines") == by_model

    # A new column takes one request, for it alone.
    classic.sql(f"ALTER TABLE {lake}.airlines ADD COLUMNS (country STRING)")
    drafted = run(classic, model, lake)
    assert (drafted.calls, drafted.sources) == (1, {"model": 1})
    apply(classic, model, patterns)

    # Proposals that are lost are made again from the paid answers, also where packing differs.
    ledgers = Ledgers(classic, model)
    classic.sql(f"DELETE FROM {ledgers.name(PROPOSALS)} WHERE column LIKE '%a%'")
    classic.sql(f"ALTER TABLE {lake}.airlines ALTER COLUMN name COMMENT ''")
    smaller = make(model="test-model", endpoint=server.url, request_tokens=900)
    again = describe(classic, smaller, patterns)
    assert again.calls == 0
    assert again.reused > 0
    assert server.counts()["completions"] == paid + 1


@pytest.mark.deep
def test_a_budget_stops_cleanly_and_the_next_run_goes_on(
    classic: SparkSession, make: Make, lake: str, server: ModelServer
) -> None:
    small = make(
        model="test-model",
        endpoint=server.url,
        max_tokens_total=2_500,
        request_tokens=600,
        attempts=1,
        in_flight=1,
    )
    first = run(classic, small, lake)
    assert first.status == "stopped"
    assert "budget" in first.not_asked
    rest = run(classic, make(model="test-model", endpoint=server.url), lake)
    assert rest.status == "done"
    paid = server.counts()["completions"]
    assert paid == first.calls + rest.calls
    assert run(classic, make(model="test-model", endpoint=server.url), lake).calls == 0


NASTY = [
    "it's a \"quoted\" 'text'",
    "back\\slash \\n \\u0041 \\",
    "two\nlines\r\nand\ttabs",
    "${x} $HOME ${env:PATH} $$",
    "日本語 é 😀 \u202eright\u202c \u0000 nul",
    "x'; DROP TABLE a; -- ",
    "l" * 10_000,
]


def test_any_text_comes_back_as_it_was_meant(spark: SparkSession, schema: str) -> None:
    fields = ", ".join(f"`we.ird``{n}` INT" for n in range(len(NASTY)))
    inner = fields.replace(" INT", ": INT")
    spark.sql(f"CREATE TABLE {schema}.t ({fields}, s STRUCT<{inner}>) USING delta")
    table = Catalog(spark).read_comments(f"{schema}.t")
    for text in NASTY:
        stages, _ = stages_for(
            table, [Edit(column="", before="", after=text)], comment_on_column=False
        )
        spark.sql(stages[0].statement)
        assert comments(spark, f"{schema}.t")[""] == text
    paths = [column.path for column in table.columns]
    meant = {path: NASTY[n % len(NASTY)] for n, path in enumerate(paths)}
    edits = [Edit(column=path, before="", after=text) for path, text in meant.items()]
    stages, _ = stages_for(table, edits, comment_on_column=False)
    for stage in stages:
        spark.sql(stage.statement)
    found = comments(spark, f"{schema}.t")
    assert {path: found[path] for path in paths} == meant


def test_one_bad_column_never_costs_another(classic: SparkSession, make: Make, lake: str) -> None:
    """A column that is dropped between plan and statement fails alone, found by bisection."""
    settings = make()
    ledgers = Ledgers(classic, settings)
    ledgers.ensure()
    edits = [
        Edit(column=c, before="", after=f"about {c}") for c in ("flight_id", "gone", "carrier")
    ]
    with recorded(ledgers, settings, "test") as log:
        stages = [column_stage(f"{lake}.flights", edits)]
        outcome = execute(ledgers, settings.parallel_tables, stages, log, silent)
    assert list(outcome.failed) == [f"{lake}.flights.gone"]
    found = comments(classic, f"{lake}.flights")
    assert (found["flight_id"], found["carrier"]) == ("about flight_id", "about carrier")
    statuses = {r["column"]: r.status for r in ledgers.latest(CHANGES).collect()}
    assert statuses == {"flight_id": "applied", "gone": "failed", "carrier": "applied"}


def test_text_that_someone_changed_since_is_left_alone(
    classic: SparkSession, make: Make, lake: str
) -> None:
    settings = make()
    run(classic, settings, lake)
    classic.sql(f"ALTER TABLE {lake}.airlines ALTER COLUMN name COMMENT 'Hers.'")
    written = apply(classic, settings, [f"{lake}.airlines"])
    assert list(written.skipped) == [f"{lake}.airlines.name"]
    assert comments(classic, f"{lake}.airlines")["name"] == "Hers."
    classic.sql(f"ALTER TABLE {lake}.airlines ALTER COLUMN carrier COMMENT 'Hers, too.'")
    undone = undo(classic, settings, written.run_id)
    assert list(undone.skipped) == [f"{lake}.airlines.carrier"]
    found = comments(classic, f"{lake}.airlines")
    assert (found["name"], found["carrier"], found[""]) == ("Hers.", "Hers, too.", "")


def test_a_broken_table_is_reported_and_costs_no_other(
    classic: SparkSession, make: Make, lake: str
) -> None:
    place = classic.sql(f"DESCRIBE DETAIL {lake}.airlines").collect()[0].location
    shutil.rmtree(Path(place.removeprefix("file:")) / "_delta_log")
    drafted = run(classic, make(), lake)
    assert list(drafted.unreadable) == [f"{lake}.airlines"]
    assert drafted.sources["rules"] > 3
