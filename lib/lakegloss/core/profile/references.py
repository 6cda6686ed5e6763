"""Finds key roles and references between tables, from names and from hashes of values.

A reference is proposed where the name agrees with the key of another table and the values do not
disagree, or, for texts, where the values alone leave no doubt. A wrong reference becomes a wrong
comment, so ambiguous cases are left out. The share of the values that the key holds is estimated
below the smaller of the two hash bounds (as Beyer et al. 2007 do for intersections).
"""

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lakegloss.core.assets import AssetKey
from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import schema_of
from lakegloss.core.profile.hashing import Hashes
from lakegloss.core.profile.keys import (
    Key,
    Keys,
    Words,
    column_words,
    is_unique,
    says_unique,
)
from lakegloss.core.words.generic import KEY_WORDS
from lakegloss.core.words.lexicon import word_set

_MOST = 0.9
_HALF = 0.5
_FEWEST_VALUES = 3
_SMALLEST_DOMAIN = 8
_CHANCE = 1e-3
_COMMON = 0.1
_PROBES = 16
_LONGEST_SUFFIX = 4
_AMBIGUOUS = 8
_NO_CODES = word_set(
    "boolean_flag free_text date_text timestamp_text time_text weekday month year timezone"
)


class Containment(NamedTuple):
    """The share of a column's values that a key holds, and the values it was estimated from."""

    share: float
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """A key that a column may refer to, and why."""

    key: Key
    exact: bool
    owned: bool
    near: bool
    contained: Containment

    @property
    def order(self) -> tuple[bool, bool, bool, float, int, int, str]:
        target = self.key.evidence
        return (
            self.near, self.exact, self.owned, round(self.contained.share, 2), target.distinct,
            -len(target.table), target.table,
        )  # fmt: skip


def resolve_keys(
    evidence: Sequence[Evidence], positions: Mapping[AssetKey, int] | None = None
) -> list[Evidence]:
    """Find key roles and references anew between all tables of the evidence.

    Args:
        evidence: of any number of tables.
        positions: the columns' places in their tables; without them the order given counts.
    """
    tables: dict[str, list[Evidence]] = defaultdict(list)
    for column in evidence:
        tables[column.table].append(column)
    keys = Keys()
    for table, columns in tables.items():
        keys.add(table, columns, positions)
    resolver = Resolver(keys)
    return [resolver.resolve(column) for column in evidence]


class Resolver:
    """Finds key role and reference of any column, given the keys of all tables it may refer to."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys.found()
        self._names = _Named(self._keys.values())
        self._domains = _domains_by_schema(self._keys.values())

    def resolve(self, column: Evidence) -> Evidence:
        """Return the evidence with its key role and its reference found anew."""
        own_key = self._keys.get(column.table)
        is_key = own_key is not None and own_key.evidence.column == column.column
        target = None
        if key_family(column.data_type) and not (is_key and own_key is not None and own_key.strong):
            target = _find_by_names(column, self._names, is_key=is_key) or _find_by_values(
                column, self._domains
            )
        role = "primary" if is_key else "foreign" if target else ""
        if not role and says_unique(column):
            role = "unique"
        reference = f"{target.table}.{target.column}" if target else ""
        if (role, reference) == (column.key_role, column.reference):
            return column
        return dataclasses.replace(column, key_role=role, reference=reference)


def containment(column: Evidence, key: Evidence) -> Containment:
    """Estimate the share of a column's values that a key holds; from 0 values if none is known."""
    values, key_values = _hashes(column), _hashes(key)
    if not len(values) or not len(key_values):
        return Containment(0.0, 0)
    if not _is_complete(key):
        values = values[values <= key_values[-1]]
    shared = int(np.isin(values, key_values).sum())
    return Containment(shared / len(values) if len(values) else 0.0, len(values))


# By name.


class _Named:
    """Finds keys by the names that columns call them."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._names: dict[Words, dict[str, list[tuple[Key, bool]]]] = {}
        for key in keys:
            schema = schema_of(key.evidence.table)
            for alias, owned in key.aliases.items():
                schemas = self._names.setdefault(alias, {})
                schemas.setdefault(schema, []).append((key, owned))

    def find(self, alias: Words, schema: str) -> list[tuple[Key, bool]]:
        """Find the keys of that name in the schema, else in other schemas if only a few have one.

        A name that many tables use for their key says nothing, unless it holds the table's name.
        """
        schemas = self._names.get(alias, {})
        if schema not in schemas:
            far = [item for items in schemas.values() for item in items[: _AMBIGUOUS + 1]]
            return far if len(schemas) <= _AMBIGUOUS and len(far) <= _AMBIGUOUS else []
        near = schemas[schema]
        if len(near) > _AMBIGUOUS:
            near = [(key, owned) for key, owned in near if owned]
        return near if len(near) <= _AMBIGUOUS else []


def _find_by_names(column: Evidence, names: _Named, *, is_key: bool) -> Evidence | None:
    words, schema = column_words(column.column), schema_of(column.table)
    matches = []
    for length in range(min(len(words), _LONGEST_SUFFIX), 0, -1):
        for key, owned in names.find(words[-length:], schema):
            match = _match_of(column, key, exact=length == len(words), owned=owned)
            if _is_believable(column, words[-length:], match, is_key=is_key):
                matches.append(match)
    if not matches:
        return None
    best = max(matches, key=lambda match: match.order)
    others = [m for m in matches if m.exact == best.exact and m.owned == best.owned]
    return None if not best.near and len(others) > 1 else best.key.evidence


def _match_of(column: Evidence, key: Key, *, exact: bool, owned: bool) -> _Match:
    near = schema_of(column.table) == schema_of(key.evidence.table)
    return _Match(
        key=key, exact=exact, owned=owned, near=near, contained=containment(column, key.evidence)
    )


def _is_believable(column: Evidence, alias: Words, match: _Match, *, is_key: bool) -> bool:
    key, (share, values) = match.key.evidence, match.contained
    if key.table == column.table or not _are_comparable(column, key):
        return False
    if is_key and not match.owned and column.distinct >= key.distinct:
        return False
    says_key = len(alias) > 1 and alias[-1] in KEY_WORDS
    if not values:
        return match.near and match.exact and says_key
    if not match.near:
        return match.exact and says_key and share >= _MOST and values >= _FEWEST_VALUES
    if match.exact and (says_key or key_family(key.data_type) == "text"):
        return share >= _HALF
    return share >= _MOST and (says_key or values >= _FEWEST_VALUES)


def _are_comparable(column: Evidence, key: Evidence) -> bool:
    child, parent = key_family(column.data_type), key_family(key.data_type)
    return child == parent or (child == "float" and parent == "whole")


# By values.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Domain:
    """The text keys of one schema of which all hashes are kept: the hashes, and whose they are."""

    keys: tuple[Evidence, ...]
    hashes: Hashes
    owners: np.ndarray[tuple[int], np.dtype[np.int32]]

    def holders(self, hashes: Hashes) -> list[Evidence]:
        """The keys that hold most of the hashes; none where many keys do, as that says nothing."""
        starts = np.searchsorted(self.hashes, hashes, side="left")
        ends = np.searchsorted(self.hashes, hashes, side="right")
        hits: Counter[int] = Counter()
        for start, end in zip(starts, ends, strict=True):
            hits.update(self.owners[start:end].tolist())
        owners_of_most = [owner for owner, count in hits.items() if count >= _HALF * len(hashes)]
        return (
            [self.keys[owner] for owner in sorted(owners_of_most)]
            if len(owners_of_most) <= _AMBIGUOUS
            else []
        )


def _domains_by_schema(keys: Iterable[Key]) -> dict[str, _Domain]:
    by_schema: dict[str, list[Evidence]] = defaultdict(list)
    for key in keys:
        column = key.evidence
        is_text = key_family(column.data_type) == "text"
        if is_text and _is_complete(column) and column.distinct >= _SMALLEST_DOMAIN:
            by_schema[schema_of(column.table)].append(column)
    return {schema: _domain_of(columns) for schema, columns in by_schema.items()}


def _domain_of(columns: Sequence[Evidence]) -> _Domain:
    parts = [_hashes(column) for column in columns]
    owners = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    hashes = np.concatenate(parts)
    order = np.argsort(hashes, kind="stable")
    return _Domain(keys=tuple(columns), hashes=hashes[order], owners=owners[order])


def _find_by_values(column: Evidence, domains: Mapping[str, _Domain]) -> Evidence | None:
    """Find the only text key of the schema that holds a text column's values beyond chance."""
    domain = domains.get(schema_of(column.table))
    if domain is None or key_family(column.data_type) != "text" or not _has_codes(column):
        return None
    matches = [
        key
        for key in domain.holders(_hashes(column)[:_PROBES])
        if key.table != column.table and _is_beyond_chance(column, key)
    ]
    return matches[0] if len(matches) == 1 else None


def _has_codes(column: Evidence) -> bool:
    return (
        column.distinct >= _FEWEST_VALUES
        and not is_unique(column)
        and column.semantic not in _NO_CODES
    )


def _is_beyond_chance(column: Evidence, key: Evidence) -> bool:
    share, values = containment(column, key)
    if share < _MOST or values < _FEWEST_VALUES:
        return False
    # The key's share of all texts of the column's shapes is the chance that one value is in it.
    common = [shape.value for shape in column.shapes if shape.share >= _COMMON]
    room = min(map(_texts_of, common), default=0.0)
    density = key.distinct / (math.exp(room) if room < 700 else math.inf)
    return density < 1 and math.log(max(density, 1e-300)) * share * values < math.log(_CHANCE)


def _texts_of(shape: str) -> float:
    """The logarithm of the number of texts of a shape."""
    letters = sum(shape.count(letter) for letter in "Aa")
    return letters * math.log(26) + shape.count("9") * math.log(10)


def _hashes(column: Evidence) -> Hashes:
    return np.frombuffer(column.sketch, "<u8")


def _is_complete(column: Evidence) -> bool:
    """Whether the evidence holds the hash of every value of the whole table."""
    return (
        column.distinct_exact
        and len(column.sketch) >= 8 * column.distinct
        and column.rows_read >= column.rows
    )
