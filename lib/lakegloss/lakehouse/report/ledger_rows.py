"""Reads the rows of the ledgers that a report is made of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame

from lakegloss.core.ddl import is_in
from lakegloss.core.records import LedgerRow
from lakegloss.core.selection import canonical, select
from lakegloss.lakehouse.catalog import Catalog, without_excluded
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    CHANGES,
    DECISIONS,
    EVIDENCE,
    INVENTORY,
    PROPOSALS,
    RESPONSES,
    RUNS,
)
from lakegloss.lakehouse.threads import threads

_QUERIES_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRows:
    """Holds what was read from the ledgers: slim rows of the selected tables."""

    inventory: Sequence[LedgerRow]
    proposals: Sequence[LedgerRow]
    changes: Sequence[LedgerRow]
    decisions: Sequence[LedgerRow]
    responses: Sequence[LedgerRow]
    classes: Sequence[LedgerRow]
    runs: Sequence[LedgerRow]
    comment_on_column: bool


def read_rows(ledgers: Ledgers, patterns: Sequence[str]) -> LedgerRows:
    """Read what a report is made of, of the selected tables.

    Raises:
        AssetNotFoundError: a pattern matches no table of the inventory.
    """
    frame = ledgers.latest(INVENTORY).select(
        "table", "column", "kind", "data_type", "comment", "position", "present", "error",
        "seen_at",
    )  # fmt: skip
    inventory = [row for row in _rows(frame.where("present")) if row["table"]]
    chosen = canonical(patterns, Catalog(ledgers.spark).current)
    left_out = canonical(ledgers.exclude, Catalog(ledgers.spark).current)
    listed = {row["table"] for row in inventory}
    where = f"in the inventory ({ledgers.schema})"
    # A report of nothing is a page, too; only who writes one is told that it would be empty.
    tables = without_excluded(
        select(listed, chosen, where=where) if listed or chosen else [], left_out, selected=chosen
    )
    wanted = set(tables)
    some = bool(patterns or left_out)
    frames = _frames(ledgers, tables if some else None)
    with threads(_QUERIES_AT_ONCE) as pool:
        dialect = pool.submit(Catalog(ledgers.spark).dialect)
        read = dict(zip(frames, pool.map(_rows, frames.values()), strict=True))
    present = {(row["table"], row["column"]) for row in inventory}
    return LedgerRows(
        inventory=[row for row in inventory if row["table"] in wanted],
        proposals=read["proposals"],
        changes=read["changes"],
        decisions=read["decisions"],
        responses=_asked(read["responses"], wanted if some else None),
        classes=[r for r in read["classes"] if (r["table"], r["column"]) in present],
        runs=read["runs"],
        comment_on_column=dialect.result().comment_on_column,
    )


def _frames(ledgers: Ledgers, tables: Sequence[str] | None) -> dict[str, DataFrame]:
    def of_tables(frame: DataFrame) -> DataFrame:
        return frame if tables is None else frame.where(is_in("table", tables))

    responses = ledgers.read(RESPONSES).dropDuplicates(["response_id"])
    return {
        "proposals": of_tables(ledgers.read(PROPOSALS)).select(
            "table", "column", "proposal_id", "text", "source", "status", "checks", "reason",
            "proposed_at", "run_id",
        ),
        "changes": of_tables(ledgers.latest(CHANGES)).select(
            "table", "column", "proposal_id", "before", "after", "status", "error", "changed_at",
            "run_id", "statement",
        ),
        "decisions": of_tables(ledgers.latest(DECISIONS)).select(
            "proposal_id", "verdict", "text", "decided_by"
        ),
        "responses": responses.selectExpr(
            "input_tokens", "cached_tokens", "output_tokens", "usage_estimated",
            "transform(assets, asset -> named_struct('table', asset.table)) AS assets",
        ),
        "classes": of_tables(ledgers.latest(EVIDENCE)).select(
            "table", "column", "semantic", "personal", "key_role", "reference"
        ),
        "runs": ledgers.latest(RUNS)
        .select(
            "run_id", "command", "status", "input_tokens", "output_tokens", "cost", "error",
            "started_at", "ended_at", "settings",
        ),
    }  # fmt: skip


def _rows(frame: DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.toArrow().to_pylist()
    return rows


def _asked(responses: Sequence[LedgerRow], tables: set[str] | None) -> list[LedgerRow]:
    if tables is None:
        return list(responses)
    return [row for row in responses if any(a["table"] in tables for a in row["assets"] or ())]


def evidence_rows(ledgers: Ledgers, tables: Sequence[str]) -> dict[str, dict[str, LedgerRow]]:
    """All that the ledger has of some tables' columns, by table and column; no sketches."""
    if not tables:
        return {}
    frame = ledgers.latest(EVIDENCE).where(is_in("table", tables))
    found: defaultdict[str, dict[str, LedgerRow]] = defaultdict(dict)
    for row in _rows(frame.drop("sketch", "bucket", "data_version", "run_id", "seen_at")):
        found[row["table"]][row["column"]] = row
    return found
