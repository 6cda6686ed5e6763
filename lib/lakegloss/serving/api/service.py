"""The service behind the routes: executor, comments, database, keys, counts."""

import asyncio
import logging
import os
import re
import time
from collections.abc import Awaitable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from lakegloss import __version__
from lakegloss.core.causes import first_line
from lakegloss.core.terminal import visible
from lakegloss.engine.engine import Engine
from lakegloss.engine.execution import ModelRoute
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.presidio import presidio_detector
from lakegloss.programs.comment import CommentProgram
from lakegloss.serving.api.errors import ApiError, ErrorResponse, api_error
from lakegloss.serving.api.keys import (
    ADMIN,
    LOOPBACK,
    SCOPES,
    ApiKey,
    KeyRing,
    digest_of,
    presented,
)
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.rates import RateLimiter
from lakegloss.serving.api.schemas import ExecuteResponse, Health, Meta, Usage
from lakegloss.serving.api.store import Store
from lakegloss.serving.executor import DSPyPipelineExecutor
from lakegloss.serving.logs import log_dspy_call
from lakegloss.serving.model_loader import DSPyModelLoader, EntryPointSource
from lakegloss.serving.models import DEFAULT_MODEL, settings_of
from lakegloss.serving.result import ExecutionResult
from lakegloss.settings import Settings

_log = logging.getLogger("lakegloss.api")
_KEYS_KNOWN_FOR = 5.0
_HEALTH_KNOWN_FOR = 1.0
_RECORD_SECONDS = 10.0
_SHORTEST_SECRET = 16
_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An execution that ended, and the error that it is told as where it failed."""

    body: ExecuteResponse
    failure: ApiError | None

    def or_raise(self) -> ExecuteResponse:
        if self.failure is not None:
            raise self.failure
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
        model = settings if settings.model else settings_of(env)
        # Comments take what programs take, also where OpenAI's variables name it.
        self.settings = settings if model is None else _with_model(settings, model)
        self.program = CommentProgram()
        self.detector = presidio_detector() if settings.personal == "presidio" else None
        self.metrics = metrics or Metrics()
        self._limiter = RateLimiter()
        sources = (DSPyModelLoader(settings.serve_programs),) if settings.serve_programs else ()
        self.executor = DSPyPipelineExecutor(
            settings=model,
            environ=env,
            timeout=settings.serve_timeout,
            max_workers=settings.serve_workers,
            sources=(*sources, EntryPointSource()),
        )
        try:
            self.store = Store(
                database_of(settings),
                retention=timedelta(days=settings.serve_retention_days),
            )
        except BaseException:
            self.executor.shutdown()
            raise
        secret = secret_of(env)
        self._fixed = (_all_scopes(secret),) if secret else ()
        self._ring: KeyRing | None = None
        self._ring_read_at = 0.0
        self._open: bool | None = None
        self.stopping = False
        self._health: tuple[float, Health] | None = None
        self._looking = asyncio.Lock()

    def close(self) -> None:
        """Close connections and write what waits."""
        self.stopping = True
        self.executor.shutdown()
        self.store.close()

    @property
    def route(self) -> ModelRoute | None:
        """The model that nothing else was asked for; None where there is none."""
        return self.executor.routes.get(DEFAULT_MODEL)

    # Who calls.

    async def ring(self) -> KeyRing:
        """The keys, read again every few seconds; old ones while the database does not answer."""
        now = time.monotonic()
        if self._ring is None or now - self._ring_read_at > _KEYS_KNOWN_FOR:
            self._ring_read_at = now
            try:
                kept = await asyncio.to_thread(self.store.all_keys)
            except SQLAlchemyError as error:
                if self._ring is None:
                    raise ApiError(503, _unable("The keys cannot be read.")) from error
                _log.warning("the keys cannot be read again: %s", first_line(error, 200))
            else:
                self._ring = KeyRing((*self._fixed, *kept))
        return self._ring

    async def authorised(self, request: Request, scope: str) -> ApiKey:
        """The caller's key, if it may do that now; this counts as one request of its rate.

        Raises:
            ApiError: 401, 403 or 429.
        """
        key = await self._known(request)
        request.state.key_name = key.name
        if scope not in key.scopes and ADMIN not in key.scopes:
            raise ApiError(
                403,
                ErrorResponse.of(
                    "forbidden",
                    f"This key lacks the scope {scope!r}.",
                    f"Make one with `lakegloss keys add NAME --scope {scope}`.",
                ),
            )
        self.charge(key, 1)
        return key

    def charge(self, key: ApiKey, requests: int) -> None:
        """Take so many requests of a key's rate.

        Raises:
            ApiError: 429.
        """
        wait = self._limiter.wait_of(key.name, key.rate or self.settings.serve_rate, requests)
        if wait:
            raise ApiError(
                429,
                ErrorResponse.of(
                    "rate_limit_error", "Too many requests.", "Send fewer, or wait.", wait
                ),
            )

    async def _known(self, request: Request) -> ApiKey:
        ring = await self.ring()
        secret = presented(request.scope["headers"])
        if self._open is None:  # once: revoking the last key does not open the door
            self._open = not ring
        if ring or not self._open:
            found = ring.find(secret) if secret else None
            if found is not None:
                return found
            said = "There is no such key, or it has expired." if secret else "No key was given."
            raise ApiError(401, _unknown(said))
        if _is_local(request):
            return LOOPBACK
        raise ApiError(401, _unknown("No key is configured, so that only this machine may call."))

    # Executions.

    async def execute(
        self, request: Request, key: ApiKey, program: str, inputs: Mapping[str, Any], **options: Any
    ) -> "Done":
        """Execute a program and record it; whoever leaves ends the calls.

        Raises:
            ProgramNotFoundError: there is none of that name.
            ApiError: the client left.
        """
        await self.find(program)
        return await until_gone(request, self.executed(request, key, program, inputs, **options))

    async def executed(
        self, request: Request, key: ApiKey, program: str, inputs: Mapping[str, Any], **options: Any
    ) -> "Done":
        """As `execute`, whether or not the client stays."""
        most = self.settings.serve_timeout
        timeout = min(options.pop("timeout", None) or most, most)
        future: Future[ExecutionResult] = self.executor.execute_async(
            program, inputs, timeout=timeout, **options
        )
        result = await asyncio.wrap_future(future)
        self.count(request, result, inputs)
        recorded = await self.record(request, key, result, list(map(str, inputs)))
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

    async def find(self, program: str) -> None:
        """Load a program that was not used yet: files and packages are looked through.

        Raises:
            ProgramNotFoundError: there is none of that name.
        """
        if not self.executor.programs.knows(program):
            await asyncio.to_thread(self.executor.programs.find, program)

    def count(self, request: Request, result: ExecutionResult, inputs: Mapping[str, Any]) -> None:
        """Count an execution in the metrics, and log it."""
        known = result.program_name if self.executor.programs.knows(result.program_name) else "-"
        self.metrics.executions.labels(known, str(result.success).lower()).inc()
        usage = result.metadata["usage"]
        self.metrics.tokens.labels("input").inc(usage["input_tokens"])
        self.metrics.tokens.labels("output").inc(usage["output_tokens"])
        seconds = 1000 * result.execution_time
        shapes = {name: _shape(value) for name, value in inputs.items()}
        log_dspy_call(
            result.program_name, shapes, result, seconds, result.error or None,
            request_id=request.state.request_id, execution_id=result.execution_id,
        )  # fmt: skip

    async def record(
        self, request: Request, key: ApiKey, result: ExecutionResult, input_keys: list[str]
    ) -> bool:
        """Write an execution; False where the database failed, which costs no answer."""
        metadata, usage = result.metadata, result.metadata["usage"]
        row = {
            "execution_id": result.execution_id,
            "request_id": request.state.request_id,
            "key_name": key.name,
            "program": visible(result.program_name)[:200],
            "program_version": metadata.get("program_version", ""),
            "mode": metadata["mode"],
            "model": metadata.get("model", "")[:200],
            "success": result.success,
            "error": visible(result.error[:4_000], lines=True),
            "input_keys": [visible(name)[:200] for name in input_keys[:100]],
            "outputs": dict(result.outputs),
            "input_tokens": usage["input_tokens"],
            "output_tokens": usage["output_tokens"],
            "execution_time": result.execution_time,
            "ended_at": datetime.now(UTC),
            "carried": False,
        }
        try:
            await asyncio.wait_for(asyncio.wrap_future(self.store.record(row)), _RECORD_SECONDS)
        except Exception as error:  # noqa: BLE001 - the answer is paid for: it is given all the same
            _log.error("an execution was not recorded: %s", first_line(error, 200) or "too slow")
            return False
        return True

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
        route = self.route
        if route is None:
            problems.append("No model is set: set LAKEGLOSS_MODEL and LAKEGLOSS_ENDPOINT.")
        elif isinstance(route.engine, Engine) and not route.engine.reachable:
            problems.append("The model's endpoint does not answer.")
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
        task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _shape(value: Any) -> str:
    """What is logged of an input: never the value."""
    sized = isinstance(value, str | list | dict)
    return f"{type(value).__name__} of {len(value)}" if sized else type(value).__name__


def meta_of(result: ExecutionResult, request: Request, *, recorded: bool) -> Meta:
    """How an execution came about."""
    metadata = result.metadata
    return Meta(
        request_id=request.state.request_id,
        model=metadata.get("model", ""),
        fallback_from=list(metadata.get("fallback_from", ())),
        usage=Usage(**metadata["usage"]),
        cached=metadata["cached"],
        attempts=metadata.get("attempts", 0),
        execution_time=result.execution_time,
        program_version=metadata.get("program_version", ""),
        recorded=recorded,
        debug_trace=metadata.get("debug_trace"),
    )


def database_of(settings: Settings) -> str:
    """The URL of the service's database: by default a file in the home folder."""
    if settings.serve_database is not None:
        return settings.serve_database.get_secret_value()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {str(settings.home)!r} cannot be made: {error.strerror}.",
            remedy="Set home to a folder that you may write.",
        ) from None
    return f"sqlite:///{settings.home.absolute() / 'serve.db'}"


def _with_model(settings: Settings, model: Settings) -> Settings:
    named = ("model", "endpoint", "api_key", "api_key_file", "temperature", "call_timeout")
    return settings.model_copy(update={name: getattr(model, name) for name in named})


def secret_of(env: Mapping[str, str]) -> str:
    """The key of SECRET_KEY; '' where it is not set.

    Raises:
        SettingsError: it could be guessed.
    """
    secret = env.get("SECRET_KEY", "").strip()
    if secret and len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"SECRET_KEY has fewer than {_SHORTEST_SECRET} characters.",
            remedy="Set a longer one, or unset it and run `lakegloss keys add NAME`.",
        )
    return secret


def _all_scopes(secret: str) -> ApiKey:
    return ApiKey(name="SECRET_KEY", digest=digest_of(secret.encode()), scopes=frozenset(SCOPES))


def _is_local(request: Request) -> bool:
    """Whether a program on this machine calls, and not a page of another site in its browser."""
    client = request.client.host if request.client else ""
    origin = request.headers.get("origin", "").split("://")[-1]
    named = [request.headers.get("host", ""), *([origin] if origin else [])]
    proxied = any(name in request.headers for name in _PROXIED)
    return client in _LOOPBACK and all(map(_is_loopback, named)) and not proxied


def _is_loopback(authority: str) -> bool:
    """Whether a name with or without a port means this machine."""
    return re.sub(r":\d+$", "", authority).strip("[]") in _LOOPBACK


def _unknown(said: str) -> ErrorResponse:
    return ErrorResponse.of(
        "unauthorized",
        said,
        "Send Authorization: Bearer KEY or x-api-key: KEY; `lakegloss keys add NAME` makes one.",
    )


def _unable(said: str) -> ErrorResponse:
    return ErrorResponse.of("unavailable", said, "Try again later.", 5.0)
