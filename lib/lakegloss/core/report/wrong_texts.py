"""Finds the comments of lakegloss that the data of today contradict, from rows of the ledgers."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from lakegloss.core.checks.claims import contradiction, contradiction_of_table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.standing import AssetState, Standing

WRONG_REMEDY = (
    "`lakegloss describe` drafts them again; where a person accepted one, its draft waits for a "
    "review."
)
_OWN = frozenset((Standing.MODEL, Standing.RULES, Standing.INHERITED))
_LISTS = ("frequent", "shapes")
FACTS = tuple(field.name for field in dataclasses.fields(Evidence) if field.name != "sketch")
"""The columns of the ledger `evidence` that claims are judged by."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WrongText:
    """A comment of lakegloss, and what the data contradict in it; `column` is '' for a table's."""

    table: str
    column: str
    text: str
    why: str


def wrong_texts(
    states: Iterable[AssetState], evidence: Mapping[str, Mapping[str, LedgerRow]]
) -> Iterator[WrongText]:
    """The comments of these assets that lakegloss wrote and the evidence contradicts.

    Args:
        evidence: rows of the ledger by table and column.
    """
    for state in states:
        rows = evidence.get(state.table, {})
        if state.standing in _OWN and rows:
            why = why_wrong(state.column, state.comment, rows)
            if why:
                yield WrongText(table=state.table, column=state.column, text=state.comment, why=why)


def why_wrong(column: str, text: str, rows: Mapping[str, LedgerRow]) -> str:
    """What the data contradict in a comment, in words; '' where nothing.

    Args:
        column: its path, '' for the table's own comment.
        rows: of the ledger `evidence`, of the table's columns.
    """
    if not column:
        seen = {path: evidence_of_row(row) for path, row in rows.items()}
        return contradiction_of_table(text, seen)
    return contradiction(text, evidence_of_row(rows[column])) if column in rows else ""


def evidence_of_row(row: LedgerRow) -> Evidence:
    """The evidence in a row of the ledger; what an older version did not store has its default."""
    facts = {name: row[name] for name in FACTS if row.get(name) is not None}
    for name in _LISTS:
        items = facts.get(name) or ()
        facts[name] = tuple(Frequent(value=i["value"], share=i["share"]) for i in items)
    return Evidence(**facts)
