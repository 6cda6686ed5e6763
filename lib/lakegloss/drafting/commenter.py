"""Comments of cards for callers of any thread: the registered model, the command line, Python."""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Self

from lakegloss.core.personal.presidio import presidio_detector
from lakegloss.core.text.causes import first_line
from lakegloss.drafting.card_answers import (
    RULES,
    TASKS,
    CardAnswer,
    card_of,
    quality_answer,
    task_of,
)
from lakegloss.drafting.card_tasks import check_names
from lakegloss.drafting.comments import comments_for_all, proposed_comment
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.stopping import without_address
from lakegloss.drafting.table_cards import TableCard, table_of
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.loop import LoopThread
from lakegloss.engine.models import routes_of
from lakegloss.errors import InputError, LakeglossError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings

_LONGEST_NAME = 4_000
_AT_ONCE, _PARTS_AT_ONCE = 32, 8
_log = logging.getLogger("lakegloss.commenter")


class Commenter:
    """Writes the comments of cards; close it, or use it in a with statement.

    A model that cannot be set up is no error: the rules answer, and each answer says why.

    Args:
        program: by default the built-in one.
        version: the registered version that the program is of.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        program: CommentProgram | None = None,
        version: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environ is None else environ
        self.settings = settings
        self.program = program or CommentProgram()
        self.version = version
        self._detector = presidio_detector() if settings.personal == "presidio" else None
        self._problem = ""
        self._routes: list[ModelRoute] = []
        self._loop = LoopThread()  # the engines' too: a thread more costs each request two switches
        try:
            routes = routes_of(settings.asking, {}, env, fail_fast=True, loop=self._loop)
            self._routes = list(routes.values())
        except LakeglossError as error:
            _log.warning("no model can be asked: %s", error)
            self._problem = without_address(error)

    def answers(
        self,
        cards: Iterable[Mapping[str, Any] | TableCard],
        *,
        task: str = TASKS[0],
        timeout: float | None = None,
    ) -> list[CardAnswer]:
        """An answer for each card, in their order; what is wrong with one costs no other.

        Args:
            cards: a mapping may name its own `task`. Those of one policy, style, language and
                guidance share requests.
            task: `comments` writes them, `quality` judges those that are there, by no model.
            timeout: seconds after which the rules answer what no model has.
        """
        return self.begin(cards, task=task, timeout=timeout).result()

    def begin(
        self,
        cards: Iterable[Mapping[str, Any] | TableCard],
        *,
        task: str = TASKS[0],
        timeout: float | None = None,
    ) -> "Future[list[CardAnswer]]":
        """The same for who does not wait; cancelling ends the calls.

        Raises:
            EndpointError: this was closed.
        """
        return self._loop.submit(self._all(list(cards), task, timeout))

    def close(self) -> None:
        """End what is under way and close connections; idempotent."""
        self._loop.close(self._disconnected())

    async def _disconnected(self) -> None:
        ends = (route.engine.disconnect() for route in self._routes)
        await asyncio.gather(*ends, return_exceptions=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    async def _all(
        self, cards: Sequence[Mapping[str, Any] | TableCard], task: str, seconds: float | None
    ) -> list[CardAnswer]:
        end = None if seconds is None else time.monotonic() + seconds
        found: list[CardAnswer | None] = [None] * len(cards)
        groups: dict[tuple[str, int], list[tuple[int, TableCard]]] = {}
        seen: Counter[tuple[str, str]] = Counter()
        for place, given in enumerate(cards):
            try:
                own, wanted = task_of(given, task)
                card = card_of(own)
                if wanted == "quality":
                    found[place] = await asyncio.to_thread(self._judged, card)
                else:
                    check_names(table_of(card))  # it must not cost those that it shares with
                    kind = _kind(card)
                    again = seen[kind, card.table.lower()]  # a request names each table once
                    seen[kind, card.table.lower()] += 1
                    groups.setdefault((kind, again), []).append((place, card))
            except Exception as error:  # noqa: BLE001 - one card's fault must not cost the others
                found[place] = self._refused(error, given)
        parts = [
            group[at : at + _AT_ONCE]
            for group in groups.values()
            for at in range(0, len(group), _AT_ONCE)
        ]
        places = asyncio.Semaphore(_PARTS_AT_ONCE)

        async def one(part: list[tuple[int, TableCard]]) -> None:
            async with places:
                answers = await self._answers([card for _, card in part], end)
            for (place, _), answer in zip(part, answers, strict=True):
                found[place] = answer

        await asyncio.gather(*map(one, parts))
        return [answer for answer in found if answer is not None]

    async def _answers(self, cards: Sequence[TableCard], end: float | None) -> list[CardAnswer]:
        """Cards of a kind share requests; where that fails, each is asked for by itself."""
        seconds = None if end is None else max(0.0, end - time.monotonic())
        try:
            drafted = await comments_for_all(
                cards, self.settings.drafting, self.program, self._routes,
                timeout=seconds, detector=self._detector,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - as above
            if len(cards) == 1:
                return [self._refused(error, cards[0])]
            each = await asyncio.gather(*(self._answers([card], end) for card in cards))
            return [answer for answers in each for answer in answers]
        return [self._answer(card, own) for card, own in zip(cards, drafted, strict=True)]

    def _answer(self, card: TableCard, drafted: Drafted) -> CardAnswer:
        comments = [proposed_comment(draft) for draft in drafted.drafts]
        writers = [comment.model for comment in comments if comment.source == "model"]
        problem = self._problem if drafted.error is None else without_address(drafted.error)
        return CardAnswer(
            table=card.table,
            comments=comments,
            problem=problem,
            model=writers[-1] if writers else RULES if comments else "",
            program_version=self.program.version,
            version=self.version,
            input_tokens=drafted.usage.input,
            output_tokens=drafted.usage.output,
        )

    def _judged(self, card: TableCard) -> CardAnswer:
        names = {"program_version": self.program.version, "version": self.version}
        return quality_answer(card, self.settings.drafting).model_copy(update=names)

    def _refused(self, error: Exception, given: Mapping[str, Any] | TableCard) -> CardAnswer:
        named = given.get("table") if isinstance(given, Mapping) else getattr(given, "table", None)
        table = named[:_LONGEST_NAME] if isinstance(named, str) else ""
        if isinstance(error, InputError):
            return CardAnswer(table=table, error=str(error), version=self.version)
        _log.error("a card failed: %s: %s", type(error).__name__, first_line(error, 300))
        return CardAnswer(table=table, error="The card cannot be used.", version=self.version)


def _kind(card: TableCard) -> str:
    """What cards must have in common to share requests."""
    return repr((card.policy, card.style, card.language, card.guidance))
