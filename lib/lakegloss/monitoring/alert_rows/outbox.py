"""Sends the notices that wait, each by one process; failures are recorded and tried again."""

import logging
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, and_, func, select, update

from lakegloss.core.monitoring.notices import Notice, NoticeStatus, failure_of, send_in_turn
from lakegloss.monitoring.alert_rows.alert_tables import ALERT_NOTICES
from lakegloss.monitoring.alert_rows.database_alerts import in_utc
from lakegloss.monitoring.channels import Channel

_log = logging.getLogger("lakegloss.monitoring")


class Outbox:
    """Sends notices from the table in which `DatabaseAlerts` left them.

    A notice is claimed before it is sent. Where a process is killed during the attempt itself,
    nobody knows whether the notice arrived: it is sent again, with the same id, by which a
    receiver knows it.

    Args:
        channels: by name; notices for others wait.
        clock: the time now, in UTC.

    Raises:
        SQLAlchemyError: the database fails.
    """

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._channels = dict(channels)
        self._clock = clock

    def send_waiting(self, most: int = 100) -> dict[str, int]:
        """Make one attempt at each notice that is due; returns how many were sent and failed.

        See `core.monitoring.notices`: in the order of an alert's changes, and none of a channel
        after one of it failed.
        """
        return send_in_turn(self._waiting(), self._sent, clock=self._clock, most=most)

    def counts(self) -> dict[str, int]:
        """How many notices there are, by status: waiting, sent, failed."""
        query = select(ALERT_NOTICES.c.status, func.count()).group_by(ALERT_NOTICES.c.status)
        with self._engine.connect() as connection:
            return {status: count for status, count in connection.execute(query).all()}  # noqa: C416 - rows

    def _waiting(self) -> list[Notice]:
        columns = ("change_id", "channel", "next_at", "attempts", "claimed_until")
        query = select(*(ALERT_NOTICES.c[name] for name in columns)).where(
            ALERT_NOTICES.c.status == NoticeStatus.WAITING.value,
            ALERT_NOTICES.c.channel.in_(list(self._channels)),
        )
        with self._engine.connect() as connection:
            return [_notice(row) for row in connection.execute(query).mappings()]

    def _sent(self, notice: Notice) -> NoticeStatus | None:
        claimed = notice.claimed(self._clock())
        body = self._claim(notice, claimed)
        if body is None:
            return None
        channel = self._channels[notice.channel]
        error = failure_of(lambda: channel(notice.change_id, body))
        after = claimed.tried(error, self._clock(), spread=random.uniform(0.8, 1.2))  # noqa: S311 - spreads attempts
        values = {
            "status": after.status.value, "error": after.error, "next_at": after.next_at,
            "claimed_until": None,
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(update(ALERT_NOTICES).where(_is(notice)).values(values))
        if after.status is NoticeStatus.FAILED:
            _log.error("the notice %s was not delivered: %s", notice.change_id, after.error)
        elif error:
            _log.warning("the notice %s is sent again later: %s", notice.change_id, after.error)
        return after.status

    def _claim(self, notice: Notice, claimed: Notice) -> str | None:
        """The body of a notice that is now this process's; None where another has it."""
        # Two processes that saw the same row: the number of attempts lets only one change it.
        condition = and_(
            _is(notice), ALERT_NOTICES.c.attempts == notice.attempts,
            ALERT_NOTICES.c.status == NoticeStatus.WAITING.value,
        )  # fmt: skip
        values = {"claimed_until": claimed.claimed_until, "attempts": claimed.attempts}
        with self._engine.begin() as connection:
            if not connection.execute(
                update(ALERT_NOTICES).where(condition).values(values)
            ).rowcount:
                return None
            body = connection.execute(select(ALERT_NOTICES.c.body).where(_is(notice))).scalar_one()
            return str(body)


def _notice(row: Mapping[Any, Any]) -> Notice:
    alert_id, _, number = row["change_id"].rpartition("-")
    until = row["claimed_until"]
    return Notice(
        alert_id=alert_id, number=int(number), channel=row["channel"],
        next_at=in_utc(row["next_at"]), attempts=row["attempts"],
        claimed_until=None if until is None else in_utc(until),
    )  # fmt: skip


def _is(notice: Notice) -> Any:
    return and_(
        ALERT_NOTICES.c.change_id == notice.change_id, ALERT_NOTICES.c.channel == notice.channel
    )
