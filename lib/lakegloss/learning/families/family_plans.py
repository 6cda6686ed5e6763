"""Says how each family is optimised: what is measured, and by which optimiser it is searched."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lakegloss.errors import InputError
from lakegloss.programs.families import FAMILIES, PromptFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPlan:
    """How a family is optimised.

    Attributes:
        metric: the name of the metric that decides.
        optimizer: for a family whose answers are right or wrong, its own good answers teach best;
            where texts are compared, people's examples do.
    """

    metric: str
    optimizer: str = "bootstrap"


FAMILY_PLANS: Mapping[PromptFamily, FamilyPlan] = MappingProxyType(
    {
        PromptFamily.ENTITY_EXTRACTION: FamilyPlan(metric="entity_f1"),
        PromptFamily.SUMMARIZATION: FamilyPlan(metric="rouge", optimizer="labeled"),
        PromptFamily.QUERY_PROCESSING: FamilyPlan(metric="field_match"),
        PromptFamily.DOCUMENT_ANALYSIS: FamilyPlan(metric="field_match"),
        PromptFamily.RELATIONSHIP_EXTRACTION: FamilyPlan(metric="relationship_f1"),
        PromptFamily.ANSWER_GENERATION: FamilyPlan(metric="field_match"),
        PromptFamily.CONTEXT_COMPRESSION: FamilyPlan(metric="rouge", optimizer="labeled"),
        PromptFamily.QUESTION_REFORMULATION: FamilyPlan(metric="field_match", optimizer="labeled"),
    }
)


def family_named(family: PromptFamily | str) -> PromptFamily:
    """The family of a name, also of its signature's.

    Raises:
        InputError: there is none.
    """
    for known, signature in FAMILIES.items():
        if family in {known, known.value, known.name, signature.__name__}:
            return known
    raise InputError(
        f"There is no family {str(family)[:60]!r}.",
        remedy=f"Known are: {', '.join(one.value for one in PromptFamily)}.",
    )


def names_of(family: PromptFamily) -> tuple[str, str]:
    """The names that a family's program goes by: the signature's, and the family's."""
    signature: Any = FAMILIES[family]
    return signature.__name__, family.value
