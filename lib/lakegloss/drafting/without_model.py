"""Drafts comments without a model: by the rules, or inherited from like columns."""

from collections.abc import Sequence

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.marks import DEBRIS, UNSAFE
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.inheritance import Inheritance
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Source
from lakegloss.core.words.meaning.glossary import glossary_of
from lakegloss.core.words.rules import describe_column, describe_table
from lakegloss.drafting.drafted import Draft, Drafted, inherited_draft
from lakegloss.settings_views import DraftingSettings


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
    """Draft by the rules.

    Args:
        fingerprint: leave it out where the rules stand in for a model, so that a later run asks
            the model again.
        reason: why no text of a model was taken.
        checks: which checks the model's last text failed.
    """
    return Draft(
        task=task,
        text=rules_text(table, task, settings),
        source=Source.RULES,
        fingerprint=fingerprint,
        reason=reason,
        checks=checks,
    )


def rules_text(table: TableTasks, task: Task, settings: DraftingSettings) -> str:
    """The rules' text for one asset, cut to the longest comment.

    '' where it has what no comment may have: a name can be an order to a model, too.
    """
    column = _column(table.table, task.key)
    text = _text_of(table, column, task, settings)
    limit = settings.max_column_comment if column else settings.max_table_comment
    return "" if UNSAFE.are_in(text) or DEBRIS.are_in(text) else _cut(text, limit)


def _text_of(
    table: TableTasks, column: Column | None, task: Task, settings: DraftingSettings
) -> str:
    if column is None:
        return describe_table(table.table, table.evidence, style=settings.style)
    evidence: Evidence | None = table.evidence.get(column.path)
    return describe_column(
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
