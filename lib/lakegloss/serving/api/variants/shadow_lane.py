"""Lets a rollout's challenger answer requests that the champion answered, seen by nobody.

It begins once a caller has its answer, in a thread with connections, limits and a breaker of its
own, so that nothing that happens here slows or fails a caller's request. What does not fit is
dropped and counted: requests that wait hold their inputs in memory.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.release.shadow import shadow_place
from lakegloss.core.release.unit_scores import TextSeen
from lakegloss.engine.loop import LoopThread
from lakegloss.errors import EndpointError, LakeglossError
from lakegloss.serving.api.database.shadow_answers import ShadowAnswers, ShadowSpend, texts_of
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.variants.shadow_budget import ShadowBudget
from lakegloss.serving.api.variants.shadow_requests import Question, ShadowVerdict
from lakegloss.serving.api.variants.splits import FollowedRollout, Splits
from lakegloss.serving.executor.executor import DSPyPipelineExecutor

AT_ONCE, MOST_WAITING = 4, 64
MOST_OF_UNIT, UNIT_SECONDS = 10, 3_600.0
"""How many requests of one caller or session are asked in an hour: it counts once, however many."""
_MOST_UNITS = 50_000
_REST_SECONDS = 60.0
_RECORD_SECONDS = 10.0
_log = logging.getLogger("lakegloss.rollout")


class ShadowOutcome(StrEnum):
    """What became of a request that was chosen for the shadow; a label of the metrics."""

    COMPARED = "compared"
    NO_VERDICT = "no_verdict"
    FULL = "full"
    BUSY = "busy"
    ENOUGH = "enough"
    BUDGET = "budget"
    RESTING = "resting"
    OVER = "over"
    STOPPED = "stopped"
    UNRECORDED = "unrecorded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowRequest:
    """A request that the champion answered.

    Attributes:
        name: of the registered program; champion: the reference, such as `name/3`.
        unit: the mark of who asked; execution_id: the champion's answer.
        model: which answered, by the name that answers give.
        texts: how the champion did, by column.
        input_tokens, output_tokens: what the champion's answer took.
    """

    splits: Splits
    name: str
    champion: str
    champion_version: str
    unit: str
    execution_id: str
    model: str
    texts: Mapping[str, TextSeen]
    question: Question
    input_tokens: int = 0
    output_tokens: int = 0


class ShadowLane:
    """Takes requests, and has some answered.

    Args:
        executor: makes the executor of the shadow, when the first request is to be answered.
        is_busy: whether callers wait for a place: then nothing is taken.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        executor: Callable[[], DSPyPipelineExecutor],
        answers: ShadowAnswers,
        budget: ShadowBudget,
        metrics: Metrics,
        *,
        is_busy: Callable[[], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._make_executor = executor
        self._executor: DSPyPipelineExecutor | None = None
        self._answers = answers
        self._budget = budget
        self._metrics = metrics
        self._is_busy = is_busy
        self._clock = clock
        self._loop = LoopThread("lakegloss-shadow")
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._waiting = 0
        self._units: dict[str, tuple[float, int]] = {}
        self._rests_until = 0.0
        self._stopping = False

    def offer(self, request: ShadowRequest) -> None:
        """Take a request, if it belongs to the sample and there is room; never waits or fails."""
        with going_on(_log, "a request is not answered in the shadow"):
            rollout = request.splits.in_shadow(request.name, request.champion)
            if rollout is None or not _is_chosen(request, rollout):
                return
            why_not = self._why_not(f"{rollout.note.rollout_id} {request.unit}")
            if why_not is not None:
                self._count(why_not)
                return
            try:
                self._loop.submit(self._answer(request, rollout))
            except EndpointError:  # it was closed in this moment
                self._count(ShadowOutcome.STOPPED)

    def stop_soon(self) -> None:
        """Begin nothing more. A signal's handler may call it: it takes no lock."""
        self._stopping = True

    def close(self) -> None:
        """End what is under way, and forget what waits."""
        self._stopping = True
        self._loop.close()
        if self._executor is not None:
            self._executor.shutdown()

    def _why_not(self, unit: str) -> ShadowOutcome | None:
        """Why a request of a unit is not taken; None where it is, and waits from now on."""
        if self._stopping:
            return ShadowOutcome.STOPPED
        if self._is_busy():
            return ShadowOutcome.BUSY
        now = self._clock()
        if now < self._rests_until:
            return ShadowOutcome.RESTING
        with self._lock:
            if self._waiting >= MOST_WAITING:
                return ShadowOutcome.FULL
            if not self._takes_of(unit, now):
                return ShadowOutcome.ENOUGH
            self._waiting += 1
        return None

    def _takes_of(self, unit: str, now: float) -> bool:
        since, taken = self._units.get(unit, (now, 0))
        if not 0 <= now - since < UNIT_SECONDS:
            since, taken = now, 0
        if taken >= MOST_OF_UNIT:
            return False
        if len(self._units) >= _MOST_UNITS:
            self._units.clear()
        self._units[unit] = (since, taken + 1)
        return True

    async def _answer(self, request: ShadowRequest, rollout: FollowedRollout) -> None:
        outcome = ShadowOutcome.FAILED
        waits = True
        try:
            async with self._turns:
                self._leave_queue()
                waits = False
                with going_on(_log, "nothing was answered in the shadow"):
                    outcome = await self._outcome(request, rollout)
        except asyncio.CancelledError:
            outcome = ShadowOutcome.STOPPED
            raise
        finally:
            if waits:
                self._leave_queue()
            self._count(outcome)

    async def _outcome(self, request: ShadowRequest, rollout: FollowedRollout) -> ShadowOutcome:
        why_not = await self._why_not_now(request, rollout)
        if why_not is not None:
            return why_not
        if self._executor is None:
            self._executor = self._make_executor()
        begun = time.perf_counter()
        try:
            verdict = await request.question.ask(self._executor, rollout.challenger, request.model)
        except LakeglossError as error:
            verdict = ShadowVerdict(version="", error=error)
        seconds = time.perf_counter() - begun
        self._rest_after(verdict.error)
        self._pay(request, verdict)
        row = _row(request, rollout, verdict, seconds, self._now())
        if not await self._is_recorded(row):
            return ShadowOutcome.UNRECORDED
        return ShadowOutcome.COMPARED if row["texts"] else ShadowOutcome.NO_VERDICT

    async def _why_not_now(
        self, request: ShadowRequest, rollout: FollowedRollout
    ) -> ShadowOutcome | None:
        """Why a request that waited is not asked after all; None where it is."""
        if self._stopping:
            return ShadowOutcome.STOPPED
        # It may have been withdrawn, or gone on to another challenger, while the request waited.
        current = request.splits.in_shadow(request.name, request.champion)
        if current is None or current.note.rollout_id != rollout.note.rollout_id:
            return ShadowOutcome.OVER
        if self._clock() < self._rests_until:
            return ShadowOutcome.RESTING
        is_left: bool | None = None
        with going_on(_log, "the budget of answers in the shadow cannot be read"):
            is_left = await self._budget.is_left()
        if is_left is None:  # what cannot be accounted for is not asked
            return ShadowOutcome.UNRECORDED
        return None if is_left else ShadowOutcome.BUDGET

    async def _is_recorded(self, row: Mapping[str, Any]) -> bool:
        with going_on(_log, "an answer in the shadow was not recorded"):
            done = asyncio.wrap_future(self._answers.record(row))
            await asyncio.wait_for(done, _RECORD_SECONDS)
            return True
        self._rests_until = self._clock() + _REST_SECONDS
        return False

    def _rest_after(self, error: Exception | None) -> None:
        """Leave an endpoint that is down, or counts requests, to the callers for a while."""
        if isinstance(error, EndpointError):
            self._rests_until = self._clock() + _REST_SECONDS

    def _pay(self, request: ShadowRequest, verdict: ShadowVerdict) -> None:
        if isinstance(verdict.error, TimeoutError) and not verdict.input_tokens:
            # A call that was given up is paid for all the same: about as much as the champion's.
            verdict = replace(
                verdict, input_tokens=request.input_tokens, output_tokens=request.output_tokens
            )
        self._metrics.shadow_tokens.labels("input").inc(verdict.input_tokens)
        self._metrics.shadow_tokens.labels("output").inc(verdict.output_tokens)
        spend = ShadowSpend(
            execution_id=request.execution_id, at=self._now(),
            input_tokens=verdict.input_tokens, output_tokens=verdict.output_tokens,
        )  # fmt: skip
        self._budget.spend(spend)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _leave_queue(self) -> None:
        with self._lock:
            self._waiting -= 1

    def _count(self, outcome: ShadowOutcome) -> None:
        self._metrics.shadow.labels(outcome.value).inc()


def _is_chosen(request: ShadowRequest, rollout: FollowedRollout) -> bool:
    """Whether a request belongs to the share that is answered in the shadow."""
    return shadow_place(rollout.note.salt, request.execution_id) < rollout.note.shadow


def _row(
    request: ShadowRequest,
    rollout: FollowedRollout,
    verdict: ShadowVerdict,
    seconds: float,
    now: datetime,
) -> dict[str, Any]:
    return {
        "execution_id": request.execution_id,
        "rollout_id": rollout.note.rollout_id,
        "name": request.name[:250],
        "champion_version": request.champion_version,
        "challenger_version": verdict.version,
        "unit": request.unit,
        "model": request.model[:200],
        "error_type": "" if verdict.error is None else type(verdict.error).__name__,
        "texts": texts_of(request.texts, verdict.texts),
        "input_tokens": verdict.input_tokens,
        "output_tokens": verdict.output_tokens,
        "seconds": seconds,
        "at": now,
        "carried": False,
    }
