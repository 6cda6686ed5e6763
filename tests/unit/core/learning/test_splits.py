"""Splits by table: nobody moves, shards stay together, and every split gets its share."""

import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.learning.splits import (
    SHARES,
    Split,
    family_of,
    group_of,
    is_near,
    split_of,
    split_of_group,
    words_in,
)

NAME = st.text(string.ascii_lowercase + string.digits + "_", min_size=1, max_size=24)
TABLE = st.builds(lambda schema, name: f"{schema}.{name}", NAME, NAME)
SALT = st.text(max_size=16)


@given(TABLE, SALT)
def test_a_table_is_always_in_the_same_split(table: str, salt: str) -> None:
    assert split_of(table, salt) is split_of(table, salt)
    assert split_of(table.upper(), salt) is split_of(table, salt)


@given(st.sets(TABLE, max_size=30), st.sets(TABLE, max_size=30), SALT)
def test_more_tables_move_nobody(tables: set[str], more: set[str], salt: str) -> None:
    before = {table: split_of(table, salt) for table in sorted(tables)}
    after = {table: split_of(table, salt) for table in sorted(tables | more, reverse=True)}
    assert before.items() <= after.items()


@given(
    st.from_regex(r"[a-z]{4,12}", fullmatch=True),
    st.integers(1990, 2060),
    st.integers(1990, 2060),
    SALT,
)
def test_years_of_one_table_fall_on_one_side(stem: str, one: int, two: int, salt: str) -> None:
    assert split_of(f"s.{stem}_{one}", salt) is split_of(f"s.{stem}_{two}", salt)
    assert split_of(f"s.{stem}{one}01", salt) is split_of(f"other.{stem}_{two}_12_31", salt)


@given(TABLE)
def test_a_family_is_never_empty_and_is_its_own(table: str) -> None:
    family = family_of(table)
    assert family
    assert family_of(f"s.{family}") == family


@pytest.mark.parametrize(
    ("table", "family"),
    [
        ("a.events_2023", "events"),
        ("a.events_2024", "events"),
        ("a.events_20240131", "events"),
        ("a.events_2024_01_31", "events"),
        ("a.events2024", "events"),
        ("a.ga_sessions_20170801", "ga_sessions"),
        ("a.sales_2023q1", "sales"),
        ("a.sales_q2_2024", "sales"),
        ("a.sales_fy24", "sales"),
        ("a.yellow_tripdata_2024-01", "yellow_tripdata"),
        ("a.orders_bak", "orders"),
        ("a.orders_v2", "orders"),
        ("a.orders_part_0007", "orders"),
        ("a.orders_7", "orders"),
        ("a.stg_orders", "orders"),
        ("bronze.orders", "orders"),
        ("main.gold.orders", "orders"),
        ("a.events_2023_eu", "events_eu"),
        ("a.`events.2023`", "events"),
        ("a.t001", "t001"),
        ("a.t001w", "t001w"),
        ("a.table_7", "table_7"),
        ("a.t7", "t7"),
        ("a.2023", "2023"),
        ("a.mara", "mara"),
        ("a.addresses", "addresses"),
        ("a.history", "history"),
        ("a.form_1040", "form"),
    ],
)
def test_the_family_of_a_table(table: str, family: str) -> None:
    assert family_of(table) == family


def test_every_split_gets_its_share() -> None:
    counts = Counter(split_of(f"s.subject{n}x", "salt") for n in range(4_000))
    for split, share in SHARES.items():
        assert abs(counts[split] / 4_000 - share) < 0.03, counts


def test_the_salt_decides() -> None:
    tables = [f"s.{a}{b}" for a in "abcdefgh" for b in "ijklmnop"]
    one, two = ([split_of(t, salt) for t in tables] for salt in ("one", "two"))
    assert one != two


def test_documents_do_not_share_a_family() -> None:
    groups = {group_of("", f"invoice_2023_{n:02}.pdf") for n in range(1, 13)}
    assert len(groups) == 12
    assert {split_of_group(g, "s") for g in groups} <= set(Split)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Time when the row was created.", "The time at which the row was created", True),
        ("Identifier of the customer.", "Identifier of customers", True),
        ("Date on which the flight left", "Price of the ticket in euros", False),
        ("", "", True),
    ],
)
def test_near_texts(one: str, other: str, *, near: bool) -> None:
    assert is_near(words_in(one), words_in(other)) is near
