"""Bounds how often one execution asks a model again, and asks again for what cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from dspy.utils.exceptions import AdapterParseError

from lakegloss.programs.json_adapter import JSONObjectAdapter

_REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a request of a program is asked at most.

    Attributes:
        asks: answers that are asked for until one can be read.
        calls: calls that are made for it, whatever failed; None leaves failures of the endpoint to
            the engine's own attempts.
    """

    asks: int = 2
    calls: int | None = None

    @classmethod
    def of(cls, retries: int | None) -> "Patience":
        """That of a number of retries; None is where nobody gave one."""
        return cls() if retries is None else cls(asks=1 + retries, calls=1 + retries)

    def less(self, used: int) -> "Patience | None":
        """What is left after so many asks of each request; None if nothing is."""
        if self.asks <= used:
            return None
        return Patience(
            asks=self.asks - used, calls=None if self.calls is None else self.calls - used
        )


class Turn:
    """Counts the calls for one request of a program."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._asked = 0
        self._calls = 0

    @property
    def left(self) -> int | None:
        """The calls that may still be made; None leaves it to the engine."""
        most = self._patience.calls
        return None if most is None else max(0, most - self._calls)

    @property
    def may_ask_again(self) -> bool:
        """Whether one more answer may be asked for."""
        return self._asked < self._patience.asks and self.left != 0

    @property
    def asked(self) -> int:
        """How many answers were asked for, the one that is waited for included."""
        return self._asked

    @property
    def used(self) -> int:
        """How many of the asks are used up."""
        return self._asked if self._patience.calls is None else max(self._asked, self._calls)

    def ask(self) -> int:
        """Count an answer that is asked for now; returns how many were before."""
        self._asked += 1
        return self._asked - 1

    def count(self, calls: int) -> None:
        """Count calls that were made."""
        self._calls += calls


class Asking:
    """Keeps what one run of a program may ask.

    Attributes:
        used: the most asks that any request of the run took.
        parsing: how each answer was read, or why it could not be.
    """

    def __init__(self, patience: Patience, parsing: list[str]) -> None:
        self.patience = patience
        self.parsing = parsing
        self.used = 0

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Hold for all that the block asks."""
        token = _asking.set(self)
        try:
            yield
        finally:
            _asking.reset(token)


_asking: ContextVar[Asking | None] = ContextVar("lakegloss_asking", default=None)
_turn: ContextVar[Turn | None] = ContextVar("lakegloss_turn", default=None)


@contextmanager
def one_request() -> Iterator[Turn]:
    """The turn of the request that is asked in the block; an outer block's, where one is open."""
    if (outer := _turn.get()) is not None:
        yield outer
        return
    asking = _asking.get()
    turn = Turn(Patience() if asking is None else asking.patience)
    token = _turn.set(turn)
    try:
        yield turn
    finally:
        _turn.reset(token)
        if asking is not None:
            asking.used = max(asking.used, turn.used)


def calls_left() -> int | None:
    """The calls that may be made for the request that is asked now; None leaves it to the engine.

    A program that was let ask has one call at least.
    """
    if (turn := _turn.get()) is not None:
        return None if turn.left is None else max(1, turn.left)
    asking = _asking.get()
    return None if asking is None else asking.patience.calls


def asks_before() -> int:
    """How many answers were asked for before, of the request that is asked now."""
    turn = _turn.get()
    return 0 if turn is None else max(0, turn.asked - 1)


def count_calls(number: int) -> None:
    """Count calls that were made for the request that is asked now."""
    if (turn := _turn.get()) is not None:
        turn.count(number)
    elif (asking := _asking.get()) is not None and asking.patience.calls is not None:
        asking.used = max(asking.used, number)


class AskingAdapter(JSONObjectAdapter):
    """Asks a predictor's request again if its answer cannot be read, as often as it may."""

    def __call__(
        self,
        lm: Any,
        lm_kwargs: dict[str, Any],
        signature: Any,
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        with one_request() as turn:
            while True:
                kwargs = _kwargs(lm, lm_kwargs, turn)
                try:
                    found: list[dict[str, Any]] = super().__call__(
                        lm, kwargs, signature, demos, inputs
                    )
                except AdapterParseError as error:
                    _tell(error)
                    if not turn.may_ask_again:
                        raise
                else:
                    return found

    async def acall(
        self,
        lm: Any,
        lm_kwargs: dict[str, Any],
        signature: Any,
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        with one_request() as turn:
            while True:
                kwargs = _kwargs(lm, lm_kwargs, turn)
                try:
                    found: list[dict[str, Any]] = await super().acall(
                        lm, kwargs, signature, demos, inputs
                    )
                except AdapterParseError as error:
                    _tell(error)
                    if not turn.may_ask_again:
                        raise
                else:
                    return found


def _kwargs(lm: Any, lm_kwargs: dict[str, Any], turn: Turn) -> dict[str, Any]:
    """Count an ask. A copy, as DSPy adds to it; a cache of DSPy's would give the same answer."""
    number = turn.ask()
    again = number > 0 and bool(getattr(lm, "cache", False))
    return {**lm_kwargs, "rollout_id": number} if again else dict(lm_kwargs)


def _tell(error: AdapterParseError) -> None:
    asking = _asking.get()
    if asking is not None:
        message = str(error.args[0] if error.args else error)
        asking.parsing.append(message.split("\n", 1)[0][:_REASON_CHARACTERS])
