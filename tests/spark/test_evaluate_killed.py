"""kill -9 at random moments of an evaluation: no kept answer is paid twice."""

import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.engine.journal import read_journal
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS, RESPONSES
from lakegloss.settings import Settings
from tests.kits.places import ROOT
from tests.kits.taught_model import TaughtModel, TaughtServer, write_examples, write_program

pytestmark = [pytest.mark.spark, pytest.mark.soak, pytest.mark.timeout(3_000)]
EXAMPLES, IN_FLIGHT, KILLS = 60, 4, 20
CLIENT = """
import sys
from pathlib import Path
from pyspark.sql.connect.session import SparkSession
from lakegloss.learning.program_evaluation.evaluate_program import evaluate_program
from lakegloss.release.evaluated import evaluated
from lakegloss.settings import Settings

remote, schema, url, folder = sys.argv[1:]
settings = Settings(home=Path(folder) / "home", schema_name=schema, model="taught", endpoint=url,
                    in_flight=4)
spark = SparkSession.builder.remote(remote).create()
program = evaluated(settings, str(Path(folder) / "route.yaml"))
evaluate_program(spark, settings, program, data=Path(folder) / "tickets.jsonl")
"""


def started(remote: str, settings: Settings) -> subprocess.Popen[str]:
    given = [remote, settings.schema_name, settings.endpoint, str(settings.home.parent)]
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, *given],
        env=os.environ | {"PYTHONPATH": f"{ROOT}/lib:{ROOT}"},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def kept(spark: SparkSession, settings: Settings) -> set[str]:
    """Hashes of the requests whose answers stand in the journal or in the ledger."""
    files = read_journal(settings.journal_folder)
    journalled = {response.request_hash for _, part in files for response in part}
    if not spark.catalog.tableExists(f"{settings.schema_name}.{RESPONSES.name}"):
        return journalled
    rows = Ledgers(spark, settings).read(RESPONSES).select("request_hash").collect()
    return journalled | {row.request_hash for row in rows}


def scores(spark: SparkSession, settings: Settings) -> list[tuple[Any, ...]]:
    """The items of the one evaluation that was finished, under each of its metrics."""
    ledgers = Ledgers(spark, settings)
    names = {row.evaluation_id: row.metric for row in ledgers.read(EVALUATIONS).collect()}
    assert len(names) == len(set(names.values())), "an evaluation stands there twice"
    items = ledgers.read(EVALUATION_ITEMS).collect()
    return sorted((names[i.evaluation_id], i.table, i.column, i.score) for i in items)


def test_twenty_random_kills_pay_no_kept_answer_twice(
    classic: SparkSession, remote: str, schema: str, tmp_path: Path
) -> None:
    rng = random.Random(20_261_130)
    with TaughtServer(TaughtModel(lucky=0.5), latency=0.15) as server:

        def prepared(name: str) -> Settings:
            folder = tmp_path / name
            folder.mkdir()
            write_program(folder)
            write_examples(folder, train=EXAMPLES, select=0, gate=0)
            classic.sql(f"CREATE SCHEMA {schema}_{name}")
            return Settings(
                home=folder / "home", schema_name=f"{schema}_{name}", model="taught",
                endpoint=server.url, in_flight=IN_FLIGHT,
            )  # fmt: skip

        def finished(settings: Settings) -> list[tuple[Any, ...]]:
            process = started(remote, settings)
            _, said = process.communicate(timeout=300)
            assert process.returncode == 0, said[-2_000:]
            return scores(classic, settings)

        whole = finished(prepared("whole"))
        assert len(whole) >= EXAMPLES
        server.questions.clear()
        for number in range(KILLS // 2):
            settings = prepared(f"killed{number}")
            before: Counter[str] = Counter()
            paid: set[str] = set()
            for _ in range(2):
                process = started(remote, settings)
                with suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=rng.uniform(3, 12))
                process.kill()
                process.communicate()
                assert [q for q in paid if server.questions[q] > before[q]] == []
                paid, before = kept(classic, settings), Counter(server.questions)
            assert finished(settings) == whole
            assert [q for q in paid if server.questions[q] > before[q]] == []
            assert set(server.questions) >= kept(classic, settings)
            classic.sql(f"DROP SCHEMA {settings.schema_name} CASCADE")
