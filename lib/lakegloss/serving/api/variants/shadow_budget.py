"""Knows what answers in the shadow may still cost, over all processes of a service."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lakegloss.core.release.daily_allowance import DAY, DailyAllowance
from lakegloss.serving.api.database.shadow_answers import ShadowAnswers, ShadowSpend

_LOOK_SECONDS = 60.0
_LATE = timedelta(minutes=5)
_PATIENCE = 10.0
_MOST_KNOWN = 100_000


class ShadowBudget:
    """The tokens and dollars of answers in the shadow, see `DailyAllowance`.

    The database has what was spent before, and what other processes spend: it is read once a
    minute. For one event loop.

    Args:
        tokens: a day; 0 is none.
        dollars: a day; None is without a bound.
        price: dollars for input and output tokens, or None.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        answers: ShadowAnswers,
        *,
        tokens: int,
        dollars: float | None,
        price: Callable[[int, int], float | None],
        clock: Callable[[], float],
    ) -> None:
        self._answers = answers
        self._price = price
        self._clock = clock
        begins = clock() - 2 * DAY  # what was spent earlier has come back
        self._tokens = DailyAllowance(tokens, at=begins)
        self._dollars = None if dollars is None else DailyAllowance(dollars, at=begins)
        self._looked_at = begins
        self._known: set[str] = set()

    async def is_left(self) -> bool:
        """Whether one more answer may be asked for.

        Raises:
            SQLAlchemyError, TimeoutError: the database does not answer: then nothing is known.
        """
        now = self._clock()
        if abs(now - self._looked_at) >= _LOOK_SECONDS:
            since = datetime.fromtimestamp(self._looked_at, UTC) - _LATE
            spent = asyncio.to_thread(self._answers.spent, since)
            for one in await asyncio.wait_for(spent, _PATIENCE):
                self.spend(one)
            self._looked_at = now
        return self._tokens.is_left(at=now) and (
            self._dollars is None or self._dollars.is_left(at=now)
        )

    def spend(self, one: ShadowSpend) -> None:
        """Take an answer's cost off, once."""
        if one.execution_id in self._known:
            return
        if len(self._known) >= _MOST_KNOWN:  # bounds memory; one counted twice is soon forgiven
            self._known.clear()
        self._known.add(one.execution_id)
        at = one.at.timestamp()
        self._tokens.spend(one.input_tokens + one.output_tokens, at=at)
        cost = self._price(one.input_tokens, one.output_tokens)
        if self._dollars is not None and cost is not None:
            self._dollars.spend(cost, at=at)
