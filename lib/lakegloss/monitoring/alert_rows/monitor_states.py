"""Keeps in a database how far a monitor has read, and what its detectors of drift have seen."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from lakegloss.core.monitoring.detectors import KeptDetector
from lakegloss.core.statistics.drift import DriftDetector
from lakegloss.monitoring.alert_rows.alert_tables import MONITOR_STATES, make_alert_tables

_ROUND = "round"


class DatabaseStates:
    """`MonitorStates` in SQLite or PostgreSQL; several processes may use it.

    Raises:
        SQLAlchemyError: the database fails; raised by every method.
    """

    def __init__(self, engine: Engine) -> None:
        make_alert_tables(engine)
        self._engine = engine

    def first_round(self) -> datetime | None:
        kept = self._read(_ROUND)
        began = None if kept is None else json.loads(kept[1]).get("began")
        return None if began is None else datetime.fromisoformat(began)

    def last_round(self) -> datetime | None:
        kept = self._read(_ROUND)
        return None if kept is None else datetime.fromisoformat(kept[0])

    def end_round(self, until: datetime) -> None:
        last = self.last_round()
        began = self.first_round() or last or until  # an earlier version kept none
        state = json.dumps({"began": began.isoformat()})
        if last is None:
            self._write(_ROUND, "", until.isoformat(), state)
        elif until > last:
            self._write(_ROUND, last.isoformat(), until.isoformat(), state)

    def detector(self, name: str, threshold: float) -> tuple[DriftDetector, str]:
        kept = self._read(name)
        if kept is None:
            return DriftDetector(threshold), ""
        detector = DriftDetector.of_json(json.loads(kept[1]))
        detector.threshold = threshold
        return detector, kept[0]

    def keep_detectors(self, moved: Sequence[KeptDetector]) -> frozenset[str]:
        return frozenset(
            one.name
            for one in moved
            if self._write(one.name, one.before, one.after, json.dumps(one.detector.as_json()))
        )

    def _read(self, name: str) -> tuple[str, str] | None:
        query = select(MONITOR_STATES.c.position, MONITOR_STATES.c.state)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(MONITOR_STATES.c.name == name)).first()
        return None if row is None else (row.position, row.state)

    def _write(self, name: str, before: str, after: str, state: str) -> bool:
        values = {"position": after, "state": state}
        known = and_(MONITOR_STATES.c.name == name, MONITOR_STATES.c.position == before)
        try:
            with self._engine.begin() as connection:
                if before:
                    changed = connection.execute(update(MONITOR_STATES).where(known).values(values))
                    return changed.rowcount == 1
                connection.execute(insert(MONITOR_STATES).values(name=name, **values))
        except IntegrityError:  # another process kept it first
            return False
        return True
