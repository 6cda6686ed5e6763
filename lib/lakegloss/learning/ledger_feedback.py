"""Keeps feedback in the ledger `feedback`, about executions and proposals of the ledgers."""

from lakegloss.core.ddl import is_in
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.judgements import (
    Feedback,
    JudgedExecution,
    feedback_of,
    judged_of,
)
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXECUTIONS, FEEDBACK, PROPOSALS


class LedgerFeedback:
    """A store for `FeedbackCollector` in Delta; it is made when it is first written to or read.

    Raises:
        CatalogError: the ledger cannot be made.
    """

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        self._ready = False

    def execution(self, execution_id: str) -> JudgedExecution | None:
        self._ledgers.ensure_more(EXECUTIONS)
        rows = self._ledgers.newest(EXECUTIONS, is_in("execution_id", [execution_id]))
        return judged_of(rows[0]) if rows else None

    def proposal(self, proposal_id: str) -> JudgedExecution | None:
        self._ledgers.ensure()
        frame = self._ledgers.read(PROPOSALS).where(is_in("proposal_id", [proposal_id]))
        rows = frame.collect()
        if not rows:
            return None
        row = rows[0].asDict()
        return JudgedExecution(
            execution_id="",
            program=row["program"] or "",
            program_version=row["program_version"] or "",
            variant=row["variant"] or "",
            model=row["model"] or "",
            inputs=named_inputs(row["table"], row["column"]),
            outputs={"comment": row["text"] or ""},
        )

    def add(self, feedback: Feedback) -> Feedback:
        self._ensure()
        there = self._where(is_in("feedback_id", [feedback.feedback_id]))
        if there:
            return there[0]
        self._ledgers.append(FEEDBACK, [feedback])
        return feedback

    def rows(self) -> list[Feedback]:
        self._ensure()
        return sorted(self._where("true"), key=lambda row: (row.at, row.feedback_id))

    def count(self) -> int:
        self._ensure()
        return self._ledgers.read(FEEDBACK).select("feedback_id").distinct().count()

    def _where(self, condition: str) -> list[Feedback]:
        return [feedback_of(row) for row in self._ledgers.newest(FEEDBACK, condition)]

    def _ensure(self) -> None:
        if not self._ready:
            self._ledgers.ensure_more(FEEDBACK)
            self._ready = True
