"""Programs over DataFrames: every transport, both kinds of session, nothing paid for twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.engine.journal import read_journal
from lakegloss.errors import InputError, SettingsError
from lakegloss.lakehouse.execute.execute import spark_execute
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RESPONSES, RUNS
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.library import ClassifyText, SummarizeText
from lakegloss.settings import Settings, load_settings
from tests.kits.program_server import ProgramServer

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]
ROWS = [
    (1, "first text", "100 words"),
    (2, "second text", None),
    (3, "first text", "100 words"),
    (4, None, "100 words"),
    (5, "FAULT:garbage:1 third", None),
    (6, "FAULT:400 fourth", None),
]


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


@pytest.fixture
def settings(server: ProgramServer, gloss: str, tmp_path: Path) -> Settings:
    return load_settings(
        environ={}, home=tmp_path, schema_name=gloss, model="m", endpoint=server.url, attempts=2,
        in_flight=4, partitions=2,
    )  # fmt: skip


def results(spark: SparkSession, settings: Settings, **options: Any) -> dict[int, Any]:
    frame = spark.createDataFrame(ROWS, "id int, document string, max_length string")
    found = spark_execute(frame, SummarizeText, settings=settings, **options)
    assert found.columns == ["id", "document", "max_length", "result"]
    return {row.id: row.result for row in found.collect()}


@pytest.mark.parametrize(
    ("kind", "transport"),
    [
        pytest.param("classic", "driver", marks=pytest.mark.deep),
        pytest.param("connect", "driver", marks=pytest.mark.deep),
        ("classic", "partitions"),
        # test_main_path.py asks by ai_query over Connect; this transport's way through here is
        # that of partitions.
        pytest.param("connect", "ai_query", marks=pytest.mark.deep),
    ],
)
def test_each_row_has_its_result(
    sessions: dict[str, SparkSession],
    kind: str,
    settings: Settings,
    server: ProgramServer,
    transport: str,
) -> None:
    spark = sessions[kind]
    settings = settings.model_copy(update={"transport": transport})
    found = results(spark, settings)
    assert len(found) == len(ROWS)
    assert "first text" in found[1].summary
    assert found[1] == found[3]
    assert "second text" in found[2].summary
    assert found[2].error is None
    assert found[2].usage.output_tokens > 0
    assert found[4].error.startswith("Missing required input fields: ['document']")
    assert "third" in found[5].summary, "asked again"
    assert found[6].summary is None
    assert "400" in found[6].error
    paid = server.count
    again = results(spark, settings)
    asked = [request["messages"][-1]["content"] for request in server.requests[paid:]]
    assert asked, "what failed is asked again, perhaps in simpler forms"
    assert all("FAULT:400 fourth" in text for text in asked), "and nothing else"
    assert {id_: row.summary for id_, row in again.items()} == {
        id_: row.summary for id_, row in found.items()
    }
    assert again[1].usage.input_tokens == 0
    assert not read_journal(settings.journal_folder)
    ledgers = Ledgers(spark, settings)
    assert ledgers.read(RESPONSES).where("program = 'SummarizeText' AND usable").count() == 4
    assert {row.command for row in ledgers.latest(RUNS).collect()} == {"execute SummarizeText"}


@pytest.mark.deep
def test_types_and_names_of_columns(spark: SparkSession, settings: Settings) -> None:
    frame = spark.createDataFrame([("good", 1)], "`the text` string, n int")
    found = spark_execute(
        frame.selectExpr("*", "'a, b' AS categories"), ClassifyText, settings=settings,
        inputs={"text": "the text"}, result="class",
    )  # fmt: skip
    assert dict(found.dtypes)["class"].startswith("struct<classification:string,confidence:double")
    [row] = found.where("class.confidence > 0.5").collect()
    assert row["class"].error is None
    assert row.n == 1


def test_a_chain_goes_over_a_frame(spark: SparkSession, settings: Settings) -> None:
    chain = SignatureChain()
    chain.add("ExtractInfo", {"document": "document", "info_types": "facts"})
    chain.add("SummarizeText", {"document": "ExtractInfo.extracted_info"})
    program = chain.program(inputs=["document"])
    frame = spark.createDataFrame([("a",), ("FAULT:400",)], "document string")
    found = spark_execute(frame, program, settings=settings, inputs={"document": "document"})
    rows = {row.document: row.result for row in found.collect()}
    assert rows["a"].summary
    assert rows["a"].usage.output_tokens == 10
    assert "400" in rows["FAULT:400"].error
    partitions = settings.model_copy(update={"transport": "partitions"})
    with pytest.raises(SettingsError, match="programs of one predictor only"):
        spark_execute(frame, program, settings=partitions, inputs={"document": "document"})


def test_wrong_use_is_told_before_any_call(
    classic: SparkSession, settings: Settings, server: ProgramServer
) -> None:
    frame = classic.createDataFrame([("a",)], "txt string")
    with pytest.raises(InputError, match=r"Missing required input fields: \['document'\]"):
        spark_execute(frame, SummarizeText, settings=settings)
    with pytest.raises(InputError, match="no column 'text'"):
        spark_execute(frame, SummarizeText, settings=settings, inputs={"document": "text"})
    with pytest.raises(InputError, match="no input 'doc'"):
        spark_execute(frame, SummarizeText, settings=settings, inputs={"doc": "txt"})
    with pytest.raises(SettingsError, match="No model is set"):
        spark_execute(frame, SummarizeText, settings=Settings())
    assert server.count == 0
