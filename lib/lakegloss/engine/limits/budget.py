"""Bounds what a run spends, in tokens and in dollars, calls in flight included."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lakegloss.core.requests import ModelRequest, dollars
from lakegloss.engine.attempt import Usage, at_most
from lakegloss.settings_views import PriceSettings

_MOST_ATTEMPTS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The most that may be spent; None sets no bound. Prices are in dollars per million tokens."""

    tokens: int | None = None
    cost: float | None = None
    price_input: float = 0.0
    price_output: float = 0.0

    def price(self, usage: Usage) -> float:
        """The price of that usage in dollars."""
        paid = dollars(
            usage.input,
            usage.output,
            price_input=self.price_input,
            price_output=self.price_output,
        )
        return paid or 0.0

    def less(self, usage: Usage) -> "Allowance":
        """The allowance that is left after that usage."""
        return Allowance(
            tokens=None if self.tokens is None else max(self.tokens - usage.total, 0),
            cost=None if self.cost is None else max(self.cost - self.price(usage), 0.0),
            price_input=self.price_input,
            price_output=self.price_output,
        )

    def share(self, parts: int) -> "Allowance":
        """An equal part of the allowance, for each of the tasks of Spark: they share no state."""
        return Allowance(
            tokens=None if self.tokens is None else self.tokens // parts,
            cost=None if self.cost is None else self.cost / parts,
            price_input=self.price_input,
            price_output=self.price_output,
        )


@dataclass(slots=True, kw_only=True)
class Reservation:
    """The part of the budget that is set aside for one request.

    Attributes:
        each: the highest cost of one attempt.
        attempts: how many attempts are still set aside.
    """

    each: Usage
    attempts: int


class Budget:
    """Reserves the highest cost of calls before them, and settles the true cost after them.

    What is reserved and spent never passes the allowance together, except for what a provider
    counts beyond our estimate of a request's input. Use it from one event loop.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.spent = Usage()
        self._reserved_tokens = 0
        self._reserved_cost = 0.0
        self._holders = 0
        self._changed = asyncio.Event()

    async def reserve(self, request: ModelRequest, attempts: int) -> Reservation | None:
        """Reserve that many attempts, or fewer, but at least one.

        Waits while calls in flight may still give room back. Returns None where the budget is used
        up.
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
        """Record that one of the reserved attempts was made, and what it cost."""
        reservation.attempts -= 1
        self._move(reservation.each, -1)
        self.spent += usage
        self._changed.set()

    def release(self, reservation: Reservation) -> None:
        """Give back the attempts that were not made."""
        self._move(reservation.each, -reservation.attempts)
        reservation.attempts = 0
        self._holders -= 1
        self._changed.set()

    def _fits(self, each: Usage) -> int:
        """How many attempts at that price the budget has room for."""
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
    """How many of the first requests the allowance pays, with one attempt each at most cost."""
    for count, request in enumerate(requests):
        most = at_most(request)
        short_of_tokens = allowance.tokens is not None and allowance.tokens < most.total
        short_of_money = allowance.cost is not None and allowance.cost < allowance.price(most)
        if short_of_tokens or short_of_money:
            return count
        allowance = allowance.less(most)
    return len(requests)


def cost_of(settings: PriceSettings, input_tokens: int, output_tokens: int) -> float | None:
    """The cost in dollars; None where no price is set."""
    return dollars(
        input_tokens,
        output_tokens,
        price_input=settings.price_input,
        price_output=settings.price_output,
    )
