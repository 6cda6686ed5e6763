"""Defines the answer to a card, and reads the cards that callers give."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from lakegloss.core.checks.quality import quality_of
from lakegloss.core.json_values import plain
from lakegloss.drafting.table_cards import (
    ProposedComment,
    TableCard,
    evidence_of,
    settings_for,
    table_of,
)
from lakegloss.errors import InputError
from lakegloss.settings_views import DraftingSettings

RULES = "rules"
TASKS = ("comments", "quality")


class CommentQuality(BaseModel):
    """How good an existing comment is (`core.checks.quality`); `column` is '' for the table's."""

    column: str
    score: float
    problems: list[str] = []


class CardAnswer(BaseModel):
    """The answer to one card.

    Attributes:
        error: why the card cannot be used; the other fields are empty then.
        problem: why the first model did not write the comments; '' where it did.
        model: the name of the model that wrote last, or `rules`.
        program_version: the hash of what is sent.
        version: the registered version of the program; '' where it is the built-in one.
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


def quality_answer(card: TableCard, settings: DraftingSettings) -> CardAnswer:
    """Judge the comments that a card has, by the rules."""
    card_settings = settings_for(card, settings)
    table, evidence = table_of(card), evidence_of(card)
    judged = [
        quality_of(
            table,
            column,
            evidence[column.path] if column else None,
            limit=card_settings.max_column_comment if column else card_settings.max_table_comment,
            thin_words=card_settings.thin_words,
            siblings=evidence,
        )
        for column in (None, *table.columns)
    ]
    return CardAnswer(
        table=card.table,
        quality=[
            CommentQuality(column=q.column, score=q.score, problems=list(q.problems))
            for q in judged
        ],
        model=RULES,
    )


def task_of(
    card: Mapping[str, Any] | TableCard, task: str
) -> tuple[Mapping[str, Any] | TableCard, str]:
    """The card without its field `task`, and that task, by default the given one.

    Raises:
        InputError: there is no such task.
    """
    if isinstance(card, Mapping):
        task = str(card.get("task") or task)
        card = {key: value for key, value in card.items() if key != "task"}
    if task not in TASKS:
        raise InputError(
            f"There is no task {task[:40]!r}.", remedy=f"Known are: {', '.join(TASKS)}."
        )
    return card, task


def card_of(given: Mapping[str, Any] | TableCard) -> TableCard:
    """Read a card from JSON values, or from a row of pandas or Spark; missing values are left out.

    Raises:
        InputError: a field is unknown or has a wrong value.
    """
    if isinstance(given, TableCard):
        return given
    try:
        return TableCard.model_validate(plain(given))
    except ValueError as error:
        if not isinstance(error, ValidationError):
            raise InputError(f"The card cannot be used: {error}.", remedy="Flatten it.") from None
        lines = [
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise InputError(
            f"The card cannot be used: {'; '.join(lines[:5])}.",
            remedy="docs/sql.md shows a card.",
        ) from None
