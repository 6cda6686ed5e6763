"""Finds what a table is about, from its name and the names of its columns."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from lakegloss.core.names import own_name, schema_of
from lakegloss.core.personal import tables
from lakegloss.core.personal.columns import SENSITIVE, Hit, PersonalClass, find_phrase, plain
from lakegloss.core.personal.kinds.answers import is_survey, shows_survey
from lakegloss.core.personal.kinds.organisations import (
    WORDS_OF_MACHINES,
    is_of_machines,
    is_of_vehicles,
)
from lakegloss.core.personal.kinds.short_forms import written_out
from lakegloss.core.personal.kinds.surroundings import (
    WORDS_OF_SURROUNDINGS,
    is_of_court,
    is_of_students,
    is_tracked,
    words_of_name,
)
from lakegloss.core.personal.wordings.stems import speaks_of_birth
from lakegloss.core.words.generic import NOT_THE_HEAD
from lakegloss.core.words.lexicon import erp_table, expand, latin_words_of, word_set, words_of

P = PersonalClass
DATED = frozenset({P.BIRTH_DATE, P.DEATH_DATE})


class Context(NamedTuple):
    """What the table is about.

    Attributes:
        person, thing: its rows are about persons; about things and organisations.
        clinical_table: its name and a key say that its rows are clinical events of persons.
        clinical: its name or the columns beside say that its rows are of patients.
        keyed: it refers to persons.
        address: it holds addresses.
        bank, pay: it is about bank accounts; about what people are paid.
        grouped: its rows are groups of people, such as counts by race.
        explains: it only explains codes.
        contest: it is about races of cars, horses or runners.
        traffic: it logs requests of visitors.
        machines: it describes servers and the like, which belong to nobody.
        vehicles: it describes vehicles.
        students: it holds what students are given marks for.
        animals: its patients are animals.
        totals: several columns count, as those of a provider's year.
        tracked: it tells where vehicles or devices of persons were.
        court: its rows are cases against persons.
        union: its rows are members of trade unions.
        survey: its rows are answers to a survey.
        subject: the class of personal data that its own name says.
    """

    person: bool
    thing: bool
    clinical_table: bool
    clinical: bool
    keyed: bool
    address: bool
    bank: bool
    pay: bool
    grouped: bool
    explains: bool
    contest: bool
    traffic: bool
    machines: bool
    vehicles: bool
    students: bool
    totals: bool
    animals: bool
    tracked: bool
    court: bool
    union: bool
    survey: bool
    subject: PersonalClass | None


@lru_cache(maxsize=8192)
def unaccented_words(name: str) -> tuple[str, ...]:
    """Split a name into words without accents; numbers are left out."""
    return tuple(w for w in latin_words_of(plain_case(name)) if not w.isdigit())


@lru_cache(maxsize=8192)
def meaning_of(name: str) -> tuple[str, ...]:
    """The words that the rules for comments write a name out in: `dgns_cd` is diagnosis code.

    German and Dutch compounds are cut before their last word: `aufnahmedatum`.
    """
    out: list[str] = []
    for word in unaccented_words(expand(plain_case(name))):
        match = _COMPOUND.fullmatch(word)
        out.extend(match.groups() if match else (word,))
    return tuple(out)


_COMPOUND = re.compile(r"([a-z]{4,30}?)s?(datum|nummer|nr)")


def plain_case(name: str) -> str:
    """Write a name without accents; capitals stay, because they separate words."""
    return name if name.isascii() else "".join(plain(c) if c.islower() else c for c in name)


_OWN_NAMES = word_set("""
firstnm lastnm frstnm lstnm lnm fnm nomnaissance apellidosnombre firstname lastname surname
familyname givenname middlename maidenname fname lname vorname
nachname prenom apellido apellidos nombres forename fullname cognome sobrenome achternaam
voornaam nazwisko namefirst namelast nomdefamille primerapellido primernombre jmeno
soyad soyadi adsoyad adisoyadi etternavn fornavn efternavn fornamn efternamn sukunimi etunimi
etunimet prijmeni jmenoprijmeni keresztnev vezeteknev csaladnev prezime imeprezime priimek
priezvisko prenume
eesnimi perekonnanimi uzvards pavarde hoten namalengkap xingming shimei familiya eponymo
""")
# A table with a student's name has a row for each student; one with a customer's may hold orders.
_ROWS = word_set(
    "resident patient student stu pupil inmate defendant def arrestee voter pax passenger pac"
)
_MARKS = frozenset(
    {P.BIRTH_DATE, P.GENDER, P.NATIONAL_ID, P.MARITAL_STATUS, P.ETHNICITY, P.PASSPORT}
    | {P.DEATH_DATE, P.DRIVING_LICENCE, P.MEMBER_NUMBER, P.CITIZENSHIP}
)


# What tables of products, of groups of people or of codes have, too.
_OF_GROUPS = frozenset({P.GENDER, P.MARITAL_STATUS, P.ETHNICITY, P.CITIZENSHIP})
_KEY_TAILS = tuple(
    (tail,) for tail in "id key no number nbr num nr sk patient person employee".split()
)


class Contexts:
    """What a table is about, for each of its columns by the columns beside it.

    Most columns tell nothing of the table; without one of them or another, it is about the same.

    Args:
        names: of all its columns.
    """

    def __init__(self, table: str, names: Sequence[str]) -> None:
        self._table = table
        self._marks = tuple(map(_sibling, names))
        self._by_mark: dict[_Sibling, Context] = {}

    def of(self, place: int) -> Context:
        """The context of a column."""
        own = self._marks[place]
        if (known := self._by_mark.get(own)) is None:
            beside = self._marks[:place] + self._marks[place + 1 :]
            known = self._by_mark[own] = _context(self._table, beside)
        return known


def context_of(table: str, siblings: Sequence[str]) -> Context:
    """Find what the table is about."""
    return _context(table, tuple(map(_sibling, siblings)))


def _context(table: str, siblings: Sequence["_Sibling"]) -> Context:
    size, marks = len(siblings), [m for m in siblings if m is not _SILENT]
    words = _table_words(table)
    about = words + tuple(w for w in _schema_words(table))
    head = next((w for w in reversed(words) if w not in NOT_THE_HEAD), "")
    names = {m.joined for m in marks}
    beside = frozenset[str]().union(*(m.telling for m in marks if m.telling))
    certain = any(m.certain for m in marks)
    hit = find_phrase([w for w in words if w not in NOT_THE_HEAD])
    subject = hit.found if hit and not hit.in_person_tables else None
    company = not tables.COMPANY_SIBLINGS.isdisjoint(names)
    premises = not tables.PREMISES_SIBLINGS.isdisjoint(names)
    grouped = not certain and _has_groups(words, marks, names, size)
    company = company or (premises and (grouped or len(tables.CLINICAL_MARKS & beside) < 2))
    about_thing = (head in tables.THING_TABLES or company) and subject is None
    keyed = any(m.key for m in marks) and not grouped
    explains = not certain and not keyed and _only_explains(words, marks, table, size)
    totals = _are_totals(marks)
    single = not (grouped or explains)
    traits = len(tables.TRAITS & names)
    marked = certain or (single and any(m.mark and (traits > 1 or not m.gender) for m in marks))
    about_person = not about_thing and not tables.PERSON_TABLES.isdisjoint(words)
    lives = traits >= 3 or not tables.LIVES.isdisjoint(names)
    cards = len(tables.CARD_SIBLINGS & names)
    beside_words = frozenset[str]().union(*(m.words for m in marks if m.words))
    all_words = beside_words.union(words)
    animals = "vet" in words or not _ANIMALS.isdisjoint(all_words)
    machines = is_of_machines(beside_words, of_persons=keyed or marked)
    return Context(
        person=single and not machines and (marked or about_person or lives or cards >= 2),
        thing=about_thing and not certain,
        clinical_table=keyed and not animals and not tables.CLINICAL_TABLES.isdisjoint(words),
        clinical=single
        and not animals
        and (_is_omop(names) or _is_clinical(about, beside, keyed=keyed or marked, totals=totals)),
        keyed=keyed or marked,
        address=any(m.address for m in marks) or "address" in words,
        bank=not tables.BANK_WORDS.isdisjoint(words) or "iban" in names,
        pay=single and not tables.PAY_WORDS.isdisjoint(beside.union(about)),
        grouped=grouped,
        explains=explains,
        contest=len(tables.CONTESTS & beside) >= 2 or not tables.CONTESTS.isdisjoint(words),
        traffic=len(tables.TRAFFIC & names) >= 2,
        machines=machines,
        totals=totals,
        animals=animals,
        vehicles=is_of_vehicles(beside_words),
        students=single and is_of_students(all_words),
        tracked=not machines and is_tracked(all_words),
        court=single and is_of_court(all_words),
        union=not all_words.union(words).isdisjoint(tables.UNIONS),
        survey=not grouped and is_survey(words, sum(m.survey for m in marks)),
        subject=subject,
    )


def _has_groups(
    words: Sequence[str], marks: Sequence["_Sibling"], names: set[str], size: int
) -> bool:
    """Whether rows are groups of people: the table's name says it, or one column in seven counts.

    A key of persons, their traits, or a table of persons by its name keep it a table of persons.
    """
    if any(m.key or m.user for m in marks):
        return False
    counted = sum(m.counted for m in marks)
    traits = len(tables.TRAITS & names)
    if (traits >= 3 and counted <= traits) or (traits >= 2 and "name" in names):
        return False
    if not tables.AGGREGATES.isdisjoint(words) or "by" in words[1:-1]:
        return _SINGLE_PERSONS.isdisjoint(words)
    of_persons = not tables.PERSON_TABLES.isdisjoint(words)
    return counted >= 2 and counted * 7 >= size and not of_persons


def _only_explains(
    words: Sequence[str], marks: Sequence["_Sibling"], table: str, size: int
) -> bool:
    if not _OF_REFERENCE.isdisjoint(_split_schema(table)):
        return True
    if not tables.LOOKUPS.isdisjoint(words) and tables.PERSON_TABLES.isdisjoint(words):
        return True
    is_small = 1 <= size <= _MOST_EXPLAINING
    return is_small and len(marks) == size and all(m.explains for m in marks)


_MOST_EXPLAINING = 8
_ANIMALS = word_set(
    "pet pets veterinary breed breeds herd cattle livestock canine feline equine dog"
)
_SINGLE_PERSONS = word_set("micro microdata pums person persons individual individuals respondent")
_OF_REFERENCE = word_set("ref reference lookup lookups lkp codes seed seeds codelists terminology")
_FEWEST_TOTALS = 3


def _are_totals(marks: Sequence["_Sibling"]) -> bool:
    """Whether several columns count: a provider's year, not a patient's stay."""
    return sum(m.counted for m in marks) >= _FEWEST_TOTALS


def _is_omop(names: set[str]) -> bool:
    """Whether rows are events of persons in the OMOP model, which codes them as concepts."""
    return not _OMOP_PERSONS.isdisjoint(names) and any(name.endswith(_CONCEPT) for name in names)


_OMOP_PERSONS = word_set("personid personsrc personsourcevalue")
_PATIENTS = word_set("""
patient paciente patienten paziente pacjent pacjenta pacient pacienta patientin pac paz
""")


def _is_clinical(
    words: Sequence[str], beside: frozenset[str], *, keyed: bool, totals: bool
) -> bool:
    """Whether rows are of patients: by the table's name and a key, or by what stands beside."""
    named = not tables.CLINICAL_TABLES.isdisjoint(words)
    marks = len(tables.CLINICAL_MARKS & beside)
    of_patients = keyed or named or not _PATIENTS.isdisjoint(beside)
    if keyed and named:
        return True
    if totals and _PATIENTS.isdisjoint(beside):
        return False
    if marks >= 2 and of_patients:
        return True
    told = not tables.CERTAIN_MARKS.isdisjoint(beside)
    return (
        marks >= 3 and told and bool(keyed or tables.CLINICAL_MARKS & beside - tables.CODES_OF_CARE)
    )


_TECHNICAL = frozenset(
    name for name in tables.THING_TABLES | tables.PERSON_TABLES if not name.isalpha()
)


def _schema_words(table: str) -> tuple[str, ...]:
    return tuple(
        w for w in _split_schema(table) if w in tables.SCHEMAS or w in tables.CLINICAL_TABLES
    )


@lru_cache(maxsize=512)
def _split_schema(table: str) -> tuple[str, ...]:
    try:
        return latin_words_of(schema_of(table))
    except ValueError:  # no name of a table
        return ()


@lru_cache(maxsize=512)
def _table_words(table: str) -> tuple[str, ...]:
    name = plain_case(own_name(table)) if table else ""
    for whole in (name.lower(), *name.lower().split("_")):
        if whole in _TECHNICAL:  # LFA1, PA0002
            return (whole,)
    erp = latin_words_of(
        erp_table(name) or erp_table(name.rpartition("_")[2])
    )  # PA0008: basic pay of an employee
    return latin_words_of(name) + (erp if "employee" in erp else ())


class _Sibling(NamedTuple):
    """What a column tells of its table; of most columns nothing.

    Attributes:
        joined: its words without blanks, if such a name can tell what the table is about.
        telling, words: those of its words that can tell it, by the name cut or as it is.
        mark, certain: it marks a table of persons; also where rows could be groups or things.
        gender: it is a gender, which products and plugs have, too.
        key, address: it is a person's key; an address.
        user: it is an address or account of a person, which groups do not have.
        counted, explains: it counts; it has only words of tables that explain codes.
        survey: how clearly it shows a survey.
    """

    joined: str = ""
    telling: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    mark: bool = False
    certain: bool = False
    gender: bool = False
    key: bool = False
    address: bool = False
    user: bool = False
    counted: bool = False
    explains: bool = False
    survey: int = 0


_SILENT = _Sibling()
"""What most columns tell: nothing."""


@lru_cache(maxsize=8192)
def _sibling(name: str) -> _Sibling:
    words = _split(own_name(name))
    key = words[-1:] in _KEY_TAILS and not _HOLDERS_OF_KEYS.isdisjoint(words)
    hit = find_phrase(words)
    if (hit is None or hit.in_person_tables) and (long := written_out(words)):
        better = find_phrase(long)
        words, hit = (long, better) if better else (words, hit)
    weak = hit is None or hit.in_person_tables
    kind = None if weak or hit is None else hit.found
    own = hit is not None and "".join(words[hit.start :]) in _OWN_NAMES
    marks = kind in _MARKS or (kind is P.NAME and own)
    marks = marks or (kind is P.NAME and not _ROWS.isdisjoint(words))
    mark = marks and hit is not None and not vetoed_by_words(hit, words)
    mark = mark or (hit is None and speaks_of_birth(words))
    told = _Sibling(
        joined=_telling_name("".join(words)),
        telling=_TELLING.intersection(words),
        words=_WORDS_BESIDE.intersection(words_of_name(name)),
        mark=mark,
        certain=mark and kind not in _OF_GROUPS and (kind is not P.NAME or own),
        gender=kind is P.GENDER and tables.PERSON_TABLES.isdisjoint(words),
        key=key,
        address=kind is P.ADDRESS,
        user=kind in _OF_USERS and not vetoed_by_words(hit, words) if hit else False,
        counted=words[:1] in _COUNTING or not tables.COUNTED.isdisjoint(words),
        explains=bool(words) and tables.EXPLAINING.issuperset(words),
        survey=shows_survey(name),
    )
    return told if any(told) else _SILENT


def _telling_name(joined: str) -> str:
    if joined in _NAMES:
        return joined
    return _CONCEPT if joined.endswith(_CONCEPT) else ""


_OF_USERS = frozenset({P.EMAIL, P.USERNAME, P.DEVICE})
_HOLDERS_OF_KEYS = tables.PERSON_TABLES | word_set("pat ptnt pt stdnt usubjid subscriber mrn")
_COUNTING = frozenset((word,) for word in tables.COUNTING)
_TELLING = tables.CLINICAL_MARKS | tables.CONTESTS | tables.PAY_WORDS
_CONCEPT = "conceptid"
_NAMES = tables.COMPANY_SIBLINGS.union(
    tables.PREMISES_SIBLINGS, tables.TRAITS, tables.LIVES, tables.CARD_SIBLINGS, tables.TRAFFIC,
    _OMOP_PERSONS, ("iban", "name"),
)  # fmt: skip
"""Names of columns that tell what the table is about."""
_WORDS_BESIDE = _ANIMALS | tables.UNIONS | WORDS_OF_MACHINES | WORDS_OF_SURROUNDINGS


def _split(name: str) -> tuple[str, ...]:
    """Split a name into words; a long word is cut where the lexicon can: PATIENTID."""
    words = unaccented_words(name)
    if len(words) != 1 or len(words[0]) <= _LONG_WORD or find_phrase(words):
        return words
    return tuple(word for word in words_of(words[0]) if not word.isdigit())


_LONG_WORD = 6


_OF_DATES = word_set("""
date time timestamp datetime at key id sk dt dte dttm ts yyyymmdd ymd cd num str text txt utc
""")
"""Words after a date's phrase that tell only how it is written: date_of_birth_key."""
_OF_CODES = word_set("ver version modifier qualifier prevalence incidence")


_KEPT_IDS = frozenset({"concept", "status", "self"})


def vetoed_by_words(hit: Hit, words: Sequence[str]) -> bool:
    """Whether the words around a phrase make it a fact about the thing, as in `email_sent_at`."""
    before, after = set(words[: hit.start]), set(words[hit.end :])
    if hit.found in SENSITIVE:
        before -= {"is", "has", "was"}
        after -= tables.SENSITIVE_TAILS_KEPT
    if hit.found is P.HEALTH and words[-1] == "id" and _KEPT_IDS.isdisjoint(words):
        return True  # the key of an event, not what it tells
    if hit.found is P.HEALTH and {"type", "concept"}.issubset(words):
        return True  # how an event was recorded
    if hit.found is P.INCOME:
        return not after <= tables.INCOME_TAILS or not tables.COUNTING_HEADS.isdisjoint(before)
    if hit.found in DATED:
        after -= _OF_DATES
    if hit.found is P.HEALTH and not _OF_CODES.isdisjoint(words):
        return True
    return not (
        tables.COUNTING_HEADS.isdisjoint(before) and tables.METADATA_TAILS.isdisjoint(after)
    )
