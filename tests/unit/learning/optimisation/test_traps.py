"""What goes wrong with DSPy's optimisers in silence elsewhere is told, or does not happen here."""

import itertools
import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.errors import EndpointError
from lakegloss.learning.optimisation import OptimisationBudget, Optimised, optimise
from lakegloss.programs.chain import SignatureChain
from tests.kits.engine import FakeClock
from tests.kits.taught_model import (
    RouteTicket,
    TaughtModel,
    engine_of,
    exact,
    lm_of,
    tickets,
)

TRAIN, SELECT = tickets(12), tickets(6, start=100)


def optimised(model: TaughtModel, optimizer: str, program: Any = None, **options: Any) -> Optimised:
    given: dict[str, Any] = {"train": TRAIN, "select": SELECT, "metric": exact}
    with engine_of(model) as engine:
        return optimise(
            program or dspy.Predict(RouteTicket), optimizer=optimizer, lm=lm_of(engine),
            **given | options,
        )  # fmt: skip


def test_gepa_that_can_read_no_proposal_says_so() -> None:
    """It returns the program as it was, and only its log would tell (which nobody reads)."""
    found = optimised(TaughtModel(writes=""), "gepa")
    assert not found.changed
    [note] = found.search.notes
    assert "could be read" in note
    assert note in found.account


def test_simba_takes_fewer_examples_than_its_usual_batch() -> None:
    found = optimised(TaughtModel(lucky=0.5), "simba", train=TRAIN[:5])
    assert found.search.ended == ""
    assert found.search.calls > 20


def test_labelled_examples_go_only_to_predictors_that_have_their_fields() -> None:
    """DSPy gives each predictor of a chain the whole example, of which it shows fragments."""

    class Tidy(dspy.Signature):
        """Tidy the ticket."""

        ticket: str = dspy.InputField()
        tidied: str = dspy.OutputField()

    class Route(dspy.Signature):
        """Name the team."""

        tidied: str = dspy.InputField()
        team: str = dspy.OutputField()

    chain = SignatureChain().add(Tidy, name="tidy").add(Route, name="route")
    program = chain.program(inputs=["ticket"])

    def echo(request: ModelRequest, text: str) -> str:
        return '{"tidied": "the printer"}' if '"tidied":{' in request.schema else text

    model = TaughtModel(spoil=echo)
    found = optimised(model, "labeled", program)
    assert all(not c.state.predictors["tidy"].demos for c in found.search.tried)


def test_a_poor_answer_becomes_no_demonstration() -> None:
    """A score of .3 is true for Python, and without a threshold DSPy takes it for a success."""

    def third(example: Any, prediction: Any) -> float:
        return 1.0 if prediction.team == example.team else 0.3

    found = optimised(TaughtModel(), "bootstrap", metric=third)
    demos = [d for c in found.search.tried for p in c.state.predictors.values() for d in p.demos]
    assert demos
    assert not [demo for demo in demos if demo["team"] == "support"]


def test_the_given_program_is_left_as_it_is_and_may_hold_anything() -> None:
    class Held(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.route = dspy.Predict(RouteTicket)
            self.lock = threading.Lock()  # cannot be copied

        def forward(self, ticket: str) -> Any:
            return self.route(ticket=ticket)

    program = Held()
    vars(program)["_compiled"] = True  # as DSPy leaves it, and then refuses to compile again
    found = optimised(TaughtModel(), "bootstrap", program)
    assert found.changed
    assert program.route.demos == []
    assert program.route.signature.instructions == RouteTicket.instructions
    assert "team" in found.state


def test_runs_that_give_nothing_are_counted() -> None:
    def garbage(request: ModelRequest, text: str) -> str:
        return "no JSON" if "room 101" in request.messages[-1].content else text

    found = optimised(TaughtModel(spoil=garbage), "labeled")
    assert found.search.base is not None
    assert found.search.base.failed == 1
    assert "gave nothing that can be read" in found.account


def test_no_example_reaches_a_log_or_the_terminal(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for optimizer in ("bootstrap", "gepa"):
        optimised(TaughtModel(spoil=lambda r, t: t if "7 f" not in str(r) else "x"), optimizer)
    told = caplog.text + "".join(capsys.readouterr())
    assert "room" not in told
    assert "Bootstrapped" not in told


class _Failing(TaughtModel):
    """Fails some requests as an endpoint does."""

    def __init__(self, when: Callable[[ModelRequest], bool]) -> None:
        super().__init__()
        self._when = when

    def __call__(self, request: ModelRequest) -> Attempt:
        found = super().__call__(request)
        return Attempt(status=500, failure=Failure.SERVER) if self._when(request) else found


def test_an_endpoint_that_fails_is_no_bad_score() -> None:
    failing = _Failing(lambda r: "room 101" in r.messages[-1].content and len(r.messages) > 2)
    policy = CallPolicy(retry=RetryPolicy(attempts=1))
    with Engine(ScriptedTransport(failing), policy, run_id="r") as engine:
        found = optimise(
            dspy.Predict(RouteTicket), train=TRAIN[:4], select=SELECT, metric=exact,
            optimizer="labeled", lm=lm_of(engine), budget=OptimisationBudget(max_calls=20),
        )  # fmt: skip
    assert found.changed
    assert found.search.winner is not None
    assert found.search.winner.figures is not None
    assert found.search.winner.figures.quality.items == 5
    assert found.search.winner.figures.quality.mean == 1.0


def test_an_endpoint_that_goes_on_failing_ends_it_with_its_error() -> None:
    failing = _Failing(lambda r: "room 1" in r.messages[-1].content)
    policy = CallPolicy(retry=RetryPolicy(attempts=1))
    with (
        Engine(ScriptedTransport(failing), policy, run_id="r") as engine,
        pytest.raises(EndpointError),
    ):
        optimise(
            dspy.Predict(RouteTicket), train=TRAIN, select=SELECT, metric=exact, lm=lm_of(engine)
        )


def never_better(also: Callable[[ModelRequest, str], str]) -> TaughtModel:
    """A model whose every instruction is new and none helps, so that a search goes on."""
    written = itertools.count()

    def spoil(request: ModelRequest, text: str) -> str:
        if "new_instruction" in request.schema:
            text = json.dumps({"new_instruction": f"Try {next(written)} times."})
        return also(request, text)

    return TaughtModel(spoil=spoil)


def test_when_the_hours_are_over_the_best_so_far_counts() -> None:
    clock = FakeClock()

    def slow(_: ModelRequest, text: str) -> str:
        clock.time += 60.0
        return text

    budget = OptimisationBudget(hours=1.0)
    found = optimised(never_better(slow), "gepa", clock=clock, budget=budget, threads=1)
    assert found.search.ended == "the hours were over"
    assert 45 <= found.search.calls <= 61
    assert found.search.base is not None
    assert "ended early" in found.account


def test_tokens_are_never_passed_and_the_best_so_far_counts() -> None:
    def long(request: ModelRequest, text: str) -> str:
        return text if "new_" in request.schema else f'{text[:-1]}, "note": "{"word " * 2_000}"}}'

    budget = OptimisationBudget(max_tokens=40_000)
    found = optimised(never_better(long), "gepa", budget=budget)
    assert found.search.ended == "the budget was used up"
    assert 15_000 < found.search.input_tokens + found.search.output_tokens <= 40_000
    assert not found.changed


def test_an_interrupt_leaves_nothing_that_goes_on_asking() -> None:
    model = TaughtModel()
    told: list[str] = []

    def interrupt(step: str, done: int, total: int) -> None:
        told.append(step)
        if step == "search" and done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimised(model, "gepa", tell=interrupt)
    calls = model.calls
    assert "select" in told
    threading.Event().wait(0.3)
    assert model.calls == calls


def test_an_interrupted_search_goes_on_from_its_journal(tmp_path: Path) -> None:
    def run(model: TaughtModel, folder: Path, *, interrupted: bool = False) -> Optimised:
        def tell(step: str, done: int, total: int) -> None:
            if interrupted and step == "search" and done == 9:
                raise KeyboardInterrupt

        paid = [answer for _, part in read_journal(folder) for answer in part]
        with engine_of(model, journal=Journal(folder, "run-1")) as engine:
            return optimise(
                dspy.Predict(RouteTicket), train=TRAIN, select=SELECT, metric=exact, tell=tell,
                optimizer="bootstrap", lm=lm_of(engine), paid=paid,
            )  # fmt: skip

    whole = TaughtModel()
    undisturbed = run(whole, tmp_path / "whole")
    model = TaughtModel()
    with pytest.raises(KeyboardInterrupt):
        run(model, tmp_path / "parts", interrupted=True)
    assert 0 < model.calls < whole.calls
    again = run(model, tmp_path / "parts")
    assert model.asked == whole.asked
    assert again.state == undisturbed.state
    assert again.search.calls == undisturbed.search.calls
