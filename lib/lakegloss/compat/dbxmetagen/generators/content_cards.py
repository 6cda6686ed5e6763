"""Turns the content of dbxmetagen's messages into cards, as far as values may be sent."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from lakegloss.compat.dbxmetagen.configuration.customer_context import lines_of, terms_of
from lakegloss.compat.dbxmetagen.generators.chat_messages import TableContent
from lakegloss.core.names import join_path, split_path
from lakegloss.core.personal.privacy import personal_class
from lakegloss.core.personal.values import mask_text
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.values.shapes import shape_of
from lakegloss.drafting.table_cards import ColumnCard, FrequentValue, TableCard
from lakegloss.errors import InputError

_LONGEST_VALUE = 200
_MOST_VALUES = 5
_MOST_ROWS = 200
_MOST_LINES = 20
_NOT_COLUMNS = {"index"}
_FACTS = ("minimum", "maximum", "distinct", "mean_length", "null_share")


def names_in_content(content: TableContent) -> list[str]:
    """The columns that the content asks about, each once."""
    listed = content.data.get("columns", list(content.metadata))
    names = dict.fromkeys(str(name) for name in listed if str(name).strip())
    return [name for name in names if name not in _NOT_COLUMNS or len(names) == 1]


def card_of_content(content: TableContent) -> TableCard:
    """The card of a table that a message tells of.

    Raises:
        InputError: a name or a fact cannot be used.
    """
    values = values_by_column(content)
    rows = _count(_mapping(content.more.get("profiling")).get("row_count"))
    names = names_in_content(content)
    try:
        columns = [_column(name, content, values.get(name, []), rows) for name in names]
        return TableCard.model_validate(
            {
                "table": table_path(content.table),
                "rows": rows,
                "columns": columns,
                "policy": "all",
                "guidance": _guidance(content, names),
            }
        )
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(
            f"The content cannot be used: {where}.", remedy="Send names and facts as text."
        ) from None


def table_path(name: str) -> str:
    """A table's name as a path; a name that is none is quoted part by part."""
    try:
        return join_path(split_path(name))
    except ValueError:
        return join_path(tuple(part or "_" for part in name.replace("`", "").split(".")))


def values_by_column(content: TableContent) -> dict[str, list[str]]:
    """The sample's values of each column, as text."""
    listed, rows = content.data.get("columns", []), content.data.get("data", [])
    found: dict[str, list[str]] = {}
    for place, name in enumerate(listed if isinstance(rows, list) else []):
        cells = [
            row[place]
            for row in rows[:_MOST_ROWS]
            if isinstance(row, Sequence) and not isinstance(row, str) and place < len(row)
        ]
        found[str(name)] = [str(cell)[:_LONGEST_VALUE] for cell in cells if cell is not None]
    return found


def reduced_data(content: TableContent, policy: str) -> dict[str, Any]:
    """The sample as the policy for values lets it be sent: raw, masked, shapes or none."""
    names = names_in_content(content)
    values = values_by_column(content)
    if policy == "none":
        return {"columns": names}
    reduced = {name: _reduced(name, values.get(name, []), content, policy) for name in names}
    count = max(map(len, reduced.values()), default=0)
    rows = [[_at(reduced[name], place) for name in names] for place in range(count)]
    return {"columns": names, "data": rows[:_MOST_VALUES]}


def reduced_metadata(content: TableContent, policy: str) -> dict[str, Any]:
    """The facts of each column; values in them are left out unless all may be sent."""
    kept = {}
    for name in names_in_content(content):
        facts = _mapping(content.metadata.get(name))
        kept[name] = {
            str(key): value
            for key, value in facts.items()
            if policy == "raw" or str(key) not in {"min", "max", "profiling", "tags"}
        }
    return kept


def _reduced(name: str, values: list[str], content: TableContent, policy: str) -> list[str]:
    if policy == "raw":
        return values
    facts = _mapping(content.metadata.get(name))
    kind = str(facts.get("data_type") or "string")
    siblings = names_in_content(content)
    personal = personal_class(name, kind, values, table=content.table, siblings=siblings)
    if personal or policy == "shapes":
        return [shape_of(value) for value in values]
    return [mask_text(value) for value in values]


def _at(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def _column(name: str, content: TableContent, values: list[str], rows: int | None) -> ColumnCard:
    facts = _mapping(content.metadata.get(name))
    profiled = _mapping(facts.get("profiling"))
    known: dict[str, Any] = {
        "minimum": _text(facts.get("min", profiled.get("min_value"))),
        "maximum": _text(facts.get("max", profiled.get("max_value"))),
        "distinct": _count(facts.get("distinct_count", profiled.get("distinct_count"))),
        "mean_length": _number(facts.get("avg_col_len")),
        "null_share": _null_share(facts, profiled, rows),
    }
    told = {key: known[key] for key in _FACTS if known[key] not in {None, ""}}
    counted = Counter(value for value in values if value != "None")
    frequent = [
        FrequentValue(value=value, share=count / len(values))
        for value, count in counted.most_common(_MOST_VALUES)
    ]
    read = len(values) if values and rows is None and "distinct" not in told else None
    return ColumnCard(
        name=join_path((name,)),
        type=_text(facts.get("data_type")) or "string",
        frequent=frequent,
        rows_read=read,
        key_role="primary" if str(facts.get("role", "")).upper() == "PRIMARY KEY" else "",
        **told,
    )


def _null_share(
    facts: Mapping[str, Any], profiled: Mapping[str, Any], rows: int | None
) -> float | None:
    share = _number(profiled.get("null_rate"))
    if share is None:
        nulls = _count(facts.get("num_nulls"))
        share = nulls / rows if nulls is not None and rows else None
    return share if share is not None and 0 <= share <= 1 else None


def _guidance(content: TableContent, names: Sequence[str]) -> list[str]:
    """What people say in the message: its context, and the abbreviations that the names have."""
    said = Guidance(terms=terms_of(dict(content.abbreviations)))
    table = table_path(content.table)
    lines = dict.fromkeys(lines_of(content.context))
    for column in ("", *(join_path((name,)) for name in names)):
        lines |= dict.fromkeys(said.matching(table, column))
    return list(lines)[:_MOST_LINES]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return "" if value is None else str(value)[:_LONGEST_VALUE]


def _number(value: object) -> float | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _count(value: object) -> int | None:
    found = _number(value)
    return int(found) if found is not None and 0 <= found <= 2**53 else None
