"""The documented calls of fine-tuning, in our own words; it gives a program like any other."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from lakegloss.core.release.saved_text import read_saved
from lakegloss.errors import InputError, SettingsError
from lakegloss.learning import FeedbackCollector, TelepromptFineTuner
from lakegloss.programs import BaseSignature, SignatureField, save
from lakegloss.programs.saved import load_saved
from lakegloss.serving import DSPyPipelineExecutor
from lakegloss.settings import load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.service_server import RunningService

KEY = "a-key-of-sixteen-or-more"


class NameTeam(BaseSignature):
    """Name the team that takes the ticket."""

    ticket = SignatureField("what the customer wrote")
    team = SignatureField("the team", prefix="Team:")


TEAMS = {"printer": "T-7", "invoice": "T-3", "login": "T-1"}


def team_of(ticket: str) -> str:
    return next(team for word, team in TEAMS.items() if word in ticket)


def answer(body: Mapping[str, Any], _: object, __: int) -> Said:
    """Knows the codes of the teams only where demonstrations show them."""
    shown = [m["content"] for m in body["messages"] if m["role"] == "assistant"]
    asked = json.loads(body["messages"][-1]["content"])
    if "ticket" not in asked:
        return 200, completion(json.dumps({"email_body": "Hello."}))
    team = team_of(asked["ticket"]) if any("T-" in text for text in shown) else "the help desk"
    return 200, completion(json.dumps({"team": team}))


def tickets(count: int) -> list[dict[str, Any]]:
    words = list(TEAMS)
    texts = [f"The {words[n % 3]} in room {n} fails." for n in range(count)]
    return [{"inputs": {"ticket": text}, "outputs": {"team": team_of(text)}} for text in texts]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweringServer]:
    with AnsweringServer(answer) as running:
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", running.url)
        yield running


@pytest.fixture
def executor(server: AnsweringServer) -> Iterator[DSPyPipelineExecutor]:
    with DSPyPipelineExecutor(mlflow_tracking=False) as found:
        yield found


def team(executor: DSPyPipelineExecutor, name: str) -> str:
    result = executor.execute_signature(name, inputs={"ticket": "My login is broken."})
    return str(result["team"])


def test_a_signature_is_compiled_registered_saved_and_executed(
    executor: DSPyPipelineExecutor, tmp_path: Path, server: AnsweringServer
) -> None:
    executor.register_signature("NameTeam", NameTeam)
    assert team(executor, "NameTeam") == "the help desk"
    finetuner = TelepromptFineTuner()
    optimized = finetuner.compile(signature=NameTeam, examples=tickets(12), metric="accuracy")
    assert finetuner.last is not None
    assert "candidate" in finetuner.last.account
    executor.register_signature("OptimizedTeam", optimized)
    assert team(executor, "OptimizedTeam") == "T-1"
    assert team(executor, "NameTeam") == "the help desk", "the signature itself is as it was"

    saved = save(optimized, "saved-team")
    executor.register_signature("SavedTeam", load_saved(read_saved(saved.text)))
    assert team(executor, "SavedTeam") == "T-1"

    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "team.yaml").write_text(json.dumps(dict(saved.body)))
    settings = load_settings(
        environ={}, home=tmp_path, model="m", endpoint=server.url,
        serve_programs=tmp_path / "programs",
    )  # fmt: skip
    with RunningService(settings, environ={"SECRET_KEY": KEY}) as service:
        answered = httpx.post(
            f"{service.url}/api/v1/dspy/execute",
            headers={"Authorization": f"Bearer {KEY}"},
            json={"program_id": "team", "inputs": {"ticket": "My login is broken."}},
        )
    assert answered.json()["outputs"]["team"] == "T-1", answered.text


def test_a_program_is_compiled_from_what_people_said(executor: DSPyPipelineExecutor) -> None:
    executor.register_signature("NameTeam", NameTeam)
    collector = FeedbackCollector()
    for example in tickets(9):
        result = executor.execute_signature(
            "NameTeam", inputs=example["inputs"], collect_feedback=True
        )
        collector.add_feedback(
            execution_id=result["execution_id"], rating=2, corrections=example["outputs"]
        )
    assert collector.feedback_count() >= 9
    optimized = TelepromptFineTuner().compile_from_feedback(
        signature_name="NameTeam", feedback=collector.get_feedback()
    )
    executor.register_signature("Better", optimized)
    assert team(executor, "Better") == "T-1"


def test_feedback_on_others_and_without_a_word_teaches_nothing(
    executor: DSPyPipelineExecutor,
) -> None:
    collector = FeedbackCollector()
    letter = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}
    result = executor.execute_signature("EmailDraft", inputs=letter, collect_feedback=True)
    collector.add_feedback(execution_id=result["execution_id"], rating=3)
    for name in ("EmailDraft", "SummarizeText"):
        with pytest.raises(InputError, match=f"says what {name} is to write"):
            TelepromptFineTuner().compile_from_feedback(name, collector.get_feedback())


@pytest.mark.parametrize("count", [0, 1])
def test_with_too_few_examples_the_signature_stays_and_nothing_is_asked(
    server: AnsweringServer, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    finetuner = TelepromptFineTuner()
    compiled = finetuner.compile(signature=NameTeam, examples=tickets(count), metric="accuracy")
    assert compiled.demos == []
    assert (finetuner.last, server.bodies) == (None, [])
    assert "stays as it is" in caplog.text


def test_what_holds_personal_data_is_not_shown(server: AnsweringServer) -> None:
    secret = tickets(12)
    secret[3]["inputs"]["ticket"] += " Call +49 30 901820 or write to ann.smith@example.com."
    TelepromptFineTuner().compile(NameTeam, secret, "exact_match")
    assert not any("ann.smith@" in json.dumps(body) for body in server.bodies)


def test_a_metric_of_ones_own_decides(server: AnsweringServer) -> None:
    def wants_help_desk(example: Any, prediction: Any) -> float:
        return float(prediction.team == "the help desk")

    compiled = TelepromptFineTuner().compile(NameTeam, tickets(9), wants_help_desk)
    assert compiled.demos == []


@pytest.mark.parametrize(
    ("examples", "says"),
    [
        ([{"inputs": {"ticket": "x"}}], "The example 1 has no outputs"),
        ([{"outputs": {"team": "x"}}], "The example 1 has no inputs"),
        (["text"], "has no inputs"),
        ([*tickets(2), {"inputs": {"tickt": "x"}, "outputs": {"team": "y"}}], "tickt"),
    ],
)
def test_examples_of_another_form_are_refused(
    server: AnsweringServer, examples: list[Any], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        TelepromptFineTuner().compile(NameTeam, examples, "accuracy")
    assert not server.bodies


def test_without_a_model_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LAKEGLOSS_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="No model is set"):
        TelepromptFineTuner().compile(NameTeam, tickets(4), "accuracy")
