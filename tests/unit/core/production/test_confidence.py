"""The confidence is what its name says: measured against the share of chance findings."""

import random

import pytest

from lakegloss.core.production.confidence import confidence_of, confidence_of_groups
from lakegloss.core.statistics.intervals import estimate


def confidence_of_pairs(differences: list[float]) -> float:
    return confidence_of(estimate(enumerate(differences)))


def test_it_is_one_less_the_p_value() -> None:
    # t = 2.1320 of 4 degrees of freedom: one-sided p = .05
    spread = [1 + 1.0487 * x for x in (-1, -0.5, 0, 0.5, 1)]
    mean, error = 1.0, 1.0487 * (2.5 / 4) ** 0.5 / 5**0.5
    assert mean / error == pytest.approx(2.697, abs=0.01)
    assert confidence_of_pairs(spread) == pytest.approx(0.9728, abs=0.001)
    assert confidence_of_pairs([-x for x in spread]) == pytest.approx(0.0272, abs=0.001)


@pytest.mark.parametrize("few", [[], [0.5], [0.5, 0.6], [0.5] * 5, [0.0] * 50])
def test_too_few_to_tell_is_none(few: list[float]) -> None:
    assert confidence_of_pairs(few) == 0.0
    assert confidence_of_groups([1.0 + x for x in few], [1.0] * max(3, len(few))) == 0.0


def test_many_of_the_very_same_are_sure() -> None:
    assert confidence_of_pairs([0.2] * 6) == pytest.approx(1 - 0.5**6)
    assert confidence_of_groups([0.9] * 7, [0.7] * 6) == pytest.approx(1 - 0.5**6)
    assert confidence_of_groups([0.7] * 7, [0.9] * 6) == 0.0


def test_of_alike_variants_as_many_as_promised_pass() -> None:
    rng = random.Random(4)
    passed = 0
    for _ in range(400):
        mine, theirs = ([rng.gauss(0.6, 0.2) for _ in range(n)] for n in (30, 12))
        passed += confidence_of_groups(mine, theirs) >= 0.8
    assert 0.14 <= passed / 400 <= 0.26
