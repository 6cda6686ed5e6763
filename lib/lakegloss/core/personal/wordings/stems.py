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
        naiss nascim nascit nacim geburt geboort gebd geb_ urodz ur(?:_|$) narozen fodsel fodd
        birth dob szulet syntym dogum
    """),
    P.HEALTH: _begins("""
        allerg alerg uczulen medicat medicam medikam medisch medizin medical med_(?:cond|need|note)
        restrict\\w*_med aptitude_med diagn krankh maladi malatt enfermed doenc chorob ziekt sjukdom
        sykdom nemoc pathol patolog invalid(?:it|e) invalid_perm discap deficien handicap behinder
        schwerbeh niepeln orzecz disab injur verletz lesion blessur obrazen immun vaccin vacun vacin
        impf szczep inenting chronic symptom sintom pregnan schwanger embaraz gravid grossess ciaz
        psych(?:iat|ol) therap terapi epilep asthm asma diabet cancer krebs demen autis adhd tdah
        dysle fractur frattur comorbid blutdr blutgr blutz wheelchair rollstuhl trauma mental
    """),
    P.INCOME: _begins("""
        salair salar(?!ied) gehalt(?!s(?:art|gruppe|stufe)) lohn(?!art|gruppe|stufe|steuerkl)
        brut(?:t?o)loon nettoloon loonbeslag jaarloon maandloon sueldo stipendi retribuz retribuc
        wynagr pensja salaris einkomm einkuenf inkomen renda(?:_|$) renta_(?:fam|anu|mens|per)
        revenus?(?:_|$) reddit dochod mzda income earning wages? remunerac remuneraz
        (?:netto|brutto|bruto|neto|lordo)_(?:m|j|a) pfaend garnish embargo_s
    """),
    P.CITIZENSHIP: _begins("""
        titre_?sej carte_?sej aufenthalt verblijf permiso_?resid permesso_?sogg karta_?pobyt cidadan
        ciudadan cittadin citizen staatsang staatsb obywatel obcanstv immigr residence_?permit
    """),
    P.ETHNICITY: _begins("ethnic ethni etnic etnia"),
    P.RELIGION: _begins("religi konfess confess wyznan faith vyznan"),
    P.CRIMINAL_RECORD: _begins("""
        infraction_ peine_ condamn casier vorstraf straftat strafregist delito condena condann reato
        convict felon antecedentes_pen niekaraln trestn
    """),
    P.POLITICS: _begins("pol_levy political_levy syndica sindica gewerksch vakbond sindacat"),
    P.PHOTO: _begins("selfie mugshot headshot (?:foto|photo|portrait|bild)_(?:url|path|key|pfad)"),
    P.DOCUMENT: _begins("(?:doc|id|passport|licen[cs]e)_(?:front|back|scan|image|img|copy)"),
}
"""Stems of at least four letters, several words joined by `_`, by how sure they are."""
_ADDRESS = _begins("post?anschr \\w*anschr adress domicil indirizz direcci enderec logradour")
_OF_OFFICES = _begins("sede sitz siege office hq firm work arbeit bureau oficina ufficio kantoor")
_NO_FACT = (tables.METADATA_TAILS - tables.SENSITIVE_TAILS_KEPT) | tables.ROLES
_FILES = frozenset({P.PHOTO, P.DOCUMENT})
_PLACES_AND_PARTS = re.compile(
    r"(?:^|_)(?:lieu|lugar|luogo|ort|plaats|miejsc|local|pais|pays|land|countr|city|town|place|rate"
    r"|weight|order|cert|year|jahr|ann|rok|month|hour|name|nm|name?n|nom|land|stad|commun|comun|mun)"
)


@lru_cache(maxsize=16_384)
def _stem_of(words: tuple[str, ...]) -> PersonalClass | None:
    joined = "_".join(words)
    return next((kind for kind, stems in _STEMS.items() if stems.search(joined)), None)


def class_by_stem(words: Sequence[str], family: str, values: Sequence[str]) -> str:
    """Find the class of a column of a table about persons by the stems of its words.

    Args:
        words: those of its name, without accents.
        family: of its type: text, number, date, boolean, binary.
        values: some different values.
    """
    if not words or not tables.COUNTING_HEADS.isdisjoint(words):
        return ""
    kind = _stem_of(tuple(words))
    if kind is None:
        return P.ADDRESS if family == "text" and _is_address(words, values) else ""
    if kind is P.BIRTH_DATE:
        return kind if _is_birth_date(words, family, values) else ""
    if family in ("date", "binary") or (family == "boolean" and kind is P.INCOME):
        return ""
    if kind in _FILES:
        return kind if family == "text" else ""
    return "" if words[-1] in _NO_FACT or words[-1] in ("id", "key") else kind


def _is_birth_date(words: Sequence[str], family: str, values: Sequence[str]) -> bool:
    if _PLACES_AND_PARTS.search("_".join(words)):
        return False
    if family == "date":
        return True
    return bool(values) and share_of(values, lambda v: bool(forms.is_date(v))) >= 0.8


def _is_address(words: Sequence[str], values: Sequence[str]) -> bool:
    joined = "_".join(words)
    if not values or not _ADDRESS.search(joined) or _OF_OFFICES.search(joined):
        return False
    return share_of(values, lambda v: " " in v and any(map(str.isdigit, v))) >= 0.6
