"""Knows what speaks against a class that a name says: lines free of charge, accounts of jobs."""

import re
from collections.abc import Callable, Mapping, Sequence

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.families.free_lines import is_free_line
from lakegloss.core.personal.kinds.organisations import is_role_mailbox
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_OF_JOBS = re.compile(
    r"job|batch|flow|load|sys(?:tem|adm|$)|admin|integ|svc|service|\bbot|bot$|etl|\bapi|auto|proc(?:ess|$)"
    r"|import|sync|cron|daemon|migr|intf|interface|sched|queue|root|nobody|public|portal|upload|export"
    r"|nightly|scanner|kiosk|terminal|^web|webform|feed|gateway|robot|worker\d",
    re.IGNORECASE,
)
_VEHICLES_WITHOUT_DRIVER = word_set("""
trailer trlr chassis container wagon semitrailer anhaenger auflieger remorque remolque rimorchio
naczepa oplegger reboque tail aircraft vessel
""")
_LINES_OF_FIRMS = word_set("""
loc location store branch hotline helpline switchboard helpdesk callcenter callcentre freephone
tollfree
""")
_PINS_OF_POST = re.compile(r"[1-9]\d{2} ?\d{3}")
"""India calls its postal codes pins."""


_FLEET = re.compile(r"([A-Z]{2,4})[- ]?\d{3,6}")
_FEWEST_OF_FLEET = 5
_ANIMALS = word_set(
    "animal pet dog cat horse canine equine puppy herd breed cow bull calf mare foal"
)
_THINGS = word_set("""
price plan product prod item sku device card vehicle car sensor warehouse store model make mk mdl
location loc site team room vessel ship asset account_type template
""")
_MAILBOXES = word_set(
    "brand support reply replyto noreply helpdesk inbox queue shared distribution"
)


def _vehicle_alone(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether plates are of trailers, or all begin alike: numbers of a fleet."""
    if not _VEHICLES_WITHOUT_DRIVER.isdisjoint(words):
        return True
    matches = [_FLEET.fullmatch(value) for value in values]
    beginnings = {match[1] for match in matches if match}
    return len(values) >= _FEWEST_OF_FLEET and all(matches) and len(beginnings) == 1


_PEOPLE = word_set("""
owner keeper handler manager mgr agent user person contact member customer patient employee staff
rep driver rider guest tenant emergency mobile cell private home technician tech operator
""")
"""Beside these, the word for a place or an animal only tells whose person it is."""


def _of_animal(words: Sequence[str], _values: Sequence[str]) -> bool:
    return not _ANIMALS.isdisjoint(words) and _PEOPLE.isdisjoint(words)


def _of_thing(words: Sequence[str], values: Sequence[str]) -> bool:
    if "nickname" in words and not _THINGS.isdisjoint(words) and _PEOPLE.isdisjoint(words):
        return True
    return _account_of_job(words, values)


def _mailbox(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether a column for mailboxes of many people holds some, and not persons' addresses."""
    return not _MAILBOXES.isdisjoint(words) and share_of(values, is_role_mailbox) >= 0.3


def _line_of_firm(words: Sequence[str], values: Sequence[str]) -> bool:
    if not _LINES_OF_FIRMS.isdisjoint(words) and _PEOPLE.isdisjoint(words):
        return True
    if _in_one_block(words, values):
        return True
    return bool(values) and share_of(values, is_free_line) >= 0.8


_WORDS_OF_CONTACTS = word_set("""
phone tel telephone telefon telefono telefone fax no nr number num nummer mobile cell handy ph tlf
home private work alt alternate second other daytime evening
address addr adr adresse adres anschrift indirizzo direccion endereco street mailing postal billing
delivery shipping line full current permanent residential
""")
"""Words of a contact that do not say whose it is."""
_FEWEST_ROWS = 10
_OF_PLACES = frozenset({P.PHONE, P.ADDRESS})


def is_of_one_place(kind: str, words: Sequence[str], values: Sequence[str], rows: int) -> bool:
    """Whether many rows have one phone or address in common: that of the office, of no person.

    A word must say whose it is: a table may be about one person.
    """
    if kind not in _OF_PLACES or len(values) != 1 or rows < _FEWEST_ROWS:
        return False
    return _is_of_something(words)


_ROLE = re.compile(
    r"\w{2,}(?:meister|leiter|fahrer|berater|betreuer|vertreter|pfleger|lehrer|techniker|inhaber"
    r"|besitzer|partner|helfer|mieter|halter)(?:in)?s?"
)
"""Words of German and its cousins for whom somebody is, glued to what for: `hausmeister`."""


def _is_of_something(words: Sequence[str]) -> bool:
    if not _PEOPLE.isdisjoint(words) or any(map(_ROLE.fullmatch, words)):
        return False
    return bool(set(words) - _WORDS_OF_CONTACTS)


_FEWEST_OF_BLOCK, _SHARED_DIGITS = 4, 6


def _in_one_block(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether all numbers begin alike, and a word beside says that they are something's.

    A house's extensions differ in their last digits alone. Invented numbers have 555.
    """
    if len(values) < _FEWEST_OF_BLOCK or not _is_of_something(words):
        return False
    starts = {"".join(filter(str.isdigit, value))[:_SHARED_DIGITS] for value in values}
    start = starts.pop()
    return not starts and len(start) == _SHARED_DIGITS and "555" not in start


def _account_of_job(_words: Sequence[str], values: Sequence[str]) -> bool:
    return bool(values) and share_of(values, _OF_JOBS.search) >= 0.6


def _other_pin(words: Sequence[str], values: Sequence[str]) -> bool:
    if "pin" not in words and "pincode" not in words:
        return False
    return bool(values) and share_of(values, _PINS_OF_POST.fullmatch) < 0.5


_OWN_NETWORK = re.compile(
    r"(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?:/\d{1,2})?"
)
_FEWEST_OF_NETWORK = 5
_CLIENTS = _PEOPLE | word_set("""
client clients remote visitor login session src source caller subscriber voter student pupil
workstation laptop desktop pc endpoint
""")


def _in_own_network(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether all addresses are inside an office's network, and no word tells whose they are."""
    if len(values) < _FEWEST_OF_NETWORK or not _CLIENTS.isdisjoint(words):
        return False
    return share_of(values, _OWN_NETWORK.fullmatch) == 1


_NUMBER_OF_PAPER = re.compile(
    r"(?:no|nr|nro|num|numero|number)?doc(?:u|ument|umento)?(?:no|nr|nro|num|numero|number)?"
)
_OF_STATE = re.compile(
    r"[A-Z]?[ -]?\d(?:[ ./-]?\d){5,15}[ -]?[A-Z]{0,2}|[A-Z]{3} ?\d{6}|[A-Z]{2} ?\d{7}"
    r"|[A-Z]{2} ?\d{5} ?[A-Z]{2}|[A-Z]{4}\d{6}[A-Z\d]{6,8}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]"
)
"""How states write the numbers that they give to persons; deliveries are BL101271 or SO25-00931."""


def _of_trade(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether a document's number, of which no word tells more, is not written as a state's."""
    if not values or not _NUMBER_OF_PAPER.fullmatch("".join(words)):
        return False
    return share_of(values, _OF_STATE.fullmatch) < 0.5


_DENIALS: Mapping[PersonalClass, Callable[[Sequence[str], Sequence[str]], bool]] = {
    P.LICENCE_PLATE: _vehicle_alone,
    P.PHONE: _line_of_firm,
    P.USERNAME: _of_thing,
    P.BIRTH_DATE: _of_animal,
    P.GENDER: _of_animal,
    P.IP_ADDRESS: _in_own_network,
    P.EMAIL: _mailbox,
    P.POSTAL_CODE: _other_pin,
    P.NATIONAL_ID: _of_trade,
}


def is_denied(kind: PersonalClass, words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether the words around the phrase or the values speak against its class."""
    denial = _DENIALS.get(kind)
    return denial is not None and denial(words, values)
