"""Finds what a table is about, from its name and the names of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.names import own_name
from lakegloss.core.personal import tables
from lakegloss.core.personal.columns import SENSITIVE, Hit, PersonalClass, find_phrase, plain
from lakegloss.core.words.generic import NOT_THE_HEAD
from lakegloss.core.words.lexicon import latin_words_of, word_set

P = PersonalClass
DATED = frozenset({P.BIRTH_DATE, P.DEATH_DATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the table is about.

    Attributes:
        person, thing: its rows are about persons; about things and organisations.
        clinical: its rows are clinical events of persons.
        keyed: it refers to persons.
        address: it holds addresses.
        bank, pay: it is about bank accounts; about what people are paid.
        subject: the class of personal data that its own name says.
    """

    person: bool
    thing: bool
    clinical: bool
    keyed: bool
    address: bool
    bank: bool
    pay: bool
    subject: PersonalClass | None


@lru_cache(maxsize=8192)
def unaccented_words(name: str) -> tuple[str, ...]:
    """Split a name into words without accents; numbers are left out."""
    return tuple(w for w in latin_words_of(plain_case(name)) if not w.isdigit())


def plain_case(name: str) -> str:
    """Write a name without accents; capitals stay, because they separate words."""
    return name if name.isascii() else "".join(plain(c) if c.islower() else c for c in name)


_OWN_NAMES = word_set("""
firstname lastname surname familyname givenname middlename maidenname fname lname vorname
nachname prenom apellido apellidos nombres forename fullname cognome sobrenome achternaam
voornaam nazwisko namefirst namelast nomdefamille primerapellido primernombre jmeno
""")
_MARKS = frozenset(
    {P.BIRTH_DATE, P.GENDER, P.NATIONAL_ID, P.MARITAL_STATUS, P.ETHNICITY, P.PASSPORT}
    | {P.DEATH_DATE, P.DRIVING_LICENCE, P.MEMBER_NUMBER}
)


_KEY_TAILS = (("id",), ("key",), ("no",), ("number",), ("patient",), ("person",), ("employee",))


def context_of(table: str, siblings: Sequence[str]) -> Context:
    """Find what the table is about."""
    words = _table_words(table)
    head = next((w for w in reversed(words) if w not in NOT_THE_HEAD), "")
    sibling_marks = [_sibling(s) for s in siblings]
    marked = any(mark for mark, _, _ in sibling_marks)
    keyed = any(key for _, key, _ in sibling_marks)
    hit = find_phrase([w for w in words if w not in NOT_THE_HEAD])
    subject = hit.found if hit and not hit.in_person_tables else None
    names = {"".join(unaccented_words(s)) for s in siblings}
    company = not tables.COMPANY_SIBLINGS.isdisjoint(names)
    about_thing = (head in tables.THING_TABLES or company) and subject is None
    about_person = bool(tables.PERSON_TABLES.intersection(words)) and not about_thing
    cards = len(tables.CARD_SIBLINGS.intersection(names))
    return Context(
        person=marked or about_person or cards >= 2,
        thing=about_thing and not marked,
        clinical=keyed and not tables.CLINICAL_TABLES.isdisjoint(words),
        keyed=keyed or marked,
        address=any(address for _, _, address in sibling_marks) or "address" in words,
        bank=not tables.BANK_WORDS.isdisjoint(words) or "iban" in names,
        pay=not tables.PAY_WORDS.isdisjoint(words),
        subject=subject,
    )


@lru_cache(maxsize=512)
def _table_words(table: str) -> tuple[str, ...]:
    name = plain_case(own_name(table)) if table else ""
    whole = name.lower()
    if whole in tables.THING_TABLES or whole in tables.PERSON_TABLES:  # LFA1, PA0002
        return (whole,)
    return latin_words_of(name)


@lru_cache(maxsize=8192)
def _sibling(name: str) -> tuple[bool, bool, bool]:
    """Whether a column shows a table of persons, is a person's key, is an address."""
    words = unaccented_words(own_name(name))
    hit = find_phrase(words)
    key = words[-1:] in _KEY_TAILS and not tables.PERSON_TABLES.isdisjoint(words)
    if hit is None or hit.in_person_tables:
        return False, key, False
    own = hit.found is P.NAME and "".join(words[hit.start : hit.end]) in _OWN_NAMES
    mark = (hit.found in _MARKS or own) and not vetoed_by_words(hit, words)
    return mark, key, hit.found is P.ADDRESS


def vetoed_by_words(hit: Hit, words: Sequence[str]) -> bool:
    """Whether the words around a phrase make it a fact about the thing, as in `email_sent_at`."""
    before, after = set(words[: hit.start]), set(words[hit.end :])
    if hit.found in SENSITIVE:
        before -= {"is", "has", "was"}
        after -= tables.SENSITIVE_TAILS_KEPT
    if hit.found is P.HEALTH and words[-1] == "id" and {"concept", "status"}.isdisjoint(words):
        return True  # the key of an event, not what it tells
    if hit.found is P.INCOME and not after <= tables.INCOME_TAILS:
        return True
    if hit.found in DATED:
        after -= {"date", "time", "timestamp", "datetime", "at"}
    return not (
        tables.COUNTING_HEADS.isdisjoint(before) and tables.METADATA_TAILS.isdisjoint(after)
    )
