"""Metrics as scorers of MLflow, by the real `mlflow.genai.evaluate`."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest

from lakegloss.errors import InputError
from lakegloss.learning import mlflow_scorers
from lakegloss.programs import ClassifyText, SummarizeText
from tests.kits.mlflow_database import mlflow_database


@pytest.fixture
def tracking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MLFLOW_SQLALCHEMYSTORE_POOL_SIZE", "40")
    monkeypatch.setenv("MLFLOW_GENAI_EVAL_SCORER_RATE_LIMIT", "0")
    # MLflow keeps both for the process, and in its environment: they go back to what they were.
    monkeypatch.setattr("mlflow.tracking._tracking_service.utils._tracking_uri", None)
    monkeypatch.setattr("mlflow.tracking.fluent._active_experiment_id", None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_database(tmp_path / "mlflow.db"))
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "0")
    mlflow.set_tracking_uri(mlflow_database(tmp_path / "mlflow.db"))
    mlflow.set_experiment("scorers")
    yield
    mlflow.flush_trace_async_logging()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")  # MLflow's own
def test_rows_without_anything_to_say_are_left_out_of_the_mean(tracking: None) -> None:
    rows = [
        {"inputs": {"text": "a"}, "outputs": {"classification": "Good."},
         "expectations": {"classification": "good"}},
        {"inputs": {"text": "b"}, "outputs": {"classification": "bad"},
         "expectations": {"classification": "good"}},
        {"inputs": {"text": "c"}, "outputs": {"classification": "bad"}, "expectations": None},
        {"inputs": {"text": "d"}, "outputs": {"classification": "bad"}, "expectations": {}},
    ]  # fmt: skip
    found = mlflow.genai.evaluate(
        data=rows, scorers=mlflow_scorers("exact_match", "format_compliance", program=ClassifyText)
    )
    assert found.metrics["exact_match/mean"] == 0.5, "two rows have no reference"
    assert found.metrics["format_compliance/mean"] == 0.5, "confidence is missing everywhere"
    said = {
        one.rationale
        for trace in mlflow.search_traces(run_id=found.run_id, return_type="list")
        for one in trace.info.assessments
        if one.name == "exact_match"
    }
    assert "It differs from the reference in: classification." in said


def call(scorer: Any, **row: Any) -> Any:
    return scorer.run(**row)


@pytest.mark.parametrize(
    ("outputs", "expectations"),
    [
        ("Sales rose.", {"expected_response": "sales rose"}),
        ({"summary": "Sales rose."}, {"expected_response": "sales rose"}),
        ({"summary": "Sales rose."}, {"summary": "sales rose"}),
        ('{"summary": "Sales rose."}', {"summary": "sales rose"}),
        ({"summary": "Sales rose."}, {"summary": "sales rose", "guidelines": ["be short"]}),
    ],
)
def test_outputs_and_expectations_come_in_many_forms(outputs: Any, expectations: Any) -> None:
    [scorer] = mlflow_scorers("exact_match", program=SummarizeText)
    found = call(scorer, inputs={"document": "x"}, outputs=outputs, expectations=expectations)
    assert (found.name, found.value) == ("exact_match", 1.0)
    assert found.metadata["metric_version"]
    assert found.source.source_type == "CODE"


@pytest.mark.parametrize("expectations", [None, {}, {"summary": None}])
def test_no_expectation_is_no_score(expectations: Any) -> None:
    [scorer] = mlflow_scorers("rougeL", program=SummarizeText)
    assert call(scorer, inputs={}, outputs={"summary": "x"}, expectations=expectations) is None


def test_a_row_that_failed_is_a_0_where_something_was_expected() -> None:
    [scorer] = mlflow_scorers("field_match", program=SummarizeText)
    found = call(scorer, inputs={}, outputs=None, expectations={"summary": "x"})
    assert found.value == 0
    assert not math.isnan(found.value)


def test_it_says_from_where_a_score_passes() -> None:
    [scorer] = mlflow_scorers("exact_match")
    assert [scorer.pass_if(value) for value in (1.0, 0.99)] == [True, False]


@pytest.mark.parametrize("names", [(), ("rouge1", "ROUGE-1"), ("bleu",)])
def test_wrong_metrics_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        mlflow_scorers(*names)
