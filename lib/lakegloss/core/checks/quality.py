"""Rates an existing comment, as far as that is possible without understanding it."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.comment import Check, check_comment
from lakegloss.core.evidence import Evidence

MISSING, THIN = "missing", "thin"
_COST = {
    Check.UNSAFE: 1.0,
    Check.PERSONAL_VALUE: 1.0,
    Check.EMPTY: 1.0,
    Check.DEBRIS: 0.8,
    Check.CONTRADICTION: 0.6,
    Check.ECHO: 0.6,
    Check.UNRELATED: 0.6,
    Check.INVENTED_NAME: 0.4,
    Check.LITERAL_VALUE: 0.3,
    Check.TOO_LONG: 0.2,
}
_THIN_COST = 0.3
VERSION = sha256(
    repr(sorted((name.value, cost) for name, cost in _COST.items())).encode()
).hexdigest()[:8]
"""Another one where scores mean something else: figures of two versions are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is wrong with a comment; `column` is '' for the table's own.

    Attributes:
        score: 1 where nothing is wrong, 0 where there is no comment or it must not stay.
        problems: `missing`, `thin`, and names of `core.checks.comment.Check`, worst first.
    """

    column: str
    score: float
    problems: tuple[str, ...] = ()


def quality_of(
    table: Table,
    column: Column | None,
    evidence: Evidence | None,
    *,
    limit: int,
    thin_words: int,
    style: str = "detailed",
) -> Quality:
    """Rate the present comment of a table (column is None) or a column.

    The checks are those of new comments: form, safety, and what the evidence contradicts. Whether
    the comment is true or helpful beyond that they cannot tell.

    Args:
        limit: the most characters; thin_words: a comment of fewer words is thin.
    """
    name = column.path if column else ""
    text = (column.comment if column else table.comment).strip()
    if not text:
        return Quality(column=name, score=0.0, problems=(MISSING,))
    checked = check_comment(
        text, table=table, column=column, evidence=evidence, limit=limit, style=style
    )
    cost = cost_of_failures(checked.failures)
    problems = checked.failures
    if len(text.split()) < thin_words:
        cost, problems = cost + _THIN_COST, (*problems, THIN)
    return Quality(column=name, score=round(max(0.0, 1.0 - cost), 2), problems=problems)


def score_of_checks(failures: Iterable[str]) -> float:
    """The score, 0 to 1, of a text that failed these checks; names of other versions cost all."""
    known = {check.value for check in Check}
    return max(0.0, 1.0 - sum(cost_of_failures([f]) if f in known else 1.0 for f in failures))


def cost_of_failures(failures: Iterable[str]) -> float:
    """What share of a comment's score failed checks take; it may exceed 1.

    Args:
        failures: names of `core.checks.comment.Check`.
    """
    return sum(_COST[Check(failure)] for failure in failures)
