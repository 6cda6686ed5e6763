"""Decides the next step of a gradual rollout: a state machine over rows that a person can read.

A challenger answers a share of the units, stage after stage. Each stage lasts a window at least and
passes a gate. No data is never success: windows without an answer hold the rollout, more of them
take the challenger back.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lakegloss.core.release.assignment import RatioCheck
from lakegloss.core.release.guard import GuardFinding, GuardRules, GuardSays
from lakegloss.errors import InputError

SHARES = (0.10, 0.25, 0.50, 0.75, 1.0)
WINDOW_SECONDS = 3_600.0
CLOCKS = timedelta(minutes=5)
"""How far the clocks of two machines may differ; what is further in the future is not believed."""
_LONGEST_WINDOW = 366 * 86_400.0


class RolloutState(StrEnum):
    """Where a rollout is. NONE is before the first; the last three are ends."""

    NONE = "none"
    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    WITHDRAWN = "withdrawn"

    @property
    def is_active(self) -> bool:
        """Whether a challenger answers."""
        return self in {RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.HELD}


class RolloutEvent(StrEnum):
    """What happens to a rollout. PAUSE, RESUME and WITHDRAW are people's, too.

    LEASE claims the next step. SETTLE says that what an end decided is carried out, so that nothing
    carries it out again.
    """

    START = "start"
    LEASE = "lease"
    STAY = "stay"
    ADVANCE = "advance"
    HOLD = "hold"
    PAUSE = "pause"
    RESUME = "resume"
    PROMOTE = "promote"
    ROLL_BACK = "roll back"
    WITHDRAW = "withdraw"
    SETTLE = "settle"


_ENDS = (RolloutState.PROMOTED, RolloutState.ROLLED_BACK, RolloutState.WITHDRAWN)
_ALWAYS = {
    RolloutEvent.PROMOTE: RolloutState.PROMOTED,
    RolloutEvent.ROLL_BACK: RolloutState.ROLLED_BACK,
    RolloutEvent.WITHDRAW: RolloutState.WITHDRAWN,
}
_MOVES: Mapping[RolloutState, Mapping[RolloutEvent, RolloutState]] = {
    **{end: {RolloutEvent.START: RolloutState.RUNNING, RolloutEvent.SETTLE: end} for end in _ENDS},
    RolloutState.NONE: {RolloutEvent.START: RolloutState.RUNNING},
    RolloutState.RUNNING: {
        **_ALWAYS,
        RolloutEvent.LEASE: RolloutState.RUNNING,
        RolloutEvent.STAY: RolloutState.RUNNING,
        RolloutEvent.ADVANCE: RolloutState.RUNNING,
        RolloutEvent.HOLD: RolloutState.HELD,
        RolloutEvent.PAUSE: RolloutState.PAUSED,
    },
    RolloutState.PAUSED: {
        **_ALWAYS,
        RolloutEvent.LEASE: RolloutState.PAUSED,
        RolloutEvent.STAY: RolloutState.PAUSED,
        RolloutEvent.RESUME: RolloutState.RUNNING,
    },
    RolloutState.HELD: {
        **_ALWAYS,
        RolloutEvent.LEASE: RolloutState.HELD,
        RolloutEvent.STAY: RolloutState.HELD,
        RolloutEvent.PAUSE: RolloutState.PAUSED,
        RolloutEvent.RESUME: RolloutState.RUNNING,
    },
}

_BY_PEOPLE = (RolloutEvent.START, RolloutEvent.PAUSE, RolloutEvent.RESUME, RolloutEvent.WITHDRAW)


def moved(state: RolloutState, event: RolloutEvent) -> RolloutState:
    """The state after an event.

    Raises:
        InputError: the event is not possible in that state.
    """
    try:
        return _MOVES[state][event]
    except KeyError:
        possible = ", ".join(one for one in _MOVES[state] if one in _BY_PEOPLE)
        raise InputError(
            f"A rollout that is {state.value!r} cannot {event.value}.",
            remedy=f"Possible now: {possible}.",
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutRules:
    """How a rollout goes on.

    Attributes:
        shares: of the units that the challenger answers, stage by stage; the last is 1.
        window: seconds that a stage lasts at least, and after which no answer is an empty window.
        hold_after, roll_back_after: empty windows in a row.
        least_answers: answers of the challenger without which no stage ends.
        proof_above: a larger share than this needs the evidence that a promotion needs.
        shadow: of the champion's units, which share the challenger answers, too, seen by nobody;
            then the first of `shares` may be 0.
    """

    shares: tuple[float, ...] = SHARES
    window: float = WINDOW_SECONDS
    hold_after: int = 2
    roll_back_after: int = 4
    least_answers: int = 10
    proof_above: float = 0.5
    shadow: float = 0.0
    guard: GuardRules = field(default_factory=GuardRules)

    def __post_init__(self) -> None:
        # Where nobody gets it and it answers nothing beside, no evidence would ever come.
        begins = self.shares[1:] if self.shadow > 0 and self.shares[:1] == (0.0,) else self.shares
        rising = all(a < b for a, b in zip((0.0, *begins), begins, strict=False))
        windows = 1 <= self.hold_after <= self.roll_back_after and 0 <= self.shadow <= 1
        if not (begins and rising and begins[-1] == 1 and self.window > 0 and windows):
            raise InputError(
                "These rules cannot be followed.",
                remedy="Shares rise to 1, windows take time, and holding comes before taking back.",
            )
        numbers = math.isfinite(self.window) and self.window <= _LONGEST_WINDOW
        if not (numbers and self.least_answers >= 1 and 0 <= self.proof_above <= 1):
            raise InputError(
                "These rules cannot be followed.",
                remedy="A window lasts a year at most, a stage needs an answer at least, and the "
                "share above which proof is needed is from 0 to 1.",
            )

    def as_json(self) -> str:
        """The rules as a row holds them."""
        return json.dumps(asdict(self), ensure_ascii=True, sort_keys=True)


def rules_from(text: str) -> RolloutRules:
    """The rules that a row holds; names of later versions are left out."""
    values: dict[str, Any] = json.loads(text)
    guard = GuardRules(**_known(values.pop("guard", {}), GuardRules))
    values["shares"] = tuple(values.get("shares", SHARES))
    return RolloutRules(**_known(values, RolloutRules), guard=guard)


def _known(values: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in kind.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutRow:
    """One row of the ledger: what happened, why, and how the rollout stands after it.

    Attributes:
        number: counts the rows of a name from 1. Each number is given once, so that of two
            processes which step at the same time one loses.
        champion, challenger: numbers of versions; champion_version, challenger_version: hashes.
        salt: by which units are assigned; a name keeps it, so that a restart moves no unit.
        account_id: of the evidence; opening: how many accounts this challenger has had.
        look: number of the row whose look at the evidence is closed by this one; 0 for none.
        finding: JSON of the `GuardFinding`; rules: JSON of the `RolloutRules`.
        answered_at: when the challenger answered last, as far as is known.
        stage_since: when the stage began, or went on after a pause.
        holder, lease_until: who steps, and until when nobody else may.
    """

    row_id: str
    name: str
    number: int
    rollout_id: str
    event: str
    state: str
    stage: int
    share: float
    champion: int
    challenger: int
    champion_version: str
    challenger_version: str
    salt: str
    rules: str
    account_id: str
    opening: int
    look: int
    finding: str
    reason: str
    decided_by: str
    holder: str
    lease_until: datetime | None
    stage_since: datetime
    answered_at: datetime | None
    at: datetime

    @property
    def is_active(self) -> bool:
        """Whether a challenger answers."""
        return RolloutState(self.state).is_active

    @property
    def served_share(self) -> float:
        """The share of units that the challenger answers now."""
        return self.share if self.is_active else 0.0

    def is_leased(self, now: datetime, holder: str = "") -> bool:
        """Whether another process steps: a lease that ran out binds nobody.

        Nor does one from the future: by a clock that is ahead, nobody could step for so long.
        """
        if self.lease_until is None or self.at > now + CLOCKS:
            return False
        return self.lease_until > now and self.holder != holder


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutSight:
    """What a step saw.

    Attributes:
        answers: of the challenger since the stage began.
        answered_at: when it answered last; None where it never did.
        ratio: how many units got each version in this stage; None where that is not known.
        champion: the number of the version that is champion now; 0 where that is not known.
        alerts: alerts that are on for the challenger and not for the champion.
    """

    finding: GuardFinding
    answers: int = 0
    answered_at: datetime | None = None
    ratio: RatioCheck | None = None
    champion: int = 0
    alerts: Sequence[str] = ()


def believed(at: datetime | None, now: datetime) -> datetime | None:
    """A time that another machine noted; None where it is too far in the future to be right."""
    return None if at is None or at > now + CLOCKS else min(at, now)


def empty_windows(row: RolloutRow, rules: RolloutRules, sight: RolloutSight, now: datetime) -> int:
    """How many whole windows passed without an answer of the challenger."""
    noted = (believed(at, now) for at in (sight.answered_at, row.answered_at))
    since = max([row.stage_since, *(at for at in noted if at is not None)])
    return max(0, int((now - since) / timedelta(seconds=rules.window)))


def next_event(
    row: RolloutRow, rules: RolloutRules, sight: RolloutSight, now: datetime
) -> tuple[RolloutEvent, str]:
    """What a step does, and why. What makes it end comes first, what makes it go on last."""
    finding, state = sight.finding, RolloutState(row.state)
    empty = empty_windows(row, rules, sight, now)
    ended = _ended(row, rules, sight, empty)
    if ended is not None:
        return ended
    if state is RolloutState.PAUSED:
        return RolloutEvent.STAY, f"it is paused; {finding.why}"
    obstacle = _obstacle(rules, sight, empty)
    if obstacle:
        return (RolloutEvent.STAY if state is RolloutState.HELD else RolloutEvent.HOLD), obstacle
    if state is RolloutState.HELD:
        return RolloutEvent.RESUME, "what held it is gone"
    return _advance(row, rules, sight, now)


def _ended(
    row: RolloutRow, rules: RolloutRules, sight: RolloutSight, empty: int
) -> tuple[RolloutEvent, str] | None:
    """What ends it: another champion, evidence, or silence (not while a person paused it)."""
    if sight.champion not in {0, row.champion}:
        if sight.champion == row.challenger:
            return RolloutEvent.PROMOTE, "somebody made it the champion"
        # The champion is what the challenger is compared with.
        return RolloutEvent.WITHDRAW, f"version {sight.champion} became the champion meanwhile"
    if sight.finding.says is GuardSays.ROLL_BACK:
        return RolloutEvent.ROLL_BACK, sight.finding.why
    if empty >= rules.roll_back_after and RolloutState(row.state) is not RolloutState.PAUSED:
        return RolloutEvent.ROLL_BACK, f"{empty} windows passed without an answer of it"
    return None


def _obstacle(rules: RolloutRules, sight: RolloutSight, empty: int) -> str:
    """Why a person has to look, or data has to come; '' where nothing is in the way."""
    if empty >= rules.hold_after:
        return f"{empty} windows passed without an answer of it"
    ratio = sight.ratio
    if ratio is not None and ratio.is_mismatch:
        return (
            f"{ratio.challengers} of {ratio.units} units got it where {ratio.share:.0%} should: "
            "the split is broken, and no comparison holds"
        )
    if sight.alerts:
        return f"an alert is on for it: {sight.alerts[0]}"
    return sight.finding.why if sight.finding.says is GuardSays.HOLD else ""


def _advance(
    row: RolloutRow, rules: RolloutRules, sight: RolloutSight, now: datetime
) -> tuple[RolloutEvent, str]:
    left = row.stage_since + timedelta(seconds=rules.window) - now
    if left > timedelta():
        return RolloutEvent.STAY, f"the stage lasts {_shown(left)} more; {sight.finding.why}"
    if sight.answers < rules.least_answers or not _is_fresh(row, sight, now, rules):
        return RolloutEvent.STAY, (
            f"{sight.answers} answers in this stage, of at least {rules.least_answers}, one of "
            "them within the last window"
        )
    is_proven = sight.finding.says is GuardSays.PROMOTE
    if row.stage + 1 >= len(rules.shares):
        if is_proven:
            return RolloutEvent.PROMOTE, sight.finding.why
        return RolloutEvent.STAY, f"a promotion needs evidence: {sight.finding.why}"
    following = rules.shares[row.stage + 1]
    if following > rules.proof_above and not is_proven:
        return RolloutEvent.STAY, f"{following:.0%} needs evidence: {sight.finding.why}"
    return RolloutEvent.ADVANCE, f"{row.share:.0%} went well: {sight.finding.why}"


def _is_fresh(row: RolloutRow, sight: RolloutSight, now: datetime, rules: RolloutRules) -> bool:
    at = believed(sight.answered_at, now)
    return at is not None and at > max(row.stage_since, now - timedelta(seconds=rules.window))


def _shown(left: timedelta) -> str:
    minutes = max(1, round(left.total_seconds() / 60))
    return f"{minutes} minutes"


def row_after(
    row: RolloutRow,
    event: RolloutEvent,
    *,
    row_id: str,
    now: datetime,
    reason: str,
    decided_by: str,
) -> RolloutRow:
    """The row that an event adds. It ends any lease.

    Raises:
        InputError: the event is not possible now.
    """
    state = moved(RolloutState(row.state), event)
    rules = rules_from(row.rules)
    stage = min(row.stage + (event is RolloutEvent.ADVANCE), len(rules.shares) - 1)
    anew = event in {RolloutEvent.ADVANCE, RolloutEvent.RESUME}
    return replace(
        row, row_id=row_id, number=row.number + 1, event=event.value, state=state.value,
        stage=stage, share=rules.shares[stage] if state.is_active else 0.0, look=0,
        reason=reason, decided_by=decided_by, holder="", lease_until=None,
        stage_since=now if anew else row.stage_since, at=now,
    )  # fmt: skip


def lease_row(
    row: RolloutRow, *, row_id: str, holder: str, now: datetime, seconds: float
) -> RolloutRow:
    """The row by which a process claims the next step for so many seconds."""
    return replace(
        row, row_id=row_id, number=row.number + 1, event=RolloutEvent.LEASE.value, look=0,
        reason="", decided_by="", holder=holder, at=now,
        lease_until=now + timedelta(seconds=seconds),
    )  # fmt: skip


def closed_looks(rows: Sequence[RolloutRow]) -> frozenset[int]:
    """The looks that count: those that a decision closed. A process that died closed none."""
    return frozenset(row.look for row in rows if row.look)


def openings_of(rows: Sequence[RolloutRow], challenger_version: str, account_id: str) -> int:
    """How many accounts of evidence a challenger has had, with this one: each costs error."""
    accounts = {
        (row.rollout_id, row.account_id) for row in rows
        if row.challenger_version == challenger_version and row.account_id
    }  # fmt: skip
    rollout_id = rows[-1].rollout_id if rows else ""
    return len(accounts | {(rollout_id, account_id)})


def was_taken_back(rows: Sequence[RolloutRow], challenger_version: str) -> bool:
    """Whether a rollout of a version ended by taking it back."""
    return any(
        row.state == RolloutState.ROLLED_BACK and row.challenger_version == challenger_version
        for row in rows
    )
