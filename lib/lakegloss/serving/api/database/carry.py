"""Brings executions and feedback from the service's database into the lake, as a job does."""

import json
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXECUTIONS, FEEDBACK
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.feedback.feedback_store import DatabaseFeedback

ROWS_AT_ONCE = 1_000
_FIELDS = tuple(field.name for field in EXECUTIONS.schema)


def carry(store: Store, ledgers: Ledgers, *, rows_at_once: int = ROWS_AT_ONCE) -> int:
    """Append what no job has carried yet to the ledger `executions`; returns how many rows.

    A job that is killed between the append and the mark finds its rows in the ledger the next time:
    none is there twice.

    Raises:
        CatalogError: the ledger cannot be made.
    """
    ledgers.ensure_more(EXECUTIONS)
    carried = 0
    while rows := store.uncarried(rows_at_once):
        ids = [row["execution_id"] for row in rows]
        there = ledgers.newest_arrow(EXECUTIONS, is_in("execution_id", ids), ())
        known = set(there.column("execution_id").to_pylist())
        carried += ledgers.append(
            EXECUTIONS, [_row(row) for row in rows if row["execution_id"] not in known]
        )
        store.mark_carried(ids)
    return carried


def _row(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in _FIELDS}
    inputs = "" if row["inputs"] is None else json.dumps(row["inputs"], ensure_ascii=True)
    return {**kept, "outputs": json.dumps(row["outputs"], ensure_ascii=True), "inputs": inputs}


def carry_feedback(store: Store, ledgers: Ledgers, *, rows_at_once: int = ROWS_AT_ONCE) -> int:
    """Append feedback that no job has carried yet to the ledger `feedback`; returns how many rows.

    The ledger is made with the first feedback. As with executions, none is there twice.

    Raises:
        CatalogError: the ledger cannot be made.
    """
    kept, carried = DatabaseFeedback(store), 0
    while rows := kept.uncarried(rows_at_once):
        ledgers.ensure_more(FEEDBACK)
        ids = [row.feedback_id for row in rows]
        there = ledgers.newest_arrow(FEEDBACK, is_in("feedback_id", ids), ())
        known = set(there.column("feedback_id").to_pylist())
        carried += ledgers.append(FEEDBACK, [row for row in rows if row.feedback_id not in known])
        kept.mark_carried(ids)
    return carried
