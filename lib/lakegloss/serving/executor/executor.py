"""Executes programs, given by name or as objects, on the engine of the main job."""

import asyncio
import logging
import os
import time
import weakref
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from lakegloss.core.going_on import going_on
from lakegloss.engine.execution import Executed, execute
from lakegloss.engine.loop import LoopThread
from lakegloss.engine.models import DEFAULT_MODEL
from lakegloss.errors import (
    ExecutionStoppedError,
    ExecutionTimeoutError,
    InputError,
    LakeglossError,
    SettingsError,
)
from lakegloss.learning.executed import remember
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.conditional import ConditionalPipeline
from lakegloss.programs.validation import remedies, sentences
from lakegloss.serving.executor.batch import in_order
from lakegloss.serving.executor.by_reference import RegisteredPrograms
from lakegloss.serving.executor.cache import ResultCache, identity_of, key_of
from lakegloss.serving.executor.choice import ModelChoice
from lakegloss.serving.executor.job import Job, again, called, failed, or_raise, result_of
from lakegloss.serving.executor.options import mode_of, options_of, patience_of, set_log_level
from lakegloss.serving.executor.programs import Prepared, ProgramBook, ProgramSource, prepare
from lakegloss.serving.executor.recording import Observer, Recording, log
from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult
from lakegloss.serving.executor.tracking import MlflowTracker
from lakegloss.settings import Settings


class DSPyPipelineExecutor:
    """Executes DSPy programs; checks inputs, caches results, counts, and keeps a deadline for each.

    Calls go through the engine: its limits, retries and circuit breaker hold for all executions of
    an executor together. Close the executor with `shutdown`, or use it in a with statement; else
    its threads and connections end with the last reference to it, or with the process.

    Args:
        mlflow_tracking: record executions as MLflow runs, see `tracking`; by default where
            MLFLOW_TRACKING_URI is set.
        cache_enabled: keep results of the same program, model and inputs (DSPY_CACHE).
        cache_ttl: seconds for which they are kept.
        timeout: seconds that one execution may take.
        max_retries: how often a request is asked again at most, whatever failed; 0 makes exactly
            one call for it, and a module that raises is run again within it. By default an answer
            that cannot be read is asked for once more, and failures of the endpoint (429, 5xx,
            resets) are retried by the engine: setting `attempts`.
        max_workers: executions at the same time (MAX_WORKERS, DSPY_ASYNC_MAX_WORKERS).
        settings: name the model; by default LAKEGLOSS_*, else OPENAI_*, else dspy.context.
        models: more models by name, for `model=` of a call.
        fallbacks: names of `models`, asked in turn while the one before cannot be reached.
        fail_fast: do not wait for a model whose breaker is open; by default if there are fallbacks.
        lm: a language model of DSPy, used in place of the default one.
        sources: load programs that are not registered in this process.
        registry: whether `model_id` may name a registered program, such as `lakegloss_email/1`, of
            the registry that the settings name.
        observers: called after every execution.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: a model cannot be used.
    """

    def __init__(
        self,
        cache_enabled: bool | None = None,  # noqa: FBT001 - the published parameters' order
        mlflow_tracking: bool | None = None,  # noqa: FBT001 - as above
        timeout: float = 300,
        max_retries: int | None = None,
        max_workers: int | None = None,
        *,
        cache_ttl: float = 3_600,
        settings: Settings | None = None,
        models: Mapping[str, Settings] | None = None,
        fallbacks: Sequence[str] = (),
        fail_fast: bool | None = None,
        lm: Any = None,
        sources: Sequence[ProgramSource] = (),
        registry: bool = True,
        observers: Sequence[Observer] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environ is None else environ
        set_log_level(log, env)
        self._options = options_of(
            env,
            cache_enabled=cache_enabled,
            mlflow_tracking=mlflow_tracking,
            timeout=timeout,
            max_retries=max_retries,
            max_workers=max_workers,
            cache_ttl=cache_ttl,
            fallbacks=fallbacks,
            fail_fast=fail_fast,
        )
        self._models = ModelChoice(
            settings,
            models or {},
            env,
            fallbacks=self._options.fallbacks,
            fail_fast=self._options.fail_fast,
            lm=lm,
        )
        self.routes = self._models.routes
        ttl = self._options.cache_ttl
        self._cache = None if ttl is None else ResultCache(ttl)
        self._mode = ExecutionMode.NORMAL
        registered = RegisteredPrograms(settings, env)
        self.programs = ProgramBook((*sources, *([registered] if registry else [])))
        tracker = MlflowTracker(environ=env) if self._options.tracked else None
        self._recording = Recording(tracker, observers)
        self.statistics = self._recording.statistics
        self._loop = LoopThread("lakegloss-executor")
        self._slots: asyncio.Semaphore | None = None
        self._closed = False
        engines = [route.engine.close for route in self.routes.values()]
        last = [] if tracker is None else [tracker.end]  # what is interrupted is recorded, too
        closes = [self._loop.close, *engines, registered.close, *last]
        self._end = weakref.finalize(self, _end, closes)

    def register_signature(self, name: str, signature: Any) -> None:
        """Register a signature, or any other program, under a name.

        Raises:
            SignatureError: it is not a program.
        """
        self.programs.register(name, signature)

    def list_signatures(self) -> list[str]:
        """The sorted names of all programs: of the library, registered ones and loaded ones."""
        return self.programs.names

    def set_mode(self, mode: ExecutionMode | str) -> None:
        """Set the mode of executions that name none.

        Raises:
            SettingsError: there is no such mode.
        """
        self._mode = mode_of(mode)

    def execute(
        self,
        program: Any = None,
        model_id: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        mode: ExecutionMode | str | None = None,
        *,
        model: str = "",
        timeout: float | None = None,
    ) -> ExecutionResult:
        """Execute a program; a failure is reported in the result and not raised.

        Args:
            program: a signature class or a dspy module; else `model_id` names one.
            mode: by default that of `set_mode`.
            model: a name of `models`.
            timeout: seconds, by default the executor's.
        """
        return self.execute_async(
            program, model_id=model_id, inputs=inputs, mode=mode, model=model, timeout=timeout
        ).result()

    def execute_async(
        self,
        program: Any = None,
        inputs: Mapping[str, Any] | None = None,
        mode: ExecutionMode | str | None = None,
        *,
        model_id: str | None = None,
        model: str = "",
        timeout: float | None = None,
    ) -> "Future[ExecutionResult]":
        """Like `execute`, but returns a future at once; cancelling it ends the execution's calls.

        Args:
            program: as in `execute`, or a name.
        """
        start = time.perf_counter()
        if isinstance(program, str):
            program, model_id = None, program
        done: Future[ExecutionResult] = Future()
        try:
            prepared = self._prepared(program, model_id)
            job = Job(
                prepared=prepared,
                inputs={} if inputs is None else inputs,
                mode=mode_of(mode) if mode is not None else self._mode,
                model=model,
                timeout=self._options.timeout if timeout is None else timeout,
                patience=self._options.patience,
            )
            ready = self._without_calls(job, start)
        except LakeglossError as error:
            ready = self._recording.ended(
                failed(called(program, model_id), error, start), inputs or {}
            )
        if ready is not None:
            done.set_result(ready)
            return done
        return self._submit(self._run(job, start))

    def execute_signature(
        self,
        signature_name: Any,
        inputs: Mapping[str, Any],
        *,
        retry_on_failure: bool = True,
        max_retries: int | None = None,
        timeout: float | None = None,
        model: str = "",
        mode: ExecutionMode | str | None = None,
        collect_feedback: bool = False,
    ) -> ExecutionResult:
        """Execute a signature by name; a failure is raised.

        Args:
            signature_name: a name, or the signature itself.
            retry_on_failure: False makes exactly one call.
            max_retries: as the executor's, which is the default.
            collect_feedback: remember inputs and outputs in memory, under the result's
                `execution_id`, for a `FeedbackCollector` of this process.

        Raises:
            SignatureNotFoundError: there is no signature of that name.
            InputError: the inputs do not fit.
            ExecutionTimeoutError: a TimeoutError, after `timeout` seconds.
            EndpointError, AnswerError, BudgetExceededError: the model gave nothing usable.
        """
        prepared = self.programs.signature_program(signature_name)
        start = time.perf_counter()
        patience = self._options.patience if max_retries is None else patience_of(max_retries)
        job = Job(
            prepared=prepared,
            inputs=inputs,
            mode=mode_of(mode) if mode is not None else self._mode,
            model=model,
            timeout=self._options.timeout if timeout is None else timeout,
            patience=patience if retry_on_failure else patience_of(0),
        )
        result = self._without_calls(job, start) or self._submit(self._run(job, start)).result()
        found = or_raise(result)
        if collect_feedback:
            remember(
                found.execution_id, found.program_name, found.metadata,
                inputs=inputs, outputs=found.outputs,
            )  # fmt: skip
        return found

    def execute_batch(
        self,
        program: Any = None,
        model_id: str | None = None,
        inputs_list: Sequence[Mapping[str, Any]] | None = None,
        *,
        signature_name: str | None = None,
        parallel: bool = True,
        batch_size: int | None = None,
        mode: ExecutionMode | str | None = None,
        model: str = "",
        timeout: float | None = None,
    ) -> list[ExecutionResult]:
        """Execute a program on many inputs; the results have their order.

        An input that fails does not stop the others.

        Args:
            parallel: False executes one input after the other.
            batch_size: the most executions at the same time; by default `max_workers`.
        """
        known = program if program is not None else (model_id or signature_name)
        if isinstance(known, str):
            # One version for all inputs. An error is reported in each result.
            with suppress(LakeglossError):
                known = self._prepared(None, known)
        at_once = (
            1 if not parallel else min(batch_size or self._options.workers, self._options.workers)
        )

        def begin(inputs: Mapping[str, Any]) -> "Future[ExecutionResult]":
            return self.execute_async(known, inputs, mode, model=model, timeout=timeout)

        return in_order(begin, inputs_list or (), at_once)

    def execute_chain(
        self,
        chain: SignatureChain,
        initial_inputs: Mapping[str, Any],
        *,
        mode: ExecutionMode | str | None = None,
        timeout: float | None = None,
    ) -> ExecutionResult:
        """Execute a chain; `metadata["steps"]` holds the outputs of every step.

        Raises:
            SignatureError: the chain does not fit together; nothing was called.
        """
        program = chain.program(inputs=tuple(initial_inputs), find=self.programs.signature)
        prepared = Prepared(name=chain.name, program=program, version="")
        return self.execute(prepared, inputs=initial_inputs, mode=mode, timeout=timeout)

    def execute_conditional(
        self,
        pipeline: ConditionalPipeline,
        inputs: Mapping[str, Any],
        *,
        mode: ExecutionMode | str | None = None,
        timeout: float | None = None,
    ) -> ExecutionResult:
        """Execute the signature that a pipeline's conditions choose.

        Inputs that only the conditions need are not passed on.

        Raises:
            SignatureError: a condition fails, or none holds and the pipeline has no otherwise.
        """
        chosen = pipeline.choose(inputs)
        signature = chosen.signature
        if isinstance(signature, str):
            signature = self.programs.signature(signature)
        prepared = prepare(signature)
        kept = prepared.check(inputs, unknown="drop")
        values = kept.values if not kept.problems else inputs
        result = self.execute(prepared, inputs=values, mode=mode, timeout=timeout)
        return replace(result, metadata={**result.metadata, "condition": chosen.condition})

    def get_execution_stats(self) -> dict[str, Any]:
        """See `ExecutionStatistics.as_dict`."""
        return self.statistics.as_dict()

    def clear_cache(self) -> None:
        """Forget cached results, and programs that sources loaded."""
        if self._cache is not None:
            self._cache.clear()
        self.programs.forget()

    def shutdown(self) -> None:
        """End running executions and close all connections; further calls do nothing."""
        if self._closed:
            return
        self._closed = True
        self._end()
        self._recording.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()

    def _prepared(self, program: Any, model_id: str | None) -> Prepared:
        if self._closed:
            raise SettingsError("The executor was shut down.", remedy="Make a new one.")
        if isinstance(model_id, Mapping):
            raise InputError("model_id is a name.", remedy="Write execute(program, inputs={...}).")
        if program is not None:
            return prepare(program)
        if not model_id:
            raise InputError("Nothing to execute.", remedy="Give a program or a model_id.")
        return self.programs.find(model_id)

    def _without_calls(self, job: "Job", start: float) -> ExecutionResult | None:
        """The result if no model is called: for wrong inputs, a dry run or a cached result."""
        if not isinstance(job.inputs, Mapping):
            raise InputError("Inputs are a mapping of names to values.", remedy="Give a dict.")
        checked = job.prepared.check(job.inputs)
        if checked.problems:
            found = checked.problems
            error = InputError(sentences(found), remedy=remedies(found))
            return self._recording.ended(
                failed(job.prepared.name, error, start, mode=job.mode), job.inputs
            )
        job.values = checked.values
        if job.mode is ExecutionMode.DRY_RUN:
            executed = Executed()
            return self._recording.ended(result_of(job, executed, start), job.inputs)
        if self._cache is None or not job.mode.caches:
            return None
        identity = identity_of(job.prepared.program)
        if not identity:
            return None
        name = job.model or DEFAULT_MODEL
        program = f"{job.prepared.name}@{identity}"
        job.key = key_of(program, name, job.values)
        known = self._cache.get(job.key)
        if known is None:
            return None
        return self._recording.ended(again(known, job, start), job.inputs)

    async def _run(self, job: "Job", start: float) -> ExecutionResult:
        if self._slots is None:
            self._slots = asyncio.Semaphore(self._options.workers)
        try:
            routes, lm = self._models.of(job.model)
            async with self._slots, asyncio.timeout(job.timeout):
                executed = await execute(
                    job.prepared.program,
                    job.values,
                    routes,
                    name=job.prepared.name,
                    patience=job.patience,
                    lm=lm,
                    trace=job.mode.traces,
                )
        except TimeoutError:
            error = ExecutionTimeoutError.after(
                job.timeout, remedy="Raise timeout, or execute_async() it."
            )
            executed = Executed(error=error)
        except LakeglossError as error:
            executed = Executed(error=error)
        except asyncio.CancelledError:
            stopped = ExecutionStoppedError("The execution was cancelled.")
            self._recording.ended(result_of(job, Executed(error=stopped), start), job.inputs)
            raise
        result = result_of(job, executed, start)
        if result.success and self._cache is not None:
            self._cache.put(job.key, result)
        return self._recording.ended(result, job.inputs)

    def _submit(self, work: Coroutine[Any, Any, ExecutionResult]) -> "Future[ExecutionResult]":
        if self._closed:
            work.close()
            raise SettingsError("The executor was shut down.", remedy="Make a new one.")
        return self._loop.submit(work)


def _end(closes: Sequence[Callable[[], None]]) -> None:
    """End the threads of an executor: at its shutdown, else with its last reference."""
    for close in closes:
        with going_on(log, "an executor did not end well", level=logging.DEBUG):
            close()
