"""The gate: opened once for a candidate, counted, and never with fewer than three groups."""

from collections.abc import Iterator
from pathlib import Path

import dspy
import pytest

from lakegloss.core.statistics.intervals import Conclusion
from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.learning.optimisation import Optimised, optimise
from lakegloss.learning.optimisation.gate.opened_gate import OpenedGate, open_gate
from lakegloss.learning.optimisation.gate.openings import GateOpenings
from tests.kits.taught_model import RouteTicket, TaughtModel, engine_of, exact, lm_of, tickets

GATE = tickets(9, start=500)


@pytest.fixture
def model() -> TaughtModel:
    return TaughtModel()


@pytest.fixture
def found(model: TaughtModel) -> Iterator[Optimised]:
    with engine_of(model) as engine:
        yield optimise(
            dspy.Predict(RouteTicket), train=tickets(8), select=tickets(5, start=100),
            metric=exact, optimizer="labeled", lm=lm_of(engine), gate=len(GATE),
        )  # fmt: skip


def opened(found: Optimised, folder: Path, examples: list[dspy.Example] = GATE) -> OpenedGate:
    return open_gate(found, examples, GateOpenings(folder), program="p", data_hash="d")


def test_a_taught_program_is_better_and_the_opening_is_kept(
    found: Optimised, model: TaughtModel, tmp_path: Path
) -> None:
    gate = opened(found, tmp_path)
    assert gate.is_better
    assert gate.decision is not None
    assert (gate.decision.openings, gate.decision.alpha) == (1, 0.05)
    calls = model.calls
    again = opened(found, tmp_path)
    assert again.is_better
    assert again.decision is not None
    assert again.decision.known
    assert model.calls == calls
    [kept] = GateOpenings(tmp_path).all()
    assert kept.conclusion == Conclusion.BETTER
    assert "ticket" not in "".join(p.read_text() for p in tmp_path.iterdir())


def test_each_other_candidate_divides_the_error_further(found: Optimised, tmp_path: Path) -> None:
    openings = GateOpenings(tmp_path)
    open_gate(found, GATE, openings, program="p", data_hash="d")
    swapped = Optimised(
        program=found.program, search=found.search, session=found.session,
        base=found.candidate, candidate=found.base,
    )  # fmt: skip
    gate = open_gate(swapped, GATE, openings, program="p", data_hash="d")
    assert gate.decision is not None
    assert gate.decision.conclusion is Conclusion.WORSE
    assert (gate.decision.openings, gate.decision.alpha) == (2, 0.025)


def test_with_two_groups_nothing_is_asked_and_nothing_counted(
    found: Optimised, model: TaughtModel, tmp_path: Path
) -> None:
    calls = model.calls
    gate = opened(found, tmp_path / "none", GATE[:2])
    assert gate.decision is not None
    assert gate.decision.conclusion is Conclusion.TOO_FEW
    assert model.calls == calls
    assert not (tmp_path / "none").exists()


def test_a_record_that_cannot_be_read_is_not_forgotten(found: Optimised, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(EnvironmentNotReadyError, match="cannot be read"):
        opened(found, tmp_path)
