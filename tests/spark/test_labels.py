"""Labels on a real lake: proposed by rules and by a model, set as tags, read back, taken back."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from lakegloss import labels
from lakegloss.cli.main import app
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import property_of
from lakegloss.core.labels.tree import tree_from
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.settings import Settings, load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.places import ROOT

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


@pytest.mark.soak
def test_a_model_gives_domains_of_the_tree_and_classes_in_doubt(
    spark: SparkSession, schema: str, settings: Settings
) -> None:
    """The model fails, leaves the tree, orders, answers for others; what is listed is kept."""
    patients, patterns = f"{schema}.patients", [f"{schema}.patients"]
    spark.sql(f"ALTER TABLE {patients} ADD COLUMNS (summary STRING)")
    spark.sql(
        f"INSERT INTO {patients} SELECT 10 + id, 'a@example.com', 'I10', 'x', NULL, "
        "concat('said that the visit number ', id % 20, ' was fine') FROM range(30)"
    )

    def answer(body: dict[str, Any], _: Mapping[str, str], number: int) -> Said:
        if number == 1:
            return 429, {"error": "slow down"}, {"Retry-After": "0"}
        shown = json.loads(body["messages"][-1]["content"])
        ids = [line.split()[0] for line in shown["tables"] if line[0] in "tc" and line[1].isdigit()]
        said = {"t": "care/wards", "c": "health"} if shown["feedback"] else {"t": "DROP", "c": "x"}
        given = [{"id": id_, "text": said[id_[0]]} for id_ in ids]
        given.append({"id": "t99", "text": "sales"})
        return 200, completion(json.dumps({"given": given}))

    scheme = LabelScheme(tree=tree_from({"care": {"subdomains": ["wards"]}, "sales": None}))
    with AnsweringServer(answer) as server:
        asking = settings.model_copy(update={"model": "m", "endpoint": server.url})
        planned = labels.plan(spark, asking, patterns, scheme=scheme)
        assert (planned.asked_tables, planned.asked_columns, planned.requests) == (1, 1, 1)
        proposed = labels.propose(spark, asking, patterns, scheme=scheme)
        assert proposed.calls == 3
        assert proposed.refused == {}
        again = labels.propose(spark, asking, patterns, scheme=scheme)
        assert (again.calls, again.reused) == (0, 0)
        assert len(server.bodies) == 3
    labels.apply(spark, settings, patterns)
    now = tags(spark, patients)
    assert (now[""]["domain"], now[""]["subdomain"]) == ("care", "wards")
    assert now["summary"] == {"personal_class": "health", "personal_data": "medical"}
    assert json.loads(server.bodies[-1]["messages"][-1]["content"])["labels"][0] == "care"


PAGE = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
[(FILE, CONTENT)] = re.findall(r"cat > (\S+) <<'EOF'\n(.*?)EOF\n", PAGE, re.DOTALL)
[PYTHON] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def people(classic: SparkSession) -> Iterator[None]:
    classic.sql("DROP SCHEMA IF EXISTS demo_people CASCADE")
    classic.sql("DROP SCHEMA IF EXISTS lakegloss CASCADE")
    classic.sql("CREATE SCHEMA demo_people")
    for name in ("customers", "support_tickets"):
        classic.sql(
            f"CREATE TABLE demo_people.{name} (email STRING, postal_code STRING) USING delta"
        )
    classic.sql("INSERT INTO demo_people.customers VALUES ('a@example.org', '10115')")
    yield
    classic.sql("DROP SCHEMA demo_people CASCADE")
    classic.sql("DROP SCHEMA IF EXISTS lakegloss CASCADE")


@pytest.mark.soak
def test_the_commands_of_the_page(
    spark: SparkSession,
    people: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def opened(_: object) -> Iterator[SparkSession]:
        yield spark

    for module in ("label", "review_commands"):
        monkeypatch.setattr(f"lakegloss.cli.labels.{module}.opened_lake", opened)
    monkeypatch.setattr("lakegloss.session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    Path(FILE).write_text(CONTENT, encoding="utf-8")
    told: dict[str, str] = {}

    def run(line: str) -> str:
        words = line.partition("  #")[0].replace("'", "").split()[1:]
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        told[" ".join(words)] = done.output
        return done.output

    def lines(block: str) -> list[str]:
        return [line for line in block.splitlines() if line.startswith("lakegloss ")]

    def answer(body: dict[str, Any], _: Mapping[str, str], __: int) -> Said:
        shown = json.loads(body["messages"][-1]["content"])
        assert shown["tables"][0].startswith("t1 demo_people.customers")
        return 200, completion('{"given":[{"id":"t1","text":"Sales/accounts"}]}')

    *first, undo = lines(BLOCKS[0])
    for line in first:
        run(line)
    assert "SET TBLPROPERTIES" in told["label apply demo_people.* --dry-run"]
    [applied] = re.findall(r"label undo (\S+)", told["label apply demo_people.*"])
    run(undo.replace("RUN", applied))
    plan, propose = lines(BLOCKS[1])
    run(plan)
    with AnsweringServer(answer) as server:
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        assert "2 business_domain, 1 subdomain" in run(propose)
    monkeypatch.delenv("LAKEGLOSS_ENDPOINT")
    for line in lines(BLOCKS[2]):
        run(line)
    assert "business_domain] sales" in told["label show demo_people.* --all"]  # as the tree has it
    exec(compile(PYTHON, "labels.md", "exec"), {})  # noqa: S102 - our own text
    assert capsys.readouterr().out.strip().endswith("{}")
    assert tags(spark, "demo_people.customers")[""] == {
        "business_domain": "sales", "subdomain": "accounts",
    }  # fmt: skip
