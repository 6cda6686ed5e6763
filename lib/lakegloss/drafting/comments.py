"""Comments in real time: a table's card in, checked comments out."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import split_path
from lakegloss.core.personal.privacy import personal_class, withhold
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.fingerprint import model_family
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, Task, tasks_of
from lakegloss.core.records import Source
from lakegloss.core.text.causes import first_line
from lakegloss.drafting.requests import limits_of, render_requests
from lakegloss.drafting.rounds import Rounds
from lakegloss.drafting.rules import rules_text
from lakegloss.drafting.table_cards import (
    ProposedComment,
    TableCard,
    evidence_of,
    settings_for,
    table_of,
)
from lakegloss.engine.attempt import Failure, Usage
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import (
    EndpointAuthError,
    EndpointError,
    EnvironmentNotReadyError,
    ExecutionTimeoutError,
    InputError,
    LakeglossError,
    SettingsError,
)
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings

_log = logging.getLogger("lakegloss.comments")
_FEW = 30
_NO_MODEL = "no model is set"
_ENGLISH = frozenset({"english", "en", "us english", "british english"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A comment for one asset; `column` is '' for the table's own.

    Attributes:
        source: none where there is nothing to say; model: the name of the one that wrote it.
        checks: which checks the model's last text failed.
        reason: why no text of the model was taken.
    """

    column: str
    text: str
    source: Literal["model", "rules", "none"]
    model: str = ""
    checks: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedTable:
    """The comments of a table and what they cost.

    Attributes:
        tried: the names of the models that were asked, the last one last.
        error: what the last one's endpoint did where it gave no answer at all; the rules' words
            stand in.
    """

    comments: Sequence[Drafted]
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    tried: tuple[str, ...] = ()
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
    check_names(table)
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
    # What a caller says of it may add to what is found, and takes nothing away.
    found = replace(evidence, personal=personal or evidence.personal)
    return withhold(found if detector is None else detector(found), settings.values)


def check_names(table: Table) -> None:
    """Refuse names that cannot be read, and columns that are there twice.

    Raises:
        InputError: there are such.
    """
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


async def comments_for(
    card: TableCard,
    settings: Settings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    **options: Any,
) -> DraftedTable:
    """A card's comments; see `comments_for_all`."""
    [found] = await comments_for_all([card], settings, program, routes, **options)
    return found


async def comments_for_all(
    cards: Sequence[TableCard],
    settings: Settings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    *,
    timeout: float | None = None,  # noqa: ASYNC109 - what came in time is kept
    detector: Callable[[Evidence], Evidence] | None = None,
    why: str = "",
) -> list[DraftedTable]:
    """The comments of cards of one policy, style, language and guidance; see `draft`.

    Raises:
        InputError: a name of a card cannot be read, or a column is there twice.
    """
    own = settings_for(cards[0], settings)
    size = sum(len(card.columns) for card in cards)

    def all_tasks() -> list[TableTasks]:
        return [
            tasks_for(
                table_of(card), evidence_of(card), own, program,
                guidance=card.guidance, detector=detector,
            )
            for card in cards
        ]  # fmt: skip

    tasks = await _beside(size, all_tasks)
    return await draft(tasks, own, program, routes, timeout=timeout, why=why)


async def draft(
    tables: Sequence[TableTasks],
    settings: Settings,
    program: CommentProgram,
    routes: Sequence[ModelRoute],
    *,
    timeout: float | None = None,  # noqa: ASYNC109 - what came in time is kept
    why: str = "",
) -> list[DraftedTable]:
    """Ask until every asset has an accepted text or was asked about often enough.

    A model whose endpoint gives nothing is followed by the next. Without one, for what the models
    fail on, and for what has no answer after `timeout` seconds, the rules' words are given.
    Cancelling ends the calls.

    Args:
        tables: small ones share requests, large ones take several.
        why: no model is asked, in words; by default that there is none.

    Returns:
        What was drafted for each table; what a request cost is shared by its tables.
    """
    asked: list[tuple[str, Rounds]] = []
    outcomes: list[Outcome] = []
    error: LakeglossError | None = None
    try:
        async with asyncio.timeout(timeout):
            for route in routes:
                rounds = Rounds(tables, limits_of(settings))
                for _, before in asked:
                    rounds.give_up(before.accepted, "")
                asked.append((route.name, rounds))
                error = await _ask(route, rounds, settings, program, outcomes)
                if error is None:
                    break
    except TimeoutError:
        error = ExecutionTimeoutError("The model took too long.")
    if error is not None:  # callers are told less
        _log.warning("no model wrote some comments: %s", first_line(error, 300))
    said = without_address(error) if error is not None else why or _NO_MODEL
    usage = _shares(tables, outcomes)
    attempts = sum(outcome.attempts for outcome in outcomes)

    def drafted(table: TableTasks) -> DraftedTable:
        return DraftedTable(
            comments=_comments(table, asked, settings, said),
            usage=usage[table.table.name],
            attempts=attempts,
            tried=tuple(name for name, _ in asked),
            error=error,
        )

    size = sum(len(table.tasks) for table in tables)
    found: list[DraftedTable] = await _beside(size, lambda: list(map(drafted, tables)))
    return found


def _shares(tables: Sequence[TableTasks], outcomes: Sequence[Outcome]) -> dict[str, Usage]:
    """What each table's part of the requests cost; together what all cost."""
    names = [table.table.name for table in tables]
    shares = {name: Usage() for name in names}
    for outcome in outcomes:
        left = outcome.usage
        asked = Counter(a.table for r in outcome.responses for a in r.assets) or Counter(names[:1])
        whole, total = sum(asked.values()), outcome.usage
        for place, (name, number) in enumerate(asked.items(), start=1):
            part = left if place == len(asked) else total.part(number, whole)
            shares[name] += part
            left = left.less(part)
    return shares


async def _beside(columns: int, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Do some work: in a thread where a card is large, as a thousand columns take a second."""
    if columns <= _FEW:
        return work(*given, **named)
    return await asyncio.to_thread(work, *given, **named)


async def _ask(
    route: ModelRoute,
    rounds: Rounds,
    settings: Settings,
    program: CommentProgram,
    all_outcomes: list[Outcome],
) -> LakeglossError | None:
    """Ask one model; why it is of no use to ask it on, and its outcomes into the list."""
    own = settings.model_copy(update={"model": route.model, "temperature": route.temperature})
    number, error = 0, None
    while error is None and (works := rounds.works()):
        wanted = sum(len(work.wanted) for work in works)
        requests = await _beside(wanted, render_requests, program, own, works, number=number)
        number += 1
        begun = (asyncio.wrap_future(route.engine.begin(request)) for request in requests)
        outcomes = await asyncio.gather(*begun)
        for outcome in outcomes:
            rounds.take_all(outcome.responses)
        all_outcomes += outcomes
        error = _failure(outcomes)
    return error


def told(item: Drafted) -> ProposedComment:
    """A comment as callers get it."""
    return ProposedComment(
        column=item.column,
        comment=item.text,
        source=item.source,
        model=item.model,
        checks=list(item.checks),
        reason=item.reason,
    )


def _comments(
    tasks: TableTasks, asked: Sequence[tuple[str, Rounds]], settings: Settings, why: str
) -> list[Drafted]:
    return [_comment(task, tasks, asked, settings, why) for task in tasks.tasks if task.described]


def without_address(error: LakeglossError) -> str:
    """Why no model answered, without where it is and what its server said."""
    if isinstance(error, EndpointAuthError):
        return "the model's endpoint refused the key"
    if isinstance(error, EndpointError):
        return "the model's endpoint gave no answer"
    if isinstance(error, SettingsError | EnvironmentNotReadyError):
        return "no model can be asked as the settings are"
    return error.message


def _without_detail(reason: str) -> str:
    """A reason; of a failed call only its kind."""
    kind, colon, _ = reason.partition(": ")
    return f"the call failed: {kind}" if colon and kind in set(Failure) else reason


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


def _comment(
    task: Task, tasks: TableTasks, asked: Sequence[tuple[str, Rounds]], settings: Settings, why: str
) -> Drafted:
    column = task.key.column
    for model, rounds in asked:
        accepted = rounds.accepted.get(task.key)
        if accepted is not None:
            return Drafted(column=column, text=accepted.text, source="model", model=model)
    text = rules_text(tasks, task, settings)
    last = asked[-1][1] if asked else None
    reason = _without_detail(last.reasons.get(task.key, "")) if last else ""
    if text and settings.language.lower() not in _ENGLISH:
        reason = f"{reason or why}; the rules write English"
    return Drafted(
        column=column,
        text=text,
        source="rules" if text else "none",
        checks=last.failures.get(task.key, ()) if last else (),
        reason=reason or why,
    )
