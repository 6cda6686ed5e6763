"""Keeps the rows of rollouts: each number of a name once, whoever writes at the same time."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from lakegloss.core.ddl import literal
from lakegloss.core.release.guard import GuardItem
from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import ROLLOUT_ITEMS, ROLLOUTS

_ITEM_FIELDS = ("account_id", "kind", "item_id", "look", "place", "value")


class RolloutStore(Protocol):
    """Keeps rollouts. Nothing in it is changed or removed."""

    def rows(self, name: str) -> list[RolloutRow]:
        """The rows of a name by number."""

    def append(self, row: RolloutRow) -> bool:
        """Add a row; False, and nothing is added, where its number is taken."""

    def items(self, rollout_id: str) -> list[GuardItem]:
        """The evidence that was read for a rollout."""

    def add_items(
        self, name: str, rollout_id: str, items: Sequence[GuardItem], at: datetime
    ) -> None:
        """Add evidence."""


class MemoryRolloutStore:
    """Keeps rollouts in this process, where no lake is at hand."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[RolloutRow]] = defaultdict(list)
        self._items: defaultdict[str, list[GuardItem]] = defaultdict(list)
        self._lock = threading.Lock()

    def rows(self, name: str) -> list[RolloutRow]:
        with self._lock:
            return list(self._rows[name])

    def append(self, row: RolloutRow) -> bool:
        with self._lock:
            there = self._rows[row.name]
            if row.number != len(there) + 1:
                return False
            there.append(row)
            return True

    def items(self, rollout_id: str) -> list[GuardItem]:
        with self._lock:
            return list(self._items[rollout_id])

    def add_items(
        self,
        name: str,  # noqa: ARG002 - the Protocol
        rollout_id: str,
        items: Sequence[GuardItem],
        at: datetime,  # noqa: ARG002 - the Protocol
    ) -> None:
        with self._lock:
            self._items[rollout_id].extend(items)


class LedgerRolloutStore:
    """Keeps rollouts in two ledgers.

    A row is written as a numbered transaction of its name (Delta's txnAppId and txnVersion), which
    Delta carries out once: a number that is taken, or below it, is left out without an error. So
    the row is read back to see whose it is.
    """

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        self._is_ready = False

    def _ensure(self) -> None:
        if not self._is_ready:
            self._ledgers.ensure_more(ROLLOUTS)
            self._ledgers.ensure_more(ROLLOUT_ITEMS)
            self._is_ready = True

    def names(self) -> list[str]:
        """The names that ever had a rollout."""
        self._ensure()
        rows = self._ledgers.read(ROLLOUTS).select("name").distinct().collect()
        return sorted(str(row["name"]) for row in rows)

    def rows(self, name: str) -> list[RolloutRow]:
        self._ensure()
        frame = self._ledgers.read(ROLLOUTS).where(f"name = {literal(name)}")
        first: dict[int, RolloutRow] = {}
        for row in sorted(
            (RolloutRow(**values) for values in rows_of(frame, ROLLOUTS)),
            key=lambda row: (row.number, row.at, row.row_id),
        ):
            first.setdefault(row.number, row)
        return list(first.values())

    def append(self, row: RolloutRow) -> bool:
        self._ensure()
        self._ledgers.append_once(
            ROLLOUTS, row, app=f"lakegloss rollout {row.name}", number=row.number
        )
        there = self._numbered(row)
        if not there:  # a restored table: no step, and no rollback, would ever be written again
            self._ledgers.append(ROLLOUTS, [row])
            there = self._numbered(row)
        return bool(there) and there[0]["row_id"] == row.row_id

    def _numbered(self, row: RolloutRow) -> list[dict[str, Any]]:
        frame = self._ledgers.read(ROLLOUTS).where(
            f"name = {literal(row.name)} AND number = {row.number}"
        )
        return sorted(rows_of(frame, ROLLOUTS), key=lambda r: (r["at"], r["row_id"]))

    def items(self, rollout_id: str) -> list[GuardItem]:
        self._ensure()
        frame = self._ledgers.read(ROLLOUT_ITEMS).where(f"rollout_id = {literal(rollout_id)}")
        return [GuardItem(**row) for row in rows_of(frame, ROLLOUT_ITEMS, _ITEM_FIELDS)]

    def add_items(
        self, name: str, rollout_id: str, items: Sequence[GuardItem], at: datetime
    ) -> None:
        self._ensure()
        self._ledgers.append(
            ROLLOUT_ITEMS,
            [
                {
                    **{field: getattr(item, field) for field in _ITEM_FIELDS},
                    "rollout_id": rollout_id, "name": name, "at": at,
                }
                for item in items
            ],
        )  # fmt: skip
