"""Keeps the states of alerts in a ledger: for jobs that have a lake and no database.

A change is written as a numbered transaction of its alert, which Delta carries out once, whoever
writes at the same time. Notices follow from the changes (`ledger_notices`): a process that dies
after a change loses none.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.ddl import is_in, literal
from lakegloss.core.monitoring.alert_states import AlertChange, AlertState, AlertStatus, changed
from lakegloss.core.monitoring.events import Subject
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import ALERTS

_MILLION = 1_000_000
_FIRING = AlertStatus.FIRING


class LedgerAlerts:
    """A store of alerts, for one round: what it read is not read again.

    Args:
        channels: where each change is told.
        holder: names this process.

    Raises:
        CatalogError: the ledger cannot be made, or not be written; raised by every method.
    """

    def __init__(
        self, ledgers: Ledgers, channels: Sequence[str] = ("log",), *, holder: str = ""
    ) -> None:
        ledgers.ensure_more(ALERTS)
        self._ledgers = ledgers
        self._channels = ",".join(channels)
        self._holder = holder or uuid4().hex
        self._known: dict[str, AlertState] | None = None

    def state(self, alert_id: str) -> AlertState:
        """The state of an alert; one that never changed is quiet."""
        return self._all().get(alert_id) or AlertState(alert_id=alert_id)

    def states(self) -> list[AlertState]:
        """The states of all alerts that ever changed."""
        return list(self._all().values())

    def firing(self) -> list[AlertChange]:
        """The changes by which the alerts began that are on now, oldest first."""
        on = {one.alert_id: one.changes for one in self.states() if one.status is _FIRING}
        if not on:
            return []
        frame = self._ledgers.read(ALERTS).where(is_in("alert_id", sorted(on)))
        # Of two rows of one change, where Delta could not tell, one is enough.
        rows = {row["alert_id"]: row for row in rows_of(frame, ALERTS) if _is_last(row, on)}
        return sorted(map(change_of, rows.values()), key=lambda one: one.at)

    def change(self, change: AlertChange) -> bool:
        """Keep a change; False if a change of its number is there: it is another's."""
        row = {**row_of(change), "channels": self._channels, "holder": self._holder}
        app = f"lakegloss alert {change.alert_id}"
        self._ledgers.append_once(ALERTS, row, app=app, number=change.number)
        holders = self._holders(change)
        if not holders:  # a restored table: the alert would never change again
            self._ledgers.append(ALERTS, [row])
            holders = self._holders(change)
        if holders != [self._holder]:
            self._known = None
            return False
        self._all()[change.alert_id] = changed(self.state(change.alert_id), change)
        return True

    def _holders(self, change: AlertChange) -> list[str]:
        """Who wrote a change. Of two, where Delta could not tell, the first by name has it."""
        frame = self._ledgers.read(ALERTS).where(
            f"alert_id = {literal(change.alert_id)} AND number = {change.number}"
        )
        found = rows_of(frame, ALERTS, ("holder",))
        return sorted({str(row["holder"] or "") for row in found})[:1]

    def _all(self) -> dict[str, AlertState]:
        if self._known is None:
            rows = self._ledgers.spark.sql(
                "SELECT alert_id, max(number) AS changes, max_by(status, number) AS status, "
                "max_by(unix_micros(at), number) AS since "
                f"FROM {self._ledgers.name(ALERTS)} GROUP BY alert_id"
            ).collect()
            self._known = {row["alert_id"]: _state(row) for row in rows}
        return self._known


def _is_last(row: Mapping[str, Any], changes: Mapping[str, int]) -> bool:
    return bool(row["number"] == changes[row["alert_id"]])


def _state(row: Any) -> AlertState:
    return AlertState(
        alert_id=row["alert_id"], status=AlertStatus(row["status"]), changes=int(row["changes"]),
        since=datetime.fromtimestamp(row["since"] / _MILLION, UTC),
    )  # fmt: skip


def row_of(change: AlertChange) -> dict[str, Any]:
    """A change as a row of the ledger, without who tells it."""
    return {**change.row, "channels": None, "holder": None}


def change_of(row: Mapping[str, Any]) -> AlertChange:
    """The change that a row of the ledger holds."""
    names = ("program", "program_version", "variant", "model")
    return AlertChange(
        alert_id=row["alert_id"], number=row["number"], alert=row["alert"], metric=row["metric"],
        subject=Subject(*(row[name] for name in names)), status=AlertStatus(row["status"]),
        value=row["value"], threshold=row["threshold"], baseline=row["baseline"],
        samples=row["samples"], at=row["at"],
    )  # fmt: skip
