"""Keeps in a ledger how far a monitor has read, and what its detectors of drift have seen."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.monitoring.detectors import KeptDetector
from lakegloss.core.statistics.drift import DriftDetector
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import MONITOR_STATES

_ROUND, _APP = "round", "lakegloss monitor"
_TRIES = 3


class LedgerStates:
    """What a monitor keeps between rounds, for one round.

    All detectors of a round are one numbered transaction: of two rounds at the same time, one
    keeps its own.

    Args:
        holder: names this process.

    Raises:
        CatalogError: the ledger cannot be made, or not be written; raised by every method.
    """

    def __init__(self, ledgers: Ledgers, *, holder: str = "") -> None:
        ledgers.ensure_more(MONITOR_STATES)
        self._ledgers = ledgers
        self._holder = holder or uuid4().hex
        self._kept: dict[str, dict[str, Any]] = {}
        self._number = 0
        self._read()

    def _read(self) -> None:
        rows = rows_of(self._ledgers.latest(MONITOR_STATES), MONITOR_STATES)
        self._kept = {row["name"]: row for row in rows}
        self._number = max((row["number"] for row in rows), default=0)

    def first_round(self) -> datetime | None:
        """When the first round was; None before it."""
        kept = self._kept.get(_ROUND)
        return None if kept is None else datetime.fromisoformat(json.loads(kept["state"])["began"])

    def last_round(self) -> datetime | None:
        """Up to which time alerts were looked at, or None before the first round."""
        kept = self._kept.get(_ROUND)
        return None if kept is None else datetime.fromisoformat(kept["position"])

    def end_round(self, until: datetime) -> None:
        """Keep that alerts were looked at up to a time; never goes back."""
        for _ in range(_TRIES):
            last = self.last_round()
            if last is not None and until <= last:
                return
            began = self.first_round() or until
            if self._write([(_ROUND, until.isoformat(), {"began": began.isoformat()})]):
                return
            self._read()

    def detector(self, name: str, threshold: float) -> tuple[DriftDetector, str]:
        """A detector of drift as it was kept, and up to which event; a new one where none was."""
        kept = self._kept.get(name)
        if kept is None:
            return DriftDetector(threshold), ""
        detector = DriftDetector.of_json(json.loads(kept["state"]))
        detector.threshold = threshold
        return detector, kept["position"]

    def keep_detectors(self, moved: Sequence[KeptDetector]) -> frozenset[str]:
        """Keep detectors; none of them where another round was faster."""
        rows = [(one.name, one.after, one.detector.as_json()) for one in moved]
        return frozenset(one.name for one in moved) if self._write(rows) else frozenset()

    def _write(self, kept: Sequence[tuple[str, str, dict[str, Any]]]) -> bool:
        number = self._number + 1
        rows: list[dict[str, Any]] = [
            {
                "name": name, "number": number, "position": position, "state": json.dumps(state),
                "holder": self._holder, "at": datetime.now(UTC),
            }
            for name, position, state in kept
        ]  # fmt: skip
        self._ledgers.append_once(MONITOR_STATES, *rows, app=_APP, number=number)
        if not self._holders(number):  # a restored table: nothing would ever be kept again
            self._ledgers.append(MONITOR_STATES, rows)
        if self._holders(number) != [self._holder]:
            return False
        self._number = number
        self._kept |= {row["name"]: row for row in rows}
        return True

    def _holders(self, number: int) -> list[str]:
        frame = self._ledgers.read(MONITOR_STATES).where(f"number = {number}")
        found = rows_of(frame, MONITOR_STATES, ("holder",))
        return sorted({row["holder"] for row in found})[:1]
