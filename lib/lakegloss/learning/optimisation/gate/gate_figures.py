"""Records what the gate measured in the ledgers of evaluations: the candidate against the base."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.figures import (
    ScoredItem,
    Spent,
    VersionComparison,
    VersionFigures,
    figures_of_version,
)
from lakegloss.core.learning.splits import Split
from lakegloss.core.optimisation.choosing import ItemScore
from lakegloss.core.optimisation.gate_decision import GateDecision
from lakegloss.core.records import Source
from lakegloss.core.statistics.intervals import Conclusion
from lakegloss.core.statistics.pass_or_fail import compare_passes
from lakegloss.engine.limits.budget import cost_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS
from lakegloss.learning.optimisation.candidates import Candidate, program_with
from lakegloss.learning.recording import record_figures
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.split import module_version
from lakegloss.settings_views import PriceSettings

if TYPE_CHECKING:
    from lakegloss.learning.optimisation.optimizing import OptimizeReport

_HALF = 0.5
_MODEL = Source.MODEL.value


@dataclass(frozen=True, slots=True, kw_only=True)
class GateComparison(VersionComparison):
    """A comparison whose conclusion is the gate's: longer requests must earn their tokens."""

    decided: Conclusion

    @property
    def conclusion(self) -> Conclusion:
        return self.decided


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """On what the gate measured, as `record_figures` asks."""

    run_id: str
    data_hash: str
    versions: Sequence[VersionFigures]
    data_name: str = "examples"
    split: str = Split.GATE.value


def record_gate(ledgers: Ledgers, prices: PriceSettings, report: "OptimizeReport") -> None:
    """Append the figures of the candidate and the base, and the score of every example."""
    found, gate = report.found, report.gate
    assert found is not None
    assert gate is not None
    assert gate.decision is not None
    for ledger in (EVALUATIONS, EVALUATION_ITEMS):
        ledgers.ensure_more(ledger)
    versions = [
        _figures(report, prices, "candidate", found.candidate, gate.candidate),
        _figures(report, prices, "base", found.base, gate.base),
    ]
    data = _Measured(run_id=report.run_id, data_hash=report.examples.data_hash, versions=versions)
    record_figures(
        ledgers, data, [uuid4().hex for _ in versions], versions=versions,
        metric=report.examples.metric_name, metric_version=report.examples.metric_version,
        comparison=_comparison(versions, gate.decision),
    )  # fmt: skip


def _figures(
    report: "OptimizeReport",
    prices: PriceSettings,
    label: str,
    state: Candidate,
    scores: Sequence[ItemScore],
) -> VersionFigures:
    assert report.found is not None
    program = program_with(report.found.session.program, state)
    is_comment = isinstance(program, CommentProgram)
    sent, answered = sum(s.input_tokens for s in scores), sum(s.output_tokens for s in scores)
    return figures_of_version(
        [
            ScoredItem(
                key=AssetKey(str(s.group), str(s.item)), text="", source=_MODEL, score=s.score,
                why=s.why, passed=s.score > _HALF,
            )
            for s in scores
            if s.score is not None
        ],
        label=f"{report.program.label}, {label}",
        program=report.program.name,
        program_version=program.version if is_comment else module_version(program),
        model=report.model,
        own_source=_MODEL,
        spent=Spent(
            input_tokens=sent, output_tokens=answered, cost=cost_of(prices, sent, answered)
        ),
    )  # fmt: skip


def _comparison(versions: Sequence[VersionFigures], decision: GateDecision) -> GateComparison:
    first, second = versions
    theirs = {item.key: item.passes for item in second.items}
    return GateComparison(
        first=first.label,
        second=second.label,
        difference=decision.difference,
        passes=compare_passes(
            (item.passes, theirs[item.key]) for item in first.items if item.key in theirs
        ),
        by_table=(),
        decided=decision.conclusion,
    )
