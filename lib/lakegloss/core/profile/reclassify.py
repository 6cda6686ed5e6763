"""Classifies evidence by what it holds, where the data themselves are not read again."""

from collections.abc import Sequence
from dataclasses import replace

from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name
from lakegloss.core.personal.privacy import looks_personal, personal_class
from lakegloss.core.values.semantics import share_of

_MOST_PERSONAL = 0.2
"""The share of values that may look personal by chance, as codes do that pass a check digit."""


def class_shown(evidence: Evidence, siblings: Sequence[str]) -> str:
    """Find the class of personal data that name, type and the values in the evidence show, or ''.

    Args:
        siblings: the names of the table's other columns.
    """
    return personal_class(
        evidence.column,
        evidence.data_type,
        _values(evidence),
        table=evidence.table,
        siblings=siblings,
    )


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
    names = [own_name(evidence.column) for evidence in table]
    return [
        _reclassified(evidence, names[:place] + names[place + 1 :])
        for place, evidence in enumerate(table)
    ]


def _reclassified(evidence: Evidence, siblings: Sequence[str]) -> Evidence:
    personal = evidence.personal or class_shown(evidence, siblings)
    hashed = may_be_hashed(personal, _values(evidence))
    return replace(evidence, personal=personal, sketch=evidence.sketch if hashed else b"")


def _values(evidence: Evidence) -> list[str]:
    values = (evidence.minimum, evidence.maximum, *(f.value for f in evidence.frequent))
    return [value for value in values if value]
