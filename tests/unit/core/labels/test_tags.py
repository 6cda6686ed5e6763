"""Names and values of tags are hostile: none passes for another, none leaves its literal."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.assets import TableKind
from lakegloss.core.labels.tag_statements import (
    TagEdit,
    TagPlace,
    reduced_stage,
    tag_halves,
    tag_refused,
    tag_stages,
)
from lakegloss.core.labels.tags import (
    LONGEST_NAME,
    property_of,
    tag_of_property,
    wrong_name,
    wrong_value,
)

TEXTS = st.text(max_size=30)
LITERAL = r"'(?:[^'\\]|\\.)*'"
PAIR = rf"{LITERAL} = {LITERAL}"
NAME = r"`(?:[^`]|``)*`"


@settings(max_examples=40)
@given(column=TEXTS, tag=st.text(min_size=1, max_size=30))
def test_a_property_gives_back_its_column_and_tag(column: str, tag: str) -> None:
    name = property_of(column, tag)
    assert name.isascii()
    assert not set(name) & set("'\"`$\\ \n;")
    clean = (column.encode("utf-8", "replace").decode(), tag.encode("utf-8", "replace").decode())
    assert tag_of_property(name) == clean


@settings(max_examples=30)
@given(st.sampled_from(["", "lakegloss.tag/", "delta."]).flatmap(lambda p: TEXTS.map(p.__add__)))
def test_other_properties_are_no_tags(name: str) -> None:
    found = tag_of_property(name)
    assert found is None or property_of(*found) == name


def edits(pairs: dict[tuple[str, str], tuple[str, str]]) -> list[TagEdit]:
    return [
        TagEdit(column=column, tag=tag, before=before, after=after)
        for (column, tag), (before, after) in pairs.items()
    ]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(TEXTS.filter(bool), TEXTS.filter(bool)), min_size=1, max_size=3),
    st.text(min_size=1, max_size=20).filter(lambda name: "${" not in name),
    st.sampled_from(TagPlace),
)
def test_hostile_names_and_values_stay_in_their_literals(
    pairs: list[tuple[str, str]], column: str, place: TagPlace
) -> None:
    path = "`" + column.replace("`", "``") + "`"
    made = [
        TagEdit(column=path, tag=tag, before="", after=value) for tag, value in dict(pairs).items()
    ]
    [stage] = tag_stages("s.t", TableKind.TABLE, place, made)
    target = rf" ALTER COLUMN {NAME} SET TAGS" if place is TagPlace.TAGS else " SET TBLPROPERTIES"
    whole = rf"ALTER TABLE `s`\.`t`{target} \({PAIR}(?:, {PAIR})*\)"
    assert re.fullmatch(whole, stage.statement, re.DOTALL)
    assert "${" not in stage.statement


@pytest.mark.parametrize(
    ("kind", "column", "begins"),
    [
        (TableKind.TABLE, "", "ALTER TABLE `s`.`v` SET TAGS ("),
        (TableKind.TABLE, "a", "ALTER TABLE `s`.`v` ALTER COLUMN `a` SET TAGS ("),
        (TableKind.VIEW, "", "ALTER VIEW `s`.`v` SET TAGS ("),
        # ALTER VIEW takes tags of columns only from runtime 19 on.
        (TableKind.VIEW, "a", "ALTER TABLE `s`.`v` ALTER COLUMN `a` SET TAGS ("),
        (TableKind.MATERIALIZED_VIEW, "", "ALTER MATERIALIZED VIEW `s`.`v` SET TAGS ("),
        (TableKind.STREAMING_TABLE, "a", "ALTER STREAMING TABLE `s`.`v` ALTER COLUMN `a` SET"),
        (TableKind.FOREIGN, "", "ALTER TABLE `s`.`v` SET TAGS ("),
    ],
)
def test_each_kind_of_relation_has_its_statement(kind: TableKind, column: str, begins: str) -> None:
    edit = TagEdit(column=column, tag="domain", before="", after="sales")
    [stage] = tag_stages("s.v", kind, TagPlace.TAGS, [edit])
    assert stage.statement.startswith(begins)
    back = TagEdit(column=column, tag="domain", before="sales", after="")
    [stage] = tag_stages("s.v", kind, TagPlace.TAGS, [back])
    assert stage.statement.endswith("UNSET TAGS ('domain')")


def test_properties_of_a_table_take_one_statement_and_tags_one_for_each_asset() -> None:
    made = edits(
        {
            ("", "personal_data"): ("", "pii"),
            ("a", "personal_data"): ("", "pii"),
            ("a", "personal_class"): ("", "email"),
            ("b", "personal_class"): ("phone", ""),
            ("c", "personal_class"): ("phone", "phone"),
        }
    )
    properties = tag_stages("s.t", TableKind.TABLE, TagPlace.PROPERTIES, made)
    assert [len(stage.edits) for stage in properties] == [3, 1]
    assert properties[1].statement.startswith("ALTER TABLE `s`.`t` UNSET TBLPROPERTIES IF EXISTS (")
    tags = tag_stages("s.t", TableKind.TABLE, TagPlace.TAGS, made)
    assert [[edit.column for edit in stage.edits] for stage in tags] == [[""], ["a", "a"], ["b"]]
    first, second = tag_halves(properties[0])
    assert first.edits + second.edits == properties[0].edits
    kept = reduced_stage(tags[1], lambda edit: edit.tag == "personal_class")
    assert kept is not None
    assert kept.statement.endswith("SET TAGS ('personal_class' = 'email')")
    assert reduced_stage(tags[1], lambda _: False) is None


def test_what_cannot_be_tagged_is_said() -> None:
    def edit(column: str) -> TagEdit:
        return TagEdit(column=column, tag="t", before="", after="v")

    assert tag_refused("s.t", edit("a.b")).startswith("it is a part")
    assert "${" in tag_refused("s.`${x}`", edit(""))
    assert tag_refused("s.t", edit("`a.b`")) == ""


@pytest.mark.parametrize("name", ["", " a", "a.b", "a=b", "a/b", "a:b", "a,b", "a-b", "x" * 256])
def test_names_that_unity_catalog_refuses_are_refused_before(name: str) -> None:
    assert wrong_name(name)


def test_usual_names_and_values_are_taken() -> None:
    assert wrong_name("data_classification") == wrong_name("x" * LONGEST_NAME) == ""
    assert wrong_value("Sales & Marketing") == ""
    assert all(map(wrong_value, ["", "a\u202eb", "x" * 257]))
