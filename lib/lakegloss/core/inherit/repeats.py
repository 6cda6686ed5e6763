"""Groups the columns of a lake that mean the same, so that one comment can serve them all.

A column belongs to at most two groups. One holds the same column of a table's copies, snapshots and
partitions. The other holds columns whose meaning does not depend on the table: a reference to the
same key, a system column, codes of the same list, an attribute of an entity that has its own table.
Names that mean something else in each table (id, name, status, amount) repeat only between copies.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import meaning_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import join_path, leaf, schema_of, split_path
from lakegloss.core.profile.keys import Words, column_words, entity_words
from lakegloss.core.words.generic import IN_ANY_TABLE, KEY_WORDS, OF_COPIES
from lakegloss.core.words.lexicon import system_column, word_set, words_of
from lakegloss.core.words.nouns import singular_by_ending


class Kind(StrEnum):
    """Why columns share a comment."""

    COPY = "copy"  # the same column of copies of a table
    REFERENCE = "reference"  # foreign keys of one name to one key
    KEY = "key"  # the key that such columns refer to
    SYSTEM = "system"  # of a load tool or of the warehouse, in every table alike
    CODES = "codes"  # the same name and the same list of codes
    ENTITY = "entity"  # of something that has its own table or key: device_id, product_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Columns that may share a comment."""

    kind: Kind
    digest: int


KNOWN_FAMILIES = 20_000
"""How many families of tables are remembered: those used last."""
_NEAR = 0.8
_LEAST_COLUMNS = 3
_DISTINCTIVE = 5
_ATTRIBUTES = KEY_WORDS | word_set("name date type status category group segment description title")
_ROLES = word_set(
    "first last full middle short long display legal native other alt old new parent child start"
    " end due begin birth from to in out source target src dst user sub main primary secondary"
    " is has"
)
_AUDIT = word_set(
    "created_at created_on created_by created_date created_ts create_date created updated_at"
    " updated_on updated_by updated_date updated_ts update_date updated modified_at modified_on"
    " modified_by modified_date last_modified last_modified_by last_updated changed_at changed_by"
    " deleted_at deleted_by inserted_by loaded_by processed_at extracted_at synced_at ingest_date"
    " snapshot_date partition_date etl_loaded_at etl_run_id dw_loaded_at dw_updated_at row_version"
)
_SEMANTIC_CODES = frozenset({"country_code", "currency_code", "language_code", "timezone"})
_YES_NO = frozenset({"0", "1", "y", "n", "yes", "no", "t", "f", "true", "false", "x", ""})


def groups_of(
    table: Table,
    column: Column,
    evidence: Evidence | None,
    *,
    family: str,
    entities: Collection[Words] = (),
    guidance: Sequence[str] = (),
) -> tuple[Group, ...]:
    """Find the groups of a column, the strictest first.

    Args:
        family: the table's family, as `Families` names it.
        entities: what the tables of the same schema are about, see `keys.entity_words`.
        guidance: the lines that match the column, because a text follows its guidance.
    """
    groups = []
    shape = _shape(column, evidence)
    if family:
        groups.append(_make_group(Kind.COPY, family, column.path.lower(), shape, guidance))
    if len(split_path(column.path)) == 1 and (
        meaning := _meaning_in_any_table(table, column, evidence, entities)
    ):
        kind, *parts = meaning
        groups.append(_make_group(kind, *parts, shape, guidance))
    return tuple(groups)


def key_group(path: str, data_type: str) -> Group:
    """Make the group of a key ('schema.table.column') and of columns that may take its comment."""
    return _make_group(Kind.KEY, path, meaning_family(data_type))


def names_agree(column: str, key: str) -> bool:
    """Whether a foreign column has only its key's name (customer_id, customers.id), and no role."""
    words, (*table, last) = column_words(column), split_path(key)
    key_words = column_words(join_path((last,)))
    owner = entity_words(join_path((table[-1],))) if table else ()
    return words in (key_words, (*owner, *key_words)) and len(words) > 1


def _make_group(kind: Kind, *parts: object) -> Group:
    text = json.dumps(parts, ensure_ascii=True, default=list)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return Group(kind=kind, digest=int.from_bytes(digest))


def _shape(column: Column, evidence: Evidence | None) -> tuple[object, ...]:
    """List what the data of columns that share a comment must have in common."""
    family = meaning_family(column.data_type)
    if evidence is None or evidence.rows_read == 0:
        return (family, "unseen")
    return (family, evidence.semantic, evidence.personal, _codes(evidence))


def _codes(evidence: Evidence) -> tuple[str, ...]:
    if not evidence.is_code or meaning_family(evidence.data_type) != "text":
        return ()
    return tuple(sorted(frequent.value for frequent in evidence.frequent))


def _meaning_in_any_table(
    table: Table, column: Column, evidence: Evidence | None, entities: Collection[Words]
) -> tuple[Kind, object, object] | None:
    """Say why the column means the same in other tables, with what has to agree; else None."""
    words = column_words(column.path)
    name = " ".join(words)
    if system_column(words):
        return Kind.SYSTEM, name, ""
    if "_".join(words_of(leaf(column.path))) in _AUDIT:
        return Kind.SYSTEM, name, schema_of(table.name)
    is_empty = evidence is None or evidence.rows_read == 0 or evidence.null_share >= 1
    if evidence is None or is_empty or _is_generic(words):
        return None
    if evidence.key_role == "foreign" and evidence.reference:
        return Kind.REFERENCE, name, evidence.reference
    if evidence.key_role or evidence.personal:
        return None
    return _meaning_by_name(table, evidence, entities)


def _meaning_by_name(
    table: Table, evidence: Evidence, entities: Collection[Words]
) -> tuple[Kind, object, object] | None:
    words = column_words(evidence.column)
    name = " ".join(words)
    if evidence.semantic in _SEMANTIC_CODES or _are_telling_codes(words, _codes(evidence)):
        return Kind.CODES, name, _codes(evidence)
    if _is_of_entity(words, entities):
        return Kind.ENTITY, name, (schema_of(table.name), *_forms(evidence))
    return None


def _is_generic(words: Words) -> bool:
    return IN_ANY_TABLE.issuperset(words)


def _are_telling_codes(words: Words, codes: tuple[str, ...]) -> bool:
    """Whether a list of codes is telling by itself: no yes and no, no single letters, no digits."""
    long_codes = [code for code in codes if len(code) > 1 and code.lower() not in _YES_NO]
    return len(long_codes) >= (2 if len(words) > 1 else 3) and not any(
        c.isdigit() for c in long_codes
    )


def _is_of_entity(words: Words, entities: Collection[Words]) -> bool:
    owner, last = words[:-1], words[-1]
    if not owner or last not in _ATTRIBUTES or _ROLES.intersection(owner):
        return False
    return owner in entities or (last in KEY_WORDS and not _is_generic(owner))


def _forms(evidence: Evidence) -> tuple[str, ...]:
    """The most common shape of an identifier's texts; () for numbers and names."""
    is_text = meaning_family(evidence.data_type) == "text"
    named = column_words(evidence.column)[-1] in KEY_WORDS
    return (evidence.shapes[0].value,) if is_text and named and evidence.shapes else ()


class Families:
    """Finds tables that are copies, snapshots, partitions or stages of one another.

    Tables of a family have nearly the same columns, and names that differ only in numbers and words
    such as `copy` or `stg`. Or they have exactly the same columns, with so many distinctive names
    that it is no accident. Only the tables used last are remembered.
    """

    def __init__(self, limit: int = KNOWN_FAMILIES) -> None:
        self._limit = limit
        self._by_stem: OrderedDict[Words, list[tuple[frozenset[str], str]]] = OrderedDict()
        self._by_columns: OrderedDict[int, str] = OrderedDict()

    def of(self, table: Table) -> str:
        """Name the family of a table by its first table; '' where there is too little to tell."""
        columns = frozenset(
            f"{c.path.lower()} {meaning_family(c.data_type)}" for c in table.columns
        )
        if len(columns) < _LEAST_COLUMNS:
            return ""
        names = {column_words(c.path) for c in table.columns}
        told = sum(not _is_generic(words) for words in names) >= _DISTINCTIVE
        mark = hash(columns) if told else 0
        stem = _stem(table.name)
        members = self._by_stem.setdefault(stem, [])
        near = (family for seen, family in members if _overlap(seen, columns) >= _NEAR)
        found = next(near, "") or (self._by_columns.get(mark, "") if told else "")
        if not found:
            found = table.name
            members.append((columns, found))
        if told:
            self._by_columns.setdefault(mark, found)
            self._by_columns.move_to_end(mark)
        self._by_stem.move_to_end(stem)
        for known in (self._by_stem, self._by_columns):
            if len(known) > self._limit:
                known.popitem(last=False)
        return found


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right)


@lru_cache(maxsize=65_536)
def _stem(table: str) -> Words:
    """Reduce a table's name: no numbers, and no words that tell copies apart."""
    words = [w for w in entity_words(table) if not w.isdigit() and w not in OF_COPIES]
    return (*words[:-1], singular_by_ending(words[-1])) if words else words_of(leaf(table))
