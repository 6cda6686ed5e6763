"""An answer names a place of the tree, or nothing: what is only like a name names nothing."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.labels.scheme import scheme_from
from lakegloss.core.labels.tree import DomainPlace, lines_of, tree_from

TREE = tree_from(
    yaml.safe_load("""
Sales:
  description: Orders, deals   and invoices.
  keywords: [order, deal]
  tables: ["shop.*"]
  subdomains:
    Order Management: what customers ordered
    pricing:
      tables: ["*.price_*"]
people & culture: employees
operations:
  subdomains: [pricing, flights]
""")
)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Sales/Order Management", ("Sales", "Order Management")),
        ("sales > order_management", ("Sales", "Order Management")),
        (" `SALES` ", ("Sales", "")),
        ("order-management.", ("Sales", "Order Management")),
        ("flights", ("operations", "flights")),
        ("People & Culture", ("people & culture", "")),
        ("pricing", None),  # two domains have one
        ("operations/order management", None),
        ("sales/order", None),
        ("sales/pricing/x", None),
        ("Sales; DROP TABLE x", None),
        ("", None),
        ("/", None),
    ],
)
def test_what_a_text_names(said: str, place: tuple[str, str] | None) -> None:
    assert TREE.find(said) == (DomainPlace(*place) if place else None)


def test_within_a_domain_its_subdomains_are_named_alone() -> None:
    assert TREE.find("pricing", within="operations") == DomainPlace("operations", "pricing")
    assert TREE.find("Sales/pricing", within="operations") is None
    assert TREE.find("order management", within="operations") is None
    assert TREE.find("operations", within="operations") == DomainPlace("operations")


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_no_text_names_a_place_outside(said: str) -> None:
    places = {place for place, _ in TREE.places()}
    assert TREE.find(said) in places | {None}


def test_the_lines_show_each_label_once() -> None:
    assert lines_of(TREE)[:3] == [
        "Sales: Orders, deals and invoices.; order, deal",
        "Sales/Order Management: what customers ordered",
        "Sales/pricing",
    ]
    assert lines_of(TREE, deep=False) == [
        "Sales: Orders, deals and invoices.; order, deal",
        "people & culture: employees",
        "operations",
    ]
    assert lines_of(TREE, domain="operations") == ["operations/pricing", "operations/flights"]


def test_patterns_choose_without_a_model() -> None:
    assert TREE.by_pattern("main.shop.orders") == DomainPlace("Sales")
    assert TREE.by_pattern("shop.price_list") == DomainPlace("Sales", "pricing")
    assert TREE.by_pattern("hr.people") is None


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({"a": 1}, "domains.a"),
        ({"a/b": None}, "'a/b'"),
        ({"a b": None, "A_B": None}, "A_B"),
        ({"a": {"subdomains": {"b": {"subdomains": {"c": None}}}}}, "subdomain"),
        ({"a": {"keywords": 3}}, "keywords"),
        ({"": None}, "''"),
    ],
)
def test_a_wrong_tree_is_told(content: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        tree_from(content)


def test_a_scheme_is_read_and_checked() -> None:
    scheme = scheme_from(
        {"tags": {"domain": "business_area", "personal_class": False}, "values": {"pii": "P1"}}
    )
    assert scheme.domain_tag == "business_area"
    assert scheme.class_tag == ""
    assert scheme.written("pii") == "P1"
    assert scheme.group_meant("P1") == "pii"
    assert scheme.group_meant("pii") is None
    for wrong in (
        {"tags": {"domain": "a.b"}},
        {"tags": {"domain": "x", "subdomain": "X"}},
        {"values": {"piii": "x"}},
        {"colours": {}},
        {"domains": "sales"},
        [],
    ):
        if wrong:
            with pytest.raises(ValueError, match=r"\w"):
                scheme_from(wrong)
