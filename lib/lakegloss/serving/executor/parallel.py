"""Executes several signatures at the same time."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from lakegloss.errors import InputError
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.result import ExecutionResult


class ParallelExecutor:
    """Executes (signature, inputs) pairs at the same time.

    Args:
        executor: the executor to use, with its model, cache and limits; by default a new one, which
            lives until `shutdown` or the end of a with statement.
        options: the options of the new executor, see `DSPyPipelineExecutor`.
    """

    def __init__(self, executor: DSPyPipelineExecutor | None = None, **options: Any) -> None:
        self._own = executor is None
        self._executor = executor or DSPyPipelineExecutor(**options)

    def execute_all(
        self, tasks: Sequence[tuple[Any, Mapping[str, Any]]], *, timeout: float | None = None
    ) -> list[ExecutionResult]:
        """Execute the tasks; returns results in their order. A task that fails stops no other.

        Raises:
            InputError: a task is not a pair; nothing was executed.
        """
        for task in tasks:
            if not isinstance(task, tuple | list) or len(task) != 2:
                raise InputError(
                    f"A task is a pair of signature and inputs, not {str(task)[:60]!r}.",
                    remedy='Write ("SummarizeText", {"document": ...}).',
                )
        futures = [
            self._executor.execute_async(signature, inputs, timeout=timeout)
            for signature, inputs in tasks
        ]
        try:
            return [future.result() for future in futures]
        finally:
            for future in futures:  # of an interrupt: else all are done
                future.cancel()

    def shutdown(self) -> None:
        """Close the executor, if it was made here."""
        if self._own:
            self._executor.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
