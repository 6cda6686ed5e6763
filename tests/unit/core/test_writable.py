"""Which comments a source can carry, and what a statement may drop."""

import pytest

from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.selection import leave_out
from lakegloss.core.stages import Edit, lost, reduce_stage, stages_for
from lakegloss.core.writable import (
    TableSource,
    blocked_in_plain,
    blocked_rebuild,
    hides_parts,
    is_rebuilt,
    traits_of,
)
from lakegloss.errors import AssetNotFoundError
from lakegloss.settings import load_settings


@pytest.mark.parametrize(
    ("text", "rebuilt", "hides"),
    [
        ("", False, False),
        ("varchar(3)", False, False),
        ("char(3)", False, False),
        ("struct<a:varchar(3)>", True, False),
        ("struct<a:varchar(3),b:char(3)>", True, True),
        ("array<char(3)>", True, True),
        ("map<string,struct<char:varchar(9)>>", True, False),
    ],
)
def test_which_columns_are_made_anew(text: str, rebuilt: bool, hides: bool) -> None:  # noqa: FBT001
    assert (is_rebuilt(text), hides_parts(text)) == (rebuilt, hides)


@pytest.mark.parametrize(
    ("data_type", "marked", "traits", "why"),
    [
        ("struct<a:string,n:int>", False, "", ""),
        ("struct<a:string,n:bigint>", False, "", "not its type any more"),
        ("struct<a:string>", False, "", "not its type any more"),
        ("struct<a:string,n:int>", True, "", "NOT NULL"),
        ("struct<a:string,n:int>", False, "column mapping", "column mapping"),
    ],
)
def test_when_a_column_must_not_be_made_anew(
    data_type: str,
    marked: bool,  # noqa: FBT001
    traits: str,
    why: str,
) -> None:
    text = "struct<a:varchar(3),n:int>"
    found = blocked_rebuild(text, data_type, marked=marked, traits=traits)
    assert (why in found) if why else not found


def test_what_a_table_records_with_the_parts_of_columns() -> None:
    assert traits_of({"delta.columnMapping.mode": "id"}) == "column mapping"
    assert traits_of({"delta.columnMapping.mode": "none", "x": "name"}) == ""
    assert traits_of({"delta.feature.typeWidening": "supported"}) == "type widening"


def test_what_a_table_of_files_carries() -> None:
    source = TableSource(kind=TableKind.TABLE, provider="PARQUET", partitions=("Day",))
    assert source.is_plain
    assert blocked_in_plain(source, ("id",), "") == ""
    assert "partition column of a table kept as parquet" in blocked_in_plain(source, ("day",), "")
    assert "no parts" in blocked_in_plain(source, ("s", "x"), "")
    assert "char or varchar" in blocked_in_plain(source, ("s",), "struct<x:char(3)>")
    read_anew = TableSource(kind=TableKind.TABLE, provider="JDBC")
    assert "keeps no comments" in blocked_in_plain(read_anew, ("id",), "")
    assert not TableSource(kind=TableKind.TABLE, provider="delta").is_plain
    assert not TableSource(kind=TableKind.VIEW).is_plain
    assert not TableSource(kind=TableKind.FOREIGN, provider="postgresql").is_plain


def column(path: str, comment: str = "", *, rebuilt: bool = False, blocked: str = "") -> Column:
    return Column(path=path, data_type="x", comment=comment, rebuilt=rebuilt, blocked=blocked)


def edit(path: str) -> Edit:
    return Edit(column=path, before="", after="New.")


def test_a_stage_knows_what_it_may_drop() -> None:
    columns = (
        column("a", rebuilt=True), column("a.x", "Hers"), column("a.y", "His"), column("a.z"),
        column("b"), column("b.x", "Safe"), column("`a.x`", "Another column"),
    )  # fmt: skip
    edits = [edit("a"), edit("b"), edit("a.y")]
    stages, _ = stages_for(Table(name="d.t", columns=columns), edits, comment_on_column=False)
    assert [[keep.column for keep in stage.keeps] for stage in stages] == [["a.x"], []]
    kept, _ = reduce_stage(stages[0], lambda e: e.column == "b")
    assert kept[0].keeps == (), "nothing is dropped any more"
    kept, _ = reduce_stage(stages[0], lambda e: e.column == "a")
    assert [keep.column for keep in kept[0].keeps] == ["a.x"]


def test_what_vanished_and_what_others_did() -> None:
    before = {"": "It.", "a": "New.", "a.x": "Hers", "a.y": "His", "b": "B", "`a.x`": "Dotted"}
    now = {"a": "New.", "a.x": "", "a.y": "Changed by him", "b": "", "`a.x`": ""}
    assert lost(before, now, ["a"]) == {"a.x": "Hers"}
    assert lost(before, now, [""]) == {"a.x": "Hers", "b": "B", "`a.x`": "Dotted"}


def test_one_statement_for_each_column_where_more_are_refused() -> None:
    columns = (column("a"), column("b", blocked="no such place"), column("c"))
    table = Table(name="d.t", columns=columns, one_by_one=True)
    stages, refused = stages_for(table, [edit(c) for c in "abc"], comment_on_column=False)
    assert [[e.column for e in stage.edits] for stage in stages] == [["a"], ["c"]]
    assert [(item.edit.column, item.reason) for item in refused] == [("b", "no such place")]


def test_what_is_left_out() -> None:
    names = ["s.a", "s.tmp_b", "t.c", "main.s.a"]
    assert leave_out(names, []) == names
    assert leave_out(names, ["s.TMP_*", "nothing.*"]) == ["s.a", "t.c", "main.s.a"]
    assert leave_out(names, ["s", "t"]) == ["main.s.a"]
    assert leave_out([], ["s"]) == []
    with pytest.raises(AssetNotFoundError, match="leaves out all 4"):
        leave_out(names, ["*.*", "*.*.*"])


def test_exclude_is_read_from_text_and_from_a_list() -> None:
    read = load_settings(environ={}, exclude="a.*, b.`x,y`")
    assert read.excluded == ("a.*", "b.`x,y`")
    assert load_settings(environ={}, exclude=["a.*", "b.c"]).excluded == ("a.*", "b.c")
    assert load_settings(environ={}).excluded == ()
