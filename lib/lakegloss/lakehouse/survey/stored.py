"""Reads stored evidence from the ledger, for some tables at a time."""

import dataclasses
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pyarrow as pa

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.lakehouse.ledgers.conversion import moment
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE
from lakegloss.lakehouse.survey.inventory import TABLES_A_READ
from lakegloss.lakehouse.threads import beside

_NAMES = tuple(field.name for field in dataclasses.fields(Evidence))
_STAMP = ("data_version", "policy", "seen_at")
_LISTS = ("frequent", "shapes")
_FOR_KEYS = (
    "data_type", "rows", "rows_read", "null_share", "distinct", "distinct_exact", "mean_length",
    "personal", "key_role", "reference", "sketch", *_STAMP,
)  # fmt: skip
_SKETCH_OF_KEYS = "CASE WHEN null_share = 0 AND distinct = rows_read THEN sketch END"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Holds evidence as the ledger stores it, without what the policy of that time withheld."""

    evidence: Evidence
    data_version: str
    policy: str
    seen_at: datetime

    def row(self, run_id: str) -> dict[str, Any]:
        """The row for the ledger."""
        stamp = {name: getattr(self, name) for name in _STAMP}
        facts = {name: getattr(self.evidence, name) for name in _NAMES}
        lists = {
            name: [{"value": item.value, "share": item.share} for item in facts[name]]
            for name in _LISTS
        }
        bucket = self.evidence.bucket
        return {**facts, **lists, **stamp, "bucket": bucket, "run_id": run_id}


class EvidenceReader:
    """Reads evidence by table, and keeps the evidence that it read last.

    Args:
        soon: tables whose whole evidence will be read soon. If they are few enough to be kept,
            `read_for_keys` reads them whole, so that each is read only once.
    """

    def __init__(self, ledgers: Ledgers, soon: Collection[str]) -> None:
        self.ledgers = ledgers
        self._soon = frozenset(soon) if len(soon) <= TABLES_A_READ else frozenset()
        self._kept: OrderedDict[str, dict[AssetKey, Stored]] = OrderedDict()
        self._coming: tuple[Sequence[str], Future[pa.Table]] | None = None

    @property
    def keeps_all(self) -> bool:
        """Whether the tables that will be read soon are few enough to be kept all."""
        return bool(self._soon)

    def read(self, tables: Sequence[str]) -> dict[AssetKey, Stored]:
        """All stored evidence of these tables."""
        missing = [table for table in tables if table not in self._kept]
        if missing:
            self._fetch(missing, tables)
        together: dict[AssetKey, Stored] = {}
        for table in tables:
            together |= self._kept[table]
        return together

    def expect(self, tables: Sequence[str]) -> None:
        """Begin to read in a thread the tables that `read` will be asked for next."""
        if tables and tables[0] not in self._kept and self._coming is None:
            missing = [table for table in tables if table not in self._kept]
            self._coming = (missing, beside(self._rows, missing))

    def _fetch(self, missing: Sequence[str], wanted: Sequence[str]) -> None:
        coming, self._coming = self._coming, None
        if coming is not None and set(missing).issubset(coming[0]):
            missing, rows = coming[0], coming[1].result()
        else:
            rows = self._rows(missing)
        self._forget(wanted, len(missing))
        self._keep(missing, stored_of(rows))

    def _rows(self, tables: Sequence[str]) -> pa.Table:
        return self.ledgers.newest_arrow(EVIDENCE, is_in("table", tables), tables=len(tables))

    def read_for_keys(self, tables: Sequence[str]) -> dict[AssetKey, Stored]:
        """The evidence of these tables that is needed to find keys and to judge freshness.

        It has no values, and hashes only for columns that may be keys.
        """
        if not tables:
            return {}
        if all(table in self._kept or table in self._soon for table in tables):
            return self.read(tables)
        found = self.ledgers.newest_arrow(
            EVIDENCE,
            is_in("table", tables),
            _FOR_KEYS,
            expressions={"sketch": _SKETCH_OF_KEYS},
            tables=len(tables),
        )
        return {AssetKey(s.evidence.table, s.evidence.column): s for s in stored_of(found)}

    def take(self, items: Iterable[Stored]) -> None:
        """Replace kept evidence by items that were appended to the ledger."""
        for item in items:
            table = item.evidence.table
            if table in self._kept:
                self._kept[table][AssetKey(table, item.evidence.column)] = item

    def _keep(self, tables: Iterable[str], items: Iterable[Stored]) -> None:
        self._kept |= {table: {} for table in tables}
        for item in items:
            key = AssetKey(item.evidence.table, item.evidence.column)
            self._kept[key.table][key] = item

    def _forget(self, wanted: Collection[str], coming: int) -> None:
        """Drop kept tables to make room for `coming` more; the wanted ones stay."""
        needed = set(wanted)
        spare = [table for table in self._kept if table not in needed]
        too_many = max(0, len(self._kept) + coming - TABLES_A_READ)
        for table in spare[:too_many]:
            del self._kept[table]


def stored_of(rows: pa.Table) -> list[Stored]:
    """Convert rows of the ledger, with times in microseconds; unread columns get their default."""
    columns = {name: rows.column(name) for name in rows.column_names}
    lists = {name: _frequent(columns[name]) for name in _LISTS if name in columns}
    facts = [name for name in _NAMES if name in columns and name not in _LISTS]
    values = {name: columns[name].to_pylist() for name in facts}
    if "sketch" in values:
        values["sketch"] = [sketch or b"" for sketch in values["sketch"]]
    if "key_with" in values:  # null in rows of versions that did not look for such keys
        values["key_with"] = [paths or "" for paths in values["key_with"]]
    values |= lists
    stamps: Mapping[str, list[Any]] = {name: columns[name].to_pylist() for name in _STAMP}
    names = tuple(values)
    return [
        Stored(
            evidence=Evidence(**dict(zip(names, fact, strict=True))),
            data_version=version,
            policy=policy,
            seen_at=_known(seen_at),
        )
        for fact, version, policy, seen_at in zip(
            zip(*values.values(), strict=True), *(stamps[name] for name in _STAMP), strict=True
        )
    ]


def _known(micros: int) -> datetime:
    found = moment(micros)
    if found is None:
        raise ValueError("evidence without a time")
    return found


def _frequent(column: pa.ChunkedArray) -> list[tuple[Frequent, ...]]:
    """Convert a column of lists of values with their shares, by way of its flat arrays."""
    found: list[tuple[Frequent, ...]] = []
    for chunk in column.chunks:
        flat = chunk.flatten()
        items = [
            Frequent(value=value, share=share)
            for value, share in zip(
                flat.field("value").to_pylist(), flat.field("share").to_pylist(), strict=True
            )
        ]
        ends = [0]
        for length in chunk.value_lengths().to_pylist():
            ends.append(ends[-1] + (length or 0))
        found += [tuple(items[start:end]) for start, end in pairwise(ends)]
    return found
