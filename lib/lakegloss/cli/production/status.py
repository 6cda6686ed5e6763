"""Defines the command that shows how programs in production are."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lakegloss.cli.console import out
from lakegloss.cli.options import Config, Home, ReportFile, Sets, Wait, opened, read_settings
from lakegloss.cli.production.monitor import Hours, NoLake
from lakegloss.core.text.terminal import safe
from lakegloss.settings_views import MonitorSettings

if TYPE_CHECKING:
    from lakegloss.core.monitoring.overview import StatusData

_COURSES = 8
"""Programs whose course is drawn; the table has all."""
_CHANGES, _CHANGES_READ = 50, 1_000


def status(
    hours: Hours = 24.0,
    no_lake: NoLake = False,
    html: ReportFile = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Show quality, speed, cost, alerts and versions of programs, and what waits for a person."""
    from lakegloss.lakehouse.report.report import require_place
    from lakegloss.lakehouse.session.session import has_lake
    from lakegloss.monitoring.status_page import render_page, render_text

    settings = read_settings(config, home, sets, catalog_wait=wait)
    path = html or settings.home / "status.html"
    require_place(path)
    if no_lake or not has_lake(settings):
        data = _status(settings, hours, None)
    else:
        with opened(settings) as spark:
            data = _status(settings, hours, spark)
    path.write_text(render_page(data), encoding="utf-8")
    for line in render_text(data):
        out.print(safe(line, 400), soft_wrap=True)
    out.print(f"The page: [bold]{safe(str(path.absolute()))}[/bold]")


def _status(settings: MonitorSettings, hours: float, spark: Any) -> "StatusData":
    from lakegloss.cli.production.making_rounds import alerts_of, read_book
    from lakegloss.core.monitoring.courses import course_of
    from lakegloss.core.monitoring.overview import (
        StatusData,
        alerts_shown,
        busiest,
        phases_of,
        programs_of,
        waiting_for_a_person,
    )
    from lakegloss.core.monitoring.silent_alerts import silent_alerts
    from lakegloss.core.statistics.drift import DriftDetector
    from lakegloss.monitoring.alert_rows.database_alerts import DatabaseAlerts
    from lakegloss.monitoring.alert_rows.outbox import Outbox
    from lakegloss.release.replacement.known_rollouts import rollouts_of_variants
    from lakegloss.serving.api.database.store import database_of
    from lakegloss.serving.api.database.store import opened as opened_database

    now = datetime.now(UTC)
    engine = opened_database(database_of(settings))
    try:
        book = read_book(engine, settings, now - timedelta(hours=hours), spark)
        alerts, notices = DatabaseAlerts(engine), Outbox(engine, {}).counts()
        told = [alerts.firing(), alerts.changes(_CHANGES_READ)]
    finally:
        engine.dispose()
    phases, reviews, rollouts = [], 0, rollouts_of_variants(settings.home)
    if spark is not None:
        from lakegloss.lakehouse.monitoring.standing_of_lake import (
            alerts_of_lake,
            notices_of_lake,
            releases_of,
            reviews_waiting,
            rollouts_of_lake,
        )

        phases = phases_of(releases_of(spark, settings))
        reviews = reviews_waiting(spark, settings)
        rollouts = [*rollouts_of_lake(spark, settings), *rollouts]
        told.append(alerts_of_lake(spark, settings))
        notices = dict(Counter(notices) + Counter(notices_of_lake(spark, settings)))
    firing, changes = alerts_shown(*told, most=_CHANGES)
    items = settings.alerting.alert_drift_items
    return StatusData(
        at=now,
        hours=hours,
        programs=programs_of(book, hours),
        firing=firing,
        changes=changes,
        notices=notices,
        phases=phases,
        waiting=waiting_for_a_person(
            reviews=reviews,
            phases=phases,
            failed_notices=notices.get("failed", 0),
            rollouts=rollouts,
            now=now,
        ),
        promise=f"Drift: {DriftDetector(items).promise}" if items else "Drift is not looked for.",
        courses=[course_of(book, one, now, hours) for one in busiest(book)[:_COURSES]],
        rollouts=rollouts,
        silent=[one.sentence(hours) for one in silent_alerts(book, alerts_of(settings.alerting))],
    )
