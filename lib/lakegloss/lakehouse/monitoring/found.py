"""Keeps what a monitor found in two ledgers: windows that changed, and changes of alerts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.core.monitoring.alert_states import AlertChange
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.windows import Window, figures_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import ALERTS, PERFORMANCE
from lakegloss.lakehouse.monitoring.ledger_alerts import row_of

_SHOWN = (
    "latency_mean", "latency_p95", "success_rate", "quality_mean", "feedback_mean",
)  # fmt: skip
_MILLION = 1_000_000


def keep_windows(
    ledgers: Ledgers,
    windows: Iterable[tuple[Subject, datetime, Window]],
    since: datetime,
    now: datetime,
) -> int:
    """Append the windows that are new or that late events changed; returns how many.

    Args:
        since: no window is older.

    Raises:
        CatalogError: the ledger cannot be made.
    """
    rows = [_row(subject, minute, window, now) for subject, minute, window in windows]
    if not rows:
        return 0
    ledgers.ensure_more(PERFORMANCE)
    moment = f"timestamp_micros({round(since.timestamp() * _MILLION)})"
    there = ledgers.newest(PERFORMANCE, f"minute >= {moment}", ("sums",))
    known = {_key(row): row["sums"] for row in there}
    return ledgers.append(PERFORMANCE, [row for row in rows if known.get(_key(row)) != row["sums"]])


def keep_changes(ledgers: Ledgers, changes: Sequence[AlertChange]) -> int:
    """Append the changes of alerts that the ledger lacks; returns how many.

    Raises:
        CatalogError: the ledger cannot be made.
    """
    if not changes:
        return 0
    ledgers.ensure_more(ALERTS)
    ids = sorted({change.alert_id for change in changes})
    there = {
        (row["alert_id"], row["number"])
        for row in ledgers.newest(ALERTS, is_in("alert_id", ids), ())
    }
    missing = [one for one in changes if (one.alert_id, one.number) not in there]
    return ledgers.append(ALERTS, [row_of(change) for change in missing])


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in PERFORMANCE.key)


def _row(subject: Subject, minute: datetime, window: Window, now: datetime) -> dict[str, Any]:
    figures = figures_of(window, 1)
    return {
        **subject._asdict(),
        "minute": minute,
        "calls": window.calls,
        "failures": window.failures,
        **{name: figures[name] for name in _SHOWN},
        "input_tokens": window.input_tokens,
        "output_tokens": window.output_tokens,
        "cost": window.cost / _MILLION if window.priced else None,
        "sums": window.as_json(),
        "computed_at": now,
    }
