"""What data have made false in comments of lakegloss is named, and drafted again; people's stay."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.report.data import ReportBounds
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.describe.planning import plan
from lakegloss.lakehouse.report.check import measure_coverage
from lakegloss.lakehouse.report.report import collect
from lakegloss.lakehouse.review.table_shown import show_table
from lakegloss.settings import load_settings

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]
PEOPLE = "Remark of the workshop. Always empty."


@pytest.mark.deep
def test_comments_that_data_have_made_false_are_named_and_drafted_again(
    spark: SparkSession, classic: SparkSession, schema: str, module_gloss: str, tmp_path: Path
) -> None:
    settings = load_settings(environ={}, home=tmp_path, schema_name=module_gloss)
    table = f"{schema}.repairs"
    classic.sql(
        f"CREATE TABLE {table} (cause_code STRING, part_note STRING, remark STRING COMMENT "
        f"'{PEOPLE}') USING delta"
    )
    insert = f"INSERT INTO {table} SELECT {{}} FROM range({{}})"
    classic.sql(insert.format("IF(id % 2 = 0, 'DMG', 'LATE'), NULL, NULL", 120))
    chosen = [table]
    describe(spark, settings, chosen)
    apply(spark, settings, chosen)

    def comments() -> dict[str, str]:
        read = Catalog(spark).read_comments(table)
        return {column.path: column.comment for column in read.columns}

    before = comments()
    assert "One of 'DMG', 'LATE'." in before["cause_code"]
    assert "Empty in every row read." in before["part_note"]
    assert plan(spark, settings, chosen).wrong == {}
    classic.sql(insert.format("'FIRE', 'new bumper on the left', 'see the photographs'", 3))

    wrong = {f"{table}.cause_code", f"{table}.part_note"}
    planned = plan(spark, settings, chosen)
    assert planned.wrong.keys() == wrong, "not the person's, though it is false as well"
    assert planned.actions["describe"] == len(wrong), "by the default policy"
    assert measure_coverage(spark, settings, chosen).wrong.keys() == wrong
    shown = collect(spark, settings, chosen).wrong_texts
    assert {f"{item.table}.{item.column}" for item in shown} == wrong
    bare = collect(spark, settings, chosen, limits=ReportBounds(tables=0))
    assert [item.why for item in bare.wrong_texts] == [item.why for item in shown]
    told = {s.column: s.wrong for s in show_table(spark, settings, table, values="masked")}
    assert {f"{table}.{column}" for column, why in told.items() if why} == wrong

    describe(spark, settings, chosen)
    apply(spark, settings, chosen)
    after = comments()
    assert "Such as 'DMG', 'FIRE', 'LATE'." in after["cause_code"], "three rows foretell others"
    assert "Empty in every row" not in after["part_note"]
    assert after["part_note"]
    assert after["remark"] == PEOPLE
    last = plan(spark, settings, chosen)
    assert (last.wrong, last.actions.get("describe", 0)) == ({}, 0), "nothing twice"
