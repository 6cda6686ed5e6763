"""Claims of comments about data: true, false or open by the evidence of today.

Cases come from what others met: lists of categories that a profiler froze and that fail on the
first new value however rare, lists with a value that does not occur, white space around values,
NaN among them, and documentation that outlived the data.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.claims import contradiction, contradiction_of_table, has_unproven
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.words.rules import describe_column


def seen(*codes: str, **facts: object) -> Evidence:
    share = 1 / len(codes) if codes else 0.0
    evidence = Evidence(
        table="fleet.repairs", column="cause", data_type="string", rows=1000, rows_read=1000,
        distinct=len(codes) or 400,
        frequent=tuple(Frequent(value=code, share=share) for code in codes),
    )  # fmt: skip
    return replace(evidence, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "now"),
    [
        pytest.param("Cause. Empty in every row read.", seen("DMG", null_share=0.9), id="filled"),
        pytest.param("Cause. One of 'DMG', 'LATE', 'OTH'.", seen("DMG", "LATE", "OTH", "FIRE"),
                     id="a new code"),
        pytest.param(
            "Cause. One of 'DMG', 'LATE'.",
            replace(seen("DMG"), rows=10**6, rows_read=10**6, distinct=3, frequent=(
                Frequent(value="DMG", share=0.9), Frequent(value="LATE", share=0.0999989),
                Frequent(value="LATR", share=0.0000011))),
            id="a new code in one row of a million",
        ),
        pytest.param("Cause. One of 'DMG', 'LATE'.", seen("DMG", "LATE", distinct=900),
                     id="codes became free text"),
        pytest.param("Cause. One of 'dmg', 'late'.", seen("DMG", "LATE"), id="written otherwise"),
        pytest.param("Level. One of 2, 5, 10.", seen("2", "5", "11", data_type="int"),
                     id="numbers"),
        pytest.param("Cause. Such as 'DMG', 'LATE'.", seen("FIRE", "FLOOD"), id="none is left"),
        pytest.param("Cause. Often empty.", seen(null_share=0.01), id="hardly empty any more"),
        pytest.param("Cause. Sometimes empty.", seen(null_share=0.0), id="never empty any more"),
        pytest.param("Cause. Never empty in the rows read.", seen(null_share=0.2), id="nulls"),
        pytest.param("Rate. Between 0 and 1.", seen(data_type="double", minimum="0", maximum="1.4"),
                     id="just above one"),
        pytest.param("Day. Between 1999 and 2013.",
                     seen(data_type="date", minimum="1999-01-01", maximum="2014-01-01"),
                     id="a new year"),
        pytest.param("Day. In 2013 in the rows read.",
                     seen(data_type="date", minimum="2013-01-01", maximum="2014-02-01"),
                     id="another year"),
        pytest.param("Tag. Unique in the rows read.", seen(), id="repeats"),
        pytest.param("Tag. Written as AAA-9999.", seen(shapes=(Frequent(value="A9", share=1.0),)),
                     id="another form"),
        pytest.param("Car. Refers to cars.car_id.", seen(reference="fleet.trucks.truck_id"),
                     id="another key"),
    ],
)  # fmt: skip
def test_what_data_have_made_false_is_named(text: str, now: Evidence) -> None:
    assert contradiction(text, now)
    assert has_unproven(text, now)
    assert not contradiction(text, replace(now, rows_read=0)), "no rows contradict nothing"


@pytest.mark.parametrize(
    ("text", "now"),
    [
        pytest.param("One of 'cash', 'card', 'coupon'.", seen("cash", "card"),
                     id="a listed code does not occur"),
        pytest.param("One of 'DMG', 'LATE'.", seen("DMG  ", "LATE"), id="padded"),
        pytest.param("One of 0, 1.", seen("0.0", "1.0", data_type="double"), id="decimal zeros"),
        pytest.param("One of 1, 2.", seen("1", "2", "NaN", data_type="double"), id="NaN"),
        pytest.param("One of 'DMG', 'LATE'.", seen("DMG", "LATE", "N/A", ""), id="placeholders"),
        pytest.param("One of 'DMG', 'LATE'.", seen("AAA", "AAAA", masked=True), id="masked"),
        pytest.param("One of the two drivers of the car.", seen("Ann", "Bob", "Cy"), id="words"),
        pytest.param("Damage in euros, 0 if none.", seen("5", "7", data_type="int"), id="one code"),
        pytest.param("Can be negative.", seen(data_type="int", minimum="3", maximum="4"),
                     id="not negative yet"),
        pytest.param("Often empty.", seen(null_share=0.3), id="still often"),
        pytest.param("Sometimes empty.", seen(rows=10**6), id="no null in a sample"),
        pytest.param("Refers to cars.car_id.", seen(), id="a reference that was not looked for"),
        pytest.param("Refers to cars.car_id.", seen(reference="c.fleet.cars.car_id"),
                     id="a longer name of the same key"),
        pytest.param("Between 0 and 0.3.", seen(data_type="double", minimum="0",
                     maximum="0.300001"), id="rounded"),
        pytest.param("Values are from 1 to 5 stars.", seen(data_type="int", minimum="0",
                     maximum="6"), id="a scale nearly kept"),
    ],
)  # fmt: skip
def test_what_may_be_true_is_left_alone(text: str, now: Evidence) -> None:
    assert contradiction(text, now) == ""


@pytest.mark.parametrize(
    ("text", "heir", "unproven"),
    [
        ("Number of the vehicle, zero for non-occupants.", seen("1", "2", data_type="int"), True),
        ("Number of the vehicle, zero for non-occupants.", seen("0", "2", data_type="int"), False),
        ("Lane: A for the left one, B for the right one.", seen("A", "B"), False),
        ("Lane: A for the left one, B for the right one.", seen("A", "C"), True),
        ("Lane: A for the left one, B for the right one.", seen("A", "B", "C"), False),
        ("Cost, never negative.", seen(data_type="int", minimum="x", masked=True), True),
        ("Cost of the repair.", None, False),
        ("Cost of the repair, often empty.", None, True),
        ("Cost of the repair in 2013 for one car.", seen(), False),
    ],
)
def test_a_claim_is_proven_by_the_data_of_its_column_only(
    text: str,
    heir: Evidence | None,
    unproven: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    assert has_unproven(text, heir) is unproven


def test_a_tables_key_that_repeats_is_named() -> None:
    text = "One row for each car. Primary key: car_id."
    key = Evidence(table="f.cars", column="car_id", data_type="int", rows=9, rows_read=9)
    unique = replace(key, distinct=9, key_role="primary")
    assert contradiction_of_table(text, {"car_id": unique}) == ""
    assert "car_id" in contradiction_of_table(text, {"car_id": replace(key, distinct=4)})
    assert contradiction_of_table("Primary key: car_id, day.", {"car_id": replace(key)}) == ""


CODES = st.lists(
    st.text("ABab019 .-", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=12,
    unique=True,
)  # fmt: skip


NUMBERS = st.lists(st.integers(-3, 9999).map(str), min_size=1, max_size=12, unique=True)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    data_type = draw(st.sampled_from(["string", "int", "double", "date"]))
    codes = draw(NUMBERS if data_type == "int" else CODES)
    low = draw(st.integers(-5, 5))
    rows = draw(st.integers(1, 500))
    nulls = draw(st.sampled_from([0, 0, 1, rows // 2, rows]))
    return Evidence(
        table="s.t",
        column="status_code",
        data_type=data_type,
        rows=rows * draw(st.sampled_from([1, 1, 3])),
        rows_read=rows,
        null_share=min(nulls, rows) / rows,
        distinct=len(codes) if nulls < rows else 0,
        minimum=str(low),
        maximum=str(low + draw(st.integers(0, 7))),
        frequent=tuple(Frequent(value=c, share=1 / len(codes)) for c in codes),
        shapes=(Frequent(value="AAA-9999", share=0.95),),
        key_role=draw(st.sampled_from(["", "", "primary"])),
        reference=draw(st.sampled_from(["", "s.keys.id"])),
    )


@settings(max_examples=60, deadline=None)
@given(evidences(), st.sampled_from(["concise", "standard", "detailed"]))
def test_the_rules_say_nothing_that_their_evidence_contradicts(now: Evidence, style: str) -> None:
    column = Column(path="status_code", data_type=now.data_type)
    text = describe_column(Table(name="s.t", columns=(column,)), column, now, style=style)
    assert contradiction(text, now) == "", text


def test_white_space_within_a_code_tells_none_apart() -> None:
    now = seen("0", "0  0", "a\tb")
    assert contradiction("One of '0', '0 0', 'a b'.", now) == ""
    assert contradiction("One of '0', '0 0'.", now)


def codes(*shares: float, **facts: object) -> Evidence:
    items = tuple(Frequent(value=f"c{n}", share=share) for n, share in enumerate(shares))
    return replace(seen(**facts), distinct=len(items), frequent=items)


@pytest.mark.parametrize(
    ("now", "whole"),
    [
        pytest.param(codes(0.5, 0.3, 0.2), True, id="many rows, few values"),
        pytest.param(codes(0.5, 0.498, 0.002), False, id="a rare one foretells others"),
        pytest.param(codes(0.5, 0.5, rows=20, rows_read=20), False, id="few rows"),
        pytest.param(codes(0.5, 0.5, codes_vary=True), False, id="new ones in a second part"),
        pytest.param(codes(0.5, 0.5, null_share=0.99), False, id="few values among many rows"),
        pytest.param(seen("0", "1", rows=9, rows_read=9), True, id="no and yes"),
    ],
)
def test_codes_seen_are_all_codes_only_where_rows_and_values_bear_it(
    now: Evidence,
    whole: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    assert now.has_all_codes is whole


def test_both_kinds_of_lists_are_told_as_what_they_are() -> None:
    def said(now: Evidence) -> str:
        column = Column(path="cause_code", data_type="string")
        return describe_column(Table(name="s.t", columns=(column,)), column, now)

    assert "One of 'DMG', 'LATE'." in said(seen("DMG", "LATE"))
    few = seen("DMG", "LATE", rows=12, rows_read=12)
    assert "Such as 'DMG', 'LATE'." in said(few)
    assert contradiction(said(few), seen("DMG", "LATE", "FIRE")) == ""


def test_a_hostile_text_takes_no_long_time() -> None:
    for text in ("one of " + "'a', " * 3000, "Refers to " + "a." * 5000, "0 for " * 4000):
        contradiction(text, seen("a", "b"))
