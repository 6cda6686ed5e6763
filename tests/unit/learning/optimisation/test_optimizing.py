"""The whole way without a lake: a program's file, a file of examples, a model over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.statistics.intervals import Conclusion
from lakegloss.errors import BudgetExceededError, ExampleFileError, InputError, SettingsError
from lakegloss.learning.optimisation import OptimisationBudget
from lakegloss.learning.optimisation.optimizing import OptimizeReport, optimize
from lakegloss.programs.saved import load_saved
from lakegloss.release.optimised import program_to_optimize
from lakegloss.serving.model.challenger import register_challenger
from lakegloss.settings import Settings
from tests.kits.registry import registry_in
from tests.kits.taught_model import TaughtServer, write_examples, write_program


@pytest.fixture
def server() -> Iterator[TaughtServer]:
    with TaughtServer() as server:
        yield server


def settings_of(server: TaughtServer, home: Path, **more: Any) -> Settings:
    return Settings(home=home, model="taught", endpoint=server.url, **more)


def run(server: TaughtServer, home: Path, data: Path, **options: Any) -> OptimizeReport:
    settings = settings_of(server, home)
    program = program_to_optimize(settings, str(write_program(home)))
    return optimize(None, settings, program, data=data, **{"optimizer": "labeled"} | options)


def test_a_better_program_is_found_and_told(server: TaughtServer, tmp_path: Path) -> None:
    report = run(server, tmp_path, write_examples(tmp_path))
    assert report.is_better, report.account
    assert "better than the program as it is" in report.account
    assert report.measured["difference"] == 1.0
    assert report.measured["openings"] == 1
    assert report.found is not None
    state = json.loads(report.found.state)
    assert state["name"] == "route_ticket"
    assert state["body"]["demos"]


def test_the_same_command_pays_nothing_and_comes_to_the_same(
    server: TaughtServer, tmp_path: Path
) -> None:
    data = write_examples(tmp_path)
    first = run(server, tmp_path, data)
    calls = server.count
    second = run(server, tmp_path, data)
    assert server.count == calls
    assert first.found is not None
    assert second.found is not None
    assert second.found.state == first.found.state
    assert (second.used.paid_calls, second.used.calls) == (0, first.used.calls - 12)  # the gate
    assert first.used.calls == first.used.paid_calls == calls
    assert second.is_better
    assert "not opened again" in second.account


def test_train_is_all_that_an_optimiser_shows(server: TaughtServer, tmp_path: Path) -> None:
    run(server, tmp_path, write_examples(tmp_path), optimizer="bootstrap")
    shown = {m["content"] for body in server.requests for m in body["messages"][1:-1]}
    rooms = {f"room {n} " for n in range(10, 22)}
    asked = [body["messages"][-1]["content"] for body in server.requests]
    assert sum(any(f"room {n} " in text for n in range(16, 22)) for text in asked) == 2 * 6
    assert any("room 3 " in text for text in shown)
    assert not [text for text in shown if any(room in text for room in rooms)]


@pytest.mark.parametrize(("gate", "said"), [(0, Conclusion.TOO_FEW), (2, Conclusion.TOO_FEW)])
def test_a_gate_of_few_examples_is_too_few_to_tell(
    server: TaughtServer, tmp_path: Path, gate: int, said: Conclusion
) -> None:
    report = run(server, tmp_path, write_examples(tmp_path, gate=gate))
    assert report.gate is not None
    assert report.gate.decision is not None
    assert report.gate.decision.conclusion is said
    assert not report.is_better
    assert report.result.startswith("Too few to tell")


@pytest.mark.parametrize("sides", [(2, 1, 0), (0, 2, 1), (3, 0, 0)])
def test_three_examples_are_refused_before_anything_is_asked(
    server: TaughtServer, tmp_path: Path, sides: tuple[int, int, int]
) -> None:
    train, select, gate = sides
    data = write_examples(tmp_path, train=train, select=select, gate=gate)
    with pytest.raises(InputError, match="too few examples"):
        run(server, tmp_path, data, optimizer="gepa")
    assert server.count == 0


def test_examples_that_differ_in_digits_alone_are_told(
    server: TaughtServer, tmp_path: Path
) -> None:
    row = {"program": "route_ticket", "outputs": {"team": "T-7"}}
    lines = [
        json.dumps(row | {
            "subject": f"ticket {n}", "split": side,
            "inputs": {"ticket": f"The printer on the second floor in room {n} fails."},
        })
        for n, side in enumerate(["train"] * 6 + ["select"] * 4)
    ]  # fmt: skip
    data = tmp_path / "alike.jsonl"
    data.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match=r"4 examples count nowhere: another side has one") as told:
        run(server, tmp_path, data, optimizer="bootstrap")
    assert "differ in more than their numbers" in told.value.remedy
    assert server.count == 0


def test_no_examples_and_wrong_files_are_told(server: TaughtServer, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text('{"program": "another", "inputs": {"a": "b"}, "expected": "c"}\n')
    with pytest.raises(InputError, match="no examples of the program 'route_ticket'"):
        run(server, tmp_path, other)
    for name, text in [("x.jsonl", "{"), ("x.txt", "a"), ("x.csv", "a,b\n1,2\n")]:
        (tmp_path / name).write_text(text)
        with pytest.raises(ExampleFileError):
            run(server, tmp_path, tmp_path / name)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"program": "route_ticket", "inputs": {"room": "b"}, "expected": "c"}\n')
    with pytest.raises(InputError, match="has the input 'room'"):
        run(server, tmp_path, bad)
    with pytest.raises(SettingsError, match="needs a model"):
        optimize(None, Settings(home=tmp_path), program_to_optimize(Settings()), data=other)


@pytest.mark.slow
def test_what_is_better_is_registered_without_a_lake(server: TaughtServer, tmp_path: Path) -> None:
    report = run(server, tmp_path, write_examples(tmp_path))
    settings = settings_of(server, tmp_path)
    registry = registry_in(settings)
    assert register_challenger(None, settings, report) == "lakegloss_route_ticket/1"
    [version] = registry.versions("lakegloss_route_ticket")
    assert version.measured == report.measured
    assert load_saved(registry.saved(version)).demos
    few = run(server, tmp_path, write_examples(tmp_path, gate=1))
    with pytest.raises(InputError, match="Only what the gate calls better"):
        register_challenger(None, settings, few)


def test_a_plan_that_nobody_agrees_to_costs_nothing(server: TaughtServer, tmp_path: Path) -> None:
    plans: list[Any] = []
    report = run(
        server, tmp_path, write_examples(tmp_path), agree=lambda plan: bool(plans.append(plan))
    )
    assert report.found is None
    assert server.count == 0
    assert plans[0].calls >= 6
    with pytest.raises(BudgetExceededError, match="smallest search"):
        run(server, tmp_path, write_examples(tmp_path), budget=OptimisationBudget(max_calls=5))
