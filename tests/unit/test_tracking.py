"""Executions as MLflow runs: recorded beside the work, and never in its way."""

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from lakegloss.serving.executor import DSPyPipelineExecutor
from lakegloss.serving.result import ExecutionResult
from lakegloss.serving.tracking import MlflowTracker
from lakegloss.settings import load_settings
from tests.program_server import ProgramServer

# What MLflow and its database warn each other of is not ours.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def result(**outputs: str) -> ExecutionResult:
    usage = {"input_tokens": 7, "output_tokens": 3, "estimated": False}
    return ExecutionResult(
        success=True, outputs=outputs, error="", execution_time=0.25, program_name="P",
        execution_id="id", metadata={"mode": "normal", "model": "m", "usage": usage},
    )  # fmt: skip


@pytest.fixture
def uri(tmp_path: Path) -> str:
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    return f"sqlite:///{tmp_path}/mlflow.db"


def runs(uri: str, experiment: str = "dspy-execution") -> list[Any]:
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=uri)
    known = client.get_experiment_by_name(experiment)
    return list(client.search_runs([known.experiment_id])) if known else []


def test_a_run_has_what_is_documented(uri: str) -> None:
    environ = {"MLFLOW_TRACKING_URI": uri, "MLFLOW_EXPERIMENT_NAME": "mine"}
    with ProgramServer() as server:
        settings = load_settings(environ={}, model="m", endpoint=server.url, attempts=1)
        with DSPyPipelineExecutor(settings=settings, environ=environ) as executor:
            executor.execute(model_id="SummarizeText", inputs={"document": "x" * 500})
            executor.execute(model_id="SummarizeText", inputs={"document": "FAULT:400"})
            executor.execute(model_id="EmailDraft", inputs={}, mode="testing")
    good, bad = sorted(runs(uri, "mine"), key=lambda run: -run.data.metrics["success"])
    assert good.data.params["program_name"] == "SummarizeText"
    assert good.data.params["mode"] == "normal"
    assert good.data.params["input_keys"] == "document"
    assert len(good.data.params["output_summary"]) == 100
    assert good.data.metrics["execution_time"] > 0
    assert good.data.metrics["output_tokens"] == 5
    assert (good.info.status, bad.info.status) == ("FINISHED", "FAILED")
    assert bad.data.metrics["success"] == 0


def test_samples_are_five_fields(uri: str) -> None:
    tracker = MlflowTracker(uri, environ={})
    tracker(result(**{f"f{n}": "y" * 300 for n in range(9)}), {"a": 1, "b": 2})
    tracker.close()
    [run] = runs(uri)
    samples = {k: v for k, v in run.data.params.items() if k.startswith("output_")}
    assert len(samples) == 5
    assert {len(value) for value in samples.values()} == {100}
    assert run.data.params["input_keys"] == "a, b"


def test_bulk_is_sampled_and_counted(uri: str) -> None:
    tracker = MlflowTracker(uri, burst=3, rate=0.001, environ={})
    start = time.perf_counter()
    for _ in range(2_000):
        tracker(result(a="b"), {})
    assert time.perf_counter() - start < 1.0
    tracker.close()
    assert (tracker.recorded, tracker.left_out) == (3, 1_997)
    assert len(runs(uri)) == 3


def test_a_server_that_cannot_be_reached_is_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    tracker = MlflowTracker("http://127.0.0.1:9", environ={})
    with caplog.at_level(logging.WARNING, "lakegloss.tracking"):
        for _ in range(50):
            start = time.perf_counter()
            tracker(result(a="b"), {})
            assert time.perf_counter() - start < 0.1
        wait_until_told(caplog)
        tracker(result(a="b"), {})
        tracker.close()
    told = [r.message for r in caplog.records if r.name == "lakegloss.tracking"]
    assert len(told) == 1
    assert told[0].startswith("Failed to initialize MLflow tracking")
    assert "check MLFLOW_TRACKING_URI" in told[0]


def wait_until_told(caplog: pytest.LogCaptureFixture) -> None:
    end = time.monotonic() + 60
    while not [r for r in caplog.records if r.name == "lakegloss.tracking"]:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_without_mlflow_executions_go_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "mlflow", None)
    with caplog.at_level(logging.WARNING, "lakegloss.tracking"):
        tracker = MlflowTracker("http://127.0.0.1:9", environ={})
        tracker(result(a="b"), {})
        wait_until_told(caplog)
        tracker.close()
    assert "Failed to initialize MLflow tracking" in caplog.text
