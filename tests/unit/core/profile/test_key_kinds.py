"""Kinds of keys and references that schemas of real databases have."""

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.declared import Declared
from lakegloss.core.profile.key_names import is_line, key_words, keyed_entity, shared_prefix
from lakegloss.core.profile.keys import Keys
from lakegloss.core.profile.references import Resolver, resolve_keys
from lakegloss.core.profile.sketch import ColumnSketch

TYPES = {"int64": "bigint", "double": "double", "string": "string"}


def table(name: str, /, **columns: Sequence[Any]) -> list[Evidence]:
    found = []
    for i, (path, values) in enumerate(columns.items()):
        array, sketch = pa.array(values), ColumnSketch()
        sketch.update(array)
        column = Column(path=path, data_type=TYPES[str(array.type)], position=i)
        found.append(column_evidence(name, column, sketch, rows=len(values)))
    return found


def references(*tables: list[Evidence]) -> dict[str, str]:
    found = resolve_keys([column for one in tables for column in one])
    return {
        f"{c.table}.{c.column}".removeprefix("s."): c.reference.removeprefix("s.")
        for c in found
        if c.reference
    }


def keys(*tables: list[Evidence]) -> dict[str, str]:
    found = resolve_keys([column for one in tables for column in one])
    return {c.table.removeprefix("s."): c.column for c in found if c.key_role == "primary"}


def some(values: Sequence[Any], rows: int) -> list[Any]:
    return random.Random(3).choices(values, k=rows)


NUMBERS = list(range(1, 41))


@pytest.mark.parametrize(
    ("name", "columns", "key"),
    [
        ("orders", {"id": NUMBERS, "order_number": [f"SO{i}" for i in NUMBERS]}, "id"),
        ("orders", {"order_number": [f"SO{i}" for i in NUMBERS], "id": NUMBERS}, "id"),
        (
            "invoices",
            {
                "inv_no": [f"I{i:05d}" for i in range(120)],
                "vat_id": [f"DE{i:09d}" for i in range(120)],
            },
            "inv_no",
        ),
        (
            "customer",
            {"customer_id": NUMBERS, "customer_sk": NUMBERS, "city": ["x"] * 40},
            "customer_sk",
        ),
        (
            "KNA1",
            {"MANDT": ["100"] * 40, "KUNNR": [f"{i:010d}" for i in NUMBERS], "ORT01": ["x"] * 40},
            "KUNNR",
        ),
        (
            "customer_history",
            {"history_id": NUMBERS, "customer_id": some(range(9), 40), "city": ["x"] * 40},
            "history_id",
        ),
        ("supplier", {"s_suppkey": NUMBERS, "s_name": ["a"] * 40, "s_x": ["b"] * 40}, "s_suppkey"),
        ("orders", {"o_orderkey": NUMBERS, "o_x": ["a"] * 40, "o_y": ["b"] * 40}, "o_orderkey"),
    ],
)
def test_the_key_of_a_table(name: str, columns: dict[str, Sequence[Any]], key: str) -> None:
    assert keys(table(f"s.{name}", **columns)) == {name: key}


@pytest.mark.parametrize(
    ("parent", "key", "child"),
    [
        ("dim_date", "date_key", "date_key"),
        ("dim_date", "date_key", "order_date_key"),
        ("date_dim", "d_date_sk", "sold_date_sk"),
        ("dim_status", "status_id", "status_id"),
        ("status", "id", "status_id"),
        ("types", "id", "type_id"),
        ("dim_category", "category_id", "category_id"),
        ("order_status", "id", "status"),
        ("order_statuses", "id", "status_id"),
        ("concept", "concept_id", "concept_id_1"),
        ("customer_address", "address_sk", "addr_sk"),
        ("customer", "c_custkey", "o_custkey"),
    ],
)
def test_dimensions_with_generic_names_and_prefixes(parent: str, key: str, child: str) -> None:
    values = [20_240_000 + i for i in NUMBERS] if "date" in key else NUMBERS
    prefix = key[:2] if key[1] == "_" else ""
    dimension = table(
        f"s.{parent}", **{key: values, f"{prefix}label": ["x"] * 40, f"{prefix}more": ["y"] * 40}
    )
    orders = table("s.orders", id=range(500, 600), **{child: some(values, 100)})
    assert references(dimension, orders) == {f"orders.{child}": f"{parent}.{key}"}


def test_small_numbers_of_another_kind_refer_to_no_generic_dimension() -> None:
    types = table("s.types", id=NUMBERS, label=["x"] * 40)
    orders = table("s.orders", id=range(500, 600), customer_type_id=some(range(1, 4), 100))
    assert references(types, orders) == {}


@pytest.mark.parametrize(
    ("name", "key", "child"),
    [
        ("employees", "emp_id", "manager_id"),
        ("employees", "EmployeeId", "ReportsTo"),
        ("categories", "category_id", "parent_category_id"),
        ("posts", "Id", "ParentId"),
        ("visits", "visit_id", "preceding_visit_id"),
    ],
)
def test_rows_refer_to_rows_of_their_own_table(name: str, key: str, child: str) -> None:
    rows = table(f"s.{name}", **{key: NUMBERS, child: [None, *some(range(1, 12), 39)]})
    assert references(rows) == {f"{name}.{child}": f"{name}.{key}"}


def test_texts_refer_to_their_own_table_by_values() -> None:
    stops = [f"S{i:05d}" for i in range(100)]
    rows = table("s.stops", stop_id=stops, parent_station=[None, *some(stops[:30], 99)])
    assert references(rows) == {"stops.parent_station": "stops.stop_id"}


@pytest.mark.parametrize("child", ["manager_id", "level", "parent"])
def test_what_only_looks_like_a_reference_to_the_own_table(child: str) -> None:
    values = [i + 900 for i in some(NUMBERS, 40)] if child == "parent" else some(range(1, 9), 40)
    assert references(table("s.customers", customer_id=NUMBERS, **{child: values})) == {}


def test_a_copy_is_no_parent() -> None:
    columns = {"customer_id": [7 * i for i in NUMBERS], "name": ["n"] * 40}
    original = table("s.customers", **columns)
    copies = [table(f"s.{name}", **columns) for name in ("customers_2023", "bak_customers")]
    staged = table("s.stg_customers", **columns, _loaded_at=["x"] * 40)
    orders = table("s.orders", id=range(100), customer_id=some(columns["customer_id"], 100))
    found = references(*copies, staged, orders, original)
    assert found == {"orders.customer_id": "customers.customer_id"}
    assert set(keys(*copies, staged, original)) == {
        "customers", "customers_2023", "bak_customers", "stg_customers",
    }  # fmt: skip


def test_a_natural_key_does_not_refer_to_the_surrogate_key_of_a_history() -> None:
    versions = table(
        "s.dim_customer", customer_sk=range(1, 81), customer_id=some(NUMBERS, 80), city=["x"] * 80
    )
    orders = table("s.orders", id=range(500, 600), customer_id=some(NUMBERS, 100))
    assert references(versions, orders) == {}
    customers = table("s.customers", customer_id=NUMBERS, name=["n"] * 40)
    found = references(versions, orders, customers)
    assert found["orders.customer_id"] == "customers.customer_id"


def test_texts_held_by_a_key_and_by_its_parts_refer_to_the_key() -> None:
    titles = [f"tt{7 * i:07d}" for i in range(300)]
    basics = table("s.title_basics", tconst=titles, kind=["m"] * 300)
    ratings = table("s.title_ratings", tconst=titles[:200], votes=[1] * 200)
    akas = table("s.title_akas", titleId=some(titles[:150], 400), region=["US"] * 400)
    found = references(basics, ratings, akas)
    assert found == {
        "title_akas.titleId": "title_basics.tconst",
        "title_ratings.tconst": "title_basics.tconst",
    }


def test_declared_constraints_come_before_what_is_found() -> None:
    people = table("s.people", id=NUMBERS, code=[f"P{i}" for i in NUMBERS])
    visits = table("s.visits", day=some(range(9), 90), who=some(["P1", "P2"], 90), n=[1] * 90)
    declared = Declared(
        keys={"s.people": ("code",), "s.visits": ("day", "who")},
        references={AssetKey("s.visits", "who"): AssetKey("s.people", "code")},
    )
    found = Keys()
    found.add("s.people", people)
    found.add("s.visits", visits)
    resolver = Resolver(found, declared)
    seen = {c.column: resolver.resolve(c) for c in (*people, *visits)}
    assert (seen["code"].key_role, seen["id"].key_role) == ("primary", "")
    assert (seen["who"].key_role, seen["who"].reference) == ("foreign", "s.people.code")
    assert seen["day"].key_with == seen["who"].key_with == "day, who"
    assert seen["n"].key_with == ""


def test_words_of_keys() -> None:
    assert key_words("ps_suppkey") == ("ps", "supp", "key")
    assert key_words("concept_id_2") == ("concept", "id")
    assert key_words("fk_customer") == ("customer",)
    assert keyed_entity("db.date_dim") == ("date",)
    assert keyed_entity("db.dim_customers") == ("customer",)
    assert shared_prefix(["c_key", "c_name", "c_city"]) == "c"
    assert shared_prefix(["c_key", "name", "c_city"]) == ""
    assert [is_line(key_words(n)) for n in ("line_no", "POSNR", "item_id", "stop_sequence")] == [
        True, True, False, True,
    ]  # fmt: skip
