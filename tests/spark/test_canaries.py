"""A thousand facts about people in a lake: the whole path, and none of them anywhere after it."""

import json
import logging
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from lakegloss.cli.console import apply_view, describe_view, show_error
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE, LEDGERS
from lakegloss.lakehouse.report.report import render_terminal, write_report
from lakegloss.lakehouse.survey.profile import profile_table
from lakegloss.settings import Settings, load_settings
from tests.kits.canaries import everything, tables
from tests.kits.model_server import ModelServer

pytestmark = pytest.mark.spark
CANARIES = sorted(set(everything()))


def leaked(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


@pytest.fixture
def lake(classic: SparkSession, schema: str) -> str:
    """The tables; one with people inside a struct; views that break on a value."""
    for name, contents in tables().items():
        kinds = ["CAST({} AS DATE)" if c == "birth_date" else "{}" for c in contents]
        rows = list(zip(*contents.values(), strict=True))
        frame = classic.createDataFrame(rows, ", ".join(f"{c} STRING" for c in contents))
        columns = [f"{kind.format(c)} AS {c}" for c, kind in zip(contents, kinds, strict=True)]
        frame.selectExpr(*columns).write.saveAsTable(f"{schema}.{name}", format="delta")
    inner = ", ".join(f"'{letter}', {letter}" for letter in string.ascii_lowercase[:7])
    classic.sql(
        f"CREATE TABLE {schema}.nested USING delta AS "
        f"SELECT named_struct({inner}) AS payload FROM {schema}.feed"
    )
    classic.sql(f"CREATE VIEW {schema}.numbers AS SELECT CAST(a AS INT) AS n FROM {schema}.feed")
    classic.sql(f"CREATE VIEW {schema}.raised AS SELECT raise_error(a) AS n FROM {schema}.feed")
    return schema


def stored(ledgers: Ledgers) -> Iterator[str]:
    """All rows that the ledgers ever held, and their files as they are."""
    for ledger in LEDGERS:
        for row in ledgers.read(ledger).collect():
            yield str(row.asDict(recursive=True))
        detail = ledgers.spark.sql(f"DESCRIBE DETAIL {ledgers.name(ledger)}").collect()[0]
        for path in sorted(Path(detail.location.removeprefix("file:")).rglob("*")):
            if path.is_file():
                yield path.read_bytes().decode("latin-1")


def test_none_leaves_the_lake(
    classic: SparkSession,
    lake: str,
    gloss: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="lakegloss")
    record = tmp_path / "requests.jsonl"
    with ModelServer(record=str(record), faults={"missing": 0.2, "error_500": 0.2}) as server:
        settings: Settings = load_settings(
            environ={}, home=tmp_path / "home", schema_name=gloss, model="test-model",
            endpoint=server.url, style="detailed",
        )  # fmt: skip
        drafted = describe(classic, settings, [f"{lake}.*"])
    assert sorted(drafted.unreadable) == [f"{lake}.numbers", f"{lake}.raised"]
    written = apply(classic, settings, [f"{lake}.*"])
    assert written.applied > 20
    data = write_report(classic, settings, tmp_path / "report.html")
    console = Console(width=200)
    for view in (describe_view(drafted), apply_view(written), render_terminal(data)):
        console.print(view)
    for name in ("numbers", "raised"):
        with pytest.raises(CatalogError) as failure:
            profile_table(
                classic, Catalog(classic).read(f"{lake}.{name}"), sample_rows=1000, seed=1
            )
        show_error(failure.value)

    ledgers = Ledgers(classic, settings)
    rows = ledgers.latest(EVIDENCE).where("column = 'email' OR column = 'payload.a'").collect()
    assert {row.personal for row in rows} == {"email"}
    sent = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert sent
    kept = [p for p in settings.home.rglob("*") if p.is_file() and "metastore" not in str(p)]
    places = {
        "requests": json.dumps(sent, ensure_ascii=False),
        "ledgers": "\n".join(stored(ledgers)),
        "files": "\n".join(p.read_bytes().decode("latin-1") for p in kept),
        "report": (tmp_path / "report.html").read_text(encoding="utf-8"),
        "logs": caplog.text,
        "output": "".join(capsys.readouterr()),
        "comments": str([Catalog(classic).read_comments(f"{lake}.{t}") for t in tables()]),
    }
    assert all(len(text) > 100 for place, text in places.items() if place not in {"logs", "files"})
    assert {place: leaked(text) for place, text in places.items() if leaked(text)} == {}
