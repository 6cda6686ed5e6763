"""Tells texts that were drafted for a table as it was, and do not fit it as it is now.

A table or a column may be dropped and made again under its name, or replaced, after its text was
drafted: the text then speaks of something else.
"""

from collections.abc import Mapping

from lakegloss.core.data_types import base_of, is_moment, is_number, is_text
from lakegloss.core.names import split_path

DESCRIBE_AGAIN = "describe it again"
_MOST = 0.5


def outgrown(column: str, then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Why the text of a column, '' for the table's own, does not fit any more; '' where it does.

    Other lengths, digits and units of time are no other type: types are often widened.

    Args:
        then: data types by path, as they were when the text was drafted; {} is not known.
        now: data types by path, as they are.
    """
    if column:
        before, after = then.get(column, ""), now.get(column, "")
        if not before or not after or _fits(before, after):
            return ""
        return (
            f"its type was {_short(before)} when the text was drafted, and is {_short(after)} "
            f"now: {DESCRIBE_AGAIN}"
        )
    tops = [path for path in then if len(split_path(path)) == 1]
    left = sum(path in now and _fits(then[path], now[path]) for path in tops)
    if left >= _MOST * len(tops):
        return ""
    return (
        f"of the {len(tops)} columns that it had when the text was drafted, {left} are as they "
        f"were: {DESCRIBE_AGAIN}"
    )


def _fits(before: str, after: str) -> bool:
    return _sort(before) == _sort(after) or "void" in {before, after}


def _sort(data_type: str) -> str:
    if is_text(data_type):
        return "text"
    if is_number(data_type):
        return "number"
    return "moment" if is_moment(data_type) else base_of(data_type)


def _short(data_type: str) -> str:
    return data_type if len(data_type) <= 40 else f"{data_type[:37]}..."
