"""docs/programs.md over a DataFrame, as it stands."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RESPONSES
from lakegloss.settings import load_settings
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer

pytestmark = pytest.mark.spark
DOC = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
[BLOCK] = [b for b in re.findall(r"```python\n(.*?)```", DOC, re.DOTALL) if "spark_execute" in b]


def test_the_block_runs(
    classic: SparkSession, schema: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tickets = classic.createDataFrame(
        [(1, "It broke.", "complaint, praise"), (2, "Well done.", "complaint, praise")],
        "ticket_id int, body string, allowed string",
    )
    own = f"{schema}_gloss"
    try:
        with ProgramServer() as server:
            settings = load_settings(
                environ=dict(os.environ), home=tmp_path / "home", schema_name=own, model="m",
                endpoint=server.url,
            )  # fmt: skip
            names: dict[str, Any] = {"tickets": tickets, "settings": settings}
            exec(compile(BLOCK, "docs/programs.md", "exec"), names)  # noqa: S102 - our own text
        rows = names["rated"].select("ticket_id", "result.*").collect()
        assert len(rows) == 2
        assert all(row["error"] is None and row["classification"] for row in rows)
        assert "classification" in capsys.readouterr().out
        assert Ledgers(classic, settings).read(RESPONSES).count() == 2
    finally:
        classic.sql(f"DROP SCHEMA IF EXISTS {own} CASCADE")
