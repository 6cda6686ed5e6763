"""Facts about limits: ranges with NaN and infinity, no end, blanks, intervals, epochs."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_number
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.values.semantics import SemanticType, semantic_type
from lakegloss.core.words.limits import limits_of
from lakegloss.core.words.rules import describe_column


def limits(kind: str, *values: str, low: str = "", high: str = "", semantic: str = "") -> list[str]:
    shown = tuple(Frequent(value=value, share=0.1) for value in values)
    seen = Evidence(
        table="a.b", column="c", data_type=kind, rows=90, rows_read=90, distinct=len(values),
        minimum=low, maximum=high, frequent=shown, semantic=semantic,
    )  # fmt: skip
    return limits_of(Column(path="c", data_type=kind), seen)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (limits("double", "NaN", "1", "2", low="0", high="5"), ["Holds NaN, too"]),
        (limits("double", "1", "2", low="-Infinity", high="5"), ["Holds infinity, too"]),
        (limits("double", "NaN", low="-Infinity", high="Infinity"),
         ["Holds NaN and infinity, too"]),
        (limits("double", "1", "2", low="-1", high="5"), ["Can be negative"]),
        (limits("date", low="2001-01-01", high="9999-12-31"), ["9999-12-31 stands for no end"]),
        (limits("int", low="20010101", high="99991231", semantic="date_number"),
         ["99991231 stands for no end"]),
        (limits("int", low="1", high="99991231"), []),
        (limits("string", " ", "   "), ["Only blanks in every row read"]),
        (limits("string", " ", "x"), []),
    ],
)  # fmt: skip
def test_odd_values_are_told(facts: list[str], expected: list[str]) -> None:
    assert facts == expected


def test_an_interval_is_no_number() -> None:
    assert not is_number("interval day to second")
    assert is_number("int")
    assert is_number("integer")


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("ts_us", "1700000000000001", SemanticType.EPOCH_MICROS),
        ("event_time_ns", "1700000000000000001", SemanticType.EPOCH_NANOS),
        ("order_id", "1700000000000000001", SemanticType.IDENTIFIER),
        ("end_date", "99991231", SemanticType.DATE_NUMBER),
    ],
)
def test_points_in_time_as_numbers_are_recognised(
    name: str, value: str, kind: SemanticType
) -> None:
    values = [value, value[:-1] + "1"] * 20
    assert (
        semantic_type(name, "bigint", values, distinct=30, rows=40, minimum=value, maximum=value)
        == kind
    )


def test_epochs_are_said_in_words() -> None:
    column = Column(path="created_us", data_type="bigint")
    seen = Evidence(
        table="a.orders", column="created_us", data_type="bigint", rows=9, rows_read=9,
        distinct=9, semantic="epoch_micros",
    )  # fmt: skip
    text = describe_column(Table(name="a.orders", columns=(column,)), column, seen)
    assert text == "When the order was created: in microseconds since 1970."
