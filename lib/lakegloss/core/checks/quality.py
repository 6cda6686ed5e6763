"""Rates an existing comment, as far as that is possible without understanding it.

The score ranks the comments of a lake, the worst first. It is accepted by a test
(`tests/unit/core/checks/test_quality_ranking.py`): people's comments rank above spoilt copies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.claims import contradiction_of_table
from lakegloss.core.checks.comment import Check, check_comment
from lakegloss.core.checks.telling import NO_GLOSSARY, Telling, telling
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics.against import against_evidence
from lakegloss.core.words.meaning.senses import Glossary

MISSING, THIN, VAGUE, SIBLING = "missing", "thin", "vague", "sibling"
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
_THIN_COST = 0.1
_IF_WRONG = 0.3
"""What a contradiction leaves beyond its cost: a false comment is worse than an empty phrase."""
_LEAST_WORDS = 1.0
"""Fewer words that tell something are an echo of the name, or say nothing of it."""
_ANOTHER, _OPEN = 0.2, 0.5
"""Fits: up to the first the text speaks of another column, at the second nothing can be told."""
_NONE = Telling(substance=0.0, words=0.0, fit=0.0)
_REVISION = 2
"""Raise it where a rule that rates texts changes, not only a cost."""
VERSION = sha256(
    repr((_REVISION, sorted((name.value, cost) for name, cost in _COST.items()))).encode()
).hexdigest()[:8]
"""Another one where scores mean something else: figures of two versions are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is wrong with a comment; `column` is '' for the table's own.

    Attributes:
        score: near 1 where nothing is wrong, 0 where there is no comment or it must not stay.
        problems: `missing`; names of `core.checks.comment.Check`, worst first; `vague` (it tells
            nothing that the names do not), `sibling` (it fits another column better), `thin`.
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
    siblings: Mapping[str, Evidence] | None = None,
    glossary: Glossary = NO_GLOSSARY,
) -> Quality:
    """Rate the present comment of a table (column is None) or a column.

    The checks are those of new comments: form, safety, and what the evidence contradicts. Beyond
    them it counts what the text tells that the names do not, and whether it tells it of this column
    or could as well be about one beside it. Whether it is true they cannot tell.

    Args:
        limit: the most characters; thin_words: a comment of fewer words is thin.
        siblings: evidence of the table's columns by path, for its own comment.
        glossary: what people said that words of the table's names mean.
    """
    name = column.path if column else ""
    text = (column.comment if column else table.comment).strip()
    if not text:
        return Quality(column=name, score=0.0, problems=(MISSING,))
    checked = check_comment(
        text, table=table, column=column, evidence=evidence, limit=limit, style=style
    )
    failures = list(checked.failures)
    if Check.CONTRADICTION not in failures and _is_wrong(text, table, column, evidence, siblings):
        failures.append(Check.CONTRADICTION)
    told = _NONE
    if Check.EMPTY not in failures:
        told = telling(text, table, column, evidence, glossary=glossary)
    problems = [*failures, *_weaknesses(told, failures)]
    if len(text.split()) < thin_words:
        problems.append(THIN)
    # An echo is rated by its substance, so that it is not counted twice.
    cost = cost_of_failures(f for f in failures if f != Check.ECHO)
    rated = told.substance * _share_of_fit(told.fit) * max(0.0, 1.0 - cost)
    rated *= _IF_WRONG if Check.CONTRADICTION in failures else 1.0
    score = rated * (1 - _THIN_COST if THIN in problems else 1.0)
    return Quality(column=name, score=round(score, 2), problems=tuple(map(str, problems)))


def _is_wrong(
    text: str,
    table: Table,
    column: Column | None,
    evidence: Evidence | None,
    siblings: Mapping[str, Evidence] | None,
) -> bool:
    if column is None:
        return bool(contradiction_of_table(text, siblings or {}))
    return bool(against_evidence(AssetKey(table.name, column.path), text, evidence))


def _weaknesses(told: Telling, failures: Iterable[str]) -> Iterable[str]:
    if told.words < _LEAST_WORDS and not {Check.ECHO, Check.EMPTY} & set(failures):
        yield VAGUE
    if told.fit <= _ANOTHER:
        yield SIBLING


def _share_of_fit(fit: float) -> float:
    """What a fit leaves of a score: all where it is clear, most where nothing can be told."""
    return min(1.0, 0.1 + 1.6 * fit)


def score_of_checks(failures: Iterable[str]) -> float:
    """The score, 0 to 1, of a text that failed these checks; names of other versions cost all."""
    known = {check.value for check in Check}
    return max(0.0, 1.0 - sum(cost_of_failures([f]) if f in known else 1.0 for f in failures))


def cost_of_failures(failures: Iterable[str]) -> float:
    """What share of a comment's score failed checks take; it may exceed 1.

    Args:
        failures: names of `core.checks.comment.Check`. A check that no comment in a catalog fails
            has no cost: what a text of the rules tells is rated by itself.
    """
    return sum(_COST.get(Check(failure), 0.0) for failure in failures)
