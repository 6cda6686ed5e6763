"""Cards say what the evidence shows, in one line, whatever the data holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.cards import LINE_LIMIT, column_card, table_card
from lakegloss.core.requests import estimate


def seen(data_type: str = "string", *values: str, **facts: object) -> Evidence:
    evidence = Evidence(
        table="s.t",
        column="x",
        data_type=data_type,
        rows=1000,
        rows_read=1000,
        distinct=500,
        frequent=tuple(Frequent(value=v, share=0.1) for v in values),
    )
    return replace(evidence, **facts)  # type: ignore[arg-type]


def card(evidence: Evidence | None, comment: str = "") -> str:
    data_type = evidence.data_type if evidence else "string"
    column = Column(path="x", data_type=data_type, comment=comment)
    return column_card(column, evidence, id="c1", schema="s")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param(None, "c1 x string", id="no evidence"),
        pytest.param(seen(rows_read=0), "c1 x string", id="no rows"),
        pytest.param(seen(null_share=1.0, distinct=0), "c1 x string: all null", id="all null"),
        pytest.param(
            seen("int", minimum="-43", maximum="1301", null_share=0.024),
            "c1 x int: 2% null; -43..1301",
            id="range",
        ),
        pytest.param(
            seen("double", minimum="0.12345678", maximum="1234567.5"),
            "c1 x double: 0.1235..1.23M",
            id="long numbers",
        ),
        pytest.param(
            seen("bigint", minimum="1", maximum="9", key_role="primary"),
            "c1 x bigint: primary key",
            id="key without range",
        ),
        pytest.param(
            seen("string", "UA", reference="s.airlines.carrier", distinct=16),
            "c1 x string: ->airlines.carrier; 16 distinct; e.g. 'UA'",
            id="reference in the same schema",
        ),
        pytest.param(
            seen("string", "UA", reference="o.airlines.carrier", key_role="foreign"),
            "c1 x string: ->o.airlines.carrier; e.g. 'UA'",
            id="reference into another schema",
        ),
        pytest.param(
            seen("string", "b", "a", distinct=2), "c1 x string: codes 'a','b'", id="codes"
        ),
        pytest.param(
            seen("int", "1", "0", distinct=2), "c1 x int: codes 0,1", id="numbers as codes"
        ),
        pytest.param(
            seen("double", "1.0", "0.0", distinct=2), "c1 x double: codes 0,1", id="codes as double"
        ),
        pytest.param(seen("int", *"3142", distinct=4), "c1 x int: codes 1..4", id="codes in a row"),
        pytest.param(
            seen("int", "10", "9", "40", "1", distinct=4),
            "c1 x int: codes 1,9,10,40",
            id="codes in the order of numbers",
        ),
        pytest.param(
            seen("double", "0.5", "0.25", minimum="0.25", maximum="0.5", distinct=2),
            "c1 x double: 0.25..0.5",
            id="few measures are a range",
        ),
        pytest.param(
            seen(
                "bigint", "396315360434", minimum="396315360434", maximum="396400000000", distinct=7
            ),
            "c1 x bigint: 396B..396B",
            id="long numbers are no codes",
        ),
        pytest.param(
            seen("int", minimum="20190101", maximum="20241231"),
            "c1 x int: 20190101..20241231",
            id="dates as numbers stay readable",
        ),
        pytest.param(seen("int", minimum="7", maximum="7"), "c1 x int: only 7", id="one number"),
        pytest.param(seen("string", "k", distinct=1), "c1 x string: only 'k'", id="constant"),
        pytest.param(
            seen("string", "AAA-9999", masked=True, personal="national_id"),
            "c1 x string: personal national_id; shape 'AAA-9999'",
            id="masked",
        ),
        pytest.param(
            seen("date", minimum="2013-01-01", maximum="2013-12-31"),
            "c1 x date: 2013-01..2013-12",
            id="dates of one year",
        ),
        pytest.param(
            seen("timestamp", minimum="1999-01-01T00:00", maximum="2024-12-31T00:00"),
            "c1 x timestamp: 1999..2024",
            id="dates of years",
        ),
        pytest.param(seen("boolean", "true", "false", distinct=2), "c1 x boolean", id="boolean"),
        pytest.param(
            seen("string", "a@b.c", semantic="email", distinct=5000),
            "c1 x string: email; e.g. 'a@b.c'",
            id="semantic",
        ),
    ],
)
def test_column_card(evidence: Evidence | None, expected: str) -> None:
    assert card(evidence) == expected


def test_an_existing_comment_is_shown() -> None:
    assert card(None, "Key  of\nit") == "c1 x string: now 'Key of it'"


def test_table_card() -> None:
    table = Table(name="main.s.t", kind=TableKind.VIEW, comment="Old", sources=("main.s.a",))
    lines = table_card(table, {"x": seen(rows=336_776)}, id="t1", neighbours=["a", "b"])
    assert lines == [
        "t1 s.t: view; 337k rows, 1k sampled; reads s.a; now 'Old'",
        "other columns: a, b",
    ]


def test_a_table_that_is_only_context_has_no_id() -> None:
    assert table_card(Table(name="t1"), {}, id=None) == ["table t1"]


def test_many_neighbours_are_counted() -> None:
    names = [f"column_number_{n}" for n in range(300)]
    line = table_card(Table(name="s.t"), {}, id=None, neighbours=names)[1]
    shown = line.removeprefix("other columns: ").split(" and ")[0].split(", ")
    assert line.endswith(f" and {300 - len(shown)} more")
    assert len(line) < 400


def test_more_codes_than_fit_are_marked() -> None:
    codes = [f"a_rather_long_code_{n}" for n in range(12)]
    assert card(seen("string", *codes, distinct=12)).endswith(",…")


def test_typical_columns_cost_about_twenty_tokens() -> None:
    typical = [
        card(seen("int", minimum="-43", maximum="1301", null_share=0.02)),
        card(seen("string", "UA", "B6", "EV", distinct=16)),
        card(seen("string", "open", "paid", "void", distinct=3)),
        card(seen("timestamp", minimum="2013-01-01T05:00", maximum="2013-12-31T23:00")),
        card(seen("bigint", key_role="primary")),
    ]
    assert sum(map(estimate, typical)) / len(typical) <= 22


@given(
    st.text(),
    st.lists(st.text(), max_size=12),
    st.text(),
    st.text(),
    st.sampled_from(["string", "int", "date", "struct<" + "a:int," * 300 + ">"]),
    st.booleans(),
)
def test_every_card_is_one_bounded_line(
    path: str, values: list[str], low: str, comment: str, data_type: str, masked: object
) -> None:
    evidence = seen(data_type, *values, minimum=low, maximum=low, masked=bool(masked))
    column = Column(path=path, data_type=data_type, comment=comment)
    line = column_card(column, evidence, id="c7")
    assert line.startswith("c7 ")
    assert "\n" not in line
    assert len(line) <= LINE_LIMIT + len("c7 ")
    assert "[[ #" not in line
