"""Single texts of a model without relation to their asset are doubted, good ones hardly ever."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.relation import NO_RELATION, NO_TIME, QUANTITY, About, doubt
from lakegloss.core.evidence import Evidence, Frequent
from tests.kits.places import SHARED

GOLD = SHARED / "gold"
ORDERS = {
    "id": "bigint", "order_date": "date", "status": "string", "total_amount": "decimal(10,2)",
    "is_paid": "boolean", "shipped_at": "timestamp", "cust_seg": "string", "zzyx_q": "string",
    "bestell_datum": "date", "value": "double",
}  # fmt: skip
ABSURD = (
    "The rate of interest has been increasing over time",
    "a large box with food",
    "The cat sat on the mat",
    "A small animal with a long tail",
    "This is where the children play football",
    "The government has decided to raise the speed of trains",
    "An old man walking with his dog",
    "Pizza with cheese and tomato",
)


def about(column: str, *, table: str = "shop.orders", **more: Any) -> About:
    columns = tuple(
        Column(path=name, data_type=type_, position=n)
        for n, (name, type_) in enumerate(ORDERS.items())
    )
    return About(
        table=Table(name=table, columns=columns),
        column=next((c for c in columns if c.path == column), None),
        **more,
    )


@pytest.mark.parametrize("column", ["id", "order_date", "status", "total_amount", "is_paid"])
@pytest.mark.parametrize("text", ABSURD)
def test_absurd_texts_are_doubted(column: str, text: str) -> None:
    assert doubt(text, about(column))


def test_a_text_about_itself_is_doubted() -> None:
    assert doubt("This is a comment about the data.", about("status")) == NO_RELATION
    assert doubt("This is a comment about the order.", about("status")) == ""
    assert doubt("A comment.", about("status")) == "", "the other checks judge what says nothing"


@pytest.mark.parametrize("text", ABSURD)
def test_so_are_absurd_texts_of_a_table(text: str) -> None:
    assert doubt(text, about("")) == NO_RELATION


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("id", "Identifies the order"),
        ("id", "Unique number that the shop gave it"),
        ("order_date", "Day on which the customer placed the order"),
        ("order_date", "When it was bought"),
        ("status", "How far the order has come: open, sent or returned"),
        ("status", "State of the purchase"),
        ("total_amount", "Money that the customer owes, with tax"),
        ("is_paid", "Whether the money has come in"),
        ("is_paid", "True once the bill was settled"),
        ("shipped_at", "Moment at which the parcel left"),
        ("", "One row for each purchase in the web shop"),
    ],
)
def test_a_name_may_be_told_in_other_words(column: str, text: str) -> None:
    assert doubt(text, about(column)) == ""


@pytest.mark.parametrize("text", ABSURD)
@pytest.mark.parametrize("column", ["zzyx_q", "cust_seg", "value", "bestell_datum"])
def test_a_name_that_is_not_understood_says_nothing_against_a_text(column: str, text: str) -> None:
    assert column == "cust_seg" or doubt(text, about(column)) == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Tag, an dem die Bestellung einging", "German"),
        ("Der Zinssatz ist mit der Zeit gestiegen", "German"),
        ("La date de la commande du client", "French"),
        ("注文された日", "Japanese"),
        ("The rate of interest has been increasing over time", "German"),
        ("Der Tag, an dem die Bestellung einging", "English"),
        ("Fecha en que el cliente hizo el pedido", "English"),
        ("Le moment où le client a passé la commande", "en"),
        ("注文された日", "English"),
        ("Datum waarop de klant de bestelling heeft geplaatst", "English"),
    ],
)
def test_other_languages_are_not_judged(text: str, language: str) -> None:
    assert doubt(text, about("order_date"), language=language) == ""


@pytest.mark.parametrize("language", ["English", "en", "en-GB", "us english"])
def test_english_goes_by_several_names(language: str) -> None:
    assert doubt(ABSURD[0], about("order_date"), language=language)


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("order_date", "The rate of orders per day", QUANTITY),
        ("order_date", "Price of the order", QUANTITY),
        ("order_date", "The customer's order with all its items", NO_TIME),
        ("is_paid", "The number of orders that a customer made", QUANTITY),
        ("is_paid", "Whether the number of payments is the amount owed", ""),
        ("id", "The number of apples in the basket", NO_RELATION),
        ("order_date", "Rate effective date of the order", ""),
    ],
)
def test_what_a_type_cannot_hold_is_told(column: str, text: str, why: str) -> None:
    assert doubt(text, about(column)) == why


def test_what_the_model_was_told_counts_as_related() -> None:
    text = "How the parcel locker was reached in Lyon"
    assert doubt(text, about("status")) == NO_RELATION
    assert doubt(text, about("status", told=("status: parcel locker codes",))) == ""
    evidence = Evidence(
        table="shop.orders", column="status", data_type="string", rows=9, rows_read=9, distinct=2,
        frequent=(Frequent(value="Lyon", share=0.5), Frequent(value="Nice", share=0.5)),
    )  # fmt: skip
    assert doubt(text, about("status", evidence=evidence)) == ""
    foreign = Evidence(
        table="shop.orders", column="status", data_type="string", reference="hub.parcels.code"
    )
    assert doubt(text, about("status", evidence=foreign)) == ""


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text("utf-8").splitlines()]


def _described() -> Iterator[tuple[str, str, About, str]]:
    """Who wrote it, its source, what it is about, and the text: of the gold's development part."""
    tables = _lines("dev/gold.jsonl")
    answers = {line["table"]: line["columns"] for line in _lines("strong_model_dev.jsonl")}
    for table in tables:
        columns = {
            c["name"]: Column(path=c["name"], data_type=c["type"], position=n)
            for n, c in enumerate(table["all_columns"])
        }
        one = Table(name=f"x.{table['table'].split('__')[1]}", columns=tuple(columns.values()))
        human = {c["name"]: c["description"] for c in table["columns"]}
        for who, texts in (("human", human), ("strong", answers.get(table["table"], {}))):
            for name, text in texts.items():
                if text and name in columns:
                    yield who, table["dataset"], About(table=one, column=columns[name]), text


@pytest.mark.skipif(not GOLD.exists(), reason="needs ../shared/gold")
@pytest.mark.parametrize("who", ["human", "strong"])
def test_good_texts_are_hardly_ever_held_back_and_foreign_ones_mostly(who: str) -> None:
    rows = [row for row in _described() if row[0] == who]
    held = [text for _, _, one, text in rows if doubt(text, one)]
    assert len(rows) > 500
    assert len(held) <= 0.02 * len(rows), held
    assert _caught(rows) > 0.65


def _caught(rows: Sequence[tuple[str, str, About, str]]) -> float:
    """The share of texts of other sources that are doubted, at names that are understood."""
    chance = random.Random(3)
    clear = [row for row in rows if doubt(ABSURD[2], row[2])]
    pairs = [(one, other) for one in clear for other in chance.sample(rows, 5)]
    foreign = [(one[2], other[3]) for one, other in pairs if one[1] != other[1]]
    return sum(bool(doubt(text, one)) for one, text in foreign) / len(foreign)
