"""Feedback: its bounds, what it says, and what can be learnt from it."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.learning.judgements import (
    MOST_BYTES,
    JudgedExecution,
    examples_of,
    new_feedback,
)
from lakegloss.core.learning.kept_inputs import kept_card, kept_inputs
from lakegloss.errors import InputError

MAIL = JudgedExecution(
    execution_id="e1", program="EmailDraft", program_version="v", model="m",
    inputs={"recipient": "Ann"}, outputs={"email_body": "Hello", "tone": "plain"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rating": 0}, "1 to 5"),
        ({"rating": 6}, "1 to 5"),
        ({"rating": 4.5}, "1 to 5"),
        ({"rating": True}, "1 to 5"),
        ({"rating": "4"}, "1 to 5"),
        ({"rating": math.nan}, "1 to 5"),
        ({"rating": math.inf}, "1 to 5"),
        ({"score": -0.1}, "0 to 1"),
        ({"score": 1.1}, "0 to 1"),
        ({"score": math.nan}, "0 to 1"),
        ({"score": True}, "0 to 1"),
        ({"score": "0.5"}, "0 to 1"),
        ({"corrections": "text"}, "mapping"),
        ({"corrections": {1: "x"}}, "mapping"),
        ({"corrections": {"nosuch": "x"}}, "'nosuch'"),
        ({"corrections": {"tone": math.nan}}, "JSON"),
        ({"corrections": {"tone": object()}}, "JSON"),
        ({"corrections": {"tone": "x" * MOST_BYTES}}, "bytes"),
        ({"rating": 4, "type": "x" * 61}, "type"),
        ({"rating": 4, "type": "a\nb"}, "type"),
        ({"rating": 4, "feedback_id": "a\x1b[2J"}, "feedback_id"),
        ({}, "says nothing"),
        ({"corrections": {}}, "says nothing"),
    ],
)
def test_what_cannot_be_feedback(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        new_feedback(MAIL, **wrong)


@given(
    rating=st.integers(1, 5) | st.floats(1, 5).filter(float.is_integer),
    score=st.none() | st.floats(0, 1),
)
def test_what_is_in_its_bounds_is_kept(rating: float, score: float | None) -> None:
    row = new_feedback(MAIL, rating=rating, score=score, who="ann\x1b")
    assert (row.rating, row.score, row.execution_id) == (int(rating), score, "e1")
    assert (row.program, row.program_version, row.model) == ("EmailDraft", "v", "m")
    assert "\x1b" not in row.who


def test_the_same_said_twice_says_the_same() -> None:
    one, two = (new_feedback(MAIL, rating=4, feedback_id="f", who=who) for who in ("a", "b"))
    assert one.says == two.says
    assert one.says != new_feedback(MAIL, rating=5, feedback_id="f").says


def test_a_correction_is_an_example_with_what_it_replaced() -> None:
    row = new_feedback(MAIL, corrections={"email_body": "Dear Ann"}, who="bob")
    [example] = examples_of(row, MAIL)
    assert json.loads(example.expected) == {"email_body": "Dear Ann", "tone": "plain"}
    assert json.loads(example.avoid) == {"email_body": "Hello"}
    assert (example.program, example.subject, example.who) == ("EmailDraft", "e1", "bob")


def test_a_rating_alone_and_forgotten_inputs_teach_nothing() -> None:
    assert examples_of(new_feedback(MAIL, rating=5), MAIL) == []
    forgotten = JudgedExecution(execution_id="e1", program="EmailDraft")
    assert examples_of(new_feedback(MAIL, corrections={"tone": "x"}), forgotten) == []


CARD = {
    "table": "shop.orders", "rows": 9, "comment": "Old.",
    "columns": [
        {"name": "id", "type": "bigint", "comment": "", "minimum": "1"},
        {"name": "who", "type": "string", "comment": "Old.",
         "frequent": [{"value": "Maximiliane Roe", "share": 1.0}]},
    ],
}  # fmt: skip


def test_corrected_comments_are_examples_of_columns() -> None:
    outputs = {"": "Orders.", "id": "Key.", "who": "Buyer."}
    judged = JudgedExecution(
        execution_id="e", program="comments", inputs=kept_card(CARD, "masked") or {},
        outputs=outputs,
    )  # fmt: skip
    row = new_feedback(judged, corrections={"who": "Name of the buyer.", "": "Orders of the shop."})
    column, table = sorted(examples_of(row, judged), key=lambda e: e.column, reverse=True)
    assert (column.program, column.table, column.column) == ("comment", "shop.orders", "who")
    assert (column.expected, column.avoid) == ("Name of the buyer.", "Buyer.")
    assert column.inputs["neighbours"] == ["id"]
    assert (table.column, table.expected) == ("", "Orders of the shop.")
    assert "Old" not in json.dumps([column.inputs, table.inputs])


# Inputs that are kept.


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("none", None),
        ("shapes", {"to": "a@a.a", "n": "99", "ok": True, "list": ["Aaaa"]}),
        ("masked", {"to": "a@a.a", "n": 42, "ok": True, "list": ["Plan"]}),
        ("raw", {"to": "jane.roe@mail.example", "n": 42, "ok": True, "list": ["Plan"]}),
    ],
)
def test_inputs_are_kept_as_the_policy_says(policy: str, kept: dict[str, Any] | None) -> None:
    found = kept_inputs(
        {"to": "jane.roe@mail.example", "n": 42, "ok": True, "list": ["Plan"]}, policy
    )
    if kept is None:
        assert found is None
        return
    assert found is not None
    assert ("jane" in json.dumps(found)) == (policy == "raw")
    assert {k: v for k, v in found.items() if k != "to"} == {
        k: v for k, v in kept.items() if k != "to"
    }


def test_a_card_is_kept_without_values_but_in_the_raw() -> None:
    for policy in ("shapes", "masked"):
        text = json.dumps(kept_card(CARD, policy))
        assert "Maximiliane" not in text
        assert '"shop.orders"' in text
        assert '"bigint"' in text
    assert kept_card(CARD, "none") is None
    assert "Maximiliane" in json.dumps(kept_card(CARD, "raw"))


def test_what_is_nested_without_an_end_is_not_kept() -> None:
    deep: dict[str, Any] = {}
    for _ in range(80):
        deep = {"a": deep}
    assert kept_inputs(deep, "raw") is None
