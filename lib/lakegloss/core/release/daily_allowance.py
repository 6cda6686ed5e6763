"""Bounds what may be spent in a day, without a silent rest of the day once much was spent early.

Half of the amount may be spent at once; the other half comes back evenly over the day. So no 24
hours cost more than the amount, but for what was under way when the rest was used up: that is a
debt, and waits for what comes back.
"""

DAY = 86_400.0


class DailyAllowance:
    """What is left of an amount a day. Mutable, for one thread; times in seconds since 1970.

    Args:
        amount: of tokens or dollars that any 24 hours may cost.
        at: when the account begins, with all that may be spent at once.
    """

    def __init__(self, amount: float, *, at: float) -> None:
        self._most = amount / 2
        self._left = self._most
        self._at = at

    def spend(self, amount: float, *, at: float) -> None:
        """Take something off. What was spent before the last known time counts in full."""
        self._come_back(at)
        self._left -= amount

    def is_left(self, *, at: float) -> bool:
        """Whether something may be spent."""
        self._come_back(at)
        return self._left > 0

    def _come_back(self, at: float) -> None:
        if at > self._at:  # a clock that was set back gives nothing twice
            self._left = min(self._most, self._left + self._most * (at - self._at) / DAY)
            self._at = at
