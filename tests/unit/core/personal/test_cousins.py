"""Personal data in tables of many trades and languages, each beside what is none."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from lakegloss.core.personal.classes import QUASI
from lakegloss.core.personal.privacy import personal_class

# A table; then + for personal, - for not, and its columns: name:type=values, values parted by ;.
TABLES = """
pnr_pax
  + PAX_NAME=SMITH/JOHNMR;DELACRUZ/PAULAMRS;OKAFOR/TUNDE MR | FFN=LH99221034;BA11873620
  + given=PAULAMRS;JOHNMR;TUNDEMR;ANNAMISS | CTCE=PAULA//X.EXAMPLE;TUNDE//Y.EXAMPLE
  + DOCS_PPT_NO=X1234567;C01X00T47 | apis_dob:date=1980-01-02;1975-03-04 | CTCM=491511234567
  - RECLOC=X7KQ2P;ABC9ZZ | ORIG=FRA;JFK | DEST=LHR;SFO | CABIN=Y;J | SEAT=12A;33K
  - fare_amt:double=1.5;2.5
hcm_pa0008
  + PERNR=00001042;00001077 | ANSAL:double=54000.00;61200.00 | BET01:double=4500.00;5100.00
  + BET02:double=120.00;80.00 | UNAME=MKRAUSE;SBERGER
  - TRFGR=E10;E12 | WAERS=EUR;USD | LGA01=1000;1010 | BSGRD:double=100.0;50.0
pa0009
  + BANKN=0532013000;0648489890 | EMFTX=Krause, Annegret;Jens Lindemann
  + IBAN=DE89370400440532013000
  - BANKL=37040044;50010517 | BANKS=DE;AT
nominas_2023
  + dni_trab=12345678Z;87654321X | apellidos=García Pérez;Ruiz Soto | nombre=Amparo;Benito;Jordi
  + salario_base:double=1200.00;1500.00 | liquido_a_percibir:double=1100.00;1290.00
  + total_devengado:double=1500.00;1800.00 | num_afiliacion_ss=281234567840;080123456789
  + fecha_nac:date=1980-01-01;1990-02-02 | cuota_sindical:double=0.0;12.0
  - centro_trabajo=Getafe;Toledo | cod_convenio=28005;45001 | mes:int=1;2
lohnabrechnung
  + Personalnr=00412;00413 | Name_MA=Krause, Jens;Öztürk, Emine | Bruttolohn:double=3100.0;2900.0
  + Netto:double=2100.0;1950.0 | Konfession=ev;rk | Kirchensteuer:double=20.1;18.2
  + SV_Nummer=15070649C103;65170839J008 | Steuer_ID=12345678901;98765432109
  - Kostenstelle=4100;4200 | Buchungskreis=1000;2000 | Abrechnungsmonat=202301;202302
folha_pagamento
  + matricula=100234;100235 | nome_servidor=JOAO RAMOS;MARIA LIMA
  + cpf=123.456.789-09;987.654.321-00
  + vencimento_base:double=2300.0;4100.0 | total_proventos:double=2500.0;4400.0
  + liquido:double=2000.0;3300.0
  - cargo=PROFESSOR;MEDICO | orgao=SEDUC;SES | carga_horaria:int=20;40
cedolini
  + cognome=Rossi;Bianchi | nome=Giulia;Marco | codice_fiscale=RSSMRA80A01H501U;BNCGLI85B41F205X
  + retribuzione_lorda:double=1900.0;2200.0 | netto_busta:double=1400.0;1600.0
  - livello=3;4S | ccnl=Commercio;Metalmeccanici
voter_file
  + ncid=AA1234;BB5678 | lst_nm=SMITH;OKAFOR | frst_nm=JOHN;TUNDE
  + res_street_address=12 OAK ST;4 ELM CT
  + full_phone_num=9195550101;9195550102 | race_code=W;B | ethnic_code=HL;NL | party_cd=DEM;REP
  + voter_name=SMITH JOHN M;OKAFOR TUNDE;GARCIA MARIA L
  - precinct_desc=PREC 12;PREC 13 | cong_dist_abbrv=04;02 | registr_dt:date=2001-01-01;2010-02-02
pos_transactions
  + cashier=Maria;Kevin;Ana;Tom;Linda | clerk_name=Maria G.;Kevin P.
  + loyalty_card_no=6001234;6009876
  + card_holder=MARIA GOMEZ;KEVIN PARK
  - store_phone=+1 212 555 0101;+1 212 555 0102 | main_phone=(212) 555-0101;(212) 555-0199
  - store_email=store12@shop.example;store13@shop.example | tender_type=CASH;VISA | upc=0123;0456
  - register_id=R1;R2 | total:double=12.5;30.0
building_permits
  + applicant_nm=LEE, ANN;RUIZ, OSCAR | owner_name=Dana Whitfield;Tom Achterberg
  - contractor_phone=(512) 555-0100;(512) 555-0111 | contractor_name=Acme Roofing LLC;Best Build Inc
  - contractor_email=info@acme.example;office@best.example | valuation:double=1000.0;2000.0
  - permit_no=BP-1;BP-2 | work_desc=New roof;Deck repair
arrests_log
  + arrestee_nm=PARRISH, LEON T;HOLLAND, TAMIKA | arr_dob:date=1990-01-01;1985-02-02
  + chrg_desc=DUI;BURGLARY | plea=G;NG | verdict=GUILTY;NOT GUILTY | disposition=DISMISSED;CONVICTED
  - agency=SHERIFF;PD | beat=12;14 | bond_dt:date=2020-01-01;2020-02-02
po_headers
  + resp_contrato=Amparo Rey Soto;Benito Calvo;Jordi Ferrer
  + titular=Ana Ruiz;José Gómez;Marta Vidal
  + Ansprechpartner=Hr. Dietrich;Fr. Petersen;Frau Lang
  + contact_email=anna.lee@x.example;bo.ek@y.example
  - correo=contratacion@a.example;compras@b.example;licitaciones@c.example
  - vergabe_mail=vergabestelle@stadt.example;einkauf@werk.example
  - mel_marches=marches@ville.example
  - supplier_tel=+49 375 55010;+351 22 5550133 | proveedor=Textiles García SL;Norte SA
network_inventory
  - hostname=sw-01;sw-02 | mgmt_ip=10.20.30.4;10.20.30.5 | ip_address=10.1.200.4;192.168.100.7
  - mac_address=00:1a:2b:3c:4d:5e;00:1a:2b:3c:4d:5f | rack=A1;A2 | firmware=1.2.3;2.0.1
  - vlan:int=10;20 | loopback_ip=10.255.255.1;10.255.255.2
provider_utilization
  - rndrng_npi_cnt:int=12;14 | hcpcs_cd=99213;99214 | hcpcs_desc=Office visit;Injection of drug
  - tot_benes:int=12;40 | avg_mdcr_pymt_amt:double=70.2;80.1 | drg_cd=470;871
fee_schedule
  - hcpcs=J1885;G0008 | description=Injection ketorolac;Flu vaccine admin | cpt=99213;80053
  - ndc=00093-7424-56;68180-0513-01 | price:double=12.0;15.0 | payer=Aetna;Cigna
school_directory
  + principal=Ann Lee;Tom Parker;Linda Ruiz
  + principal_email=ann.lee@k12.example;tparker@k12.example
  - unitid:int=100654;100663 | instnm=Alabama A & M University;Amridge University
  - latitude:double=34.783368;33.505697 | longitude:double=-86.568502;-86.79934
  - addr=12 Hill Rd;4 Main St | main_phone=2565550100;3345550100
vehicle_pings
  + driver_nm=Holger Tietz;Sibel Aydin
  + lat:double=52.52437;48.13743 | lon:double=13.41053;11.57549 | plate=B-KL 4471;M-AX 902
  - driver_id:int=1;2 | depot_lat:double=52.5;48.1 | speed_kmh:double=30.0;55.0 | odo_km:int=100;200
device_locations
  + advertising_id=38400000-8cf0-11bd-b23e-10b96e40000d;6ba7b810-9dad-11d1-80b4-00c04fd430c8
  + latitude:double=52.52437;48.13743 | longitude:double=13.41053;11.57549
  - accuracy:double=5.0;12.0 | os=ios;android
ais_positions
  - mmsi:int=211234567;219876543 | lat:double=54.12345;55.98765 | lon:double=10.12345;11.98765
  - speed:double=10.1;12.2 | heading:int=120;200 | vessel_name=EVER GIVEN;MAERSK ANNA
stop_positions
  - stop_id=S1;S2 | stop_lat:double=52.52437;48.13743 | stop_lon:double=13.41053;11.57549
repo_events
  + actor_login=octo-nadia;jmreyes | author_email=nadia@octo.example;lars.s@uni.example
  - org_login=apache;kubernetes | org_avatar_url=https://a.example/u/1;https://a.example/u/2
  - repo=spark;delta | stars:int=1;2
survey_2023
  + Q3=White British;Black African;Mixed - White and Asian;Indian
  + Q4=Catholic;Muslim;No religion;Hindu | Q6=Democrat;Republican;Independent
  + Q7=$20,000 - $39,999;$40,000 - $59,999;Under $20,000;$100,000 or more
  + Q8=Type 2 diabetes;none;Asthma;Depression | Q9=Married;Single;Divorced
  + Q10_TEXT=dan@post.example;+44 7700 900321;@kofi_d;b.moura@correio.example
  - Q1=Agree;Disagree;Strongly agree | Q2:int=1;2;3 | Q11=The price;The colour;Delivery was slow
  - Q12=18-24;25-34;35-44 | Q13=Weekly;Monthly;Never | Q14=Blue;White;Black | Q15=1-2 GB;3-5 GB
pums_2019
  + RAC1P:int=1;2 | DIS:int=1;2 | MAR:int=1;3 | MIL:int=1;4 | WAGP:int=0;12400 | DEYE:int=1;2
  + CIT:int=1;5 | VPS:int=1;2
  - SERIALNO=2019GQ0000012;2019HU0003311 | PWGTP:int=46;186 | AGEP:int=4;17 | COW:int=1;2
  - FRAC1P:int=0;1 | FDISP:int=0;1 | ADJINC:int=1010145;1007549
edi_837
  + NM103_QC=SMITH;OKAFOR | NM104_QC=JANE;TUNDE | NM109_IL=W188772610;XQR904417788
  + DMG02=19430501;19720314 | HI01_2=J45909;E119 | SV101_2=99213;36415 | 2010BA_NM103=LEE;RUIZ
  + CLM01=26463774;A55180-1 | N301_IL=236 N MAIN ST;4 ELMWOOD CT | DTP03_472=20230104;20230111
  + REF02_SY=123456789;987654321
  - NM103_85=LAKESIDE LLC;METRO INC | NM103_PR=AETNA;CIGNA | ISA13=000000905;000000906
  - HI01_1=ABK;ABF | N401_85=AUSTIN;MIAMI | SV104:double=1.0;2.0
adt_feed
  + PID_3=100234;100235 | PID_5=Smith^Jane;Okafor^Tunde | PID_7=19430501;19720314
  + PID_10=W;B | PID_17=CAT;MUS | PV1_7=1234^Lee^Ann | DG1_3=J45.909;E11.9 | OBX_5=7.2;140
  + NK1_2=Smith^Bob;Okafor^Ada
  - MSH_9=ADT^A01;ADT^A08 | EVN_2=20230101;20230102 | PV1_2=I;O
sinan_dengue
  + NM_PACIENT=JOAO RAMOS;MARIA LIMA | DT_NASC=19520611;19880923 | CS_RACA=1;4 | CLASSI_FIN=10;12
  + ID_CNS_SUS=700004412008871;898001160660761 | DT_SIN_PRI=20230101;20230202 | FEBRE=1;2
  - NU_NOTIFIC=1234567;2345678 | SG_UF_NOT=35;33 | SEM_NOT=202301;202302
employee_health
  + employee_no=00123;00456 | last_medical_exam_date:date=2020-01-01;2021-01-01
  + sick_leave_start:date=2020-01-01;2021-01-01 | vaccination_date:date=2020-01-01;2021-01-01
  - hire_date:date=2010-01-01;2011-01-01 | dept=FIN;ENG
user_contact_points
  + value=pat.lowe@post.example;+14155550142;@sandro_k;maria.gil@correo.example
  - user_id:int=1;2 | kind=email;phone;twitter | verified:boolean=true;false
baby_product_sales
  - Bezeichnung=Herrenjacke Max;Damenbluse Sophie | Geschlecht=Herren;Damen
  - Marke=Tom Tailor;Peter Hahn
  - paint=White;Black;Mixed | range=$1,000 - $1,999;$2,000 - $2,999 | size=XS;S
motor_results
  + driver_ref=halvorsen;de_la_serna;brightman | crew_chief=Ralf Mendel;Gianni Orsi;Simon Peake
  - circuit_ref=albert_park;monaco | laps:int=12;44 | grid:int=1;2
pa0021
  + FANAM=Krüger;Öztürk | FAVOR=Anna;Emine | FGBDT:date=1981-05-10;1983-07-10
  - SUBTY=1;2 | OBJPS=01;02 | FAMSA=1;2
clinic_appointments
  + Diabetes:int=0;1 | Alcoholism:int=0;1 | Handcap:int=0;1 | patient_name=Ann Lee;Bo Ek
  - PatientId:bigint=1;2 | SMS_received:int=0;1 | ScheduledDay:timestamp=2016-04-29;2016-04-30
procesos_penales
  + demandado=Juan Pérez Gómez;Ana Ruiz Soto;Luis Vidal | delito=ROBO;HURTO
  + abogado=Marta Vidal;José Soler
  - juzgado=Primera Instancia 3;Penal 2 | sala=1;2 | fecha_auto:date=2020-01-01;2020-02-02
anagrafica_fornitori
  + referente=Giulia Rossi;Marco Bianchi;Luca Ferri
  - ragione_sociale=Rossi Srl;Bianchi SpA | telefono_sede=+39 02 5550100;+39 06 5550101
  - indirizzo_sede=Via Roma 1;Via Po 4 | pec=acquisti@pec.rossi.example;info@pec.b.example
seikyusho
  + tantousha=Sato Hiroshi;Tanaka Yuki;Suzuki Aoi
  - kaisha=Acme KK;Toyo KK | kingaku:double=100.0;200.0
cdr_2023
  + a_number=491711234567;491721234567 | b_number=491731234567;491741234567
  - cell_id=1234;2345 | lac=12;13 | duration_s:int=10;20
cloud_instances
  - private_ip=10.0.101.12;10.0.120.4 | ami=ami-1;ami-2 | vcpus:int=2;4
  - public_ip=54.210.167.204;34.201.12.110
bulletins
  + cotis_syndicale:double=0.0;8.5 | net_a_payer:double=1381.1;2260.2 | situation_fam=M;C
  - siret_etab=73282932000074;55208131766522 | periode=202301;202302
orders
  - charge:double=1.5;2.5 | disposition=SHIPPED;RETURNED | case_no=C1;C2 | bond=corp;gov
invoice_lines
  - brutto:double=10.0;20.0 | netto:double=8.0;16.0 | liquido:double=1.0;2.0 | matr=12;13
product_catalog
  - scent=Rose;Jasmine;Amber;Ivy | model=Clio;Zoe;Megane;Captur | lid=plastic;glass
weather_nodes
  - lat:double=40.123;41.456 | lon:double=10.123;11.456 | device_id=a1;b2 | station=S1;S2
machine_events
  - driver=nvidia;amd | driver_version=1.2;1.3 | plate_temp:double=1.0;2.0 | lat:double=1.5;2.5
ml_features
  - v12=left;right | v3=Blue;Red | item_2=white;black | p1:double=0.1;0.2
hr_empleados_mx
  + curp=GARC800101HDFRRN09 | nss=12345678901;98765432109 | ap_paterno=García;López
  + sdo_diario:double=300.0;450.0 | edo_civil=S;C
  - puesto=Cajero;Gerente | turno=M;V | sucursal=Centro;Norte
pracownicy
  + imie=Agnieszka;Piotr | nazwisko=Nowak;Kowalski | pensja_brutto:double=5000.0;6000.0
  - dzial=IT;HR | stanowisko=Analityk;Kierownik
visites
  + nom_patient=LEFEBVRE Chantal;BENALI Karim | motif_consult=toux;fievre | diagnostic=Asthme;Grippe
  - code_acte=CS;GS | tarif:double=25.0;30.0
loans_of_books
  + borrower_card=21234001234567;21234009876543 | borrower_nm=Lee, Ann;Ruiz, Oscar
  - isbn=9780306406157;9783161484100 | branch_phone=(512) 555-0100;(512) 555-0111
commits
  + committer_email=ann@x.example;bo@y.example | reviewed_by=alee;oruiz
  - bot_login=dependabot;renovate | sha=abc123;def456 | branch=main;dev
proxy_log
  + client_ip=93.180.71.3;217.168.17.5
  - upstream_addr=10.0.3.12:8080;10.0.3.13:8080 | backend_ip=10.0.3.112;10.0.3.113
  - status:int=200;404
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cousin:
    """A column of the tables above, and whether it is personal."""

    table: str
    is_personal: bool
    name: str
    data_type: str
    values: tuple[str, ...]


@cache
def cousins() -> tuple[Cousin, ...]:
    """All columns of the tables above."""
    out, table = [], ""
    for line in TABLES.strip().split("\n"):
        if not line.startswith(" "):
            table = line
            continue
        sign, _, columns = line.strip().partition(" ")
        for column in columns.split(" | "):
            name, _, values = column.strip().partition("=")
            name, _, data_type = name.partition(":")
            out.append(
                Cousin(
                    table=table,
                    is_personal=sign == "+",
                    name=name,
                    data_type=data_type or "string",
                    values=tuple(v for v in values.split(";") if v),
                )
            )
    return tuple(out)


def _params() -> Iterator[Any]:
    for cousin in cousins():
        yield pytest.param(cousin, id=f"{cousin.table}-{cousin.name}")


@pytest.mark.parametrize("cousin", list(_params()))
def test_cousins(cousin: Cousin) -> None:
    siblings = [c.name for c in cousins() if c.table == cousin.table and c.name != cousin.name]
    found = personal_class(
        cousin.name, cousin.data_type, cousin.values, table=cousin.table, siblings=siblings
    )
    assert (bool(found) and found not in QUASI) == cousin.is_personal, found


# Hostile values

HOSTILE = [
    "A" * 1000, "A/" * 500, "A'" * 500, "/A" * 500, "@a" * 500, "$1," * 330, "1," * 500, "1 " * 500,
    "$1 - " * 200, "under " * 160, "white " * 160, "A MR" * 250, "SMITH/" + "MR" * 490, "a_" * 500,
    "1-2-" * 250, "a@" * 500, "+" * 1000, "diabetes-" * 110, "A-" * 500,
]  # fmt: skip


@pytest.mark.parametrize("name", ["Q3", "driver_ref", "cashier", "value", "PID_5", "resp_contrato"])
def test_hostile_answers_take_no_time(name: str) -> None:
    siblings = ["Q1", "Q2", "Q4", "PID_3", "PID_7", "person_id", "birth_date"]
    started = time.process_time()
    for value in HOSTILE:
        personal_class(name, "string", [value + str(n) for n in range(50)], siblings=siblings)
    assert time.process_time() - started < 3
