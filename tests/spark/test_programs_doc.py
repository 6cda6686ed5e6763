"""docs/programs.md over a DataFrame, as it stands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

import lakegloss.lakehouse.session.session as sessions
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RESPONSES
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer

pytestmark = pytest.mark.spark
DOC = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
[BLOCK] = [b for b in re.findall(r"```python\n(.*?)```", DOC, re.DOTALL) if "spark_execute" in b]


def test_the_block_runs_as_printed(
    classic: SparkSession,
    gloss: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextmanager
    def running(_settings: Any) -> Iterator[SparkSession]:
        yield classic

    # The block opens a session of its own; a test run has one JVM.
    monkeypatch.setattr(sessions, "session", running)
    names: dict[str, Any] = {}
    with ProgramServer() as server:
        for name, value in {
            "MODEL": "m", "ENDPOINT": server.url, "SCHEMA_NAME": gloss, "HOME": str(tmp_path),
        }.items():  # fmt: skip
            monkeypatch.setenv(f"LAKEGLOSS_{name}", value)
        exec(compile(BLOCK, "docs/programs.md", "exec"), names)  # noqa: S102 - our own text
    rows = names["rated"].select("ticket_id", "result.*").collect()
    assert len(rows) == 2
    assert all(row["error"] is None and row["classification"] for row in rows)
    assert "classification" in capsys.readouterr().out
    assert Ledgers(classic, names["settings"]).read(RESPONSES).count() == 2
