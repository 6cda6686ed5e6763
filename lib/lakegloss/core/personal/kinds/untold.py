"""Finds personal data that values alone tell: under `col_3`, in captions of cases, in marks."""

import re
from collections.abc import Callable, Sequence

from lakegloss.core.personal import tables
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.person_names import (
    GIVEN_NAMES,
    has_name_shape,
    is_clear_name,
    is_given_name,
    mentions_person,
)
from lakegloss.core.personal.values import looks_personal
from lakegloss.core.values.checksums import date_holds, national_id
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_OTHERS = word_set(
    "var unnamed fld feld champ campo kolumne spalte colonna coluna kolom kol attrib"
)
_FEWEST = 4


def is_untold(words: Sequence[str]) -> bool:
    """Whether a name says nothing about the values: col_3, f7, value, campo_12."""
    return (tables.NEUTRAL_COLUMNS | _OTHERS).issuperset(words)


def class_by_form(words: Sequence[str], values: Sequence[str]) -> str:
    """Find dates of birth, phone numbers and streets in columns whose names say nothing."""
    if len(values) < _FEWEST or not is_untold(words):
        return ""
    if are_birth_dates(values):
        return P.BIRTH_DATE
    if _are_phones(values):
        return P.PHONE
    return P.ADDRESS if share_of(values, is_street) >= 0.6 else ""


# Dates of birth spread over two generations; dates of business do not.

_DAY = re.compile(
    r"(?:(?P<a>(?:19|20)\d\d)[-/.]?\d\d?[-/.]?\d\d?|\d\d?[-/. ](?:\d\d?|[A-Za-z]{3,9})[-/. ]"
    r"(?P<b>(?:19|20)\d\d))(?:[T ]00:00(?::00)?)?"
)
_OLDEST, _EARLY, _YOUNGEST, _SPREAD = 1910, 1975, 2022, 20


def are_birth_dates(values: Sequence[str]) -> bool:
    """Whether days spread over two generations, the youngest of them some years ago."""
    matches = [_DAY.fullmatch(value) for value in values]
    years = [int(match["a"] or match["b"]) for match in matches if match]
    if len(years) < max(_FEWEST, 0.9 * len(values)):
        return False
    early = sum(year <= _EARLY for year in years) >= 0.15 * len(years)
    late = max(years) <= _YOUNGEST and min(years) >= _OLDEST
    return early and late and max(years) - min(years) >= _SPREAD


# Phone numbers as people write them: some with a country's code, none with letters.

_DIALLED = re.compile(r"(?:\+|00)?\(?\d{1,4}\)?(?:[ ./-]?\(?\d{1,5}\)?){1,6}(?: ?x\d{1,5})?")
_SIGN = re.compile(r"\+\d|00\d\d|\(\d{2,4}\) ?\d|0\d{2,4}[ /-]")


def _are_phones(values: Sequence[str]) -> bool:
    if share_of(values, _is_number) < 0.9 or share_of(values, _SIGN.match) < 0.2:
        return False
    grouped = sum(1 for value in values if re.search(r"\d[ ./()-]+\d|^\+", value))
    return grouped >= 0.8 * len(values)


def _is_number(value: str) -> bool:
    digits = sum(map(str.isdigit, value))
    return 8 <= digits <= 15 and len(value) <= 24 and bool(_DIALLED.fullmatch(value))


# Streets

_STREET_WORD = (
    r"(?:street|st|avenue|ave|av|road|rd|lane|ln|drive|dr|boulevard|blvd|bd|court|ct|way|place|pl"
    r"|terrace|ter|circle|cir|parkway|pkwy|trail|trl|close|crescent|cres|highway|hwy|square|sq"
    r"|gardens|grove|row|mews|walk|hill|hollow|loop|path|pike|alley|rise|view)"
)
_ROAD = re.compile(
    rf"\d{{1,6}}[A-Za-z]?,? (?:[NSEW]{{1,2}}\.? )?(?:[\w.'-]{{1,30}} ){{1,5}}{_STREET_WORD}\b\.?"
    r"(?:[, ]{1,2}.{0,60})?"
    r"|(?:[\w.'-]{2,30} ){0,3}[\w.'-]{2,30}(?:stra(?:ß|ss)e|str\.?|weg|platz|gasse|allee|ring|gatan"
    r"|vägen|gata|vej|veien|gade|straat|laan|plein|kade|gracht|dijk|utca|katu|tie) ?\d{1,4} ?[a-z]?"
    r"(?:[-/ ]\d{0,4}[a-z]?)?(?:,? .{0,60})?"
    r"|(?:\d{1,5}(?:[a-z]| ?bis| ?ter)?,? )?(?:rue|avenue|av\.?|bd|boulevard|impasse|allée|chemin"
    r"|place|cours|quai|route|calle|c/|avda\.?|avenida|pza\.?|plaza|paseo|pº|camino|ctra\.?|carretera|ronda"
    r"|travesía|via|viale|v\.le|corso|piazza|p\.za|largo|vicolo|strada|rua|r\.|travessa|praça"
    r"|alameda|rodovia|estrada|ulica|ul\.|al\.|aleja|pl\.|os\.|jl\.|jalan) ?.{3,80}"
    r"|(?:am|an der|im|auf der|zum|zur|unter den) [\w.' -]{3,30} \d{1,4} ?[a-z]?(?:,? .{0,60})?"
    r"|p\.?o\.? box \d{1,8}.{0,40}|postfach \d[\d ]{0,12}|apartado(?: de correos)? \d{1,8}",
    re.IGNORECASE,
)


def is_street(value: str) -> bool:
    """Whether a text is written as a street with a number, in one of a dozen languages."""
    return bool(_ROAD.fullmatch(value)) and (any(map(str.isdigit, value)) or " s/n" in value)


_ROAD_ALONE = re.compile(
    r"[\w.' -]{2,40}(?:stra(?:ß|ss)e|str\.?|weg|platz|gasse|allee|gatan|vägen|gata|vej|veien|gade"
    r"|straat|laan|plein|gracht|utca|katu)"
    r"|[\w.' -]{2,40} (?:street|avenue|road|lane|drive|boulevard|close|crescent)"
    r"|(?:rue|avenue|bd|boulevard|impasse|allée|chemin|calle|avenida|paseo|camino|via|viale|corso"
    r"|piazza|vicolo|rua|travessa|praça|alameda|ulica|ul\.) .{3,40}",
    re.IGNORECASE,
)


def is_road(value: str) -> bool:
    """Whether a text names a street, with a town or without: its number stands elsewhere."""
    return bool(_ROAD_ALONE.fullmatch(value.partition(",")[0]))


# Captions of cases name who sues whom.

_CAPTIONS = word_set("caption style parties styled title name case matter asunto caratula rubrum")
_AGAINST = re.compile(
    r".{2,80} (?:v|vs|versus|c|contra|gegen|contre|-v-)\.? .{2,80}"
    r"|(?:in re|in the matter of|ex parte|matter of|estate of|re|guardianship of"
    r"|petition of)\b.{3,80}",
    re.IGNORECASE,
)


def are_captions(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether a column holds captions of cases: `State v. Marcus Whitfield`."""
    if _CAPTIONS.isdisjoint(words):
        return False
    return share_of(values, _AGAINST.fullmatch) >= 0.6 and len(values) >= 2


# Owners may be people, trusts and companies in one column.

_LAST_FIRST = re.compile(
    r"[A-Z][A-Za-z'\u2019-]{1,24}(?: (?:JR|SR|II|III))?, ?[A-Z][A-Za-z.-]{0,20}(?: [A-Z]\.?)?"
)
_STATE = re.compile(r".{2,30}, ?[A-Z]{2}")


def name_some_people(values: Sequence[str]) -> bool:
    """Whether a third of the values or more are people's names, though others are companies."""
    return len(values) >= 3 and share_of(values, _names_one) >= 0.33


def _names_one(value: str) -> bool:
    if _LAST_FIRST.fullmatch(value) and not _STATE.fullmatch(value):
        return has_name_shape(value)
    parts = re.split(r" ?& ?| and ", value)
    return any(is_clear_name(part) for part in parts) and all(map(_is_short, parts))


def _is_short(part: str) -> bool:
    return len(part.split()) <= 4


# Marks of students

_MARKS = word_set("""
gpa cgpa moyenne note notes nota notas noten zensur calificacion calificaciones promedio media voto
voti punteggio score scores mark marks grade grades result results percentile percentage pct points
cijfer cijfers betyg srednia ocena oceny resultat resultats punkte bewertung final midterm exam
exams
sat gre gmat toefl ielts act ects assessment coursework honours honors degreeclass transcript
""")
_NOT_MARKS = word_set("""
level lvl year avg average class school sch mean count cnt cd code date dt id max min weight scale
subject course district national required passing pass threshold type band grp group possible term
teacher tchr name desc text comment comments section
""")
_LETTER_MARK = re.compile(
    r"(?i:first|upper second|lower second|third|distinction|merit|pass|fail|hd|honou?rs)"
    r"|[123]:[12]|"
    r"[A-F][+-]?|[A-F][1-9*]|[A-Z]{1,2}\d?[+-]?|\d{1,3}(?:[.,]\d{1,3})?(?:/\d{1,3})?%?"
)
_YEAR_OF_SCHOOL = re.compile(r"[1-9]|1[0-3]|K|PK|KG")


def is_mark(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether a column of students holds the marks that they were given."""
    not_marks = _NOT_MARKS - {"term", "scale"} if "gpa" in words else _NOT_MARKS
    if _MARKS.isdisjoint(words) or not not_marks.isdisjoint(words) or not values:
        return False
    if words[-1] in ("grade", "note", "notes") and share_of(values, _YEAR_OF_SCHOOL.fullmatch) == 1:
        return False
    return share_of(values, _LETTER_MARK.fullmatch) >= 0.8


# What somebody wrote about a person

_REMARKS = word_set("""
comment comments note notes remark remarks feedback narrative text summary observation observations
bemerkung bemerkungen notiz kommentar observaciones comentario comentarios observacoes commentaire
commentaires remarque annotazioni osservazioni opmerking opmerkingen uwagi obs statement report desc
description
""")


def tells_of_people(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether sentences under a name of remarks often speak of a person by name."""
    if _REMARKS.isdisjoint(words) or len(values) < 3:
        return False
    return share_of(values, _speaks_of_one) >= 0.34


def _speaks_of_one(value: str) -> bool:
    words = value.split()
    first = words[0] if words else ""
    begins = len(words) >= 3 and first.istitle() and first.lower() in GIVEN_NAMES - _VERBS
    return begins or mentions_person(value)


_VERBS = word_set("will mark grace may chase drew sue bill rob pat art max sky rose summer dean")


# Where rows are persons, two values are enough that could hardly be anything else

_FEW = 2
WORDS_OF_OTHERS = (
    tables.NAMES_OF_OTHERS
    | tables.THING_TABLES
    | word_set("""
brand make mk mdl model
colour color size nationality language lang month day birthplace pob ward diocese dish
favourite favorite title isyeri workplace employer
keyword keywords term terms topic topics tag tags mesh abstract subject theme interest interests
genre object objekt objet oggetto objeto obiekt premises immobile immeuble immobilie
liegenschaft vivienda
""")
)
_DATED_NUMBER = re.compile(
    r"(?P<a>\d\d)(?P<b>\d\d)(?P<c>\d\d)(?:[-+/A-FU-Y]\d{3}[\dA-Y]| \d{5})"  # six digits of a date
    r"|\d{3}\.\d{3}\.\d{3}-\d\d"
)


def class_beside_persons(
    words: Sequence[str], family: str, values: Sequence[str], *, sure: bool
) -> str:
    """Find the class of a few values of a table about persons; the column's name tells nothing.

    Args:
        words: those of its name.
        family: of its type: text, number, date, boolean, binary.
        values: some different values.
        sure: the rows are persons, and do not only refer to them.
    """
    if len(values) < _FEW or not WORDS_OF_OTHERS.isdisjoint(words):
        return ""
    if family == "date":
        return P.BIRTH_DATE if sure and _are_days_of_birth(words, values) else ""
    if family != "text":
        return ""
    for kind, holds in _CLEAR:
        if share_of(values, holds) >= 0.8:
            return kind
    if sure and share_of(values, _ILLNESS.search) >= 0.3 and _MEASURED.isdisjoint(words):
        return P.HEALTH
    named = words[-1:] and words[-1] in tables.NAME_WORDS
    return P.NAME if _are_names(values, fewest=_FEW if named else 3, given=sure) else ""


_MEASURED = word_set("unit units uom dose strength size pack package amount weight")
_ILLNESS = re.compile(
    r"(?i)infar[ck]t|fra[ck]t(?:ur|uur|ure|uri)|diabet|asth?ma|epileps|epil[eè]ps|depressi|carcino"
    r"|karzinom|rakovin|tumou?r|legasthen|d[iy]sle[xk]|autis[mt]|adhd|\btdah\b|migr[aäe]n|h?[iy]perton"
    r"|h?[iy]pert[ae]ns|pneumon|allerg(?!en free)|alergi|thrombo|tromb(?:o|us)|leu[ck][aäe]m|schizo"
    r"|bipolar|alzheimer|parkinson|covid|s[ck]olio|pregnan|schwanger|insuff?i[cz]i"
    r"|\w{4}(?:itis|itida|ite\b|iasis|pathi[ea]|pati[ae]\b|algi[ea]|[aä]mie)\b"
    r"|\w{4}(?<!diagn)osis\b"
    r"|\w{3}(?:statin|olol|cill?in|mycin|prazol|conazol|formin|sartan|oxetin|azepam|zolam)[ae]?\b"
    r"|\b\d{1,4} ?(?:mg|mcg|\u00b5g)\b"
)
"""What illnesses and drugs are called in most languages: the Greek and Latin words of medicine."""


def _is_dated_number(value: str) -> bool:
    """Whether this is an identity number by its form: a date, a mark and a serial number."""
    match = _DATED_NUMBER.fullmatch(value)
    if match is None:
        return bool(national_id(value))
    if match["a"] is None:
        return True
    first, month, last = match["a"], f"{int(match['b']) % 50 % 20:02d}", match["c"]
    return date_holds(month, first) or date_holds(month, last)


_CLEAR: tuple[tuple[PersonalClass, Callable[[str], object]], ...] = (
    (P.NATIONAL_ID, _is_dated_number),
    (P.PHONE, lambda value: looks_personal(value) == P.PHONE),
    (P.ADDRESS, is_street),
)


def _are_names(values: Sequence[str], *, fewest: int, given: bool) -> bool:
    if share_of(values, lambda v: " " in v and has_name_shape(v)) >= 0.8:
        return share_of(values, is_clear_name) >= (0.4 if given else 0.6)
    return given and len(values) >= fewest and share_of(values, is_given_name) >= 0.9


_OF_BUSINESS = re.compile(
    r"^est_|cha?rt|incorp|establ|gruend|constr|built|bau|botadur|launch|inaug|commiss|ordain|loc_|store|site"
    r"|hire|join|start|begin|open|clos|end|exit|enter|entry|found|built|regist|enrol|member|since|from"
    r"|until|valid|issue|expir|updat|creat|visit|order|sign|contract|purchas|licen|marri|wed|retire"
    r"|eintritt|austritt|beginn|seit|ab$|alta|baja|ingreso|inicio|entree|sortie|debut|fin$|inizio|fine"
    r"|assunz|zatrud|przyj|death|died|decea|deces|obit|muert|morte|zgon|sterb|tod"
)


def _are_days_of_birth(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether days of persons spread over generations, and nothing speaks of business or death."""
    return are_birth_dates(values) and not _OF_BUSINESS.search("_".join(words))


# Parts of what somebody is paid

_NO_PAY = word_set("""
hours hrs hour days day units unit qty quantity count cnt rate pct percent percentage factor fte
share weight year month week period age km miles
""")
_MONEY = re.compile(r"-?\d{1,9}[.,]\d\d")
_LARGE = re.compile(r"-?\d{4,9}[.,]\d\d")
"""From a thousand on; hours of a month and percentages are less."""


def are_parts_of_pay(words: Sequence[str], family: str, values: Sequence[str]) -> bool:
    """Whether a column of a payroll holds amounts of money, whatever they are called there."""
    if family != "number" or len(values) < _FEW or not _NO_PAY.isdisjoint(words):
        return False
    return share_of(values, _MONEY.fullmatch) == 1 and any(map(_LARGE.fullmatch, values))
