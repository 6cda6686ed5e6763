"""Records executions while they run: an observer for executors."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from lakegloss.core.learning.kept_inputs import kept_inputs
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.text.terminal import visible
from lakegloss.errors import AnswerError
from lakegloss.learning.production.production_store import ProductionStore

_LONGEST_ERROR = 500
_MODES_THAT_CALL = frozenset({"normal", "production"})


class EndedExecution(Protocol):
    """What an executor tells of an execution that ended."""

    @property
    def success(self) -> bool: ...

    @property
    def outputs(self) -> Mapping[str, Any]: ...

    @property
    def error(self) -> str: ...

    @property
    def execution_time(self) -> float: ...

    @property
    def program_name(self) -> str: ...

    @property
    def execution_id(self) -> str: ...

    @property
    def metadata(self) -> Mapping[str, Any]: ...

    @property
    def exception(self) -> Exception | None: ...


class ProductionObserver:
    """Records the executions of an executor: `DSPyPipelineExecutor(observers=[observer])`.

    Executions from the cache ask no model, and those of other modes than production are trials:
    they are not recorded.

    Args:
        variant: the name of the variant; by default what the execution names, else its version.
        program, model: names to record in place of those that the execution has.
        values: which values of inputs are kept, as the setting `values` says (docs/privacy.md).
    """

    def __init__(
        self,
        store: ProductionStore,
        *,
        variant: str = "",
        program: str = "",
        model: str = "",
        values: str = "masked",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._variant = variant
        self._program = program
        self._model = model
        self._values = values
        self._clock = clock

    def __call__(self, result: EndedExecution, inputs: Mapping[str, Any]) -> None:
        """Record one execution."""
        known = result.metadata
        if known.get("cached") or known.get("mode", "normal") not in _MODES_THAT_CALL:
            return
        usage = known.get("usage", {})
        seconds = result.execution_time
        self._store.record(
            RecordedExecution(
                execution_id=result.execution_id,
                program=self._program or visible(result.program_name)[:200],
                program_version=known.get("version") or known.get("program_version", ""),
                variant=self._variant or known.get("variant", ""),
                model=self._model or known.get("model", ""),
                inputs=kept_inputs(inputs, self._values) or {},
                outputs=dict(result.outputs),
                failed_by=_failed_by(result),
                error=visible(result.error)[:_LONGEST_ERROR],
                latency=seconds * 1_000 if math.isfinite(seconds) else 0.0,
                input_tokens=usage.get("input_tokens", 0),
                output_tokens=usage.get("output_tokens", 0),
                at=self._clock(),
            )
        )


def _failed_by(result: EndedExecution) -> str:
    if result.success:
        return ""
    return "program" if isinstance(result.exception, AnswerError) else "endpoint"
