"""Texts under a wrong id are found by the names that they speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.checks.misplaced import Misplaced, misplaced, name_words, of_another

NAMES = ("orders", "order_date", "load_weight", "cust_nm", "unit_price", "disc_pct", "qty")
TEXTS = (
    "Orders of the web shop, one row for each.",
    "Date on which the customer placed the order.",
    "Weight of the load, in kilograms.",
    "Name of the customer who pays.",
    "Price of one unit before tax, in euros.",
    "Discount that was granted, as a percentage.",
    "Quantity that was ordered.",
)
IDS = ("t1", "c1", "c2", "c3", "c4", "c5", "c6")
WORDS = {id_: name_words(name) for id_, name in zip(IDS, NAMES, strict=True)}
RIGHT = dict(zip(IDS, TEXTS, strict=True))


def found(texts: dict[str, str]) -> Misplaced:
    return misplaced(texts, WORDS)


def test_right_texts_stay() -> None:
    assert found(RIGHT) == Misplaced()


@pytest.mark.parametrize("step", range(1, len(IDS)))
def test_of_a_shifted_answer_nothing_is_left(step: int) -> None:
    texts = TEXTS[step:] + TEXTS[:step]
    assert found(dict(zip(IDS, texts, strict=True))).sure == set(IDS)


@pytest.mark.parametrize("skipped", range(1, 5))
def test_from_a_skipped_line_on_nothing_is_left(skipped: int) -> None:
    texts = [text for n, text in enumerate(TEXTS) if n != skipped]
    assert found(dict(zip(IDS, texts, strict=False))).sure >= set(IDS[skipped:-1])


def test_two_that_were_swapped_are_both_wrong() -> None:
    assert found(RIGHT | {"c1": RIGHT["c2"], "c2": RIGHT["c1"]}).sure == {"c1", "c2"}


def test_a_text_that_only_refers_to_another_column_stays() -> None:
    assert found(RIGHT | {"c6": "How many pieces were ordered on the order date."}) == Misplaced()


def test_one_that_nothing_confirms_is_a_doubt() -> None:
    texts = RIGHT | {"c5": "How much lower than the unit price it was.", "c4": "In euros."}
    assert found(texts) == Misplaced(doubtful={"c5": "c4"})


def test_names_that_no_text_repeats_tell_nothing() -> None:
    names = {f"c{n}": name_words(name) for n, name in enumerate(("xqa", "xqb", "xqc"))}
    texts = {"c0": "Company code.", "c1": "Client.", "c2": "Fiscal year."}
    assert misplaced(texts, names) == Misplaced()


def test_an_answer_to_another_request_is_told_by_its_names() -> None:
    other = {
        id_: name_words(f"meter_{letter}x") for id_, letter in zip(IDS, "abcdefg", strict=True)
    }
    texts = {
        id_: f"Reading of meter {letter}x." for id_, letter in zip(IDS, "abcdefg", strict=True)
    }
    assert of_another(texts, WORDS, [WORDS, other])
    assert not of_another(texts, other, [WORDS, other])
    assert not of_another(RIGHT, WORDS, [WORDS, other])
    assert not of_another(dict(list(texts.items())[:2]), WORDS, [other]), "too few to tell"


@given(
    st.dictionaries(st.sampled_from(IDS), st.text() | st.sampled_from(TEXTS)),
    st.dictionaries(st.sampled_from(IDS), st.text() | st.sampled_from(NAMES)),
)
def test_only_answered_ids_are_named(texts: dict[str, str], names: dict[str, str]) -> None:
    slips = misplaced(texts, {id_: name_words(name) for id_, name in names.items()})
    assert slips.sure <= texts.keys() & names.keys()
    assert not slips.sure & slips.doubtful.keys()
    assert set(slips.doubtful.values()) <= names.keys()
