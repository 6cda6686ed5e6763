"""Profiles of real tables, on a classic and on a Connect session."""

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import quote_path
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.columns import columns_of
from lakegloss.lakehouse.survey import profile
from lakegloss.lakehouse.survey.profile import profile_table

pytestmark = pytest.mark.spark
ALL = 1_000_000


def as_table(spark: SparkSession, name: str) -> Table:
    columns = tuple(columns_of(spark.table(quote_path(name)).schema))
    return Table(name=name, columns=columns)


def profiled(spark: SparkSession, name: str, *, sample_rows: int = ALL) -> dict[str, Evidence]:
    found = profile_table(spark, as_table(spark, name), sample_rows=sample_rows, seed=1)
    return {column.column: column for column in found}


def make(spark: SparkSession, name: str, query: str) -> str:
    spark.sql(f"CREATE TABLE {quote_path(name)} USING delta AS {query}")
    return name


EVERY_TYPE = """
SELECT
  CAST(id AS TINYINT) AS tiny, id AS big, CAST(id AS FLOAT) / 2 AS single,
  CAST('NaN' AS DOUBLE) AS nan, CAST(id AS DECIMAL(20, 3)) AS amount, id % 2 = 0 AS even,
  IF(id = 3, NULL, concat('x', id)) AS text, CAST('ab' AS BINARY) AS bytes,
  date_add(DATE '2024-02-28', CAST(id AS INT)) AS day, timestamp_seconds(id) AS instant,
  CAST(TIMESTAMP '2024-01-01 10:00:00' AS TIMESTAMP_NTZ) AS local, INTERVAL '1' DAY * id AS took,
  make_ym_interval(1, 2) AS months, sequence(1, id) AS list, map('k', id) AS pairs,
  named_struct('city', concat('c', id), 'geo', named_struct('lat', 1.5D)) AS place,
  array(named_struct('sku', id)) AS items, parse_json('{"a": 1}') AS doc
FROM range(1, 6)
"""


@pytest.mark.both_kinds
def test_every_type_has_evidence(
    spark: SparkSession, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{schema}.every"
    spark.sql(f"CREATE TABLE {name} USING parquet AS {EVERY_TYPE}")
    found = profiled(spark, name)
    assert list(found) == [c.path for c in as_table(spark, name).columns]
    assert {c.rows for c in found.values()} == {5}
    bounds = {path: (c.minimum, c.maximum) for path, c in found.items() if c.minimum}
    assert bounds == {
        "tiny": ("1", "5"),
        "big": ("1", "5"),
        "single": ("0.5", "2.5"),
        "amount": ("1.000", "5.000"),
        "even": ("false", "true"),
        "text": ("x1", "x5"),
        "bytes": ("6162", "6162"),
        "day": ("2024-02-29", "2024-03-04"),
        "instant": ("1970-01-01T00:00:01Z", "1970-01-01T00:00:05Z"),
        "local": ("2024-01-01T10:00:00", "2024-01-01T10:00:00"),
        "took": ("1 day, 0:00:00", "5 days, 0:00:00"),
        "place.city": ("c1", "c5"),
        "place.geo.lat": ("1.5", "1.5"),
    }
    assert found["text"].null_share == 0.2
    assert found["nan"].frequent[0].value == "NaN"
    assert (found["list"].mean_length, found["pairs"].mean_length) == (3.0, 1.0)
    assert (found["months"].rows_read, found["months"].null_share) == (5, 0.0)
    assert (found["doc"].rows_read, found["doc"].distinct) == (5, 0)
    inner = found["items.element.sku"]
    assert (inner.rows, inner.rows_read, inner.null_share, inner.distinct) == (5, 0, 0.0, 0)
    monkeypatch.setattr(profile, "FEW_ROWS", 0)
    assert repr(profiled(spark, name)) == repr(found), "workers see what the driver sees"


def test_null_structs_and_containers_are_counted(spark: SparkSession, schema: str) -> None:
    kind = "STRUCT<a: INT, b: ARRAY<INT>>"
    query = f"""SELECT CAST(NULL AS {kind}) AS s, CAST(NULL AS ARRAY<INT>) AS l UNION ALL
        SELECT named_struct('a', 1, 'b', array(1, 2, 3)), array() UNION ALL
        SELECT named_struct('a', CAST(NULL AS INT), 'b', CAST(NULL AS ARRAY<INT>)), array(5)"""
    found = profiled(spark, make(spark, f"{schema}.nulls", query))
    shares = {path: round(c.null_share, 2) for path, c in found.items()}
    assert shares == {"s": 0.33, "s.a": 0.67, "s.b": 0.67, "l": 0.33}
    assert found["l"].mean_length == 0.5
    assert found["s.b"].mean_length == 3.0


def test_hostile_names_are_only_names(connect: SparkSession, schema: str) -> None:
    names = ["a.b", "tick`s", "two words", "c0", "ünï", "select", "x'y", "${z}", "%s"]
    select = ", ".join(
        f"{i} AS {quote_path('`' + n.replace('`', '``') + '`')}" for i, n in enumerate(names)
    )
    table = f"{schema}.odd"
    connect.sql(f"CREATE TABLE {quote_path(table)} USING parquet AS SELECT {select}")
    found = profiled(connect, table)
    assert [c.minimum for c in found.values()] == [str(i) for i in range(len(names))]


@pytest.mark.parametrize(
    ("kind", "third", "inner"),
    [
        pytest.param("classic", "3 AS b", {"b": "3"}, id="flat"),
        pytest.param(
            "connect",
            "named_struct('x', 3, 'X', named_struct('y', 4)) AS s",
            {"s": "", "s.x": "3", "s.X": "", "s.X.y": "4"},
            id="struct",
        ),
    ],
)
def test_names_that_differ_in_case_only(
    sessions: dict[str, SparkSession],
    kind: str,
    schema: str,
    tmp_path: Path,
    third: str,
    inner: dict[str, str],
) -> None:
    spark = sessions[kind]
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        name = f"{schema}.cases"
        spark.sql(
            f"CREATE TABLE {name} USING parquet LOCATION '{tmp_path}' AS "
            f"SELECT 1 AS a, 2 AS A, {third}"
        )
        table = as_table(spark, name)
        found = profile_table(spark, table, sample_rows=ALL, seed=1)
    finally:
        spark.conf.set("spark.sql.caseSensitive", "false")
    values = {c.column: c.minimum for c in found}
    assert values == {"a": "1", "A": "2", **inner}


@pytest.mark.parametrize(
    ("kind", "rows"),
    [("classic", "WHERE false"), ("connect", "WHERE id < 0")],
    ids=["constant", "filtered"],
)
def test_an_empty_table(
    sessions: dict[str, SparkSession], kind: str, schema: str, rows: str
) -> None:
    spark = sessions[kind]
    query = f"SELECT id, array(id) AS l, named_struct('a', id) AS s FROM range(5) {rows}"
    found = profiled(spark, make(spark, f"{schema}.nothing", query))
    assert list(found) == ["id", "l", "s", "s.a"]
    assert {(c.rows, c.rows_read, c.null_share, c.distinct) for c in found.values()} == {
        (0, 0, 0.0, 0)
    }


def test_a_view_is_profiled_like_a_table(classic: SparkSession, schema: str) -> None:
    base = make(classic, f"{schema}.base", "SELECT id, id % 3 AS third FROM range(30)")
    classic.sql(
        f"CREATE VIEW {schema}.v AS SELECT third AS t, count(*) AS n FROM {base} GROUP BY third"
    )
    found = profiled(classic, f"{schema}.v")
    assert (found["t"].rows, found["t"].distinct, found["n"].maximum) == (3, 3, "10")


def test_above_the_limit_a_seeded_sample_is_read(connect: SparkSession, schema: str) -> None:
    name = make(connect, f"{schema}.big", "SELECT id FROM range(0, 20000, 1, 2)")
    first, again = (
        profiled(connect, name, sample_rows=1_000),
        profiled(connect, name, sample_rows=1_000),
    )
    assert first == again
    assert first["id"].rows == 20_000
    assert 800 < first["id"].rows_read < 1_200


def test_partials_of_many_partitions_are_merged_by_workers(
    spark: SparkSession, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT id, CAST(id % 7 AS STRING) AS d, id / 3 AS f FROM range(0, 9000, 1, 6)"
    name = make(spark, f"{schema}.many", query)
    direct = profiled(spark, name)
    monkeypatch.setattr(profile, "FEW_ROWS", 0)
    monkeypatch.setattr(profile, "MANY_ROWS", 10)
    assert profiled(spark, name) == direct
    assert direct["id"].distinct == 9_000
    assert direct["d"].distinct == 7


def test_a_table_that_cannot_be_read_is_named(
    spark: SparkSession, schema: str, tmp_path: Path
) -> None:
    name = f"{schema}.broken"
    folder = tmp_path / "broken"
    spark.sql(f"CREATE TABLE {name} USING parquet LOCATION '{folder}' AS SELECT 1 AS a")
    table = as_table(spark, name)
    for file in folder.glob("*.parquet"):
        file.write_bytes(b"no parquet at all" * 9)
    with pytest.raises(CatalogError, match=r"broken' cannot be profiled: (?!An error)") as caught:
        profile_table(spark, table, sample_rows=ALL, seed=1)
    assert caught.value.remedy
    shutil.rmtree(folder)


def test_a_table_that_is_not_there_is_named(spark: SparkSession, schema: str) -> None:
    gone = Table(name=f"{schema}.gone", columns=(Column(path="a", data_type="int"),))
    with pytest.raises(CatalogError, match="gone"):
        profile_table(spark, gone, sample_rows=ALL, seed=1)


def test_a_column_that_is_no_longer_there_is_named(spark: SparkSession, schema: str) -> None:
    name = make(spark, f"{schema}.changed", "SELECT 1 AS a")
    old = Table(name=name, columns=(Column(path="dropped", data_type="int"),))
    with pytest.raises(CatalogError, match="no column 'dropped'"):
        profile_table(spark, old, sample_rows=ALL, seed=1)
