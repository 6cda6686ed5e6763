"""Among names of a language that no list has, short forms are not read as English ones."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.words.meaning.languages import is_foreign
from lakegloss.core.words.rules import describe_column

DUTCH = (
    "art_nr omschrijving mag lev_tijd laatste_tel pauze_min min_voorraad inkoopprijs verkoopprijs "
    "gewicht_kg customer_category btw_pct"
).split()
ENGLISH = "penguin_id species island bill_len flipper_len body_mass_g yr mag lev_id obs_min".split()


def told(names: list[str], table: str, path: str, data_type: str = "int") -> str:
    columns = tuple(Column(path=n, data_type=data_type, position=i) for i, n in enumerate(names))
    shown = Table(name=f"s.{table}", columns=columns)
    column = next(c for c in columns if c.path == path)
    seen = Evidence(table=shown.name, column=path, data_type=data_type, rows=90, rows_read=90)
    return describe_column(shown, column, seen)


def test_names_of_another_language_are_recognised_and_english_ones_are_not() -> None:
    assert is_foreign("voorraad", frozenset(DUTCH))
    assert not is_foreign("penguins", frozenset(ENGLISH))
    assert not is_foreign("whs_stk", frozenset("whs_cd sku_id qty_oh qty_rsvd upd_ts".split()))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mag", "MAG."),
        ("lev_tijd", "LEV tijd."),
        ("laatste_tel", "Laatste TEL."),
        ("pauze_min", "Pauze MIN."),
        ("min_voorraad", "Minimum voorraad: lowest value."),
        ("customer_category", "Category of the customer."),
    ],
)
def test_a_short_form_stays_as_it_is(path: str, text: str) -> None:
    found = told(DUTCH, "voorraad", path)
    assert found == text


def test_min_ends_a_name_as_minutes_after_a_time_and_as_minimum_beside_a_maximum() -> None:
    trips = ["trip_id", "eta_min", "rest_min", "price_min", "load_min", "load_max"]
    assert told(trips, "trips", "rest_min") == "Rest of the trip, in minutes."
    eta = told(trips, "trips", "eta_min")
    assert "in minutes" in eta
    assert "not yet measured" not in eta
    assert "inimum" in told(trips, "trips", "load_min")


@pytest.mark.parametrize(
    ("path", "data_type", "text"),
    [
        ("avg_sess_min", "double", "Average session of the run, in minutes: mean value."),
        ("flow_ml_min", "double", "Flow of the run, in milliliters per minute."),
        ("pk_area", "double", "PK area of the run."),
        ("sn", "double", "SN of the run."),
        ("bl_corr", "boolean", "Whether the bl was corrected."),
    ],
)
def test_what_a_short_form_cannot_be_is_not_said(path: str, data_type: str, text: str) -> None:
    names = [path, "run_no", "instrument", "started_at"]
    assert told(names, "runs", path, data_type) == text


def test_a_part_of_a_time_is_said_once() -> None:
    flights = Table(
        name="s.flights",
        columns=(Column(path="month", data_type="int"), Column(path="day", data_type="int")),
    )
    month, day = (
        Evidence(
            table="s.flights", column=name, data_type="int", rows=90, rows_read=90, semantic=name
        )
        for name in ("month", "day")
    )
    assert "month of the year" not in describe_column(flights, flights.columns[0], month)
    assert "day of the month" in describe_column(flights, flights.columns[1], day)


def test_plates_are_no_code_list() -> None:
    plates = ["1234BBC", "9876KLM", "4521DFG"]
    seen = Evidence(
        table="s.cars", column="plate", data_type="string", rows=900, rows_read=900, distinct=3,
        distinct_exact=True, frequent=tuple(frequent(v) for v in plates),
    )  # fmt: skip
    cars = Table(name="s.cars", columns=(Column(path="plate", data_type="string"),))
    assert "1234BBC" not in describe_column(cars, cars.columns[0], seen)


def frequent(value: str) -> Frequent:
    return Frequent(value=value, share=0.33)
