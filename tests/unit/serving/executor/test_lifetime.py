"""What an executor leaves behind: no threads, no descriptors, no open runs, no words at the end."""

import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.parallel import ParallelExecutor
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.serving.executor.tracking import LEFT_OUT, MlflowTracker
from lakegloss.settings import Settings, load_settings
from tests.kits.mlflow_database import mlflow_database
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer
from tests.kits.waiting import until

# What MLflow and its database warn each other of is not ours.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture
def uri(tmp_path: Path) -> str:
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    return mlflow_database(tmp_path / "mlflow.db")


def settings(server: ProgramServer) -> Settings:
    return load_settings(environ={}, model="m", endpoint=server.url, attempts=1)


def held() -> tuple[int, int]:
    """Threads of executors, and descriptors of the process."""
    threads = [t for t in threading.enumerate() if t.name.startswith("lakegloss-e")]
    return len(threads), len(list(Path("/proc/self/fd").iterdir()))


class Thinks(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    def __init__(self) -> None:
        super().__init__()
        self.predict = dspy.Predict("question -> answer")

    def forward(self, question: str) -> Any:
        return self.predict(question=question)


def use(executor: DSPyPipelineExecutor, number: int) -> None:
    documents = [{"document": f"{number} {n}"} for n in range(3)]
    assert all(r.success for r in executor.execute_batch("SummarizeText", inputs_list=documents))
    assert executor.execute(Thinks(), inputs={"question": f"{number}"}).success
    assert not executor.execute(model_id="SummarizeText", inputs={"document": "FAULT:400"}).success


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
@pytest.mark.parametrize("wrapped", [False, True], ids=["executor", "parallel"])
def test_an_executor_ends_with_its_last_reference(server: ProgramServer, *, wrapped: bool) -> None:
    gc.collect()
    threads, descriptors = held()
    for number in range(6):
        executor: Any = DSPyPipelineExecutor(settings=settings(server), environ={})
        if wrapped:
            executor = ParallelExecutor(settings=settings(server), environ={})
            assert executor.execute_all([("SummarizeText", {"document": f"{number}"})])[0].success
        else:
            use(executor, number)
    del executor
    gc.collect()
    until(lambda: server.open == 0)
    until(lambda: held()[0] <= threads)
    # Connections that the server has not yet closed on its side.
    until(lambda: held()[1] <= descriptors + 2)


def test_an_execution_keeps_its_executor(server: ProgramServer) -> None:
    server.latency = 0.2
    executor = DSPyPipelineExecutor(settings=settings(server), environ={})
    known = weakref.ref(executor)
    future = executor.execute_async("SummarizeText", {"document": "d"})
    del executor
    gc.collect()
    assert future.result(timeout=30).success
    del future
    gc.collect()
    until(lambda: known() is None)


def runs(uri: str) -> list[Any]:
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=uri)
    known = client.get_experiment_by_name("dspy-execution")
    return list(client.search_runs([known.experiment_id])) if known else []


def test_every_execution_is_a_run(server: ProgramServer, uri: str) -> None:
    environ = {"MLFLOW_TRACKING_URI": uri}
    with DSPyPipelineExecutor(settings=settings(server), environ=environ) as executor:
        inputs = [{"document": f"d{n}"} for n in range(105)]
        results = executor.execute_batch("SummarizeText", inputs_list=inputs)
    assert not [r for r in results if LEFT_OUT in r.metadata]
    found = runs(uri)
    assert {r.data.tags["lakegloss.execution_id"] for r in found} == {
        r.execution_id for r in results
    }
    assert {r.info.status for r in found} == {"FINISHED"}


def test_what_is_left_out_is_named(server: ProgramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MlflowTracker, "_has_room", lambda _: False)
    environ = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    with DSPyPipelineExecutor(settings=settings(server), environ=environ) as executor:
        for _ in range(2):  # the second one comes from the cache
            result = executor.execute(model_id="SummarizeText", inputs={"document": "d"})
            assert result.metadata[LEFT_OUT]


def result(**outputs: str) -> ExecutionResult:
    usage = {"input_tokens": 7, "output_tokens": 3, "estimated": False}
    return ExecutionResult(
        success=True, outputs=outputs, error="", execution_time=0.25, program_name="P",
        execution_id="id", metadata={"mode": "normal", "model": "m", "usage": usage},
    )  # fmt: skip


class Client:
    """A client whose calls take a moment, and fail where they are told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.open: set[int] = set()
        self.made = 0
        self.go = threading.Event()
        self._fails = fails

    def create_run(self, *_: Any, **__: Any) -> Any:
        self.made += 1
        self.open.add(self.made)
        return type("Run", (), {"info": type("Info", (), {"run_id": self.made})})

    def log_batch(self, *_: Any, **__: Any) -> None:
        self.go.wait(30)
        if self._fails:
            raise ValueError("no such metric")

    def set_terminated(self, run: int, _: str) -> None:
        self.open.discard(run)


def tracker_of(client: Client, monkeypatch: pytest.MonkeyPatch) -> MlflowTracker:
    monkeypatch.setattr(MlflowTracker, "_connect", lambda _: (client, "0"))
    return MlflowTracker("http://127.0.0.1:9", environ={})


@pytest.mark.parametrize("fails", [False, True], ids=["slow", "fails"])
def test_no_run_stays_open(monkeypatch: pytest.MonkeyPatch, *, fails: bool) -> None:
    client = Client(fails=fails)
    tracker = tracker_of(client, monkeypatch)
    assert all(tracker(result(a="b"), {}) for _ in range(20))
    until(lambda: client.made == 1)
    threading.Timer(0.1, client.go.set).start()
    tracker.close(timeout=0.01)
    assert client.made < 20, "there was no time for all"
    assert client.open == set()
    assert tracker.recorded + tracker.left_out == 20
    assert not tracker(result(a="b"), {}), "nothing is taken after the end"


SCRIPT = """
from lakegloss.serving import DSPyPipelineExecutor, ParallelExecutor
executor = DSPyPipelineExecutor()
for n in range(5):
    assert executor.execute_signature("SummarizeText", {"document": str(n)}).success
other = DSPyPipelineExecutor(mlflow_tracking=False)
assert other.execute(model_id="SummarizeText", inputs={"document": "d"}).success
pending = other.execute_async("SummarizeText", {"document": "FAULT:hang"})
unused = DSPyPipelineExecutor()
"""


def test_nothing_is_printed_at_the_end_and_all_is_recorded(
    server: ProgramServer, uri: str, tmp_path: Path
) -> None:
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "lib"),
        "LAKEGLOSS_MODEL": "m", "LAKEGLOSS_ENDPOINT": server.url, "MLFLOW_TRACKING_URI": uri,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, cwd=tmp_path, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [run.info.status for run in runs(uri)] == ["FINISHED"] * 5
