"""The service behind the routes: executor, comments, database, keys, counts."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from lakegloss import __version__
from lakegloss.core.personal.presidio import presidio_detector
from lakegloss.core.text.causes import first_line
from lakegloss.engine.engine import Engine
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.models import DEFAULT_MODEL, settings_of
from lakegloss.errors import (
    BusyError,
    ExecutionStoppedError,
    ExecutionTimeoutError,
    InputError,
    RegistryError,
)
from lakegloss.programs.comment import CommentProgram
from lakegloss.release.chosen import Chosen
from lakegloss.release.servers import require_listener
from lakegloss.serving.api.access.callers import Callers, is_app, secret_of
from lakegloss.serving.api.access.keys import ApiKey
from lakegloss.serving.api.database.executions import (
    meta_of,
    row_of,
    shape_of_input,
    with_whole_time,
)
from lakegloss.serving.api.database.store import Store, database_of
from lakegloss.serving.api.follow import FollowedComments, RegistrySource, registry_of
from lakegloss.serving.api.logs import log_dspy_call
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.model_file import ModelFile, read_models
from lakegloss.serving.api.places import Places
from lakegloss.serving.api.problems import ApiError, ErrorResponse, api_error
from lakegloss.serving.api.schemas import ExecuteResponse, Health
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.job import failed
from lakegloss.serving.executor.loader import DSPyModelLoader, EntryPointSource
from lakegloss.serving.executor.programs import Prepared
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.settings import Settings

_log = logging.getLogger("lakegloss.api")
_HEALTH_KNOWN_FOR = 1.0
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


class Service:
    """Everything that requests share; close it when the last one is answered.

    Args:
        settings: the model of comments and, by default, of programs; and those named serve_*.
        environ: for SECRET_KEY and what executors read (docs/programs.md).

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: it cannot be made.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        metrics: Metrics | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environ is None else environ
        app, secret = is_app(settings.serve_callers, env), secret_of(env)
        model = settings if settings.model else settings_of(env)
        # Comments take what programs take, also where OpenAI's variables name it.
        self.settings = settings if model is None else _with_model(settings, model)
        self._built_in = Chosen(program=CommentProgram(), reference="", settings=self.settings)
        self.detector = presidio_detector() if settings.personal == "presidio" else None
        self.metrics = metrics or Metrics()
        self.places = Places(settings.serve_workers)
        more = ModelFile()
        if settings.serve_models is not None:
            more = read_models(settings.serve_models, settings, env)
        self._fallbacks = more.fallbacks
        self._registry = registry_of(settings, env)
        self._source = None
        if settings.serve_registry and self._registry is not None:
            self._source = RegistrySource(self._registry, seconds=settings.serve_refresh)
        self._comments: FollowedComments | None = None
        if settings.program and self._registry is not None:
            self._comments = FollowedComments(
                self.settings, self._registry, seconds=settings.serve_refresh
            )
        sources = (DSPyModelLoader(settings.serve_programs),) if settings.serve_programs else ()
        self.executor = DSPyPipelineExecutor(
            settings=model,
            models=more.models,
            fallbacks=more.fallbacks,
            fail_fast=True,
            environ=env,
            timeout=settings.serve_timeout,
            max_workers=settings.serve_workers,
            sources=(*sources, EntryPointSource(), *((self._source,) if self._source else ())),
        )
        try:
            self.store = Store(
                database_of(settings),
                retention=timedelta(days=settings.serve_retention_days),
            )
        except BaseException:
            self.executor.shutdown()
            raise
        self.callers = Callers(
            self.store,
            secret=secret,
            rate=settings.serve_rate,
            app=app,
        )
        # Of its own: a registry that does not answer must not keep threads from keys and health.
        self._finders = ThreadPoolExecutor(4, thread_name_prefix="lakegloss-find")
        self.stopping = False
        self._under_way = 0
        self._health: tuple[float, Health] | None = None
        self._looking = asyncio.Lock()

    def stop_soon(self) -> None:
        """Say from now on that it stops; what runs is finished."""
        self.stopping = True
        self._health = None

    async def settle(self) -> None:
        """Let executions that the server cut off record that they were, for a second at most."""
        self.stop_soon()
        end = time.monotonic() + _SETTLE_SECONDS
        while self._under_way and time.monotonic() < end:  # noqa: ASYNC110 - once, at the end
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Close connections and write what waits."""
        self.stop_soon()
        self.executor.shutdown()
        for followed in (self._source, self._comments):
            if followed is not None:
                followed.close()
        self._finders.shutdown(wait=False, cancel_futures=True)
        self.store.close()

    @property
    def comments(self) -> Chosen:
        """The comment program of now; whoever answers a request takes it once."""
        return self._built_in if self._comments is None else self._comments.current

    def routes_for(self, model: str) -> list[ModelRoute]:
        """The models to ask in turn; empty where none is set.

        Raises:
            InputError: there is none of that name.
        """
        routes = self.executor.routes
        if model and model not in routes:
            raise InputError(
                f"There is no model {model!r}.",
                remedy=f"Known are: {', '.join(routes) or 'none'}.",
            )
        names = dict.fromkeys((model or DEFAULT_MODEL, *self._fallbacks))
        return [routes[name] for name in names if name in routes]

    # Executions.

    async def execute(
        self, request: Request, key: ApiKey, program: str, inputs: Mapping[str, Any], **options: Any
    ) -> "Done":
        """Execute a program and record it; whoever leaves ends the calls.

        Raises:
            ProgramNotFoundError: there is none of that name.
            ApiError: the client left.
        """
        prepared = await self.find(program)
        return await until_gone(request, self.executed(request, key, prepared, inputs, **options))

    async def executed(
        self,
        request: Request,
        key: ApiKey,
        program: Prepared,
        inputs: Mapping[str, Any],
        **options: Any,
    ) -> "Done":
        """As `execute`, whether or not the client stays; one that it left is recorded, too."""
        most = self.settings.serve_timeout
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
        self.count(request, result, inputs)
        recorded = await self.record(request, key, result, names)
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

    async def find(self, program: str) -> Prepared:
        """The program as it is now; files, packages and the registry are looked through.

        Raises:
            ProgramNotFoundError: there is none of that name.
            RegistryError: the registry has one that cannot be used.
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
        self, request: Request, key: ApiKey, result: ExecutionResult, input_keys: list[str]
    ) -> bool:
        """Write an execution; False where the database failed, which costs no answer."""
        row = row_of(request, key, result, input_keys)
        try:
            await asyncio.wait_for(asyncio.wrap_future(self.store.record(row)), _RECORD_SECONDS)
        except Exception as error:  # noqa: BLE001 - the answer is paid for: it is given all the same
            _log.error("an execution was not recorded: %s", first_line(error, 200) or "too slow")
            return False
        return True

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count an execution that a stop has to wait for."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def stopped(self) -> ExecutionStoppedError:
        """Why an execution that nobody waits for was stopped."""
        said = "The service was stopped." if self.stopping else "The client left."
        return ExecutionStoppedError(said)

    def leave(
        self, request: Request, key: ApiKey, result: ExecutionResult, input_keys: list[str]
    ) -> None:
        """Write an execution that nobody waits for any more."""
        self.count(request, result, {})
        try:
            self.store.record(row_of(request, key, result, input_keys))
        except Exception as error:  # noqa: BLE001 - nobody is there to be told
            _log.error("an execution was not recorded: %s", first_line(error, 200))

    # How it is.

    async def health(self) -> Health:
        """Whether requests can be served, and why not; looked at once a second at most."""
        if self._health is None or time.monotonic() - self._health[0] > _HEALTH_KNOWN_FOR:
            async with self._looking:
                if self._health is None or time.monotonic() - self._health[0] > _HEALTH_KNOWN_FOR:
                    self._health = (time.monotonic(), await self._looked())
        return self._health[1]

    async def _looked(self) -> Health:
        problems = []
        if self.stopping:
            problems.append("The service is stopping.")
        routes = self.routes_for("")
        if not routes:
            problems.append("No model is set: set LAKEGLOSS_MODEL and LAKEGLOSS_ENDPOINT.")
        elif not any([await asyncio.to_thread(_reachable, route) for route in routes]):
            problems.append(
                "No model's endpoint answers: check LAKEGLOSS_ENDPOINT and LAKEGLOSS_MODEL with "
                "`lakegloss doctor`. It is tried again every few seconds."
            )
        try:
            await asyncio.to_thread(self.store.check)
        except SQLAlchemyError as error:
            _log.warning("the database does not answer: %s", first_line(error, 200))
            problems.append("The database does not answer.")
        return Health(status="unable" if problems else "ok", version=__version__, problems=problems)


async def until_gone(request: Request, work: Awaitable[Answer]) -> Answer:
    """What the work gives; it is cancelled when the client leaves.

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


def _reachable(route: ModelRoute) -> bool:
    """Whether a call would go to the model's endpoint: one of no answers yet has to listen."""
    engine = route.engine
    if not isinstance(engine, Engine) or (engine.has_answered and not engine.is_open):
        return True
    try:
        require_listener(engine.address)
    except OSError:
        return False
    return engine.reachable


def _with_model(settings: Settings, model: Settings) -> Settings:
    named = ("model", "endpoint", "api_key", "api_key_file", "temperature", "call_timeout")
    return settings.model_copy(update={name: getattr(model, name) for name in named})
