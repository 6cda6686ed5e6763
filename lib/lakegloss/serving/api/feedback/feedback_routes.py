"""Defines the route of feedback: /api/v1/feedback."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from lakegloss.core.learning.judgements import Feedback
from lakegloss.core.text.causes import first_line
from lakegloss.core.text.terminal import visible
from lakegloss.learning.feedback import FeedbackCollector
from lakegloss.serving.api.access.keys import ADMIN, COMMENT, EXECUTE, FEEDBACK, ApiKey
from lakegloss.serving.api.database.store import Store
from lakegloss.serving.api.feedback.feedback_store import DatabaseFeedback
from lakegloss.serving.api.problems import documented, unavailable
from lakegloss.serving.api.routes import GENERAL, allowed, answered, service_of
from lakegloss.serving.api.schemas import FeedbackRequest, FeedbackResponse

_log = logging.getLogger("lakegloss.api")

router = APIRouter(tags=["feedback"])


@router.post(
    "/api/v1/feedback",
    status_code=201,
    response_model=FeedbackResponse,
    responses=documented(*GENERAL, 404, 409),
)
async def give_feedback(
    body: FeedbackRequest, request: Request, key: Annotated[ApiKey, allowed(FEEDBACK)]
) -> Response:
    """Keep what somebody says of an execution.

    A key judges its own executions; one that may `admin`, or that only judges, those of all. The
    same `feedback_id` with the same content is kept once and answered alike.
    """
    store = service_of(request).store
    try:
        kept = await asyncio.to_thread(_kept, store, body, key)
    except SQLAlchemyError as error:
        _log.warning("feedback cannot be kept: %s", first_line(error, 200))
        raise unavailable("Feedback cannot be kept.") from error
    return answered(
        FeedbackResponse(**{name: getattr(kept, name) for name in FeedbackResponse.model_fields}),
        201,
    )


def _kept(store: Store, body: FeedbackRequest, key: ApiKey) -> Feedback:
    # A key that cannot execute, such as that of a page where people judge, has none of its own.
    judges_all = ADMIN in key.scopes or not {EXECUTE, COMMENT} & key.scopes
    owner = None if judges_all else key.name
    collector = FeedbackCollector(DatabaseFeedback(store, key_name=key.name, owner=owner))
    return collector.add_feedback(
        execution_id=visible(body.execution_id),
        rating=body.rating,
        corrections=body.corrections,
        score=body.score,
        type=body.type,
        who=body.who or key.name,
        feedback_id=body.feedback_id,
    )
