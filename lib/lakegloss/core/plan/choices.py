"""Chooses what to do about each asset: describe it, use the ledger, or leave it alone."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lakegloss.core.records import ProposalStatus, Source, Verdict


class Action(StrEnum):
    """DESCRIBE makes a new proposal; the others say why none is made."""

    DESCRIBE = "describe"
    PENDING = "pending"  # a proposal of the same fingerprint waits to be applied
    WAITING = "waiting"  # such a proposal waits for a person's review first
    KEEP = "keep"  # the existing comment stays
    PROTECTED = "protected"  # a person wrote the comment
    REJECTED = "rejected"  # the same proposal was rejected before
    NOTHING_TO_SAY = "nothing_to_say"  # rules found no evidence, and nothing changed since
    NOT_WRITABLE = "not_writable"  # this session cannot write a comment there


def text_hash(text: str) -> str:
    """Hash a comment, to recognise later that lakegloss wrote it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledgers hold of one asset.

    Attributes:
        written: hashes of the texts that lakegloss applied there, each with who wrote it.
        decided_text: the text of an edit, else the proposal's text.
        by_person: whether a person decided, not the policy.
        rejected: fingerprints of all its proposals, also older ones, that were rejected.
        refused: hashes of the texts of those proposals.
    """

    proposal_id: str = ""
    fingerprint: str = ""
    source: str = ""
    status: str = ""
    verdict: str = ""
    decided_text: str = ""
    by_person: bool = False
    rejected: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict)

    def awaits(self, comment: str) -> bool:
        """Whether a text that a person decided on is missing in the catalog, or was never there."""
        decided = self.by_person and self.verdict in {Verdict.ACCEPT, Verdict.EDIT}
        never = text_hash(self.decided_text) not in self.written
        return decided and comment != self.decided_text and (never or not comment.strip())

    @property
    def may_be_replaced(self) -> bool:
        """Whether the newest proposal is lakegloss' own text, and no person decided on it."""
        return bool(self.decided_text) and self.source != Source.HUMAN and not self.by_person

    def author(self, comment: str) -> str:
        """Who wrote a comment that the catalog shows: a `Source`; people, unless lakegloss did."""
        return self.written.get(text_hash(comment), Source.HUMAN.value)


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which assets are described: missing, thin, stale or all; intended is model or rules."""

    name: str
    thin_words: int
    overwrite_human: bool
    intended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An action, and for DESCRIBE the status that a good proposal gets."""

    action: Action
    status: ProposalStatus = ProposalStatus.READY


def _never(_: str) -> bool:
    return False


def choose(
    comment: str,
    fingerprint: str,
    known: Known,
    policy: Policy,
    *,
    is_false: Callable[[str], bool] = _never,
) -> Choice:
    """Decide about one asset from its comment now, its fingerprint now, and the ledgers.

    Args:
        is_false: whether the data of today contradict a text. A false text of lakegloss is drafted
            again under every policy, a person's never for that; where a person accepted the false
            text, the new one waits for a person.
    """
    present = bool(comment.strip())
    author = known.author(comment) if present else ""
    human = author == Source.HUMAN
    is_wrong = present and not human and is_false(comment)
    # An overtaken proposal is over: whoever wants a text there again gets a new one.
    over = known.status == ProposalStatus.OVERTAKEN
    same = bool(known.fingerprint) and known.fingerprint == fingerprint and not over
    if not is_wrong and not _policy_covers(comment, author, policy, same=same):
        return Choice(action=Action.PROTECTED if human and policy.name == "all" else Action.KEEP)
    if known.awaits(comment):  # a person's decision outlives newer evidence
        return Choice(action=Action.PENDING)
    if fingerprint in known.rejected:
        return Choice(action=Action.REJECTED)
    # The evidence may have changed within the coarse steps that fingerprints see.
    is_drafted = same and not (known.may_be_replaced and is_false(known.decided_text))
    if is_drafted and not (is_wrong and comment == known.decided_text):
        return Choice(action=_action_for_same_fingerprint(comment, known))
    accepted = is_wrong and known.by_person and comment == known.decided_text
    review = accepted or (human and not policy.overwrite_human)
    return Choice(
        action=Action.DESCRIBE,
        status=ProposalStatus.NEEDS_REVIEW if review else ProposalStatus.READY,
    )


def _policy_covers(comment: str, author: str, policy: Policy, *, same: bool) -> bool:
    if not comment.strip():
        return True
    # A comment by the rules counts as missing once there is a model.
    if author == Source.RULES and policy.intended == Source.MODEL:
        return True
    if policy.name == "thin":
        return len(comment.split()) < policy.thin_words
    if policy.name == "stale":
        return author != Source.HUMAN and not same
    return policy.name == "all"


def _action_for_same_fingerprint(comment: str, known: Known) -> Action:
    # Only a success of the model stores its fingerprint, so the rules made this failed proposal.
    if known.status == ProposalStatus.FAILED:
        return Action.NOTHING_TO_SAY
    if comment == known.decided_text:
        return Action.KEEP
    review = known.status == ProposalStatus.NEEDS_REVIEW and not known.verdict
    return Action.WAITING if review else Action.PENDING
