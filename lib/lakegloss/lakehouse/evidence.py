"""Evidence at the scale of a lake: only what changed is profiled, tables in parallel."""

import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import literal
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.names import join_path, quote_path, split_path
from lakegloss.core.privacy import withhold
from lakegloss.core.references import resolve_keys
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.ledger import Ledgers
from lakegloss.lakehouse.profile import profile_table
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.tables import EVIDENCE, INVENTORY
from lakegloss.settings import Settings

MAX_AGE = timedelta(days=7)
"""How long evidence counts where a table's data version is not known."""
TABLES_A_PART = 50
SECONDS_A_PART = 60.0
"""Evidence is appended after so many tables, or so much time: what a kill can cost."""

_NAMES = tuple(field.name for field in dataclasses.fields(Evidence))
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Evidence by asset, how many tables were profiled now, and what could not be read."""

    evidence: Mapping[AssetKey, Evidence]
    profiled: int
    unreadable: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Evidence as the ledger holds it: without what the policy of that time withheld."""

    evidence: Evidence
    data_version: str
    policy: str
    seen_at: datetime

    def row(self, run_id: str) -> dict[str, Any]:
        stamp = {name: getattr(self, name) for name in ("data_version", "policy", "seen_at")}
        facts = dataclasses.asdict(self.evidence)
        return {**facts, **stamp, "bucket": self.evidence.bucket, "run_id": run_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What there is: the columns of the selected tables, and their neighbours.

    Neighbours are the other tables of the selected tables' schemas, and what those refer to; the
    columns that they have are those that have a position.
    """

    columns: Mapping[str, frozenset[str]]
    neighbours: frozenset[str]
    positions: Mapping[AssetKey, int]

    @property
    def schemas(self) -> set[str]:
        return set(map(_schema, self.columns))

    def has(self, key: AssetKey) -> bool:
        if key.table in self.columns:
            return key.column in self.columns[key.table]
        return key.table in self.neighbours and key in self.positions


def gather_evidence(
    ledgers: Ledgers,
    settings: Settings,
    tables: Sequence[Table],
    *,
    run_id: str,
    progress: Progress = silent,
) -> Gathered:
    """The evidence of every column, from the ledger where the data did not change since.

    Values that the policy withholds are replaced before anything is stored or returned. Keys and
    references rest on what is stored, never on what was withheld: they are the same whichever
    tables are profiled now. What was profiled is stored as it comes in, also on an interrupt.
    """
    stored = _stored(ledgers, set(map(_schema_of, tables)))
    stale = [table for table in tables if not _is_fresh(table, stored, settings)]
    recorder = _Recorder(ledgers, settings, stored, stale, run_id)
    unreadable = _profile_all(recorder, stale, progress)
    known = {**stored, **recorder.profiled}
    scope = _scope(ledgers, tables, known)
    known = {key: item for key, item in known.items() if scope.has(key)}
    found = _resolve(known, scope)
    changed = (
        replace(item, evidence=found[key], seen_at=item.seen_at + _TICK)
        for key, item in known.items()
        if found[key] != item.evidence
    )
    ledgers.append(EVIDENCE, [item.row(run_id) for item in changed])
    mine = {key: item for key, item in found.items() if key.table in scope.columns}
    return Gathered(evidence=mine, profiled=len(stale) - len(unreadable), unreadable=unreadable)


def _schema(table: str) -> str:
    return join_path(split_path(table)[:-1])


def _schema_of(table: Table) -> str:
    return _schema(table.name)


def _of_schemas(schemas: Iterable[str]) -> str:
    """A condition on `table`: it is in one of the schemas."""
    prefixes = (f"startswith(table, {literal(schema + '.')})" for schema in sorted(schemas))
    return " OR ".join(prefixes) or "false"


def _stored(ledgers: Ledgers, schemas: set[str]) -> dict[AssetKey, _Stored]:
    """What the ledger holds of these schemas: neighbours are needed to find references."""
    found = ledgers.newest(EVIDENCE, _of_schemas(schemas))
    return {AssetKey(row["table"], row["column"]): _from_row(row) for row in found}


def _from_row(row: Mapping[str, Any]) -> _Stored:
    fields = {name: row[name] for name in _NAMES}
    fields["frequent"] = tuple(Frequent(**item) for item in row["frequent"] or ())
    fields["shapes"] = tuple(Frequent(**item) for item in row["shapes"] or ())
    fields["sketch"] = bytes(row["sketch"] or b"")
    return _Stored(
        evidence=Evidence(**fields),
        data_version=row["data_version"],
        policy=row["policy"],
        seen_at=row["seen_at"],
    )


def _is_fresh(table: Table, stored: Mapping[AssetKey, _Stored], settings: Settings) -> bool:
    rows = [stored.get(AssetKey(table.name, column.path)) for column in table.columns]
    oldest = datetime.now(UTC) - MAX_AGE
    return all(
        row is not None
        and row.policy == _policy(settings)
        and row.data_version == table.data_version
        and (bool(table.data_version) or row.seen_at > oldest)
        for row in rows
    )


def _policy(settings: Settings) -> str:
    return f"{settings.values}/{settings.sample_rows}"


# Profiling.


class _Recorder:
    """Stores what is profiled in parts, so that an interrupt costs the last part at most.

    Columns keep the references that they had until all tables are profiled.
    """

    def __init__(
        self,
        ledgers: Ledgers,
        settings: Settings,
        stored: Mapping[AssetKey, _Stored],
        tables: Sequence[Table],
        run_id: str,
    ) -> None:
        self.ledgers = ledgers
        self.settings = settings
        self.profiled: dict[AssetKey, _Stored] = {}
        self._stored = stored
        self._versions = {table.name: table.data_version for table in tables}
        self._positions = dict(_positions(tables))
        self._run_id = run_id
        self._waiting: list[list[Evidence]] = []
        self._flushed_at = time.monotonic()

    def add(self, evidence: Iterable[Evidence]) -> None:
        """Take in one table."""
        self._waiting.append([withhold(item, self.settings.values) for item in evidence])
        due = time.monotonic() - self._flushed_at > SECONDS_A_PART
        if due or len(self._waiting) >= TABLES_A_PART:
            self.flush()

    def flush(self) -> None:
        """Append what waits."""
        part = [item for table in self._waiting for item in table]
        self._waiting = []
        found = [self._stamped(item) for item in resolve_keys(part, self._positions)]
        self.ledgers.append(EVIDENCE, [item.row(self._run_id) for item in found])
        self.profiled |= {_key(item.evidence): item for item in found}
        self._flushed_at = time.monotonic()

    def _stamped(self, item: Evidence) -> _Stored:
        before = self._stored.get(_key(item))
        if before is not None:
            had = before.evidence
            item = replace(item, key_role=had.key_role, reference=had.reference)
        return _Stored(
            evidence=item,
            data_version=self._versions[item.table],
            policy=_policy(self.settings),
            seen_at=datetime.now(UTC),
        )


def _key(item: Evidence) -> AssetKey:
    return AssetKey(item.table, item.column)


def _positions(tables: Iterable[Table]) -> Iterator[tuple[AssetKey, int]]:
    for table in tables:
        for column in table.columns:
            yield AssetKey(table.name, column.path), column.position


def _profile_all(
    recorder: _Recorder, tables: Sequence[Table], progress: Progress
) -> dict[str, str]:
    """Profile and store the tables; returns why some could not be read."""
    settings = recorder.settings
    with ThreadPoolExecutor(settings.parallel_tables) as pool:
        running = {
            pool.submit(
                profile_table,
                recorder.ledgers.spark,
                table,
                sample_rows=settings.sample_rows,
                seed=settings.sample_seed,
            ): table.name
            for table in tables
        }
        try:
            return _follow(recorder, running, progress)
        except BaseException:
            for future in running:
                future.cancel()
            raise
        finally:
            recorder.flush()


def _follow(
    recorder: _Recorder, running: Mapping[Future[list[Evidence]], str], progress: Progress
) -> dict[str, str]:
    unreadable: dict[str, str] = {}
    for done, future in enumerate(as_completed(running), start=1):
        try:
            evidence = future.result()
        except CatalogError as error:
            unreadable[running[future]] = error.message
        else:
            recorder.add(evidence)
        progress("evidence", done, len(running))
    return unreadable


# Keys and references.


def _scope(ledgers: Ledgers, tables: Sequence[Table], known: Mapping[AssetKey, _Stored]) -> _Scope:
    columns = {table.name: frozenset(c.path for c in table.columns) for table in tables}
    targets = {_target(item.evidence.reference).table for item in known.values()}
    others = ({key.table for key in known} | targets) - {"", *columns}
    neighbours = _existing(ledgers, others)
    return _Scope(
        columns=columns,
        neighbours=neighbours,
        positions={**_listed(ledgers, neighbours), **dict(_positions(tables))},
    )


def _target(reference: str) -> AssetKey:
    """The column that a reference names; '' where there is none."""
    if not reference:
        return AssetKey("", "")
    parts = split_path(reference)
    return AssetKey(join_path(parts[:-1]), join_path(parts[-1:]))


def _existing(ledgers: Ledgers, tables: set[str]) -> frozenset[str]:
    """Those of the tables and views that are still there, as far as it can be seen."""
    found: set[str] = set()
    for schema in sorted(set(map(_schema, tables))):
        try:
            if ledgers.spark.catalog.databaseExists(quote_path(schema)):
                rows = ledgers.spark.sql(f"SHOW TABLES IN {quote_path(schema)}").collect()
                listed = (row.tableName for row in rows if not row.isTemporary)
                found |= {f"{schema}.{join_path((name,))}" for name in listed}
        except Exception:  # noqa: BLE001 - no right to list a neighbour is no reason to forget it
            found |= {table for table in tables if _schema(table) == schema}
    return frozenset(tables & found)


def _listed(ledgers: Ledgers, tables: Iterable[str]) -> dict[AssetKey, int]:
    """The places of the columns in their tables, as they were last listed."""
    schemas = set(map(_schema, tables))
    if not schemas:
        return {}
    rows = ledgers.newest(INVENTORY, _of_schemas(schemas), ("position", "present"))
    present = (row for row in rows if row["present"])
    return {AssetKey(row["table"], row["column"]): row["position"] for row in present}


def _resolve(known: Mapping[AssetKey, _Stored], scope: _Scope) -> dict[AssetKey, Evidence]:
    places = scope.positions
    ordered = sorted(known, key=lambda key: (key.table, places.get(key, 0), key.column))
    resolved = resolve_keys([known[key].evidence for key in ordered], places)
    return {_key(item): _with_far(item, known[_key(item)].evidence, scope) for item in resolved}


def _with_far(found: Evidence, before: Evidence, scope: _Scope) -> Evidence:
    """A reference to a schema of which nothing was read now stays, if its table does."""
    target, own = _target(before.reference), _schema(found.table)
    if not target.table or _schema(target.table) in scope.schemas or not scope.has(target):
        return found
    if found.reference and _schema(_target(found.reference).table) == own:
        return found
    return replace(found, key_role=before.key_role, reference=before.reference)
