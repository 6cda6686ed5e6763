"""Requests in tasks of Spark, each with an engine of its own."""

import json
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pyspark.sql import Row, SparkSession
from pyspark.sql.types import StringType, StructField, StructType

from lakegloss import errors
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.core.text.causes import first_line
from lakegloss.engine.attempt import Usage
from lakegloss.engine.caller import CallPolicy, policy_from
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.journal import (
    Journal,
    read_journal,
    response_from_json,
    response_to_json,
)
from lakegloss.engine.limits.budget import Allowance
from lakegloss.engine.outcome import Outcome, Reason, collected, merge_identical, usage_of
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import EndpointError, LakeglossError
from lakegloss.settings_views import CallSettings

_REQUEST: TypeAdapter[ModelRequest] = TypeAdapter(ModelRequest)
_REQUESTS = StructType([StructField("request", StringType(), nullable=False)])
_RESULTS = StructType(
    [
        StructField("kind", StringType(), nullable=False),
        StructField("payload", StringType(), nullable=False),
    ]
)
_MOST_SLOTS = 4096
_ANSWER, _NOT_ASKED, _ERROR = "answer", "not_asked", "error"
_Rows = Iterator[tuple[str, str]]


def ask_in_partitions(
    spark: SparkSession,
    requests: Sequence[ModelRequest],
    settings: CallSettings,
    endpoint: Endpoint,
    run_id: str,
    journal_folder: Path,
    *,
    allowance: Allowance | None = None,
    asked_before: Mapping[str, int] | None = None,
    on_response: Callable[[Response], None] | None = None,
) -> Outcome:
    """Ask all requests from tasks of Spark, each with a fixed share of the limit and the budget.

    There are no more tasks than run at the same time: the share of one that waits would lie idle.
    Answers are in the journal as they arrive; `on_response` sees them when the job is over.

    Args:
        journal_folder: a folder that driver and workers share (a Volume on Databricks).
        allowance: what is left of the run's budget, by default that of the settings.
        asked_before: attempts made in this run at a request, by hash.

    Raises:
        SettingsError: the endpoint's key must not leave the driver.
    """
    unique = merge_identical(requests)
    if not unique:
        return Outcome()
    policy = replace(policy_from(settings, endpoint=endpoint.base_url), transport="partitions")
    if allowance is not None:
        policy = replace(policy, allowance=allowance)
    parts = min(settings.partitions, policy.in_flight, len(unique))
    if parts > 1:
        parts = min(parts, task_slots(spark))
    task = _Task(
        endpoint=endpoint.for_partitions(),
        policy=policy,
        parts=parts,
        run_id=run_id,
        journal_folder=str(journal_folder.absolute()),
        ends_at=None if policy.run_timeout is None else time.time() + policy.run_timeout,
        asked_before={k: n for k, n in (asked_before or {}).items() if k in unique},
    )
    rows = [(json.dumps(_REQUEST.dump_python(r, mode="json")),) for r in unique.values()]
    frame = spark.createDataFrame(rows, _REQUESTS).repartition(parts)
    try:
        with interruptible(spark):
            results = frame.mapInArrow(task, _RESULTS).collect()
    except SPARK_ERRORS as error:
        return _of_failed_job(unique, task, error, on_response)
    return _outcome(unique, results, on_response)


def task_slots(spark: SparkSession) -> int:
    """How many tasks run at the same time; asked in SQL, as Connect has no other way."""
    places = spark.range(_MOST_SLOTS).selectExpr("spark_partition_id() AS place")
    try:
        [row] = places.selectExpr("max(place) + 1 AS slots").collect()
    except SPARK_ERRORS:
        return _MOST_SLOTS  # the job itself will tell what is wrong
    return int(row.slots)


@contextmanager
def interruptible(spark: SparkSession) -> Iterator[None]:
    """Ends what runs on Spark inside it when the user interrupts."""
    tag = f"lakegloss-{uuid.uuid4().hex}"
    spark.addTag(tag)
    try:
        yield
    except KeyboardInterrupt:
        spark.interruptTag(tag)
        raise
    finally:
        spark.removeTag(tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a task does; it travels to the workers, so there is no key in it and no environment."""

    endpoint: Endpoint
    policy: CallPolicy
    parts: int
    run_id: str
    journal_folder: str
    asked_before: Mapping[str, int]
    ends_at: float | None = None
    """When the run ends, by the clock on the wall: tasks start late and on other machines."""

    def __call__(self, batches: Iterable[Any]) -> Iterable[Any]:
        """Record batches of requests to record batches of results."""
        import pyarrow as pa

        requests = [
            _REQUEST.validate_json(text)
            for batch in batches
            for text in batch.column("request").to_pylist()
        ]
        if requests:
            results = list(self._carry(requests))
            kinds, payloads = zip(*results, strict=True)
            yield pa.RecordBatch.from_pydict({"kind": list(kinds), "payload": list(payloads)})

    def _carry(self, requests: Sequence[ModelRequest]) -> _Rows:
        earlier = self._attempts_before({r.request_hash for r in requests})
        done = {r.request_hash for r in earlier if r.usable}
        open_requests = [r for r in requests if r.request_hash not in done]
        yield from ((_ANSWER, response_to_json(r)) for r in earlier)
        attempts: list[Response] = []
        journal = Journal(Path(self.journal_folder), self.run_id)
        with Engine(
            HttpTransport(self.endpoint),
            self._share(earlier),
            run_id=self.run_id,
            journal=journal,
            asked_before=self._numbers(earlier),
        ) as engine:
            outcome = engine.ask(open_requests, on_response=attempts.append)
        yield from ((_ANSWER, response_to_json(r)) for r in attempts)
        for skipped in outcome.not_asked:
            payload = {"request_hash": skipped.request.request_hash, "reason": skipped.reason}
            yield _NOT_ASKED, json.dumps(payload)
        if outcome.error is not None:
            yield _ERROR, _error_to_json(outcome.error)

    def _numbers(self, earlier: Iterable[Response]) -> Mapping[str, int]:
        """How often each request was asked, those of earlier tries of this task among it."""
        numbers = dict(self.asked_before)
        for response in earlier:
            known = numbers.get(response.request_hash, 0)
            numbers[response.request_hash] = max(known, response.attempt)
        return numbers

    def _share(self, earlier: Iterable[Response]) -> CallPolicy:
        """This task's part of the limit, and of the budget what earlier tries left of it."""
        spent = sum((usage_of(response) for response in earlier), Usage())
        cap, place = self.policy.in_flight, _partition()
        in_flight = cap // self.parts + (1 if place % self.parts < cap % self.parts else 0)
        left = None if self.ends_at is None else max(self.ends_at - time.time(), 0.0)
        return replace(
            self.policy,
            in_flight=in_flight,
            allowance=self.policy.allowance.share(self.parts).less(spent),
            run_timeout=left,
        )

    def _attempts_before(self, mine: Collection[str]) -> list[Response]:
        """What an earlier try of this task, or of its stage, has in the journal: paid once."""
        return [
            r
            for _, responses in read_journal(Path(self.journal_folder))
            for r in responses
            if r.run_id == self.run_id
            and r.request_hash in mine
            and r.attempt > self.asked_before.get(r.request_hash, 0)
        ]


def _partition() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return context.partitionId() if context else 0


def _outcome(
    requests: Mapping[str, ModelRequest],
    results: Iterable[Row],
    on_response: Callable[[Response], None] | None,
) -> Outcome:
    answers: list[Response] = []
    reasons: dict[str, Reason] = {}
    error: LakeglossError | None = None
    for row in results:
        if row.kind == _ANSWER:
            answers.append(response_from_json(row.payload))
        elif row.kind == _NOT_ASKED:
            told = json.loads(row.payload)
            reasons[told["request_hash"]] = Reason(told["reason"])
        else:
            error = error or _error_from_json(row.payload)
    return collected(requests, answers, reasons, error, on_response)


def _of_failed_job(
    requests: Mapping[str, ModelRequest],
    task: _Task,
    error: Exception,
    on_response: Callable[[Response], None] | None,
) -> Outcome:
    """What the journal holds of a job that Spark gave up."""
    answers = [
        r
        for _, responses in read_journal(Path(task.journal_folder))
        for r in responses
        if r.run_id == task.run_id
        and r.request_hash in requests
        and r.attempt > task.asked_before.get(r.request_hash, 0)
    ]
    failure = EndpointError(
        f"The Spark job that asks the model failed: {first_line(error, 500)}",
        remedy="Answers so far are kept; run again, or set transport to 'driver'.",
    )
    return collected(requests, answers, {}, failure, on_response)


def _error_to_json(error: LakeglossError) -> str:
    told = {"type": type(error).__name__, "message": error.message, "remedy": error.remedy}
    return json.dumps(told)


def _error_from_json(payload: str) -> LakeglossError:
    told = json.loads(payload)
    kind = getattr(errors, told["type"], EndpointError)
    made: LakeglossError = kind(told["message"], remedy=told["remedy"])
    return made
