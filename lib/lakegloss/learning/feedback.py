"""Collects what people say of executions: ratings, scores, and outputs as they should have been."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from lakegloss.core.learning.examples import FoundExample
from lakegloss.core.learning.judgements import (
    Feedback,
    JudgedExecution,
    examples_of,
    new_feedback,
)
from lakegloss.errors import ExecutionNotFoundError, FeedbackConflictError, InputError
from lakegloss.learning.executed import REMEMBERED, RememberedExecutions


class FeedbackStore(Protocol):
    """Where feedback is kept: memory, the service's database, or the ledger in Delta."""

    def execution(self, execution_id: str) -> JudgedExecution | None:
        """An execution, or None where none of that id is known."""

    def proposal(self, proposal_id: str) -> JudgedExecution | None:
        """A proposal as an execution whose output is `comment`, or None."""

    def judged(self, rows: Sequence[Feedback]) -> Mapping[str, JudgedExecution]:
        """What these rows are about, by their `feedback_id`; what is not kept any more lacks."""

    def add(self, feedback: Feedback) -> Feedback:
        """Keep a row; returns it, or the one that has its id already."""

    def rows(self) -> list[Feedback]:
        """All feedback, oldest first."""

    def count(self) -> int:
        """How many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFeedback:
    """Feedback with the execution that it is about; `inputs` are {} where they were not kept."""

    feedback: Feedback
    execution: JudgedExecution

    @property
    def rating(self) -> int | None:
        return self.feedback.rating

    @property
    def score(self) -> float | None:
        return self.feedback.score

    @property
    def corrections(self) -> Mapping[str, Any]:
        return self.feedback.corrected

    @property
    def inputs(self) -> Mapping[str, Any]:
        return self.execution.inputs

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.execution.outputs

    @property
    def examples(self) -> list[FoundExample]:
        """What a program can learn from it, not yet screened."""
        return examples_of(self.feedback, self.execution)


class MemoryFeedback:
    """Keeps feedback in memory, for one process; several threads may use it."""

    def __init__(self, executions: RememberedExecutions = REMEMBERED) -> None:
        self._executions = executions
        self._rows: dict[str, Feedback] = {}
        self._lock = threading.Lock()

    def execution(self, execution_id: str) -> JudgedExecution | None:
        return self._executions.get(execution_id)

    def proposal(self, proposal_id: str) -> JudgedExecution | None:  # noqa: ARG002 - as the Protocol
        return None

    def judged(self, rows: Sequence[Feedback]) -> Mapping[str, JudgedExecution]:
        found = {row.feedback_id: self.execution(row.execution_id) for row in rows}
        return {id_: execution for id_, execution in found.items() if execution is not None}

    def add(self, feedback: Feedback) -> Feedback:
        with self._lock:
            return self._rows.setdefault(feedback.feedback_id, feedback)

    def rows(self) -> list[Feedback]:
        with self._lock:
            return list(self._rows.values())

    def count(self) -> int:
        with self._lock:
            return len(self._rows)


class FeedbackCollector:
    """Takes feedback on executions and gives it to who compiles programs.

    Without a store it knows the executions of this process that were made with
    `execute_signature(..., collect_feedback=True)`, and keeps feedback in memory.

    Args:
        store: `MemoryFeedback`, `LedgerFeedback`, or that of the REST service.
        clock: the time of feedback.
    """

    def __init__(
        self,
        store: FeedbackStore | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store or MemoryFeedback()
        self._clock = clock

    def add_feedback(
        self,
        execution_id: str = "",
        rating: int | None = None,
        corrections: Mapping[str, Any] | None = None,
        *,
        score: float | None = None,
        type: str = "",  # noqa: A002  the published name
        who: str = "",
        feedback_id: str = "",
        proposal_id: str = "",
    ) -> Feedback:
        """Keep what somebody says of an execution or of a proposal.

        Args:
            rating: 1 (worst) to 5 (best).
            corrections: outputs by name as they should have been.
            score: 0 (worst) to 1 (best).
            type: what kind of feedback it is, in your own words.
            feedback_id: your id of it; the same feedback sent twice is kept once.
            proposal_id: a proposal of the ledgers in place of an execution; its output is
                `comment`.

        Raises:
            ExecutionNotFoundError: there is no such execution or proposal.
            InputError: a value is out of its bounds, or nothing is said.
            FeedbackConflictError: other feedback has the same `feedback_id`.
        """
        judged = self._judged(execution_id, proposal_id)
        row = new_feedback(
            judged, proposal_id=proposal_id, rating=rating, score=score, corrections=corrections,
            type=type, who=who, feedback_id=feedback_id, now=self._clock(),
        )  # fmt: skip
        return kept_or_conflict(row, self._store.add(row))

    def feedback_count(self) -> int:
        """How many there are."""
        return self._store.count()

    def get_feedback(self) -> list[JudgedFeedback]:
        """All feedback, oldest first, each with its execution as far as that is kept."""
        rows = self._store.rows()
        judged = self._store.judged(rows)
        return [
            JudgedFeedback(feedback=row, execution=judged.get(row.feedback_id) or _forgotten(row))
            for row in rows
        ]

    def _judged(self, execution_id: str, proposal_id: str) -> JudgedExecution:
        if bool(execution_id) == bool(proposal_id):
            raise InputError(
                "Feedback is about one execution or one proposal.",
                remedy="Give execution_id or proposal_id.",
            )
        if execution_id:
            found, kind = self._store.execution(execution_id), "execution"
        else:
            found, kind = self._store.proposal(proposal_id), "proposal"
        if found is None:
            raise ExecutionNotFoundError(
                f"No {kind} {(execution_id or proposal_id)[:80]!r} is known.",
                remedy="Give the execution_id of a result; without a store, of one that was made "
                "with collect_feedback=True in this process.",
            )
        return found


def kept_or_conflict(row: Feedback, kept: Feedback) -> Feedback:
    """The row that is kept under an id, if it says the same as the new one.

    Raises:
        FeedbackConflictError: it says something else.
    """
    if kept.says != row.says:
        raise FeedbackConflictError(
            f"Other feedback has the id {row.feedback_id[:80]!r} already.",
            remedy="Give new feedback an id of its own.",
        )
    return kept


def _forgotten(row: Feedback) -> JudgedExecution:
    """What the feedback itself tells of an execution that is not kept any more."""
    return JudgedExecution(
        execution_id=row.execution_id,
        program=row.program,
        program_version=row.program_version,
        variant=row.variant,
        model=row.model,
    )
