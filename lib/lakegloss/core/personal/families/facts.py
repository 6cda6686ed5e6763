"""Lists rules for facts about a person: results of tests, service in an army, verdicts."""

import re

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.context import Context
from lakegloss.core.personal.families.rules import (
    TEXT_OR_NUMBER,
    FamilyRule,
    beside_persons,
    in_clinics,
    in_courts,
    is_single,
    of_persons,
)
from lakegloss.core.values import forms
from lakegloss.core.words.lexicon import word_set

P = PersonalClass


def _any(value: str) -> bool:
    return bool(value)


def _not_a_date(value: str) -> bool:
    return not re.match(r"(?:19|20)\d\d-\d\d-\d\d", value)


# What a laboratory found

_RESULTS = word_set("""
lab obs observation result results res rslt reslt numeric meas measurement measured wert messwert
ergebnis valeur resultat wynik uitslag waarde risultato esito valore resultado valor hodnota
finding findings titer titre
""")
_OF_RESULTS = word_set("""
val value values num number numeric txt text raw as source str string interp interpretation flag
concept abnormal wert result results res messwert ergebnis valeur resultat wynik uitslag waarde
risultato esito valore resultado valor findings finding lab obs measurement meas
""")
_NOT_RESULTS = word_set("""
unit units uom einheit unite unidad unita eenheid jednostka range ref low high min max lower upper
bereich date dt ts time datetime id key sk order ord no nr nbr status stat type typ method device
analyzer site location desk provider operator user by qc control lot batch code cd version system
seq rank count cnt limit name nm panel dept amt amount currency price cost
""")
_VITALS = word_set("""
resp respiratory rr temp temperature hgb hb creat crea glu gluc glucose apache sofa news mews ef
lvef crp wbc plt na k bun ldh bnp ferritin lactate psa tsh hba1c egfr inr alt ast ggt ck
waist hip chest steps sleep calories kcal weight wt bodyweight fat muscle bmi hr hrv spo2 vo2 vo2max
resting cadence_body gluc_mgdl
""")
_NOT_VITALS = word_set("""
room unit device id key code cd type gross net cargo ship tare product item vehicle freight pkg
package parcel count target goal ward status flag room_temp fridge storage lot batch name nm
""")
_AMOUNT_OF_MONEY = re.compile(r"\d{2,9}(?:[.,]\d{1,4})?")
_AMOUNT = re.compile(r"[<>]?\s?\d{1,6}(?:[.,]\d{1,4})?")

# Service

_ARMY = word_set("mil military army navy veteran vet wehrdienst militaire militar dienstplicht")
_OF_ARMY = word_set("""
branch status stat stt rank grade type cat category cd code ind flag svc service discharge unit
era affil affiliation protected conflict disch
""")
_SERVICE = word_set("discharge disch draft serv svc service")
_OF_SERVICE = word_set("mil branch army")
_NOT_ARMY = word_set("date dt clinic animal bill fee practice phone hospital id amt amount")

# Courts

_FATES = word_set("""
dispo disp disposition sentence sent sentencing verdict plea conviction convictions conv prior
priors counts count charge chrg chg offense offence off offn viol violation statute stat bail bond
probation prob parole custody warrant fine felony misd misdemeanor penalty penalties jail prison
incarceration
""")
_OF_FATES = word_set("""
desc txt text title cd code type class cls lvl level amt amount terms months mos days yrs years
len length stat stt status cat category grade sev severity felony misd chg charge prior priors
conv viol statute ordered jail prison cond conditions outcome result
""")
_NOT_FATES = word_set("""
id key dt date ts time custody_level level hearing by court judge dept county agency officer clerk
case file docket shipping invoice service
""")

_WHOLE_FATES = word_set(
    "disp dispo disposition sentence sent verdict plea charge charges offense offence"
)

# Pictures of persons

_PICTURES = word_set(
    "img image pic picture photo foto mug mugshot portrait scan selfie face headshot"
)
_OF_PICTURES = word_set("""
booking mug book inmate deft def suspect offender patient pat emp staff member mbr user driver id
passport profile face intake enrol enrolment visitor guest student stu player agent person
""")
_NOT_PICTURES = word_set("""
product prod item sku damage vehicle car cargo meter property house listing logo banner size width
height count cnt type fmt format hash alt caption menu
""")
_FILE = re.compile(
    r"\S{1,400}[/\\]\S{1,400}|\S{1,200}\.(?:jpe?g|png|gif|webp|heic|tiff?|bmp|pdf)",
    re.IGNORECASE,
)

# Places of trips

_ENDS = word_set("""
start end origin orig dest destination o d pu do pickup dropoff from to begin src tgt trip
ride park parked unlock lock first last pos position gps
""")
_DELIVERIES = word_set("""
cons consegna deliv delivery drop dropoff ship shipto entrega lieferung liefer livraison livr home
hm res residence cust customer client cliente kunde dom domicilio bezorg dostawa dostawy user
rider passenger patient
""")
_LATITUDES = word_set(
    "lat lon lng long latitude longitude lati longi coord coords latlon latlng gps"
)
_COORDINATES = word_set("""
lat lon lng long latitude longitude x y pt point geom geo loc coord coords wkt latlon latlng
location position
""")
_NOT_TRIPS = word_set("""
id name nm city zone area station stn dock hub depot store site region county country address addr
code cd type terminal stop_name time ts
""")
_COORDINATE = re.compile(
    r"-?\d{1,3}\.\d{3,}|-?\d{1,3}\.\d{2,}[,; ]\s?-?\d{1,3}\.\d{2,}"
    r"|(?i:(?:srid=\d+;)?(?:point|linestring)) ?z? ?\(.{3,2000}\)?"
    r"|\{.{0,40}\"coordinates\".{3,2000}"
)


def _of_trips(context: Context) -> bool:
    return context.tracked and is_single(context)


# What was done for somebody's health

_JABS = word_set("""
vacuna vacunacion vaccin vaccine vaccination vacc vacina vacinacao vaccinazione vaccino impfung
impf szczepienie szczep inenting vaccinatie vax jab jabs booster immunization immunisation immun
inoculation medexam medcheck drugtest drugscreen reconocimiento aptitud chequeo
""")
_NOT_JABS = word_set(
    "exp expiry expires lot batch mfg made animal dog cat pet rabies created updated"
)
_GROUPS_OF_CARE = word_set("drg msdrg aprdrg dpc hrg gdrg jgp dbc ccam ops acte opcs cim10 cim")
_CODE_OF_CARE = re.compile(r"[A-Z0-9][A-Z0-9.+-]{1,9}")

_GENES = word_set("""
haplogroup haplotype apoe brca brca1 brca2 genotype allele alleles karyotype rsid polygenic snp hla
cyp2d6 mutation methylation telomere
""")
_DEFERRALS = word_set("defer deferral deferred ineligib rejection")
_OF_DEFERRALS = word_set("rsn reason cause cd code")

# Days of death

_DEATHS = word_set("""
falec falecimento falecido obito defun defuncion fallec fallecimiento fallecido deces decesso
decedute morte muerte sterbe gestorben verstorben overl overleden overlijden zgon zgonu zm zmarl dth
dcsd decd deceased death umrti smrti dod dodsfall exitus
""")
_DATES = word_set("dt data date dat fecha fec fch f d datum ts dte dttm on am em le tag dia day")
_NOT_DEATHS = word_set("cert certificate file filed reported registr regist birth claim policy")

# Money that somebody gets or has

_BENEFITS = word_set("""
rend rendim rendimento rendimentos bourse beca borsa stypendium stypend stipend scholarship
benefit benefits prestacion prestazione zasilek uitkering subsidio sussidio alloc allocation
bafoeg kindergeld alimony unterhalt bens patrimonio patrimoine vermogen vermoegen wealth networth
holdings_total
""")
_SUMS = word_set("""
amt amount mt montant mnt importe imp importo valor vlr vl betrag bedrag kwota trib tributavel total
tot sum monthly mens mtl net gross val value eur usd gbp brl pln anual annual mes mese mois
""")
_NOT_BENEFITS = word_set(
    "id type code cd pct percent rate name nm no plan fund status count dt date"
)

# What somebody believes, where somebody comes from

_BELIEFS = word_set("relg relgn rlgn rel_cd religcode faithcd denom denomn creed wyzn konfes konf")
_ROLES_OF_RACE = word_set("""
deft def defendant offender suspect susp vict victim inmate arrestee pt pat patient emp ee employee
mbr member borr borrower driver drv applicant appl app student stu person pers officer juror subj
""")
_ORIGINS = word_set("""
heritage indig indigenous aboriginal herkunft pueblo etnische etnisch migr migrations migratie
ethn ethnc ethnct tribal clan ancestry raza
""")
_OF_ORIGINS = word_set("""
grp group cd code status stt desc cat category groep orig origin gruppe hintergrund flag ind
""")
_NOT_ORIGINS = word_set("date dt id product goods country_goods food site building land")

_VALUES = word_set("as num number numeric string text txt raw source src val concept")
RULES = (
    FamilyRule(
        kind=P.HEALTH,
        whose=frozenset({"value"}),
        what=_VALUES,
        never=_NOT_RESULTS - {"id"},
        only=frozenset({"id"}),
        families=TEXT_OR_NUMBER,
        holds=_not_a_date,
        about=in_clinics,
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=word_set("obs observation meas measurement cond condition finding result"),
        what=frozenset({"concept"}),
        never=_NOT_RESULTS - {"id"},
        families=TEXT_OR_NUMBER,
        holds=_not_a_date,
        about=in_clinics,
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=_RESULTS,
        what=_OF_RESULTS,
        never=_NOT_RESULTS,
        families=TEXT_OR_NUMBER,
        holds=_not_a_date,
        about=in_clinics,
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=_VITALS,
        never=_NOT_VITALS,
        families=TEXT_OR_NUMBER,
        holds=_AMOUNT.fullmatch,
        about=lambda c: of_persons(c) and not (c.totals or c.contest),
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=_GENES,
        never=word_set("id batch lot kit version ver count cnt lab chip"),
        holds=_any,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=_DEFERRALS,
        what=_OF_DEFERRALS,
        holds=_any,
        about=lambda c: of_persons(c) and c.clinical,
    ),
    FamilyRule(
        kind=P.DEATH_DATE,
        whose=_DEATHS,
        what=_DATES,
        never=_NOT_DEATHS,
        families=frozenset({"date", "text", "number"}),
        holds=lambda v: bool(forms.is_date(v[:10])),
        about=lambda c: not (c.thing or c.animals or c.grouped or c.explains or c.machines),
    ),
    FamilyRule(
        kind=P.INCOME,
        whose=_BENEFITS,
        what=_SUMS,
        never=_NOT_BENEFITS,
        families=frozenset({"number"}),
        holds=_AMOUNT_OF_MONEY.fullmatch,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.MILITARY,
        whose=_ARMY,
        what=_OF_ARMY,
        never=_NOT_ARMY,
        families=frozenset({"text", "number", "boolean"}),
        holds=_any,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.MILITARY,
        whose=_SERVICE,
        what=_OF_SERVICE,
        never=_NOT_ARMY,
        holds=_any,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.CRIMINAL_RECORD,
        whose=_FATES,
        what=_OF_FATES,
        never=_NOT_FATES,
        families=TEXT_OR_NUMBER,
        holds=_not_a_date,
        about=in_courts,
    ),
    FamilyRule(
        kind=P.LOCATION,
        whose=_ENDS,
        what=_COORDINATES,
        never=_NOT_TRIPS,
        families=TEXT_OR_NUMBER,
        holds=_COORDINATE.fullmatch,
        about=_of_trips,
    ),
    FamilyRule(
        kind=P.LOCATION,
        whose=_DELIVERIES,
        what=_LATITUDES,
        never=_NOT_TRIPS | word_set("centroid depot driver_base"),
        families=TEXT_OR_NUMBER,
        holds=_COORDINATE.fullmatch,
        about=is_single,
    ),
    FamilyRule(
        kind=P.CRIMINAL_RECORD,
        whose=_WHOLE_FATES,
        only=_WHOLE_FATES,
        families=TEXT_OR_NUMBER,
        holds=_not_a_date,
        about=in_courts,
    ),
    FamilyRule(
        kind=P.PHOTO,
        whose=_PICTURES,
        what=_OF_PICTURES,
        never=_NOT_PICTURES,
        holds=_FILE.fullmatch,
        about=lambda c: beside_persons(c) or c.court,
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=_JABS,
        never=_NOT_JABS,
        families=frozenset({"date"}),
        holds=_any,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.HEALTH,
        whose=_GROUPS_OF_CARE,
        never=word_set("weight version ver desc_len price cost rate"),
        holds=_CODE_OF_CARE.fullmatch,
        about=in_clinics,
    ),
    FamilyRule(
        kind=P.ETHNICITY,
        whose=word_set("race rac racecd racial eth ethn ethnic"),
        what=_ROLES_OF_RACE,
        never=_NOT_ORIGINS | word_set("car horse time event result track no num contest"),
        families=TEXT_OR_NUMBER,
        holds=_not_a_date,
        about=lambda c: not (c.grouped or c.explains or c.contest),
    ),
    FamilyRule(
        kind=P.RELIGION,
        whose=_BELIEFS,
        never=_NOT_ORIGINS,
        holds=_any,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.ETHNICITY,
        whose=_ORIGINS,
        what=_OF_ORIGINS,
        never=_NOT_ORIGINS,
        holds=_any,
        about=beside_persons,
    ),
)
"""In the order in which they are asked."""
