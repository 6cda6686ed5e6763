"""Finds key roles and references between tables, from names and from hashes of values.

A reference is proposed where the name agrees with the key of another table and the values do not
disagree, or, for texts, where the values alone leave no doubt. A wrong reference becomes a wrong
comment, so ambiguous cases are left out. What the catalog declares comes before what is found.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lakegloss.core.assets import AssetKey
from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import schema_of
from lakegloss.core.profile.containment import (
    Containment,
    are_comparable,
    containment,
    hashes_of,
)
from lakegloss.core.profile.declared import NOTHING_DECLARED, Declared, Found
from lakegloss.core.profile.hashing import hash_values
from lakegloss.core.profile.key_names import (
    Words,
    copy_words,
    key_words,
    keyed_entity,
    plain,
    refers_to_own_table,
    without_prefix,
)
from lakegloss.core.profile.keys import Key, Keys, is_copy, is_unique, says_unique
from lakegloss.core.profile.value_references import (
    domains_by_schema,
    find_by_values,
    is_beyond_chance,
    root_of,
)
from lakegloss.core.words.generic import KEY_WORDS, NAMELESS_KEYS

_MOST = 0.9
_HALF = 0.5
_FEWEST_VALUES = 3
_LONGEST_SUFFIX = 4
_AMBIGUOUS = 8
_FIRST_NUMBERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """A key that a column may refer to, and why.

    Attributes:
        exact: all words of the column's name are a name of the key.
        same: they are the key's own name.
        owned: the name holds that of the key's table.
        near: both are in one schema.
    """

    key: Key
    exact: bool
    same: bool
    owned: bool
    near: bool
    contained: Containment

    @property
    def order(self) -> tuple[bool, bool, bool, bool, int, float, int, int, str]:
        target = self.key.evidence
        return (
            self.near, self.exact, self.same, self.owned, -copy_words(target.table),
            round(self.contained.share, 2), target.distinct, -len(target.table), target.table,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A column whose reference is looked for, with what its table's columns tell."""

    column: Evidence
    words: Words
    entity: Words
    copied: int
    own_key: Key | None

    @property
    def is_key(self) -> bool:
        return self.own_key is not None and self.own_key.evidence.column == self.column.column


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
    """Finds key role and reference of any column, given the keys of all tables it may refer to.

    Args:
        declared: the keys and references that the catalog declares; they come before what is found.
    """

    def __init__(self, keys: Keys, declared: Declared = NOTHING_DECLARED) -> None:
        self._about = keys
        self._declared = declared
        self._keys = keys.found()
        self._names = _Named(self._keys.values())
        self._domains = domains_by_schema(self._keys.values())

    def resolve(self, column: Evidence) -> Evidence:
        """Return the evidence with its key role and its reference found anew."""
        asked = self._asked(column)
        role, reference = "primary" if asked.is_key else "", ""
        if key_family(column.data_type) and not (
            asked.own_key and asked.is_key and asked.own_key.strong
        ):
            target = self._target(asked)
            reference = f"{target.table}.{target.column}" if target else ""
        found = self._declared.correct(
            Found(role=role, reference=reference, key_with=column.key_with), column
        )
        role = found.role or ("foreign" if found.reference else "")
        if not role and says_unique(column):
            role = "unique"
        known = (column.key_role, column.reference, column.key_with)
        if (role, found.reference, found.key_with) == known:
            return column
        return dataclasses.replace(
            column, key_role=role, reference=found.reference, key_with=found.key_with
        )

    def declares(self, column: Evidence) -> bool:
        """Whether the catalog declares what a column refers to."""
        return AssetKey(column.table, column.column) in self._declared.references

    def _asked(self, column: Evidence) -> _Asked:
        prefix = self._about.prefix_of(column.table)
        return _Asked(
            column=column,
            words=plain(without_prefix(key_words(column.column), prefix)),
            entity=keyed_entity(column.table),
            copied=self._about.copied_of(column.table),
            own_key=self._keys.get(column.table),
        )

    def _target(self, asked: _Asked) -> Evidence | None:
        return (
            _find_in_own_table(asked)
            or _find_by_names(asked, self._names)
            or find_by_values(asked.column, self._domains)
        )


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


def _find_in_own_table(asked: _Asked) -> Evidence | None:
    """Find the key of the column's own table, where its name says so: parent_id, reports_to."""
    own, column = asked.own_key, asked.column
    if own is None or asked.is_key or not refers_to_own_table(asked.words, asked.entity):
        return None
    key = own.evidence
    if not are_comparable(column, key) or column.distinct > key.distinct:
        return None
    share, values = containment(column, key)
    return key if values and share >= _MOST else None


def _find_by_names(asked: _Asked, names: _Named) -> Evidence | None:
    schema = schema_of(asked.column.table)
    matches = []
    for alias, exact in _names_asked(asked):
        for key, owned in names.find(alias, schema):
            match = _match_of(asked, key, exact=exact, owned=owned)
            if _is_believable(asked, alias, match):
                matches.append(match)
    if not matches:
        return None
    best = max(matches, key=lambda match: match.order)
    if not best.near and best.same and len(asked.words) == 1:
        return root_of([match.key for match in matches if match.same])
    others = [m for m in matches if m.exact == best.exact and m.owned == best.owned]
    apart = [m for m in others if not is_copy(m.key, best.key)]
    return None if not best.near and apart != others and len(others) > 1 else best.key.evidence


def _names_asked(asked: _Asked) -> Iterator[tuple[Words, bool]]:
    """Yield the names that a column may call a key by, each with whether it is the whole name.

    The column `status` of `release` may call the key of `release_status`.
    """
    words = asked.words
    if asked.entity and len(words) < _LONGEST_SUFFIX and words[: len(asked.entity)] != asked.entity:
        yield (*asked.entity, *words), True
    for length in range(min(len(words), _LONGEST_SUFFIX), 0, -1):
        yield words[-length:], length == len(words)


def _match_of(asked: _Asked, key: Key, *, exact: bool, owned: bool) -> _Match:
    near = schema_of(asked.column.table) == schema_of(key.evidence.table)
    return _Match(
        key=key, exact=exact, same=asked.words == key.words, owned=owned, near=near,
        contained=containment(asked.column, key.evidence),
    )  # fmt: skip


def _is_believable(asked: _Asked, alias: Words, match: _Match) -> bool:
    if not are_comparable(asked.column, match.key.evidence) or _is_excluded(asked, match):
        return False
    generic = NAMELESS_KEYS.issuperset(alias)
    if generic and match.contained.values and not _is_sure_of_generic(match):
        return False
    if alias == match.key.bare != match.key.entity and not _is_sure_of_bare(match):
        return False
    says_key = len(alias) > 1 and alias[-1] in KEY_WORDS
    return _is_borne_by_values(asked, match, says_key=says_key)


def _is_excluded(asked: _Asked, match: _Match) -> bool:
    """Whether the column cannot refer to that key, whatever the values are."""
    column, key = asked.column, match.key.evidence
    if key.table == column.table:
        return match.exact or key.column == column.column
    if asked.is_key and not match.owned and column.distinct >= key.distinct:
        return True
    if asked.words != match.key.words and asked.words in match.key.others:
        return True  # the key's table has a column of that very name, which is not its key
    return _is_of_copy(asked, match)


def _is_borne_by_values(asked: _Asked, match: _Match, *, says_key: bool) -> bool:
    share, values = match.contained
    if not values:
        return match.near and match.exact and says_key
    if not match.near:
        said = says_key or (match.same and is_beyond_chance(asked.column, match.key.evidence))
        return match.exact and said and share >= _MOST and values >= _FEWEST_VALUES
    if match.exact and (says_key or key_family(match.key.evidence.data_type) == "text"):
        return share >= _HALF
    return share >= _MOST and (says_key or values >= _FEWEST_VALUES)


def _is_of_copy(asked: _Asked, match: _Match) -> bool:
    """Whether the key's table is a copy of the column's own: nothing refers to a copy of itself."""
    key = match.key
    same = asked.copied == key.copied and asked.words == key.words
    return same and is_unique(asked.column)


def _is_sure_of_generic(match: _Match) -> bool:
    """Whether a name that any table may use (status, date key) means this key.

    Small numbers are in every key that counts from one: then the whole name must be the key's.
    """
    if match.contained.share < _MOST:
        return False
    return match.exact or not _counts_from_one(match.key.evidence)


def _is_sure_of_bare(match: _Match) -> bool:
    """Whether a name with the key's bare word (naar_knoop for knoop_id) means this key."""
    share, values = match.contained
    sure = match.near and share >= _MOST and values >= _FEWEST_VALUES
    return sure and not _counts_from_one(match.key.evidence)


def _counts_from_one(key: Evidence) -> bool:
    if key_family(key.data_type) != "whole":
        return False
    first = hash_values(pa.array(range(_FIRST_NUMBERS)))
    known = hashes_of(key)
    if not len(known):
        return True
    within = first[first <= known[-1]]
    return bool(len(within)) and float(np.isin(within, known).mean()) > _HALF
