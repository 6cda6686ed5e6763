"""Makes the inventory: reads which tables and columns there are, and records what changed."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.going_on import going_on
from lakegloss.core.names import schema_of
from lakegloss.core.selection import canonical, like_any, matching
from lakegloss.core.shelf import Shelf, batched
from lakegloss.core.sources import data_versions
from lakegloss.lakehouse.catalog import Catalog, Listing
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import INVENTORY
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.threads import ahead, beside, threads

_log = logging.getLogger("lakegloss")
TABLES_A_READ = 500
"""The number of tables whose rows are read from a ledger at once."""
_ROWS_A_COMMIT = 50_000
_COMPARED = ("kind", "data_type", "comment", "position", "data_version", "present", "error")


def read_tables(
    ledgers: Ledgers,
    parallel_tables: int,
    patterns: Sequence[str],
    *,
    progress: Progress = silent,
    on_listed: Callable[[Listing], None] = lambda _: None,
) -> Shelf:
    """Read the selected tables from the catalog; unreadable ones carry their error.

    Args:
        parallel_tables: how many tables are read at the same time.
        on_listed: called with the names of the selected tables, readable or not, and of all
            others, before any is read.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: a schema that a pattern names cannot be listed.
    """
    catalog = Catalog(ledgers.spark, ledgers.exclude)
    listing = catalog.listing(patterns, own_schema=ledgers.schema)
    on_listed(listing)
    known = listing.known
    shelf = Shelf()
    heads: dict[str, Table] = {}
    with threads(parallel_tables) as pool:
        for table in pool.map(lambda name: catalog.read(name, known=known), listing.names):
            shelf.put(table)
            heads[table.name] = _head(table)
            progress("inventory", len(shelf), len(listing.names))
        # A view's data version depends on all that the view reads, selected or not.
        while outside := _sources(heads.values()) - heads.keys():
            read = pool.map(lambda name: catalog.read(name, known=known), sorted(outside))
            heads |= {table.name: _head(table) for table in read}
    versions = data_versions(heads.values())
    for name in shelf.names:
        if heads[name].data_version != versions[name]:
            shelf.put(replace(shelf[name], data_version=versions[name]))
    return shelf


def _head(table: Table) -> Table:
    return replace(table, columns=())


def _sources(tables: Iterable[Table]) -> set[str]:
    return {source for table in tables for source in table.sources}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Where a table that is not listed is gone, as patterns."""

    patterns: Sequence[str]
    exclude: Sequence[str]


def recorded(
    ledgers: Ledgers, names: Sequence[str], patterns: Sequence[str]
) -> dict[AssetKey, dict[str, Any]] | None:
    """The ledger's newest rows of the listed tables and of all that the patterns select.

    None for a lake of many tables, whose rows do not fit into memory at once.
    """
    if len(names) > TABLES_A_READ:
        return None
    scope = _scope(ledgers, patterns)
    return _latest(ledgers, f"{is_in('table', names)} OR {like_any('table', scope)}")


def _scope(ledgers: Ledgers, patterns: Sequence[str]) -> list[str]:
    return canonical(patterns or ["*"], Catalog(ledgers.spark).current)


def record_inventory(
    ledgers: Ledgers,
    tables: Shelf,
    *,
    run_id: str,
    patterns: Sequence[str],
    exclude: Sequence[str] = (),
    before: Mapping[AssetKey, dict[str, Any]] | None = None,
) -> int:
    """Append rows for what is new, changed or dropped; returns the number of rows.

    A recorded table counts as dropped if the patterns select it (without patterns: if it belongs
    to the current catalog) and it no longer exists.

    Args:
        exclude: patterns of what was left out: nobody looked whether it is gone.
        before: the result of `recorded`, if the caller has read it already.
    """
    stamp = {"run_id": run_id, "seen_at": datetime.now(UTC)}
    scope = _Scope(
        patterns=_scope(ledgers, patterns),
        exclude=canonical(exclude, Catalog(ledgers.spark).current),
    )
    if before is None:
        before = recorded(ledgers, tables.names, patterns)
    if before is not None:  # one query for all tables: more queries would slow a small lake
        rows = [*_changed(list(tables), before), *_gone(ledgers, tables, scope, before)]
        return ledgers.append(INVENTORY, [{**row, **stamp} for row in rows])
    return _record_many(ledgers, tables, scope, stamp)


def note_comments(
    ledgers: Ledgers, written: Mapping[AssetKey, str], *, run_id: str, since: datetime
) -> None:
    """Append the comments that an apply or an undo wrote.

    If the process is killed before, or the ledger cannot be written, the next plan reads these
    comments from the catalog.

    Args:
        since: rows that another run has read from the catalog after this time are left alone.
    """
    stamp = {"run_id": run_id, "seen_at": datetime.now(UTC)}
    late = "the inventory has comments from before until the next plan"
    with going_on(_log, late):  # comments are written, and recorded as changes
        for names in batched(list(dict.fromkeys(key.table for key in written)), TABLES_A_READ):
            before = _latest(ledgers, is_in("table", names), tables=len(names))
            rows = [
                {**row, "comment": written[key], **stamp}
                for key, row in before.items()
                if row["present"]
                and written.get(key, row["comment"]) != row["comment"]
                and row["seen_at"] <= since
            ]
            ledgers.append(INVENTORY, rows)


def _record_many(ledgers: Ledgers, tables: Shelf, scope: _Scope, stamp: Mapping[str, Any]) -> int:
    """Like `record_inventory`, for many tables: some at a time, reading and writing in threads."""

    def latest(part: Sequence[str]) -> dict[AssetKey, dict[str, Any]]:
        return _latest(ledgers, is_in("table", part), tables=len(part))

    unlisted = beside(_unlisted, ledgers, tables, scope)
    waiting: list[dict[str, Any]] = []
    writing: Future[int] | None = None
    appended = 0
    for names, before in ahead(latest, batched(tables.names, TABLES_A_READ)):
        waiting += ({**row, **stamp} for row in _changed([tables[n] for n in names], before))
        if len(waiting) >= _ROWS_A_COMMIT:
            appended += writing.result() if writing else 0
            writing, waiting = beside(ledgers.append, INVENTORY, waiting), []
    for _, before in ahead(latest, batched(unlisted.result(), TABLES_A_READ)):
        waiting += ({**row, **stamp} for row in _gone(ledgers, tables, scope, before))
    appended += writing.result() if writing else 0
    return appended + ledgers.append(INVENTORY, waiting)


def _changed(
    tables: Sequence[Table], before: Mapping[AssetKey, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows of these tables that differ from the ledger's, and the rows of dropped columns.

    The columns of an unreadable table do not count as dropped.
    """
    readable = {table.name for table in tables if not table.error}
    rows = {AssetKey(row["table"], row["column"]): row for table in tables for row in _rows(table)}
    yield from (row for key, row in rows.items() if _differs(row, before.get(key)))
    for key, row in before.items():
        if key not in rows and row["present"] and key.table in readable:
            yield {**row, "present": False}


def _unlisted(ledgers: Ledgers, tables: Shelf, scope: _Scope) -> list[str]:
    """The tables that are in the ledger and were not listed: they may have been dropped."""
    known = ledgers.newest_arrow(
        INVENTORY,
        f"`column` = '' AND {like_any('table', scope.patterns)}",
        ("table",),
        tables=len(tables),
    )
    return sorted(set(known.column("table").to_pylist()) - set(tables.names))


def _gone(
    ledgers: Ledgers,
    tables: Shelf,
    scope: _Scope,
    before: Mapping[AssetKey, dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """The rows of tables in the scope that were dropped, as far as their schemas can be listed."""
    catalog = Catalog(ledgers.spark)
    rows = [row for row in before.values() if row["present"] and row["table"] not in tables]
    inside = matching({row["table"] for row in rows}, scope.patterns)
    inside -= matching(inside, scope.exclude)
    schemas = {schema_of(name) for name in inside}
    clear = {schema for schema in schemas if catalog.can_tell(schema)}
    gone = {name for name in inside if schema_of(name) in clear}
    yield from ({**row, "present": False} for row in rows if row["table"] in gone)


def _latest(ledgers: Ledgers, where: str, *, tables: int = 0) -> dict[AssetKey, dict[str, Any]]:
    rows = ledgers.newest(INVENTORY, where, tables=tables)
    return {AssetKey(row["table"], row["column"]): row for row in rows}


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    """The ledger's rows of a table; `error` of a column says why it can carry no comment."""
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
            "sources": [], "error": column.blocked,
        }  # fmt: skip


def _differs(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    return before is None or any(row[name] != before[name] for name in _COMPARED)
