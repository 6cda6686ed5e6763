"""What programs did in production is measured from what was recorded, and from nothing else."""

import asyncio
import math
import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.learning.judgements import new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.errors import EnvironmentNotReadyError, InputError
from lakegloss.learning import FeedbackCollector
from lakegloss.learning.production.observing import ProductionObserver
from lakegloss.learning.production.production_pipeline import ProductionDataPipeline
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.serving import DSPyPipelineExecutor
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProductionStore]:
    found = ProductionStore(tmp_path / "production.db")
    yield found
    found.close()


def pipeline(store: ProductionStore, **more: Any) -> ProductionDataPipeline:
    return ProductionDataPipeline(store, clock=lambda: NOW, **more)


def run_of(number: int, **facts: Any) -> RecordedExecution:
    given: dict[str, Any] = {
        "execution_id": f"e{number}", "program": "ClassifyText", "variant": "DSPY_A",
        "model": "3b", "inputs": {"text": f"Paper {number} is stuck."},
        "outputs": {"classification": "printing", "confidence": 0.9}, "latency": 100.0,
        "input_tokens": 30, "output_tokens": 5, "at": NOW - timedelta(minutes=number),
    }  # fmt: skip
    return RecordedExecution(**(given | facts))


def say(store: ProductionStore, number: int, score: float | None = None, **more: Any) -> None:
    judged = store.execution(f"e{number}")
    assert judged is not None
    store.add(new_feedback(judged, score=score, now=NOW, **more))


def test_executions_are_recorded_as_they_happen_and_measured(
    store: ProductionStore, tmp_path: Path
) -> None:
    with ProgramServer() as server:
        settings = load_settings(environ={}, home=tmp_path, model="m", endpoint=server.url)
        big = settings.model_copy(update={"model": "big-model"})
        with DSPyPipelineExecutor(
            settings=settings, models={"7b": big}, mlflow_tracking=False, registry=False,
            observers=[ProductionObserver(store, variant="DSPY_A")],
        ) as executor:  # fmt: skip
            good = executor.execute(
                model_id="ExtractEntities", inputs={"text": "Ann met Bob."}, model="7b"
            )
            executor.execute(
                model_id="ExtractEntities", inputs={"text": "Ann met Bob."}, model="7b"
            )
            bad = executor.execute(model_id="ClassifyText", inputs={
                "text": "FAULT:garbage of ann.smith@example.com", "categories": "a"
            })  # fmt: skip
            down = executor.execute(model_id="ClassifyText", inputs={
                "text": "FAULT:401", "categories": "a"
            })  # fmt: skip
            executor.execute(model_id="ExtractEntities", inputs={"text": "x"}, mode="dry_run")
        assert (good.success, bad.success, down.success) == (True, False, False)
    work = ProductionDataPipeline(store)
    found = asyncio.run(work.collect_production_data(hours_back=1))
    assert len(found) == 3, "neither the cache's answer nor the dry run was asked for"
    by_id = {one.execution.execution_id: one.execution for one in found}
    first = by_id[good.execution_id]
    assert (first.model, first.variant, first.latency > 0) == ("7b", "DSPY_A", True)
    assert by_id[bad.execution_id].failed_by == "program"
    assert "ann.smith" not in str(by_id[bad.execution_id].inputs)
    assert by_id[down.execution_id].failed_by == "endpoint"
    only = asyncio.run(work.collect_production_data(24, models=["7b", "3b"]))
    assert [one.execution.execution_id for one in only] == [good.execution_id]
    [batch] = asyncio.run(work.create_evaluation_batch(only))
    [measured] = asyncio.run(work.run_evaluation_batch(batch)).variants
    assert measured.metrics["format_compliance"] == 1.0
    assert measured.hallucination_rate is not None
    assert measured.hallucination_rate > 0, "the fake invents entities"
    assert math.isnan(measured.quality.mean), "nobody judged it"


def test_quality_is_what_people_said(store: ProductionStore) -> None:
    for number in range(6):
        store.record(run_of(number))
    say(store, 0, 0.4)
    say(store, 0, 0.8)  # the newest word counts
    say(store, 1, rating=5)
    say(store, 2, corrections={"classification": "billing"})  # one of two outputs was wrong
    store.record(run_of(7, failed_by="program", outputs={}))
    store.record(run_of(8, failed_by="endpoint", outputs={}))
    found = asyncio.run(pipeline(store).collect_production_data())
    quality = {one.execution.execution_id: one.quality for one in found}
    assert quality == {
        "e0": 0.8, "e1": 1.0, "e2": 0.5, "e3": None, "e4": None, "e5": None, "e7": 0.0, "e8": None,
    }  # fmt: skip
    [top] = asyncio.run(pipeline(store).get_top_performing_variants(days_back=7))
    assert (top.key.variant, top.executions, top.judged, top.failures) == ("DSPY_A", 8, 4, 2)
    assert top.quality.mean == pytest.approx((0.8 + 1.0 + 0.5 + 0.0) / 4)
    assert top.latency == 100.0


def test_few_lucky_judgements_do_not_come_first(store: ProductionStore) -> None:
    number = 0
    for variant, scores in {
        "steady": [0.8, 0.9, 0.85] * 4,
        "lucky": [1.0, 1.0],
        "silent": [],
    }.items():
        for score in scores or [None]:
            store.record(run_of(number, variant=variant))
            if score is not None:
                say(store, number, score)
            number += 1
    top = asyncio.run(pipeline(store).get_top_performing_variants())
    assert [one.key.variant for one in top] == ["steady", "lucky", "silent"]
    assert len(asyncio.run(pipeline(store).get_top_performing_variants(min_executions=2))) == 2


def test_entities_and_relationships_are_compared_with_corrections(store: ProductionStore) -> None:
    entity = {"name": "Ann", "type": "person", "description": ""}
    store.record(run_of(
        0, program="ExtractEntities", inputs={"text": "Ann met Bob."},
        outputs={"entities": [entity]},
    ))  # fmt: skip
    say(store, 0, corrections={"entities": [entity, entity | {"name": "Bob"}]})
    link = {"source": "Ann", "target": "Bob", "relation": "met", "strength": 1.0}
    store.record(run_of(
        1, program="ExtractRelationships", inputs={"text": "Ann met Bob."},
        outputs={"relationships": [link]},
    ))  # fmt: skip
    say(store, 1, corrections={"relationships": [link | {"target": "Eve"}]})
    examples = asyncio.run(pipeline(store).collect_production_data())
    batches = asyncio.run(pipeline(store).create_evaluation_batch(examples, batch_size=50))
    result = asyncio.run(pipeline(store).run_evaluation_batch(batches[0]))
    by_program = {one.key.program: one for one in result.variants}
    entities = by_program["ExtractEntities"]
    assert entities.metrics["entity_f1"] == pytest.approx(2 / 3)
    assert entities.hallucination_rate == 0.0
    assert entities.metrics["format_compliance"] == 1.0
    assert by_program["ExtractRelationships"].metrics["relationship_f1"] == 0.0
    assert result.success_rate == 1.0
    [kept] = store.documents("batch").values()
    assert kept["status"] == "done"
    assert len(kept["executions"]) == 2


def test_what_people_said_of_a_variant_as_such_counts(store: ProductionStore) -> None:
    store.record(run_of(0))
    judged = run_of(9, execution_id="", program="ClassifyText").judged
    for score in (0.2, 0.4):
        store.add(new_feedback(judged, score=score, type="quality", now=NOW))
    [top] = asyncio.run(pipeline(store).get_top_performing_variants())
    assert (top.executions, top.judged) == (1, 2)
    assert top.quality.mean == pytest.approx(0.3)


@pytest.mark.parametrize("sizes", [(120, 50, [50, 50, 20]), (0, 50, []), (3, 1, [1, 1, 1])])
def test_batches_have_their_size(store: ProductionStore, sizes: Any) -> None:
    count, size, expected = sizes
    for number in range(count):
        store.record(run_of(number % 60, execution_id=f"e{number}"))
    found = asyncio.run(pipeline(store).collect_production_data())
    batches = asyncio.run(pipeline(store).create_evaluation_batch(found, batch_size=size))
    assert [len(batch) for batch in batches] == expected

    async def together() -> list[int]:
        work = pipeline(store)
        results = await asyncio.gather(*(work.run_evaluation_batch(b) for b in batches))
        return [result.executions for result in results]

    assert asyncio.run(together()) == expected


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf, True, "24"])
def test_hours_that_are_none_are_refused(store: ProductionStore, wrong: Any) -> None:
    with pytest.raises(InputError, match="hours_back"):
        asyncio.run(pipeline(store).collect_production_data(hours_back=wrong))
    with pytest.raises(InputError, match="batch_size"):
        asyncio.run(pipeline(store).create_evaluation_batch([], batch_size=wrong))


def test_what_is_older_is_not_collected_and_can_be_forgotten(store: ProductionStore) -> None:
    store.record(run_of(1))
    store.record(run_of(2, at=NOW - timedelta(days=3)))
    say(store, 2, 0.5)
    assert len(asyncio.run(pipeline(store).collect_production_data())) == 1
    assert store.forget(NOW - timedelta(days=1)) == 1
    assert len(asyncio.run(pipeline(store).collect_production_data(hours_back=999))) == 1


def test_feedback_of_the_collector_reaches_the_store(store: ProductionStore) -> None:
    store.record(run_of(0))
    collector = FeedbackCollector(store)
    given = collector.add_feedback("e0", rating=2, feedback_id="twice")
    assert collector.add_feedback("e0", rating=2, feedback_id="twice") == given
    assert collector.feedback_count() == 1
    [judged] = collector.get_feedback()
    assert judged.inputs == {"text": "Paper 0 is stuck."}


def _record_many(path: Path, first: int) -> None:
    store = ProductionStore(path)
    for number in range(first, first + 40):
        store.record(run_of(number))
        with store.changing("count", "all", NOW) as body:
            body["n"] = body.get("n", 0) + 1
    store.close()


def test_several_processes_write_and_none_is_lost(store: ProductionStore) -> None:
    fresh = multiprocessing.get_context("fork")  # the child only writes to the file
    workers = [fresh.Process(target=_record_many, args=(store.path, n)) for n in (0, 100)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert store.documents("count") == {"all": {"n": 80}}
    assert len(store.examples(NOW - timedelta(days=9))) == 80


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentNotReadyError, match="cannot be opened"):
        ProductionStore(tmp_path / "file" / "production.db")
    (tmp_path / "broken.db").write_text("this is no database" * 100)
    with pytest.raises(EnvironmentNotReadyError, match="cannot be opened"):
        ProductionStore(tmp_path / "broken.db")


def test_a_file_of_an_older_version_gets_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE executions (execution_id PRIMARY KEY, program, model, at REAL)")
        old.execute("INSERT INTO executions VALUES ('e1', 'ClassifyText', '3b', ?)",
                    (NOW.timestamp(),))  # fmt: skip
    store = ProductionStore(path)
    store.record(run_of(2))
    known, new = store.examples(NOW - timedelta(days=1))[::-1]
    assert (known.execution.execution_id, new.execution.execution_id) == ("e1", "e2")
    assert known.execution.success
    store.close()
