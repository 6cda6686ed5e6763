"""Reads the events of programs from the ledgers, by time."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
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
from lakegloss.core.records import Source
from lakegloss.core.release.shadow import SHADOW
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import DONE
from lakegloss.lakehouse.ledgers.tables import (
    DECISIONS,
    EXECUTIONS,
    FEEDBACK,
    PROPOSALS,
    RESPONSES,
    RUNS,
    Ledger,
)

_NAMES = ("program", "program_version", "variant", "model")
_SUBJECT = ", ".join(_NAMES)
_COLUMNS = {
    EXECUTIONS.name: "execution_id, program, program_version, '' AS variant, model, success, "
    "substr(error, 1, 200) AS error, execution_time, input_tokens, output_tokens",
    RESPONSES.name: f"response_id, {_SUBJECT}, usable, substr(error, 1, 200) AS error, latency, "
    "input_tokens, output_tokens",
    FEEDBACK.name: f"feedback_id, {_SUBJECT}, score, rating",
}
_MICROSECONDS = 1_000_000
_LONGEST_RUN = timedelta(days=1)


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
        (FEEDBACK, event_of_feedback),
    ]
    streams: list[Iterator[Event]] = [
        map(make, _rows(ledgers, ledger, _query(ledgers, ledger, since)))
        for ledger, make in makers
        if _is_there(ledgers, ledger)
    ]
    if _is_there(ledgers, RESPONSES) and _is_there(ledgers, PROPOSALS):
        rows = _rows(ledgers, RESPONSES, _responses(ledgers, since))
        streams.append(event_of_response(row, price) for row in rows)
        queries = (_proposals(ledgers, since), _without_draft(ledgers, since))
        streams += [map(event_of_proposal, _rows(ledgers, PROPOSALS, one)) for one in queries]
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


def _responses(ledgers: Ledgers, since: datetime) -> str:
    """Answers, and whether a run that came to its end took no text of them.

    While a run goes on, its texts are still to be checked. What is answered in the shadow becomes
    no proposal: its pairs say what came of it.
    """
    return (
        f"SELECT {_COLUMNS[RESPONSES.name]}, unix_micros(answered_at) AS answered_at, "
        "ended.run_id IS NOT NULL AND taken.request_hash IS NULL "
        f"AND variant <> '{SHADOW}' AS gave_nothing "
        f"FROM {ledgers.name(RESPONSES)} "
        f"LEFT JOIN ({_ended(ledgers, since)}) ended USING (run_id) "
        f"LEFT JOIN (SELECT DISTINCT request_hash FROM {ledgers.name(PROPOSALS)} "
        f"WHERE proposed_at >= {_moment(since)}) taken USING (request_hash) "
        f"WHERE answered_at >= {_moment(since)} ORDER BY answered_at, response_id"
    )


def _ended(ledgers: Ledgers, since: datetime) -> str:
    return (
        f"SELECT DISTINCT run_id FROM {ledgers.name(RUNS)} WHERE command = 'describe' "
        f"AND status = '{DONE}' AND updated_at >= {_moment(since)}"
    )


def _without_draft(ledgers: Ledgers, since: datetime) -> str:
    """What a run asked about, and kept its old comment: no text passed, and no proposal says so."""
    first = ", ".join(f"min_by({name}, answered_at) AS {name}" for name in _NAMES)
    return (
        "SELECT concat_ws(' ', run_id, `table`, `column`) AS proposal_id, "
        f"{_SUBJECT}, '' AS status, array() AS checks, proposed_at, true AS stands_in "
        f"FROM (SELECT run_id, asset.`table`, asset.`column`, {first}, "
        "max(unix_micros(answered_at)) AS proposed_at FROM (SELECT *, explode(assets) AS asset "
        f"FROM {ledgers.name(RESPONSES)} WHERE variant <> '{SHADOW}' "
        f"AND answered_at >= {_moment(since)}) GROUP BY run_id, asset.`table`, asset.`column`) "
        f"LEFT SEMI JOIN ({_ended(ledgers, since)}) USING (run_id) "
        f"LEFT ANTI JOIN {ledgers.name(PROPOSALS)} USING (run_id, `table`, `column`) "
        "ORDER BY proposed_at, proposal_id"
    )


def _proposals(ledgers: Ledgers, since: datetime) -> str:
    """Proposals; where the rules stand in for a model, of the program that its run had asked.

    Such a text has no fingerprint, so that a later run asks again.
    """
    named = ", ".join(
        f"CASE WHEN asked.run_id IS NULL THEN p.{name} ELSE asked.{name} END AS {name}"
        for name in _NAMES
    )
    first = ", ".join(f"min_by({name}, answered_at) AS {name}" for name in _NAMES)
    return (
        f"SELECT p.proposal_id, {named}, p.status, p.checks, unix_micros(p.proposed_at) "
        "AS proposed_at, asked.run_id IS NOT NULL AS stands_in "
        f"FROM {ledgers.name(PROPOSALS)} p LEFT JOIN (SELECT run_id, {first} "
        f"FROM {ledgers.name(RESPONSES)} WHERE variant <> '{SHADOW}' "
        f"AND answered_at >= {_moment(since - _LONGEST_RUN)} GROUP BY run_id) asked "
        f"ON p.run_id = asked.run_id AND p.source = '{Source.RULES.value}' "
        "AND coalesce(p.fingerprint, '') = '' "
        f"WHERE p.proposed_at >= {_moment(since)} ORDER BY proposed_at, proposal_id"
    )


def _decisions(ledgers: Ledgers, since: datetime) -> str:
    """Decisions with the program of their proposal; a proposal counts once, however often kept."""
    names = ", ".join(f"max(p.{name}) AS {name}" for name in _NAMES)
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
