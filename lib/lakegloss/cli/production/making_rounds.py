"""Makes rounds of the monitor for commands and jobs: over the service's database and the lake."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lakegloss.core.monitoring.alert_rules import AlertConfig, default_alerts
from lakegloss.core.monitoring.alert_states import AlertChange
from lakegloss.core.monitoring.book import WindowBook
from lakegloss.core.monitoring.events import Event, Subject
from lakegloss.core.requests import dollars
from lakegloss.settings_views import AlertSettings, MonitorSettings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.monitoring.channels import Channel
    from lakegloss.monitoring.rounds import MonitorRound


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """What a round found, for people; `notices` counts those made, by what became of them."""

    events: int
    subjects: list[Subject]
    changes: list[AlertChange]
    notices: dict[str, int]
    windows: int = 0


def service_round(settings: MonitorSettings, hours: float) -> RoundReport:
    """A round over the service's database alone; needs no Spark.

    Raises:
        SettingsError, EnvironmentNotReadyError: the database cannot be used.
    """
    with _Opened(settings) as engine:
        since = datetime.now(UTC) - timedelta(hours=hours)
        made = _round(engine, settings, _of_service(engine, settings.alerting, since), since)
        return _report(engine, settings, made)


def lake_round(spark: Any, settings: MonitorSettings, hours: float) -> RoundReport:
    """A round over the ledgers and the service's database; what was found goes into ledgers.

    Raises:
        CatalogError: a ledger cannot be made.
        SettingsError, EnvironmentNotReadyError: the database cannot be used.
    """
    from lakegloss.core.monitoring.rows import order_of
    from lakegloss.lakehouse.monitoring.found import keep_changes, keep_windows
    from lakegloss.lakehouse.monitoring.ledger_events import ledger_events
    from lakegloss.monitoring.alert_rows.database_alerts import DatabaseAlerts

    now = datetime.now(UTC)
    since = (now - timedelta(hours=hours)).replace(second=0, microsecond=0)
    ledgers = _ledgers_shown(spark, settings)
    with _Opened(settings) as engine:
        events = heapq.merge(
            _of_service(engine, settings.alerting, since),
            ledger_events(ledgers, since, _price(settings.alerting)),
            key=order_of,
        )
        made = _round(engine, settings, events, since)
        kept = keep_windows(ledgers, made.book, since, now)
        keep_changes(ledgers, DatabaseAlerts(engine).changes(1_000))
        return _report(engine, settings, made, windows=kept)


def lake_only_round(spark: Any, settings: MonitorSettings, hours: float) -> RoundReport:
    """A round over the ledgers, which hold the states of alerts, too; needs no database.

    Raises:
        CatalogError: a ledger cannot be made, or not be written.
        SettingsError: the webhook is of no use.
    """
    from lakegloss.lakehouse.monitoring.found import keep_windows
    from lakegloss.lakehouse.monitoring.ledger_alerts import LedgerAlerts
    from lakegloss.lakehouse.monitoring.ledger_events import ledger_events
    from lakegloss.lakehouse.monitoring.ledger_notices import LedgerOutbox
    from lakegloss.lakehouse.monitoring.ledger_states import LedgerStates
    from lakegloss.monitoring.rounds import make_round

    now, channels = datetime.now(UTC), _channels(settings)
    since = (now - timedelta(hours=hours)).replace(second=0, microsecond=0)
    ledgers = _ledgers_shown(spark, settings)
    made = make_round(
        ledger_events(ledgers, since, _price(settings.alerting)),
        LedgerAlerts(ledgers, tuple(channels)),
        LedgerStates(ledgers),
        alerts_of(settings.alerting),
        drift_items=settings.alerting.alert_drift_items,
        since=since,
    )
    return RoundReport(
        events=made.events,
        subjects=made.book.subjects,
        changes=made.changes,
        notices=LedgerOutbox(ledgers, channels).send_waiting(),
        windows=keep_windows(ledgers, made.book, since, now),
    )


def _ledgers_shown(spark: Any, settings: MonitorSettings) -> "Ledgers":
    """The ledgers, with those that a dashboard reads before they hold rows."""
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.lakehouse.ledgers.tables import ALERTS, PERFORMANCE, ROLLOUTS

    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    for ledger in (PERFORMANCE, ALERTS, ROLLOUTS):
        ledgers.ensure_more(ledger)
    return ledgers


def read_book(
    engine: "Engine", settings: MonitorSettings, since: datetime, spark: Any
) -> WindowBook:
    """The windows since a time, without looking at alerts; `spark` is None where no lake is."""
    from lakegloss.core.monitoring.rows import order_of
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.lakehouse.monitoring.ledger_events import ledger_events
    from lakegloss.monitoring.rounds import SORTED_MINUTES

    events = [_of_service(engine, settings.alerting, since)]
    if spark is not None:
        ledgers = Ledgers(spark, settings)
        events.append(ledger_events(ledgers, since, _price(settings.alerting)))
    book = WindowBook(open_minutes=SORTED_MINUTES)
    for event in heapq.merge(*events, key=order_of):
        book.add(event)
    return book


def alerts_of(settings: AlertSettings) -> list[AlertConfig]:
    """The alerts that the settings name."""
    return default_alerts(
        latency_ms=settings.alert_latency * 1_000,
        success_rate=settings.alert_success_rate,
        quality=settings.alert_quality,
    )


def _price(settings: AlertSettings) -> Callable[[int, int], float | None]:
    def price(sent: int, answered: int) -> float | None:
        return dollars(
            sent, answered, price_input=settings.price_input, price_output=settings.price_output
        )

    return price


def _of_service(engine: "Engine", settings: AlertSettings, since: datetime) -> Iterator[Event]:
    from lakegloss.serving.watch.database_events import database_events

    return database_events(engine, since, _price(settings))


def _round(
    engine: "Engine", settings: MonitorSettings, events: Iterator[Event], since: datetime
) -> "MonitorRound":
    from lakegloss.monitoring.alert_rows.database_alerts import DatabaseAlerts
    from lakegloss.monitoring.alert_rows.monitor_states import DatabaseStates
    from lakegloss.monitoring.rounds import make_round

    return make_round(
        events,
        DatabaseAlerts(engine, tuple(_channels(settings))),
        DatabaseStates(engine),
        alerts_of(settings.alerting),
        drift_items=settings.alerting.alert_drift_items,
        since=since,
    )


def _report(
    engine: "Engine", settings: MonitorSettings, made: "MonitorRound", *, windows: int = 0
) -> RoundReport:
    from lakegloss.monitoring.alert_rows.outbox import Outbox

    return RoundReport(
        events=made.events,
        subjects=made.book.subjects,
        changes=made.changes,
        notices=Outbox(engine, _channels(settings)).send_waiting(),
        windows=windows,
    )


def _channels(settings: MonitorSettings) -> "dict[str, Channel]":
    """Where changes are told, by name."""
    from lakegloss.monitoring.channels import Webhook, to_log

    channels: dict[str, Channel] = {"log": to_log}
    if settings.alert_webhook is not None:
        channels["webhook"] = Webhook(settings.alert_webhook, settings.alert_webhook_secret)
    return channels


class _Opened:
    """The service's database for as long as a round takes."""

    def __init__(self, settings: MonitorSettings) -> None:
        self._settings = settings
        self._engine: Engine | None = None

    def __enter__(self) -> "Engine":
        from lakegloss.serving.api.database.store import database_of, opened

        self._engine = opened(database_of(self._settings))
        return self._engine

    def __exit__(self, *_: object) -> None:
        if self._engine is not None:
            self._engine.dispose()
