"""The gate keeps its promise: with all candidates equal, a challenger is called better rarely."""

import random

import pytest

from lakegloss.core.optimisation.choosing import ItemScore, choose, figures_of_candidate
from lakegloss.core.optimisation.gate_decision import decide, group_mark, opening_of
from lakegloss.core.statistics.intervals import Conclusion

TABLES, COLUMNS = 12, 5


def drawn(
    rng: random.Random, tables: list[float], alike: float, shift: float = 0.0
) -> list[ItemScore]:
    """Scores of one candidate: the tables' own levels, and what is its luck on each table."""
    made = []
    for table, level in enumerate(tables):
        luck = rng.gauss(0, 0.25 * alike**0.5)
        for column in range(COLUMNS):
            noise = rng.gauss(0, 0.25 * (1 - alike) ** 0.5)
            score = min(1.0, max(0.0, level + luck + noise + shift))
            made.append(ItemScore(item=table * COLUMNS + column, group=table, score=score))
    return made


@pytest.mark.parametrize("alike", [0.0, 0.1, 0.3])
def test_of_400_optimisations_of_equal_candidates_few_give_a_challenger(alike: float) -> None:
    rng = random.Random(20_261_130)
    better = looked_good = 0
    for _ in range(400):
        select = [rng.uniform(0.3, 0.7) for _ in range(TABLES)]
        base = drawn(rng, select, alike)
        tried = {n: figures_of_candidate(str(n), drawn(rng, select, alike), base) for n in range(6)}
        chosen = choose(tried)
        if chosen is None:
            continue
        looked_good += tried[chosen].difference.mean > 0.03
        gate = [rng.uniform(0.3, 0.7) for _ in range(TABLES)]
        decision = decide(
            drawn(rng, gate, alike), drawn(rng, gate, alike), openings=1, token_growth=0.25
        )
        better += decision.is_better
    assert better <= 0.05 * 400
    assert looked_good > 0.5 * 400  # the select split alone would have promised an improvement


def test_a_better_candidate_is_told() -> None:
    rng = random.Random(7)
    gate = [rng.uniform(0.3, 0.5) for _ in range(TABLES)]
    mine, base = drawn(rng, gate, 0.1, shift=0.3), drawn(rng, gate, 0.1)
    assert decide(mine, base, openings=1, token_growth=0.25).is_better
    worse = decide(base, mine, openings=1, token_growth=0.25)
    assert worse.conclusion is Conclusion.WORSE


def _alike(score: float, tokens: int, wobble: float = 0.0) -> list[ItemScore]:
    return [
        ItemScore(item=n, group=n, score=score + wobble * (n % 3 - 1), input_tokens=tokens)
        for n in range(12)
    ]


def test_a_long_candidate_must_earn_its_tokens_at_the_gate_too() -> None:
    base = _alike(0.5, 100)
    short = decide(_alike(0.55, 110, 0.01), base, openings=1, token_growth=0.25)
    long = decide(_alike(0.55, 800, 0.01), base, openings=1, token_growth=0.25)
    assert short.is_better
    assert (long.conclusion, long.price > 0.1) == (Conclusion.LEVEL, True)


def test_with_two_groups_it_is_too_few_to_tell() -> None:
    two = [ItemScore(item=n, group=n % 2, score=0.9) for n in range(40)]
    low = [ItemScore(item=n, group=n % 2, score=0.1) for n in range(40)]
    assert decide(two, low, openings=1, token_growth=0.25).conclusion is Conclusion.TOO_FEW


def test_only_candidates_of_the_program_that_met_these_groups_count() -> None:
    groups = [group_mark(f"table {n}") for n in range(4)]
    known = []
    for number, (program, seen) in enumerate(
        [("p", groups[:1]), ("q", groups), ("p", [group_mark("elsewhere")]), ("p", groups)]
    ):
        known.append(
            opening_of(known, program=program, candidate=str(number), base="b", groups=seen,
                       data_hash="d")
        )  # fmt: skip
    assert [o.openings for o in known] == [1, 1, 1, 2]
    again = opening_of(known, program="p", candidate="3", base="b", groups=groups, data_hash="d")
    assert again is known[-1]
