"""Defines what an evaluation of a program found: figures by metric, failures, comparisons."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.figures import VersionComparison, VersionFigures
from lakegloss.core.evaluation.judging import JudgeFindings
from lakegloss.learning.program_evaluation.example_rows import ExampleRow

_PARTS_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFigures:
    """What one metric says of the versions.

    Attributes:
        metric: its name; version: its version.
        unscored: the examples of which it can say nothing.
    """

    metric: str
    version: str
    measures: str
    versions: Sequence[VersionFigures]
    comparison: VersionComparison | None
    unscored: int


@dataclass(frozen=True, kw_only=True)
class ProgramReport:
    """What an evaluation of programs on examples found.

    Attributes:
        status: done; stopped where a budget, a deadline or the endpoint left examples open: then
            nothing is concluded or recorded, and the same command goes on.
        not_asked: how many examples have no answer, by reason; cause: how the endpoint failed.
        metrics: the first one decides.
        judged: what a judge found of the two versions, where one was asked.
    """

    run_id: str
    status: str
    data_name: str
    data_hash: str
    split: str
    rows: Sequence[ExampleRow]
    metrics: Sequence[MetricFigures] = ()
    not_asked: Mapping[str, int] = field(default_factory=dict)
    cause: str = ""
    evaluation_ids: Sequence[str] = ()
    judged: JudgeFindings | None = None

    @property
    def items(self) -> int:
        return len(self.rows)

    @property
    def versions(self) -> Sequence[VersionFigures]:
        """By the metric that decides."""
        return self.metrics[0].versions if self.metrics else ()

    @property
    def comparison(self) -> VersionComparison | None:
        """By the metric that decides."""
        return self.metrics[0].comparison if self.metrics else None

    @property
    def metric(self) -> str:
        return self.metrics[0].metric if self.metrics else ""

    @property
    def metric_version(self) -> str:
        return self.metrics[0].version if self.metrics else ""

    # Words for the terminal and the page.

    @property
    def item_words(self) -> tuple[str, str]:
        """What items and groups are called."""
        return "example", "group"

    @property
    def parts_shown(self) -> Sequence[str]:
        """The parts of the score that tables show."""
        return tuple(self.versions[0].parts)[:_PARTS_SHOWN] if self.versions else ()

    def reference(self, key: AssetKey) -> str:
        """What was expected."""
        return values_text(self._by_key[key].expected)

    def evidence(self, key: AssetKey) -> str:
        """What the program was given."""
        return values_text(self._by_key[key].inputs)

    def data_lines(self) -> Sequence[Mapping[str, Any]]:
        """The examples, as `--data` reads them."""
        return [
            {"id": row.row_id, "group": row.group, "inputs": dict(row.inputs),
             "outputs": dict(row.expected)}
            for row in self.rows
        ]  # fmt: skip

    @cached_property
    def _by_key(self) -> Mapping[AssetKey, ExampleRow]:
        return {row.key: row for row in self.rows}


def values_text(values: Mapping[str, Any]) -> str:
    """Inputs or outputs for people: a single text as it is, else as JSON."""
    if len(values) == 1:
        [only] = values.values()
        if isinstance(only, str):
            return only
    return json.dumps(dict(values), ensure_ascii=False, default=str) if values else ""
