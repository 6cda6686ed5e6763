"""Refuses examples that would teach a program to leak values, to obey data or to name people."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from lakegloss.core.checks.comment import clean
from lakegloss.core.checks.injection import gives_orders
from lakegloss.core.checks.literals import any_quoted, personal_value, quoted_value
from lakegloss.core.checks.marks import DEBRIS, UNSAFE
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.learning.examples import COMMENT_PROGRAM, FoundExample
from lakegloss.core.personal.person_names import mentions_person

LONGEST_TEXT = 20_000
"""Characters of a text; the checks for personal data read no more."""
LONGEST_INPUTS = 200_000
_DEEPEST = 20


class WhyRefused(StrEnum):
    """Why something does not become an example. Never with a part of its text."""

    EMPTY = "it has no text"
    LONG = "it is longer than an example may be"
    PERSONAL = "it holds personal data or a secret"
    INJECTION = "it gives a model orders or imitates a prompt"
    UNSAFE = "it holds a link, markup or SQL"
    LEAK = "it quotes values of the data"
    DEEP = "its inputs are nested too deeply"


def refusal_of(found: FoundExample) -> WhyRefused | None:
    """Why this must not become an example; None where it may."""
    texts = [text for text in (found.expected, found.avoid) if text.strip()]
    if not texts:
        return WhyRefused.EMPTY
    for text in texts:
        reason = _of_text(text) or _of_comment(text, found)
        if reason:
            return reason
    return _of_inputs(found)


def shown_name(name: str) -> str:
    """A name for messages; what stands in it may be the very thing that is refused."""
    return "(a name that is not shown)" if _of_text(name) else name


def text_refusal(value: Any) -> WhyRefused | None:
    """Why a text, or any text in JSON values, must not stand in a program; None where it may."""
    for text in _leaves(value):
        if text == _TOO_DEEP:
            return WhyRefused.DEEP
        reason = _of_text(text)
        if reason:
            return reason
    return None


@lru_cache(maxsize=16_384)
def _of_text(text: str) -> WhyRefused | None:
    if len(text) > LONGEST_TEXT:
        return WhyRefused.LONG
    if personal_value(text) or mentions_person(text):
        return WhyRefused.PERSONAL
    return WhyRefused.INJECTION if gives_orders(text) else None


def _of_comment(text: str, found: FoundExample) -> WhyRefused | None:
    """What only comments must not hold: other programs may write links, code and quotations."""
    if found.program != COMMENT_PROGRAM:
        return None
    text = clean(text)
    if UNSAFE.are_in(text):
        return WhyRefused.UNSAFE
    if DEBRIS.are_in(text):
        return WhyRefused.INJECTION
    evidence = list(evidence_in(found.inputs))
    asked = next((e for e in evidence if e.column == found.column), None)
    quoted = asked is not None and quoted_value(text, asked)
    return WhyRefused.LEAK if quoted or any_quoted(text, evidence) else None


def _of_inputs(found: FoundExample) -> WhyRefused | None:
    names = [found.table, found.column, found.subject, found.program]
    size = 0
    for text in (*names, *_leaves(found.inputs)):
        size += len(text)
        if text == _TOO_DEEP:
            return WhyRefused.DEEP
        if size > LONGEST_INPUTS or len(text) > LONGEST_TEXT:
            return WhyRefused.LONG
        reason = _of_text(text)
        if reason:
            return reason
    return None


_TOO_DEEP = "\x00too deep"


def _leaves(value: Any, depth: int = 0) -> Iterator[str]:
    """All texts in JSON values, names of fields and numbers among them."""
    if depth > _DEEPEST:
        yield _TOO_DEEP
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield str(name)
            yield from _leaves(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, depth + 1)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def evidence_in(inputs: Mapping[str, Any]) -> Iterator[Evidence]:
    """The evidence in inputs of `core.learning.inputs`, as far as texts are judged by it."""
    card = inputs.get("card")
    columns = card.get("columns") if isinstance(card, Mapping) else None
    for column in columns if isinstance(columns, list) else ():
        if isinstance(column, Mapping) and isinstance(column.get("name"), str):
            yield Evidence(
                table="",
                column=column["name"],
                data_type=str(column.get("type", "")),
                rows_read=_whole(column.get("rows_read")),
                distinct=_whole(column.get("distinct")),
                distinct_exact=bool(column.get("distinct_exact", True)),
                minimum=str(column.get("minimum", "")),
                maximum=str(column.get("maximum", "")),
                frequent=_frequent(column.get("frequent")),
                personal=str(column.get("personal", "")),
                masked=bool(column.get("masked", False)),
            )


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _frequent(values: Any) -> tuple[Frequent, ...]:
    listed = values if isinstance(values, list) else []
    return tuple(
        Frequent(value=str(v["value"]), share=0.0)
        for v in listed
        if isinstance(v, Mapping) and "value" in v
    )
