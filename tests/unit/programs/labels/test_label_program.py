"""The label program: what it asks, and that no answer, however hostile, gives another label."""

import json
import random

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.labels.by_rules import LabelFacts
from lakegloss.core.labels.questions import (
    LabelBatch,
    TableQuestion,
    pack_questions,
    question_of,
    still_asked,
)
from lakegloss.core.labels.tree import lines_of, tree_from
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.programs.labels.label_program import label_program
from tests.kits.injection_corpus import CORPUS

TREE = tree_from(
    {
        "sales": {"about": "orders", "subdomains": {"orders": None, "pricing": None}},
        "care": {"subdomains": ["wards"]},
    }
)
PROGRAM = label_program()
PAYLOADS = [item.text for item in CORPUS if len(item.text) < 2_000]


def question(name: str, columns: tuple[str, ...] = ("note",)) -> TableQuestion:
    table = Table(
        name=name,
        columns=tuple(Column(path=path, data_type="string") for path in ("id", *columns)),
    )
    evidence = {
        path: Evidence(table=name, column=path, data_type="string", rows=9, rows_read=9, distinct=9)
        for path in columns
    }
    facts = LabelFacts(table=table, evidence=evidence)
    return question_of(facts, columns, TREE, asker=PROGRAM.asker("m"), asks_domain=True)


def batch(*names: str) -> LabelBatch:
    [one] = pack_questions(
        [question(name) for name in names], lines_of(TREE), budget=4_000,
        fixed=PROGRAM.fixed_tokens(),
    )  # fmt: skip
    return one


def test_a_request_shows_tree_tables_and_ids() -> None:
    request = PROGRAM.render(batch("shop.orders", "shop.prices"), model="m")
    shown = json.loads(request.messages[-1].content)
    assert shown["labels"][0] == "sales: orders"
    assert [line.split(":")[0] for line in shown["tables"]] == [
        "t1 shop.orders", "columns", "c1 note string", "t2 shop.prices", "columns",
        "c2 note string",
    ]  # fmt: skip
    assert [(a.id, a.table, a.column) for a in request.assets] == [
        ("t1", "shop.orders", ""), ("c1", "shop.orders", "note"),
        ("t2", "shop.prices", ""), ("c2", "shop.prices", "note"),
    ]  # fmt: skip


def test_fifty_columns_take_one_small_request() -> None:
    table = Table(
        name="shop.wide",
        columns=tuple(Column(path=f"measured_value_{n}", data_type="double") for n in range(50)),
    )
    facts = LabelFacts(table=table, evidence={})
    asked = question_of(facts, (), TREE, asker="m", asks_domain=True)
    [one] = pack_questions([asked], lines_of(TREE), budget=2_400, fixed=PROGRAM.fixed_tokens())
    assert PROGRAM.render(one, model="m").input_tokens < 1_000


def test_many_tables_share_requests_within_the_budget() -> None:
    asked = [question(f"shop.orders_{n}") for n in range(100)]
    batches = pack_questions(asked, lines_of(TREE), budget=2_400, fixed=PROGRAM.fixed_tokens())
    requests = [PROGRAM.render(one, model="m") for one in batches]
    assert all(request.input_tokens <= 2_400 for request in requests)
    assert sum(len(request.assets) for request in requests) == 200
    assert len(requests) <= 8


def test_what_was_answered_is_not_asked_again() -> None:
    asked = question("shop.orders")
    left = still_asked(asked, [AssetKey("shop.orders")])
    assert left is not None
    assert (left.asks_domain, left.size) == (False, 1)
    assert still_asked(asked, [AssetKey("shop.orders"), AssetKey("shop.orders", "note")]) is None


def test_domains_alone_need_no_classes() -> None:
    [one] = pack_questions([question("shop.orders", ())], lines_of(TREE), budget=4_000, fixed=500)
    assert json.loads(PROGRAM.render(one, model="m").messages[-1].content)["classes"] == []


def test_an_answer_is_read_by_id() -> None:
    assets = batch("shop.orders", "shop.prices").assets
    text = json.dumps(
        {"given": [
            {"id": "t2", "text": "Sales/Pricing"}, {"id": "t1", "text": "none"},
            {"id": "c1", "text": "E-Mail"}, {"id": "c2", "text": "birth date"},
            {"id": "t3", "text": "care"},
        ]}
    )  # fmt: skip
    read = PROGRAM.parse(text, assets, TREE)
    assert read.given == {
        AssetKey("shop.prices"): "sales/pricing",
        AssetKey("shop.orders"): "",
        AssetKey("shop.prices", "note"): "birth_date",
    }
    assert read.refused == {AssetKey("shop.orders", "note"): "E-Mail"}


@pytest.mark.parametrize("answers", [600, pytest.param(10_000, marks=pytest.mark.soak)])
def test_hostile_answers_give_no_label_outside_and_none_to_another(answers: int) -> None:
    """Each answer names, beside what was asked, other ids, other labels, orders and markup."""
    rng = random.Random(7)
    assets = batch("shop.orders", "shop.prices").assets
    keys = {AssetKey(asset.table, asset.column): asset.id for asset in assets}
    places = {str(place) for place, _ in TREE.places()} | {""}
    classes = {one.value for one in PersonalClass} | {""}
    given = 0
    for _ in range(answers):
        said = {id_: _text(rng, places, classes) for id_ in _ids(rng)}
        read = PROGRAM.parse(_written(rng, said), assets, TREE)
        for key, label in read.given.items():
            given += 1
            assert label in (classes if key.column else places)
            named = [text for id_, text in said.items() if keys[key] in id_.lower()]
            assert named, "a label for an asset that the answer does not name"
    assert given > answers / 6


def _ids(rng: random.Random) -> list[str]:
    known = ["t1", "t2", "c1", "c2", "T1", "id c1", "t1:"]
    strange = ["t3", "c99", "shop.orders", "", "t1; DROP TABLE x", "`t2`", "<t1>"]
    return [rng.choice(known if rng.random() < 0.7 else strange) for _ in range(rng.randint(1, 4))]


def _text(rng: random.Random, places: set[str], classes: set[str]) -> str:
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(sorted(places | classes))
    if kind < 0.7:
        return rng.choice(PAYLOADS)
    mixed = rng.choice(sorted(places)) + rng.choice(["/", " ", "\n", "'; --", "\u202e", "/x"])
    return mixed + rng.choice(sorted(places | classes))


def _written(rng: random.Random, said: dict[str, str]) -> str:
    entries = [{"id": id_, "text": text} for id_, text in said.items()]
    text = json.dumps({"given": entries} if rng.random() < 0.8 else said)
    kind = rng.random()
    if kind < 0.1:
        return text[: rng.randrange(len(text))]
    if kind < 0.2:
        return f"Sure! ```json\n{text}\n``` {rng.choice(PAYLOADS)}"
    if kind < 0.25:
        return text + text
    return text
