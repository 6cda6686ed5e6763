"""SQL over a served model: the functions in a session, and a local stand-in for `ai_query`."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from lakegloss.core.ddl import literal
from lakegloss.core.json_values import plain
from lakegloss.core.text.causes import first_line
from lakegloss.engine.http.transport import NoRedirect
from lakegloss.engine.spark.ai_query import answer_fields
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.engine.spark.sql_function import AiQuery, find_ai_query, require_local
from lakegloss.errors import CatalogError, SettingsError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.sql.functions import FUNCTIONS, RETURN_TYPE, SqlTarget, render
from lakegloss.settings_views import FunctionSettings, LedgerSettings

_ROWS_A_REQUEST = 16
_AT_ONCE = 4
_SECONDS = 300.0
_NOT_ANSWERED: tuple[type[Exception], ...] = (ValueError, *SPARK_ERRORS)
"""What a probe of `ai_query` raises; ValueError where no field of its answer is known."""
_PROBE = "named_struct('table', 't', 'columns', array(named_struct('name', 'c')))"


def install_functions(spark: SparkSession, settings: FunctionSettings) -> list[str]:
    """Make the SQL functions; returns their names.

    In a session with an `ai_query` of its own they are made in lakegloss' schema, for everyone who
    may use it; elsewhere for the session, over the stand-in (`register_served_model`).

    Raises:
        SettingsError: the session has no `ai_query`, nor its stand-in.
        CatalogError: a function cannot be made.
    """
    Ledgers(spark, settings).ensure()
    target = target_of(spark, settings)
    for function in FUNCTIONS:
        statement = render(function, target)
        try:
            spark.sql(statement)
        except SPARK_ERRORS as error:
            raise CatalogError(
                f"The function {target.name(function)} cannot be made: {first_line(error)}",
                remedy="Give the right CREATE FUNCTION on lakegloss' schema, and CAN QUERY on the "
                f"serving endpoint {target.endpoint!r}.",
            ) from error
    return [target.name(function) for function in FUNCTIONS]


def target_of(spark: SparkSession, settings: FunctionSettings) -> SqlTarget:
    """Where the functions go in this session, and what its `ai_query` calls its fields.

    Raises:
        SettingsError: it has none.
    """
    found = find_ai_query(spark)
    if found is AiQuery.ABSENT:
        raise SettingsError(
            "This session has no ai_query.",
            remedy="Run it on serverless compute of Databricks, or elsewhere over a stand-in: "
            "`lakegloss sql run`.",
        )
    known = SqlTarget(schema=own_schema(settings), endpoint=settings.served_model)
    call = (
        f"ai_query({literal(known.endpoint)}, {_PROBE}, returnType => {literal(RETURN_TYPE)}, "
        "failOnError => false)"
    )
    try:
        kind = spark.sql(f"SELECT {call} AS a").schema["a"].dataType
        fields = answer_fields(kind.names if isinstance(kind, StructType) else ())
    except _NOT_ANSWERED as error:
        raise CatalogError(
            f"ai_query does not know the endpoint {known.endpoint!r} as the functions need it: "
            f"{first_line(error)}",
            remedy="Deploy the serving endpoint first (docs/databricks.md), or set served_model.",
        ) from error
    return SqlTarget(
        schema=known.schema,
        endpoint=known.endpoint,
        temporary=found is AiQuery.STAND_IN,
        result=fields[0],
        error=fields[1],
    )


def own_schema(settings: LedgerSettings) -> tuple[str, ...]:
    """Catalog and schema of lakegloss' own tables, as parts."""
    return tuple(part for part in (settings.catalog, settings.schema_name) if part)


def register_served_model(
    spark: SparkSession, url: str, result: str, *, seconds: float = _SECONDS
) -> None:
    """Make `ai_query` known to a session that lacks it, over one served model.

    Args:
        url: where the model takes requests, such as http://127.0.0.1:5000/invocations.
        result: the type of its answers, as Spark writes the fields of a struct.
        seconds: for each request.

    Raises:
        SettingsError: the address is none, the session has an `ai_query` of its own, or it is
            Databricks', where code on the workers reaches no network.
    """
    place = urlsplit(url)
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise SettingsError(
            f"{url!r} is no address of a served model.",
            remedy="Give one such as http://127.0.0.1:5000/invocations.",
        )
    found = find_ai_query(spark)
    if found is AiQuery.OWN:
        raise SettingsError(
            "This session has an ai_query of its own.", remedy="Use the functions as they are."
        )
    if found is AiQuery.ABSENT:
        require_local(spark)
    spark.udf.register("ai_query", _stand_in(url, result, seconds))


def _stand_in(url: str, result: str, seconds: float) -> Any:
    import pandas as pd
    from pyspark.sql.pandas.functions import pandas_udf

    absent: Any = None  # Spark wants plain types as hints

    def ai_query(
        endpoint: pd.Series,  # noqa: ARG001 - the platform's parameters
        request: pd.DataFrame,
        returnType: pd.Series = absent,  # noqa: ARG001, N803
        failOnError: pd.Series = absent,  # noqa: ARG001, N803
    ) -> pd.DataFrame:
        rows = [plain(row) for row in request.to_dict("records")]
        answers = _ask(rows, url, seconds)
        return pd.DataFrame(
            {"result": [a for a, _ in answers], "errorMessage": [e for _, e in answers]}
        )

    make: Any = pandas_udf  # its overloads know no such function
    return make(ai_query, f"result struct<{_as_struct(result)}>, errorMessage string")


def _as_struct(fields: str) -> str:
    """`a string, b bigint` as the inside of struct<a: string, b: bigint>."""
    kind: Any = StructType.fromDDL(fields)
    return str(kind.simpleString()).removeprefix("struct<").removesuffix(">")


def _ask(
    rows: Sequence[Mapping[str, Any]], url: str, seconds: float
) -> list[tuple[dict[str, Any] | None, str | None]]:
    """An answer or an error for each row."""
    parts = [rows[at : at + _ROWS_A_REQUEST] for at in range(0, len(rows), _ROWS_A_REQUEST)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answered = pool.map(lambda part: _post(part, url, seconds), parts)
        return [pair for part in answered for pair in part]


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Cards for this machine go through no proxy."""
    local = urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}
    proxies = [urllib.request.ProxyHandler({})] if local else []
    return urllib.request.build_opener(NoRedirect, *proxies)


def _post(
    rows: Sequence[Mapping[str, Any]], url: str, seconds: float
) -> list[tuple[dict[str, Any] | None, str | None]]:
    body = json.dumps({"dataframe_records": list(rows)}).encode()
    request = urllib.request.Request(  # noqa: S310 - http or https, see `register_served_model`
        url, body, {"Content-Type": "application/json"}
    )
    try:
        with _opener(url).open(request, timeout=seconds) as answer:
            found = json.load(answer)["predictions"]
            if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
                raise TypeError("its answer holds no rows")  # noqa: TRY301 - told as the others
    except urllib.error.HTTPError as error:
        said = error.read(2_000).decode("utf-8", "replace")
        return [(None, f"HTTP {error.code}: {said[:500]}")] * len(rows)
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        return [(None, f"the served model gave no answer: {first_line(error, 300)}")] * len(rows)
    if len(found) != len(rows):
        return [(None, f"{len(found)} answers came to {len(rows)} rows")] * len(rows)
    return [(item, None) for item in found]


def rows_of_query(spark: SparkSession, query: str, limit: int) -> tuple[list[str], list[Any], bool]:
    """A query's columns and first rows, and whether there are more.

    Raises:
        CatalogError: it fails.
    """
    try:
        frame = spark.sql(query)
        rows: Iterable[Any] = frame.limit(limit + 1).collect()
    except SPARK_ERRORS as error:
        raise CatalogError(
            f"The query failed: {first_line(error)}", remedy="docs/sql.md shows some that work."
        ) from error
    found = list(rows)
    return frame.columns, found[:limit], len(found) > limit
