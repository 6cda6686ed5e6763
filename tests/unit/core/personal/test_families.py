"""Two words of a family tell the class together; values and words around speak against it."""

import pytest

from lakegloss.core.personal.privacy import personal_class

PERSONS = ("row_id", "first_name", "last_name", "birth_date")
NUMBERS = ["MB-104938", "MB-204977", "MB-105822"]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("keyfob_no", NUMBERS, "member_number"),
        ("lidnr", ["104938", "204977"], "member_number"),
        ("llnr", ["104938", "204977"], "member_number"),
        ("car_tag", ["DGN-5312", "FWH-9637"], "licence_plate"),
        ("pin_code", ["8387", "0730"], "password_or_secret"),
        ("pin_code", ["560001", "110023"], "postal_code"),
        ("nrb", ["54398211296293277624199796"], "bank_account"),
        ("mil_branch", ["ARMY", "NAVY"], "military"),
        ("relg_code", ["BUD", "HIN"], "religion"),
        ("dt_falec", ["2023-02-11", "2022-09-30"], "death_date"),
        ("room_no", ["A104", "B220"], ""),
        ("batch_no", NUMBERS, ""),
        ("access_level", ["A1", "B2"], ""),
        ("plate_size", ["20 x 30", "30 x 40"], ""),
    ],
)
def test_two_words_tell_the_class(name: str, values: list[str], expected: str) -> None:
    found = personal_class(name, "string", values, table="members", siblings=PERSONS)
    assert found == expected


def test_the_same_words_tell_nothing_where_no_person_is() -> None:
    beside = ("sku", "price", "stock_qty")
    assert not personal_class("keyfob_no", "string", NUMBERS, table="products", siblings=beside)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("contact_phone", ["0800 6356181", "0800 7158252", "0800 6132962"]),
        ("trailer_plate", ["TR-73300", "TR-61505"]),
        ("row_user", ["WORKFLOW", "BATCHJOB", "SYSLOAD"]),
        ("brand_support_addr", ["help@a.example", "care@b.example", "orders@c.example"]),
        ("pet_dob", ["2016-04-22", "2020-11-11"]),
        ("dues_usd", ["19.99", "49.99"]),
    ],
)
def test_words_and_values_speak_against_a_class(name: str, values: list[str]) -> None:
    assert not personal_class(name, "string", values, table="members", siblings=PERSONS)


def test_dues_of_a_union_tell_the_membership() -> None:
    beside = (*PERSONS, "union_local")
    assert personal_class("dues_amt", "double", ["41.5", "22.0"], table="roster", siblings=beside)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("support_agent_email", ["ann.lee@a.example", "tom.wrona@a.example"]),
        ("store_manager_phone", ["0711 922122", "0711 152066"]),
        ("dog_owner_dob", ["1961-04-22", "1990-11-11"]),
        ("mobile_no", ["+47 900 12 345", "+47 901 55 667"]),
    ],
)
def test_persons_beside_things_stay_personal(name: str, values: list[str]) -> None:
    assert personal_class(name, "string", values, table="members", siblings=PERSONS)
