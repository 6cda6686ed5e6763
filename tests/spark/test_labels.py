"""Labels on a real lake: proposed by rules and by a model, set as tags, read back, taken back."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss import labels
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import property_of
from lakegloss.core.labels.tree import tree_from
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.settings import Settings, load_settings

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]


@pytest.fixture
def settings(classic: SparkSession, schema: str, gloss: str, tmp_path: Path) -> Settings:
    classic.sql(
        f"CREATE TABLE {schema}.patients (patient_id BIGINT, email STRING, icd10_code STRING, "
        "`odd.na``me'` STRING, contact STRUCT<phone: STRING, n: INT>) USING delta"
    )
    classic.sql(
        f"INSERT INTO {schema}.patients VALUES "
        "(1, 'anna.smith@example.com', 'E11.9', 'x', struct('+49 30 1234567', 1)), "
        "(2, 'bob.jones@example.org', 'I10', 'y', struct('+49 30 7654321', 2)), "
        "(3, 'eve.miller@example.net', 'J45.0', 'z', struct('+49 89 1112223', 3))"
    )
    classic.sql(f"CREATE VIEW {schema}.mails AS SELECT email FROM {schema}.patients")
    return load_settings(environ={}, home=tmp_path, schema_name=gloss)


def tags(spark: SparkSession, table: str) -> dict[str, dict[str, str]]:
    read = TagReader(spark, 2).read([Catalog(spark).read_comments(table)])
    assert read.unreadable == {}
    return read.of(table)


def test_labels_by_rules_go_the_whole_way(
    spark: SparkSession, schema: str, settings: Settings
) -> None:
    patients, patterns = f"{schema}.patients", [f"{schema}.*"]
    spark.sql(f"ALTER TABLE {patients} SET TBLPROPERTIES ('kept' = 'by others')")
    spark.sql(  # a person's words for the address
        f"ALTER TABLE {patients} SET TBLPROPERTIES "
        f"('{property_of('email', 'personal_class')}' = 'email', "
        f"'{property_of('email', 'personal_data')}' = 'internal')"
    )
    scheme = LabelScheme(
        values={"phone": "it's a \\ phone\u00fc ${x}"},
        tree=tree_from({"care": {"tables": ["*.patients"]}}),
    )
    planned = labels.plan(spark, settings, patterns, scheme=scheme)
    assert planned.requests == 0
    assert tags(spark, patients) == {
        "email": {"personal_class": "email", "personal_data": "internal"}
    }

    proposed = labels.propose(spark, settings, patterns, scheme=scheme)
    assert proposed.tags == dict(planned.tags)
    assert proposed.actions["propose"] == proposed.ready
    preview = labels.apply(spark, settings, patterns, dry_run=True)
    assert preview.dry_run
    assert len([stage for stage in preview.stages if stage.table == patients]) == 1

    applied = labels.apply(spark, settings, patterns)
    assert (applied.failed, applied.skipped) == ({}, {})
    assert applied.applied == proposed.ready
    assert applied.statements == 2
    now = tags(spark, patients)
    assert now["email"] == {"personal_class": "email", "personal_data": "internal"}
    assert now["contact"]["personal_class"] == "it's a \\ phone\u00fc ${x}"
    assert now["icd10_code"] == {"personal_class": "health", "personal_data": "medical"}
    assert now[""] == {"domain": "care", "personal_data": "phi"}
    assert tags(spark, f"{schema}.mails")["email"]["personal_class"] == "email"

    again = labels.propose(spark, settings, patterns, scheme=scheme)
    assert (again.ready, again.profiled) == (0, 0)
    assert labels.apply(spark, settings, patterns).run_id == ""
    report = labels.report(spark, settings, patterns, scheme=scheme)
    assert report.untagged == ()
    assert report.without_domain == (f"{schema}.mails",)
    assert {(c.tag, c.value): (c.tables, c.columns, c.ours) for c in report.counts}[
        ("personal_class", "email")
    ] == (0, 2, 1)

    # A person changes one tag of ours and takes another off: both stay theirs.
    spark.sql(
        f"ALTER TABLE {patients} SET TBLPROPERTIES ('{property_of('', 'domain')}' = 'clinic')"
    )
    off = property_of("icd10_code", "personal_class")
    spark.sql(f"ALTER TABLE {patients} UNSET TBLPROPERTIES ('{off}')")
    changed = labels.propose(spark, settings, patterns, scheme=scheme)
    assert (changed.actions["protected"], changed.waiting, changed.ready) == (1, 1, 0)
    assert labels.apply(spark, settings, patterns).waiting == 1

    back = labels.undo(spark, settings, applied.run_id)
    assert set(back.skipped) == {f"{patients} [domain]"}
    assert tags(spark, patients) == {
        "email": {"personal_class": "email", "personal_data": "internal"},
        "": {"domain": "clinic"},
    }
    assert tags(spark, f"{schema}.mails") == {}
    rows = spark.sql(f"SHOW TBLPROPERTIES {patients}").collect()
    assert {row.key: row.value for row in rows}["kept"] == "by others"
    after = labels.propose(spark, settings, patterns, scheme=scheme)
    assert after.ready == 0
    assert after.actions["rejected"] > 5
