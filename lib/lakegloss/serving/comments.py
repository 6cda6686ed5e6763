"""Comments in real time: a table's card in, checked comments out."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.fingerprint import model_family
from lakegloss.core.names import split_path
from lakegloss.core.plan import Policy
from lakegloss.core.privacy import personal_class, withhold
from lakegloss.core.records import Source
from lakegloss.core.requests import ModelRequest
from lakegloss.core.worklist import Describer, Rules, TableTasks, Task, tasks_of
from lakegloss.engine.attempt import Usage
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import EndpointError, InputError, LakeglossError
from lakegloss.lakehouse.drafting import limits_of, render_requests, rules_text
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.rounds import Rounds
from lakegloss.settings import Settings


class Asks(Protocol):
    """What drafting needs of an engine."""

    def begin(self, request: ModelRequest) -> "Future[Outcome]":
        """See `Engine.begin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A comment for one asset; `column` is '' for the table's own.

    Attributes:
        source: none where there is nothing to say.
        checks: which checks the model's last text failed.
        reason: why no text of the model was taken.
    """

    column: str
    text: str
    source: Literal["model", "rules", "none"]
    checks: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedTable:
    """The comments of a table and what they cost.

    Attributes:
        error: what the endpoint did where it gave no answer at all; the rules' words stand in.
    """

    comments: Sequence[Drafted]
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    error: LakeglossError | None = None


def tasks_for(
    table: Table,
    evidence: Mapping[str, Evidence],
    settings: Settings,
    program: CommentProgram,
    *,
    guidance: Sequence[str] = (),
    detector: Callable[[Evidence], Evidence] | None = None,
) -> TableTasks:
    """What is to be described of a table that no ledger knows.

    Args:
        detector: finds personal data beside the built-in ways, as profiling does.

    Raises:
        InputError: a name cannot be read, or a column is there twice.
    """
    _check_names(table)
    is_model = bool(settings.model)
    intended = Source.MODEL if is_model else Source.RULES
    rules = Rules(
        policy=Policy(
            name=settings.policy,
            thin_words=settings.thin_words,
            overwrite_human=settings.policy == "all",
            intended=intended.value,
        ),
        describer=Describer(
            version=program.version,
            family=model_family(settings.model) if is_model else intended.value,
            style=settings.style,
            language=settings.language,
        ),
        comment_on_column=True,
        guidance=lambda _table, _column: tuple(guidance),
    )
    names = [column.path for column in table.columns]
    keyed = {
        AssetKey(table.name, column.path): _guarded(
            evidence[column.path], names, settings, detector
        )
        for column in table.columns
    }
    return tasks_of(table, keyed, {}, {}, rules)


def _guarded(
    evidence: Evidence,
    names: Sequence[str],
    settings: Settings,
    detector: Callable[[Evidence], Evidence] | None,
) -> Evidence:
    """What the policy for values lets through, as it would of a table that was profiled."""
    values = [evidence.minimum, evidence.maximum, *(f.value for f in evidence.frequent)]
    personal = personal_class(
        evidence.column,
        evidence.data_type,
        [value for value in values if value],
        table=evidence.table,
        siblings=[name for name in names if name != evidence.column],
    )
    found = replace(evidence, personal=personal)
    return withhold(found if detector is None else detector(found), settings.values)


def _check_names(table: Table) -> None:
    seen: set[str] = set()
    try:
        split_path(table.name)
        for column in table.columns:
            split_path(column.path)
    except ValueError as error:  # a backtick that is not closed, an empty part
        raise InputError(
            f"A name cannot be read: {error}.", remedy="Write parts with dots in backticks."
        ) from None
    for column in table.columns:
        if column.path.lower() in seen:
            raise InputError(
                f"The column {column.path!r} is there twice.", remedy="Give each once."
            )
        seen.add(column.path.lower())


async def draft(
    tasks: TableTasks, settings: Settings, program: CommentProgram, engine: Asks | None
) -> DraftedTable:
    """Ask until every asset has an accepted text or was asked about often enough.

    Without an engine, and for what the model fails on, the rules' words are given. Cancelling ends
    the calls.
    """
    rounds = Rounds([tasks], limits_of(settings))
    number = attempts = 0
    usage, error = Usage(), None
    while engine is not None and error is None and (works := rounds.works()):
        requests = await asyncio.to_thread(render_requests, program, settings, works, number=number)
        number += 1
        outcomes = await asyncio.gather(*(asyncio.wrap_future(engine.begin(r)) for r in requests))
        for outcome in outcomes:
            rounds.take_all(outcome.responses)
            usage += outcome.usage
            attempts += outcome.attempts
        error = _failure(outcomes)
    comments = await asyncio.to_thread(_comments, tasks, rounds, settings)
    return DraftedTable(comments=comments, usage=usage, attempts=attempts, error=error)


def _comments(tasks: TableTasks, rounds: Rounds, settings: Settings) -> list[Drafted]:
    return [_comment(task, tasks, rounds, settings) for task in tasks.tasks if task.described]


def _failure(outcomes: Sequence[Outcome]) -> LakeglossError | None:
    """Why asking on is of no use: the endpoint ended it, or answered nothing."""
    for outcome in outcomes:
        if outcome.error is not None:
            return outcome.error
    if any(response.usable for outcome in outcomes for response in outcome.responses):
        return None
    said = [response.error for outcome in outcomes for response in outcome.responses]
    kept_back = [item.reason.value for outcome in outcomes for item in outcome.not_asked]
    return EndpointError(
        f"The model gave no answer: {(said or kept_back or ['nothing was asked'])[-1]}",
        remedy="Try again later.",
    )


def _comment(task: Task, tasks: TableTasks, rounds: Rounds, settings: Settings) -> Drafted:
    accepted = rounds.accepted.get(task.key)
    if accepted is not None:
        return Drafted(column=task.key.column, text=accepted.text, source="model")
    text = rules_text(tasks, task, settings)
    return Drafted(
        column=task.key.column,
        text=text,
        source="rules" if text else "none",
        checks=rounds.failures.get(task.key, ()),
        reason=rounds.reasons.get(task.key, ""),
    )
