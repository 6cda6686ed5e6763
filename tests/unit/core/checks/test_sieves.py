"""A sieve finds what its pattern finds."""

import re
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakegloss.core.checks import claims, relation
from lakegloss.core.checks.marks import DEBRIS, UNSAFE
from lakegloss.core.checks.sieves import Sieve, sieve


def sieves_in(module: ModuleType) -> dict[str, Sieve]:
    return {name: item for name, item in vars(module).items() if isinstance(item, Sieve)}


SIEVES = {
    "unsafe signs": UNSAFE.sign,
    "unsafe words": UNSAFE.word,
    "debris signs": DEBRIS.sign,
    "debris words": DEBRIS.word,
    **sieves_in(claims),
    **sieves_in(relation),
}


def test_all_sieves_are_tried() -> None:
    assert len(SIEVES) == 15


@pytest.mark.parametrize("tried", [pytest.param(item, id=name) for name, item in SIEVES.items()])
@settings(max_examples=20)
@given(data=st.data())
def test_each_match_has_one_of_the_parts(tried: Sieve, data: st.DataObject) -> None:
    # Hypothesis does not see ahead; without the initials it draws the same, and these are tried.
    pattern = re.compile(re.sub(r"\(\?=\[\w+\]\)", "", tried.pattern.pattern), tried.pattern.flags)
    text = data.draw(st.from_regex(pattern, alphabet=st.characters(codec="ascii")))
    assert tried.pattern.search(text)
    assert tried.lets_through(text)
    assert all(part == part.lower() and part.isascii() for part in tried.parts)


@given(st.text(alphabet="Kk\u212asS\u017f bB"))
@example("a KEY")
@example("a \u212aey: its k is the sign of kelvin")
def test_letters_that_only_the_pattern_takes_for_ascii_are_found(text: str) -> None:
    tried = sieve(r"\bks\b|key", "ks", "key")
    expected = re.search(r"\bks\b|key", text, re.IGNORECASE)
    match = tried.search(text)
    assert (match and match.span()) == (expected and expected.span())
    assert tried.sub("-", text) == re.sub(r"\bks\b|key", "-", text, flags=re.IGNORECASE)
