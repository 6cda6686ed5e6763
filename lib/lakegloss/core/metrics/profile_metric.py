"""Scores comments where nobody wrote a reference: by the checks, and by their columns' profiles.

A profile is what the data shows of a column, in words. A comment should be nearer to the profile of
its own column than to those of the others; that sees comments that are about nothing, or about a
neighbour, and cannot tell a good comment from a fair one.
"""

import math
from collections.abc import Iterable, Mapping

from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.quality import cost_of_failures
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics.against import against_evidence
from lakegloss.core.metrics.density import brevity, is_cut_off
from lakegloss.core.metrics.identification import Identification
from lakegloss.core.metrics.scores import MetricScore
from lakegloss.core.names import own_name
from lakegloss.core.words.lexicon import expand, words_of
from lakegloss.core.words.units import split_unit

NAME = "comment_by_profile"
VERSION = "2"
"""Changes with the meaning of the score: scores of two versions are never compared."""
_WRONG, _CUT_OFF = 0.2, 0.3


class ProfileMetric:
    """Scores comments against the profiles of their columns.

    Args:
        evidence: by column, of all tables that are scored.
    """

    name, version = NAME, VERSION

    def __init__(self, evidence: Mapping[AssetKey, Evidence]) -> None:
        self._evidence = evidence
        self._profiles = {key: profile_text(seen) for key, seen in evidence.items()}
        self._identification = Identification(self._profiles)

    def score(self, key: AssetKey, text: str, *, failures: Iterable[str] = ()) -> MetricScore:
        """Score one comment; a missing one gets 0.

        Args:
            failures: the checks that it failed (`core.checks.comment.Check`).

        Raises:
            KeyError: there is no evidence of that column.
        """
        if not text.strip():
            return MetricScore(score=0.0, why="There is no comment.")
        identified = self._identification.identify(key, text)
        wrong, failed = against_evidence(key, text, self._evidence[key]), tuple(failures)
        parts = {
            "identification": identified.share,
            "checks": max(0.0, 1 - cost_of_failures(failed)),
            "truth": _WRONG if wrong else 1.0,
            "whole": _CUT_OFF if is_cut_off(text) else 1.0,
            "brevity": brevity(text, ""),
        }
        guards = math.prod(share for name, share in parts.items() if name != "identification")
        why = [f"Wrong: {'; '.join(wrong)}."] if wrong else []
        why += [f"It failed checks: {', '.join(failed)}."] if failed else []
        if identified.mistaken_for is not None:
            why.append(f"It fits the data of {identified.mistaken_for} as well.")
        score = math.sqrt(identified.share) * guards
        return MetricScore(score=score, parts=parts, why=" ".join(why))


def profile_text(evidence: Evidence) -> str:
    """What the data shows of a column, in words that a comment may have, too.

    Values are in it only as codes, which comments may quote, too.
    """
    words = words_of(own_name(evidence.column))
    facts = [
        expand(own_name(evidence.column)),
        split_unit(words)[1],
        evidence.semantic.replace("_", " "),
        evidence.personal.replace("_", " "),
        {"primary": "primary key unique identifier", "unique": "unique"}.get(evidence.key_role, ""),
        f"refers to {evidence.reference.replace('.', ' ')}" if evidence.reference else "",
        " ".join(f.value for f in evidence.frequent) if evidence.is_code else "",
        evidence.data_type if "<" not in evidence.data_type else "",
        "often empty null" if evidence.null_share >= 0.5 else "",
    ]
    return ". ".join(fact for fact in facts if fact)
