"""Evaluations of programs of other kinds on real Spark and Delta: paid once, failures shown."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.core.learning.splits import Split
from lakegloss.core.statistics.intervals import Conclusion
from lakegloss.errors import EndpointError, InputError, SettingsError
from lakegloss.lakehouse.examples.collect import import_examples
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS
from lakegloss.learning.answering import EvaluatedVersion
from lakegloss.learning.evaluation import evaluate
from lakegloss.learning.judge.judge import JudgeOrder
from lakegloss.learning.program_evaluation.evaluate_program import evaluate_program
from lakegloss.release.evaluated import evaluated, record_evaluation
from lakegloss.settings import Settings, load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.places import ROOT

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]
Make = Callable[..., Settings]
BETTER = """name: better
signature: ClassifyText
instructions: Look for words that people use. Assign the one category that fits.
"""
CHAIN = """name: digest
chain:
  inputs: [report]
  steps:
    - {signature: SummarizeText, wiring: {document: report}}
    - {signature: ClassifyText, wiring: {text: SummarizeText.summary, categories: {fixed: "a, b"}}}
"""


def answer(body: Mapping[str, Any], _: object, __: int) -> Said:
    """Knows the right label where it is told how; a text asks it to misbehave."""
    system, given = body["messages"][0]["content"], json.loads(body["messages"][-1]["content"])
    text = str(given.get("text", given.get("document", "")))
    if "NO ANSWER" in text:
        return 200, completion("I would rather not say.")
    if "TOO LONG" in text:
        error = {"message": "maximum context length is 9 tokens", "code": "context_length_exceeded"}
        return 400, {"error": error}
    if "texts" in given:  # the judge
        best = next((c for c, t in given["texts"].items() if "right" in t), "tie")
        return 200, completion(json.dumps({"reason": "It is right.", "better": best}))
    if "document" in given:
        return 200, completion(json.dumps({"summary": f"About: {text}"}))
    label = "right" if "Look for words" in system or "easy" in text else "wrong"
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    said = completion(json.dumps({"classification": label, "confidence": 0.9}))
    return 200, {**said, "usage": usage}


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(answer) as running:
        yield running


@pytest.fixture
def make(gloss: str, tmp_path: Path, server: AnsweringServer) -> Make:
    def settings(**options: Any) -> Settings:
        given = {"model": "m", "endpoint": server.url, "home": tmp_path / "home", **options}
        return load_settings(environ={}, schema_name=gloss, **given)

    return settings


def lines(path: Path, texts: list[str], **more: Any) -> Path:
    rows = [
        {"inputs": {"text": text, "categories": "right, wrong"}, "group": f"d{n // 2}",
         "outputs": {"classification": "right"}, **more}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.deep
def test_a_program_of_a_file_is_compared_with_the_library_and_paid_once(
    spark: SparkSession,
    make: Make,
    server: AnsweringServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mlflow import MlflowClient

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    settings = make(price_input=1.0, price_output=2.0)
    (tmp_path / "better.yaml").write_text(BETTER)
    texts = [*(f"hard {n}" for n in range(14)), "easy 1", "easy 2", "NO ANSWER", "TOO LONG"]
    data = lines(tmp_path / "rows.jsonl", texts)
    better = evaluated(settings, str(tmp_path / "better.yaml"))
    library = evaluated(settings, "ClassifyText")

    def measure() -> Any:
        return evaluate_program(
            spark, settings, better, against=library, data=data,
            metrics=["exact match", "format compliance"], judge=JudgeOrder(model="j"),
        )  # fmt: skip

    report = measure()
    assert report.comparison.conclusion is Conclusion.BETTER
    assert (report.comparison.passes.first_only, report.comparison.passes.second_only) == (14, 0)
    mine, theirs = report.versions
    assert mine.score.groups == 9
    assert sum(mine.failures.values()) == 2
    assert {"cannot be read", "longer than the model reads"} <= {
        part for part in ("cannot be read", "longer than the model reads")
        if any(part in reason for reason in mine.failures)
    }  # fmt: skip
    assert mine.answered.mean == 1.0 > mine.score.mean
    assert theirs.score.mean == pytest.approx(1 / 9)
    assert mine.spent.input_tokens >= 1_600
    assert report.judged.verdicts["first"] == 14
    assert report.metrics[1].versions[0].score.mean == pytest.approx(8 / 9)

    page, run = record_evaluation(report, settings, tmp_path / "pages" / "e.html")
    text = page.read_text(encoding="utf-8")
    assert "gave nothing for 2 examples, each counted as 0" in text
    assert "The judge j prefers the first 14 times" in text
    client = MlflowClient(tracking_uri=f"sqlite:///{settings.home.absolute()}/mlflow.db")
    recorded = client.get_run(run).data
    assert recorded.metrics["failed"] == 2
    assert recorded.metrics["metric/format_compliance"] == pytest.approx(8 / 9)
    assert recorded.params["metric"].startswith("exact_match ")

    calls = len(server.bodies)
    again = measure()
    refused = sum("TOO LONG" in json.dumps(body) for body in server.bodies[calls:])
    assert len(server.bodies) - calls == refused, "only what was refused is asked again"
    assert again.versions[0].score == report.versions[0].score
    assert again.versions[0].spent.input_tokens == mine.spent.input_tokens
    ledgers = Ledgers(spark, settings)
    rows = ledgers.read(EVALUATIONS).collect()
    assert sorted(r.metric for r in rows) == sorted(
        2 * (["exact_match"] * 2 + ["format_compliance"] * 2 + ["judge"])
    )
    one = next(r for r in rows if r.label.endswith("better.yaml") and r.metric == "exact_match")
    assert (one.conclusion, one.program, one.tables) == ("better", "better", 9)
    items = ledgers.read(EVALUATION_ITEMS).where(f"evaluation_id = '{one.evaluation_id}'")
    assert items.count() == 18


def test_equal_inputs_are_asked_once_and_a_budget_concludes_nothing(
    classic: SparkSession, make: Make, server: AnsweringServer, tmp_path: Path
) -> None:
    texts = ["same"] * 6 + [f"t{n}" for n in range(10)]
    data = lines(tmp_path / "rows.jsonl", texts)
    rows = [json.loads(line) | {"id": n} for n, line in enumerate(data.read_text().splitlines())]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = make(max_tokens_total=4_000, in_flight=1)
    program = evaluated(settings, "ClassifyText")
    stopped = evaluate_program(classic, settings, program, data=data)
    assert stopped.status == "stopped"
    assert stopped.not_asked["budget"] > 0
    assert not stopped.metrics
    asked = len(server.bodies)
    assert 0 < asked < 11
    done = evaluate_program(classic, make(), program, data=data)
    assert done.status == "done"
    assert len(server.bodies) == 11, "six equal rows are one question, and none is paid twice"
    assert done.versions[0].score.items == 16


@pytest.mark.deep
def test_examples_of_the_ledger_measure_a_chain_by_their_split(
    classic: SparkSession, make: Make, tmp_path: Path
) -> None:
    settings = make()
    (tmp_path / "digest.yaml").write_text(CHAIN)
    rows = [
        {"program": "digest", "subject": f"s{n}", "inputs": {"report": f"easy {n}"},
         "outputs": {"classification": "right"}}
        for n in range(40)
    ]  # fmt: skip
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    import_examples(classic, settings, tmp_path / "examples.jsonl", who="ann")
    chain = evaluated(settings, str(tmp_path / "digest.yaml"))
    found = evaluate_program(classic, settings, chain, split=Split.GATE, metrics=["exact_match"])
    assert 0 < found.items < 40
    assert found.versions[0].score.mean == 1.0
    assert found.data_name == "examples"
    with pytest.raises(InputError, match="no example of SummarizeText"):
        evaluate_program(classic, settings, evaluated(settings, "SummarizeText"))


def test_a_model_that_takes_no_request_is_an_error_and_no_score(
    classic: SparkSession, make: Make, tmp_path: Path
) -> None:
    with AnsweringServer(lambda *_: (404, {"error": {"message": "no such model"}})) as server:
        settings = make(endpoint=server.url)
        with pytest.raises(EndpointError):
            evaluate_program(
                classic, settings, evaluated(settings, "ClassifyText"),
                data=lines(tmp_path / "rows.jsonl", ["a", "b"]),
            )  # fmt: skip


@pytest.mark.deep
def test_the_commands_of_the_page(
    classic: SparkSession, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    for name, content in re.findall(r"cat > (\S+) <<'EOF'\n(.*?)EOF\n", block, re.DOTALL):
        Path(name).write_text(content, encoding="utf-8")
    for name in ("opened_lake", "opened_for_file"):
        monkeypatch.setattr(
            f"lakegloss.cli.learning.evaluate.{name}", lambda _: nullcontext(classic)
        )
    settings = make()
    monkeypatch.setattr("lakegloss.cli.learning.evaluate.read_settings", lambda *_, **__: settings)
    monkeypatch.setenv("COLUMNS", "200")
    outputs = []
    for line in block.splitlines():
        if line.startswith("lakegloss "):
            done = CliRunner().invoke(app, [*line.split()[1:], "--no-mlflow"])
            assert done.exit_code == 0, done.output
            outputs.append(done.output)
    assert "3 examples of 3 groups" in outputs[0]
    assert "careful.yaml against ClassifyText" in outputs[1]
    assert "format_compliance:" in outputs[1]
    assert (tmp_path / "sheet.csv").is_file()
    wrong = CliRunner().invoke(
        app, ["evaluate", "ClassifyText", "--data", "t.jsonl", "--judge", "j"]
    )
    assert isinstance(wrong.exception, SettingsError)


@pytest.mark.deep
def test_comments_are_scored_by_profiles_where_nobody_wrote(
    classic: SparkSession, make: Make, schema: str
) -> None:
    classic.sql(f"CREATE TABLE {schema}.trips (dep_delay DOUBLE, tailnum STRING) USING delta")
    classic.sql(f"INSERT INTO {schema}.trips VALUES (-2, 'N14228'), (4, 'N1')")
    settings = make(model="", endpoint="")
    rules = EvaluatedVersion(label="rules")
    with pytest.raises(InputError, match="People wrote no comments"):
        evaluate(classic, settings, rules, patterns=[f"{schema}.*"])
    found = evaluate(
        classic, settings, rules, patterns=[f"{schema}.*"], metric="comment_by_profile"
    )
    assert (found.items, found.metric) == (2, "comment_by_profile")
    assert found.versions[0].score.mean > 0
    with pytest.raises(InputError, match="no metric 'rouge' of comments"):
        evaluate(classic, settings, rules, patterns=[f"{schema}.*"], metric="rouge")
