"""Sends the notices of the changes that a ledger of alerts holds, each by one process."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from lakegloss.core.ddl import literal
from lakegloss.core.monitoring.alert_states import AlertChange
from lakegloss.core.monitoring.notices import (
    Notice,
    NoticeStatus,
    body_of,
    failure_of,
    send_in_turn,
)
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import ALERT_NOTICES, ALERTS
from lakegloss.lakehouse.monitoring.ledger_alerts import change_of

_log = logging.getLogger("lakegloss.monitoring")
TOLD_FOR = timedelta(days=7)
"""How old a change may be and still be told."""
_NoticeKey = tuple[str, int, str]


class LedgerOutbox:
    """Sends what waits: changes of alerts that name a channel and have no notice there yet.

    A notice is claimed before it is sent, by a numbered transaction of its own: Delta gives it to
    one process. One that dies during the attempt leaves its claim, which runs out.

    Args:
        channels: by name, see `lakegloss.monitoring.channels`.
        holder: names this process.

    Raises:
        CatalogError: a ledger cannot be made, or not be written.
    """

    def __init__(
        self,
        ledgers: Ledgers,
        channels: Mapping[str, Callable[[str, str], str]],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        holder: str = "",
    ) -> None:
        self._ledgers = ledgers
        self._channels = dict(channels)
        self._clock = clock
        self._holder = holder or uuid4().hex
        self._changes: dict[tuple[str, int], AlertChange] = {}
        self._steps: dict[_NoticeKey, int] = {}

    def send_waiting(self, most: int = 100) -> dict[str, int]:
        """Make one attempt at each notice that is due; returns how many were sent and failed."""
        waiting = self._waiting()
        return send_in_turn(waiting, self._sent, clock=self._clock, most=most)

    def _waiting(self) -> list[Notice]:
        since = int((self._clock() - TOLD_FOR).timestamp() * 1_000_000)
        frame = self._ledgers.read(ALERTS).where(
            f"channels <> '' AND at >= timestamp_micros({since})"
        )
        rows = rows_of(frame, ALERTS)
        if not rows:
            return []
        self._ledgers.ensure_more(ALERT_NOTICES)
        kept = self._kept(since)
        self._changes.clear()
        found = []
        for row in sorted(rows, key=lambda row: str(row["holder"])):
            change = change_of(row)
            if (change.alert_id, change.number) in self._changes:
                continue
            self._changes[change.alert_id, change.number] = change
            for channel in str(row["channels"]).split(","):
                fresh = Notice(
                    alert_id=change.alert_id, number=change.number, channel=channel,
                    next_at=change.at,
                )  # fmt: skip
                notice = kept.get((change.alert_id, change.number, channel), fresh)
                if channel in self._channels and notice.status is NoticeStatus.WAITING:
                    found.append(notice)
        return found

    def _kept(self, since: int) -> dict[_NoticeKey, Notice]:
        """What became of each notice up to now."""
        frame = self._ledgers.latest(ALERT_NOTICES).where(f"at >= timestamp_micros({since})")
        found: dict[_NoticeKey, Notice] = {}
        for row in rows_of(frame, ALERT_NOTICES):
            key = (row["alert_id"], row["number"], row["channel"])
            self._steps[key] = row["step"]
            found[key] = Notice(
                alert_id=row["alert_id"], number=row["number"], channel=row["channel"],
                next_at=row["next_at"], status=NoticeStatus(row["status"]),
                attempts=row["attempts"], claimed_until=row["claimed_until"], error=row["error"],
            )  # fmt: skip
        return found

    def _sent(self, notice: Notice) -> NoticeStatus | None:
        claimed = notice.claimed(self._clock())
        if not self._write(claimed):
            return None
        body = body_of(self._changes[notice.alert_id, notice.number])
        channel = self._channels[notice.channel]
        error = failure_of(lambda: channel(notice.change_id, body))
        after = claimed.tried(error, self._clock(), spread=random.uniform(0.8, 1.2))  # noqa: S311 - spreads attempts
        self._write(replace(after, claimed_until=None))
        if error:
            _log.warning("the notice %s is %s: %s", notice.change_id, after.status, after.error)
        return after.status

    def _write(self, notice: Notice) -> bool:
        """Write the next row of a notice; False where another process wrote it."""
        key = (notice.alert_id, notice.number, notice.channel)
        step = self._steps.get(key, 0) + 1
        row: dict[str, Any] = {
            "alert_id": notice.alert_id, "number": notice.number, "channel": notice.channel,
            "step": step, "status": notice.status.value, "attempts": notice.attempts,
            "next_at": notice.next_at, "claimed_until": notice.claimed_until,
            "error": notice.error, "holder": self._holder, "at": self._clock(),
        }  # fmt: skip
        app = f"lakegloss notice {notice.change_id} {notice.channel}"
        self._ledgers.append_once(ALERT_NOTICES, row, app=app, number=step)
        if not self._holders(row):  # a restored table: the notice would never be sent
            self._ledgers.append(ALERT_NOTICES, [row])
        self._steps[key] = step
        return self._holders(row) == {self._holder}

    def _holders(self, row: Mapping[str, Any]) -> set[str]:
        where = " AND ".join(
            f"{name} = {literal(row[name]) if isinstance(row[name], str) else row[name]}"
            for name in ("alert_id", "number", "channel", "step")
        )
        frame = self._ledgers.read(ALERT_NOTICES).where(where)
        return {str(found["holder"]) for found in rows_of(frame, ALERT_NOTICES, ("holder",))}
