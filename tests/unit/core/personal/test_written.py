"""How values are written tells persons where the column's name is glued, cut off or unknown."""

import pytest

from lakegloss.core.personal.privacy import personal_class

FRENCH = ["0622582337", "06 22 58 23 37", "+33622582337", "06.22.58.23.38"]
DUTCH = ["0612345678", "06-12345679", "+31612345670"]
GERMAN = ["0171 2345678", "0160/98765432", "+4915112345678"]


@pytest.mark.parametrize("name", ["TELPOR", "TELFIX", "NUMTEL", "GSMPRO"])
@pytest.mark.parametrize("numbers", [FRENCH, DUTCH, GERMAN])
def test_national_numbers_under_a_glued_word_are_phones(name: str, numbers: list[str]) -> None:
    found = personal_class(name, "string", numbers, table="p.multip", siblings=("NUMUL", "COMM"))
    assert found == "phone"


@pytest.mark.parametrize("name", ["HOTEL", "MOTEL", "CELSIUS", "CARTEL"])
def test_a_word_that_only_holds_such_letters_is_no_phone(name: str) -> None:
    assert not personal_class(name, "string", FRENCH, table="p.multip", siblings=("NUMUL",))


PEOPLE = ["LEROY Nathalie", "PUECH Camille", "GARRIGUES Luc", "BERTRAND Hélène", "ROUX Thomas",
          "VIDAL Pierre"]  # fmt: skip
FIRMS = [f"EARL {name}" for name in "Bousquet Malaval Lacaze Estaing Rouquette Cantelauze".split()]
TURNED = [f"{name.split()[1]} {name.split()[0]}" for name in PEOPLE]
APART = [f"{name.split()[0].title()}, {name.split()[1]}" for name in PEOPLE]


@pytest.mark.parametrize("values", [PEOPLE, PEOPLE + FIRMS, TURNED, APART])
def test_names_in_full_are_of_persons_whatever_the_column_is_called(values: list[str]) -> None:
    assert personal_class("NOMRES", "string", values, table="p.multip", siblings=("NUMUL",))


@pytest.mark.parametrize(
    "values",
    [
        ["SOJA Bio", "MAIS Doux", "COLZA Hiver", "ORGE Brassicole", "AVOINE Noire", "SEIGLE Bio"],
        ["SAINT Denis", "SAINT Martin", "MONT Blanc", "PORT Louis", "LA Rochelle", "VAL Thorens"],
        FIRMS,
    ],
)
def test_goods_places_and_firms_are_no_persons(values: list[str]) -> None:
    assert not personal_class("LIBART", "string", values, table="p.multip", siblings=("NUMUL",))


def test_a_number_of_a_document_is_a_states_only_where_it_is_written_so() -> None:
    trade = ["BL101271", "SO25-00931", "BL275305", "SO22-00114"]
    assert personal_class("NODOC", "string", trade, table="p.mvtstk") == ""
    state = ["12345678Z", "87654321X", "11223344B"]
    assert personal_class("NUMDOC", "string", state, table="p.clients") == "national_id"


LOGINS = ["akowalski", "bfabre", "s.vidal", "j.martin", "tpuech", "cmalaval"]


@pytest.mark.parametrize("name", ["repCode", "ownerUserId"])
def test_logins_of_employees_are_accounts_and_no_codes(name: str) -> None:
    beside = ("visitId", "visitDate", "notes")
    assert personal_class(name, "string", LOGINS, table="c.visit", siblings=beside) == "username"
    codes = ["north", "south", "export", "online", "direct", "partner"]
    assert personal_class(name, "string", codes, table="c.visit", siblings=beside) == ""


def test_plates_beside_a_driver_are_personal() -> None:
    plates = ["CJ-194-GH", "ZM-884-RN", "WF-296-PY"]
    found = personal_class("immat", "string", plates, table="o.pont", siblings=("chauffeur", "kg"))
    assert found == "licence_plate"
    assert not personal_class("immat", "string", plates, table="o.pont", siblings=("kg", "lot"))


def test_the_one_number_of_a_role_is_a_persons() -> None:
    beside = ("first_name", "birth_date", "email")
    found = personal_class(
        "Hausmeister_Tel", "string", ["0171 2345678"], table="s.mieter", siblings=beside, rows=40
    )
    assert found == "phone"
