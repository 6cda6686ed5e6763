"""What the comment metric sees, and what it says of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import AssetKey
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.metrics.against import against_evidence, compare_facts
from lakegloss.core.metrics.comment_metric import CommentMetric
from lakegloss.core.metrics.density import Boilerplate, brevity, is_cut_off
from lakegloss.core.metrics.measures import units_in, zone_in
from lakegloss.core.metrics.profile_metric import ProfileMetric
from lakegloss.core.metrics.terms import NameMask

TABLE = "ferry.crossings"
REFERENCES = {
    AssetKey(TABLE, "dist"): "Length of the route in kilometers.",
    AssetKey(TABLE, "wave_h"): "Mean height of waves at the outer buoy, in meters.",
    AssetKey(TABLE, "cancelled"): "1 if the trip was called off, 0 otherwise.",
    AssetKey(TABLE, ""): "One row per trip of a boat, as the harbour office logs it.",
    AssetKey("shop.orders", ""): "One row per order that a customer placed in the shop.",
}
METRIC = CommentMetric(REFERENCES)


def score(column: str, text: str, **more: object) -> float:
    return METRIC.score(AssetKey(TABLE, column), text, **more).score  # type: ignore[arg-type]


def test_a_good_comment_of_a_table_ranks_above_that_of_another() -> None:
    good = score("", "Trips of boats that the harbour office logged, one row per trip.")
    assert good > score("", "Orders that customers placed, one row per order.") * 5


@pytest.mark.parametrize(
    ("column", "worse", "says"),
    [
        ("dist", "", "There is no comment."),
        ("dist", "Length of the route in miles.", "Wrong: it says mile, people say kilometer."),
        ("dist", "Mean height of waves at the buoy, in meters.", "crossings.wave_h"),
        ("wave_h", "Mean height of waves at the", "It is cut off."),
        ("cancelled", "1 if the trip was not called off, 0 otherwise.", "the opposite"),
    ],
)
def test_what_is_wrong_costs_and_is_said(column: str, worse: str, says: str) -> None:
    found = METRIC.score(AssetKey(TABLE, column), worse)
    assert found.score < 0.5 * score(column, REFERENCES[AssetKey(TABLE, column)])
    assert says in found.why


def test_failed_checks_cost_what_they_cost_elsewhere() -> None:
    text = "Length of the route in kilometers."
    found = METRIC.score(AssetKey(TABLE, "dist"), text, failures=["literal_value"])
    assert found.parts["checks"] == pytest.approx(0.7)
    assert "literal_value" in found.why


@given(st.sampled_from(sorted(REFERENCES)), st.text(max_size=120))
def test_any_text_gets_a_score(key: AssetKey, text: str) -> None:
    found = METRIC.score(key, text)
    assert 0 <= found.score <= 1
    assert all(0 <= part <= 1 and math.isfinite(part) for part in found.parts.values())


def test_only_phrases_of_many_tables_are_boilerplate() -> None:
    same = "It is kept for reporting purposes only."
    shared = [(f"t{n % 5}", f"Thing number {n}. {same}") for n in range(25)]
    assert Boilerplate(shared).share(shared[0][1]) == pytest.approx(0.7)
    one_table = [("t", text) for _, text in shared]
    assert Boilerplate(one_table).share(shared[0][1]) == 0
    assert Boilerplate(shared[:10]).share(shared[0][1]) == 0


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Number of the", True), ("Number (as of", True), ("Kinds: red,", True),
        ("Number of seats", False), ("Where it is.", False), ("Chart of accounts", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_cut_text_ends_in_the_middle(text: str, *, cut: bool) -> None:
    assert is_cut_off(text) is cut


def test_length_is_free_up_to_a_point() -> None:
    assert brevity("one two three", "one") == 1
    assert brevity("word " * 32, "short") == pytest.approx(0.5)
    assert brevity("word " * 32, "word " * 24) == 1


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Delay in minutes", {("time", "minute")}),
        ("Day of the month", set()),
        ("Distance (km)", {("length", "kilometer")}),
        ("Cruising speed in miles per hour", {("speed", "mph")}),
        ("Currency, such as USD.", set()),
        ("C for cascade", set()),
        ("Temperature in degrees C.", {("temperature", "celsius")}),
        ("Price in $", {("money", "dollar")}),
    ],
)
def test_units_are_read_where_they_are_named_as_such(text: str, units: set[object]) -> None:
    assert {u for u in units_in(text) if u[1] != "degree"} == units


@pytest.mark.parametrize(
    ("text", "zone"),
    [("Time in UTC", "utc"), ("In local time", "local"), ("at 5 EST", "est"), ("the best", "")],
)
def test_time_zones(text: str, zone: str) -> None:
    assert zone_in(text) == zone


@pytest.mark.parametrize(
    ("text", "reference", "wrong"),
    [
        ("1 = no, 0 = yes", "1 = yes, 0 = no", True),
        ("1 for yes, 0 for no", "1 = yes, 0 = no", False),
        ("Sum including tax.", "Sum, excluding tax.", True),
        ("Name of the person.", "Name of the person, blank if there is no person.", False),
        ("Whether it works (yes or no).", "Whether it works.", False),
        ("Time in UTC.", "Time in local time.", True),
    ],
)
def test_what_contradicts_a_reference(text: str, reference: str, *, wrong: bool) -> None:
    assert bool(compare_facts(text, reference).contradicted) is wrong


def test_what_the_data_and_the_name_contradict() -> None:
    key = AssetKey("lab.runs", "temp_f")
    assert against_evidence(key, "Temperature in degrees Celsius.", None)
    assert not against_evidence(key, "Temperature in degrees Fahrenheit.", None)
    codes = Evidence(
        table="lab.runs", column="state", data_type="string", rows=90, rows_read=90, distinct=2,
        frequent=(Frequent(value="A", share=0.5), Frequent(value="B", share=0.5)),
    )  # fmt: skip
    state = AssetKey("lab.runs", "state")
    assert against_evidence(state, "X = open, Y = closed", codes)
    assert not against_evidence(state, "A = open, Z = closed", codes)


def test_names_are_taken_out_by_their_stems_and_starts() -> None:
    mask = NameMask("sales.orders", "avail_seat_km")
    assert mask.left("Available seats of the order, per week") == ["of", "the", "per", "week"]


def test_without_a_reference_the_profile_tells_columns_apart() -> None:
    def evidence(column: str, **facts: object) -> Evidence:
        return Evidence(
            table="s.t", column=column, data_type="string", rows=9, rows_read=9, distinct=9, **facts  # type: ignore[arg-type]
        )  # fmt: skip

    metric = ProfileMetric(
        {
            AssetKey("s.t", "a"): evidence("a", semantic="email"),
            AssetKey("s.t", "b"): evidence("b", key_role="foreign", reference="s.airlines.code"),
        }
    )
    right = metric.score(AssetKey("s.t", "b"), "Refers to the airlines.")
    wrong = metric.score(AssetKey("s.t", "b"), "An email address.")
    assert right.score > 2 * wrong.score
    assert "s.t.a" in wrong.why
    assert metric.score(AssetKey("s.t", "b"), " ").score == 0
