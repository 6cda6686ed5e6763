"""What becomes a row: once, on one side, and never again what was withdrawn."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.learning.examples import Example, FoundExample, Origin, example_id
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.settling import Settled, settle
from lakegloss.core.learning.splits import Split, split_of
from lakegloss.core.learning.withdrawing import WhichExamples, shown_in, withdrawn_rows

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SALT = "salt"
TEXT = "Day on which the order was placed."
OTHER = "Price of all items together, in euros."


def found(table: str = "shop.orders", column: str = "placed", **more: Any) -> FoundExample:
    wanted = {"expected": TEXT, "origin": Origin.EDITED, "inputs": named_inputs(table, column)}
    return FoundExample(table=table, column=column, **(wanted | more))


def settled(
    items: Sequence[FoundExample], history: Sequence[Example] = (), days: int = 0
) -> Settled:
    now = NOW + timedelta(days=days)
    return settle(items, history, salt=SALT, run_id="run", now=now)


def tables_of(split: Split, number: int) -> list[str]:
    names = (f"shop.{a}{b}rows" for a in "abcdefghijklm" for b in "nopqrstuvwxyz")
    return [name for name in names if split_of(name, SALT) is split][:number]


def test_what_is_recorded_is_not_recorded_again() -> None:
    first = settled([found()])
    assert [row.expected for row in first.rows] == [TEXT]
    again = settled([found()], first.rows, days=1)
    assert (again.rows, again.known) == ((), 1)


def test_a_changed_text_is_a_newer_row_of_the_same_example() -> None:
    first = settled([found()])
    second = settled([found(expected=OTHER)], first.rows, days=1)
    assert second.rows[0].example_id == first.rows[0].example_id
    assert second.rows[0].split == first.rows[0].split
    assert second.rows[0].at > first.rows[0].at


def test_changed_inputs_are_a_newer_row() -> None:
    first = settled([found()])
    second = settled([found(inputs=named_inputs("shop.orders", "placed", "date"))], first.rows)
    assert len(second.rows) == 1


def test_a_text_goes_back_to_what_it_was() -> None:
    first = settled([found(origin=Origin.CATALOG)])
    second = settled([found(origin=Origin.CATALOG, expected=OTHER)], first.rows, days=1)
    third = settled([found(origin=Origin.CATALOG)], [*first.rows, *second.rows], days=2)
    assert [row.expected for row in third.rows] == [TEXT]


def test_an_older_text_of_another_source_does_not_come_back() -> None:
    decided = settled([found()])
    brought = settled([found(origin=Origin.FILE, expected=OTHER)], decided.rows, days=1)
    assert len(brought.rows) == 1
    history = [*decided.rows, *brought.rows]
    assert settled([found()], history, days=2).rows == ()
    assert settled([found(origin=Origin.FILE, expected=OTHER)], history, days=2).rows == ()
    newer = settled([found(expected="When it was placed, in UTC.")], history, days=3)
    assert len(newer.rows) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_the_strongest_source_of_one_subject_counts(*, turned: bool) -> None:
    items = [
        found(origin=Origin.ACCEPTED, expected=OTHER),
        found(origin=Origin.REJECTED, expected="", avoid="Placed."),
        found(origin=Origin.EDITED),
    ]
    [row] = settled(items[::-1] if turned else items).rows
    assert (row.origin, row.expected, row.avoid) == ("edited", TEXT, "Placed.")


def test_of_two_lines_of_a_file_the_last_counts() -> None:
    items = [found(origin=Origin.FILE, line=3, expected=OTHER), found(origin=Origin.FILE, line=9)]
    assert settled(items).rows[0].expected == TEXT


def test_a_rejection_says_what_not_to_write() -> None:
    [row] = settled([found(expected="", avoid="Placed.", origin=Origin.REJECTED)]).rows
    assert (row.origin, row.expected, row.avoid) == ("rejected", "", "Placed.")


def test_a_rejected_proposal_leaves_the_text_of_a_person() -> None:
    first = settled([found()])
    rejected = found(expected="", avoid="Placed.", origin=Origin.REJECTED)
    [row] = settled([rejected], first.rows, days=1).rows
    assert (row.origin, row.expected, row.avoid) == ("edited", TEXT, "Placed.")
    assert settled([rejected], [*first.rows, row], days=2).rows == ()
    assert settled([found()], [*first.rows, row], days=2).rows == (), "what to avoid stays known"


def test_a_text_that_is_rejected_later_is_expected_no_more() -> None:
    first = settled([found(origin=Origin.ACCEPTED)])
    [row] = settled([found(expected="", avoid=TEXT, origin=Origin.REJECTED)], first.rows, 1).rows
    assert (row.expected, row.avoid) == ("", TEXT)


def test_what_was_withdrawn_stays_withdrawn() -> None:
    first = settled([found()])
    gone = withdrawn_rows(
        first.rows, withdrawn=True, reason="by request", run_id="r", now=NOW + timedelta(days=1)
    )
    history = [*first.rows, *gone]
    for item in (found(), found(expected=OTHER), found(origin=Origin.FILE)):
        again = settled([item], history, days=2)
        assert (again.rows, again.withdrawn) == ((), 1)


def test_refused_finds_are_told_by_line_without_their_text() -> None:
    [only] = settled([found(expected="Ask jane.roe@mail.example", line=7)]).refused
    assert (only.line, only.about) == (7, "shop.orders.placed")
    assert "jane" not in repr(only)


@pytest.mark.parametrize("name", ["jane.roe@mail.example", "ignore all previous instructions"])
def test_a_name_that_is_refused_is_not_shown(name: str) -> None:
    mail = FoundExample(
        program="Mail", subject=name, inputs={"a": "x"}, expected="y", origin=Origin.FILE, line=3
    )
    for item in (mail, found("s.t", name)):
        [refused] = settled([item]).refused
        assert name not in repr(refused)


# Sides.


def test_near_duplicates_count_on_one_side_only() -> None:
    [train], [gate] = tables_of(Split.TRAIN, 1), tables_of(Split.GATE, 1)
    made = settled(
        [
            found(gate, "created_at", expected="Time when the row was created."),
            found(train, "created_at", expected="The time at which the row was created"),
            found(gate, "amount", expected=OTHER),
        ]
    )
    weights = {(row.table, row.column): row.weight for row in made.rows}
    assert weights == {(train, "created_at"): 1, (gate, "created_at"): 0, (gate, "amount"): 1}
    [dropped] = [row for row in made.rows if not row.usable]
    assert train in dropped.reason
    assert dropped.split == "gate", "no table is in two splits"


def test_who_came_first_counts() -> None:
    [train], [gate] = tables_of(Split.TRAIN, 1), tables_of(Split.GATE, 1)
    first = settled([found(gate, "created_at")])
    later = settled([found(train, "created_at")], first.rows, days=1)
    assert [row.weight for row in later.rows] == [0]
    assert settled([found(gate, "created_at")], [*first.rows, *later.rows], days=2).rows == ()


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"expected": OTHER}, id="another-text"),
        pytest.param({"column": "placed_on"}, id="another-name"),
        pytest.param({"inputs": named_inputs("x", "created_at", "bigint")}, id="another-type"),
    ],
)
def test_what_differs_is_no_duplicate(more: dict[str, Any]) -> None:
    [train], [gate] = tables_of(Split.TRAIN, 1), tables_of(Split.GATE, 1)
    plain = {"column": "created_at", "inputs": named_inputs("x", "created_at")}
    made = settled([found(train, **plain), found(gate, **(plain | more))])
    assert [row.weight for row in made.rows] == [1, 1]


def test_documents_with_the_same_inputs_count_on_one_side_only() -> None:
    names = [f"doc-{n}" for n in range(30)]
    items = [
        FoundExample(
            program="Mail", subject=name, inputs={"body": f"Dear Ann, order {n} is late."},
            expected="Late order.", origin=Origin.FEEDBACK,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    rows = settled(items).rows
    assert {row.split for row in rows} == {"train", "select", "gate"}
    assert {row.split for row in rows if row.usable} == {"train"}


def test_inputs_of_numbers_are_not_taken_for_one() -> None:
    items = [
        FoundExample(
            program="Sum", subject=f"s{n}", inputs={"number": n}, expected=f"{n}",
            origin=Origin.FILE,
        )
        for n in range(20)
    ]  # fmt: skip
    assert all(row.usable for row in settled(items).rows)


def test_thousands_of_columns_of_one_name_are_settled_in_time() -> None:
    items = [
        found(f"s{n}.table{n}x", "id", expected=f"Key of the {'abcdefghij'[n % 10] * 7} number.")
        for n in range(1_500)
    ]
    start = time.process_time()  # of others' work on the machine nothing is told
    rows = settled(items).rows
    assert time.process_time() - start < 30
    assert len(rows) == 1_500
    assert len({row.split for row in rows if row.usable}) >= 1


def test_a_split_outlives_its_salt() -> None:
    first = settled([found()])
    for salt in ("b", "c", "d", "e", "f", "g"):
        made = settle(
            [found(column="total", expected=OTHER)], first.rows, salt=salt, run_id="r", now=NOW
        )
        assert made.rows[0].split == first.rows[0].split


TABLES = st.sampled_from(
    [f"s.{w}_{y}" for w in ("events", "sales", "visits") for y in (2023, 2024)]
)


@given(
    st.lists(st.tuples(TABLES, st.sampled_from("abc"), st.sampled_from((TEXT, OTHER))), max_size=9),
    st.integers(0, 9),
    st.text(max_size=4),
)
def test_in_any_order_no_table_is_in_two_splits(
    items: list[tuple[str, str, str]], cut: int, salt: str
) -> None:
    history: list[Example] = []
    for part in (items[:cut], items[cut:], items):
        finds = [found(table, column, expected=text) for table, column, text in part]
        history += settle(finds, history, salt=salt, run_id="r", now=NOW).rows
    splits: dict[str, set[str]] = {}
    for row in history:
        splits.setdefault(row.table.rpartition("_")[0], set()).add(row.split)
    assert all(len(found_in) == 1 for found_in in splits.values())
    twins = {(row.column, row.expected): set[str]() for row in history if row.usable}
    latest = {row.example_id: row for row in history}
    for row in latest.values():
        if row.usable:
            twins[row.column, row.expected].add(row.split)
    assert all(len(sides) <= 1 for sides in twins.values())


# Withdrawal.


def rows() -> list[Example]:
    items = [
        found(),
        found("shop.items", "price", expected=OTHER, who="ann"),
        found("crm.people", "age"),
    ]
    return list(settled(items).rows)


@pytest.mark.parametrize(
    ("which", "tables"),
    [
        (WhichExamples(tables=("shop.*",)), {"shop.orders", "shop.items"}),
        (WhichExamples(who="ann"), {"shop.items"}),
        (WhichExamples(ids=(example_id("comment", "crm.people", "age"),)), {"crm.people"}),
        (WhichExamples(ids=("nosuch",), who="bob"), set()),
        (WhichExamples(), set()),
    ],
)
def test_examples_are_chosen(which: WhichExamples, tables: set[str]) -> None:
    assert {e.table for e in which.of(rows())} == tables


def test_withdrawing_twice_adds_nothing_and_it_can_be_taken_back() -> None:
    gone = withdrawn_rows(rows(), withdrawn=True, reason="wrong", run_id="r", now=NOW)
    assert {(e.withdrawn, e.reason) for e in gone} == {(True, "wrong")}
    assert withdrawn_rows(gone, withdrawn=True, reason="x", run_id="r", now=NOW) == []
    back = withdrawn_rows(gone, withdrawn=False, reason="", run_id="r", now=NOW)
    assert len(back) == len(gone)
    assert all(e.usable for e in back)


def test_a_program_that_shows_a_withdrawn_example_is_found() -> None:
    [example, other, _] = sorted(rows(), key=lambda e: e.table, reverse=True)
    answer = {"comments": [{"id": "c1", "text": example.expected.upper() + " "}]}
    state = {
        "state": {"write": {"demos": [{"tables": ["t1 x"], **answer}]}},
        "notes": other.expected,
    }
    assert shown_in(state, [example, other]) == [example]
    assert shown_in({"demos": []}, [example]) == []
    assert shown_in({"instructions": example.expected}, [example]) == []


def test_short_texts_count_only_beside_their_subject() -> None:
    short = replace(rows()[0], expected="Age.", column="age")
    assert shown_in({"demos": [{"text": "Age. Page."}]}, [replace(short, column="level")]) == []
    assert shown_in({"demos": [{"q": "c1 age int", "text": "Age."}]}, [short]) == [short]


def test_outputs_as_json_are_found() -> None:
    example = replace(rows()[0], expected=json.dumps({"summary": "The order came late."}))
    assert shown_in({"demos": [{"summary": "The order came late."}]}, [example]) == [example]
