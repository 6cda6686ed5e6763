"""Short forms with several meanings: type, values, unit and neighbours decide, else none."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.words.rules import describe_column


def said(
    table: str, name: str, kind: str, *others: str, low: str = "", high: str = "", codes: int = 500
) -> str:
    columns = tuple(Column(path=n, data_type=kind) for n in (name, *others))
    seen = Evidence(
        table=table, column=name, data_type=kind, rows=1000, rows_read=1000, distinct=codes,
        minimum=low, maximum=high,
    )  # fmt: skip
    return describe_column(Table(name=table, columns=columns), columns[0], seen)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (said("m.meters", "pf", "double", "kwh", low="0.6", high="1"), "Power factor"),
        (said("m.games", "pf", "int", "fga", "ast", low="0", high="6"), "Number of personal fouls"),
        (said("m.meters", "ph", "int", "kwh", "volt", low="1", high="3"), "Phase"),
        (said("m.lakes", "ph", "double", "depth", low="4.1", high="9"), "PH value"),
        (said("m.shops", "ph", "string"), "Phone"),
        (said("m.rides", "hr", "int", "cadence", low="60", high="119"), "Heart rate"),
        (said("m.sales", "hr", "int", low="0", high="23"), "Hour"),
        (said("m.spans", "lat_ns", "bigint", low="100", high="90000"), "Latency"),
        (said("m.stops", "lat", "double", "lon", low="47", high="49"), "Latitude"),
        (said("m.terms", "ctr", "double", "clicks", low="0", high="0.3"), "Click-through rate"),
        (said("m.pages", "ttl", "int", "cache", low="60", high="86400"), "Time to live"),
        (said("m.packs", "soc", "double", "battery", "volt", low="3", high="100"),
         "State of charge"),
        (said("m.shipments", "plt", "int", "carrier", low="1", high="33"), "Number of pallets"),
        (said("m.budget_ledger", "cc", "string", "gl_account", "fiscal_year"), "Cost center"),
        (said("m.people", "po_box", "string", "street"), "Post office box"),
        (said("m.pay", "fed_tax_wh", "decimal(10,2)", low="1", high="900"),
         "Federal tax withheld"),
        (said("m.payroll", "reg_hrs", "double", low="0", high="80"), "Regular hours"),
        (said("m.axes", "acc_x", "double", low="-2", high="2"), "Acceleration along the x axis"),
        (said("m.motors", "torque_nm", "double", low="1", high="9"),
         "Torque of the motor, in newton meters"),
        (said("m.facts", "int_value", "bigint", "string_value"), "Integer value"),
        (said("m.deals", "Churn_Risk__c", "string"), "Churn risk of the deal"),
    ],
)  # fmt: skip
def test_the_surroundings_decide(text: str, expected: str) -> None:
    assert text.startswith(expected)


@pytest.mark.parametrize(
    ("name", "kind", "low", "high"),
    [
        pytest.param("cc", "string", "", "", id="nothing-decides"),
        pytest.param("hr", "int", "60", "119", id="no-hour"),
        pytest.param("ctr", "bigint", "7", "900", id="no-center"),
        pytest.param("acct", "double", "0.5", "9.5", id="no-account-is-a-fraction"),
        pytest.param("nm", "double", "0.5", "9.5", id="no-name-is-a-number"),
    ],
)
def test_a_short_form_that_nothing_settles_stays(name: str, kind: str, low: str, high: str) -> None:
    assert said("m.things", name, kind, "other", low=low, high=high).startswith(name.upper())


def test_a_short_form_does_not_bear_itself_out() -> None:
    # `click` is a topic of `ctr`, and `ctr` must not count as one of its own neighbours.
    assert said("m.things", "trips", "int", low="0", high="9").startswith("Number of trips")
    assert said("m.things", "cc", "string", "cc_old").startswith("CC")


def test_consonants_are_read_where_one_word_has_them() -> None:
    assert said("m.games", "plyr", "string").startswith("Player")
    assert said("m.things", "xqzt", "string").startswith("Xqzt")


def test_a_unit_stays_a_unit() -> None:
    text = said("m.fish", "length_1_mm", "double", low="20", high="90")
    assert text == "Length 1 of the fish, in millimeters."
