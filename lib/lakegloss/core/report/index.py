"""Makes the report's index: a line for each table, found by its name, comment and columns."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lakegloss.core.names import schema_of
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.coverage import coverage_of
from lakegloss.core.report.data import IndexLine
from lakegloss.core.report.standing import AssetState
from lakegloss.core.report.wrong_texts import WrongText

_MOST_NAMES = 1_000
_MOST_COMMENT = 300


def index_lines(
    names: Iterable[str],
    states: Mapping[str, Sequence[AssetState]],
    *,
    in_detail: Sequence[str],
    wrong: Iterable[WrongText],
    classes: Iterable[LedgerRow],
) -> list[IndexLine]:
    """A line for each of these tables.

    Args:
        in_detail: tables whose columns the page shows; of the others a line has the names.
        classes: rows of evidence with `table` and `personal`.
    """
    shown = set(in_detail)
    wrong_by_table = Counter(item.table for item in wrong)
    personal = Counter(row["table"] for row in classes if row["personal"])
    lines = []
    for name in names:
        own = next((s for s in states[name] if not s.column), None)
        comment = own.comment if own else ""
        draft = own.proposed if own and not comment.strip() else ""
        lines.append(
            IndexLine(
                coverage=coverage_of(name, states[name]),
                schema=schema_of(name),
                kind=own.kind if own else "",
                comment=(comment.strip() or draft)[:_MOST_COMMENT],
                is_draft=bool(draft),
                wrong=wrong_by_table[name],
                personal=personal[name],
                more="" if name in shown else _names(states[name]),
            )
        )
    return lines


def _names(states: Sequence[AssetState]) -> str:
    return " ".join(state.column for state in states if state.column)[:_MOST_NAMES]
