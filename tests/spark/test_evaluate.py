"""Evaluations on real Spark and Delta: what is hidden, what is paid once, what is recorded."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.learning.splits import Split
from lakegloss.core.statistics.intervals import Conclusion
from lakegloss.errors import BudgetExceededError, InputError
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS
from lakegloss.learning.answering import AskingPlan, EvaluatedVersion
from lakegloss.learning.evaluation import evaluate
from lakegloss.programs.comment import CommentProgram
from lakegloss.release.evaluated import record_evaluation
from lakegloss.settings import Settings, load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.bundle_checks import load_script
from tests.kits.described_tables import TABLES
from tests.kits.model_server import asked_ids
from tests.kits.places import ROOT

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]
Make = Callable[..., Settings]
BUILT_IN = EvaluatedVersion(label="built-in", program=CommentProgram())
RULES = EvaluatedVersion(label="rules")
GOOD = {column: good for columns in TABLES.values() for column, (_, good) in columns.items()}
NAMES = sorted(table.replace(".", "_") for table in TABLES)


def good_answers(body: Mapping[str, Any], _: object, __: int) -> Said:
    """What a good model would write: the second writer's texts, with the names, as models do."""
    asked = asked_ids(body["messages"])
    texts = [
        {
            "id": id_,
            "text": f"{GOOD.get(name, 'Trips of a boat.')[:-1]} ({name.replace('_', ' ')}).",
        }
        for id_, name in asked.items()
    ]
    usage = {"prompt_tokens": 700, "completion_tokens": 400}
    return 200, {**completion(json.dumps({"comments": texts})), "usage": usage}


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(good_answers) as running:
        yield running


@pytest.fixture(scope="module")
def lake(classic: SparkSession) -> Iterator[str]:
    """The tables of the kit with the first writer's comments, as people's."""
    schema = "evaluated_lake"
    classic.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    classic.sql(f"CREATE SCHEMA {schema}")
    for table, columns in TABLES.items():
        fields = ", ".join(
            f"`{column}` STRING COMMENT '{reference.replace(chr(39), '')}'"
            for column, (reference, _) in columns.items()
        )
        classic.sql(
            f"CREATE TABLE {schema}.{table.replace('.', '_')} ({fields}, id INT) USING delta"
        )
    yield schema
    classic.sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def make(gloss: str, tmp_path: Path, server: AnsweringServer) -> Make:
    def settings(**options: Any) -> Settings:
        given = {"model": "m", "endpoint": server.url, "home": tmp_path / "home", **options}
        return load_settings(environ={}, schema_name=gloss, **given)

    return settings


@pytest.mark.slow
def test_a_model_is_compared_with_the_rules_and_paid_once(
    spark: SparkSession,
    lake: str,
    make: Make,
    server: AnsweringServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mlflow import MlflowClient

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    settings = make(price_input=1.0, price_output=2.0)
    report = evaluate(spark, settings, BUILT_IN, against=RULES, patterns=[f"{lake}.*"])
    sent = json.dumps(server.bodies)
    for columns in TABLES.values():
        for reference, _ in columns.values():
            assert reference not in sent, "a hidden comment was shown"
    assert report.comparison is not None
    assert report.comparison.conclusion is Conclusion.BETTER
    assert (report.items, len(report.tables)) == (len(GOOD), len(TABLES))
    model, rules = report.versions
    assert model.written > 0.9
    assert rules.spent.input_tokens == 0
    assert model.spent.cost
    assert model.score.mean > 0.6 > rules.score.mean

    page, run = record_evaluation(report, settings, tmp_path / "pages" / "e.html")
    assert re.search(r"built-in.*against.*rules.*better", page.read_text(encoding="utf-8"))
    client = MlflowClient(tracking_uri=f"sqlite:///{settings.home.absolute()}/mlflow.db")
    recorded = client.get_run(run).data
    assert recorded.metrics["difference"] == pytest.approx(report.comparison.difference.mean)
    assert recorded.params["data_hash"] == report.data_hash
    files = {item.path for item in client.list_artifacts(run)}
    assert files == {"data.jsonl", "evaluation.html", "items.jsonl"}

    ledgers, calls = Ledgers(spark, settings), len(server.bodies)
    again = evaluate(spark, settings, BUILT_IN, against=RULES, patterns=[f"{lake}.*"])
    assert len(server.bodies) == calls
    assert again.data_hash == report.data_hash
    assert [v.score for v in again.versions] == [v.score for v in report.versions]
    assert again.versions[0].spent.input_tokens == model.spent.input_tokens
    rows = ledgers.read(EVALUATIONS).orderBy("evaluated_at").collect()
    assert [r.label for r in rows].count("built-in") == 2
    assert {r.against for r in rows if r.label == "built-in"} == {"rules"}
    items = ledgers.read(EVALUATION_ITEMS).where(f"evaluation_id = '{rows[0].evaluation_id}'")
    assert items.count() == len(GOOD)


def test_an_answer_that_saw_the_comment_is_no_answer(
    classic: SparkSession, lake: str, make: Make, server: AnsweringServer
) -> None:
    settings = make(policy="all")
    name = f"{lake}.{NAMES[0]}"
    describe(classic, settings, [name])
    before = len(server.bodies)
    evaluate(classic, settings, BUILT_IN, patterns=[name])
    assert len(server.bodies) == before + 1
    assert describe(classic, settings, [name]).calls == 0, "blind answers are nothing to describe"


@pytest.mark.deep
def test_a_budget_that_ends_leaves_nothing_concluded_and_nothing_lost(
    classic: SparkSession, lake: str, make: Make, server: AnsweringServer
) -> None:
    plans: list[AskingPlan] = []

    def refuse(plan: AskingPlan) -> bool:
        plans.append(plan)
        return False

    refused = evaluate(classic, make(), BUILT_IN, patterns=[f"{lake}.*"], agree=refuse)
    assert refused.not_asked == {"not agreed": plans[0].requests}
    assert plans[0].input_tokens > 100
    assert not server.bodies
    small = make(max_tokens_total=3_000, request_tokens=700)
    report = evaluate(classic, small, BUILT_IN, patterns=[f"{lake}.*"])
    assert report.status == "stopped"
    assert report.not_asked["budget"] > 0
    assert not report.versions
    assert Ledgers(classic, small).read(EVALUATIONS).count() == 0
    answered = [json.dumps(body["messages"]) for body in server.bodies]
    assert answered
    done = evaluate(classic, make(request_tokens=700), BUILT_IN, patterns=[f"{lake}.*"])
    assert done.status == "done"
    later = [json.dumps(body["messages"]) for body in server.bodies[len(answered) :]]
    assert not set(answered) & set(later)
    assert done.versions[0].spent.reused >= len(answered)


KILLED = """
import sys
from pathlib import Path
from pyspark.sql.connect.session import SparkSession
from lakegloss.learning.answering import AskingPlan, EvaluatedVersion
from lakegloss.learning.evaluation import evaluate
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import load_settings
remote, home, schema, endpoint, tables = sys.argv[1:]
settings = load_settings(
    environ={}, home=Path(home), schema_name=schema, model="m", endpoint=endpoint
)
spark = SparkSession.builder.remote(remote).getOrCreate()
evaluate(spark, settings, EvaluatedVersion(label="built-in", program=CommentProgram()),
         patterns=[tables])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        # test_crash.py kills a run, too; test_a_budget_that_ends... has one that goes on.
        pytest.param("evaluate.drafted", marks=pytest.mark.soak),
        pytest.param("sweep.appended", marks=pytest.mark.soak),
        pytest.param("evaluate.items", marks=pytest.mark.soak),
    ],
)
def test_a_killed_evaluation_goes_on(
    classic: SparkSession, remote: str, lake: str, make: Make, server: AnsweringServer, point: str
) -> None:
    settings = make()
    given = [remote, str(settings.home), settings.schema_name, server.url, f"{lake}.*"]
    environ = {**os.environ, "LAKEGLOSS_FAULT": point, "PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *given], env=environ, capture_output=True, check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 137, done.stderr[-800:]
    calls = len(server.bodies)
    assert calls
    report = evaluate(classic, settings, BUILT_IN, patterns=[f"{lake}.*"])
    assert len(server.bodies) == calls
    assert report.versions[0].written > 0.9
    assert Ledgers(classic, settings).read(EVALUATIONS).count() == 1


@pytest.mark.deep
def test_references_of_a_file_for_tables_of_the_lake_and_for_others(
    classic: SparkSession, lake: str, make: Make, tmp_path: Path, server: AnsweringServer
) -> None:
    data = tmp_path / "data.jsonl"
    card = {
        "table": "far.away", "split": "gate",
        "columns": [
            {"name": "dist", "type": "double", "text": "Length of the route in kilometers."},
            {"name": "mail", "type": "string", "semantic": "email", "rows_read": 9,
             "frequent": [{"value": "ann@example.org", "share": 0.5}]},
        ],
    }  # fmt: skip
    lines = [
        {"table": f"{lake}.{NAMES[1]}", "column": "alloy", "text": "Other words of people.",
         "split": "gate"},
        {"table": "plain.table", "column": "cars", "text": "Vehicles aboard.", "split": "train"},
        card,
    ]  # fmt: skip
    data.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(InputError, match="no column 'alloy'"):
        evaluate(classic, make(), RULES, data=data)
    lines[0]["column"] = next(
        iter(TABLES[next(t for t in TABLES if t.replace(".", "_") == NAMES[1])])
    )
    data.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    report = evaluate(classic, make(), BUILT_IN, data=data)
    assert report.items == 3
    assert report.versions[0].score.low is not None
    sent = json.dumps(server.bodies)
    assert "ann@example.org" not in sent
    assert "mail" in sent, "a column without a reference is a neighbour"
    gate = evaluate(classic, make(), BUILT_IN, data=data, split="gate")
    assert (gate.items, gate.split) == (2, "gate")
    with pytest.raises(InputError, match="It has: gate, train"):
        evaluate(classic, make(), BUILT_IN, data=data, split="select")


def test_a_split_of_the_lake_is_the_one_of_its_examples(
    classic: SparkSession, lake: str, make: Make
) -> None:
    table = f"{lake}.{NAMES[0]}"
    split = ExampleLedger(Ledgers(classic, make())).splitter()(table)
    assert evaluate(classic, make(), RULES, split=split, patterns=[table]).items
    other = next(name for name in Split if name != split)
    with pytest.raises(InputError, match=f"is in the split '{other}'"):
        evaluate(classic, make(), RULES, split=other, patterns=[table])
    with pytest.raises(InputError, match="train, select, gate"):
        evaluate(classic, make(), RULES, split="test", patterns=[table])


def test_tables_that_nobody_described_are_nothing_to_evaluate_on(
    classic: SparkSession, schema: str, make: Make
) -> None:
    classic.sql(f"CREATE TABLE {schema}.bare (a INT) USING delta")
    with pytest.raises(InputError, match="nothing to evaluate on"):
        evaluate(classic, make(), RULES, patterns=[f"{schema}.*"])


@pytest.mark.deep
@pytest.mark.slow
def test_the_job_writes_the_page_and_fails_where_it_is_not_finished(
    classic: SparkSession, lake: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    server: AnsweringServer,
) -> None:  # fmt: skip
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "client.4.0")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # down: the page counts
    job = load_script(ROOT / "jobs" / "evaluate.py")
    page, settings = tmp_path / "pages" / "job.html", make()
    given = [
        f"--tables={lake}.{NAMES[0]},{lake}.{NAMES[1]}", "--catalog=", "--model=m",
        f"--schema_name={settings.schema_name}", f"--home={settings.home}", f"--path={page}",
        f"--endpoint={server.url}",
    ]  # fmt: skip
    with pytest.raises(BudgetExceededError, match="Not finished"):
        job.main([*given, "--version=built-in", "--max_tokens_total=10"])
    assert not page.exists()
    job.main([*given, "--version=built-in", "--against=rules"])
    assert "too few to tell" in page.read_text(encoding="utf-8")
