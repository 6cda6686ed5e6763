"""A ledger's salt: each split has what it needs where the groups allow it, and it stays random."""

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from lakegloss.core.learning.examples import Example, FoundExample, Origin
from lakegloss.core.learning.salting import groups_to_split, least_of, salt_for, small_gate
from lakegloss.core.learning.splits import SHARES, Split, group_of, split_of_group
from lakegloss.core.statistics.intervals import LEAST_GROUPS
from tests.unit.core.learning.test_settling import NOW, found

FLIGHTS = ["airlines", "airports", "delayed_flights", "flights", "planes", "weather"]


def counts(groups: list[str], salt: str) -> Counter[Split]:
    return Counter(split_of_group(group, salt) for group in groups)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 7, 12, 60, 500])
def test_each_split_has_what_it_needs(number: int) -> None:
    groups = [f"table of {n}" for n in range(number)]
    least = least_of(number)
    assert sum(least.values()) <= number
    for _ in range(5):
        found = counts(groups, salt_for(groups))
        assert all(found[split] >= needed for split, needed in least.items()), found
    assert number < 5 or least[Split.GATE] >= LEAST_GROUPS
    if number >= 60:  # the shares stay those of the hash
        assert all(least[split] < share * number for split, share in SHARES.items())


def test_a_salt_at_random_leaves_a_small_lake_without_a_gate_that_can_tell() -> None:
    """What the choice is for: in 83 of 100 cases six tables give fewer than three to the gate."""
    small = sum(counts(FLIGHTS, str(n))[Split.GATE] < LEAST_GROUPS for n in range(2_000))
    assert 0.79 < small / 2_000 < 0.87
    assert counts(FLIGHTS, salt_for(FLIGHTS))[Split.GATE] >= LEAST_GROUPS


def test_every_table_may_come_to_every_split() -> None:
    """The choice prefers no table: over many ledgers each one stands in the gate as often."""
    numbers = count()
    gate: Counter[str] = Counter()
    for _ in range(300):
        salt = salt_for(FLIGHTS, draw=lambda: f"salt {next(numbers)}")
        gate.update(g for g in FLIGHTS if split_of_group(g, salt) is Split.GATE)
    assert all(0.38 < gate[name] / 300 < 0.65 for name in FLIGHTS), gate


def test_where_no_salt_fits_the_last_one_counts() -> None:
    assert salt_for(FLIGHTS, draw=lambda: "always") == "always"


def test_groups_are_those_of_the_program_that_has_most_and_that_no_file_split() -> None:
    other = FoundExample(
        program="route", table="", column="", subject="ticket 1", inputs={"a": 1}, expected="x",
        avoid="", origin=Origin.FEEDBACK,
    )  # fmt: skip
    comments = [found("s.orders"), found("s.stg_orders"), found("s.people")]
    held = replace(found("s.fixed"), split="gate")
    assert groups_to_split([other, *comments, held]) == ["orders", "people"]
    assert groups_to_split([]) == []


def test_a_program_whose_gate_can_tell_nothing_is_named() -> None:
    row = Example(
        example_id="1", program="comment", table="s.a", column="c", subject="s.a.c", inputs="{}",
        expected="x", avoid="", origin="edited", split="gate", weight=1.0, withdrawn=False,
        reason="", who="", run_id="r", at=NOW,
    )  # fmt: skip
    two = [row, replace(row, table="s.orders"), replace(row, table="s.stg_orders")]
    assert small_gate(two) == {"comment": 2}
    assert small_gate([replace(row, split="train")]) == {"comment": 0}
    assert small_gate([*two, replace(row, table="s.c")]) == {}
    assert group_of("s.stg_orders", "") == group_of("s.orders", "")
