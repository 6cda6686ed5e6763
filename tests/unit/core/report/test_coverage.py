from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.names import schema_of
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.coverage import (
    Coverage,
    by_schema,
    by_table,
    coverage_of,
    failed_checks,
    usage_by_schema,
)
from lakegloss.core.report.standing import AssetState, Standing, asset_states, is_thin

T0 = datetime(2026, 3, 1, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def seen(column: str = "c", comment: str = "", **changes: object) -> LedgerRow:
    return {
        "table": "s.t",
        "column": column,
        "kind": "table",
        "data_type": "int",
        "comment": comment,
        "position": 0,
        "present": True,
        "error": "",
        "seen_at": at(0),
    } | changes


def proposal(text: str = "Text of c", **changes: object) -> LedgerRow:
    return {
        "proposal_id": "p1",
        "table": "s.t",
        "column": "c",
        "text": text,
        "source": "model",
        "status": "ready",
        "checks": (),
        "reason": "",
        "proposed_at": at(1),
    } | changes


def change(after: str = "Text of c", **changes: object) -> LedgerRow:
    return {
        "change_id": "c1",
        "proposal_id": "p1",
        "table": "s.t",
        "column": "c",
        "before": "",
        "after": after,
        "status": "applied",
        "error": "",
        "changed_at": at(2),
    } | changes


def decision(verdict: str, text: str = "") -> LedgerRow:
    return {"proposal_id": "p1", "verdict": verdict, "text": text, "decided_by": "ada"}


def state(
    row: LedgerRow,
    proposals: list[LedgerRow] | None = None,
    changes: list[LedgerRow] | None = None,
    decisions: list[LedgerRow] | None = None,
    *,
    comment_on_column: bool = True,
) -> AssetState:
    states = asset_states(
        [row],
        proposals or [],
        changes or [],
        decisions or [],
        thin_words=4,
        comment_on_column=comment_on_column,
    )
    return states[0]


def test_an_untouched_asset_is_missing() -> None:
    found = state(seen())
    assert (found.standing, found.reason) == (Standing.MISSING, "no proposal yet")
    assert not found.commented_before


def test_text_that_nobody_of_ours_wrote_is_peoples() -> None:
    found = state(seen(comment="Written long ago"), [proposal()])
    assert found.standing == Standing.PEOPLE
    assert found.commented_before
    assert found.reason == ""


@pytest.mark.parametrize("inventoried", [at(0), at(9)], ids=["before apply", "after apply"])
def test_what_was_applied_counts_for_its_source(inventoried: datetime) -> None:
    comment = "Text of c" if inventoried > at(2) else ""
    found = state(seen(comment=comment, seen_at=inventoried), [proposal()], [change()])
    assert found.standing == Standing.MODEL
    assert found.comment == "Text of c"
    assert not found.commented_before
    assert found.proposed == ""


def test_an_edited_proposal_is_the_reviewers() -> None:
    found = state(seen(), [proposal()], [change("Better text")], [decision("edit", "Better text")])
    assert found.standing == Standing.HUMAN


def test_what_a_person_wrote_over_ours_is_theirs() -> None:
    found = state(seen(comment="My own words", seen_at=at(9)), [proposal()], [change()])
    assert found.standing == Standing.PEOPLE
    assert not found.commented_before


def test_replaced_text_of_a_person_was_there_before() -> None:
    found = state(seen(comment="old"), [proposal()], [change(before="old")])
    assert (found.standing, found.commented_before) == (Standing.MODEL, True)


def test_an_earlier_proposal_that_is_still_in_the_catalog_keeps_its_source() -> None:
    later = proposal("New text", proposal_id="p2", source="rules", proposed_at=at(5))
    found = state(seen(), [proposal(), later], [change()])
    assert found.standing == Standing.MODEL
    assert found.proposed == "New text"


def undone(before: str = "") -> list[LedgerRow]:
    """The rows of an apply that was undone: the undo's own change carries no proposal."""
    return [
        change(before=before, status="undone", changed_at=at(5)),
        change(before, change_id="c2", proposal_id="", before="Text of c", changed_at=at(4)),
    ]


@pytest.mark.parametrize("inventoried", [at(3), at(9)], ids=["before the undo", "after it"])
def test_undone_is_as_before(inventoried: datetime) -> None:
    comment = "Text of c" if inventoried < at(4) else ""
    row = seen(comment=comment, seen_at=inventoried)
    found = state(row, [proposal()], undone(), [decision("reject")])
    assert found.comment == ""
    assert (found.standing, found.reason) == (Standing.MISSING, "undone")
    assert not found.commented_before


def test_undone_text_that_may_be_applied_again_waits() -> None:
    found = state(seen(seen_at=at(9)), [proposal()], undone())
    assert (found.standing, found.proposed) == (Standing.PROPOSED, "Text of c")


def test_an_undo_gives_a_persons_text_back_to_them() -> None:
    row = seen(comment="old words", seen_at=at(9))
    found = state(row, [proposal()], undone("old words"), [decision("reject")])
    assert (found.standing, found.commented_before) == (Standing.PEOPLE, True)


def test_a_lost_comment_waits_to_be_written_again() -> None:
    found = state(seen(comment="", seen_at=at(9)), [proposal()], [change()])
    assert (found.standing, found.proposed) == (Standing.PROPOSED, "Text of c")
    assert "lost since" in found.reason


def test_text_of_a_killed_run_is_ours() -> None:
    row = seen(comment="Text of c", seen_at=at(9))
    found = state(row, [proposal()], [change(status="intended")])
    assert found.standing == Standing.MODEL


@pytest.mark.parametrize(
    ("proposals", "changes", "decisions", "standing", "reason"),
    [
        pytest.param([proposal()], [], [], "proposed", "proposed, not applied", id="ready"),
        pytest.param(
            [proposal(status="needs_review")], [], [], "proposed", "waits for review", id="review"
        ),
        pytest.param(
            [proposal(status="failed", reason="only echoes")], [], [], "missing", "only echoes",
            id="failed",
        ),
        pytest.param(
            [proposal(status="failed", checks=("echo", "debris"))], [], [], "missing",
            "echo, debris", id="failed checks",
        ),
        pytest.param(
            [proposal()], [], [decision("reject")], "missing", "rejected by ada", id="rejected"
        ),
        pytest.param(
            [proposal()], [change(status="failed", error="no right")], [], "proposed",
            "not written: no right", id="refused",
        ),
        pytest.param(
            [proposal()], [change(status="intended")], [], "proposed", "proposed, not applied",
            id="never finished",
        ),
    ],
)  # fmt: skip
def test_why_there_is_none(
    proposals: list[LedgerRow],
    changes: list[LedgerRow],
    decisions: list[LedgerRow],
    standing: str,
    reason: str,
) -> None:
    found = state(seen(), proposals, changes, decisions)
    assert (found.standing, found.reason) == (standing, reason)


def test_an_unreadable_table_says_why() -> None:
    found = state(seen("", error="no log"))
    assert found.reason == "the table could not be read: no log"
    assert coverage_of("x", [found]).unreadable == 1


def test_what_cannot_be_written_here_does_not_lower_the_share() -> None:
    rows = [seen("", "A view of something", kind="view"), seen("a", kind="view")]
    states = asset_states(rows, [], [], [], thin_words=4, comment_on_column=False)
    assert states[1].standing == Standing.NOT_WRITABLE
    assert "view" in states[1].reason
    assert coverage_of("x", states).share == 1.0
    writable = asset_states(rows, [], [], [], thin_words=4)
    assert coverage_of("x", writable).share == 0.5


def test_dropped_assets_are_left_out() -> None:
    assert asset_states([seen(present=False)], [], [], [], thin_words=4) == []


@pytest.mark.parametrize(("text", "thin"), [("", False), ("two words", True), ("a b c d", False)])
def test_thin(text: str, thin: bool) -> None:  # noqa: FBT001
    assert is_thin(text, 4) is thin


STATES = [
    AssetState(table="a.t", column="", standing=Standing.MODEL),
    AssetState(table="a.t", column="x", standing=Standing.PEOPLE, commented_before=True, thin=True),
    AssetState(table="a.t", column="y", standing=Standing.PROPOSED, in_review=True),
    AssetState(table="b.u", column="", standing=Standing.MISSING),
    AssetState(table="b.u", column="z", standing=Standing.RULES),
]


def test_coverage_counts() -> None:
    total = coverage_of("all", STATES)
    assert (total.tables, total.columns, total.assets) == (2, 3, 5)
    assert (total.before, total.commented, total.written) == (1, 3, 2)
    assert (total.proposed, total.missing, total.thin, total.in_review) == (1, 1, 1, 1)
    assert total.share == pytest.approx(0.6)
    assert total.share_before == pytest.approx(0.2)


def test_groups_by_name() -> None:
    assert [(c.name, c.assets, c.commented) for c in by_schema(STATES)] == [
        ("a", 3, 2), ("b", 2, 1),
    ]  # fmt: skip
    assert [c.name for c in by_table(STATES)] == ["a.t", "b.u"]


def test_nothing_is_fully_covered() -> None:
    assert Coverage(name="none").share == 1.0
    assert Coverage(name="none").share_before == 1.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(Standing)))))
def test_schemas_add_up(pairs: list[tuple[str, Standing]]) -> None:
    states = [
        AssetState(table=f"{schema}.t", column=f"c{i}", standing=standing)
        for i, (schema, standing) in enumerate(pairs)
    ]
    total, schemas = coverage_of("all", states), by_schema(states)
    assert sum(c.commented for c in schemas) == total.commented
    assert total.commented + total.proposed + total.missing == total.writable
    assert 0 <= total.share <= 1


@pytest.mark.parametrize(
    ("table", "schema"), [("s.t", "s"), ("main.s.t", "main.s"), ("`a.b`.t", "`a.b`")]
)
def test_schema_of(table: str, schema: str) -> None:
    assert schema_of(table) == schema


def test_failed_checks_count_a_proposal_once() -> None:
    rows = [{"checks": ["echo", "echo", "long"]}, {"checks": None}, {"checks": ["long"]}]
    assert list(failed_checks(rows).items()) == [("long", 2), ("echo", 1)]


def response(tables: list[str], **changes: object) -> LedgerRow:
    return {
        "assets": [{"table": table} for table in tables],
        "input_tokens": 900,
        "cached_tokens": 300,
        "output_tokens": 90,
        "usage_estimated": False,
    } | changes


def test_a_request_is_shared_by_its_assets() -> None:
    first, second = usage_by_schema(
        [response(["a.t", "a.t", "b.u"], usage_estimated=True), response(["b.u"])],
        price_input=2.0,
        price_output=10.0,
    )
    assert (first.name, first.input_tokens, first.output_tokens) == ("a", 600, 60)
    assert (second.name, second.input_tokens, second.cached_tokens) == ("b", 1200, 400)
    assert first.estimated
    assert first.cost == pytest.approx((600 * 2 + 60 * 10) / 1e6)
    assert first.requests + second.requests == pytest.approx(2)


def test_the_shares_of_some_tables_only() -> None:
    (usage,) = usage_by_schema(
        [response(["a.t", "a.v", "b.u"]), response(["b.u"])],
        price_input=None,
        price_output=None,
        tables={"a.t"},
    )
    assert (usage.name, usage.input_tokens) == ("a", 300)


def test_without_prices_there_is_no_cost() -> None:
    (usage,) = usage_by_schema([response(["a.t"])], price_input=1.0, price_output=None)
    assert usage.cost is None


def test_responses_that_name_no_asset_are_counted_all_the_same() -> None:
    (usage,) = usage_by_schema([response([])], price_input=None, price_output=None)
    assert (usage.name, usage.input_tokens, usage.requests) == ("", 900, 1)


@given(st.lists(st.lists(st.sampled_from(["a.t", "b.u", "c.v"]), max_size=5), max_size=8))
def test_no_token_is_lost(requests: list[list[str]]) -> None:
    usage = usage_by_schema(
        [response(tables) for tables in requests], price_input=None, price_output=None
    )
    assert sum(item.input_tokens for item in usage) == pytest.approx(900 * len(requests))
