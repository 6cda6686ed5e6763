"""What stands inside values shows persons; what many rows share shows an office."""

import pytest

from lakegloss.core.personal.privacy import personal_class

NOTES = [
    "ship before Friday",
    "pallet 4 damaged - tel +47 480 77 172",
    "call back on +39 328 487 6804 please",
    "left at the gate",
]
PEOPLE = ("first_name", "birth_date", "email")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (NOTES, "document"),
        (["550 5.1.1 <ann.lee@mail.example> unknown user", "452 mailbox of bo@mail.example full"],
         "document"),
        (["Hi Maria, your cart misses you", "Dear Thomas, thank you", "Spring sale is here"],
         "document"),
        (["Write to support@firm.example today", "Mail to info@firm.example for help"], ""),
        (["Call us on 0800 123 4567 today", "Call us on 0800 123 4568 now"], ""),
        (["pallet 4 was damaged", "left at the gate", "ship before Friday"], ""),
        (["P/USA/R81657457/USA/03OCT44/M", "P/DEU/J37180971/DEU/25JAN68/F",
          "P/DEU/G49667111/DEU/05JAN55/M"], "passport"),
        (["CCCA4111111111111111", "CCVI4012888888881881", "CCCA5555555555554444"], "card_number"),
        (["CCCA4111111111111112", "CCVI4012888888881882", "CCCA5555555555554445"], ""),
    ],
)  # fmt: skip
def test_a_value_tells_what_stands_in_it_whatever_its_column_is_called(
    values: list[str], found: str
) -> None:
    assert personal_class("zz_7k", "string", values, table="s.qx") == found


SURNAMES = ["Schneider", "Fischer", "Weber", "Wagner", "Becker", "Hoffmann", "Schulz", "Koch"]
ROADS = ["Bahnhofstr.", "Birkenallee", "Ringstr.", "Lindenweg", "Hauptstr.", "Am Markt"]
POINTS = ["56.55165;20.33269", "64.45788;21.00402", "57.77816;18.55583"]
WALLETS = ["0x" + digit * 40 for digit in "abc"]


@pytest.mark.parametrize(
    ("values", "found"),
    [(SURNAMES, "name"), (ROADS, "address"), (POINTS, "location"), (WALLETS, "bank_account")],
)
def test_rows_of_persons_tell_what_a_column_without_a_telling_name_holds(
    values: list[str], found: str
) -> None:
    beside = {"siblings": PEOPLE, "table": "s.qx"}
    assert personal_class("fmn", "string", values, **beside) == found  # type: ignore[arg-type]
    things = {"siblings": ("sku", "price", "stock_qty"), "table": "s.products"}
    assert not personal_class("fmn", "string", values, **things)  # type: ignore[arg-type]


def test_surnames_under_a_name_of_other_things_are_none_of_persons() -> None:
    found = personal_class("brand", "string", SURNAMES, siblings=PEOPLE, table="s.qx")
    assert found == ""


@pytest.mark.parametrize("name", ["praxis_tel", "garage_phone", "hastane_tel"])
@pytest.mark.parametrize(
    "numbers", [["04 72 00 00 41", "04 72 00 00 35", "04 72 00 00 90", "04 72 00 00 66"]]
)
def test_numbers_of_one_block_are_extensions_of_a_house(name: str, numbers: list[str]) -> None:
    assert personal_class(name, "string", numbers, siblings=PEOPLE, table="s.clients") == ""
    own = personal_class("phone", "string", numbers, siblings=PEOPLE, table="s.clients")
    assert own == "phone"


@pytest.mark.parametrize(
    ("name", "value"), [("kirche_adr", "Kirchplatz 1"), ("amtsgericht_tel", "0511 419-0")]
)
def test_one_contact_in_all_rows_is_that_of_an_office(name: str, value: str) -> None:
    def found(column: str, rows: int) -> str:
        return personal_class(
            column, "string", [value], siblings=PEOPLE, table="s.clients", rows=rows
        )

    assert found(name, 40) == ""
    assert found(name, 3)
    assert found("address" if "adr" in name else "phone", 40)
    assert found("patient_" + name, 40)


def test_addresses_inside_an_offices_network_are_of_hosts() -> None:
    inside = ["10.24.16.72", "10.14.143.242", "192.168.5.125", "192.168.3.50", "172.16.119.143"]
    assert personal_class("mta_ip", "string", inside) == ""
    assert personal_class("client_ip", "string", inside) == "ip_address"
    assert personal_class("mta_ip", "string", [*inside, "84.119.17.205"]) == "ip_address"


def test_an_address_in_memory_is_no_street() -> None:
    values = ["0x7f5dfdbf564b", "0x7f6815499286", "0x7fb97988ca11"]
    assert personal_class("mem_address", "string", values, siblings=PEOPLE) == ""
