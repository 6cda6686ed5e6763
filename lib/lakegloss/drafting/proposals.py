"""Turns drafts into proposals: the rows that a batch run records for review."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from lakegloss.core.checks.comment import Check
from lakegloss.core.records import Proposal, ProposalStatus, Source
from lakegloss.core.words.rules import RULES_VERSION
from lakegloss.drafting.drafted import Draft

ACCEPTED_TEXT = "a person accepted the text that it would replace"
NOTHING_TO_SAY = "there is no evidence to say anything beyond the name"
RULES_PROGRAM = "rules"


def proposals_of(
    drafts: Iterable[Draft], run_id: str, *, variant: str = "champion"
) -> list[Proposal]:
    """Make a proposal of each draft. One without a text is failed, and its reason says why.

    Args:
        variant: of the program in whose place the rules wrote.
    """
    return [_proposal(draft, run_id, variant) for draft in drafts]


def judged_texts(proposals: Iterable[Proposal], model: str) -> list[tuple[str, bool]]:
    """The texts that a model gave, each with whether it had no relation to its asset.

    Where whole answers had none, the rules stand in: such a proposal counts as the model's, too.
    """
    return [
        (model, Check.UNRELATED in proposal.checks)
        for proposal in proposals
        if model and (proposal.source == Source.MODEL or Check.UNRELATED in proposal.checks)
    ]


def _proposal(draft: Draft, run_id: str, variant: str) -> Proposal:
    task, origin = draft.task, draft.origin
    return Proposal(
        proposal_id=uuid4().hex,
        table=task.key.table,
        column=task.key.column,
        text=draft.text,
        source=draft.source.value,
        status=_status(draft).value,
        checks=draft.checks,
        reason=_why_it_waits(draft) if draft.text else _why_nothing(draft),
        replaces=task.comment,
        fingerprint=draft.fingerprint,
        request_hash=origin.request_hash if origin else "",
        program=origin.program if origin else RULES_PROGRAM,
        program_version=origin.program_version if origin else RULES_VERSION,
        variant=origin.variant if origin else variant,
        model=origin.model if origin else "",
        run_id=run_id,
        proposed_at=datetime.now(UTC),
    )


def _status(draft: Draft) -> ProposalStatus:
    if not draft.text:
        return ProposalStatus.FAILED
    return ProposalStatus.NEEDS_REVIEW if draft.is_doubtful else draft.task.status_of(draft.text)


def _why_it_waits(draft: Draft) -> str:
    """The draft's own reason, else why a good text waits for a person; '' where it does not."""
    if draft.reason or _status(draft) != ProposalStatus.NEEDS_REVIEW or draft.is_doubtful:
        return draft.reason
    if draft.task.status_of("") != ProposalStatus.NEEDS_REVIEW:
        return "this text was rejected before"
    return ACCEPTED_TEXT if draft.task.wrong else "it would replace a person's text"


def _why_nothing(draft: Draft) -> str:
    return "; ".join(part for part in (draft.reason, NOTHING_TO_SAY) if part)
