"""Hostile answers through tasks of Spark."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.engine.journal import read_journal
from lakegloss.lakehouse.asking import spark_asker
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.progress import silent
from lakegloss.settings import Settings
from tests.kits.hostile_lake import Recorded, assert_all_held, draft, make_lake
from tests.kits.model_server import ModelServer

pytestmark = [pytest.mark.spark, pytest.mark.soak]


@pytest.mark.parametrize("seed", [11, 12])
def test_ten_thousand_assets_under_fire_in_partitions(
    spark: SparkSession, schema: str, tmp_path: Path, seed: int
) -> None:
    lake = make_lake(400, columns=24)
    with ModelServer(mode="hostile", seed=seed, stall=3, storm=(200, 300)) as server:
        settings = Settings(
            model="model-a",
            endpoint=server.url,
            home=tmp_path,
            schema_name=f"{schema}_gloss",
            transport="partitions",
            request_tokens=800,
            in_flight=48,
            partitions=2,
            attempts=4,
            call_timeout=2,
            retry_after_cap=1,
        )
        ask = Recorded(spark_asker(Ledgers(spark, settings), settings.asking, "run", silent))
        drafted = draft(lake, settings, ask)
        kept = [r for _, responses in read_journal(settings.journal_folder) for r in responses]
        sources = assert_all_held(lake, drafted, kept, ask.requests, server)
    assert sources["model"] > 9_700
