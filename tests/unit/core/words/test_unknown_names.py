"""What the rules say of names that nobody can read: no echo that counts, but what the data show."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.claims import contradiction
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.words.rules import RulesText, said_of_column, said_of_table


def columns(**kinds: str) -> tuple[Column, ...]:
    return tuple(Column(path=name, data_type=kind) for name, kind in kinds.items())


def said(name: str, kind: str = "string", table: str = "shop.orders", **facts: object) -> RulesText:
    described = Table(name=table, columns=columns(**{name: kind}))
    seen = {"rows": 400, "rows_read": 400, "distinct": 300, **facts}
    evidence = Evidence(table=table, column=name, data_type=kind, **seen)  # type: ignore[arg-type]
    glossary = {("xq",): "extra quality"}
    return said_of_column(described, described.columns[0], evidence, glossary=glossary)


def codes(*values: str) -> dict[str, object]:
    shares = tuple(Frequent(value=value, share=1 / len(values)) for value in values)
    return {"distinct": len(values), "frequent": shares}


@pytest.mark.parametrize(
    ("name", "facts", "unknown"),
    [
        pytest.param("tg", {}, ("tg",), id="a short form"),
        pytest.param("order_tg", {}, ("tg",), id="the row's noun beside it"),
        pytest.param("tg_no", {}, ("tg",), id="a word for the kind, written out"),
        pytest.param("dt_tg", {}, ("tg",), id="a date of something"),
        pytest.param("customer_tg", {}, ("tg",), id="half of the name"),
        pytest.param("k7", {}, ("k7",), id="a letter and a number"),
        pytest.param("tg", {"null_share": 1.0, "distinct": 0}, ("tg",), id="only emptiness"),
        pytest.param("tg", {"distinct": 1}, ("tg",), id="only that it is one value"),
        pytest.param("customer_name", {}, (), id="plain words"),
        pytest.param("plaintiff", {}, (), id="a whole word that no list has"),
        pytest.param("customer_tg_street_name", {}, (), id="less than half of the name"),
        pytest.param("cust_tg", {}, (), id="another short form is written out"),
        pytest.param("xq", {}, (), id="the glossary has it"),
        pytest.param("tg", codes("A", "B", "C"), (), id="codes"),
        pytest.param("tg", {"reference": "shop.tags.id", "key_role": "foreign"}, (), id="a key"),
        pytest.param("tg", {"semantic": "json"}, (), id="a kind of values"),
        pytest.param("tg", {"personal": "email"}, (), id="personal data"),
    ],
)
def test_a_text_that_tells_no_more_than_unknown_words_names_them(
    name: str, facts: dict[str, object], unknown: tuple[str, ...]
) -> None:
    told = said(name, **facts)
    assert told.text
    assert told.unknown == unknown


def test_a_unit_and_a_range_tell_something() -> None:
    assert said("tg_kg", "double").unknown == ()
    assert said("tg", "double", minimum="0.1", maximum="0.9").unknown == ()
    assert said("tg", "double", minimum="-3", maximum="9.5").unknown == ("tg",)


def test_more_of_the_values_is_told_where_the_name_tells_nothing() -> None:
    years = codes("2021/22", "2022/23", "2023/24")
    assert said("tg", **years).text.endswith("One of '2021/22', '2022/23', '2023/24'.")
    assert "One of" not in said("customer_name", **years).text
    assert said("tg", "int", **codes("10", "20", "30")).text.endswith("One of 10, 20, 30.")
    assert "One of" not in said("tg", "int", **codes("1", "2", "3")).text  # small counts
    form = {"shapes": (Frequent(value="A99-9999", share=1.0),)}
    assert said("tg", **form).text == "Tg of the order. Written as A99-9999."


def test_one_value_in_every_row_is_a_claim_that_data_can_contradict() -> None:
    text = said("tg", distinct=1).text
    assert text == "Tg of the order. The same value in every row read."
    seen = Evidence(table="s.t", column="tg", data_type="string", rows=9, rows_read=9, distinct=2)
    assert "there are others" in contradiction(text, seen)


def test_names_in_another_language_are_no_whole_english_words() -> None:
    names = ("lieferung", "bestellung", "zustand", "lagerung", "bemerkungen", "verpackung")
    table = Table(name="x.auftragswesen", columns=columns(**dict.fromkeys(names, "string")))
    assert said_of_column(table, table.columns[0], None).unknown in {(), ("lieferung",)}
    told = [said_of_column(table, column, None) for column in table.columns]
    assert not any(item.text and not item.unknown and item.text.endswith("ung.") for item in told)


def test_a_table_lists_the_columns_that_a_reader_knows() -> None:
    table = Table(
        name="shop.orders", columns=columns(tg="string", customer="string", whs_xq="string")
    )
    assert said_of_table(table, {}).text == "Data on orders, with customer."
    told = {"whs_xq": {("whs",): "warehouse", ("xq",): "extra quality"}}
    listed = said_of_table(table, {}, glossaries=told)
    assert listed.text == "Data on orders, with customer and warehouse extra quality."
    assert listed.unknown == ()


def test_a_table_of_unknown_names_only_waits_for_their_words() -> None:
    table = Table(name="shop.orders", columns=columns(tg="string", bx="string"))
    told = said_of_table(table, {})
    assert told == RulesText(text="Data on orders, with tg and bx.", unknown=("tg", "bx"))
    key = Evidence(table="shop.orders", column="tg", data_type="string", key_role="primary")
    assert said_of_table(table, {"tg": key}).unknown == ()
