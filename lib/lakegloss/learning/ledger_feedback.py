"""Keeps feedback in the ledger `feedback`, about executions and proposals of the ledgers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.judgements import (
    Feedback,
    JudgedExecution,
    feedback_of,
    judged_of,
)
from lakegloss.lakehouse.ledgers.conversion import rows_of
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
        return self._executions([execution_id]).get(execution_id)

    def proposal(self, proposal_id: str) -> JudgedExecution | None:
        return self._proposals([proposal_id]).get(proposal_id)

    def judged(self, rows: Sequence[Feedback]) -> Mapping[str, JudgedExecution]:
        executions = self._executions({row.execution_id for row in rows if row.execution_id})
        proposals = self._proposals({row.proposal_id for row in rows if row.proposal_id})
        found = {
            row.feedback_id: proposals.get(row.proposal_id) or executions.get(row.execution_id)
            for row in rows
        }
        return {id_: judged for id_, judged in found.items() if judged is not None}

    def _executions(self, ids: Collection[str]) -> dict[str, JudgedExecution]:
        if not ids:
            return {}
        self._ensure()
        rows = self._ledgers.newest(EXECUTIONS, is_in("execution_id", sorted(ids)))
        return {row["execution_id"]: judged_of(row) for row in rows}

    def _proposals(self, ids: Collection[str]) -> dict[str, JudgedExecution]:
        if not ids:
            return {}
        self._ensure()
        frame = self._ledgers.read(PROPOSALS).where(is_in("proposal_id", sorted(ids)))
        return {row["proposal_id"]: _of_proposal(row) for row in rows_of(frame, PROPOSALS)}

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
            self._ledgers.ensure_more(EXECUTIONS)
            self._ledgers.ensure_more(FEEDBACK)
            self._ready = True


def _of_proposal(row: Mapping[str, Any]) -> JudgedExecution:
    return JudgedExecution(
        execution_id="",
        program=row["program"] or "",
        program_version=row["program_version"] or "",
        variant=row["variant"] or "",
        model=row["model"] or "",
        inputs=named_inputs(row["table"], row["column"]),
        outputs={"comment": row["text"] or ""},
    )
