"""Asks requests by the SQL function `ai_query`: the platform's, or a local stand-in."""

import json
import logging
import os
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession
from pyspark.sql.types import DataType, StringType, StructField, StructType

from lakegloss.core.records import Response
from lakegloss.core.requests import Message, ModelRequest, estimate
from lakegloss.core.text.causes import first_line
from lakegloss.engine.attempt import Attempt, Failure, clean
from lakegloss.engine.caller import CallPolicy, policy_from, response_of
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock
from lakegloss.engine.ends import key_remedy, used_up
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.http.refusals import of_the_form
from lakegloss.engine.journal import Journal
from lakegloss.engine.limits.budget import Allowance, affordable
from lakegloss.engine.outcome import Outcome, Reason, collected, merge_identical
from lakegloss.engine.spark.ai_query import (
    Chunk,
    answer_fields,
    chunks,
    flatten,
    hopeless,
    kind_of_row,
    read_answer,
    read_response_format,
    refused_form,
)
from lakegloss.engine.spark.partitions import interruptible
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import (
    EndpointAuthError,
    EndpointUnavailableError,
    LakeglossError,
    SettingsError,
)
from lakegloss.settings_views import AskSettings

_PROMPTS = StructType(
    [
        StructField("request_hash", StringType(), nullable=False),
        StructField("prompt", StringType(), nullable=False),
    ]
)
_log = logging.getLogger(__name__)
_UNKNOWN_FUNCTION = re.compile(r"(?i)UNRESOLVED_ROUTINE|UNDEFINED_FUNCTION|undefined function")
_IN_FLIGHT_A_BATCH = 8
"""Calls in flight of one batch of rows where nobody divided the cap: every task has a batch."""
_FORBIDDEN = re.compile(r"(?i)permission|forbidden|unauthori[sz]ed|\b40[13]\b")


def ask_by_ai_query(
    spark: SparkSession,
    requests: Sequence[ModelRequest],
    settings: AskSettings,
    run_id: str,
    *,
    journal: Journal | None = None,
    allowance: Allowance | None = None,
    asked_before: Mapping[str, int] | None = None,
    on_response: Callable[[Response], None] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome:
    """Ask all requests by `ai_query`, one statement per chunk, each collected once.

    The model of a request names the serving endpoint. Each chunk is in the journal before the next
    one is asked. The platform retries, so each request has one attempt here. A chunk that the
    budget does not cover is cut to the requests that fit at their highest cost; later chunks may
    spend what it did not use. The deadline is checked between chunks: a statement that runs is
    paid for.

    Args:
        allowance: what is left of the run's budget; by default the budget of the settings.
        asked_before: attempts made in this run at a request, by hash.
    """
    policy = policy_from(settings.calls, endpoint="ai_query")
    policy = replace(policy, transport="ai_query", allowance=allowance or policy.allowance)
    run = ChunkRun(spark, policy, run_id, journal, dict(asked_before or {}), clock)
    unique = merge_identical(requests)
    reason, error = run.ask(chunks(unique, structured=settings.structured))
    reasons = dict.fromkeys(unique, reason)
    return collected(unique, run.answers, reasons, error, on_response)


class ChunkRun:
    """Asks chunk after chunk, as long as budget, time and endpoint allow."""

    def __init__(
        self,
        spark: SparkSession,
        policy: CallPolicy,
        run_id: str,
        journal: Journal | None,
        numbers: dict[str, int],
        clock: Clock,
    ) -> None:
        self._spark = spark
        self._policy = policy
        self._run_id = run_id
        self._journal = journal
        self._numbers = numbers
        self._clock = clock
        self._start = clock.monotonic()
        self._allowance = policy.allowance
        self._answered = False
        self._refused_forms: set[str] = set()
        self._taken_forms: set[str] = set()  # as written: an endpoint may take one schema only
        self.answers: list[Response] = []

    def ask(self, pending: Sequence[Chunk]) -> tuple[Reason, LakeglossError | None]:
        """Ask the chunks. Returns why the rest, if any, was not asked, and the error."""
        timeout = self._policy.run_timeout
        waiting = deque(pending)
        while waiting:
            if timeout is not None and self._clock.monotonic() - self._start >= timeout:
                return Reason.DEADLINE, None
            chunk = waiting.popleft()
            fitting = affordable(list(chunk.requests.values()), self._allowance)
            if not fitting:
                return Reason.BUDGET, None
            part, rest = chunk.split(fitting)
            if rest.requests:
                waiting.appendleft(rest)
            ended = self._ask_chunk(part)
            if ended is not None:
                return ended
        return Reason.ENDPOINT, None

    def _ask_chunk(self, chunk: Chunk) -> tuple[Reason, LakeglossError | None] | None:
        """Ask one chunk. Returns why the run ends with it; None where the run goes on."""
        forms = [form for form in (chunk, *chunk.simpler()) if self._may_be_asked(form)]
        said = ""
        for number, form in enumerate(forms):
            is_last = number + 1 == len(forms)
            try:
                attempts = self.ask_chunk(form)
            except SPARK_ERRORS as error:
                said = first_line(error, 500)
                if is_last or not of_the_form(said):
                    break
                continue
            except LakeglossError as error:
                return Reason.JOURNAL, error
            except ValueError as error:  # a failure struct with unknown names; nothing was paid
                said = str(error)
                break
            taken = form.response_format in self._taken_forms  # then the messages are refused
            if refused_form(list(attempts.values())) and not is_last and not taken:
                continue
            said = self._kept(form, attempts)
            if form.structured != chunk.structured and not said:
                self._settle_on(form, chunk)
            break
        return (Reason.ENDPOINT, _refused(chunk.model, said)) if said else None

    def _may_be_asked(self, form: Chunk) -> bool:
        """Whether the endpoint has not refused this form before; no form is always allowed."""
        return form.structured == "off" or form.structured not in self._refused_forms

    def _settle_on(self, form: Chunk, first: Chunk) -> None:
        """Ask in a weaker form from now on."""
        for tried in (first, *first.simpler()):
            if tried.structured == form.structured:
                break
            self._refused_forms.add(tried.structured)
        _log.warning(
            "ai_query refuses the form of the request for %r; from now on it is asked with "
            "structured=%s; set structured to %r to ask so from the start",
            form.model, form.structured, form.structured,
        )  # fmt: skip

    def ask_chunk(self, chunk: Chunk) -> dict[str, Attempt]:
        """Run one statement. Returns the attempts by request hash."""
        start = self._clock.monotonic()
        rows = [(key, flatten(request.messages)) for key, request in chunk.requests.items()]
        frame = self._spark.createDataFrame(rows, _PROMPTS).selectExpr(
            "request_hash", f"{chunk.expression()} AS answer"
        )
        read = _reader(frame.schema["answer"].dataType)
        with interruptible(self._spark):
            rows_back = frame.collect()
        latency = self._clock.monotonic() - start
        return {
            key: read_answer(*read(answer), chunk.requests[key], latency=latency)
            for key, answer in rows_back
        }

    def _kept(self, chunk: Chunk, attempts: Mapping[str, Attempt]) -> str:
        """Keep the answers. Returns an error which shows that more requests would fail; else ''."""
        for key, attempt in attempts.items():
            self._keep(key, chunk.requests[key], attempt)
        if self._journal is not None:
            self._journal.flush()
        if any(attempt.failure is None for attempt in attempts.values()):
            self._answered = True
            self._taken_forms.add(chunk.response_format)
        return hopeless(list(attempts.values()), answered_before=self._answered)

    def _keep(self, key: str, request: ModelRequest, attempt: Attempt) -> None:
        self._numbers[key] = self._numbers.get(key, 0) + 1
        response = response_of(
            request,
            attempt,
            request_hash=key,
            number=self._numbers[key],
            run_id=self._run_id,
            policy=self._policy,
            clock=self._clock,
        )
        self._allowance = self._allowance.less(attempt.usage)
        self.answers.append(response)
        if self._journal is not None:
            self._journal.add(response)


def _refused(model: str, said: str) -> LakeglossError:
    kind, words = kind_of_row(said)
    detail = clean(words)
    if kind is Failure.QUOTA:
        return used_up(model, Attempt(failure=kind, detail=detail))
    if kind is Failure.AUTH or _FORBIDDEN.search(said):
        expired = "expired" in said.lower() or "401" in said
        return EndpointAuthError(
            f"ai_query may not use the endpoint {model!r}: {detail}",
            remedy=key_remedy(said)
            if expired
            else "Ask for CAN QUERY on the endpoint, then run again.",
        )
    return EndpointUnavailableError(
        f"ai_query brought no answer from the endpoint {model!r}: {detail}",
        remedy="Check the model's name and that this compute has ai_query (`lakegloss doctor`), "
        "or set transport to 'driver'.",
    )


def _reader(kind: DataType) -> Callable[[Any], tuple[str | None, str | None]]:
    """Make the function that reads an answer's text and error, by the names in its type."""
    if not isinstance(kind, StructType):
        return lambda answer: (answer, None)
    text, error = answer_fields(kind.names)

    def read(answer: Any) -> tuple[str | None, str | None]:
        return (None, None) if answer is None else (_plain(answer[text]), _plain(answer[error]))

    return read


def _plain(value: Any) -> str | None:
    """A text as it is; a struct (an answer by a schema, an error with a code) as JSON."""
    if isinstance(value, Row):
        fields = value.asDict(recursive=True)
        return json.dumps(fields, default=str) if any(fields.values()) else None
    return None if value is None else str(value)


class AiQuery(StrEnum):
    """What `ai_query` is in a session: nothing, the platform's own, or a local stand-in."""

    ABSENT = "absent"
    OWN = "own"
    STAND_IN = "stand-in"


def find_ai_query(spark: SparkSession) -> AiQuery:
    """What `ai_query` is, found by the analysis of a call; nothing is asked.

    A catalog that lists functions may leave out what is built in. An analysis leaves nothing out:
    only what is not there is an unresolved routine, and the platform's own either gives text to
    such a call or refuses its endpoint, where a stand-in always gives the failure struct.
    """
    try:
        kind = spark.sql("SELECT ai_query('lakegloss-probe', 'x') AS a").schema["a"].dataType
    except PySparkException as error:
        return AiQuery.ABSENT if _is_unknown_function(error) else AiQuery.OWN
    return AiQuery.STAND_IN if isinstance(kind, StructType) else AiQuery.OWN


def has_ai_query(spark: SparkSession) -> bool:
    """Whether the session brings `ai_query` itself; the stand-in does not count."""
    return find_ai_query(spark) is AiQuery.OWN


def require_local(spark: SparkSession) -> None:
    """See that this session is not Databricks', where a stand-in reaches no network.

    Raises:
        SettingsError: it is.
    """
    if "DATABRICKS_RUNTIME_VERSION" in os.environ or _knows_databricks(spark):
        raise SettingsError(
            "This compute of Databricks has no SQL function 'ai_query'.",
            remedy="Run it on serverless compute, or set transport to 'driver'.",
        )


def _knows_databricks(spark: SparkSession) -> bool:
    """Whether the session is Databricks', also from afar: open Spark has no such function."""
    try:
        spark.sql("SELECT current_version()").schema  # noqa: B018 - Connect analyses only then
    except PySparkException as error:
        return not _is_unknown_function(error)
    return True


def _is_unknown_function(error: PySparkException) -> bool:
    return bool(_UNKNOWN_FUNCTION.search(str(error)))


def register_ai_query(
    spark: SparkSession,
    endpoint: Endpoint,
    *,
    policy: CallPolicy | None = None,
    fields: tuple[str, str] = ("result", "errorMessage"),
) -> bool:
    """Register a stand-in for `ai_query`, over any OpenAI-compatible endpoint.

    The stand-in has the parameters of the platform's function, but always returns the failure
    struct. Its first argument names the model.

    Args:
        policy: the bounds for the calls of one batch of rows; a run gives its share of the cap.
        fields: the struct's names for the text and the error.

    Returns:
        Whether it was registered: not where the session has an `ai_query` of its own.

    Raises:
        SettingsError: the endpoint's key must not leave the driver, or the session is Databricks':
            code on its workers reaches no network.
    """
    found = find_ai_query(spark)
    if found is AiQuery.OWN:
        return False
    if found is AiQuery.ABSENT:
        require_local(spark)
    bounds = replace(
        policy or CallPolicy(in_flight=_IN_FLIGHT_A_BATCH),
        transport="ai_query",
        endpoint=endpoint.base_url,
    )
    function = _stand_in(endpoint.for_partitions(), bounds, fields)
    spark.udf.register("ai_query", function)
    return True


def _stand_in(endpoint: Endpoint, policy: CallPolicy, fields: tuple[str, str]) -> Any:
    import pandas as pd
    from pyspark.sql.pandas.functions import pandas_udf

    absent: Any = None  # Spark wants plain types as hints
    address, kind = endpoint, StructType([StructField(name, StringType()) for name in fields])

    def ai_query(
        endpoint: pd.Series,
        request: pd.Series,
        returnType: pd.Series = absent,  # noqa: ARG001, N803
        failOnError: pd.Series = absent,  # noqa: ARG001, N803
        modelParameters: pd.DataFrame = absent,  # noqa: N803
        responseFormat: pd.Series = absent,  # noqa: N803
    ) -> pd.DataFrame:
        count = len(request)
        rows: Any = zip(
            endpoint,
            request,
            [{}] * count if modelParameters is None else modelParameters.to_dict("records"),
            [None] * count if responseFormat is None else responseFormat,
            strict=True,
        )
        return pd.DataFrame(_answers(list(rows), address, policy), columns=list(fields))

    make: Any = pandas_udf  # its overloads know no such function
    return make(ai_query, kind)


_Row = tuple[str, str | None, Mapping[str, Any], str | None]


def _answers(
    rows: Sequence[_Row], endpoint: Endpoint, policy: CallPolicy
) -> list[tuple[str | None, str | None]]:
    """The text or error of each row; a NULL prompt asks nothing and gives (None, None)."""
    if not rows:
        return []
    try:
        structured = read_response_format(rows[0][3])[0]
        requests = [None if row[1] is None else _request(*row) for row in rows]
    except ValueError as error:
        return [(None, f"400 {error}")] * len(rows)
    transport = HttpTransport(replace(endpoint, structured=structured))
    with Engine(transport, policy, run_id="ai_query") as engine:
        outcome = engine.ask([r for r in requests if r is not None])
    said = {
        r.request_hash: (r.text, None) if r.usable else (None, r.error) for r in outcome.responses
    }
    lost = (None, str(outcome.error or "not asked"))
    return [(None, None) if r is None else said.get(r.request_hash, lost) for r in requests]


def _request(
    model: str, prompt: str | None, parameters: Mapping[str, Any], response_format: str | None
) -> ModelRequest:
    _, schema, name = read_response_format(response_format)
    temperature = parameters.get("temperature")
    text = prompt or ""
    return ModelRequest(
        model=model,
        messages=(Message(role="user", content=text),),
        schema=schema,
        schema_name=name,
        max_tokens=int(parameters.get("max_tokens", 1024)),
        temperature=None if temperature is None else float(temperature),
        input_tokens=estimate(text),
        assets=(),
        program="ai_query",
        program_version="",
    )
