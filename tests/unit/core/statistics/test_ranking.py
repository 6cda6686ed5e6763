"""The area under the curve, by its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.statistics.ranking import auc, share_above

SCORES = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("good", "bad", "area"),
    [([2.0, 3.0], [1.0], 1.0), ([1.0], [1.0], 0.5), ([0.0], [1.0], 0.0), ([1.0, 3.0], [2.0], 0.5)],
)
def test_how_well_scores_rank(good: list[float], bad: list[float], area: float) -> None:
    assert auc(good, bad) == area


@given(SCORES, SCORES)
def test_it_is_the_share_of_all_pairs_and_its_mirror(good: list[float], bad: list[float]) -> None:
    every = [(g, b) for g in good for b in bad]
    assert auc(good, bad) == pytest.approx(share_above(every))
    assert auc(bad, good) == pytest.approx(1 - auc(good, bad))


def test_nothing_to_rank_is_an_error() -> None:
    with pytest.raises(ValueError, match="both"):
        auc([], [1.0])
    with pytest.raises(ValueError, match="pairs"):
        share_above([])
