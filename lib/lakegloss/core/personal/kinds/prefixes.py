"""Takes away what nearly all columns of a table begin with: `CUFNAM` beside `CUADR1` is FNAM."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lakegloss.core.names import own_name

_FEWEST = 5
_LONGEST_GLUED = 4
_WORD = re.compile(r"[A-Za-z]{1,20}_")


def without_prefix(name: str, siblings: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Write a column's name and those beside it without a prefix that says nothing.

    A prefix is a word that most of five or more columns begin with (`property_`, `cust_`), or two
    to four letters without a separator that all begin with, as in files of AS/400.
    """
    names = (own_name(name), *map(own_name, siblings))
    if len(names) < _FEWEST:
        return names[0], names[1:]
    prefix, glued = _prefix(names[1:])
    if glued and not names[0].startswith(prefix):
        return names[0], names[1:]
    cut = tuple(_cut(other, prefix) for other in names) if prefix else names
    return cut[0], cut[1:]


def _cut(name: str, prefix: str) -> str:
    rest = name[len(prefix) :]
    return rest if name.startswith(prefix) and any(map(str.isalpha, rest)) else name


@lru_cache(maxsize=1024)
def _prefix(names: tuple[str, ...]) -> tuple[str, bool]:
    """The prefix and whether it is glued to what follows; '' where there is none."""
    for match in map(_WORD.match, names[:3]):
        if match and sum(n.startswith(match.group()) for n in names) >= 0.7 * len(names):
            return match.group(), False
    shared = _shared(min(names), max(names))[:_LONGEST_GLUED]
    if len(shared) < 2 or not shared.isalpha() or not shared.isupper():
        return "", False
    plain = all(n.isupper() and n.isalnum() and len(n) > len(shared) + 1 for n in names)
    return (shared, True) if plain else ("", False)


def _shared(one: str, other: str) -> str:
    """The letters with which both begin; what the first and last in order share, all share."""
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return one[: min(len(one), len(other))] if length is None else one[:length]
