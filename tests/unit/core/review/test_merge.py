"""Three-way merge of review files: decisions, and every conflict with its remedy."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.plan.choices import Action, Known, Policy, choose, text_hash
from lakegloss.core.review.foreign import ForeignRow, expand, foreign_rows
from lakegloss.core.review.merge import (
    REMEDIES,
    AssetNow,
    CommentBounds,
    Merged,
    Now,
    ProposalNow,
    Trouble,
    settle,
    wishes,
)
from lakegloss.core.review.rows import FileLine, ReviewRow, Shape, mark, shape_of_header

KEY = AssetKey("s.t", "c")
LIMITS = CommentBounds(table=60, column=40)
OURS = "What we proposed."


def proposal(**more: Any) -> ProposalNow:
    common = {
        "proposal_id": "p", "key": KEY, "text": OURS, "source": "model", "status": "ready",
        "replaces": "",
    }  # fmt: skip
    return ProposalNow(**(common | more))


def decided(verdict: str, by: str = "anna", **more: Any) -> ProposalNow:
    return proposal(verdict=verdict, decided_by=by, decision_id="d", by_person=True, **more)


def row(decision: str = "", text: str = OURS, **more: Any) -> ReviewRow:
    common = {
        "line": 2, "key": KEY, "proposal_id": "p", "text_hash": mark(OURS),
        "comment_hash": mark(""),
    }  # fmt: skip
    return ReviewRow(decision=decision, text=text, **(common | more))


def foreign(text: str, **more: Any) -> ReviewRow:
    return ReviewRow(line=2, key=KEY, text=text, **more)


def merge(
    *rows: ReviewRow,
    now: str | None = "",
    seen: ProposalNow | None = None,
    newest: ProposalNow | None = None,
    who: str = "anna",
    by_person: bool = False,
    overwrite_human: bool = False,
) -> Merged:
    seen = seen or proposal()
    asset = AssetNow(comment=now or "", by_person=by_person, newest=newest or seen)
    world = Now(
        assets={} if now is None else {KEY: asset},
        proposals={p.proposal_id: p for p in (seen, newest) if p},
    )
    asked, conflicts, untouched = wishes(rows, LIMITS)
    merged = settle(asked, world, who=who, overwrite_human=overwrite_human)
    return replace(
        merged, conflicts=(*conflicts, *merged.conflicts), untouched=merged.untouched + untouched
    )


def said(merged: Merged) -> list[Any]:
    rulings = [(r.verdict.value, r.text, r.renewed) for r in merged.rulings]
    return rulings + [conflict.trouble for conflict in merged.conflicts]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param(row(), [], id="untouched"),
        pytest.param(row("accept"), [("accept", "", False)], id="accepted"),
        pytest.param(row("", "Hers."), [("edit", "Hers.", False)], id="edited, no word"),
        pytest.param(row("edit", " Hers.\n"), [("edit", "Hers.", False)], id="edited"),
        pytest.param(row("accept", "Hers."), [("edit", "Hers.", False)], id="accepted as edited"),
        pytest.param(row("reject", "Hers."), [("reject", "", False)], id="rejected"),
        pytest.param(row("maybe"), [Trouble.WORD], id="another word"),
        pytest.param(row("edit"), [Trouble.SAME], id="edit without an edit"),
        pytest.param(row("edit", ""), [Trouble.EMPTY], id="edited to nothing"),
        pytest.param(row("", " "), [Trouble.EMPTY], id="emptied"),
        pytest.param(row("", "x" * 41), [Trouble.TOO_LONG], id="too long"),
        pytest.param(row("accept", proposal_id="q"), [Trouble.UNKNOWN], id="unknown proposal"),
    ],
)
def test_what_a_row_asks_for(asked: ReviewRow, found: list[Any]) -> None:
    assert said(merge(asked)) == found


NEWER = proposal(proposal_id="q", text="Newer.")
HERS = decided("accept", proposal_id="h", source="human", text="Her words.")


@pytest.mark.parametrize(
    ("asked", "state", "found"),
    [
        pytest.param(row("accept"), {"now": None}, [Trouble.GONE], id="column gone"),
        pytest.param(
            row("accept"), {"seen": proposal(key=AssetKey("s.u"))}, [Trouble.MISPLACED],
            id="a row whose cells moved",
        ),
        pytest.param(row("accept"), {"newest": NEWER}, [Trouble.NEWER], id="newer proposal"),
        pytest.param(row("accept"), {"now": "His."}, [Trouble.CHANGED], id="catalog changed"),
        pytest.param(row("reject"), {"now": "His."}, [("reject", "", False)],
                     id="a rejection overwrites nothing"),
        pytest.param(row("accept", comment_hash=mark("His.")), {"now": "His."},
                     [("accept", "", True)], id="what the reviewer saw may be replaced"),
        pytest.param(row("accept", comment_hash=mark("Lost.")), {}, [("accept", "", False)],
                     id="the comment was lost"),
        pytest.param(row("", "Hers."), {"now": OURS}, [("edit", "Hers.", True)],
                     id="an edit of what was applied since"),
        pytest.param(row("accept"), {"now": OURS}, [("accept", "", False)],
                     id="accepted what was applied since"),
        pytest.param(row("", "Hers."), {"now": "Hers."}, [], id="the catalog says it already"),
        pytest.param(row("", "Hers.", comment_hash=mark("Old.")),
                     {"now": "Old.", "seen": proposal(replaces="Old.", status="needs_review")},
                     [("edit", "Hers.", False)], id="a proposal that replaces"),
        pytest.param(row("", "Hers.", text_hash=mark("")),
                     {"seen": proposal(text="", status="failed")}, [("edit", "Hers.", True)],
                     id="words where nothing could be said"),
        pytest.param(row("accept"), {"seen": decided("reject", "bob")}, [Trouble.DECIDED],
                     id="rejected by someone else"),
        pytest.param(row("", "Hers."), {"seen": decided("edit", "bob", decided_text="His.")},
                     [Trouble.DECIDED], id="edited by someone else"),
        pytest.param(row("accept", decision_id="d"), {"seen": decided("reject", "bob")},
                     [("accept", "", False)], id="a decision that the reviewer saw"),
        pytest.param(row("reject"), {"seen": decided("accept")}, [("reject", "", False)],
                     id="one's own mind may change"),
        pytest.param(row("accept", "T2.", text_hash=mark("T2.")),
                     {"seen": decided("edit", "bob", decided_text="T2.")}, [],
                     id="agreeing with an edit"),
        pytest.param(row("", "Better."), {"newest": HERS}, [("edit", "Better.", False)],
                     id="one's own words again"),
        pytest.param(row("", "Better."), {"newest": HERS, "now": "Her words."},
                     [("edit", "Better.", True)], id="one's own words again, applied"),
        pytest.param(row("", "Better."), {"newest": replace(HERS, decided_by="bob")},
                     [Trouble.NEWER], id="someone else's words"),
    ],
)  # fmt: skip
def test_against_what_is_there_now(
    asked: ReviewRow, state: dict[str, Any], found: list[Any]
) -> None:
    merged = merge(asked, **state)
    assert said(merged) == found
    assert merged.already == (not found)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        pytest.param({}, [("edit", "T.", False)], id="an edit of the proposal"),
        pytest.param({"seen": proposal(text="T.")}, [("accept", "", False)], id="its own text"),
        pytest.param({"now": "T."}, [], id="in the catalog already"),
        pytest.param({"now": "His.", "by_person": True}, [Trouble.PEOPLE], id="people's text"),
        pytest.param({"now": "His.", "by_person": True, "overwrite_human": True},
                     [("edit", "T.", True)], id="people's text, on purpose"),
        pytest.param({"now": "Older."}, [("edit", "T.", True)], id="an older text of ours"),
        pytest.param({"seen": decided("reject", "bob")}, [("edit", "T.", True)],
                     id="other words than the rejected"),
        pytest.param({"seen": decided("reject", "bob", text="T.")}, [Trouble.DECIDED],
                     id="the rejected words"),
        pytest.param({"seen": decided("accept", "bob")}, [Trouble.DECIDED], id="accepted others"),
    ],
)  # fmt: skip
def test_rows_that_name_no_proposal(state: dict[str, Any], found: list[Any]) -> None:
    assert said(merge(foreign("T."), **state)) == found
    assert merge(foreign(" "), **state).untouched == 1


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"seen": decided("edit", decided_text="Hers.")}, id="edited"),
        pytest.param({"newest": HERS}, id="edited after it was applied"),
        pytest.param({"newest": HERS, "now": "Her words."}, id="and the edit applied as well"),
        pytest.param({"seen": decided("reject")}, id="rejected"),
    ],
)
def test_a_row_that_nobody_touched_takes_back_no_edit_of_another_copy(
    state: dict[str, Any],
) -> None:
    """Two stewards fill copies of one file of dbxmetagen, and one person imports both."""
    merged = merge(foreign(OURS), **state)
    assert (merged.rulings, merged.conflicts, merged.already) == ((), (), 1)
    assert len(merge(foreign("Other words."), **state).rulings) == 1


def test_without_any_proposal_a_persons_words_become_one() -> None:
    world = Now(assets={KEY: AssetNow(comment="")}, proposals={})
    (ruling,) = settle(wishes([foreign("T.")], LIMITS)[0], world, who="anna").rulings
    assert (ruling.proposal_id, ruling.renewed, ruling.on_old) == ("", True, False)
    rejected = merge(foreign("T."), seen=decided("reject", "bob")).rulings[0]
    assert (rejected.renewed, rejected.on_old) == (True, False), "that stays rejected"


def test_rows_that_disagree_are_listed_and_repeated_ones_count_once() -> None:
    assert said(merge(row("accept"), row("reject", line=3))) == [Trouble.DUPLICATE] * 2
    merged = merge(row("accept"), row("accept", line=3), row(line=4))
    assert (said(merged), merged.untouched) == ([("accept", "", False)], 2)


def test_cells_sorted_apart_from_their_rows_move_no_comment() -> None:
    texts = ["Of a.", "Of b.", "Of c."]
    rows = [
        row("", moved, line=line, key=AssetKey("s.t", own), text_hash=mark(own))
        for line, (own, moved) in enumerate(zip(texts, [*texts[1:], texts[0]], strict=True))
    ]
    asked, conflicts, _ = wishes(rows, LIMITS)
    assert (asked, [c.trouble for c in conflicts]) == ([], [Trouble.MOVED] * 3)
    meant, conflicts, _ = wishes([replace(r, decision="edit") for r in rows], LIMITS)
    assert (len(meant), conflicts) == (3, [])
    copied, conflicts, _ = wishes(
        [row("", "Of a."), row(text="Of a.", text_hash=mark("Of a."))], LIMITS
    )
    assert (len(copied), conflicts) == (1, []), "a copy of a text that stayed where it was"


def test_every_trouble_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Trouble)


def test_what_was_recorded_is_not_recorded_again() -> None:
    """Of each wish: replay its ruling as the ledgers would show it, and ask again."""
    asked = [row("accept"), row("", "T."), row("reject"), foreign("T."), foreign(OURS)]
    states = [proposal(), proposal(status="failed", text=""), proposal(replaces="Old.")]
    for wish, seen, now in itertools.product(asked, states, ["", OURS, "Old."]):
        before = merge(wish, seen=seen, now=now)
        for ruling in before.rulings:
            after = replace(
                seen, verdict=ruling.verdict, decided_text=ruling.text, decided_by="anna",
                decision_id="d", by_person=True,
            )  # fmt: skip
            text = ruling.text or seen.text
            source = "human" if ruling.text else seen.source
            newest = replace(HERS, text=text, source=source) if ruling.renewed else None
            again = merge(wish, seen=after, newest=newest, now=now)
            assert (again.rulings, again.conflicts, again.already) == ((), (), 1)
            other = merge(wish, seen=after, newest=newest, now=text, who="bob")
            assert (other.rulings, other.conflicts) == ((), ())


TABLES = {
    "s.orders": Table(name="s.orders", columns=(Column(path="id", data_type="int"),
                                                Column(path="`a.b`", data_type="int"))),
    "s.items": Table(name="s.items", columns=(Column(path="Id", data_type="int"),)),
}  # fmt: skip


def line(**cells: str) -> FileLine:
    return FileLine(number=7, cells=cells)


@pytest.mark.parametrize(
    ("cells", "shape", "keys"),
    [
        pytest.param({"table": "spark_catalog.s.orders", "column_name": "None"}, Shape.REVIEW,
                     [AssetKey("s.orders")], id="the table itself"),
        pytest.param({"catalog": "__CATALOG_NAME__", "schema": "S", "table_name": "ORDERS",
                      "column_name": "ID"}, Shape.REVIEW, [AssetKey("s.orders", "id")],
                     id="names in lower case"),
        pytest.param({"table": "`s`.orders", "column_name": "a.b"}, Shape.REVIEW,
                     [AssetKey("s.orders", "`a.b`")], id="a column with a dot"),
        pytest.param({"table": "s.no", "column_name": "id"}, Shape.REVIEW, [Trouble.GONE],
                     id="no such table"),
        pytest.param({"table": "s.*", "column_name": "id"}, Shape.REVIEW, [Trouble.UNREADABLE],
                     id="a review names one table"),
        pytest.param({"table": "s.`orders", "column_name": "id"}, Shape.REVIEW,
                     [Trouble.UNREADABLE], id="no name"),
        pytest.param({"table": "s.orders", "column_name": "", "ddl_type": "column"}, Shape.REVIEW,
                     [Trouble.NO_COLUMN], id="a column without its name"),
        pytest.param({"column": "id"}, Shape.OVERRIDE,
                     [AssetKey("s.items", "Id"), AssetKey("s.orders", "id")], id="blank is any"),
        pytest.param({"schema": "s", "table": "items", "column": "id"}, Shape.OVERRIDE,
                     [AssetKey("s.items", "Id")], id="one table"),
        pytest.param({"catalog": "*", "schema": "*", "table": "*", "column": "ID",
                      "override_type": "comment", "override_value": "T."}, Shape.OVERRIDE,
                     [AssetKey("s.items", "Id"), AssetKey("s.orders", "id")], id="as their docs"),
        pytest.param({"schema": "s", "table": "items"}, Shape.OVERRIDE, [Trouble.NO_COLUMN],
                     id="a text for any column"),
        pytest.param({"column": "id", "override_type": "pii", "override_value": "x"},
                     Shape.OVERRIDE, [], id="another kind of override"),
    ],
)  # fmt: skip
def test_rows_of_dbxmetagen(cells: dict[str, str], shape: Shape, keys: list[Any]) -> None:
    text = {} if "override_type" in cells else {"comment": "T.", "column_content": "T."}
    rows, conflicts, without = foreign_rows([line(**text, **cells)], shape)
    found, missed = expand(rows, TABLES, "spark_catalog")
    assert [r.key for r in found] + [c.trouble for c in (*conflicts, *missed)] == keys
    assert without == (not keys)
    assert all((r.text, r.line, r.own) == ("T.", 7, False) for r in found)


def test_a_wildcard_reaches_no_other_schema() -> None:
    row_of = ForeignRow(line=2, pattern="other.*", column="id", text="T.")
    assert expand([row_of], TABLES, "spark_catalog")[0] == []


@pytest.mark.parametrize(
    ("header", "shape"),
    [
        ("table column decision text proposal_id text_hash comment_hash more", Shape.OWN),
        ("table tokenized_table ddl_type column_name column_content ddl", Shape.REVIEW),
        ("catalog schema table_name column_name column_content", Shape.REVIEW),
        ("catalog schema table column comment classification type", Shape.OVERRIDE),
        ("catalog schema table column override_type override_value", Shape.OVERRIDE),
        ("table column_name classification type confidence", Shape.LABELS),
    ],
)
def test_shapes_are_told_by_their_columns(header: str, shape: Shape | None) -> None:
    assert shape_of_header(header.split()) is shape


@pytest.mark.parametrize(
    ("comment", "known", "action"),
    [
        pytest.param("", {"verdict": "accept"}, Action.PENDING, id="accepted, not applied yet"),
        pytest.param("", {"verdict": "accept", "written": {text_hash("T."): "human"}},
                     Action.PENDING, id="lost after it was applied"),
        pytest.param("T.", {"verdict": "edit"}, Action.DESCRIBE, id="there, all are asked for"),
        pytest.param("", {"verdict": "reject"}, Action.DESCRIBE, id="rejected, evidence changed"),
        pytest.param("", {"verdict": "accept", "by_person": False}, Action.DESCRIBE,
                     id="accepted by the policy"),
    ],
)  # fmt: skip
def test_a_new_draft_does_not_push_aside_what_a_person_decided(
    comment: str, known: dict[str, Any], action: Action
) -> None:
    common = {"fingerprint": "old", "decided_text": "T.", "by_person": True, "status": "ready"}
    policy = Policy(name="all", thin_words=4, overwrite_human=False, intended="model")
    assert choose(comment, "new", Known(**(common | known)), policy).action is action
