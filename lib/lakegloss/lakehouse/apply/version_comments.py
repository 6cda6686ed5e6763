"""Finds the comments that a version wrote and that still stand, and takes them back by run."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lakegloss.core.ddl import is_in
from lakegloss.core.records import POLICY, ChangeStatus, ProposalStatus, Verdict
from lakegloss.core.release.assignment import Variant
from lakegloss.lakehouse.apply.writes import ApplySummary
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, PROPOSALS

_CHANGE = ("change_id", "table", "column", "proposal_id", "before", "after", "status", "run_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenComment:
    """A comment that a version wrote, as the ledgers have it."""

    table: str
    column: str
    before: str
    after: str
    run_id: str


def comments_of_version(
    ledgers: Ledgers, program_version: str, since: datetime
) -> list[WrittenComment]:
    """The comments that a version's proposals became since a time, and that no undo took back.

    Those that a person accepted or edited are a person's, and are left out.

    Args:
        program_version: the hash of the program.
        since: when its rollout began: what it wrote before is not the rollout's.
    """
    moment = int(since.timestamp() * 1_000_000)
    proposals = ledgers.read(PROPOSALS).where(
        f"{is_in('program_version', [program_version])} "
        f"AND {is_in('variant', [Variant.CHALLENGER.value])} "
        f"AND proposed_at >= timestamp_micros({moment})"
    )
    ids = {row["proposal_id"] for row in rows_of(proposals, PROPOSALS, ("proposal_id",))}
    if not ids:
        return []
    decided = ledgers.read(DECISIONS).where(is_in("proposal_id", ids))
    ids -= {
        row["proposal_id"]
        for row in rows_of(decided, DECISIONS, ("proposal_id", "verdict", "origin"))
        if row["origin"] != POLICY and row["verdict"] != Verdict.REJECT
    }
    changes = ledgers.newest(CHANGES, is_in("proposal_id", ids), _CHANGE)
    return [
        WrittenComment(**{name: row[name] for name in WrittenComment.__slots__})
        for row in sorted(changes, key=lambda row: (row["table"], row["column"]))
        if row["status"] == ChangeStatus.APPLIED and row["before"] != row["after"]
    ]


def drafts_of_version(ledgers: Ledgers, program_version: str, since: datetime) -> dict[str, int]:
    """How many drafts of a version the next `apply` may write, by table.

    Those that are the newest of their asset, and that nobody applied or decided on.

    Args:
        program_version, since: see `comments_of_version`.
    """
    moment = int(since.timestamp() * 1_000_000)
    status = [ProposalStatus.READY.value, ProposalStatus.NEEDS_REVIEW.value]
    drafts = ledgers.latest(PROPOSALS).where(
        f"{is_in('program_version', [program_version])} AND {is_in('status', status)} "
        f"AND {is_in('variant', [Variant.CHALLENGER.value])} "
        f"AND proposed_at >= timestamp_micros({moment})"
    )
    for ledger in (CHANGES, DECISIONS):
        drafts = drafts.join(ledgers.read(ledger).select("proposal_id"), "proposal_id", "left_anti")
    found: dict[str, int] = {}
    for row in rows_of(drafts, PROPOSALS, ("table",)):
        found[row["table"]] = found.get(row["table"], 0) + 1
    return found


def take_back(
    comments: Sequence[WrittenComment],
    undo: Callable[[str, Collection[tuple[str, str]]], ApplySummary],
) -> list[ApplySummary]:
    """Restore what stood before these comments, where the text is still the version's.

    What was changed since stays: an undo restores only where it finds the text unchanged.

    Args:
        undo: undoes a run for some tables and columns, see `lakehouse.apply.undo`.
    """
    found = []
    for run_id in sorted({comment.run_id for comment in comments}):
        mine = {(c.table, c.column) for c in comments if c.run_id == run_id}
        found.append(undo(run_id, mine))
    return found
