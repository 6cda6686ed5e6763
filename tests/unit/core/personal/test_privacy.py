import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.personal.privacy import (
    DIRECT,
    QUASI,
    SENSITIVE,
    PersonalClass,
    looks_personal,
    mask_text,
    personal_class,
    withhold,
)

NAMES = ["Anna Schmidt", "Peter Müller", "Maria Garcia", "John Smith", "Wei Zhang", "Ali Khan"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", "email"),
        ("E-Mail-Adresse", "email"),
        ("correo_electronico", "email"),
        ("phoneNumber", "phone"),
        ("Telefon", "phone"),
        ("firstname", "name"),
        ("LAST_NAME", "name"),
        ("nachname", "name"),
        ("Prénom", "name"),
        ("apellidos", "name"),
        ("StreetAddress", "address"),
        ("straße", "address"),
        ("address_line_2", "address"),
        ("dob", "birth_date"),
        ("fecha_nacimiento", "birth_date"),
        ("ssn", "national_id"),
        ("NationalIDNumber", "national_id"),
        ("codice_fiscale", "national_id"),
        ("steuer_id", "tax_id"),
        ("passport_no", "passport"),
        ("IBAN", "iban"),
        ("cc_number", "card_number"),
        ("CVV2", "card_code"),
        ("client_ip", "ip_address"),
        ("username", "username"),
        ("created_by", "username"),
        ("password_hash", "password_or_secret"),
        ("api_key", "password_or_secret"),
        ("religion", "religion"),
        ("ethnicity_concept_id", "ethnicity"),
        ("marital_status", "marital_status"),
        ("blood_type", "health"),
        ("salary", "income"),
        ("gender", "gender"),
        ("person.contact.email", "email"),
    ],
)
def test_names_of_columns_in_several_languages(name: str, expected: str) -> None:
    assert personal_class(name, "string", []) == expected


@pytest.mark.parametrize(
    "name",
    [
        "email_sent_at",
        "is_email_verified",
        "phone_type",
        "address_id",
        "ip_version",
        "file_name",
        "host_name",
        "company_name",
        "password_changed_at",
        "num_phones",
        "country_code",
        "low_wage_jobs",
        "median_income",
        "user_agent",
        "name",
        "status",
        "cvc_check",
        "",
    ],
)
def test_facts_about_things_are_not_personal(name: str) -> None:
    assert personal_class(name, "string", []) == ""


@pytest.mark.parametrize(
    ("table", "siblings", "expected"),
    [
        pytest.param("patients", [], "name", id="persons"),
        pytest.param("products", [], "", id="things"),
        pytest.param("t1", ["birth_date", "gender"], "name", id="marked-by-siblings"),
        pytest.param("departments", ["head_count"], "", id="organisation"),
        pytest.param("customers", ["industry", "annual_revenue"], "", id="companies"),
        pytest.param("crm.gold.dim_customer", [], "name", id="dimension"),
    ],
)
def test_the_table_decides_whose_name_it_is(table: str, siblings: list[str], expected: str) -> None:
    assert personal_class("name", "string", [], table=table, siblings=siblings) == expected


def test_a_name_of_something_else_in_a_table_of_persons_is_not_personal() -> None:
    siblings = ["player_id", "given_name", "family_name"]
    found = personal_class("tournament_name", "string", [], table="goals", siblings=siblings)
    assert found == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(["a.b@example.org", "c@example.com"], "email", id="email"),
        pytest.param(["info@example.org", "security@example.com"], "", id="role-mailboxes"),
        pytest.param(["078-05-1120", "219-09-9999", "457-55-5462"], "national_id", id="ssn"),
        pytest.param(["DE89370400440532013000"], "iban", id="iban"),
        pytest.param(
            ["4111111111111111", "5555555555554444", "378282246310005"], "card_number", id="cards"
        ),
        pytest.param(["https://www.linkedin.com/in/someone"], "social_profile", id="profile"),
        pytest.param(["203.0.113.7", "198.51.100.23"], "ip_address", id="ip"),
        pytest.param(["AKIAABCDEFGHIJKLMNOP"], "password_or_secret", id="key"),
        pytest.param(NAMES, "name", id="names"),
        pytest.param(["red", "green", "blue", "black", "white"], "", id="words"),
        pytest.param([str(n) for n in range(100)], "", id="numbers"),
    ],
)
def test_values_of_a_column_whose_name_says_nothing(values: list[str], expected: str) -> None:
    assert personal_class("value", "string", values) == expected


@pytest.mark.parametrize(
    ("name", "data_type", "values"),
    [
        pytest.param("phone", "string", ["mobile", "home", "work"], id="kinds-of-phone"),
        pytest.param("email", "boolean", [], id="flag"),
        pytest.param("email", "string", ["daily", "weekly"], id="frequency"),
        pytest.param("ip", "double", ["0.1", "5.2"], id="innings-pitched"),
        pytest.param("created_by", "string", ["17", "23"], id="numeric-user-ids"),
        pytest.param("last_name", "int", ["1", "2"], id="number"),
    ],
)
def test_values_and_types_overrule_names(name: str, data_type: str, values: list[str]) -> None:
    assert personal_class(name, data_type, values) == ""


def test_hashed_values_stay_personal() -> None:
    digests = ["d41d8cd98f00b204e9800998ecf8427e", "9e107d9d372bb6826bd81d3542a419d6"]
    assert personal_class("email", "string", digests) == "email"


def test_clinical_facts_of_patients_are_health_data() -> None:
    siblings = ["person_id", "condition_start_date", "condition_type_concept_id"]

    def of(name: str) -> str:
        return personal_class(name, "bigint", [], table="condition_occurrence", siblings=siblings)

    assert of("condition_concept_id") == "health"
    assert of("condition_type_concept_id") == ""
    assert of("condition_occurrence_id") == ""


def test_classes_are_of_one_group_each() -> None:
    groups = [DIRECT, SENSITIVE, QUASI]
    assert frozenset(PersonalClass) == DIRECT | SENSITIVE | QUASI
    assert sum(map(len, groups)) == len(PersonalClass)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@example.org", "email"),
        ("+49 30 901820", "phone"),
        ("(415) 555-0132", "phone"),
        ("4111 1111 1111 1111", "card_number"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("12345678Z", "national_id"),
        ("10.20.30.40", "ip_address"),
        ("2001:db8::8a2e:370:7334", "ip_address"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abc", "password_or_secret"),
        ("1.2.3.4", ""),
        ("2024-01-15", ""),
        ("2024-01-15 10:30:00", ""),
        ("4111111111111112", ""),
        ("978-3-16-148410-0", ""),
        ("hello", ""),
        ("", ""),
    ],
)
def test_single_values(value: str, expected: str) -> None:
    assert looks_personal(value) == expected


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("write to anna.schmidt@example.org today", "anna.schmidt"),
        ("call +49 30 901820 at noon", "901820"),
        ("or (030) 901820-12.", "901820"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "0532"),
        ("AT61 1904 3002 3457 3201 PAID", "3457"),
        ("to KW21CBKUABCDEFGHIJKLMNOPQRSTUV", "CBKU"),
        ("card 4111-1111-1111-1111, exp 12/26", "4111"),
        ("ssn 078-05-1120.", "078-05"),
        ("from 203.0.113.7:8080", "203.0"),
        ("postgres://joe:hunter22@host/db", "hunter22"),
        ("Authorization: Bearer abcdefghijklmnop1234", "abcdefgh"),
        ("password=hunter22 failed", "hunter22"),
        ("key AKIAABCDEFGHIJKLMNOP used", "AKIAABCD"),
    ],
)
def test_mask_text_hides_what_is_inside(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Departure delay in minutes; negative is early.",
        "v1.2.3.4 was released on 2024-01-15 10:30:00",
        "ISBN 978-3-16-148410-0",
        "seasons 2019-2020-2021",
        "order 1234567890123 of 100,000.50 EUR",
        "",
    ],
)
def test_mask_text_leaves_plain_text(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@given(st.from_regex(r"[a-z]{3,10}\.[a-z]{3,10}[0-9]{0,3}", fullmatch=True), st.text(max_size=40))
def test_no_address_survives_in_any_text(local: str, around: str) -> None:
    address = f"{local}@example.org"
    assert address not in mask_text(f"{around} {address} {around}")


SECRET_FORMS = (
    "-----BEGIN RSA PRIVATE KEY-----abc-----END RSA PRIVATE KEY-----",
    "eyJabcdefghij.eyJabcdefghij.abc",
    "sk-live-abcdefghijklmnop",
    "pk_test_abcdefghijklmnop",
    *(f"{mark}abcdefghijklmnop" for mark in ("ghp_", "glpat-", "xoxb-", "dapi", "npm_", "hf_")),
    "ya29.abcdefghijklmnop",
    "shpat_abcdefghijklmnop",
    *(f"{mark}ABCDEFGHIJKLMNOP" for mark in ("AKIA", "ASIA", "AROA", "AIDA")),
    "AIza" + "x" * 35,
    "$2b$10$" + "x" * 53,
    "$argon2id$" + "x" * 20,
    "bearer abcdefghijklmnop",
    "BEARER abcdefghijklmnop",
    "secret: abcd",
    "API_KEY=abcd",
    "://joe:abcd@",
)


@given(st.sampled_from(SECRET_FORMS), st.text(alphabet="xy z.,", max_size=30))
def test_a_secret_is_found_in_the_plainest_text(secret: str, around: str) -> None:
    """A text is searched only where it has what every secret has."""
    assert secret not in mask_text(f"{around} {secret} {around}")


def _evidence(*values: str, personal: str = "", semantic: str = "") -> Evidence:
    share = 1 / max(len(values), 1)
    return Evidence(
        table="s.t",
        column="c",
        data_type="string",
        rows=100,
        rows_read=100,
        distinct=len(values),
        minimum=min(values, default=""),
        maximum=max(values, default=""),
        mean=3.5,
        frequent=tuple(Frequent(value=v, share=share) for v in values),
        shapes=(Frequent(value="Aaaa", share=1.0),),
        personal=personal,
        semantic=semantic,
        sketch=b"hashes",
    )


def _shown(evidence: Evidence) -> str:
    frequent = [f.value for f in (*evidence.frequent, *evidence.shapes)]
    return "\n".join((evidence.minimum, evidence.maximum, *frequent))


@pytest.mark.parametrize("policy", ["none", "shapes", "masked"])
@pytest.mark.parametrize("personal", ["name", "religion", "gender", "birth_date"])
def test_personal_values_never_leave_but_raw(policy: str, personal: str) -> None:
    seen = _evidence("Anna", "Maximiliane", "1980-03-04", personal=personal)
    kept = withhold(seen, policy)
    assert not re.search(r"Anna|Maxim|1980|03-04", _shown(kept))
    assert kept.masked
    assert kept.mean is None
    assert kept.sketch == b""
    assert not kept.is_code


def test_raw_keeps_everything() -> None:
    seen = _evidence("Anna", personal="name")
    assert withhold(seen, "raw") is seen


def test_none_keeps_no_value_of_any_column() -> None:
    kept = withhold(_evidence("NEW", "OPEN"), "none")
    assert _shown(kept).strip() == ""
    assert kept.mean is None
    assert (kept.rows, kept.distinct) == (100, 2)


def test_shapes_hides_all_values_and_keeps_references_of_other_columns() -> None:
    kept = withhold(_evidence("NEW-1", "OPEN-2"), "shapes")
    assert [f.value for f in kept.frequent] == ["A+-9"]
    assert kept.frequent[0].share == pytest.approx(1.0)
    assert kept.sketch == b"hashes"


def test_masked_leaves_other_columns_as_they_are() -> None:
    seen = _evidence("NEW", "OPEN")
    assert withhold(seen, "masked") is seen


def test_masked_hides_single_values_in_other_columns() -> None:
    kept = withhold(_evidence("NEW", "ask anna@example.org", "OPEN"), "masked")
    assert "anna" not in _shown(kept)
    assert {"NEW", "OPEN"} <= {f.value for f in kept.frequent}
    assert kept.masked
    assert kept.sketch == b""


def test_long_values_are_shown_only_as_their_length() -> None:
    kept = withhold(_evidence("x" * 43, personal="document"), "masked")
    assert kept.frequent[0].value == "text of about 40 characters"


def test_shapes_of_flags_and_genders_are_one() -> None:
    for values in (("male", "female"), ("true", "false"), ("Catholic", "Roman Catholic")):
        kept = withhold(_evidence(*values, personal="religion"), "masked")
        assert len(kept.frequent) == 1


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="'some'"):
        withhold(_evidence("a"), "some")


@given(
    st.lists(st.text(max_size=60), max_size=6),
    st.sampled_from(["", *sorted(PersonalClass)]),
    st.sampled_from(["none", "shapes", "masked"]),
)
def test_what_was_withheld_once_stays_as_it_is(
    values: list[str], personal: str, policy: str
) -> None:
    once = withhold(_evidence(*values, "x" * 47, personal=personal), policy)
    assert withhold(once, policy) == once


@given(
    st.lists(st.text(min_size=4, max_size=60), max_size=6), st.sampled_from(sorted(PersonalClass))
)
def test_no_policy_but_raw_shows_a_personal_value(values: list[str], personal: str) -> None:
    words = [w for v in values for w in re.findall(r"[b-zB-Z1-8]{4,}", v)]
    for policy in ("none", "shapes", "masked"):
        shown = _shown(withhold(_evidence(*values, personal=personal), policy))
        assert not any(w in shown for w in words if w not in "text of about characters")


@given(
    st.text(max_size=20),
    st.sampled_from(["string", "int", "double", "date", "boolean", "binary", "array<int>"]),
    st.lists(st.text(max_size=30), max_size=10),
    st.text(max_size=20),
    st.lists(st.text(max_size=12), max_size=5),
)
def test_any_column_gives_a_known_class(
    name: str, data_type: str, values: list[str], table: str, siblings: list[str]
) -> None:
    found = personal_class(name, data_type, values, table=table, siblings=siblings)
    assert found == "" or found in set(PersonalClass)
