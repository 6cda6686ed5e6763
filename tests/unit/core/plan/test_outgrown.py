"""A text is left out where what it was drafted for is another thing by now, and only there."""

import pytest

from lakegloss.core.plan.outgrown import outgrown

WIDENED = (
    ("int", "bigint"),
    ("decimal(10,2)", "decimal(20,4)"),
    ("int", "double"),
    ("char(3)", "string"),
    ("varchar(3)", "varchar(9)"),
    ("string", "string collate UTF8_LCASE"),
    ("date", "timestamp"),
    ("timestamp", "timestamp_ntz"),
    ("void", "int"),
    ("struct<a:int>", "struct<a:int,b:string>"),
    ("array<int>", "array<bigint>"),
)
OTHER = (
    ("int", "string"),
    ("string", "date"),
    ("int", "boolean"),
    ("int", "struct<a:int>"),
    ("struct<a:int>", "array<struct<a:int>>"),
    ("map<string,int>", "string"),
    ("string", "binary"),
    ("string", "variant"),
)


@pytest.mark.parametrize(("before", "after"), WIDENED)
def test_a_widened_column_keeps_its_text(before: str, after: str) -> None:
    assert outgrown("s.a", {"s.a": before}, {"s.a": after}) == ""


@pytest.mark.parametrize(("before", "after"), OTHER)
def test_a_column_of_another_type_is_described_again(before: str, after: str) -> None:
    reason = outgrown("a", {"a": before}, {"a": after})
    assert before in reason
    assert f"is {after} now: describe it again" in reason


def test_a_long_type_is_told_in_short() -> None:
    long = f"struct<{','.join(f'c{number}:int' for number in range(99))}>"
    assert len(outgrown("a", {"a": long}, {"a": "int"})) < 160


def test_what_is_not_known_is_no_reason() -> None:
    assert outgrown("a", {}, {"a": "int"}) == ""
    assert outgrown("", {}, {"a": "int"}) == ""


def test_a_table_of_other_columns_is_described_again() -> None:
    then = {"a": "int", "b": "string", "c": "struct<d:int>", "c.d": "int"}
    assert outgrown("", then, {**then, "new": "int"}) == ""
    assert outgrown("", then, {"a": "bigint", "b": "string"}) == ""
    reason = outgrown("", then, {"a": "date", "b": "string", "x": "int"})
    assert reason.startswith("of the 3 columns that it had when the text was drafted, 1 are")
