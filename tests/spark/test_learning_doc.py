"""docs/learning.md: its commands, run as they stand, on a small lake of the same names."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.core.learning.settling import settle
from lakegloss.lakehouse.examples.example_files import found_in_jsonl
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import load_settings
from tests.kits.model_server import ModelServer
from tests.kits.places import ROOT

# A page whose commands run as tests: what they do is held by test_evaluate.py, test_optimize.py and
# unit/learning, those that need no lake by unit/learning/optimisation/test_learning_page.py.
pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.deep]
PAGE = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
WITHOUT_MODEL, WITH_MODEL, OPTIMISE = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
OF_EVALUATE, OF_OPTIMISE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
[(NAME, CONTENT)] = re.findall(r"cat > (\S+) <<'EOF'\n(.*?)EOF\n", WITHOUT_MODEL, re.DOTALL)


def commands(block: str) -> list[list[str]]:
    lines = [line.partition("  #")[0] for line in block.splitlines()]
    return [line.replace("'", "").split()[1:] for line in lines if line.startswith("lakegloss ")]


@pytest.fixture(scope="module")
def lake(classic: SparkSession) -> Iterator[None]:
    classic.sql("DROP SCHEMA IF EXISTS nycflights13 CASCADE")
    classic.sql("DROP SCHEMA IF EXISTS lakegloss CASCADE")
    classic.sql("CREATE SCHEMA nycflights13")
    classic.sql(
        "CREATE TABLE nycflights13.flights (dep_delay DOUBLE, distance DOUBLE, "
        "tailnum STRING COMMENT 'Number painted on the tail.') USING delta"
    )
    classic.sql("INSERT INTO nycflights13.flights VALUES (-2, 1400, 'N14228'), (4, 200, 'N1')")
    yield
    classic.sql("DROP SCHEMA nycflights13 CASCADE")
    classic.sql("DROP SCHEMA IF EXISTS lakegloss CASCADE")


@pytest.fixture
def run(classic: SparkSession, lake: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    @contextmanager
    def opened(_: object) -> Iterator[SparkSession]:
        yield classic

    for name in ("opened_lake", "opened_for_file"):
        monkeypatch.setattr(f"lakegloss.cli.learning.evaluate.{name}", opened)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    Path(NAME).write_text(CONTENT, encoding="utf-8")

    def invoke(words: list[str]) -> str:
        done = CliRunner().invoke(app, [*words, "--no-mlflow"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return invoke


def test_the_commands_without_a_model(run: Any, tmp_path: Path) -> None:
    outputs = {" ".join(words): run(words) for words in commands(WITHOUT_MODEL)}
    assert len(outputs) == 4
    assert "1 comment of 1 table," in outputs["evaluate rules --tables nycflights13.*"]
    assert "too few tables" in outputs["evaluate rules --tables nycflights13.*"]
    assert "2 comments of 1 table," in outputs[f"evaluate rules --data {NAME} --split gate"]
    assert "Sum of the order in euros" in (tmp_path / "evaluation.html").read_text("utf-8")


def test_the_commands_with_a_model(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [against_rules, of_versions, of_state] = commands(WITH_MODEL)
    assert of_versions[1].startswith("lakegloss_comment@")  # test_versions.py has a registry
    better = CommentProgram()
    better.write.signature = better.write.signature.with_instructions("Write what is meant.")
    (tmp_path / "better.json").write_text(better.dump(), encoding="utf-8")
    with ModelServer() as server:
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        assert "built-in against rules: too few to tell" in run(against_rules)
        assert "better.json against built-in" in run(of_state)
        calls = server.counts()["completions"]
        run(of_state)
        assert server.counts()["completions"] == calls


def test_the_block_of_python(
    classic: SparkSession, lake: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(environ={}, home=tmp_path)
    exec(compile(OF_EVALUATE, "learning.md", "exec"), {"spark": classic, "settings": settings})  # noqa: S102 - our own text
    assert re.match(r"0\.\d+ ", capsys.readouterr().out)


def test_the_block_of_python_that_optimises(
    classic: SparkSession, lake: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "comments.jsonl"
    path.write_text(
        "".join(
            json.dumps({"table": f"air.{side}_{n}", "column": f"{side}_{n}", "split": side,
                        "text": f"Number {n} of the {side} in kilometres."}) + "\n"
            for side in ("train", "select", "gate")
            for n in range(3)
        )
    )  # fmt: skip
    with ModelServer() as server:
        settings = load_settings(
            environ={}, home=tmp_path, schema_name="optimised_doc", model="m", endpoint=server.url
        )
        ledger = ExampleLedger(Ledgers(classic, settings))
        ledger.salt()  # makes the ledger
        found = found_in_jsonl(path.read_text(), path, splits=True)
        ledger.append(settle(found, [], salt="s", run_id="r", now=datetime.now(UTC)).rows)
        names = {"spark": classic, "settings": settings}
        exec(compile(OF_OPTIMISE, "learning.md", "exec"), names)  # noqa: S102 - our own text
    told = capsys.readouterr().out
    assert "# Optimisation with labeled" in told
    assert re.search("No better candidate|Too few to tell|is better", told)
    classic.sql("DROP SCHEMA IF EXISTS optimised_doc CASCADE")
