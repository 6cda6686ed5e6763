"""A rollout goes on only with data and evidence: every pair of state and event is listed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lakegloss.core.release.assignment import RatioCheck, check_ratio
from lakegloss.core.release.guard import GuardFinding, GuardSays
from lakegloss.core.release.rollout_steps import (
    CLOCKS,
    RolloutEvent,
    RolloutRow,
    RolloutRules,
    RolloutSight,
    RolloutState,
    empty_windows,
    lease_row,
    moved,
    next_event,
    row_after,
    rules_from,
)
from lakegloss.errors import InputError

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = RolloutRules()
S, E = RolloutState, RolloutEvent

ROW = RolloutRow(
    row_id="r", name="n", number=1, rollout_id="one", event="start", state="running", stage=0,
    share=0.1, champion=1, challenger=2, champion_version="a", challenger_version="b",
    salt="salt", rules=RULES.as_json(), account_id="", opening=0, look=0, finding="", reason="",
    decided_by="ann", holder="", lease_until=None, stage_since=START, answered_at=None, at=START,
)  # fmt: skip
LAST = replace(ROW, stage=4, share=1.0)

TABLE = {
    S.NONE: {E.START: S.RUNNING},
    S.RUNNING: {
        E.LEASE: S.RUNNING, E.STAY: S.RUNNING, E.ADVANCE: S.RUNNING, E.HOLD: S.HELD,
        E.PAUSE: S.PAUSED, E.PROMOTE: S.PROMOTED, E.ROLL_BACK: S.ROLLED_BACK,
        E.WITHDRAW: S.WITHDRAWN,
    },
    S.PAUSED: {
        E.LEASE: S.PAUSED, E.STAY: S.PAUSED, E.RESUME: S.RUNNING, E.PROMOTE: S.PROMOTED,
        E.ROLL_BACK: S.ROLLED_BACK, E.WITHDRAW: S.WITHDRAWN,
    },
    S.HELD: {
        E.LEASE: S.HELD, E.STAY: S.HELD, E.RESUME: S.RUNNING, E.PAUSE: S.PAUSED,
        E.PROMOTE: S.PROMOTED, E.ROLL_BACK: S.ROLLED_BACK, E.WITHDRAW: S.WITHDRAWN,
    },
    S.PROMOTED: {E.START: S.RUNNING, E.SETTLE: S.PROMOTED},
    S.ROLLED_BACK: {E.START: S.RUNNING, E.SETTLE: S.ROLLED_BACK},
    S.WITHDRAWN: {E.START: S.RUNNING, E.SETTLE: S.WITHDRAWN},
}  # fmt: skip


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_every_pair_of_state_and_event(state: RolloutState, event: RolloutEvent) -> None:
    expected = TABLE[state].get(event)
    if expected is None:
        with pytest.raises(InputError, match=f"cannot {event.value}"):
            moved(state, event)
    else:
        assert moved(state, event) is expected


def said(says: GuardSays) -> GuardFinding:
    return GuardFinding(says=says, why=f"because: {says.value}")


def sight(
    says: GuardSays = GuardSays.GO_ON,
    *,
    at: datetime | None = None,
    answers: int = 50,
    ratio: RatioCheck | None = None,
    champion: int = 1,
) -> RolloutSight:
    return RolloutSight(
        finding=said(says), answered_at=at, answers=answers, ratio=ratio, champion=champion
    )


def event_of(row: RolloutRow, seen: RolloutSight, hours: float) -> RolloutEvent:
    return next_event(row, RULES, seen, START + HOUR * hours)[0]


def test_a_stage_lasts_its_window_and_then_goes_on() -> None:
    assert event_of(ROW, sight(at=START + HOUR / 2), 0.9) is E.STAY
    assert event_of(ROW, sight(at=START + HOUR), 1.1) is E.ADVANCE


@pytest.mark.parametrize(("hours", "event"), [(1.5, E.STAY), (2.5, E.HOLD), (4.1, E.ROLL_BACK)])
def test_no_data_is_never_success(hours: float, event: RolloutEvent) -> None:
    for says in (GuardSays.GO_ON, GuardSays.PROMOTE):
        for row in (ROW, LAST):
            assert event_of(row, sight(says, answers=0), hours) is event


def test_old_data_is_no_data() -> None:
    """A promotion needs an answer within the last window, however good the old ones were."""
    old = sight(GuardSays.PROMOTE, at=START + HOUR / 4)
    assert event_of(LAST, old, 1.5) is E.STAY
    assert event_of(LAST, sight(GuardSays.PROMOTE, at=START + HOUR), 1.5) is E.PROMOTE
    of_another_stage = sight(GuardSays.PROMOTE, at=START - HOUR / 4)
    assert event_of(LAST, of_another_stage, 1.0) is E.STAY
    few = sight(GuardSays.PROMOTE, at=START + HOUR, answers=RULES.least_answers - 1)
    assert event_of(LAST, few, 1.5) is E.STAY


def test_a_promotion_needs_evidence_and_so_does_more_than_half() -> None:
    at_half, now = replace(ROW, stage=2, share=0.5), START + HOUR
    assert event_of(at_half, sight(at=now), 1.2) is E.STAY
    assert event_of(at_half, sight(GuardSays.PROMOTE, at=now), 1.2) is E.ADVANCE
    assert event_of(LAST, sight(at=now), 1.2) is E.STAY
    assert event_of(LAST, sight(GuardSays.HOLD, at=now), 1.2) is E.HOLD
    assert event_of(LAST, sight(GuardSays.PROMOTE, at=now), 1.2) is E.PROMOTE


@pytest.mark.parametrize("state", [S.RUNNING, S.PAUSED, S.HELD])
def test_evidence_takes_back_in_every_state(state: RolloutState) -> None:
    row = replace(ROW, state=state.value)
    assert event_of(row, sight(GuardSays.ROLL_BACK), 0.01) is E.ROLL_BACK
    after = row_after(row, E.ROLL_BACK, row_id="x", now=START, reason="", decided_by="")
    assert (after.state, after.share, after.served_share) == (S.ROLLED_BACK, 0.0, 0.0)


def test_a_pause_stands_still_and_is_no_silence() -> None:
    paused = replace(ROW, state=S.PAUSED.value)
    assert event_of(paused, sight(answers=0), 100) is E.STAY
    later = START + 100 * HOUR
    on = row_after(paused, E.RESUME, row_id="x", now=later, reason="", decided_by="ann")
    assert (on.state, on.share, on.stage) == (S.RUNNING, 0.1, 0)
    assert next_event(on, RULES, sight(answers=0), later + HOUR * 1.5)[0] is E.STAY


def test_what_was_held_for_silence_goes_on_with_data() -> None:
    held = replace(ROW, state=S.HELD.value)
    assert event_of(held, sight(answers=0), 3) is E.STAY
    assert event_of(held, sight(answers=0), 4) is E.ROLL_BACK
    assert event_of(held, sight(at=START + HOUR * 3), 3.1) is E.RESUME
    assert event_of(held, sight(GuardSays.HOLD, at=START + HOUR * 3), 3.1) is E.STAY


def test_a_broken_split_holds() -> None:
    broken = check_ratio(300, 1_000, 0.1)
    seen = sight(GuardSays.PROMOTE, at=START + HOUR, ratio=broken)
    event, why = next_event(LAST, RULES, seen, START + HOUR * 1.1)
    assert event is E.HOLD
    assert "300 of 1000 units" in why


def test_another_champion_ends_the_comparison() -> None:
    now = START + HOUR
    assert event_of(ROW, sight(GuardSays.PROMOTE, at=now, champion=7), 1.1) is E.WITHDRAW
    assert event_of(ROW, sight(at=now, champion=2), 1.1) is E.PROMOTE
    assert event_of(ROW, sight(at=now, champion=0), 1.1) is E.ADVANCE


def test_clocks_that_differ_count_no_window_twice() -> None:
    ahead = sight(at=START + HOUR * 50)  # another machine's clock
    assert empty_windows(ROW, RULES, ahead, START + HOUR * 9) == 9  # it is not believed
    assert event_of(ROW, ahead, 9) is E.ROLL_BACK
    a_little = sight(at=START + HOUR * 9 + CLOCKS / 2)
    assert empty_windows(ROW, RULES, a_little, START + HOUR * 9) == 0
    assert empty_windows(ROW, RULES, sight(), START - HOUR) == 0
    known = replace(ROW, answered_at=START + HOUR * 3)
    assert empty_windows(known, RULES, sight(), START + HOUR * 5.5) == 2


def test_an_alert_on_the_challenger_holds_whatever_was_proven() -> None:
    alerted = replace(sight(GuardSays.PROMOTE, at=START + HOUR), alerts=("success_rate below 0.9",))
    for row in (ROW, LAST):
        event, why = next_event(row, RULES, alerted, START + HOUR * 1.1)
        assert (event, "success_rate below 0.9" in why) == (E.HOLD, True)
    held = replace(LAST, state=S.HELD.value)
    assert next_event(held, RULES, alerted, START + HOUR * 1.1)[0] is E.STAY
    bad = replace(alerted, finding=said(GuardSays.ROLL_BACK))
    assert next_event(held, RULES, bad, START + HOUR * 1.1)[0] is E.ROLL_BACK


def test_a_lease_by_a_clock_that_is_ahead_binds_nobody() -> None:
    ahead = lease_row(ROW, row_id="x", holder="one", now=START + HOUR * 24, seconds=300)
    assert not ahead.is_leased(START, "two")
    now = lease_row(ROW, row_id="x", holder="one", now=START + CLOCKS / 2, seconds=300)
    assert now.is_leased(START, "two")


def test_one_step_is_one_stage_however_late_it_comes() -> None:
    row, shares = ROW, []
    for number in range(1, 6):
        now = START + HOUR * 30 * number
        event, _ = next_event(row, RULES, sight(GuardSays.PROMOTE, at=now), now)
        row = row_after(row, event, row_id=str(number), now=now, reason="", decided_by="")
        shares.append((event, row.share))
    assert shares == [
        (E.ADVANCE, 0.25), (E.ADVANCE, 0.5), (E.ADVANCE, 0.75), (E.ADVANCE, 1.0), (E.PROMOTE, 0.0)
    ]  # fmt: skip


def test_rules_are_kept_as_a_row_holds_them() -> None:
    rules = RolloutRules(shares=(0.5, 1.0), window=60.0)
    assert rules_from(rules.as_json()) == rules
    newer = rules.as_json()[:-1] + ', "brought_later": 1}'
    assert rules_from(newer) == rules
    for wrong in ({"shares": (0.5, 0.4, 1.0)}, {"shares": (0.5,)}, {"window": 0.0},
                  {"hold_after": 5}, {"shares": ()}, {"shares": (0.0, 1.0)},
                  {"window": float("inf")}, {"window": 1e12}, {"least_answers": 0},
                  {"proof_above": float("nan")}, {"proof_above": 1.5}):  # fmt: skip
        with pytest.raises(InputError, match="cannot be followed"):
            RolloutRules(**wrong)  # type: ignore[arg-type]
