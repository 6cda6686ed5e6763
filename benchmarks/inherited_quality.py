"""Measures whether inherited comments are as good as a column's own, on tables people described.

    python -m benchmarks.inherited_quality [--gold DIR] [--comments FILE]

FILE holds a strong model's comments on the tables of DIR. Where columns repeat, one of them gives
its text to the others, exactly as a run does it; score.py then compares the comments before and
after with what people wrote. Evidence comes from the CSV files, without Spark.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.bench import record, table
from benchmarks.yardstick import DEFAULT_GOLD, GoldTable, read_gold, run_score, write_lines
from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.heirs import Heirs
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.names import join_path
from lakegloss.core.personal.privacy import withhold
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.references import resolve_keys
from lakegloss.core.profile.sketch import ColumnSketch

BENCH = "inherited_quality"
MEASURES = ("similarity", "identify", "informed")
LARGEST_LOSS = 0.005
_TYPES = {
    "bigint": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
}

Texts = Mapping[AssetKey, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inherited_quality")
    parser.add_argument("--gold", type=Path, default=DEFAULT_GOLD, help="folder with gold.jsonl")
    parser.add_argument("--comments", type=Path, help="a model's comments, one table a line")
    arguments = parser.parse_args()
    gold: Path = arguments.gold
    written: Path = arguments.comments or gold.parent / f"strong_model_{gold.name}.jsonl"
    if not (gold / "gold.jsonl").is_file() or not written.is_file():
        print(f"inherited_quality: {gold} or {written} is not there; nothing to compare")
        return 0
    tables = read_gold(gold)
    lines = {x["table"]: x for x in map(json.loads, written.read_text("utf-8").splitlines())}
    names = {name_of(item): item for item in tables}
    texts = {
        AssetKey(name, join_path((column,))): text
        for name, item in names.items()
        for column, text in lines.get(item.gold_name, {}).get("columns", {}).items()
        if text
    }
    tasks = tasks_for(gold, names)
    score = gold.resolve().parents[1] / "yardstick" / "score.py"
    ways = {"each column's own": texts, "repeated columns once": taken_over(tasks, texts)}
    report(ways, scores(score, gold, lines, names, ways), embedder(score))
    return 0


def name_of(item: GoldTable) -> str:
    return join_path(item.parts)


# The tables, as a run sees them.


def tasks_for(gold: Path, names: Mapping[str, GoldTable]) -> list[TableTasks]:
    """What is to be described: everything, with evidence under the default policy for values."""
    tables, evidence = [], []
    for name, item in names.items():
        columns = tuple(
            Column(path=join_path((column,)), data_type=kind, position=place)
            for place, (column, kind) in enumerate(item.types.items())
        )
        tables.append(Table(name=name, columns=columns))
        evidence += profiled(gold / f"{item.gold_name}.csv", tables[-1], list(item.types))
    places = {AssetKey(t.name, c.path): c.position for t in tables for c in t.columns}
    known = {AssetKey(e.table, e.column): e for e in resolve_keys(evidence, places)}
    rules = Rules(
        policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="model"),
        describer=Describer(version="1", family="m", style="standard", language="English"),
        comment_on_column=True,
        guidance=lambda _table, _column: (),
    )
    return [tasks_of(table, known, {}, {}, rules) for table in tables]


def profiled(path: Path, item: Table, names: Sequence[str]) -> list[Evidence]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = []
    for column, name in zip(item.columns, names, strict=True):
        sketch = ColumnSketch()
        sketch.update(typed([row.get(name) or None for row in rows], column.data_type))
        siblings = [other for other in names if other != name]
        made = column_evidence(item.name, column, sketch, rows=len(rows), siblings=siblings)
        found.append(withhold(made, "masked"))
    return found


def typed(cells: Sequence[str | None], kind: str) -> pa.Array:
    """The cells with their type, where all of them fit it."""
    texts = pa.array(cells, pa.string())
    try:
        if kind in {"bigint", "int"}:
            return pc.cast(pc.cast(texts, pa.float64()), _TYPES[kind])
        return pc.cast(texts, _TYPES[kind]) if kind in _TYPES else texts
    except pa.ArrowInvalid:
        return texts


# What a run would do, with the texts that are there as the model's answers.


def taken_over(tasks: Sequence[TableTasks], texts: Texts) -> Texts:
    """The texts after a run."""
    inheritance = Inheritance(limit=500, style="standard", language="English")
    inheritance.enter(tasks)
    keys = [task.key for item in tasks for task in item.tasks if task.key in texts]
    heirs = Heirs(inheritance, keys)
    answered: set[AssetKey] = set()
    while asked := set(keys) - heirs.waiting - heirs.inherited.keys() - answered:
        for key in sorted(asked):
            inheritance.offer(key, Donor(asset=key, text=texts[key]))
        answered |= asked
        heirs.settle(frozenset())
    return dict(texts) | {key: donor.text for key, donor in heirs.inherited.items()}


# How good the texts are.


def scores(
    score: Path,
    gold: Path,
    lines: Mapping[str, Any],
    names: Mapping[str, GoldTable],
    ways: Mapping[str, Texts],
) -> list[Mapping[str, Any]]:
    """The scores of each set of texts."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.jsonl" for number in range(len(ways))]
        for file, texts in zip(files, ways.values(), strict=True):
            changed = (with_texts(lines[x.gold_name], n, x, texts) for n, x in names.items())
            write_lines(file, changed)
        return [run_score(score, gold / "gold.jsonl", str(file)) for file in files]


def with_texts(
    line: Mapping[str, Any], name: str, item: GoldTable, texts: Texts
) -> Mapping[str, Any]:
    columns = {c: texts.get(AssetKey(name, join_path((c,))), "") for c in item.types}
    return {**line, "columns": columns}


def embedder(score: Path) -> Callable[[list[str]], Any]:
    sys.path.insert(0, str(score.parent))
    from minilm import MiniLM

    embed: Callable[[list[str]], Any] = MiniLM().embed
    return embed


def report(
    ways: Mapping[str, Texts],
    results: Sequence[Mapping[str, Any]],
    embed: Callable[[list[str]], Any],
) -> None:
    own = next(iter(ways.values()))
    rows = []
    for (title, texts), scored in zip(ways.items(), results, strict=True):
        changed = [key for key in own if texts[key] != own[key]]
        left, right = (embed([of[key] for key in changed] or ["-"]) for of in (own, texts))
        alike = float((left * right).sum(axis=1).mean())
        measured = {measure: scored[measure] for measure in MEASURES}
        rows.append({"comments": title, "changed": len(changed), "like own": alike, **measured})
    table(f"{len(own)} columns against what people wrote, strong model", rows)
    for (title, _), scored, row in list(zip(ways.items(), results, rows, strict=True))[1:]:
        record(BENCH, f"{title}: changed", row["changed"], "columns", "", met=True)
        record(BENCH, f"{title}: like own", round(row["like own"], 3), "cosine", "", met=True)
        for measure in MEASURES:
            loss = round(results[0][measure] - scored[measure], 4)
            goal, met = f"<= {LARGEST_LOSS}", loss <= LARGEST_LOSS
            record(BENCH, f"{title}: loss of {measure}", loss, "0 to 1", goal, met=met)


if __name__ == "__main__":
    raise SystemExit(main())
