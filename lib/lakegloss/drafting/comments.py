"""Drafts the comments of cards: takes tables' cards, gives checked comments."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Source
from lakegloss.core.text.causes import first_line
from lakegloss.drafting.card_tasks import tasks_for
from lakegloss.drafting.drafted import Draft, Drafted, accepted_draft
from lakegloss.drafting.in_turn import ask_in_turn, in_thread_if_large, shares
from lakegloss.drafting.loop import DraftingLoop
from lakegloss.drafting.stopping import NO_MODEL, without_address, without_detail
from lakegloss.drafting.table_cards import (
    ProposedComment,
    TableCard,
    evidence_of,
    settings_for,
    table_of,
)
from lakegloss.drafting.without_model import rules_draft
from lakegloss.engine.execution import ModelRoute
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_log = logging.getLogger("lakegloss.comments")
_ENGLISH = frozenset({"english", "en", "us english", "british english"})


async def comments_for(
    card: TableCard,
    settings: DraftingSettings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    **options: Any,
) -> Drafted:
    """Draft the comments of one card; see `comments_for_all`."""
    [drafted] = await comments_for_all([card], settings, program, routes, **options)
    return drafted


async def comments_for_all(
    cards: Sequence[TableCard],
    settings: DraftingSettings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    *,
    timeout: float | None = None,  # noqa: ASYNC109 - what came in time is kept
    guidance: Guidance | None = None,
    detector: Callable[[Evidence], Evidence] | None = None,
    why: str = "",
) -> list[Drafted]:
    """Draft the comments of cards of one policy, style, language and guidance.

    `draft_tables` explains `timeout` and `why`; `guidance` is that of the settings' file.

    Raises:
        InputError: a name of a card cannot be read, or a column is there twice.
    """
    card_settings = settings_for(cards[0], settings)
    size = sum(len(card.columns) for card in cards)

    def all_tasks() -> list[TableTasks]:
        return [
            tasks_for(
                table_of(card), evidence_of(card), card_settings, program,
                guidance=card.guidance, house=guidance, detector=detector,
            )
            for card in cards
        ]  # fmt: skip

    tasks = await in_thread_if_large(size, all_tasks)
    return await draft_tables(tasks, card_settings, program, routes, timeout=timeout, why=why)


async def draft_tables(
    tables: Sequence[TableTasks],
    settings: DraftingSettings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    *,
    timeout: float | None = None,  # noqa: ASYNC109 - what came in time is kept
    why: str = "",
) -> list[Drafted]:
    """Ask one model after the other; the rules write what no model has written in time.

    Args:
        tables: small tables share requests, a large one takes several.
        timeout: seconds.
        why: the reason why no model is asked, in words; by default that none is set.

    Returns:
        The drafts of each table. Tables share the cost of their common requests.
    """
    turns = await ask_in_turn(tables, settings, program, routes, timeout=timeout)
    if turns.error is not None:  # the log says more than callers may know
        _log.warning("no model wrote some comments: %s", first_line(turns.error, 300))
    why = without_address(turns.error) if turns.error is not None else why or NO_MODEL
    usage = shares([table.table.name for table in tables], turns.outcomes)

    def drafted(table: TableTasks) -> Drafted:
        return Drafted(
            drafts=[
                _draft(task, table, turns.loops, settings, why)
                for task in table.tasks
                if task.described
            ],
            usage=usage[table.table.name],
            calls=sum(loop.calls for _, loop in turns.loops),
            tried=tuple(name for name, _ in turns.loops),
            error=turns.error,
        )

    size = sum(len(table.tasks) for table in tables)
    return await in_thread_if_large(size, lambda: list(map(drafted, tables)))


def _draft(
    task: Task,
    table: TableTasks,
    loops: Sequence[tuple[str, DraftingLoop]],
    settings: DraftingSettings,
    why: str,
) -> Draft:
    reason, checks = "", tuple[str, ...]()
    for model, loop in loops:
        if (accepted := loop.accepted.get(task.key)) is not None:
            return accepted_draft(task, accepted, model=model)
        reason, checks = loop.why_none(task.key)
    reason = without_detail(reason) or why
    draft = rules_draft(table, task, settings, reason=reason, checks=checks)
    if draft.text and settings.language.lower() not in _ENGLISH:
        return replace(draft, reason=f"{draft.reason}; the rules write English")
    return draft


def proposed_comment(draft: Draft) -> ProposedComment:
    """Turn a draft into the comment that callers get. Cards inherit no comments."""
    by_model = draft.source is Source.MODEL
    return ProposedComment(
        column=draft.task.key.column,
        comment=draft.text,
        source="model" if by_model else "rules" if draft.text else "none",
        model=draft.model,
        checks=list(draft.checks),
        reason=draft.reason,
    )
