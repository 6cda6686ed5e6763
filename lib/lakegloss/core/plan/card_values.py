"""Sums up a column's values for its card: codes, a range, years, examples or a shape."""

import re
from collections.abc import Sequence

from lakegloss.core.data_types import is_boolean, is_moment, is_number
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.text.neutral import neutralise, quoted

_SHAPE_LIMIT = 40
_EXAMPLE_LIMIT = 24
_EXAMPLES = 3
_CODES_LIMIT = 72
_LONGEST_CODE = 6
_LONGEST_WHOLE = 11
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"(-?\d+)(?:\.0+)?")


def values_text(evidence: Evidence) -> str:
    """Sum up the values in as few words as tell their kind; '' where there is nothing to say."""
    if evidence.masked:
        return _shape(evidence.frequent or evidence.shapes)
    if is_boolean(evidence.data_type):
        return ""
    if is_moment(evidence.data_type):
        return _dates(evidence.minimum, evidence.maximum)
    if is_number(evidence.data_type):
        return _whole_codes(evidence) or _range(evidence)
    if evidence.is_code and evidence.frequent:
        values = sorted(quoted(f.value, _EXAMPLE_LIMIT) for f in evidence.frequent)
        return _codes(values, evidence)
    return _examples(evidence)


def compact(number: float) -> str:
    """Shorten a number: 337000 becomes 337k, 1.2 million 1.2M."""
    for factor, sign in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= factor:
            scaled = number / factor
            return f"{scaled:.3g}{sign}" if abs(scaled) < 1000 else f"{scaled:.0f}{sign}"
    return f"{number:.4g}"


def _shape(shapes: Sequence[Frequent]) -> str:
    return f"shape {quoted(shapes[0].value, _SHAPE_LIMIT)}" if shapes else ""


def _dates(minimum: str, maximum: str) -> str:
    """Years, or months within one year: a day would cost twice the tokens and say no more."""
    if not minimum or not maximum:
        return ""
    size = 7 if minimum[:4] == maximum[:4] else 4
    first, last = neutralise(minimum[:size], size), neutralise(maximum[:size], size)
    return first if first == last else f"{first}..{last}"


def _whole_codes(evidence: Evidence) -> str:
    """List codes that are short whole numbers; longer or broken numbers are measures or keys."""
    matches = [_WHOLE.fullmatch(f.value) for f in evidence.frequent]
    whole = [m.group(1) for m in matches if m and len(m.group(1)) <= _LONGEST_CODE]
    if not evidence.is_code or not whole or len(whole) < len(matches):
        return ""
    if evidence.key_role == "primary" or evidence.reference:
        return ""
    # 007 and 7 are different codes: with leading zeros, the texts are sorted.
    numbers = sorted(map(int, whole)) if all(str(int(w)) == w for w in whole) else []
    if len(numbers) > 3 and numbers[-1] - numbers[0] == len(numbers) - 1 == evidence.distinct - 1:
        return f"{_headed(evidence)} {numbers[0]}..{numbers[-1]}"
    return _codes([str(n) for n in numbers] or sorted(whole), evidence)


def _headed(evidence: Evidence) -> str:
    """Tell the model whether a list of codes is whole or has those that were seen so far."""
    return "codes" if evidence.has_all_codes else "codes such as"


def _codes(values: Sequence[str], evidence: Evidence) -> str:
    shown: list[str] = []
    size = 0
    for value in values:
        size += len(value) + 1
        if size > _CODES_LIMIT and shown:
            break
        shown.append(value)
    if evidence.distinct == 1:
        return f"only {shown[0]}"
    rest = "" if len(shown) == evidence.distinct else ",…"
    return f"{_headed(evidence)} {','.join(shown)}{rest}"


def _range(evidence: Evidence) -> str:
    if evidence.key_role == "primary" or evidence.reference or not evidence.minimum:
        return ""
    if evidence.minimum == evidence.maximum:
        return f"only {_number(evidence.minimum)}"
    return f"{_number(evidence.minimum)}..{_number(evidence.maximum)}"


def _examples(evidence: Evidence) -> str:
    frequent = [f.value for f in evidence.frequent]
    values = (frequent or [v for v in (evidence.minimum, evidence.maximum) if v])[:_EXAMPLES]
    if evidence.key_role in {"primary", "unique"} or evidence.reference:
        values = values[:1]
    count = ""
    if not evidence.key_role and 0 < evidence.distinct < 1000:
        count = f"{evidence.distinct} distinct"
    shown = ",".join(dict.fromkeys(quoted(v, _EXAMPLE_LIMIT) for v in values))
    return "; ".join(fact for fact in (count, f"e.g. {shown}" if shown else "") if fact)


def _number(text: str) -> str:
    """A whole number as it is, others with 4 significant digits, or the neutralised text."""
    if not _NUMBER.fullmatch(text):
        return neutralise(text, _EXAMPLE_LIMIT)
    short = len(text) <= (_LONGEST_WHOLE if _WHOLE.fullmatch(text) else _LONGEST_CODE)
    return text if short else compact(float(text))
