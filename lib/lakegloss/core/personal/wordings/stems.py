"""Finds the class that the beginning of a word tells, in tables about persons: `restrict_med`."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from lakegloss.core.personal import tables
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of

P = PersonalClass


def _begins(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|_)(?:{'|'.join(text.split())})")


_STEMS: Mapping[PersonalClass, re.Pattern[str]] = {
    P.BIRTH_DATE: _begins("""
        naiss nascim nascit nacim geburt geboort gebd geb(?:_|$) urodz ur(?:_|$) narozen fodsel fodd
        birth dob szulet syntym dogum
        szul(?:_|$) nasteri rodjen syntyn dzimsan gimim lahir gennis
    """),
    P.HEALTH: _begins("""
        allerg alerg uczulen medicat medicam medikam medisch medizin medical med_(?:cond|need|note)
        restrict\\w*_med aptitude_med diagn krankh maladi malatt enfermed doenc chorob ziekt sjukdom
        sykdom nemoc pathol patolog invalid(?:it|e) invalid_perm discap deficien handicap behinder
        schwerbeh niepeln orzecz disab injur verletz lesion blessur obrazen immun vaccin vacun vacin
        impf szczep inenting chronic symptom sintom pregnan schwanger embaraz gravid grossess ciaz
        psych(?:iat|ol) therap terapi epilep asthm asma diabet cancer krebs demen autis adhd tdah
        dysle fractur frattur comorbid blutdr blutgr blutz wheelchair rollstuhl trauma mental
        laake(?:_|t|$) laakit medisin medicin sairau tauti(?:_|$) oireet betegs gyogysz
        gyogykez verc(?:sop|uk) halal_?ok(?:a|_|$) ilac(?:_|$) hastalik teshis engelli
        ameliyat kan_gr blod(?:typ|gr) veriry boala bolest lidelse dodsars kuolinsy olum_ned
        cause_?of_?death cauza_dec causa_(?:muer|mort|obit|dec) todesurs penyakit benh_
        terhess raskau tuen_paat sykmeld sygdom sjukskr
    """),
    P.INCOME: _begins("""
        salair salar(?!ied) gehalt(?!s(?:art|gruppe|stufe)) lohn(?!art|gruppe|stufe|steuerkl)
        brut(?:t?o)loon nettoloon loonbeslag jaarloon maandloon sueldo stipendi retribuz retribuc
        wynagr pensja salaris einkomm einkuenf inkomen renda(?:_|$) renta_(?:fam|anu|mens|per)
        revenus?(?:_|$) reddit dochod mzda income earning wages? remunerac remuneraz
        (?:netto|brutto|bruto|neto|lordo)_(?:m|j|a) pfaend garnish embargo_s
        palkka(?:_|$) fizetes jovedel lonn_ salariu venitur maas_(?:b|n|t) gaji luong_
        gongzi
    """),
    P.CITIZENSHIP: _begins("""
        titre_?sej carte_?sej aufenthalt verblijf permiso_?resid permesso_?sogg karta_?pobyt cidadan
        ciudadan cittadin citizen staatsang staatsb obywatel obcanstv immigr residence_?permit
        allampolg kansalai uyru[kg] statsborg medborg cetaten asyl
    """),
    P.ETHNICITY: _begins("""
        ethnic ethni etnic etnia suku_ nemzetiseg migrationsh
    """),
    P.RELIGION: _begins("""
        religi konfess confess wyznan faith vyznan trossam felekez uskon(?:to|_) mezhep
        ton_giao
    """),
    P.CRIMINAL_RECORD: _begins("""
        infraction_ peine_ condamn casier vorstraf straftat strafregist delito condena condann reato
        convict felon antecedentes_pen niekaraln trestn
        domfel domt_ straff(?:_|$) buntet elitel sabika rikos tuomio(?:_|$) cazier
    """),
    P.POLITICS: _begins("""
        pol_levy political_levy syndica sindica sindacal gewerksch vakbond sindacat
        wahl(?:abs|entsch) stimmabs vot(?:e|ing)_int intenc(?:ion|ao)_(?:de_)?vot
        intention_(?:de_)?vote szavazo
    """),
    P.PHOTO: _begins("selfie mugshot headshot (?:foto|photo|portrait|bild)_(?:url|path|key|pfad)"),
    P.DOCUMENT: _begins("(?:doc|id|passport|licen[cs]e)_(?:front|back|scan|image|img|copy)"),
}
"""Stems of at least four letters, several words joined by `_`, by how sure they are."""
_ADDRESS = _begins("post?anschr \\w*anschr adress domicil indirizz direcci enderec logradour")
_OF_OFFICES = _begins("sede sitz siege office hq firm work arbeit bureau oficina ufficio kantoor")
_NO_FACT = (tables.METADATA_TAILS - tables.SENSITIVE_TAILS_KEPT) | tables.ROLES
_FILES = frozenset({P.PHOTO, P.DOCUMENT})
_DEGREES = ("pct", "percent", "grade", "level")
"""What may be said of a disability: how great it is."""
_PLACES_AND_PARTS = re.compile(
    r"(?:^|_)(?:lieu|lugar|luogo|ort|plaats|miejsc|local|pais|pays|land|countr|city|town|place|rate"
    r"|weight|order|cert|year|jahr|ann|rok|month|hour|name|nm|name?n|nom|land|stad|commun|comun|mun)"
)


@lru_cache(maxsize=16_384)
def _stem_of(words: tuple[str, ...]) -> PersonalClass | None:
    joined = "_".join(words)
    return next((kind for kind, stems in _STEMS.items() if stems.search(joined)), None)


def speaks_of_birth(words: Sequence[str]) -> bool:
    """Whether a name speaks of a day of birth in another language than English.

    English words are left to the phrases: births are counted, and companies have one.
    """
    whole = tuple(words)
    if any(word.startswith(("birth", "dob")) for word in whole):
        return False
    return _stem_of(whole) is P.BIRTH_DATE and not _PLACES_AND_PARTS.search("_".join(whole))


def class_by_stem(words: Sequence[str], family: str, values: Sequence[str]) -> str:
    """Find the class of a column of a table about persons by the stems of its words.

    Args:
        words: those of its name, without accents.
        family: of its type: text, number, date, boolean, binary.
        values: some different values.
    """
    if not words or not tables.COUNTING_HEADS.isdisjoint(words[:-1]):
        return ""
    kind = _stem_of(tuple(words))
    if kind is None:
        return _by_stem_and_values(words, values) if family in ("text", "number") else ""
    return kind if _may_be(kind, words, family, values) else ""


def _may_be(kind: PersonalClass, words: Sequence[str], family: str, values: Sequence[str]) -> bool:
    """Whether the type, the values and the last word go with the class of the stem."""
    if kind is P.BIRTH_DATE:
        return _is_birth_date(words, family, values)
    if family in ("date", "binary") or (family == "boolean" and kind is P.INCOME):
        return False
    if kind in _FILES:
        return family == "text"
    if kind is P.HEALTH and words[-1] in _DEGREES:
        return True
    return words[-1] not in _NO_FACT and words[-1] not in ("id", "key")


def _is_birth_date(words: Sequence[str], family: str, values: Sequence[str]) -> bool:
    if _PLACES_AND_PARTS.search("_".join(words)):
        return False
    if family == "date":
        return True
    return bool(values) and share_of(values, lambda v: bool(forms.is_date(v))) >= 0.8


_NUMBERS: Mapping[PersonalClass, re.Pattern[str]] = {
    P.PHONE: _begins("""
        puh(?:_|$|elin) tlf telef telp handy mobil(?!ier) komork gsm(?:_|$) movil celul cellul
        portabl dien_?thoai hp(?:_|$) keitai dianhua telemov
    """),
    P.BANK_ACCOUNT: _begins("""
        konto(?:n|_n|$) kontonr szamla bankszam hesap_?n tili_?n tilinum rachun cislo_uctu bankovni
        cont_banc tai_khoan rekening no_rek bank_(?:ac|kto|cta|hes|no) cuenta_banc compte_banc
        conto_c conta_(?:banc|corr)
    """),
    P.PASSPORT: _begins(
        "passp passap passep pasap paspo reisepass paszport utlevel ho_chieu paspor"
    ),
    P.NATIONAL_ID: _begins("""
        taj(?:_|$) szemelyi(?:_|$|sz) henkilot kimlik ahv svnr sozialvers nik(?:_|$) ktp cccd cmnd
        personnum fodselsn rodne_?c jmbg identit identid identif_(?:fisc|nat|pers)
        titulo_ele credencial_ele carte_elec wahlschein
    """),
    P.MEMBER_NUMBER: _begins("""
        tessera tarjeta_(?:soc|fid|san) carte_(?:fid|membr|vital) cartao_(?:fid|soc|saude) fidelid
        fidelit fedelta kundenkarte mitgliedsn medlemsn jasennum uye_n klubkart stammkund
    """),
}
"""Stems that need the right values beside them: numbers."""
_LEAST_DIGITS = {P.PHONE: 7, P.BANK_ACCOUNT: 8, P.PASSPORT: 5, P.NATIONAL_ID: 6, P.MEMBER_NUMBER: 4}
_TEXT_OF_NUMBER = re.compile(r"[A-Z]{0,4}[\d ()+./-]{4,40}[A-Z]{0,2}")


def _by_stem_and_values(words: Sequence[str], values: Sequence[str]) -> str:
    """Find addresses, and numbers of phones, accounts and papers, by a stem and the values."""
    if _is_address(words, values):
        return P.ADDRESS
    kind = _number_of(tuple(words))
    if kind is None or not values or not tables.METADATA_TAILS.isdisjoint(words[:-1]):
        return ""
    if kind is P.PHONE and _OF_OFFICES.search("_".join(words)):
        return ""
    least = _LEAST_DIGITS[kind]
    return kind if share_of(values, lambda v: _is_number(v, least)) >= 0.8 else ""


@lru_cache(maxsize=16_384)
def _number_of(words: tuple[str, ...]) -> PersonalClass | None:
    joined = "_".join(words)
    return next((kind for kind, stems in _NUMBERS.items() if stems.search(joined)), None)


def _is_number(value: str, least: int) -> bool:
    digits = sum(map(str.isdigit, value))
    return digits >= least and bool(_TEXT_OF_NUMBER.fullmatch(value)) and not forms.is_date(value)


def _is_address(words: Sequence[str], values: Sequence[str]) -> bool:
    joined = "_".join(words)
    if not values or not _ADDRESS.search(joined) or _OF_OFFICES.search(joined):
        return False
    return share_of(values, lambda v: " " in v and any(map(str.isdigit, v))) >= 0.6
