"""Records what the gate measured in the ledgers of evaluations: the candidate against the base."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from lakegloss.core.learning.splits import Split
from lakegloss.core.optimisation.choosing import ItemScore
from lakegloss.core.optimisation.gate_decision import GateDecision
from lakegloss.core.records import Evaluation, EvaluationItem
from lakegloss.core.statistics.intervals import estimate
from lakegloss.engine.limits.budget import cost_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS
from lakegloss.learning.optimisation.candidates import program_with
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.split import module_version
from lakegloss.settings_views import PriceSettings

if TYPE_CHECKING:
    from lakegloss.learning.optimisation.optimizing import OptimizeReport

_HALF = 0.5


def record_gate(ledgers: Ledgers, prices: PriceSettings, report: "OptimizeReport") -> None:
    """Append the items first: an evaluation that is there has all of them."""
    assert report.found is not None
    assert report.gate is not None
    assert report.gate.decision is not None
    for ledger in (EVALUATIONS, EVALUATION_ITEMS):
        ledgers.ensure_more(ledger)
    now, found, gate = datetime.now(UTC), report.found, report.gate
    sides = (("candidate", found.candidate, gate.candidate), ("base", found.base, gate.base))
    ids = [uuid4().hex for _ in sides]
    items = [
        _item(id_, report.examples.data_hash, score, now)
        for id_, (_, _, scores) in zip(ids, sides, strict=True)
        for score in scores
        if score.score is not None
    ]
    ledgers.append(EVALUATION_ITEMS, items)
    versions = [_version(program_with(found.session.program, c)) for _, c, _ in sides]
    rows = [
        _row(report, prices, ids[n], label, versions[n], scores, versions[1] if n == 0 else "", now)
        for n, (label, _, scores) in enumerate(sides)
    ]
    ledgers.append(EVALUATIONS, rows)


def _version(program: object) -> str:
    return program.version if isinstance(program, CommentProgram) else module_version(program)


def _item(id_: str, data_hash: str, score: ItemScore, now: datetime) -> EvaluationItem:
    value = score.score or 0.0
    return EvaluationItem(
        evaluation_id=id_, data_hash=data_hash, table=str(score.group), column=str(score.item),
        score=value, passed=value > _HALF, parts="{}", text="", source="model", why=score.why,
        evaluated_at=now,
    )  # fmt: skip


def _row(
    report: "OptimizeReport",
    prices: PriceSettings,
    id_: str,
    label: str,
    version: str,
    scores: Sequence[ItemScore],
    against: str,
    now: datetime,
) -> Evaluation:
    values = [(s.group, s.score) for s in scores if s.score is not None]
    found = estimate(values)
    sent, answered = sum(s.input_tokens for s in scores), sum(s.output_tokens for s in scores)
    decision: GateDecision | None = report.gate.decision if report.gate and against else None
    difference = decision.difference if decision else None
    return Evaluation(
        evaluation_id=id_,
        label=f"{report.program.label}, {label}",
        program=report.program.name,
        program_version=version,
        model=report.model,
        data_name="examples",
        data_hash=report.examples.data_hash,
        split=Split.GATE.value,
        metric=report.examples.metric_name,
        metric_version=report.examples.metric_version,
        value=found.mean if values else None,
        low=found.low,
        high=found.high,
        items=found.items,
        tables=found.groups,
        passed=sum(value > _HALF for _, value in values) / len(values) if values else 0.0,
        parts=json.dumps({}),
        against=f"{report.program.label}, base" if against else "",
        against_version=against,
        difference=difference.mean if difference else None,
        difference_low=difference.low if difference else None,
        difference_high=difference.high if difference else None,
        conclusion=decision.conclusion.value if decision else "",
        input_tokens=sent,
        output_tokens=answered,
        cost=cost_of(prices, sent, answered),
        run_id=report.run_id,
        evaluated_at=now,
    )
