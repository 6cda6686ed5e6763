"""Sets proposals aside that another comment has overtaken, so that they are told once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.records import ProposalStatus, Source
from lakegloss.lakehouse.apply.writes import Writable, WritePlan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.ledgers.tables import PROPOSALS

OVERTAKEN = "a person has commented it since: the proposal is set aside and not told again"
WRITTEN_ELSEWHERE = (
    "lakegloss has written another text there since, under another name of the table or column: "
    "the proposal is set aside and not told again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """A proposal that another comment has overtaken, and by whose."""

    proposal_id: str
    reason: str


def find_overtaken(
    ledgers: Ledgers, plan: WritePlan, ready: Iterable[Writable], waiting: Iterable[Writable]
) -> dict[AssetKey, Overtaken]:
    """The proposals that nobody decided on and whose asset got another comment since.

    What a person accepted stays: two people disagree, and that is theirs to settle. A proposal that
    waits for a person is overtaken by a person's comment only.
    """
    ids = {item.key: item.proposal_id for item in [*ready, *waiting] if not item.by_person}
    shown = {key: text for key, text in plan.changed.items() if key in ids}
    if not shown:
        return {}
    known = with_moved(ledgers, known_assets(ledgers, {key.table for key in shown}), shown)
    found: dict[AssetKey, Overtaken] = {}
    for key, text in shown.items():
        if known.get(key, NOTHING_KNOWN).author(text) == Source.HUMAN:
            found[key] = Overtaken(proposal_id=ids[key], reason=OVERTAKEN)
        elif str(key) in plan.skipped:  # it would be told at every apply
            found[key] = Overtaken(proposal_id=ids[key], reason=WRITTEN_ELSEWHERE)
    return found


def set_aside(ledgers: Ledgers, proposals: Collection[str], run_id: str) -> None:
    """Append these proposals once more, as overtaken: the ledger's newest row of their asset."""
    stamp = {
        "status": ProposalStatus.OVERTAKEN.value,
        "run_id": run_id,
        "proposed_at": datetime.now(UTC),
    }
    rows = ledgers.newest(PROPOSALS, is_in("proposal_id", proposals))
    ledgers.append(PROPOSALS, [{**row, **stamp} for row in rows])
