"""Kinds of personal data as lakes write them, each with what looks like it and is not."""

import random
import re
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.personal.classes import QUASI, PersonalClass
from lakegloss.core.personal.columns import find_phrase
from lakegloss.core.personal.context import context_of, unaccented_words
from lakegloss.core.personal.privacy import personal_class, withhold
from lakegloss.core.personal.weak_phrases import NOT_PERSONAL
from lakegloss.core.words.lexicon import abbreviations

# A table; then a class, or - for none, and its columns: name:type=values, values parted by ;.
TABLES = """
hr.dim_employee
  employee_key:int=1;2
  birth_date dob_key:int=19500101;19621230 | birth_date_key:int=19500101;19621230
  birth_date birth_yyyymmdd:int=19500101;19621230 | brth_dt:string=1950-01-01;1962-12-30
  ethnicity eth_cd=H;N | race_cd=W;B
  citizenship ctzn_cd=US;PR | citizenship_status=1;2 | country_of_citizenship=INDIA;CHINA
  military vet_ind=Y;N | veteran_flg=Y;N
  health dsblty_ind=Y;N | disabled=Y;N
  marital_status mrtl_stat=S;M | mar_status=S;M
  politics union_cd=L12;L40
  income ytd_gross:double=45210.33;61234.10 | net_pay:double=1890.22;2544.18
  income comp_rate:double=31.5;40
  name mgr_nm=Rossi, Chiara;Petrov, Dmitri
  - dept_cd=FIN;ENG | fte:double=1.0;0.5 | cost_center=4100;4200 | etl_key:int=1;2
pa0008
  member_number pernr=00001001;00001002
  income ansal:double=54000.00;61200.00 | bet01:double=4500.00;5100.00
  - waers=EUR;USD | begda:date=2019-01-01;2020-01-01 | lga01=1000;1010
pa0002
  name nachn=Meier;Schmidt | rufnm=Klausi;Biggi
  religion konfe=11;20
  nationality natio=DE;AT
  - sprsl=D;E
medical_claims
  member_number mbr_id=M100293841;M100293842
  health dx1=F32.1;E11.9 | prin_dx=N18.3;E78.5 | dgns_cd=4019;25000 | dx_cd_3=M54.5;K21.9
  health px_cd=99213;80053 | hcpcs_cd=J1885;G0008 | ndc=00093-7424-56;68180-0513-01
  health diagnosis=Asthma;Migraine | svc_dt:date=2021-04-05;2021-06-07
  health clm_from_dt=20210405;20210607
  health admit_dt:date=2021-04-01;2021-06-01 | dschrg_dt:date=2021-04-09;2021-06-11
  - icd_ver=9;10 | paid_dt:date=2021-05-01;2021-07-01 | billed_amt:double=210.0;1200.0
  - clm_status=PAID;DENIED | payer_name=Aetna;Cigna | line_no:int=1;2 | load_ts:timestamp=
encounters
  member_number patient_mrn=MRN00923;MRN00924
  health chief_complaint=chest pain;fever | bp_systolic:int=128;142 | smoking_status=never;former
  health note_text=Pt is a 54 yo male with hx of HTN;Follow up in 2 weeks for wound check
  health encounter_date:date=2022-01-02;2022-03-04 | onset_dt:date=2022-01-02;2022-03-04
  name attending_md=Dr. Priya Raman;Dr. Owen Blake
  - room_no=201A;305 | dept_name=Cardiology;Emergency | updated_at:timestamp=
procedure_occurrence
  - procedure_occurrence_id:bigint=1;2 | person_id:bigint=10;11
  health procedure_concept_id:bigint=4230911;4125906 | procedure_date:date=2012-02-03;2013-04-05
  - procedure_type_concept_id:bigint=38000267 | modifier_source_value=26;TC
patienten
  member_number patientennummer=100123;100124
  health hauptdiagnose=F32.1;I10.0 | aufnahmedatum:date=2020-01-02;2020-03-04
  name hausarzt=Dr. Klaus Weber;Dr. Ute Lang
  - station=3B;ICU | geaendert_am:timestamp=
web.events
  device user_pseudo_id=1283748932.1704150000;998877123.1701230000
  device visitor_cookie=GA1.2.1283748932.1704150000;GA1.2.998877123.1701230000
  device fullVisitorId=7281937461827364;1928374651029384
  - event_name=page_view;purchase | stream_id=2345678901 | device_category=mobile;desktop
access_log
  ip_address host=203.0.113.7;198.51.100.23;cpe-76-12-33-4.nyc.res.example
  - method=GET;POST | status:int=200;404 | request=/index.html;/cart | bytes:bigint=1024;2048
ops.servers
  - host=db01;web-02 | hostname=db01.prod.internal;web-02.prod.internal | health=ok;degraded
  - owner_team=Platform;SRE | location=us-east-1;eu-west-2 | ip_host=10.0.0.4;10.0.0.5
tickets
  name requester=Mina Park;Peter Grant | assignee=Sofia Lindh;Raj Malhotra
  username reported_by=mpark;obello | closed_by=octokat;monalisa
  - group_name=Tier 1;Billing Team | approved_by=system;batch | product=Desk;Lamp
papers
  name authors=Smith J, Lee K;Garcia M et al. | principal_investigator=Chen, Li;O'Brien, Fiona
  name corresponding=Ana Moreno;Peter Hughes;Maria Silva
  - journal=Nature;Cell | institution=MIT;Caltech | title=Annie Hall;Emma;Jane Eyre
race_results
  name driver=Lewis Hamilton;Max Verstappen | jockey=Ron Turcotte;Mike Smith
  - race_id:int=1001;1002 | race_type=sprint;main | race_desc=night;day | circuit=Monza;Spa
  - constructor=Mercedes;Red Bull | team_name=Mercedes;Red Bull Racing | horse=Bold Ruler;Justify
players
  income salary:bigint=44474988;33047803
  name coach=Darvin Ham;Michael Malone | player=LeBron James;Luka Doncic
  - salary_cap:bigint=123655000 | arena=Ball Arena;Crypto Arena | home_team=Lakers;Nuggets
products
  - product_code=E11.9;F32.1 | sku=A12.3;B44.1 | brand=Calvin Klein;Hugo Boss | dx:double=0.12;0.44
  - gender=men;women | gross_weight:double=1.2;0.8 | supplier=Wilson Sports Ltd;Kim Textiles
lens_trace
  - dx:double=0.0012;-0.2231 | cell_ref=A12;B07 | fw_version=1.2.3;2.0.1
  - part_no=00093-7424-56;68180-0513-01 | diag_code=DTC-P0301;DTC-P0420 | grid=B12.3;C44.1
acs_tract
  - hispanic:int=33;54 | married_households:int=500;620 | disability_rate:double=11.9;14.0
  - total_pop:int=1808;2355 | pct_female:double=51.2;49.8 | n_births:int=22;31
  - median_household_income:int=61000;43000 | veterans:double=8.1;12.9 | noncitizen_pop:int=12;40
deaths_by_state
  - cause_of_death=Heart disease;Cancer | icd10_code=I00-I09;C00-C97
  - race=White;Black | deaths:int=1;2
  - diabetes_prevalence:double=11.2;9.8 | age_group=0-4;5-9
icd10_codes
  - code=A00.0;F32.1 | diagnosis_description=Cholera due to Vibrio;Major depression
  - is_billable:boolean=
race_codes
  - race_code=W;B;A | race_description=White;Black or African American;Asian | sort_order:int=1;2
loan_applications
  income fico_range_low:int=660;720 | applicant_income_000s:int=54;120
  income annual_income_band=5-10L;10-20L
  ethnicity applicant_race_1=5;3 | applicant_ethnicity=2;1
  name co_borrower_name=Sara Haddad;Ann Lee
  - loan_amnt:double=10000;25000 | int_rate:double=7.1;12.9 | grade=A;B
trips
  location pickup_latitude:double=40.712776;40.730610 | dropoff_longitude:double=-74.0059;-73.9352
  phone rider_phone=+12125550123;+12125550188
  - fare:double=12.5;30.0 | vendor_name=Curb;Creative Mobile
hospital_info
  - facility_name=ST VINCENT;MERCY CLINIC | phone_number=(334) 793-8701;(205) 555-0100
  - address=1108 Ross Circle;12 Hill Rd | readmission_rate:double=15.1;14.2
calls
  phone calling_number=491511234567;491529876543 | called_from=+15550100200;+15550100201
  name caller_id=Abel Tuter;Beth Anglin
  - duration:int=12;60 | answered_by=human;machine
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A column of the tables above, and the class that it has."""

    table: str
    expected: str
    name: str
    data_type: str
    values: tuple[str, ...]


@cache
def cases() -> tuple[Case, ...]:
    """All columns of the tables above."""
    out, table = [], ""
    for line in TABLES.strip().split("\n"):
        if not line.startswith(" "):
            table = line
            continue
        first, _, rest = line.strip().partition(" ")
        expected, columns = ("-", line) if not rest or ":" in first else (first, rest)
        for column in columns.split(" | "):
            name, _, values = column.strip().partition("=")
            name, _, data_type = name.partition(":")
            out.append(
                Case(
                    table=table,
                    expected=expected.replace("-", ""),
                    name=name,
                    data_type=data_type or "string",
                    values=tuple(v for v in values.split(";") if v),
                )
            )
    return tuple(out)


def _class_of(case: Case) -> str:
    siblings = [c.name for c in cases() if c.table == case.table and c.name != case.name]
    return personal_class(
        case.name, case.data_type, case.values, table=case.table, siblings=siblings
    )


def _params() -> Iterator[Any]:
    for case in cases():
        yield pytest.param(case, id=f"{case.table}-{case.name}")


@pytest.mark.parametrize("case", list(_params()))
def test_kinds(case: Case) -> None:
    found = _class_of(case)
    if not case.expected:
        assert not found or found in QUASI, found
    else:
        assert found == case.expected


@pytest.mark.parametrize("case", [p for p in _params() if p.values[0].expected])
def test_their_values_are_never_raw(case: Case) -> None:
    evidence = Evidence(
        table=f"s.{case.table}",
        column=case.name,
        data_type=case.data_type,
        rows=100,
        rows_read=100,
        distinct=len(case.values),
        minimum=min(case.values),
        maximum=max(case.values),
        mean=3.5,
        frequent=tuple(Frequent(value=v, share=0.5) for v in case.values),
        shapes=(),
        personal=_class_of(case),
        sketch=b"hashes",
    )
    kept = withhold(evidence, "masked")
    shown = "\n".join((kept.minimum, kept.maximum, *(f.value for f in kept.frequent)))
    assert not any(v in shown for v in case.values if len(v) > 2)
    assert kept.sketch == b""
    assert kept.mean is None


# One lexicon for comments and for personal data


def _means_personal(plain: str) -> bool:
    hit = find_phrase(unaccented_words(plain))
    return hit is not None and not hit.in_person_tables


@pytest.mark.parametrize("short", [s for s, p in abbreviations().items() if _means_personal(p)])
def test_a_short_form_is_as_personal_as_what_comments_say_of_it(short: str) -> None:
    name, plain = short.lstrip("^").replace(" ", "_"), abbreviations()[short].replace(" ", "_")
    if "".join(short.split()) in re.sub(r"\s", "", NOT_PERSONAL).split(","):
        pytest.skip("said to be harmless")
    siblings = ["patient_id", "birth_date"]
    told = personal_class(name, "string", [], table="patients", siblings=siblings)
    assert told or not personal_class(plain, "string", [], table="patients", siblings=siblings)


# Codes of medicine, and codes that only have their shape

_random = random.Random(5)


def _codes(form: str, number: int = 40) -> list[str]:
    signs = {"9": string.digits, "A": string.ascii_uppercase.replace("U", "")}
    return ["".join(_random.choice(signs.get(c, c)) for c in form) for _ in range(number)]


ICD10, ICD9, NDC = _codes("A99.9"), _codes("999.9"), _codes("99999-9999-99")
CLAIM = ["patient_key", "admit_dt", "drg"]


@pytest.mark.parametrize("values", [ICD10, ICD9, _codes("A9999"), _codes("V99.9")])
@pytest.mark.parametrize("name", ["dx", "diag_2", "icd_cd", "hauptdiagnose", "cid10"])
def test_codes_of_diagnoses_under_a_name_of_diagnoses(name: str, values: list[str]) -> None:
    assert personal_class(name, "string", values, table="visits", siblings=CLAIM) == "health"


@pytest.mark.parametrize("values", [ICD10, NDC], ids=["icd", "ndc"])
def test_codes_of_medicine_in_a_table_of_patients(values: list[str]) -> None:
    assert personal_class("c_17", "string", values, table="claims", siblings=CLAIM) == "health"


@pytest.mark.parametrize("values", [ICD10, NDC, ICD9], ids=["icd", "ndc", "icd9"])
@pytest.mark.parametrize(
    ("name", "table", "siblings"),
    [
        pytest.param("product_code", "products", ["product_name", "price"], id="products"),
        pytest.param("version", "releases", ["released_at", "notes"], id="versions"),
        pytest.param("grid_ref", "plots", ["species", "area_m2"], id="grid"),
        pytest.param("part_no", "parts", ["diagram", "weight"], id="parts"),
        pytest.param("well", "assays", ["plate_no", "volume"], id="wells"),
        pytest.param("code", "icd10_codes", ["description", "chapter"], id="codes-explained"),
        pytest.param("item_cd", "claims", CLAIM, id="goods-among-patients"),
    ],
)
def test_other_codes_of_their_shape(
    name: str, table: str, siblings: list[str], values: list[str]
) -> None:
    assert personal_class(name, "string", values, table=table, siblings=siblings) == ""


# What rows are


@pytest.mark.parametrize(
    ("table", "siblings", "what"),
    [
        pytest.param("county_health", ["total_pop", "pct_black", "fips"], "grouped", id="counts"),
        pytest.param("drug_use_by_age", ["n", "alcohol_use"], "grouped", id="named-so"),
        pytest.param("lkp_status", ["status", "text"], "explains", id="lookup"),
        pytest.param("x1", ["code", "description", "valid_from"], "explains", id="made-of-words"),
        pytest.param("results", ["circuit", "lap", "team"], "contest", id="contest"),
        pytest.param("log", ["method", "status", "bytes"], "traffic", id="requests"),
        pytest.param("f1", ["patient_id", "dx1", "admit_dt"], "clinical", id="patients"),
        pytest.param("census", ["age", "sex", "marital_status", "job"], "person", id="traits"),
    ],
)  # fmt: skip
def test_what_a_table_is_about(table: str, siblings: list[str], what: str) -> None:
    context = context_of(table, siblings)
    assert getattr(context, what)
    others = {"grouped", "explains", "contest", "traffic"} - {what}
    assert not any(getattr(context, other) for other in others)


@pytest.mark.parametrize(
    ("table", "siblings"),
    [
        pytest.param("customers", ["customer_id", "total_spent", "orders_count"], id="key"),
        pytest.param("dim_patient", ["patient_key", "visit_count", "avg_cost"], id="patients"),
        pytest.param("acs_person", ["ssn", "total_income", "total_tax"], id="certain"),
        pytest.param("shootings", ["name", "age", "race", "share_white", "share_black"], id="each"),
    ],
)
def test_totals_of_persons_are_no_groups(table: str, siblings: list[str]) -> None:
    assert context_of(table, siblings).person


# Hostile values

HOSTILE = [
    "a" * 1000, "1-" * 500, "A1." * 300, "a." * 500, '["' * 500, "and " * 250, "; " * 500,
    "'" * 1000, "A B " * 250, "a.b_c-" * 160, "GA1.2." + "9" * 900, "1.2.3." * 160, "O'" * 500,
]  # fmt: skip


@pytest.mark.parametrize("name", ["author", "host", "dx", "closed_by", "notes", "x"])
def test_hostile_values_take_no_time(name: str) -> None:
    siblings = ["mrn", "dx1", "method", "status", "request"]
    started = time.process_time()
    for text in HOSTILE:
        values = [f"{text}{n}" for n in range(100)]
        personal_class(name, "string", values, table="patients", siblings=siblings)
    assert time.process_time() - started < 0.1 * len(HOSTILE)


@given(
    st.sampled_from([c.name for c in cases()]),
    st.lists(st.sampled_from([c.name for c in cases()]), max_size=6),
    st.sampled_from(sorted({c.table for c in cases()})),
    st.lists(st.text(max_size=30), max_size=6),
)
def test_any_mixture_gives_a_class_whatever_the_order(
    name: str, siblings: list[str], table: str, values: list[str]
) -> None:
    found = personal_class(name, "string", values, table=table, siblings=siblings)
    assert found == "" or found in set(PersonalClass)
    again = personal_class(name, "string", values, table=table, siblings=siblings[::-1])
    assert found == again
