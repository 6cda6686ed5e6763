"""Declares where the states of alerts are kept, and keeps them in memory for one process."""

import threading
from collections.abc import Sequence
from typing import Protocol

from lakegloss.core.monitoring.alert_states import AlertChange, AlertState, AlertStatus, changed


class AlertStore(Protocol):
    """Where the states of alerts are: memory, a database, or the ledger in Delta."""

    def state(self, alert_id: str) -> AlertState:
        """The state of an alert; one that never changed is quiet."""

    def states(self) -> Sequence[AlertState]:
        """The states of all alerts that ever changed."""

    def firing(self) -> Sequence[AlertChange]:
        """The changes by which the alerts began that are on now, oldest first."""

    def change(self, change: AlertChange) -> bool:
        """Keep a change; returns False if a change of its number is there: it is another's."""


class MemoryAlerts:
    """Keeps alerts of one process, until it ends."""

    def __init__(self) -> None:
        self._states: dict[str, AlertState] = {}
        self._last: dict[str, AlertChange] = {}
        self._lock = threading.Lock()

    def state(self, alert_id: str) -> AlertState:
        return self._states.get(alert_id) or AlertState(alert_id=alert_id)

    def states(self) -> list[AlertState]:
        with self._lock:
            return list(self._states.values())

    def firing(self) -> list[AlertChange]:
        with self._lock:
            on = [one for one in self._last.values() if one.status is AlertStatus.FIRING]
        return sorted(on, key=lambda one: one.at)

    def change(self, change: AlertChange) -> bool:
        with self._lock:
            state = self._states.get(change.alert_id) or AlertState(alert_id=change.alert_id)
            if change.number != state.changes + 1:
                return False
            self._states[change.alert_id] = changed(state, change)
            self._last[change.alert_id] = change
            return True
