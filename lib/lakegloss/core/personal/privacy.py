"""Personal data: which columns hold it, and which values may leave the lake.

A column's class follows from its values (formats, check digits, lists of names), from its name, and
from its table: `name` is a person's in a table of patients and not in one of products. Where the
evidence is weak, the safe side is taken for what identifies or harms somebody.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.personal.classify import (
    class_by_name,
    class_by_values,
    column_of,
)
from lakegloss.core.personal.columns import DIRECT, QUASI, SENSITIVE, PersonalClass
from lakegloss.core.personal.person_names import mentions_person
from lakegloss.core.personal.subjects import class_by_subject
from lakegloss.core.personal.values import looks_personal, mask_text
from lakegloss.core.values.shapes import shape_of

__all__ = [
    "DIRECT",
    "QUASI",
    "SENSITIVE",
    "PersonalClass",
    "looks_personal",
    "mask_text",
    "personal_class",
    "withhold",
]

_LONG = 40
_POLICIES = frozenset({"none", "shapes", "masked", "raw"})


def personal_class(
    name: str,
    data_type: str,
    values: Sequence[str],
    *,
    table: str = "",
    siblings: Sequence[str] = (),
) -> str:
    """The class of personal data that a column holds, as a `PersonalClass`, or ''.

    Args:
        name: the column's path or name.
        data_type: Spark's simple string.
        values: some values as text, different ones by preference; 100 different ones are looked at.
        table: the table's name, and `siblings` the names of its other columns: whom or what the
            table is about.
        siblings: see `table`.
    """
    column = column_of(name, data_type, values, table, siblings)
    by_values = class_by_values(column)
    if by_values is not None:
        return by_values
    return class_by_name(column) or class_by_subject(column)


def withhold(evidence: Evidence, policy: str) -> Evidence:
    """The evidence as far as its values may leave the lake; the same where it was done before.

    Args:
        evidence: with `semantic` and `personal` set.
        policy: `none` (no values), `shapes` (shapes of all values), `masked` (shapes of personal
            data: of whole columns, and of single values that show it by their form) or `raw`.

    Raises:
        ValueError: there is no such policy.
    """
    if policy not in _POLICIES:
        raise ValueError(f"no policy {policy!r} for values; there are {sorted(_POLICIES)}")
    if policy == "raw":
        return evidence
    if policy == "none":
        return _without_values(evidence)
    if evidence.personal:
        return _personal_shapes(evidence)
    return _all_shapes(evidence) if policy == "shapes" else _masked_values(evidence)


def _without_values(evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        minimum="",
        maximum="",
        mean=None,
        frequent=(),
        shapes=(),
        masked=True,
        sketch=b"" if evidence.personal or _tells_any(evidence) else evidence.sketch,
    )


def _personal_shapes(evidence: Evidence) -> Evidence:
    hide = _hidden if evidence.personal in DIRECT else _hidden_wholly
    return replace(
        evidence,
        minimum="",
        maximum="",
        mean=None,
        frequent=_merged(Frequent(value=hide(f.value), share=f.share) for f in evidence.frequent),
        shapes=_merged(Frequent(value=hide(f.value), share=f.share) for f in evidence.shapes),
        masked=True,
        sketch=b"",
    )


def _all_shapes(evidence: Evidence) -> Evidence:
    shaped = (Frequent(value=_hidden(f.value), share=f.share) for f in evidence.frequent)
    return replace(
        evidence,
        minimum=_hidden(evidence.minimum),
        maximum=_hidden(evidence.maximum),
        mean=None,
        frequent=_merged(shaped),
        masked=True,
        sketch=b"" if _tells_any(evidence) else evidence.sketch,
    )


def _masked_values(evidence: Evidence) -> Evidence:
    if not _tells_any(evidence):
        return evidence
    frequent = (Frequent(value=_masked(f.value), share=f.share) for f in evidence.frequent)
    return replace(
        evidence,
        minimum=_masked(evidence.minimum),
        maximum=_masked(evidence.maximum),
        frequent=_merged(frequent),
        masked=True,
        sketch=b"",
    )


def _tells_any(evidence: Evidence) -> bool:
    texts = (evidence.minimum, evidence.maximum, *(f.value for f in evidence.frequent))
    return any(map(_tells, texts))


def _tells(value: str) -> bool:
    return mask_text(value) != value or mentions_person(value)


def _masked(value: str) -> str:
    return _hidden(value) if _tells(value) else value


def _hidden(value: str) -> str:
    """A shape that tells no length of words: Anna and Maximiliane are both `Aa+`."""
    if _LENGTH.fullmatch(value):
        return value
    if len(value) > _LONG:
        return f"text of about {round(len(value), -1)} characters"
    return _LETTERS.sub(r"\1+", shape_of(value))


def _hidden_wholly(value: str) -> str:
    """A mark for the values of sensitive columns, of which even the number of words could tell."""
    return "text" if any(map(str.isalpha, value)) else shape_of(value)


_LENGTH = re.compile(r"text of about \d{1,6}0 characters")
_LETTERS = re.compile(r"([Aa])\1+")


def _merged(items: Iterable[Frequent]) -> tuple[Frequent, ...]:
    """Equal shapes once, their shares added, the commonest first."""
    shares: dict[str, float] = {}
    for item in items:
        shares[item.value] = shares.get(item.value, 0.0) + item.share
    merged = (Frequent(value=v, share=min(s, 1.0)) for v, s in shares.items())
    return tuple(sorted(merged, key=lambda f: (-f.share, f.value)))
