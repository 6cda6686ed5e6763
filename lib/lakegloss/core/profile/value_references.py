"""Finds references of text columns by their values alone, where chance cannot explain them."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import schema_of
from lakegloss.core.profile.containment import containment, hashes_of, is_complete
from lakegloss.core.profile.hashing import Hashes
from lakegloss.core.profile.key_names import copy_words
from lakegloss.core.profile.keys import Key, is_unique
from lakegloss.core.words.lexicon import word_set

_MOST = 0.9
_NEARLY_ALL = 0.99
_HALF = 0.5
_FEWEST_VALUES = 3
_SMALLEST_DOMAIN = 8
_CHANCE = 1e-3
_COMMON = 0.1
_PROBES = 16
_AMBIGUOUS = 8
_NO_CODES = word_set(
    "boolean_flag free_text date_text timestamp_text time_text weekday month year timezone"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDomain:
    """The text keys of one schema of which all hashes are kept: the hashes, and whose they are."""

    keys: tuple[Key, ...]
    hashes: Hashes
    owners: np.ndarray[tuple[int], np.dtype[np.int32]]

    def holders(self, hashes: Hashes) -> list[Key]:
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


def domains_by_schema(keys: Iterable[Key]) -> dict[str, KeyDomain]:
    """Collect the text keys of each schema of which all hashes are kept."""
    by_schema: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        column = key.evidence
        is_text = key_family(column.data_type) == "text"
        if is_text and is_complete(column) and column.distinct >= _SMALLEST_DOMAIN:
            by_schema[schema_of(column.table)].append(key)
    return {schema: _domain_of(own) for schema, own in by_schema.items()}


def _domain_of(keys: Sequence[Key]) -> KeyDomain:
    parts = [hashes_of(key.evidence) for key in keys]
    owners = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    hashes = np.concatenate(parts)
    order = np.argsort(hashes, kind="stable")
    return KeyDomain(keys=tuple(keys), hashes=hashes[order], owners=owners[order])


def find_by_values(column: Evidence, domains: Mapping[str, KeyDomain]) -> Evidence | None:
    """Find the text key of the schema that holds a text column's values beyond chance.

    Where several hold them, it is the one that holds the others, too; else none.
    """
    domain = domains.get(schema_of(column.table))
    if domain is None or key_family(column.data_type) != "text" or not _has_codes(column):
        return None
    matches = [
        key
        for key in domain.holders(hashes_of(column)[:_PROBES])
        if (key.evidence.table, key.evidence.column) != (column.table, column.column)
        and is_beyond_chance(column, key.evidence)
    ]
    return root_of(matches)


def root_of(keys: Sequence[Key]) -> Evidence | None:
    """Select the key that holds all others; of copies, the one whose name does not say copy."""
    roots = [
        key
        for key in keys
        if all(containment(o.evidence, key.evidence).share > _NEARLY_ALL for o in keys if o != key)
    ]
    if not roots:
        return None
    fewest = min(copy_words(key.evidence.table) for key in roots)
    originals = [key for key in roots if copy_words(key.evidence.table) == fewest]
    return originals[0].evidence if len(originals) == 1 else None


def _has_codes(column: Evidence) -> bool:
    return (
        column.distinct >= _FEWEST_VALUES
        and not is_unique(column)
        and column.semantic not in _NO_CODES
    )


def is_beyond_chance(column: Evidence, key: Evidence) -> bool:
    """Whether a key holds most of a column's values, and chance cannot explain it."""
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
