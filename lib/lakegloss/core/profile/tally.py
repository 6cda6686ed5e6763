"""Counts distinct values, and keeps the largest counts and the smallest hashes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakegloss.core.profile.hashing import Hashes, hash_values, is_bytes, whole_numbers

CUT = 256
"""Characters (or bytes) of a value that are kept; hashes see the whole value."""

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
        """The entries at an index, their values cut to what is kept."""
        values = cut(self.values.take(pa.array(index)))
        return Tally(hashes=self.hashes[index], counts=self.counts[index], values=values)


def tally_of(array: Any) -> Tally:
    """The distinct values of an Arrow array without nulls and NaN."""
    if is_bytes(array.type) or pa.types.is_decimal(array.type):
        entries = pc.value_counts(array)
        values, counts = entries.field("values"), entries.field("counts").to_numpy()
    else:
        values, counts = _sorted_counts(array)
    return Tally(hashes=hash_values(values), counts=counts.astype(np.int64), values=values)


def _sorted_counts(array: Any) -> tuple[Any, Counts]:
    """Distinct numbers and their counts: sorting is faster than Arrow's hash table."""
    if pa.types.is_floating(array.type):
        numbers, counts = np.unique(array.to_numpy(), return_counts=True)
        return pa.array(numbers), counts
    numbers, counts = np.unique(whole_numbers(array), return_counts=True)
    values = pa.array(numbers)
    is_time = pa.types.is_temporal(array.type)
    return values.view(array.type) if is_time else values.cast(array.type), counts


def combine(left: Tally, right: Tally) -> Tally:
    """The entries of both, the counts of the same hash added, in ascending order of the hashes."""
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
    """The entries of the `size` smallest hashes, up to a bound, in ascending order."""
    hashes = tally.hashes
    index = np.arange(len(hashes)) if bound is None else np.flatnonzero(hashes <= bound)
    if len(index) > size:
        index = index[np.argpartition(hashes[index], size)[:size]]
    return tally.take(index[np.argsort(hashes[index])])


def smallest_hashes(left: Hashes, right: Hashes, size: int) -> tuple[Hashes, bool, bool]:
    """The `size` smallest hashes of both, whether there were more, and whether some are in both."""
    beyond = False
    if len(left) == size:
        near = right <= left[-1]
        beyond, right = not near.all(), right[near]
    elif len(right) > 2 * size:
        right = np.partition(right, size)[: size + 1]
    merged = np.union1d(left, right)
    shared = len(merged) < len(left) + len(right)
    return merged[:size], beyond or len(merged) > size, shared


def heaviest(tally: Tally, size: int) -> tuple[Tally, int]:
    """The at most `size` largest counts, and what was taken off each of them.

    The count of rank size + 1 is subtracted from all, and what is not above zero is dropped: so
    that summaries merge in any order with the error of Misra and Gries (Agarwal et al. 2012).
    """
    if len(tally) <= size:
        return tally.take(np.arange(len(tally))), 0
    rank = len(tally) - size - 1
    off = int(np.partition(tally.counts, rank)[rank])
    kept = tally.take(np.flatnonzero(tally.counts > off))
    return Tally(hashes=kept.hashes, counts=kept.counts - off, values=kept.values), off


def cut(values: Any) -> Any:
    """Values as they are kept: texts of valid UTF-8 and at most `CUT` characters."""
    if not is_bytes(values.type):
        return values
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    raw = values.cast(pa.large_binary() if "large" in str(values.type) else pa.binary())
    if text:
        return pa.array([_decoded(item) for item in raw.to_pylist()], pa.string())
    return pa.array([item[:CUT] for item in raw.to_pylist()], pa.binary())


def _decoded(text: bytes) -> str:
    return text[: 4 * CUT].decode("utf-8", "replace")[:CUT]
