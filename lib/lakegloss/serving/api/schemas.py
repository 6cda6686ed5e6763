"""Defines the bodies that the routes take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lakegloss.drafting.table_cards import Line, Name, ProposedComment, Strict, TableCard
from lakegloss.serving.executor.result import ExecutionMode

Score = Annotated[float, Field(ge=0, le=10)]
MOST_INPUTS = 1_000


# Programs.


class _Execution(Strict):
    program_id: Name = Field(description="Name of a program; GET programs lists them.")
    mode: ExecutionMode | None = Field(None, description="By default the service's.")
    model: str = Field("", max_length=64, description="By default the service's own.")
    timeout: float | None = Field(None, gt=0, le=3_600, description="Seconds.")


class ExecuteRequest(_Execution):
    """One execution."""

    inputs: dict[str, Any] = Field(description="The program's inputs by name.")
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program_id": "EmailDraft",
                    "inputs": {
                        "recipient": "Ann",
                        "subject": "Lunch",
                        "key_points": "noon, the usual place",
                    },
                    "mode": "normal",
                }
            ]
        }
    )


class BatchRequest(_Execution):
    """Many executions of one program."""

    inputs_list: list[dict[str, Any]] = Field(
        max_length=MOST_INPUTS, description="Inputs of each execution."
    )
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program_id": "SummarizeText",
                    "inputs_list": [{"document": "One."}, {"document": "Two."}],
                }
            ]
        }
    )


class Usage(BaseModel):
    """Tokens of all calls, failed ones among them."""

    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False


class Meta(BaseModel):
    """How an answer came about.

    Attributes:
        fallback_from: models that were asked before this one and gave nothing usable; `rules` in
            `model` says that no model wrote it.
        recorded: whether the execution is in the service's database.
    """

    model_config = ConfigDict(protected_namespaces=())
    request_id: str = ""
    model: str = ""
    fallback_from: list[str] = []
    usage: Usage = Usage()
    cached: bool = False
    attempts: int = 0
    execution_time: float = 0.0
    program_version: str = ""
    version: str = Field("", description="The registered version, such as name/3.")
    variant: str = Field("", description="Of a registered program: champion or challenger.")
    recorded: bool = True
    problems: list[str] = Field([], description="What is wrong with the outputs, if anything.")
    debug_trace: Any = None


class ExecuteResponse(BaseModel):
    """The outputs of an execution."""

    execution_id: str
    success: bool
    program_name: str
    outputs: dict[str, Any] = {}
    error: str = Field("", description="Why it failed; '' where it did not.")
    error_type: str = ""
    execution_time: float = Field(description="Seconds.")
    meta: Meta


class BatchResponse(BaseModel):
    """The results in the order of the inputs; a failure costs no other."""

    results: list[ExecuteResponse]
    successful: int
    failed: int


class ProgramInfo(BaseModel):
    """A program with what it takes and gives."""

    program_id: str
    description: str | None = ""
    inputs: list[str] = []
    input_types: dict[str, str] = {}
    outputs: list[str] = []


class ProgramsResponse(BaseModel):
    """All programs by name, and the models that can be asked for."""

    programs: list[ProgramInfo]
    models: list[str] = []


class ExecutionDetails(BaseModel):
    """An execution as it was recorded. Of inputs only the names are shown."""

    execution_id: str
    request_id: str
    program: str
    program_version: str
    mode: str
    model: str
    success: bool
    error: str
    input_keys: list[str]
    outputs: dict[str, Any]
    input_tokens: int
    output_tokens: int
    execution_time: float
    ended_at: datetime
    variant: str | None = None


# Feedback.


class FeedbackRequest(Strict):
    """What somebody says of an execution: a rating, a score, corrections, or several of them."""

    execution_id: str = Field(min_length=1, max_length=64, description="Of this key's execution.")
    rating: int | None = Field(None, ge=1, le=5, strict=True, description="1 is the worst.")
    score: float | None = Field(
        None, ge=0, le=1, strict=True, allow_inf_nan=False, description="0 is the worst."
    )
    corrections: dict[str, Any] | None = Field(
        None, max_length=1_000, description="Outputs by name as they should have been."
    )
    type: str = Field("", max_length=60, description="What kind of feedback, in your words.")
    who: str = Field("", max_length=200, description="Who says it; by default the key's name.")
    feedback_id: str = Field(
        "", max_length=200, description="Your id of it: what is sent twice is kept once."
    )
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "execution_id": "0c6f...",
                    "rating": 4,
                    "corrections": {"email_body": "Dear Ann, ..."},
                    "feedback_id": "ticket-17",
                }
            ]
        }
    )


class FeedbackResponse(BaseModel):
    """The feedback as it is kept."""

    model_config = ConfigDict(protected_namespaces=())
    feedback_id: str
    execution_id: str
    program: str
    program_version: str
    model: str
    rating: int | None
    score: float | None
    type: str
    at: datetime


class CacheCleared(BaseModel):
    """Caches were cleared."""

    cleared: bool = True


class Health(BaseModel):
    """Whether the service can serve."""

    status: Literal["ok", "unable"]
    version: str
    problems: list[str] = []


# How-might-we.


class GenerateHMWRequest(Strict):
    """Context to ask questions about."""

    insights: list[Line] = Field([], max_length=100)
    metrics: list[Line] = Field([], max_length=100)
    jtbds: list[Line] = Field([], max_length=100, description="Jobs to be done.")
    count: int = Field(5, ge=1, le=20)
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "insights": ["Users leave their carts at the shipping costs."],
                    "metrics": ["Share of carts that are paid"],
                    "jtbds": ["Buy without surprises"],
                    "count": 3,
                }
            ]
        }
    )


class HMW(BaseModel):
    """A question."""

    question: str
    score: Score


class GenerateHMWResponse(BaseModel):
    """Questions, best first."""

    execution_id: str = ""
    hmws: list[HMW]
    reasoning: str
    meta: Meta


class GenerateSolutionsRequest(Strict):
    """Questions to solve, with their context."""

    hmw_questions: list[Line] = Field(min_length=1, max_length=50)
    insights: list[Line] = Field([], max_length=100)
    metrics: list[Line] = Field([], max_length=100)
    jtbds: list[Line] = Field([], max_length=100)
    count: int = Field(5, ge=1, le=20)
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hmw_questions": ["How might we show all costs from the start?"],
                    "metrics": ["Share of carts that are paid"],
                    "count": 2,
                }
            ]
        }
    )


class ProposedSolution(BaseModel):
    """A solution; scores from 0 to 10."""

    title: str
    description: str
    impact_score: Score
    effort_score: Score
    priority_score: Score
    metrics: list[str]


class GenerateSolutionsResponse(BaseModel):
    """Solutions, highest priority first."""

    execution_id: str = ""
    solutions: list[ProposedSolution]
    reasoning: str
    meta: Meta


# Comments.


class CommentsRequest(TableCard):
    """A table's card. Style, language and lengths are by default the service's."""

    timeout: float | None = Field(None, gt=0, le=3_600, description="Seconds.")
    model: str = Field("", max_length=64, description="By default the service's own.")
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "table": "sales.orders",
                    "rows": 336776,
                    "columns": [
                        {"name": "order_id", "type": "bigint", "key_role": "primary"},
                        {
                            "name": "status",
                            "frequent": [
                                {"value": "open", "share": 0.7},
                                {"value": "shipped", "share": 0.3},
                            ],
                        },
                    ],
                }
            ]
        }
    )


class CommentsResponse(BaseModel):
    """Comments of a table, in the order of its columns."""

    execution_id: str
    table: str
    comments: list[ProposedComment]
    meta: Meta
