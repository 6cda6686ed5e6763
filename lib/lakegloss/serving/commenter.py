"""Comments of cards for callers of any thread: the registered model, the command line, Python."""

import asyncio
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from lakegloss.core.quality import quality_of
from lakegloss.engine.execution import ModelRoute
from lakegloss.errors import InputError, LakeglossError
from lakegloss.lakehouse.presidio import presidio_detector
from lakegloss.programs.comment import CommentProgram
from lakegloss.serving.cards import ProposedComment, TableCard, evidence_of, settings_for, table_of
from lakegloss.serving.comments import comments_for, told
from lakegloss.serving.loop import LoopThread
from lakegloss.serving.models import routes_of
from lakegloss.settings import Settings

RULES = "rules"
TASKS = ("comments", "quality")
_AT_ONCE = 64


class CommentQuality(BaseModel):
    """How good an existing comment is (`core.quality`); `column` is '' for the table's own."""

    column: str
    score: float
    problems: list[str] = []


class CardAnswer(BaseModel):
    """What came of one card.

    Attributes:
        error: why the card cannot be used; the rest is empty then.
        problem: why no model, or not the first one, wrote the comments; '' where it did.
        model: the name of the model that wrote last, or `rules`.
        program_version: of what was sent; version: the registered version, '' of the built-in one.
    """

    table: str = ""
    comments: list[ProposedComment] = []
    quality: list[CommentQuality] = []
    error: str = ""
    problem: str = ""
    model: str = ""
    program_version: str = ""
    version: str = ""
    input_tokens: int = 0
    output_tokens: int = 0


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
        try:
            self._routes = list(routes_of(settings, {}, env, fail_fast=True).values())
        except LakeglossError as error:
            self._problem = str(error)
        self._loop = LoopThread()

    def answers(
        self,
        cards: Iterable[Mapping[str, Any] | TableCard],
        *,
        task: str = TASKS[0],
        timeout: float | None = None,
    ) -> list[CardAnswer]:
        """An answer for each card, in their order; what is wrong with one costs no other.

        Args:
            cards: a mapping may name its own `task`.
            task: `comments` writes them, `quality` judges those that are there, by no model.
            timeout: seconds after which the rules answer what no model has.
        """
        return list(self._loop.submit(self._all(list(cards), task, timeout)).result())

    def close(self) -> None:
        """End what is under way and close connections; idempotent."""
        self._loop.close()
        for route in self._routes:
            route.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    async def _all(
        self, cards: Sequence[Mapping[str, Any] | TableCard], task: str, seconds: float | None
    ) -> list[CardAnswer]:
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(card: Mapping[str, Any] | TableCard) -> CardAnswer:
            try:
                own, wanted = _task_of(card, task)
                taken = card_of(own)
                async with places:
                    if wanted == "quality":
                        return await asyncio.to_thread(self._judged, taken)
                    return await self._answer(taken, seconds)
            except InputError as error:
                return CardAnswer(error=str(error), version=self.version)

        return await asyncio.gather(*map(one, cards))

    async def _answer(self, card: TableCard, seconds: float | None) -> CardAnswer:
        drafted = await comments_for(
            card, self.settings, self.program, self._routes,
            timeout=seconds, detector=self._detector,
        )  # fmt: skip
        comments = [told(item) for item in drafted.comments]
        writers = [comment.model for comment in comments if comment.source == "model"]
        problem = self._problem if drafted.error is None else str(drafted.error)
        return CardAnswer(
            table=card.table,
            comments=comments,
            problem=problem,
            model=writers[-1] if writers else RULES,
            program_version=self.program.version,
            version=self.version,
            input_tokens=drafted.usage.input,
            output_tokens=drafted.usage.output,
        )

    def _judged(self, card: TableCard) -> CardAnswer:
        own = settings_for(card, self.settings)
        table, evidence = table_of(card), evidence_of(card)
        found = [
            quality_of(
                table,
                column,
                evidence[column.path] if column else None,
                limit=own.max_column_comment if column else own.max_table_comment,
                thin_words=own.thin_words,
            )
            for column in (None, *table.columns)
        ]
        return CardAnswer(
            table=card.table,
            quality=[
                CommentQuality(column=q.column, score=q.score, problems=list(q.problems))
                for q in found
            ],
            model=RULES,
            program_version=self.program.version,
            version=self.version,
        )


def _task_of(
    card: Mapping[str, Any] | TableCard, task: str
) -> tuple[Mapping[str, Any] | TableCard, str]:
    """The card without its own task, and the task.

    Raises:
        InputError: there is no such task.
    """
    if isinstance(card, Mapping):
        own = {key: value for key, value in card.items() if key != "task"}
        card, task = own, str(card.get("task") or task)
    if task not in TASKS:
        raise InputError(
            f"There is no task {task[:40]!r}.", remedy=f"Known are: {', '.join(TASKS)}."
        )
    return card, task


def card_of(given: Mapping[str, Any] | TableCard) -> TableCard:
    """A card of JSON values, a data frame's row, or Spark's: what is missing is left out.

    Raises:
        InputError: it says something that no card can.
    """
    if isinstance(given, TableCard):
        return given
    try:
        return TableCard.model_validate(_plain(given))
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise InputError(
            f"The card cannot be used: {'; '.join(lines[:5])}.",
            remedy="docs/sql.md shows a card.",
        ) from None


def _plain(value: Any) -> Any:
    """Values of Python's own kinds; None, NaN and what holds them in a mapping are left out."""
    if hasattr(value, "asDict"):
        value = value.asDict()
    elif hasattr(value, "tolist"):  # numpy's arrays and scalars
        value = value.tolist()
    if isinstance(value, Mapping):
        found = {str(key): _plain(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
