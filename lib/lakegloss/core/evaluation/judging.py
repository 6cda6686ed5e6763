"""Turns what a judge by a language model says into findings, and checks them against people.

A judge is asked about each pair of texts in both orders; a text wins only where it wins in both.
What the judge finds of all pairs is corrected by what people said of some (`corrected_mean`), and
counts only where it agrees with people more than chance does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.persuasion import persuades
from lakegloss.core.statistics.corrected import corrected_mean
from lakegloss.core.statistics.intervals import (
    Conclusion,
    Estimate,
    conclusion_of,
    estimate,
)

LEAST_LABELS = 20
"""With fewer labels neither agreement nor interval can be relied on."""
LEAST_KAPPA = 0.4
"""Cohen's kappa (1960) from which agreement counts as moderate (Landis, Koch 1977).

A judge that agrees less with people does not enter a decision.
"""


class Preference(StrEnum):
    """Which of two texts is better."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"

    @property
    def difference(self) -> float:
        """1 for the first, -1 for the second."""
        return {Preference.FIRST: 1.0, Preference.SECOND: -1.0}.get(self, 0.0)

    @property
    def swapped(self) -> "Preference":
        """The same where the texts changed places."""
        places = {Preference.FIRST: Preference.SECOND, Preference.SECOND: Preference.FIRST}
        return places.get(self, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """Two texts for one task.

    Attributes:
        task: what was to be written, with what was known.
        reference: what a person wrote; '' where nobody did.
    """

    key: AssetKey
    task: str
    reference: str
    first: str
    second: str

    @property
    def unsafe(self) -> bool:
        """Whether one of them speaks to its judge."""
        return persuades(self.first) or persuades(self.second)

    @property
    def settled(self) -> Preference | None:
        """What is plain without a judge: equal texts, one that is missing, one that persuades.

        A text that speaks to its judge loses, whatever else is in it; two of them are level.
        """
        if self.first.split() == self.second.split():
            return Preference.TIE
        unfit = [not text.strip() or persuades(text) for text in (self.first, self.second)]
        if unfit == [True, True]:
            return Preference.TIE
        if any(unfit):
            return Preference.SECOND if unfit[0] else Preference.FIRST
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a judge found of a pair.

    Attributes:
        verdict: None where an answer could not be read: that is no tie.
        flipped: whether the order of the texts decided, which makes it a tie.
        unsafe: whether a text spoke to its judge.
    """

    key: AssetKey
    verdict: Preference | None
    flipped: bool = False
    unsafe: bool = False
    asked: bool = True
    why: str = ""


def judgement_of(
    pair: JudgedPair, forward: Preference | None, backward: Preference | None, why: str = ""
) -> Judgement:
    """Combine the verdicts of both orders, each in terms of the pair's own first and second."""
    if forward is None or backward is None:
        return Judgement(key=pair.key, verdict=None, unsafe=pair.unsafe, why=why)
    agreed = forward is backward
    opposite = forward is backward.swapped and forward is not Preference.TIE
    return Judgement(
        key=pair.key,
        verdict=forward if agreed else Preference.TIE,
        flipped=not agreed and opposite,
        unsafe=pair.unsafe,
        why=why,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAgreement:
    """How far a judge agrees with people on the pairs that both know.

    Attributes:
        share: of pairs with the same verdict; kappa: beyond chance (Cohen 1960), None where people
            or judge always said the same, so that there is nothing to agree on.
    """

    items: int
    share: float
    kappa: float | None

    @property
    def enough(self) -> bool:
        """Whether the judge may enter a decision."""
        known = self.items >= LEAST_LABELS and self.kappa is not None
        return known and self.kappa is not None and self.kappa >= LEAST_KAPPA


def agreement_of(pairs: Sequence[tuple[Preference, Preference]]) -> PeopleAgreement:
    """Compare verdicts of people with those of a judge."""
    count = len(pairs)
    if not count:
        return PeopleAgreement(items=0, share=0.0, kappa=None)
    share = sum(person is judge for person, judge in pairs) / count
    people, judged = Counter(p for p, _ in pairs), Counter(j for _, j in pairs)
    chance = sum(people[one] * judged[one] for one in Preference) / count**2
    kappa = (share - chance) / (1 - chance) if chance < 1 else None
    return PeopleAgreement(items=count, share=share, kappa=kappa)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFindings:
    """What a judge found of two versions, and what that is worth.

    Attributes:
        version: of the judge: its prompt and the way it is asked.
        verdicts: how many pairs went to the first, to the second, to none.
        flipped: pairs where the order decided; unread: pairs without a verdict; unsafe: pairs of
            which a text spoke to the judge.
        longer: the share of the decided pairs that the longer text won; a judge with a taste for
            length is far from one half.
        alone: the mean difference by the judge alone, -1 to 1: a description, never a decision.
        labels: how many pairs people judged.
        estimate: the mean difference that people would find; None with too few labels. Where the
            judge does not count, it is of the labels alone.
    """

    model: str
    version: str
    judgements: Sequence[Judgement]
    verdicts: Mapping[Preference, int]
    flipped: int
    unread: int
    unsafe: int
    longer: float | None
    alone: Estimate
    labels: int
    agreement: PeopleAgreement
    estimate: Estimate | None

    @property
    def counts(self) -> bool:
        """Whether the judge enters the decision."""
        return self.agreement.enough

    @property
    def conclusion(self) -> Conclusion:
        return Conclusion.TOO_FEW if self.estimate is None else conclusion_of(self.estimate)


def findings_of(
    pairs: Sequence[JudgedPair],
    judgements: Sequence[Judgement],
    labels: Mapping[AssetKey, Preference],
    *,
    model: str,
    version: str,
) -> JudgeFindings:
    """Sum up what a judge found, corrected by what people said.

    Args:
        labels: what people found, by item: a random sample of the groups.
    """
    read = {j.key: j.verdict for j in judgements if j.verdict is not None}
    both = [(labels[key], verdict) for key, verdict in read.items() if key in labels]
    agreement = agreement_of(both)
    return JudgeFindings(
        model=model,
        version=version,
        judgements=judgements,
        verdicts=Counter(read.values()),
        flipped=sum(j.flipped for j in judgements),
        unread=sum(j.verdict is None for j in judgements),
        unsafe=sum(j.unsafe for j in judgements),
        longer=_longer_wins(pairs, read),
        alone=estimate((key.table, verdict.difference) for key, verdict in read.items()),
        labels=len(labels),
        agreement=agreement,
        estimate=_estimate(read, labels, judged=agreement.enough),
    )


def _longer_wins(pairs: Iterable[JudgedPair], read: Mapping[AssetKey, Preference]) -> float | None:
    won = []
    for pair in pairs:
        difference = len(pair.first) - len(pair.second)
        sign = read.get(pair.key, Preference.TIE).difference
        if sign and difference:
            won.append((difference > 0) == (sign > 0))
    return sum(won) / len(won) if won else None


def _estimate(
    read: Mapping[AssetKey, Preference], labels: Mapping[AssetKey, Preference], *, judged: bool
) -> Estimate | None:
    """What people would find: each group is one draw, as the items of a group are alike."""
    if len(labels) < LEAST_LABELS:
        return None
    if not judged:
        return estimate((key.table, said.difference) for key, said in labels.items())
    there = [key for key in labels if key in read]
    people = _means((key.table, labels[key].difference) for key in there)
    same = _means((key.table, read[key].difference) for key in there)
    rest = _means((k.table, v.difference) for k, v in read.items() if k.table not in people)
    groups = list(people)
    return corrected_mean(
        [people[group] for group in groups], [same[group] for group in groups], list(rest.values())
    )


def _means(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    values: defaultdict[str, list[float]] = defaultdict(list)
    for group, value in pairs:
        values[group].append(value)
    return {group: fmean(found) for group, found in values.items()}
