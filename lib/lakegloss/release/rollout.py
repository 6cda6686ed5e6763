"""Carries rollouts on: reads evidence, decides the next step, records it, and then acts on it.

The rows are the truth. What follows from them (the registry's aliases, the share that services
follow) is set after them, and again if a process died in between. A rollback needs only the rows.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from lakegloss.core.going_on import going_on
from lakegloss.core.release.assignment import RatioCheck
from lakegloss.core.release.guard import (
    NOBODY,
    AccountKey,
    AnswerSeen,
    GuardFinding,
    GuardItem,
    GuardSays,
    ItemKind,
    People,
    ScoredPair,
    decide,
    read_answers,
    read_pairs,
)
from lakegloss.core.release.rollout_steps import (
    RolloutEvent,
    RolloutRow,
    RolloutRules,
    RolloutSight,
    RolloutState,
    believed,
    closed_looks,
    lease_row,
    next_event,
    openings_of,
    row_after,
    rules_from,
    was_taken_back,
)
from lakegloss.core.release.unguarded import last_step, served, why_unguarded
from lakegloss.errors import (
    InputError,
    RolloutBusyError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.faults import fault_point
from lakegloss.release.rollouts.rollout_store import RolloutStore

LEASE_SECONDS = 300.0
LATE = timedelta(minutes=10)
"""How long answers may take to reach the ledgers and count as new; older ones are read, too."""
_log = logging.getLogger("lakegloss.rollout")


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutEvidence:
    """What a look gathered of both versions.

    Attributes:
        key: what it is about; evidence of another key is not mixed with it.
        answered_at: when the challenger answered last.
        in_stage: answers of the challenger since the stage began.
        lost: pairs by the shares of calls that were not lost, see `lost_pairs_of_arms`.
        alerts: alerts that are on for the challenger and not for the champion.
    """

    key: AccountKey
    pairs: Sequence[ScoredPair] = ()
    answers: Sequence[AnswerSeen] = ()
    answered_at: datetime | None = None
    in_stage: int = 0
    ratio: RatioCheck | None = None
    people: People = NOBODY
    lost: Sequence[ScoredPair] = ()
    alerts: Sequence[str] = ()


class EvidenceSource(Protocol):
    """Gathers evidence of a rollout, from ledgers or a database."""

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        """What is known of a rollout.

        Args:
            used: ids of the pairs that earlier looks read.
            since: when the rollout began. Give all answers since then, also those that earlier
                looks read: some come late.
        """


class Effects(Protocol):
    """Acts on what was decided. Each may be called again."""

    def champion(self, name: str) -> int:
        """The number of the champion now; 0 where that is not known."""

    def promote(self, row: RolloutRow) -> None:
        """Make the challenger the champion, unless somebody decided since the row was written."""

    def project(self, row: RolloutRow) -> None:
        """Tell services the share; a failure must not stop a rollback."""


class NoEffects:
    """Does nothing besides the rows, where no registry is at hand."""

    def champion(self, name: str) -> int:  # noqa: ARG002 - the Protocol
        return 0

    def promote(self, row: RolloutRow) -> None: ...

    def project(self, row: RolloutRow) -> None: ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Rollouts:
    """Starts, steps, pauses, resumes and withdraws rollouts; one is active for a name at most.

    Any number of processes may do so: a step takes a lease, which ends with its seconds where its
    holder dies, and a row that comes too late is not added.

    Args:
        clock: gives the time, in UTC.
        holder: names this process.
    """

    def __init__(
        self,
        store: RolloutStore,
        evidence: EvidenceSource,
        effects: Effects | None = None,
        *,
        clock: Callable[[], datetime] = _utc_now,
        holder: str = "",
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._store = store
        self._evidence = evidence
        self._effects: Effects = effects or NoEffects()
        self._clock = clock
        self._holder = holder or uuid4().hex
        self._lease_seconds = lease_seconds

    def history(self, name: str) -> list[RolloutRow]:
        """All rows of a name, oldest first."""
        return self._store.rows(name)

    def standing(self, name: str) -> RolloutRow | None:
        """The last row of a name; None where it never had a rollout."""
        rows = self._store.rows(name)
        return rows[-1] if rows else None

    def served(self, name: str) -> RolloutRow | None:
        """The last step as it is to be served: with no share where nobody guards it any more."""
        rows = self._store.rows(name)
        return served(last_step(rows), self._clock()) if rows else None

    def take_back_unguarded(self, name: str, *, decided_by: str = "") -> RolloutRow | None:
        """Take a rollout back that nobody guards any more; None where there is none.

        Raises: RolloutBusyError: somebody changes it at this moment.
        """
        rows = self._store.rows(name)
        why = why_unguarded(last_step(rows), self._clock()) if rows else ""
        return self.roll_back(name, reason=why, decided_by=decided_by) if why else None

    def start(
        self,
        name: str,
        *,
        champion: int,
        challenger: int,
        champion_version: str,
        challenger_version: str,
        rules: RolloutRules | None = None,
        reason: str = "",
        decided_by: str = "",
        again: bool = False,
    ) -> RolloutRow:
        """Let a challenger answer the first share of the units.

        Args:
            champion, challenger: numbers of two versions of the name.
            champion_version, challenger_version: hashes of what these programs send.
            again: whether a challenger may start that the guard took back before.

        Raises:
            InputError: a rollout is active, the versions are the same, or it was taken back before.
            RolloutBusyError: somebody else changed it at the same time.
        """
        if challenger == champion or challenger_version == champion_version:
            raise InputError(
                f"Version {challenger} of {name!r} is the champion already.",
                remedy="Name another version; `lakegloss versions NAME` lists them.",
            )
        rows = self._settled(name)
        if rows and rows[-1].is_active:
            raise InputError(
                f"A rollout of {name!r} is active: version {rows[-1].challenger} is "
                f"{rows[-1].state}.",
                remedy=f"`lakegloss rollout withdraw {name}` ends it.",
            )
        if not again and was_taken_back(rows, challenger_version):
            raise InputError(
                f"Version {challenger} of {name!r} was taken back before.",
                remedy="`--again` starts it all the same.",
            )
        chosen, now = rules or RolloutRules(), self._clock()
        row = RolloutRow(
            row_id=uuid4().hex, name=name, number=rows[-1].number + 1 if rows else 1,
            rollout_id=uuid4().hex,
            event=RolloutEvent.START.value, state=RolloutState.RUNNING.value, stage=0,
            share=chosen.shares[0], champion=champion, challenger=challenger,
            champion_version=champion_version, challenger_version=challenger_version,
            salt=rows[-1].salt if rows else uuid4().hex, rules=chosen.as_json(), account_id="",
            opening=0, look=0, finding="", reason=reason, decided_by=decided_by, holder="",
            lease_until=None, stage_since=now, answered_at=None, at=now,
        )  # fmt: skip
        return self._added(row)

    def pause(self, name: str, *, reason: str = "", decided_by: str = "") -> RolloutRow:
        """Stay at this share until `resume`; the guard goes on watching.

        Raises:
            InputError: it is not possible now. RolloutBusyError: see `start`.
        """
        return self._by_person(name, RolloutEvent.PAUSE, reason, decided_by)

    def resume(self, name: str, *, reason: str = "", decided_by: str = "") -> RolloutRow:
        """Go on after a pause or a hold; the stage begins anew. Raises: see `pause`."""
        return self._by_person(name, RolloutEvent.RESUME, reason, decided_by)

    def withdraw(self, name: str, *, reason: str = "", decided_by: str = "") -> RolloutRow:
        """Let the champion answer everything again, now. Raises: see `pause`."""
        return self._by_person(name, RolloutEvent.WITHDRAW, reason, decided_by)

    def roll_back(self, name: str, *, reason: str, decided_by: str = "") -> RolloutRow:
        """Take the challenger back for a reason that no step looks for, such as an alert.

        It may not start again without `again`. Raises: see `pause`.
        """
        return self._by_person(name, RolloutEvent.ROLL_BACK, reason, decided_by)

    def _by_person(
        self, name: str, event: RolloutEvent, reason: str, decided_by: str
    ) -> RolloutRow:
        """Add what a person wants. No lease stands in the way: whoever steps meanwhile loses."""
        for _ in range(3):
            rows = self._store.rows(name)
            if not rows:
                raise InputError(
                    f"{name!r} has no rollout.", remedy="`lakegloss rollout start` makes one."
                )
            row = row_after(
                rows[-1], event, row_id=uuid4().hex, now=self._clock(), reason=reason,
                decided_by=decided_by,
            )  # fmt: skip
            if self._store.append(row):
                return self._acted(row)
        raise _busy(name)

    def step(self, name: str) -> RolloutRow:
        """Look at the evidence once, and go on, stay, hold, promote or take back.

        Returns:
            The last row; where no rollout is active, nothing was done but what an end left undone.

        Raises:
            InputError: the name never had a rollout.
            RolloutBusyError: another process steps it, or changed it meanwhile.
        """
        rows = self._settled(name)
        if not rows:
            raise InputError(
                f"{name!r} has no rollout.", remedy="`lakegloss rollout start` makes one."
            )
        last, now = rows[-1], self._clock()
        if not last.is_active:
            return last
        if last.is_leased(now, self._holder):
            raise _busy(name)
        lease = lease_row(
            last, row_id=uuid4().hex, holder=self._holder, now=now, seconds=self._lease_seconds
        )
        if not self._store.append(lease):
            raise _busy(name)
        fault_point("rollout.leased")
        with ExitStack() as failed:
            failed.callback(self._released, lease)
            row = self._decided([*rows, lease])
            failed.pop_all()
        fault_point("rollout.gathered")
        return self._added(row)

    def _decided(self, rows: Sequence[RolloutRow]) -> RolloutRow:
        """Read what is new, and the row that follows from it."""
        lease = rows[-1]
        mine = [row for row in rows if row.rollout_id == lease.rollout_id]
        looks = closed_looks(mine)
        items = [i for i in self._store.items(lease.rollout_id) if i.look in looks]
        looked = max((row.at for row in mine if row.look), default=mine[0].at)
        used = frozenset(item.item_id for item in items)
        gathered: RolloutEvidence | None = None
        with going_on(_log, "the evidence of %s cannot be read", lease.name):
            gathered = self._evidence.gather(lease, used=used, since=mine[0].at)
        if gathered is None:
            return self._blind(lease, "the evidence cannot be read")
        key = gathered.key
        fresh = _read(lease, items, gathered, looked - LATE)
        is_kept = not fresh
        with going_on(_log, "the evidence of %s cannot be kept", lease.name):
            if fresh:
                self._store.add_items(lease.name, lease.rollout_id, fresh, self._clock())
                is_kept = True
        opening = openings_of(rows, lease.challenger_version, key.account_id)
        finding = decide(
            key, [*items, *fresh], rules_from(lease.rules).guard, people=gathered.people,
            openings=opening,
        )  # fmt: skip
        if not is_kept and finding.says is not GuardSays.ROLL_BACK:
            return self._blind(lease, "the evidence cannot be kept")
        sight = RolloutSight(
            finding=finding, answers=gathered.in_stage, answered_at=gathered.answered_at,
            ratio=gathered.ratio, champion=self._champion(lease.name), alerts=gathered.alerts,
        )  # fmt: skip
        row = self._row(lease, sight)
        return replace(
            row, look=lease.number if is_kept else 0, account_id=key.account_id, opening=opening,
            finding=finding.as_json(),
        )  # fmt: skip

    def _blind(self, lease: RolloutRow, why: str) -> RolloutRow:
        """What follows without evidence: that is no success, and no way around a rollback."""
        finding = GuardFinding(says=GuardSays.GO_ON, why=why)
        return self._row(lease, RolloutSight(finding=finding, champion=self._champion(lease.name)))

    def _champion(self, name: str) -> int:
        """The champion; 0 where it cannot be asked: that must not stop a rollback."""
        with going_on(_log, "the champion of %s is not known", name):
            return self._effects.champion(name)
        return 0

    def _row(self, lease: RolloutRow, sight: RolloutSight) -> RolloutRow:
        now = self._clock()
        event, why = next_event(lease, rules_from(lease.rules), sight, now)
        row = row_after(
            lease, event, row_id=uuid4().hex, now=now, reason=why, decided_by="the guard"
        )
        noted = (believed(at, now) for at in (sight.answered_at, lease.answered_at))
        return replace(row, answered_at=max((at for at in noted if at is not None), default=None))

    def _released(self, lease: RolloutRow) -> None:
        """Give a lease back where the step failed, so that the next need not wait for its end.

        Where no step has succeeded for as long as no data may come, the challenger is taken back.
        """
        with going_on(_log, "the lease of %s runs out by itself", lease.name):
            now = self._clock()
            if why := why_unguarded(last_step(self._store.rows(lease.name)), now):
                end = row_after(
                    lease, RolloutEvent.ROLL_BACK, row_id=uuid4().hex, now=now,
                    reason=f"no step succeeded: {why}", decided_by="the guard",
                )  # fmt: skip
                self._added(end)
                return
            self._store.append(
                replace(
                    lease, row_id=uuid4().hex, number=lease.number + 1, holder="",
                    lease_until=None, reason="the step failed", at=now,
                )
            )  # fmt: skip

    def _added(self, row: RolloutRow) -> RolloutRow:
        if not self._store.append(row):
            raise _busy(row.name)
        fault_point("rollout.recorded")
        return self._acted(row)

    def _acted(self, row: RolloutRow) -> RolloutRow:
        """Carry out what a row says, and record that an end is carried out.

        Where services cannot be told of an end, it is not recorded: the next step tells them.
        """
        is_told = False
        with going_on(_log, "services are told of %s by the next step", row.name):
            self._effects.project(row)
            is_told = True
        if row.is_active:
            return row
        state, reason = row.state, row.reason
        if row.state == RolloutState.PROMOTED:
            try:
                self._effects.promote(row)
            except (VersionNotFoundError, VersionRefusedError) as error:
                # It never will be: tried again for ever, it would block each rollout to come.
                state, reason = RolloutState.WITHDRAWN.value, f"it cannot be used: {error.message}"
            fault_point("rollout.promoted")
        if not is_told:
            return row
        settled = row_after(
            row, RolloutEvent.SETTLE, row_id=uuid4().hex, now=self._clock(), reason=reason,
            decided_by=row.decided_by,
        )  # fmt: skip
        settled = replace(settled, state=state)
        return settled if self._store.append(settled) else row

    def _settled(self, name: str) -> list[RolloutRow]:
        """The rows of a name, after what an end left undone is done."""
        rows = self._store.rows(name)
        if rows and not rows[-1].is_active and rows[-1].event != RolloutEvent.SETTLE:
            self._acted(rows[-1])
            return self._store.rows(name)
        return rows


def _read(
    lease: RolloutRow, items: Sequence[GuardItem], gathered: RolloutEvidence, new_since: datetime
) -> list[GuardItem]:
    """The rows that a look adds. While the split is broken, no pair of both sides holds."""
    key, salt, look = gathered.key, lease.salt, lease.number
    rules = rules_from(lease.rules).guard
    is_broken = gathered.ratio is not None and gathered.ratio.is_mismatch
    sides = ((ItemKind.DIFFERENCE, gathered.pairs), (ItemKind.LOST, gathered.lost))
    fresh = [
        item
        for kind, pairs in (() if is_broken else sides)
        for item in read_pairs(key, items, pairs, salt=salt, look=look, rules=rules, kind=kind)
    ]
    return fresh + read_answers(key, items, gathered.answers, salt=salt, look=look, since=new_since)


def _busy(name: str) -> RolloutBusyError:
    return RolloutBusyError(
        f"Another process steps the rollout of {name!r}, or has changed it.",
        remedy=f"Try again; `lakegloss releases {name}` shows what happened.",
    )
