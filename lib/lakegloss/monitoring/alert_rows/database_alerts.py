"""Keeps the states of alerts in SQLite or PostgreSQL, for any number of threads and processes."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from lakegloss.core.monitoring.alert_states import AlertChange, AlertState, AlertStatus
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.notices import NoticeStatus, body_of
from lakegloss.monitoring.alert_rows.alert_tables import (
    ALERT_CHANGES,
    ALERT_NOTICES,
    ALERT_STATES,
    make_alert_tables,
)

_REMEMBERED_SECONDS = 5.0


class DatabaseAlerts:
    """A store of alerts in a database. A change, its state and its notices are one transaction.

    Which of several processes made a change is decided by the key of its row: only that one gets
    True from `change`. What was read may be old by some seconds: whoever changes an old state
    finds the row of that change there, and reads again.

    Args:
        engine: of SQLAlchemy, see `lakegloss.serving.api.database.store`.
        channels: where each change is told, see `Outbox`.

    Raises:
        SQLAlchemyError: the database fails; raised by every method.
    """

    def __init__(self, engine: Engine, channels: Sequence[str] = ("log",)) -> None:
        make_alert_tables(engine)
        self.engine = engine
        self._channels = tuple(channels)
        self._known: dict[str, tuple[float, AlertState]] = {}
        self._lock = threading.Lock()

    def state(self, alert_id: str) -> AlertState:
        with self._lock:
            read_at, known = self._known.get(alert_id, (0.0, None))
        if known is not None and time.monotonic() - read_at < _REMEMBERED_SECONDS:
            return known
        query = select(ALERT_STATES).where(ALERT_STATES.c.alert_id == alert_id)
        with self.engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        state = AlertState(alert_id=alert_id) if row is None else _state(row)
        with self._lock:
            self._known[alert_id] = (time.monotonic(), state)
        return state

    def states(self) -> list[AlertState]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(ALERT_STATES)).mappings().all()
        return [_state(row) for row in rows]

    def change(self, change: AlertChange) -> bool:
        with self._lock:
            self._known.pop(change.alert_id, None)
        try:
            with self.engine.begin() as connection:
                # The first statement writes, so that SQLite waits for others in place of failing.
                connection.execute(insert(ALERT_CHANGES).values(**change.row))
                state = {
                    "status": change.status.value, "changes": change.number, "since": change.at,
                }  # fmt: skip
                known = ALERT_STATES.c.alert_id == change.alert_id
                if not connection.execute(update(ALERT_STATES).where(known).values(state)).rowcount:
                    connection.execute(
                        insert(ALERT_STATES).values(alert_id=change.alert_id, **state)
                    )
                for channel in self._channels:
                    connection.execute(insert(ALERT_NOTICES).values(_notice(change, channel)))
        except IntegrityError:
            return False
        return True

    def changes(self, limit: int = 100) -> list[AlertChange]:
        """The newest changes of all alerts, newest first."""
        query = select(ALERT_CHANGES).order_by(ALERT_CHANGES.c.at.desc()).limit(limit)
        with self.engine.connect() as connection:
            return [_change(row) for row in connection.execute(query).mappings()]

    def firing(self) -> list[AlertChange]:
        """The changes by which the alerts began that are on now, oldest first."""
        joined = (ALERT_STATES.c.alert_id == ALERT_CHANGES.c.alert_id) & (
            ALERT_STATES.c.changes == ALERT_CHANGES.c.number
        )
        query = (
            select(ALERT_CHANGES)
            .join(ALERT_STATES, joined)
            .where(ALERT_STATES.c.status == AlertStatus.FIRING.value)
            .order_by(ALERT_CHANGES.c.at)
        )
        with self.engine.connect() as connection:
            return [_change(row) for row in connection.execute(query).mappings()]


def _notice(change: AlertChange, channel: str) -> dict[str, Any]:
    return {
        "change_id": change.change_id,
        "channel": channel,
        "body": body_of(change),
        "status": NoticeStatus.WAITING.value,
        "next_at": change.at,
    }


def in_utc(moment: datetime) -> datetime:
    """Set UTC on a time that was read: SQLite stores no time zones."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _state(row: Mapping[Any, Any]) -> AlertState:
    return AlertState(
        alert_id=row["alert_id"],
        status=AlertStatus(row["status"]),
        changes=row["changes"],
        since=in_utc(row["since"]),
    )


def _change(row: Mapping[Any, Any]) -> AlertChange:
    return AlertChange(
        alert_id=row["alert_id"],
        number=row["number"],
        alert=row["alert"],
        metric=row["metric"],
        subject=Subject(row["program"], row["program_version"], row["variant"], row["model"]),
        status=AlertStatus(row["status"]),
        value=row["value"],
        threshold=row["threshold"],
        baseline=row["baseline"],
        samples=row["samples"],
        at=in_utc(row["at"]),
    )
