"""Cells of review files: exact and harmless."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.text.terminal import visible

HOSTILE = st.lists(
    st.sampled_from(
        ["=", "+", "@", "-", "'", "''", '"', ";", ",", "\t", "\r", "\n", "\\", "\\x{", "}", "41",
         "\x1b[2J", "\0", "\u202e", "\ufeff", "\uff1d", "_x000D_", "_x005F_", "\u2028", "\x85",
         "\ufffe", "\U000e0041", " ", "\u00a0", "DROP", "\u0e01", "\U0001f600"]
    )
).map("".join)  # fmt: skip
TEXTS = st.text() | HOSTILE


@settings(deadline=None)
@given(text=TEXTS)
@example(text="\\x{5C}x{1B}")
@example(text="'=1+1")
def test_every_text_comes_back(text: str) -> None:
    assert from_cell(to_cell(text)) == text


@settings(deadline=None)
@given(text=TEXTS)
def test_a_cell_starts_no_formula_and_hides_nothing(text: str) -> None:
    cell = to_cell(text)
    assert cell.lstrip()[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20")
    assert not set(cell) & {"\t", "\r", "\x1b", "\0", "\u202e", "\ufeff"}
    assert visible(cell, lines=True).count("\\") == cell.count("\\")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("'tis the day", "'tis the day", id="an apostrophe that a person wrote"),
        pytest.param("two\r\nlines", "two\nlines", id="line breaks of another system"),
        pytest.param("\\x{D800} \\x{110000}", "\\x{D800} \\x{110000}", id="no characters"),
        pytest.param("C:\\x \\n", "C:\\x \\n", id="plain backslashes"),
    ],
)
def test_what_people_type_is_read_as_it_stands(cell: str, text: str) -> None:
    assert from_cell(cell) == text
