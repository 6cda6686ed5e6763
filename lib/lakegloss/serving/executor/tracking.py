"""Records executions as MLflow runs from another thread, without delaying any."""

import atexit
import logging
import os
import queue
import re
import threading
import time
from collections.abc import Mapping
from typing import Any

from cachetools import LRUCache

from lakegloss.core.going_on import going_on, stack_of
from lakegloss.core.text.causes import first_line
from lakegloss.release.servers import require_listener
from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult

_log = logging.getLogger("lakegloss.tracking")
EXPERIMENT = "dspy-execution"
SAMPLE_FIELDS, SAMPLE_CHARACTERS = 5, 100
_QUEUED = 1_000
"""The most executions that wait to be recorded: as many as a usual server records in a minute."""
_FAILURES = 3
_ERROR_CHARACTERS = 300
_PATIENCE, _STALLED, _LAST_SECONDS = 300.0, 30.0, 5.0
_END: Any = None
_PARENT = "mlflow.parentRunId"
_UNFIT = re.compile(r"[^\w\-. /]")
RUN = "mlflow_run"
"""The key in a result's metadata of the caller's run in which the program was executed."""
LEFT_OUT = "mlflow_left_out"
"""The key in a result's metadata that says that the execution is not recorded as a run."""
_working: "set[MlflowTracker]" = set()


class MlflowTracker:
    """Records executions in MLflow from another thread.

    A run has the params program_name, mode, input_keys and samples of the outputs (the first 5
    fields, cut to 100 characters), and the metrics execution_time, success, input_tokens and
    output_tokens. If the server cannot be reached, one warning is logged and no execution waits.
    Every execution is recorded, unless too many wait already or `rate` is given; those that are
    not are counted in `left_out`. The end of the process waits for those that wait, see
    `close`.

    Args:
        uri: the tracking server; by default MLFLOW_TRACKING_URI, else MLflow's own default.
        experiment: by default MLFLOW_EXPERIMENT_NAME, else `dspy-execution`.
        rate: how many executions are recorded a second, after the first `burst`; by default all.
        within: True records only executions inside a caller's run, as children of it with samples
            of the inputs (see `active_run`); False records only the others.
    """

    def __init__(
        self,
        uri: str | None = None,
        experiment: str | None = None,
        *,
        burst: int = 1,
        rate: float | None = None,
        within: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environ is None else environ
        self._uri = uri or env.get("MLFLOW_TRACKING_URI") or None
        self._experiment = experiment or env.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        self._within = within
        self._steps: LRUCache[str, int] = LRUCache(_QUEUED)
        # Garbage collection may call `end` while this thread is in the queue or holds the lock.
        self._queue: queue.SimpleQueue[dict[str, Any] | threading.Event | None] = (
            queue.SimpleQueue()
        )
        self._lock = threading.RLock()
        self._burst, self._rate = float(burst), rate
        self._room, self._filled_at = self._burst, time.monotonic()
        self._thread: threading.Thread | None = None
        self._ended = False
        self._hurry = threading.Event()
        self.recorded = 0
        self.left_out = 0

    def __call__(self, result: ExecutionResult, inputs: Any) -> bool:
        """Queue one execution for recording, at once; returns False if it is left out."""
        if result.metadata["mode"] == ExecutionMode.TESTING:
            return True
        if bool(result.metadata.get(RUN)) != self._within:
            return True
        with self._lock:
            if self._ended or self._queue.qsize() >= _QUEUED or not self._has_room():
                self.left_out += 1
                return False
            if self._thread is None:
                self._start()
            self._queue.put(_row(result, inputs, with_inputs=self._within))
        return True

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="lakegloss-tracking", daemon=True)
        _working.add(self)
        self._thread.start()

    def flush(self, timeout: float = _PATIENCE) -> None:
        """Wait until all queued executions are recorded, for at most `timeout` seconds."""
        done = threading.Event()
        with self._lock:
            if self._thread is None or self._ended:
                return
            self._queue.put(done)
        done.wait(timeout)

    def end(self) -> None:
        """Take no more executions; the thread ends when the queued ones are recorded."""
        with self._lock:
            if not self._ended:
                self._ended = True
                self._queue.put(_END)

    def close(self, timeout: float = _PATIENCE) -> None:
        """Record the queued executions, for at most `timeout` seconds, and end the thread.

        A server that records none for some seconds is not waited for any longer. The execution that
        is being recorded then is recorded to its end, so that no run stays open.
        """
        self.end()
        thread, self._thread = self._thread, None
        if thread is None or thread is threading.current_thread():
            return
        self._wait_for(thread, timeout)
        if thread.is_alive():
            self._hurry.set()
            thread.join(_LAST_SECONDS)
        if self.left_out:
            level = logging.WARNING if self._hurry.is_set() else logging.INFO
            _log.log(
                level, "%d executions are runs, %d were left out", self.recorded, self.left_out
            )

    def _wait_for(self, thread: threading.Thread, timeout: float) -> None:
        end, before = time.monotonic() + timeout, -1
        while thread.is_alive() and self.recorded != before:
            before = self.recorded
            thread.join(max(0.0, min(_STALLED, end - time.monotonic())))

    def _has_room(self) -> bool:
        if self._rate is None:
            return True
        now = time.monotonic()
        self._room = min(self._burst, self._room + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._room < 1:
            return False
        self._room -= 1
        return True

    def _work(self) -> None:
        try:
            client, experiment = self._connect()
            self._record_all(client, experiment)
        except Exception as error:  # noqa: BLE001 - not installed, not reachable, not allowed
            self._give_up("Failed to initialize MLflow tracking", error)
        finally:
            _working.discard(self)

    def _record_all(self, client: Any, experiment: str) -> None:
        failed = 0
        while (row := self._queue.get()) is not None:  # `_END`
            if isinstance(row, threading.Event):
                row.set()
                continue
            if self._hurry.is_set():
                self.left_out += 1
                continue
            try:
                self._record(client, experiment, row)
            except Exception as error:  # noqa: BLE001 - not reachable, not allowed, or the row's fault
                self.left_out += 1
                failed += 1
                # One row may be at fault (its run was deleted). Three in a row or the first row
                # mean that the server is.
                if failed == _FAILURES or not self.recorded:
                    self._give_up("MLflow tracking failed", error)
                    return
                continue
            failed = 0
            self.recorded += 1

    def _connect(self) -> tuple[Any, str]:
        import mlflow

        require_listener(self._uri or mlflow.get_tracking_uri())
        client = mlflow.MlflowClient(tracking_uri=self._uri)
        if self._within:
            return client, ""
        known = client.get_experiment_by_name(self._experiment)
        if known is None:
            return client, str(client.create_experiment(self._experiment))
        return client, str(known.experiment_id)

    def _record(self, client: Any, experiment: str, row: Mapping[str, Any]) -> None:
        parent = row["parent"]
        if not parent:
            _record(client, experiment, row, {})
            return
        _record(client, client.get_run(parent).info.experiment_id, row, {_PARENT: parent})
        step = self._steps.get(parent, -1) + 1
        self._steps[parent] = step
        client.log_batch(parent, metrics=_metrics(row, step))

    def _give_up(self, what: str, error: Exception) -> None:
        self.end()
        _log.warning(
            "%s: %s. Executions go on without it; check MLFLOW_TRACKING_URI, and that "
            "lakegloss[mlflow] is installed.",
            what,
            first_line(error, 200),
        )
        _log.debug("tracking ended:\n%s", stack_of(error))
        while True:
            try:
                row = self._queue.get_nowait()
            except queue.Empty:
                return
            if isinstance(row, threading.Event):
                row.set()
            elif row is not _END:
                self.left_out += 1


def _close_all() -> None:
    """Wait for all trackers at the end of the process: a thread cut off leaves a run open."""
    for tracker in list(_working):
        with going_on(_log, "executions were not recorded", level=logging.DEBUG):
            tracker.close()


atexit.register(_close_all)


def _row(result: ExecutionResult, inputs: Any, *, with_inputs: bool) -> dict[str, Any]:
    given = dict(inputs) if isinstance(inputs, Mapping) else {}
    usage = result.metadata["usage"]
    return {
        "name": result.program_name,
        "parent": result.metadata.get(RUN, ""),
        "params": {
            "program_name": result.program_name[:SAMPLE_CHARACTERS],
            "program_version": str(result.metadata.get("program_version", "")),
            "mode": result.metadata["mode"],
            "input_keys": ", ".join(map(str, given))[:500],
            "model": str(result.metadata.get("model", ""))[:SAMPLE_CHARACTERS],
            **({"error": result.error[:_ERROR_CHARACTERS]} if result.error else {}),
            **(_samples("input", given) if with_inputs else {}),
            **_samples("output", result.outputs),
        },
        "metrics": {
            "execution_time": result.execution_time,
            "success": float(result.success),
            "input_tokens": float(usage["input_tokens"]),
            "output_tokens": float(usage["output_tokens"]),
        },
        "success": result.success,
        "at": int(time.time() * 1_000),
        "execution_id": result.execution_id,
    }


def _samples(kind: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The first fields, cut, under names that MLflow allows."""
    first = list(values.items())[:SAMPLE_FIELDS]
    return {
        _UNFIT.sub("_", f"{kind}_{name}")[:200]: str(value)[:SAMPLE_CHARACTERS]
        for name, value in first
    }


def _metrics(row: Mapping[str, Any], step: int) -> list[Any]:
    from mlflow.entities import Metric

    return [Metric(name, value, row["at"], step) for name, value in row["metrics"].items()]


def _record(client: Any, experiment: str, row: Mapping[str, Any], tags: dict[str, str]) -> None:
    from mlflow.entities import Param

    run = client.create_run(
        experiment,
        start_time=row["at"],
        run_name=row["name"][:250],
        tags={"lakegloss.execution_id": row["execution_id"], **tags},
    )
    try:
        client.log_batch(
            run.info.run_id,
            metrics=_metrics(row, 0),
            params=[Param(name, value) for name, value in row["params"].items()],
        )
    finally:  # whatever cannot be logged, no run stays open
        client.set_terminated(run.info.run_id, "FINISHED" if row["success"] else "FAILED")
