"""Chooses, among the texts near the assets of one request, those that stand in it."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from lakegloss.core.assets import AssetKey
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.house.nearest import NearText
from lakegloss.core.learning.splits import is_near, words_in

_MOST_FOR_MANNER = 3
_NEXT = 0.5
"""What the next text for one asset counts beside the one before: many assets get one each."""


def chosen(
    near: Sequence[Sequence[NearText]],
    *,
    room: int,
    cost: Callable[[HouseText], int],
    asked: AbstractSet[AssetKey] = frozenset(),
) -> list[HouseText]:
    """Choose texts that cost at most `room` together, the nearest first.

    Of texts that are nearly the same one is chosen.

    Args:
        near: for each asset of the request the texts near it, the nearest first.
        cost: what a text costs, in tokens.
        asked: the assets of the request, whose own texts are left out.
    """
    taken: dict[AssetKey, HouseText] = {}
    words: list[frozenset[str]] = []
    manner = 0
    for item in _in_order(near):
        text = item.text
        if text.key in taken or text.key in asked:
            continue
        if item.manner and manner == _MOST_FOR_MANNER:
            continue
        mine, price = words_in(text.text), cost(text)
        if price > room or any(is_near(mine, other) for other in words):
            continue
        taken[text.key] = text
        words.append(mine)
        room -= price
        manner += item.manner
    return list(taken.values())


def _in_order(near: Iterable[Sequence[NearText]]) -> list[NearText]:
    ranked = [
        (-item.score * _NEXT**rank, rank, asset, item)
        for asset, items in enumerate(near)
        for rank, item in enumerate(items)
    ]
    ranked.sort(key=lambda entry: (*entry[:3], entry[3].text.key))
    return [entry[3] for entry in ranked]
