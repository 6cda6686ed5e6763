"""Drafts comments without a model: by the rules, or inherited from like columns."""

from collections.abc import Sequence

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.comment import Check
from lakegloss.core.checks.marks import DEBRIS, UNSAFE
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.inheritance import Inheritance
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Source
from lakegloss.core.words.meaning.glossary import glossary_of
from lakegloss.core.words.rules import RulesText, said_of_column, said_of_table
from lakegloss.drafting.drafted import Draft, Drafted, inherited_draft
from lakegloss.settings_views import DraftingSettings

_MOST_WORDS, _LONGEST_WORD = 6, 40


class RulesDrafter:
    """Drafts comments without a model."""

    def __init__(self, settings: DraftingSettings, inheritance: Inheritance | None = None) -> None:
        self._settings = settings
        self._inheritance = inheritance or inheritance_of(settings, enabled=False)

    def draft(self, tables: Sequence[TableTasks]) -> Drafted:
        """Draft each asset: an inherited comment where there is one, else the rules' text."""
        drafts = []
        for table in tables:
            for task in table.tasks:
                if not task.described:
                    continue
                donor = self._inheritance.find(task.key)
                drafts.append(
                    inherited_draft(task, donor)
                    if donor
                    else rules_draft(table, task, self._settings, fingerprint=task.fingerprint)
                )
        return Drafted(drafts=drafts)


def rules_draft(
    table: TableTasks,
    task: Task,
    settings: DraftingSettings,
    *,
    fingerprint: str = "",
    reason: str = "",
    checks: tuple[str, ...] = (),
) -> Draft:
    """Draft by the rules, cut to the longest comment; '' where a comment may not have such a text.

    A text that tells no more than words that nobody knows waits for a person.

    Args:
        fingerprint: leave it out where the rules stand in for a model, so that a later run asks
            the model again.
        reason: why no text of a model was taken.
        checks: which checks the model's last text failed.
    """
    column = _column(table.table, task.key)
    said = _said_of(table, column, task, settings)
    limit = settings.max_column_comment if column else settings.max_table_comment
    # A name can be an order to a model, too.
    unfit = UNSAFE.are_in(said.text) or DEBRIS.are_in(said.text)
    text = "" if unfit else _cut(said.text, limit)
    unknown = said.unknown if text else ()
    return Draft(
        task=task,
        text=text,
        source=Source.RULES,
        fingerprint=fingerprint,
        reason="; ".join(filter(None, (reason, why_unknown(unknown)))),
        checks=(*checks, Check.UNKNOWN_WORDS.value) if unknown else checks,
        unknown=unknown,
    )


def why_unknown(words: Sequence[str]) -> str:
    """Say why a text about such words waits for a person, and what would mend it; '' for none."""
    if not words:
        return ""
    shown = ", ".join(word[:_LONGEST_WORD] for word in words[:_MOST_WORDS])
    more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
    return (
        f"nobody knows what is meant by {shown}{more}, and the data tell no more: explain it in "
        "the glossary, `lakegloss words` lists all such words"
    )


def _said_of(
    table: TableTasks, column: Column | None, task: Task, settings: DraftingSettings
) -> RulesText:
    if column is None:
        told = {task.key.column: glossary_of(task.guidance) for task in table.tasks}
        return said_of_table(table.table, table.evidence, style=settings.style, glossaries=told)
    evidence: Evidence | None = table.evidence.get(column.path)
    return said_of_column(
        table.table,
        column,
        evidence,
        style=settings.style,
        glossary=glossary_of(task.guidance),
    )


def _column(table: Table, key: AssetKey) -> Column | None:
    return next((c for c in table.columns if c.path == key.column), None) if key.column else None


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[:limit]
    return kept[: kept.rfind(". ") + 1] if ". " in kept else kept.rsplit(" ", 1)[0]


def inheritance_of(settings: DraftingSettings, *, enabled: bool | None = None) -> Inheritance:
    """Make an empty store of comments that a run's columns may inherit."""
    return Inheritance(
        limit=settings.max_column_comment,
        style=settings.style,
        language=settings.language if settings.model else "English",
        enabled=settings.inherit if enabled is None else enabled,
    )
