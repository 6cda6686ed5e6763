"""Column sketches: exact where they say so, near elsewhere, the same however rows are split."""

import datetime as dt
import decimal
import itertools
import math
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.profile.hashing import hash_values
from lakegloss.core.profile.sketch import HASHES, HEAVY, SAMPLE, ColumnSketch
from lakegloss.core.profile.tally import CUT

UTC = dt.UTC


def sketch_of(array: Any, *cuts: int) -> ColumnSketch:
    """The sketch of an array, as merged from the parts between the cuts."""
    merged = ColumnSketch()
    edges = [0, *sorted(cuts), len(array)]
    for start, end in itertools.pairwise(edges):
        part = ColumnSketch()
        part.update(array.slice(start, end - start))
        merged.merge(ColumnSketch.from_bytes(part.to_bytes()))
    return merged


def facts(sketch: ColumnSketch) -> dict[str, Any]:
    """What an exact sketch knows, without what depends on the order of additions."""
    counted = sorted((str(value), times) for value, times in sketch.counted())
    return {
        "counts": (sketch.rows, sketch.nulls, sketch.blanks, sketch.nans, sketch.finite),
        "lengths": (sketch.length_total, sketch.length_max),
        "bounds": (str(sketch.minimum), str(sketch.maximum)),
        "distinct": (sketch.distinct, sketch.exact, sketch.repeated),
        "hashes": sketch.hashes.tolist(),
        "counted": counted,
    }


COLUMNS = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)).map(lambda v: pa.array(v, pa.int64())),
    st.lists(st.none() | st.integers(-5, 5)).map(lambda v: pa.array(v, pa.int8())),
    st.lists(st.none() | st.floats(width=64)).map(lambda v: pa.array(v, pa.float64())),
    st.lists(st.none() | st.floats(width=32)).map(lambda v: pa.array(v, pa.float32())),
    st.lists(st.none() | st.booleans()).map(lambda v: pa.array(v, pa.bool_())),
    st.lists(st.none() | st.text()).map(lambda v: pa.array(v, pa.string())),
    st.lists(st.none() | st.text()).map(lambda v: pa.array(v, pa.large_string())),
    st.lists(st.none() | st.binary(max_size=40)).map(lambda v: pa.array(v, pa.binary())),
    st.lists(st.none() | st.dates()).map(lambda v: pa.array(v, pa.date32())),
    st.lists(st.none() | st.datetimes()).map(lambda v: pa.array(v, pa.timestamp("us"))),
    st.lists(st.none() | st.datetimes(timezones=st.just(UTC))).map(
        lambda v: pa.array(v, pa.timestamp("us", "UTC"))
    ),
    st.lists(st.none() | st.decimals(-999, 999, places=2)).map(
        lambda v: pa.array(v, pa.decimal128(12, 2))
    ),
    st.lists(st.none() | st.lists(st.integers(0, 9))).map(
        lambda v: pa.array(v, pa.list_(pa.int64()))
    ),
)


@given(COLUMNS, st.data())
@settings(deadline=None)
def test_exact_sketches_do_not_depend_on_how_rows_are_split(array: Any, data: Any) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(array)), max_size=4))
    whole, parts = sketch_of(array), sketch_of(array, *cuts)
    assert facts(whole) == facts(parts)
    assert parts.total == pytest.approx(whole.total, rel=1e-9, abs=1e-9, nan_ok=True)


def merged(parts: list[ColumnSketch]) -> ColumnSketch:
    """As a tree: the halves first."""
    if len(parts) == 1:
        return ColumnSketch.from_bytes(parts[0].to_bytes())
    half = len(parts) // 2
    first = merged(parts[:half])
    first.merge(merged(parts[half:]))
    return first


@given(COLUMNS, st.lists(st.integers(0, 40), max_size=6), st.data())
@settings(deadline=None)
def test_parts_merge_to_the_same_in_any_order_and_grouping(
    array: Any, cuts: list[int], data: Any
) -> None:
    edges = [0, *sorted(min(cut, len(array)) for cut in cuts), len(array)]
    parts = [sketch_of(array.slice(a, b - a)) for a, b in itertools.pairwise(edges)]
    shuffled = data.draw(st.permutations(parts))
    assert facts(merged(shuffled)) == facts(sketch_of(array))


@given(st.lists(st.none() | st.text(max_size=3)))
def test_texts_are_counted_exactly(texts: list[str | None]) -> None:
    sketch = sketch_of(pa.array(texts, pa.string()))
    present = [text for text in texts if text is not None]
    assert {value.as_py(): times for value, times in sketch.counted()} == Counter(present)
    assert sketch.distinct == len(set(present))
    assert sketch.nulls == len(texts) - len(present)
    assert sketch.length_total == sum(map(len, present))
    # Byte order, as Spark and Arrow have it, is the order of code points.
    assert (sketch.minimum.as_py() if present else None) == min(present, default=None)
    assert sketch.repeated == (len(present) > len(set(present)))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True)))
def test_numbers_have_bounds_without_nan_and_a_mean_of_the_finite(numbers: list[float]) -> None:
    sketch = sketch_of(pa.array(numbers, pa.float64()))
    real = [n for n in numbers if not math.isnan(n)]
    finite = [n for n in real if math.isfinite(n)]
    assert sketch.nans == len(numbers) - len(real)
    assert (sketch.minimum.as_py() if real else None) == min(real, default=None)
    assert sketch.distinct == len(set(real)) + (sketch.nans > 0)
    assert sketch.finite == len(finite)
    if max(map(abs, finite), default=0.0) < 1e300:
        mean = math.fsum(finite) / len(finite) if finite else None
        assert sketch.mean == (pytest.approx(mean, abs=1e285) if finite else None)


def test_the_mean_of_sums_out_of_range_is_unknown() -> None:
    assert sketch_of(pa.array([1.7e308, 1.6e308])).mean is None
    assert sketch_of(pa.array([float("inf"), 2.0, 4.0])).mean == 3.0
    assert sketch_of(pa.array(["a"])).mean is None


@pytest.mark.parametrize("size", [HASHES - 1, HASHES, HASHES + 1], ids=["below", "at", "above"])
def test_counts_are_exact_up_to_the_number_of_hashes(size: int) -> None:
    sketch = sketch_of(pa.array(np.tile(np.arange(size), 3)), size // 2, size, 2 * size)
    assert sketch.exact == (size <= HASHES)
    assert sketch.distinct == pytest.approx(size, rel=0 if sketch.exact else 0.1)


@pytest.mark.parametrize("distinct", [5_000, 50_000], ids=str)
@pytest.mark.parametrize("kind", ["whole", "text"])
def test_estimates_are_near(distinct: int, kind: str) -> None:
    numbers = np.random.default_rng(7).integers(0, distinct, 100_000)
    array = pa.array(numbers) if kind == "whole" else pa.array([f"key {n}" for n in numbers])
    true = len(np.unique(numbers))
    assert sketch_of(array, 30_000, 60_000).distinct == pytest.approx(true, rel=0.1)


def test_a_unique_column_is_seen_as_such_and_repeated_values_end_it() -> None:
    unique = np.arange(40_000)
    near, far = np.append(unique, unique[-7]), np.append(unique, unique[:400])
    assert sketch_of(pa.array(unique), 10_000).distinct == 40_000
    assert sketch_of(pa.array(near), 10_000).distinct < len(near)
    assert sketch_of(pa.array(far), 10_000, 40_000).distinct < len(far)


def test_the_sample_counts_exactly_and_is_the_same_for_any_split() -> None:
    numbers = np.random.default_rng(3).zipf(1.3, 60_000) % 9_000
    array, counts = pa.array(numbers), Counter(numbers.tolist())
    whole, parts = sketch_of(array), sketch_of(array, 5, 20_000, 20_001)
    assert whole.sample is not None
    assert parts.sample is not None
    assert len(whole.sample) == SAMPLE
    assert whole.sample.values.equals(parts.sample.values)
    for value, times in zip(whole.sample.values, whole.sample.counts, strict=True):
        assert counts[value.as_py()] == times


def test_frequent_values_among_many_are_found_within_the_bound() -> None:
    generator = np.random.default_rng(5)
    numbers = np.concatenate(
        [np.arange(40_000), np.repeat(90_000, 9_000), np.repeat(90_001, 5_000)]
    )
    generator.shuffle(numbers)
    sketch = sketch_of(pa.array(numbers), 20_000, 40_000)
    found = {value.as_py(): times for value, times in sketch.counted()}
    assert sketch.heavy is not None
    assert len(sketch.heavy) <= HEAVY
    assert sketch.dropped <= len(numbers) / (HEAVY + 1)
    assert found[90_000] == pytest.approx(9_000, abs=sketch.dropped)
    assert found[90_001] == pytest.approx(5_000, abs=sketch.dropped)


def test_long_texts_are_kept_cut_but_told_apart_by_their_ends() -> None:
    sketch = sketch_of(pa.array(["x" * 5_000 + str(i) for i in range(20)]))
    assert sketch.distinct == 20
    assert {len(value.as_py()) for value, _ in sketch.counted()} == {CUT}
    assert sketch.length_max == 5_002


def test_bytes_that_are_no_utf8_are_read_as_text_all_the_same() -> None:
    data = b"\xff\xfea" + b"ok"
    offsets = np.array([0, 3, 5], "<i4").tobytes()
    array = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    sketch = sketch_of(array)
    assert {value.as_py() for value, _ in sketch.counted()} == {"\ufffd\ufffda", "ok"}


def test_blanks_are_texts_of_nothing_or_white_space() -> None:
    assert sketch_of(pa.array(["", " ", "\t\n", " a", None, "b"])).blanks == 3


@pytest.mark.parametrize(
    ("array", "nulls", "total"),
    [
        pytest.param(pa.array([[1, 2], None, []], pa.list_(pa.int8())), 1, 2, id="list"),
        pytest.param(pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int8())), 1, 1, id="map"),
        pytest.param(pa.array([[1, 2], None], pa.list_(pa.int8(), 2)), 1, 2, id="fixed list"),
        pytest.param(pa.array([{"a": 1}, None, {"a": None}]), 1, 0, id="struct"),
        pytest.param(pa.nulls(4), 4, 0, id="null type"),
        pytest.param(pa.array([], pa.list_(pa.int8())), 0, 0, id="empty"),
    ],
)
def test_containers_have_nulls_and_lengths_only(array: Any, nulls: int, total: int) -> None:
    sketch = sketch_of(array, len(array) // 2)
    assert (sketch.rows, sketch.nulls, sketch.length_total) == (len(array), nulls, total)
    assert sketch.distinct == 0
    assert list(sketch.counted()) == []


def test_lengths_can_be_given_without_the_lists() -> None:
    sketch = ColumnSketch()
    sketch.update_lengths(pa.array([3, None, 1], pa.int32()))
    sketch.update_lengths(pa.nulls(2, pa.int32()))
    assert (sketch.rows, sketch.nulls, sketch.length_max) == (5, 3, 3)
    assert sketch.mean_length == 2.0


def test_dictionaries_and_chunks_are_taken_in() -> None:
    array = pa.array(["a", "b", "a"])
    encoded = pa.chunked_array([array.dictionary_encode(), array.dictionary_encode()])
    sketch = ColumnSketch()
    sketch.update(encoded)
    assert sketch.rows == 6
    assert sketch.distinct == 2


def test_durations_have_bounds() -> None:
    sketch = sketch_of(pa.array([dt.timedelta(hours=1), dt.timedelta(days=2)]), 1)
    assert sketch.maximum.as_py() == dt.timedelta(days=2)


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="not a column sketch"):
        ColumnSketch.from_bytes(b"pickle")


# Hashes.


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(pa.array([0, 1, -7, 2**40], pa.int64()), id="bigint"),
        pytest.param(pa.array([0.0, 1.0, -7.0, 2.0**40]), id="double"),
        pytest.param(
            pa.array([decimal.Decimal(n) for n in (0, 1, -7, 2**40)], pa.decimal128(20, 0)),
            id="decimal",
        ),
        pytest.param(pa.array([9, 0, 1, -7, 2**40]).slice(1), id="slice"),
    ],
)
def test_equal_numbers_hash_alike_whatever_their_type(array: Any) -> None:
    expected = hash_values(pa.array([0, 1, -7, 2**40]))
    assert hash_values(array).tolist() == expected.tolist()


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(0, 20))
def test_texts_hash_by_their_bytes_alone(texts: list[str], start: int) -> None:
    array = pa.array(texts, pa.string())
    single = [hash_values(pa.array([text])).item() for text in texts]
    assert hash_values(array).tolist() == single
    assert hash_values(array.slice(start)).tolist() == single[start:]
    assert hash_values(array.cast(pa.large_binary())).tolist() == single
    assert len(set(single)) == len(set(texts))


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 511, 512, 513, 4_000], ids=str)
def test_each_byte_counts_at_any_length(length: int) -> None:
    texts = [b"a" * length, b"a" * length + b"\0"]
    texts += [
        b"a" * i + b"b" + b"a" * (length - i - 1) for i in (0, length // 2, length - 1) if length
    ]
    hashes = hash_values(pa.array(texts, pa.binary()))
    assert len(set(hashes.tolist())) == len(set(texts))


def test_hashes_are_the_same_in_another_process_and_stay_as_published() -> None:
    code = (
        "import pyarrow as pa; from lakegloss.core.profile.hashing import hash_values as h\n"
        "for values in ['', 'a', 'lakegloss', 'z' * 600], [0, -1, 5], [0.5]:\n"
        "    print(*h(pa.array(values)))"
    )
    run = subprocess.run(  # a new process has another seed for Python's own hashes
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [
        "16294208416658607535",
        "11402129157030294023",
        "2395207516258591940",
        "4242179880059044895",
        "16294208416658607535",
        "16490336266968443936",
        "7134611160154358618",
        "2599916811312607562",
    ]


def test_hashes_spread_evenly() -> None:
    hashes = hash_values(pa.array([f"{i:06d}" for i in range(50_000)]))
    counts = np.bincount((hashes >> np.uint64(60)).astype(int), minlength=16)
    assert counts.min() > 0.9 * counts.mean()
    assert counts.max() < 1.1 * counts.mean()


def test_lists_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="list"):
        hash_values(pa.array([[1]]))


@pytest.mark.parametrize(
    ("first", "second", "vary"),
    [
        pytest.param(["a", "b"] * 400, ["a", "b"] * 400, False, id="alike"),
        pytest.param(["a", "b"] * 400, ["a", "b", "c", "a"] * 200, True, id="a new one"),
        pytest.param(["a", "b", "c", "a"] * 200, ["a", "b"] * 400, True, id="one ended"),
        pytest.param(
            ["a", "b"] * 400, ["a", "b", "c"] + ["a"] * 797, False, id="a rare one is chance"
        ),
        pytest.param(["a"] * 20, ["b"] * 20, False, id="too few rows to tell"),
    ],
)
def test_values_that_come_or_end_between_parts_are_seen(
    first: list[str],
    second: list[str],
    vary: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    whole, left, right = ColumnSketch(), ColumnSketch(), ColumnSketch()
    whole.update(pa.array([*first, *second]))
    left.update(pa.array(first))
    right.update(pa.array(second))
    left.merge(ColumnSketch.from_bytes(right.to_bytes()))
    assert (whole.vary, left.vary) == (vary, vary)
    assert ColumnSketch.from_bytes(whole.to_bytes()).vary is vary
