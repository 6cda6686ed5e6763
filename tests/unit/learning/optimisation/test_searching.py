"""Optimisers find what a model must be told, within the budget; it is told what they did."""

from collections.abc import Iterator
from typing import Any

import dspy
import pytest

from lakegloss.engine.engine import Engine
from lakegloss.learning.optimisation import OptimisationBudget, Optimised, optimise
from tests.kits.taught_model import (
    KEY,
    RouteTicket,
    TaughtModel,
    engine_of,
    exact,
    lm_of,
    tickets,
)

TRAIN, SELECT = tickets(12), tickets(6, start=100)


@pytest.fixture
def model() -> TaughtModel:
    return TaughtModel()


@pytest.fixture
def engine(model: TaughtModel) -> Iterator[Engine]:
    with engine_of(model) as engine:
        yield engine


def optimised(engine: Engine, optimizer: str, **options: Any) -> Optimised:
    given: dict[str, Any] = {
        "train": TRAIN, "select": SELECT, "metric": exact, "optimizer": optimizer,
        "lm": lm_of(engine), "budget": OptimisationBudget(max_calls=600),
    }  # fmt: skip
    return optimise(dspy.Predict(RouteTicket), **given | options)


@pytest.mark.parametrize("optimizer", ["labeled", "bootstrap", "gepa", "mipro"])
def test_an_optimiser_finds_what_the_model_must_be_told(
    engine: Engine, model: TaughtModel, optimizer: str
) -> None:
    if optimizer == "mipro":
        pytest.importorskip("optuna")
    found = optimised(engine, optimizer)
    assert found.changed, found.account
    assert found.search.winner is not None
    assert found.search.winner.figures is not None
    assert found.search.winner.figures.quality.mean == 1.0
    assert found.search.calls == model.calls <= 600
    assert KEY in found.state or "T-7" in found.state
    assert "is told:" in found.account or "examples that it was not shown" in found.account


def test_simba_learns_from_differences_between_samples() -> None:
    model = TaughtModel(lucky=0.4)
    with engine_of(model) as engine:
        found = optimised(engine, "simba", budget=OptimisationBudget(max_calls=240))
    assert found.changed, found.account
    assert found.search.winner is not None
    assert found.search.winner.figures is not None
    assert found.search.winner.figures.quality.mean == 1.0
