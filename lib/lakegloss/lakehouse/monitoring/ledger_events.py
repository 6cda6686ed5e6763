"""Reads the events of programs from the ledgers, by time."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.monitoring.events import Event
from lakegloss.core.monitoring.rows import (
    event_of_decision,
    event_of_execution,
    event_of_feedback,
    event_of_proposal,
    event_of_response,
    order_of,
)
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    DECISIONS,
    EXECUTIONS,
    FEEDBACK,
    PROPOSALS,
    RESPONSES,
    Ledger,
)

_SUBJECT = "program, program_version, variant, model"
_COLUMNS = {
    EXECUTIONS.name: "execution_id, program, program_version, '' AS variant, model, success, "
    "substr(error, 1, 200) AS error, execution_time, input_tokens, output_tokens",
    RESPONSES.name: f"response_id, {_SUBJECT}, usable, substr(error, 1, 200) AS error, latency, "
    "input_tokens, output_tokens",
    PROPOSALS.name: f"proposal_id, {_SUBJECT}, status, checks",
    FEEDBACK.name: f"feedback_id, {_SUBJECT}, score, rating",
}
_MICROSECONDS = 1_000_000


def ledger_events(
    ledgers: Ledgers,
    since: datetime,
    price: Callable[[int, int], float | None] = lambda _sent, _answered: None,
) -> Iterator[Event]:
    """The events since a time, sorted by time; rows come one by one, not all at once.

    Args:
        price: dollars for input and output tokens, or None.
    """
    makers: list[tuple[Ledger, Callable[[dict[str, Any]], Event]]] = [
        (EXECUTIONS, lambda row: event_of_execution(row, price)),
        (RESPONSES, lambda row: event_of_response(row, price)),
        (PROPOSALS, event_of_proposal),
        (FEEDBACK, event_of_feedback),
    ]
    streams = [
        map(make, _rows(ledgers, ledger, _query(ledgers, ledger, since)))
        for ledger, make in makers
        if _is_there(ledgers, ledger)
    ]
    if _is_there(ledgers, DECISIONS):
        rows = _rows(ledgers, DECISIONS, _decisions(ledgers, since))
        streams.append(map(event_of_decision, rows))
    return heapq.merge(*streams, key=order_of)


def _is_there(ledgers: Ledgers, ledger: Ledger) -> bool:
    return bool(ledgers.spark.catalog.tableExists(ledgers.name(ledger)))


def _query(ledgers: Ledgers, ledger: Ledger, since: datetime) -> str:
    time = ledger.order
    return (
        f"SELECT {_COLUMNS[ledger.name]}, unix_micros({time}) AS {time} "
        f"FROM {ledgers.name(ledger)} WHERE {time} >= {_moment(since)} "
        f"ORDER BY {ledger.order}, {_COLUMNS[ledger.name].partition(',')[0]}"
    )


def _decisions(ledgers: Ledgers, since: datetime) -> str:
    """Decisions with the program of their proposal; a proposal counts once, however often kept."""
    names = ", ".join(f"max(p.{name.strip()}) AS {name.strip()}" for name in _SUBJECT.split(","))
    return (
        "SELECT d.decision_id, max(d.verdict) AS verdict, max(d.origin) AS origin, "
        f"{names}, max(unix_micros(d.decided_at)) AS decided_at "
        f"FROM {ledgers.name(DECISIONS)} d JOIN {ledgers.name(PROPOSALS)} p "
        "ON d.proposal_id = p.proposal_id "
        f"WHERE d.decided_at >= {_moment(since)} GROUP BY d.decision_id "
        "ORDER BY decided_at, decision_id"
    )


def _moment(at: datetime) -> str:
    return f"timestamp_micros({round(at.timestamp() * _MICROSECONDS)})"


def _rows(ledgers: Ledgers, ledger: Ledger, query: str) -> Iterator[dict[str, Any]]:
    for row in ledgers.spark.sql(query).toLocalIterator():
        values = row.asDict()
        values[ledger.order] = datetime.fromtimestamp(values[ledger.order] / _MICROSECONDS, UTC)
        yield values
