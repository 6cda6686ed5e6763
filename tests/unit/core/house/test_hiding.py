"""What an evaluation must not see: hidden texts, their likes, copies of a table, the gate."""

from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.evaluation.references import HeldOutTable, hold_out
from lakegloss.core.house.hiding import NearTexts, visible_texts
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.learning.splits import Split, is_near, words_in

HIDDEN = "Number of the customer who placed the order."


def held(table: str = "s.orders") -> HeldOutTable:
    columns = (Column(path="cust_no", data_type="string"),)
    return hold_out(Table(name=table, columns=columns), {}, {"cust_no": HIDDEN})


def seen(table: str, text: str, *, column: str = "c", split: str = Split.TRAIN) -> bool:
    items = [HouseText(table=table, column=column, text=text)]
    return bool(visible_texts(items, [held()], lambda _: split))


def test_other_texts_may_be_seen() -> None:
    assert seen("s.parcels", "Weight of the parcel in grams.")


def test_the_hidden_text_and_its_likes_are_not_seen_whatever_they_are_about() -> None:
    assert not seen("s.parcels", HIDDEN)
    assert not seen("t.other", "The number of the customers, who place orders", column="kunnr")


def test_copies_and_shards_of_an_evaluated_table_are_not_seen() -> None:
    assert not seen("archive.orders_2023", "Who bought.")
    assert not seen("s.stg_orders", "Weight of the parcel in grams.")


def test_texts_of_the_gate_are_never_seen() -> None:
    assert not seen("s.parcels", "Weight of the parcel in grams.", split=Split.GATE)
    assert seen("s.parcels", "Weight of the parcel in grams.", split=Split.SELECT)


WORDS = st.lists(st.sampled_from("order customer number of the weight gram bought by".split()))


@given(st.lists(WORDS, max_size=8), WORDS)
def test_near_texts_are_found_as_by_comparing_all(texts: list[list[str]], words: list[str]) -> None:
    known = [" ".join(text) for text in texts]
    text = " ".join(words)
    expected = any(is_near(words_in(text), words_in(other)) for other in known)
    assert NearTexts(known).has(text) is expected
