"""Hashes Arrow values to 64 bits: the same on every machine and in every version.

Values that are equal across types hash alike: an integer, a decimal without fraction and a whole
floating-point number of the same value. So a key can be compared with what refers to it.
"""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLY_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLY_2 = np.uint64(0x94D049BB133111EB)
_MULTIPLY_3 = np.uint64(0xD6E8FEB86659FD93)
_WHOLE = 2.0**53
_LONG_BYTES = 512


def hash_values(values: Any) -> Hashes:
    """The hashes of an Arrow array without nulls, in its order.

    Raises:
        TypeError: the type has no scalar values (lists, structs, maps).
    """
    kind = values.type
    if pa.types.is_floating(kind):
        return _hash_floats(values.to_numpy(zero_copy_only=False).astype(np.float64))
    if pa.types.is_decimal(kind):
        return _hash_decimals(values)
    if is_bytes(kind):
        return _hash_bytes(values)
    return _mix(whole_numbers(values).astype(np.int64).view(np.uint64))


def is_bytes(kind: Any) -> bool:
    """Whether values of the type are texts or bytes."""
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_large_binary(kind)
    )


def whole_numbers(values: Any) -> npt.NDArray[Any]:
    """Integers, booleans, dates and times as a numpy array of integers.

    Raises:
        TypeError: the type is none of these.
    """
    kind = values.type
    if pa.types.is_boolean(kind):
        return np.asarray(values.to_numpy(zero_copy_only=False).astype(np.int8))
    if pa.types.is_integer(kind):
        return np.asarray(values.to_numpy(zero_copy_only=False))
    if pa.types.is_temporal(kind) and kind.bit_width in {32, 64}:
        raw = values.view(pa.int32() if kind.bit_width == 32 else pa.int64())
        return np.asarray(raw.to_numpy(zero_copy_only=False))
    raise TypeError(f"values of the type {kind} cannot be hashed")


def _mix(words: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014), elementwise."""
    mixed = words + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MULTIPLY_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MULTIPLY_2
    return mixed ^ (mixed >> np.uint64(31))


def _hash_floats(numbers: npt.NDArray[np.float64]) -> Hashes:
    whole = (np.abs(numbers) < _WHOLE) & (np.floor(numbers) == numbers)
    bits = np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64) ^ _MULTIPLY_3
    integers = np.where(whole, numbers, 0.0).astype(np.int64).view(np.uint64)
    return _mix(np.where(whole, integers, bits))


def _hash_decimals(values: Any) -> Hashes:
    exact = values.cast(pa.decimal128(38, values.type.scale))
    words = np.frombuffer(exact.buffers()[1], dtype="<u8").reshape(-1, 2)
    words = words[exact.offset : exact.offset + len(exact)]
    low, high = words[:, 0].astype(np.uint64), words[:, 1].astype(np.uint64)
    if values.type.scale:
        scale = np.full(len(low), values.type.scale, np.uint64)
        return _mix(_mix(low ^ (scale * _MULTIPLY_3)) ^ high)
    sign = (low.view(np.int64) >> np.int64(63)).view(np.uint64)
    return _mix(np.where(high == sign, low, _mix(low) ^ high))


def _hash_bytes(values: Any) -> Hashes:
    starts, lengths, data = _layout(values)
    hashes = lengths.astype(np.uint64) * _MULTIPLY_3
    short = np.flatnonzero((lengths > 0) & (lengths <= _LONG_BYTES))
    if len(short):
        padded = np.frombuffer(data + bytes(8), dtype=np.uint8)
        words = np.ndarray(len(data) + 1, dtype="<u8", buffer=padded, strides=(1,))
        _fold_words(hashes, short, starts, lengths, words)
    for index in np.flatnonzero(lengths > _LONG_BYTES):
        text = data[starts[index] : starts[index] + lengths[index]]
        digest = hashlib.blake2b(text, digest_size=8).digest()
        hashes[index] ^= np.uint64(int.from_bytes(digest, "little"))
    return _mix(hashes)


def _layout(values: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], bytes]:
    """Find where each value starts in the data, its length, and the data."""
    large = pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type)
    _, offsets_buffer, data_buffer = values.buffers()
    if not len(values) or data_buffer is None:
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.int64), b""
    offsets = np.frombuffer(offsets_buffer, dtype="<i8" if large else "<i4")
    offsets = offsets[values.offset : values.offset + len(values) + 1].astype(np.int64)
    data = data_buffer[int(offsets[0]) : int(offsets[-1])].to_pybytes()
    return offsets[:-1] - offsets[0], np.diff(offsets), data


def _fold_words(
    hashes: Hashes,
    unfinished: npt.NDArray[np.intp],
    starts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
) -> None:
    """Fold each value's bytes, eight at a time, into its hash."""
    position = 0
    while len(unfinished):
        byte_counts = np.minimum(lengths[unfinished] - position, 8).astype(np.uint64)
        unused = (np.uint64(8) - byte_counts) * np.uint64(8)
        word = words[starts[unfinished] + position].astype(np.uint64) << unused
        hashes[unfinished] = _mix(hashes[unfinished] ^ word)
        position += 8
        unfinished = unfinished[lengths[unfinished] > position]
