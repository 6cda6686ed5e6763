"""The engine on Spark, against a real HTTP server, on classic and Connect sessions."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest
from pydantic import SecretStr, TypeAdapter
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from lakegloss.core.records import AskedAsset, Response
from lakegloss.core.requests import Message, ModelRequest
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.http.endpoint import Endpoint, endpoint_from
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.engine.outcome import Reason
from lakegloss.engine.spark.partitions import (
    _of_failed_job,
    _Task,
    ask_in_partitions,
    interruptible,
    task_slots,
)
from lakegloss.engine.spark.sql_function import ask_by_ai_query, register_ai_query
from lakegloss.errors import (
    EndpointAuthError,
    EndpointUnavailableError,
    EnvironmentNotReadyError,
    SettingsError,
)
from lakegloss.settings import Settings
from tests.kits.model_server import ModelServer

pytestmark = pytest.mark.spark
_JSON = TypeAdapter(ModelRequest)


def request(number: int, *, max_tokens: int = 300) -> ModelRequest:
    cards = [f"t1 table_{number}: 20 rows", f"c1 amount_{number} double: 3..9", "c2 code string"]
    return ModelRequest(
        model="model-a",
        messages=(
            Message(role="system", content="Write comments."),
            Message(role="user", content=json.dumps({"tables": cards})),
        ),
        schema='{"type":"object"}',
        schema_name="comments",
        max_tokens=max_tokens,
        temperature=None,
        input_tokens=60,
        assets=(
            AskedAsset(id="t1", table=f"s.table_{number}", column="", fingerprint="f"),
            AskedAsset(id="c1", table=f"s.table_{number}", column="amount", fingerprint="f"),
        ),
        program="comment",
        program_version="1",
    )


def carried(task: _Task, requests: list[ModelRequest]) -> list[tuple[str, str]]:
    """What a task makes of requests, as Spark hands them to it."""
    batch = pa.RecordBatch.from_pydict({"request": [_JSON.dump_json(r).decode() for r in requests]})
    made = [row for result in task([batch]) for row in result.to_pylist()]
    return [(row["kind"], row["payload"]) for row in made]


def _task(server: ModelServer, folder: Path) -> _Task:
    return _Task(
        endpoint=Endpoint(base_url=server.url, model="model-a"),
        policy=CallPolicy(in_flight=2),
        parts=1,
        run_id="run-6",
        journal_folder=str(folder),
        asked_before={},
    )


def texts(response: Response) -> dict[str, str]:
    return {c["id"]: c["text"] for c in json.loads(response.text)["comments"]}


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def settings_for(server: ModelServer, **options: object) -> Settings:
    return Settings(model="model-a", endpoint=server.url, in_flight=6, **options)  # type: ignore[arg-type]


@pytest.mark.both_kinds
def test_partitions_answer_each_distinct_request_once(
    spark: SparkSession, server: ModelServer, tmp_path: Path
) -> None:
    settings = settings_for(server, partitions=3)
    requests = [request(n) for n in range(20)] + [request(0)]
    before = server.counts()["requests"]
    seen: list[Response] = []
    outcome = ask_in_partitions(
        spark,
        requests,
        settings,
        endpoint_from(settings),
        "run-1",
        tmp_path,
        on_response=seen.append,
    )
    assert outcome.error is None
    assert [r.request_hash for r in outcome.responses] == [r.request_hash for r in requests[:20]]
    assert all(r.usable and r.transport == "partitions" for r in outcome.responses)
    assert all("amount 7" in texts(r)["c1"] for r in outcome.responses[7:8])
    assert server.counts()["requests"] - before == 20
    journalled = [r for _, batch in read_journal(tmp_path) for r in batch]
    assert sorted(journalled, key=lambda r: r.request_hash) == sorted(
        seen, key=lambda r: r.request_hash
    )
    assert outcome.usage.total == sum(r.input_tokens + r.output_tokens for r in seen)


def test_partitions_keep_to_their_share_of_the_budget(
    connect: SparkSession, server: ModelServer, tmp_path: Path
) -> None:
    settings = settings_for(server, partitions=2, max_tokens_total=1500)
    requests = [request(n) for n in range(30)]
    outcome = ask_in_partitions(
        connect, requests, settings, endpoint_from(settings), "run-2", tmp_path
    )
    assert outcome.usage.total <= 1500
    assert {n.reason for n in outcome.not_asked} == {Reason.BUDGET}
    assert len(outcome.responses) + len(outcome.not_asked) == 30
    assert outcome.responses


def test_a_key_is_not_sent_to_workers(
    spark: SparkSession, server: ModelServer, tmp_path: Path
) -> None:
    settings = settings_for(server, api_key=SecretStr("sk-secret"))
    with pytest.raises(SettingsError, match="api_key_file"):
        ask_in_partitions(spark, [request(1)], settings, endpoint_from(settings), "run-3", tmp_path)


def test_a_key_file_is_read_by_workers(spark: SparkSession, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("sk-from-file\n")
    with ModelServer(key="sk-from-file") as server:
        settings = settings_for(server, api_key_file=key_file)
        good = ask_in_partitions(
            spark, [request(1)], settings, endpoint_from(settings), "run-4", tmp_path / "j"
        )
        key_file.write_text("sk-wrong\n")
        bad = ask_in_partitions(
            spark, [request(1)], settings, endpoint_from(settings), "run-5", tmp_path / "j"
        )
    assert [r.usable for r in good.responses] == [True]
    assert isinstance(bad.error, EndpointAuthError)
    assert "sk-wrong" not in str(bad.error) + bad.responses[0].error


def test_a_second_try_of_a_task_asks_only_what_is_not_journalled(
    server: ModelServer, tmp_path: Path
) -> None:
    task = _task(server, tmp_path)
    first = dict(enumerate(carried(task, [request(1), request(2)])))
    before = server.counts()["requests"]
    second = carried(task, [request(1), request(2), request(3)])
    assert server.counts()["requests"] - before == 1
    assert len(second) == 3
    assert set(first.values()) <= set(second)


def test_a_task_reads_no_environment(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watched(dict[str, str]):
        read: ClassVar[set[str]] = set()

        def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
            self.read.add(key)
            return default

        def __getitem__(self, key: str) -> str:
            self.read.add(key)
            raise KeyError(key)

    task = _task(server, tmp_path)
    carried(task, [request(2)])  # what is imported on the way reads switches of its own
    monkeypatch.setattr(os, "environ", Watched())
    assert len(carried(task, [request(1)])) == 1
    monkeypatch.undo()
    # Switches of the interpreter (asyncio's debug mode) and of Arrow are no secrets.
    read = {name for name in Watched.read if not name.startswith(("PYTHON", "PYARROW"))}
    assert read == set()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("classic", ("result", "errorMessage")),
        ("connect", ("response", "error")),
        ("connect", ("response", "errorStatus")),
    ],
    ids=["result-errorMessage", "response-error", "response-errorStatus"],
)
def test_ai_query_answers_by_row(
    sessions: dict[str, SparkSession],
    kind: str,
    server: ModelServer,
    tmp_path: Path,
    fields: tuple[str, str],
) -> None:
    spark = sessions[kind]
    settings = settings_for(server, transport="ai_query")
    assert register_ai_query(spark, endpoint_from(settings), fields=fields)
    requests = [request(n, max_tokens=300 + 100 * (n % 2)) for n in range(6)]
    journal = Journal(tmp_path, "run-7")
    outcome = ask_by_ai_query(spark, requests, settings, "run-7", journal=journal)
    assert outcome.error is None
    assert [r.request_hash for r in outcome.responses] == [r.request_hash for r in requests]
    assert "amount 5" in texts(outcome.responses[5])["c1"]
    assert all(r.usage_estimated and r.output_tokens > 10 for r in outcome.responses)
    assert {r.transport for r in outcome.responses} == {"ai_query"}
    written = [len(batch) for _, batch in read_journal(tmp_path)]
    assert written == [3, 3], "a chunk for each bucket of max_tokens, durable by itself"


def test_ai_query_gives_errors_by_row(spark: SparkSession, tmp_path: Path) -> None:
    with ModelServer(mode="down") as server:
        settings = settings_for(server, transport="ai_query")
        policy = CallPolicy(in_flight=4, retry=RetryPolicy(attempts=1))
        register_ai_query(spark, endpoint_from(settings), policy=policy)
        few = ask_by_ai_query(spark, [request(1)], settings, "run-8")
        many = ask_by_ai_query(spark, [request(n) for n in range(25)], settings, "run-9")
    assert few.error is None
    assert few.responses[0].error.startswith("server: ")
    assert not few.responses[0].usable
    assert isinstance(many.error, EndpointUnavailableError)
    assert len(many.responses) == 25


def test_ai_query_stops_at_the_budget(connect: SparkSession, server: ModelServer) -> None:
    """A request may cost 360 tokens and costs about half: what is left over is used, too."""
    settings = settings_for(server, transport="ai_query", max_tokens_total=1000)
    register_ai_query(connect, endpoint_from(settings))
    before = server.counts()["requests"]
    outcome = ask_by_ai_query(connect, [request(n) for n in range(12)], settings, "run-10")
    assert outcome.usage.total <= 1000 < outcome.usage.total + 360
    assert server.counts()["requests"] - before == len(outcome.responses) > 2
    assert {n.reason for n in outcome.not_asked} == {Reason.BUDGET}


def test_ai_query_without_the_right_to_query_ends_at_once(
    spark: SparkSession, tmp_path: Path
) -> None:
    with ModelServer(key="other") as locked:
        settings = settings_for(locked, transport="ai_query")
        register_ai_query(spark, endpoint_from(settings))
        requests = [request(n, max_tokens=300 + 100 * (n % 2)) for n in range(8)]
        outcome = ask_by_ai_query(spark, requests, settings, "run-12")
    assert isinstance(outcome.error, EndpointAuthError)
    assert len(outcome.responses) == len(outcome.not_asked) == 4


def test_ai_query_of_an_unknown_spelling_is_not_paid_for(
    spark: SparkSession, server: ModelServer
) -> None:
    settings = settings_for(server, transport="ai_query")
    register_ai_query(spark, endpoint_from(settings), fields=("outcome", "problem"))
    before = server.counts()["requests"]
    outcome = ask_by_ai_query(spark, [request(1)], settings, "run-13")
    assert isinstance(outcome.error, EndpointUnavailableError)
    assert "outcome" in str(outcome.error)
    assert server.counts()["requests"] == before


def test_no_more_tasks_than_run_at_once(
    spark: SparkSession, server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The share of a task that waits would lie idle."""
    slots = task_slots(spark)
    assert 1 <= slots <= 64
    made: list[_Task] = []

    def making(**fields: Any) -> _Task:
        made.append(_Task(**fields))
        return made[-1]

    monkeypatch.setattr("lakegloss.engine.spark.partitions._Task", making)
    settings = settings_for(server, partitions=1000)
    requests = [request(n) for n in range(300, 340)]
    outcome = ask_in_partitions(
        spark, requests, settings, endpoint_from(settings), "run-14", tmp_path
    )
    assert all(r.usable for r in outcome.responses)
    assert [task.parts for task in made] == [min(slots, settings.in_flight, len(requests))]


def test_a_task_that_starts_late_keeps_the_runs_deadline(
    server: ModelServer, tmp_path: Path
) -> None:
    late = replace(_task(server, tmp_path), ends_at=time.time() - 1)
    before = server.counts()["requests"]
    told = [json.loads(payload) for kind, payload in carried(late, [request(900)])]
    assert [t["reason"] for t in told] == [Reason.DEADLINE]
    assert server.counts()["requests"] == before


def test_the_session_serves_on_after_an_interrupt(spark: SparkSession) -> None:
    def user(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), interruptible(spark):
        user(spark.range(3).collect())
    assert spark.range(3).count() == 3


def test_a_job_that_spark_gives_up_keeps_what_was_journalled(
    server: ModelServer, tmp_path: Path
) -> None:
    task = _task(server, tmp_path)
    carried(task, [request(1)])
    unique = {r.request_hash: r for r in (request(1), request(2))}
    outcome = _of_failed_job(unique, task, PySparkException("executor lost"), None)
    assert [r.usable for r in outcome.responses] == [True]
    assert [n.request for n in outcome.not_asked] == [request(2)]
    assert "executor lost" in str(outcome.error)


def test_a_journal_that_workers_cannot_write_is_named(
    spark: SparkSession, server: ModelServer, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    settings = settings_for(server, partitions=1)
    outcome = ask_in_partitions(
        spark, [request(1)], settings, endpoint_from(settings), "run-11", blocked / "journal"
    )
    assert isinstance(outcome.error, EnvironmentNotReadyError)
    assert "journal" in str(outcome.error)
    assert len(outcome.responses) == 1
