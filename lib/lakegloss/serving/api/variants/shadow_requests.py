"""Asks a challenger what the champion was asked, and says how it did: for programs and cards."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.records import Source
from lakegloss.core.release.shadow import SHADOW
from lakegloss.core.release.unit_scores import TextSeen
from lakegloss.drafting.comments import comments_for
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.table_cards import TableCard
from lakegloss.engine.execution import ModelRoute
from lakegloss.errors import AnswerError, EndpointError, InputError, SettingsError
from lakegloss.release.chosen import Chosen
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.programs import Prepared
from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult

_SHADOWED = frozenset({ExecutionMode.NORMAL.value, ExecutionMode.PRODUCTION.value})
_LOST = TextSeen(lost=True)
_USABLE = TextSeen(lost=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowVerdict:
    """How a version did at one request.

    Attributes:
        texts: what came for each column, '' the table; of a program one, ''. {} where its calls
            failed by no answer of it: that says nothing of the version.
        error: the failure behind {}.
    """

    version: str
    texts: Mapping[str, TextSeen] = field(default_factory=dict)
    error: Exception | None = None
    input_tokens: int = 0
    output_tokens: int = 0


class Question(Protocol):
    """What the champion was asked, to be asked once more."""

    async def ask(
        self, executor: DSPyPipelineExecutor, challenger: Any, model: str
    ) -> ShadowVerdict:
        """Let the challenger answer, with the model of that name.

        Args:
            executor: of the shadow: its limits, breaker and connections are no caller's.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramQuestion:
    """The inputs of an execution; `timeout` in seconds."""

    inputs: Mapping[str, Any] = field(repr=False)
    timeout: float

    async def ask(
        self, executor: DSPyPipelineExecutor, challenger: Prepared, model: str
    ) -> ShadowVerdict:
        """See `Question`."""
        route = _route_name(executor, model)
        named = replace(challenger, name=f"{challenger.name} in the shadow", variant=SHADOW)
        # A test is kept in no cache and taken from none, and tracked nowhere.
        running = executor.execute_async(
            named, self.inputs, ExecutionMode.TESTING, model=route, timeout=self.timeout
        )
        result = await asyncio.wrap_future(running)
        found = verdict_of_result(result, challenger.version)
        if isinstance(result.exception, InputError):  # the champion took these inputs
            return replace(found, texts={"": _LOST}, error=None)
        return found


def verdict_of_result(result: ExecutionResult, version: str) -> ShadowVerdict:
    """How a program did, as the guard counts executions: an answer that is none is its failure."""
    usage = result.metadata["usage"]
    texts: dict[str, TextSeen] = {}
    if result.success:
        texts = {"": _USABLE}
    elif isinstance(result.exception, AnswerError):
        texts = {"": _LOST}
    return ShadowVerdict(
        version=version, texts=texts, error=None if texts else result.exception,
        input_tokens=usage["input_tokens"], output_tokens=usage["output_tokens"],
    )  # fmt: skip


def is_shadowed(result: ExecutionResult) -> bool:
    """Whether an execution is one that a challenger may answer, too: made now, and for its user."""
    return not result.metadata["cached"] and result.metadata["mode"] in _SHADOWED


@dataclass(frozen=True, slots=True, kw_only=True)
class CardQuestion:
    """A table's card; `timeout` in seconds."""

    card: TableCard = field(repr=False)
    detector: Callable[[Evidence], Evidence] | None
    guidance: Guidance
    timeout: float

    async def ask(
        self, executor: DSPyPipelineExecutor, challenger: Chosen, model: str
    ) -> ShadowVerdict:
        """See `Question`."""
        routes: Sequence[ModelRoute] = [executor.routes[_route_name(executor, model)]]
        drafted = await comments_for(
            self.card, challenger.settings.drafting, challenger.program, routes,
            timeout=self.timeout, guidance=self.guidance, detector=self.detector,
        )  # fmt: skip
        return verdict_of_drafts(drafted, challenger.program.version)


def verdict_of_drafts(drafted: Drafted, version: str) -> ShadowVerdict:
    """How a comment program did at a card, by the checks of its texts.

    Where the endpoint failed one of its calls, what is missing is no fault of the version.
    """
    error: Exception | None = drafted.error
    if error is None and (drafted.unanswered or drafted.not_asked or not drafted.calls):
        error = EndpointError(drafted.cause or "No model was asked.")
    texts = {} if error is not None else {
        draft.task.key.column: TextSeen(
            lost=draft.source is Source.RULES or not draft.text, checks=draft.checks
        )
        for draft in drafted.drafts
    }  # fmt: skip
    return ShadowVerdict(
        version=version, texts=texts, error=error,
        input_tokens=drafted.usage.input, output_tokens=drafted.usage.output,
    )  # fmt: skip


def _route_name(executor: DSPyPipelineExecutor, model: str) -> str:
    """The name by which the executor knows the model that a champion's answer names."""
    for name, route in executor.routes.items():
        if model in {name, route.name}:
            return name
    raise SettingsError(
        f"The model {model!r} is not asked in the shadow.", remedy="Set model or serve_models."
    )
