"""Names of columns as several languages and systems shorten them, each beside what is no fact."""

from dataclasses import dataclass

from lakegloss.core.personal.classes import QUASI
from lakegloss.core.personal.privacy import personal_class
from tests.kits.over_all import over_all

# A table; then + for personal, - for not, and its columns: name:type=values, values parted by ;.
TABLES = """
billing.call_records
  + calling_party=491711234567;442071234567 | called_no=33612345678;15550100200
  + other_party_no=491709876543;4930123456
  - trunk_grp=T1;T22 | duration_sec:int=12;340 | rate_plan=A1;B2
payroll.registers
  + badge_no=004411;004512 | gross_earned:double=1200.5;3100.0 | ot_earned:double=0.0;80.5
  - shift_code=D;N | period_end:date=2023-01-31;2023-02-28 | paid_flag=Y;N
ehr.orders
  + ord_prov=1730184756^STONE^ERIN;1992703311^ABARA^NGOZI | patient_id=4410233;4410987
  - order_status=A;CM | placer_app=EPIC;CERNER
ops.console_log
  + signed_in_as=amarsh;p.kovac;lindiwe.m | upd_by=hfraser;dchoi;mlopez
  - screen=HOME;EDIT | build=2.1;2.2
clicks.visits
  + cip=192.0.2.4;198.51.100.9 | latitude:double=48.2;50.1 | longitude:double=16.3;8.6
  - useragent_family=Chrome;Safari | utm_medium=cpc;email | referrer=https://a.example/
ausleihe.leser
  + lesernr=004412;009910 | gebname=Kessler;Uhl | str_hnr=Am Anger 4;Seestr. 19a
  + notfall_tel=0170 1234567;0151 7654321 | personalausw=L3R5T7K88;L01X00T47
  - zweigstelle=Nord;Mitte | gebuehr:double=0.0;4.5
wohnen.bewerber
  + geb_partner:date=1981-04-02;1990-11-30 | bruttoeinkomm:double=2900.0;4100.0 | gdb=50;80
  - wohnungsnr=12;4a | zimmer:int=2;3
verein.spelers
  + lid_nr=20881;21904 | vnaam=Bram;Noor;Daan | achtern=Visser;Mulder;Bos | allergieen=noten;geen
  - elftal=JO13-2;MO15-1 | contributie:double=95.0;120.0
scolarite.eleves
  + no_eleve=2204411;2205512 | tel_mere=06 11 22 33 44;07 55 66 77 88 | rqth=O;N
  + pers_a_prevenir=Odile Garnier;Samir Haddad;Luce Morel
  - classe=6B;3A | option_lv=ALL;ESP
obra.trabajadores
  + no_emp=004512;008871 | cel_contacto=55 1234 5678;33 9876 5432 | gpo_sang=O+;AB-
  + jefe_directo=Ramiro Salas;Elvira Montes | ingreso_mensual:double=9800.5;14200.0
  - obra=Norte;Puente | turno=1;2
ambulatorio.assistiti
  + cod_paz=004412;009921 | tel_cell=333 1234567;347 7654321 | num_civ=12;4/b
  + medico_curante=Dott. Elio Sarti;Dott.ssa Rita Longo
  - ambulatorio=A1;B2 | turno=mattina;sera
posto.utentes
  + nr_utente=123456789;987654321 | fone_contato=(11) 91234-0000;(21) 99876-0000
  + comorbidades=asma;nenhuma | renda_mensal:double=1800.0;2400.0
  - posto=Norte;Sul | setor=A;B
kadry.zatrudnieni
  + nr_ewid=004412;008873 | tel_pryw=601 202 303;512 404 505 | gr_inwalidzka=I;II;brak
  + wynagr_netto:double=4100.0;5200.0 | opiekun=Halina Lis;Igor Sowa
  - etat:double=1.0;0.5 | oddzial=Radom;Elk
personal.zamestnanci
  + os_cislo=00441;00879 | cislo_op=203445566;209988776 | cista_mzda:double=31000.0;42500.0
  - stredisko=Brno;Plzen | uvazek:double=1.0;0.5
jde.f060116
  + YASSN=219099999;457555462 | YADOB:int=82114;75301 | YASAL:double=5400000;7100000
  + YAALPH=Moreau, Elise;Haas, Timo | YAEEOM=01;05
  - YAAN8:bigint=8812;9921 | YAHMCO=00001;00010 | YAPFRQ=B;W | YAMCU=30;110
empfang.besucherbuch
  + besucher=Dr. Ewa Lind;Herr Tarek Aziz | gast=Frau Ute Maas;Dr. Ivo Petrik
  - etage=2;3
ordinace.navstevy
  + kontaktni_osoba=Jana Hava;Petr Suk | lekar=MUDr. Iva Dolna;MUDr. Ota Vrba
  + krevni_tlak=120/80;135/90
  - cekarna=A;B
catalogue.parts
  - a_num=1;2 | netto:double=1.5;2.5 | legge=626;81 | kind=bolt;nut | plat=A;B | verge=grass;stone
ledger.entries
  - num_compte=411000;606300 | vencimento:date=2023-01-31;2023-02-28
  - debit:double=10.0;20.0
sms.campaigns
  - sms_count:int=120;4000 | sms_status=SENT;FAILED | barcode=4006381333931;5901234123457
  - campaign=Spring;Autumn
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A column, and whether it holds personal data."""

    table: str
    name: str
    data_type: str
    values: tuple[str, ...]
    is_personal: bool


def _columns() -> list[Told]:
    out, table = [], ""
    for line in TABLES.strip().split("\n"):
        if not line.startswith(" "):
            table = line
            continue
        sign, _, columns = line.strip().partition(" ")
        for column in columns.split(" | "):
            name, _, values = column.partition("=")
            name, _, data_type = name.partition(":")
            out.append(
                Told(
                    table=table,
                    name=name,
                    data_type=data_type or "string",
                    values=tuple(values.split(";")),
                    is_personal=sign == "+",
                )
            )
    return out


COLUMNS = _columns()


@over_all("told", COLUMNS, named=lambda t: f"{t.table}.{t.name}")
def test_a_short_name_is_read_in_its_language(told: Told) -> None:
    beside = [c.name for c in COLUMNS if c.table == told.table and c.name != told.name]
    found = personal_class(
        told.name, told.data_type, told.values, table=told.table, siblings=beside
    )
    assert (bool(found) and found not in QUASI) == told.is_personal, found
