"""What a run may spend, in tokens and in dollars, and what is promised to calls in flight."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lakegloss.core.requests import ModelRequest, dollars
from lakegloss.engine.attempt import Usage, at_most
from lakegloss.settings_views import PriceSettings

_MOST_ATTEMPTS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The most that may be spent; None is no bound. Prices in dollars a million tokens."""

    tokens: int | None = None
    cost: float | None = None
    price_input: float = 0.0
    price_output: float = 0.0

    def price(self, usage: Usage) -> float:
        """Dollars."""
        paid = dollars(
            usage.input,
            usage.output,
            price_input=self.price_input,
            price_output=self.price_output,
        )
        return paid or 0.0

    def less(self, usage: Usage) -> "Allowance":
        """What is left after that usage."""
        return Allowance(
            tokens=None if self.tokens is None else max(self.tokens - usage.total, 0),
            cost=None if self.cost is None else max(self.cost - self.price(usage), 0.0),
            price_input=self.price_input,
            price_output=self.price_output,
        )

    def share(self, parts: int) -> "Allowance":
        """An equal part of it: tasks of Spark share no state."""
        return Allowance(
            tokens=None if self.tokens is None else self.tokens // parts,
            cost=None if self.cost is None else self.cost / parts,
            price_input=self.price_input,
            price_output=self.price_output,
        )


@dataclass(slots=True, kw_only=True)
class Reservation:
    """What is promised to one request: its attempts, each at its highest cost."""

    each: Usage
    attempts: int


class Budget:
    """Reserves before calls and settles after them.

    Reserved and spent together never pass the allowance, but for what a provider counts beyond
    the estimate of a request's input. Used from one event loop.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.spent = Usage()
        self._reserved_tokens = 0
        self._reserved_cost = 0.0
        self._holders = 0
        self._changed = asyncio.Event()

    async def reserve(self, request: ModelRequest, attempts: int) -> Reservation | None:
        """Room for that many attempts, or for fewer, but at least one.

        Waits while calls in flight may still give room back. None says that the budget is used up.
        """
        each = at_most(request)
        while True:
            fitting = min(attempts, self._fits(each))
            if fitting >= 1:
                self._move(each, fitting)
                self._holders += 1
                return Reservation(each=each, attempts=fitting)
            if not self._holders:
                return None
            self._changed.clear()
            await self._changed.wait()

    def settle(self, reservation: Reservation, usage: Usage) -> None:
        """One of the reserved attempts was made and cost that much."""
        reservation.attempts -= 1
        self._move(reservation.each, -1)
        self.spent += usage
        self._changed.set()

    def release(self, reservation: Reservation) -> None:
        """Give the attempts back that were not made."""
        self._move(reservation.each, -reservation.attempts)
        reservation.attempts = 0
        self._holders -= 1
        self._changed.set()

    def _fits(self, each: Usage) -> int:
        """How many attempts at that price there is room for."""
        room = _MOST_ATTEMPTS
        if self.allowance.tokens is not None:
            left = self.allowance.tokens - self.spent.total - self._reserved_tokens
            room = min(room, left // max(each.total, 1))
        price = self.allowance.price(each)
        if self.allowance.cost is not None and price > 0:
            left_cost = self.allowance.cost - self.allowance.price(self.spent) - self._reserved_cost
            room = min(room, int(left_cost / price + 1e-9))
        return room

    def _move(self, each: Usage, attempts: int) -> None:
        self._reserved_tokens += each.total * attempts
        self._reserved_cost += self.allowance.price(each) * attempts


def affordable(requests: Sequence[ModelRequest], allowance: Allowance) -> int:
    """How many requests, from the first on, fit with one attempt each at its highest cost."""
    for count, request in enumerate(requests):
        most = at_most(request)
        short_of_tokens = allowance.tokens is not None and allowance.tokens < most.total
        short_of_money = allowance.cost is not None and allowance.cost < allowance.price(most)
        if short_of_tokens or short_of_money:
            return count
        allowance = allowance.less(most)
    return len(requests)


def cost_of(settings: PriceSettings, input_tokens: int, output_tokens: int) -> float | None:
    """Dollars; None where no price is set."""
    return dollars(
        input_tokens,
        output_tokens,
        price_input=settings.price_input,
        price_output=settings.price_output,
    )
