"""The rows of a review file: their columns, and how they are made and read.

Three shapes are read: lakegloss' own, and of dbxmetagen its review files and its override files.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lakegloss.core.assets import AssetKey
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.text.terminal import shorten

DECISIONS = ("accept", "edit", "reject")
EDITABLE = ("decision", "text")
MARKS = ("proposal_id", "text_hash", "comment_hash", "decision_id")
COLUMNS = (
    "table", "column", *EDITABLE, "comment", "status", "source", "checks", "reason", "type",
    "nulls", "distinct", "frequent", "semantic", "personal", "reference", "decided", *MARKS,
)  # fmt: skip
_NEEDED = {"table", "column", "decision", "text", "proposal_id", "text_hash", "comment_hash"}
_READ = ("table", "column", *EDITABLE, *MARKS)
_VALUE = 40
_VALUES = 5


class Shape(StrEnum):
    """What kind of review file it is."""

    OWN = "lakegloss"
    REVIEW = "dbxmetagen review"
    OVERRIDE = "dbxmetagen override"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One row as it stands in the file: cells by column name in lower case.

    Attributes:
        number: as a spreadsheet counts, the header is 1.
        formulas: the columns whose cell holds a formula.
        problem: why the row cannot be read; '' where it can.
    """

    number: int
    cells: Mapping[str, str]
    formulas: frozenset[str] = frozenset()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One asset for review: its newest proposal, the catalog's comment now, what the data shows."""

    key: AssetKey
    proposal_id: str
    text: str
    comment: str
    data_type: str = ""
    status: str = ""
    source: str = ""
    checks: tuple[str, ...] = ()
    reason: str = ""
    decided: str = ""
    decision_id: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """What a row of a review file asks for.

    Attributes:
        proposal_id: '' in files of others, which name assets only.
        text_hash, comment_hash, decision_id: of the text, of the catalog's comment and the newest
            decision at the time of the export.
    """

    line: int
    key: AssetKey
    text: str
    decision: str = ""
    proposal_id: str = ""
    text_hash: str = ""
    comment_hash: str = ""
    decision_id: str = ""

    @property
    def own(self) -> bool:
        """Whether it is of a file that lakegloss exported."""
        return bool(self.text_hash)


def mark(text: str) -> str:
    """How a text is recognised as the one that was exported."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]


def cells_of(item: Item) -> tuple[str, ...]:
    """The cells of one row, in the order of COLUMNS."""
    seen = item.evidence
    values = {
        "table": item.key.table,
        "column": item.key.column,
        "decision": "",
        "text": item.text,
        "comment": item.comment,
        "status": item.status.replace("_", " "),
        "source": item.source,
        "checks": ", ".join(item.checks),
        "reason": item.reason,
        "type": item.data_type,
        "nulls": f"{seen.null_share:.1%}" if seen and seen.rows_read else "",
        "distinct": _distinct(seen) if seen else "",
        "frequent": _frequent(seen.frequent or seen.shapes) if seen else "",
        "semantic": seen.semantic if seen else "",
        "personal": seen.personal if seen else "",
        "reference": seen.reference if seen else "",
        "decided": item.decided,
        "proposal_id": item.proposal_id,
        "text_hash": mark(item.text),
        "comment_hash": mark(item.comment),
        "decision_id": item.decision_id,
    }
    return tuple(to_cell(values[name]) for name in COLUMNS)


def _distinct(seen: Evidence) -> str:
    if seen.sampled:
        return f"{seen.distinct:,} in a sample of {seen.rows_read:,} rows"
    return f"{'' if seen.distinct_exact else 'about '}{seen.distinct:,}" if seen.rows_read else ""


def _frequent(values: Sequence[Frequent]) -> str:
    return "; ".join(f"{shorten(v.value, _VALUE)} ({v.share:.0%})" for v in values[:_VALUES])


def shape_of_header(names: Iterable[str]) -> Shape | None:
    """What kind of file has these columns; None where none has."""
    there = set(names)
    if there >= _NEEDED:
        return Shape.OWN
    if there >= {"column_name", "column_content"} and _names_table(there):
        return Shape.REVIEW
    if "column" in there and ("comment" in there or {"override_type", "override_value"} <= there):
        return Shape.OVERRIDE
    return None


def _names_table(there: set[str]) -> bool:
    return "table" in there or {"schema", "table_name"} <= there


def missing_columns(names: Iterable[str]) -> list[str]:
    """Of lakegloss' own columns that an import needs, those that are not there."""
    return sorted(_NEEDED - set(names))


def own_row(line: FileLine) -> ReviewRow:
    """Read a row of lakegloss' own files; `merge.own_rows` tells whether it is whole."""
    cell = {name: from_cell(line.cells.get(name, "")) for name in _READ}
    return ReviewRow(
        line=line.number,
        key=AssetKey(cell["table"], cell["column"]),
        text=cell["text"],
        decision=cell["decision"].strip().casefold(),
        proposal_id=cell["proposal_id"].strip(),
        text_hash=cell["text_hash"].strip(),
        comment_hash=cell["comment_hash"].strip(),
        decision_id=cell["decision_id"].strip(),
    )
