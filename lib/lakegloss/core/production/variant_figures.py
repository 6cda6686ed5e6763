"""Sums recorded executions up by variant: quality, metrics, failures, latency and tokens."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lakegloss.core.learning.judgements import Feedback
from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import metric_named
from lakegloss.core.production.executions import ProductionExample, score_of
from lakegloss.core.statistics.intervals import Estimate, estimate

MEASURED = ("entity_f1", "relationship_f1", "format_compliance", "supported")
"""What is measured of recorded outputs, each where it can say something."""
KindsOf = Mapping[str, Mapping[str, type | tuple[type, ...]]]
"""The types of the outputs of programs, by program and output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantKey:
    """What is compared: a variant of a program with a model."""

    program: str
    variant: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFigures:
    """One variant, measured on its recorded executions.

    Attributes:
        executions: how many there are; failures: those that gave nothing, whoever failed.
        quality: how good people found the executions that they judged; NaN where they judged none.
        metrics: means by name, of the executions of which a metric can say something.
        measured: how many these are, by name.
        latency: mean milliseconds of those that succeeded; tokens: mean of both kinds.
        qualities: the values behind `quality`.
    """

    key: VariantKey
    executions: int
    failures: int
    quality: Estimate
    metrics: Mapping[str, float] = field(default_factory=dict)
    measured: Mapping[str, int] = field(default_factory=dict)
    latency: float = 0.0
    tokens: float = 0.0
    qualities: Sequence[float] = ()

    @property
    def success_rate(self) -> float:
        return 1 - self.failures / self.executions if self.executions else 0.0

    @property
    def judged(self) -> int:
        """How many executions people judged."""
        return self.quality.items

    @property
    def hallucination_rate(self) -> float | None:
        """The share of words or entities that the inputs do not have; None where unknown."""
        return 1 - self.metrics["supported"] if "supported" in self.metrics else None


def figures_of_variants(
    examples: Iterable[ProductionExample],
    kinds: KindsOf | None = None,
    words: Iterable[Feedback] = (),
) -> list[VariantFigures]:
    """Sum executions up by program, variant and model, in the order of their names.

    Args:
        kinds: what the outputs of programs must be, for the metric of their form.
        words: what people said of a variant as such, of no single execution.
    """
    groups: defaultdict[VariantKey, list[ProductionExample]] = defaultdict(list)
    for one in examples:
        run = one.execution
        key = VariantKey(program=run.program, variant=run.name_of_variant, model=run.model)
        groups[key].append(one)
    said: defaultdict[VariantKey, list[tuple[Hashable, float]]] = defaultdict(list)
    for word in words:
        score = score_of(word)
        key = VariantKey(program=word.program, variant=word.variant, model=word.model)
        if score is not None:
            said[key].append((word.feedback_id, score))
    order = sorted({*groups, *said}, key=lambda k: (k.program, k.variant, k.model))
    return [
        _figures(key, groups.get(key, []), said.get(key, []), (kinds or {}).get(key.program, {}))
        for key in order
    ]


def _figures(
    key: VariantKey,
    examples: Sequence[ProductionExample],
    said: Sequence[tuple[Hashable, float]],
    kinds: Mapping[str, type | tuple[type, ...]],
) -> VariantFigures:
    runs = [one.execution for one in examples]
    answered = [run for run in runs if run.success]
    judged = [(one.execution.execution_id, one.quality) for one in examples]
    scored = [*((i, q) for i, q in judged if q is not None), *said]
    values = _metric_values(examples, kinds)
    return VariantFigures(
        key=key, executions=len(runs), failures=len(runs) - len(answered),
        quality=estimate(scored), qualities=tuple(value for _, value in scored),
        metrics={name: sum(found) / len(found) for name, found in values.items()},
        measured={name: len(found) for name, found in values.items()},
        latency=sum(r.latency for r in answered) / max(1, len(answered)),
        tokens=sum(r.input_tokens + r.output_tokens for r in runs) / max(1, len(runs)),
    )  # fmt: skip


def _metric_values(
    examples: Sequence[ProductionExample], kinds: Mapping[str, type | tuple[type, ...]]
) -> dict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in examples:
        run = one.execution
        if not run.success or not (run.inputs or run.outputs):
            continue
        case = ProgramCase(
            inputs=run.inputs, outputs=run.outputs, expected=one.expected, kinds=kinds
        )
        for name in MEASURED:
            score = metric_named(name).score(case)
            if score is not None:
                found[name].append(score.score)
    return dict(found)


def ranked(figures: Iterable[VariantFigures]) -> list[VariantFigures]:
    """The variants, the best first: by the lower end of the interval of their quality.

    So a variant with few judgements does not come first by luck. Those that too few people judged
    follow by their mean, those that nobody judged come last.
    """

    def place(one: VariantFigures) -> tuple[bool, bool, float, float, str]:
        told, known = one.quality.low is not None, bool(one.quality.items)
        mean = one.quality.mean if known else 0.0
        low = one.quality.low if one.quality.low is not None else mean
        return (not told, not known, -low, -mean, one.key.variant)

    return sorted(figures, key=place)
