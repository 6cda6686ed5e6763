"""docs/versions.md and docs/sql.md, run as they stand."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.drafting.commenter import Commenter
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.settings import Settings, load_settings
from tests.kits.places import ROOT
from tests.kits.registry import NAME, registry_in, versions_of

pytestmark = pytest.mark.spark
DOCS = ROOT / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def lake(classic: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    classic.sql("DROP SCHEMA IF EXISTS nycflights13 CASCADE")
    classic.sql("CREATE SCHEMA nycflights13")
    classic.sql(
        "CREATE TABLE nycflights13.airlines USING delta AS "
        "SELECT id AS carrier_id, concat('Air ', id) AS name FROM range(20)"
    )
    settings = load_settings(environ={}, home=tmp_path_factory.mktemp("home"))
    describe(classic, settings, ["nycflights13.*"])
    yield settings
    classic.sql("DROP SCHEMA nycflights13 CASCADE")
    classic.sql("DROP SCHEMA IF EXISTS lakegloss CASCADE")
    classic.sql("DROP TEMPORARY FUNCTION IF EXISTS ai_query")


@pytest.mark.deep
def test_the_page_for_analysts(
    classic: SparkSession, lake: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    [code] = blocks("sql.md", "python")
    statements = blocks("sql.md", "sql")[0].replace("main.lakegloss.lakegloss_", "lakegloss_")
    statements = statements.replace("main.lakegloss.", "lakegloss.")
    statements = statements.replace("main.sales.orders", "nycflights13.airlines")
    statements = statements.replace("main.sales.%", "%nycflights13.%")
    # The block's own statement ends inside its with: the others go there, too.
    body = code.rstrip() + "\n    rows = [spark.sql(text).collect() for text in STATEMENTS]\n"
    given: dict[str, Any] = {
        "spark": classic,
        "settings": lake,
        "STATEMENTS": [part for part in statements.split(";") if part.strip()],
    }
    exec(compile(body, "sql.md", "exec"), given)  # noqa: S102 - our own text
    assert "airline" in capsys.readouterr().out.lower()
    columns, tables, worst = given["rows"]
    assert [row.column for row in columns] == ["carrier_id", "name"]
    assert [row.table for row in tables] == ["spark_catalog.nycflights13.airlines"] or [
        row.table for row in tables
    ] == ["nycflights13.airlines"]
    assert all(row.score < 0.5 for row in worst)
    assert len(worst) == 3


def test_the_card_of_the_page(tmp_path: Path) -> None:
    [card] = blocks("sql.md", "json")
    with Commenter(load_settings(environ={}, home=tmp_path), environ={}) as writer:
        [answer] = writer.answers([json.loads(card)])
    assert answer.error == ""
    assert len(answer.comments) == 3


@pytest.mark.deep
def test_the_page_of_versions(
    classic: SparkSession,
    lake: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import mlflow

    versions_of(lake, "")
    registry = registry_in(lake)
    registry.point(NAME, "champion", 1)
    before = mlflow.get_tracking_uri()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", registry.uri)
    mlflow.set_tracking_uri(registry.uri)
    try:
        [code] = blocks("versions.md", "python")
        exec(compile(code, "versions.md", "exec"), {"spark": classic})  # noqa: S102 - our own text
    finally:
        mlflow.set_tracking_uri(before)
    assert "Identifier of the order" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["versions.md", "sql.md"])
def test_the_pages_name_only_commands_that_exist(page: str) -> None:
    from typer.testing import CliRunner

    from lakegloss.cli.main import app

    lines = "\n".join(blocks(page, "bash") + blocks(page, "sh")).splitlines()
    commands = {
        tuple(
            re.findall(r"[a-z_]+", line.removeprefix("lakegloss "))[: 2 if " sql " in line else 1]
        )
        for line in lines
        if line.startswith("lakegloss ")
    }
    assert commands
    for words in commands:
        found = CliRunner().invoke(app, [*words, "--help"])
        assert found.exit_code == 0, words
