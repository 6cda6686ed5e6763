"""The README's Python and SQL, run as they stand."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pyspark.sql import SparkSession

import lakegloss.lakehouse.session.session as sessions
from tests.kits.places import ROOT

pytestmark = pytest.mark.spark
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    assert found
    return found.group(1)


@pytest.fixture
def flights(classic: SparkSession) -> Iterator[None]:
    classic.sql("CREATE SCHEMA nycflights13")
    classic.sql(
        "CREATE TABLE nycflights13.airlines USING delta AS "
        "SELECT id AS carrier_id, concat('Air ', id) AS name FROM range(20)"
    )
    yield
    classic.sql("DROP SCHEMA nycflights13 CASCADE")
    classic.sql("DROP SCHEMA IF EXISTS lakegloss CASCADE")


def test_python_and_sql(
    classic: SparkSession,
    flights: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def running(_settings: Any) -> Iterator[SparkSession]:
        yield classic

    # The block opens a session of its own; a test run has one JVM.
    monkeypatch.setattr(sessions, "session", running)
    exec(compile(block("python"), "README.md", "exec"), {})  # noqa: S102 - our own text
    printed = capsys.readouterr().out
    assert "{'rules': 3} 3" in printed
    assert "ALTER TABLE `nycflights13`.`airlines`" in printed

    statements = [part for part in block("sql").split(";") if part.strip()]
    assert len(statements) == 5
    rows = [classic.sql(statement).collect() for statement in statements]
    assert len(rows[0]) == 3
