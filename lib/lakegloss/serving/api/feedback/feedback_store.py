"""Keeps feedback in the service's database, about executions that it has."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from lakegloss.core.learning.judgements import Feedback, JudgedExecution
from lakegloss.serving.api.database.schema import EXECUTIONS, FEEDBACK
from lakegloss.serving.api.database.store import Store, in_utc

_IDS_A_QUERY = 500
_NAMES = tuple(field.name for field in fields(Feedback))


class DatabaseFeedback:
    """A store for `FeedbackCollector` in SQLite or PostgreSQL.

    Args:
        key_name: who gives the feedback: only its own executions are known.
        owner: whose executions are known and whose feedback is read; None is everybody's.

    Raises:
        SQLAlchemyError: the database fails; raised by every method.
    """

    def __init__(self, store: Store, *, key_name: str = "", owner: str | None = None) -> None:
        self._store = store
        self._key_name = key_name
        self._owner = owner

    def execution(self, execution_id: str) -> JudgedExecution | None:
        row = self._store.execution(execution_id, self._owner)
        return None if row is None else _judged(row)

    def proposal(self, proposal_id: str) -> JudgedExecution | None:  # noqa: ARG002 - the Protocol
        return None

    def judged(self, rows: Sequence[Feedback]) -> Mapping[str, JudgedExecution]:
        ids = sorted({row.execution_id for row in rows})
        found: dict[str, JudgedExecution] = {}
        with self._store.engine.connect() as connection:
            for start in range(0, len(ids), _IDS_A_QUERY):
                chosen = EXECUTIONS.c.execution_id.in_(ids[start : start + _IDS_A_QUERY])
                for row in connection.execute(select(EXECUTIONS).where(chosen)).mappings():
                    found[row["execution_id"]] = _judged(row)
        return {r.feedback_id: found[r.execution_id] for r in rows if r.execution_id in found}

    def add(self, feedback: Feedback) -> Feedback:
        row = {**asdict(feedback), "key_name": self._key_name, "carried": False}
        try:
            with self._store.engine.begin() as connection:
                connection.execute(insert(FEEDBACK).values(**row))
        except IntegrityError:
            there = self._read(FEEDBACK.c.feedback_id == feedback.feedback_id)
            if not there:
                raise
            return there[0]
        return feedback

    def rows(self) -> list[Feedback]:
        return self._read(FEEDBACK.c.key_name == self._owner if self._owner is not None else None)

    def count(self) -> int:
        query = select(func.count()).select_from(FEEDBACK)
        if self._owner is not None:
            query = query.where(FEEDBACK.c.key_name == self._owner)
        with self._store.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def uncarried(self, limit: int = 1_000) -> list[Feedback]:
        """The oldest feedback that no job has carried into the ledgers yet."""
        return self._read(FEEDBACK.c.carried.is_(False), limit)

    def mark_carried(self, feedback_ids: Sequence[str]) -> None:
        """Mark this feedback as carried into the ledgers."""
        chosen = FEEDBACK.c.feedback_id.in_(list(feedback_ids))
        with self._store.engine.begin() as connection:
            connection.execute(update(FEEDBACK).where(chosen).values(carried=True))

    def _read(self, condition: Any, limit: int | None = None) -> list[Feedback]:
        query = select(FEEDBACK).order_by(FEEDBACK.c.at, FEEDBACK.c.feedback_id).limit(limit)
        if condition is not None:
            query = query.where(condition)
        with self._store.engine.connect() as connection:
            return [_feedback(row) for row in connection.execute(query).mappings().all()]


def _judged(row: Mapping[Any, Any]) -> JudgedExecution:
    return JudgedExecution(
        execution_id=row["execution_id"],
        program=row["program"],
        program_version=row["program_version"],
        variant=row["variant"] or "",
        model=row["model"],
        inputs=row["inputs"] or {},
        outputs=row["outputs"] or {},
    )


def _feedback(row: Mapping[Any, Any]) -> Feedback:
    values = {name: row[name] for name in _NAMES}
    return Feedback(**{**values, "at": in_utc(row["at"])})
