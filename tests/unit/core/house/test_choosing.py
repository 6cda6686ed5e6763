"""What stands in a request: within its tokens, the nearest first, nothing twice."""

from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import AssetKey
from lakegloss.core.house.choosing import chosen
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.house.nearest import NearText

WORDS = "river stone cloud window garden mountain paper silver bridge forest market winter".split()


def near(number: int, score: float, words: str = "", *, manner: bool = False) -> NearText:
    text = HouseText(table="s.t", column=f"c{number}", text=words or f"{WORDS[number]} of it.")
    return NearText(text=text, score=score, manner=manner)


def names(found: list[HouseText]) -> list[str]:
    return [text.column for text in found]


def test_each_asset_gets_its_nearest_before_any_gets_a_second() -> None:
    found = chosen([[near(1, 1.0), near(2, 0.9)], [near(3, 0.6)]], room=2, cost=lambda _: 1)
    assert names(found) == ["c1", "c3"]


def test_a_text_that_is_too_long_leaves_room_for_the_next() -> None:
    costs = {"c1": 9, "c2": 3}
    found = chosen([[near(1, 1.0), near(2, 0.2)]], room=5, cost=lambda t: costs[t.column])
    assert names(found) == ["c2"]


def test_one_text_serves_several_assets_and_near_copies_stand_once() -> None:
    same = near(2, 0.8, "River of it")
    found = chosen([[near(0, 1.0)], [near(0, 1.0), same]], room=99, cost=lambda _: 1)
    assert names(found) == ["c0"]


def test_the_text_of_an_asset_of_the_request_is_no_example() -> None:
    asked = {AssetKey("s.t", "c1")}
    found = chosen([[near(1, 1.0), near(2, 0.5)]], room=9, cost=lambda _: 1, asked=asked)
    assert names(found) == ["c2"]


def test_a_few_texts_show_the_manner() -> None:
    found = chosen([[near(n, 0.2, manner=True)] for n in range(9)], room=99, cost=lambda _: 1)
    assert len(found) == 3


@given(
    st.lists(
        st.lists(st.builds(near, st.integers(0, 11), st.floats(0.1, 2)), max_size=4), max_size=8
    ),
    st.integers(0, 60),
)
def test_never_more_than_the_room(items: list[list[NearText]], room: int) -> None:
    found = chosen(items, room=room, cost=lambda text: 3 + len(text.column))
    assert sum(3 + len(text.column) for text in found) <= room
    assert len({text.key for text in found}) == len(found)
    assert found == chosen(items, room=room, cost=lambda text: 3 + len(text.column))
