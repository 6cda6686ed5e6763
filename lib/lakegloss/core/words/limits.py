"""Writes facts about the limits of a column's values: range, NaN, infinity, no end, only blanks."""

import math
import re

from lakegloss.core.assets import Column
from lakegloss.core.data_types import is_moment, is_number, is_text, is_whole
from lakegloss.core.evidence import Evidence

NEGATIVE, ONLY_BLANKS = "Can be negative", "Only blanks in every row read"
FOR_NO_VALUE = "stands for no value"
_NO_END = ("9999-12-31", "99991231")
_NO_VALUE = re.compile(r"-(?:1|9+|8+)(?:\.0+)?")
"""Numbers by which people write that a value is missing (-1, -9, -999)."""
_SURE = re.compile(r"-(?:9{2,4}|8{2,4})(?:\.0+)?")
_FAR = -99


def limits_of(column: Column, evidence: Evidence) -> list[str]:
    """Write what the least, the greatest and the odd values show; a range's ends are not told."""
    if evidence.masked or evidence.personal:
        return []
    facts = [_range(column, evidence), _odd_numbers(column, evidence), _no_end(column, evidence)]
    return [fact for fact in (*facts, _blanks(column, evidence)) if fact]


def number_of(text: str) -> float:
    """Read a number; NaN where a text is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def where(evidence: Evidence) -> str:
    """Limit a fact to the rows read, as rows outside a sample may hold other values."""
    return " in the rows read" if evidence.sampled else ""


def _range(column: Column, evidence: Evidence) -> str:
    low, high = number_of(evidence.minimum), number_of(evidence.maximum)
    if not is_number(column.data_type) or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    if low < 0 < high:
        if not _is_for_no_value(column, evidence):
            return NEGATIVE
        return f"{evidence.minimum} {FOR_NO_VALUE}" if _is_sure(evidence) else ""
    fraction = not is_whole(column.data_type) and evidence.distinct > 2
    return f"Between 0 and 1{where(evidence)}" if fraction and low >= 0 and high <= 1 else ""


def _is_for_no_value(column: Column, evidence: Evidence) -> bool:
    """Whether the only negative value is, by all that is seen, one for a missing value.

    It is the only one among common values; or, where it is too rare to be among them, no whole
    number is between it and zero, or it is farther from zero than all others.
    """
    low, high = number_of(evidence.minimum), number_of(evidence.maximum)
    negative = {f.value for f in evidence.frequent if number_of(f.value) < 0}
    if not _NO_VALUE.fullmatch(evidence.minimum) or not negative <= {evidence.minimum}:
        return False
    alone = is_whole(column.data_type) and low == -1 and high > 1
    return bool(negative) or alone or (low <= _FAR and -low > high)


def _is_sure(evidence: Evidence) -> bool:
    """Whether a number is so common, and so unlike a real one, that it may be said to mean none."""
    common = any(f.value == evidence.minimum for f in evidence.frequent)
    return common and bool(_SURE.fullmatch(evidence.minimum))


def _odd_numbers(column: Column, evidence: Evidence) -> str:
    """Name the values of a floating-point column that are no finite numbers."""
    if not is_number(column.data_type):
        return ""
    seen = [number_of(f.value) for f in evidence.frequent if f.value.lstrip("-")[:1] in "NI"]
    seen += [number_of(text) for text in (evidence.minimum, evidence.maximum) if text]
    odd = [
        name
        for name, holds in (("NaN", _has_nan(evidence)), ("infinity", any(map(math.isinf, seen))))
        if holds
    ]
    return f"Holds {' and '.join(odd)}, too" if odd else ""


def _has_nan(evidence: Evidence) -> bool:
    return any(f.value == "NaN" for f in evidence.frequent)


def _no_end(column: Column, evidence: Evidence) -> str:
    dated = is_moment(column.data_type) or evidence.semantic.startswith(("date_", "timestamp_"))
    last = evidence.maximum[:10]
    if not dated or not last.startswith(_NO_END):
        return ""
    return f"{next(end for end in _NO_END if last.startswith(end))} stands for no end"


def _blanks(column: Column, evidence: Evidence) -> str:
    """Say that a column of texts holds nothing but blanks."""
    shown = evidence.frequent
    if not is_text(column.data_type) or not shown or len(shown) != evidence.distinct:
        return ""
    return ONLY_BLANKS if not any(f.value.strip() for f in shown) else ""
