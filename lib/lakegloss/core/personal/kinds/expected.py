"""Knows which values a class of personal data cannot have: a phone number without digits."""

import re
from collections.abc import Callable, Sequence

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.person_names import company_share
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of

P = PersonalClass


def vetoed_by_values(kind: PersonalClass, values: Sequence[str]) -> bool:
    """Whether the values cannot be those of the class."""
    expected = _EXPECTED.get(kind)
    if not values or expected is None:
        return False
    if kind is P.CARD_NUMBER and share_of(values, _shows_few_digits) >= 0.5:
        return True  # the last four digits are on every receipt
    if kind is P.TAX_ID and share_of(values, _OF_COMPANIES.fullmatch) >= 0.6:
        return True
    holds, least = expected
    # Hashed or masked values still belong to persons.
    hidden_share = share_of(values, forms.is_digest) + share_of(values, lambda v: "***" in v)
    return hidden_share < 0.5 and share_of(values, holds) < least


_MASK = re.compile(r"[*xX•#.]{4,}")
_OF_COMPANIES = re.compile(
    r"\d\d-\d{7}"
    r"|(?:AT ?U|BE ?[01]|DE|DK|ES ?[A-HJUV]|FI|FR|GB|IE|IT|LU|NL|PL|PT ?5|SE) ?[\dA-Z]{8,12}"
    r"|[ABCDEFGHJUV]-?\d{8}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}"
)
"""Tax numbers of companies: EIN, VAT numbers, the CIF of Spain, the CNPJ of Brazil."""


def _shows_few_digits(value: str) -> bool:
    return bool(_MASK.search(value)) and sum(map(str.isdigit, value)) <= 5


def _may_be_name(value: str) -> bool:
    value = _NUMBER_OF_CLINICIAN.sub("", value)
    letters = sum(map(str.isalpha, value))
    return letters * 2 >= len(value) > 0 and len(value) <= 80 and not company_share((value,))


_NUMBER_OF_CLINICIAN = re.compile(r"[A-Z]{0,3}\d{2,15}\^")
"""HL7 writes a number before a clinician's name: 1881234567^LOPEZ^ANA."""


def _has_digits(least: int) -> Callable[[str], bool]:
    return lambda value: sum(map(str.isdigit, value)) >= least


def _may_be_account(value: str) -> bool:
    return len(value) <= 100 and not forms.is_date(value) and not forms.is_uuid(value)


def _has_text(value: str) -> bool:
    if _HOST_AND_PORT.fullmatch(value) or _HEXADECIMAL.fullmatch(value):
        return False
    return len(value) >= 2 and not forms.is_date(value) and not forms.are_flags({value.lower()})


_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,64}")
"""An address in a computer's memory, or of a contract in a chain of blocks."""
_HOST_AND_PORT = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?")


def _may_be_birth_date(value: str) -> bool:
    return bool(forms.is_date(value)) or _has_digits(4)(value)


_EXPECTED: dict[PersonalClass, tuple[Callable[[str], bool], float]] = {
    P.NAME: (_may_be_name, 0.5),
    P.EMAIL: (lambda v: "@" in v or "//" in v, 0.3),  # bookings of flights write // for @
    P.PHONE: (_has_digits(5), 0.5),
    P.ADDRESS: (_has_text, 0.5),
    P.BIRTH_DATE: (_may_be_birth_date, 0.5),
    P.DEATH_DATE: (_may_be_birth_date, 0.5),
    P.NATIONAL_ID: (_has_digits(3), 0.5),
    P.TAX_ID: (_has_digits(3), 0.5),
    P.PASSPORT: (_has_digits(3), 0.5),
    P.DRIVING_LICENCE: (_has_digits(2), 0.5),
    P.CARD_NUMBER: (_has_digits(8), 0.5),
    P.CARD_CODE: (_has_digits(3), 0.5),
    P.BANK_ACCOUNT: (_has_digits(4), 0.5),
    P.MEMBER_NUMBER: (_has_digits(1), 0.5),
    P.USERNAME: (lambda v: _may_be_account(v) and not v.isdigit(), 0.5),
    P.IP_ADDRESS: (forms.is_ip_address, 0.5),
    P.SECRET: (_may_be_account, 0.5),
    P.POSTAL_CODE: (_has_digits(2), 0.5),
}
