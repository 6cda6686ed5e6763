"""Splits examples by table into those to train on, to select by and to open the gate with.

A table's split follows from a salted hash of its family, and from nothing else: a new table moves
no other. A family is a table with its shards and copies (`events_2023`, `events_2024`,
`stg_events`, `events_bak`), which hold the same columns: on two sides they would let a program be
measured on what it was trained on.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from lakegloss.core.names import own_name


class Split(StrEnum):
    """TRAIN is shown to optimisers, SELECT chooses between candidates, GATE decides at the end."""

    TRAIN = "train"
    SELECT = "select"
    GATE = "gate"


SHARES: Mapping[Split, float] = MappingProxyType(
    {Split.TRAIN: 0.5, Split.SELECT: 0.25, Split.GATE: 0.25}
)
"""The share of families that goes to each split; changed shares would move tables."""
_YEAR = r"(?<!\d)(?:19|20)\d\d"
_DATES = (
    re.compile(
        rf"{_YEAR}[_-]?(?:0[1-9]|1[0-2])[_-]?(?:0[1-9]|[12]\d|3[01])(?:[_-]?[0-2]\d)?(?!\d)"
    ),
    re.compile(rf"{_YEAR}[_-]?(?:0[1-9]|1[0-2])(?!\d)"),
    re.compile(rf"{_YEAR}(?!\d)"),
    re.compile(r"(?<![a-z0-9])fy[_-]?\d\d(?!\d)"),
    re.compile(r"(?<![a-z0-9])(?:q[1-4]|h[12]|w[0-5]?\d|m[01]\d)(?![a-z0-9])"),
    re.compile(
        r"(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)(?:[_-]?\d\d)?(?![a-z])"
    ),
)
_COPIES = (
    re.compile(
        r"[_-](?:bak|backup|bkp|old|new|tmp|temp|copy|archived?|hist|history|snapshot|clone|dev|"
        r"test|prod|staging|stage|sample|shadow|deprecated|latest|current|daily|monthly|final)$"
    ),
    re.compile(r"[_-]v\d{1,3}$"),
    re.compile(r"[_-](?:p|part|shard|partition|bucket|chunk|split)[_-]?\d{1,5}$"),
    re.compile(r"[_-]\d{1,5}$"),
    re.compile(
        r"^(?:stg|staging|raw|src|bronze|silver|gold|dim|fct|fact|int|tmp|bak|old|copy|backup)[_-]"
    ),
)
_SAYS_NOTHING = frozenset(
    "table tables tbl tab test view file sheet data dataset entity object part item".split()
)
"""What is left of names such as table_7 and table_8, which are not one table's shards."""
_EDGES = "_- ."


def split_of(table: str, salt: str) -> Split:
    """The split of a table: always the same for the same salt, whatever other tables there are."""
    return split_of_group(family_of(table), salt)


def split_of_group(group: str, salt: str) -> Split:
    """The split of a group of `group_of`."""
    digest = hashlib.sha256(f"{salt}\x00{group}".encode("utf-8", "replace")).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    for split, share in SHARES.items():
        if place < share:
            return split
        place -= share
    return Split.GATE


def group_of(table: str, subject: str) -> str:
    """What stays on one side together: a table's family, else one document or session."""
    return family_of(table) if table else f"subject:{subject}"


def family_of(table: str) -> str:
    """A table's own name in lower case, without the marks of shards, copies and layers.

    Catalog and schema do not count: the same table in two of them is a copy. What would leave no
    word that names anything is left as it is.
    """
    name = own_name(table).strip().lower()
    while True:
        shorter = _without_one_mark(name)
        if shorter == name:
            return name
        name = shorter


def _without_one_mark(name: str) -> str:
    for patterns, least in ((_DATES, 1), (_COPIES, 3)):
        for pattern in patterns:
            # What stood on both sides of the mark stays apart: events_2023_eu is events_eu.
            rest = re.sub(r"([_-])[_-]+", r"\1", pattern.sub("", name, count=1)).strip(_EDGES)
            if rest != name and _names_something(rest, least):
                return rest
    return name


def _names_something(rest: str, least: int) -> bool:
    letters = sum(map(str.isalpha, rest))
    return letters >= least and (least == 1 or rest not in _SAYS_NOTHING)


# Near-duplicates in tables of different families: audit columns, keys that are everywhere.

NEAR = 0.6
"""The share of words in common from which two texts of one column name and type are one text."""
_FILLER = frozenset(
    "a an and are as at by for from in is it its of on or that the this to was were when which who "
    "with column field table value contains".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_STEM = 6


def words_in(text: str) -> frozenset[str]:
    """The stems of a text's words, without filler: what two near-duplicates share."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _FILLER)
    return frozenset((w.removesuffix("s")[:_STEM] if len(w) > 3 else w) for w in words)


def is_near(words: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two texts, as `words_in`, are nearly the same (Jaccard 1912, at least `NEAR`)."""
    one, other = frozenset(words), frozenset(others)
    return len(one & other) >= NEAR * len(one | other)
