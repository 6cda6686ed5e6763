"""Turns the sketch of a column into its evidence: facts as texts and shares."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from lakegloss.core.assets import Column
from lakegloss.core.data_types import is_text, key_family
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.names import leaf
from lakegloss.core.personal.privacy import personal_class
from lakegloss.core.profile.hashing import hash_values
from lakegloss.core.profile.reclassify import may_be_hashed
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.values.semantics import semantic_type
from lakegloss.core.values.shapes import shape_of

FREQUENT = 12
SHAPES = 3
EXAMPLES = 200
TEXT_LIMIT = 80
CHILD_HASHES = 256
"""Hashes kept in the evidence of a column that is no key; a key keeps all of its sketch."""
_ORDINARY = (1e-5, 1e15)


@cache
def _blanks() -> np.ndarray:
    """Hash blank texts. This waits until it is needed, as pyarrow's conversions import pandas."""
    return hash_values(pa.array(["", " "]))


def column_evidence(
    table: str, column: Column, sketch: ColumnSketch, *, rows: int, siblings: Sequence[str] = ()
) -> Evidence:
    """Turn a sketch into evidence; `resolve_keys` adds the key role and the reference.

    Args:
        table: the table's name.
        column: the column as the catalog shows it.
        sketch: of all rows that were read.
        rows: rows of the whole table.
        siblings: names of the table's other columns; they help to find personal data.
    """
    counted = list(sketch.counted())
    examples = [render(value, limit=0) for value, _ in counted[:EXAMPLES]]
    name, minimum, maximum = leaf(column.path), render(sketch.minimum), render(sketch.maximum)
    semantic = semantic_type(
        name, column.data_type, examples,
        distinct=sketch.distinct, rows=sketch.present, minimum=minimum, maximum=maximum,
    )  # fmt: skip
    personal = personal_class(
        name, column.data_type, examples, table=table, siblings=siblings, rows=sketch.present
    )
    return Evidence(
        table=table,
        column=column.path,
        data_type=column.data_type,
        rows=rows,
        rows_read=sketch.rows,
        null_share=sketch.nulls / sketch.rows if sketch.rows else 0.0,
        distinct=sketch.distinct,
        distinct_exact=sketch.exact and sketch.rows >= rows,
        minimum=minimum,
        maximum=maximum,
        mean=_stable(sketch.mean),
        mean_length=sketch.mean_length,
        frequent=_frequent(counted, sketch),
        shapes=_shapes(sketch) if is_text(column.data_type) else (),
        semantic=semantic,
        personal=personal,
        codes_vary=sketch.vary,
        sketch=key_hashes(column.data_type, sketch) if may_be_hashed(personal, examples) else b"",
    )


def render(value: Any, *, limit: int = TEXT_LIMIT) -> str:
    """Write an Arrow scalar as text: ISO dates and times (instants in UTC with a Z), plain numbers.

    Floating-point numbers get at most six significant digits, whole numbers all their digits; bytes
    become hexadecimal. Texts are cut at `limit` characters (0: not at all). None becomes ''.
    """
    if value is None or not value.is_valid:
        return ""
    for holds, write in _WRITERS:
        if holds(value.type):
            text = write(value)
            break
    else:
        text = str(value.as_py())
    return text[: limit - 1] + "…" if 0 < limit < len(text) else text


def _stable(mean: float | None) -> float | None:
    """Round off the digits of a mean that depend on the order in which parts were added."""
    return None if mean is None else float(f"{mean:.12g}")


def key_hashes(data_type: str, sketch: ColumnSketch) -> bytes:
    """Select the hashes that references are found by, for types of keys; blank texts are left out.

    They are little-endian 64-bit integers, ascending: all hashes of the sketch where every row has
    its own value, else the smallest.
    """
    if key_family(data_type) == "":
        return b""
    hashes = sketch.hashes[~np.isin(sketch.hashes, _blanks())] if sketch.blanks else sketch.hashes
    unique = sketch.distinct == sketch.rows and key_family(data_type) != "float"
    return (hashes if unique else hashes[:CHILD_HASHES]).astype("<u8").tobytes()


def _number(number: float) -> str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    if number.is_integer() and abs(number) < _ORDINARY[1]:
        return str(int(number))
    short = f"{number:.6g}"
    if _ORDINARY[0] <= abs(number) < _ORDINARY[1]:
        return format(Decimal(short), "f")
    return short


def _instant(value: Any) -> str:
    text = str(np.datetime64(value.value, value.type.unit))
    head, _, fraction = text.partition(".")
    digits = fraction.rstrip("0")
    return head + (f".{digits}" if digits else "") + ("Z" if value.type.tz else "")


_WRITERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], str]], ...] = (
    (pa.types.is_string, lambda value: str(value.as_py())),
    (pa.types.is_floating, lambda value: _number(float(value.as_py()))),
    (pa.types.is_timestamp, _instant),
    (pa.types.is_date32, lambda value: str(np.datetime64(value.value, "D"))),
    (pa.types.is_boolean, lambda value: "true" if value.as_py() else "false"),
    (pa.types.is_decimal, lambda value: format(value.as_py(), "f")),
    (pa.types.is_binary, lambda value: str(value.as_py().hex())),
)
"""How values of a type are written; values of other types as Python writes them."""


def _frequent(counted: Iterable[tuple[Any, int]], sketch: ColumnSketch) -> tuple[Frequent, ...]:
    counts: Counter[str] = Counter()
    if sketch.nans:
        counts["NaN"] = sketch.nans
    for value, count in counted:
        counts[render(value)] += count
    return _shares(counts, FREQUENT, sketch.present)


def _shapes(sketch: ColumnSketch) -> tuple[Frequent, ...]:
    """The most common shapes, weighted by rows, in the uniform sample of the distinct values."""
    if sketch.sample is None:
        return ()
    counts: Counter[str] = Counter()
    texts, rows = sketch.sample.values.to_pylist(), sketch.sample.counts.tolist()
    for text, count in zip(texts, rows, strict=True):
        counts[shape_of(text)] += count
    return _shares(counts, SHAPES, counts.total())


def _shares(counts: Counter[str], limit: int, total: int) -> tuple[Frequent, ...]:
    return tuple(Frequent(value=v, share=n / total) for v, n in counts.most_common(limit))
