"""Scores the comments of a request against those that people wrote, with the checks of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics.comment_metric import CommentMetric
from lakegloss.core.metrics.scores import MetricScore
from lakegloss.settings_views import DraftingSettings

_LONGEST_WHY = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedComments:
    """What one request asks: its assets by id, with what is known of them."""

    table: Table
    evidence: Mapping[str, Evidence]
    columns: Mapping[str, str]


def mark_of(example: Any) -> str:
    """What tells an example's request from others."""
    return "\n".join(example.tables)


class RequestScoring:
    """Scores the comments of a request against those that people wrote."""

    def __init__(
        self, asked: Mapping[str, AskedComments], metric: CommentMetric, settings: DraftingSettings
    ) -> None:
        self._asked = asked
        self._metric = metric
        self._settings = settings

    def score(self, example: Any, prediction: Any) -> MetricScore:
        """The mean over the request's comments; one that is missing counts 0."""
        about = self._asked[mark_of(example)]
        texts = {one.id: one.text for one in prediction.comments}
        found = {
            id_: self._one(about, column, texts.get(id_, ""))
            for id_, column in about.columns.items()
        }
        scores = [one.score for one in found.values()]
        why = " ".join(f"{id_}: {one.why}" for id_, one in found.items() if one.why)
        return MetricScore(score=sum(scores) / len(scores), why=why[:_LONGEST_WHY])

    def _one(self, about: AskedComments, path: str, text: str) -> MetricScore:
        settings = self._settings
        evidence = about.evidence.get(path)
        checked = check_comment(
            text,
            table=about.table,
            column=next((c for c in about.table.columns if c.path == path), None),
            evidence=evidence,
            style=settings.style,
            limit=settings.max_column_comment if path else settings.max_table_comment,
            siblings=() if path else tuple(about.evidence.values()),
        )
        key = AssetKey(about.table.name, path)
        return self._metric.score(key, text, evidence=evidence, failures=checked.failures)
