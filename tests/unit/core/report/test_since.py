"""What is otherwise in the catalog than in the ledgers is named, by who wrote it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.report.since import columns_since, comments_since, rows_now
from lakegloss.core.report.standing import AssetState, Standing

THEN = datetime(2026, 3, 1, tzinfo=UTC)
NOW = THEN + timedelta(hours=1)


def row(table: str, column: str = "", comment: str = "", **more: Any) -> dict[str, Any]:
    return {
        "table": table, "column": column, "kind": "table", "data_type": "int", "comment": comment,
        "position": 0, "present": True, "error": "", "seen_at": THEN, **more,
    }  # fmt: skip


INVENTORY = [row("s.a"), row("s.a", "x", "Old."), row("s.a", "y"), row("s.b"), row("s.c")]
SHOWN = Table(
    name="s.a",
    comment="Of a person.",
    columns=(Column(path="x", data_type="int"), Column(path="z", data_type="date", comment="Z.")),
)


def test_rows_of_tables_that_were_read_are_those_of_the_catalog() -> None:
    broken = Table(name="s.b", error="no log")
    rows = rows_now(INVENTORY, {"s.a": SHOWN, "s.b": broken}, {"s.c"}, NOW)
    now = {(r["table"], r["column"]): (r["comment"], r["error"], r["seen_at"]) for r in rows}
    assert now == {
        ("s.a", ""): ("Of a person.", "", NOW),
        ("s.a", "x"): ("", "", NOW),
        ("s.a", "z"): ("Z.", "", NOW),
        ("s.b", ""): ("", "no log", THEN),
    }
    assert INVENTORY[3]["error"] == "", "the given rows stay as they are"


def test_a_table_that_nobody_looked_at_keeps_its_rows() -> None:
    assert list(rows_now(INVENTORY, {}, set(), NOW)) == INVENTORY


def test_new_columns_and_those_that_are_gone() -> None:
    new, gone = columns_since(INVENTORY, {"s.a": SHOWN, "s.new": replace(SHOWN, name="s.new")})
    assert (new, gone) == ([AssetKey("s.a", "z")], [AssetKey("s.a", "y")])
    assert columns_since(INVENTORY, {"s.a": replace(SHOWN, error="no")}) == ([], [])


def state(comment: str, standing: Standing, column: str = "x") -> AssetState:
    return AssetState(table="s.a", column=column, comment=comment, standing=standing)


def test_only_what_others_wrote_is_named_and_lost_texts_of_lakegloss_first() -> None:
    before = [
        state("", Standing.MISSING, "a"),
        state("Ours.", Standing.RULES, "b"),
        state("Ours.", Standing.MODEL, "c"),
        state("Theirs.", Standing.PEOPLE, "d"),
        state("Ours.", Standing.MODEL, "e"),
        state("Ours.", Standing.MODEL, "f"),
    ]
    now = [
        state("Written.", Standing.PEOPLE, "a"),
        state("Changed.", Standing.PEOPLE, "b"),
        state("", Standing.MISSING, "c"),
        state("Theirs, again.", Standing.PEOPLE, "d"),
        state("Of another run.", Standing.RULES, "e"),
        state(" Ours. ", Standing.MODEL, "f"),
    ]
    changes = comments_since(before, now)
    assert [(c.column, c.what, c.of_lakegloss) for c in changes] == [
        ("b", "changed by others", True),
        ("c", "removed", True),
        ("a", "written by others", False),
        ("d", "changed by others", False),
    ]
