"""Finds what tells a patient's health: codes of medicine, dates of care, notes of doctors."""

import re
from collections.abc import Sequence

from lakegloss.core.personal import tables
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.classify import PersonalColumn
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

# The shapes of code lists. Other codes have them, too (parts, versions, places in a grid), so a
# shape counts only in a table of patients, or under a name that speaks of diagnoses.
_ICD10 = re.compile(r"[A-TV-Z]\d[0-9AB](?:\.[0-9A-TV-Z]{1,4})?")
_ICD10_DOTTED = re.compile(r"[A-TV-Z]\d[0-9AB]\.[0-9A-TV-Z]{1,4}")
_ICD10_BARE = re.compile(r"[A-TV-Z]\d[0-9AB][0-9A-TV-Z]{0,4}")
_ICD9 = re.compile(r"(?:\d{3}|V\d\d|E\d{3})(?:\.\d{1,2})?")
_ICD9_BARE = re.compile(r"\d{3,5}|V\d{2,4}|E\d{3,4}")
_NDC = re.compile(r"\d{4}-\d{4}-\d\d|\d{5}-(?:\d{4}-\d|\d{3,4}-\d\d)")
_LOINC = re.compile(r"\d{1,5}-\d")
_HCPCS = re.compile(r"[A-V]\d{4}")
_SNOMED = re.compile(r"[1-9]\d{5,8}(?:00|01|02|03|06|08)")
_DOTTED = (_ICD10_DOTTED, _NDC)
_ANY_CODE = (_ICD10, _ICD10_BARE, _ICD9, _ICD9_BARE, _NDC, _LOINC, _HCPCS, _SNOMED)

_OF_DIAGNOSES = word_set("""
dx dgns diag diagnosis diagnoses diagnostic icd icd9 icd10 cid cie cim disease morbidity pathology
diagnose diagnostico diagnosi hauptdiagnose nebendiagnose grunderkrankung
""")
_NOT_OF_PATIENTS = word_set("""
type unit units provider version ver modifier qualifier sequence seq seqnum line count cnt amt
amount cost price paid charge charges plan payer department dept room ward bed facility
location batch file system org organization site operator field event pos rev period
""")
_OF_BODIES = word_set("tumor tumour biopsy wound lesion injury surgical pain primary metastasis")
_OFFICE = word_set("id identifier key sk uuid guid created updated modified")
_NUMBERS_OF_CASES = word_set("nr number nummer no art typ type dat datum")
"""Beside these, `fall` is the German word for a case, and no risk of falling."""
_KEYS_OF_MEMBERS = word_set("mbr member subscriber bene beneficiary patient pat enrollee insured")
_OF_GOODS = word_set("""
product products producto produto produit produkt article artikel item sku part model firmware
release grid cell
""")
_CLAIM = frozenset({"clm", "claim"})
_LONG_TEXT = 20


def class_by_clinic(column: PersonalColumn) -> str:
    """Find health data by the names, types and values of columns in tables of patients."""
    if column.context.grouped or column.context.explains:
        return ""
    if any(_names_diagnosis(words, column) for words in column.readings):
        return P.HEALTH
    if not column.context.clinical:
        return ""
    return next(filter(None, (_in_clinic(words, column) for words in column.readings)), "")


def _names_diagnosis(words: Sequence[str], column: PersonalColumn) -> bool:
    """Whether the name speaks of diagnoses and the values are codes: `dx` of optics holds none."""
    context = column.context
    if _OF_DIAGNOSES.isdisjoint(words) or context.thing or context.vehicles:
        return False
    if column.family == "date":
        return False
    if not _NOT_OF_PATIENTS.isdisjoint(words) or words[-1] in _OFFICE:
        return False
    return _are_codes(column.values, _ANY_CODE if column.family == "text" else (_ICD9_BARE,))


def _are_codes(values: Sequence[str], shapes: Sequence[re.Pattern[str]]) -> bool:
    return bool(values) and any(share_of(values, shape.fullmatch) >= 0.8 for shape in shapes)


def _in_clinic(words: Sequence[str], column: PersonalColumn) -> str:
    if not words:
        return ""
    if column.family == "date" or _are_dates(column.values):
        return P.HEALTH if _is_of_care(words) else ""
    if not _OF_BODIES.isdisjoint(words):
        words = [word for word in words if word != "site"]
    if column.family == "boolean" or not _NOT_OF_PATIENTS.isdisjoint(words):
        return ""
    if "fall" in words and not _NUMBERS_OF_CASES.isdisjoint(words):
        return ""
    if words[-1] in _OFFICE and "concept" not in words:
        return P.MEMBER_NUMBER if _is_member_number(words, column) else ""
    return P.HEALTH if _tells_of_care(words, column) else ""


def _tells_of_care(words: Sequence[str], column: PersonalColumn) -> bool:
    if not tables.CARE_COLUMNS.isdisjoint(words):
        return True
    values = column.values
    return column.family == "text" and (_has_dotted_codes(words, values) or _is_note(words, values))


def _has_dotted_codes(words: Sequence[str], values: Sequence[str]) -> bool:
    """Whether values are codes of diagnoses (some with dots) or drugs, under no name of goods."""
    if len(values) < 2 or not _OF_GOODS.isdisjoint(words):
        return False
    dotted = any(share_of(values, shape.fullmatch) >= 0.3 for shape in _DOTTED)
    return dotted and _are_codes(values, (_ICD10, _NDC))


def _is_of_care(words: Sequence[str]) -> bool:
    """Whether a date tells when a patient was cared for, and not when an office did something."""
    if not tables.OFFICE_DATES.isdisjoint(words):
        return False
    if tables.EVENT_BOUNDS.issuperset(words):  # clm_from_dt, but not claim_date
        return _CLAIM.isdisjoint(words) or not _CLAIM.union(("date", "dt")).issuperset(words)
    return not tables.CLINICAL_EVENTS.isdisjoint(words)


def _are_dates(values: Sequence[str]) -> bool:
    return bool(values) and share_of(values, _is_day) >= 0.8


_COMPACT_DAY = re.compile(r"(?:19|2\d)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def _is_day(value: str) -> bool:
    return bool(_COMPACT_DAY.fullmatch(value) or forms.is_date(value[:10]))


def _is_member_number(words: Sequence[str], column: PersonalColumn) -> bool:
    """Whether the key is the number on a member's card, not one that a system drew by chance."""
    if len(words) != 2 or words[0] not in _KEYS_OF_MEMBERS or column.family != "text":
        return False
    return share_of(column.values, _is_card_number) >= 0.8 and bool(column.values)


def _is_card_number(value: str) -> bool:
    digits = sum(map(str.isdigit, value))
    return digits >= 6 and len(value) <= 20 and not forms.is_uuid(value)


def _is_note(words: Sequence[str], values: Sequence[str]) -> bool:
    if tables.CLINICAL_NOTES.isdisjoint(words):
        return False
    return not values or share_of(values, lambda v: len(v) >= _LONG_TEXT and " " in v) >= 0.5
