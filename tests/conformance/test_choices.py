"""The choices of blocks.yml between the documents and good practice: what they say is so."""

from pathlib import Path
from typing import Any

import dspy
import pytest
import yaml

from lakegloss.engine.models import settings_of
from lakegloss.errors import SettingsError
from lakegloss.programs.asking import Patience
from lakegloss.serving import DSPyPipelineExecutor
from lakegloss.serving.api.access.callers import secret_of
from lakegloss.serving.api.start import workers_of_service
from lakegloss.serving.executor.cache import CACHE_RESULTS, identity_of
from lakegloss.serving.executor.options import patience_of, workers_of
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer

CHOICES: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "blocks.yml").read_text(encoding="utf-8")
)["choices"]


def choice(words: str) -> str:
    """The one choice that has these words."""
    [found] = [c["what"] for c in CHOICES if words in c["what"]]
    return found


def test_every_choice_has_a_reason() -> None:
    assert all(c["what"] and c["why"] and len(c) == 2 for c in CHOICES)


def test_defaults_of_openais_variables() -> None:
    settings = settings_of({"OPENAI_API_KEY": "k"})
    assert settings is not None
    assert settings.temperature is None
    assert "no default" in choice("OPENAI_TEMPERATURE")
    assert f"{settings.call_timeout:g} seconds" in choice("OPENAI_TIMEOUT")
    told = {"OPENAI_API_KEY": "k", "OPENAI_TEMPERATURE": "0.7", "OPENAI_TIMEOUT": "30"}
    honoured = settings_of(told)
    assert honoured is not None
    assert (honoured.temperature, honoured.call_timeout) == (0.7, 30)


def test_defaults_of_workers() -> None:
    text = choice("workers")
    assert f"has {workers_of({})} workers" in text
    assert f"the service has {workers_of_service(load_settings(environ={}), {})[0]}" in text
    assert workers_of({"DSPY_ASYNC_MAX_WORKERS": "8"}) == 8


def test_a_short_secret() -> None:
    text = choice("SECRET_KEY")
    assert "16" in text
    assert secret_of({"SECRET_KEY": "x" * 15}, "127.0.0.1")
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        secret_of({"SECRET_KEY": "x" * 15}, "10.0.0.1")


def test_retries_that_nobody_gave() -> None:
    assert "max_retries" in choice("attempts")
    assert patience_of(None) == Patience(asks=2, calls=None)
    assert patience_of(2) == Patience(asks=3, calls=3)


def test_modules_that_say_nothing() -> None:
    class Mine(dspy.Module):  # type: ignore[misc]  # dspy is untyped
        def __init__(self) -> None:
            super().__init__()
            self.predict = dspy.Predict("a -> b")

    assert CACHE_RESULTS in choice("are cached")
    module: Any = Mine()
    assert identity_of(module) == ""
    module.cache_results = True
    assert identity_of(module)


def test_tracking_that_nobody_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "MLFLOW_TRACKING_URI" in choice("mlflow_tracking")
    with ProgramServer() as server:
        environ = {"LAKEGLOSS_MODEL": "m", "LAKEGLOSS_ENDPOINT": server.url}
        with DSPyPipelineExecutor(environ=environ) as executor:
            assert executor.execute(model_id="SummarizeText", inputs={"document": "d"}).success
    assert not list(tmp_path.iterdir())
