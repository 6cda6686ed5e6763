"""Finds the standing of each asset's comment from the rows of the ledgers.

Rows are mappings with the columns of the ledgers (`core.records`); columns that a function does not
name are ignored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lakegloss.core.assets import TableKind
from lakegloss.core.records import ChangeStatus, LedgerRow, ProposalStatus, Verdict
from lakegloss.core.stages import KEPT_ELSEWHERE, VIEW_COLUMNS, can_write

_NOBODY: Mapping[tuple[str, str], str] = MappingProxyType({})


class Standing(StrEnum):
    """Where an asset's comment stands.

    PEOPLE is text that lakegloss did not write; HUMAN is a proposal that a reviewer edited;
    NOT_WRITABLE has no comment, and this session cannot write one.
    """

    PEOPLE = "people"
    HUMAN = "human"
    MODEL = "model"
    RULES = "rules"
    INHERITED = "inherited"
    PROPOSED = "proposed"
    MISSING = "missing"
    NOT_WRITABLE = "not_writable"


COMMENTED = (
    Standing.PEOPLE,
    Standing.HUMAN,
    Standing.MODEL,
    Standing.RULES,
    Standing.INHERITED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetState:
    """One table (column is '') or column, its comment now, and the state of its proposal.

    Attributes:
        comment: the text in the catalog, '' where there is none.
        proposed: the text of the proposal that waits, '' where none does.
        commented_before: whether it had a comment before lakegloss wrote one.
        in_review: whether a proposal waits for a person.
        reason: why there is no comment, in words; '' where there is one.
        error: why the table could not be read (for tables only).
    """

    table: str
    column: str
    kind: str = ""
    data_type: str = ""
    position: int = 0
    comment: str = ""
    standing: Standing = Standing.MISSING
    proposed: str = ""
    commented_before: bool = False
    thin: bool = False
    in_review: bool = False
    reason: str = ""
    checks: tuple[str, ...] = ()
    error: str = ""


def is_thin(comment: str, thin_words: int) -> bool:
    """Whether there is a comment and it has fewer than `thin_words` words."""
    return 0 < len(comment.split()) < thin_words


def asset_states(
    inventory: Iterable[LedgerRow],
    proposals: Iterable[LedgerRow],
    changes: Iterable[LedgerRow],
    decisions: Iterable[LedgerRow],
    *,
    thin_words: int,
    comment_on_column: bool = True,
    authors: Mapping[tuple[str, str], str] = _NOBODY,
) -> list[AssetState]:
    """Find the state of each asset, in the order of the inventory.

    Args:
        inventory: the latest row of each asset; those that are no longer present are left out.
        proposals: all rows, or the latest of each asset and those that changes refer to.
        changes: the latest row of each change.
        decisions: the latest row of each proposal.
        thin_words: a comment of fewer words is thin.
        comment_on_column: whether the session can comment the columns of views.
        authors: who drafted comments that lakegloss wrote elsewhere and that were moved or copied
            here, by table and column.
    """
    decided = {row["proposal_id"]: row for row in decisions}
    sources: dict[str, str] = {}
    offered: dict[tuple[str, str], LedgerRow] = {}
    for row in sorted(proposals, key=lambda row: row["proposed_at"]):
        sources[row["proposal_id"]] = row["source"]
        offered[_key(row)] = row
    history = defaultdict(list)
    for row in sorted(changes, key=lambda row: row["changed_at"]):
        history[_key(row)].append(row)

    states = []
    for row in inventory:
        if row["present"] is False:
            continue
        key = _key(row)
        offer = offered.get(key)
        decision = decided.get(offer["proposal_id"]) if offer is not None else None
        writable = can_write(
            TableKind(row["kind"] or TableKind.TABLE),
            row["column"],
            comment_on_column=comment_on_column,
            blocked=row["error"] or "" if row["column"] else "",
        )
        asset = _Asset(row, offer, decision, history.get(key, ()), writable, authors.get(key, ""))
        states.append(asset.state(lambda change: _source(change, sources, decided), thin_words))
    return states


def _key(row: LedgerRow) -> tuple[str, str]:
    return row["table"], row["column"]


def unexplained(
    inventory: Iterable[LedgerRow], changes: Iterable[LedgerRow]
) -> dict[tuple[str, str], str]:
    """The comments that no change of their own asset wrote, by table and column."""
    written = {(_key(row), row["after"]) for row in changes}
    return {
        _key(row): row["comment"]
        for row in inventory
        if (row["comment"] or "").strip() and (_key(row), row["comment"]) not in written
    }


def _source(
    change: LedgerRow, sources: Mapping[str, str], decided: Mapping[str, LedgerRow]
) -> Standing | None:
    """Who wrote the text of a change; None without a proposal (an undo restores any text)."""
    source = sources.get(change["proposal_id"])
    decision = decided.get(change["proposal_id"])
    if source is not None and decision is not None and decision["verdict"] == Verdict.EDIT:
        return Standing.HUMAN
    return None if source is None else Standing(source)


@dataclass(frozen=True, slots=True)
class _Asset:
    """What the ledgers hold of one asset; changes are ordered from old to new."""

    row: LedgerRow
    offer: LedgerRow | None
    decision: LedgerRow | None
    changes: Sequence[LedgerRow]
    writable: bool
    author: str

    def state(self, source: Callable[[LedgerRow], Standing | None], thin_words: int) -> AssetState:
        comment = self._comment()
        waiting = self._waiting(comment)
        standing = self._standing(comment, waiting, source)
        return AssetState(
            table=self.row["table"],
            column=self.row["column"],
            kind=self.row["kind"] or "",
            data_type=self.row["data_type"] or "",
            position=self.row["position"] or 0,
            comment=comment,
            standing=standing,
            proposed=waiting,
            commented_before=bool(self._before(comment).strip()),
            thin=is_thin(comment, thin_words),
            in_review=bool(waiting) and self._status == ProposalStatus.NEEDS_REVIEW,
            reason="" if standing in COMMENTED else next(filter(None, self._reasons())),
            checks=tuple(self.offer["checks"] or ()) if self.offer is not None else (),
            error="" if self.row["column"] else self.row["error"] or "",
        )

    def _comment(self) -> str:
        """The text in the catalog: from the inventory, or from a later change."""
        last = next((c for c in reversed(self.changes) if c["status"] in _EFFECTIVE), None)
        if last is None or last["changed_at"] <= self.row["seen_at"]:
            return self.row["comment"] or ""
        return last["before" if last["status"] == ChangeStatus.UNDONE else "after"] or ""

    def _before(self, comment: str) -> str:
        """The text before the first change that a proposal made."""
        effective = (c for c in self.changes if c["proposal_id"] and c["status"] in _EFFECTIVE)
        first = next(effective, None)
        return comment if first is None else first["before"] or ""

    def _standing(
        self, comment: str, waiting: str, source: Callable[[LedgerRow], Standing | None]
    ) -> Standing:
        if comment.strip():
            # A killed run leaves changes that are only intended; lakegloss wrote their text, too.
            writers = (source(c) for c in reversed(self.changes) if c["after"] == comment)
            return next(filter(None, writers), Standing(self.author or Standing.PEOPLE))
        if not self.writable:
            return Standing.NOT_WRITABLE
        return Standing.PROPOSED if waiting else Standing.MISSING

    def _waiting(self, comment: str) -> str:
        """The text of a proposal that can still become the comment."""
        if self.offer is None or self._status in _OVER or self._rejected:
            return ""
        edited = self.decision is not None and self.decision["verdict"] == Verdict.EDIT
        text = (self.decision["text"] if edited and self.decision else self.offer["text"]) or ""
        is_done = text == comment or (bool(comment.strip()) and self._last == ChangeStatus.APPLIED)
        return "" if is_done else text

    @property
    def _status(self) -> str:
        return self.offer["status"] if self.offer is not None else ""

    @property
    def _rejected(self) -> bool:
        return self.decision is not None and self.decision["verdict"] == Verdict.REJECT

    @property
    def _last(self) -> str:
        """The status of the latest proposal's newest change, '' where none was made."""
        change = self._change
        return change["status"] if change is not None else ""

    @property
    def _change(self) -> LedgerRow | None:
        if self.offer is None:
            return None
        proposal_id = self.offer["proposal_id"]
        return next((c for c in reversed(self.changes) if c["proposal_id"] == proposal_id), None)

    def _reasons(self) -> Iterator[str]:
        """Yield why there is no comment, the best reason first; an empty reason does not hold."""
        change = self._change
        if self.row["error"] and not self.row["column"]:
            yield f"the table could not be read: {self.row['error']}"
        if not self.writable:
            kind = TableKind(self.row["kind"] or TableKind.TABLE)
            yield self.row["error"] or KEPT_ELSEWHERE.get(kind, VIEW_COLUMNS)
        if self.offer is None:
            yield "no proposal yet"
        if self._last == ChangeStatus.UNDONE:
            yield "undone"
        if self._rejected and self.decision is not None:
            yield f"rejected by {self.decision['decided_by'] or 'a person'}"
        if change is not None and change["status"] in _REFUSED:
            yield f"not written: {change['error'] or change['status']}"
        if self._status == ProposalStatus.FAILED and self.offer is not None:
            yield self.offer["reason"] or ", ".join(self.offer["checks"] or ()) or "failed"
        if self._status == ProposalStatus.OVERTAKEN:
            yield "a person's comment took the place of the proposal, and is gone since"
        if self._last == ChangeStatus.APPLIED:
            yield "written before, and lost since; apply writes it again"
        yield "waits for review" if self._status == ProposalStatus.NEEDS_REVIEW else _NOT_APPLIED


_NOT_APPLIED = "proposed, not applied"
_OVER = frozenset((ProposalStatus.FAILED, ProposalStatus.OVERTAKEN))
_EFFECTIVE = frozenset((ChangeStatus.APPLIED, ChangeStatus.UNDONE))
_REFUSED = frozenset((ChangeStatus.FAILED, ChangeStatus.SKIPPED))
