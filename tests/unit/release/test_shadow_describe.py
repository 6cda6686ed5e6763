"""What a challenger is asked in the shadow, what is compared, and how a rollout reads it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.plan.choices import Action, Choice
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Source
from lakegloss.core.release.assignment import Variant
from lakegloss.core.release.guard import AccountKey
from lakegloss.core.release.rollout_steps import RolloutRow, RolloutRules
from lakegloss.core.release.shadow import ShadowPair, shadow_fingerprint
from lakegloss.drafting.drafted import Draft
from lakegloss.release.rollout import RolloutEvidence, Rollouts
from lakegloss.release.rollouts import shadow_describe
from lakegloss.release.rollouts.rollout_store import MemoryRolloutStore
from lakegloss.release.rollouts.shadow_describe import (
    ShadowSample,
    compared,
    pairs_of_drafts,
    runs_of_champion,
)
from lakegloss.release.rollouts.shadow_pairs import ShadowedEvidence

START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = AccountKey(name="n", champion="v1", challenger="v2", metric="m", grouped=True)


ROWS = RolloutRules(shares=(0.0, 0.5, 1.0), shadow=1.0)


def task(column: str, action: Action = Action.PENDING, comment: str = "", table: str = "t") -> Task:
    return Task(
        key=AssetKey(table, column), fingerprint=f"f {column}", choice=Choice(action=action),
        comment=comment,
    )  # fmt: skip


def table_of(*tasks: Task, name: str = "t") -> TableTasks:
    columns = tuple(Column(path=one.key.column, data_type="int") for one in tasks)
    return TableTasks(table=Table(name=name, columns=columns), evidence={}, tasks=tasks)


def proposal(column: str, **given: Any) -> dict[str, Any]:
    return {
        "table": "t", "column": column, "text": "Words.", "source": "model", "checks": [],
        "replaces": "", "fingerprint": f"f {column}", "run_id": "one", "proposed_at": START,
        **given,
    }  # fmt: skip


def by_asset(*proposals: dict[str, Any]) -> dict[AssetKey, dict[str, Any]]:
    return {AssetKey(one["table"], one["column"]): one for one in proposals}


def draft(one: Task, text: str = "Words.", source: Source = Source.MODEL, **given: Any) -> Draft:
    return Draft(task=one, text=text, source=source, **given)


@pytest.fixture
def row() -> RolloutRow:
    rollouts = Rollouts(MemoryRolloutStore(), Nothing(), clock=lambda: START)
    return rollouts.start(
        "n", champion=1, challenger=2, champion_version="v1", challenger_version="v2", rules=ROWS
    )


class Nothing:
    """Evidence of no answer in the open."""

    def __init__(self) -> None:
        self.used: frozenset[str] = frozenset()

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        self.used = used
        return RolloutEvidence(key=KEY)


def test_a_sample_keeps_the_first_of_the_order_and_forgets_the_rest(
    row: RolloutRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow_describe, "MOST_TABLES", 3)
    names = [f"t{number}" for number in range(20)]
    kept = []
    for order in (names, names[::-1]):
        sample = ShadowSample(row, frozenset(["t1"]))
        sample.take([table_of(task("a", table=n), name=n) for n in order], list)
        kept.append([table.table.name for table in sample.tables])
    assert kept[0] == kept[1], "whatever the order of the chunks"
    assert len(kept[0]) == 3
    assert "t1" not in kept[0], "it was paired before"


def test_a_sample_is_bounded_by_columns_too(
    row: RolloutRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow_describe, "MOST_ASSETS", 10)
    sample = ShadowSample(row, frozenset())
    wide = [table_of(*(task(f"c{n}", table=t) for n in range(8)), name=t) for t in "abc"]
    wide[0] = table_of(*(task("x", Action.DESCRIBE, "Old.", table="a") for _ in range(8)), name="a")
    sample.take(wide, list)
    assert len(sample.tables) == 1
    assert {key.table for key in sample.asked} <= {sample.tables[0].table.name}


def test_a_sample_that_fails_hurts_nobody(row: RolloutRow) -> None:
    def broken(_: Sequence[TableTasks]) -> list[TableTasks]:
        raise OSError("no house")

    sample = ShadowSample(row, frozenset())
    sample.take([table_of(task("a"))], broken)
    assert sample.tables == []


def test_all_that_can_be_written_is_asked_about(row: RolloutRow) -> None:
    sample = ShadowSample(row, frozenset())
    sample.take([table_of(task("a"), task("b", Action.NOT_WRITABLE))], list)
    assert [one.key.column for one in sample.tables[0].tasks] == ["a"]
    assert sample.tables[0].tasks[0].described


def test_only_what_the_champion_was_asked_about_is_compared() -> None:
    found = compared(
        table_of(task("a"), task("b"), task("c"), task("d")),
        by_asset(
            proposal("a"),
            proposal("b", source="inherited"),
            proposal("c", source="rules", fingerprint=""),
        ),
        "v2",
    )
    assert found is not None
    assert [one.key.column for one in found.table.tasks] == ["a", "c"]
    assert found.table.tasks[0].fingerprint == shadow_fingerprint("f a", "v2")
    assert compared(table_of(task("a")), {}, "v2") is None


@pytest.mark.parametrize(
    ("now", "then"),
    [
        pytest.param(task("a", comment="Applied since."), proposal("a"), id="applied"),
        pytest.param(task("a"), proposal("a", fingerprint="older"), id="other data"),
    ],
)
def test_a_table_that_changed_since_is_another_card(now: Task, then: dict[str, Any]) -> None:
    both = table_of(task("b"), now)
    assert compared(both, by_asset(proposal("b"), then), "v2") is None


def test_pairs_say_what_both_versions_got(row: RolloutRow) -> None:
    one = compared(
        table_of(task("a"), task("b")), by_asset(proposal("a", checks=["echo"]), proposal("b")),
        "v2",
    )  # fmt: skip
    assert one is not None
    a, b = one.table.tasks
    drafts = {a.key: draft(a), b.key: draft(b, "By rules.", Source.RULES, checks=("unrelated",))}
    pairs = pairs_of_drafts(one, drafts, row, model="m", run_id="run")
    assert [(p.champion_lost, p.challenger_lost) for p in pairs] == [(False, False), (False, True)]
    assert [p.champion_score for p in pairs] == [pytest.approx(0.4), 1.0]
    assert [p.challenger_score for p in pairs] == [1.0, 0.0]
    assert (pairs[0].champion_run, pairs[0].rollout_id) == ("one", row.rollout_id)
    assert pairs_of_drafts(one, {a.key: draft(a)}, row, model="m", run_id="r") == [], "unanswered"


def test_who_gives_no_text_where_a_comment_stands_has_lost_it_on_both_sides(
    row: RolloutRow,
) -> None:
    sample = ShadowSample(row, frozenset())
    commented = [task(name, Action.DESCRIBE, comment="Old.") for name in "bcd"]
    sample.take([table_of(task("a"), *commented, task("e", Action.KEEP, comment="A person's."))],
                list)  # fmt: skip
    theirs = by_asset(proposal("a"), proposal("b", replaces="Old."))
    one = compared(sample.tables[0], theirs, "v2", asked=sample.asked)
    assert one is not None
    drafts = {t.key: draft(t) for t in one.table.tasks if t.key.column in {"a", "c"}}
    pairs = pairs_of_drafts(one, drafts, row, model="m", run_id="run")
    assert [(p.column, p.champion_lost, p.challenger_lost) for p in pairs] == [
        ("a", False, False), ("b", False, True), ("c", True, False), ("d", True, True),
    ]  # fmt: skip
    some = pairs_of_drafts(one, drafts, row, model="m", run_id="run", is_whole=False)
    assert some == [], "the budget ended, or the endpoint failed: nothing is known of the rest"


def test_another_model_of_the_champion_is_no_partner() -> None:
    sides = {
        "before": (Variant.CHAMPION, "small"), "now": (Variant.CHAMPION, "large"),
        "theirs": (Variant.CHALLENGER, "large"),
    }  # fmt: skip
    assert runs_of_champion(sides, "large") == ["now"]


def test_pairs_of_a_clock_that_is_ahead_wait(row: RolloutRow) -> None:
    ahead = replace(pair_of(row, "a"), at=row.at + timedelta(hours=3))
    source = ShadowedEvidence(Kept(ahead, pair_of(row, "b")), Nothing())  # type: ignore[arg-type]
    found = source.gather(row, used=frozenset(), since=START)
    assert (found.in_stage, found.answered_at) == (1, START + timedelta(minutes=1))
    later = source.gather(replace(row, at=ahead.at), used=frozenset(), since=START)
    assert later.in_stage == 2


class Kept:
    """The pairs of a rollout; `broken` where the ledger cannot be read."""

    def __init__(self, *pairs: ShadowPair, broken: bool = False) -> None:
        self.pairs = list(pairs)
        self.broken = broken

    def of(self, row: RolloutRow) -> list[ShadowPair]:
        if self.broken:
            raise OSError("no ledger answers")
        return self.pairs


def pair_of(row: RolloutRow, table: str, *, lost: bool = False) -> ShadowPair:
    one = compared(table_of(task("a")), by_asset(proposal("a")), "v2")
    assert one is not None
    [asked] = one.table.tasks
    made = draft(asked, "" if lost else "Words.")
    [pair] = pairs_of_drafts(one, {asked.key: made}, row, model="m", run_id="run")
    return replace(pair, table=table, at=START + timedelta(minutes=1))


def test_a_rollout_reads_pairs_of_the_shadow_beside_those_in_the_open(row: RolloutRow) -> None:
    inner = Nothing()
    kept = Kept(*(pair_of(row, name, lost=name == "c") for name in "abc"))
    source = ShadowedEvidence(kept, inner)  # type: ignore[arg-type]
    found = source.gather(row, used=frozenset(), since=START)
    assert sorted(pair.challenger for pair in found.pairs) == [0.0, 1.0, 1.0]
    assert sum(answer.failed for answer in found.answers) == 1
    assert inner.used == {pair.item_id for pair in found.pairs}, "they pair with no other table"
    assert (found.in_stage, found.answered_at) == (3, START + timedelta(minutes=1))
    later = source.gather(replace(row, share=0.5), used=inner.used, since=START)
    assert (later.pairs, later.in_stage, later.answered_at) == ([], 0, None)


def test_what_cannot_be_read_of_the_shadow_hides_nothing_of_the_rest(row: RolloutRow) -> None:
    source = ShadowedEvidence(Kept(broken=True), Nothing())  # type: ignore[arg-type]
    assert source.gather(replace(row, share=0.5), used=frozenset(), since=START).key == KEY


def test_a_rollout_goes_from_the_shadow_into_the_open_and_takes_a_bad_version_back() -> None:
    now = [START]
    kept = Kept()
    store = MemoryRolloutStore()
    source = ShadowedEvidence(kept, Nothing())  # type: ignore[arg-type]
    rollouts = Rollouts(store, source, clock=lambda: now[0])
    row = rollouts.start(
        "n", champion=1, challenger=2, champion_version="v1", challenger_version="v2", rules=ROWS
    )
    assert (row.share, row.served_share, row.is_active) == (0.0, 0.0, True)
    kept.pairs = [replace(pair_of(row, f"t{n}"), at=START + timedelta(minutes=50))
                  for n in range(12)]  # fmt: skip
    now[0] += timedelta(minutes=70)
    row = rollouts.step("n")
    assert (row.event, row.share) == ("advance", 0.5), row.reason
    kept.pairs += [replace(pair_of(row, f"u{n}", lost=True), at=now[0]) for n in range(12)]
    now[0] += timedelta(minutes=1)
    row = rollouts.step("n")
    assert row.state == "rolled back", row.reason
