"""Brings executions from the service's database into the lake; a job runs this now and then."""

import json
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXECUTIONS
from lakegloss.serving.api.database.store import Store

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
    return {**kept, "outputs": json.dumps(row["outputs"], ensure_ascii=True)}
