"""An empty or mistyped place passes no command, on real Spark."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.errors import AssetNotFoundError
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.describe.planning import plan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.report.check import measure_coverage
from lakegloss.lakehouse.report.report import write_report
from lakegloss.settings import Settings

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]


def test_a_mistyped_place_passes_no_command(
    spark: SparkSession, schema: str, gloss: str, tmp_path: Path
) -> None:
    spark.sql(f"CREATE TABLE {schema}.orders (id INT) USING delta")
    settings = Settings(schema_name=gloss)
    Ledgers(spark, settings).ensure()
    for command in (measure_coverage, plan, describe):
        with pytest.raises(AssetNotFoundError, match=f"Did you mean '{schema}.orders'"):
            command(spark, settings, [f"{schema}.ordres"])
        with pytest.raises(AssetNotFoundError, match="'mian' cannot be listed") as caught:
            command(spark, settings, [f"mian.{schema}.*"])
        assert "spark_catalog" in caught.value.remedy
        with pytest.raises(AssetNotFoundError, match="/warehouse matches"):
            command(spark, settings, ["nowhere_at_all.*"])
    with pytest.raises(AssetNotFoundError, match="lists no table"):
        write_report(spark, settings, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
    elsewhere = settings.model_copy(update={"catalog": "mian"})
    with pytest.raises(AssetNotFoundError, match="'mian' cannot be listed"):
        measure_coverage(spark, elsewhere, [f"{schema}.*"])
