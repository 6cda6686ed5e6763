"""Names the metrics of programs of any kind, each with its version, and scores outputs by them.

Every score is 0 to 1, more is better. A metric that cannot say anything of an item (no reference,
no text, no entities) gives None for it, which is neither a good score nor a bad one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lakegloss.core.metrics import output_form, overlap
from lakegloss.core.metrics.output_values import (
    ProgramCase,
    compare_fields,
    entities_of,
    relationships_of,
    text_pairs,
    texts_in,
)
from lakegloss.core.metrics.scores import MetricScore
from lakegloss.errors import InputError

Scored = Callable[[ProgramCase], MetricScore | None]
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramMetric:
    """A metric of programs.

    Attributes:
        version: changes with the meaning of the score; scores of two versions are never compared.
        measures: what it asks, for people.
        needs_expected: whether it compares with a reference.
        passes_at: the score from which an output passes.
    """

    name: str
    version: str
    measures: str
    score: Scored
    needs_expected: bool = True
    passes_at: float = _HALF


def _exact_match(case: ProgramCase) -> MetricScore | None:
    """Whether every expected output is there as expected."""
    fields = compare_fields(case, exact=True)
    if not fields:
        return None
    wrong = [name for name, found in fields.items() if found.score < 1]
    why = f"It differs from the reference in: {', '.join(wrong)}." if wrong else ""
    return MetricScore(score=float(not wrong), why=why)


def _field_match(case: ProgramCase) -> MetricScore | None:
    """How far each expected output is met, by its kind; the mean over them."""
    fields = compare_fields(case, exact=False)
    if not fields:
        return None
    parts = {name: found.score for name, found in fields.items()}
    why = " ".join(f"{name}: {found.why}" for name, found in fields.items() if found.why)
    return MetricScore(score=sum(parts.values()) / len(parts), parts=parts, why=why)


def _entity_f1(case: ProgramCase) -> MetricScore | None:
    theirs = entities_of(case.expected)
    return None if theirs is None else overlap.set_f1(entities_of(case.outputs) or (), theirs)


def _relationship_f1(case: ProgramCase) -> MetricScore | None:
    """F1 of the pairs, in their direction; the part `with_relation` asks for the relation too."""
    theirs = relationships_of(case.expected)
    if theirs is None:
        return None
    ours = relationships_of(case.outputs) or ()
    found = overlap.set_f1([(s, t) for s, _, t in ours], [(s, t) for s, _, t in theirs])
    whole = overlap.set_f1(ours, theirs).score
    return replace(found, parts={**found.parts, "with_relation": whole})


def _rouge(part: str) -> Scored:
    def score(case: ProgramCase) -> MetricScore | None:
        found = [overlap.rouge(ours, theirs) for ours, theirs in text_pairs(case)]
        if not found:
            return None
        parts = {
            name: sum(one.parts[name] for one in found) / len(found)
            for name in ("rouge1", "rouge2", "rougeL")
        }
        value = parts[part] if part else sum(parts.values()) / len(parts)
        return MetricScore(score=value, parts=parts, why=" ".join(f.why for f in found if f.why))

    return score


def _format_compliance(case: ProgramCase) -> MetricScore | None:
    return output_form.format_compliance(case.outputs, case.kinds) if case.kinds else None


def _supported(case: ProgramCase) -> MetricScore | None:
    """What the input supports: entities where the outputs name some, else words."""
    sources = list(texts_in(case.inputs))
    entities = entities_of(case.outputs)
    texts = list(texts_in(case.outputs))
    if not sources or not (entities or any(text.strip() for text in texts)):
        return None
    found = (
        output_form.supported_entities(list(entities), sources)
        if entities
        else output_form.supported_words("\n".join(texts), sources)
    )
    return replace(found, parts={"hallucination_rate": 1 - found.score})


def _readability(case: ProgramCase) -> MetricScore | None:
    text = "\n".join(texts_in(case.outputs))
    return output_form.readability(text) if any(map(str.isalpha, text)) else None


METRICS: Mapping[str, ProgramMetric] = {
    metric.name: metric
    for metric in (
        ProgramMetric(
            name="field_match", version="1", score=_field_match,
            measures="each expected output by its kind: labels, numbers exactly, texts by ROUGE, "
            "lists by F1",
        ),
        ProgramMetric(
            name="exact_match", version=overlap.VERSION, score=_exact_match, passes_at=1.0,
            measures="whether all expected outputs are as expected",
        ),
        ProgramMetric(
            name="entity_f1", version=overlap.VERSION, score=_entity_f1,
            measures="F1 of the entities, by their names",
        ),
        ProgramMetric(
            name="relationship_f1", version=overlap.VERSION, score=_relationship_f1,
            measures="F1 of the pairs of source and target",
        ),
        *(
            ProgramMetric(
                name=name, version=overlap.VERSION, score=_rouge(part),
                measures=f"F1 of {words}",
            )
            for name, part, words in (
                ("rouge", "", "ROUGE-1, -2 and -L, their mean"),
                ("rouge1", "rouge1", "the words that both texts have"),
                ("rouge2", "rouge2", "the pairs of words that both texts have"),
                ("rougeL", "rougeL", "the longest sequence of words that both texts have"),
            )
        ),
        ProgramMetric(
            name="format_compliance", version=output_form.VERSION, score=_format_compliance,
            needs_expected=False, passes_at=1.0,
            measures="the share of the outputs that are there and of their type",
        ),
        ProgramMetric(
            name="supported", version=output_form.VERSION, score=_supported,
            needs_expected=False, passes_at=0.9,
            measures="1 less the hallucination rate: the share of words or entities that the input "
            "has",
        ),
        ProgramMetric(
            name="readability", version=output_form.VERSION, score=_readability,
            needs_expected=False,
            measures="Flesch's reading ease, brought to 0 to 1; English",
        ),
    )
}  # fmt: skip
"""The metrics by name."""
_OTHER_NAMES: Mapping[str, str] = {
    "accuracy": "field_match",
    "quality": "field_match",
    "quality_score": "field_match",
    "hallucination_rate": "supported",
    "hallucination": "supported",
    "rouge_1": "rouge1",
    "rouge_2": "rouge2",
    "rouge_l": "rougeL",
    "rougel": "rougeL",
    "em": "exact_match",
}


def metric_named(name: str) -> ProgramMetric:
    """The metric of a name; `ROUGE-L` and `rouge_l` are one.

    Raises:
        InputError: there is none.
    """
    key = "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
    found = METRICS.get(_OTHER_NAMES.get(key, key)) or METRICS.get(name)
    if found is None:
        raise InputError(
            f"There is no metric {name[:40]!r}.", remedy=f"Known are: {', '.join(METRICS)}."
        )
    return found


def default_metrics(*, expected: bool) -> tuple[ProgramMetric, ...]:
    """The metrics where none is named; the first decides.

    Args:
        expected: whether there are references.
    """
    names = ("field_match",) if expected else ("supported", "format_compliance", "readability")
    return tuple(METRICS[name] for name in names)
