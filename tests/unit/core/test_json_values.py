"""Values of data frames and Spark as JSON has them."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import Row

from lakegloss.core.json_values import plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "cards", "programs"),
    [
        (np.int64(3), 3, 3),
        (np.array([1.0, 2.0]), [1.0, 2.0], [1.0, 2.0]),
        (float("nan"), None, None),
        ({"a": None, "b": "1"}, {"b": "1"}, {"a": None, "b": "1"}),
        ({"a": float("nan")}, {}, {"a": None}),
        (Row(a=1, b=None), {"a": 1}, {"a": 1, "b": None}),
        ([{"a": (1, None)}], [{"a": [1, None]}], [{"a": [1, None]}]),
    ],
)
def test_values_for_cards_and_for_programs(value: Any, cards: Any, programs: Any) -> None:
    assert plain(value) == cards
    assert plain(value, keeps_none=True) == programs


@given(JSON)
def test_json_stays_as_it_is(value: Any) -> None:
    assert plain(value, keeps_none=True) == value
    json.dumps(plain(value))


def test_what_is_too_deep_is_refused() -> None:
    value: Any = 1
    for _ in range(60):
        value = {"a": value}
    with pytest.raises(ValueError, match="deep"):
        plain(value)
