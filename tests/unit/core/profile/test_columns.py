"""From sketches to evidence."""

import datetime as dt
import decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import Column
from lakegloss.core.data_types import key_family
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.profile.columns import (
    CHILD_HASHES,
    TEXT_LIMIT,
    column_evidence,
    render,
)
from lakegloss.core.profile.hashing import hash_values
from lakegloss.core.profile.sketch import HASHES, ColumnSketch


def evidence_of(
    values: Any, data_type: str = "string", *, name: str = "c", rows: int | None = None
) -> Evidence:
    sketch = ColumnSketch()
    sketch.update(values)
    column = Column(path=name, data_type=data_type)
    return column_evidence("s.t", column, sketch, rows=len(values) if rows is None else rows)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(pa.scalar(None, pa.int8()), "", id="null"),
        pytest.param(pa.scalar(value=True), "true", id="boolean"),
        pytest.param(pa.scalar(-12_345_678_901), "-12345678901", id="whole"),
        pytest.param(pa.scalar(1e5), "100000", id="no exponent"),
        pytest.param(pa.scalar(1234567.0), "1234567", id="whole float keeps its digits"),
        pytest.param(pa.scalar(1234567.8), "1234570", id="six significant digits"),
        pytest.param(pa.scalar(0.1 + 0.2), "0.3", id="no binary noise"),
        pytest.param(pa.scalar(0.00012345678), "0.000123457", id="small"),
        pytest.param(pa.scalar(1.5e-9), "1.5e-09", id="tiny"),
        pytest.param(pa.scalar(2.5e300), "2.5e+300", id="huge"),
        pytest.param(pa.scalar(-0.0), "0", id="negative zero"),
        pytest.param(pa.scalar(float("nan")), "NaN", id="nan"),
        pytest.param(pa.scalar(float("-inf")), "-Infinity", id="infinity"),
        pytest.param(pa.scalar(decimal.Decimal("12.50")), "12.50", id="decimal"),
        pytest.param(pa.scalar(decimal.Decimal("0E-9")), "0.000000000", id="decimal zero"),
        pytest.param(pa.scalar(dt.date(2013, 1, 5)), "2013-01-05", id="date"),
        pytest.param(pa.scalar(3_000_000, pa.date32()), "10183-09-21", id="date after 9999"),
        pytest.param(
            pa.scalar(dt.datetime(2013, 1, 1, 5)),  # noqa: DTZ001  a timestamp without zone
            "2013-01-01T05:00:00",
            id="timestamp",
        ),
        pytest.param(
            pa.scalar(dt.datetime(2013, 1, 1, 5, 0, 0, 250_000, dt.UTC)),
            "2013-01-01T05:00:00.25Z",
            id="instant",
        ),
        pytest.param(
            pa.scalar(1_357_016_400_000_000, pa.timestamp("us", "America/New_York")),
            "2013-01-01T05:00:00Z",
            id="instant of a session's zone",
        ),
        pytest.param(pa.scalar(b"\x00\xff"), "00ff", id="binary"),
        pytest.param(pa.scalar(dt.timedelta(hours=26)), "1 day, 2:00:00", id="duration"),
        pytest.param(pa.scalar("x" * 90), "x" * (TEXT_LIMIT - 1) + "…", id="cut"),
        pytest.param(pa.scalar("x" * TEXT_LIMIT), "x" * TEXT_LIMIT, id="just fits"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert render(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_rendered_number_is_near_the_number(number: float) -> None:
    assert float(render(pa.scalar(number))) == pytest.approx(number, rel=1e-5)


def test_facts_of_a_small_column() -> None:
    seen = evidence_of(pa.array(["EWR", "JFK", "EWR", None]))
    assert (seen.rows, seen.rows_read, seen.null_share) == (4, 4, 0.25)
    assert (seen.distinct, seen.distinct_exact, seen.minimum, seen.maximum) == (
        2, True, "EWR", "JFK",
    )  # fmt: skip
    assert seen.frequent == (Frequent(value="EWR", share=2 / 3), Frequent(value="JFK", share=1 / 3))
    assert seen.shapes == (Frequent(value="AAA", share=1.0),)
    assert (seen.mean, seen.mean_length) == (None, 3.0)
    assert (seen.key_role, seen.reference, seen.masked) == ("", "", False)
    assert np.frombuffer(seen.sketch, "<u8").tolist() == sorted(
        hash_values(pa.array(["EWR", "JFK"])).tolist()
    )


def test_numbers_have_a_mean_and_no_shapes() -> None:
    seen = evidence_of(pa.array([1, 2, 6]), "int")
    assert (seen.mean, seen.mean_length, seen.shapes) == (3.0, None, ())


def test_nan_is_a_frequent_value_not_a_null() -> None:
    seen = evidence_of(pa.array([float("nan")] * 3 + [1.0]), "double")
    assert (seen.null_share, seen.distinct, seen.maximum, seen.mean) == (0.0, 2, "1", 1.0)
    assert seen.frequent[0] == Frequent(value="NaN", share=0.75)


def test_floats_that_read_alike_are_one_frequent_value() -> None:
    seen = evidence_of(pa.array([0.3, 0.1 + 0.2, 5.0]), "double")
    assert seen.frequent[0] == Frequent(value="0.3", share=pytest.approx(2 / 3))


@pytest.mark.parametrize(
    "values", [pa.array([], pa.string()), pa.nulls(3, pa.string())], ids=["no rows", "all null"]
)
def test_a_column_without_values(values: Any) -> None:
    seen = evidence_of(values)
    assert (seen.distinct, seen.minimum, seen.frequent, seen.shapes) == (0, "", (), ())
    assert seen.null_share == (1.0 if len(values) else 0.0)
    assert seen.sketch == b""


def test_a_sample_keeps_the_rows_of_the_table() -> None:
    seen = evidence_of(pa.array([1, 2]), "int", rows=1_000)
    assert (seen.rows, seen.rows_read) == (1_000, 2)
    assert seen.sampled
    assert not seen.distinct_exact


def test_a_sample_keeps_codes_and_bucket() -> None:
    codes = pa.array(["EWR", "JFK", "EWR"])
    whole, part = evidence_of(codes), evidence_of(codes, rows=1_000)
    assert whole.is_code
    assert part.is_code
    assert whole.bucket == part.bucket


def test_personal_data_leaves_no_hashes() -> None:
    addresses = pa.array([f"person{i}@example.org" for i in range(50)])
    seen = evidence_of(addresses, name="email")
    assert seen.semantic == "email"
    assert seen.personal != ""
    assert seen.sketch == b""


@pytest.mark.parametrize(
    ("values", "data_type", "hashes"),
    [
        pytest.param(np.arange(10_000), "bigint", HASHES, id="a key keeps all"),
        pytest.param(np.arange(10_000) // 2, "bigint", CHILD_HASHES, id="others the smallest"),
        pytest.param(np.arange(10_000) / 2, "double", CHILD_HASHES, id="floats are no keys"),
        pytest.param(np.arange(9) > 4, "boolean", 0, id="booleans never are"),
    ],
)
def test_how_many_hashes_are_kept(values: Any, data_type: str, hashes: int) -> None:
    assert len(evidence_of(pa.array(values), data_type).sketch) == 8 * hashes


def test_blank_texts_are_no_values_of_a_reference() -> None:
    seen = evidence_of(pa.array(["", " ", "a", "b", "a"]))
    assert np.frombuffer(seen.sketch, "<u8").tolist() == sorted(
        hash_values(pa.array(["a", "b"])).tolist()
    )


@pytest.mark.parametrize(
    ("data_type", "family"),
    [
        ("string", "text"),
        ("varchar(10)", "text"),
        ("string collate UTF8_LCASE", "text"),
        ("bigint", "whole"),
        ("decimal(18,0)", "whole"),
        ("decimal(18,2)", ""),
        ("decimal(10,10)", ""),
        ("double", "float"),
        ("boolean", ""),
        ("struct<id:string>", ""),
    ],
    ids=str,
)
def test_families_of_keys(data_type: str, family: str) -> None:
    assert key_family(data_type) == family
