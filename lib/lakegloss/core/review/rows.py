"""Defines the rows of a review file: their columns, and how they are made and read.

Four shapes of files can be read: lakegloss' own, and dbxmetagen's review files of comments and of
tags, and its override files.
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
_LABELS = {"classification", "domain"}
_READ = ("table", "column", *EDITABLE, *MARKS)
_VALUE = 40
_VALUES = 5


class Shape(StrEnum):
    """The kind of a review file."""

    OWN = "lakegloss"
    REVIEW = "dbxmetagen review"
    OVERRIDE = "dbxmetagen override"
    DESCRIBED = "descriptions of another tool"
    LABELS = "dbxmetagen review of tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One row as it stands in the file: cells by column name in lower case.

    Attributes:
        number: counted as in a spreadsheet, where the header is 1.
        formulas: the columns whose cell holds a formula.
        problem: why the row cannot be read; '' where it can.
    """

    number: int
    cells: Mapping[str, str]
    formulas: frozenset[str] = frozenset()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One asset for review: its newest proposal, its comment in the catalog, its evidence."""

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
        text_hash, comment_hash, decision_id: the text, the catalog's comment and the newest
            decision at the time of the export, as marks or id.
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
        """Whether lakegloss exported the row's file."""
        return bool(self.text_hash)


def mark(text: str) -> str:
    """Hash a text, to recognise later that it is the exported one."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]


def cells_of(item: Item) -> tuple[str, ...]:
    """Write the cells of one row, in the order of COLUMNS."""
    evidence = item.evidence
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
        "nulls": f"{evidence.null_share:.1%}" if evidence and evidence.rows_read else "",
        "distinct": _distinct(evidence) if evidence else "",
        "frequent": _frequent(evidence.frequent or evidence.shapes) if evidence else "",
        "semantic": evidence.semantic if evidence else "",
        "personal": evidence.personal if evidence else "",
        "reference": evidence.reference if evidence else "",
        "decided": item.decided,
        "proposal_id": item.proposal_id,
        "text_hash": mark(item.text),
        "comment_hash": mark(item.comment),
        "decision_id": item.decision_id,
    }
    return tuple(to_cell(values[name]) for name in COLUMNS)


def _distinct(evidence: Evidence) -> str:
    if evidence.sampled:
        return f"{evidence.distinct:,} in a sample of {evidence.rows_read:,} rows"
    return (
        f"{'' if evidence.distinct_exact else 'about '}{evidence.distinct:,}"
        if evidence.rows_read
        else ""
    )


def _frequent(values: Sequence[Frequent]) -> str:
    return "; ".join(f"{shorten(v.value, _VALUE)} ({v.share:.0%})" for v in values[:_VALUES])


def shape_of_header(names: Iterable[str]) -> Shape | None:
    """Tell the kind of a file by its columns; None where no kind has them."""
    columns = set(names)
    if columns >= _NEEDED:
        return Shape.OWN
    if columns >= {"column_name", "column_content"} and _names_table(columns):
        return Shape.REVIEW
    if "column" in columns and (
        "comment" in columns or {"override_type", "override_value"} <= columns
    ):
        return Shape.OVERRIDE
    if "column_name" in columns and _names_table(columns) and _LABELS & columns:
        return Shape.LABELS
    return None


def _names_table(columns: set[str]) -> bool:
    return "table" in columns or {"schema", "table_name"} <= columns


def missing_columns(names: Iterable[str]) -> list[str]:
    """Name the columns that an import of lakegloss' own file needs and that are missing."""
    return sorted(_NEEDED - set(names))


def own_row(line: FileLine) -> ReviewRow:
    """Read a row of lakegloss' own file; `merge.own_rows` checks that it is complete."""
    cells = {name: from_cell(line.cells.get(name, "")) for name in _READ}
    return ReviewRow(
        line=line.number,
        key=AssetKey(cells["table"], cells["column"]),
        text=cells["text"],
        decision=cells["decision"].strip().casefold(),
        proposal_id=cells["proposal_id"].strip(),
        text_hash=cells["text_hash"].strip(),
        comment_hash=cells["comment_hash"].strip(),
        decision_id=cells["decision_id"].strip(),
    )
