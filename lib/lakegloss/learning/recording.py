"""Records what evaluations found in the ledgers `evaluations` and `evaluation_items`."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from lakegloss.core.evaluation.figures import Spent, VersionComparison, VersionFigures
from lakegloss.core.evaluation.judging import JudgeFindings, Preference
from lakegloss.core.records import Evaluation, EvaluationItem
from lakegloss.faults import fault_point
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS

JUDGE = "judge"
"""The metric's name of what a judge, or people alone, found."""


class EvaluatedData(Protocol):
    """On what was evaluated, in which run."""

    @property
    def run_id(self) -> str: ...
    @property
    def data_name(self) -> str: ...
    @property
    def data_hash(self) -> str: ...
    @property
    def split(self) -> str: ...
    @property
    def versions(self) -> Sequence[VersionFigures]: ...


def record_figures(
    ledgers: Ledgers,
    data: EvaluatedData,
    ids: Sequence[str],
    *,
    versions: Sequence[VersionFigures],
    metric: str,
    metric_version: str,
    comparison: VersionComparison | None,
) -> None:
    """Append what a metric says of versions; the items first: an evaluation that is there has all.

    Args:
        ids: of the evaluations, one a version.
    """
    now = datetime.now(UTC)
    pairs = list(zip(ids, versions, strict=True))
    items = [
        EvaluationItem(
            evaluation_id=id_, data_hash=data.data_hash, table=item.key.table,
            column=item.key.column, score=item.score, passed=item.passes, parts=_json(item.parts),
            text=item.text, source=item.source, why=item.why, evaluated_at=now,
        )
        for id_, version in pairs
        for item in version.items
    ]  # fmt: skip
    ledgers.append(EVALUATION_ITEMS, items)
    fault_point("evaluate.items")
    rows = []
    for id_, version in pairs:
        compared = comparison if version is versions[0] else None
        other = versions[1].program_version if compared else ""
        rows.append(_row(data, id_, version, now, metric, metric_version, compared, other))
    ledgers.append(EVALUATIONS, rows)


def _row(
    data: EvaluatedData,
    id_: str,
    version: VersionFigures,
    now: datetime,
    metric: str,
    metric_version: str,
    comparison: VersionComparison | None,
    against_version: str,
) -> Evaluation:
    difference = comparison.difference if comparison else None
    return Evaluation(
        evaluation_id=id_,
        label=version.label,
        program=version.program,
        program_version=version.program_version,
        model=version.model,
        data_name=data.data_name,
        data_hash=data.data_hash,
        split=data.split,
        metric=metric,
        metric_version=metric_version,
        value=_number(version.score.mean),
        low=version.score.low,
        high=version.score.high,
        items=version.score.items,
        tables=version.score.groups,
        passed=version.passed,
        parts=_json({name: part.mean for name, part in version.parts.items()}),
        against=comparison.second if comparison else "",
        against_version=against_version,
        difference=_number(difference.mean) if difference else None,
        difference_low=difference.low if difference else None,
        difference_high=difference.high if difference else None,
        conclusion=comparison.conclusion.value if comparison else "",
        input_tokens=version.spent.input_tokens,
        output_tokens=version.spent.output_tokens,
        cost=version.spent.cost,
        run_id=data.run_id,
        evaluated_at=now,
    )


def record_judge(ledgers: Ledgers, data: EvaluatedData, found: JudgeFindings, spent: Spent) -> None:
    """Append what a judge found; `difference` is what people would find, null with too few labels.

    What the judge says alone stands in `parts`: it is a description, and decides nothing.
    """
    now, id_ = datetime.now(UTC), uuid4().hex
    items = [
        EvaluationItem(
            evaluation_id=id_, data_hash=data.data_hash, table=one.key.table,
            column=one.key.column, score=(1 + one.verdict.difference) / 2,
            passed=one.verdict is Preference.FIRST, parts="{}", text=str(one.verdict),
            source=JUDGE, why=one.why, evaluated_at=now,
        )
        for one in found.judgements
        if one.verdict is not None
    ]  # fmt: skip
    ledgers.append(EVALUATION_ITEMS, items)
    first, second = data.versions
    people = found.estimate
    row = Evaluation(
        evaluation_id=id_, label=first.label, program=first.program,
        program_version=first.program_version, model=found.model, data_name=data.data_name,
        data_hash=data.data_hash, split=data.split, metric=JUDGE, metric_version=found.version,
        value=None, low=None, high=None, items=found.alone.items, tables=found.alone.groups,
        passed=sum(item.passed for item in items) / len(items) if items else 0.0,
        parts=_json(judge_parts(found)), against=second.label,
        against_version=second.program_version,
        difference=_number(people.mean) if people else None,
        difference_low=people.low if people else None,
        difference_high=people.high if people else None, conclusion=found.conclusion.value,
        input_tokens=spent.input_tokens, output_tokens=spent.output_tokens, cost=spent.cost,
        run_id=data.run_id, evaluated_at=now,
    )  # fmt: skip
    ledgers.append(EVALUATIONS, [row])


def judge_parts(found: JudgeFindings) -> dict[str, float]:
    """The figures of a judge, for ledger and run."""
    shares = {f"wins_{side}": float(found.verdicts.get(side, 0)) for side in Preference}
    told = {
        **shares, "flipped": float(found.flipped), "unread": float(found.unread),
        "unsafe": float(found.unsafe), "labels": float(found.labels),
        "agreement": found.agreement.share, "counts": float(found.counts),
    }  # fmt: skip
    if not math.isnan(found.alone.mean):
        told["alone"] = found.alone.mean
    if found.agreement.kappa is not None:
        told["kappa"] = found.agreement.kappa
    return told if found.longer is None else {**told, "longer_wins": found.longer}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _json(parts: Mapping[str, float]) -> str:
    return json.dumps({name: round(value, 6) for name, value in parts.items()}, sort_keys=True)
