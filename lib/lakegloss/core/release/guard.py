"""Decides by evidence whether a challenger is taken back, becomes the champion, or must wait.

Both versions are scored on the same items; the differences, in salted random order, are bet on
(`core/statistics/betting.py`). The challenger is taken back when the evidence against "it is not
worse" reaches 1/alpha, and may be promoted when the evidence against "it is worse by the margin"
reaches 1/promote_alpha and people do not find it worse. A second account watches hard failures, a
third calls that were lost on one side more often than on the other.

What was read, in which order and at which look, is fixed in rows (`GuardItem`), and the decision
follows from these rows alone. So it does not matter how often somebody looks, and an item that
comes twice, or late with another score, changes nothing.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from lakegloss.core.release.assignment import salted_order
from lakegloss.core.release.guard_evidence import (
    failing_along,
    not_worse_along,
    promotable_at,
    worse_along,
)
from lakegloss.core.statistics.betting import first_above
from lakegloss.core.statistics.intervals import Estimate

GROUP_BOUND = 0.25
"""The most that the mean difference of a group counts against a challenger, where groups are read
and not items. For a promotion it counts whole: cut, a version that fails one group of ten entirely
would look "not worse"."""
FAILURES_A_LOOK = 200
"""The most new answers in which one look searches for hard failures, and the most late ones: a
random sample of each."""


class GuardSays(StrEnum):
    """What the evidence says: go on collecting, take it back, promote it, or ask a person."""

    GO_ON = "go on"
    ROLL_BACK = "roll back"
    PROMOTE = "promote"
    HOLD = "hold"


class ItemKind(StrEnum):
    """What a row holds.

    A difference of two scores, whether one answer of the challenger failed hard, or a difference
    in the shares of calls that were not lost.
    """

    DIFFERENCE = "difference"
    FAILURE = "failure"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRules:
    """When a guard decides.

    Attributes:
        alpha: how often a challenger that is as good is taken back, by each of the accounts.
        promote_alpha: how often one that is worse by the margin is promoted.
        margin: how much worse, in scores from 0 to 1, still counts as "not worse".
        cap: differences after which nothing is promoted by itself: a person decides. What comes
            later can still take the challenger back.
        least: differences without which nothing is promoted.
        failure_limit: the rate of hard failures that is allowed.
        people_needed: whether nothing is promoted without labels of people.
    """

    alpha: float = 0.01
    promote_alpha: float = 0.05
    margin: float = 0.05
    cap: int = 300
    least: int = 30
    failure_limit: float = 0.01
    people_needed: bool = False

    def __post_init__(self) -> None:
        shares = (self.alpha, self.promote_alpha, self.margin, self.failure_limit)
        if not (all(0 < share < GROUP_BOUND for share in shares) and 1 <= self.least <= self.cap):
            raise ValueError(f"these rules cannot be followed: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """What evidence is about. Where any of it changes, evidence begins anew.

    Attributes:
        champion, challenger: versions of the programs: hashes of what they send.
        judge: model and version of the judge who scored; '' where none did.
        population: how many items there are to be compared, read in salted random order; 0 for a
            stream without an end.
        grouped: whether groups, such as tables, are read in place of items: a group counts once,
            by its mean difference, against the challenger at most `GROUP_BOUND`. Items that arrive
            group by group are alike, and would count as more evidence than they are.
    """

    name: str
    champion: str
    challenger: str
    metric: str
    metric_version: str = ""
    judge: str = ""
    model: str = ""
    population: int = 0
    grouped: bool = False

    @property
    def bound(self) -> float:
        """The most that one difference counts against the challenger."""
        return GROUP_BOUND if self.grouped else 1.0

    @property
    def account_id(self) -> str:
        """A hash of all of it."""
        # Accounts of earlier versions hold differences that were cut: they are not continued.
        about = asdict(self) | ({"values": "whole"} if self.grouped else {})
        text = json.dumps(about, sort_keys=True, ensure_ascii=True)
        return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPair:
    """The scores that both versions got for one item, from 0 to 1.

    A version that gave nothing usable gets 0: leaving such items out would favour it.

    Attributes:
        group: what makes items alike, such as their table; '' where the item stands alone.
    """

    item_id: str
    champion: float
    challenger: float
    group: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.champion <= 1 and 0 <= self.challenger <= 1):  # refuses NaN, too
            raise ValueError(f"the scores of {self.item_id!r} are not between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSeen:
    """One answer of the challenger, and whether it failed hard.

    Hard are failures of the program: nothing that can be read, a refusal, a leak, an empty answer.
    Failures of the endpoint, which strike both versions, are not.

    Attributes:
        at: when it ended; None where that is not known.
    """

    answer_id: str
    failed: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardItem:
    """One row of what a guard read: it is never changed.

    Attributes:
        look: the number of the look that read it; place: its place within that look.
        value: the difference, challenger less champion (of scores, or of the shares of calls that
            were not lost); for a failure 1, else 0.
    """

    account_id: str
    kind: str
    item_id: str
    look: int
    place: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFinding:
    """What the evidence says, and all that it rests on.

    Attributes:
        worse: evidence that the challenger is worse; not_worse: that it is not worse by the
            margin; failing: that it fails more often than allowed; losing: that more of its calls
            are lost than of the champion's. 1 is none.
        worse_at, not_worse_at, failing_at, losing_at: after how many items each was enough; 0 is
            never.
        needed: what `worse`, `failing` and `losing` must reach; needed_to_promote: what `not_worse`
            must.
        mean: of the differences.
        compared: units whose lost calls were compared.
        openings: how many accounts this challenger has had; the error of a promotion is divided
            by their square, so that the errors of all accounts have a bound.
    """

    says: GuardSays
    why: str
    items: int = 0
    mean: float = 0.0
    worse: float = 1.0
    not_worse: float = 1.0
    failing: float = 1.0
    losing: float = 1.0
    worse_at: int = 0
    not_worse_at: int = 0
    failing_at: int = 0
    losing_at: int = 0
    compared: int = 0
    answers: int = 0
    failures: int = 0
    needed: float = 100.0
    needed_to_promote: float = 20.0
    openings: int = 1

    def as_json(self) -> str:
        """All of it for a row; evidence without bound becomes null."""
        values: Mapping[str, Any] = {
            name: None if isinstance(value, float) and math.isinf(value) else value
            for name, value in asdict(self).items()
        }
        return json.dumps(values, ensure_ascii=True, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What people found of the difference, corrected by what they said (`corrected_mean`).

    Attributes:
        difference: None where nobody was asked.
    """

    difference: Estimate | None = None

    def objection(self, rules: GuardRules) -> str:
        """Why they do not agree to a promotion; '' where they do."""
        found = self.difference
        if found is None or found.low is None or found.high is None:
            count = 0 if found is None else found.groups
            return f"people labelled {count} items: too few" if rules.people_needed else ""
        if found.high < 0 or found.mean < -rules.margin:
            return f"people find it worse by {-found.mean:.3f}"
        if rules.people_needed and found.low <= -rules.margin:
            return f"people cannot rule out that it is worse by {-found.low:.3f}"
        return ""


NOBODY = People()


def read_pairs(
    key: AccountKey,
    known: Sequence[GuardItem],
    pairs: Iterable[ScoredPair],
    *,
    salt: str,
    look: int,
    rules: GuardRules,
    kind: ItemKind = ItemKind.DIFFERENCE,
) -> list[GuardItem]:
    """The rows that a look adds: pairs that no earlier look read, in salted order.

    A look reads as many as the cap says at most. Reading goes on after the cap: a challenger that
    turns bad late is still taken back.

    Args:
        known: the rows of this account so far.
        look: the number of this look; higher than those of `known`.
        kind: DIFFERENCE for scores; LOST where the scores are the shares of calls not lost.
    """
    differences: defaultdict[str, list[float]] = defaultdict(list)
    seen: set[str] = set()
    for pair in pairs:
        if pair.item_id not in seen:
            seen.add(pair.item_id)
            unit = pair.group or pair.item_id if key.grouped else pair.item_id
            differences[unit].append(pair.challenger - pair.champion)
    values = {
        unit: max(-1.0, min(1.0, math.fsum(found) / len(found)))
        for unit, found in differences.items()
    }
    most = key.population if kind is ItemKind.DIFFERENCE else 0
    return _rows(key, kind, known, salt, look, values, most=most, most_a_look=rules.cap)


def read_answers(
    key: AccountKey,
    known: Sequence[GuardItem],
    answers: Iterable[AnswerSeen],
    *,
    salt: str,
    look: int,
    since: datetime | None = None,
) -> list[GuardItem]:
    """The rows that a look adds to the account of hard failures.

    At most `FAILURES_A_LOOK` of what is new, then at most as many of what is older and was not read
    yet: answers that reach the ledger late would else be lost, or hide the new ones.

    Args:
        since: what ended before is older; None where nothing is.
    """
    seen: dict[str, tuple[bool, float]] = {}
    for answer in answers:
        is_late = since is not None and answer.at is not None and answer.at < since
        seen.setdefault(answer.answer_id, (is_late, float(answer.failed)))
    rows: list[GuardItem] = []
    for late in (False, True):
        values = {name: failed for name, (is_late, failed) in seen.items() if is_late is late}
        rows += _rows(
            key, ItemKind.FAILURE, known, salt, look, values, most=0,
            most_a_look=FAILURES_A_LOOK, first_place=len(rows),
        )  # fmt: skip
    return rows


def _rows(
    key: AccountKey,
    kind: ItemKind,
    known: Sequence[GuardItem],
    salt: str,
    look: int,
    values: Mapping[str, float],
    *,
    most: int,
    most_a_look: int,
    first_place: int = 0,
) -> list[GuardItem]:
    mine = _in_order(key.account_id, kind, known)
    if any(item.look >= look for item in mine):
        raise ValueError(f"look {look} is not after the looks that are recorded")
    there = {item.item_id for item in mine}
    room = min(most - len(mine) if most else most_a_look, most_a_look)
    fresh = [name for name in salted_order(salt, values) if name not in there][: max(0, room)]
    return [
        GuardItem(
            account_id=key.account_id, kind=kind.value, item_id=name, look=look, place=place,
            value=values[name],
        )
        for place, name in enumerate(fresh, first_place)
    ]  # fmt: skip


def _in_order(account_id: str, kind: ItemKind, items: Iterable[GuardItem]) -> list[GuardItem]:
    """The rows of an account, each item once: as the first look had it."""
    mine = [item for item in items if (item.account_id, item.kind) == (account_id, kind.value)]
    first: dict[str, GuardItem] = {}
    for item in sorted(mine, key=lambda i: (i.look, i.place, i.item_id, i.value)):
        first.setdefault(item.item_id, item)
    return list(first.values())


def decide(
    key: AccountKey,
    items: Sequence[GuardItem],
    rules: GuardRules,
    *,
    people: People = NOBODY,
    openings: int = 1,
) -> GuardFinding:
    """What the rows of an account say.

    Evidence that was once enough stays enough: what comes after cannot take it back. A failure goes
    before a difference, and taking back before promoting.

    Args:
        items: rows of this account, and of others, which are left out.
        openings: how many accounts this challenger has had, this one included.
    """
    read = [i.value for i in _in_order(key.account_id, ItemKind.DIFFERENCE, items)]
    answers = [i.value > 0 for i in _in_order(key.account_id, ItemKind.FAILURE, items)]
    kept = [i.value for i in _in_order(key.account_id, ItemKind.LOST, items)]
    most = min(rules.cap, key.population or rules.cap)
    worse = worse_along(read, bound=key.bound, population=key.population)
    not_worse = not_worse_along(read[:most], margin=rules.margin, population=key.population)
    failing = failing_along(answers, limit=rules.failure_limit)
    losing = worse_along(kept)
    # Divided by their number alone, the errors of ever more accounts would add up without a bound.
    promote_alpha = rules.promote_alpha / max(1, openings) ** 2
    values: dict[str, Any] = {
        "items": len(read),
        "mean": math.fsum(read) / len(read) if read else 0.0,
        "worse": worse[-1] if read else 1.0,
        "not_worse": not_worse[-1] if read else 1.0,
        "failing": failing[-1] if failing else 1.0,
        "losing": losing[-1] if losing else 1.0,
        "worse_at": first_above(worse, rules.alpha),
        "not_worse_at": promotable_at(not_worse, promote_alpha, rules.least),
        "failing_at": first_above(failing, rules.alpha),
        "losing_at": first_above(losing, rules.alpha),
        "compared": len(kept),
        "answers": len(answers),
        "failures": sum(answers),
        "needed": 1 / rules.alpha,
        "needed_to_promote": 1 / promote_alpha,
        "openings": openings,
    }
    says, why = _said(values, rules, people, is_full=len(read) >= most)
    return GuardFinding(says=says, why=why, **values)


def _said(
    values: Mapping[str, Any], rules: GuardRules, people: People, *, is_full: bool
) -> tuple[GuardSays, str]:
    if why := _why_back(values, rules):
        return GuardSays.ROLL_BACK, why
    if values["not_worse_at"]:
        if objection := people.objection(rules):
            return GuardSays.HOLD, f"the evidence is enough to promote, but {objection}"
        return GuardSays.PROMOTE, (
            f"it is not worse by {rules.margin:g}: after {values['not_worse_at']} items the "
            f"evidence reached {values['needed_to_promote']:.0f}; mean difference "
            f"{values['mean']:+.3f}"
        )
    if is_full:
        return GuardSays.HOLD, f"{values['items']} items decide neither: a person must"
    return GuardSays.GO_ON, f"{values['items']} items do not decide yet"


def _why_back(values: Mapping[str, Any], rules: GuardRules) -> str:
    """Why a challenger is taken back; '' where nothing says so."""
    needed = f"the evidence reached {values['needed']:.0f}"
    if values["failing_at"]:
        share = values["failures"] / values["answers"]
        return (
            f"{share:.1%} of {values['answers']} answers failed hard, above the limit of "
            f"{rules.failure_limit:.1%}"
        )
    if values["losing_at"]:
        return (
            f"more of its calls are lost than of the champion's: after {values['losing_at']} units "
            f"of each {needed}"
        )
    if values["worse_at"]:
        return (
            f"it is worse: after {values['worse_at']} items {needed}; mean difference "
            f"{values['mean']:+.3f}"
        )
    return ""
