"""Computes what a status shows: programs and their figures, alerts, versions, what waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.book import WindowBook
from lakegloss.core.monitoring.courses import ProgramCourse
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.rollout_view import RolloutView
from lakegloss.core.monitoring.windows import figures_of, merged
from lakegloss.core.release.decisions import Alias, Release, ReleaseAction, standing

_MOST_ERRORS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramStatus:
    """One version of a program on one model, over the time that the status shows.

    Attributes:
        figures: by the names of `core.monitoring.windows.METRICS`.
        cost: dollars, or None where no price is set.
        errors: the most frequent kinds of failures, with their numbers.
    """

    title: str
    calls: int
    figures: Mapping[str, float | None]
    tokens: int
    cost: float | None
    errors: Sequence[tuple[str, int]]
    proposals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPhase:
    """A time in which a version was the champion, or the challenger that may follow it.

    Attributes:
        ends: None where it is still so.
        share: of the work, 0 to 1, where the ledger has it.
    """

    name: str
    alias: str
    version: int
    begins: datetime
    ends: datetime | None
    share: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusData:
    """What a status shows; `waiting` are sentences on what waits for a person.

    Attributes:
        courses: of the busiest programs, in the order of `programs`.
        silent: which alerts cannot begin for want of events, a sentence each.
    """

    at: datetime
    hours: float
    programs: Sequence[ProgramStatus]
    firing: Sequence[AlertChange]
    changes: Sequence[AlertChange]
    notices: Mapping[str, int] = field(default_factory=dict)
    phases: Sequence[VersionPhase] = ()
    waiting: Sequence[str] = ()
    promise: str = ""
    courses: Sequence[ProgramCourse] = ()
    rollouts: Sequence[RolloutView] = ()
    silent: Sequence[str] = ()


def busiest(book: WindowBook) -> list[Subject]:
    """The subjects of a book, those with the most calls first, then by their proposals."""
    wholes = {subject: merged(book.minutes_of(subject).values()) for subject in book.subjects}
    return sorted(wholes, key=lambda one: (-wholes[one].calls, -wholes[one].proposals, one.title))


def programs_of(book: WindowBook, hours: float) -> list[ProgramStatus]:
    """The figures of each subject over all windows of a book, the busiest first."""
    found = []
    for subject in busiest(book):
        whole = merged(book.minutes_of(subject).values())
        errors = sorted(whole.errors.items(), key=lambda item: (-item[1], item[0]))
        found.append(
            ProgramStatus(
                title=subject.title,
                calls=whole.calls,
                figures=figures_of(whole, hours * 60),
                tokens=whole.input_tokens + whole.output_tokens,
                cost=whole.cost / 1_000_000 if whole.priced else None,
                errors=errors[:_MOST_ERRORS],
                proposals=whole.proposals,
            )
        )
    return found


def alerts_shown(
    *found: Iterable[AlertChange], most: int
) -> tuple[list[AlertChange], list[AlertChange]]:
    """The changes by which alerts began that are on, oldest first; and the newest of all.

    Args:
        found: changes of alerts from several places; what is in two of them counts once, and of an
            alert that both look at, the newest change tells.
        most: of the newest.
    """
    every = {one.change_id: one for changes in found for one in changes}
    ordered = sorted(every.values(), key=lambda one: (one.at, one.number, one.alert_id))
    last = {one.alert_id: one for one in ordered}
    firing = [one for one in ordered if last[one.alert_id] is one and _is_on(one)]
    return firing, ordered[::-1][:most]


def _is_on(change: AlertChange) -> bool:
    return change.status is AlertStatus.FIRING


def phases_of(releases: Iterable[Release]) -> list[VersionPhase]:
    """The phases of all names, by name and time, as the decisions tell them."""
    ordered = sorted(releases, key=lambda one: (one.name, one.decided_at, one.release_id))
    return [
        phase
        for name, decisions in groupby(ordered, key=lambda one: one.name)
        for phase in _phases_of_name(name, list(decisions))
    ]


def _phases_of_name(name: str, decisions: Sequence[Release]) -> list[VersionPhase]:
    open_: dict[str, VersionPhase] = {}
    done: list[VersionPhase] = []
    for number, decision in enumerate(decisions, start=1):
        now = standing(decisions[:number]).aliases
        for alias in (Alias.CHAMPION.value, Alias.CHALLENGER.value):
            known = open_.get(alias)
            if known is not None and known.version == now[alias]:
                continue
            if known is not None:
                done.append(_ended(open_.pop(alias), decision.decided_at))
            if now[alias]:
                open_[alias] = VersionPhase(
                    name=name, alias=alias, version=now[alias], begins=decision.decided_at,
                    ends=None, share=_share(decision), reason=_reason(decision),
                )  # fmt: skip
    return sorted([*done, *open_.values()], key=lambda phase: (phase.begins, phase.alias))


def _ended(phase: VersionPhase, at: datetime) -> VersionPhase:
    return VersionPhase(
        name=phase.name, alias=phase.alias, version=phase.version, begins=phase.begins, ends=at,
        share=phase.share, reason=phase.reason,
    )  # fmt: skip


def _share(decision: Release) -> float | None:
    share = getattr(decision, "share", None)
    return float(share) if isinstance(share, int | float) else None


def _reason(decision: Release) -> str:
    taken_back = decision.action == ReleaseAction.ROLLBACK
    return f"rollback: {decision.reason}" if taken_back else decision.reason


def waiting_for_a_person(
    *,
    reviews: int,
    phases: Sequence[VersionPhase],
    failed_notices: int,
    rollouts: Sequence[RolloutView] = (),
    now: datetime | None = None,
) -> list[str]:
    """What waits for a person, a sentence each, with the command that shows it.

    Args:
        now: the time, for rollouts that nobody guards any more.
    """
    found = []
    if reviews:
        found.append(f"{reviews:,} proposals wait for a decision: lakegloss review show")
    found += [
        f"{phase.name}/{phase.version} is a challenger since {phase.begins:%Y-%m-%d %H:%M} UTC: "
        f"lakegloss versions {phase.name}"
        for phase in phases
        if phase.alias == Alias.CHALLENGER and phase.ends is None
    ]
    for view in rollouts:
        told = (view.unguarded(now) if now is not None else "", view.waits)
        found += [sentence for sentence in told if sentence]
    if failed_notices:
        found.append(
            f"{failed_notices:,} notices of alerts were not delivered: check alert_webhook"
        )
    return found
