"""The guard takes back, promotes or holds: by the evidence that was read, whoever looks when."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from lakegloss.core.release.assignment import salted_order
from lakegloss.core.release.guard import (
    FAILURES_A_LOOK,
    AccountKey,
    AnswerSeen,
    GuardFinding,
    GuardItem,
    GuardRules,
    GuardSays,
    People,
    ScoredPair,
    decide,
    read_answers,
    read_pairs,
)
from lakegloss.core.statistics.intervals import Estimate

KEY = AccountKey(name="n", champion="a", challenger="b", metric="checks", population=600)
RULES, SALT = GuardRules(), "salt"


def pair(number: int, difference: float, group: str = "") -> ScoredPair:
    return ScoredPair(
        item_id=f"i{number:04d}", champion=0.5, challenger=0.5 + difference, group=group
    )


def judged(number: int, drop: float, rng: random.Random) -> ScoredPair:
    """A judge of five levels, half of whose pairs are ties."""
    step = 0.0 if rng.random() < 0.5 else rng.choice([-0.25, 0.25, -0.25, 0.25, -0.5, 0.5])
    return pair(number, max(-0.5, min(0.5, step - drop)))


def looked(
    batches: Iterable[Sequence[ScoredPair]], key: AccountKey = KEY, rules: GuardRules = RULES
) -> tuple[list[GuardItem], list[GuardFinding]]:
    items: list[GuardItem] = []
    findings = []
    for look, batch in enumerate(batches, 1):
        items += read_pairs(key, items, batch, salt=SALT, look=look, rules=rules)
        findings.append(decide(key, items, rules))
    return items, findings


def test_a_worse_challenger_is_taken_back_and_stays_so() -> None:
    rng = random.Random(1)
    bad = [judged(n, 0.2, rng) for n in range(120)]
    good = [judged(n, -0.4, rng) for n in range(120, 300)]
    items, [after_bad, after_all] = looked([bad, good])
    assert after_bad.says is after_all.says is GuardSays.ROLL_BACK
    assert after_bad.worse_at == after_all.worse_at > 0  # what came later takes nothing back
    assert after_all.worse < 100
    assert "it is worse" in after_all.why
    assert len(items) == 300


def test_one_that_is_as_good_may_be_promoted_and_not_before_30_items() -> None:
    same = [pair(n, 0.0) for n in range(300)]
    _, [finding] = looked([same[:29]])
    assert finding.says is GuardSays.GO_ON
    better = [pair(n, 0.5) for n in range(40)]
    _, [early, late] = looked([better[:20], better[20:]])
    assert early.not_worse > early.needed_to_promote
    assert early.says is GuardSays.GO_ON
    assert (late.says, late.not_worse_at) == (GuardSays.PROMOTE, 30)
    _, findings = looked([same])
    assert findings[-1].says is GuardSays.PROMOTE


def test_peeking_changes_no_decision() -> None:
    """Per item, per 7, per 100: the same evidence, and the same crossing."""
    rng = random.Random(3)
    pairs = {p.item_id: p for p in (judged(n, 0.2, rng) for n in range(105))}
    in_order = [pairs[name] for name in salted_order(SALT, pairs)]
    found = {}
    for size in (1, 7, 100):
        batches = [in_order[i : i + size] for i in range(0, len(in_order), size)]
        items, findings = looked(batches)
        found[size] = findings[-1]
        assert [i.item_id for i in items] == [p.item_id for p in in_order]
    assert found[7] == found[100] == found[1]
    assert found[1].says is GuardSays.ROLL_BACK


def test_replays_late_scores_and_any_order_change_nothing() -> None:
    rng = random.Random(4)
    batch = [judged(n, 0.05, rng) for n in range(80)]
    items, [finding] = looked([batch])
    again = batch + batch[:16]
    rng.shuffle(again)
    other_items, [other] = looked([again])
    assert (other_items, other) == (items, finding)
    later = [replace(p, challenger=0.0) for p in batch]  # the same items, scored anew
    assert read_pairs(KEY, items, later, salt=SALT, look=2, rules=RULES) == []
    shuffled = list(items)
    rng.shuffle(shuffled)
    assert decide(KEY, [*shuffled, *shuffled], RULES) == finding
    with pytest.raises(ValueError, match="look 1 is not after"):
        read_pairs(KEY, items, later, salt=SALT, look=1, rules=RULES)


@pytest.mark.parametrize("field", ["metric", "metric_version", "judge", "champion", "challenger"])
def test_evidence_of_another_metric_judge_or_program_is_not_continued(field: str) -> None:
    items, _ = looked([[pair(n, -0.4) for n in range(100)]])
    other = replace(KEY, **{field: "another"})
    assert other.account_id != KEY.account_id
    finding = decide(other, items, RULES)
    assert (finding.items, finding.says) == (0, GuardSays.GO_ON)


def test_each_account_of_a_challenger_makes_promotion_harder() -> None:
    same = [pair(n, 0.0) for n in range(300)]
    items, [finding] = looked([same])
    harder = decide(KEY, items, RULES, openings=4)
    assert harder.needed_to_promote == pytest.approx(4**2 * finding.needed_to_promote)
    assert harder.not_worse_at == 0 or harder.not_worse_at > finding.not_worse_at


def test_the_cap_is_a_persons_decision() -> None:
    undecided = [pair(n, -0.026 if n % 2 else -0.024) for n in range(400)]
    rules = replace(RULES, cap=60)
    items, [finding] = looked([undecided], rules=rules)
    assert len(items) == 60
    assert (finding.says, finding.items) == (GuardSays.HOLD, 60)
    better = [pair(n, 0.5) for n in range(400, 600)]
    items, [_, *findings] = looked([undecided, better[:60], better[60:120]], rules=rules)
    assert [found.says for found in findings] == [GuardSays.HOLD] * 2, "it is a person's"


def test_all_of_a_small_population_decides_or_holds() -> None:
    key = replace(KEY, population=40)
    _, [worse] = looked([[pair(n, -0.06) for n in range(60)]], key)
    assert (worse.items, worse.says) == (40, GuardSays.ROLL_BACK)
    assert json.loads(worse.as_json())["worse"] is None  # certain, which JSON has no number for
    _, [held] = looked(
        [[pair(n, -0.05 if n < 2 else 0.0) for n in range(29)]], replace(KEY, population=29)
    )
    assert held.says is not GuardSays.PROMOTE  # too few items for any promotion


def test_a_table_counts_once_in_a_stream() -> None:
    key = replace(KEY, population=0, grouped=True)
    alike = [pair(n, -0.3, group=f"t{n // 40}") for n in range(400)]
    items, [finding] = looked([alike], key)
    assert len(items) == finding.items == 10
    assert {round(item.value, 9) for item in items} == {-0.3}
    more = [pair(n, 0.5, group=f"t{n % 10}") for n in range(400, 800)]
    assert read_pairs(key, items, more, salt=SALT, look=2, rules=RULES) == []


def test_people_have_the_last_word_on_a_promotion() -> None:
    items, [finding] = looked([[pair(n, 0.0) for n in range(300)]])
    assert finding.says is GuardSays.PROMOTE

    def asked(mean: float, low: float | None, high: float | None, *, needed: bool) -> GuardFinding:
        estimate = Estimate(mean=mean, low=low, high=high, items=300, groups=50)
        rules = replace(RULES, people_needed=needed)
        return decide(KEY, items, rules, people=People(difference=estimate))

    assert asked(0.0, -0.03, 0.03, needed=True).says is GuardSays.PROMOTE
    assert asked(0.0, -0.08, 0.08, needed=True).says is GuardSays.HOLD
    assert asked(0.0, -0.08, 0.08, needed=False).says is GuardSays.PROMOTE
    assert asked(-0.1, -0.15, -0.05, needed=False).says is GuardSays.HOLD
    assert asked(0.0, None, None, needed=True).says is GuardSays.HOLD
    assert decide(KEY, items, replace(RULES, people_needed=True)).says is GuardSays.HOLD


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.1])
def test_a_score_that_is_none_is_refused_and_not_counted_as_success(score: float) -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        ScoredPair(item_id="i", champion=0.5, challenger=score)


def test_hard_failures_take_back_whatever_the_scores_say() -> None:
    items, _ = looked([[pair(n, 0.3) for n in range(100)]])
    answers = [AnswerSeen(answer_id=f"a{n}", failed=n % 5 == 0) for n in range(100)]
    items += read_answers(KEY, items, answers, salt=SALT, look=2)
    finding = decide(KEY, items, RULES)
    assert (finding.says, finding.failures) == (GuardSays.ROLL_BACK, 20)
    assert "failed hard" in finding.why
    assert decide(KEY, items[:100], RULES).says is GuardSays.PROMOTE


def test_a_look_samples_answers_and_reads_each_once() -> None:
    answers = [AnswerSeen(answer_id=f"a{n}", failed=False) for n in range(1_000)]
    first = read_answers(KEY, [], answers, salt=SALT, look=1)
    assert len(first) == FAILURES_A_LOOK
    second = read_answers(KEY, first, answers, salt=SALT, look=2)
    assert not {i.item_id for i in first} & {i.item_id for i in second}


@pytest.mark.parametrize(
    "rules", [{"alpha": 0.0}, {"margin": 0.5}, {"least": 0}, {"cap": 10}, {"failure_limit": 1.0}]
)
def test_rules_that_cannot_be_followed_are_refused(rules: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cannot be followed"):
        GuardRules(**rules)  # type: ignore[arg-type]
