"""Reviewed files about tags: what people wrote is decided on or told, in every form of the file."""

from pathlib import Path
from typing import Any

import pytest

from lakegloss.compat.dbxmetagen import MetadataConfig
from lakegloss.compat.dbxmetagen.artefacts.label_rows_out import label_row
from lakegloss.compat.dbxmetagen.artefacts.labels_of_people import folded
from lakegloss.compat.dbxmetagen.artefacts.review_rows import RowMaker
from lakegloss.compat.dbxmetagen.artefacts.reviewed_files import read_reviewed, statements_of_tags
from lakegloss.compat.dbxmetagen.artefacts.reviewed_labels import (
    ALREADY_SET,
    NOT_PROPOSED,
    decided,
    mode_of_lines,
    tags_said,
)
from lakegloss.compat.dbxmetagen.artefacts.tags_in_statements import (
    lines_of_tags,
    with_tags_of_statement,
)
from lakegloss.core.assets import AssetKey
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.labels.tree import tree_from
from lakegloss.core.review.rows import FileLine, Shape

SCHEME = LabelScheme(
    protected_tag="data_classification", group_tag="data_subclassification", class_tag="",
    none_value="None", tree=tree_from({"sales": {"subdomains": ["orders"]}, "care": None}),
)  # fmt: skip
CONFIG = MetadataConfig(skip_yaml_loading=True, catalog_name="main")
TABLE = "main.shop.orders"
KIND = LabelKey(TABLE, "mail", "data_subclassification")
DOMAIN = LabelKey(TABLE, "", "domain")


def line(number: int, problem: str = "", formulas: tuple[str, ...] = (), **cells: str) -> FileLine:
    place = {"table": TABLE, "column_name": "mail"}
    return FileLine(
        number=number, cells=place | cells, problem=problem, formulas=frozenset(formulas)
    )


def open_label(value: str, **more: Any) -> KnownLabel:
    facts = {"proposal_id": value, "value": value, "status": "ready", "decided_value": value}
    return KnownLabel(**(facts | more))


KNOWN = {KIND: open_label("pii"), DOMAIN: open_label("sales")}


def outcome(lines: list[FileLine], known: Any = KNOWN, who: str = "ann") -> tuple[Any, Any]:
    """What is decided by tag, and the lines in conflict with the reasons."""
    said, unread = tags_said(lines, SCHEME, "main")
    rulings, conflicts, _ = decided(said, known, SCHEME, who=who)
    return (
        {ruling.key.tag: (ruling.verdict.value, ruling.value) for ruling in rulings},
        {conflict.line: conflict.reason for conflict in (*unread, *conflicts)},
    )


def test_lines_that_cannot_be_read_are_told() -> None:
    lines = [
        line(2, type="=A1", formulas=("type",)),
        line(3, type="pci", problem="it has more cells than columns"),
        line(4, table="", type="pci"),
        line(5, table="``", type="pci"),
        line(6, type="pci", formulas=("notes",)),
    ]
    rulings, conflicts = outcome(lines)
    assert rulings == {"data_subclassification": ("edit", "pci")}
    assert set(conflicts) == {2, 3, 4, 5}


def test_lines_that_disagree_are_all_in_conflict() -> None:
    same = [line(2, type="pci"), line(3, type="pci")]
    assert outcome(same)[0] == {"data_subclassification": ("edit", "pci")}
    rulings, conflicts = outcome([line(2, type="pci"), line(3, type="phi")])
    assert rulings == {}
    assert set(conflicts) == {2, 3}


def test_what_somebody_else_decided_stays() -> None:
    by_bob = {KIND: open_label("pii", verdict="edit", by_person=True, decided_by="bob",
                               decided_value="pci", decision_id="d")}  # fmt: skip
    rulings, conflicts = outcome([line(2, type="phi")], by_bob)
    assert rulings == {}
    assert "bob decided otherwise" in conflicts[2]
    assert outcome([line(2, type="phi")], by_bob, who="bob")[0]
    assert outcome([line(2, type="pci")], by_bob) == ({}, {})


def test_none_that_a_person_chose_stays_none() -> None:
    known = {KIND: open_label("pii", verdict="edit", by_person=True, decided_by="ann",
                              decided_value="None", decision_id="d")}  # fmt: skip
    assert outcome([line(2, type="None")], known) == ({}, {})
    assert outcome([line(2, type="pci")], known)[0] == {"data_subclassification": ("edit", "pci")}


def test_a_row_that_nobody_touched_takes_back_no_edit_of_another_copy() -> None:
    """Two stewards fill copies of one file, and one person imports both."""
    for more in ({}, {"applied": True}):
        known = {KIND: open_label("pii", verdict="edit", by_person=True, decided_by="ann",
                                  decided_value="pci", decision_id="d", **more)}  # fmt: skip
        assert outcome([line(2, type="pii")], known) == ({}, {})
    assert outcome([line(2, type="phi")], known)[1] == {2: ALREADY_SET}


@pytest.mark.parametrize(("typed", "meant"), [("Care", "care"), (" CARE ", "care"), ("x", "x")])
def test_labels_are_read_in_any_case(typed: str, meant: str) -> None:
    rulings, conflicts = outcome([line(2, column_name="None", domain=typed)])
    if meant == "care":
        assert (rulings, conflicts) == ({"domain": ("edit", "care")}, {})
    else:
        assert "no label of the tag" in conflicts[2]


def test_statements_in_the_column_ddl_count_where_the_settings_say_so() -> None:
    start = f"ALTER TABLE {TABLE} ALTER COLUMN `mail` SET TAGS"
    lines = [
        line(2, type="pii", ddl=f"{start} ('data_subclassification' = 'pci');"),
        line(3, type="pii", ddl="DROP TABLE x"),
        line(4, type="pii", ddl=f"ALTER TABLE {TABLE} SET TAGS ('data_subclassification' = 'x')"),
        line(5, type="pci", ddl=" "),
        line(6, type="pii", ddl=f"{start} ('cost_centre' = '7')"),
    ]
    rulings, conflicts = outcome([with_tags_of_statement(one, CONFIG) for one in lines])
    assert rulings == {"data_subclassification": ("edit", "pci")}
    assert set(conflicts) == {3, 4, 6}
    assert "cost_centre" in conflicts[6]
    gone = line(2, type="pii", classification="protected",
                ddl=f"{start} ('data_classification' = 'protected')")  # fmt: skip
    rulings, _ = outcome([with_tags_of_statement(gone, CONFIG)])
    assert rulings == {"data_subclassification": ("reject", "")}


def test_statements_of_tags_in_a_file_of_sql(tmp_path: Path) -> None:
    path = tmp_path / "orders_domain.sql"
    path.write_text(
        f"COMMENT ON TABLE {TABLE} IS 'Orders; all.';\n"
        f"ALTER TABLE {TABLE} SET TAGS ('domain' = 'care');\n"
        f"SET TAG ON COLUMN {TABLE}.mail data_subclassification = 'pci';\n"
        f"ALTER TABLE {TABLE} SET TAGS ('owner' = 'me; you');\nDROP TABLE x;"
    )
    assert read_reviewed(path).shape is Shape.REVIEW
    lines = lines_of_tags(statements_of_tags(path), CONFIG)
    assert mode_of_lines(lines) == "all"
    rulings, conflicts = outcome(lines)
    assert rulings == {"domain": ("edit", "care"), "data_subclassification": ("edit", "pci")}
    assert list(conflicts) == [4]
    assert mode_of_lines(lines[:1]) == "domain"
    assert mode_of_lines(lines[1:]) == "pi"
    assert statements_of_tags(tmp_path / "orders.tsv") == []


def test_a_file_for_review_shows_what_people_decided() -> None:
    maker = RowMaker(token="", user="", config={}, comment_on_column=True)
    facts = {"source": "rules", "model": "", "status": "ready", "proposed_at": None}
    labels = {
        tag: {"proposal_id": tag, "value": value, **facts}
        for tag, value in (("data_classification", "protected"), ("data_subclassification", "pii"))
    }
    edited = {"data_subclassification": {"verdict": "edit", "text": "pci"}}

    def row(decisions: dict[str, Any], applied: set[str]) -> dict[str, str]:
        key = AssetKey(TABLE, "mail")
        return label_row(maker, key, labels, (CONFIG, SCHEME), decisions, applied)

    shown = row(edited, set())
    assert (shown["classification"], shown["type"]) == ("protected", "pci")
    assert "'data_subclassification' = 'pci'" in shown["ddl"]
    assert shown["status"] == "not applied"
    rejected = {tag: {"verdict": "reject", "text": ""} for tag in labels}
    assert row(rejected, set())["status"] == "rejected"
    assert row({}, set(labels))["status"] == "applied"
    assert row({}, {"data_classification"})["status"] == "not applied"


THERE = {folded(TABLE, column): AssetKey(TABLE, column) for column in ("", "mail", "`Pass No`")}


def own(
    lines: list[FileLine], known: Any = KNOWN
) -> tuple[list[tuple[str, str, str, str]], dict[int, str]]:
    said, _ = tags_said(lines, SCHEME, "main")
    rulings, conflicts, _ = decided(said, known, SCHEME, who="ann", there=THERE)
    made = [(r.key.column, r.key.tag, r.value, r.proposal_id) for r in rulings]
    return made, {conflict.line: conflict.reason for conflict in conflicts}


def test_people_may_label_what_nobody_proposed() -> None:
    lines = [
        line(2, classification="PI", type="pii"),
        line(3, column_name="pass no", classification="protected", type="pci"),
        line(4, column_name="gone", type="pci"),
        line(5, column_name="pass no", domain="secret"),
        line(6, column_name="None", classification="None", type="None"),
    ]
    made, conflicts = own(lines)
    assert made == [
        ("mail", "data_classification", "protected", ""),
        ("mail", "data_subclassification", "", "pii"),
        ("`Pass No`", "data_classification", "protected", ""),
        ("`Pass No`", "data_subclassification", "pci", ""),
    ]
    assert conflicts[4] == NOT_PROPOSED
    assert "no label of the tag" in conflicts[5]


def test_people_may_change_what_is_set_but_not_what_another_decided() -> None:
    is_set = {KIND: open_label("pii", applied=True, written=frozenset({"pii"}))}
    assert own([line(2, type="phi")], is_set)[0] == [("mail", KIND.tag, "phi", "")]
    assert own([line(2, type="None")], is_set)[0] == [("mail", KIND.tag, "None", "")]
    assert own([line(2, type="pii")], is_set) == ([], {})
    by_bob = {KIND: open_label("pii", applied=True, verdict="accept", by_person=True,
                               decided_by="bob", decision_id="d")}  # fmt: skip
    made, conflicts = own([line(2, type="phi")], by_bob)
    assert made == []
    assert "bob decided otherwise" in conflicts[2]


def is_set(value: str, by: str = "", **more: Any) -> KnownLabel:
    """A label that lakegloss set; a person decided on it where `by` names one."""
    person = {"verdict": "accept", "by_person": True, "decided_by": by, "set_decided_by": by}
    facts = {"applied": True, "set_by": value, "written": frozenset({value})}
    return open_label(value, **((person if by else {}) | facts | more))


PROTECTED = LabelKey(TABLE, "mail", "data_classification")


def withdrawals(lines: list[FileLine], known: Any) -> tuple[list[tuple[str, str]], dict[int, str]]:
    """The proposals that are rejected with their tags, and the lines in conflict."""
    said, _ = tags_said(lines, SCHEME, "main")
    rulings, conflicts, _ = decided(said, known, SCHEME, who="ann", there=THERE)
    assert {ruling.verdict.value for ruling in rulings} <= {"reject"}
    made = [(ruling.key.tag, ruling.proposal_id) for ruling in rulings]
    return made, {conflict.line: conflict.reason for conflict in conflicts}


@pytest.mark.parametrize("cell", ["", " ", "nan", "NULL"])
def test_an_emptied_cell_takes_away_the_tag_that_lakegloss_set(cell: str) -> None:
    known = {KIND: is_set("pii"), PROTECTED: is_set("protected", by="ann")}
    both = [(PROTECTED.tag, "protected"), (KIND.tag, "pii")]
    assert withdrawals([line(2, classification=cell, type=cell)], known) == (both, {})
    assert withdrawals([line(2, classification=cell)], known) == (both[:1], {})
    assert withdrawals([line(2)], known) == ([], {}), "a row that ends before the cell says nothing"


def test_the_word_none_takes_away_what_has_no_value_for_none() -> None:
    known = {PROTECTED: is_set("protected")}
    assert withdrawals([line(2, classification="None")], known)[0] == [(PROTECTED.tag, "protected")]


def test_a_tag_that_is_none_already_is_not_taken_away_by_a_file_that_lost_the_word() -> None:
    """Tools that read None as an empty cell write one back."""
    assert withdrawals([line(2, type="")], {KIND: is_set("None")}) == ([], {})


def test_what_another_person_decided_is_not_taken_away() -> None:
    made, conflicts = withdrawals([line(2, type="")], {KIND: is_set("pii", by="bob")})
    assert made == []
    assert "bob decided on the tag that is set" in conflicts[2]


def test_the_same_emptied_cell_again_asks_for_nothing() -> None:
    gone = is_set("pii", by="ann", verdict="reject", withdrawn=True)
    assert withdrawals([line(2, type="")], {KIND: gone}) == ([], {})
    taken = is_set("pii", by="ann", verdict="reject", applied=False, set_by="", written=frozenset())
    assert withdrawals([line(2, type="")], {KIND: taken}) == ([], {})


def test_an_emptied_cell_rejects_a_new_value_and_takes_away_the_one_before() -> None:
    over = open_label("phi", set_by="pii", written=frozenset({"pii"}))
    said = withdrawals([line(2, type="")], {KIND: over})[0]
    assert said == [(KIND.tag, "phi"), (KIND.tag, "pii")]
    rejected = open_label("phi", verdict="reject", by_person=True, decided_by="ann", set_by="pii",
                          written=frozenset({"pii"}))  # fmt: skip
    assert withdrawals([line(2, type="")], {KIND: rejected})[0] == [(KIND.tag, "pii")]
