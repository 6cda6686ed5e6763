"""Executions as MLflow runs: recorded beside the work, and never in its way."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakegloss.errors import EnvironmentNotReadyError, SettingsError
from lakegloss.serving.executor.active_run import autolog
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.options import workers_of
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.serving.executor.tracking import MlflowTracker
from lakegloss.settings import load_settings
from tests.kits.mlflow_database import mlflow_database
from tests.kits.program_server import ProgramServer
from tests.kits.waiting import until

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
    return mlflow_database(tmp_path / "mlflow.db")


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
    until(lambda: [r for r in caplog.records if r.name == "lakegloss.tracking"], 60)


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


# Inside a run of the caller's.


@pytest.fixture
def logged(uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """MLflow set to a database, autolog on."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    autolog()
    yield uri
    autolog(disable=True)


def test_what_is_executed_inside_a_run_becomes_part_of_it(logged: str) -> None:
    import mlflow

    client = mlflow.MlflowClient()
    with ProgramServer() as server:
        settings = load_settings(environ={}, model="m", endpoint=server.url, attempts=1)
        with DSPyPipelineExecutor(settings=settings, environ={}) as executor:
            outside = executor.execute(model_id="SummarizeText", inputs={"document": "before"})
            with mlflow.start_run() as run:
                inputs = {"document": "x" * 300}
                first = executor.execute_signature("SummarizeText", inputs)
                again = executor.execute_signature("SummarizeText", inputs)
                future = executor.execute_async("SummarizeText", {"document": "FAULT:400"})
                wrong = executor.execute(model_id="SummarizeText", inputs={})
                mlflow.log_metric("summary_length", len(first["summary"]))
            future.result()
            after = executor.execute(model_id="SummarizeText", inputs={"document": "after"})
    inside = [first, again, future.result(), wrong]
    assert {r.metadata.get("mlflow_run") for r in inside} == {run.info.run_id}
    assert again.metadata["cached"]
    assert not {"mlflow_run"} & {*outside.metadata, *after.metadata}

    found = client.search_runs(["0"], f"tags.mlflow.parentRunId = '{run.info.run_id}'")
    by_id = {r.data.tags["lakegloss.execution_id"]: r for r in found}
    assert set(by_id) == {r.execution_id for r in inside}
    child = by_id[first.execution_id].data
    assert child.params["input_document"] == "x" * 100
    assert child.params["output_summary"] == first["summary"][:100]
    assert (child.params["model"], child.params["program_name"]) == ("m", "SummarizeText")
    assert child.params["program_version"] == first.metadata["program_version"]
    assert child.metrics["input_tokens"] == first.metadata["usage"]["input_tokens"]
    steps = client.get_metric_history(run.info.run_id, "success")
    assert [m.step for m in steps] == [0, 1, 2, 3]
    assert sum(m.value for m in steps) == 2
    assert client.get_run(run.info.run_id).data.metrics["summary_length"] > 0


def test_autolog_and_tracking_record_an_execution_once(logged: str) -> None:
    import mlflow

    with ProgramServer() as server:
        settings = load_settings(environ={}, model="m", endpoint=server.url)
        environ = {"MLFLOW_TRACKING_URI": logged}
        with DSPyPipelineExecutor(settings=settings, environ=environ) as executor:
            executor.execute(model_id="SummarizeText", inputs={"document": "outside"})
            with mlflow.start_run():
                executor.execute(model_id="SummarizeText", inputs={"document": "inside"})
    children = mlflow.MlflowClient().search_runs(["0"])
    assert len([r for r in children if "mlflow.parentRunId" in r.data.tags]) == 1
    assert [run.data.params["output_summary"] for run in runs(logged)] != []
    assert len(runs(logged)) == 1


def test_without_mlflow_autolog_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(EnvironmentNotReadyError, match="lakegloss\\[mlflow\\]"):
        autolog()


# What the environment says of workers and logs.


@pytest.mark.parametrize(
    ("environ", "workers"),
    [
        ({}, 4),
        ({"MAX_WORKERS": "7", "DSPY_ASYNC_MAX_WORKERS": "3"}, 7),
        ({"DSPY_ASYNC_MAX_WORKERS": "3"}, 3),
    ],
)
def test_workers_of_the_environment(environ: dict[str, str], workers: int) -> None:
    assert workers_of(environ) == workers


def test_the_level_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("lakegloss.executor")
    before = log.level
    try:
        with DSPyPipelineExecutor(environ={"PIPELINE_LOG_LEVEL": "info"}) as executor:
            executor.execute(model_id="EmailDraft", inputs={}, mode="dry_run")
            executor.execute(model_id="bad\nname", inputs={})
    finally:
        log.setLevel(before)
    told = [r.getMessage() for r in caplog.records if r.name == "lakegloss.executor"]
    assert len(told) == 2
    assert told[0].startswith("'EmailDraft' ")
    assert not any("\n" in line for line in told)
    with pytest.raises(SettingsError, match="LOUD"):
        DSPyPipelineExecutor(environ={"PIPELINE_LOG_LEVEL": "loud"})
