"""Whole words are told from short forms by their letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.words.meaning.readable import is_readable


@pytest.mark.parametrize("word", ["plaintiff", "chlorophyll", "anchor", "tranche", "per", "is"])
def test_whole_words_are_readable(word: str) -> None:
    assert is_readable(word)


@pytest.mark.parametrize("word", ["rdto", "bstllg", "kdnr", "tg", "zzspreg", "pymnt", "x9", ""])
def test_short_forms_are_not(word: str) -> None:
    assert not is_readable(word)


@given(st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=5, max_size=60))
def test_consonants_alone_are_no_word(word: str) -> None:
    assert not is_readable(word)
