"""Counts the tokens and calls of describing tables, with evidence of the data, schema included.

    python -m benchmarks.tokens

Real tokens are o200k, by tiktoken; its encoding file comes with litellm's wheel, so nothing is
fetched. Characters / 4 stands beside it because that is how the peer's numbers were counted:
dbxmetagen, 20 columns a call, 5 rows: 2,433 fixed tokens a call, about 78 a column, and where there
is more than one chunk a summary call of about 2,050 tokens and 90 a chunk. Evidence is invented, by
a seed.
"""

import importlib.util
import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import record, table
from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.packing import TableWork, Wanted, pack
from lakegloss.core.requests import ModelRequest, estimate
from lakegloss.programs.comment import CommentProgram

BENCH = "tokens"
BUDGET, MOST = 2_400, 120
MESSAGE_TOKENS = 4
WIDTHS = (10, 20, 50, 100, 300)
SUBJECTS = ("order", "customer", "shipment", "invoice", "device", "claim", "visit", "campaign")
PARTS = ("net", "gross", "first", "last", "planned", "actual", "billing", "unit", "daily", "source")
MEASURES = ("amount", "qty", "weight_kg", "price_eur", "duration_ms", "score", "cnt", "rate_pct")
CODES = (
    ("open", "paid", "cancelled", "refunded"),
    ("A", "B", "C"),
    ("web", "store", "phone", "partner", "app"),
    ("EUR", "USD", "GBP", "CHF", "JPY", "SEK"),
)
TEXTS = (
    ("Berlin", "Hamburg", "Munich"),
    ("Wireless Mouse M185", "USB-C Cable 2m", "Laptop Stand"),
    ("DE-10115-03", "DE-20095-11", "FR-75001-02"),
)


def facts(kind: str, number: int, chance: random.Random) -> tuple[str, str, dict[str, object]]:
    """A column's name, type and evidence of one kind."""
    subject, part = chance.choice(SUBJECTS), chance.choice(PARTS)
    values = chance.choice(CODES if kind == "code" else TEXTS)
    low, high = f"{chance.uniform(-50, 10):.2f}", f"{chance.uniform(100, 90000):.2f}"
    reference = f"sales.{subject}s.{subject}_id" if number else ""
    nulls: dict[str, object] = {"null_share": chance.choice((0.0, 0.0, 0.003, 0.04, 0.37))}
    key: dict[str, object] = {"key_role": "foreign" if number else "primary"}
    days = {"minimum": "2019-01-01T00:00:00", "maximum": "2024-06-30T23:59:12"}
    email = {"masked": True, "personal": "email", "frequent": frequent(("AAAA.AAA@AAA.AA",))}
    several = {"distinct": chance.choice((340, 25_000)), "frequent": frequent(values)}
    made: dict[str, tuple[str, str, dict[str, object]]] = {
        "key": (f"{subject}_id", "bigint", key | {"reference": reference, "distinct": 90_000}),
        "measure": (
            f"{part}_{chance.choice(MEASURES)}",
            "double",
            nulls | {"minimum": low, "maximum": high, "distinct": 48_112},
        ),
        "time": (f"{part}_{subject}_ts", "timestamp", nulls | days),
        "code": (
            f"{part}_{subject}_status_cd",
            "string",
            nulls | {"distinct": len(values), "frequent": frequent(values)},
        ),
        "flag": (f"is_{part}_{subject}", "boolean", {"distinct": 2}),
        "personal": (f"{subject}_email", "string", email),
        "text": (f"{part}_{subject}_name", "string", nulls | several),
    }
    return made[kind]


def frequent(values: tuple[str, ...]) -> tuple[Frequent, ...]:
    return tuple(Frequent(value=value, share=1 / len(values)) for value in values)


KINDS = ("measure", "text", "time", "code", "measure", "text", "flag", "key", "measure", "personal")


def work(name: str, columns: int, seed: int) -> TableWork:
    """A table of invented columns, all of its comments wanted."""
    chance = random.Random(seed)  # noqa: S311  no secret depends on it
    found: dict[str, Evidence] = {}
    for number in range(columns):
        kind = "key" if number == 0 else KINDS[number % len(KINDS)]
        column, data_type, more = facts(kind, number, chance)
        path = column if column not in found else f"{column}_{number}"
        rows = {"rows": 100_000, "rows_read": 100_000, "distinct": 60_000}
        found[path] = Evidence(table=name, column=path, data_type=data_type, **(rows | more))  # type: ignore[arg-type]
    described = tuple(Column(path=p, data_type=e.data_type) for p, e in found.items())
    wanted = tuple(Wanted(column=path) for path in ("", *found))
    return TableWork(table=Table(name=name, columns=described), wanted=wanted, evidence=found)


def o200k() -> Callable[[str], int] | None:
    """Counts tokens; None where tiktoken or its encoding file is not at hand."""
    litellm = importlib.util.find_spec("litellm")
    if importlib.util.find_spec("tiktoken") is None or litellm is None or litellm.origin is None:
        return None
    import tiktoken

    folder = Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers"
    if not (folder / "fb374d419588a4632f3f557e76b4b70aebbca790").is_file():
        return None
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    encoding = tiktoken.get_encoding("o200k_base")
    return lambda text: len(encoding.encode(text, disallowed_special=()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a set of requests costs, in input tokens."""

    calls: int
    tokens: int
    largest: int
    quarters: int
    estimated: int


def cost(works: list[TableWork], count: Callable[[str], int]) -> Cost:
    """The requests for these tables, rendered and counted."""
    program = CommentProgram()
    fixed = program.fixed_tokens(style="standard", language="English")
    requests = [
        program.render(batch, style="standard", language="English", model="bench")
        for batch in pack(works, budget=BUDGET, fixed=fixed, max_assets=MOST)
    ]
    tokens = [sum(map(count, parts(r))) + MESSAGE_TOKENS * len(r.messages) for r in requests]
    return Cost(
        calls=len(requests),
        tokens=sum(tokens),
        largest=max(tokens),
        quarters=sum(len(text) for r in requests for text in parts(r)) // 4,
        estimated=sum(r.input_tokens for r in requests),
    )


def parts(request: ModelRequest) -> list[str]:
    wrapped = {"name": request.schema_name, "schema": json.loads(request.schema), "strict": True}
    return [*(m.content for m in request.messages), json.dumps(wrapped, separators=(",", ":"))]


def dbxmetagen(columns: int) -> tuple[int, int]:
    """Calls and tokens (characters / 4) of the peer for one table."""
    chunks = -(-columns // 20)
    summary = 2_050 + 90 * chunks if chunks > 1 else 0
    return chunks + (chunks > 1), chunks * 2_433 + 78 * columns + summary


def row(title: str, tables: int, columns: int, found: Cost) -> dict[str, object]:
    calls, tokens = dbxmetagen(columns)
    return {
        "": title,
        "calls": found.calls,
        "o200k": found.tokens,
        "a call": found.largest,
        "estimate": found.estimated,
        "chars/4": found.quarters,
        "peer calls": tables * calls,
        "chars/4 ": tables * tokens,
    }


def planning_seconds(tables: int, columns: int) -> float:
    """CPU seconds to pack many tables; they share their columns, so that memory stays small."""
    first = work("sales.first", columns, seed=1)
    works = [
        TableWork(
            table=Table(name=f"sales.table_{n}", columns=first.table.columns),
            wanted=first.wanted,
            evidence=first.evidence,
        )
        for n in range(tables)
    ]
    start = time.process_time()
    pack(works, budget=BUDGET, fixed=480, max_assets=MOST)
    return time.process_time() - start


def main() -> None:
    count = o200k()
    if count is None:
        print("o200k_base is not at hand: tokens below are estimated")
        count = estimate
    rows = []
    for columns in WIDTHS:
        found = cost([work("sales.orders", columns, seed=columns)], count)
        rows.append(row(f"1 table of {columns}", 1, columns, found))
        goals = {50: ("<= 2500", found.tokens <= 2_500)}
        goal, met = goals.get(columns, ("", True))
        record(BENCH, f"{columns} columns, input tokens", found.tokens, "tokens", goal, met)
        goal, met = ("<= 1", found.calls <= 1) if columns <= 50 else ("", True)
        record(BENCH, f"{columns} columns, calls", found.calls, "calls", goal, met)
    found = cost([work(f"sales.table_{n}", 10, seed=n) for n in range(1000)], count)
    rows.append(row("1,000 tables of 10", 1000, 10, found))
    met = found.calls <= 150
    record(BENCH, "1,000 tables of 10 columns, calls", found.calls, "calls", "<= 150", met)
    seconds = planning_seconds(10_000, 50)
    title = "packing 10,000 tables of 50, CPU"
    record(BENCH, title, round(seconds, 1), "s", "<= 60", seconds <= 60)
    table(f"Input tokens, schema included; {title}: {seconds:.1f} s; peer: dbxmetagen", rows)


if __name__ == "__main__":
    main()
