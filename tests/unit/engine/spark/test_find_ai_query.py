"""Whether `ai_query` is there is told by a call, and Databricks never gets a stand-in."""

from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql.types import StringType, StructField, StructType

from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.spark.sql_function import (
    AiQuery,
    find_ai_query,
    register_ai_query,
    require_local,
)
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.sql.served_model import register_served_model

ABSENT = "[UNRESOLVED_ROUTINE] Cannot resolve routine `{}` on search path [`system`.`builtin`]."
PLATFORM = {
    "no-endpoint": "[AI_FUNCTION_HTTP_REQUEST_ERROR] Error occurred while making an HTTP request "
    "for function `ai_query`: endpoint lakegloss-probe does not exist",
    "not-permitted": "[INSUFFICIENT_PERMISSIONS] User lacks CAN QUERY on lakegloss-probe",
    "warehouse": "[AI_FUNCTION_UNSUPPORTED_REQUEST] ai_query is not supported on this warehouse",
}
TEXT, ANSWER = StringType(), StructType([StructField("result", StringType())])


class Session:
    """A session whose catalog lists no function, as the platform's may; calls are as given."""

    def __init__(self, call: Any, *, databricks: bool = False) -> None:
        self._call, self._databricks = call, databricks
        self.registered: list[str] = []
        self.catalog = SimpleNamespace(functionExists=lambda _: False)
        self.udf = SimpleNamespace(register=lambda name, _: self.registered.append(name))

    def sql(self, statement: str) -> Any:
        if "current_version" in statement:
            known = self._databricks
            return self._frame(TEXT if known else AnalysisException(ABSENT.format("version")))
        return self._frame(self._call)

    def _frame(self, found: Any) -> Any:
        if isinstance(found, Exception):
            raise found
        return SimpleNamespace(schema=StructType([StructField("a", found)]))


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param(AnalysisException(ABSENT.format("ai_query")), AiQuery.ABSENT, id="absent"),
        pytest.param(TEXT, AiQuery.OWN, id="gives-text"),
        pytest.param(ANSWER, AiQuery.STAND_IN, id="gives-a-struct"),
        *(pytest.param(AnalysisException(said), AiQuery.OWN, id=key)
          for key, said in PLATFORM.items()),
        pytest.param(PySparkException(PLATFORM["no-endpoint"]), AiQuery.OWN, id="another-class"),
    ],
)  # fmt: skip
def test_a_call_tells_what_is_there(call: Any, expected: AiQuery) -> None:
    session: Any = Session(call)
    assert find_ai_query(session) is expected


def test_what_says_nothing_of_functions_is_raised() -> None:
    session: Any = Session(ConnectionError("the session is gone"))
    with pytest.raises(ConnectionError):
        find_ai_query(session)


@pytest.mark.parametrize("said", PLATFORM.values(), ids=PLATFORM)
def test_an_unlisted_ai_query_gets_no_stand_in(said: str) -> None:
    session: Any = Session(AnalysisException(said))
    assert (
        register_ai_query(session, Endpoint(base_url="http://127.0.0.1:9/v1", model="m")) is False
    )
    with pytest.raises(SettingsError, match="of its own"):
        register_served_model(session, "http://127.0.0.1:9/invocations", "a string")
    assert session.registered == []


@pytest.mark.parametrize("by", ["variable", "function"])
def test_databricks_without_ai_query_gets_none_either(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = AnalysisException(ABSENT.format("ai_query"))
    session: Any = Session(call, databricks=by == "function")
    if by == "variable":
        monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "15.4")
    with pytest.raises(SettingsError, match="serverless"):
        register_ai_query(session, Endpoint(base_url="http://127.0.0.1:9/v1", model="m"))
    with pytest.raises(SettingsError, match="serverless"):
        register_served_model(session, "http://127.0.0.1:9/invocations", "a string")
    assert session.registered == []


def test_elsewhere_a_stand_in_may_be_made() -> None:
    session: Any = Session(AnalysisException(ABSENT.format("ai_query")))
    require_local(session)
    assert register_ai_query(session, Endpoint(base_url="http://127.0.0.1:9/v1", model="m")) is True
    assert session.registered == ["ai_query"]
