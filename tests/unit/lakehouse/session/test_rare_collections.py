"""How often Python looks for cycles while a session is open."""

import gc
from collections.abc import Iterator

import pytest

from lakegloss.lakehouse.session.session import rare_collections


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_it_looks_less_often_inside_and_as_before_after_it() -> None:
    gc.set_threshold(700, 10, 10)
    inside: list[tuple[int, int, int]] = []

    def work() -> None:
        with rare_collections():
            inside.append(gc.get_threshold())
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        work()
    assert inside[0][0] > 10_000
    assert gc.get_threshold() == (700, 10, 10)


def test_the_last_one_out_sets_back_what_was_before_the_first() -> None:
    gc.set_threshold(700, 10, 10)
    first, second = rare_collections(), rare_collections()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] > 10_000
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)
    with rare_collections():
        gc.set_threshold(5, 5, 5)
    assert gc.get_threshold() == (5, 5, 5), "what somebody chose meanwhile stays"


@pytest.mark.parametrize("chosen", [(0, 10, 10), (1_000_000, 5, 5)])
def test_who_looks_less_often_is_left_alone(chosen: tuple[int, int, int]) -> None:
    gc.set_threshold(*chosen)
    with rare_collections():
        assert gc.get_threshold() == chosen
    assert gc.get_threshold() == chosen
