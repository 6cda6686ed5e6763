"""Lists rules for numbers that an office gave to a person: cards, plates, accounts, codes."""

import re

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.families.rules import (
    TEXT_OR_NUMBER,
    FamilyRule,
    beside_persons,
    of_persons,
)
from lakegloss.core.values import forms
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_NUMBER = word_set("""
no nr num number nbr nummer numer numero nro n ref reference card karte karty tarjeta carte cartao
kaart barcode bc ext est id identifier code cod cd kto konto
""")
_PLAIN_NUMBER = _NUMBER - word_set("id code cod cd identifier ext est")
_MEMBERS = word_set("""
donor don donante donneur spender krwiodawca subject participant proband
mbrship mbrshp membership mbr memb member mitgl mgl mitglied mitglieds socio socia socios adh
adherent adherente iscritto iscritta iscr tessera lid lidmaatschap czlonek czlonka czl clen medlem
club loyalty rewards bonuscard fidelity fidelite fidelizacion treue payback ffp flyer skywards
supporter patron reader leser bibl lib libcard library lidkaart legitymacji leg bib runner racer
licensee licencia licenciado licence_holder registrant colegiado colegiada federado ll leerling
stam matrikel matr immatrikulation enrol enrolment enrollment admission roll index indeksu albumu
expediente exp uni campus sis upn uln netid student students stdnt pupil spriden works warrant
collar shield clock kronos timecard personal personeels personel pers mitarb mitarbeiter staff
payroll employee emp ee worker legajo zamestnanec angajat radnik unit mrn case_rec chart historia
clinica nhc ipp prontuario cartella patientnum fallakte kartei pat patient pac paz vers
versicherten versicherung insured insurance insuree polis policyholder houder kassen kv kvnr
""")
_CUSTOMERS = word_set("""
abo abonne abonado abonenta abonent assinante abonnent subscriber subs subscr vertragskto
vertragskonto relatie usager allocataire teiln teilnehmer participant donor donateur
benef beneficiary taxpayer permit_holder holder resident tenant lodger policy_holder
""")
"""Customers are left out: their numbers are keys of a system as often as on a card."""
_TOKENS = word_set("""
barcode keyfob fob rfid nfc wristband season pass passkarte ausweis badge lanyard locker_card
staff_pass proxcard prox card_swipe chip skipass
""")
_NOT_OF_PERSONS = word_set("""
group grp plan policy type class category clase tipo software device lizenz product produkt prod
shelf room seat locker gate bag batch lot seal order ord ordre bestell auftrag pedido invoice inv
rechnung factura fattura facture ticket tkt session sess event visit row line seq sequence hash
version ver sk fk key surrogate state country region zone claim clm case_type status count cnt qty
quantity store site branch filiale term course class_no section book item artikel sku part model
serial ser sn vehicle veh car container cntr vendor supplier lieferant fournisseur company
contract probe sample specimen equip asset machine campaign segment seg tier level lvl household
tin ein npi prov provider bill clinic team department dept bank cost centre center tax vat issue
issuer type_cd vak lesson pipeline application request req file doc document docu message msg
ext_system lab
""")
_GIVEN = re.compile(r"[A-Z]{0,4}[-/. ]?(?:\d[-/. ]?){4,14}[A-Z0-9]{0,2}")
_SHORT = re.compile(r"[A-Z]{0,3}[-/]?0{0,9}\d{1,3}")


def is_given_number(value: str) -> bool:
    """Whether a text has the form of numbers that an office gives, and is no counter or date."""
    if not _GIVEN.fullmatch(value) or _SHORT.fullmatch(value):
        return False
    return not forms.is_date(value)


_PLATES = word_set("""
plate plates platenum platenbr tag reg regn rego regno registration rej rejestr rejestracyjny
rejestracja kz kennz kennzeichen immat immatriculation placa plaque matricula targa kenteken vrm
vrn lp lic lic_no licence license patente spz rz
""")
_SURE_PLATES = word_set("""
rego vrm vrn kennz immat immatriculation placa targa kenteken lp rej rejestr spz plate plates
kennzeichen
""")
_VEHICLES = word_set("""
car veh vehicle auto kfz voiture vehicule coche carro automovel moto motorcycle truck van pkw lkw
wagen parking park pojazd pojazdu samochod vozidla voertuig veicolo vehiculo kentek cab taxi
""")
_NOT_PLATES = word_set("""
size count
trailer container wagon rail chassis unit fleet asset equipment batch lot steel printing metal
type state country colour color exp expiry dt date class region status fee count cost aircraft
vessel boat ship tail dog cat pet animal land property business company tax vat course class
student
""")
_PLATE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{1,4}(?:[ \u00b7-]?[A-Z0-9]{1,5}){1,3}")


def is_plate(value: str) -> bool:
    """Whether a text could be a vehicle's number plate in one of many countries."""
    return 4 <= len(value) <= 11 and bool(_PLATE.fullmatch(value.upper()))


_SECRETS = word_set("""
pin pincode door entry gate alarm unlock keypad pw pwd passwd password passcode kennwort
voicemail safe
""")
_OF_SECRETS = word_set("code cd pin pincode no nr tok token key hash secret pw passcode word salt")
_TOKENS_OF_USERS = word_set("""
fa twofactor login otp reset recovery verification verif auth api refresh bearer access
session_secret totp mfa
""")
_OF_TOKENS = word_set("seed token tok secret hash salt apikey key")
_NOT_SECRETS = word_set("""
zip postal post level lvl type date dt ts time at expiry exp expires count status sent flag method
control list group role rule area region city addr address door_type attempts right rights road
""")
_CODE = re.compile(r"\d{3,8}|[A-Za-z0-9+/=_.$:-]{12,400}")
_ACCOUNT = re.compile(r"[A-Z]{0,4}\d(?:[ -]?\d){6,25}")
_ACCOUNTS = word_set("""
bacs ach dd debit giro cta ccc clabe cbu nrb rib bban rach rachunek rachunku ktonr kontonr
bank banc bancaria bancario bankkonto acct_bank settle payout payee deposit depot lastschrift
einzug
""")
_OF_ACCOUNTS = word_set("""
acct acc account ac konto kto cta cuenta compte conta conto rekening rach rachunku nr no num number
nbr ccc clabe cbu nrb rib bban
""")
_NOT_ACCOUNTS = word_set("""
type status name nm holder bank_name empresa company firma firm employer org branch sort swift bic
code cd routing aba currency date dt amt amount balance gl ledger cost center centre
""")
_DEVICES = word_set("""
device dev browser install installation advertising advertiser adid ad_id visitor client handset
push hardware android ios apple machine_user anonymous anon fingerprint mobile phone fcm apns
""")
_OF_DEVICES = word_set("id guid uuid uid token tok hash fp fingerprint udid ident identifier adid")
_NOT_DEVICES = word_set(
    "type model os brand category group class app campaign name server table tbl row order"
)
_DRAWN = re.compile(
    r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{15,64}"
    r"|[\w:-]{60,300}"
)
_HANDLES = word_set("""
discord insta instagram snapchat tiktok telegram skype steam twitch xbox psn netid uniqname
kennung benutzerkennung identifiant utente uid_login uname
""")
_HANDLE = re.compile(r"@?[A-Za-z][\w.-]{1,30}(?:#\d{4})?")

_PARTIES = word_set("a b c calling called caller callee anum bnum oad dad")
_OF_PARTIES = word_set("nr num no number msisdn party tel numer numero anum bnum oad dad")
_CONTACTS = word_set("""
contacto contact contatto contato kontakt contactnr recapito callback rueckruf rappel reach
reachable rueckrufnr terugbel oddzwon
""")
_OF_CONTACTS = word_set("""
req cust client pat patient emp mbr member parent mother father spouse fam familia family nok kin
emerg ice day eve night home work no nr num number pers person contacto contact contatto contato
kontakt recapito callback rueckruf
""")
_DIALLED = re.compile(r"(?:\+|00)?[\d][\d ()/.-]{7,18}\d")


def _is_dialled(value: str) -> bool:
    digits = sum(map(str.isdigit, value))
    return 8 <= digits <= 15 and bool(_DIALLED.fullmatch(value)) and not forms.is_date(value)


RULES = (
    FamilyRule(
        kind=P.PHONE,
        whose=_PARTIES,
        what=_OF_PARTIES,
        only=_OF_PARTIES,
        families=TEXT_OR_NUMBER,
        holds=re.compile(r"\+?\d{9,15}").fullmatch,
        about=lambda c: not (c.thing or c.grouped or c.machines),
    ),
    FamilyRule(
        kind=P.PHONE,
        whose=_CONTACTS,
        what=_OF_CONTACTS,
        never=_NOT_OF_PERSONS,
        holds=_is_dialled,
        about=lambda c: not (c.thing or c.grouped or c.machines),
    ),
    FamilyRule(
        kind=P.LICENCE_PLATE,
        whose=_SURE_PLATES,
        never=_NOT_PLATES,
        families=frozenset({"text"}),
        holds=is_plate,
        about=lambda c: beside_persons(c) or c.tracked or c.vehicles,
    ),
    FamilyRule(
        kind=P.LICENCE_PLATE,
        whose=_PLATES,
        what=_VEHICLES,
        never=_NOT_PLATES,
        holds=is_plate,
        about=lambda c: beside_persons(c) or c.tracked,
    ),
    FamilyRule(
        kind=P.SECRET,
        whose=_SECRETS,
        what=_OF_SECRETS,
        never=_NOT_SECRETS,
        holds=_CODE.fullmatch,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.SECRET,
        whose=_TOKENS_OF_USERS,
        what=_OF_TOKENS,
        never=_NOT_SECRETS | frozenset({"id"}),
        holds=re.compile(r"[A-Za-z0-9+/=_.$:-]{12,400}").fullmatch,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.BANK_ACCOUNT,
        whose=_ACCOUNTS,
        what=_OF_ACCOUNTS,
        never=_NOT_ACCOUNTS,
        holds=_ACCOUNT.fullmatch,
        about=beside_persons,
    ),
    FamilyRule(
        kind=P.MEMBER_NUMBER,
        whose=_MEMBERS,
        what=_NUMBER,
        never=_NOT_OF_PERSONS,
        holds=is_given_number,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.MEMBER_NUMBER,
        whose=_CUSTOMERS,
        what=_PLAIN_NUMBER,
        never=_NOT_OF_PERSONS,
        holds=is_given_number,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.MEMBER_NUMBER,
        whose=word_set("vkont vkonto vertragskonto vertragskto gpart upn uln llnr mitglnr"),
        never=_NOT_OF_PERSONS,
        holds=is_given_number,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.MEMBER_NUMBER,
        whose=_TOKENS,
        what=_NUMBER,
        never=_NOT_OF_PERSONS,
        holds=is_given_number,
        about=of_persons,
    ),
    FamilyRule(
        kind=P.DEVICE,
        whose=_DEVICES,
        what=_OF_DEVICES,
        never=_NOT_DEVICES,
        holds=_DRAWN.fullmatch,
        about=lambda c: c.traffic or c.tracked or c.keyed or c.person,
    ),
    FamilyRule(
        kind=P.USERNAME,
        whose=_HANDLES,
        never=word_set("url count cnt followers id channel server"),
        holds=_HANDLE.fullmatch,
        about=of_persons,
    ),
)
"""In the order in which they are asked."""
