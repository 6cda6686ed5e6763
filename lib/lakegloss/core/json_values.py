"""Converts values of data frames and Spark to values that JSON has."""

import math
from collections.abc import Mapping
from typing import Any

_DEEPEST = 50
_ALREADY_PLAIN = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list, tuple})


def plain(value: Any, *, keeps_none: bool = False, depth: int = 0) -> Any:
    """Convert a value to Python's own types; NaN becomes None, a None in a mapping is left out.

    Takes numpy's arrays and scalars, Spark's rows, and containers of them, fifty levels deep.

    Args:
        keeps_none: keep None in mappings, too.

    Raises:
        ValueError: the value is nested more deeply.
    """
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if type(value) in _ALREADY_PLAIN:  # most values
        return value

    def inner(item: Any) -> Any:
        return plain(item, keeps_none=keeps_none, depth=depth + 1)

    if type(value) not in _CONTAINERS:
        value = _unpacked(value)
    if isinstance(value, Mapping):
        converted = {
            str(key): item if type(item) in _ALREADY_PLAIN else inner(item)
            for key, item in value.items()
        }
        if keeps_none or None not in converted.values():
            return converted
        return {key: item for key, item in converted.items() if item is not None}
    if isinstance(value, list | tuple):
        return [inner(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _unpacked(value: Any) -> Any:
    """What a row of Spark, an array or a scalar of numpy holds."""
    if hasattr(value, "asDict"):
        return value.asDict()
    return value.tolist() if hasattr(value, "tolist") else value
