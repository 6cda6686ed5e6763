"""Sorts classes of personal data into groups; the group of a table follows from its columns.

The groups are those under which laws and card schemes protect data: personal data (GDPR), payment
cards (PCI DSS), health, and protected health information (HIPAA): health and a person together.
"""

from collections.abc import Iterable
from enum import StrEnum

from lakegloss.core.personal.classes import DIRECT, SENSITIVE, PersonalClass


class LabelGroup(StrEnum):
    """What protects a column or a table; a later one is higher."""

    PII = "pii"
    PCI = "pci"
    MEDICAL = "medical"
    PHI = "phi"


_RANK = {group: place for place, group in enumerate(LabelGroup)}
_CARDS = frozenset({PersonalClass.CARD_NUMBER, PersonalClass.CARD_CODE})
_CLASSES = frozenset(PersonalClass)
_PLACES = {one: place for place, one in enumerate(PersonalClass)}
_PLATFORM = {
    "age": "birth_date", "birth_date": "birth_date", "credit_card": "card_number",
    "date_of_birth": "birth_date", "email": "email", "email_address": "email",
    "gender": "gender", "iban": "iban", "iban_code": "iban", "ip_address": "ip_address",
    "location": "location", "mac_address": "device", "medical_license": "national_id",
    "name": "name", "nationality": "nationality", "person": "name", "phone": "phone",
    "phone_number": "phone", "postal_code": "postal_code", "us_bank_number": "bank_account",
    "us_itin": "tax_id", "us_ssn": "national_id", "vin": "licence_plate",
}  # fmt: skip
"""Classes of Databricks' data classification without its prefix."""
_ENDINGS = {
    "_passport": "passport", "_driver_license": "driving_licence", "_tax_id": "tax_id",
    "_tfn": "tax_id", "_nhs": "health", "_medicare": "health", "_bank_number": "bank_account",
    "_ssn": "national_id", "_nino": "national_id", "_id_card": "national_id", "_cpf": "national_id",
    "_national_id": "national_id", "_social_security": "national_id", "_pan": "tax_id",
    "_aadhaar": "national_id", "_date_of_birth": "birth_date", "_ethnicity": "ethnicity",
    "_health": "health", "_diagnosis": "health", "_address": "address",
}  # fmt: skip
PLATFORM_PREFIX = "class."
"""How the tags begin that Databricks' data classification sets."""


def group_of_class(personal: str) -> LabelGroup | None:
    """The group of a class of personal data; None where it is no such class."""
    if personal not in _CLASSES:
        return None
    if personal in _CARDS:
        return LabelGroup.PCI
    return LabelGroup.MEDICAL if personal == PersonalClass.HEALTH else LabelGroup.PII


def class_of_group(group: LabelGroup) -> str:
    """A class that has this group; health for protected health information."""
    wanted = LabelGroup.MEDICAL if group is LabelGroup.PHI else group
    return next(one.value for one in PersonalClass if group_of_class(one) is wanted)


def highest_group(groups: Iterable[LabelGroup]) -> LabelGroup | None:
    """The group of what holds all of these: the highest; a person and health together are PHI."""
    there = set(groups)
    if LabelGroup.MEDICAL in there and there & {LabelGroup.PII, LabelGroup.PCI}:
        return LabelGroup.PHI
    return max(there, key=_RANK.__getitem__, default=None)


def highest_class(classes: Iterable[str]) -> str:
    """The class of a column that holds all of these: of the highest group, the most telling."""
    known = [one for one in classes if group_of_class(one) is not None]
    return min(known, key=_order, default="")


def _order(personal: str) -> tuple[int, int, int]:
    group = group_of_class(personal)
    kind = 0 if personal in SENSITIVE else 1 if personal in DIRECT else 2
    return -_RANK[group] if group else 0, kind, _PLACES[PersonalClass(personal)]


def class_of_platform_tag(tag: str) -> str:
    """The class of personal data that a tag `class.*` of Databricks stands for, or ''."""
    name = tag.partition(":")[0].strip().lower()
    if not name.startswith(PLATFORM_PREFIX):
        return ""
    name = name.removeprefix(PLATFORM_PREFIX)
    if name in _CLASSES:
        return name
    ending = next((found for end, found in _ENDINGS.items() if name.endswith(end)), "")
    return _PLATFORM.get(name, ending)
