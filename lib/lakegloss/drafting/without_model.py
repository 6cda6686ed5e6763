"""Drafts comments by the rules, without a model, and takes over inherited ones."""

from collections.abc import Sequence

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.inheritance import Inheritance
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Source
from lakegloss.core.words.rules import describe_column, describe_table
from lakegloss.drafting.drafted import Draft, Drafted, inherited_draft
from lakegloss.settings_views import DraftingSettings


class RulesDrafter:
    """Drafts without a model."""

    def __init__(self, settings: DraftingSettings, inheritance: Inheritance | None = None) -> None:
        self._settings = settings
        self._inheritance = inheritance or inheritance_of(settings, enabled=False)

    def draft(self, tables: Sequence[TableTasks]) -> Drafted:
        """What others wrote where it can be taken over, else what the rules say."""
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
    """What the rules say; without a fingerprint where they stand in for a model that failed."""
    return Draft(
        task=task,
        text=rules_text(table, task, settings),
        source=Source.RULES,
        fingerprint=fingerprint,
        reason=reason,
        checks=checks,
    )


def rules_text(table: TableTasks, task: Task, settings: DraftingSettings) -> str:
    """The rules' words for one asset, cut to what the target holds."""
    column = _column(table.table, task.key)
    if column is None:
        text = describe_table(table.table, table.evidence, style=settings.style)
        return _cut(text, settings.max_table_comment)
    evidence: Evidence | None = table.evidence.get(column.path)
    text = describe_column(table.table, column, evidence, style=settings.style)
    return _cut(text, settings.max_column_comment)


def _column(table: Table, key: AssetKey) -> Column | None:
    return next((c for c in table.columns if c.path == key.column), None) if key.column else None


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[:limit]
    return kept[: kept.rfind(". ") + 1] if ". " in kept else kept.rsplit(" ", 1)[0]


def inheritance_of(settings: DraftingSettings, *, enabled: bool | None = None) -> Inheritance:
    """What a run's columns can take over; nothing so far."""
    return Inheritance(
        limit=settings.max_column_comment,
        style=settings.style,
        language=settings.language if settings.model else "English",
        enabled=settings.inherit if enabled is None else enabled,
    )
