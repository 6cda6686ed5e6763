"""Writes the comments of cards for the registered model, the command line and Python."""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Self

from lakegloss.core.personal.presidio import presidio_detector
from lakegloss.core.plan.guidance import Guidance
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
    """Writes the comments of cards, for callers in any thread.

    Close it, or use it in a with statement. A model that cannot be set up raises no error: the
    rules write then, and each answer says why.

    Args:
        program: by default the built-in one.
        version: the registered version of the program.
        guidance: lines that people wrote for their tables, beside those of a card.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        program: CommentProgram | None = None,
        version: str = "",
        guidance: Guidance | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environ is None else environ
        self.settings = settings
        self._drafting = settings.drafting
        self.program = program or CommentProgram()
        self.version = version
        self._guidance = guidance
        self._detector = presidio_detector() if settings.personal == "presidio" else None
        self._problem = ""
        self._routes: list[ModelRoute] = []
        # The engines share it, as a second thread would cost each request two switches.
        self._loop = LoopThread()
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
        """Answer each card, in the order of the cards. A bad card does not harm the others.

        Args:
            cards: a mapping may name its own `task`. Cards of the same policy, style, language and
                guidance share requests.
            task: `comments` writes comments; `quality` judges existing ones, without a model.
            timeout: seconds after which the rules write what no model has written.
        """
        return self.begin(cards, task=task, timeout=timeout).result()

    def begin(
        self,
        cards: Iterable[Mapping[str, Any] | TableCard],
        *,
        task: str = TASKS[0],
        timeout: float | None = None,
    ) -> "Future[list[CardAnswer]]":
        """Like `answers`, without waiting; cancelling the future ends the calls.

        Raises:
            EndpointError: the commenter was closed.
        """
        return self._loop.submit(self._all(list(cards), task, timeout))

    def close(self) -> None:
        """Cancel the work under way and close the connections. Idempotent."""
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
        answers: list[CardAnswer | None] = [None] * len(cards)
        groups: dict[tuple[str, int], list[tuple[int, TableCard]]] = {}
        seen: Counter[tuple[str, str]] = Counter()
        for place, raw_card in enumerate(cards):
            try:
                fields, card_task = task_of(raw_card, task)
                card = card_of(fields)
                if card_task == "quality":
                    answers[place] = await asyncio.to_thread(self._judge, card)
                else:
                    check_names(table_of(card))  # before it can spoil a shared request
                    kind = _kind(card)
                    again = seen[kind, card.table.lower()]  # a request names each table once
                    seen[kind, card.table.lower()] += 1
                    groups.setdefault((kind, again), []).append((place, card))
            except Exception as error:  # noqa: BLE001 - one bad card must not harm the others
                answers[place] = self._error_answer(error, raw_card)
        parts = [
            group[at : at + _AT_ONCE]
            for group in groups.values()
            for at in range(0, len(group), _AT_ONCE)
        ]
        places = asyncio.Semaphore(_PARTS_AT_ONCE)

        async def answer_part(part: list[tuple[int, TableCard]]) -> None:
            async with places:
                part_answers = await self._answers([card for _, card in part], end)
            for (place, _), answer in zip(part, part_answers, strict=True):
                answers[place] = answer

        if len(parts) == 1:  # as a rule: no task of its own
            await answer_part(parts[0])
        else:
            await asyncio.gather(*map(answer_part, parts))
        return [answer for answer in answers if answer is not None]

    async def _answers(self, cards: Sequence[TableCard], end: float | None) -> list[CardAnswer]:
        """Answer cards that share requests; where that fails, answer each by itself."""
        seconds = None if end is None else max(0.0, end - time.monotonic())
        try:
            drafted = await comments_for_all(
                cards, self._drafting, self.program, self._routes,
                timeout=seconds, guidance=self._guidance, detector=self._detector,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - as above
            if len(cards) == 1:
                return [self._error_answer(error, cards[0])]
            each = await asyncio.gather(*(self._answers([card], end) for card in cards))
            return [answer for answers in each for answer in answers]
        return [self._answer(*pair) for pair in zip(cards, drafted, strict=True)]

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

    def _judge(self, card: TableCard) -> CardAnswer:
        versions = {"program_version": self.program.version, "version": self.version}
        return quality_answer(card, self._drafting).model_copy(update=versions)

    def _error_answer(self, error: Exception, card: Mapping[str, Any] | TableCard) -> CardAnswer:
        name = card.get("table") if isinstance(card, Mapping) else getattr(card, "table", None)
        table = name[:_LONGEST_NAME] if isinstance(name, str) else ""
        if isinstance(error, InputError):
            return CardAnswer(table=table, error=str(error), version=self.version)
        _log.error("a card failed: %s: %s", type(error).__name__, first_line(error, 300))
        return CardAnswer(table=table, error="The card cannot be used.", version=self.version)


def _kind(card: TableCard) -> str:
    """A key that is the same for cards that may share requests."""
    return repr((card.policy, card.style, card.language, card.guidance))
