"""Reads what a status shows of the lake: decisions, rollouts, alerts, proposals that wait."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.ddl import literal
from lakegloss.core.monitoring.alert_states import AlertChange
from lakegloss.core.monitoring.rollout_view import (
    MOST_ROLLOUTS,
    RolloutView,
    last_rollouts,
    view_of,
)
from lakegloss.core.records import ProposalStatus
from lakegloss.core.release.decisions import Release
from lakegloss.core.release.guard import GuardItem
from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    ALERT_NOTICES,
    ALERTS,
    DECISIONS,
    PROPOSALS,
    RELEASES,
    ROLLOUT_ITEMS,
    ROLLOUTS,
)
from lakegloss.lakehouse.monitoring.ledger_alerts import change_of
from lakegloss.settings_views import LedgerSettings

_CHANGE = (
    "alert_id", "number", "alert", "metric", "program", "program_version", "variant", "model",
    "status", "value", "threshold", "baseline", "samples", "at",
)  # fmt: skip
"""The columns of a change that ledgers of older versions have, too."""


def releases_of(spark: Any, settings: LedgerSettings) -> list[Release]:
    """All decisions on versions; none where the lake has no such ledger yet."""
    ledgers = Ledgers(spark, settings)
    if not spark.catalog.tableExists(ledgers.name(RELEASES)):
        return []
    names = [field.name for field in fields(Release) if field.name != "decided_at"]
    columns = ", ".join(names)
    rows = spark.sql(
        f"SELECT {columns}, unix_micros(decided_at) AS moment FROM {ledgers.name(RELEASES)}"
    ).collect()
    return [
        Release(
            **{name: row[name] for name in names},
            decided_at=datetime.fromtimestamp(row["moment"] / 1_000_000, UTC),
        )
        for row in rows
    ]


def reviews_waiting(spark: Any, settings: LedgerSettings) -> int:
    """How many assets have a proposal that waits for a person."""
    ledgers = Ledgers(spark, settings)
    if not ledgers.exist():
        return 0
    waits = ProposalStatus.NEEDS_REVIEW.value
    proposals = ledgers.latest(PROPOSALS).where(f"status = '{waits}'")
    decided = ledgers.latest(DECISIONS).select("proposal_id")
    return int(proposals.join(decided, "proposal_id", "left_anti").count())


def alerts_of_lake(spark: Any, settings: LedgerSettings) -> list[AlertChange]:
    """All changes of alerts; none where no monitor kept any here."""
    ledgers = Ledgers(spark, settings)
    if not spark.catalog.tableExists(ledgers.name(ALERTS)):
        return []
    return [change_of(row) for row in rows_of(ledgers.read(ALERTS), ALERTS, _CHANGE)]


def notices_of_lake(spark: Any, settings: LedgerSettings) -> dict[str, int]:
    """How many notices that a monitor keeps in the lake have which status."""
    ledgers = Ledgers(spark, settings)
    if not spark.catalog.tableExists(ledgers.name(ALERT_NOTICES)):
        return {}
    counts = ledgers.latest(ALERT_NOTICES).groupBy("status").count().collect()
    return {row["status"]: int(row["count"]) for row in counts}


def rollouts_of_lake(spark: Any, settings: LedgerSettings) -> list[RolloutView]:
    """The last rollouts that changed, with their evidence; none where the lake has no ledger."""
    ledgers = Ledgers(spark, settings)
    names = (ledgers.name(ROLLOUTS), ledgers.name(ROLLOUT_ITEMS))
    if not all(spark.catalog.tableExists(name) for name in names):
        return []
    rows = [RolloutRow(**values) for values in rows_of(ledgers.read(ROLLOUTS), ROLLOUTS)]
    columns = tuple(field.name for field in fields(GuardItem))
    found = []
    for mine in last_rollouts(rows)[:MOST_ROLLOUTS]:
        chosen = f"rollout_id = {literal(mine[-1].rollout_id)}"
        frame = ledgers.read(ROLLOUT_ITEMS).where(chosen)
        items = [GuardItem(**values) for values in rows_of(frame, ROLLOUT_ITEMS, columns)]
        found.append(view_of(mine, items, grouped=True))
    return found
