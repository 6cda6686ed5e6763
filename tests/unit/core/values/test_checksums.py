import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.values.checksums import (
    IBAN_LENGTHS,
    NATIONAL_IDS,
    card_number,
    iban,
    luhn,
    national_id,
    national_ids,
    verhoeff,
)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("4111 1111 1111 1111", id="visa"),
        pytest.param("5555-5555-5555-4444", id="mastercard"),
        pytest.param("2223003122003222", id="mastercard-2-series"),
        pytest.param("378282246310005", id="amex"),
        pytest.param("30569309025904", id="diners"),
        pytest.param("6011111111111117", id="discover"),
        pytest.param("3530111333300000", id="jcb"),
    ],
)
def test_published_test_cards_are_cards(number: str) -> None:
    assert card_number(number)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("4111111111111112", id="wrong-check-digit"),
        pytest.param("1234567812345670", id="no-issuer"),
        pytest.param("0000000000000000", id="zeros"),
        pytest.param("411111111111111", id="too-short"),
        pytest.param("1700000000000", id="epoch-millis"),
        pytest.param("", id="empty"),
    ],
)
def test_other_numbers_are_no_cards(number: str) -> None:
    assert not card_number(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("DE89 3704 0044 0532 0130 00", True, id="german"),
        pytest.param("GB82WEST12345698765432", True, id="british"),
        pytest.param("FR1420041010050500013M02606", True, id="french-with-letter"),
        pytest.param("NL91ABNA0417164300", True, id="dutch"),
        pytest.param("DE88370400440532013000", False, id="wrong-check-digits"),
        pytest.param("DE8937040044053201300", False, id="wrong-length"),
        pytest.param("XX89370400440532013000", False, id="no-such-country"),
    ],
)
def test_iban(text: str, *, expected: bool) -> None:
    assert iban(text) is expected


@pytest.mark.parametrize(
    ("number", "country"),
    [
        pytest.param("078-05-1120", "US", id="us-ssn"),
        pytest.param("943 476 5919", "GB", id="uk-nhs"),
        pytest.param("AB 12 34 56 C", "GB", id="uk-nino"),
        pytest.param("86 095 742 719", "DE", id="german-tax-id"),
        pytest.param("2 55 08 14 168 025 38", "FR", id="french-nir"),
        pytest.param("12345678Z", "ES", id="spanish-dni"),
        pytest.param("RSSMRA85T10A562S", "IT", id="codice-fiscale"),
        pytest.param("85.07.30-033.28", "BE", id="belgian"),
        pytest.param("736028/5163", "CZ", id="czech"),
        pytest.param("811228-9874", "SE", id="swedish"),
        pytest.param("131052-308T", "FI", id="finnish"),
        pytest.param("111.444.777-35", "BR", id="cpf"),
        pytest.param("20-12345678-6", "AR", id="cuil"),
        pytest.param("12.345.678-5", "CL", id="rut"),
        pytest.param("11010519491231002X", "CN", id="chinese"),
        pytest.param("S1234567D", "SG", id="nric"),
        pytest.param("756.9217.0769.85", "CH", id="ahv"),
        pytest.param("BOXW310820HNERXN09", "MX", id="curp"),
        pytest.param("1234567T", "IE", id="pps"),
    ],
)
def test_written_identity_numbers_are_known_by_country(number: str, country: str) -> None:
    assert national_id(number) == country


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("000-12-3456", id="ssn-never-issued"),
        pytest.param("12345678A", id="dni-wrong-letter"),
        pytest.param("111.444.777-36", id="cpf-wrong-digits"),
        pytest.param("111111111", id="bare-digits"),
        pytest.param("2024-01-15", id="date"),
        pytest.param("hello", id="word"),
    ],
)
def test_other_texts_are_no_identity_numbers(text: str) -> None:
    assert national_id(text) == ""


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("NL", "111222333"),
        ("PL", "44051401359"),
        ("TR", "10000000146"),
        ("ZA", "8001015009087"),
        ("BG", "7523169263"),
        ("EE", "37605030299"),
        ("HR", "69435151530"),
        ("RO", "1800101221144"),
        ("PT", "123456789"),
        ("NO", "15076500565"),
        ("IN", "234123412346"),
        ("CA", "130692544"),
    ],
)
def test_bare_numbers_are_checked_but_one_is_not_convincing(country: str, number: str) -> None:
    assert any(kind.check(number) for kind in NATIONAL_IDS if kind.country == country)
    assert national_ids([number]) == ""


def test_a_column_of_valid_bare_numbers_is_of_its_country() -> None:
    numbers = list(map(str, range(111_222_000, 111_223_000)))
    dutch = next(kind for kind in NATIONAL_IDS if kind.country == "NL")
    valid = [n for n in numbers if dutch.check(n)]
    assert len(valid) > 50
    assert national_ids(valid) == "NL"
    assert national_ids(numbers) == ""


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_one_digit_completes_luhn(digits: str) -> None:
    assert sum(luhn(digits + str(d)) for d in range(10)) == 1


@given(st.text(alphabet="0123456789", min_size=1, max_size=15))
def test_one_digit_completes_verhoeff(digits: str) -> None:
    assert sum(verhoeff(digits + str(d)) for d in range(10)) == 1


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.data())
def test_a_changed_digit_breaks_an_iban(country: str, data: st.DataObject) -> None:
    length = IBAN_LENGTHS[country] - 4
    body = data.draw(st.text(alphabet="0123456789", min_size=length, max_size=length))
    rest = int("".join(str(int(c, 36)) for c in f"{body}{country}00")) % 97
    code = f"{country}{98 - rest:02d}{body}"
    assert iban(code)
    broken = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert not iban(broken)


@given(st.text(max_size=60))
def test_no_text_breaks_the_checks(text: str) -> None:
    assert national_id(text) in {"", *(kind.country for kind in NATIONAL_IDS)}
    assert iban(text) in (True, False)
    assert card_number(text) in (True, False)
