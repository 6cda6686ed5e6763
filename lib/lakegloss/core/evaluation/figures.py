"""Computes the figures of evaluated versions, and compares two versions item by item."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from lakegloss.core.assets import AssetKey
from lakegloss.core.statistics.intervals import (
    Conclusion,
    Estimate,
    conclusion_of,
    estimate,
)
from lakegloss.core.statistics.pass_or_fail import PassComparison, compare_passes

_HALF = 0.5
_GUARDS = ("truth", "whole", "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredItem:
    """One written text with its score.

    Attributes:
        key: the asset; of programs of other kinds the group and the id of an example.
        source: who wrote it (`core.records.Source`); '' where nothing was written.
        parts: what the score was made of.
        why: why this score, in words.
        passed: whether it passes, where its metric says; None has the parts of comments decide.
        failure: why the version gave nothing; such an item counts as 0, and is counted apart.
    """

    key: AssetKey
    text: str
    source: str
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    why: str = ""
    passed: bool | None = None
    failure: str = ""

    @property
    def passes(self) -> bool:
        """Whether a reader could tell the column, and nothing in the comment is wrong."""
        if self.passed is not None:
            return self.passed
        told = self.parts.get("identification", 0.0) > _HALF
        return told and all(self.parts.get(name, 1.0) >= 1 for name in _GUARDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the answers of a version cost.

    Attributes:
        input_tokens, output_tokens: of all answers that were read, also of those of earlier runs.
        cost: in dollars; None without a price.
        calls: made now; reused: answers of earlier runs that were read instead of calls.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    calls: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFigures:
    """How good one version is on a data set.

    Attributes:
        label: as it was asked for: `name/3`, `built-in`, `rules`, a file.
        score: the mean over tables, with its interval; `parts` likewise, by name.
        passed: the share of items that pass; written: the share that the version itself wrote.
    """

    label: str
    program: str
    program_version: str
    model: str
    items: Sequence[ScoredItem]
    score: Estimate
    parts: Mapping[str, Estimate]
    passed: float
    written: float
    words: float
    spent: Spent

    @property
    def failures(self) -> Mapping[str, int]:
        """For how many items the version gave nothing, by the reason, commonest first."""
        return dict(Counter(item.failure for item in self.items if item.failure).most_common())

    @property
    def answered(self) -> Estimate:
        """The mean without the items for which it gave nothing."""
        return estimate((item.key.table, item.score) for item in self.items if not item.failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """The mean difference of two versions on one table, first less second."""

    table: str
    difference: float
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionComparison:
    """How a first version compares with a second on the same items."""

    first: str
    second: str
    difference: Estimate
    passes: PassComparison
    by_table: Sequence[TableDifference]

    @property
    def conclusion(self) -> Conclusion:
        return conclusion_of(self.difference)


def figures_of_version(
    items: Sequence[ScoredItem],
    *,
    label: str,
    program: str,
    program_version: str,
    model: str,
    own_source: str,
    spent: Spent,
) -> VersionFigures:
    """Sum the items of a version up.

    Args:
        own_source: the source of what the version itself writes; other texts stood in for it.
    """
    names = sorted({name for item in items for name in item.parts})
    texts = [item.text for item in items if item.text]
    return VersionFigures(
        label=label,
        program=program,
        program_version=program_version,
        model=model,
        items=items,
        score=estimate((item.key.table, item.score) for item in items),
        parts={
            name: estimate(
                (item.key.table, item.parts.get(name, 0.0)) for item in items if not item.failure
            )
            for name in names
        },
        passed=_share([item.passes for item in items]),
        written=_share([item.source == own_source for item in items]),
        words=fmean(len(text.split()) for text in texts) if texts else 0.0,
        spent=spent,
    )


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks) if marks else 0.0


def compare_versions(first: VersionFigures, second: VersionFigures) -> VersionComparison:
    """Pair two versions on the items that both have."""
    theirs = {item.key: item for item in second.items}
    pairs = [(item, theirs[item.key]) for item in first.items if item.key in theirs]
    by_table: defaultdict[str, list[float]] = defaultdict(list)
    for mine, other in pairs:
        by_table[mine.key.table].append(mine.score - other.score)
    differences = [
        TableDifference(table=table, difference=fmean(values), items=len(values))
        for table, values in by_table.items()
    ]
    return VersionComparison(
        first=first.label,
        second=second.label,
        difference=estimate((mine.key.table, mine.score - other.score) for mine, other in pairs),
        passes=compare_passes((mine.passes, other.passes) for mine, other in pairs),
        by_table=sorted(differences, key=lambda d: (d.difference, d.table)),
    )
