"""Executes programs for callers of the service, and records every execution."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from starlette.requests import Request

from lakegloss.core.going_on import going_on
from lakegloss.core.learning.kept_inputs import kept_inputs
from lakegloss.core.release.assignment import Variant
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.models import DEFAULT_MODEL
from lakegloss.errors import (
    BusyError,
    ExecutionStoppedError,
    ExecutionTimeoutError,
    InputError,
    RegistryError,
)
from lakegloss.release.version import reference_of
from lakegloss.serving.api.access.keys import ApiKey
from lakegloss.serving.api.database.executions import (
    meta_of,
    row_of,
    shape_of_input,
    with_whole_time,
)
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.logs import log_dspy_call
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.middleware import after_answer
from lakegloss.serving.api.places import Places
from lakegloss.serving.api.problems import ApiError, ErrorResponse, api_error
from lakegloss.serving.api.schemas import ExecuteResponse
from lakegloss.serving.api.variants.shadow_lane import ShadowLane, ShadowRequest
from lakegloss.serving.api.variants.shadow_offers import of_execution
from lakegloss.serving.api.variants.splits import SESSION_HEADER, Splits, unit_of
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.job import failed
from lakegloss.serving.executor.programs import Prepared
from lakegloss.serving.executor.result import ExecutionResult

_log = logging.getLogger("lakegloss.api")
COMMENTS_PROGRAM = "comments"
_RECORD_SECONDS = 10.0
_SETTLE_SECONDS = 1.0
_FIND_SECONDS = 30.0
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An execution that ended, and the error that it is told as where it failed."""

    body: ExecuteResponse
    failure: ApiError | None

    def or_raise(self) -> ExecuteResponse:
        if self.failure is not None:
            failure = self.failure
            known = self.body.execution_id if self.body.meta.recorded else ""
            raise ApiError(failure.status, failure.error, execution_id=known)
        return self.body


class Executions:
    """Executes programs for callers; counts, logs and records every execution.

    Args:
        fallbacks: names of models, asked in turn while the one before cannot be reached.
        timeout: the most seconds that an execution may take.
        keep: the policy for values under which inputs are kept; `none` keeps no inputs.
        splits: the rollouts of registered programs; None where there are none.
        shadow: lets challengers answer beside champions; None where nothing is to be spent on it.
    """

    def __init__(
        self,
        executor: DSPyPipelineExecutor,
        store: Store,
        metrics: Metrics,
        places: Places,
        *,
        fallbacks: Sequence[str],
        timeout: float,
        keep: str = "none",
        splits: Splits | None = None,
        shadow: ShadowLane | None = None,
    ) -> None:
        self.executor = executor
        self.store = store
        self.metrics = metrics
        self.places = places
        self._fallbacks = tuple(fallbacks)
        self._timeout = timeout
        self.keep = keep
        self.splits = splits
        self._shadow = shadow
        self._stopping = False
        self._under_way = 0
        # Own threads: a registry that does not answer must not use up those for keys and health.
        self._finders = ThreadPoolExecutor(4, thread_name_prefix="lakegloss-find")

    def stop_soon(self) -> None:
        """From now on record interrupted executions as stopped by the service."""
        self._stopping = True
        if self._shadow is not None:
            self._shadow.stop_soon()

    async def settle(self) -> None:
        """Wait at most a second until interrupted executions are recorded."""
        end = time.monotonic() + _SETTLE_SECONDS
        while self._under_way and time.monotonic() < end:  # noqa: ASYNC110 - once, at the end
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """End the threads that look for programs, and what is answered in the shadow."""
        if self._shadow is not None:
            self._shadow.close()
        self._finders.shutdown(wait=False, cancel_futures=True)

    def routes_for(self, model: str) -> list[ModelRoute]:
        """The models to ask in turn; empty if no model is set.

        Raises:
            InputError: there is no model of that name.
        """
        routes = self.executor.routes
        if model and model not in routes:
            raise InputError(
                f"There is no model {model!r}.",
                remedy=f"Known are: {', '.join(routes) or 'none'}.",
            )
        names = dict.fromkeys((model or DEFAULT_MODEL, *self._fallbacks))
        return [routes[name] for name in names if name in routes]

    async def execute(
        self, request: Request, key: ApiKey, program: str, inputs: Mapping[str, Any], **options: Any
    ) -> "Done":
        """Execute a program and record it; if the client leaves, its calls end.

        Raises:
            ProgramNotFoundError: there is no program of that name.
            ApiError: the client left.
        """
        prepared = await self.find_for(request, key, program)
        return await until_gone(request, self.executed(request, key, prepared, inputs, **options))

    async def executed(
        self,
        request: Request,
        key: ApiKey,
        program: Prepared,
        inputs: Mapping[str, Any],
        **options: Any,
    ) -> "Done":
        """Like `execute`, without watching the client; a cancelled execution is recorded, too."""
        most = self._timeout
        timeout = min(options.pop("timeout", None) or most, most)
        start, names = time.perf_counter(), list(map(str, inputs))
        self.routes_for(options.get("model") or "")
        with self.under_way():
            try:
                async with self.places.one(timeout) as left:
                    future: Future[ExecutionResult] = self.executor.execute_async(
                        program, inputs, timeout=left, **options
                    )
                    result = with_whole_time(await asyncio.wrap_future(future), timeout)
            except (BusyError, ExecutionTimeoutError) as error:
                result = failed(program.name, error, start)
            except asyncio.CancelledError:
                self.leave(request, key, failed(program.name, self.stopped(), start), names)
                raise
        result = _with_variant(result, program, request)
        self.count(request, result, inputs)
        kept = kept_inputs(inputs, self.keep) if result.success else None
        recorded = await self.record(request, key, result, names, kept)
        if recorded and self.splits is not None:
            self.offer_later(
                request, of_execution(self.splits, program, inputs, result, self._timeout)
            )
        failure = None if result.success else api_error(result.exception)
        body = ExecuteResponse(
            execution_id=result.execution_id,
            success=result.success,
            program_name=result.program_name,
            outputs=dict(result.outputs),
            error="" if failure is None else failure.error.message,
            error_type="" if failure is None else failure.error.type,
            execution_time=result.execution_time,
            meta=meta_of(result, request, recorded=recorded),
        )
        return Done(body=body, failure=failure)

    def offer_later(self, request: Request, offered: ShadowRequest | None) -> None:
        """Let the challenger answer, too, once the caller has the champion's answer."""
        if self._shadow is not None and offered is not None:
            after_answer(request, partial(self._shadow.offer, offered))

    async def find_for(self, request: Request, key: ApiKey, program: str) -> Prepared:
        """Find a program in the version that the caller is assigned: one in a rollout has two.

        Raises:
            ProgramNotFoundError, RegistryError: see `find`.
        """
        found = await self.find(program)
        if self.splits is None or not found.registered:
            return found
        reference = reference_of(program)
        if reference.number or reference.alias != Variant.CHAMPION:
            return found  # asked for by number: it is meant
        request.state.unit = unit_of(request.headers.get(SESSION_HEADER), key.name)
        new: Prepared | None = self.splits.challenger_of(
            reference.name, found.registered, request.state.unit
        )
        if new is None:
            return replace(found, variant=Variant.CHAMPION.value)
        return replace(new, name=found.name, variant=Variant.CHALLENGER.value)

    async def find(self, program: str) -> Prepared:
        """Find a program in its current version: in files, packages and the registry.

        Raises:
            ProgramNotFoundError: there is no program of that name.
            RegistryError: the registry's program cannot be used, or the registry does not answer.
        """
        book = self.executor.programs
        if known := book.at_hand(program):
            return known
        work = asyncio.get_running_loop().run_in_executor(self._finders, book.find, program)
        try:
            return await asyncio.wait_for(work, _FIND_SECONDS)
        except TimeoutError:
            raise RegistryError("The registry of programs does not answer.") from None

    def count(self, request: Request, result: ExecutionResult, inputs: Mapping[str, Any]) -> None:
        """Count an execution in the metrics, and log it."""
        name, version = result.program_name, result.metadata.get("version", "")
        if name != COMMENTS_PROGRAM and not self.executor.programs.knows(name):
            name = "-"  # callers may send any name
        known = version.partition("/")[0] or name
        self.metrics.executions.labels(known, str(result.success).lower()).inc()
        usage = result.metadata["usage"]
        self.metrics.tokens.labels("input").inc(usage["input_tokens"])
        self.metrics.tokens.labels("output").inc(usage["output_tokens"])
        seconds = 1000 * result.execution_time
        shapes = {name: shape_of_input(value) for name, value in inputs.items()}
        log_dspy_call(
            result.program_name, shapes, result, seconds, result.exception or result.error or None,
            request_id=request.state.request_id, execution_id=result.execution_id,
        )  # fmt: skip

    async def record(
        self,
        request: Request,
        key: ApiKey,
        result: ExecutionResult,
        input_keys: list[str],
        inputs: Mapping[str, Any] | None = None,
    ) -> bool:
        """Write an execution to the database; returns False if that fails: the answer is given."""
        row = row_of(request, key, result, input_keys, inputs)
        with _not_stopping():  # the answer is paid for: it is given all the same
            await asyncio.wait_for(asyncio.wrap_future(self.store.record(row)), _RECORD_SECONDS)
            return True
        return False

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count an execution that a stop has to wait for."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def stopped(self) -> ExecutionStoppedError:
        """The error of an execution that was stopped, with the reason."""
        reason = "The service was stopped." if self._stopping else "The client left."
        return ExecutionStoppedError(reason)

    def leave(
        self, request: Request, key: ApiKey, result: ExecutionResult, input_keys: list[str]
    ) -> None:
        """Count and write an execution whose caller no longer waits."""
        self.count(request, result, {})
        with _not_stopping():  # nobody is there to be told
            self.store.record(row_of(request, key, result, input_keys))


def _with_variant(result: ExecutionResult, program: Prepared, request: Request) -> ExecutionResult:
    """The result with which version was meant, also where it failed before that was known."""
    if not program.registered:
        return result
    meant = {"program_version": program.version, "version": program.registered}
    told = {"variant": program.variant, "unit": getattr(request.state, "unit", "")}
    return replace(result, metadata={**meant, **result.metadata, **told})


def _not_stopping() -> AbstractContextManager[None, bool]:
    return going_on(_log, "an execution was not recorded", level=logging.ERROR)


async def until_gone(request: Request, work: Awaitable[Answer]) -> Answer:
    """Wait for the work and return its answer; the work is cancelled when the client leaves.

    Raises:
        ApiError: the client left.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ApiError(499, ErrorResponse.of("client_left", "The client left."))
    finally:
        gone.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)  # it records that it was left


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
