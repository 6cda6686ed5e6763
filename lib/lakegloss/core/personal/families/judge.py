"""Asks the rules of families about a column that nothing else has explained."""

from lakegloss.core.personal.classify import PersonalColumn
from lakegloss.core.personal.columns import is_harmless
from lakegloss.core.personal.families import facts, numbers
from lakegloss.core.personal.families.rules import FamilyRules

_RULES = FamilyRules(facts.RULES, numbers.RULES)


def class_by_family(column: PersonalColumn) -> str:
    """Find the class by words that tell enough only together, or ''."""
    if not column.values or is_harmless(column.words):
        return ""
    for words in column.readings:
        kind = _RULES.class_of(words, column.family, column.values, column.context)
        if kind:
            return kind
    return ""
