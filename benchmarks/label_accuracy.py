"""Measures how well a model sorts tables into domains, and columns in doubt into personal classes.

    python -m benchmarks.label_accuracy --endpoint http://127.0.0.1:8000/v1 --model NAME
        [--gold DIR]

The tables are public ones with real rows (gold/dev; its domains were written beside them by whoever
collected them, the subdomains below before any answer was seen). Comments of people are hidden.
Classes are asked for the columns of gold/pii that the rules leave in doubt. Each request is sent
once, without a second try; what is no label counts as wrong.
"""

import argparse
import csv
import json
import os
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.bench import record, table
from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.labels.by_rules import LabelFacts
from lakegloss.core.labels.doubt import doubtful_columns
from lakegloss.core.labels.questions import TableQuestion, pack_questions, question_of
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tree import DomainTree, lines_of, tree_from
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.requests import ModelRequest
from lakegloss.programs.labels.label_program import LabelProgram

BENCH = "label_accuracy"
GOLD = Path(__file__).resolve().parents[1] / "../shared/gold"
BUDGET, TIMEOUT = 2_400, 7_200.0
_EMPTY = {"", "NA", "NULL", None}
_TYPES = {
    "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(), "date": pa.date32(),
    "boolean": pa.bool_(), "timestamp": pa.timestamp("us"),
}  # fmt: skip
DOMAINS: dict[str, dict[str, Any]] = {
    "business/CRM": {
        "name": "crm",
        "about": "Sales and marketing: contacts, deals, mail to customers",
        "subdomains": {"deals": "Deals and their stages", "mail": "Lists of contacts, sent mail"},
    },
    "business/ERP": {
        "name": "erp",
        "about": "Books and goods of a company",
        "subdomains": {"accounting": "Accounts and postings", "materials": "Goods and their data"},
    },
    "business/support": {
        "name": "support",
        "about": "Requests of customers and who answers them",
        "subdomains": {"tickets": "Requests", "schedules": "Hours in which people answer"},
    },
    "consumer": {"name": "consumer", "about": "Products that people buy, taste and rate"},
    "education": {"name": "education", "about": "Schools, students, graduates and their work"},
    "government": {
        "name": "government",
        "about": "The state: law, elections, cities",
        "subdomains": {
            "justice": "Crimes, investigations, lawsuits",
            "elections": "Votes and electoral districts",
            "housing": "Neighbourhoods and who lives in them",
        },
    },
    "health": {
        "name": "health",
        "about": "Patients, care and what it costs",
        "subdomains": {
            "records": "What was found and done with patients",
            "capacity": "Beds and staff of hospitals",
            "insurance": "Insured people and their use of care",
        },
    },
    "media/web": {
        "name": "media",
        "about": "Film, television, web",
        "subdomains": {"film": "Films and their ratings", "television": "What was on air"},
    },
    "science": {
        "name": "science",
        "about": "Observations of nature",
        "subdomains": {"weather": "Weather and climate", "ecology": "Animals and plants"},
    },
    "sports": {
        "name": "sports",
        "about": "Teams, players, matches",
        "subdomains": {"baseball": None, "basketball": None, "football": "Soccer"},
    },
    "transport": {
        "name": "transport",
        "about": "How people and goods travel",
        "subdomains": {"air": "Flights, planes, airports", "transit": "Buses and trains"},
    },
}
SUBDOMAINS = {
    "deal": "deals", "deal_pipeline_stage": "deals", "contact_list": "mail", "email_event": "mail",
    "email_event_click": "mail", "email_event_status_change": "mail", "mara": "materials",
    "faglflexa": "accounting", "ska1": "accounting", "ticket": "tickets", "schedule": "schedules",
    "candy_data": "", "recent_grads": "", "russia_investigation": "justice",
    "urbanization_index_2022": "elections", "hate_crimes": "justice", "metro_grades": "housing",
    "trump_lawsuits": "justice", "statecrime": "justice", "mmsa_icu_beds": "capacity",
    "randhie": "insurance", "condition_occurrence": "records", "drug_exposure": "records",
    "measurement": "records", "visit_occurrence": "records", "fandango_score_comparison": "film",
    "cable_weekly": "television", "knyc": "weather", "pie_crab": "ecology",
    "and_vertebrates": "ecology", "allstar_player_talent": "baseball",
    "modern_raptor_by_team": "basketball", "matches": "football", "penalty_kicks": "football",
    "group_standings": "football", "airline_safety": "air", "planes": "air", "weather": "air",
    "stops": "transit", "stop_times": "transit",
}  # fmt: skip
TREE: DomainTree = tree_from(
    {one["name"]: {k: v for k, v in one.items() if k != "name"} for one in DOMAINS.values()}
)


def facts_of(line: dict[str, Any], folder: Path, columns: Sequence[dict[str, Any]]) -> LabelFacts:
    """A public table as lakegloss sees it, without what people wrote about it."""
    with (folder / f"{line['table']}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    name = f"lake.{line['table'].rpartition('__')[2].lower().replace('-', '_')}"
    paths = {
        c["name"]: c["name"] if c["name"].isidentifier() else f"`{c['name']}`" for c in columns
    }
    own = tuple(
        Column(path=paths[c["name"]], data_type=c["type"], position=place)
        for place, c in enumerate(columns)
    )
    evidence = {}
    for column, given in zip(own, columns, strict=True):
        sketch = ColumnSketch()
        sketch.update(as_array([row.get(given["name"]) for row in rows], given["type"]))
        evidence[column.path] = column_evidence(
            name, column, sketch, rows=len(rows), siblings=list(paths.values())
        )
    return LabelFacts(table=Table(name=name, columns=own), evidence=evidence)


def as_array(values: list[str | None], data_type: str) -> Any:
    """Values as Arrow has them; as text where they cannot be read in their type."""
    texts = pa.array([None if value in _EMPTY else value for value in values], pa.string())
    try:
        return texts.cast(_TYPES.get(data_type, pa.string()))
    except pa.ArrowInvalid:
        return texts


def ask(endpoint: str, request: ModelRequest) -> str:
    """The text of one answer; '' where none came."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        "max_tokens": request.max_tokens,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": request.schema_name, "schema": json.loads(request.schema)},
        },
    }
    sent = urllib.request.Request(  # noqa: S310 - the address that was given
        f"{endpoint.rstrip('/')}/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(sent, timeout=TIMEOUT) as answer:  # noqa: S310 - see above
        found = json.load(answer)
    return str(found["choices"][0]["message"]["content"] or "")


def answers(
    questions: Sequence[TableQuestion], endpoint: str, model: str
) -> tuple[dict[AssetKey, str], int, int]:
    """The labels that a model gives, the requests, and their tokens (characters / 4)."""
    program = LabelProgram()
    given: dict[AssetKey, str] = {}
    batches = pack_questions(questions, lines_of(TREE), budget=BUDGET, fixed=program.fixed_tokens())
    tokens = 0
    for number, batch in enumerate(batches, start=1):
        request = program.render(batch, model=model)
        tokens += request.input_tokens
        read = program.parse(ask(endpoint, request), batch.assets, TREE)
        given |= read.given
        print(f"{number} of {len(batches)}: {len(read.given)} labels, {len(read.refused)} refused")
        for key, said in read.refused.items():
            print(f"  no label: {key}: {said[:80]!r}")
    return given, len(batches), tokens


def domain_questions(gold: Path) -> Iterator[tuple[TableQuestion, str]]:
    """Every table with its true place."""
    names = {key: one["name"] for key, one in DOMAINS.items()}
    for text in (gold / "dev" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        facts = facts_of(line, gold / "dev", line["all_columns"])
        below = SUBDOMAINS[facts.table.name.partition(".")[2]]
        true = names[line["domain"]] + (f"/{below}" if below else "")
        yield question_of(facts, (), TREE, asker="bench", asks_domain=True), true


def class_questions(gold: Path) -> Iterator[tuple[TableQuestion, dict[str, bool]]]:
    """Tables with columns in doubt, and whether each of these is personal by the labels."""
    scheme = LabelScheme()
    for text in (gold / "pii" / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        facts = facts_of(line, gold / "pii", line["columns"])
        doubts = doubtful_columns(facts, scheme)
        if doubts:
            true = {c["name"]: bool(c["pii_broad"]) for c in line["columns"]}
            question = question_of(facts, doubts, TREE, asker="bench", asks_domain=False)
            yield question, {path: true[path.strip("`")] for path in doubts}


def confusion(pairs: Sequence[tuple[str, str]]) -> list[dict[str, object]]:
    """What was said in place of what is true, most frequent first."""
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1])
    return [{"true": t, "said": s or "none", "tables": n} for (t, s), n in wrong.most_common()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--endpoint", default=os.environ.get("LAKEGLOSS_ENDPOINT", ""))
    parser.add_argument("--model", default="strong")
    parser.add_argument("--gold", type=Path, default=GOLD)
    given = parser.parse_args()
    if not given.endpoint:
        print("left out: no model is named (--endpoint, LAKEGLOSS_ENDPOINT)")
        return 0
    if not (given.gold / "dev" / "gold.jsonl").is_file():
        print(f"left out: {given.gold} holds no gold tables")
        return 0
    asked = list(domain_questions(given.gold))
    doubted = list(class_questions(given.gold))
    questions = [question for question, _ in (*asked, *doubted)]
    said, calls, tokens = answers(questions, given.endpoint, given.model)
    pairs = [(true, said.get(AssetKey(question.table), "")) for question, true in asked]
    domains = [(true.partition("/")[0], one.partition("/")[0]) for true, one in pairs]
    right = sum(true == one for true, one in domains)
    deep = [pair for pair in pairs if "/" in pair[0]]
    both = sum(true == one for true, one in deep)
    classes = [
        (true, bool(said.get(AssetKey(question.table, path), "")))
        for question, truth in doubted
        for path, true in truth.items()
    ]
    record(BENCH, "domain right", right / len(domains), f"of {len(domains)} tables", "", met=True)
    record(BENCH, "domain and subdomain right", both / len(deep), f"of {len(deep)}", "", met=True)
    if classes:
        agreed = sum(true == one for true, one in classes)
        record(
            BENCH, "personal or not, in doubt", agreed / len(classes), f"of {len(classes)} columns",
            "", met=True,
        )  # fmt: skip
    record(BENCH, "requests", calls, "calls", "", met=True)
    record(BENCH, "input tokens", tokens, "tokens", "", met=True)
    table("Domains: said in place of what is true", confusion(pairs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
