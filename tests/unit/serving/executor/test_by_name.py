"""Programs by their names alone: of the registry, of families, of files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.errors import SignatureNotFoundError
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.families import FAMILIES
from lakegloss.programs.library import EmailDraft
from lakegloss.programs.saved import save
from lakegloss.release.files import saved_of
from lakegloss.serving import DSPyModelLoader
from lakegloss.serving.executor.active_run import autolog
from lakegloss.serving.executor.by_reference import RegisteredPrograms
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.model.packaging import register
from tests.kits.program_server import ProgramServer
from tests.kits.registry import registry_in, settings_in
from tests.kits.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture(scope="module")
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose registry has a letter, registered from its file, and a chain that learned."""
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    home = tmp_path_factory.mktemp("home")
    settings = settings_in(home)
    registry = registry_in(settings)
    (home / "email.json").write_text(save(EmailDraft, "email").text)
    register(registry, "lakegloss_email", saved_of(str(home / "email.json")), settings)
    registry.point("lakegloss_email", "champion", 1)
    chain = SignatureChain().add("SummarizeText", {"document": "report"})
    program = chain.program(inputs=["report"])
    program.predictors()[0].demos = [{"document": "d", "summary": "s"}]
    register(registry, "lakegloss_weekly", save(program, "weekly"), settings)
    return home


def environ(server: ProgramServer, home: Path) -> dict[str, str]:
    return {
        "LAKEGLOSS_MODEL": "m",
        "LAKEGLOSS_ENDPOINT": server.url,
        "LAKEGLOSS_HOME": str(home),
    }


def test_a_registered_program_runs_without_more_words(
    server: ProgramServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ(server, home).items():
        monkeypatch.setenv(name, value)
    with DSPyPipelineExecutor(mlflow_tracking=False) as executor:
        for model_id in (
            "lakegloss_email/1",
            "models:/lakegloss_email/1",
            "lakegloss_email@champion",
            "lakegloss_email",
        ):
            result = executor.execute(model_id=model_id, inputs=LETTER)
            assert result.success, result.error
            assert result.metadata["version"] == "lakegloss_email/1"
        assert executor.execute_signature("lakegloss_email/1", LETTER).metadata["cached"]
        batch = executor.execute_batch("lakegloss_weekly/1", inputs_list=[{"report": "r"}] * 2)
        assert [r.success for r in batch] == [True, True]
        assert "lakegloss_email" in executor.list_signatures()
        missing = executor.execute(model_id="lakegloss_email/9", inputs=LETTER)
        assert missing.error == "Model lakegloss_email/9 not found in registry"
        refused = executor.execute(model_id="others/1", inputs=LETTER)
        assert "not allowed" in refused.error
        assert "registry_allow" in refused.metadata["remedy"]
    assert server.requests[-1]["messages"][1]["content"] == '{"document":"d"}'


def test_a_service_asks_the_registry_only_where_it_may(server: ProgramServer, home: Path) -> None:
    with DSPyPipelineExecutor(environ=environ(server, home), registry=False) as executor:
        result = executor.execute(model_id="lakegloss_email/1", inputs=LETTER)
        assert result.error == "Model lakegloss_email/1 not found in registry"


def test_who_has_no_champion_yet_is_told_so(server: ProgramServer, home: Path) -> None:
    own = settings_in(home)
    register(registry_in(own), "lakegloss_new", saved_of(str(home / "email.json")), own)
    settings = environ(server, home)
    with DSPyPipelineExecutor(environ=settings) as executor:
        assert executor.execute(model_id="lakegloss_new/1", inputs=LETTER).success
        for name in ("lakegloss_new", "lakegloss_new@champion"):
            told = executor.execute(model_id=name, inputs=LETTER).metadata["remedy"]
            assert "once that version was promoted" in told
            assert "Did you mean 'lakegloss_new'" not in told
        assert "promoted" not in executor.execute(model_id="Nothing", inputs={}).metadata["remedy"]


def test_a_followed_alias_ends_with_its_executor(server: ProgramServer, home: Path) -> None:
    import threading

    def following() -> list[Any]:
        return [t for t in threading.enumerate() if t.name == "lakegloss-versions"]

    before = len(following())
    executor = DSPyPipelineExecutor(environ=environ(server, home))
    assert executor.execute(model_id="lakegloss_email", inputs=LETTER).success
    assert len(following()) == before + 1
    del executor
    until(lambda: len(following()) == before)


def test_what_is_in_no_registry_makes_none(
    server: ProgramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow takes seconds to import and to make a database; a name that is not there does not."""
    autolog(disable=True)  # which another test of this process may have begun
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with DSPyPipelineExecutor(environ=environ(server, tmp_path)) as executor:
        for name in ("email-assistant-v1", "lakegloss_email", "lakegloss_email/1", "a b@@"):
            result = executor.execute(model_id=name, inputs={})
            assert result.error == f"Model {name} not found in registry"
        with pytest.raises(SignatureNotFoundError, match="Did you mean EmailDraft"):
            executor.execute_signature("EmailDrafts", LETTER)
    assert not list(tmp_path.iterdir())
    assert RegisteredPrograms(None, {}).names == []


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_families_are_found_by_name(server: ProgramServer, tmp_path: Path, family: Any) -> None:
    signature = FAMILIES[family]
    inputs: dict[str, Any] = {
        name: ["x"] if field.annotation == list[str] else "x"
        for name, field in signature.input_fields.items()
        if field.is_required()
    }
    for number, name in enumerate((signature.__name__, family.value)):
        (tmp_path / f"of-{number}.yaml").write_text(f"name: x\nsignature: {name}\n")
    chain = SignatureChain().add(signature.__name__, name="step")
    home = tmp_path / "home"
    with DSPyPipelineExecutor(
        environ=environ(server, home), sources=[DSPyModelLoader(tmp_path)]
    ) as executor:
        assert signature.__name__ in executor.list_signatures()
        for name in (signature.__name__, family.value, "of-0", "of-1"):
            result = executor.execute_signature(name, inputs)
            assert list(result.outputs) == list(signature.output_fields)
        assert executor.execute(dspy.Predict(signature), inputs=inputs).success
        assert executor.execute_chain(chain, inputs).success
    assert saved_of(family.value).body["signature"] == signature.__name__
