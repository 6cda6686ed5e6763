"""Makes a round of the monitor each minute while the service runs, beside its requests."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from lakegloss.core.going_on import going_on
from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.core.monitoring.alert_states import AlertChange
from lakegloss.monitoring.alert_rows.database_alerts import DatabaseAlerts
from lakegloss.monitoring.alert_rows.monitor_states import DatabaseStates
from lakegloss.monitoring.alert_rows.outbox import Outbox
from lakegloss.monitoring.channels import Channel
from lakegloss.monitoring.rounds import make_round
from lakegloss.serving.watch.database_events import database_events

_log = logging.getLogger("lakegloss.monitoring")
INTERVAL = 60.0


class AlertLoop:
    """Looks at the executions of all processes that share a database, from a thread.

    Args:
        configs: the alerts.
        channels: where changes are told, by name.
        show: gets the alerts that are on after each round.
        interval: seconds between two rounds.
    """

    def __init__(
        self,
        engine: Engine,
        configs: Sequence[AlertConfig],
        channels: Mapping[str, Channel],
        *,
        drift_items: int = 10_000,
        show: Callable[[Sequence[AlertChange]], None] = lambda _: None,
        interval: float = INTERVAL,
    ) -> None:
        self._engine = engine
        self._configs = tuple(configs)
        self._channels = dict(channels)
        self._drift_items = drift_items
        self._show = show
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lakegloss-alerts", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes after one interval."""
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """End after the round that is under way, or after so many seconds."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def round(self) -> list[AlertChange]:
        """Make one round, and send what waits; returns what changed.

        Raises:
            SQLAlchemyError: the database fails.
        """
        alerts, states = (
            DatabaseAlerts(self._engine, tuple(self._channels)),
            DatabaseStates(self._engine),
        )
        longest = max((config.window_minutes for config in self._configs), default=5)
        last = states.last_round() or datetime.now(UTC)
        # Rows are written after their executions end: some more minutes are read again.
        since = min(last, datetime.now(UTC)) - timedelta(minutes=longest + 2)
        made = make_round(
            database_events(self._engine, since), alerts, states, self._configs,
            drift_items=self._drift_items, since=since,
        )  # fmt: skip
        self._show(alerts.firing())
        Outbox(self._engine, self._channels).send_waiting()
        return made.changes

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            with going_on(_log, "a round of the monitor failed"):  # the next one tries again
                self.round()
