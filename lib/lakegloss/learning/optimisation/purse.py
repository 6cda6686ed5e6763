"""Keeps account of what an optimisation has used, and refuses what the budget does not pay.

Answers of an earlier, interrupted run count as if they were paid now. So a run that goes on ends
where an undisturbed one would have ended.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import NOTHING, Usage
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock

_HOUR = 3_600.0
_SEARCHING = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What was used so far; `paid_calls` and `paid` are the part that was paid in this run."""

    calls: int = 0
    usage: Usage = NOTHING
    paid_calls: int = 0
    paid: Usage = NOTHING


class Purse:
    """Grants calls one by one. Several threads may use it.

    What a call may cost at most is set aside until its true cost is known; a call waits while
    calls in flight may still give room back.
    """

    def __init__(self, budget: OptimisationBudget, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._budget = budget
        self._reserve = budget  # what may be used now; less while a part is set aside
        self._clock = clock
        self._begun = clock.monotonic()
        self._share = 1.0
        self._used = Used()
        self._held_calls = self._held_sent = self._held_answered = 0
        self._changed = threading.Condition()

    @property
    def used(self) -> Used:
        with self._changed:
            return self._used

    @property
    def late(self) -> bool:
        """Whether the hours are over, or that part of them which may be used now."""
        hours = self._budget.hours
        past = self._clock.monotonic() - self._begun
        return hours is not None and past >= hours * _HOUR * self._share

    @contextmanager
    def set_aside(
        self, calls: float, sent: float, answered: float, *, all_hours: bool = False
    ) -> Iterator[None]:
        """Leave room for calls that come after the block, and a quarter of the hours."""
        with self._changed:
            self._reserve = self._budget.less(calls, sent, answered)
            self._share = 1.0 if all_hours else _SEARCHING
        try:
            yield
        finally:
            with self._changed:
                self._reserve, self._share = self._budget, 1.0
                self._changed.notify_all()

    def take(self, request: ModelRequest) -> bool:
        """Set the highest cost of a call aside; False where the budget does not pay it."""
        sent, answered = request.input_tokens, request.max_tokens
        with self._changed:
            while not self._fits(sent, answered):
                if not self._held_calls:
                    return False
                self._changed.wait()
            self._held_calls += 1
            self._held_sent += sent
            self._held_answered += answered
            return True

    def _fits(self, sent: int, answered: int) -> bool:
        used = self._used
        return self._reserve.pays(
            used.calls + self._held_calls + 1,
            used.usage.input + self._held_sent + sent,
            used.usage.output + self._held_answered + answered,
        )

    def settle(self, request: ModelRequest, usage: Usage, *, paid: bool) -> None:
        """Count a call that `take` granted, with its true cost."""
        with self._changed:
            used = self._used
            used = replace(used, calls=used.calls + 1, usage=used.usage + usage)
            if paid:
                used = replace(used, paid_calls=used.paid_calls + 1, paid=used.paid + usage)
            self._used = used
            self._let_go(request)

    def give_back(self, request: ModelRequest) -> None:
        """Give back what `take` set aside for a call that was not made."""
        with self._changed:
            self._let_go(request)

    def _let_go(self, request: ModelRequest) -> None:
        self._held_calls -= 1
        self._held_sent -= request.input_tokens
        self._held_answered -= request.max_tokens
        self._changed.notify_all()
