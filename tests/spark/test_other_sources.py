"""Tables of files and views: what they cannot carry is told first, and not counted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.report.standing import Standing
from lakegloss.core.stages import comments_of
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.apply.worker import NOT_KEPT
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import INVENTORY, PROPOSALS
from lakegloss.lakehouse.report.check import measure_coverage
from lakegloss.lakehouse.report.report import collect
from lakegloss.lakehouse.survey.adopting import adopt
from lakegloss.settings import Settings, load_settings
from tests.kits.empty_ledgers import new_schema

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]
LAKE = "t_other"
_DERBY, _DRIVER = "jdbc:derby:memory:t_other", "org.apache.derby.jdbc.EmbeddedDriver"
_PARTS = "geo STRUCT<lat: DOUBLE, q: INT COMMENT 'His'>, box STRUCT<code: VARCHAR(3)>"
_COLUMNS = f"event_id BIGINT, `odd.name` INT, v VARCHAR(4), {_PARTS}, tags ARRAY<INT>, day DATE"
SOURCES = {
    "parquet": f"({_COLUMNS}) USING parquet PARTITIONED BY (day)",
    "orc": f"({_COLUMNS}) USING orc PARTITIONED BY (day)",
    "json": f"({_COLUMNS}) USING json PARTITIONED BY (day)",
    "csv": "(event_id BIGINT, v VARCHAR(4), day DATE, h INT) USING csv PARTITIONED BY (day, h)",
    "text": "(line STRING, day DATE) USING text PARTITIONED BY (day)",
    "hive": f"({_PARTS}, event_id BIGINT) PARTITIONED BY (Day DATE) STORED AS parquet",
    "plain": "(event_id BIGINT, v VARCHAR(4)) USING parquet",
    "jdbc": f"USING jdbc OPTIONS (url '{_DERBY}', dbtable 'PEOPLE', driver '{_DRIVER}')",
}
BLOCKED = {
    "parquet": {"geo.lat", "geo.q", "box", "box.code", "day"},
    "orc": {"geo.lat", "geo.q", "box", "box.code", "day"},
    "json": {"geo.lat", "geo.q", "box", "box.code", "day"},
    "csv": {"day", "h"},
    "text": {"day"},
    "hive": {"geo.lat", "geo.q", "box", "box.code", "Day"},
    "plain": set(),
    "jdbc": {"ID", "NAME"},
}


@pytest.fixture(scope="module")
def settings(
    classic: SparkSession, module_gloss: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    new_schema(classic, LAKE)
    people = classic.sql("SELECT 1 AS ID, 'a' AS NAME")
    people.write.jdbc(f"{_DERBY};create=true", "PEOPLE", properties={"driver": _DRIVER})
    home: Path = tmp_path_factory.mktemp("home")
    return load_settings(environ={}, home=home, schema_name=module_gloss)


@pytest.fixture
def ledgers(spark: SparkSession, settings: Settings) -> Ledgers:
    found = Ledgers(spark, settings)
    found.ensure()
    return found


def propose(ledgers: Ledgers, table: str, columns: list[str]) -> None:
    common = {"table": table, "source": "model", "status": "ready", "replaces": ""}
    common["proposed_at"] = datetime.now(UTC)  # type: ignore[assignment]
    ledgers.append(
        PROPOSALS,
        [
            common | {"proposal_id": f"{table}.{c}", "column": c, "text": f"Of {c}."}
            for c in columns
        ],
    )


def test_what_a_source_cannot_carry_is_told_before_any_statement(
    ledgers: Ledgers, settings: Settings, classic: SparkSession, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id
    for name, ddl in SOURCES.items():
        table = f"{LAKE}.{kind}_{name}"
        classic.sql(f"CREATE TABLE {table} {ddl}")
        found = Catalog(ledgers.spark).read_comments(table)
        assert {c.path for c in found.columns if c.blocked} == BLOCKED[name], name
        propose(ledgers, table, ["", *(c.path for c in found.columns if not c.comment)])
    written = apply(ledgers.spark, settings, [f"{LAKE}.{kind}_*"])
    assert written.failed == {}
    assert written.statements == written.applied, "one for each, and none in vain"
    for name in SOURCES:
        table = Catalog(ledgers.spark).read_comments(f"{LAKE}.{kind}_{name}")
        for path, text in comments_of(table).items():
            expected = "His" if path == "geo.q" else f"Of {path}."
            blocked = path in BLOCKED[name]
            assert text == ("" if blocked and path != "geo.q" else expected), (name, path)
            told = written.skipped.get(f"{table.name}.{path}", "")
            assert bool(told) == (blocked and path != "geo.q"), (name, path)
    coverage = measure_coverage(ledgers.spark, settings, [f"{LAKE}.{kind}_*"])
    assert coverage.share == 1
    assert apply(ledgers.spark, settings, [f"{LAKE}.{kind}_*"]).statements == 0
    assert undo(ledgers.spark, settings, written.run_id).failed == {}
    left = comments_of(Catalog(ledgers.spark).read_comments(f"{LAKE}.{kind}_parquet"))
    assert {path: text for path, text in left.items() if text} == {"geo.q": "His"}


def test_what_a_source_takes_and_does_not_keep_is_told_as_failed(
    ledgers: Ledgers,
    settings: Settings,
    classic: SparkSession,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Spark takes comments of a table over JDBC, and reads its columns without them."""
    table = f"{LAKE}.kept_{request.node.callspec.id}"
    classic.sql(f"CREATE TABLE {table} {SOURCES['jdbc']}")
    propose(ledgers, table, ["", "ID", "NAME"])
    monkeypatch.setattr("lakegloss.core.writable._FROM_SOURCE", frozenset())
    written = apply(ledgers.spark, settings, [table])
    assert written.failed == dict.fromkeys([f"{table}.ID", f"{table}.NAME"], NOT_KEPT)
    assert (written.applied, written.restored, written.statements) == (1, 0, 3)


def test_what_another_session_has_written_since_is_seen(
    ledgers: Ledgers, settings: Settings, classic: SparkSession, request: pytest.FixtureRequest
) -> None:
    """A session keeps the schema of a table of files from its first reading on."""
    table = f"{LAKE}.shared_{request.node.callspec.id}"
    classic.sql(f"CREATE TABLE {table} (a INT, b INT) USING parquet")
    assert Catalog(ledgers.spark).read_comments(table).columns[0].comment == ""
    classic.newSession().sql(f"ALTER TABLE {table} ALTER COLUMN a COMMENT 'Hers'")
    propose(ledgers, table, ["", "a", "b"])
    written = apply(ledgers.spark, settings, [table])
    assert (written.applied, list(written.skipped), written.failed) == (2, [f"{table}.a"], {})
    left = comments_of(Catalog(classic.newSession()).read_comments(table))
    assert left == {"": "Of .", "a": "Hers", "b": "Of b."}


def test_the_example_of_the_issue_is_whole_after_one_run(
    ledgers: Ledgers, settings: Settings, classic: SparkSession, request: pytest.FixtureRequest
) -> None:
    table = f"{LAKE}.events_{request.node.callspec.id}"
    classic.sql(
        f"CREATE TABLE {table} (event_id BIGINT, geo STRUCT<lat: DOUBLE>, day DATE) "
        "USING parquet PARTITIONED BY (day)"
    )
    drafted = describe(ledgers.spark, settings, [table])
    assert drafted.actions["not_writable"] == 2
    written = apply(ledgers.spark, settings, [table])
    assert (written.failed, written.skipped) == ({}, {})
    assert written.statements == written.applied
    states = ledgers.newest(INVENTORY, f"`table` = '{table}' AND `column` <> ''")
    assert {row["column"] for row in states if row["error"]} == {"geo.lat", "day"}
    total = collect(ledgers.spark, settings, [table]).total
    assert total.by_standing[Standing.NOT_WRITABLE] == 2
    assert total.unreadable == 0


def test_a_broken_table_is_told_and_the_others_are_counted(
    ledgers: Ledgers, settings: Settings, classic: SparkSession, request: pytest.FixtureRequest
) -> None:
    lake = f"{LAKE}.check_{request.node.callspec.id}"
    classic.sql(f"CREATE TABLE {lake}_good (a INT COMMENT 'Hers') USING delta COMMENT 'His'")
    classic.sql(f"CREATE TABLE {lake}_base (a INT) USING delta")
    classic.sql(f"CREATE VIEW {lake}_broken AS SELECT a FROM {lake}_base")
    classic.sql(f"DROP TABLE {lake}_base")
    found = measure_coverage(ledgers.spark, settings, [f"{lake}_*"])
    assert (found.commented, found.assets) == (2, 2)
    assert list(found.unreadable) == [f"{lake}_broken"]


def test_folders_of_delta_tables_are_described_where_they_are(
    spark: SparkSession, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "my lake" / "Order Lines"
    spark.sql("SELECT 1L AS order_id, 'a' AS note").write.format("delta").save(str(folder))
    new_schema(spark, "t_adopted")
    looked = adopt(spark, [str(tmp_path)], schema="t_adopted", dry_run=True)
    assert [item.status for item in looked] == ["added"]
    assert not spark.sql("SHOW TABLES IN t_adopted").collect()
    [added] = adopt(spark, [str(tmp_path)], schema="t_adopted")
    assert (added.table, added.status) == ("t_adopted.my_lake_order_lines", "added")
    assert [item.status for item in adopt(spark, [str(tmp_path)], schema="t_adopted")] == ["there"]
    describe(spark, settings, ["t_adopted.*"])
    apply(spark, settings, ["t_adopted.*"])
    there = spark.read.format("delta").load(str(folder)).schema
    assert there["order_id"].metadata.get("comment"), "the comment is in the folder's own log"
    other = spark.sql("SELECT 2L AS x").write.format("delta")
    other.save(str(tmp_path / "b" / "my lake" / "Order Lines"))
    [refused] = adopt(spark, [str(tmp_path / "b")], schema="t_adopted")
    assert (refused.status, "another table" in refused.reason) == ("refused", True)
