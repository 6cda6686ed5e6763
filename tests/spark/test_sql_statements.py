"""What `lakegloss sql run` says of statements that give no rows."""

import pytest
from pyspark.sql import SparkSession

from lakegloss.cli.sql import show_query
from lakegloss.drafting.commenter import Commenter
from lakegloss.serving.model.local_endpoint import local_endpoint
from lakegloss.settings import Settings

pytestmark = pytest.mark.spark


def test_statements_without_rows_are_told_as_what_they_are(
    classic: SparkSession, schema: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(schema_name=f"{schema}_gloss")
    expected = {
        f"CREATE TABLE {schema}.made (a INT) USING delta": "CREATE is done",
        f"-- later\n/* no */ alter table {schema}.made ADD COLUMN b INT": "ALTER is done",
        f"SELECT * FROM {schema}.made": "no row",
        f"SELECT * FROM lakegloss_column_comments('{schema}.other')": "describe them first",
        f"DROP TABLE {schema}.made": "DROP is done",
    }
    try:
        with Commenter(settings) as writer, local_endpoint(writer) as address:
            for query, says in expected.items():
                show_query(classic, settings, query, address)
                shown = capsys.readouterr()
                # A line of the terminal may end anywhere.
                assert says in " ".join(shown.err.split()), query
                show_query(classic, settings, "SELECT 1 AS one", address, as_csv=True)
                shown = capsys.readouterr()
                assert (shown.out, shown.err) == ("one\n1\n", "")
    finally:
        classic.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")
        classic.sql(f"DROP SCHEMA IF EXISTS {schema}_gloss CASCADE")
