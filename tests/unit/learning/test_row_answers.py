"""Programs run on rows of examples: paid once, failures told apart, one budget for all of a run.

The engine, its journal and HTTP are real; the journal stands in for the ledger of paid answers.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.core.records import Response
from lakegloss.engine.attempt import Usage
from lakegloss.engine.journal import read_journal
from lakegloss.errors import EndpointAuthError, EndpointError
from lakegloss.learning.answering import NOT_AGREED, AskingPlan
from lakegloss.learning.program_evaluation import row_answers
from lakegloss.learning.program_evaluation.evaluated_program import program_to_evaluate
from lakegloss.learning.program_evaluation.row_answers import RowRunner
from lakegloss.programs import ClassifyText, SignatureChain
from lakegloss.settings import load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion

PROGRAM = program_to_evaluate(ClassifyText)


def rows(count: int, *more: str) -> dict[str, Mapping[str, Any]]:
    texts = [*(f"text {n}" for n in range(count)), *more]
    return {f"r{n}": {"text": text, "categories": "a, b"} for n, text in enumerate(texts)}


def answer(body: Mapping[str, Any], _: object, __: int) -> Said:
    given = json.loads(body["messages"][-1]["content"])
    if "GARBAGE" in json.dumps(given):
        return 200, completion("no.")
    if "DOWN" in json.dumps(given):
        return 503, {"error": {"message": "down"}}
    if "document" in given:
        return spending(completion(json.dumps({"summary": given["document"]})))
    return spending(completion(json.dumps({"classification": "a", "confidence": 0.5})))


def spending(said: dict[str, Any]) -> Said:
    return 200, {**said, "usage": {"prompt_tokens": 100, "completion_tokens": 10}}


class Run:
    """A run of an evaluation: what it spent, and a runner."""

    def __init__(self, home: Path, url: str, **options: Any) -> None:
        self.spent = Usage()
        settings = load_settings(environ={}, model="m", endpoint=url, home=home, **options)
        self.plans: list[AskingPlan] = []
        self.agrees = True
        self.runner = RowRunner(
            ledgers=settings.journal_folder, asking=settings.asking, run_id="r",
            progress=lambda *_: None, spent_before=lambda: self.spent, on_spent=self._spend,
            agree=self._agree,
        )  # fmt: skip

    def _spend(self, usage: Usage) -> None:
        self.spent = usage

    def _agree(self, plan: AskingPlan) -> bool:
        self.plans.append(plan)
        return self.agrees


def in_journal(folder: Path, program: str, model: str) -> dict[str, list[Response]]:
    found: dict[str, list[Response]] = {}
    for response in (r for _, part in read_journal(folder) for r in part):
        if response.usable and (response.program, response.model) == (program, model):
            found.setdefault(response.request_hash, []).append(response)
    return found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweringServer]:
    monkeypatch.setattr(row_answers, "paid_answers", in_journal)
    monkeypatch.setattr(row_answers, "sweep", lambda *_: 0)
    with AnsweringServer(answer) as running:
        yield running


Start = Callable[..., Run]


@pytest.fixture
def start(server: AnsweringServer, tmp_path: Path) -> Start:
    return lambda **options: Run(tmp_path, server.url, **options)


def test_what_a_budget_left_open_is_asked_later_and_nothing_twice(
    start: Start, server: AnsweringServer
) -> None:
    first = start(max_tokens_total=4_000, in_flight=1).runner.run(PROGRAM, rows(60))
    assert 0 < first.not_asked["budget"] < 60
    assert len(first.rows) + first.not_asked["budget"] == 60
    done = start().runner.run(PROGRAM, rows(60))
    assert (len(server.bodies), len(done.rows), done.not_asked) == (60, 60, {})
    assert (done.spent.reused, done.spent.calls) == (len(first.rows), 60 - len(first.rows))
    again = start().runner.run(PROGRAM, rows(60))
    assert len(server.bodies) == 60
    assert (again.rows, again.spent.calls) == (done.rows, 0)
    assert again.spent.input_tokens == done.spent.input_tokens, "tokens of all answers that count"


def test_all_programs_of_a_run_share_its_budget(start: Start) -> None:
    run = start(max_tokens_total=5_600, in_flight=1)
    other = program_to_evaluate(ClassifyText.with_instructions("Otherwise."), name="ClassifyText")
    one, two = run.runner.run(PROGRAM, rows(20)), run.runner.run(other, rows(20))
    assert not one.not_asked
    assert two.not_asked["budget"] > 0
    assert run.spent.input + run.spent.output <= 5_600


def test_equal_inputs_are_one_question(start: Start, server: AnsweringServer) -> None:
    same = {f"r{n}": {"text": "same", "categories": "a, b"} for n in range(8)}
    found = start().runner.run(PROGRAM, same)
    assert (len(server.bodies), len(found.rows)) == (1, 8)


def test_failures_of_the_program_are_told_from_those_of_the_endpoint(start: Start) -> None:
    wrong = {**rows(1, "GARBAGE"), "w": {"text": 4, "categories": "a"}, "x": {"txt": "a"}}
    found = start().runner.run(PROGRAM, wrong)
    assert not found.not_asked
    assert found.rows["r0"].failure == ""
    assert "cannot be read" in found.rows["r1"].failure
    assert "Missing required input fields" in found.rows["x"].failure
    down = start(attempts=1).runner.run(PROGRAM, rows(1, "DOWN"))
    assert down.not_asked == {"endpoint": 1}
    assert down.cause


class Breaks(dspy.Module):  # type: ignore[misc]
    """A module with a fault of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = dspy.Predict(ClassifyText)

    def forward(self, text: str, categories: str) -> Any:
        found = self.inner(text=text, categories=categories)
        if "2" in text:
            raise KeyError("lost")
        return found


def test_a_fault_of_a_module_is_a_failure_of_its_row(start: Start) -> None:
    found = start().runner.run(program_to_evaluate(Breaks()), rows(3))
    assert [bool(row.failure) for row in found.rows.values()] == [False, False, True]
    assert "KeyError" in found.rows["r2"].failure


def test_a_chain_is_resumed_in_the_middle_of_its_steps(
    start: Start, server: AnsweringServer
) -> None:
    chain = SignatureChain()
    chain.add("SummarizeText", {"document": "text"})
    chain.add("ClassifyText", {"text": "SummarizeText.summary", "categories": "categories"})
    program = program_to_evaluate(chain.program(inputs=["text", "categories"]), name="digest")
    first = start(max_tokens_total=5_000, in_flight=1).runner.run(program, rows(20))
    assert first.not_asked["budget"] > 0
    done = start().runner.run(program, rows(20))
    assert (len(server.bodies), len(done.rows)) == (40, 20)
    assert set(done.rows["r0"].outputs) == {"classification", "confidence"}


def test_nothing_is_asked_that_nobody_agreed_to(start: Start, server: AnsweringServer) -> None:
    run = start()
    run.agrees = False
    found = run.runner.run(PROGRAM, rows(3))
    assert (found.not_asked, len(server.bodies)) == ({NOT_AGREED: 3}, 0)
    [plan] = run.plans
    assert (plan.requests, plan.max_output_tokens) == (3, 9_000)
    run.agrees = True
    run.runner.run(PROGRAM, rows(3))
    run.runner.run(PROGRAM, rows(3))
    assert len(run.plans) == 2, "what is paid needs no agreement"


@pytest.mark.parametrize(
    ("status", "error"), [(401, EndpointAuthError), (404, EndpointError), (400, EndpointError)]
)
def test_an_endpoint_that_takes_nothing_is_an_error_and_no_score(
    start: Start, tmp_path: Path, status: int, error: type[Exception]
) -> None:
    refusing = AnsweringServer(lambda *_: (status, {"error": {"message": "no"}}))
    with refusing, pytest.raises(error):
        Run(tmp_path, refusing.url).runner.run(PROGRAM, rows(2))
