"""Reads executions and feedback that a service or jobs carried into the ledgers in Delta."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lakegloss.core.learning.judgements import Feedback, feedback_of, judged_of
from lakegloss.core.production.executions import ProductionExample, RecordedExecution
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXECUTIONS, FEEDBACK


class LedgerExecutions:
    """A source of executions for `ProductionDataPipeline`.

    Raises:
        CatalogError: the ledgers cannot be read.
    """

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers

    def examples(self, since: datetime, models: Sequence[str] = ()) -> list[ProductionExample]:
        """Executions that ended since then, oldest first, each with its feedback."""
        for ledger in (EXECUTIONS, FEEDBACK):
            self._ledgers.ensure_more(ledger)
        rows = self._ledgers.newest(EXECUTIONS, f"ended_at >= TIMESTAMP '{since.isoformat()}'")
        said: defaultdict[str, list[Feedback]] = defaultdict(list)
        for row in self._ledgers.newest(FEEDBACK, f"at >= TIMESTAMP '{since.isoformat()}'"):
            said[row["execution_id"]].append(feedback_of(row))
        chosen = [row for row in rows if not models or row["model"] in models]
        return [
            ProductionExample(
                execution=_execution(row),
                feedback=tuple(sorted(said[row["execution_id"]], key=lambda one: one.at)),
            )
            for row in sorted(chosen, key=lambda row: row["ended_at"])
        ]


def _execution(row: Mapping[str, Any]) -> RecordedExecution:
    judged = judged_of(row)
    return RecordedExecution(
        execution_id=judged.execution_id, program=judged.program,
        program_version=judged.program_version, variant=row.get("variant") or "",
        model=judged.model, inputs=judged.inputs, outputs=judged.outputs,
        failed_by="" if row["success"] else "endpoint", error=row["error"] or "",
        latency=1_000 * (row["execution_time"] or 0.0), input_tokens=row["input_tokens"] or 0,
        output_tokens=row["output_tokens"] or 0, at=row["ended_at"],
    )  # fmt: skip
