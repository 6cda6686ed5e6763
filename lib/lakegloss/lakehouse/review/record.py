"""Records what people decided, with new proposals for texts that they bring."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from lakegloss.core.ddl import is_in
from lakegloss.core.records import Decision, Proposal, ProposalStatus, Source, Verdict, decision_row
from lakegloss.core.review.merge import Ruling
from lakegloss.faults import fault_point
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import DECISIONS, PROPOSALS

_PROGRAM = "review"
_TICK = timedelta(microseconds=1)


def record(
    ledgers: Ledgers, rulings: Sequence[Ruling], *, who: str, origin: str, run_id: str
) -> None:
    """Append new proposals, then the decisions: so after a kill no decision lacks its proposal."""
    now = datetime.now(UTC)
    seen = _seen(ledgers, [ruling for ruling in rulings if ruling.renewed])
    proposals: list[Proposal] = []
    decisions: list[Decision] = []
    for ruling in rulings:
        if ruling.proposal_id and ruling.on_old:
            decisions.append(
                decision_row(
                    ruling.key, ruling.proposal_id, ruling.verdict, who=who, origin=origin,
                    run_id=run_id, now=now, text=ruling.text,
                )
            )  # fmt: skip
        if ruling.renewed:
            proposal = _renewed(ruling, seen.get(ruling.proposal_id), run_id, now)
            proposals.append(proposal)
            decisions.append(
                decision_row(
                    ruling.key, proposal.proposal_id, Verdict.ACCEPT, who=who, origin=origin,
                    run_id=run_id, now=now + _TICK,
                )
            )  # fmt: skip
    ledgers.append(PROPOSALS, proposals)
    fault_point("review.proposed")
    ledgers.append(DECISIONS, decisions)


def _seen(ledgers: Ledgers, rulings: Sequence[Ruling]) -> Mapping[str, Proposal]:
    """The proposals that people saw and that new proposals replace."""
    tables = {ruling.key.table for ruling in rulings if ruling.proposal_id}
    rows = ledgers.newest(PROPOSALS, is_in("table", tables)) if tables else []
    return {
        row["proposal_id"]: Proposal(**(row | {"checks": tuple(row["checks"] or ())}))
        for row in rows
    }


def _renewed(ruling: Ruling, seen: Proposal | None, run_id: str, now: datetime) -> Proposal:
    """A new proposal: the accepted text for the comment as it is now, or a person's own text.

    It keeps the fingerprint of the proposal that the person saw, so that the same evidence is not
    described again.
    """
    copied = seen if ruling.verdict == Verdict.ACCEPT else None
    return Proposal(
        proposal_id=uuid4().hex,
        table=ruling.key.table,
        column=ruling.key.column,
        text=copied.text if copied else ruling.text,
        source=copied.source if copied else Source.HUMAN.value,
        status=ProposalStatus.READY.value,
        checks=copied.checks if copied else (),
        reason="",
        replaces=ruling.replaces,
        fingerprint=seen.fingerprint if seen else "",
        request_hash=copied.request_hash if copied else "",
        program=copied.program if copied else _PROGRAM,
        program_version=copied.program_version if copied else "",
        variant=copied.variant if copied else "",
        model=copied.model if copied else "",
        run_id=run_id,
        proposed_at=now,
    )
