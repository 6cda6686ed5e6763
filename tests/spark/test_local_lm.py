"""The whole path on Delta with a real small model: describe, apply, undo."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import PROPOSALS, RESPONSES
from lakegloss.settings import load_settings
from tests.kits.local_lm import MISSING, SKIP_REASON, LocalServer

pytestmark = [
    pytest.mark.spark,
    pytest.mark.soak,
    pytest.mark.skipif(bool(MISSING), reason=SKIP_REASON),
]


def test_a_real_model_describes_a_delta_table(
    classic: SparkSession, schema: str, tmp_path: Path
) -> None:
    table = f"{schema}.airlines"
    classic.sql(f"CREATE TABLE {table} (carrier STRING, name STRING) USING delta")
    classic.sql(
        f"INSERT INTO {table} VALUES ('AA', 'American Airlines'), ('UA', 'United Air Lines')"
    )
    with LocalServer() as server:
        settings = load_settings(
            environ={}, home=tmp_path, schema_name=f"{schema}_gloss", max_asks=1, **server.options
        )
        drafted = describe(classic, settings, [table])
    model = server.options["model"]
    assert drafted.status == "done"
    assert sum(drafted.sources.values()) + drafted.failed == 3
    assert drafted.input_tokens > 500
    assert drafted.output_tokens > 0

    ledgers = Ledgers(classic, settings)
    answers = ledgers.read(RESPONSES).collect()
    assert {row.model for row in answers} == {model}
    assert {row.usable for row in answers} == {True}
    for row in ledgers.read(PROPOSALS).collect():
        assert row.text or row.reason
        assert row.source == "model" or row.reason

    written = apply(classic, settings, [table])
    found = Catalog(classic).read_comments(table)
    assert sum(bool(text) for text in [found.comment, *(c.comment for c in found.columns)]) == 3
    undo(classic, settings, written.run_id)
    after = Catalog(classic).read_comments(table)
    assert not any([after.comment, *(c.comment for c in after.columns)])
    classic.sql(f"DROP SCHEMA {settings.schema_name} CASCADE")
