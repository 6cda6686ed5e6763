"""Defines the routes of programs and executions: /api/v1/dspy."""

import asyncio
import logging
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request, Response, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from lakegloss.core.going_on import going_on
from lakegloss.core.text.causes import first_line
from lakegloss.core.text.terminal import visible
from lakegloss.serving.api.access.keys import ADMIN, EXECUTE, READ, ApiKey
from lakegloss.serving.api.executing import Done, until_gone
from lakegloss.serving.api.problems import ApiError, ErrorResponse, documented, unavailable
from lakegloss.serving.api.schemas import (
    BatchRequest,
    BatchResponse,
    CacheCleared,
    ExecuteRequest,
    ExecuteResponse,
    ExecutionDetails,
    Health,
    Meta,
    ProgramInfo,
    ProgramsResponse,
)
from lakegloss.serving.api.service import Service
from lakegloss.serving.executor.programs import ProgramBook

_BEARER = HTTPBearer(auto_error=False, description="A key of `lakegloss keys add`.")
_HEADER = APIKeyHeader(name="x-api-key", auto_error=False, description="The same key.")
_AT_A_TIME = 8
VERSION_HEADER = "X-Lakegloss-Version"
"""The version of the program that answered: registered, such as name/3, or the hash of it."""
EXECUTION_HEADER = "X-Execution-Id"
"""With an error: the execution that failed, as `GET execution/{id}` has it."""
_log = logging.getLogger("lakegloss.api")
GENERAL = (400, 401, 403, 408, 413, 422, 429, 500, 503)

router = APIRouter(prefix="/api/v1/dspy", tags=["programs"])


def service_of(request: Request) -> Service:
    """The service that the app was made with."""
    service: Service = request.app.state.service
    return service


def allowed(scope: str) -> Any:
    """A dependency: the caller's key, which may do that."""

    async def check(
        request: Request,
        _bearer: Annotated[Any, Security(_BEARER)] = None,
        _header: Annotated[Any, Security(_HEADER)] = None,
    ) -> ApiKey:
        return await service_of(request).callers.authorised(request, scope)

    return Depends(check)


def answered(body: BaseModel, status: int = 200) -> Response:
    """A model as the answer; numbers that are not finite become null."""
    text = body.model_dump_json(fallback=str)  # a module's output may be of any class
    meta: Meta | None = getattr(body, "meta", None)
    named = (meta.version or meta.program_version) if meta is not None else ""
    headers = {VERSION_HEADER: quote(named, safe="/@ ")} if named else {}
    return Response(text, status, headers, media_type="application/json")


@router.post(
    "/execute", response_model=ExecuteResponse, responses=documented(*GENERAL, 404, 502, 504)
)
async def execute(
    body: ExecuteRequest, request: Request, key: Annotated[ApiKey, allowed(EXECUTE)]
) -> Response:
    """Execute a program once. What fails is an error with the status of its kind."""
    service = service_of(request)
    options = {"mode": body.mode, "model": body.model, "timeout": body.timeout}
    done = await service.executions.execute(request, key, body.program_id, body.inputs, **options)
    return answered(done.or_raise())


@router.post("/execute/batch", response_model=BatchResponse, responses=documented(*GENERAL, 404))
async def execute_batch(
    body: BatchRequest, request: Request, key: Annotated[ApiKey, allowed(EXECUTE)]
) -> Response:
    """Execute a program on many inputs: results in their order, failures among them."""
    service = service_of(request)
    service.callers.charge(key, max(0, len(body.inputs_list) - 1))
    prepared = await service.executions.find_for(request, key, body.program_id)
    options = {"mode": body.mode, "model": body.model, "timeout": body.timeout}

    # A batch feeds its executions in as its own end: others find places beside it.
    own = asyncio.Semaphore(service.batch_workers)

    async def one(inputs: dict[str, Any]) -> Done:
        async with own:
            return await service.executions.executed(request, key, prepared, inputs, **options)

    async def all_of_them() -> list[Done]:
        running: list[asyncio.Future[Done]] = []
        try:
            for number, inputs in enumerate(body.inputs_list, start=1):
                running.append(asyncio.ensure_future(one(inputs)))
                if number % _AT_A_TIME == 0:  # each begins with some work: others come between
                    await asyncio.sleep(0)
            return list(await asyncio.gather(*running))
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    results = [done.body for done in await until_gone(request, all_of_them())]
    successful = sum(result.success for result in results)
    return answered(
        BatchResponse(results=results, successful=successful, failed=len(results) - successful)
    )


@router.get(
    "/programs",
    response_model=ProgramsResponse,
    dependencies=[allowed(READ)],
    responses=documented(401, 403, 429, 500, 503),
)
async def programs(request: Request) -> Response:
    """The programs that can be executed. Those of packages are described once they were used."""
    executor = service_of(request).executor
    found = await asyncio.to_thread(_described, executor.programs)
    return answered(ProgramsResponse(programs=found, models=list(executor.routes)))


def _described(book: ProgramBook) -> list[ProgramInfo]:
    files = set(book.of_files())
    found = []
    for name in book.names:
        prepared = book.at_hand(name)
        if prepared is None and name in files:
            with going_on(_log, "the program's file %s cannot be used", visible(name)[:100]):
                prepared = book.find(name)
        if prepared is None:
            found.append(ProgramInfo(program_id=name))
            continue
        found.append(
            ProgramInfo(
                program_id=name,
                description=prepared.description,
                inputs=list(prepared.arguments),
                input_types=prepared.arguments,
                outputs=prepared.outputs,
            )
        )
    return found


@router.get(
    "/execution/{execution_id}",
    response_model=ExecutionDetails,
    responses=documented(401, 403, 404, 422, 429, 500, 503),
)
async def execution(
    execution_id: Annotated[str, Path(max_length=64)],
    request: Request,
    key: Annotated[ApiKey, allowed(READ)],
) -> Response:
    """An execution of this key; a key that may `admin` sees those of all."""
    owner = None if ADMIN in key.scopes else key.name
    store = service_of(request).store
    try:
        row = await asyncio.to_thread(store.execution, visible(execution_id), owner)
    except SQLAlchemyError as error:
        _log.warning("executions cannot be read: %s", first_line(error, 200))
        raise unavailable("Executions cannot be read.") from error
    if row is None:
        raise ApiError(
            404,
            ErrorResponse.of(
                "not_found", "There is no such execution.", "Those of other keys are not shown."
            ),
        )
    return answered(ExecutionDetails(**{k: row[k] for k in ExecutionDetails.model_fields}))


@router.get("/stats", dependencies=[allowed(READ)], responses=documented(401, 403, 429, 500, 503))
async def stats(request: Request) -> dict[str, Any]:
    """What the service executed since it was started; seconds."""
    return service_of(request).executor.get_execution_stats()


@router.post(
    "/cache/clear",
    response_model=CacheCleared,
    dependencies=[allowed(ADMIN)],
    responses=documented(401, 403, 413, 422, 429, 500, 503),
)
async def clear_cache(request: Request) -> Response:
    """Forget cached results and loaded programs."""
    service_of(request).executor.clear_cache()
    return answered(CacheCleared())


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
async def health(request: Request) -> Response:
    """Whether requests can be served; 503 where not, with the reasons."""
    found = await service_of(request).health.now()
    return answered(found, 200 if found.status == "ok" else 503)
