"""Computes what a status shows of a rollout: its steps, its shares, and how the evidence went."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from lakegloss.core.release.evidence_lines import EvidenceLines, evidence_lines
from lakegloss.core.release.guard import AccountKey, GuardItem
from lakegloss.core.release.rollout_steps import (
    RolloutEvent,
    RolloutRow,
    RolloutState,
    rules_from,
)
from lakegloss.core.release.unguarded import why_unguarded

MOST_ROLLOUTS = 5
_SILENT = frozenset({"lease", "settle"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutView:
    """The last rollout of a name.

    Attributes:
        steps: its rows without leases, oldest first.
        lines: the evidence after each item that was read, in the account that decides.
        finding: what the last look at the evidence found, by the names of `GuardFinding`.
        is_carried_out: whether services were told of its end, where it has ended.
    """

    name: str
    steps: Sequence[RolloutRow]
    lines: EvidenceLines
    finding: Mapping[str, Any]
    is_carried_out: bool = True

    @property
    def last(self) -> RolloutRow:
        return self.steps[-1]

    @property
    def waits(self) -> str:
        """What waits for a person, in a sentence; '' for nothing."""
        if not self.is_carried_out:
            return (
                f"The rollout of {self.name}/{self.last.challenger} is {self.last.state}, and "
                "services may not know it yet, as the registry did not answer: "
                f"lakegloss rollout step {self.name}"
            )
        if self.last.state not in {RolloutState.HELD, RolloutState.PAUSED}:
            return ""
        why = f" ({self.last.reason})" if self.last.reason else ""
        return (
            f"The rollout of {self.name}/{self.last.challenger} is {self.last.state}{why}: "
            f"lakegloss releases {self.name}"
        )

    def unguarded(self, now: datetime) -> str:
        """That nobody guards it any more, in a sentence; '' where somebody does."""
        why = why_unguarded(self.last, now)
        return why and (
            f"Nobody guards {self.name}/{self.last.challenger}, whose share is "
            f"{self.last.served_share:.0%}: {why}. Step or withdraw it: "
            f"lakegloss releases {self.name}"
        )


def last_rollouts(rows: Iterable[RolloutRow]) -> list[list[RolloutRow]]:
    """The rows of the last rollout of each name; those that changed last come first."""
    ordered = sorted(rows, key=lambda row: (row.name, row.number, row.at, row.row_id))
    found = []
    for _, of_name in groupby(ordered, key=lambda row: row.name):
        first: dict[int, RolloutRow] = {}
        for row in of_name:
            first.setdefault(row.number, row)  # a number is given once
        mine = list(first.values())
        found.append([row for row in mine if row.rollout_id == mine[-1].rollout_id])
    return sorted(found, key=lambda mine: mine[-1].at, reverse=True)


def view_of(
    rows: Sequence[RolloutRow], items: Sequence[GuardItem], *, grouped: bool
) -> RolloutView:
    """What is shown of a rollout.

    Args:
        rows: of one rollout, by number.
        items: the evidence that was read for it.
        grouped: whether its account reads groups, as that of a lake does, see `AccountKey`.
    """
    looked = next((row for row in reversed(rows) if row.look), rows[-1])
    key = AccountKey(
        name=looked.name, champion=looked.champion_version, challenger=looked.challenger_version,
        metric="", grouped=grouped,
    )  # fmt: skip
    closed = {row.look for row in rows if row.look}
    mine = [
        replace(item, account_id=key.account_id)
        for item in items
        if item.account_id == looked.account_id and item.look in closed
    ]
    steps = [row for row in rows if row.event not in _SILENT]
    return RolloutView(
        name=looked.name, steps=steps or rows,
        lines=evidence_lines(key, mine, rules_from(looked.rules).guard),
        finding=json.loads(looked.finding) if looked.finding else {},
        is_carried_out=rows[-1].is_active or rows[-1].event == RolloutEvent.SETTLE,
    )  # fmt: skip
