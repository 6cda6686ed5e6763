"""McNemar's exact test against hand-computed values."""

import random

import pytest

from lakegloss.core.statistics.intervals import Conclusion
from lakegloss.core.statistics.pass_or_fail import compare_passes


def pairs(both: int, first: int, second: int, neither: int = 0) -> list[tuple[bool, bool]]:
    return (
        [(True, True)] * both
        + [(True, False)] * first
        + [(False, True)] * second
        + [(False, False)] * neither
    )


@pytest.mark.parametrize(
    ("first", "second", "p", "conclusion"),
    [
        (0, 0, None, Conclusion.TOO_FEW),
        (5, 0, None, Conclusion.TOO_FEW),
        (6, 0, 2 / 64, Conclusion.BETTER),
        (0, 6, 2 / 64, Conclusion.WORSE),
        (5, 1, 2 * 7 / 64, Conclusion.LEVEL),
        (10, 2, 2 * (1 + 12 + 66) / 4096, Conclusion.BETTER),
        (4, 4, 1.0, Conclusion.LEVEL),
    ],
)
def test_only_discordant_pairs_count(
    first: int, second: int, p: float | None, conclusion: Conclusion
) -> None:
    found = compare_passes(pairs(20, first, second, 3))
    assert found.p == (None if p is None else pytest.approx(p))
    assert found.conclusion() is conclusion
    assert found.items == 23 + first + second


def test_equal_versions_are_told_apart_in_at_most_five_of_a_hundred() -> None:
    rng = random.Random(3)
    told = 0
    for _ in range(2_000):
        found = compare_passes((rng.random() < 0.7, rng.random() < 0.7) for _ in range(60))
        told += found.conclusion() in {Conclusion.BETTER, Conclusion.WORSE}
    assert told / 2_000 <= 0.05
