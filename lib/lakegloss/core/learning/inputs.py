"""Writes a column's or a table's inputs for an example of the comment program.

`card` has the form of the card that REST and served models take (docs/service.md), so that an
example can be asked again as it is. The comments of the table and of its columns are left out: one
of them is the answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent

_MOST_NEIGHBOURS = 60
_FACTS = ("semantic", "personal", "key_role", "reference", "minimum", "maximum")
_LONGEST_TYPE = 2_000
_LONGEST_VALUE = 200


def comment_inputs(
    table: Table, column: Column | None, evidence: Mapping[str, Evidence]
) -> dict[str, Any]:
    """The inputs for one comment: `card` with the column asked about, and `neighbours`.

    Args:
        column: None is the table itself; its card then has its columns with their types.
        evidence: by column path, under the policy for values.
    """
    rows = max((e.rows for e in evidence.values()), default=-1)
    asked = (column,) if column else table.columns[:_MOST_NEIGHBOURS]
    card: dict[str, Any] = {
        "table": table.name,
        "columns": [_column_card(c, evidence.get(c.path)) for c in asked],
    }
    if rows >= 0:
        card["rows"] = rows
    shown = {c.path for c in asked}
    neighbours = [c.path for c in table.columns if c.path not in shown][:_MOST_NEIGHBOURS]
    return {"card": card, "asked": column.path if column else "", "neighbours": neighbours}


def named_inputs(table: str, column: str, data_type: str = "") -> dict[str, Any]:
    """The inputs of an asset of which only the name is known, such as one in a file."""
    columns = [{"name": column, "type": data_type or "string"}] if column else []
    return {"card": {"table": table, "columns": columns}, "asked": column, "neighbours": []}


def type_in(inputs: Mapping[str, Any]) -> str:
    """The type of the column that inputs of `comment_inputs` ask about; '' for a table."""
    try:
        card = inputs["card"]
        named = {c["name"]: c.get("type", "") for c in card["columns"]}
        return str(named.get(inputs["asked"], ""))
    except (KeyError, TypeError, AttributeError):
        return ""


def _column_card(column: Column, evidence: Evidence | None) -> dict[str, Any]:
    card: dict[str, Any] = {"name": column.path, "type": column.data_type[:_LONGEST_TYPE]}
    if evidence is None or not evidence.rows_read:
        return card
    facts = {name: getattr(evidence, name)[:_LONGEST_VALUE] for name in _FACTS}
    card |= {name: value for name, value in facts.items() if value}
    card |= {
        "null_share": evidence.null_share,
        "rows_read": evidence.rows_read,
        "distinct": evidence.distinct,
    }
    if not evidence.distinct_exact:
        card["distinct_exact"] = False
    if evidence.masked:
        card["masked"] = True
    for name, values in (("frequent", evidence.frequent), ("shapes", evidence.shapes)):
        if values:
            card[name] = _values(values)
    return card


def _values(values: Sequence[Frequent]) -> list[dict[str, Any]]:
    return [{"value": v.value[:_LONGEST_VALUE], "share": round(v.share, 4)} for v in values]
