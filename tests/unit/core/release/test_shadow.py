"""Pairs in the shadow: a table counts once, as the first run had it, and pairs with no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.release.arms import ArmScore, pairs_of_arms
from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.guard import AccountKey, GuardRules, GuardSays, decide, read_pairs
from lakegloss.core.release.rollout_steps import RolloutRules, rules_from
from lakegloss.core.release.shadow import (
    ShadowPair,
    answers_of_shadow,
    pairs_of_shadow,
    shadow_fingerprint,
    shadow_place,
    shadow_tables,
    tally_of_tables,
)
from lakegloss.errors import InputError

START = datetime(2026, 1, 1, tzinfo=UTC)
PAIR = ShadowPair(
    rollout_id="r", name="n", table="t", column="a", champion_version="v1",
    challenger_version="v2", champion_lost=False, challenger_lost=False, champion_checks=(),
    challenger_checks=(), champion_score=1.0, challenger_score=1.0, champion_run="one",
    fingerprint="f", request_hash="h", model="m", run_id="run", at=START,
)  # fmt: skip


def test_a_table_counts_by_the_mean_of_what_both_wrote() -> None:
    rows = [PAIR, replace(PAIR, column="b", challenger_checks=("echo",))]
    [table] = shadow_tables(rows)
    assert (table.champion, table.challenger, table.failed) == (1.0, pytest.approx(0.7), False)
    [lost] = shadow_tables([replace(row, challenger_lost=True) for row in rows])
    assert (lost.challenger, lost.failed) == (0.0, True)
    assert tally_of_tables([table, lost])["failed"] == 1
    assert tally_of_tables([])["mean"] == 0.0


def test_the_first_run_that_paired_a_table_counts() -> None:
    later = replace(PAIR, run_id="second", at=START + timedelta(hours=1), challenger_lost=True)
    for rows in ([PAIR, later, PAIR], [later, PAIR]):
        [table] = shadow_tables(rows)
        assert (table.challenger, table.at) == (1.0, START)


def request(execution: str, minute: int = 0, *, lost: bool, unit: str = "u") -> ShadowPair:
    """A pair of a request of the service, which the champion answered well."""
    return replace(
        PAIR, table="", column="", run_id="carried", unit=unit, execution_id=execution,
        challenger_lost=lost, at=START + timedelta(minutes=minute),
    )  # fmt: skip


def test_a_caller_counts_once_by_the_mean_of_its_requests_and_fails_by_each() -> None:
    rows = [request("1", lost=False), request("2", 5, lost=True), request("2", 5, lost=True)]
    one, table = sorted(shadow_tables([*rows, PAIR]), key=lambda found: -found.is_caller)
    assert (one.table, one.champion, one.challenger) == ("u", 1.0, 0.5)
    assert (one.failed, one.at) == (True, START + timedelta(minutes=5))
    assert (table.table, table.is_caller) == ("t", False)
    seen = answers_of_shadow([one], since=START)
    assert [(a.answer_id, a.failed) for a in seen] == [("shadow 1", False), ("shadow 2", True)]
    assert len(answers_of_shadow([one], since=START + timedelta(minutes=1))) == 1
    tally = tally_of_tables([one, table])
    assert (tally["tables"], tally["callers"], tally["worse"]) == (1, 1, 1)


def test_a_card_of_the_service_is_one_request() -> None:
    rows = [
        replace(request("1", lost=lost), column=column)
        for column, lost in (("", False), ("a", False), ("b", True))
    ]
    [one] = shadow_tables(rows)
    assert (one.challenger, one.failed) == (pytest.approx(2 / 3), False)
    assert len(answers_of_shadow([one], since=START)) == 1


def test_a_caller_in_the_shadow_pairs_with_no_other_where_it_gets_one_version() -> None:
    [one] = shadow_tables([request("1", lost=False)])
    [pair] = pairs_of_shadow([one], used=())
    arms = [
        ArmScore(answer_id=side, unit=unit, variant=side, score=1, failed=False, at=START)
        for unit, side in (("u", Variant.CHAMPION), ("w", Variant.CHALLENGER))
    ]
    assert pairs_of_arms(arms, used=[pair.item_id], salt="s") == []
    assert pairs_of_shadow([one], used=[pair.item_id]) == []


def test_a_table_that_was_read_is_not_read_again_and_pairs_with_no_other() -> None:
    [table] = shadow_tables([PAIR])
    [pair] = pairs_of_shadow([table], used=())
    assert pairs_of_shadow([table], used=[pair.item_id]) == []
    assert pairs_of_shadow([table], used=[f"{table.unit_mark}|other"]) == []
    arms = [
        ArmScore(answer_id="1", unit="t", variant=Variant.CHAMPION, score=1, failed=False,
                 at=START),
        ArmScore(answer_id="2", unit="u", variant=Variant.CHALLENGER, score=1, failed=False,
                 at=START),
    ]  # fmt: skip
    assert pairs_of_arms(arms, used=[pair.item_id], salt="s") == []


def test_only_new_answers_are_searched_for_failures() -> None:
    [table] = shadow_tables([replace(PAIR, challenger_lost=True)])
    assert [answer.failed for answer in answers_of_shadow([table], since=START)] == [True]
    assert answers_of_shadow([table], since=START + timedelta(seconds=1)) == []


def test_the_order_in_the_shadow_is_another_than_that_of_the_assignment() -> None:
    units = [f"u{number}" for number in range(2_000)]
    mine = [u for u in units if shadow_place("s", u) < 0.25]
    assert 400 < len(mine) < 600
    both = [u for u in mine if variant_of_unit("s", u, 0.25) is Variant.CHALLENGER]
    assert 80 < len(both) < 180, "a quarter of the quarter"


def test_what_is_asked_in_the_shadow_is_no_question_of_a_real_run() -> None:
    marks = {shadow_fingerprint(f, v) for f in ("f", "g") for v in ("1", "2")}
    assert len(marks) == 4
    assert not marks & {"f", "g"}


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(40)), st.integers(1, 39))
def test_neither_order_nor_looks_change_what_pairs_say(order: list[int], cut: int) -> None:
    rows = [
        replace(PAIR, table=f"t{n}", challenger_lost=n % 2 == 0, at=START + timedelta(minutes=n))
        for n in range(40)
    ]
    key = AccountKey(name="n", champion="v1", challenger="v2", metric="m", grouped=True)
    first = read_pairs(
        key, [], pairs_of_shadow(shadow_tables([rows[n] for n in order[:cut]]), used=()),
        salt="s", look=1, rules=GuardRules(),
    )  # fmt: skip
    used = frozenset(item.item_id for item in first)
    rest = read_pairs(
        key, first, pairs_of_shadow(shadow_tables([rows[n] for n in order]), used=used),
        salt="s", look=2, rules=GuardRules(),
    )  # fmt: skip
    items = [*first, *rest]
    assert len({item.item_id for item in items}) == len(items) == 40
    assert decide(key, items, GuardRules()).says is GuardSays.ROLL_BACK


def test_a_rollout_may_begin_in_the_shadow() -> None:
    rules = RolloutRules(shares=(0.0, 0.5, 1.0), shadow=0.2)
    assert rules_from(rules.as_json()) == rules
    assert rules_from('{"shares": [0.1, 1.0]}').shadow == 0.0
    for shares, shadow in [((0.0, 1.0), 0.0), ((0.0,), 0.5), ((0.0, 0.0, 1.0), 0.5), ((1.0,), 1.1)]:
        with pytest.raises(InputError):
            RolloutRules(shares=shares, shadow=shadow)
