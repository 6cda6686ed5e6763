"""Searches for a better state of one program with one model, and lets the gate decide."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import METRICS
from lakegloss.core.optimisation.choosing import ItemScore
from lakegloss.core.optimisation.search_plan import LEAST_EXAMPLES, OptimisationBudget
from lakegloss.core.optimisation.shared_budget import SharedBudget
from lakegloss.core.production.confidence import confidence_of
from lakegloss.core.production.family_history import FamilyOutcome, FamilyResult
from lakegloss.core.statistics.intervals import Conclusion, estimate
from lakegloss.engine.engine import engine_from
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.lm import language_model
from lakegloss.errors import BudgetExceededError, EndpointError
from lakegloss.learning.optimisation.candidates import Candidate
from lakegloss.learning.optimisation.example_data import SplitExamples, outputs_of_prediction
from lakegloss.learning.optimisation.gate.opened_gate import OpenedGate, open_gate
from lakegloss.learning.optimisation.gate.openings import GateOpenings
from lakegloss.learning.optimisation.metered import VARIANT, SearchEnded
from lakegloss.learning.optimisation.scoring import ExampleScorer
from lakegloss.learning.optimisation.searching import Optimised, optimise
from lakegloss.settings_views import ModelSettings

_MOST_THREADS = 16


@dataclass(frozen=True, kw_only=True)
class FamilySearch:
    """One search: of a program, on examples, with a model.

    Attributes:
        program: a DSPy module in the state to begin with.
        run_id: of the answers in the journal.
    """

    family: str
    model: str
    program: Any
    examples: SplitExamples
    optimizer: str
    settings: ModelSettings
    run_id: str
    seed: int = 0

    def run(self, shared: SharedBudget, now: Callable[[], datetime]) -> FamilyResult:
        """Search within the next share of a budget; what cannot be done is told in the result."""
        begun = time.monotonic()
        result = FamilyResult(
            family=self.family, model=self.model, outcome=FamilyOutcome.NO_EXAMPLES,
            metric=self.examples.metric_name, optimizer=self.optimizer, at=now(),
            reason=f"{len(self.examples.train)} examples to train on and "
            f"{len(self.examples.select)} to select by are too few",
        )  # fmt: skip
        try:
            share = shared.take()
        except BudgetExceededError as error:
            return replace(result, outcome=FamilyOutcome.UNFINISHED, reason=error.message)
        if not self._fitting():
            shared.give_back(share, calls=0, sent=0, answered=0)
            return result
        result = self._searched(result, share, shared)
        return replace(result, seconds=time.monotonic() - begun, at=now())

    def _fitting(self) -> list[str]:
        """The optimisers in turn for which there are enough examples: the simplest one last."""
        train, select = len(self.examples.train), len(self.examples.select)
        wanted = dict.fromkeys((self.optimizer, "labeled"))
        return [name for name in wanted if select and train >= LEAST_EXAMPLES.get(name, 1)]

    def _searched(
        self, result: FamilyResult, share: OptimisationBudget, shared: SharedBudget
    ) -> FamilyResult:
        tried: list[Optimised] = []
        asking = self.settings.asking
        folder = asking.journal_folder / VARIANT
        engine = engine_from(asking, run_id=self.run_id, journal=Journal(folder, self.run_id))
        with engine:
            try:
                lm = language_model(engine, asking.model, program=lambda: self.family)
                if asking.temperature is not None:
                    lm = lm.copy(temperature=asking.temperature)
                self._search(tried, share, lm)
                return self._result(result, tried, self._gate(tried[-1]))
            except (EndpointError, BudgetExceededError) as error:
                ended = FamilyOutcome.FAILED
                if isinstance(error, BudgetExceededError):
                    ended = FamilyOutcome.UNFINISHED
                return replace(result, outcome=ended, reason=error.message)
            finally:
                spent = engine.spent
                shared.give_back(
                    share, calls=_calls(tried, share), sent=spent.input, answered=spent.output
                )

    def _search(self, tried: list[Optimised], share: OptimisationBudget, lm: Any) -> None:
        """Search with one optimiser after the other, until a candidate is chosen."""
        examples, asking = self.examples, self.settings.asking
        for optimizer in self._fitting():
            for before in tried[-1:]:
                used = before.session.purse.used
                share = share.less(used.calls, used.usage.input, used.usage.output)
            paid = [r for _, part in read_journal(asking.journal_folder / VARIANT) for r in part]
            found = optimise(
                self.program, train=examples.train, select=examples.select,
                metric=examples.metric, optimizer=optimizer, budget=share, lm=lm, seed=self.seed,
                gate=len(examples.gate), group=examples.group, is_screened=True, name=self.family,
                paid=[one for one in paid if one.model == asking.model],
                threads=min(asking.calls.in_flight, _MOST_THREADS),
            )  # fmt: skip
            tried.append(found)
            if found.changed or found.search.base is None:
                return

    def _gate(self, found: Optimised) -> OpenedGate:
        openings = GateOpenings(self.settings.asking.journal_folder.parent / "gate-openings")
        return open_gate(
            found, self.examples.gate, openings, program=f"{self.family} {self.model}",
            data_hash=self.examples.data_hash,
        )  # fmt: skip

    def _result(
        self, result: FamilyResult, tried: list[Optimised], gate: OpenedGate
    ) -> FamilyResult:
        found = tried[-1]
        used = [one.session.purse.used for one in tried]
        decision, winner = gate.decision, found.search.winner
        base = found.search.base
        after = winner.figures.quality.mean if winner and winner.figures else None
        result = replace(
            result, before=base.quality.mean if base else None, after=after,
            calls=sum(u.calls for u in used), tokens=sum(u.usage.total for u in used),
            optimizer=found.search.plan.optimizer,
            outcome=_outcome(found, gate), reason=_reason(found, gate),
            variant=f"{self.family}-{found.candidate.mark[:8]}" if found.changed else "",
            state=found.state if found.changed else "",
            confidence=confidence_of(decision.difference) if decision else 0.0,
        )  # fmt: skip
        if not gate.base or not gate.candidate:
            return result
        return replace(
            result, before=_mean(gate.base), after=_mean(gate.candidate),
            metrics_before=self._all_metrics(found, found.base),
            metrics_after=self._all_metrics(found, found.candidate),
        )  # fmt: skip

    def _all_metrics(self, found: Optimised, candidate: Candidate) -> dict[str, float]:
        """Every metric that can say something, on the answers that the gate saw: none is asked."""
        values: defaultdict[str, list[float]] = defaultdict(list)

        def noting(example: Any, prediction: Any) -> float:
            case = ProgramCase(
                inputs=dict(example.inputs()), outputs=outputs_of_prediction(prediction),
                expected=dict(example.labels()),
            )  # fmt: skip
            for name, metric in METRICS.items():
                score = metric.score(case)
                if score is not None:
                    values[name].append(score.score)
                    for part in ("precision", "recall"):
                        if part in score.parts:
                            values[f"{name} {part}"].append(score.parts[part])
            return 0.0

        session, scorer = found.session, found.session.scorer
        session.scorer = ExampleScorer(metric=noting)
        try:
            session.score(candidate, self.examples.gate, "metrics", 0, len(self.examples.gate))
        except SearchEnded:
            return {}  # an answer that the endpoint never gave; the gate's own figures stand
        finally:
            session.scorer = scorer
        return {name: sum(found) / len(found) for name, found in sorted(values.items())}


def _calls(tried: Sequence[Optimised], share: OptimisationBudget) -> int:
    """The calls of all searches; where one raised before it could be counted, the whole share."""
    counted = sum(one.session.purse.used.calls for one in tried)
    return counted if tried else share.max_calls or 0


def _mean(scores: Sequence[ItemScore]) -> float | None:
    known = [(one.group, one.score) for one in scores if one.score is not None]
    return estimate(known).mean if known else None


def _outcome(found: Optimised, gate: OpenedGate) -> FamilyOutcome:
    if found.search.base is None or (found.changed and gate.decision is None):
        return FamilyOutcome.UNFINISHED
    if gate.is_better:
        return FamilyOutcome.BETTER
    if gate.decision is not None and gate.decision.conclusion is Conclusion.TOO_FEW:
        return FamilyOutcome.TOO_FEW
    return FamilyOutcome.NOT_BETTER


def _reason(found: Optimised, gate: OpenedGate) -> str:
    if gate.decision is not None:
        return f"on the gate's examples: {gate.decision.conclusion.value}"
    return found.search.ended or gate.reason
