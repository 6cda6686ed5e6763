"""Judgements corrected by people's labels: they hold where the judge alone never does."""

import random
import statistics

import pytest

from lakegloss.core.statistics.corrected import corrected_mean
from lakegloss.core.statistics.intervals import estimate

TRUTH, BIAS = 0.05, 0.1


def draw(rng: random.Random, count: int, agreement: float) -> tuple[list[float], list[float]]:
    """What people find of some items, and what a judge finds that favours the first version."""
    labels = [TRUTH + rng.gauss(0, 0.25) for _ in range(count)]
    noise = (1 - agreement**2) ** 0.5
    judged = [
        BIAS + TRUTH + agreement * (label - TRUTH) + noise * rng.gauss(0, 0.25) for label in labels
    ]
    return labels, judged


def holds(agreement: float, *, people: int, runs: int) -> tuple[float, float, float]:
    """How often the interval holds the truth, its mean half width, and that of the labels alone."""
    rng = random.Random(5)
    held, widths, plain = 0, [], []
    for _ in range(runs):
        labels, judged = draw(rng, people, agreement)
        _, others = draw(rng, 200, agreement)
        found = corrected_mean(labels, judged, others)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= TRUTH <= found.high
        widths.append((found.high - found.low) / 2)
        alone = estimate(enumerate(labels))
        assert alone.high is not None
        plain.append(alone.high - alone.mean)
    return held / runs, statistics.mean(widths), statistics.mean(plain)


@pytest.mark.parametrize("agreement", [0.8, 0.5, 0.0])
def test_intervals_cover_what_they_promise_whatever_the_judge(agreement: float) -> None:
    covered, width, alone = holds(agreement, people=50, runs=500)
    assert 0.925 <= covered <= 0.975
    assert width < alone * (0.75 if agreement == 0.8 else 1.02)


def test_twenty_labels_do() -> None:
    assert 0.92 <= holds(0.5, people=20, runs=500)[0] <= 0.98


def test_a_judge_who_says_one_thing_counts_for_nothing() -> None:
    labels = [0.1, 0.3, 0.2, 0.4]
    found = corrected_mean(labels, [1.0] * 4, [1.0] * 50)
    assert found.mean == pytest.approx(0.25)
    assert found.groups == 4


def test_too_few_labels_tell_nothing() -> None:
    assert not corrected_mean([0.5, 0.4], [0.5, 0.4], [0.1] * 90).tells


def test_each_label_needs_its_judgement() -> None:
    with pytest.raises(ValueError, match="same item"):
        corrected_mean([0.1, 0.2, 0.3], [0.1], [])
