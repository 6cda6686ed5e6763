"""Writes out how old systems shorten words about persons: `brwr_frst_nm` is borrower first name.

Four habits are read: listed short forms, words without their vowels (`stdnt`), words that are cut
off (`ethnic`, `nacim`), and words that are glued together (`empssn`). A short form that another
word could have, too, is read only beside a word that tells of persons: `dep_dob` is a dependent's,
`dep_time` a departure's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from lakegloss.core.words.lexicon import vocabulary, word_set


def _pairs(text: str) -> dict[str, str]:
    entries = (line.partition(":") for line in text.strip().splitlines())
    return {short: plain.strip() for plain, _, shorts in entries for short in shorts.split()}


_ALWAYS: Mapping[str, str] = _pairs("""
employee: ee empl emp emple emplee
person: prsn persn pers
customer: cstmr custmr
client: clnt
member: mbr memb membr mmbr
patient: ptnt patnt paz pcte
student: stdnt stu stud studt aluno alumno eleve schueler
teacher: tchr tch teachr
driver: drvr drv
borrower: brwr borr brrwr
coborrower: cobrwr coborr
guest: gst
passenger: pax psgr psngr pssngr
insured: insd insrd insrd asegurado assure versicherter verzekerde
subscriber: subscr sbscr subscrb subs
beneficiary: bnfcry benfy benef bene
dependent: dpndnt depndt dpndt
spouse: sps spse spous conjoint conyuge
mother: mthr mutter madre mere mae moeder
father: fthr vater padre pere pai vader
guardian: grdn guard gdn grdian
emergency: emrg emerg emgcy emer emergcy
contact: cntct ctct contct
claimant: clmt clmnt claimnt
attorney: atty attny
adjuster: adjstr adjustr
officer: ofcr offcr
suspect: susp
victim: vict vctm
defendant: deft dfnd defnd dfndt
inmate: inmt
physician: physn physcn
candidate: cand cndt
recruiter: recr
manager: mgr mngr
supervisor: supv spvsr spvr suprv supvr
cashier: cshr cashr
salesperson: slsprsn slsrep slsper
worker: wkr wrkr
user: usr
player: plyr
owner: ownr
tenant: tnnt tenantnm
landlord: lndlrd
debtor: dbtr
creditor: cdtr
contributor: contbr contrib
donor: dnr
participant: prtcpt partcp
respondent: respdt
resident: habitante habit
policyholder: plcyhldr polholder
cardholder: crdhldr chldr
applicant: applcnt aplcnt applt
name: nam nme nomb
first name: fnm fnam frstnm firstnm givn frst fst vorn prenm prnm
last name: lnm lnam lstnm lastnm nazw cogn apell apel
surname: srnm snam surnm snme
given name: gnam gvnm gvn giv pren
middle name: mname midl midnm mnam
maiden name: mdnm maidn
full name: fullnm flnm
birth: nascto nascimto nacimto
birth: brth bth birt nac nasc naiss nais naissance nascita nascimento nacimiento geburt gebu geboor
death: dth dcsd decd fallecimiento defuncion obito deces sterbe todes
phone: phn fone phon tfno tlfno telf telno tlfn
address: addr adr adrs adres addrs addrss indirizzo direccion domicilio endereco anschrift
email: eml
ethnicity: ethn ethncty ethnc
religion: relig relgn reli konf
marital: mrtl marit
nationality: natl
citizenship: ctznshp citz ctzn
passport: psprt pspt passprt
gender: gndr
salary: slry salry
wage: wg
withheld: wh withhld whld
garnishment: garn garnish pfaendung embargo saisie
deceased: dcsd decsd
diagnosis: diagn dgns
disability: disab dsblty disabl discapacidad
offense: offns offns
charge: chrg
""")
"""Short forms and foreign words that mean the same in every name."""
_BESIDE: Mapping[str, str] = _pairs("""
dependent: dep dpt
child: ch chd chld enf kind hijo filho
mother: mth mom
father: fth dad
patient: pt pat pac
insured: ins
defendant: def
witness: wit
officer: ofc
physician: phys phy
provider: prov
attending: attn att
trainer: trnr
holder: hldr tit
beneficiary: ben
resident: hab res
worker: trab
customer: cust cli cu kd
member: mb mem
guardian: resp
spouse: conj
driver: dr
applicant: app appl
arrestee: arr
agent: agt
maiden: mdn
middle: mid
name: nm
veteran: vet
birth: geb
residence: dom
phone: ph
account: acct acc
""")
"""Short forms that mean this only beside a word that tells of persons."""
_TELLS = word_set("""
name first last middle maiden surname birth death dob ssn phone tel telephone mobile cell email
mail address race ethnicity religion gender sex salary income passport nm fname lname dod zip
initial dl license licence birthdate given family given name
""")
_PARTS = word_set("first last middle maiden given family fn ln mn preferred legal lgl pref")
_AFTER_PARTS = word_set("init initial init initials nm txt")
_ROLES_OF_PARTS = word_set("""
employee person customer client member patient student teacher driver borrower coborrower guest
passenger insured subscriber beneficiary dependent spouse mother father guardian emergency contact
claimant attorney adjuster officer suspect victim defendant inmate physician candidate recruiter
manager supervisor cashier salesperson worker user player owner tenant landlord debtor creditor
contributor donor participant respondent resident policyholder cardholder applicant child witness
provider attending trainer holder agent arrestee prescriber doctor nurse author coach rep judge
voter buyer seller applicant sender recipient cust emp stu pat mbr legal agt
""")

# Habits

_WITHOUT_VOWELS = """
student patient teacher driver borrower passenger claimant defendant customer person manager cashier
recipient volunteer beneficiary dependent adjuster inspector supervisor subscriber physician
applicant candidate guardian landlord tenant worker owner officer resident citizen participant
surname given middle maiden ethnicity religion nationality citizenship marital gender disability
veteran passport salary phone birth deceased pregnancy diagnosis
"""
_CUT_OFF = """
ethnicity religion nationality citizenship surname forename nachname vorname achternaam voornaam
nazwisko cognome sobrenome apellido geburtsdatum geboortedatum fodselsdato fodelsedatum geboorte
nacimiento nascimento naissance urodzenia
telephone telefono telefon celular cellulare domicilio endereco anschrift disability discapacidad
behinderung diagnosis diagnostico diagnose pregnancy salary salario gehalt
salaire sueldo stipendio wynagrodzenie passport pasaporte passeport reisepass konfession
familienstand veteran spouse conyuge garnishment deceased
"""
_CUT_OFF_LATE = """
personalausweis nettoeinkommen bruttoeinkommen haushaltseinkommen familieneinkommen jahreseinkommen
monatseinkommen geburtsname staatsangehoerigkeit schwerbehinderung krankenversichertennummer
sozialversicherungsnummer versichertennummer mitgliedsnummer personalnummer fuehrerschein
telefoonnummer mobilnummer burgerservicenummer rijksregisternummer nacionalidad nazionalita
niepelnosprawnosc obywatelstwo wynagrodzenie rachunku
"""
"""Compounds whose beginnings are words of their own, so they must be nearly whole."""
_LEAST_CUT_LATE = 9
_CANONICAL: Mapping[str, str] = _pairs("""
last name: nachname achternaam nazwisko cognome sobrenome apellido surname
first name: vorname voornaam forename
birth: geburtsdatum geboortedatum fodselsdato fodelsedatum geboorte nacimiento nascimento naissance
birth: urodzenia
phone: telephone telefono telefon celular cellulare
address: domicilio endereco anschrift
disability: discapacidad behinderung
diagnosis: diagnostico diagnose
salary: salario gehalt salaire sueldo stipendio wynagrodzenie
passport: pasaporte passeport reisepass
religion: konfession
marital status: familienstand
spouse: conyuge
""")
_LEAST_CUT = 5
_NOT_CUT_OFF = word_set("""
passe famil famili natio nation nationa citizens sobre ender veter reise telep salai stipe disca
decea garni diagnostic
""")
"""Beginnings that are as often those of other words."""
_VOWELS = re.compile(r"[aeiou]")


@cache
def _by_habit() -> dict[str, str]:
    """Map words without vowels, and beginnings of words, to the word; shared ones are left out."""
    out: dict[str, str] = {}
    known = vocabulary()
    shared: set[str] = set()
    for short, word in (*_skeletons(), *_beginnings()):
        plain = _CANONICAL.get(word, word)
        if out.setdefault(short, plain) != plain:
            shared.add(short)
    heads = {word[:n] for word in known for n in range(_LEAST_CUT, len(word) + 1)}
    whole = set(_CUT_OFF.split()) | set(_WITHOUT_VOWELS.split())
    return {
        short: plain
        for short, plain in out.items()
        if short not in shared and (short in whole or short not in heads or plain in known)
        if short not in known and short not in _NOT_CUT_OFF
    }


def _skeletons() -> Iterator[tuple[str, str]]:
    for word in _WITHOUT_VOWELS.split():
        bones = word[0] + _VOWELS.sub("", word[1:])
        for short in {bones, re.sub(r"(.)\1", r"\1", bones)}:
            if len(short) >= 4:
                yield short, word


def _beginnings() -> Iterator[tuple[str, str]]:
    for words, least in ((_CUT_OFF, _LEAST_CUT), (_CUT_OFF_LATE, _LEAST_CUT_LATE)):
        for word in words.split():
            for length in range(least, len(word) + 1):
                yield word[:length], word


_HEADS: Mapping[str, str] = _pairs("""
employee: emp empl employee ee
customer: cust customer kd cli
member: mbr member memb
patient: pat ptnt patient pt
student: stu student stud stdnt
person: person pers prsn
household: hh household
residence: res resid
home: home hm
mailing: mail mailing
subscriber: sub subscr subscriber
insured: ins insd insured
driver: drv drvr driver
borrower: borr brwr borrower
spouse: sps spouse
mother: mother mth
father: father fth
child: child chd
contact: contact cont
cardholder: cardholder
user: user usr
guest: guest gst
twitter: twitter
facebook: facebook fb
instagram: instagram insta
linkedin: linkedin
skype: skype
github: github
telegram: telegram
whatsapp: whatsapp
discord: discord
tiktok: tiktok
snapchat: snapchat
""")
_TAILS: Mapping[str, str] = _pairs("""
name: name nm nam
first name: fname firstname frstnm fnm
last name: lname lastname lnm
address: address addr adr
phone: phone phn tel telephone
email: email mail eml
ssn: ssn
dob: dob birthdate bdate
income: income inc
race: race
gender: gender sex
handle: handle
username: username login
profile: profile
url: url
id: id
number: number nbr no nr num
""")


@cache
def _glued() -> dict[str, str]:
    known = vocabulary()
    social = word_set("twitter facebook instagram linkedin skype github telegram discord tiktok")
    return {
        head + tail: f"{whose} {what}"
        for head, whose in _HEADS.items()
        for tail, what in _TAILS.items()
        if head + tail not in known or whose in social
        if len(head + tail) >= 5 and (what not in _SOCIAL_TAILS or whose in social)
    }


_SOCIAL_TAILS = word_set("handle username profile url id")


@lru_cache(maxsize=8192)
def written_out(words: tuple[str, ...]) -> tuple[str, ...]:
    """Write out the short forms among a name's words; () where there are none."""
    out: list[str] = []
    for word in words:
        _add(out, _plain(word).split(" "))
    told = any(word in _TELLS or word in _PARTS for word in out)
    if told:
        out = [_BESIDE.get(word, word) if _has_others(out, word) else word for word in out]
    found = _dated(_with_names(out))
    return () if found == words else found


def _add(out: list[str], plain: Sequence[str]) -> None:
    """Add words; `first name` and `name` make one name."""
    for word in plain:
        if word != "name" or out[-1:] != ["name"]:
            out.append(word)


# Dates of births and deaths are told by two words in any order, with a person between them.

_OF_DATES = word_set("""
date dt dte dat datum data fecha fec fch f d on am at le key sk id int yyyymmdd ymd ts txt val
""")
_OF_PLACES = word_set("""
plac plce plc
place city town lugar luogo ort lieu local localita localidade ciudad municipio comune plaats
miejsce commune ville
""")
_HAPPENED = ("birth", "death", "deceased")


def _dated(words: Sequence[str]) -> tuple[str, ...]:
    event = next((word for word in words if word in _HAPPENED), "")
    rest = [word for word in words if word != event]
    if not event or not (_OF_DATES | _OF_PLACES | _ROLES_OF_PARTS).issuperset(rest):
        return tuple(words)
    if event == "birth" and not _OF_PLACES.isdisjoint(rest):
        return ("birth", "place")
    if event == "birth" or not _OF_DATES.isdisjoint(rest):
        return (event, "date")
    return tuple(words)


def _plain(word: str) -> str:
    return _ALWAYS.get(word) or _glued().get(word) or _by_habit().get(word) or word


def _has_others(words: Sequence[str], word: str) -> bool:
    return any(other in _TELLS or other in _PARTS for other in words if other != word)


def _with_names(words: Sequence[str]) -> list[str]:
    """Add `name` after a role and `first` or `last`: `officer last` is an officer's last name."""
    out: list[str] = []
    for place, word in enumerate(words):
        _add(out, [_WHOLE_PARTS.get(word, word) if out else word])
        after = words[place + 1 :]
        if word in _PARTS and _may_be_name(words[:place], after):
            out.append("name")
    return out


_WHOLE_PARTS = {"fn": "first", "ln": "last", "mn": "middle", "pref": "preferred", "lgl": "legal"}


def _may_be_name(before: Sequence[str], after: Sequence[str]) -> bool:
    if not before or before[-1] not in _ROLES_OF_PARTS:
        return False
    return not after or (len(after) == 1 and after[0] in _AFTER_PARTS)
