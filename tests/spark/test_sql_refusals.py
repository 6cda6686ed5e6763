"""SQL over a served model that refuses a card, and how a session's `ai_query` is told."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from lakegloss.engine.spark.sql_function import AiQuery, find_ai_query, require_local
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.sql.functions import (
    COLUMN_COMMENTS,
    COMMENT_QUALITY,
    FUNCTIONS,
    RETURN_TYPE,
    TABLE_COMMENT,
    SqlTarget,
    example,
    render,
)
from lakegloss.lakehouse.sql.served_model import install_functions, register_served_model
from lakegloss.serving.model.types import COMMENT_RESULT
from lakegloss.settings import load_settings

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]
TEXTS = ("problem", "model", "program_version", "version")


class Picky(BaseHTTPRequestHandler):
    """A served model that refuses the cards of tables whose names hold `secret`."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = [self._answer(card) for card in asked["dataframe_records"]]
        body = json.dumps({"predictions": found}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, card: dict[str, Any]) -> dict[str, Any]:
        answer = {"table": card["table"], "comments": [], "quality": [], "error": ""}
        answer |= dict.fromkeys(TEXTS, "") | {"input_tokens": 0, "output_tokens": 0}
        if "secret" in card["table"]:
            return {**answer, "error": "The card is refused."}
        own = {"column": "", "comment": "A table.", "source": "model", "model": "m",
               "checks": [], "reason": ""}  # fmt: skip
        return {**answer, "comments": [own]}

    def log_message(self, *_: Any) -> None:
        """Nothing is written to the test's output."""


@pytest.fixture
def picky() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Picky)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/invocations"
    server.shutdown()
    server.server_close()


@pytest.mark.soak  # test_served_sql.py has errors of a served model in rows
def test_a_refused_card_is_a_row_and_ends_no_query(
    spark: SparkSession, classic: SparkSession, schema: str, gloss: str, tmp_path: Path, picky: str
) -> None:
    spark.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")
    assert find_ai_query(spark) is AiQuery.ABSENT
    require_local(spark)
    settings = load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)
    try:
        for table in ("orders", "secret_orders"):
            classic.sql(f"CREATE TABLE {schema}.{table} (order_ref STRING) USING delta")
        describe(classic, settings, [f"{schema}.*"])
        register_served_model(spark, picky, COMMENT_RESULT)
        assert find_ai_query(spark) is AiQuery.STAND_IN
        install_functions(spark, settings)
        target = SqlTarget(
            schema=(settings.schema_name,), endpoint=settings.served_model, temporary=True
        )
        rows = {
            row.table.rsplit(".", 1)[1]: (row.comment, row.error)
            for row in spark.sql(example(TABLE_COMMENT, target, f"%{schema}.%")).collect()
        }
        assert rows == {"orders": ("A table.", ""), "secret_orders": (None, "The card is refused.")}
        for function in (COLUMN_COMMENTS, COMMENT_QUALITY):
            refused = f"SELECT error FROM {function}('{schema}.secret_orders')"
            assert [row.error for row in spark.sql(refused).collect()] == ["The card is refused."]
    finally:
        spark.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")


def test_a_session_with_its_own_ai_query_gets_no_stand_in(classic: SparkSession) -> None:
    """A function that is not listed counts, too: a call of it is what is analysed."""
    classic.udf.register("ai_query", lambda endpoint, request: f"{endpoint}{request}", "string")
    try:
        assert find_ai_query(classic) is AiQuery.OWN
        with pytest.raises(SettingsError, match="of its own"):
            register_served_model(classic, "http://127.0.0.1:9/invocations", COMMENT_RESULT)
    finally:
        classic.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_answers_are_read_by_a_type_that_is_given(function: str) -> None:
    statement = render(function, SqlTarget(schema=("gloss",), endpoint="e"))
    assert f"returnType => '{RETURN_TYPE}'" in statement
    kind: Any = StructType.fromDDL(f"a {RETURN_TYPE}")["a"].dataType
    assert kind == StructType.fromDDL(COMMENT_RESULT)
    assert "element_at(" not in statement
