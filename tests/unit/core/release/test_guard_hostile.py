"""What a guard must not do: lose a failure that comes late, or stop watching once it is sure."""

from datetime import UTC, datetime, timedelta

import pytest

from lakegloss.core.release.arms import ArmScore, answers_of, lost_pairs_of_arms, pairs_of_arms
from lakegloss.core.release.assignment import Variant
from lakegloss.core.release.guard import (
    FAILURES_A_LOOK,
    AccountKey,
    AnswerSeen,
    GuardItem,
    GuardRules,
    GuardSays,
    ItemKind,
    ScoredPair,
    decide,
    read_answers,
    read_pairs,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = AccountKey(name="n", champion="a", challenger="b", metric="checks", grouped=True)
RULES, SALT = GuardRules(), "salt"
OLD, NEW = Variant.CHAMPION, Variant.CHALLENGER


def pairs(first: int, count: int, difference: float) -> list[ScoredPair]:
    return [
        ScoredPair(item_id=f"i{n}", champion=0.5, challenger=0.5 + difference)
        for n in range(first, first + count)
    ]


def read(items: list[GuardItem], found: list[ScoredPair], look: int) -> list[GuardItem]:
    return [*items, *read_pairs(KEY, items, found, salt=SALT, look=look, rules=RULES)]


def test_one_that_turns_bad_after_the_cap_is_taken_back() -> None:
    items = read([], pairs(0, RULES.cap, 0.0), 1)
    assert decide(KEY, items, RULES).says is GuardSays.PROMOTE
    items = read(items, pairs(1_000, 200, -0.4), 2)
    assert decide(KEY, items, RULES).says is GuardSays.ROLL_BACK


def test_a_few_good_tables_prove_nothing_of_rare_disasters() -> None:
    """After 40 clean pairs one unit of ten may still fail entirely: 1 of 70 times by chance."""
    items = read([], pairs(0, 40, 0.0), 1)
    assert decide(KEY, items, RULES).says is GuardSays.GO_ON


def test_evidence_of_cut_differences_is_not_continued() -> None:
    before = GuardItem(
        account_id="0" * 16, kind="difference", item_id="x", look=1, place=0, value=-0.25
    )
    assert decide(KEY, [before], RULES).items == 0
    plain = AccountKey(name="n", champion="a", challenger="b", metric="checks")
    assert plain.account_id == "d9d6400d05fde6e9", "kept accounts of items go on"


def test_the_errors_of_all_accounts_together_have_a_bound() -> None:
    needed = [decide(KEY, [], RULES, openings=n).needed_to_promote for n in range(1, 500)]
    assert needed[0] == 1 / RULES.promote_alpha
    assert sum(1 / one for one in needed) < 2 * RULES.promote_alpha


def answers(first: int, count: int, at: datetime, *, failed: bool) -> list[AnswerSeen]:
    return [
        AnswerSeen(answer_id=f"a{n}", failed=failed, at=at) for n in range(first, first + count)
    ]


def test_failures_that_come_an_hour_late_are_read() -> None:
    """Executions are carried to the lake once an hour: most are old when they are first seen."""
    late = answers(0, 60, START, failed=True)
    rows = read_answers(KEY, [], late, salt=SALT, look=2, since=START + timedelta(minutes=50))
    assert decide(KEY, rows, RULES).says is GuardSays.ROLL_BACK


def test_a_backlog_of_old_answers_hides_no_new_failure() -> None:
    old = answers(0, 20_000, START, failed=False)
    now = START + timedelta(hours=1)
    new = answers(50_000, 30, now, failed=True)
    rows = read_answers(KEY, [], [*old, *new], salt=SALT, look=1, since=now)
    assert len(rows) == FAILURES_A_LOOK + 30
    assert [row.place for row in rows] == list(range(len(rows)))
    assert decide(KEY, rows, RULES).says is GuardSays.ROLL_BACK
    again = read_answers(KEY, rows, [*new, *old, *new], salt=SALT, look=2, since=now)
    assert not {row.item_id for row in rows} & {row.item_id for row in again}


def call(
    unit: str, variant: Variant, score: float = 1.0, *, lost: bool = False, stratum: str = "calls"
) -> ArmScore:
    return ArmScore(
        answer_id=f"{unit} {variant} {lost}", unit=unit, variant=variant, score=score,
        failed=False, at=START, stratum=stratum, lost=lost,
    )  # fmt: skip


def test_calls_that_only_the_challenger_loses_take_it_back() -> None:
    """A prompt that is too long is refused by the endpoint: no answer, and no excuse."""
    calls = [call(f"o{n}", OLD) for n in range(30)] + [
        call(f"n{n}", NEW, lost=True) for n in range(15)
    ]
    assert pairs_of_arms(calls, used=(), salt=SALT) == []
    assert answers_of(calls, since=START) == []
    found = lost_pairs_of_arms(calls, used=(), salt=SALT)
    assert len(found) == 15
    items = read_pairs(KEY, [], found, salt=SALT, look=1, rules=RULES, kind=ItemKind.LOST)
    finding = decide(KEY, items, RULES)
    assert (finding.says, finding.items, finding.compared) == (GuardSays.ROLL_BACK, 0, 15)
    assert "lost" in finding.why
    used = [item.item_id for item in items]
    assert lost_pairs_of_arms(calls, used=used, salt=SALT) == [], "each unit once"
    scored = [call(f"o{n}", OLD) for n in range(30)] + [call(f"n{n}", NEW) for n in range(15)]
    assert len(pairs_of_arms(scored, used=used, salt=SALT)) == 15, "its scores are not used up"


def test_an_endpoint_that_is_down_for_both_says_nothing() -> None:
    calls = [
        call(f"{side} {n}", side, lost=lost)
        for side in (OLD, NEW)
        for n in range(60)
        for lost in (True, False)
    ]
    found = lost_pairs_of_arms(calls, used=(), salt=SALT)
    items = read_pairs(KEY, [], found, salt=SALT, look=1, rules=RULES, kind=ItemKind.LOST)
    assert decide(KEY, items, RULES).says is GuardSays.GO_ON


def test_tables_are_not_compared_with_callers() -> None:
    """A side with more callers, who score higher, would look better for no reason."""
    scores = [call(f"t{n}", OLD, 0.5, stratum="tables m") for n in range(20)]
    scores += [call(f"c{n}", NEW, 1.0) for n in range(20)]
    assert pairs_of_arms(scores, used=(), salt=SALT) == []
    scores += [call("c", OLD, 1.0), call("t", NEW, 0.5, stratum="tables m")]
    assert [p.challenger - p.champion for p in pairs_of_arms(scores, used=(), salt=SALT)] == [0, 0]


@pytest.mark.parametrize("variant", [OLD, NEW])
def test_the_same_unit_in_two_strata_counts_once(variant: Variant) -> None:
    scores = [call("u", variant), call("u", variant, stratum="tables m")]
    other = OLD if variant is NEW else NEW
    scores += [call("v", other), call("w", other, stratum="tables m")]
    assert len(pairs_of_arms(scores, used=(), salt=SALT)) == 1
