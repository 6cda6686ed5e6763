"""Steps of rollouts: one process at a time, nothing lost where it dies, no lost rollback."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from lakegloss.core.release.assignment import RatioCheck
from lakegloss.core.release.guard import AccountKey, AnswerSeen, GuardItem, ScoredPair
from lakegloss.core.release.rollout_steps import (
    RolloutEvent,
    RolloutRow,
    RolloutState,
    lease_row,
)
from lakegloss.errors import (
    InputError,
    RegistryError,
    RolloutBusyError,
    VersionNotFoundError,
)
from lakegloss.release.rollout import LEASE_SECONDS, RolloutEvidence, Rollouts
from lakegloss.release.rollouts.rollout_store import MemoryRolloutStore

START = datetime(2026, 1, 1, tzinfo=UTC)
VERSIONS = {
    "champion": 1, "challenger": 2, "champion_version": "a", "challenger_version": "b"
}  # fmt: skip
KEY = AccountKey(name="n", champion="a", challenger="b", metric="checks", population=1_000)


@dataclass
class Bench:
    """A clock, evidence and a registry in one; `during` runs while a step gathers."""

    now: datetime = START
    drop: float = 0.0
    failing: float = 0.0
    silent: bool = False
    key: AccountKey = KEY
    champion_number: int = 1
    alerts: tuple[str, ...] = ()
    ratio: RatioCheck | None = None
    late: list[AnswerSeen] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    during: list[object] = field(default_factory=list)
    seen: int = 0

    def clock(self) -> datetime:
        return self.now

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        for action in self.during:
            action()  # type: ignore[operator]
        if "evidence" in self.broken:
            raise OSError("no ledger answers")
        if self.silent:
            return RolloutEvidence(key=self.key)
        rng = random.Random(self.seen)
        first, self.seen = self.seen, self.seen + 40
        return RolloutEvidence(
            key=self.key,
            pairs=[self._pair(n, rng) for n in range(first + 40)],
            answers=[
                AnswerSeen(answer_id=f"a{n}", failed=rng.random() < self.failing)
                for n in range(first, first + 40)
            ]
            + [answer for answer in self.late if answer.at and answer.at >= since],
            answered_at=self.now,
            in_stage=40,
            alerts=self.alerts,
            ratio=self.ratio,
        )

    def _pair(self, number: int, rng: random.Random) -> ScoredPair:
        score = 0.5 + rng.choice([-0.1, 0.0, 0.1]) - self.drop
        return ScoredPair(item_id=f"i{number}", champion=0.5, challenger=score)

    def champion(self, name: str) -> int:
        if "decisions" in self.broken:
            raise OSError("no ledger answers")
        return self.champion_number

    def promote(self, row: RolloutRow) -> None:
        if "registry" in self.broken:
            raise RegistryError("no registry answers")
        if "version" in self.broken:
            raise VersionNotFoundError("There is no version 'n/2'.")
        self.promoted.append(row.challenger)
        self.champion_number = row.challenger

    def project(self, row: RolloutRow) -> None:
        if "registry" in self.broken:
            raise RegistryError("no registry answers")
        self.told.append(row.served_share)


def made(bench: Bench, store: MemoryRolloutStore, holder: str = "one") -> Rollouts:
    return Rollouts(store, bench, bench, clock=bench.clock, holder=holder)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def store() -> MemoryRolloutStore:
    return MemoryRolloutStore()


@pytest.fixture
def rollouts(bench: Bench, store: MemoryRolloutStore) -> Rollouts:
    found = made(bench, store)
    found.start("n", **VERSIONS, decided_by="ann")  # type: ignore[arg-type]
    return found


def walked(bench: Bench, rollouts: Rollouts, steps: int) -> list[RolloutRow]:
    rows = []
    for _ in range(steps):
        bench.pass_hours(1.05)
        rows.append(rollouts.step("n"))
    return rows


def test_a_good_challenger_becomes_the_champion_in_five_steps(
    bench: Bench, rollouts: Rollouts
) -> None:
    rows = walked(bench, rollouts, 5)
    assert [row.share for row in rows] == [0.25, 0.5, 0.75, 1.0, 0.0]
    assert rows[-1].state == RolloutState.PROMOTED
    assert (bench.promoted, bench.told[0], bench.told[-1]) == ([2], 0.1, 0.0)
    assert walked(bench, rollouts, 1)[0] == rows[-1]  # an end stays an end
    assert bench.promoted == [2]


def test_a_bad_one_is_taken_back_and_may_not_start_again_by_itself(
    bench: Bench, rollouts: Rollouts
) -> None:
    bench.drop = 0.3
    [row] = walked(bench, rollouts, 1)
    assert (row.state, row.share, bench.told[-1], bench.promoted) == ("rolled back", 0, 0, [])
    salt = row.salt
    with pytest.raises(InputError, match="was taken back before"):
        rollouts.start("n", **VERSIONS)  # type: ignore[arg-type]
    anew = rollouts.start("n", **VERSIONS, again=True)  # type: ignore[arg-type]
    assert anew.salt == salt  # no unit moves by a restart
    bench.drop = 0.0
    assert walked(bench, rollouts, 1)[0].opening == 2  # and the evidence must be twice as strong


def test_hard_failures_take_back_while_it_is_paused(bench: Bench, rollouts: Rollouts) -> None:
    rollouts.pause("n", decided_by="ann")
    bench.failing = 0.5
    assert walked(bench, rollouts, 1)[0].state == RolloutState.ROLLED_BACK


def test_only_one_rollout_of_a_name_is_active(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    with pytest.raises(InputError, match="is active"):
        made(bench, store, "two").start("n", **VERSIONS)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="champion already"):
        rollouts.start("m", **{**VERSIONS, "challenger": 1})  # type: ignore[arg-type]


def test_two_processes_cannot_both_step(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    other = made(bench, store, "two")
    caught: list[Exception] = []

    def meanwhile() -> None:
        bench.during.clear()
        with pytest.raises(RolloutBusyError) as error:
            other.step("n")
        caught.append(error.value)

    bench.during.append(meanwhile)
    walked(bench, rollouts, 1)
    assert len(caught) == 1
    numbers = [row.number for row in store.rows("n")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_step_that_fails_gives_its_lease_back(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    def interrupt() -> None:
        bench.during.clear()
        raise KeyboardInterrupt

    bench.during.append(interrupt)
    with pytest.raises(KeyboardInterrupt):
        rollouts.step("n")
    assert made(bench, store, "two").step("n").event == RolloutEvent.STAY


def test_a_holder_that_dies_loses_its_lease(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """Nothing of the process runs after it, such as giving the lease back."""

    def die() -> None:
        bench.during.clear()
        raise KilledError

    monkeypatch.setattr(rollouts, "_released", lambda _: None)

    bench.during.append(die)
    bench.pass_hours(1.05)
    with pytest.raises(KilledError):
        rollouts.step("n")
    other = made(bench, store, "two")
    with pytest.raises(RolloutBusyError):
        other.step("n")
    bench.now += timedelta(seconds=LEASE_SECONDS + 1)
    assert other.step("n").event == RolloutEvent.ADVANCE


def test_a_holder_that_wakes_after_its_lease_changes_nothing(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    """The first slept while the second took the challenger back: it must not go on."""
    other = made(bench, store, "two")

    def sleep() -> None:
        bench.during.clear()
        bench.now += timedelta(seconds=LEASE_SECONDS + 1)
        bench.drop = 0.4
        assert other.step("n").state == RolloutState.ROLLED_BACK
        bench.drop = 0.0

    bench.during.append(sleep)
    bench.pass_hours(1.05)
    with pytest.raises(RolloutBusyError):
        rollouts.step("n")
    last = store.rows("n")[-1]
    assert (last.state, bench.told[-1], bench.promoted) == ("rolled back", 0.0, [])
    # What the sleeper read is there, and no closed look has it.
    assert rollouts.step("n").state == RolloutState.ROLLED_BACK


def test_a_person_is_not_kept_waiting_by_a_lease(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    def withdraw() -> None:
        bench.during.clear()
        made(bench, store, "ann").withdraw("n", decided_by="ann", reason="complaints")

    bench.during.append(withdraw)
    bench.pass_hours(1.05)
    with pytest.raises(RolloutBusyError):
        rollouts.step("n")
    last = store.rows("n")[-1]
    assert (last.state, last.reason, last.decided_by) == ("withdrawn", "complaints", "ann")


def test_a_rollback_needs_no_registry_and_services_are_told_later(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    bench.drop, bench.broken = 0.4, {"registry"}
    [row] = walked(bench, rollouts, 1)
    assert row.state == RolloutState.ROLLED_BACK
    assert bench.told == [0.1]
    bench.broken.clear()
    made(bench, store, "two").step("n")
    assert bench.told == [0.1, 0.0]


def test_a_promotion_that_was_cut_off_is_carried_out_once(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    walked(bench, rollouts, 4)
    bench.broken = {"registry"}
    bench.pass_hours(1.05)
    with pytest.raises(RegistryError):
        rollouts.step("n")
    assert (store.rows("n")[-1].state, bench.promoted) == ("promoted", [])
    bench.broken.clear()
    rollouts.step("n")
    assert bench.promoted == [2]
    bench.champion_number = 1  # a person takes it back: no step promotes it again
    rollouts.step("n")
    assert (bench.promoted, bench.champion_number) == ([2], 1)


def test_evidence_that_cannot_be_read_is_no_success(bench: Bench, rollouts: Rollouts) -> None:
    bench.broken = {"evidence"}
    rows = walked(bench, rollouts, 4)
    assert [row.event for row in rows] == ["stay", "hold", "stay", "settle"]
    assert (rows[-1].state, rows[-1].share) == ("rolled back", 0)


def test_silence_holds_and_then_takes_back(bench: Bench, rollouts: Rollouts) -> None:
    bench.silent = True
    assert [row.state for row in walked(bench, rollouts, 4)] == [
        "running", "held", "held", "rolled back"
    ]  # fmt: skip


def test_another_metric_begins_anew_and_makes_promotion_harder(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    walked(bench, rollouts, 2)
    bench.key = replace(KEY, metric_version="2")
    [row] = walked(bench, rollouts, 1)
    accounts = {item.account_id for item in store.items(row.rollout_id)}
    assert row.opening == 2
    assert accounts == {KEY.account_id, bench.key.account_id}
    assert '"openings": 2' in row.finding


def test_every_step_says_why(bench: Bench, rollouts: Rollouts) -> None:
    rows: Sequence[RolloutRow] = walked(bench, rollouts, 3)
    assert all(row.reason and row.finding and row.look for row in rows)
    assert rows[0].decided_by == "the guard"


def test_names_without_a_rollout_are_refused(bench: Bench, store: MemoryRolloutStore) -> None:
    rollouts = made(bench, store)
    assert rollouts.standing("n") is None
    for change in (rollouts.step, rollouts.pause, rollouts.withdraw):
        with pytest.raises(InputError, match="has no rollout"):
            change("n")


def test_failures_that_reach_the_ledger_an_hour_later_take_back(
    bench: Bench, rollouts: Rollouts
) -> None:
    walked(bench, rollouts, 1)
    bench.late = [
        AnswerSeen(answer_id=f"late{n}", failed=True, at=START + timedelta(minutes=5))
        for n in range(60)
    ]
    assert walked(bench, rollouts, 1)[0].state == RolloutState.ROLLED_BACK


def test_a_rollback_needs_neither_the_decisions_nor_a_place_for_its_evidence(
    bench: Bench,
    store: MemoryRolloutStore,
    rollouts: Rollouts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(name: str, rollout_id: str, items: Sequence[GuardItem], at: datetime) -> None:
        raise OSError("no space is left")

    monkeypatch.setattr(store, "add_items", full)
    bench.broken = {"decisions"}
    [row] = walked(bench, rollouts, 1)
    assert (row.event, row.share, row.look) == (RolloutEvent.STAY, 0.1, 0)  # no success
    bench.drop = 0.4
    [row] = walked(bench, rollouts, 1)
    assert (row.state, row.look) == (RolloutState.ROLLED_BACK, 0)


def test_a_champion_who_changed_ends_it_also_where_no_evidence_is_read(
    bench: Bench, rollouts: Rollouts
) -> None:
    bench.broken, bench.champion_number = {"evidence"}, 7
    assert walked(bench, rollouts, 1)[0].state == RolloutState.WITHDRAWN


def test_a_version_that_was_deleted_blocks_no_later_rollout(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    walked(bench, rollouts, 4)
    bench.broken = {"version"}
    [row] = walked(bench, rollouts, 1)
    assert (row.state, "no version 'n/2'" in row.reason) == (RolloutState.WITHDRAWN, True)
    assert (bench.promoted, bench.champion_number) == ([], 1)
    other = {**VERSIONS, "challenger": 3, "challenger_version": "c"}
    assert rollouts.start("n", **other).state == RolloutState.RUNNING  # type: ignore[arg-type]


def test_an_alert_on_the_challenger_holds_and_its_end_goes_on(
    bench: Bench, rollouts: Rollouts
) -> None:
    bench.alerts = ("latency_mean above 5000 in 5 min",)
    [row] = walked(bench, rollouts, 1)
    assert (row.state, row.share) == (RolloutState.HELD, 0.1)
    bench.alerts = ()
    assert [r.event for r in walked(bench, rollouts, 2)] == ["resume", "advance"]


def test_pairs_of_a_broken_split_are_no_evidence(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    bench.ratio = RatioCheck(challengers=300, units=1_000, share=0.1, p=0.0)
    [row] = walked(bench, rollouts, 1)
    assert row.state == RolloutState.HELD
    assert {item.kind for item in store.items(row.rollout_id)} == {"failure"}
    bench.failing = 0.5  # what needs no comparison still takes back
    assert walked(bench, rollouts, 1)[0].state == RolloutState.ROLLED_BACK


def test_a_rollout_that_nobody_steps_is_served_to_nobody_and_can_be_taken_back(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts
) -> None:
    assert rollouts.take_back_unguarded("none") is None
    bench.pass_hours(3.9)
    assert rollouts.take_back_unguarded("n") is None, "it was stepped less than four windows ago"
    row = rollouts.served("n")
    assert row is not None
    assert row.served_share == 0.1
    # A process that dies after its lease, again and again, guards nothing.
    last = store.rows("n")[-1]
    assert store.append(lease_row(last, row_id="l", holder="x", now=bench.now, seconds=1))
    bench.pass_hours(0.2)
    row = rollouts.served("n")
    assert row is not None
    assert (row.is_active, row.served_share) == (True, 0.0)
    ended = made(bench, store, "monitor").take_back_unguarded("n", decided_by="the monitor")
    assert ended is not None
    assert (ended.state, ended.decided_by) == ("rolled back", "the monitor")
    assert "nobody has stepped it since" in ended.reason
    assert "for 4 windows" in ended.reason
    assert rollouts.take_back_unguarded("n") is None


def test_where_no_step_succeeds_for_four_windows_it_is_taken_back(
    bench: Bench, store: MemoryRolloutStore, rollouts: Rollouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> list[GuardItem]:
        raise OSError("the evidence that was read is gone")

    monkeypatch.setattr(store, "items", broken)
    states = []
    for _ in range(4):
        bench.pass_hours(1.1)
        with pytest.raises(OSError, match="is gone"):
            rollouts.step("n")
        row = store.rows("n")[-1]
        states.append(row.state)
    assert states == ["running"] * 3 + ["rolled back"]
    assert "no step succeeded: nobody has stepped it since" in row.reason
    assert bench.told[-1] == 0.0
