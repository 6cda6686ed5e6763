"""Drafts the comments of a batch run: asks round by round, and keeps each answer."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from lakegloss.core.inherit.inheritance import Inheritance
from lakegloss.core.plan.tasks import TableTasks
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.drafted import Draft, Drafted, accepted_draft
from lakegloss.drafting.loop import DraftingLoop
from lakegloss.drafting.without_model import rules_draft
from lakegloss.engine.outcome import Outcome
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings


class Asker(Protocol):
    """Sends requests to the model: the engine on the driver, in partitions, or `ai_query`."""

    def __call__(self, requests: Sequence[ModelRequest]) -> Outcome: ...


class ModelDrafter:
    """Drafts with the comment program; the rules write where the model's texts fail the checks.

    Where the endpoint failed, nothing is drafted: these assets wait for the next run. Repeated
    columns are asked about once (`core.inherit`).
    """

    def __init__(
        self,
        settings: DraftingSettings,
        program: CommentProgram,
        ask: Asker,
        inheritance: Inheritance | None = None,
    ) -> None:
        self._settings = settings
        self._program = program
        self._ask = ask
        self._inheritance = inheritance
        self._is_reached = False

    def draft(
        self,
        tables: Sequence[TableTasks],
        answers: Iterable[Response],
        *,
        keep: Callable[[], object],
    ) -> Drafted:
        """Ask until every asset has an accepted text or was asked often enough.

        Args:
            answers: answers that were paid for earlier and not read yet.
            keep: called after each round, to make the round's answers durable.
        """
        loop = DraftingLoop(
            tables,
            self._program,
            self._settings,
            inheritance=self._inheritance,
            answers=answers,
            is_reached=self._is_reached,
        )
        while requests := loop.next_round():
            outcome = self._ask(requests)
            keep()
            loop.take(outcome)
        self._is_reached = loop.is_reached
        return Drafted(
            drafts=self._drafts(tables, loop),
            usage=loop.usage,
            calls=loop.calls,
            reused=loop.reused,
            not_asked=dict(loop.not_asked),
            needed=loop.needed,
            unanswered=loop.unanswered,
            cause=loop.cause,
            tried=(self._settings.model,),
            error=loop.error,
        )

    def _drafts(self, tables: Sequence[TableTasks], loop: DraftingLoop) -> list[Draft]:
        drafts, failed = [], loop.failed
        for table in tables:
            for task in table.tasks:
                if (accepted := loop.accepted.get(task.key)) is not None:
                    drafts.append(accepted_draft(task, accepted))
                elif task.key in failed and not task.comment:
                    # An existing comment is of a person or a model, which know more than the rules.
                    reason, checks = loop.why_none(task.key)
                    drafts.append(
                        rules_draft(table, task, self._settings, reason=reason, checks=checks)
                    )
        return drafts
