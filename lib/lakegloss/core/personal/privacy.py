"""Decides which columns hold personal data, and which values may leave the lake.

A column's class follows from its values (formats, check digits, lists of names), from its name, and
from its table: `name` is a person's in a table of patients, but not in a table of products. Where
the evidence is weak, data that could identify or harm a person counts as personal.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.personal.classify import (
    PersonalColumn,
    PersonalTable,
    class_by_name,
    class_by_values,
)
from lakegloss.core.personal.clinical import class_by_clinic
from lakegloss.core.personal.columns import (
    DIRECT,
    QUASI,
    SENSITIVE,
    PersonalClass,
    is_harmless,
)
from lakegloss.core.personal.context import Context
from lakegloss.core.personal.families.denials import is_denied, is_of_one_place
from lakegloss.core.personal.families.embedded import (
    class_of_form,
    class_of_words,
    speaks_of_persons,
)
from lakegloss.core.personal.families.judge import class_by_family
from lakegloss.core.personal.families.written import class_by_writing
from lakegloss.core.personal.kinds.surroundings import is_fate
from lakegloss.core.personal.kinds.untold import is_untold
from lakegloss.core.personal.kinds.vendor_fields import class_by_vendor_field
from lakegloss.core.personal.person_names import mentions_person
from lakegloss.core.personal.roles import class_by_role
from lakegloss.core.personal.subjects import class_by_subject
from lakegloss.core.personal.values import looks_personal, mask_text
from lakegloss.core.values.shapes import shape_of

__all__ = [
    "DIRECT",
    "QUASI",
    "SENSITIVE",
    "PersonalClass",
    "PersonalTable",
    "class_of",
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
    rows: int = 0,
) -> str:
    """Find the `PersonalClass` of the data that a column holds, or ''.

    Args:
        name: the column's path or name.
        data_type: Spark's simple string.
        values: some values as text, best different ones; 100 different ones are read.
        table: the table's name; it tells, with `siblings`, whom or what the table is about.
        siblings: the names of the table's other columns.
        rows: how many rows hold these values, 0 if that is not known.
    """
    return class_of(PersonalTable(table, (name, *siblings)).column(0, data_type, values, rows))


def class_of(column: PersonalColumn) -> str:
    """Find the `PersonalClass` of the data that a column of a `PersonalTable` holds, or ''."""
    by_values = class_by_values(column)
    if by_values is not None:
        return _unless_denied(by_values, column)
    by_vendor = class_by_vendor_field(column.name, column.siblings)
    if by_vendor is not None:
        return by_vendor
    if column.values or is_fate(column.words):
        return _unless_denied(_class_by_rules(column), column)
    return _class_without_values(column.name, column.readings, column.family, column.context)


def _unless_denied(kind: str, column: PersonalColumn) -> str:
    if not kind:
        return ""
    if is_denied(PersonalClass(kind), column.words, column.values):
        return ""
    return "" if is_of_one_place(kind, column.words, column.values, column.rows) else kind


@lru_cache(maxsize=8192)
def _class_without_values(
    name: str, readings: tuple[tuple[str, ...], ...], family: str, context: Context
) -> str:
    """The class of a column of which no value is known: the same in all tables of one kind.

    But for what is done with persons (`is_fate`), the rules ask nothing of the columns beside.
    """
    column = PersonalColumn(
        name=name,
        siblings=(),
        words=readings[0],
        readings=readings,
        family=family,
        values=(),
        rows=0,
        context=context,
    )
    return _class_by_rules(column)


def _class_by_rules(column: PersonalColumn) -> str:
    return (
        class_by_name(column)
        or class_by_clinic(column)
        or class_by_subject(column)
        or class_by_role(column)
        or class_by_family(column)
        or class_by_writing(column)
        or _class_of_what_is_within(column)
    )


def _class_of_what_is_within(column: PersonalColumn) -> str:
    """Find the class of what stands inside the values, whatever the column is called."""
    context = column.context
    if context.explains or context.grouped or not column.values:
        return ""
    about_person = context.person or context.keyed or is_untold(column.words)
    kind = class_of_form(column.values, about_person=about_person and not context.thing)
    if kind or column.family != "text":
        return kind
    if context.person and not context.thing and not is_harmless(column.words):
        kind = class_of_words(column.words, column.values)
    if kind:
        return kind
    return PersonalClass.DOCUMENT if speaks_of_persons(column.values) else ""


def withhold(evidence: Evidence, policy: str) -> Evidence:
    """Reduce evidence to what may leave the lake; reduced evidence stays the same.

    Args:
        evidence: with `semantic` and `personal` set.
        policy: `none` (no values), `shapes` (shapes of all values), `masked` (shapes of personal
            data: of whole columns, and of single values that have a personal form) or `raw`.

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
        sketch=b"" if evidence.personal or _has_telling_value(evidence) else evidence.sketch,
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
        sketch=b"" if _has_telling_value(evidence) else evidence.sketch,
    )


def _masked_values(evidence: Evidence) -> Evidence:
    if not _has_telling_value(evidence):
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


def _has_telling_value(evidence: Evidence) -> bool:
    texts = (evidence.minimum, evidence.maximum, *(f.value for f in evidence.frequent))
    return any(text and _is_telling(text) for text in texts)


def _is_telling(value: str) -> bool:
    return mask_text(value) != value or mentions_person(value)


def _masked(value: str) -> str:
    return _hidden(value) if _is_telling(value) else value


def _hidden(value: str) -> str:
    """Write a shape that hides the lengths of words: Anna and Maximiliane both become `Aa+`."""
    if _LENGTH.fullmatch(value):
        return value
    if len(value) > _LONG:
        return f"text of about {round(len(value), -1)} characters"
    return _LETTERS.sub(r"\1+", shape_of(value))


def _hidden_wholly(value: str) -> str:
    """Write a mark for a value of a sensitive column, where even the number of words could tell."""
    return "text" if any(map(str.isalpha, value)) else shape_of(value)


_LENGTH = re.compile(r"text of about \d{1,6}0 characters")
_LETTERS = re.compile(r"([Aa])\1+")


def _merged(items: Iterable[Frequent]) -> tuple[Frequent, ...]:
    """Merge equal shapes and add up their shares; the most common comes first."""
    shares: dict[str, float] = {}
    for item in items:
        shares[item.value] = shares.get(item.value, 0.0) + item.share
    merged = (Frequent(value=v, share=min(s, 1.0)) for v, s in shares.items())
    return tuple(sorted(merged, key=lambda f: (-f.share, f.value)))
