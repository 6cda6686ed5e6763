"""Choosing: quality on the select split, and what longer requests must earn."""

import math

import pytest

from lakegloss.core.optimisation.choosing import (
    CandidateFigures,
    ItemScore,
    choose,
    figures_of_candidate,
    price_of_growth,
)


def scores(values: list[float | None], tokens: int = 100) -> list[ItemScore]:
    return [
        ItemScore(item=n, group=n, score=value, input_tokens=tokens)
        for n, value in enumerate(values)
    ]


BASE = scores([0.5] * 8)


def figures(values: list[float | None], tokens: int = 100) -> CandidateFigures:
    return figures_of_candidate("c", scores(values, tokens), BASE)


@pytest.mark.parametrize(
    ("tokens", "price"), [(80, 0.0), (100, 0.0), (125, 0.0), (250, 0.05), (500, 0.1)]
)
def test_growth_within_the_allowance_is_free_and_each_doubling_costs(
    tokens: int, price: float
) -> None:
    assert math.isclose(price_of_growth(tokens, 100, 0.25), price, abs_tol=1e-9)


def test_a_long_candidate_must_earn_its_tokens() -> None:
    long, short = figures([0.54] * 8, 300), figures([0.52] * 8, 110)
    assert choose({0: long, 1: short}) == 1
    assert choose({0: long}) is None
    assert choose({0: figures([0.7] * 8, 300), 1: short}) == 0


def test_no_candidate_above_the_base_is_chosen() -> None:
    assert choose({}) is None
    assert choose({0: figures([0.5] * 8), 1: figures([0.4] * 8)}) is None


def test_of_equal_candidates_the_one_with_fewer_tokens_then_the_first_is_chosen() -> None:
    assert choose({0: figures([0.6] * 8, 120), 1: figures([0.6] * 8, 100)}) == 1
    assert choose({0: figures([0.6] * 8), 1: figures([0.6] * 8)}) == 0


def test_what_the_endpoint_did_not_answer_counts_for_nobody() -> None:
    found = figures([None, None, *[0.6] * 6])
    assert found.quality.items == 6
    assert math.isclose(found.difference.mean, 0.1)


def test_groups_count_and_not_items() -> None:
    base = [ItemScore(item=n, group=n // 9, score=0.0) for n in range(10)]
    mine = [ItemScore(item=n, group=n // 9, score=float(n == 9)) for n in range(10)]
    assert figures_of_candidate("c", mine, base).difference.mean == 0.5
