"""Measures whether what people wrote nearby makes comments better, on tables people described.

    python -m benchmarks.house_words [--gold DIR] [--model M --endpoint URL] [--home DIR]

Of each data set of DIR with at least two tables, a seeded 30 % of the described columns keep what
people wrote; all other columns and the tables are described, once with these words in the requests
(setting `house_examples`) and once without. score.py then says for both how well the comments tell
the columns apart, with the interval of the difference over tables; and the model judges 120 pairs
beside the person's text, not knowing which is which. Each data set is a house of its own. Columns
take over no comments from others. Both ways run at once; with the same --home, the same command
goes on where it was stopped, as answers that came are not asked for again. Without a model it
counts requests and tokens only. Evidence comes from the CSV files, without Spark.
"""

import argparse
import io
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.bench import record, table
from benchmarks.inherited_quality import name_of, profiled
from benchmarks.yardstick import DEFAULT_GOLD, GoldTable, read_gold, write_lines
from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.house.house_text import HouseText, people_texts
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.names import join_path
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.profile.references import resolve_keys
from lakegloss.core.requests import Message, ModelRequest
from lakegloss.core.statistics.intervals import estimate
from lakegloss.drafting.drafter import ModelDrafter
from lakegloss.drafting.rendering import render_requests
from lakegloss.engine.engine import engine_from
from lakegloss.engine.journal import read_journal
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings, load_settings

BENCH = "house_words"
ROOT = Path(__file__).resolve().parents[1]
DEFAULT_HOME = ROOT / "build" / "house_words"
KEPT, SEED = 0.3, 20_261
MEASURES = ("informed", "identify", "similarity")
HOURS = 12 * 3600.0
LAKE, EACH = 10_000, 20
_ON, _OFF = _WAYS = ("house words on", "house words off")
PAIRS, _A_REQUEST = 120, 20
_JUDGE = """You compare two comments on a column of a data table with what a person wrote who knows
the data. For each item say which comment tells a reader more of what the person's text tells, and
nothing that goes against it: "A", "B", or "equal" where neither does clearly. Length and style do
not count. Answer with JSON only, one entry for each item: {"1": "A", "2": "equal", ...}"""

Texts = Mapping[str, Mapping[str, str]]
"""Comments by a table's name in gold.jsonl and a column's name."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.house_words")
    parser.add_argument("--gold", type=Path, default=DEFAULT_GOLD, help="folder with gold.jsonl")
    parser.add_argument("--model", default="mailbox", help="the model to ask")
    parser.add_argument("--endpoint", default="", help="base URL of an OpenAI-compatible API")
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME, help="folder of the answers")
    parser.add_argument("--no-lake", action="store_true", help="leave out the lake of 10,000")
    arguments = parser.parse_args()
    if not arguments.no_lake:
        time_a_lake()
    gold: Path = arguments.gold
    if not (gold / "gold.jsonl").is_file():
        print(f"house_words: {gold} holds no gold.jsonl; give a folder that does by --gold")
        return 0 if gold == DEFAULT_GOLD else 2
    houses = houses_of(gold)
    count(houses)
    if not arguments.endpoint:
        print("house_words: give --endpoint to let a model answer both ways")
        return 0
    settings = load_settings(
        home=arguments.home, model=arguments.model, endpoint=arguments.endpoint,
        call_timeout=HOURS, attempts=20, max_asks=2,
        api_key=os.environ.get("LAKEGLOSS_API_KEY", "none"),
    )  # fmt: skip
    written = answers(houses, settings)
    compare(houses, written, settings)
    score = gold.resolve().parents[1] / "yardstick" / "score.py"
    report(houses, written, score)
    return 0


# The houses: what people wrote in them, and what is to be described.


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A data set: the tables' lines in gold.jsonl, their tasks, and what people wrote."""

    name: str
    tables: Mapping[str, GoldTable]
    tasks: Sequence[TableTasks]
    words: HouseWords

    def side(self, way: str) -> list[TableTasks]:
        words = self.words if way == _ON else HouseWords()
        return [item.with_house(words) for item in self.tasks]


def houses_of(gold: Path) -> list[House]:
    by_name: defaultdict[str, list[GoldTable]] = defaultdict(list)
    for item in read_gold(gold):
        by_name[item.line["dataset"]].append(item)
    return [house(gold, name, items) for name, items in by_name.items() if len(items) > 1]


def house(gold: Path, name: str, items: Sequence[GoldTable]) -> House:
    tables = [partly_described(item) for item in items]
    evidence = [
        found
        for item, made in zip(items, tables, strict=True)
        for found in profiled(gold / f"{item.gold_name}.csv", made, list(item.types))
    ]
    places = {AssetKey(t.name, c.path): c.position for t in tables for c in t.columns}
    known = {AssetKey(e.table, e.column): e for e in resolve_keys(evidence, places)}
    rules = Rules(
        policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="model"),
        describer=Describer(version="1", family="m", style="standard", language="English"),
        comment_on_column=True,
        guidance=lambda _table, _column: (),
    )
    return House(
        name=name,
        tables={made.name: item for item, made in zip(items, tables, strict=True)},
        tasks=[tasks_of(made, known, {}, {}, rules) for made in tables],
        words=HouseWords(text for made in tables for text in people_texts(made, known, {})),
    )


def partly_described(item: GoldTable) -> Table:
    """The table with what people wrote of a seeded share of its columns."""
    texts = {c["name"]: c["description"] for c in item.line["columns"]}
    drawing = random.Random(f"{SEED}/{item.gold_name}")  # noqa: S311 - the same for ever
    kept = set(drawing.sample(sorted(texts), round(KEPT * len(texts))))
    return Table(
        name=name_of(item),
        columns=tuple(
            Column(
                path=join_path((name,)), data_type=kind, position=place,
                comment=texts[name] if name in kept else "",
            )
            for place, (name, kind) in enumerate(item.types.items())
        ),
    )  # fmt: skip


def count(houses: Sequence[House]) -> None:
    """Print what both ways would ask."""
    settings = load_settings(model="m", endpoint="http://localhost/v1").drafting
    rows = []
    for way in _WAYS:
        requests = [
            request
            for one in houses
            for request in render_requests(
                CommentProgram(),
                settings,
                [t.work((k.key for k in t.tasks if k.described), {}) for t in one.side(way)],
            )
        ]
        kept = sum(len(one.words.texts) for one in houses)
        asked = sum(len(request.assets) for request in requests)
        tokens = sum(request.input_tokens for request in requests)
        rows.append(
            {"way": way, "houses": len(houses), "kept": kept, "asked": asked,
             "requests": len(requests), "input tokens": tokens}
        )  # fmt: skip
    table("What both ways ask, of data sets with two tables or more", rows)
    more = rows[0]["input tokens"] / rows[1]["input tokens"] - 1
    record(BENCH, "input tokens more", round(100 * more, 1), "%", "", met=True)


# Both ways at once.


def answers(houses: Sequence[House], settings: Settings) -> dict[str, Texts]:
    """The comments of both ways; each house is asked by itself, all at the same time."""
    pairs = list(product(_WAYS, houses))
    with ThreadPoolExecutor(len(pairs)) as pool:
        found = pool.map(lambda pair: drafted(pair[1], pair[0], settings), pairs)
        texts: dict[str, dict[str, Mapping[str, str]]] = {_ON: {}, _OFF: {}}
        for (way, _), by_table in zip(pairs, found, strict=True):
            texts[way] |= by_table
    return texts


def drafted(one: House, way: str, settings: Settings) -> dict[str, Mapping[str, str]]:
    # Answers of the two ways are to the same assets: each way has a journal of its own.
    own = settings.model_copy(update={"home": settings.home / way.replace(" ", "_") / one.name})
    earlier = [item for _, found in read_journal(own.journal_folder) for item in found]
    with engine_from(own.asking, run_id=f"{one.name}-{time.time_ns()}") as engine:
        drafter = ModelDrafter(own.drafting, CommentProgram(), engine.ask)
        made = drafter.draft(one.side(way), earlier, keep=lambda: None)
    if made.error is not None:
        raise made.error
    texts: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for draft in made.drafts:
        key = draft.task.key
        if draft.text and key.column:
            texts[one.tables[key.table].gold_name][key.column.strip("`")] = draft.text
    return dict(texts)


# Which of two comments a judge prefers, who does not know which is which.


def compare(houses: Sequence[House], written: Mapping[str, Texts], settings: Settings) -> None:
    """Let the model judge pairs in random order beside the person's text."""
    pairs = pairs_of(houses, written)
    parts = [pairs[at : at + _A_REQUEST] for at in range(0, len(pairs), _A_REQUEST)]
    requests = [judging(part, settings.model) for part in parts]
    own = settings.model_copy(update={"home": settings.home / "judge"})
    known = {r.request_hash: r for _, found in read_journal(own.journal_folder) for r in found}
    left = [r for r in requests if r.request_hash not in known]
    with engine_from(own.asking, run_id=f"judge-{time.time_ns()}") as engine:
        known |= {r.request_hash: r for r in engine.ask(left).responses}
    votes = Counter(
        {"A": pair.first, "B": pair.second}.get(verdict, "equal")
        for part, request in zip(parts, requests, strict=True)
        for pair, verdict in zip(
            part, verdicts(known[request.request_hash].text, part), strict=True
        )
    )
    table(f"{len(pairs)} pairs beside the person's text, judged blind", [dict(votes)])
    on, off = votes[_ON], votes[_OFF]
    record(BENCH, "pairs won", on, f"of {on + off} decided, {votes['equal']} equal", ">= 2 : 1",
           met=on >= 2 * off)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two comments on one column, in the order in which they are shown."""

    about: Mapping[str, str]
    first: str
    second: str


def pairs_of(houses: Sequence[House], written: Mapping[str, Texts]) -> list[Pair]:
    drawing = random.Random(SEED)  # noqa: S311 - the same for ever
    found = []
    for line in (line for one in houses for line in lines_of_rest(one)):
        for column in line["columns"]:
            texts = {way: written[way].get(line["table"], {}).get(column["name"]) for way in _WAYS}
            if texts[_ON] and texts[_OFF] and texts[_ON] != texts[_OFF]:
                first, second = drawing.sample(_WAYS, 2)
                about = {
                    "table": line["table"].rpartition("__")[2],
                    "column": column["name"],
                    "person": column["description"],
                    "A": str(texts[first]),
                    "B": str(texts[second]),
                }
                found.append(Pair(about=about, first=first, second=second))
    return drawing.sample(found, min(PAIRS, len(found)))


def judging(part: Sequence[Pair], model: str) -> ModelRequest:
    items = [{"item": number, **pair.about} for number, pair in enumerate(part, start=1)]
    messages = (
        Message(role="system", content=" ".join(_JUDGE.split())),
        Message(role="user", content=json.dumps(items, ensure_ascii=False, indent=1)),
    )
    return ModelRequest(
        model=model, messages=messages, schema="", schema_name="", max_tokens=2048,
        temperature=None, input_tokens=6_000, assets=(), program="judge", program_version="1",
    )  # fmt: skip


def verdicts(text: str, part: Sequence[Pair]) -> list[str]:
    found = json.loads(text[text.find("{") : text.rfind("}") + 1] or "{}")
    return [str(found.get(str(number), "")) for number in range(1, len(part) + 1)]


# How good the comments are.


def report(houses: Sequence[House], written: Mapping[str, Texts], score: Path) -> None:
    rest = [line for one in houses for line in lines_of_rest(one)]
    # In a process of its own numpy takes one thread: more of them spin on a busy machine.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        scores = pool.submit(scores_of, rest, written, score).result()
    rows = []
    for way, by_table in scores.items():
        sums = {m: sum(s[m] * s["columns"] for s in by_table.values()) for m in MEASURES}
        size = sum(s["columns"] for s in by_table.values())
        rows.append({"way": way, "columns": size, **{m: sums[m] / size for m in MEASURES}})
    table("The described rest against what people wrote", rows)
    found = []
    for measure in MEASURES:
        pairs = [(n, s[measure] - scores[_OFF][n][measure]) for n, s in scores[_ON].items()]
        difference = estimate(pairs)
        low, high = difference.low or 0.0, difference.high or 0.0
        found.append(
            {"measure": measure, "difference": difference.mean, "from": low, "to": high,
             "tables": difference.groups}
        )  # fmt: skip
        record(BENCH, f"{measure}, on less off", round(difference.mean, 4), "0 to 1",
               f"interval {low:.3f} to {high:.3f}", met=True)  # fmt: skip
    table("On less off, mean of tables with its 95 % interval", found)


def lines_of_rest(one: House) -> list[dict[str, Any]]:
    """The lines of gold.jsonl with the columns that were described."""
    shown = {
        (item.table.name, column.path)
        for item in one.tasks
        for column in item.table.columns
        if column.comment
    }
    lines = []
    for name, item in one.tables.items():
        columns = [
            column
            for column in item.line["columns"]
            if (name, join_path((column["name"],))) not in shown
        ]
        lines.append({**item.line, "columns": columns})
    return lines


def scores_of(
    rest: Sequence[Mapping[str, Any]], written: Mapping[str, Texts], score: Path
) -> dict[str, dict[str, Mapping[str, Any]]]:
    judge = judge_of(score)
    return {way: scored(rest, texts, judge) for way, texts in written.items()}


def scored(
    rest: Iterable[Mapping[str, Any]], texts: Texts, judge: Callable[[str, str], Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """The figures of score.py for each table."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        gold, comments = Path(folder) / "gold.jsonl", Path(folder) / "comments.jsonl"
        for line in rest:
            name = line["table"]
            write_lines(gold, [{**line, "table_description": None}])
            write_lines(comments, [{"table": name, "columns": texts.get(name, {})}])
            found[name] = judge(str(gold), str(comments))
    return found


def judge_of(score: Path) -> Callable[[str, str], Mapping[str, Any]]:
    """Score.py's own function, with one model for all tables, which reads each text once."""
    sys.path.insert(0, str(score.parent))
    import score as module

    reader = OnceRead(module.MiniLM())
    module.MiniLM = lambda: reader

    def judge(gold: str, comments: str) -> Mapping[str, Any]:
        with redirect_stdout(io.StringIO()) as shown:
            module.main(gold, comments)
        figures: Mapping[str, Any] = json.loads(shown.getvalue())
        return figures

    return judge


class OnceRead:
    """Embeds texts with a model, and remembers them: both ways are compared with one reference."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.known: dict[str, Any] = {}

    def embed(self, texts: Sequence[str]) -> Any:
        """The model's rows for these texts, as one array."""
        import numpy as np

        new = sorted({text for text in texts if text not in self.known})
        self.known |= zip(new, self.model.embed(new), strict=True)
        return np.array([self.known[text] for text in texts])


# How long it takes in a large lake.


def time_a_lake() -> None:
    """Time the index and the questions of a lake of 10,000 tables, a third of it described."""
    drawing = random.Random(SEED)  # noqa: S311 - the same for ever
    nouns = "order customer item price store visit claim drug device event page order_line".split()
    facts = "id code amount date status name type rate count score flag unit source".split()
    assets = [
        HouseText(
            table=f"area_{number % 40}.{drawing.choice(nouns)}_{drawing.choice(nouns)}_{number}",
            column=f"{drawing.choice(nouns)}_{drawing.choice(facts)}_{drawing.randrange(60)}",
            data_type=drawing.choice(("string", "bigint", "double", "date")),
            text=f"What {drawing.choice(nouns)} {drawing.choice(facts)} number {number} means.",
        )
        for number in range(LAKE)
        for _ in range(EACH)
    ]
    described = drawing.sample(assets, len(assets) // 3)
    start = time.process_time()
    words = HouseWords(described)
    built = time.process_time() - start
    asked = [replace(text, text="") for text in drawing.sample(assets, LAKE // 5)]
    start = time.process_time()
    hits = sum(bool(words.near(one)) for one in asked)
    each = (time.process_time() - start) / len(asked)
    whole = built + each * len(assets) * 2 / 3
    row = {
        "tables": LAKE,
        "texts": len(words.texts),
        "index, CPU s": built,
        "a column, CPU ms": 1e3 * each,
        "whole lake, CPU s": whole,
        "found, %": 100 * hits // len(asked),
    }
    table("Looking up what people wrote nearby", [row])
    record(BENCH, "10,000 tables: look-ups", round(whole, 1), "s", "<= 300", met=whole <= 300)


if __name__ == "__main__":
    raise SystemExit(main())
