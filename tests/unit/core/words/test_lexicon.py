"""The words of names, their abbreviations, their units."""

import re
import string
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.words.lexicon import erp_field, erp_table, expand, gloss, vocabulary, words_of
from lakegloss.core.words.nouns import entity_of, is_plural, plural, singular
from lakegloss.core.words.units import split_unit


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("dep_delay", ("dep", "delay"), id="snake"),
        pytest.param("customer-id", ("customer", "id"), id="kebab"),
        pytest.param("customerOrderId", ("customer", "order", "id"), id="camel"),
        pytest.param("ShareWomen", ("share", "women"), id="pascal"),
        pytest.param("HTTPServerName", ("http", "server", "name"), id="acronym-first"),
        pytest.param("yearID", ("year", "id"), id="acronym-last"),
        pytest.param("userIDs", ("user", "ids"), id="plural-acronym"),
        pytest.param("TOTper9", ("tot", "per", "9"), id="capitals-then-word"),
        pytest.param("CUSTOMER_NAME", ("customer", "name"), id="capitals"),
        pytest.param("CUSTOMERNAME", ("customer", "name"), id="glued-capitals"),
        pytest.param("tailnum", ("tail", "num"), id="glued"),
        pytest.param("deptno", ("dept", "no"), id="glued-short-ending"),
        pytest.param("orderdatetime", ("order", "datetime"), id="longest-piece"),
        pytest.param("carpet", ("carpet",), id="a-word-is-not-cut"),
        pytest.param("barcelona", ("barcelona",), id="an-unknown-word-is-not-cut"),
        pytest.param("p95", ("p", "95"), id="digits"),
        pytest.param("P25th", ("p", "25th"), id="ordinal"),
        pytest.param("per_100k", ("per", "100k"), id="thousands"),
        pytest.param("pm25", ("pm25",), id="known-with-digits"),
        pytest.param("größeCm", ("größe", "cm"), id="umlauts"),
        pytest.param("名前", ("名前",), id="no-latin"),
        pytest.param("__", (), id="no-words"),
    ],
)
def test_names_are_split_into_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("dep_delay", "departure delay"),
        ("avg_temp_c", "average temperature c"),
        ("custAcctNum", "customer account number"),
        ("no_of_items", "number of items"),
        ("zip_code", "ZIP code"),
        ("long", "longitude"),
        ("long_name", "long name"),
        ("st", "state"),
        ("MATNR", "material number"),
        ("bukrs", "company code"),
        ("labor", "labor"),
    ],
)
def test_abbreviations_are_written_out(name: str, plain: str) -> None:
    assert expand(name) == plain


def test_an_ordinary_word_is_an_erp_field_only_where_that_is_sure() -> None:
    assert erp_field("labor") == ""
    assert erp_field("LABOR", sure=False) == "laboratory or design office"
    assert erp_table("MARA") == "material"
    assert erp_table("orders") == ""


@settings(deadline=None)  # the first example loads the lexicon
@given(st.text(max_size=60))
def test_no_letter_or_digit_is_lost_or_invented(name: str) -> None:
    joined = "".join(words_of(name))
    assert joined == "".join(chunk.lower() for chunk in re.split(r"[\W_]+", name))


@settings(deadline=None)  # the first example loads the lexicon
@given(st.lists(st.sampled_from(sorted(vocabulary())), min_size=1, max_size=4))
def test_words_joined_by_underscores_come_back(words: list[str]) -> None:
    plain = [word for word in words if word.isalpha()]
    assert words_of("_".join(plain)) == tuple(plain)


@settings(deadline=None)  # the first example loads the lexicon
@given(st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=60))
def test_a_glued_name_is_cut_into_known_pieces_only(name: str) -> None:
    words = words_of(name)
    if len(words) > 1:
        assert all(
            word in vocabulary() or word.removesuffix("s") in vocabulary() or len(word) == 2
            for word in words
        )


@pytest.mark.parametrize(
    "name", ["abbreviations", "erp_fields", "erp_tables", "glosses", "system_columns"]
)
def test_each_entry_stands_once_and_has_words(name: str) -> None:
    data = files("lakegloss.core.words") / "lexicon_data" / f"{name}.txt"
    lines = [
        line
        for line in data.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    shorts = [line.partition(" = ")[0] for line in lines]
    assert sorted(shorts) == sorted(set(shorts))
    assert all(re.fullmatch(r"\S.* = \S.*", line) for line in lines)
    assert len(lines) > 80


def test_a_gloss_is_found_whatever_its_case() -> None:
    assert gloss("URL") == gloss("url") == "web address"
    assert gloss("no such thing") == ""


@pytest.mark.parametrize(
    ("name", "rest", "unit"),
    [
        pytest.param("distance_km", "distance", "kilometers", id="suffix"),
        pytest.param("price_usd", "price", "US dollars", id="money"),
        pytest.param("temp_c", "temp", "degrees Celsius", id="letter-after-its-quantity"),
        pytest.param("plan_c", "plan c", "", id="letter-after-something-else"),
        pytest.param("duration_min", "duration", "minutes", id="minutes"),
        pytest.param("temp_min", "temp min", "", id="minimum"),
        pytest.param("area_sq_ft", "area", "square feet", id="two-words"),
        pytest.param("length_in_cm", "length", "centimeters", id="in"),
        pytest.param("days", "days", "", id="only-a-unit"),
        pytest.param("cost_per_km", "cost per km", "", id="per"),
    ],
)
def test_units_are_read_from_the_end_of_a_name(name: str, rest: str, unit: str) -> None:
    assert split_unit(words_of(name)) == (tuple(rest.split()), unit)


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("flights", "flight"), ("categories", "category"), ("addresses", "address"),
        ("boxes", "box"), ("statuses", "status"), ("houses", "house"), ("causes", "cause"),
        ("people", "person"), ("order lines", "order line"), ("matches", "match"),
    ],
)  # fmt: skip
def test_nouns_change_their_number(many: str, one: str) -> None:
    assert singular(many) == one
    assert plural(one) == many
    assert plural(many) == many


@pytest.mark.parametrize("word", ["status", "address", "series", "gas", "bus", "analysis"])
def test_words_that_end_in_s_are_no_plurals(word: str) -> None:
    assert not is_plural(word)
    assert singular(word) == word


def test_numbers_behind_a_noun_stay() -> None:
    assert plural("fatal accident 85 99") == "fatal accidents 85 99"


@pytest.mark.parametrize(
    ("table", "entity"),
    [
        ("sales.orders", "order"),
        ("main.gold.dim_customers", "customer"),
        ("stg_order_items", "order item"),
        ("raw.weather_data", "weather"),
        ("erp.KNA1", "customer"),
        ("x.zqx_77", ""),
        ("`a.b`.`c d`", ""),
        ("broken`name", ""),
    ],
)
def test_the_table_says_what_a_row_is(table: str, entity: str) -> None:
    assert entity_of(table) == entity
