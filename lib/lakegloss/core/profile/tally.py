"""Counts distinct values, and keeps the largest counts and the smallest hashes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakegloss.core.profile.hashing import Hashes, hash_values, is_bytes, whole_numbers

CUT = 256
"""How many characters (or bytes) of a value are kept; its hash is of the whole value."""

Counts = npt.NDArray[np.int64]
Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Distinct values with their hashes and counts: three arrays of one length."""

    hashes: Hashes
    counts: Counts
    values: Any

    def __len__(self) -> int:
        return len(self.hashes)

    def take(self, index: Index) -> "Tally":
        """Select the entries at an index; their values are cut to the kept length."""
        values = cut(self.values.take(pa.array(index)))
        return Tally(hashes=self.hashes[index], counts=self.counts[index], values=values)


def tally_of(array: Any) -> Tally:
    """Count the distinct values of an Arrow array without nulls and NaN."""
    if is_bytes(array.type) or pa.types.is_decimal(array.type):
        entries = pc.value_counts(array)
        values, counts = entries.field("values"), entries.field("counts").to_numpy()
    else:
        values, counts = _sorted_counts(array)
    return Tally(hashes=hash_values(values), counts=counts.astype(np.int64), values=values)


def _sorted_counts(array: Any) -> tuple[Any, Counts]:
    """Count distinct numbers by sorting them, which is faster than Arrow's hash table."""
    if pa.types.is_floating(array.type):
        numbers, counts = np.unique(array.to_numpy(), return_counts=True)
        return pa.array(numbers), counts
    numbers, counts = np.unique(whole_numbers(array), return_counts=True)
    values = pa.array(numbers)
    is_time = pa.types.is_temporal(array.type)
    return values.view(array.type) if is_time else values.cast(array.type), counts


def combine(left: Tally, right: Tally) -> Tally:
    """Join two tallies in ascending order of the hashes; counts of the same hash are added."""
    hashes = np.concatenate([left.hashes, right.hashes])
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    if not len(starts):
        return left
    counts = np.add.reduceat(np.concatenate([left.counts, right.counts])[order], starts)
    values = pa.concat_arrays([left.values, right.values]).take(pa.array(order[starts]))
    return Tally(hashes=ordered[starts], counts=counts, values=values)


def smallest(tally: Tally, size: int, *, bound: np.uint64 | None = None) -> Tally:
    """Select the entries of the `size` smallest hashes, up to a bound, in ascending order."""
    hashes = tally.hashes
    index = np.arange(len(hashes)) if bound is None else np.flatnonzero(hashes <= bound)
    if len(index) > size:
        index = index[np.argpartition(hashes[index], size)[:size]]
    return tally.take(index[np.argsort(hashes[index])])


def smallest_hashes(left: Hashes, right: Hashes, size: int) -> tuple[Hashes, bool, bool]:
    """Find the `size` smallest hashes, whether there are more, and whether any is in both."""
    has_more = False
    if len(left) == size:
        within = right <= left[-1]
        has_more, right = not within.all(), right[within]
    elif len(right) > 2 * size:
        right = np.partition(right, size)[: size + 1]
    merged = np.union1d(left, right)
    shared = len(merged) < len(left) + len(right)
    return merged[:size], has_more or len(merged) > size, shared


def heaviest(tally: Tally, size: int) -> tuple[Tally, int]:
    """Select the entries of the `size` largest counts at most, and what was subtracted from each.

    The count of rank size + 1 is subtracted from all counts, and only counts above zero are kept.
    So summaries merge in any order, with the error of Misra and Gries (Agarwal et al. 2012).
    """
    if len(tally) <= size:
        return tally.take(np.arange(len(tally))), 0
    rank = len(tally) - size - 1
    subtracted = int(np.partition(tally.counts, rank)[rank])
    kept = tally.take(np.flatnonzero(tally.counts > subtracted))
    return Tally(
        hashes=kept.hashes, counts=kept.counts - subtracted, values=kept.values
    ), subtracted


def cut(values: Any) -> Any:
    """Cut values to the form that is kept: texts of valid UTF-8 and at most `CUT` characters."""
    if not is_bytes(values.type):
        return values
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    raw = values.cast(pa.large_binary() if "large" in str(values.type) else pa.binary())
    if text:
        return pa.array([_decoded(item) for item in raw.to_pylist()], pa.string())
    return pa.array([item[:CUT] for item in raw.to_pylist()], pa.binary())


def _decoded(text: bytes) -> str:
    return text[: 4 * CUT].decode("utf-8", "replace")[:CUT]
