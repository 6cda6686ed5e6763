"""Comments of people survive every statement, whatever Delta makes of the column beside them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from lakegloss.core.assets import AssetKey
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.records import ChangeStatus, Verdict, decision_row
from lakegloss.core.report.standing import Standing
from lakegloss.core.stages import comments_of
from lakegloss.errors import AssetNotFoundError
from lakegloss.lakehouse.apply import worker
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.describe.planning import make_plan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, INVENTORY, PROPOSALS
from lakegloss.lakehouse.report.check import measure_coverage
from lakegloss.lakehouse.report.report import collect
from lakegloss.lakehouse.review.review import waiting
from lakegloss.lakehouse.survey.inventory import read_tables, record_inventory
from lakegloss.settings import Settings, load_settings
from tests.kits.delta_log import comments_in_log, without_comments
from tests.kits.empty_ledgers import new_schema

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]
LAKE = "t_people"


@pytest.fixture(scope="module")
def settings(
    classic: SparkSession, module_gloss: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    new_schema(classic, LAKE)
    home: Path = tmp_path_factory.mktemp("home")
    return load_settings(environ={}, home=home, schema_name=module_gloss)


@pytest.fixture
def ledgers(spark: SparkSession, settings: Settings) -> Ledgers:
    found = Ledgers(spark, settings)
    found.ensure()
    return found


@pytest.fixture
def table(request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("[", "_").replace("]", "").replace("-", "_").replace(" ", "_")
    return f"{LAKE}.{name}"


def propose(ledgers: Ledgers, table: str, texts: dict[str, str], replaces: str = "") -> None:
    now = datetime.now(UTC)
    common = {"table": table, "source": "rules", "status": "ready", "proposed_at": now}
    ledgers.append(
        PROPOSALS,
        [
            common | {"proposal_id": f"{table}.{c}.{text}", "column": c, "text": text,
                      "replaces": replaces}
            for c, text in texts.items()
        ],
    )  # fmt: skip


def statuses(ledgers: Ledgers, table: str, run_id: str) -> dict[str, str]:
    where = f"`table` = '{table}' AND run_id = '{run_id}'"
    return {row["column"]: row["status"] for row in ledgers.newest(CHANGES, where)}


def test_the_parts_of_a_described_column_keep_what_people_said(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    """The example of the issue, from end to end and back."""
    classic.sql(
        f"CREATE TABLE {table} (customer_id BIGINT, "
        "address STRUCT<street: VARCHAR(80) COMMENT 'As typed, never verified', zip: CHAR(5)>) "
        "USING delta"
    )
    street = ("address", "street")
    bare = without_comments(classic, table)
    describe(ledgers.spark, settings, [table])
    propose(ledgers, table, {"address": "Where the customer lives."})  # as a model says
    written = apply(ledgers.spark, settings, [table])
    comments = comments_in_log(classic, table)
    assert comments[street] == "As typed, never verified"
    assert comments[("address",)]
    assert (written.restored, written.failed) == (1, {})
    assert statuses(ledgers, table, written.run_id)["address.street"] == ChangeStatus.APPLIED
    assert apply(ledgers.spark, settings, [table]).statements == 0
    again = describe(ledgers.spark, settings, [table])
    assert again.ready == 0
    undone = undo(ledgers.spark, settings, written.run_id)
    left = comments_in_log(classic, table)
    assert {parts: text for parts, text in left.items() if text} == {
        street: "As typed, never verified"
    }
    assert undone.failed == {}
    assert without_comments(classic, table) == bare
    assert undo(ledgers.spark, settings, written.run_id).statements == 0


SHAPES = {
    "v": ("STRUCT<x: VARCHAR(3) COMMENT 'Hers', y: INT COMMENT 'His'>", ["x", "y"]),
    "c": ("STRUCT<x: CHAR(3) COMMENT 'Hers', y: INT COMMENT 'His'>", ["x", "y"]),
    "a": (
        "ARRAY<STRUCT<x: VARCHAR(3) COMMENT 'Hers', y: INT COMMENT 'His'>>",
        ["element.x", "element.y"],
    ),
    "m": (
        "MAP<STRUCT<x: CHAR(3) COMMENT 'Hers'>, STRUCT<y: INT COMMENT 'His'>>",
        ["key.x", "value.y"],
    ),
    "deep": (
        "STRUCT<x: STRUCT<z: ARRAY<STRUCT<v: MAP<INT, CHAR(3)> COMMENT 'D'>>> COMMENT 'H', y: INT>",
        ["x", "x.z.element.v"],
    ),
    "flat": ("ARRAY<VARCHAR(3)>", []),
    "plain": ("STRUCT<x: STRING COMMENT 'Hers', y: INT COMMENT 'His'>", []),
}
"""Types, and the paths of the comments inside that Delta drops."""


def test_the_parts_keep_their_comments_in_every_shape(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in SHAPES.items())
    classic.sql(f"CREATE TABLE {table} (id INT COMMENT 'Mine', {columns}) USING delta")
    dropped = [f"{name}.{path}" for name, (_, paths) in SHAPES.items() for path in paths]
    levels = len({path.count(".") for path in dropped})
    bare, before = without_comments(classic, table), comments_in_log(classic, table)
    seen = comments_of(Catalog(ledgers.spark).read_comments(table))
    assert all(seen[path] for path in dropped), "what people wrote is read"
    propose(ledgers, table, {"": "It."} | dict.fromkeys(SHAPES, "First."))
    first = apply(ledgers.spark, settings, [table])
    after_first = before | {(name,): "First." for name in SHAPES}
    assert comments_in_log(classic, table) == after_first
    assert (first.statements, first.restored) == (2 + levels, len(dropped))
    propose(ledgers, table, {"deep": "Second."}, replaces="First.")
    second = apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) == after_first | {("deep",): "Second."}
    assert (second.statements, second.restored) == (3, 2)
    assert undo(ledgers.spark, settings, second.run_id).failed == {}
    assert comments_in_log(classic, table) == after_first
    assert without_comments(classic, table) == bare


def test_a_table_without_char_gets_no_statement_more(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    classic.sql(f"CREATE TABLE {table} (v VARCHAR(3), s STRUCT<x: INT COMMENT 'H'>) USING delta")
    propose(ledgers, table, {"": "It.", "v": "Of v.", "s": "Of s."})
    written = apply(ledgers.spark, settings, [table])
    assert (written.statements, written.applied, written.restored) == (2, 3, 0)
    assert comments_in_log(classic, table)[("s", "x")] == "H"


def test_new_texts_and_old_ones_of_a_level_share_a_statement(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    classic.sql(
        f"CREATE TABLE {table} (c STRUCT<x: VARCHAR(3), y: INT COMMENT 'His', z: INT>, e INT) "
        "USING delta"
    )
    propose(ledgers, table, {"c": "Of c.", "c.x": "Of x.", "e": "Of e."})
    preview = apply(ledgers.spark, settings, [table], dry_run=True)
    assert [keep.column for keep in preview.stages[0].keeps] == ["c.y"]
    written = apply(ledgers.spark, settings, [table])
    assert (written.statements, written.applied, written.restored) == (2, 3, 1)
    assert comments_in_log(classic, table) == {
        ("c",): "Of c.", ("c", "x"): "Of x.", ("c", "y"): "His", ("c", "z"): "", ("e",): "Of e.",
    }  # fmt: skip


MAPPED = "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
WIDENED = "TBLPROPERTIES ('delta.enableTypeWidening' = 'true')"
DESTROYED = {
    "mapped": ("x: VARCHAR(3) COMMENT 'Hers', y: INT", MAPPED, ""),
    "notnull": ("x: VARCHAR(3) NOT NULL COMMENT 'Hers', y: INT", "", ""),
    "added": ("x: VARCHAR(3) COMMENT 'Hers'", "", "ADD COLUMN c.y INT"),
    "char_added": ("x: CHAR(3) COMMENT 'Hers'", "", "ADD COLUMN c.y INT"),
    "widened": ("x: VARCHAR(3) COMMENT 'Hers', y: INT", WIDENED, "ALTER COLUMN c.y TYPE LONG"),
    "renamed": ("x: VARCHAR(3) COMMENT 'Hers', z: INT", MAPPED, "RENAME COLUMN c.z TO y"),
}


def test_a_statement_that_would_destroy_data_is_not_made(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    """Delta makes the column anew from its char or varchar text: more than comments is lost."""
    before, bare, rows = {}, {}, {}
    for case, (parts, properties, change) in DESTROYED.items():
        name = f"{table}_{case}"
        classic.sql(f"CREATE TABLE {name} (id INT, c STRUCT<{parts}>) USING delta {properties}")
        if change:
            classic.sql(f"ALTER TABLE {name} {change}")
        classic.sql(f"INSERT INTO {name} VALUES (1, named_struct('x', 'a', 'y', 2))")
        rows[name] = classic.table(name).collect()
        before[name], bare[name] = comments_in_log(classic, name), without_comments(classic, name)
        texts = {"id": "Of id.", "c": "Of c.", "c.y": "Of y."}
        propose(ledgers, name, texts)
    written = apply(ledgers.spark, settings, [f"{table}_*"])
    for name, was in before.items():
        expected = was | {("id",): "Of id.", ("c", "y"): "Of y."}
        assert comments_in_log(classic, name) == expected, name
        assert without_comments(classic, name) == bare[name], name
        assert classic.table(name).collect() == rows[name], name
    assert sorted(written.skipped) == sorted(f"{name}.c" for name in before)
    assert all("would make this column anew" in why for why in written.skipped.values())
    assert written.failed == {}
    plan = make_plan(ledgers, settings, [f"{table}_*"])
    # Spark reads a table without the part that was added beside a char: it cannot be profiled.
    assert set(plan.unreadable) <= {f"{table}_char_added"}
    assert plan.actions["not_writable"] == len(DESTROYED) - len(plan.unreadable)


def test_what_a_killed_run_dropped_is_written_again(
    ledgers: Ledgers,
    settings: Settings,
    table: str,
    classic: SparkSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classic.sql(
        f"CREATE TABLE {table} (c STRUCT<x: CHAR(3) COMMENT 'Hers', "
        "y: STRUCT<z: INT COMMENT 'His'>>, d INT) USING delta"
    )
    before = comments_in_log(classic, table)

    def killed(point: str) -> None:
        if point == "apply.altered":
            raise KeyboardInterrupt

    propose(ledgers, table, {"c": "Of c.", "c.y": "Of y."})
    with monkeypatch.context() as patch:
        patch.setattr(worker, "fault_point", killed)
        # As of a process that ends at once: nothing is recorded after the statement.
        patch.setattr("lakegloss.lakehouse.apply.applier._append", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) != before | {("c",): "Of c."}, "Delta dropped some"
    again = apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) == before | {("c",): "Of c.", ("c", "y"): "Of y."}
    assert again.failed == {}
    assert apply(ledgers.spark, settings, [table]).statements == 0


def test_a_text_that_cannot_be_written_again_is_told_and_tried_by_the_next_run(
    ledgers: Ledgers,
    settings: Settings,
    table: str,
    classic: SparkSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classic.sql(
        f"CREATE TABLE {table} (c STRUCT<x: VARCHAR(3) COMMENT 'Hers', y: INT>) USING delta"
    )
    propose(ledgers, table, {"c": "Of c."})
    sql = type(ledgers.spark).sql

    def refusing(session: Any, query: str, *args: Any, **more: Any) -> Any:
        if "`x` COMMENT" in query:
            raise AnalysisException("PERMISSION_DENIED: no MODIFY any more")
        return sql(session, query, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(type(ledgers.spark), "sql", refusing)
        written = apply(ledgers.spark, settings, [table])
    assert "could not be written again" in written.failed[f"{table}.c.x"]
    assert written.applied == 1
    assert comments_in_log(classic, table)[("c", "x")] == ""
    apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) == {
        ("c",): "Of c.", ("c", "x"): "Hers", ("c", "y"): "",
    }  # fmt: skip


def test_what_is_said_of_char_parts_is_seen_protected_and_counted(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    classic.sql(
        f"CREATE TABLE {table} (s STRUCT<zip: CHAR(5) COMMENT 'Kim wrote this'>, "
        "m MAP<STRING, ARRAY<STRUCT<code: CHAR(2) COMMENT 'So did he', n: INT COMMENT 'And n'>>>) "
        "USING delta COMMENT 'A table of people'"
    )
    describe(ledgers.spark, settings, [table])
    seen = ledgers.newest(INVENTORY, f"`table` = '{table}'")
    assert {row["column"]: row["comment"] for row in seen} == {
        "": "A table of people", "s": "", "s.zip": "Kim wrote this", "m": "",
        "m.value.element.code": "So did he", "m.value.element.n": "And n",
    }  # fmt: skip
    coverage = measure_coverage(ledgers.spark, settings, [table])
    assert (coverage.commented, coverage.assets) == (4, 6)
    propose(ledgers, table, {"s": "Of s.", "s.zip": "Replaced."})
    assert apply(ledgers.spark, settings, [table]).restored == 1
    assert comments_in_log(classic, table)[("s", "zip")] == "Kim wrote this"
    assert apply(ledgers.spark, settings, [table]).statements == 0


def test_text_of_lakegloss_is_its_own_wherever_it_stands(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    classic.sql(
        f"CREATE TABLE {table}_a (a INT, b INT COMMENT 'Hers', c INT COMMENT 'Shared') USING delta "
        "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
    )
    propose(ledgers, f"{table}_a", {"": "Of the table.", "a": "Of column a."})
    apply(ledgers.spark, settings, [f"{table}_a"])
    classic.sql(f"ALTER TABLE {table}_a RENAME COLUMN a TO z")
    classic.sql(f"ALTER TABLE {table}_a RENAME TO {table}_b")
    names = [f"{table}_b"]
    comments = {
        AssetKey(name, path): text
        for name in names
        for path, text in comments_of(Catalog(ledgers.spark).read_comments(name)).items()
    }
    known = with_moved(ledgers, known_assets(ledgers, names), comments)
    authors = {
        key.column: known.get(key, NOTHING_KNOWN).author(text) for key, text in comments.items()
    }
    assert authors == {"": "rules", "z": "rules", "b": "human", "c": "human"}
    describe(ledgers.spark, settings, names)
    total = collect(ledgers.spark, settings, names).total
    assert (total.by_standing[Standing.RULES], total.by_standing[Standing.PEOPLE]) == (2, 2)


def test_what_people_said_first_stays_theirs_though_lakegloss_says_the_same(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    classic.sql(f"CREATE TABLE {table}_a (a INT COMMENT 'Same words.') USING delta")
    classic.sql(f"CREATE TABLE {table}_b (a INT, b INT) USING delta")
    shelf = read_tables(ledgers, settings.parallel_tables, [f"{table}_a"])
    record_inventory(ledgers, shelf, run_id="seen", patterns=[f"{table}_a"])
    propose(ledgers, f"{table}_b", {"a": "Same words."})
    apply(ledgers.spark, settings, [f"{table}_b"])
    key = AssetKey(f"{table}_a", "a")
    known = with_moved(ledgers, known_assets(ledgers, [key.table]), {key: "Same words."})
    assert known.get(key, NOTHING_KNOWN).author("Same words.") == "human"


def test_a_text_is_not_written_to_another_thing_of_the_same_name(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    classic.sql(f"CREATE TABLE {table} (due INT, total INT, chosen INT) USING delta")
    shelf = read_tables(ledgers, settings.parallel_tables, [table])
    record_inventory(ledgers, shelf, run_id="seen", patterns=[table])
    propose(ledgers, table, {"": "It.", "due": "A number.", "total": "A sum.", "chosen": "Hers."})
    decided = datetime.now(UTC)
    key = AssetKey(table, "chosen")
    ledgers.append(
        DECISIONS,
        [decision_row(key, f"{table}.chosen.Hers.", Verdict.ACCEPT, who="Kim", origin="file",
                      run_id="", now=decided)],
    )  # fmt: skip
    classic.sql(
        f"CREATE OR REPLACE TABLE {table} (due DATE, total BIGINT, chosen STRING) USING delta"
    )
    # What was seen since does not hide what was there when the texts were drafted.
    shelf = read_tables(ledgers, settings.parallel_tables, [table])
    record_inventory(ledgers, shelf, run_id="seen again", patterns=[table])
    written = apply(ledgers.spark, settings, [table])
    assert sorted(written.skipped) == [table, f"{table}.due"]
    assert all("describe it again" in reason for reason in written.skipped.values())
    assert comments_in_log(classic, table) == {
        ("due",): "", ("total",): "A sum.", ("chosen",): "Hers.",
    }  # fmt: skip


def test_what_is_left_out_is_neither_read_nor_written_nor_gone(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession
) -> None:
    names = [f"{table}_{name}" for name in ("sales", "archive")]
    for name in names:
        classic.sql(f"CREATE TABLE {name} (amount INT) USING delta")
        propose(ledgers, name, {"amount": "Of a."})
    describe(ledgers.spark, settings, [f"{table}_*"])
    some = settings.model_copy(update={"exclude": f"other.x, {table}_ARCH*"})
    assert make_plan(Ledgers(ledgers.spark, some), some, [f"{table}_*"]).tables == 1
    describe(ledgers.spark, some, [f"{table}_*"])
    present = ledgers.newest(INVENTORY, f"`table` = '{names[1]}'")
    assert all(row["present"] for row in present), "what is left out is not gone"
    written = apply(ledgers.spark, some, [f"{table}_*"])
    assert {stage.table for stage in written.stages} == {names[0]}
    assert measure_coverage(ledgers.spark, some, [f"{table}_*"]).assets == 2
    assert collect(ledgers.spark, some, [f"{table}_*"]).total.tables == 1
    listed = waiting(ledgers.spark, some, [f"{table}_*"])
    assert {item.key.table for item in listed} == {names[0]}
    both = apply(ledgers.spark, settings, [f"{table}_*"])
    assert both.applied >= 1
    none = settings.model_copy(update={"exclude": f"{LAKE}.*"})
    with pytest.raises(AssetNotFoundError, match="leaves out all"):
        apply(ledgers.spark, none, [f"{table}_*"])
    with pytest.raises(AssetNotFoundError, match="leaves out all"):
        undo(ledgers.spark, none, both.run_id)
