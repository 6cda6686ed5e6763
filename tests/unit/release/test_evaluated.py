"""Which version is evaluated, and what happens where it cannot be."""

from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.evaluation.figures import Spent, figures_of_version
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.learning.answering import EvaluatedVersion
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.programs.comment import CommentProgram
from lakegloss.release.evaluated import evaluated_version, record_evaluation
from lakegloss.settings import load_settings


def resolve(
    tmp_path: Path, name: str = "", state: Path | None = None, **more: Any
) -> EvaluatedVersion:
    return evaluated_version(load_settings(environ={}, home=tmp_path, **more), name, state)


@pytest.mark.parametrize(
    ("name", "model", "label", "source"),
    [
        ("", "", "rules", "rules"),
        ("built-in", "", "rules", "rules"),
        ("rules", "m", "rules", "rules"),
        ("", "m", "built-in", "model"),
        ("built-in", "m", "built-in", "model"),
    ],
)
def test_without_a_model_the_rules_write(
    tmp_path: Path, name: str, model: str, label: str, source: str
) -> None:
    found = resolve(tmp_path, name, model=model, endpoint="http://unused" if model else "")
    assert (found.label, found.source) == (label, source)


def test_a_state_is_another_version(tmp_path: Path) -> None:
    program = CommentProgram()
    program.write.signature = program.write.signature.with_instructions("Write otherwise.")
    state = tmp_path / "better.json"
    state.write_text(program.dump(), encoding="utf-8")
    found = resolve(tmp_path, state=state, model="m", endpoint="http://unused")
    assert (found.label, found.version) == ("better.json", program.version)
    assert found.version != CommentProgram().version


@pytest.mark.parametrize(
    ("name", "state", "model", "says"),
    [
        ("built-in", "x.json", "m", "A version and a state"),
        ("", "gone.json", "m", "cannot be read"),
        ("lakegloss_comment@champion", "", "", "needs a model"),
        ("lakegloss_comment@champion", "", "m", "lakegloss_comment"),
    ],
)
def test_what_cannot_be_evaluated_is_named(
    tmp_path: Path, name: str, state: str, model: str, says: str
) -> None:
    given = Path(state) if state else None
    with pytest.raises(LakeglossError, match=says):
        resolve(tmp_path, name, given, model=model, endpoint="http://unused" if model else "")


def nothing_found() -> EvaluationReport:
    figures = figures_of_version(
        [], label="rules", program="rules", program_version="1", model="", own_source="rules",
        spent=Spent(),
    )  # fmt: skip
    return EvaluationReport(
        run_id="r", status="done", data_name="d", data_hash="h", split="", tables=[],
        versions=[figures],
    )  # fmt: skip


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    settings = load_settings(environ={}, home=tmp_path)
    with pytest.raises(SettingsError, match="cannot be written"):
        record_evaluation(nothing_found(), settings, tmp_path / "file" / "e.html", mlflow=False)


def test_a_server_that_is_gone_costs_no_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    settings = load_settings(environ={}, home=tmp_path)
    page, run = record_evaluation(nothing_found(), settings, tmp_path / "e.html")
    assert page.is_file()
    assert run == ""
    assert "could not be recorded in MLflow" in caplog.text
