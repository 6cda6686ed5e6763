"""Drafts comments by the rules, without a model, and takes over inherited ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Proposal, ProposalStatus, Source
from lakegloss.core.words.rules import describe_column, describe_table
from lakegloss.engine.attempt import Usage
from lakegloss.errors import LakeglossError
from lakegloss.settings import Settings

NOTHING_TO_SAY = "there is no evidence to say anything beyond the name"
RULES_PROGRAM = "rules"


@dataclass(slots=True, kw_only=True)
class Drafted:
    """What came of one chunk of tables.

    `not_asked` counts assets by what kept their requests back and `unanswered` those whose requests
    the endpoint failed, as `cause` tells; `needed` is what the smallest request kept back may cost.
    """

    proposals: list[Proposal] = field(default_factory=list)
    not_asked: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    cause: str = ""
    needed: Usage | None = None
    calls: int = 0
    reused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    error: LakeglossError | None = None


class RulesDrafter:
    """Drafts without a model."""

    def __init__(
        self,
        settings: Settings,
        version: str,
        run_id: str,
        inheritance: Inheritance | None = None,
    ) -> None:
        self._settings = settings
        self._version = version
        self._run_id = run_id
        self._inheritance = inheritance or inheritance_of(settings, enabled=False)

    def draft(self, tables: Sequence[TableTasks]) -> Drafted:
        """What others wrote where it can be taken over, else what the rules say."""
        proposals = []
        for table in tables:
            for task in table.tasks:
                if not task.described:
                    continue
                donor = self._inheritance.find(task.key)
                proposals.append(
                    inherited(task, donor, self._run_id)
                    if donor
                    else self.proposal(table, task, mark=task.fingerprint)
                )
        return Drafted(proposals=proposals)

    def proposal(
        self,
        table: TableTasks,
        task: Task,
        *,
        mark: str,
        reason: str = "",
        checks: tuple[str, ...] = (),
    ) -> Proposal:
        """What the rules say; `mark` is '' where they stand in for a model that failed."""
        text = rules_text(table, task, self._settings)
        status = task.status_of(text) if text else ProposalStatus.FAILED
        return Proposal(
            proposal_id=uuid4().hex,
            table=task.key.table,
            column=task.key.column,
            text=text,
            source=Source.RULES.value,
            status=status.value,
            checks=checks,
            reason=reason if text else "; ".join(part for part in (reason, NOTHING_TO_SAY) if part),
            replaces=task.comment,
            fingerprint=mark,
            request_hash="",
            program=RULES_PROGRAM,
            program_version=self._version,
            variant="champion",
            model="",
            run_id=self._run_id,
            proposed_at=datetime.now(UTC),
        )


def rules_text(table: TableTasks, task: Task, settings: Settings) -> str:
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


def inheritance_of(settings: Settings, *, enabled: bool | None = None) -> Inheritance:
    """What a run's columns can take over; nothing so far."""
    return Inheritance(
        limit=settings.max_column_comment,
        style=settings.style,
        language=settings.language if settings.model else "English",
        enabled=settings.inherit if enabled is None else enabled,
    )


def inherited(task: Task, donor: Donor, run_id: str) -> Proposal:
    """A comment that is taken over, with where it came from."""
    return Proposal(
        proposal_id=uuid4().hex,
        table=task.key.table,
        column=task.key.column,
        text=donor.text,
        source=Source.INHERITED.value,
        status=task.status_of(donor.text).value,
        checks=(),
        reason=f"the comment of {donor.asset}",
        replaces=task.comment,
        fingerprint=task.fingerprint,
        request_hash=donor.request_hash,
        program=donor.program,
        program_version=donor.program_version,
        variant=donor.variant,
        model=donor.model,
        run_id=run_id,
        proposed_at=datetime.now(UTC),
    )
