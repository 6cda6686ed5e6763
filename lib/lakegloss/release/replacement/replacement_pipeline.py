"""Replaces variants by better ones: finds, validates and rolls them out, and takes them back."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.production.replacement import (
    STATE_OF_ROLLOUT,
    CandidateState,
    DeploymentConfig,
    ReplacementCandidate,
    Validation,
    ValidationStage,
    gain_of,
    stages_in_production,
)
from lakegloss.core.production.variant_figures import VariantFigures
from lakegloss.core.release.rollout_steps import SHARES, RolloutRow, RolloutRules, RolloutState
from lakegloss.engine.model_file import configured_models
from lakegloss.errors import InputError
from lakegloss.learning.families.family_optimizer import HISTORY, result_of
from lakegloss.learning.production.production_pipeline import ProductionDataPipeline
from lakegloss.programs.families import canonical_name
from lakegloss.release.replacement.production_evidence import ProductionEvidence
from lakegloss.release.replacement.rollout_documents import DocumentRolloutStore, VariantEffects
from lakegloss.release.replacement.variant_book import VariantBook, name_of
from lakegloss.release.rollout import EvidenceSource, Rollouts
from lakegloss.settings_views import ModelSettings

_CANDIDATES = "candidate"
_log = logging.getLogger("lakegloss.rollout")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementReport:
    """What one automated run did; `steps` are the newest rows of the rollouts that are active."""

    identified: Sequence[ReplacementCandidate]
    validated: Sequence[ReplacementCandidate]
    deployed: Sequence[ReplacementCandidate]
    steps: Sequence[RolloutRow]


class PromptReplacementPipeline:
    """Puts better variants in the place of those in use; the guard decides how each rollout ends.

    What is replaced is kept (`VariantBook`), so that the way back needs no model and no network.

    Args:
        data: measures the variants; by default on the store in the home folder.
        config: what a replacement must show.
        models: for shadow runs, which give the guard its pairs; by default those configured.
        programs: programs of your own by name.
        evidence: in place of what the store recorded.
    """

    def __init__(
        self,
        data: ProductionDataPipeline | None = None,
        config: DeploymentConfig | None = None,
        *,
        models: Mapping[str, ModelSettings] | None = None,
        programs: Mapping[str, Any] | None = None,
        evidence: EvidenceSource | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.data = data or ProductionDataPipeline(programs=programs, clock=clock)
        self.config = config or DeploymentConfig()
        self._store = self.data.store
        self._clock = clock
        self.book = VariantBook(self._store, programs, clock=clock)
        chosen = configured_models() if models is None else models
        self.rollouts = Rollouts(
            DocumentRolloutStore(self._store),
            evidence or ProductionEvidence(self._store, self.book, chosen),
            VariantEffects(self.book),
            clock=clock,
        )

    async def identify_replacement_candidates(
        self, days_back: float = 7
    ) -> list[ReplacementCandidate]:
        """Variants that did better than the one in use, or that the gate called better.

        Only variants whose state is kept count: another one cannot be put into place.
        """
        return await asyncio.to_thread(self.identified, days_back)

    async def validate_candidate(self, candidate: ReplacementCandidate) -> bool:
        """Pass a candidate through the stages; `candidates` says what each of them found."""
        validation = await asyncio.to_thread(self.validation_of, candidate)
        state = CandidateState.VALIDATED if validation.is_valid else CandidateState.REJECTED
        self._keep(replace(candidate, state=state, reasons=validation.reasons))
        return validation.is_valid

    async def deploy_candidate(
        self, candidate: ReplacementCandidate, rollout_percentage: float | None = None
    ) -> RolloutRow:
        """Let a validated candidate answer the first share of the units; the guard watches it.

        Args:
            rollout_percentage: that share, 0 to 1; by default the configured one.

        Raises:
            InputError: it is not validated, was taken back before, or a rollout is active.
            RolloutBusyError: another process changed the rollout meanwhile.
        """
        return await asyncio.to_thread(self._deployed, candidate, rollout_percentage)

    async def run_automated_replacement(
        self, days_back: float = 7, max_replacements: int = 3
    ) -> ReplacementReport:
        """Step the active rollouts, then find, validate and roll out candidates, the surest first.

        One rollout is active for a program and a model. Run it as often as you like.
        """
        steps = await asyncio.to_thread(lambda: list(self.step_all()))
        found = await self.identify_replacement_candidates(days_back)
        valid = [one for one in found if await self.validate_candidate(one)]
        deployed: list[ReplacementCandidate] = []
        for one in sorted(valid, key=lambda c: (-c.confidence, -c.improvement)):
            standing = self.rollouts.standing(name_of(one.program, one.model))
            if len(deployed) >= max_replacements or (standing and standing.is_active):
                continue
            try:
                steps.append(await self.deploy_candidate(one))
            except InputError as error:  # the guard took it back before
                self._keep(replace(one, state=CandidateState.REJECTED, reasons=(error.message,)))
                continue
            deployed.append(self.candidate(one.candidate_id))
        return ReplacementReport(identified=found, validated=valid, deployed=deployed, steps=steps)

    def step_all(self) -> Iterator[RolloutRow]:
        """Look at each active rollout once, and go on, hold, promote or take back."""
        for name in self.book.names():
            standing = self.rollouts.standing(name)
            if standing is not None and standing.is_active:
                with going_on(_log, "the rollout of %s is stepped later", name):
                    row = self.rollouts.step(name)
                    self._follow(row)
                    yield row

    def roll_back(self, program: str, model: str, reason: str) -> RolloutRow:
        """Take an active rollout back, now. Raises: InputError where none is active."""
        row = self.rollouts.roll_back(name_of(program, model), reason=reason)
        self._follow(row)
        return row

    def candidates(self) -> list[ReplacementCandidate]:
        """All candidates with their states and what was found, the oldest first."""
        return [_candidate(body) for body in self._store.documents(_CANDIDATES).values()]

    def candidate(self, candidate_id: str) -> ReplacementCandidate:
        """A candidate as it stands now. Raises: InputError where there is none."""
        body = self._store.document(_CANDIDATES, candidate_id)
        if not body:
            raise InputError(
                f"There is no candidate {candidate_id[:40]!r}.",
                remedy="identify_replacement_candidates finds them.",
            )
        return _candidate(body)

    def validation_of(self, candidate: ReplacementCandidate) -> Validation:
        """The stages of a candidate, on what is known now; nothing is changed."""
        variants = self.book.of(candidate.program, candidate.model)
        known = variants.named(candidate.variant)
        stages = [
            ValidationStage(
                name="program", passed=known is not None and known.number != variants.current,
                found="its state is kept" if known else "no state of it is kept",
            )
        ]  # fmt: skip
        figures = self._figures(candidate.program, candidate.model, self._clock() - _DAYS * 7)
        current = _of(figures, variants.names_of(variants.in_use))
        other = _of(figures, variants.names_of(known)) if known else None
        if candidate.source == _OPTIMISATION:
            stages.append(self._confidence_stage(candidate))
            if current is None or other is None:
                return Validation(stages=tuple(stages))
        if current is None or other is None:
            stages.append(ValidationStage(name="samples", passed=False, found="no executions"))
        else:
            stages += stages_in_production(current, other, self.config)
        return Validation(stages=tuple(stages))

    def _confidence_stage(self, candidate: ReplacementCandidate) -> ValidationStage:
        return ValidationStage(
            name="confidence of the gate",
            passed=candidate.confidence >= self.config.min_confidence,
            found=f"{candidate.confidence:.3f}; {self.config.min_confidence:g} is needed",
        )

    def identified(self, days_back: float) -> list[ReplacementCandidate]:
        """Like `identify_replacement_candidates`, for callers that do not await."""
        since = self._clock() - _DAYS * days_back
        found = [*self._from_optimisations(since), *self._from_production(since)]
        kept: dict[str, ReplacementCandidate] = {}
        for one in found:
            before = self._store.document(_CANDIDATES, one.candidate_id)
            state = CandidateState(before["state"]) if before else CandidateState.IDENTIFIED
            if state in {CandidateState.IDENTIFIED, CandidateState.VALIDATED,
                         CandidateState.REJECTED}:  # fmt: skip
                kept.setdefault(one.candidate_id, replace(one, state=state))
        for one in kept.values():
            self._keep(one)
        return list(kept.values())

    def _from_production(self, since: datetime) -> Iterator[ReplacementCandidate]:
        measured = self.data.figures_since(since)
        for name in self.book.names():
            variants = self.book.by_name(name)
            figures = [one for one in measured if name_of(one.key.program, one.key.model) == name]
            current = _of(figures, variants.names_of(variants.in_use))
            for one in figures if current is not None else ():
                known = variants.named(one.key.variant)
                if current is None or known is None or known.number == variants.current:
                    continue
                gain, confidence = gain_of(current, one)
                if gain >= self.config.min_improvement:
                    yield self._made(
                        one.key.program, one.key.model, variants.in_use.variant, known.variant,
                        source=_PRODUCTION, improvement=gain, confidence=confidence,
                        executions=one.executions, judged=one.judged,
                    )  # fmt: skip

    def _from_optimisations(self, since: datetime) -> Iterator[ReplacementCandidate]:
        for body in self._store.documents(HISTORY).values():
            result = result_of(body)
            if not result.is_better or result.at < since or not result.state:
                continue
            program = canonical_name(result.family)
            variants = self.book.of(program, result.model)
            known = self.book.add(program, result.model, result.variant, result.state)
            if known.number != variants.current:
                yield self._made(
                    program, result.model, variants.in_use.variant, known.variant,
                    source=_OPTIMISATION, confidence=result.confidence,
                    improvement=(result.after or 0.0) - (result.before or 0.0),
                )  # fmt: skip

    def _made(
        self, program: str, model: str, current: str, variant: str, **facts: Any
    ) -> ReplacementCandidate:
        text = json.dumps([program, model, current, variant])
        return ReplacementCandidate(
            candidate_id=hashlib.sha256(text.encode()).hexdigest()[:16], program=program,
            model=model, current=current, variant=variant, created_at=self._clock(), **facts,
        )  # fmt: skip

    def _deployed(self, candidate: ReplacementCandidate, percentage: float | None) -> RolloutRow:
        share = self.config.rollout_percentage if percentage is None else percentage
        standing = self.candidate(candidate.candidate_id)
        if standing.state is not CandidateState.VALIDATED:
            raise InputError(
                f"The candidate {candidate.variant[:80]!r} is {standing.state.value}, and only a "
                "validated one is rolled out.",
                remedy="Call validate_candidate; candidates() says what it found.",
            )
        variants = self.book.of(candidate.program, candidate.model)
        known = variants.named(candidate.variant)
        assert known is not None  # else it would not be valid
        row = self.rollouts.start(
            variants.name, champion=variants.current, challenger=known.number,
            champion_version=variants.in_use.version, challenger_version=known.version,
            rules=RolloutRules(
                shares=_shares(share), window=self.config.stage_seconds
            ),
            reason=f"confidence {candidate.confidence:.3f}, from {candidate.source}",
            decided_by="the replacement pipeline",
        )  # fmt: skip
        self._keep(replace(standing, state=CandidateState.DEPLOYING))
        return row

    def _follow(self, row: RolloutRow) -> None:
        """Bring the candidate of a rollout to where the rollout is."""
        variants = self.book.by_name(row.name)
        name = variants.numbered(row.challenger).variant
        for one in self.candidates():
            if one.variant == name and name_of(one.program, one.model) == row.name:
                state = STATE_OF_ROLLOUT[RolloutState(row.state)]
                if one.state is CandidateState.DEPLOYING and state is not one.state:
                    self._keep(replace(one, state=state, reasons=(*one.reasons, row.reason)))

    def _figures(self, program: str, model: str, since: datetime) -> list[VariantFigures]:
        name = name_of(program, model)
        figures = self.data.figures_since(since)
        return [one for one in figures if name_of(one.key.program, one.key.model) == name]

    def _keep(self, candidate: ReplacementCandidate) -> None:
        body = asdict(candidate) | {"created_at": candidate.created_at.isoformat()}
        self._store.put(_CANDIDATES, candidate.candidate_id, body, candidate.created_at)


_DAYS = timedelta(days=1)
_PRODUCTION, _OPTIMISATION = "production", "optimisation"


def _of(figures: Sequence[VariantFigures], names: Any) -> VariantFigures | None:
    """The figures of a variant; the program as it is may be recorded under its own name, too."""
    return next((one for one in figures if one.key.variant in names), None)


def _shares(first: float) -> tuple[float, ...]:
    if not isinstance(first, int | float) or not 0 < first <= 1:
        raise InputError(
            f"A rollout cannot begin with a share of {first!r}.", remedy="Give 0.1 for 10 %."
        )
    return (float(first), *(share for share in SHARES if share > first))


def _candidate(body: Mapping[str, Any]) -> ReplacementCandidate:
    read = {
        "state": CandidateState(body["state"]), "reasons": tuple(body["reasons"]),
        "created_at": datetime.fromisoformat(body["created_at"]),
    }  # fmt: skip
    return ReplacementCandidate(**(dict(body) | read))
