"""Reduces the inputs of executions to what the policy for values lets be kept."""

from collections.abc import Mapping
from typing import Any

from lakegloss.core.json_values import plain
from lakegloss.core.personal.values import LONGEST_READ, mask_text
from lakegloss.core.values.shapes import shape_of

_DATA_OF_COLUMNS = frozenset({"minimum", "maximum", "frequent", "shapes", "mean", "comment"})
"""Fields of a card's columns that hold values of the data, or the answer."""


def kept_inputs(inputs: Mapping[str, Any], policy: str) -> dict[str, Any] | None:
    """The inputs as they may be kept; None where none may, or where they are no JSON values.

    Args:
        policy: `none` keeps nothing, `shapes` the shapes of texts, `masked` texts in which personal
            data and secrets are shapes, `raw` everything.
    """
    if policy == "none":
        return None
    try:
        values = plain(dict(inputs), keeps_none=True)
    except ValueError:
        return None
    kept: dict[str, Any] = values if policy == "raw" else _reduced(values, policy)
    return kept


def kept_card(card: Mapping[str, Any], policy: str) -> dict[str, Any] | None:
    """A table's card as it may be kept: unless the policy is `raw`, no values of its columns."""
    if policy == "raw":
        return kept_inputs(card, policy)
    columns = [
        {name: value for name, value in column.items() if name not in _DATA_OF_COLUMNS}
        for column in card.get("columns", ())
        if isinstance(column, Mapping)
    ]
    kept = {name: value for name, value in card.items() if name in {"table", "rows"}}
    # Names and types are no values of the data: as shapes they would say nothing.
    return kept_inputs({**kept, "columns": columns}, "none" if policy == "none" else "masked")


def _reduced(value: Any, policy: str) -> Any:
    if isinstance(value, Mapping):
        return {mask_text(str(name)): _reduced(item, policy) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_reduced(item, policy) for item in value]
    if isinstance(value, str):
        return shape_of(value) if policy == "shapes" else mask_text(value[:LONGEST_READ])
    if policy == "shapes" and isinstance(value, int | float) and not isinstance(value, bool):
        return shape_of(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        masked = mask_text(str(value))
        return value if masked == str(value) else masked
    return value
