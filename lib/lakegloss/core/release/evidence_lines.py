"""Computes how the evidence of a rollout rose and fell, item by item; for people to see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakegloss.core.release.guard import AccountKey, GuardItem, GuardRules, ItemKind
from lakegloss.core.release.guard_evidence import failing_along, not_worse_along, worse_along


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLines:
    """The evidence of an account after each difference, and after each answer, as it was read."""

    worse: Sequence[float] = ()
    not_worse: Sequence[float] = ()
    failing: Sequence[float] = ()


def evidence_lines(key: AccountKey, items: Sequence[GuardItem], rules: GuardRules) -> EvidenceLines:
    """What `decide` saw after each row of an account.

    Args:
        items: rows of this account alone.
    """
    read = _values(ItemKind.DIFFERENCE, items)
    answers = [value > 0 for value in _values(ItemKind.FAILURE, items)]
    most = min(rules.cap, key.population or rules.cap)
    return EvidenceLines(
        worse=worse_along(read, bound=key.bound, population=key.population),
        not_worse=not_worse_along(read[:most], margin=rules.margin, population=key.population),
        failing=failing_along(answers, limit=rules.failure_limit),
    )


def _values(kind: ItemKind, items: Iterable[GuardItem]) -> list[float]:
    """The values of a kind in the order in which they were read, each item once."""
    first: dict[str, float] = {}
    for item in sorted(items, key=lambda i: (i.look, i.place, i.item_id, i.value)):
        if item.kind == kind.value:
            first.setdefault(item.item_id, item.value)
    return list(first.values())
