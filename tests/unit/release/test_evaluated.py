"""Which version is evaluated, and what happens where it cannot be."""

from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.evaluation.figures import Spent, figures_of_version
from lakegloss.errors import LakeglossError, ProgramNotFoundError, SettingsError
from lakegloss.learning.answering import EvaluatedVersion
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.learning.measuring import Measurement, judge_order, measure
from lakegloss.learning.program_evaluation.evaluated_program import EvaluatedProgram
from lakegloss.programs import SummarizeText, save
from lakegloss.programs.comment import CommentProgram
from lakegloss.release.evaluated import evaluated, evaluated_version, record_evaluation
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


YAML = """name: careful
signature: ClassifyText
instructions: Look twice, then assign the one category that fits.
"""


def test_programs_of_other_kinds_are_found_by_name_and_file(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "careful.yaml").write_text(YAML)
    saved = save(SummarizeText, "short")
    (tmp_path / "short.json").write_text(saved.text)
    settings = load_settings(
        environ={}, model="m", endpoint="http://127.0.0.1:9/v1", home=tmp_path,
        serve_programs=tmp_path / "programs",
    )  # fmt: skip

    def found(name: str) -> EvaluatedProgram:
        program = evaluated(settings, name)
        assert isinstance(program, EvaluatedProgram)
        return program

    assert found("ClassifyText").outputs == ("classification", "confidence")
    assert found("entity_extraction").outputs == ("entities",)
    assert found(str(tmp_path / "short.json")).name == "short"
    in_folder, by_path = found("careful"), found(str(tmp_path / "programs" / "careful.yaml"))
    assert in_folder.version == by_path.version != found("ClassifyText").version
    assert in_folder.names == {"careful"}
    assert "Look twice" in in_folder.instructions


def test_a_saved_comment_program_is_evaluated_as_one(tmp_path: Path) -> None:
    (tmp_path / "comment.json").write_text(save(CommentProgram()).text)
    settings = load_settings(environ={}, model="m", endpoint="http://127.0.0.1:9/v1", home=tmp_path)
    version = evaluated(settings, str(tmp_path / "comment.json"))
    assert isinstance(version, EvaluatedVersion)
    assert version.program is not None


def test_an_unknown_program_gets_near_names_and_a_missing_model_is_said(tmp_path: Path) -> None:
    settings = load_settings(environ={}, model="m", endpoint="http://127.0.0.1:9/v1", home=tmp_path)
    with pytest.raises(ProgramNotFoundError, match="SumarizeText") as caught:
        evaluated(settings, "SumarizeText")
    assert "SummarizeText" in caught.value.remedy
    without_model = load_settings(environ={}, home=tmp_path)
    with pytest.raises(ProgramNotFoundError, match="rulez") as caught:
        evaluated(without_model, "rulez")
    assert "'rules'" in caught.value.remedy
    with pytest.raises(SettingsError, match="needs a model"):
        evaluated(without_model, "ClassifyText")


def test_comments_and_other_programs_are_not_compared(tmp_path: Path) -> None:
    settings = load_settings(environ={}, model="m", endpoint="http://127.0.0.1:9/v1", home=tmp_path)
    rules, program = evaluated(settings, "rules"), evaluated(settings, "ClassifyText")
    for first, second in ((rules, program), (program, rules)):
        with pytest.raises(SettingsError, match="cannot be compared"):
            measure(None, settings, first, second, Measurement())
    with pytest.raises(SettingsError, match="no tables"):
        measure(None, settings, program, None, Measurement(tables=["a.*"]))
    with pytest.raises(SettingsError, match="compares two versions"):
        judge_order("m", None, None, compared=False)
