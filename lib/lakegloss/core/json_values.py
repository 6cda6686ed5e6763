"""Converts values of data frames and Spark to values that JSON has."""

import math
from collections.abc import Mapping
from typing import Any

_DEEPEST = 50


def plain(value: Any, *, keeps_none: bool = False, depth: int = 0) -> Any:
    """Python's own kinds; NaN is None, and what a mapping holds as None is left out.

    Takes numpy's arrays and scalars, Spark's rows, and containers of them, fifty levels deep.

    Args:
        keeps_none: also in mappings.

    Raises:
        ValueError: it is deeper.
    """
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")

    def inner(each: Any) -> Any:
        return plain(each, keeps_none=keeps_none, depth=depth + 1)

    if hasattr(value, "asDict"):
        value = value.asDict()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        found = {str(key): inner(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if keeps_none or each is not None}
    if isinstance(value, list | tuple):
        return [inner(each) for each in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
