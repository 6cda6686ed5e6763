"""Finds personal data that no column's name shows: by the table's subject or by lists of values."""

import re
from collections.abc import Sequence

from lakegloss.core.personal import tables
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.classify import PersonalColumn
from lakegloss.core.personal.columns import find_phrase, is_harmless
from lakegloss.core.personal.kinds.answers import class_by_answers
from lakegloss.core.personal.kinds.expected import vetoed_by_values
from lakegloss.core.personal.kinds.surroundings import is_fate, is_of_court, words_of_name
from lakegloss.core.personal.kinds.untold import (
    are_birth_dates,
    are_captions,
    are_parts_of_pay,
    class_beside_persons,
    class_by_form,
    is_mark,
    is_street,
    tells_of_people,
)
from lakegloss.core.personal.person_names import is_handle_of_name, is_person_name, name_share
from lakegloss.core.personal.wordings.stems import class_by_stem, speaks_of_birth
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_FEWEST_WHOLE = 8
_AUDIT = word_set("""
created updated modified loaded inserted synced index note notes comment comments rowguid
deleted batch source version
""")
_SUBJECTS = frozenset(
    {P.MILITARY, P.RELIGION, P.ETHNICITY, P.CRIMINAL_RECORD, P.POLITICS, P.ORIENTATION}
    | {P.MARITAL_STATUS}
)
_OWN_ATTRIBUTES = frozenset(["status", "type", "category", "code", "class", "rank", "kind"])
# How dimensional models and OMOP call the key of a person in the source system.
_SOURCE_KEYS = (("alternate", "key"), ("natural", "key"), ("business", "key"), ("source", "value"))
_PAY_COLUMNS = word_set("""
pd paid earned erngs earn wages wage wg pmt ot vac hol sick pto
rate amount value gross net bonus pay comp base benefits overtime allowance commission tips pension
bet betrg earnings deductions deduction deducted withheld garnished ytd total other regular annual
monthly hourly amt usd eur
brutto netto lordo bruto brut neto liquido payer percibir pagar mens mensuel mensual mensal anual
annuel a de imposable imponible impot base prime primes plus extra horas extras sueldo salario
salaire gehalt lohn vencimento devengado devengos proventos descontos monat jahr jaar maand loon
grundgehalt zulage lonn jornal diario hora stunde vl vlr val valor importe mnt montant betrag imp
imponibile sal
""")
_PAY_HEADS = word_set("""
earned erngs wages wage wg
rate amount value gross net bonus pay comp base benefits overtime allowance commission tips pension
bet betrg earnings deductions deduction deducted withheld garnished brutto netto lordo bruto brut
neto liquido payer percibir prime primes
sueldo salario salaire gehalt lohn vencimento devengado devengos proventos loon grundgehalt zulage
lonn jornal
""")
_BY_TABLE = frozenset({P.EMAIL, P.PHONE, P.ADDRESS, P.SOCIAL_PROFILE})


def class_by_subject(column: PersonalColumn) -> str:
    """Find the class by the table's subject, or by the values of a column with a neutral name."""
    return (
        _by_surroundings(column)
        or _by_marks_or_remarks(column)
        or _by_answers(column)
        or _by_subject_of_table(column)
        or _by_lists(column)
        or _by_stem(column)
        or _beside_persons(column)
    )


def _by_stem(column: PersonalColumn) -> str:
    """Find the class by stems, which say too little where no person is spoken of."""
    context = column.context
    about_person = context.person or context.clinical or context.court
    about_person = about_person or (context.keyed and not context.thing)
    if not about_person or context.animals or context.grouped or context.explains:
        return ""
    harmless = is_harmless(column.words)
    return "" if harmless else class_by_stem(column.words, column.family, column.values)


def _beside_persons(column: PersonalColumn) -> str:
    """Find the class of a column of persons by a few values, whatever language its name is in."""
    context, words = column.context, column.words
    if context.grouped or context.explains or context.thing or is_harmless(words):
        return ""
    if column.family == "date" and speaks_of_birth(words) and are_birth_dates(column.values):
        return P.BIRTH_DATE
    about_person = context.person or context.clinical
    if not (about_person or context.keyed) or not _AUDIT.isdisjoint(words):
        return ""
    if context.pay and context.person and are_parts_of_pay(words, column.family, column.values):
        return P.INCOME
    if find_phrase(words) is not None:
        return ""  # what the name says was weighed, and found to be none here
    return class_beside_persons(words, column.family, column.values, sure=about_person)


def _by_surroundings(column: PersonalColumn) -> str:
    """Find the class of what was done with patients, employees and defendants."""
    context = column.context
    if (_is_clinical(column) and context.clinical_table) or _tells_when_examined(column):
        return P.HEALTH
    if context.grouped or context.explains or column.family not in ("text", "number", "boolean"):
        return ""
    if (context.person or context.keyed) and _names_disease(column.words):
        return P.HEALTH
    if not (context.thing or context.totals or context.machines) and _names_body(column.words):
        return P.HEALTH
    if column.family == "boolean" or not is_fate(column.words):
        return ""
    around = set(column.words).union(*map(words_of_name, column.siblings))
    return P.CRIMINAL_RECORD if context.court or is_of_court(around) else ""


def _by_marks_or_remarks(column: PersonalColumn) -> str:
    """Find marks of students, captions of cases, and sentences about persons."""
    context, words, values = column.context, column.words, column.values
    if context.grouped or context.explains or context.thing:
        return ""
    if context.students and column.family in ("number", "text") and is_mark(words, values):
        return P.EDUCATION
    if column.family != "text":
        return ""
    if are_captions(words, values) and (context.court or not _CASES.isdisjoint(words)):
        return P.NAME
    return P.DOCUMENT if tells_of_people(words, values) else ""


_CASES = frozenset({"case", "matter", "caption", "caratula", "docket"})
_DISEASES = word_set("""
diabetes diabetic asthma cancer epilepsy hypertension arthritis migraine copd hiv autism adhd
dementia alzheimer alzheimers bipolar schizophrenia ptsd alcoholism hepatitis tuberculosis pregnancy
pregnant disability handicap handcap hipertension obesity anemia leukemia covid asma diabete
krankheit enfermedad maladie malattia doenca comorbidity comorbidities
""")


_BODY = word_set("""
menstrual menses ovulation spo2 hrv systolic diastolic hba1c triglycerides egfr creatinine
hemoglobin
haemoglobin gcs gravida histology chemotherapy radiotherapy metastasis comorbidity comorbid
prognosis
""")
"""Words that are said of a body and of nothing else."""


def _names_body(words: Sequence[str]) -> bool:
    """Whether a column tells a measurement or a finding of somebody's body."""
    if _BODY.isdisjoint(words) or not _NOT_CLINICAL.isdisjoint(words):
        return False
    return words[-1] not in _KEYS_OF_EVENTS and tables.METADATA_TAILS.isdisjoint(words)


_KEYS_OF_EVENTS = frozenset({"id", "key", "sk", "uuid", "code_system", "system"})


def _names_disease(words: Sequence[str]) -> bool:
    """Whether a column of persons is named for a disease and not for what is done about it."""
    return bool(words) and words[-1] in _DISEASES


def _by_answers(column: PersonalColumn) -> str:
    context = column.context
    if column.family != "text" or context.grouped or context.explains:
        return ""
    return class_by_answers(
        column.name,
        column.words,
        column.values,
        survey=context.survey,
        about_person=context.person or context.keyed,
    )


def _by_subject_of_table(column: PersonalColumn) -> str:
    subject = column.context.subject
    if subject in _SUBJECTS and _tells_subject(column):
        return subject
    if subject in _BY_TABLE and column.words == ("value",):
        return "" if vetoed_by_values(subject, column.values) else subject
    if column.words[-2:] in _SOURCE_KEYS and not tables.PERSON_TABLES.isdisjoint(column.words):
        return P.MEMBER_NUMBER
    if (
        column.context.pay
        and (column.context.keyed or column.context.person)
        and column.family in ("number", "text")
        and _PAY_COLUMNS.issuperset(column.words)
        and not _PAY_HEADS.isdisjoint(column.words)
    ):
        return P.INCOME
    return ""


_EXAMS = re.compile(
    r"medical_?exam|medical_?check|health_?check_?up|health_?screen|drug_?(?:test|screen)|sick_?(?:leave|note)"
    r"|(?:maternity|medical|disability|fmla|pregnancy)_?leave|vaccinat|immuni[sz]ation|booster_?(?:shot|dose)"
    r"|fit_?note|au_?(?:beginn|ende|von|bis)|krank|arret_?maladie|visite?_?med|baja_?medica"
    r"|reconocimiento_?medico|mutterschutz|eau_?beginn"
)


def _tells_when_examined(column: PersonalColumn) -> bool:
    """Whether a date tells when an employee or member was examined, ill or vaccinated."""
    person = column.context.person or column.context.keyed
    return column.family == "date" and person and bool(_EXAMS.search("_".join(column.words)))


_NOT_CLINICAL = frozenset(
    {"type", "unit", "provider", "visit", "date", "time", "datetime"}
    | {"version", "ver", "seq", "sequence", "modifier", "unit", "operator", "event", "field"}
)


def _is_clinical(column: PersonalColumn) -> bool:
    words = set(column.words)
    if column.family in ("date", "boolean") or words & _NOT_CLINICAL:
        return False
    if column.words[-1:] == ("id",) and "concept" not in words:
        return False
    return not tables.CLINICAL_COLUMNS.isdisjoint(words)


def _tells_subject(column: PersonalColumn) -> bool:
    words = column.words
    if not words or not _AUDIT.isdisjoint(words) or not column.context.keyed:
        return False
    is_key = words[-1] in ("id", "key", "guid", "uuid")
    return not is_key or (len(words) == 2 and words[0] in _OWN_ATTRIBUTES)


def _by_lists(column: PersonalColumn) -> str:
    values = column.values
    if column.family != "text" or column.context.thing:
        return ""
    by_form = class_by_form(column.words, values)
    if by_form or len(values) < 5:
        return by_form
    if share_of(values, is_handle_of_name) >= 0.6:
        return P.USERNAME
    if tables.NEUTRAL_COLUMNS.issuperset(column.words) and name_share(values) >= 0.6:
        return P.NAME
    if column.words[-1:] and column.words[-1] in tables.PERSON_TABLES and name_share(values) >= 0.4:
        return P.NAME
    return _by_whole_names(column) if find_phrase(column.words) is None else ""


def _by_whole_names(column: PersonalColumn) -> str:
    whole = [v for v in column.values if " " in v]
    if len(whole) < _FEWEST_WHOLE:
        return ""
    if sum(map(is_person_name, whole)) >= 0.7 * len(column.values):
        return P.NAME
    return P.ADDRESS if share_of(column.values, is_street) >= 0.6 else ""
