"""Hostile strings as comments and as names, through real Spark and Delta."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.names import join_path, quote
from lakegloss.core.stages import Edit, stages_for
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.settings import load_settings
from tests.kits.injection_corpus import CORPUS

pytestmark = pytest.mark.spark
TEXTS = [h.text.encode("utf-8", "replace").decode() for h in CORPUS]
LONGEST_NAME = 200


def test_every_string_comes_back_as_it_was_meant(spark: SparkSession, schema: str) -> None:
    fields = ", ".join(f"c{n} INT" for n in range(len(TEXTS)))
    spark.sql(f"CREATE TABLE {schema}.t ({fields}) USING delta")
    table = Catalog(spark).read_comments(f"{schema}.t")
    edits = [Edit(column=f"c{n}", before="", after=text) for n, text in enumerate(TEXTS)]
    stages, refused = stages_for(table, edits, comment_on_column=False)
    assert (len(stages), refused) == (1, [])
    spark.sql(stages[0].statement)
    found = Catalog(spark).read_comments(f"{schema}.t")
    assert [column.comment for column in found.columns] == TEXTS
    assert [row.tableName for row in spark.sql(f"SHOW TABLES IN {schema}").collect()] == ["t"]


def test_columns_of_hostile_names_are_described_and_nothing_else_happens(
    classic: SparkSession, schema: str, gloss: str, tmp_path: Path
) -> None:
    names = list(dict.fromkeys(text[:LONGEST_NAME] for text in TEXTS if text.strip()))
    fields = ", ".join(f"{quote(name)} STRING" for name in names)
    mapped = "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
    classic.sql(f"CREATE TABLE {schema}.t ({fields}) USING delta {mapped}")
    values = ", ".join(f"'v{n}'" for n in range(len(names)))
    classic.sql(f"INSERT INTO {schema}.t VALUES ({values})")
    settings = load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)
    drafted = describe(classic, settings, [f"{schema}.t"])
    assert not drafted.unreadable
    written = apply(classic, settings, [f"{schema}.t"])
    assert not written.failed
    found = Catalog(classic).read_comments(f"{schema}.t")
    assert [column.path for column in found.columns] == [join_path((name,)) for name in names]
    proposed = {e.column: e.after for stage in written.stages for e in stage.edits}
    assert len(proposed) > len(names) // 2
    assert all(c.comment == proposed.get(c.path, "") for c in found.columns)
    assert [row.tableName for row in classic.sql(f"SHOW TABLES IN {schema}").collect()] == ["t"]
