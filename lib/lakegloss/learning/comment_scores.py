"""Scores the comments of versions: against what people wrote, or by what the data show."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.evaluation.figures import ScoredItem, VersionFigures, figures_of_version
from lakegloss.core.evaluation.judging import JudgedPair
from lakegloss.core.evaluation.references import HeldOutTable, hold_out, references_of
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics import comment_metric, profile_metric
from lakegloss.core.metrics.comment_metric import CommentMetric
from lakegloss.core.metrics.profile_metric import ProfileMetric
from lakegloss.core.metrics.scores import MetricScore
from lakegloss.core.plan.cards import column_text, table_text
from lakegloss.learning.answering import EvaluatedVersion, Written
from lakegloss.settings_views import DraftingSettings

METRICS_OF_COMMENTS: Mapping[str, str] = {
    comment_metric.NAME: comment_metric.VERSION,
    profile_metric.NAME: profile_metric.VERSION,
}
"""The metrics of comments, each with its version."""
_Scored = Callable[[AssetKey, str, Evidence | None, Sequence[str]], MetricScore]


class _HasReferences(Protocol):
    def reference(self, key: AssetKey) -> str:
        """What a person wrote."""

    def evidence(self, key: AssetKey) -> str:
        """What the model was told."""


def scorable(metric: str, tables: Sequence[HeldOutTable]) -> list[HeldOutTable]:
    """The tables with what a metric can score: profiles are of columns, never of tables."""
    if metric == comment_metric.NAME:
        return list(tables)
    kept = [
        hold_out(t.table, t.evidence, {p: x for p, x in t.references.items() if p in t.evidence})
        for t in tables
    ]
    return [table for table in kept if table.references]


class CommentScoring:
    """Scores comments of held-out tables by one metric of `METRICS_OF_COMMENTS`."""

    def __init__(
        self, metric: str, tables: Sequence[HeldOutTable], settings: DraftingSettings
    ) -> None:
        self._tables = tables
        self._settings = settings
        self._against_people = metric == comment_metric.NAME
        if self._against_people:
            self._comments = CommentMetric(references_of(tables))
        else:
            evidence = {
                AssetKey(held.table.name, path): seen
                for held in tables
                for path, seen in held.evidence.items()
            }
            self._profiles = ProfileMetric(evidence)

    def figures(self, version: EvaluatedVersion, written: Written, *, model: str) -> VersionFigures:
        """The figures of what a version wrote."""
        score = self._scorer(written)
        return figures_of_version(
            [
                self._scored(table, path, written, score)
                for table in self._tables
                for path in table.references
            ],
            label=version.label,
            program=version.name,
            program_version=version.version,
            model=model,
            own_source=version.source.value,
            spent=written.spent,
        )

    def _scorer(self, written: Written) -> _Scored:
        if not self._against_people:
            return lambda key, text, _, failed: self._profiles.score(key, text, failures=failed)
        metric = self._comments.among((key, draft.text) for key, draft in written.drafts.items())
        return lambda key, text, evidence, failed: metric.score(
            key, text, evidence=evidence, failures=failed
        )

    def _scored(
        self, held: HeldOutTable, path: str, written: Written, score: _Scored
    ) -> ScoredItem:
        key, settings = AssetKey(held.table.name, path), self._settings
        draft = written.drafts.get(key)
        if draft is None or not draft.text:
            why = (draft.reason if draft else "") or "Nothing was written."
            return ScoredItem(key=key, text="", source="", score=0.0, why=why)
        evidence = held.evidence.get(path)
        checked = check_comment(
            draft.text, table=held.table, column=_column(held, path), evidence=evidence,
            style=settings.style,
            limit=settings.max_column_comment if path else settings.max_table_comment,
            siblings=() if path else tuple(held.evidence.values()),
        )  # fmt: skip
        found = score(key, draft.text, evidence, checked.failures)
        return ScoredItem(
            key=key, text=draft.text, source=draft.source.value, score=found.score,
            parts=found.parts, why=found.why,
        )  # fmt: skip


def _column(held: HeldOutTable, path: str) -> Column | None:
    return next((c for c in held.table.columns if c.path == path), None)


def evidence_text(held: HeldOutTable, path: str) -> str:
    """What the model was told of an asset, without the hidden comment."""
    column = _column(held, path)
    if column is None:
        return table_text(held.table, held.evidence)
    return column_text(column, held.evidence.get(path))


def comment_pairs(
    report: _HasReferences, first: VersionFigures, second: VersionFigures
) -> list[JudgedPair]:
    """The comments of two versions on the same assets, for a judge."""
    theirs = {item.key: item.text for item in second.items}
    return [
        JudgedPair(
            key=item.key,
            task=f"The comment of {_about(item.key)}. The data: {report.evidence(item.key)}",
            reference=report.reference(item.key),
            first=item.text,
            second=theirs[item.key],
        )
        for item in first.items
        if item.key in theirs
    ]


def _about(key: AssetKey) -> str:
    return (
        f"the column {key.column} of the table {key.table}"
        if key.column
        else (f"the table {key.table}")
    )
