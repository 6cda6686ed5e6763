import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.values.semantics import SemanticType, semantic_type
from lakegloss.core.words.lexicon import latin_words_of


def kind(
    name: str,
    values: list[str],
    data_type: str = "string",
    distinct: int | None = None,
    rows: int = 100,
) -> str:
    numbers = data_type not in ("string", "boolean") and values
    return semantic_type(
        name,
        data_type,
        values,
        distinct=len(set(values)) if distinct is None else distinct,
        rows=rows,
        minimum=min(values, key=float) if numbers else "",
        maximum=max(values, key=float) if numbers else "",
    )


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("x", ["a@example.org", "b.c@example.com"], "email"),
        ("x", ["https://example.org/a", "http://example.com"], "url"),
        ("x", ["192.168.10.4", "2001:db8::1"], "ip_address"),
        ("x", ["aa:bb:cc:dd:ee:ff"], "mac_address"),
        ("x", ["123e4567-e89b-12d3-a456-426614174000"], "uuid"),
        ("x", ["d41d8cd98f00b204e9800998ecf8427e"], "hash"),
        ("x", ['{"a": 1}', '[1, "b"]'], "json"),
        ("x", ["<a b='c'>d</a>"], "xml"),
        ("x", ["2024-01-15", "2023-12-01"], "date_text"),
        ("x", ["15.01.2024", "01.12.2023"], "date_text"),
        ("x", ["2024-01-15T10:30:00Z", "2024-01-15 10:30:00.123+02:00"], "timestamp_text"),
        ("x", ["10:30", "23:59:59"], "time_text"),
        ("x", ["Europe/Berlin", "UTC"], "timezone"),
        ("x", ["text/plain", "image/png"], "mime_type"),
        ("x", ["#ff0000", "#FFF"], "color"),
        ("x", ["v1.2.3", "2.0.1-rc1"], "version"),
        ("x", ["POINT (13.4 52.5)"], "point"),
        ("x", ["/var/log/a.log", "/opt/b.txt"], "file_path"),
        ("x", ["Monday", "tuesday"], "weekday"),
        ("x", ["Jan", "Feb."], "month"),
        ("x", ["Y", "N"], "boolean_flag"),
        ("x", ["ja", "nein"], "boolean_flag"),
        ("x", ["www.example.org", "example.com"], "hostname"),
        ("phone", ["030 901820", "(040) 12345-67"], "phone"),
        ("x", ["+49 30 901820", "+1 415 555 0132"], "phone"),
        ("country", ["DE", "FR"], "country_code"),
        ("currency", ["EUR", "USD"], "currency_code"),
        ("lang", ["de", "pt-BR"], "language_code"),
        ("plz", ["10115", "80331"], "postal_code"),
        ("postcode", ["SW1A 1AA", "M1 1AE"], "postal_code"),
        ("origin", ["JFK", "LGA", "EWR"], "code"),
        ("comment", ["the door was left open", "please call the customer again"], "free_text"),
        ("version", ["1.2.3.4", "1.2"], "version"),
    ],
)
def test_texts(name: str, values: list[str], expected: str) -> None:
    assert kind(name, values) == expected


@pytest.mark.parametrize(
    ("name", "data_type", "values", "expected"),
    [
        ("year", "int", ["2013", "2014"], "year"),
        ("month", "int", ["1", "12"], "month"),
        ("day", "int", ["1", "31"], "day"),
        ("hour", "int", ["0", "23"], "hour"),
        ("dep_minute", "int", ["0", "59"], "minute"),
        ("lat", "double", ["-33.9", "52.5"], "latitude"),
        ("lon", "double", ["-73.9", "151.2"], "longitude"),
        ("created_at", "bigint", ["1700000000", "1650000000"], "epoch_seconds"),
        ("event_ts", "bigint", ["1700000000000", "1650000000123"], "epoch_millis"),
        ("date_key", "int", ["20240115", "20231201"], "date_number"),
        ("is_active", "int", ["0", "1"], "boolean_flag"),
        ("conversion_rate", "double", ["0.1", "0.75"], "proportion"),
        ("discount_pct", "double", ["12.5", "80.0"], "percentage"),
        ("unit_price", "decimal(10,2)", ["12.50", "80.00"], "amount"),
        ("seat_count", "int", ["2", "180"], "count"),
        ("flag", "boolean", [], "boolean_flag"),
    ],
)
def test_numbers(name: str, data_type: str, values: list[str], expected: str) -> None:
    assert kind(name, values, data_type) == expected


def test_identifiers_need_many_values() -> None:
    values = [str(n) for n in range(1000, 1100)]
    assert kind("order_id", values, "bigint") == SemanticType.IDENTIFIER
    assert kind("order_id", [f"A-{v}" for v in values]) == SemanticType.IDENTIFIER
    assert kind("status_id", ["1", "2", "3"], "int") == ""


@pytest.mark.parametrize(
    ("name", "data_type", "values"),
    [
        pytest.param("email", "string", ["yes please", "maybe later"], id="email-without-at"),
        pytest.param("month", "int", ["1", "13"], id="month-13"),
        pytest.param("hour", "int", ["0", "2400"], id="clock-number"),
        pytest.param("lat", "double", ["95.5", "10.1"], id="no-latitude"),
        pytest.param("year", "int", ["1", "2"], id="year-of-study"),
        pytest.param("phone", "string", ["mobile", "home"], id="kind-of-phone"),
        pytest.param("country", "string", ["north", "south"], id="region"),
    ],
)
def test_a_name_is_not_believed_against_its_values(
    name: str, data_type: str, values: list[str]
) -> None:
    assert kind(name, values, data_type) in ("", SemanticType.COUNT)


def test_bounds_speak_for_values_that_were_not_sampled() -> None:
    seen = ["1", "5"]
    inside = semantic_type("month", "int", seen, distinct=12, rows=99, minimum="1", maximum="12")
    outside = semantic_type("month", "int", seen, distinct=90, rows=99, minimum="1", maximum="99")
    assert (inside, outside) == (SemanticType.MONTH, "")


def test_names_alone_count_only_without_values() -> None:
    assert kind("contact_email", []) == SemanticType.EMAIL
    assert kind("contact_email", ["n/a", ""]) == SemanticType.EMAIL
    assert kind("colour", []) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("firstName", ("first", "name")),
        ("IPAddress", ("ip", "address")),
        ("address_line_1", ("address", "line", "1")),
        ("e-mail", ("e", "mail")),
        ("Straße", ("straße",)),
        ("", ()),
    ],
)
def test_split_words(name: str, words: tuple[str, ...]) -> None:
    assert latin_words_of(name) == words


@given(
    st.text(max_size=20),
    st.sampled_from(
        ["string", "int", "double", "date", "boolean", "array<string>", "decimal(9,2)"]
    ),
    st.lists(st.text(max_size=30), max_size=20),
)
def test_any_input_gives_a_known_type(name: str, data_type: str, values: list[str]) -> None:
    found = semantic_type(
        name, data_type, values, distinct=len(set(values)), rows=len(values), minimum="", maximum=""
    )
    assert found == "" or found in set(SemanticType)


def sure(name: str, data_type: str, values: list[str]) -> str:
    return semantic_type(
        name, data_type, values, distinct=len(values), rows=9 * len(values),
        minimum=min(values), maximum=max(values),
    )  # fmt: skip


DAYS = [f"2023{month:02d}{day:02d}" for month in (1, 2, 3) for day in range(3, 28, 4)]
MOMENTS = [str(1_690_000_000_000 + 7_654_321 * i) for i in range(30)]


@pytest.mark.parametrize(
    ("name", "data_type", "values", "kind"),
    [
        pytest.param("xq", "int", DAYS, "date_number", id="dates by their values"),
        pytest.param("xq", "int", DAYS[:6], "", id="too few, of one month"),
        pytest.param("xq", "int", [str(20230101 + i) for i in range(60)], "", id="counted on"),
        pytest.param("xq", "int", [*DAYS, "20231399"], "", id="one that is no date"),
        pytest.param("xq_id", "int", DAYS, "identifier", id="an identifier is called one"),
        pytest.param("xq", "bigint", MOMENTS, "epoch_millis", id="milliseconds by their values"),
        pytest.param("xq", "bigint", [str(1_690_000_000_000 + i) for i in range(30)], "",
                     id="numbers given out one after the other"),
        pytest.param("xq", "bigint", [str(1_400_000_000 + 7_654 * i) for i in range(30)], "",
                     id="seconds look like numbers of documents"),
        pytest.param("xq", "bigint", [str(4_006_381_000_000 + 98_765 * i) for i in range(30)], "",
                     id="bar codes"),
        pytest.param("xq", "string", ["EUR", "USD", "PLN"], "currency_code", id="currencies"),
        pytest.param("xq", "string", ["EUR", "USD", "ABX"], "code", id="not all are currencies"),
        pytest.param("xq", "string", ["DE", "AT", "FR", "GB", "PL", "US"], "country_code",
                     id="countries"),
        pytest.param("xq", "string", ["DE", "FR", "IT", "NL", "PL", "ES"], "code",
                     id="languages would look like it"),
        pytest.param("xq", "string", ["CA", "GA", "IL", "ID", "MD", "PA"], "code", id="states"),
    ],
)  # fmt: skip
def test_values_that_can_be_nothing_else_decide_without_the_name(
    name: str, data_type: str, values: list[str], kind: str
) -> None:
    assert sure(name, data_type, values) == kind
