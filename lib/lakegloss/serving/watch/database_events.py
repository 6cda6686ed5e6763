"""Reads executions and feedback from the service's database as events, by time."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Table, literal, select

from lakegloss.core.monitoring.events import Event
from lakegloss.core.monitoring.rows import event_of_execution, event_of_feedback, order_of
from lakegloss.serving.api.database.schema import EXECUTIONS, FEEDBACK
from lakegloss.serving.api.database.store import in_utc

ROWS_AT_ONCE = 5_000
_EXECUTION = (
    "execution_id", "ended_at", "program", "program_version", "variant", "model", "success",
    "error", "execution_time", "input_tokens", "output_tokens",
)  # fmt: skip
_FEEDBACK = (
    "feedback_id", "at", "program", "program_version", "variant", "model", "score", "rating",
)  # fmt: skip


def database_events(
    engine: Engine,
    since: datetime,
    price: Callable[[int, int], float | None] = lambda _sent, _answered: None,
) -> Iterator[Event]:
    """The events since a time, sorted by time, read in parts: memory stays flat.

    Args:
        price: dollars for input and output tokens, or None.
    """
    executions = _rows(engine, EXECUTIONS, _EXECUTION, "ended_at", since)
    feedback = _rows(engine, FEEDBACK, _FEEDBACK, "at", since)
    return heapq.merge(
        (event_of_execution(row, price) for row in executions),
        (event_of_feedback(row) for row in feedback),
        key=order_of,
    )


def _rows(
    engine: Engine, table: Table, names: tuple[str, ...], time: str, since: datetime
) -> Iterator[Mapping[str, Any]]:
    """Rows by time and id; each part begins after the last row of the one before."""
    key, when = table.c[names[0]], table.c[time]
    columns = [table.c[n] if n in table.c else literal("").label(n) for n in names]
    query = select(*columns).order_by(when, key).limit(ROWS_AT_ONCE)
    part = query.where(when >= since)
    while True:
        with engine.connect() as connection:
            rows = connection.execute(part).mappings().all()
        for row in rows:
            yield {**row, time: in_utc(row[time])}
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1]
        after = (when > last[time]) | ((when == last[time]) & (key > last[names[0]]))
        part = query.where(after)
