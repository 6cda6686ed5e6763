"""Stamps evidence with what it was stored under, and lets through what may be shown now.

A stamp is the ledger's column `policy`: the policy for values, the size of the sample, who else
looked for personal data, and the version of the rules that did (`masked/100000/classifier=1`).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from lakegloss.core.evidence import Evidence
from lakegloss.core.personal.privacy import withhold
from lakegloss.core.personal.version import CLASSIFIER_VERSION
from lakegloss.core.profile.reclassify import reclassified
from lakegloss.settings_views import ProfileSettings

_VERSION = "/classifier="


def stamp_of(profile: ProfileSettings) -> str:
    """The stamp of evidence that is stored now."""
    found_by = "" if profile.personal == "builtin" else f"/{profile.personal}"
    policy = f"{profile.values}/{profile.sample_rows}{found_by}"
    return f"{policy}{_VERSION}{CLASSIFIER_VERSION}"


def is_under(stamp: str, profile: ProfileSettings) -> bool:
    """Whether evidence was stored under these settings, whatever the version of the rules."""
    return stamp.partition(_VERSION)[0] == stamp_of(profile).partition(_VERSION)[0]


def is_of_older_rules(stamp: str) -> bool:
    """Whether older rules looked for personal data. Newer ones, of another run, are as good."""
    version = stamp.partition(_VERSION)[2]
    return not version.isdecimal() or int(version) < CLASSIFIER_VERSION


def allowed(stored: Iterable[tuple[Evidence, str]], values: str) -> Iterator[Evidence]:
    """Let through what the policy for values and the rules for personal data allow today.

    Args:
        stored: the evidence of all columns of some tables, with its stamps.
        values: today's policy.
    """
    for _, group in groupby(sorted(stored, key=_table), key=_table):
        table = list(group)
        seen = [evidence for evidence, _ in table]
        older = [is_of_older_rules(stamp) for _, stamp in table]
        anew = reclassified(seen) if any(older) else seen
        for evidence, known, is_older in zip(anew, seen, older, strict=True):
            yield withhold(evidence if is_older else known, values)


def _table(stored: tuple[Evidence, str]) -> str:
    return stored[0].table
