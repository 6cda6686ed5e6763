"""Columns of many systems and languages, invented: what is found, and what is not to be found."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from lakegloss.core.personal.privacy import QUASI, personal_class

# A table, its columns with personal data (+) and its columns without (-).
TABLES = """
shop.customer
+ email first_name last_name phone:string billing_address_name shipping_address_phone
+ billing_address_latitude:double browser_ip
- id:bigint orders_count:int total_spent:double tax_exempt:boolean currency cart_token
- created_at:timestamp verified_email:boolean billing_address_city checkout_token
crm.contact
+ MailingStreet Email MobilePhone FirstName LastName Birthdate:date AssistantName PhotoUrl
- Title Department AccountId LeadSource OwnerId EmailBouncedReason EmailBouncedDate
recruiting.eeoc
+ race_description veteran_status_description disability_status_description
+ disability_status_id:int
- application_id:bigint status submitted_at:timestamp
hr.personal_information
+ date_of_birth:date blood_type marital_status religion political_affiliation
+ hispanic_or_latino:boolean tobacco_use:boolean sexual_orientation
- worker_id country_of_birth hire_date:date
hr.staff
+ emp_first_nm emp_last_nm emp_birth_dt:date emp_ssn_nbr bank_acct_nbr hm_phone_nbr
+ annual_salary_amt:double home_addr_ln_1 eml_addr marital_stat_cd ethnic_grp_cd
+ disability_flg:boolean emerg_cntct_nm emerg_cntct_ph
- emp_hire_dt:date dept_cd job_cd absences:int performance_score:double
clients
+ nom prenom adresse_email tel_mobile date_naiss:date num_secu_sociale adresse1 iban_client
+ nom_jeune_fille
- ville id_client:int nb_commandes:int
kunden
+ KdNachname KdVorname TelPrivat EMail GebDat:date Strasse IBAN SteuerID Handy
- KdNr:int Ort Umsatz:double
clientes
+ nombre apellido1 correo tlf dni_nif fecha_nac:date direccion num_tarjeta
- ciudad provincia importe:double
dipendenti
+ nome cognome cod_fiscale data_nasc:date cellulare indirizzo stipendio_lordo:double
- reparto sede
klanten
+ voorletters achternaam geb_datum:date bsn_nummer tel_nr emailadres huisnr iban_nr
- woonplaats klantnr:int
klienci
+ imie nazwisko pesel nr_telefonu adres_email data_ur:date ulica_nr nr_dowodu
- miasto saldo:double
nordic
+ fornavn etternavn fodselsnr mobilnr epost personnr
- poststed
users_cn
+ xingming shenfenzheng shouji dizhi weixin
- chengshi
users_jp
+ shimei_kana denwa_bango seinengappi:date jusho
- todofuken
users_in
+ aadhaar_no pan_no mobile_no father_name voter_id upi_id
- city
banking
+ account_holder_name acct_num cardholder card_no cvv_code mothers_maiden_name pin_hash
- acct_type branch_code balance:double opened_on:date
security
+ passwd_hash mfa_seed api_secret session_cookie private_key_pem oauth_token
- token_type token_expires_at:timestamp key_length:int is_password_expired:boolean
handsets
+ imei_number android_id device_mac
- model os battery_pct:int
claims
+ claimant_name policyholder_name injury_description hospital_diagnosis
- claim_no loss_date:date reserve_amount:double
app_events
+ user_email ip
- app_version event_name utm_source device_model session_id
dim_reseller
- Phone ResellerName AddressLine1 AnnualSales:double BankName
organizations
- NAME ADDRESS PHONE LAT:double LON:double REVENUE:double
allstar_players
+ family_name
- off_per_9_inn:double tz hp:int distance_nm:double ral via
llm_calls
- token_count:int token_type page_token prompt_tokens:int model
cells
- cell_type cell_line cell_count:int cell
races
- race_name race_date:date race_time track
listings
- condition item_condition drug_store plate_type party_size:int
"""


def _columns() -> Iterator[Any]:
    table = ""
    for line in TABLES.strip().split("\n"):
        sign, _, columns = line.partition(" ")
        if not columns:
            table = sign
            continue
        for column in columns.split():
            yield pytest.param(table, column, sign == "+", id=f"{table}-{column}")


def _siblings(table: str) -> list[str]:
    block = re.split(rf"^{re.escape(table)}$", TABLES, flags=re.MULTILINE)[1]
    lines = re.match(r"(?:\n[+-] .*)*", block)
    assert lines
    return [column.partition(":")[0] for column in re.findall(r"[\w.]+(?::\w+)?", lines.group())]


@pytest.mark.parametrize(("table", "column", "is_personal"), list(_columns()))
def test_names(table: str, column: str, is_personal: bool) -> None:  # noqa: FBT001
    name, _, data_type = column.partition(":")
    siblings = [other for other in _siblings(table) if other != name]
    found = personal_class(name, data_type or "string", [], table=table, siblings=siblings)
    assert bool(found and found not in QUASI) is is_personal, found


_random = random.Random(11)


def _some(form: str, number: int = 20) -> list[str]:
    """Values of a form: 9 is a digit, 2 a digit from 2 on."""
    signs = {"9": "0123456789", "2": "23456789", "x": "0123456789abcdef"}
    return ["".join(_random.choice(signs.get(c, c)) for c in form) for _ in range(number)]


@pytest.mark.parametrize(
    ("values", "table", "expected"),
    [
        pytest.param(_some("+49 30 9999999"), "t", "phone", id="international"),
        pytest.param(_some("(229) 229-9999"), "orders", "phone", id="north-american"),
        pytest.param(_some("09 99 99 99 99"), "t", "phone", id="french"),
        pytest.param(_some("999-999-9999"), "products", "", id="product-codes"),
        pytest.param(_some("999-9999-99"), "parts", "", id="part-numbers"),
        pytest.param(_some("9999999999999"), "products", "", id="barcodes"),
        pytest.param(_some("9.29.9.9"), "releases", "", id="versions"),
        pytest.param(_some("x" * 64), "commits", "", id="digests"),
        pytest.param(["JFK", "LAX", "ORD", "ATL", "DFW"], "airports", "", id="airports"),
        pytest.param(
            ["Paris", "Austin", "Florence", "Charlotte", "Madison", "Lincoln", "Jackson"],
            "places", "", id="cities",
        ),
        pytest.param(
            ["Diana Burger", "Caesar Salad", "Carolina BBQ", "Tom Yum", "Mary Pie", "Peter Bread",
             "Victoria Sponge", "Margherita Pizza"],
            "menu_items", "", id="dishes",
        ),
        pytest.param(["support@acme.example", "help@globex.example"], "t", "", id="role-mailboxes"),
        pytest.param(
            ["anna.schmidt", "peter_mueller", "maria.garcia", "john.smith2", "wei.zhang"],
            "tickets", "username", id="handles",
        ),
        pytest.param(["data.platform", "web.shop", "etl_job", "db.main"], "t", "", id="services"),
        pytest.param(["White", "Asian", "Black", "Hispanic"], "t", "ethnicity", id="ethnicity"),
        pytest.param(["White", "Black", "Red", "Blue"], "t", "", id="colours"),
        pytest.param(["single", "divorced", "widowed"], "t", "marital_status", id="marital"),
        pytest.param(["O+", "A-", "AB+", "B-"], "t", "health", id="blood"),
        pytest.param(["A+", "A-", "B+", "B-"], "t", "", id="grades"),
        pytest.param(["muslim", "christian", "hindu"], "t", "religion", id="religion"),
        pytest.param(["DEUTDEFF", "COBADEFF500"], "t", "", id="bank-codes"),
        pytest.param(["US0378331005", "DE0007164600"], "t", "", id="securities"),
    ],
)  # fmt: skip
def test_values_under_a_name_that_says_nothing(
    values: list[str], table: str, expected: str
) -> None:
    assert personal_class("info", "string", values, table=table) == expected


def test_addresses_of_machines_are_not_of_people() -> None:
    assert personal_class("server_ip", "string", ["10.11.12.13", "10.11.12.14"]) == ""
    assert personal_class("visitor_ip", "string", ["10.11.12.13", "10.11.12.14"]) == "ip_address"
