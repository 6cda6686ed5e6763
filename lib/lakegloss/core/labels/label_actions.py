"""Decides what is done about each label that is wanted: propose it, keep what is there, or wait.

A tag that a person set is never changed, nor is a value that a person put in place of a proposal;
over a value that a person accepted another one waits for review. A tag that a person took off is
not set again unless a person agrees. A value that was rejected once is not proposed again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lakegloss.core.labels.label_rows import WantedLabel
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import ProposalStatus, Source, Verdict


class LabelAction(StrEnum):
    """What is done about a label."""

    PROPOSE = "propose"
    KEEP = "keep"
    PENDING = "pending"
    WAITING = "waiting"
    PROTECTED = "protected"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLabel:
    """What the ledgers know of one tag of one asset.

    Attributes:
        proposal_id, value, status, fingerprint: of the newest proposal.
        verdict, decision_id, decided_by: of the newest decision on it; by_person: whether a person
            decided.
        decided_value: the value that a person put in place of the proposal's, or its own.
        applied: whether the proposal was applied, and nobody took that back.
        set_by: the proposal, the newest or an older one, whose value was set last; '' where that
            was taken back. set_decided_by: the person whose decision on it is the newest.
        withdrawn: whether that decision rejects it after all: the tag is to be taken away.
        written: the value that lakegloss set here last, if any, and nobody undid.
        refused: the values that were rejected here.
        accepted: the proposed values to which a person agreed here.
        chosen: the values that are a person's own: they stand in place of a proposal, or a person
            proposed them.
    """

    proposal_id: str = ""
    value: str = ""
    status: str = ""
    fingerprint: str = ""
    replaces: str = ""
    source: str = ""
    reason: str = ""
    request_hash: str = ""
    verdict: str = ""
    by_person: bool = False
    decision_id: str = ""
    decided_by: str = ""
    decided_value: str = ""
    applied: bool = False
    set_by: str = ""
    set_decided_by: str = ""
    withdrawn: bool = False
    written: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether its proposal still stands: it is neither rejected nor applied."""
        ended = self.verdict == Verdict.REJECT or self.applied
        return bool(self.proposal_id and self.value) and not ended

    @property
    def is_ready(self) -> bool:
        """Whether the proposal may be written: it needs no person, or a person agreed."""
        agreed = self.by_person and self.verdict in (Verdict.ACCEPT, Verdict.EDIT)
        return self.is_open and (self.status == ProposalStatus.READY or agreed)

    @property
    def next_value(self) -> str | None:
        """The value that apply would write, '' to take the tag away; None where there is nothing.

        A proposal that is ready goes before a value that was withdrawn: it takes its place.
        """
        if self.is_ready:
            return self.decided_value
        return "" if self.withdrawn else None


NOTHING_KNOWN_OF_LABEL = KnownLabel()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTask:
    """A wanted label and what is done about it.

    Attributes:
        replaces: the value of ours that it would replace, '' for none.
        now: the value that is there; None where the asset has no such tag.
        is_sure: False sends the proposal to a person.
    """

    wanted: WantedLabel
    action: LabelAction
    now: str | None = None
    replaces: str = ""
    is_sure: bool = True
    reason: str = ""


TAKEN_OFF = "somebody took this tag off after lakegloss had set it"
AGREED_BEFORE = "a person accepted the value that is there"


def is_ours(value: str | None, known: KnownLabel) -> bool:
    """Whether the value that a tag has is one that lakegloss set there."""
    return value is not None and value in known.written


def is_free(value: str | None, known: KnownLabel) -> bool:
    """Whether the value that a tag has is one of ours that no person chose."""
    return is_ours(value, known) and value not in known.chosen


def tasks_of_labels(
    wanted: Iterable[WantedLabel],
    now: Mapping[LabelKey, str],
    known: Mapping[LabelKey, KnownLabel],
) -> list[LabelTask]:
    """What is done about each wanted label.

    Args:
        now: the tags that the catalog shows; a tag without a value has ''.
    """
    return [
        _task(label, now.get(label.key), known.get(label.key, NOTHING_KNOWN_OF_LABEL))
        for label in wanted
    ]


def _task(wanted: WantedLabel, now: str | None, known: KnownLabel) -> LabelTask:
    action = _action(wanted, now, known)
    doubt = _doubt(wanted, now, known) if action is LabelAction.PROPOSE else ""
    return LabelTask(
        wanted=wanted,
        action=action,
        now=now,
        replaces=(now or "") if action is LabelAction.PROPOSE else "",
        is_sure=wanted.is_sure and not doubt,
        reason=doubt,
    )


def _doubt(wanted: WantedLabel, now: str | None, known: KnownLabel) -> str:
    """Why a person is asked, though the label itself is sure; '' where nobody has to be."""
    if now is None and known.applied:
        return TAKEN_OFF
    is_agreed = now in known.accepted and wanted.source != Source.HUMAN
    return AGREED_BEFORE if is_agreed else ""


def _action(wanted: WantedLabel, now: str | None, known: KnownLabel) -> LabelAction:
    if now == wanted.value:
        return LabelAction.KEEP
    if now is not None and not is_free(now, known):
        return LabelAction.PROTECTED
    if wanted.value in known.refused:
        return LabelAction.REJECTED
    same = wanted.value in (known.value, known.decided_value) and known.replaces == (now or "")
    # Where a person chose another value, that one waits to be applied.
    if known.is_open and (same or known.by_person):
        return LabelAction.PENDING if known.is_ready else LabelAction.WAITING
    return LabelAction.PROPOSE
