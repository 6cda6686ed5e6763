"""Pairs the scores of two versions that answered different units, as in a rollout.

Units are assigned at random, so the difference of a unit of each side tells which version is
better, as that of one item scored twice would, though with more noise. A unit is a table, a caller
or a session: what it holds is alike, so it counts once, by its mean.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from lakegloss.core.release.assignment import (
    RatioCheck,
    Variant,
    check_ratio,
    salted_order,
    variant_of_unit,
)
from lakegloss.core.release.guard import AnswerSeen, ScoredPair

_LOST = " lost "


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmScore:
    """One answer of one of the two versions.

    Attributes:
        unit: what was assigned: a table, a caller or a session.
        score: 0 to 1; 0 where nothing usable came.
        failed: whether it failed hard, see `AnswerSeen`.
        stratum: what may be compared: only units of the same one are paired. Tables and callers
            have other scores, and so have other models; the sides need not have as many of each.
        lost: whether the call failed by no answer of the program: by the endpoint, the inputs, the
            time. It has no score.
    """

    answer_id: str
    unit: str
    variant: Variant
    score: float
    failed: bool
    at: datetime
    stratum: str = ""
    lost: bool = False


def mark_of_unit(unit: str) -> str:
    """A short mark of a unit, for the ids of pairs."""
    return sha256(unit.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def pairs_of_arms(
    scores: Iterable[ArmScore], *, used: Collection[str], salt: str
) -> list[ScoredPair]:
    """Pair units of both sides, each once, in salted order; those without a partner wait.

    Args:
        used: ids of the pairs that were read before: their units are not paired again.
    """
    taken = {mark for pair in used for mark in pair.split("|")}
    strata: defaultdict[str, list[ArmScore]] = defaultdict(list)
    for score in scores:
        if not score.lost:
            strata[score.stratum].append(score)
    pairs: list[ScoredPair] = []
    for name in sorted(strata):
        pairs += _pairs_of_stratum(strata[name], taken, salt)
        taken.update(mark for pair in pairs for mark in pair.item_id.split("|"))
    return pairs


def _pairs_of_stratum(
    scores: Iterable[ArmScore], taken: Collection[str], salt: str
) -> list[ScoredPair]:
    found: dict[Variant, defaultdict[str, list[float]]] = {
        variant: defaultdict(list) for variant in Variant
    }
    for score in scores:
        found[score.variant][mark_of_unit(score.unit)].append(score.score)
    old, new = (
        {mark: math.fsum(v) / len(v) for mark, v in found[side].items() if mark not in taken}
        for side in (Variant.CHAMPION, Variant.CHALLENGER)
    )
    # A unit that changed sides as the share grew is its own partner, the best there is.
    both = sorted(old.keys() & new.keys())
    sides = [(mark, mark) for mark in both]
    alone = (salted_order(salt, old.keys() - both), salted_order(salt, new.keys() - both))
    sides += zip(*alone, strict=False)
    return [ScoredPair(item_id=f"{a}|{b}", champion=old[a], challenger=new[b]) for a, b in sides]


def lost_pairs_of_arms(
    calls: Iterable[ArmScore], *, used: Collection[str], salt: str
) -> list[ScoredPair]:
    """Pair units of both sides by the share of their calls that were not lost.

    What strikes both versions, such as an endpoint that is down, is no difference; calls that only
    one of them loses, by too long a prompt for example, are. Give calls of one stage: the sides
    then see the same times.

    Args:
        used: see `pairs_of_arms`; names of other pairs are left out.
    """
    kept = [replace(call, score=float(not call.lost), lost=False) for call in calls]
    before = [name.replace(_LOST, "|") for name in used if _LOST in name]
    return [
        replace(pair, item_id=pair.item_id.replace("|", _LOST))
        for pair in pairs_of_arms(kept, used=before, salt=salt)
    ]


def answers_of(scores: Iterable[ArmScore], *, since: datetime) -> list[AnswerSeen]:
    """The challenger's answers since a time, for the account of hard failures."""
    return [
        AnswerSeen(answer_id=score.answer_id, failed=score.failed, at=score.at)
        for score in scores
        if score.variant is Variant.CHALLENGER and score.at >= since and not score.lost
    ]


def ratio_of(
    scores: Iterable[ArmScore], *, salt: str, share: float, arrive_alike: bool
) -> RatioCheck:
    """Check who got which version in a stage. Units that got both are left out.

    Args:
        arrive_alike: whether units come whatever version they get, so that their number tells, too.
            A job that describes what is missing passes over the tables that are done.
    """
    sides: defaultdict[str, set[Variant]] = defaultdict(set)
    for score in scores:
        sides[score.unit].add(score.variant)
    clear = {unit: next(iter(found)) for unit, found in sides.items() if len(found) == 1}
    wrong = sum(variant_of_unit(salt, unit, share) is not side for unit, side in clear.items())
    challengers = sum(side is Variant.CHALLENGER for side in clear.values())
    if wrong > max(2, len(clear) // 20):  # more than what was under way when the share changed
        return RatioCheck(challengers=challengers, units=len(clear), share=share, p=0.0)
    if arrive_alike and share < 1:
        return check_ratio(challengers, len(clear), share)
    return RatioCheck(challengers=challengers, units=len(clear), share=share, p=None)
