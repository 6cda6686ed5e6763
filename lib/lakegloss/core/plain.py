"""Values of data frames and Spark as JSON has them."""

import math
from collections.abc import Mapping
from typing import Any

_DEEPEST = 50


def plain(value: Any, *, depth: int = 0) -> Any:
    """Python's own kinds; None, NaN and what holds them in a mapping are left out.

    Takes numpy's arrays and scalars, Spark's rows, and containers of them, fifty levels deep.

    Raises:
        ValueError: it is deeper.
    """
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if hasattr(value, "asDict"):
        value = value.asDict()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        found = {str(key): plain(each, depth=depth + 1) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not None}
    if isinstance(value, list | tuple):
        return [plain(each, depth=depth + 1) for each in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
