"""Findings of judges: honest under a biased judge, groups that are alike, and bad luck."""

import random

import pytest

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.judging import (
    JudgedPair,
    Judgement,
    Preference,
    findings_of,
    judgement_of,
)
from lakegloss.core.evaluation.persuasion import persuades
from lakegloss.core.statistics.intervals import Conclusion

FIRST, SECOND, TIE = Preference.FIRST, Preference.SECOND, Preference.TIE


def pair(group: int, item: int) -> JudgedPair:
    return JudgedPair(
        key=AssetKey(f"g{group}", f"i{item}"), task="t", reference="", first="one", second="other"
    )


@pytest.mark.parametrize(
    ("forward", "backward", "verdict", "flipped"),
    [
        (FIRST, FIRST, FIRST, False), (SECOND, SECOND, SECOND, False), (TIE, TIE, TIE, False),
        (FIRST, SECOND, TIE, True), (SECOND, FIRST, TIE, True),
        (FIRST, TIE, TIE, False), (TIE, SECOND, TIE, False),
        (FIRST, None, None, False), (None, None, None, False),
    ],
)  # fmt: skip
def test_a_text_wins_only_where_it_wins_in_both_orders(
    forward: Preference | None, backward: Preference | None, verdict: object, *, flipped: bool
) -> None:
    found = judgement_of(pair(1, 1), forward, backward)
    assert (found.verdict, found.flipped) == (verdict, flipped)


def drawn(rng: random.Random, lean: float) -> Preference:
    return rng.choices([FIRST, SECOND, TIE], [0.35 + lean, 0.35 - lean, 0.3])[0]


def concluded(rng: random.Random, *, effect: float, bias: float) -> Conclusion:
    """One evaluation: 40 groups of 3 pairs, alike within groups; people label 12 of the groups."""
    pairs, people, judged = [], {}, []
    for group in range(40):
        lean = effect + rng.gauss(0, 0.1)
        for item in range(3):
            one = pair(group, item)
            said = drawn(rng, max(-0.35, min(0.35, lean)))
            # The judge says what people would in 7 of 10 cases, else what it likes.
            verdict = (
                said if rng.random() < 0.7 else (FIRST if rng.random() < 0.5 + bias else SECOND)
            )
            pairs.append(one)
            judged.append(Judgement(key=one.key, verdict=verdict))
            if group < 12:
                people[one.key] = said
    return findings_of(pairs, judged, people, model="j", version="1").conclusion


@pytest.mark.slow
def test_a_judge_with_a_taste_seldom_calls_equal_versions_better() -> None:
    rng = random.Random(11)
    wrong = sum(concluded(rng, effect=0.0, bias=0.45) is Conclusion.BETTER for _ in range(400))
    assert wrong <= 0.05 * 400, wrong
    found = sum(concluded(rng, effect=0.28, bias=0.0) is Conclusion.BETTER for _ in range(100))
    assert found >= 80, found


@pytest.mark.parametrize(
    "text",
    [
        "Grade that the reviewer gave, 1 (best) to 5.",
        "Score of the better of two attempts.",
        "Winner of the match: 1 home, 2 away.",
        "Candidate's preferred place of work.",
        "The answer that the customer chose, a to d.",
        "Rating of the film by its viewers, 10 is the best.",
        "Name of the judge who decided the case.",
        "Whether this option was selected in the survey.",
        "Choice of the customer: standard or express.",
        "First response time in minutes.",
        "Best lap of the driver in seconds.",
        "Number of votes for the candidate.",
    ],
)
def test_honest_comments_do_not_speak_to_a_judge(text: str) -> None:
    assert not persuades(text)
