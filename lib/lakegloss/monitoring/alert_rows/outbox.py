"""Sends the notices that wait, each by one process; failures are recorded and tried again."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select, update

from lakegloss.monitoring.alert_rows.alert_tables import ALERT_NOTICES
from lakegloss.monitoring.channels import Channel

_log = logging.getLogger("lakegloss.monitoring")
ATTEMPTS = 8
"""How often one notice is sent before it counts as failed: for about an hour and a half."""
CLAIM = timedelta(seconds=60)
"""How long a process has for one attempt; a process that was killed loses its claim then."""
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 1_800.0
WAITING, SENT, FAILED = "waiting", "sent", "failed"


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
        """Make one attempt at each notice that is due; returns how many were sent and failed."""
        counts: Counter[str] = Counter()
        for row in self._due(most):
            if self._claim(row):
                counts[self._attempt(row)] += 1
        return dict(counts)

    def counts(self) -> dict[str, int]:
        """How many notices there are, by status: waiting, sent, failed."""
        query = select(ALERT_NOTICES.c.status, func.count()).group_by(ALERT_NOTICES.c.status)
        with self._engine.connect() as connection:
            return {status: count for status, count in connection.execute(query).all()}  # noqa: C416 - rows

    def _due(self, most: int) -> list[Mapping[Any, Any]]:
        query = (
            select(ALERT_NOTICES)
            .where(self._is_due(), ALERT_NOTICES.c.channel.in_(list(self._channels)))
            .order_by(ALERT_NOTICES.c.next_at, ALERT_NOTICES.c.change_id)
            .limit(most)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).mappings())

    def _is_due(self) -> Any:
        now, claimed = self._clock(), ALERT_NOTICES.c.claimed_until
        return and_(
            ALERT_NOTICES.c.status == WAITING,
            ALERT_NOTICES.c.next_at <= now,
            or_(claimed.is_(None), claimed < now),
        )

    def _claim(self, row: Mapping[Any, Any]) -> bool:
        values = {"claimed_until": self._clock() + CLAIM, "attempts": row["attempts"] + 1}
        # Two processes that saw the same row: the number of attempts lets only one change it.
        condition = and_(_is(row), self._is_due(), ALERT_NOTICES.c.attempts == row["attempts"])
        with self._engine.begin() as connection:
            found = connection.execute(update(ALERT_NOTICES).where(condition).values(values))
            return found.rowcount == 1

    def _attempt(self, row: Mapping[Any, Any]) -> str:
        error = self._channels[row["channel"]](row["change_id"], row["body"])
        number = row["attempts"] + 1
        values: dict[str, Any] = {"claimed_until": None, "error": error[:200]}
        if not error:
            values["status"] = SENT
        elif number >= ATTEMPTS:
            values["status"] = FAILED
            _log.error("the notice %s was not delivered: %s", row["change_id"], error[:200])
        else:
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (number - 1))
            values["next_at"] = self._clock() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311 - spreads attempts
            _log.warning("the notice %s is sent again later: %s", row["change_id"], error[:200])
        with self._engine.begin() as connection:
            connection.execute(update(ALERT_NOTICES).where(_is(row)).values(values))
        return str(values.get("status", WAITING))


def _is(row: Mapping[Any, Any]) -> Any:
    return and_(
        ALERT_NOTICES.c.change_id == row["change_id"], ALERT_NOTICES.c.channel == row["channel"]
    )
