"""Sums up a column in one pass and bounded memory; sketches of its parts can be merged.

Distinct values are counted by the k smallest hashes (KMV): exactly up to `HASHES` of them, then by
the estimate (k - 1) / the k-th smallest hash as a share of the hash range (Bar-Yossef et al. 2002,
Beyer et al. 2007; standard error about 1 / sqrt(k - 2), 2.2 %). The values of the smallest hashes
are a uniform sample of the distinct values. Their counts are exact: the bound only ever falls, so
each value was counted from its first occurrence (distinct sampling, Gibbons 2001). Values that are
frequent among many come from Misra-Gries counters, merged as in Agarwal et al. 2012: a count is at
most `dropped` too small.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakegloss.core.profile.hashing import Hashes, is_bytes
from lakegloss.core.profile.tally import (
    Tally,
    combine,
    cut,
    heaviest,
    smallest,
    smallest_hashes,
    tally_of,
)

HASHES = 2048
"""How many smallest hashes are kept: up to here, distinct counts are exact."""
SAMPLE = 256
"""How many distinct values are kept with their exact counts."""
HEAVY = 64
"""How many counters of frequent values there are; used beyond `SAMPLE` distinct values."""

FEW = 12
"""Of so many distinct values at most it is seen whether they vary between parts of the rows."""
_PART = 100
_EXPECTED = 8

_MAGIC = b"LGS1"
_RANGE = 2.0**64
_SUMS = ("rows", "nulls", "blanks", "nans", "finite", "total", "length_total", "dropped")
_PLAIN = (*_SUMS, "length_max", "saturated", "repeated", "vary")


class Counted(NamedTuple):
    """A value as Arrow scalar, and how often it was seen."""

    value: Any
    times: int


class ColumnSketch:
    """Sums up one column: `update` takes in arrays, `merge` the sketches of other parts.

    Attributes:
        rows, nulls: rows seen, and those without a value.
        blanks: texts that are empty or white space; nans: floating-point NaN, which are values.
        finite, total: how many finite numbers there were, and their sum.
        length_total, length_max: characters of texts, bytes of binaries, entries of lists and maps.
        bounds: an Arrow array of the least and the greatest value (texts cut), or None.
        hashes: the smallest hashes of the values except NaN, ascending; `saturated` says whether
            there were more than `HASHES`.
        repeated: true where some value was surely seen twice; false excludes nothing.
        vary: of few distinct values, one was missing in a part of the rows which should have had it
            8 times if all parts were alike (the chance is 1 in 3,000); false excludes nothing.
        sample: the distinct values of the `SAMPLE` smallest hashes with their counts, or None.
        heavy, dropped: frequent values, None while the sample holds all values.
    """

    __slots__ = (
        "blanks", "bounds", "dropped", "finite", "hashes", "heavy", "length_max", "length_total",
        "nans", "nulls", "repeated", "rows", "sample", "saturated", "total",
        "vary",
    )  # fmt: skip

    def __init__(self) -> None:
        self.rows = self.nulls = self.blanks = self.nans = 0
        self.finite = self.length_total = self.length_max = self.dropped = 0
        self.total = 0.0
        self.saturated = self.repeated = self.vary = False
        self.bounds: Any = None
        self.hashes: Hashes = np.empty(0, np.uint64)
        self.sample: Tally | None = None
        self.heavy: Tally | None = None

    @property
    def present(self) -> int:
        """Rows with a value."""
        return self.rows - self.nulls

    @property
    def exact(self) -> bool:
        """Whether `distinct` is exact."""
        return not self.saturated

    @property
    def distinct(self) -> int:
        """Distinct values; an estimate where more than `HASHES` were seen.

        A column counts as unique where no value was seen twice and the estimate agrees; it never
        does where a value was seen twice.
        """
        if not self.saturated:
            return len(self.hashes) + bool(self.nans)
        estimate = round((HASHES - 1) / (float(self.hashes[-1]) / _RANGE))
        if self.repeated:
            return min(estimate, self.present - 1)
        error = estimate / math.sqrt(HASHES - 2)
        agrees = abs(estimate - self.present) < 5 * error
        return self.present if agrees else min(estimate, self.present)

    @property
    def mean(self) -> float | None:
        """The mean of the finite numbers, None where there were none or it is out of range."""
        mean = self.total / self.finite if self.finite else math.nan
        return mean if math.isfinite(mean) else None

    @property
    def mean_length(self) -> float | None:
        """The mean length of values that have one, None where nothing had a length."""
        return self.length_total / self.present if self.length_max else None

    @property
    def minimum(self) -> Any:
        """The least value as Arrow scalar, or None."""
        return None if self.bounds is None else self.bounds[0]

    @property
    def maximum(self) -> Any:
        """The greatest value as Arrow scalar, or None."""
        return None if self.bounds is None else self.bounds[1]

    def counted(self) -> Iterator[Counted]:
        """Yield the kept values but NaN with their counts: the sample, then other frequent ones.

        Counts of the sample are exact. The count of another value lies between its counter and
        `dropped` more; the middle is given.
        """
        if self.sample is None:
            return
        yield from map(Counted, self.sample.values, self.sample.counts.tolist())
        if self.heavy is None:
            return
        for index in np.flatnonzero(~np.isin(self.heavy.hashes, self.sample.hashes)).tolist():
            count = int(self.heavy.counts[index]) + self.dropped // 2
            yield Counted(self.heavy.values[index], count)

    def update(self, array: Any) -> None:
        """Take in an Arrow array (or chunked array) of the column."""
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        self.rows += len(array)
        self.nulls += array.null_count
        if array.null_count == len(array) or pa.types.is_struct(array.type):
            return
        if pa.types.is_nested(array.type):
            self._add_lengths(_entries(array))
        elif pa.types.is_floating(array.type):
            self._add_floats(array.drop_null().to_numpy())
        else:
            self._add_values(array.drop_null() if array.null_count else array)

    def update_lengths(self, lengths: Any) -> None:
        """Take in the lengths of lists or maps whose entries were not read; some may be null."""
        self.rows += len(lengths)
        self.nulls += lengths.null_count
        if lengths.null_count < len(lengths):
            self._add_lengths(lengths.drop_null().to_numpy())

    def merge(self, other: "ColumnSketch") -> None:
        """Take in the sketch of another part of the same column."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.length_max = max(self.length_max, other.length_max)
        self.repeated |= other.repeated
        self.vary |= other.vary
        self._add_bounds(other.bounds)
        if other.sample is not None:
            self._add_tally(other.sample, other.hashes, other.heavy)
            self.saturated |= other.saturated

    def to_bytes(self) -> bytes:
        """Write the sketch as bytes, which `from_bytes` reads."""
        head = {name: getattr(self, name) for name in _PLAIN}
        parts = [part for part in (self.sample, self.heavy) if part is not None]
        head["parts"] = [len(part) for part in parts]
        text = json.dumps(head).encode()
        sizes = np.array([len(text), len(self.hashes)], "<u4").tobytes()
        hashes = self.hashes.astype("<u8").tobytes()
        return b"".join((_MAGIC, sizes, text, hashes, _pack(parts, self.bounds)))

    @classmethod
    def from_bytes(cls, data: bytes) -> "ColumnSketch":
        """Read the sketch that `to_bytes` wrote.

        Raises:
            ValueError: the bytes are not a sketch of this version.
        """
        if data[:4] != _MAGIC:
            raise ValueError("these bytes are not a column sketch")
        text, hashes = (int(n) for n in np.frombuffer(data, "<u4", 2, 4))
        sketch = cls()
        head = json.loads(data[12 : 12 + text])
        for name in _PLAIN:
            setattr(sketch, name, head[name])
        sketch.hashes = np.frombuffer(data, "<u8", hashes, 12 + text).astype(np.uint64)
        if head["parts"]:
            parts, sketch.bounds = _unpack(data[12 + text + 8 * hashes :], head["parts"])
            sketch.sample, sketch.heavy = (*parts, None)[:2]
        return sketch

    def _add_floats(self, numbers: npt.NDArray[Any]) -> None:
        kept = numbers[~np.isnan(numbers)]
        self.nans += len(numbers) - len(kept)
        self.repeated |= self.nans > 1
        if len(kept):
            self._add_values(pa.array(kept + 0.0))  # a negative zero becomes a positive one

    def _add_values(self, array: Any) -> None:
        tally = tally_of(array)
        values, counts = tally.values, tally.counts
        self._add_bounds(cut(_bounds(values)))
        if is_bytes(values.type):
            self._add_texts(values, counts)
        elif pa.types.is_integer(values.type) or _is_fractional(values.type):
            self._add_numbers(pc.cast(values, pa.float64(), safe=False).to_numpy(), counts)
        if len(tally) <= FEW and len(array) >= 2 * _PART:
            self.vary |= _vary(tally, tally_of(array[: len(array) // 2]), len(array))
        self._add_tally(tally, tally.hashes, None)

    def _add_numbers(self, numbers: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> None:
        finite = np.isfinite(numbers)
        self.finite += int(counts[finite].sum())
        with np.errstate(over="ignore"):  # a sum out of range has no mean
            self.total += float((numbers[finite] * counts[finite]).sum())

    def _add_texts(self, values: Any, counts: npt.NDArray[np.int64]) -> None:
        text = not pa.types.is_binary(values.type) and not pa.types.is_large_binary(values.type)
        lengths = (pc.utf8_length(values) if text else pc.binary_length(values)).to_numpy()
        self._add_lengths(lengths, counts)
        if text:
            blank = (lengths == 0) | pc.ascii_is_space(values).to_numpy(zero_copy_only=False)
            self.blanks += int(counts[blank].sum())

    def _add_lengths(
        self, lengths: npt.NDArray[Any], counts: npt.NDArray[np.int64] | None = None
    ) -> None:
        wide = lengths.astype(np.int64)
        self.length_total += int((wide if counts is None else wide * counts).sum())
        self.length_max = max(self.length_max, int(wide.max()))

    def _add_bounds(self, bounds: Any) -> None:
        if self.bounds is not None and bounds is not None:
            bounds = _bounds(pa.concat_arrays([self.bounds, bounds]))
        self.bounds = self.bounds if bounds is None else bounds

    def _add_tally(self, tally: Tally, hashes: Hashes, heavy: Tally | None) -> None:
        """Take in counted values: a whole batch, or the sample and the rest of another sketch."""
        old = self.sample if self.sample is not None else tally.take(np.arange(0))
        self.hashes, has_more, shared = smallest_hashes(self.hashes, hashes, HASHES)
        self.saturated |= has_more
        self.repeated |= shared
        full = len(old) == SAMPLE
        new = smallest(tally, SAMPLE, bound=old.hashes[-1] if full else None)
        self.sample = smallest(combine(old, new), SAMPLE)
        if len(self.sample) <= FEW:
            self.vary |= _vary(self.sample, old, int(self.sample.counts.sum()))
        self.repeated |= bool((tally.counts > 1).any() or (self.sample.counts > 1).any())
        if self.heavy is None and heavy is None and len(self.hashes) <= SAMPLE:
            return
        self._add_heavy(old if self.heavy is None else self.heavy)
        self._add_heavy(tally if heavy is None else heavy)

    def _add_heavy(self, tally: Tally) -> None:
        kept, subtracted = heaviest(tally, HEAVY)
        if self.heavy is not None and self.heavy is not tally:
            kept, subtracted_again = heaviest(combine(self.heavy, kept), HEAVY)
            subtracted += subtracted_again
        self.heavy = kept
        self.dropped += subtracted


def _vary(whole: Tally, part: Tally, rows: int) -> bool:
    """Whether a value is missing in a part of the rows, or in the rest, against expectation."""
    size = int(part.counts.sum())
    if not _PART <= size <= rows - _PART:
        return False
    in_part = np.zeros(len(whole), np.int64)
    place = {int(h): n for n, h in enumerate(part.hashes)}
    for number, value in enumerate(whole.hashes):
        at = place.get(int(value))
        in_part[number] = 0 if at is None else part.counts[at]
    missing = (in_part == 0) & (whole.counts * size >= _EXPECTED * rows)
    ended = (in_part == whole.counts) & (whole.counts * (rows - size) >= _EXPECTED * rows)
    return bool((missing | ended).any())


def _is_fractional(kind: Any) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _entries(array: Any) -> npt.NDArray[Any]:
    """The lengths of the lists or maps that are not null."""
    if pa.types.is_fixed_size_list(array.type):
        return np.full(len(array) - array.null_count, array.type.list_size)
    lengths = np.diff(array.offsets.to_numpy())
    is_present = array.is_valid().to_numpy(zero_copy_only=False)
    return np.asarray(lengths[is_present])


def _bounds(values: Any) -> Any:
    """Find the least and the greatest value, as an array of two."""
    is_duration = pa.types.is_duration(values.type)  # Arrow does not compare durations
    least = pc.min_max(values.view(pa.int64()) if is_duration else values)
    both = pa.concat_arrays([pa.repeat(least["min"], 1), pa.repeat(least["max"], 1)])
    return both.view(values.type) if is_duration else both


def _pack(parts: list[Tally], bounds: Any) -> bytes:
    """Write tallies and bounds, one after the other, as an Arrow stream of one batch."""
    if not parts:
        return b""
    none = np.zeros(2, np.int64)
    batch = pa.record_batch(
        {
            "hash": np.concatenate([*(part.hashes for part in parts), none.astype(np.uint64)]),
            "count": np.concatenate([*(part.counts for part in parts), none]),
            "value": pa.concat_arrays([*(part.values for part in parts), bounds]),
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def _unpack(data: bytes, lengths: list[int]) -> tuple[list[Tally], Any]:
    with pa.ipc.open_stream(data) as reader:
        batch = reader.read_next_batch()
    parts, start = [], 0
    for length in lengths:
        rows = batch.slice(start, length)
        hashes, counts = rows.column(0).to_numpy(), rows.column(1).to_numpy()
        parts.append(Tally(hashes=hashes, counts=counts, values=rows.column(2)))
        start += length
    return parts, batch.column(2).slice(start, 2)
