"""Records executions inside an active MLflow run as its children (`autolog`)."""

import threading
from typing import Any

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.serving.executor.tracking import MlflowTracker

_lock = threading.Lock()
_trackers: dict[str, MlflowTracker] = {}
_on = threading.Event()


def autolog(*, disable: bool = False) -> None:
    """Record every execution inside `mlflow.start_run()` as a child of that run, from now on.

    This holds for all executors of this process, also for those made before. A child has the params
    and metrics of `MlflowTracker` and samples of the inputs; the run itself gets the metrics, one
    step for each execution. As in `MlflowTracker`, another thread records them; `shutdown` of an
    executor and the end of the process wait for it. Executions outside a run are not recorded
    here. `mlflow_run` in a result's metadata names the run.

    Args:
        disable: True stops the recording.

    Raises:
        EnvironmentNotReadyError: MLflow is not installed.
    """
    if disable:
        _on.clear()
        flush()
        return
    try:
        import mlflow  # noqa: F401 - whether it is there
    except ImportError as error:
        raise EnvironmentNotReadyError(
            "MLflow is not installed.", remedy="pip install 'lakegloss[mlflow]'"
        ) from error
    _on.set()


def current_run() -> str:
    """The id of the run that is active in this thread; '' without one or without `autolog`."""
    if not _on.is_set():
        return ""
    import mlflow

    run = mlflow.active_run()
    return str(run.info.run_id) if run is not None else ""


def record(result: ExecutionResult, inputs: Any) -> bool:
    """Queue an execution for recording; returns False if it is left out.

    Executions outside a run are ignored.
    """
    if not _on.is_set():
        return True
    import mlflow

    uri = mlflow.get_tracking_uri()
    with _lock:
        tracker = _trackers.get(uri)
        if tracker is None:
            tracker = _trackers[uri] = MlflowTracker(uri, within=True)
    return tracker(result, inputs)


def flush() -> None:
    """Wait until all queued executions are recorded."""
    for tracker in list(_trackers.values()):
        tracker.flush()
