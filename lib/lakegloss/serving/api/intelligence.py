"""The routes of generation and comments: /api/intelligence and /api/v1/comments."""

import asyncio
import time
import uuid
from typing import Annotated

from fastapi import APIRouter, Request, Response

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.engine.attempt import Usage as Spent
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.serving.api.errors import documented
from lakegloss.serving.api.keys import COMMENT, EXECUTE, ApiKey
from lakegloss.serving.api.routes import GENERAL, allowed, answered, service_of
from lakegloss.serving.api.schemas import (
    HMW,
    ColumnCard,
    CommentsRequest,
    CommentsResponse,
    GenerateHMWRequest,
    GenerateHMWResponse,
    GenerateSolutionsRequest,
    GenerateSolutionsResponse,
    Meta,
    ProposedComment,
    ProposedSolution,
    Usage,
)
from lakegloss.serving.api.service import Service, meta_of, until_gone
from lakegloss.serving.comments import DraftedTable, draft, tasks_for
from lakegloss.serving.result import ExecutionResult
from lakegloss.settings import Settings

HMW_PROGRAM, SOLUTIONS_PROGRAM, COMMENTS_PROGRAM = "generate_hmw", "generate_solutions", "comments"
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
    done = await service_of(request).execute(request, key, HMW_PROGRAM, body.model_dump())
    found = done.or_raise()
    pairs = zip(found.outputs["hmw_questions"], found.outputs["relevance_scores"], strict=True)
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    return answered(
        GenerateHMWResponse(
            hmws=[HMW(question=question, score=score) for question, score in ordered],
            reasoning=found.outputs["reasoning"],
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
    done = await service_of(request).execute(request, key, SOLUTIONS_PROGRAM, body.model_dump())
    found = done.or_raise()
    return answered(
        GenerateSolutionsResponse(
            solutions=[ProposedSolution(**solution) for solution in found.outputs["solutions"]],
            reasoning=found.outputs["reasoning"],
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
    settings = _settings(service.settings, body)
    table, evidence = _table(body), {c.name: _evidence(body, c) for c in body.columns}
    # Cards of a thousand columns take a second: others are served meanwhile.
    tasks = await asyncio.to_thread(
        tasks_for, table, evidence, settings, service.program,
        guidance=body.guidance, detector=service.detector,
    )  # fmt: skip
    engine = service.route.engine if service.route is not None else None
    work = draft(tasks, settings, service.program, engine)
    try:
        drafted = await until_gone(request, asyncio.wait_for(work, service.settings.serve_timeout))
    except TimeoutError:  # what was paid for is lost to this caller; the rules still answer
        drafted = await draft(tasks, settings, service.program, None)
    told = [
        ProposedComment(
            column=item.column,
            comment=item.text,
            source=item.source,
            checks=list(item.checks),
            reason=item.reason,
        )
        for item in drafted.comments
    ]
    result = _result(service, drafted, time.perf_counter() - start)
    service.count(request, result, {"table": body.table, "columns": len(body.columns)})
    recorded = await service.record(request, key, result, ["table", "columns"])
    meta: Meta = meta_of(result, request, recorded=recorded)
    return answered(
        CommentsResponse(
            execution_id=result.execution_id, table=body.table, comments=told, meta=meta
        )
    )


def _settings(settings: Settings, body: CommentsRequest) -> Settings:
    chosen = {"policy": body.policy, "style": body.style, "language": body.language}
    return settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})


def _table(body: CommentsRequest) -> Table:
    columns = tuple(
        Column(path=c.name, data_type=c.type, comment=c.comment, position=place)
        for place, c in enumerate(body.columns)
    )
    return Table(name=body.table, comment=body.comment, columns=columns)


def _evidence(body: CommentsRequest, card: ColumnCard) -> Evidence:
    known = card.null_share is not None or card.distinct is not None or card.frequent
    return Evidence(
        table=body.table,
        column=card.name,
        data_type=card.type,
        rows=body.rows,
        rows_read=(body.rows or 1) if known else 0,
        null_share=card.null_share or 0.0,
        distinct=card.distinct if card.distinct is not None else len(card.frequent),
        minimum=card.minimum,
        maximum=card.maximum,
        mean=card.mean,
        frequent=tuple(Frequent(value=f.value, share=f.share) for f in card.frequent),
        semantic=card.semantic,
        key_role=card.key_role,
        reference=card.reference,
    )


def _result(service: Service, drafted: DraftedTable, seconds: float) -> ExecutionResult:
    """The drafting as an execution, for the database and the answer."""
    by_model = any(item.source == "model" for item in drafted.comments)
    model = service.settings.model if by_model else _RULES
    spent: Spent = drafted.usage
    usage = Usage(input_tokens=spent.input, output_tokens=spent.output, estimated=spent.estimated)
    fell_back = bool(service.settings.model) and not by_model and bool(drafted.comments)
    return ExecutionResult(
        success=True,
        outputs={item.column: item.text for item in drafted.comments},
        error="",
        execution_time=seconds,
        program_name=COMMENTS_PROGRAM,
        execution_id=uuid.uuid4().hex,
        metadata={
            "mode": "normal",
            "model": model,
            "fallback_from": [service.settings.model] if fell_back else [],
            "usage": usage.model_dump(),
            "attempts": drafted.attempts,
            "cached": False,
            "program_version": service.program.version,
        },
    )
