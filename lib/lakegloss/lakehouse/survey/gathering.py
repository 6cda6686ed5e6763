"""Gathers the evidence of a lake: profiles only tables that changed, several at a time."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lakegloss.core.assets import AssetKey, Table, TableKind
from lakegloss.core.ddl import is_in, literal
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import join_path, quote_path, schema_of, split_path
from lakegloss.core.personal.presidio import presidio_detector
from lakegloss.core.personal.privacy import withhold
from lakegloss.core.profile.keys import Keys
from lakegloss.core.profile.references import Resolver, resolve_keys
from lakegloss.core.shelf import Shelf, batched
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE, INVENTORY
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.constraints import read_declared
from lakegloss.lakehouse.survey.inventory import TABLES_A_READ
from lakegloss.lakehouse.survey.profile import profile_table
from lakegloss.lakehouse.survey.stamps import allowed, is_of_older_rules, is_under, stamp_of
from lakegloss.lakehouse.survey.stored import EvidenceReader, Stored
from lakegloss.lakehouse.threads import ahead, threads
from lakegloss.settings_views import ProfileSettings

MAX_AGE = timedelta(days=7)
"""The age up to which evidence counts as fresh if a table's data version is not known."""
TABLES_A_PART = 50
SECONDS_A_PART = 60.0
"""Evidence is appended after so many tables or so much time; a kill loses no more than that."""

_NOT_PROFILED = {TableKind.METRIC_VIEW}
"""Kinds that a plain SELECT cannot read: a measure needs an aggregate function around it."""
_TICK = timedelta(microseconds=1)


class Gathered:
    """Gives the evidence of the selected tables, read and resolved for some tables at a time.

    Attributes:
        profiled: how many tables this run profiled.
        unreadable: the tables that it could not profile, with the reasons.
    """

    def __init__(
        self,
        reader: EvidenceReader,
        resolver: Resolver,
        scope: "_Scope",
        run_id: str,
        *,
        profiled: int,
        unreadable: Mapping[str, str],
    ) -> None:
        self.profiled = profiled
        self.unreadable = unreadable
        self._reader = reader
        self._resolver = resolver
        self._scope = scope
        self._run_id = run_id

    def settled(self, item: Stored) -> Stored:
        """The same with its keys and references resolved."""
        return replace(item, evidence=self._resolved(item.evidence))

    def of(self, tables: Sequence[Table]) -> dict[AssetKey, Evidence]:
        """The evidence of all columns of these tables; changed keys and references are recorded."""
        found: dict[AssetKey, Evidence] = {}
        changed: list[Stored] = []
        stored = self._reader.read([table.name for table in tables])
        for table in tables:
            for column in table.columns:
                key = AssetKey(table.name, column.path)
                item = stored.get(key)
                if item is None:
                    continue
                found[key] = self._resolved(item.evidence)
                if found[key] != item.evidence:
                    seen_at = item.seen_at + _TICK
                    changed.append(replace(item, evidence=found[key], seen_at=seen_at))
        if changed:
            self._reader.ledgers.append(EVIDENCE, [item.row(self._run_id) for item in changed])
            self._reader.take(changed)
        return found

    def expect(self, tables: Sequence[str]) -> None:
        """Begin to read the evidence of the tables that `of` will be asked for next."""
        self._reader.expect(tables)

    def _resolved(self, before: Evidence) -> Evidence:
        """Resolve keys and references; keep a reference to a schema whose keys were not read.

        It is kept if its column still exists and no reference within the table's own schema is
        found.
        """
        found = self._resolver.resolve(before)
        target, own = _target(before.reference), schema_of(before.table)
        if self._resolver.declares(before):
            return found
        if not target.table or self._scope.covers(target.table) or not self._scope.has(target):
            return found
        if found.reference and schema_of(_target(found.reference).table) == own:
            return found
        return replace(found, key_role=before.key_role, reference=before.reference)


def gather_evidence(
    ledgers: Ledgers,
    profile: ProfileSettings,
    tables: Shelf,
    names: Sequence[str],
    *,
    run_id: str,
    progress: Progress = silent,
    reader: EvidenceReader | None = None,
    listed: Collection[str] | None = None,
    on_work: Callable[[], None] = lambda: None,
    on_fresh: Callable[[], None] = lambda: None,
) -> Gathered:
    """Profile the tables whose data changed, and take the evidence of the others from the ledger.

    Values that the policy withholds are replaced before anything is stored or returned; evidence in
    which older rules looked for personal data is classified again, from what is stored. Keys and
    references depend only on stored evidence, so they are the same whichever tables are profiled
    now. New evidence is stored as it comes in, also on an interrupt. Memory holds the keys, one
    column for each table, and the evidence of a bounded number of tables.

    Args:
        tables: the tables from which `names` selects.
        reader: a reader for these names that may have read some of them already.
        listed: all tables of the schemas of `names`, if the caller has listed them already.
        on_work: called before the first table is profiled; on_fresh: where none has to be.
    """
    reader = reader or EvidenceReader(ledgers, names)
    scope, keys = _Scope(ledgers, tables, set(names), listed), Keys()
    stale: list[str] = []
    older: list[str] = []
    for part, stored in ahead(reader.read_for_keys, batched(names, TABLES_A_READ)):
        fresh = {
            name
            for name in part
            if tables[name].kind in _NOT_PROFILED or _is_fresh(tables[name], stored, profile)
        }
        stale += (name for name in part if name not in fresh)
        before = {name for name in fresh if _is_classified_before(tables[name], stored)}
        older += sorted(before)
        scope.add_keys(keys, stored, sorted(fresh - before))
    _classify_again(reader, profile, older, run_id)
    (on_work if stale else on_fresh)()
    recorder = _Recorder(reader, profile, tables, run_id)
    try:
        unreadable = _profile_all(recorder, tables, stale, progress)
        recorder.hold()
        for others in (sorted((*stale, *older)), sorted(scope.neighbours)):
            for part, stored in ahead(reader.read_for_keys, batched(others, TABLES_A_READ)):
                scope.add_keys(keys, stored, part)
        gathered = Gathered(
            reader,
            Resolver(keys, read_declared(ledgers.spark, names)),
            scope,
            run_id,
            profiled=len(stale) - len(unreadable),
            unreadable=unreadable,
        )
        recorder.settle(gathered.settled)
    finally:  # what is held is stored whatever ends this
        recorder.flush()
    return gathered


def _target(reference: str) -> AssetKey:
    """The column that a reference names; '' where there is none."""
    if not reference:
        return AssetKey("", "")
    parts = split_path(reference)
    return AssetKey(join_path(parts[:-1]), join_path(parts[-1:]))


def _is_fresh(table: Table, stored: Mapping[AssetKey, Stored], profile: ProfileSettings) -> bool:
    rows = [stored.get(AssetKey(table.name, column.path)) for column in table.columns]
    oldest = datetime.now(UTC) - MAX_AGE
    return all(
        row is not None
        and is_under(row.policy, profile)
        and row.data_version == table.data_version
        and (bool(table.data_version) or row.seen_at > oldest)
        for row in rows
    )


def _is_classified_before(table: Table, stored: Mapping[AssetKey, Stored]) -> bool:
    """Whether older rules looked for personal data in a column of the table."""
    rows = (stored.get(AssetKey(table.name, column.path)) for column in table.columns)
    return any(row is not None and is_of_older_rules(row.policy) for row in rows)


def _classify_again(
    reader: EvidenceReader, profile: ProfileSettings, names: Sequence[str], run_id: str
) -> None:
    """Classify stored evidence by the rules of today, withhold, and store it; no table is read."""
    for part in batched(names, TABLES_A_PART):
        stored = reader.read(part)
        seen = allowed([(item.evidence, item.policy) for item in stored.values()], profile.values)
        anew = [
            replace(item, evidence=evidence, policy=stamp_of(profile), seen_at=item.seen_at + _TICK)
            for evidence in seen
            for item in (stored[AssetKey(evidence.table, evidence.column)],)
        ]
        reader.ledgers.append(EVIDENCE, [item.row(run_id) for item in anew])
        reader.take(anew)


# Profiling.


class _Recorder:
    """Stores new evidence in parts, so that a kill loses at most the last part.

    Until all tables are profiled, columns keep the keys and references that they had. The last part
    of a small lake is stored with those that it gets then, as a row each, not as two.
    """

    def __init__(
        self, reader: EvidenceReader, profile: ProfileSettings, tables: Shelf, run_id: str
    ) -> None:
        self.reader = reader
        self.profile = profile
        self._tables = tables
        self._run_id = run_id
        self._waiting: dict[str, list[Evidence]] = {}
        self._held: list[Stored] = []
        self._flushed_at = time.monotonic()
        self._detector = presidio_detector() if profile.personal == "presidio" else None

    def add(self, table: str, evidence: Iterable[Evidence]) -> None:
        """Take in the evidence of one table."""
        seen = evidence if self._detector is None else map(self._detector, evidence)
        self._waiting[table] = [withhold(item, self.profile.values) for item in seen]
        due = time.monotonic() - self._flushed_at > SECONDS_A_PART
        if due or len(self._waiting) >= TABLES_A_PART:
            self.flush()

    def hold(self) -> None:
        """Let readers see the waiting evidence: before it is stored, where they keep all of it."""
        if self._waiting and self.reader.keeps_all:
            self._held = self._stamped_part()
            self.reader.take(self._held)
        else:
            self.flush()

    def settle(self, settled: Callable[[Stored], Stored]) -> None:
        """Store the evidence that is held as `settled` gives it."""
        self._held = [settled(item) for item in self._held]
        self.flush()

    def flush(self) -> None:
        """Append the waiting evidence to the ledger."""
        found, self._held = self._held or self._stamped_part(), []
        if found:
            self.reader.ledgers.append(EVIDENCE, [item.row(self._run_id) for item in found])
            self.reader.take(found)
        self._flushed_at = time.monotonic()

    def _stamped_part(self) -> list[Stored]:
        """Empty what waits, as items that can be stored."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return []
        tables = [self._tables[name] for name in waiting]
        part = [item for evidence in waiting.values() for item in evidence]
        before = self.reader.read_for_keys(list(waiting))
        versions = {table.name: table.data_version for table in tables}
        return [
            self._stamped(item, before, versions)
            for item in resolve_keys(part, dict(_positions(tables)))
        ]

    def _stamped(
        self, item: Evidence, before: Mapping[AssetKey, Stored], versions: Mapping[str, str]
    ) -> Stored:
        known = before.get(AssetKey(item.table, item.column))
        if known is not None:
            had = known.evidence
            item = replace(item, key_role=had.key_role, reference=had.reference)
        return Stored(
            evidence=item,
            data_version=versions[item.table],
            policy=stamp_of(self.profile),
            seen_at=datetime.now(UTC),
        )


def _positions(tables: Iterable[Table]) -> Iterator[tuple[AssetKey, int]]:
    for table in tables:
        for column in table.columns:
            yield AssetKey(table.name, column.path), column.position


def _profile_all(
    recorder: _Recorder, tables: Shelf, names: Sequence[str], progress: Progress
) -> dict[str, str]:
    """Profile the tables; returns why some could not be read."""
    profile, spark = recorder.profile, recorder.reader.ledgers.spark

    def profiled(name: str) -> list[Evidence]:
        return profile_table(
            spark, tables[name], sample_rows=profile.sample_rows, seed=profile.sample_seed
        )

    with threads(profile.parallel_tables) as pool:
        running = {pool.submit(profiled, name): name for name in names}
        try:
            return _follow(recorder, running, progress)
        finally:
            for future in list(running):  # of an interrupt: else all are done
                future.cancel()
            if running:  # what is done is stored before the others are waited for
                recorder.flush()


def _follow(
    recorder: _Recorder, running: dict[Future[list[Evidence]], str], progress: Progress
) -> dict[str, str]:
    unreadable: dict[str, str] = {}
    total = len(running)
    for done, future in enumerate(as_completed(list(running)), start=1):
        name = running.pop(future)  # its evidence is not held until all are done
        try:
            evidence = future.result()
        except CatalogError as error:
            unreadable[name] = error.message
        else:
            recorder.add(name, evidence)
        progress("evidence", done, total)
    return unreadable


# Keys and references.


class _Scope:
    """Knows which tables and columns exist: the selected tables, their neighbours, and others.

    Neighbours are the other tables in the schemas of the selected tables. Tables of further
    schemas are looked up when a reference names them.
    """

    def __init__(
        self, ledgers: Ledgers, tables: Shelf, names: set[str], listed: Collection[str] | None
    ) -> None:
        self._ledgers = ledgers
        self._tables = tables
        self._names = names
        self._schemas = set(map(schema_of, names))
        self.neighbours = self._neighbours(listed)
        self._far: dict[str, frozenset[str]] = {}

    def covers(self, table: str) -> bool:
        """Whether a table is in a schema whose keys were read."""
        return schema_of(table) in self._schemas

    def has(self, key: AssetKey) -> bool:
        """Whether a table of another schema still has that column, as far as can be known."""
        if key.table not in self._far:
            there = _existing(self._ledgers, {key.table})
            self._far[key.table] = frozenset(
                place.column for place in _listed(self._ledgers, sorted(there))
            )
        return key.column in self._far[key.table]

    def _neighbours(self, listed: Collection[str] | None) -> frozenset[str]:
        if listed is not None:
            return frozenset(name for name in listed if self.covers(name)) - self._names
        found: set[str] = set()
        for schema in sorted(self._schemas):
            listed = _tables_of(self._ledgers, schema)
            found |= _recorded(self._ledgers, schema) if listed is None else listed
        return frozenset(found - self._names)

    def add_keys(
        self, keys: Keys, stored: Mapping[AssetKey, Stored], tables: Sequence[str]
    ) -> None:
        """Add the keys of these tables, found in their stored evidence."""
        mine = [self._tables[name] for name in tables if name in self._names]
        others = [name for name in tables if name not in self._names]
        places = dict(_positions(mine)) | _listed(self._ledgers, others)
        columns: dict[str, list[Evidence]] = {}
        for key in sorted(places.keys() & stored.keys(), key=lambda k: (k.table, places[k])):
            columns.setdefault(key.table, []).append(stored[key].evidence)
        for table, evidence in columns.items():
            keys.add(table, evidence, places)


def _existing(ledgers: Ledgers, tables: set[str]) -> frozenset[str]:
    """The tables and views that still exist, as far as their schemas can be listed."""
    found: set[str] = set()
    for schema in sorted(set(map(schema_of, tables))):
        listed = _tables_of(ledgers, schema)
        found |= {t for t in tables if schema_of(t) == schema} if listed is None else listed
    return frozenset(tables & found)


def _tables_of(ledgers: Ledgers, schema: str) -> set[str] | None:
    """The tables and views of a schema; None if it cannot be listed."""
    try:
        if not ledgers.spark.catalog.databaseExists(quote_path(schema)):
            return set()
        rows = ledgers.spark.sql(f"SHOW TABLES IN {quote_path(schema)}").collect()
    except SPARK_ERRORS:
        return None
    return {f"{schema}.{join_path((row.tableName,))}" for row in rows if not row.isTemporary}


def _recorded(ledgers: Ledgers, schema: str) -> set[str]:
    """The tables of a schema according to the inventory."""
    where = f"`column` = '' AND startswith(table, {literal(schema + '.')})"
    rows = ledgers.newest_arrow(INVENTORY, where, ("present",))
    return set(rows.filter(rows.column("present")).column("table").to_pylist())


def _listed(ledgers: Ledgers, tables: Sequence[str]) -> dict[AssetKey, int]:
    """The positions of the columns in their tables, according to the inventory."""
    if not tables:
        return {}
    rows = ledgers.newest(INVENTORY, is_in("table", tables), ("position", "present"))
    present = (row for row in rows if row["present"] and row["column"])
    return {AssetKey(row["table"], row["column"]): row["position"] for row in present}
