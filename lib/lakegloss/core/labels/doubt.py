"""Chooses which columns a model is asked about: those whose names and values leave doubt."""

from collections.abc import Mapping

from lakegloss.core.data_types import is_text
from lakegloss.core.evidence import Evidence
from lakegloss.core.labels.by_rules import LabelFacts, classes_of, top_columns
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.personal.columns import DIRECT
from lakegloss.core.values.semantics import SemanticType

MOST_DOUBTS = 12
"""The most columns of one table that a model is asked about."""
_UNKNOWN = ("", SemanticType.FREE_TEXT.value)
"""Kinds of values of which no form says what they are."""
_LONG = 25.0
_VARIED = 0.3


def doubtful_columns(facts: LabelFacts, scheme: LabelScheme) -> list[str]:
    """The columns without a class that may hold personal data, in the order of the table.

    They are texts in which single values look personal (the evidence had to mask some), and in
    tables about people free texts and columns of many different words. A class that the rules
    found is never put in question.
    """
    if not (scheme.group_tag or scheme.class_tag):
        return []
    known = classes_of(facts, scheme)
    about_people = any(one.personal in DIRECT for one in known.values())
    doubts = [
        column
        for column in top_columns(facts.table)
        if column not in known and _is_doubtful(facts.evidence, column, about_people=about_people)
    ]
    return doubts[:MOST_DOUBTS]


def _is_doubtful(evidence: Mapping[str, Evidence], column: str, *, about_people: bool) -> bool:
    one = evidence.get(column)
    if one is None or not one.rows_read or one.null_share >= 1:
        return False
    is_key = one.key_role in ("primary", "foreign") or bool(one.reference)
    if not is_text(one.data_type) or is_key or one.is_code:
        return False
    if one.masked and _has_mixed_shapes(one):
        return True
    varied = one.distinct >= _VARIED * one.rows_read * (1 - one.null_share)
    wordy = (one.mean_length or 0.0) >= _LONG
    return about_people and one.semantic in _UNKNOWN and varied and (wordy or not one.key_role)


def _has_mixed_shapes(evidence: Evidence) -> bool:
    """Whether only some values are withheld: under a policy that hides all, that tells nothing."""
    return len(evidence.frequent) > 1 and evidence.semantic in _UNKNOWN
