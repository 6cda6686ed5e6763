"""Defines labels that are wanted, and the rows of the ledgers of labels."""

from dataclasses import dataclass
from datetime import datetime

from lakegloss.core.labels.tags import LabelKey

LABEL_PROGRAM = "label"
"""The name under which the ledgers know the program that gives labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLabel:
    """A label that a table or column should have, and why.

    Attributes:
        source: who says so (`core.records.Source`).
        reason: what it rests on, in plain words.
        fingerprint: of what it rests on; the same fingerprint gives the same label.
        is_sure: False sends it to a person.
    """

    key: LabelKey
    value: str
    source: str
    reason: str
    fingerprint: str = ""
    request_hash: str = ""
    program: str = ""
    program_version: str = ""
    model: str = ""
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelProposal:
    """A label for one asset. `replaces` is the value that lakegloss wrote there before, or ''."""

    proposal_id: str
    table: str
    column: str
    tag: str
    value: str
    source: str
    status: str
    reason: str
    replaces: str
    fingerprint: str
    request_hash: str
    program: str
    program_version: str
    model: str
    run_id: str
    proposed_at: datetime

    @property
    def key(self) -> LabelKey:
        """The tag that it is about."""
        return LabelKey(self.table, self.column, self.tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """One tag, before and after one statement; '' is no tag. `place` is tags or properties."""

    change_id: str
    table: str
    column: str
    tag: str
    proposal_id: str
    before: str
    after: str
    place: str
    statement: str
    status: str
    error: str
    run_id: str
    changed_at: datetime
    who: str | None = None

    @property
    def key(self) -> LabelKey:
        """The tag that it is about."""
        return LabelKey(self.table, self.column, self.tag)
