"""The plan: what an optimisation costs at most, known before anything is spent."""

from dataclasses import replace

import pytest

from lakegloss.core.optimisation.search_plan import (
    OPTIMIZERS,
    OptimisationBudget,
    SearchSizes,
    plan_search,
)
from lakegloss.errors import BudgetExceededError, InputError

SIZES = SearchSizes(train=30, select=12, gate=12, predictors=2, input_tokens=800, output_tokens=90)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_smaller_budget_plans_less_and_is_never_passed(optimizer: str) -> None:
    whole = plan_search(optimizer, SIZES)
    least = whole
    for calls in range(whole.calls, 0, -50):
        try:
            plan = plan_search(optimizer, SIZES, OptimisationBudget(max_calls=calls))
        except BudgetExceededError:
            break
        assert plan.calls <= calls
        assert plan.size <= least.size
        least = plan
    assert least.size < whole.size


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_select_and_gate_are_part_of_the_plan(optimizer: str) -> None:
    plan = plan_search(optimizer, SIZES)
    assert plan.gate_runs == 24
    assert plan.select_runs == (1 + plan.shortlisted) * 12
    runs = plan.search_runs + plan.reserved_runs
    assert plan.calls == 2 * runs + plan.proposals
    assert plan.cost is None


def test_money_needs_prices_and_bounds_the_plan() -> None:
    with pytest.raises(InputError, match="needs prices"):
        OptimisationBudget(max_cost=1.0)
    budget = OptimisationBudget(max_cost=0.30, price_input=1.0, price_output=4.0)
    plan = plan_search("gepa", SIZES, budget)
    assert plan.cost is not None
    assert plan.cost <= 0.30
    with pytest.raises(BudgetExceededError, match="smallest search"):
        plan_search("gepa", SIZES, replace(budget, max_cost=0.01))


@pytest.mark.parametrize(
    ("bound", "value"), [("max_calls", 0), ("max_tokens", -1), ("hours", 0.0), ("max_calls", -5)]
)
def test_a_bound_is_above_nothing(bound: str, value: float) -> None:
    with pytest.raises(InputError, match="not above 0"):
        OptimisationBudget(**{bound: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("sizes", [(0, 0), (1, 0), (3, 0), (0, 5)])
def test_too_few_examples_are_told(optimizer: str, sizes: tuple[int, int]) -> None:
    train, select = sizes
    with pytest.raises(InputError, match="too few examples"):
        plan_search(optimizer, SearchSizes(train=train, select=select))


def test_an_unknown_optimiser_is_told() -> None:
    with pytest.raises(InputError, match="no optimiser 'copro'"):
        plan_search("copro", SIZES)


@pytest.mark.parametrize(("groups", "is_told"), [(0, True), (2, True), (3, False), (None, False)])
def test_a_gate_that_can_decide_nothing_is_told_with_the_plan(
    groups: int | None, *, is_told: bool
) -> None:
    told = plan_search("labeled", replace(SIZES, gate_groups=groups)).small_gate
    assert bool(told) is is_told
    if is_told:
        assert f"of {groups} tables" in told
        assert "lakegloss examples" in told
