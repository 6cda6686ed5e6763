"""Shares one budget among several optimisations that go on at the same time."""

import threading
from dataclasses import replace

from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.errors import BudgetExceededError


class SharedBudget:
    """Gives each of so many optimisations its share; what one leaves, later ones get.

    No state is shared while they run: together they never use more than the whole.

    Args:
        whole: the budget of all together; hours hold for each.
        parts: how many optimisations there will be.
    """

    def __init__(self, whole: OptimisationBudget, parts: int) -> None:
        self._left = whole
        self._calls, self._tokens, self._cost = whole.max_calls, whole.max_tokens, whole.max_cost
        self._waiting = max(1, parts)
        self._lock = threading.Lock()

    def take(self) -> OptimisationBudget:
        """The share of the next optimisation.

        Raises:
            BudgetExceededError: nothing is left.
        """
        with self._lock:
            waiting, self._waiting = max(1, self._waiting), self._waiting - 1
            calls = None if self._calls is None else self._calls // waiting
            tokens = None if self._tokens is None else self._tokens // waiting
            cost = None if self._cost is None else self._cost / waiting
            if any(bound is not None and bound <= 0 for bound in (calls, tokens, cost)):
                raise BudgetExceededError(
                    "The budget that several optimisations share leaves nothing for this one.",
                    remedy="Raise the budget, or optimise fewer at once.",
                )
            self._calls = None if self._calls is None else self._calls - (calls or 0)
            self._tokens = None if self._tokens is None else self._tokens - (tokens or 0)
            self._cost = None if self._cost is None else self._cost - (cost or 0.0)
            return replace(self._left, max_calls=calls, max_tokens=tokens, max_cost=cost)

    def give_back(self, share: OptimisationBudget, *, calls: int, sent: int, answered: int) -> None:
        """Give back what a share leaves after this use."""
        cost = self._left.cost(sent, answered) or 0.0
        with self._lock:
            if self._calls is not None and share.max_calls is not None:
                self._calls += max(0, share.max_calls - calls)
            if self._tokens is not None and share.max_tokens is not None:
                self._tokens += max(0, share.max_tokens - sent - answered)
            if self._cost is not None and share.max_cost is not None:
                self._cost += max(0.0, share.max_cost - cost)
