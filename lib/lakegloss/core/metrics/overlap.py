"""Compares texts and sets with references: exact match, ROUGE-1, -2 and -L, F1 of sets."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.metrics.scores import MetricScore
from lakegloss.core.metrics.wording import exact_units_of, units_of

VERSION = "2"
"""Of all metrics here; changes with the meaning of a score."""
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def exact_match(output: str, reference: str) -> MetricScore:
    """1 where both have the same words in the same order; case, spaces and punctuation are free.

    Signs that change an answer count: a minus, those of C++ and C#, of < and >, pictures.
    """
    same = exact_units_of(output) == exact_units_of(reference)
    return MetricScore(score=float(same), why="" if same else "It differs from the reference.")


def rouge_n(output: str, reference: str, n: int) -> Overlap:
    """ROUGE-N (Lin 2004): how many sequences of n words both have, without stemming.

    A text of fewer than n words is one sequence: so equal texts of one word are alike.
    """
    ours, theirs = _sequences(units_of(output), n), _sequences(units_of(reference), n)
    return _overlap((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(output: str, reference: str) -> Overlap:
    """ROUGE-L (Lin 2004): the longest sequence of words that both have, gaps allowed."""
    ours, theirs = units_of(output), units_of(reference)
    return _overlap(_longest_common(ours, theirs), len(ours), len(theirs))


def rouge(output: str, reference: str) -> MetricScore:
    """The mean F1 of ROUGE-1, -2 and -L, which are its parts."""
    parts = {
        "rouge1": rouge_n(output, reference, 1).f1,
        "rouge2": rouge_n(output, reference, 2).f1,
        "rougeL": rouge_l(output, reference).f1,
    }
    missing = [word for word in dict.fromkeys(units_of(reference)) if word not in units_of(output)]
    why = f"It leaves out: {', '.join(missing[:_SHOWN])}." if missing else ""
    return MetricScore(score=sum(parts.values()) / len(parts), parts=parts, why=why)


def set_f1(output: Iterable[Hashable], reference: Iterable[Hashable]) -> MetricScore:
    """F1 of two sets: entities, or relationships as (source, relation, target).

    Texts are compared without case and outer spaces. Two empty sets are alike.
    """
    ours = {_plain(item): item for item in output}
    theirs = {_plain(item): item for item in reference}
    if not ours and not theirs:
        return MetricScore(score=1.0, parts={"precision": 1.0, "recall": 1.0})
    found = _overlap(len(ours.keys() & theirs.keys()), len(ours), len(theirs))
    missing = sorted(str(theirs[key]) for key in theirs.keys() - ours.keys())
    extra = sorted(str(ours[key]) for key in ours.keys() - theirs.keys())
    why = [
        f"{words}: {', '.join(items[:_SHOWN])}."
        for words, items in (("Missing", missing), ("Not in the reference", extra))
        if items
    ]
    parts = {"precision": found.precision, "recall": found.recall}
    return MetricScore(score=found.f1, parts=parts, why=" ".join(why))


def graph_f1(
    output: Mapping[str, Iterable[Hashable]], reference: Mapping[str, Iterable[Hashable]]
) -> MetricScore:
    """The mean of the F1 of `entities` and of `relationships`."""
    kinds = ("entities", "relationships")
    scores = {kind: set_f1(output.get(kind, ()), reference.get(kind, ())) for kind in kinds}
    why = " ".join(f"{kind}: {found.why}" for kind, found in scores.items() if found.why)
    parts = {kind: found.score for kind, found in scores.items()}
    return MetricScore(score=sum(parts.values()) / len(kinds), parts=parts, why=why)


def _plain(item: Hashable) -> Hashable:
    if isinstance(item, str):
        return " ".join(item.split()).casefold()
    return tuple(map(_plain, item)) if isinstance(item, tuple) else item


def _overlap(common: int, ours: int, theirs: int) -> Overlap:
    if not ours and not theirs:
        return Overlap(precision=1.0, recall=1.0)
    return Overlap(
        precision=common / ours if ours else 0.0, recall=common / theirs if theirs else 0.0
    )


def _sequences(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    starts = range(max(len(words) - n, 0) + 1) if words else ()
    return Counter(tuple(words[at : at + n]) for at in starts)


def _longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    lengths = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for at, other in enumerate(second, start=1):
            before, lengths[at] = (
                lengths[at],
                before + 1 if word == other else max(lengths[at], lengths[at - 1]),
            )
    return lengths[-1]
