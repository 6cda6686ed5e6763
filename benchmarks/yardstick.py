"""Compares drafted comments with those that people wrote, on the path of a real run.

    python -m benchmarks.yardstick [--gold DIR] [--model M --endpoint URL] [--out FILE] [--tables N]

DIR holds gold.jsonl and a CSV for each of its tables; it becomes Delta tables (types as gold.jsonl
says, one schema for each source, its name hidden) that `describe` runs on under the default policy
for values. The comments go to FILE, one table a line, and score.py says how near they come: for the
columns' names alone, for `rules`, and for the model where one is given. Other settings come from
the environment (LAKEGLOSS_...), the API key too.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.bench import record, table
from lakegloss.core.names import join_path, quote, quote_parts
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import PROPOSALS
from lakegloss.lakehouse.session.session import session
from lakegloss.settings import Settings, load_settings

BENCH = "yardstick"
ROOT = Path(__file__).resolve().parents[1]
DEFAULT_GOLD = ROOT.parent / "shared" / "gold" / "dev"
DEFAULT_OUT = ROOT / "build" / "yardstick.jsonl"
GOALS = {"similarity": 0.47, "identify": 0.48, "informed": 0.12}
STRONG = "strong model, plain pass"
NOT_MODELS = frozenset({"names", "rules", STRONG})
MEASURES = ("similarity", "identify", "informed", "table", "coverage", "words")
# Delta refuses these in a name unless columns are mapped.
_ODD = re.compile(r"[ ,;{}()\n\t=]")

Scores = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldTable:
    """A table that people described: its line of gold.jsonl, and where it stands in the catalog."""

    line: Mapping[str, Any]
    schema: str

    @property
    def gold_name(self) -> str:
        return str(self.line["table"])

    @property
    def parts(self) -> tuple[str, str]:
        """Schema and name in the catalog: the name without its source, in small letters."""
        return self.schema, self.gold_name.rpartition("__")[2].lower()

    @property
    def types(self) -> dict[str, str]:
        return {column["name"]: column["type"] for column in self.line["all_columns"]}


def main() -> int:
    arguments = read_arguments()
    gold: Path = arguments.gold
    if not (gold / "gold.jsonl").is_file():
        print(f"yardstick: {gold} holds no gold.jsonl; give a folder that does by --gold")
        return 0 if gold == DEFAULT_GOLD else 2
    score = arguments.score or gold.resolve().parents[1] / "yardstick" / "score.py"
    tables = some(read_gold(gold), arguments.tables)
    with ExitStack() as stack:
        home = arguments.home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        comments = written_comments(gold, tables, home, arguments)
    results = scored(score, gold, tables, comments, arguments.out)
    report(results, whole=len(tables) == len(read_gold(gold)))
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.yardstick")
    parser.add_argument("--gold", type=Path, default=DEFAULT_GOLD, help="folder with gold.jsonl")
    parser.add_argument("--model", default="", help="a model to score beside the rules")
    parser.add_argument("--endpoint", default="", help="base URL of an OpenAI-compatible API")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="where the comments go")
    parser.add_argument("--tables", type=int, default=0, help="only so many tables, spread evenly")
    parser.add_argument("--score", type=Path, help="score.py; else beside the gold folder")
    parser.add_argument("--home", type=Path, help="folder to keep the lakehouse in, to go on later")
    return parser.parse_args()


def read_gold(gold: Path) -> list[GoldTable]:
    lines = (gold / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    schemas: dict[str, str] = {}
    for line in found:
        dataset = line["table"].rpartition("__")[0]
        schemas.setdefault(dataset, f"source_{len(schemas) + 1}")
    return [GoldTable(line=x, schema=schemas[x["table"].rpartition("__")[0]]) for x in found]


def some(tables: Sequence[GoldTable], number: int) -> list[GoldTable]:
    """So many tables, spread evenly over the sources; 0 or too many are all."""
    if not 0 < number < len(tables):
        return list(tables)
    return [tables[i * len(tables) // number] for i in range(number)]


def written_comments(
    gold: Path, tables: Sequence[GoldTable], home: Path, arguments: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """The comments of each describer, in score.py's format."""
    rules = load_settings(home=home, model="", endpoint="")
    written = {}
    with session(rules, progress=print) as spark:
        for item in tables:
            load(spark, gold, item)
        written["rules"] = comments_of(spark, rules, tables)
        if arguments.model:
            settings = load_settings(home=home, model=arguments.model, endpoint=arguments.endpoint)
            written[arguments.model] = comments_of(spark, settings, tables)
    return written


def load(spark: SparkSession, gold: Path, item: GoldTable) -> None:
    """Write one CSV as a Delta table, unless it is there from an earlier run."""
    name = quote_parts(item.parts)
    spark.sql(f"CREATE SCHEMA IF NOT EXISTS {quote(item.schema)}")
    if not spark.catalog.tableExists(name):
        writer = typed(spark, gold / f"{item.gold_name}.csv", item.types).coalesce(1).writeTo(name)
        if any(_ODD.search(column) for column in item.types):
            writer = writer.tableProperty("delta.columnMapping.mode", "name")
        writer.using("delta").create()


def typed(spark: SparkSession, path: Path, types: Mapping[str, str]) -> DataFrame:
    """The CSV with its types; cells that do not fit theirs are null, as empty ones are."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    texts = {name: [row.get(name) or None for row in rows] for name in types}
    frame = spark.createDataFrame(pa.table({n: pa.array(v, pa.string()) for n, v in texts.items()}))
    return frame.select(*(cast(name, kind).alias(name) for name, kind in types.items()))


def cast(name: str, kind: str) -> Any:
    text = F.col(quote(name))
    if kind in {"int", "bigint", "smallint", "tinyint"}:
        # Some sources write whole numbers as 12.0.
        return F.coalesce(text.try_cast(kind), text.try_cast("double").try_cast(kind))
    return text.try_cast(kind)


def comments_of(
    spark: SparkSession, settings: Settings, tables: Sequence[GoldTable]
) -> list[dict[str, Any]]:
    """Describe the tables and read the proposals, as one entry for each table."""
    patterns = [".".join(item.parts) for item in tables]
    summary = describe(spark, settings, patterns)
    print(
        f"{settings.model or 'rules'}: {summary.status}, {summary.calls} calls, "
        f"{summary.input_tokens} input and {summary.output_tokens} output tokens, "
        f"proposals by source {dict(summary.sources)}"
    )
    source = "model" if settings.model else "rules"
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in Ledgers(spark, settings).latest(PROPOSALS).collect():
        if row["text"] and row["source"] in {source, "rules"}:
            texts[row["table"].lower()][row["column"]] = row["text"]
    return [entry(item, texts[".".join(item.parts)]) for item in tables]


def entry(item: GoldTable, texts: Mapping[str, str]) -> dict[str, Any]:
    columns = {name: texts.get(join_path((name,)), "") for name in item.types}
    return {"table": item.gold_name, "comment": texts.get(""), "columns": columns}


def scored(
    score: Path,
    gold: Path,
    tables: Sequence[GoldTable],
    comments: Mapping[str, list[dict[str, Any]]],
    out: Path,
) -> dict[str, Scores]:
    """The scores of names, of each describer and, with a model, of the strong plain pass."""
    out.parent.mkdir(parents=True, exist_ok=True)
    chosen = out.with_suffix(".gold.jsonl")
    write_lines(chosen, (item.line for item in tables))
    files = {"names": "--names"}
    for describer, lines in comments.items():
        # The last describer is what was asked for; the rules beside a model get their own file.
        last = describer == list(comments)[-1]
        path = out if last else out.with_suffix(f".{describer}.jsonl")
        write_lines(path, lines)
        files[describer] = str(path)
    strong = gold.resolve().parent / f"strong_model_{gold.name}.jsonl"
    if len(comments) > 1 and strong.is_file():
        files[STRONG] = str(strong)
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda comments: run_score(score, chosen, comments), files.values())
        return dict(zip(files, results, strict=True))


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def run_score(score: Path, gold: Path, comments: str) -> Scores:
    # One thread: numpy's matrix threads spin while they wait, which ruins a busy machine.
    done = subprocess.run(
        [sys.executable, str(score), str(gold), comments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise SystemExit(f"yardstick: {score} failed: {done.stderr.strip()[-500:]}")
    scores: Scores = json.loads(done.stdout)
    return scores


def report(results: Mapping[str, Scores], *, whole: bool) -> None:
    """Print one table; record what has a goal, the rules' only where every table was scored."""
    rows = [
        {"describer": name, "columns": scores["columns"], **{m: scores[m] for m in MEASURES}}
        for name, scores in results.items()
    ]
    table("Yardstick: comments against the ones that people wrote", rows)
    if whole:
        for measure, goal in GOALS.items():
            value = results["rules"][measure]
            record(BENCH, f"rules: {measure}", value, "0 to 1", f">= {goal}", met=value >= goal)
    strong = results.get(STRONG)
    if strong is None:
        return
    for name in results.keys() - NOT_MODELS:
        for measure in ("identify", "informed"):
            value, least = results[name][measure], strong[measure]
            record(BENCH, f"{name}: {measure}", value, "0 to 1", f">= {least}", met=value >= least)


if __name__ == "__main__":
    raise SystemExit(main())
