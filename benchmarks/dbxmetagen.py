"""Sets dbxmetagen's arithmetic of calls, tokens and statements beside what lakegloss sends.

    python -m benchmarks.dbxmetagen [--model M --endpoint URL] [--gold DIR] [--tables N]
        [--styles standard,concise] [--home DIR]

Of dbxmetagen nothing is run: its figures are arithmetic, by its defaults (20 columns a call, 5
rows) and the lengths of its public prompts in characters / 4. Fixed tokens a call: comment 2,433,
pi 5,499; a column about 78; a summary call of about 2,050 and 90 a chunk where a table has more
than one chunk; domain two calls of 632 and 264 with the first 20 columns in each. It reads each
column by a DESCRIBE of its own. Ours are the requests that a run makes, with evidence invented by a
seed, counted the same way; a domain is asked with a tree of 12 domains. The row "all" is one run
of the three modes (`mode=all`, or describe and label): classes in doubt and the domain share a
request.

With a model, its prompt and ours are also answered on N tables that people described, and scored
(`benchmarks.peers.dbxmetagen_answers`); the styles are its settings of `comment_style`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench import record, table
from benchmarks.peers.dbxmetagen_prompt import LENGTHS
from benchmarks.tokens import cost, dbxmetagen, o200k, work
from lakegloss.core.labels.by_rules import LabelFacts, wanted_labels
from lakegloss.core.labels.doubt import doubtful_columns
from lakegloss.core.labels.questions import pack_questions, question_of
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tree import DomainTree, lines_of, tree_from
from lakegloss.core.plan.packing import TableWork
from lakegloss.core.requests import estimate
from lakegloss.programs.labels.label_program import LabelProgram

BENCH = "dbxmetagen"
WIDTHS = (10, 50, 100)
MODES = ("comment", "pi", "domain")
CHUNK, PI_FIXED, A_COLUMN = 20, 5_499, 78
DOMAIN_FIXED, DOMAIN_BASE, DOMAIN_COLUMN = 632 + 264, 90, 84
BUDGET = 2_400
ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT.parent / "shared" / "gold" / "dev"
_DOMAINS = (
    "clinical", "diagnostics", "payer", "research", "quality", "finance", "operations", "workforce",
    "customer", "technology", "governance", "sales",
)  # fmt: skip
TREE: DomainTree = tree_from(
    {
        name: {
            "about": f"what belongs to {name}, in a sentence as people write it",
            "subdomains": [f"{name}_planning", f"{name}_reporting", f"{name}_control"],
        }
        for name in _DOMAINS
    }
)


def theirs(mode: str, columns: int) -> tuple[int, int, int, int]:
    """Calls, input tokens, statements that read, and statements that write, for one table."""
    chunks = -(-columns // CHUNK)
    reading = 1 + 2 * chunks + columns + 15
    if mode == "comment":
        return (*dbxmetagen(columns), reading, 2)
    if mode == "pi":
        return chunks, chunks * PI_FIXED + A_COLUMN * columns, reading, columns + 1
    shown = min(columns, CHUNK)
    return 2, DOMAIN_FIXED + 2 * (DOMAIN_BASE + DOMAIN_COLUMN * shown), reading, 1


def ours(mode: str, one: TableWork) -> tuple[int, int, int, int]:
    """The same for lakegloss; it reads a table's data once, and its facts in few statements."""
    if mode == "comment":
        found = cost([one], o200k() or estimate)
        return found.calls, found.quarters, 5, 2
    facts = LabelFacts(table=one.table, evidence=one.evidence)
    calls, tokens = _asked(facts, (), asks_domain=True)
    if mode == "domain":
        return calls, tokens, 5, 1
    scheme = LabelScheme(protected_tag="data_classification", domain_tag="", subdomain_tag="")
    doubts: Sequence[str] = doubtful_columns(facts, scheme)
    labelled = {label.key.column for label in wanted_labels(facts, scheme)}
    if mode == "pi":
        calls, tokens = _asked(facts, doubts, asks_domain=False) if doubts else (0, 0)
        return calls, tokens, 5, len(labelled)
    written = ours("comment", one)
    calls, tokens = _asked(facts, doubts, asks_domain=True)
    return written[0] + calls, written[1] + tokens, 5, written[3] + len(labelled)


def _asked(facts: LabelFacts, doubts: Sequence[str], *, asks_domain: bool) -> tuple[int, int]:
    program = LabelProgram()
    question = question_of(facts, doubts, TREE, asker="bench", asks_domain=asks_domain)
    lines = lines_of(TREE) if asks_domain else ()
    batches = pack_questions([question], lines, budget=BUDGET, fixed=program.fixed_tokens())
    requests = [program.render(batch, model="bench") for batch in batches]
    characters = sum(len(m.content) for r in requests for m in r.messages)
    return len(requests), (characters + sum(len(r.schema) for r in requests)) // 4


def _at_once(columns: int) -> tuple[int, int, int, int]:
    """Theirs for the three modes: each reads and writes by itself."""
    parts = [theirs(mode, columns) for mode in MODES]
    calls, tokens, reads, writes = (sum(numbers) for numbers in zip(*parts, strict=True))
    return calls, tokens, reads, writes


def main() -> int:
    arguments = read_arguments()
    arithmetic()
    if not arguments.endpoint:
        print("answers of both prompts: left out, no model is named (--model, --endpoint)")
        return 0
    if not (arguments.gold / "gold.jsonl").is_file():
        print(f"answers of both prompts: left out, {arguments.gold} holds no gold.jsonl")
        return 0 if arguments.gold == GOLD else 2
    # Scoring and asking load much that the arithmetic does without.
    from benchmarks.peers.dbxmetagen_answers import compare_answers, settings_for

    compare_answers(
        arguments.gold,
        tables=arguments.tables,
        styles=arguments.styles,
        settings=settings_for(arguments.home, model=arguments.model, endpoint=arguments.endpoint),
    )
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dbxmetagen")
    parser.add_argument("--model", default="mailbox", help="the model that answers both prompts")
    parser.add_argument("--endpoint", default="", help="base URL of an OpenAI-compatible API")
    parser.add_argument("--gold", type=Path, default=GOLD, help="folder with gold.jsonl")
    parser.add_argument("--tables", type=int, default=10, help="so many tables, spread evenly")
    parser.add_argument("--styles", type=styles, default=["standard"], help=", ".join(LENGTHS))
    parser.add_argument(
        "--home", type=Path, default=ROOT / "build" / "dbxmetagen", help="folder of the answers"
    )
    return parser.parse_args()


def styles(text: str) -> list[str]:
    """The styles of a list with commas."""
    found = [part.strip() for part in text.split(",")]
    if unknown := sorted(set(found) - LENGTHS.keys()):
        raise argparse.ArgumentTypeError(f"no style of dbxmetagen: {', '.join(unknown)}")
    return found


def arithmetic() -> None:
    """Print and record the calls, tokens and statements of both."""
    rows = []
    sums: dict[int, list[int]] = {}
    for columns in WIDTHS:
        one = work("sales.orders", columns, seed=columns)
        for mode in (*MODES, "all"):
            own = ours(mode, one)
            peer = theirs(mode, columns) if mode in MODES else _at_once(columns)
            if mode not in MODES:
                sums[columns] = [peer[0], peer[1], own[0], own[1]]
            names = ("calls", "tokens", "reads", "writes")
            rows.append(
                {"": f"{mode}, {columns} columns"}
                | {f"theirs: {name}": number for name, number in zip(names, peer, strict=True)}
                | {f"ours: {name}": number for name, number in zip(names, own, strict=True)}
            )
    for columns, (their_calls, their_tokens, calls, tokens) in sums.items():
        goal, what = columns == 50, f"{columns} columns, three modes in one run"
        record(
            BENCH, f"{what}, calls (theirs {their_calls})", calls, "calls",
            "<= 2" if goal else "", not goal or calls <= 2,
        )  # fmt: skip
        record(
            BENCH, f"{what}, tokens (theirs {their_tokens:,})", tokens, "tokens",
            "<= 3000" if goal else "", not goal or tokens <= 3_000,
        )  # fmt: skip
    table(
        "One table: dbxmetagen's arithmetic beside the requests of lakegloss; tokens: chars/4", rows
    )


if __name__ == "__main__":
    raise SystemExit(main())
