"""What is spaced out, wrapped or escaped has the same letters as what is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.text.bare_letters import bare, viewed

_PARTS = (
    *"aBz19 _-.%&;#=\\", "%41", "%2541", "&amp;", "&#65;", "&#x42;", "\\u0043", "\\x44", "=3D",
    "0x45", "&nosuchname;", "\uff21", "ﬁ", "İ", "ß", "名", "é", "\u0301", "②", "\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=30).map("".join))
def test_each_letter_is_where_the_text_has_it(text: str) -> None:
    view = viewed(text)
    plain = [bare(unicodedata.normalize("NFKC", char)) for char in text]
    places = [at for at, letters in enumerate(plain) for _ in letters]
    assert view.letters.partition("\n")[0] == "".join(plain)
    assert view.starts[: len(places)] == places
    assert view.ends[: len(places)] == [at + 1 for at in places]
    assert len(view.letters) == len(view.starts) == len(view.ends)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a%42", ["a", "4", "2", "", "a", "%42"]),
        ("&#65;x", ["6", "5", "x", "", "&#65;", "x"]),
        ("%2541", ["2", "5", "4", "1", "", "4", "1", "", "%2541"]),
        ("\uff21 名", ["\uff21", "名"]),
    ],
)
def test_an_escape_is_where_it_was_written(text: str, written: list[str]) -> None:
    view = viewed(text)
    spans = zip(view.starts, view.ends, strict=True)
    assert [text[start:end] for start, end in spans] == written
