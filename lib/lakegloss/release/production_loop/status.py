"""Sums up how the production loop stands, and what it would release, as plain values."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from lakegloss.core.production.replacement import CandidateState, ReplacementCandidate
from lakegloss.core.production.variant_figures import VariantFigures, ranked
from lakegloss.release.production_loop.realtime_optimizer import RealTimeOptimizer
from lakegloss.release.replacement.replacement_pipeline import PromptReplacementPipeline

_WEEK, _DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A candidate, whether it passes, and why or why not."""

    candidate: ReplacementCandidate
    deploy: bool
    reasons: tuple[str, ...]


def status_of(optimizer: RealTimeOptimizer, models: Iterable[str], now: datetime) -> dict[str, Any]:
    """How the loop stands."""
    store, replacement = optimizer.data.store, optimizer.replacement
    recent = store.examples(now - _DAY)
    return {
        "running": optimizer.is_running,
        "models": sorted(models),
        "executions_24h": len(recent),
        "feedback_24h": len(store.feedback_since(now - _DAY)),
        "success_rate_24h": (
            sum(one.execution.success for one in recent) / len(recent) if recent else None
        ),
        "variants": [variant_row(one) for one in ranked(optimizer.data.figures_since(now - _WEEK))],
        "optimisations": [asdict(one) for one in optimizer.queue.all()[-20:]],
        "due": [
            {"family": f, "model": m, "trigger": t.value, "why": w}
            for f, m, t, w in optimizer.due()
        ],
        "rollouts": [
            {"name": row.name, "state": row.state, "share": row.served_share, "why": row.reason}
            for name in replacement.book.names()
            if (row := replacement.rollouts.standing(name)) is not None
        ],
        "trends": [asdict(one) for one in optimizer.families.trends()],
        "health": optimizer.monitor.check_health(),
    }


def variant_row(figures: VariantFigures) -> dict[str, Any]:
    """The figures of a variant as JSON values."""
    quality = figures.quality.mean
    return {
        "program": figures.key.program, "variant": figures.key.variant, "model": figures.key.model,
        "executions": figures.executions, "success_rate": figures.success_rate,
        "judged": figures.judged, "quality": None if math.isnan(quality) else quality,
        "latency_ms": figures.latency, "tokens": figures.tokens,
        "hallucination_rate": figures.hallucination_rate, "metrics": dict(figures.metrics),
    }  # fmt: skip


def recommendations_of(replacement: PromptReplacementPipeline) -> list[Recommendation]:
    """The open candidates, validated on what is known now."""
    found = []
    for one in replacement.identified(7):
        if one.state.is_open or one.state is CandidateState.REJECTED:
            validation = replacement.validation_of(one)
            found.append(
                Recommendation(
                    candidate=one, deploy=validation.is_valid, reasons=validation.reasons
                )
            )
    return sorted(found, key=lambda r: (not r.deploy, -r.candidate.confidence))
