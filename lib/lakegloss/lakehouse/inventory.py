"""The inventory: which tables and columns there are, recorded where they changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.names import join_path, split_path
from lakegloss.core.selection import canonical, like_any, matching
from lakegloss.core.sources import by_lower, data_versions
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledger import Ledgers
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.tables import INVENTORY
from lakegloss.settings import Settings

_COMPARED = ("kind", "data_type", "comment", "position", "data_version", "present", "error")


def read_tables(
    ledgers: Ledgers,
    settings: Settings,
    patterns: Sequence[str],
    *,
    progress: Progress = silent,
) -> list[Table]:
    """The selected tables as the catalog shows them; unreadable ones carry their error.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: a schema that a pattern names cannot be listed.
    """
    catalog = Catalog(ledgers.spark)
    listing = catalog.listing(patterns, own_schema=ledgers.schema)
    known = by_lower(listing.known)
    tables: dict[str, Table] = {}
    with ThreadPoolExecutor(settings.parallel_tables) as pool:
        for table in pool.map(lambda name: catalog.read(name, known=known), listing.names):
            tables[table.name] = table
            progress("inventory", len(tables), len(listing.names))
        # A view's data version follows from all that it reads, selected or not.
        while outside := _sources(tables.values()) - tables.keys():
            read = pool.map(lambda name: catalog.read(name, known=known), sorted(outside))
            tables |= {table.name: table for table in read}
    versions = data_versions(tables.values())
    return [replace(tables[name], data_version=versions[name]) for name in listing.names]


def _sources(tables: Iterable[Table]) -> set[str]:
    return {source for table in tables for source in table.sources}


def record_inventory(
    ledgers: Ledgers, tables: Sequence[Table], *, run_id: str, patterns: Sequence[str]
) -> int:
    """Append what is new or changed, and what was dropped; returns the number of rows.

    Dropped is what the patterns select, or without any what the current catalog held, and what is
    not there any more.
    """
    now = datetime.now(UTC)
    catalog = Catalog(ledgers.spark)
    scope = canonical(patterns or ["*"], catalog.current)
    listed = {table.name for table in tables}
    before = _latest(ledgers, f"{is_in('table', listed)} OR {like_any('table', scope)}")
    rows = {AssetKey(row["table"], row["column"]): row for table in tables for row in _rows(table)}
    changed = [row for key, row in rows.items() if _differs(row, before.get(key))]
    left = {key: row for key, row in before.items() if key not in rows and row["present"]}
    dropped = _dropped(catalog, {key.table for key in left} - listed, scope)
    readable = {table.name for table in tables if not table.error}
    gone = [
        {**row, "present": False} for key, row in left.items() if key.table in readable | dropped
    ]
    stamp = {"run_id": run_id, "seen_at": now}
    return ledgers.append(INVENTORY, [{**row, **stamp} for row in (*changed, *gone)])


def _dropped(catalog: Catalog, unlisted: set[str], scope: Sequence[str]) -> set[str]:
    """Which of the tables that were not listed are gone: in the scope, where one may look."""
    inside = matching(unlisted, scope)
    schemas = {join_path(split_path(name)[:-1]) for name in inside}
    clear = {schema for schema in schemas if catalog.can_tell(schema)}
    return {name for name in inside if join_path(split_path(name)[:-1]) in clear}


def _latest(ledgers: Ledgers, where: str) -> dict[AssetKey, dict[str, Any]]:
    rows = ledgers.newest(INVENTORY, where)
    return {AssetKey(row["table"], row["column"]): row for row in rows}


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    shared = {
        "table": table.name,
        "kind": table.kind.value,
        "data_version": table.data_version,
        "present": True,
        "error": table.error,
    }
    yield {
        **shared, "column": "", "data_type": "", "comment": table.comment, "position": -1,
        "nullable": None, "sources": list(table.sources),
    }  # fmt: skip
    for column in table.columns:
        yield {
            **shared, "column": column.path, "data_type": column.data_type,
            "comment": column.comment, "position": column.position, "nullable": column.nullable,
            "data_version": "",
            "sources": [],
        }  # fmt: skip


def _differs(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    return before is None or any(row[name] != before[name] for name in _COMPARED)
