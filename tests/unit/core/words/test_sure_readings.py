"""What no reading of a name guesses: nouns for numbers, signs for missing values, unknown lists."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.values.forms import is_calendar_date
from lakegloss.core.words.limits import limits_of
from lakegloss.core.words.rules import describe_column


def told(
    path: str, kind: str, *others: str, table: str = "s.things", low: str = "", high: str = "",
) -> str:  # fmt: skip
    columns = tuple(
        Column(path=name, data_type=kind if name == path else "string", position=i)
        for i, name in enumerate((path, *others))
    )
    seen = Evidence(
        table=table, column=path, data_type=kind, rows=90, rows_read=90, distinct=40,
        minimum=low, maximum=high,
    )  # fmt: skip
    return describe_column(Table(name=table, columns=columns), columns[0], seen)


@pytest.mark.parametrize(
    ("path", "kind", "others", "wrong"),
    [
        ("db", "double", ("lo", "hi", "unit"), "database"),
        ("ltv", "double", ("loan_no", "collateral"), "lifetime"),
        ("dev", "double", ("mean",), "device"),
        ("eff", "double", ("pump_no", "pwr_kw"), "Effective"),
        ("acc", "string", ("grp", "descr"), "Account"),
        ("x_rd", "double", ("y_rd",), "road"),
        ("sp_bar", "double", ("mode",), "pecies"),
        ("name_eng", "string", ("name_fra",), "engine"),
        ("pol", "string", ("pod", "vessel"), "olicy"),
        ("dec", "double", ("ra", "star"), "Decimal"),
        ("valid_tot", "date", (), "otal"),
        ("lab_hrs", "double", ("mat_cost", "crew"), "Lab of"),
    ],
)
def test_a_short_form_is_no_noun_that_its_column_cannot_be(
    path: str, kind: str, others: tuple[str, ...], wrong: str
) -> None:
    text = told(path, kind, *others)
    assert text
    assert wrong not in text


@pytest.mark.parametrize(
    ("path", "kind", "others", "right"),
    [
        ("eff", "double", ("pump_no", "pwr_kw"), "Efficiency"),
        ("acc", "string", ("customer_id", "balance"), "Account"),
        ("eff_dt", "date", ("rate",), "in effect"),
        ("st", "timestamp", ("end_ts",), "starts"),
        ("prop", "string", ("tenant", "lease"), "Property"),
        ("ltv", "double", ("orders",), "Lifetime value"),
        ("batt_mv", "int", (), "in millivolts"),
        ("head_m", "double", (), "in meters"),
        ("price_kg", "double", (), "Price of the thing, per kilogram."),
        ("price_m3", "double", (), "per cubic meter"),
        ("price_eur", "double", (), "in euros"),
        ("sched_st", "timestamp", ("act_fin",), "cheduled start"),
        ("act_fin", "timestamp", ("sched_st",), "Actual finish"),
        ("taken_at", "timestamp", (), "When the thing was taken."),
        ("drawn_by", "string", (), "Who drew the thing."),
    ],
)
def test_a_short_form_is_read_where_its_surroundings_decide(
    path: str, kind: str, others: tuple[str, ...], right: str
) -> None:
    assert right in told(path, kind, *others, high="1", low="0")


def test_years_of_events_are_said_as_events() -> None:
    text = told("commissioned", "int", table="s.plants", low="1931", high="2021")
    assert text.startswith("Year when the plant was commissioned")
    assert "Year" not in told("commissioned", "int", table="s.plants", low="0", high="2021")


@pytest.mark.parametrize(
    ("values", "low", "facts"),
    [
        (("-999", "0.1", "0.2"), "-999", ["-999 stands for no value"]),
        (("-1", "3", "4"), "-1", []),
        (("-9", "-3", "4"), "-9", ["Can be negative"]),
        (("1", "2"), "-999", []),
        (("1", "2"), "-512", ["Can be negative"]),
        (("1", "2"), "-9", ["Can be negative"]),
        (("-12", "2"), "-12", ["Can be negative"]),
    ],
)
def test_a_number_for_a_missing_value_makes_no_range(
    values: tuple[str, ...], low: str, facts: list[str]
) -> None:
    seen = Evidence(
        table="a.b", column="c", data_type="double", rows=90, rows_read=90, distinct=40,
        minimum=low, maximum="50", frequent=tuple(Frequent(value=v, share=0.1) for v in values),
    )  # fmt: skip
    assert limits_of(Column(path="c", data_type="double"), seen) == facts


def test_a_field_of_a_list_of_unknown_things_is_not_said_of_the_row() -> None:
    text = told("zzq.element.qty", "double", table="s.orders")
    assert "order" not in text
    assert told("lines.element.qty", "double", table="s.orders") == "Quantity of the line."


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("2024-02-28", True),
        ("28.02.2024", True),
        ("9999-12-31", True),
        ("0000-00-00", True),
        ("3 May 2024", True),
        ("7439-92-1", False),
        ("1336-36-3", False),
        ("2024-13-45", False),
    ],
)
def test_a_date_has_months_and_days_that_there_are(value: str, *, is_one: bool) -> None:
    assert is_calendar_date(value) is is_one


def test_a_class_of_personal_data_is_left_out_only_where_all_of_it_is_said() -> None:
    column = Column(path="geb_date", data_type="date")
    seen = Evidence(
        table="s.people", column="geb_date", data_type="date", rows=9, rows_read=9,
        personal="birth_date",
    )  # fmt: skip
    text = describe_column(Table(name="s.people", columns=(column,)), column, seen)
    assert text.endswith("personal data (birth date).")


def test_the_key_of_a_table_is_said_of_its_row() -> None:
    column = Column(path="crew_cd", data_type="string")
    seen = Evidence(
        table="s.net_crews", column="crew_cd", data_type="string", rows=9, rows_read=9,
        distinct=9, key_role="primary",
    )  # fmt: skip
    table = Table(name="s.net_crews", columns=(column,))
    assert describe_column(table, column, seen).startswith("Code of the net crew. Primary key")


def test_units_and_words_of_all_languages_are_read_among_names_that_are_not_english() -> None:
    names = ("leidingen_naam", "soort_leiding", "aanleg_jaar", "bron_systeem", "lengte_meting")
    assert told("diam_mm", "int", *names, table="s.leidingen") == "Diam, in millimeters."
    assert told("email", "string", *names, table="s.leidingen").startswith("E-mail")


@pytest.mark.parametrize(
    ("path", "kind", "others", "table", "text"),
    [
        ("visited_at", "timestamp", (), "crm.visit_report", "Time of the visit."),
        ("visit_no_id", "string", (), "crm.visits", "Identifier of the visit number."),
        ("visit_id", "string", (), "crm.visit_report", "Identifier of the visit."),
        ("last_login_at", "timestamp", (), "crm.accounts", "Date and time of the last login."),
        ("adj_cd", "string", (), "s.things", "Adjusted code of the thing."),
        ("insp_by", "string", ("inspection_no",), "s.assets", "Who did the inspection."),
        ("thru", "string", (), "s.payloads", ""),
        ("bbch", "string", (), "s.plots", "Bbch of the plot."),
        ("plyr", "string", (), "s.teams", "Player of the team."),
        ("var_code", "string", ("variety_name",), "s.plots", "Code of the plot's variety."),
        ("var_code", "string", (), "dwh.dim_variety", "Code of the variety."),
        ("rep_code", "string", (), "crm.visit_report",
         "Code of the visit report's representative."),
        ("min_price", "double", ("minutes",), "s.offers", "Minimum price of the offer."),
    ],
)  # fmt: skip
def test_a_clause_has_the_right_subject(
    path: str, kind: str, others: tuple[str, ...], table: str, text: str
) -> None:
    assert told(path, kind, *others, table=table).partition(":")[0].removesuffix(".") == (
        text.removesuffix(".")
    )


def test_a_key_that_is_the_plural_of_its_row_identifies_the_row() -> None:
    columns = (Column(path="observations_id", data_type="int"),)
    seen = Evidence(
        table="s.plot_observation", column="observations_id", data_type="int", rows=9, rows_read=9,
        distinct=9, key_role="primary",
    )  # fmt: skip
    text = describe_column(Table(name="s.plot_observation", columns=columns), columns[0], seen)
    assert text == "Identifier of the plot observation. Primary key."


def test_hectares_are_of_an_area_and_not_of_a_floor() -> None:
    text = told("surface_ha", "double", "adresse", "commande", "annee", table="s.parcelles")
    assert text == "Area, in hectares."


@pytest.mark.parametrize(
    ("low", "high", "facts"), [("-1", "9", []), ("-1", "1", ["Can be negative"])]
)
def test_whole_numbers_from_minus_one_hold_no_other_negative(
    low: str, high: str, facts: list[str]
) -> None:
    seen = Evidence(
        table="a.b", column="c", data_type="int", rows=90, rows_read=90, distinct=40,
        minimum=low, maximum=high,
    )  # fmt: skip
    assert limits_of(Column(path="c", data_type="int"), seen) == facts
