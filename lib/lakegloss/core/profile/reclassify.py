"""Classifies evidence by what it holds, where the data themselves are not read again."""

from collections.abc import Sequence
from dataclasses import replace

from lakegloss.core.evidence import Evidence
from lakegloss.core.names import join_path, own_name
from lakegloss.core.personal.privacy import (
    PersonalTable,
    class_of,
    looks_personal,
)
from lakegloss.core.values.semantics import share_of

_MOST_PERSONAL = 0.2
"""The share of values that may look personal by chance, as codes do that pass a check digit."""


def classes_shown(table: Sequence[Evidence], names: Sequence[str] = ()) -> list[str]:
    """Find the classes of personal data that names, types and the values in the evidence show.

    Args:
        table: the evidence of all columns of one table.
        names: of the columns; by default their paths.

    Returns:
        The class of each column, or '' where it is not personal.
    """
    if not table:
        return []
    columns = PersonalTable(table[0].table, names or [evidence.column for evidence in table])
    return [
        class_of(columns.column(place, evidence.data_type, _values(evidence), _rows(evidence)))
        for place, evidence in enumerate(table)
    ]


def _rows(evidence: Evidence) -> int:
    """How many rows hold a value, 0 where more values than these were seen."""
    return round(evidence.rows_read * (1 - evidence.null_share)) if evidence.distinct == 1 else 0


def may_be_hashed(personal: str, examples: Sequence[str]) -> bool:
    """Whether hashes of the values may be kept.

    A reader of the ledger could hash all phone numbers or all dates and compare. So no hashes are
    kept of personal data, nor of a column that holds some.
    """
    return not personal and share_of(examples, looks_personal) < _MOST_PERSONAL


def reclassified(table: Sequence[Evidence]) -> list[Evidence]:
    """Classify the evidence of a table again, by the rules of today.

    A class that is there stays: the values that it rests on may be withheld.

    Args:
        table: the evidence of all columns of one table.
    """
    names = [join_path((own_name(evidence.column),)) for evidence in table]
    return [
        _reclassified(evidence, shown)
        for evidence, shown in zip(table, classes_shown(table, names), strict=True)
    ]


def _reclassified(evidence: Evidence, shown: str) -> Evidence:
    personal = evidence.personal or shown
    hashed = may_be_hashed(personal, _values(evidence))
    return replace(evidence, personal=personal, sketch=evidence.sketch if hashed else b"")


def _values(evidence: Evidence) -> list[str]:
    values = (evidence.minimum, evidence.maximum, *(f.value for f in evidence.frequent))
    return [value for value in values if value]
