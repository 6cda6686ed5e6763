"""Scores comments of columns and tables against those that people wrote.

The composite is the geometric mean of two things, so that neither can stand in for the other:
identification (`identification`) and what the reference tells that the comment tells, too (facts
and rare words). Guards take from it: what is contradicted, a text that is cut off, length without
content, phrases that many comments share, and failed checks. Each part is in the result.

It is accepted by a test (`tests/unit/core/metrics/test_acceptance.py`): it ranks an independent
good text above spoilt ones.
"""

import math
from collections.abc import Iterable, Mapping

from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.quality import cost_of_failures
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics.against import FactComparison, against_evidence, compare_facts
from lakegloss.core.metrics.density import Boilerplate, brevity, is_cut_off
from lakegloss.core.metrics.identification import Identification, Identified
from lakegloss.core.metrics.scores import MetricScore

NAME = "comment"
VERSION = "2"
"""Changes with the meaning of the score: scores of two versions are never compared."""

_CONTRADICTED, _CUT_OFF = 0.2, 0.3
_FLOOR = 0.2
"""A comment in other words than the reference's is not worth nothing."""
_UNKNOWN = 0.5
_SHOWN = 4


class CommentMetric:
    """Scores comments against references.

    Args:
        references: what people wrote, by column ('' for a table).
        boilerplate: phrases that the comments of the scored version share; none by default.
    """

    name, version = NAME, VERSION

    def __init__(
        self, references: Mapping[AssetKey, str], *, boilerplate: Boilerplate | None = None
    ) -> None:
        self._references = references
        self._identification = Identification(references)
        self._boilerplate = boilerplate or Boilerplate()

    def among(self, comments: Iterable[tuple[AssetKey, str]]) -> "CommentMetric":
        """The same metric, which knows the phrases that these comments share."""
        other = object.__new__(CommentMetric)
        other._references = self._references
        other._identification = self._identification
        other._boilerplate = Boilerplate((key.table, text) for key, text in comments)
        return other

    def score(
        self,
        key: AssetKey,
        text: str,
        *,
        evidence: Evidence | None = None,
        failures: Iterable[str] = (),
    ) -> MetricScore:
        """Score one comment; a missing one gets 0.

        Args:
            failures: the checks that it failed (`core.checks.comment.Check`).

        Raises:
            KeyError: there is no reference of that column.
        """
        reference = self._references[key]
        if not text.strip():
            return MetricScore(score=0.0, parts={"identification": 0.0}, why="There is no comment.")
        identified = self._identification.identify(key, text)
        facts = compare_facts(text, reference)
        covered, missing = self._identification.coverage(key, text)
        contradicted = (*facts.contradicted, *against_evidence(key, text, evidence))
        failed = tuple(failures)
        guards = {
            "truth": _CONTRADICTED if contradicted else 1.0,
            "whole": _CUT_OFF if is_cut_off(text) else 1.0,
            "brevity": brevity(text, reference),
            "own_words": 1 - self._boilerplate.share(text),
            "checks": max(0.0, 1 - cost_of_failures(failed)),
        }
        parts = {"identification": identified.share, "facts": _facts(facts, covered), **guards}
        score = math.sqrt(parts["identification"] * parts["facts"]) * math.prod(guards.values())
        why = [*_why(identified, facts, missing), *_guarded(guards, contradicted, failed)]
        return MetricScore(score=score, parts=parts, why=" ".join(why))


def _facts(facts: FactComparison, covered: float | None) -> float:
    shares = [share for share in (facts.share, covered) if share is not None]
    told = sum(shares) / len(shares) if shares else _UNKNOWN
    return _FLOOR + (1 - _FLOOR) * told


def _why(identified: Identified, facts: FactComparison, missing: tuple[str, ...]) -> Iterable[str]:
    if identified.mistaken_for is not None:
        yield f"It could as well be about {identified.mistaken_for}."
    elif identified.share < _UNKNOWN:
        yield "Beyond the names it says nothing of what people say."
    if facts.missing:
        left_out = ", ".join(
            f"{fact.kind} {fact.about or fact.value}" for fact in facts.missing[:_SHOWN]
        )
        yield f"It leaves out: {left_out}."
    elif missing:
        yield f"People also speak of: {', '.join(missing[:_SHOWN])}."


def _guarded(
    guards: Mapping[str, float], contradicted: tuple[str, ...], failed: tuple[str, ...]
) -> Iterable[str]:
    if contradicted:
        yield f"Wrong: {'; '.join(contradicted)}."
    if guards["whole"] < 1:
        yield "It is cut off."
    if guards["brevity"] < 1:
        yield "It is long for what it says."
    if guards["own_words"] < 1:
        yield "It has phrases that many comments share."
    if failed:
        yield f"It failed checks: {', '.join(failed)}."
