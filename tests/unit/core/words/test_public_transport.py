"""The rules on names of a Polish and English transport company, as its people would read them."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.words.meaning.unknown import unknown_words
from lakegloss.core.words.rules import describe_column, describe_table

FLEET = (
    "nr_taboru nr_rej marka rok_prod przebieg_km dt_przegladu e_mail wiata data_do ts_ms typ_dnia"
)
POLISH = tuple(FLEET.split())
SALES = (
    "txn_id",
    "pmt_mth",
    "bill_mth",
    "vat_rt",
    "curr",
    "tap_ms",
    "day_type",
    "dir",
    "valid_min",
)
BUS = ("veh_no", "soc_pct", "batt_v", "chg_st", "chg_kw", "regen_kwh", "tp_fl_kpa")


def table_of(name: str, columns: tuple[str, ...], data_type: str = "string") -> Table:
    made = (Column(path=c, data_type=data_type, position=i) for i, c in enumerate(columns))
    return Table(name=name, columns=tuple(made))


def told(
    name: str, columns: tuple[str, ...], path: str, data_type: str = "string",
    codes: tuple[str, ...] = (), semantic: str = "",
) -> str:  # fmt: skip
    seen = Evidence(
        table=name, column=path, data_type=data_type, rows=900, rows_read=900, semantic=semantic,
        distinct=len(codes) or 500, distinct_exact=True,
        frequent=tuple(Frequent(value=code, share=1 / len(codes)) for code in codes),
    )  # fmt: skip
    table = table_of(name, columns, data_type)
    return describe_column(table, next(c for c in table.columns if c.path == path), seen)


@pytest.mark.parametrize(
    ("path", "data_type", "text"),
    [
        ("nr_taboru", "int", "Number of the vehicle."),
        ("nr_rej", "string", "Registration number of the vehicle."),
        ("rok_prod", "int", "Production year of the vehicle."),
        ("przebieg_km", "int", "Mileage of the vehicle, in kilometers."),
        ("dt_przegladu", "date", "Date of the inspection of the vehicle."),
        ("e_mail", "string", "E-mail of the vehicle."),
        ("data_do", "date", "Date when the vehicle ends."),
        ("typ_dnia", "string", "Type of the vehicle's day."),
    ],
)
def test_polish_names_are_read(path: str, data_type: str, text: str) -> None:
    assert told("mpk.tabor", POLISH, path, data_type) == text


def test_a_table_named_in_polish_is_told_in_english() -> None:
    assert describe_table(table_of("mpk.tabor", POLISH), {}).startswith("Data on vehicles, with")


def test_two_codes_of_a_name_that_nobody_here_reads_are_no_yes_and_no() -> None:
    text = told("mpk.tabor", POLISH, "wiata", "int", ("0", "1"))
    assert text == "Wiata. One of 0, 1."


def test_a_unit_of_an_epoch_is_no_thing_that_has_a_time() -> None:
    text = told("mpk.tabor", POLISH, "ts_ms", "bigint", semantic="epoch_millis")
    assert text == "Timestamp of the vehicle: in milliseconds since 1970."
    text = told("t.tvm", SALES, "tap_ms", "bigint", semantic="epoch_millis")
    assert text == "Tap date and time: in milliseconds since 1970."


@pytest.mark.parametrize(
    ("path", "data_type", "codes", "start"),
    [
        ("pmt_mth", "string", ("BLK", "CRD", "CSH"), "Payment method"),
        ("bill_mth", "int", (), "Bill month"),
        ("vat_rt", "int", (), "Value-added tax rate"),
        ("curr", "string", (), "Currency"),
        ("day_type", "string", (), "Type of the day"),
        ("valid_min", "int", (), "Validity, in minutes"),
    ],
)
def test_short_forms_are_read_by_what_the_column_holds(
    path: str, data_type: str, codes: tuple[str, ...], start: str
) -> None:
    assert told("t.tvm", SALES, path, data_type, codes).startswith(start)


def test_the_number_of_a_bus_is_no_business() -> None:
    assert told("t.trips", ("bus_no", "bus_stop"), "bus_no").startswith("Bus number")


def test_a_direction_is_no_flag() -> None:
    assert "yes" not in told("t.tvm", SALES, "dir", "int", ("0", "1"))


def test_what_is_charged_in_a_bus_is_no_change() -> None:
    assert told("t.tlm", BUS, "chg_st", "string", ("CHG", "IDLE")).startswith("Charge state.")


@pytest.mark.parametrize(
    ("name", "start"), [("lake.hr_zmiany_pracy", "HR zmiany pracy"), ("t.v_punkt", "Punkt")]
)
def test_the_first_word_of_a_table_may_be_a_mark(name: str, start: str) -> None:
    columns = ("nadgodz", "kod_nieobec", "wsk_punkt")
    assert describe_table(table_of(name, columns), {}).startswith(start)


def test_units_are_no_unknown_words() -> None:
    words = unknown_words([(table_of("t.tlm", BUS, "double"), {})], lambda *_: ())
    assert not {"kpa", "kw", "kwh", "pct"} & {item.word for item in words}
    assert "tp" in {item.word for item in words}
