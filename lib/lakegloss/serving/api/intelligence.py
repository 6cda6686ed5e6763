"""Defines the routes of generation and comments: /api/intelligence and /api/v1/comments."""

import asyncio
import functools
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request, Response

from lakegloss.core.learning.kept_inputs import kept_card
from lakegloss.core.records import Source
from lakegloss.drafting.comments import comments_for, proposed_comment
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.table_cards import TableCard
from lakegloss.engine.attempt import Usage as Spent
from lakegloss.engine.execution import ModelRoute
from lakegloss.errors import AnswerError, BusyError, EndpointError, ExecutionTimeoutError
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.release.chosen import Chosen
from lakegloss.serving.api.access.keys import COMMENT, EXECUTE, ApiKey
from lakegloss.serving.api.database.executions import meta_of
from lakegloss.serving.api.executing import COMMENTS_PROGRAM, until_gone
from lakegloss.serving.api.problems import ApiError, documented
from lakegloss.serving.api.routes import GENERAL, allowed, answered, service_of
from lakegloss.serving.api.schemas import (
    HMW,
    CommentsRequest,
    CommentsResponse,
    GenerateHMWRequest,
    GenerateHMWResponse,
    GenerateSolutionsRequest,
    GenerateSolutionsResponse,
    Meta,
    ProposedSolution,
    Usage,
)
from lakegloss.serving.api.service import Service
from lakegloss.serving.api.variants.splits import SESSION_HEADER, unit_of
from lakegloss.serving.executor.job import failed
from lakegloss.serving.executor.result import ExecutionResult

HMW_PROGRAM, SOLUTIONS_PROGRAM = "generate_hmw", "generate_solutions"
_RULES = "rules"

router = APIRouter()


def register(service: Service) -> None:
    """Make the generators known to the executor, by the names of their routes."""
    service.executor.register_signature(HMW_PROGRAM, HMWGenerator())
    service.executor.register_signature(SOLUTIONS_PROGRAM, SolutionGenerator())


@router.post(
    "/api/intelligence/generate_hmw",
    tags=["intelligence"],
    response_model=GenerateHMWResponse,
    responses=documented(*GENERAL, 502, 504),
)
async def generate_hmw(
    body: GenerateHMWRequest, request: Request, key: Annotated[ApiKey, allowed(EXECUTE)]
) -> Response:
    """How-might-we questions from insights, metrics and jobs to be done."""
    done = await service_of(request).executions.execute(
        request, key, HMW_PROGRAM, body.model_dump()
    )
    found = done.or_raise()
    pairs = zip(found.outputs["hmw_questions"], found.outputs["relevance_scores"], strict=True)
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    return answered(
        GenerateHMWResponse(
            hmws=[HMW(question=question, score=score) for question, score in ordered],
            reasoning=found.outputs["reasoning"],
            execution_id=found.execution_id,
            meta=found.meta,
        )
    )


@router.post(
    "/api/intelligence/generate_solutions",
    tags=["intelligence"],
    response_model=GenerateSolutionsResponse,
    responses=documented(*GENERAL, 502, 504),
)
async def generate_solutions(
    body: GenerateSolutionsRequest, request: Request, key: Annotated[ApiKey, allowed(EXECUTE)]
) -> Response:
    """Solutions to such questions, highest priority first."""
    done = await service_of(request).executions.execute(
        request, key, SOLUTIONS_PROGRAM, body.model_dump()
    )
    found = done.or_raise()
    return answered(
        GenerateSolutionsResponse(
            solutions=[ProposedSolution(**solution) for solution in found.outputs["solutions"]],
            reasoning=found.outputs["reasoning"],
            execution_id=found.execution_id,
            meta=found.meta,
        )
    )


@router.post(
    "/api/v1/comments",
    tags=["comments"],
    response_model=CommentsResponse,
    responses=documented(*GENERAL),
)
async def comments(
    body: CommentsRequest, request: Request, key: Annotated[ApiKey, allowed(COMMENT)]
) -> Response:
    """Comments for a table and its columns, checked against what the card says of the data.

    Where the model cannot be reached or gives nothing that passes, the built-in rules stand in, and
    `source` and `meta` say so.
    """
    service, start = service_of(request), time.perf_counter()
    executions = service.executions
    names = [name for name in TableCard.model_fields if name in body.model_fields_set]
    routes = executions.routes_for(body.model)
    unit = unit_of(request.headers.get(SESSION_HEADER), key.name)
    chosen, variant = service.comments_for(unit)  # once: a promotion is for the next request
    with executions.under_way():
        try:
            drafted = await until_gone(request, _drafted(service, body, chosen, routes))
        except (asyncio.CancelledError, ApiError):
            left = failed(COMMENTS_PROGRAM, executions.stopped(), start)
            executions.leave(request, key, left, names)
            raise
    result = _result(chosen, drafted, time.perf_counter() - start)
    told = {"variant": variant, "unit": unit if variant else "", "error_type": _why_none(drafted)}
    result = replace(result, metadata={**result.metadata, **told})
    executions.count(request, result, {"table": body.table, "columns": len(body.columns)})
    service.executor.statistics.add(
        success=True,
        seconds=result.execution_time,
        program=COMMENTS_PROGRAM,
        cached=False,
        tokens=(drafted.usage.input, drafted.usage.output),
    )
    kept = kept_card(body.model_dump(), executions.keep)
    recorded = await executions.record(request, key, result, names, kept)
    if recorded:
        executions.offer_later(request, service.in_shadow(body, drafted, result))
    meta: Meta = meta_of(result, request, recorded=recorded)
    return answered(
        CommentsResponse(
            execution_id=result.execution_id,
            table=body.table,
            comments=list(map(proposed_comment, drafted.drafts)),
            meta=meta,
        )
    )


async def _drafted(
    service: Service, card: CommentsRequest, chosen: Chosen, routes: Sequence[ModelRoute]
) -> Drafted:
    """Ask the models in their turn; where all places are taken, the rules answer."""
    asked = functools.partial(
        comments_for, card, chosen.settings.drafting, chosen.program,
        guidance=service.guidance, detector=service.detector,
    )  # fmt: skip
    most = service.settings.serve_timeout
    try:
        async with service.executions.places.one(min(card.timeout or most, most)) as left:
            return await asked(routes, timeout=left)
    except (BusyError, ExecutionTimeoutError) as error:
        return await asked((), why=error.message)


def _why_none(drafted: Drafted) -> str:
    """The kind of failure where no model wrote a text that can be used; else ''.

    The rules answered then: that says nothing for the version that was asked.
    """
    is_endpoints = drafted.error is not None or drafted.unanswered or drafted.not_asked
    wrote = any(draft.source is Source.MODEL for draft in drafted.drafts)
    if wrote or not drafted.drafts:
        return ""
    if is_endpoints:
        return EndpointError.__name__
    return AnswerError.__name__ if drafted.calls else ""


def _result(chosen: Chosen, drafted: Drafted, seconds: float) -> ExecutionResult:
    """The drafting as an execution, for the database and the answer."""
    writers = [draft.model for draft in drafted.drafts if draft.source is Source.MODEL]
    model = writers[-1] if writers else _RULES if drafted.drafts else ""
    spent: Spent = drafted.usage
    usage = Usage(input_tokens=spent.input, output_tokens=spent.output, estimated=spent.estimated)
    tried = [name for name in drafted.tried if name != model] if drafted.drafts else []
    return ExecutionResult(
        success=True,
        outputs={draft.task.key.column: draft.text for draft in drafted.drafts},
        error="",
        execution_time=seconds,
        program_name=COMMENTS_PROGRAM,
        execution_id=uuid.uuid4().hex,
        metadata={
            "mode": "normal",
            "model": model,
            "fallback_from": tried,
            "usage": usage.model_dump(),
            "attempts": drafted.calls,
            "cached": False,
            "program_version": chosen.program.version,
            "version": chosen.reference,
        },
    )
