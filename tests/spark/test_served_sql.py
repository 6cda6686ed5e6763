"""SQL over the served model, `spark_udf`, and one answer whoever asks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import SparkSession

from lakegloss.drafting.commenter import Commenter
from lakegloss.errors import CatalogError, SettingsError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.sql.functions import COLUMN_COMMENTS, FUNCTIONS, SqlTarget, example, render
from lakegloss.lakehouse.sql.served_model import (
    install_functions,
    register_served_model,
    rows_of_query,
)
from lakegloss.serving.model.local_endpoint import local_endpoint
from lakegloss.serving.model.packaging import packaged
from lakegloss.serving.model.types import COMMENT_RESULT
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.registry import comment_program
from tests.kits.served_model import ServedModel
from tests.kits.service_server import RunningService

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]
CARD: dict[str, Any] = {
    "table": "sales.orders",
    "comment": "",
    "rows": 400,
    "columns": [
        {"name": "order_ref", "type": "string", "key_role": "primary", "distinct": 400,
         "null_share": 0.0},
        {"name": "state", "type": "string", "distinct": 2, "null_share": 0.1,
         "frequent": [{"value": "open", "share": 0.7}, {"value": "it's \"shut\"", "share": 0.3}]},
        {"name": "`weird x.y`", "type": "double"},
    ],
}  # fmt: skip
AS_SQL = """
SELECT 'sales.orders' AS `table`, '' AS `comment`, 400L AS `rows`, array(
  named_struct('name', 'order_ref', 'type', 'string', 'key_role', 'primary', 'distinct', 400L,
    'null_share', 0.0D, 'frequent', CAST(NULL AS array<struct<value:string,share:double>>)),
  named_struct('name', 'state', 'type', 'string', 'key_role', CAST(NULL AS string),
    'distinct', 2L, 'null_share', 0.1D, 'frequent', array(named_struct('value', 'open',
    'share', 0.7D), named_struct('value', 'it\\'s "shut"', 'share', 0.3D))),
  named_struct('name', '`weird x.y`', 'type', 'double', 'key_role', CAST(NULL AS string),
    'distinct', CAST(NULL AS bigint), 'null_share', CAST(NULL AS double), 'frequent',
    CAST(NULL AS array<struct<value:string,share:double>>))) AS `columns`"""


@pytest.fixture(scope="module")
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as found:
        yield found


@pytest.fixture
def settings(gloss: str, tmp_path: Path) -> Settings:
    return load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)


@pytest.fixture
def lake(classic: SparkSession, schema: str, settings: Settings) -> Iterator[str]:
    classic.sql(
        f"CREATE TABLE {schema}.orders (order_ref STRING, state STRING COMMENT 'State of it.', "
        "place STRUCT<lat: DOUBLE, lon: DOUBLE>) USING delta"
    )
    classic.sql(
        f"INSERT INTO {schema}.orders SELECT concat('r', id), element_at(array('open', 'shut'), "
        "cast(id % 2 AS int) + 1), named_struct('lat', 40.0 + id, 'lon', -70.0) FROM range(50)"
    )
    classic.sql(f"CREATE TABLE {schema}.odd_name (a INT) USING delta")
    describe(classic, settings, [f"{schema}.*"])
    yield schema
    classic.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")


def plain(rows: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [row.asDict(recursive=True) for row in rows]
    return found


def test_functions_over_the_served_model(
    spark: SparkSession,
    classic: SparkSession,
    lake: str,
    settings: Settings,
    model_server: ModelServer,
) -> None:
    asked = settings.model_copy(update={"model": "m", "endpoint": model_server.url})
    with Commenter(asked) as writer, local_endpoint(writer) as address:
        register_served_model(spark, address, COMMENT_RESULT)
        assert len(install_functions(spark, settings)) == len(FUNCTIONS)
        before = model_server.settled_counts()["requests"]
        columns = plain(
            spark.sql(f"SELECT * FROM lakegloss_column_comments('{lake}.orders')").collect()
        )
        assert model_server.settled_counts()["requests"] == before + 1, "paid once"
        assert [c["column"] for c in columns] == [
            "order_ref", "state", "place", "place.lat", "place.lon",
        ]  # fmt: skip
        assert {c["source"] for c in columns} == {"model"}
        assert "order ref" in columns[0]["comment"]
        assert {c["error"] for c in columns} == {""}
        table = plain(
            spark.sql(f"SELECT * FROM lakegloss_table_comment('{lake}.ORDERS')").collect()
        )
        assert [t["source"] for t in table] == ["model"]
        quality = plain(
            spark.sql(f"SELECT * FROM lakegloss_comment_quality('{lake}.orders')").collect()
        )
        by_column = {q["column"]: q for q in quality}
        assert by_column["state"]["problems"] == ["echo", "thin"]
        assert by_column["order_ref"] == {
            "column": "order_ref", "score": 0.0, "problems": ["missing"], "error": "",
        }  # fmt: skip
        written = apply(classic, settings, [f"{lake}.orders"])
        after = f"SELECT * FROM lakegloss_comment_quality('{lake}.orders')"

        def scores() -> dict[str, float]:
            return {row.column: row.score for row in spark.sql(after).collect()}

        assert min(scores()["order_ref"], scores()["place"]) > 0, "what was applied is known"
        classic.sql(f"ALTER TABLE {lake}.orders ALTER COLUMN order_ref COMMENT ''")
        describe(classic, settings, [f"{lake}.orders"])
        assert scores()["order_ref"] == 0.0, "what a person took back as well"
        undo(classic, settings, written.run_id)
        assert scores()["place"] == 0.0
        assert spark.sql("SELECT * FROM lakegloss_table_comment('no.such')").collect() == []
        target = SqlTarget(
            schema=(settings.schema_name,), endpoint=settings.served_model, temporary=True
        )
        whole = plain(spark.sql(example(COLUMN_COMMENTS, target, f"%{lake}.%")).collect())
        assert {row["table"].rsplit(".", 1)[1] for row in whole} == {"orders", "odd_name"}
        names, first, more = rows_of_query(spark, "SELECT * FROM range(5)", 3)
        assert (names, len(first), more) == (["id"], 3, True)
        with pytest.raises(CatalogError, match="The query failed"):
            rows_of_query(spark, "SELECT nothing FROM nowhere", 3)


def test_a_served_model_that_is_gone_is_told_in_the_rows(
    classic: SparkSession, lake: str, settings: Settings
) -> None:
    register_served_model(classic, "http://127.0.0.1:9/invocations", COMMENT_RESULT)
    install_functions(classic, settings)
    [row] = classic.sql(f"SELECT * FROM lakegloss_column_comments('{lake}.orders')").collect()
    assert row["column"] is None
    assert "gave no answer" in row["error"]


def test_what_cannot_be_installed_says_why(classic: SparkSession, settings: Settings) -> None:
    classic.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")
    with pytest.raises(SettingsError, match="no ai_query"):
        install_functions(classic, settings)
    for url in ("", "file:///etc/passwd", "127.0.0.1:5000"):
        with pytest.raises(SettingsError, match="no address"):
            register_served_model(classic, url, COMMENT_RESULT)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_statement_for_unity_catalog_parses_here(classic: SparkSession, function: str) -> None:
    """Persistent functions over a temporary ai_query are refused: the parser sees them whole."""
    target = SqlTarget(schema=("ma`in", "glo'ss"), endpoint="lake'gloss")
    statement = render(function, target)
    assert "`ma``in`.`glo'ss`." in statement
    with pytest.raises(AnalysisException) as refused:
        classic.sql(statement)
    assert not isinstance(refused.value, ParseException), refused.value
    with pytest.raises(ParseException):
        classic.sql(statement.replace("RETURN", "RETURN RETURN"))


# One answer, whoever asks.


@pytest.mark.deep
def test_the_same_card_gets_the_same_answer_everywhere(
    classic: SparkSession, settings: Settings, model_server: ModelServer, tmp_path: Path
) -> None:
    asked = load_settings(
        environ={}, home=tmp_path / "home", model="m", endpoint=model_server.url, attempts=1
    )
    found: dict[str, list[dict[str, Any]]] = {}
    with Commenter(asked, environ={}) as writer:
        [here] = writer.answers([CARD])
        found["python"] = [c.model_dump() for c in here.comments]
        with local_endpoint(writer) as address:
            register_served_model(classic, address, COMMENT_RESULT)
            found["sql, in process"] = _by_sql(classic)
    found["command line"] = _by_command(tmp_path, asked)
    with RunningService(asked) as service:
        answer = service.client.post("/api/v1/comments", json=CARD)
        found["rest"] = answer.json()["comments"]
    with packaged(comment_program(), asked) as model:
        found["pyfunc"] = _by_pyfunc(model)
        found["spark_udf"] = _by_spark_udf(classic, model)
        with ServedModel(model) as served:
            [told] = served.ask({"dataframe_records": [CARD]})["predictions"]
            found["mlflow models serve"] = told["comments"]
            register_served_model(classic, f"{served.url}/invocations", COMMENT_RESULT)
            found["sql, served"] = _by_sql(classic)
    classic.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")
    as_bytes = {who: json.dumps(comments).encode() for who, comments in found.items()}
    assert len(as_bytes) == 8
    assert set(as_bytes.values()) == {as_bytes["python"]}, found
    assert {c["source"] for c in found["python"]} == {"model"}


def _by_sql(spark: SparkSession) -> list[dict[str, Any]]:
    [row] = spark.sql(
        "SELECT ai_query('lakegloss-comments', named_struct('table', `table`, 'comment', "
        "`comment`, 'rows', `rows`, 'columns', `columns`), failOnError => false) AS a "
        f"FROM ({AS_SQL})"
    ).collect()
    assert row.a.errorMessage is None
    return [c.asDict(recursive=True) for c in row.a.result.comments]


def _by_command(folder: Path, settings: Settings) -> list[dict[str, Any]]:
    card = folder / "card.json"
    card.write_text(json.dumps(CARD), encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lakegloss")), "comment", str(card), "--model", "m",
         "--endpoint", settings.endpoint, "--home", str(settings.home), "--set", "attempts=1"],
        check=True, capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)["comments"]
    return found


def _by_pyfunc(model: Path) -> list[dict[str, Any]]:
    import copy

    import mlflow.pyfunc
    import pandas as pd

    loaded = mlflow.pyfunc.load_model(str(model))
    answers = loaded.predict(pd.DataFrame([copy.deepcopy(CARD)]))
    found: list[dict[str, Any]] = answers[0]["comments"]
    return found


def _by_spark_udf(spark: SparkSession, model: Path) -> list[dict[str, Any]]:
    import mlflow.pyfunc
    from pyspark.sql import functions as F

    udf = mlflow.pyfunc.spark_udf(
        spark, str(model), result_type=COMMENT_RESULT, env_manager="local"
    )
    frame = spark.sql(AS_SQL)
    [row] = frame.select(udf(F.struct(*frame.columns)).alias("a")).collect()
    return [c.asDict(recursive=True) for c in row.a.comments]
