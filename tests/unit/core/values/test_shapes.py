"""Value shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.values.shapes import LONGEST_SHAPE, shape_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param("AA-1234", "AA-9999", id="code"),
        pytest.param("anna@example.org", "aaaa@aaaaaaa.aaa", id="punctuation stays"),
        pytest.param("", "", id="empty"),
        pytest.param("Zoë Ünal", "Aaa Aaaa", id="letters of other alphabets"),
        pytest.param("東京 ١٢", "aa 99", id="letters without case, other digits"),
        pytest.param("e\u0301", "aa", id="combining marks are letters"),
        pytest.param("a\tb\nc\u00a0d\x00e", "a a a a a", id="spaces and controls"),
        pytest.param("5 € 😀", "9 * *", id="other symbols"),
        pytest.param("a" * 12, "a" * 12, id="a run of twelve stays"),
        pytest.param("1" * 13, "9+", id="a longer run is shortened"),
        pytest.param("X" * 40 + "-" + "1" * 40, "A+-9+", id="several runs"),
    ],
)
def test_shape(text: str, shape: str) -> None:
    assert shape_of(text) == shape


def test_a_long_shape_is_cut() -> None:
    shape = shape_of("Ab1 " * 60)
    assert len(shape) == LONGEST_SHAPE
    assert shape.endswith("…")


@given(st.text())
def test_a_shape_shows_no_letter_or_digit_of_the_text(text: str) -> None:
    shape = shape_of(text)
    assert {c for c in shape if c.isalnum()} <= set("Aa9")
    assert len(shape) <= LONGEST_SHAPE
    assert shape.removesuffix("…").isascii()


def test_upper_case_that_shortens_when_lowered_is_one_letter() -> None:
    assert shape_of("\u01c5") == "A"
