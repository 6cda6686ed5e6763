"""Comments of people survive every statement, whatever Delta makes of the column beside them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.records import ChangeStatus
from lakegloss.core.stages import comments_of
from lakegloss.lakehouse.apply import worker
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import CHANGES, INVENTORY, PROPOSALS
from lakegloss.lakehouse.report.check import measure_coverage
from lakegloss.settings import Settings, load_settings
from tests.kits.delta_log import comments_in_log, without_comments

pytestmark = pytest.mark.spark
LAKE = "t_people"


@pytest.fixture(scope="module")
def settings(classic: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    classic.sql(f"CREATE SCHEMA {LAKE}")
    home: Path = tmp_path_factory.mktemp("home")
    yield load_settings(environ={}, home=home, schema_name=f"{LAKE}_gloss")
    classic.sql(f"DROP SCHEMA {LAKE} CASCADE")
    classic.sql(f"DROP SCHEMA IF EXISTS {LAKE}_gloss CASCADE")


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
    "struct": ("c STRUCT<x: VARCHAR(3) COMMENT 'Hers', y: INT COMMENT 'His'>", ["x", "y"]),
    "char": ("c STRUCT<x: CHAR(3) COMMENT 'Hers', y: INT COMMENT 'His'>", ["x", "y"]),
    "array": (
        "c ARRAY<STRUCT<x: VARCHAR(3) COMMENT 'Hers', y: INT COMMENT 'His'>>",
        ["element.x", "element.y"],
    ),
    "map": (
        "c MAP<STRUCT<x: CHAR(3) COMMENT 'Hers'>, STRUCT<y: INT COMMENT 'His'>>",
        ["key.x", "value.y"],
    ),
    "deep": (
        "c STRUCT<x: STRUCT<z: ARRAY<STRUCT<v: MAP<INT, CHAR(3)> COMMENT 'D'>>> COMMENT 'H', y: INT>",
        ["x", "x.z.element.v"],
    ),
    "no text inside": ("c STRUCT<x: STRING COMMENT 'Hers', y: INT COMMENT 'His'>", ["x", "y"]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parts_keep_their_comments_in_every_shape(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession, shape: str
) -> None:
    ddl, paths = SHAPES[shape]
    classic.sql(f"CREATE TABLE {table} (id INT COMMENT 'Mine', {ddl}, d INT) USING delta")
    bare = without_comments(classic, table)
    before = comments_in_log(classic, table)
    seen = comments_of(Catalog(ledgers.spark).read_comments(table))
    assert all(seen[f"c.{path}"] for path in paths), "what people wrote is read"
    propose(ledgers, table, {"": "It.", "c": "First.", "d": "Of d."})
    first = apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) == before | {("c",): "First.", ("d",): "Of d."}
    # A newer text for the column and for one of its parts: one statement for each level.
    propose(ledgers, table, {"c": "Second."}, replaces="First.")
    second = apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) == before | {("c",): "Second.", ("d",): "Of d."}
    levels = len({path.count(".") for path in paths})
    if shape == "no text inside":
        assert (first.statements, first.restored, second.statements) == (2, 0, 1)
    else:
        assert (first.statements, first.restored) == (2 + levels, len(paths))
        assert (second.statements, second.restored) == (1 + levels, len(paths))
    assert undo(ledgers.spark, settings, second.run_id).failed == {}
    assert comments_in_log(classic, table) == before | {("c",): "First.", ("d",): "Of d."}
    assert without_comments(classic, table) == bare


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
    "column mapping": ("x: VARCHAR(3) COMMENT 'Hers', y: INT", MAPPED, ""),
    "not null": ("x: VARCHAR(3) NOT NULL COMMENT 'Hers', y: INT", "", ""),
    "part added": ("x: VARCHAR(3) COMMENT 'Hers'", "", "ADD COLUMN c.y INT COMMENT 'Late'"),
    "char, part added": ("x: CHAR(3) COMMENT 'Hers'", "", "ADD COLUMN c.y INT COMMENT 'Late'"),
    "type widened": ("x: VARCHAR(3) COMMENT 'Hers', y: INT", WIDENED, "ALTER COLUMN c.y TYPE LONG"),
    "part renamed": ("x: VARCHAR(3) COMMENT 'Hers', z: INT", MAPPED, "RENAME COLUMN c.z TO y"),
}


@pytest.mark.parametrize("case", DESTROYED)
def test_a_statement_that_would_destroy_data_is_not_made(
    ledgers: Ledgers, settings: Settings, table: str, classic: SparkSession, case: str
) -> None:
    parts, properties, change = DESTROYED[case]
    table = table.replace(",", "")
    classic.sql(f"CREATE TABLE {table} (id INT, c STRUCT<{parts}>) USING delta {properties}")
    if change:
        classic.sql(f"ALTER TABLE {table} {change}")
    classic.sql(f"INSERT INTO {table} VALUES (1, named_struct('x', 'a', 'y', 2))")
    before, bare = comments_in_log(classic, table), without_comments(classic, table)
    propose(ledgers, table, {"id": "Of id.", "c": "Of c.", "c.y": "Of y."}, replaces="Late")
    written = apply(ledgers.spark, settings, [table])
    assert comments_in_log(classic, table) == before | {
        ("id",): "Of id.", ("c", "y"): "Of y."
    }  # fmt: skip
    assert without_comments(classic, table) == bare
    row = classic.table(table).collect()[0]
    assert (row.c.x.strip(), row.c.y) == ("a", 2)
    assert list(written.skipped) == [f"{table}.c"]
    assert "would make this column anew" in written.skipped[f"{table}.c"]
    assert written.failed == {}
    described = describe(ledgers.spark, settings, [table])
    assert described.actions["not_writable"] == 1


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
        patch.setattr("lakegloss.lakehouse.apply.applier._append_or_warn", lambda *_: None)
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
            raise PermissionError("PERMISSION_DENIED: no MODIFY any more")
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
    propose(ledgers, table, {"s.zip": "Replaced."})
    assert apply(ledgers.spark, settings, [table]).restored > 0
    assert comments_in_log(classic, table)[("s", "zip")] == "Kim wrote this"
    assert apply(ledgers.spark, settings, [table]).statements == 0
