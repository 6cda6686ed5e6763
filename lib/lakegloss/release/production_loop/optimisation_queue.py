"""Keeps which optimisations wait, run and ended, for any number of processes."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from lakegloss.core.production.triggers import OptimisationTrigger
from lakegloss.learning.production.production_store import ProductionStore

_KIND, _KEY = "loop", "optimisations"
_MOST_ENDED = 500


class OptimisationState(StrEnum):
    """Where an optimisation is. What ran when its process died waits again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedOptimisation:
    """One optimisation of a family for a model.

    Attributes:
        lease_until: when it counts as abandoned if its holder does not renew; seconds since 1970.
        number: counts them, so that those of one moment keep their order.
        begun: how often it began: more than once after a kill.
        result: what came of it, in words.
    """

    optimisation_id: str
    family: str
    model: str
    trigger: str
    why: str
    state: str = OptimisationState.WAITING.value
    holder: str = ""
    lease_until: float = 0.0
    begun: int = 0
    result: str = ""
    asked_at: float
    number: int = 0
    ended_at: float | None = None

    @property
    def is_open(self) -> bool:
        return self.state in {OptimisationState.WAITING, OptimisationState.RUNNING}


class OptimisationQueue:
    """Adds optimisations, and gives each to one process at a time.

    Args:
        lease: how long a process may be silent before its optimisations wait again.
    """

    def __init__(
        self,
        store: ProductionStore,
        *,
        lease: timedelta = timedelta(minutes=2),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._lease = lease.total_seconds()
        self._clock = clock

    def all(self) -> list[QueuedOptimisation]:
        """All that are known, in the order in which they were asked for."""
        rows = self._store.document(_KIND, _KEY)
        return sorted(map(_row, rows.values()), key=_order)

    def add(
        self, family: str, model: str, trigger: OptimisationTrigger, why: str
    ) -> QueuedOptimisation:
        """Let an optimisation wait; one that waits or runs already stands for it."""
        with self._changing() as rows:
            for values in rows.values():
                known = _row(values)
                if known.is_open and (known.family, known.model) == (family, model):
                    return known
            added = QueuedOptimisation(
                optimisation_id=uuid4().hex, family=family, model=model, trigger=trigger.value,
                why=why, asked_at=self._clock().timestamp(),
                number=1 + max((v["number"] for v in rows.values()), default=0),
            )  # fmt: skip
            rows[added.optimisation_id] = asdict(added)
            return added

    def claim(self, holder: str, most: int) -> list[QueuedOptimisation]:
        """Take what waits, or was abandoned, while fewer than so many run in all processes."""
        now = self._clock().timestamp()
        with self._changing() as rows:
            known = sorted(map(_row, rows.values()), key=_order)
            alive = [
                one for one in known
                if one.state == OptimisationState.RUNNING and one.lease_until > now
            ]  # fmt: skip
            free = [one for one in known if one.is_open and one not in alive]
            taken = free[: max(0, most - len(alive))]
            for one in taken:
                rows[one.optimisation_id] |= {
                    "state": OptimisationState.RUNNING.value, "holder": holder,
                    "lease_until": now + self._lease, "begun": one.begun + 1,
                }  # fmt: skip
            return [_row(rows[one.optimisation_id]) for one in taken]

    def renew(self, holder: str) -> None:
        """Say that a process still works on what it claimed."""
        until = self._clock().timestamp() + self._lease
        with self._changing() as rows:
            for values in rows.values():
                if (values["holder"], values["state"]) == (holder, OptimisationState.RUNNING):
                    values["lease_until"] = until

    def end(self, optimisation_id: str, holder: str, *, failed: bool, result: str) -> None:
        """Say how one ended; what another process took over meanwhile is left to it."""
        state = OptimisationState.FAILED if failed else OptimisationState.DONE
        with self._changing() as rows:
            values = rows.get(optimisation_id, {})
            if values.get("holder") == holder:
                values |= {"state": state.value, "result": result[:500],
                           "ended_at": self._clock().timestamp()}  # fmt: skip
            ended = [i for i, v in rows.items() if v.get("ended_at")]
            for old in sorted(ended, key=lambda i: rows[i]["ended_at"])[:-_MOST_ENDED]:
                del rows[old]

    def _changing(self) -> Any:
        return self._store.changing(_KIND, _KEY, self._clock())


def _order(one: QueuedOptimisation) -> tuple[float, int]:
    return one.asked_at, one.number


def _row(values: Mapping[str, Any]) -> QueuedOptimisation:
    return QueuedOptimisation(**values)
