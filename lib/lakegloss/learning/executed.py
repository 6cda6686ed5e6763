"""Remembers executions of this process on which somebody may give feedback, with their inputs."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from lakegloss.core.learning.judgements import JudgedExecution

MOST = 10_000


class RememberedExecutions:
    """Keeps the newest executions in memory; several threads may use it.

    Args:
        most: how many are kept; the oldest are forgotten.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, JudgedExecution] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, execution: JudgedExecution) -> None:
        with self._lock:
            self._kept[execution.execution_id] = execution
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, execution_id: str) -> JudgedExecution | None:
        with self._lock:
            return self._kept.get(execution_id)


REMEMBERED = RememberedExecutions()
"""Those of `execute_signature(..., collect_feedback=True)`."""


def remember(
    execution_id: str,
    program: str,
    metadata: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
) -> None:
    """Keep an execution of this process, so that feedback on it can become an example.

    Args:
        metadata: of the execution's result.
    """
    REMEMBERED.put(
        JudgedExecution(
            execution_id=execution_id,
            program=program,
            program_version=metadata.get("version") or metadata.get("program_version", ""),
            variant=metadata.get("variant", ""),
            model=metadata.get("model", ""),
            inputs=dict(inputs),
            outputs=dict(outputs),
        )
    )
