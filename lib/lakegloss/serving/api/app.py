"""Makes the ASGI application: its routes, errors, middleware, start and end."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from lakegloss import __version__
from lakegloss.core.text.causes import first_line
from lakegloss.core.text.terminal import visible
from lakegloss.errors import LakeglossError
from lakegloss.serving.api import intelligence, routes
from lakegloss.serving.api.access.keys import READ
from lakegloss.serving.api.feedback import feedback_routes
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.middleware import Bodies, Requests
from lakegloss.serving.api.problems import ApiError, ErrorBody, ErrorResponse, api_error, headers_of
from lakegloss.serving.api.routes import EXECUTION_HEADER, allowed, service_of
from lakegloss.serving.api.service import Service
from lakegloss.serving.api.start import start_service
from lakegloss.settings import Settings

_log = logging.getLogger("lakegloss.api")
_KINDS = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
_DESCRIPTION = """\
Programs of language models, and comments for tables, behind one key.

Errors have one shape: `{"error": {"id", "type", "message", "remedy", "retry_after"}}`.
"""


def create_app(
    settings: Settings,
    *,
    environ: Mapping[str, str] | None = None,
    service: Service | None = None,
) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: see `lakegloss settings`, those named serve_* above all.
        environ: by default the process's.
        service: what stands behind the routes, closed at the end; by default it is made when the
            server starts.
    """
    metrics = Metrics() if service is None else service.metrics

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        found = service or start_service(settings, metrics=metrics, environ=environ)
        try:
            intelligence.register(found)
            app.state.service = found
            yield
        finally:
            await found.settle()
            found.close()

    app = FastAPIOffline(
        title="lakegloss",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        default_response_class=JSONResponse,
    )
    app.include_router(routes.router)
    app.include_router(intelligence.router)
    app.include_router(feedback_routes.router)
    _add_operation(app)
    _add_errors(app)
    app.add_middleware(Bodies, size=settings.serve_body_bytes, depth=settings.serve_body_depth)
    app.add_middleware(Requests, metrics=metrics)
    return app


def _add_operation(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def alive() -> Response:
        return Response("ok\n", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    async def ready(request: Request) -> Response:
        return await routes.health(request)

    @app.get("/metrics", include_in_schema=False, dependencies=[allowed(READ)])
    async def metrics(request: Request) -> Response:
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return Response(service_of(request).metrics.text(), media_type=kind)


def _add_errors(app: FastAPI) -> None:
    def told(request: Request, status: int, error: ErrorResponse) -> Response:
        error.id = request.state.request_id  # by which the log knows it
        body = ErrorBody(error=error).model_dump_json()
        return Response(body, status, headers_of(error), media_type="application/json")

    @app.exception_handler(ApiError)
    async def of_the_service(request: Request, error: ApiError) -> Response:
        answer = told(request, error.status, error.error)
        if error.execution_id:
            answer.headers[EXECUTION_HEADER] = error.execution_id
        if error.status == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @app.exception_handler(LakeglossError)
    async def of_lakegloss(request: Request, error: LakeglossError) -> Response:
        found = api_error(error)
        if found.status >= 500:  # callers are told less
            said = {"request_id": request.state.request_id}
            _log.warning("%s", first_line(error, 300), extra=said)
        return told(request, found.status, found.error)

    @app.exception_handler(RequestValidationError)
    async def of_validation(request: Request, error: RequestValidationError) -> Response:
        said = [_said(item["type"], item["loc"], item["msg"]) for item in error.errors()[:5]]
        remedy = "/docs shows each request with an example."
        if "json" not in request.headers.get("content-type", "json"):
            remedy = f"Send the header Content-Type: application/json. {remedy}"
        return told(request, 422, ErrorResponse.validation_error(" ".join(said), remedy))

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> Response:
        kind = _KINDS.get(error.status_code, "error")
        found = ErrorResponse.of(kind, f"{error.detail}.", "/docs lists all routes.")
        answer = told(request, error.status_code, found)
        answer.headers.update(error.headers or {})
        return answer


def _said(kind: str, place: tuple[int | str, ...], message: str) -> str:
    """Where something is wrong and what; never the value."""
    if kind == "json_invalid":
        return "The body is not valid JSON."
    if place == ("body",):
        return "The body is not a JSON object."
    name = ".".join(visible(str(part))[:100] for part in place if part != "body")
    return f"{name}: {message}." if name else f"{message}."
