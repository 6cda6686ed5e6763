"""Comments without a model: what they say, and what they never say."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.values.semantics import SemanticType
from lakegloss.core.words.facts import FLAG_CODES
from lakegloss.core.words.rules import _SEMANTIC, describe_column, describe_table
from lakegloss.core.words.surroundings import MOMENTS

FLIGHTS = "demo.flights"


def seen(name: str, data_type: str = "string", **facts: object) -> Evidence:
    """Evidence of 1,000 rows with 500 different values, unless said otherwise."""
    usual: dict[str, object] = {"rows": 1000, "rows_read": 1000, "distinct": 500}
    return Evidence(table=FLIGHTS, column=name, data_type=data_type, **(usual | facts))  # type: ignore[arg-type]


def coded(name: str, *codes: str, data_type: str = "string", **facts: object) -> Evidence:
    frequent = tuple(Frequent(value=code, share=1 / len(codes)) for code in codes)
    return seen(name, data_type, distinct=len(codes), frequent=frequent, **facts)


def said(
    evidence: Evidence,
    *,
    table: str = FLIGHTS,
    style: str = "standard",
    others: tuple[str, ...] = (),
) -> str:
    column = Column(path=evidence.column, data_type=evidence.data_type)
    rest = tuple(Column(path=other, data_type="string") for other in others)
    return describe_column(
        Table(name=table, columns=(column, *rest)), column, evidence, style=style
    )


@pytest.mark.parametrize(
    ("name", "data_type", "text"),
    [
        pytest.param("flight_id", "bigint", "Identifier of the flight.", id="own-identifier"),
        pytest.param("id", "bigint", "Identifier of the flight.", id="id"),
        pytest.param("carrier_id", "bigint",
                     "Identifier of the flight's carrier.", id="id-of"),
        pytest.param("national_id", "string",
                     "National identifier of the flight.", id="kind-of-id"),
        pytest.param("gate_ids", "array<int>",
                     "Identifiers of the flight's gates.", id="several-ids"),
        pytest.param("expire_dt", "date", "Date when the flight expires.", id="expiry"),
        pytest.param("ndc_cd", "string", "National drug code of the flight.", id="code-once"),
        pytest.param("sent_by_id", "bigint",
                     "Identifier of who or what sent the flight.", id="id-of-the-doer"),
        pytest.param("created_by", "string", "Who created the flight.", id="doer"),
        pytest.param("created_at", "timestamp", "When the flight was created.", id="event"),
        pytest.param("last_updated_ts", "timestamp",
                     "Date and time when the flight was last updated.", id="last-event"),
        pytest.param("closedate", "date", "Date when the flight was closed.", id="glued-event"),
        pytest.param("contract_end_date", "date", "Date when the contract ends.", id="end"),
        pytest.param("actual_end_date", "date",
                     "Date of the actual end.", id="adjective-and-end"),
        pytest.param("due_at", "string", "When the flight is due.", id="due"),
        pytest.param("order_date", "date", "Date of the order of the flight.", id="date"),
        pytest.param("is_late", "boolean", "Whether the flight is late.", id="is"),
        pytest.param("has_wifi", "boolean", "Whether the flight has wifi.", id="has"),
        pytest.param("cancelled", "boolean", "Whether the flight was cancelled.", id="participle"),
        pytest.param("active_flg", "string",
                     "Whether the flight is active.", id="flag-suffix"),
        pytest.param("newsletter", "boolean", "Newsletter flag of the flight.", id="flag-noun"),
        pytest.param("is_maintenance", "boolean", "Maintenance flag of the flight.", id="is-noun"),
        pytest.param("is_holiday", "boolean", "Holiday flag of the flight.", id="is-a-day"),
        pytest.param("opt_in", "boolean", "Opt-in flag of the flight.", id="opt-in"),
        pytest.param("is_employee", "boolean", "Whether the flight is an employee.", id="is-a"),
        pytest.param("assigned_to", "bigint", "Who or what the flight was assigned to.",
                     id="whom"),
        pytest.param("assigned_to_id", "bigint",
                     "Identifier of who or what the flight was assigned to.", id="id-of-whom"),
        pytest.param("boiler_flow_m3h_avg", "double",
                     "Boiler flow average of the flight, in cubic meters per hour.",
                     id="unit-before-statistic"),
        pytest.param("temp_c_std", "double",
                     "Temperature standard deviation of the flight, in degrees Celsius: "
                     "spread around the mean.",
                     id="standard-deviation"),
        pytest.param("std_flag", "boolean", "Std flag of the flight.", id="std-unclear"),
        pytest.param("num_seats", "int", "Number of seats of the flight.", id="num"),
        pytest.param("seat_count", "int", "Number of seats of the flight.", id="count"),
        pytest.param("seats", "int", "Number of seats of the flight.", id="plural"),
        pytest.param("pct_full", "double", "Percentage of full.", id="percentage"),
        pytest.param("delay_p95", "double", "95th percentile of delay.", id="percentile"),
        pytest.param("distance_km", "double", "Distance of the flight, in kilometers.", id="unit"),
        pytest.param("dep_delay", "double",
                     "Departure delay of the flight: time after the scheduled departure.",
                     id="gloss"),
        pytest.param("carrier_name", "string", "Name of the flight's carrier.",
                     id="head"),
        pytest.param("_fivetran_synced", "timestamp",
                     "When Fivetran last synchronized the row.", id="load-tool"),
        pytest.param("MATNR", "string", "Material number of the flight.", id="erp"),
        pytest.param("gate_source_value", "string",
                     "Gate as written in the source data.", id="source-value"),
    ],
)  # fmt: skip
def test_a_name_becomes_a_clause(name: str, data_type: str, text: str) -> None:
    assert said(seen(name, data_type)) == text


@pytest.mark.parametrize(
    ("evidence", "fact"),
    [
        pytest.param(seen("flight_id", key_role="primary"), "Primary key.", id="primary"),
        pytest.param(seen("dest", key_role="foreign", reference="demo.airports.faa"),
                     "Refers to airports.faa.", id="reference-in-the-schema"),
        pytest.param(seen("dest", key_role="foreign", reference="geo.airports.faa"),
                     "Refers to geo.airports.faa.", id="reference-elsewhere"),
        pytest.param(coded("status", "open", "closed"), "One of 'closed', 'open'.", id="codes"),
        pytest.param(coded("level", "10", "2", "5", data_type="int"), "One of 2, 5, 10.",
                     id="codes-in-numeric-order"),
        pytest.param(coded("replayed", "0", "1", data_type="int"), "1 for yes, 0 for no.",
                     id="flag-codes"),
        pytest.param(coded("late_flag", "Y", "N"), "Y for yes, N for no.", id="letters"),
        pytest.param(seen("delay", "double", minimum="-43", maximum="1301"), "Can be negative.",
                     id="signed"),
        pytest.param(seen("load_factor", "double", minimum="0.0", maximum="0.98"),
                     "Between 0 and 1.", id="fraction"),
        pytest.param(seen("gate", null_share=0.7), "Often empty.", id="often-empty"),
        pytest.param(seen("gate", null_share=1.0, distinct=0), "Empty in every row read.",
                     id="empty"),
        pytest.param(seen("contact", semantic="email"), "e-mail address", id="kind-of-values"),
        pytest.param(seen("contact", personal="email"), "personal data (email)", id="personal"),
    ],
)  # fmt: skip
def test_the_evidence_adds_its_facts(evidence: Evidence, fact: str) -> None:
    assert fact in said(evidence)


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(coded("status", "open", "closed", masked=True), id="masked"),
        pytest.param(coded("status", "open", "closed", personal="health"), id="personal"),
        pytest.param(coded("status", "open", "closed", rows_read=4), id="hardly-any-rows"),
        pytest.param(coded("status", "open", "closed", distinct_exact=False), id="not-exact"),
        pytest.param(coded("flight_id", "open", "closed"), id="identifiers"),
        pytest.param(coded("crew", "Ann open", "Bob closed"), id="names"),
        pytest.param(coded("status", "open@x.org", "closed"), id="address"),
        pytest.param(coded("status", "open'; DROP TABLE x", "closed"), id="quote"),
        pytest.param(coded("status", "open" * 20, "closed"), id="long"),
        pytest.param(coded("status", "open\nIgnore", "closed"), id="line-break"),
        pytest.param(replace(coded("status", "open", "closed"), distinct=13), id="too-many"),
    ],
)
def test_values_that_are_no_codes_are_not_quoted(evidence: Evidence) -> None:
    for style in ("concise", "standard", "detailed"):
        text = said(evidence, style=style)
        assert "open" not in text
        assert "closed" not in text


def test_codes_and_ranges_of_a_sample_are_said_to_be_of_the_rows_read() -> None:
    part = {"rows": 5000, "distinct_exact": False}
    codes = said(coded("status", "open", "closed", **part))
    assert "One of 'closed', 'open' in the rows read." in codes
    share = seen("load_factor", "double", minimum="0.0", maximum="0.98", **part)
    assert "Between 0 and 1 in the rows read." in said(share)
    dates = seen("ship_date", "date", minimum="1999-01-02", maximum="2013-12-31", **part)
    assert "Between 1999 and 2013 in the rows read." in said(dates, style="detailed")


def test_numbers_that_are_no_scale_are_not_listed() -> None:
    assert "One of" not in said(coded("goals", "0", "1", "2", "5", data_type="int"))
    assert "for yes" not in said(coded("gender", "0", "1", data_type="int"))


def test_no_statistic_is_stated() -> None:
    evidence = seen(
        "delay", "double", minimum="-43.25", maximum="1301.5", mean=12.6, null_share=0.0246
    )
    for style in ("concise", "standard", "detailed"):
        assert not any(c.isdigit() for c in said(evidence, style=style))


def test_nothing_is_said_of_a_bare_name_without_evidence() -> None:
    column = Column(path="xyzzy", data_type="string")
    table = Table(name=FLIGHTS, columns=(column,))
    assert describe_column(table, column, None) == ""
    assert describe_column(table, column, seen("xyzzy", rows=0, rows_read=0, distinct=0)) == ""
    assert describe_column(table, column, seen("xyzzy")) == "Xyzzy of the flight."


def test_nothing_is_said_of_a_number_that_is_named_as_the_row() -> None:
    assert said(seen("flight", "int")) == ""


@pytest.mark.parametrize(
    ("name", "others", "text"),
    [
        ("alt", ("lat", "lon"), "Altitude of the flight: "),
        ("alt", ("label",), "ALT of the flight."),
        ("dst", ("tz", "tzone"), "Daylight saving time of the flight"),
        ("dst", ("src",), "Destination of the flight"),
        ("dst", ("label",), "Dst of the flight."),
        ("std_load", ("mean_load",), "Load standard deviation of the flight"),
        ("std_load", ("load",), "Std load of the flight"),
    ],
)
def test_short_forms_of_several_meanings_are_settled_by_their_neighbours(
    name: str, others: tuple[str, ...], text: str
) -> None:
    assert said(seen(name), others=others).startswith(text)


def test_a_table_lists_its_columns_as_their_neighbours_settle_them() -> None:
    names = ("faa", "lat", "lon", "alt", "tz", "dst")
    columns = tuple(Column(path=name, data_type="double") for name in names)
    text = describe_table(Table(name="demo.airports", columns=columns), {})
    assert "altitude" in text
    assert "daylight saving time" in text


def test_styles_differ_in_length() -> None:
    evidence = seen(
        "dest", key_role="foreign", reference="demo.airports.faa", null_share=0.01,
        shapes=(Frequent(value="AAA", share=1.0),),
    )  # fmt: skip
    concise, standard, detailed = (
        said(evidence, style=style) for style in ("concise", "standard", "detailed")
    )
    assert concise == "Destination of the flight: refers to airports.faa."
    assert standard == "Destination of the flight. Refers to airports.faa."
    assert detailed == f"{standard} Written as AAA. Sometimes empty."


def test_detailed_comments_name_years_but_not_of_personal_dates() -> None:
    evidence = seen("ship_date", "date", minimum="1999-01-02", maximum="2013-12-31", null_share=0.1)
    assert "Between 1999 and 2013." in said(evidence, style="detailed")
    assert "1999" not in said(replace(evidence, personal="birth_date"), style="detailed")


def test_detailed_comments_say_what_never_occurred() -> None:
    evidence = seen("fuel_kg", "double", minimum="3", maximum="900")
    text = "Fuel of the flight, in kilograms."
    assert said(evidence, style="detailed") == (
        f"{text} Never negative and never empty in the rows read."
    )
    assert said(replace(evidence, masked=True, null_share=0.1), style="detailed") == (
        f"{text} Sometimes empty."
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("address.city_nm", "Name of the city of the address."),
        ("items.element.qty", "Quantity of the item."),
        ("`odd.name`.amt", "Amount of the odd name."),
        ("broken`path", "Broken path of the flight."),
    ],
)
def test_parts_of_a_column_are_described_as_parts(path: str, text: str) -> None:
    assert said(seen(path)) == text


def test_an_ambiguous_erp_field_counts_only_among_others_of_its_kind() -> None:
    assert said(seen("labor")) == "Labor of the flight."
    erp = said(seen("labor"), table="erp.mara", others=("matnr", "mtart", "matkl"))
    assert erp == "Laboratory or design office of the material."


FLIGHT_TABLE = Table(
    name=FLIGHTS,
    columns=(
        Column(path="flight_id", data_type="bigint"),
        Column(path="dest", data_type="string"),
        Column(path="dep_delay", data_type="double"),
        Column(path="sched_arr", data_type="timestamp"),
    ),
)


def test_a_table_is_described_by_its_rows_columns_keys_and_references() -> None:
    evidence = {
        "flight_id": seen("flight_id", "bigint", key_role="primary"),
        "dest": seen("dest", key_role="foreign", reference="demo.airports.faa"),
        "dep_delay": seen("dep_delay", "double"),
        "sched_arr": seen("sched_arr", "timestamp", null_share=1.0),
    }
    assert describe_table(FLIGHT_TABLE, evidence) == (
        "One row for each flight, with destination and departure delay. "
        "Primary key: flight_id. Refers to airports."
    )
    assert describe_table(FLIGHT_TABLE, evidence, style="concise") == (
        "One row for each flight, with destination and departure delay."
    )


def test_a_table_without_evidence_is_described_by_its_columns() -> None:
    assert describe_table(FLIGHT_TABLE, {}) == (
        "Data on flights, with destination, departure delay and scheduled arrival."
    )
    assert describe_table(Table(name="demo.empty"), {}) == ""


def test_every_semantic_type_that_is_worded_exists() -> None:
    assert set(_SEMANTIC) | MOMENTS <= {str(kind) for kind in SemanticType}
    assert all(len(codes) == 2 for codes in FLAG_CODES)


VALUES = st.text(max_size=40)


@settings(deadline=None)  # the first example loads the lexicon
@given(
    name=st.text(min_size=1, max_size=40),
    data_type=st.sampled_from(["string", "bigint", "double", "boolean", "date", "array<int>"]),
    values=st.lists(VALUES, max_size=12, unique=True),
    style=st.sampled_from(["concise", "standard", "detailed"]),
    personal=st.sampled_from(["", "email", "name"]),
    null_share=st.floats(0, 1),
)
def test_hostile_names_and_values_give_one_safe_line(
    name: str, data_type: str, values: list[str], style: str, personal: str, null_share: float
) -> None:
    evidence = coded(name, *values, data_type=data_type) if values else seen(name, data_type)
    evidence = replace(
        evidence, personal=personal, null_share=null_share,
        minimum=min(values, default=""), maximum=max(values, default=""),
    )  # fmt: skip
    text = said(evidence, style=style)
    assert "\n" not in text
    assert text == text.strip()
    assert text == "" or text.endswith(".")
    assert said(evidence, style=style) == text


@pytest.mark.parametrize(
    "evidence",
    [
        seen("flight_id", "bigint", key_role="primary", distinct=1000),
        seen("dest", key_role="foreign", reference="demo.airports.faa"),
        coded("status", "open", "closed"),
        coded("late_flag", "Y", "N"),
        seen("load_factor", "double", minimum="0.0", maximum="0.98"),
        seen("delay", "double", minimum="-43", maximum="1301"),
        seen("recipient", personal="email", masked=True),
    ],
    ids=lambda evidence: evidence.column,
)
@pytest.mark.parametrize("style", ["concise", "standard", "detailed"])
def test_the_rules_pass_the_checks_that_models_must_pass(evidence: Evidence, style: str) -> None:
    column = Column(path=evidence.column, data_type=evidence.data_type)
    airports = ("faa",) if evidence.reference else ()
    table = Table(
        name=FLIGHTS, columns=(column, *(Column(path=a, data_type="string") for a in airports))
    )
    text = describe_column(table, column, evidence, style=style)
    checked = check_comment(
        text, table=table, column=column, evidence=evidence, limit=500, style=style
    )
    assert checked.failures == ()
    assert checked.text == text
