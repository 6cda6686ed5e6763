"""Reads what the ledgers know of labels: proposals, decisions on them, and what was set."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import POLICY, UNDO, ChangeStatus, LedgerRow, Source, Verdict
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    DECISIONS,
    LABEL_CHANGES,
    LABEL_PROPOSALS,
    Ledger,
)
from lakegloss.lakehouse.threads import threads


def ensure_label_ledgers(ledgers: Ledgers) -> None:
    """Make the ledgers of labels where they are missing.

    Raises:
        CatalogError: they cannot be made.
    """
    ledgers.ensure_more(LABEL_PROPOSALS)
    ledgers.ensure_more(LABEL_CHANGES)


def known_labels(ledgers: Ledgers, tables: Collection[str]) -> dict[LabelKey, KnownLabel]:
    """What is known of every tag of these tables that was ever proposed or set."""
    if not tables:
        return {}
    of_tables = is_in("table", tables)

    def read(ledger: Ledger) -> list[dict[str, Any]]:
        rows = rows_of(ledgers.read(ledger, tables=len(tables)).where(of_tables), ledger)
        return sorted(rows, key=lambda row: row[ledger.order])

    with threads(3) as pool:
        parts = pool.map(read, (LABEL_PROPOSALS, DECISIONS, LABEL_CHANGES))
        proposals, decisions, changes = parts
    return known_from(proposals, decisions, changes)


def known_from(
    proposals: Iterable[LedgerRow], decisions: Iterable[LedgerRow], changes: Iterable[LedgerRow]
) -> dict[LabelKey, KnownLabel]:
    """What rows of the ledgers, each sorted by time, say of each tag."""
    verdicts = {row["proposal_id"]: row for row in decisions}
    newest: dict[LabelKey, LedgerRow] = {}
    said: defaultdict[LabelKey, _Said] = defaultdict(_Said)
    for row in proposals:
        key = key_of(row)
        newest[key] = row
        decision = verdicts.get(row["proposal_id"])
        if decision is not None and row["value"]:
            said[key].add(row, decision)
    ours = set_by_us(changes)
    return {
        key: _known(key, newest.get(key), verdicts, ours, said[key])
        for key in newest.keys() | ours.written.keys()
    }


@dataclass(slots=True)
class _Said:
    """The values of one tag on which was decided, in all of its proposals (`KnownLabel`)."""

    refused: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)

    def add(self, row: LedgerRow, decision: LedgerRow) -> None:
        """Add the newest decision on a proposal."""
        verdict, value = decision["verdict"], row["value"]
        if verdict == Verdict.REJECT:
            self.refused.add(value)
        elif _is_of_person(decision):
            edited = decision["text"] if verdict == Verdict.EDIT else ""
            is_own = (edited and edited != value) or row["source"] == Source.HUMAN
            (self.chosen if is_own else self.accepted).add(edited or value)


def _is_of_person(decision: LedgerRow) -> bool:
    return bool(decision["origin"] != POLICY)


def key_of(row: LedgerRow) -> LabelKey:
    """The tag that a row of a ledger of labels is about."""
    return LabelKey(row["table"], row["column"], row["tag"])


class SetByUs:
    """What lakegloss set: the proposals that were applied, and by tag the last value and its one.

    `proposals` holds no tag whose value was taken away.
    """

    def __init__(self) -> None:
        self.applied: set[str] = set()
        self.written: dict[LabelKey, str] = {}
        self.proposals: dict[LabelKey, str] = {}

    def add(self, row: LedgerRow) -> None:
        """Add a change, later ones last."""
        key, of = key_of(row), row["proposal_id"]
        if row["status"] in (ChangeStatus.APPLIED, ChangeStatus.INTENDED):
            self.written[key] = row["after"]
        if row["status"] == ChangeStatus.APPLIED and of and row["after"]:
            self.applied.add(of)
            self.proposals[key] = of
        elif row["status"] == ChangeStatus.APPLIED and of:
            self.applied.discard(of)
            self.proposals.pop(key, None)


def set_by_us(changes: Iterable[LedgerRow]) -> SetByUs:
    """What rows of the ledger of changes, each sorted by time, say is set."""
    last = {row["change_id"]: row for row in changes}
    found = SetByUs()
    for row in sorted(last.values(), key=lambda row: row["changed_at"]):
        found.add(row)
    return found


def _known(
    key: LabelKey,
    row: LedgerRow | None,
    verdicts: Mapping[str, LedgerRow],
    set_: SetByUs,
    said: _Said,
) -> KnownLabel:
    written, set_by = set_.written.get(key, ""), set_.proposals.get(key, "")
    ours = frozenset({written} if written else ())
    if row is None:
        return KnownLabel(written=ours)
    of_set = verdicts.get(set_by)
    # An undo rejects what it takes back, too: what it could not take back stays.
    by_people = of_set is not None and of_set["origin"] not in (POLICY, UNDO)
    decision = verdicts.get(row["proposal_id"])
    verdict = decision["verdict"] if decision else ""
    edited = decision["text"] if decision and verdict == Verdict.EDIT else ""
    return KnownLabel(
        proposal_id=row["proposal_id"],
        value=row["value"],
        status=row["status"],
        fingerprint=row["fingerprint"] or "",
        replaces=row["replaces"] or "",
        source=row["source"],
        reason=row["reason"] or "",
        request_hash=row["request_hash"] or "",
        verdict=verdict,
        by_person=decision is not None and _is_of_person(decision),
        decision_id=decision["decision_id"] if decision else "",
        decided_by=(decision["decided_by"] or "") if decision else "",
        decided_value=edited or row["value"],
        applied=row["proposal_id"] in set_.applied,
        set_by=set_by,
        set_decided_by=(of_set["decided_by"] or "") if of_set is not None and by_people else "",
        withdrawn=of_set is not None and by_people and of_set["verdict"] == Verdict.REJECT,
        written=ours,
        refused=frozenset(said.refused),
        accepted=frozenset(said.accepted - said.chosen),
        chosen=frozenset(said.chosen),
    )
