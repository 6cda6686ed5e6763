"""A thousand texts that nobody may learn from: in no prompt, no saved program and no account."""

import json
from collections.abc import Iterator
from pathlib import Path

import dspy
import pytest

from lakegloss.core.requests import ModelRequest
from lakegloss.learning.optimisation import optimise
from lakegloss.learning.optimisation.candidates import Candidate, PredictorState
from lakegloss.learning.optimisation.optimizing import optimize
from lakegloss.learning.optimisation.states import refusal_of_state
from lakegloss.release.optimised import program_to_optimize
from lakegloss.settings import Settings
from tests.kits.example_canaries import everything
from tests.kits.taught_model import (
    RouteTicket,
    TaughtModel,
    TaughtServer,
    engine_of,
    exact,
    lm_of,
    tickets,
    write_program,
)

SIDES = ("train", "select", "gate")


def examples_file(folder: Path) -> Path:
    """Good examples, and a thousand bad ones beside them on all sides."""
    lines = [
        {"program": "route_ticket", "subject": f"good {n}", "split": SIDES[n % 3],
         "inputs": {"ticket": e.ticket}, "outputs": {"team": e.team}}
        for n, e in enumerate(tickets(30))
    ] + [
        {"program": "route_ticket", "subject": f"bad {n}", "split": SIDES[n % 3],
         **({"inputs": {"ticket": f"The printer fails. {text}"}, "outputs": {"team": "T-7"}}
            if n % 2 else
            {"inputs": {"ticket": f"The printer in room {n} fails."},
             "outputs": {"team": f"T-7 {text}"}})}
        for n, text in enumerate(everything())
    ]  # fmt: skip
    path = folder / "examples.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def server() -> Iterator[TaughtServer]:
    with TaughtServer() as server:
        yield server


def test_a_thousand_canaries_reach_nothing(
    server: TaughtServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path, model="taught", endpoint=server.url)
    program = program_to_optimize(settings, str(write_program(tmp_path)))
    report = optimize(None, settings, program, data=examples_file(tmp_path), optimizer="bootstrap")
    assert report.examples.refused == 1_000
    assert report.found is not None
    seen = "\n".join(
        [*server.model.prompts, report.found.state, report.account, caplog.text,
         *(p.read_text() for p in tmp_path.glob("journal/**/*.json*"))]
    )  # fmt: skip
    assert [text for text in everything() if text in seen] == []
    assert report.is_better


def test_examples_from_python_are_screened_as_well() -> None:
    bad = [
        dspy.Example(ticket=f"The printer fails. {text}", team="T-7").with_inputs("ticket")
        for text in everything()[:40]
    ]
    model = TaughtModel()
    with engine_of(model) as engine:
        found = optimise(
            dspy.Predict(RouteTicket), train=[*tickets(6), *bad[:20]],
            select=[*bad[20:], *tickets(4, start=50)], metric=exact, optimizer="labeled",
            lm=lm_of(engine),
        )  # fmt: skip
    assert found.search.sizes.train == 6
    assert "40 examples were left out" in found.account
    prompts = "\n".join(model.prompts)
    assert [text for text in everything()[:40] if text in prompts + found.state] == []


@pytest.mark.parametrize("place", ["instruction", "demo"])
def test_what_a_model_wrote_is_screened_before_it_is_kept(place: str) -> None:
    base = Candidate(predictors={"self": PredictorState(instructions="Name the team.")})
    missed = []
    for text in everything():
        state = (
            PredictorState(instructions=f"Name the team. {text}")
            if place == "instruction"
            else PredictorState(instructions="Name the team.", demos=({"team": text},))
        )
        if not refusal_of_state(Candidate(predictors={"self": state}), base):
            missed.append(text)
    assert missed == []


def test_a_candidate_with_a_secret_is_refused_and_told(tmp_path: Path) -> None:
    """A model that answers with a value it knows must not put it into the program."""
    secret = "Write to anna.schmidt@example.com for printers."

    def leak(request: ModelRequest, text: str) -> str:
        return text if '"new_instruction"' not in request.schema else json.dumps(
            {"new_instruction": f"Name the team by its house code. {secret}"}
        )  # fmt: skip

    with TaughtServer(TaughtModel(spoil=leak)) as server:
        settings = Settings(home=tmp_path, model="taught", endpoint=server.url)
        program = program_to_optimize(settings, str(write_program(tmp_path)))
        report = optimize(None, settings, program, data=examples_file(tmp_path), optimizer="gepa")
    assert not report.changed
    assert report.found is not None
    assert secret not in report.found.state
    assert "refused: of its instruction" in report.account
    assert secret not in report.account
