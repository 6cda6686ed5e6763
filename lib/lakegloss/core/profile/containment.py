"""Estimates what share of a column's values a key holds, from hashes of the values.

The share is estimated below the smaller of the two hash bounds (as Beyer et al. 2007 do for
intersections).
"""

from typing import NamedTuple

import numpy as np

from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.hashing import Hashes


class Containment(NamedTuple):
    """The share of a column's values that a key holds, and the values it was estimated from."""

    share: float
    values: int


def containment(column: Evidence, key: Evidence) -> Containment:
    """Estimate the share of a column's values that a key holds; from 0 values if none is known."""
    values, key_values = hashes_of(column), hashes_of(key)
    if not len(values) or not len(key_values):
        return Containment(0.0, 0)
    if not is_complete(key):
        values = values[values <= key_values[-1]]
    shared = int(np.isin(values, key_values).sum())
    return Containment(shared / len(values) if len(values) else 0.0, len(values))


def are_comparable(column: Evidence, key: Evidence) -> bool:
    """Whether values of a column may be those of a key, by their types."""
    child, parent = key_family(column.data_type), key_family(key.data_type)
    return child == parent or (child == "float" and parent == "whole")


def hashes_of(column: Evidence) -> Hashes:
    """The kept hashes of a column's values, ascending."""
    return np.frombuffer(column.sketch, "<u8")


def is_complete(column: Evidence) -> bool:
    """Whether the evidence holds the hash of every value of the whole table."""
    return (
        column.distinct_exact
        and len(column.sketch) >= 8 * column.distinct
        and column.rows_read >= column.rows
    )
