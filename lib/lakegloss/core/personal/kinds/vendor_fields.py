"""Knows the fields of X12 and HL7 messages, and of surveys and registers with fixed field names."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.kinds.systems import SYSTEMS, field_names

P = PersonalClass

_FEWEST_MARKS = 3
_FEWEST_SEGMENTS = 2


def class_by_vendor_field(name: str, siblings: Sequence[str]) -> str | None:
    """Find the class of a field of a known system; '' if it is none of a person, else None.

    The columns beside must show the system: `MAR` is a marital status beside `PWGTP` and `PUMA`.
    """
    field = name.strip().upper()
    for shape, classes in ((_X12, _x12_class), (_HL7, _hl7_class)):
        match = shape.fullmatch(field)
        if match and _shaped(shape, siblings) >= _FEWEST_SEGMENTS:
            return classes(match)
    if field not in _names() and not _FLAG.fullmatch(field):
        return None
    beside = {sibling.strip().upper() for sibling in siblings}
    for system in SYSTEMS:
        if len((beside | {field}) & system.marks) >= _FEWEST_MARKS:
            own = system.fields.get(field)
            return own or _class_of_flag(field, system.fields)
    return None


@cache
def _names() -> frozenset[str]:
    return frozenset(field_names())


_FLAG = re.compile(r"F[A-Z0-9]{2,8}P?")
"""The census marks values that it has filled in itself: FAGEP tells of AGEP."""


def _class_of_flag(field: str, fields: Iterable[str]) -> str | None:
    stem = field[1:]
    about = any(stem.startswith(other.rstrip("P")) for other in fields if len(other) > 2)
    return "" if _FLAG.fullmatch(field) and about else None


def _shaped(shape: re.Pattern[str], siblings: Sequence[str]) -> int:
    return sum(1 for sibling in siblings if shape.fullmatch(sibling.strip().upper()))


# X12: NM103_IL is the third element of segment NM1 with the qualifier IL.

_X12 = re.compile(
    r"(?:(?:LOOP_?)?(2\d{3}[A-Z]{0,2})_)?"
    r"(ISA|GS|ST|BHT|HL|NM1|N1|N2|N3|N4|DMG|CLM|HI|SV1|SV2|SV3|DTP|SBR|REF|INS|PAT|PER|PRV|HD|CAS"
    r"|SVC|CLP|EQ|EB|TRN|LX|AMT|QTY|NTE|HLH|ICM|LUI|EC)_?(\d\d)((?:[_-][A-Z0-9]{1,3}){0,3})"
)
_INSURED = frozenset({"IL", "QC", "74", "03", "70", "S1", "S3", "GD", "QD", "LR", "E1", "M8", "P3"})
_CLINICIANS = frozenset({"71", "72", "82", "DN", "DK", "DQ", "DD", "ZZ"})
_LOOPS = {"2010BA": "IL", "2010CA": "QC", "2310A": "DN", "2310B": "82", "2420A": "82"} | {
    "2010AA": "85", "2010AB": "87", "2010BB": "PR", "2100A": "IL", "2100C": "IL", "2100D": "03",
    "1000A": "41", "1000B": "40", "2310C": "77", "2310E": "77", "2000B": "IL",
}  # fmt: skip
_X12_FIELDS: dict[tuple[str, str], PersonalClass] = {
    ("NM1", "04"): P.NAME, ("NM1", "05"): P.NAME, ("PER", "02"): P.NAME,
    ("DMG", "02"): P.BIRTH_DATE, ("DMG", "03"): P.GENDER, ("DMG", "04"): P.MARITAL_STATUS,
    ("DMG", "05"): P.ETHNICITY, ("DMG", "06"): P.CITIZENSHIP, ("CLM", "01"): P.MEMBER_NUMBER,
    ("CLP", "01"): P.MEMBER_NUMBER, ("PAT", "06"): P.DEATH_DATE, ("PAT", "08"): P.HEALTH,
    ("PAT", "09"): P.HEALTH, ("INS", "10"): P.HEALTH, ("INS", "12"): P.DEATH_DATE,
    ("SV1", "01"): P.HEALTH, ("SV2", "02"): P.HEALTH, ("SV3", "01"): P.HEALTH,
    ("SVC", "01"): P.HEALTH, ("HLH", "01"): P.HEALTH, ("HLH", "02"): P.HEALTH,
    ("HLH", "03"): P.HEALTH, ("ICM", "02"): P.INCOME,
}  # fmt: skip
_OF_CARE = frozenset(
    "472 435 096 431 439 454 304 484 434 453 455 471 360 361 297 296 090 091 738 739".split()
)
_REFERENCES = {"SY": P.NATIONAL_ID, "0F": P.MEMBER_NUMBER, "1W": P.MEMBER_NUMBER} | {
    "EA": P.MEMBER_NUMBER, "23": P.MEMBER_NUMBER, "HJ": P.MEMBER_NUMBER, "EJ": P.MEMBER_NUMBER
}  # fmt: skip
_BY_ENTITY = frozenset({"NM1", "N3", "N4"})


def _x12_class(match: re.Match[str]) -> str | None:
    loop, segment, element, tail = match.groups()
    marks = [mark for mark in re.split(r"[_-]", tail) if mark]
    if segment in _BY_ENTITY:
        entity = next(iter(marks), "") or _LOOPS.get(loop or "", "")
        return _class_by_entity(segment, element, entity)
    if segment == "HI" or (element in ("01", "02") and segment in ("SV1", "SV2", "SV3", "SVC")):
        is_qualifier = marks[:1] in (["1"], ["01"])
        health = segment == "HI" or (segment, element) in _X12_FIELDS
        return P.HEALTH if health and not is_qualifier else ""
    if segment == "DTP":
        return P.HEALTH if element == "03" and not _OF_CARE.isdisjoint(marks) else ""
    if segment == "REF":
        kinds = [_REFERENCES[mark] for mark in marks if mark in _REFERENCES]
        return kinds[0] if element == "02" and kinds else ""
    if segment == "PER" and element != "02":
        return None  # the values tell a phone number from its type
    return _X12_FIELDS.get((segment, element), "")


def _class_by_entity(segment: str, element: str, entity: str) -> str | None:
    insured = entity in _INSURED
    if segment == "NM1" and element in ("04", "05"):
        return P.NAME
    if segment == "NM1" and element == "03":
        return P.NAME if insured or entity in _CLINICIANS else ("" if entity else None)
    if segment == "NM1" and element == "09":
        return P.MEMBER_NUMBER if insured else ""
    if segment == "N3":
        return P.ADDRESS if insured or not entity else ""
    if segment == "N4" and element == "03":
        return P.POSTAL_CODE if insured or not entity else ""
    return ""


# HL7 version 2: PID_5 is the fifth field of segment PID.

_HL7 = re.compile(
    r"(MSH|EVN|PID|PD1|NK1|PV1|PV2|OBX|OBR|ORC|DG1|PR1|AL1|IN1|IN2|GT1|RXA|RXE|RXD|SPM|TXA)"
    r"[_.-]?(\d{1,2})((?:[_.-]\d{1,2}){0,2})"
)
_HL7_FIELDS: dict[str, dict[PersonalClass, str]] = {
    "PID": {
        P.MEMBER_NUMBER: "2 3 4 18", P.NAME: "5 6 9", P.BIRTH_DATE: "7", P.GENDER: "8",
        P.ETHNICITY: "10 22", P.ADDRESS: "11", P.PHONE: "13 14 40", P.MARITAL_STATUS: "16",
        P.RELIGION: "17", P.NATIONAL_ID: "19", P.DRIVING_LICENCE: "20", P.CITIZENSHIP: "26",
        P.MILITARY: "27", P.NATIONALITY: "28", P.DEATH_DATE: "29", P.HEALTH: "30",
    },
    "NK1": {P.NAME: "2 30", P.ADDRESS: "4", P.PHONE: "5 6", P.BIRTH_DATE: "16"},
    "GT1": {P.NAME: "3", P.ADDRESS: "5", P.PHONE: "6 7", P.BIRTH_DATE: "8", P.NATIONAL_ID: "12"},
    "IN1": {P.NAME: "16", P.BIRTH_DATE: "18", P.ADDRESS: "19", P.MEMBER_NUMBER: "36 49"},
    "PV1": {P.NAME: "7 8 9 17", P.HEALTH: "44 45"},
    "OBX": {P.HEALTH: "3 5 8 14"},
    "OBR": {P.HEALTH: "4 7 13 31", P.NAME: "16"},
    "DG1": {P.HEALTH: "3 4 5"},
    "PR1": {P.HEALTH: "3 4 5"},
    "AL1": {P.HEALTH: "3 4 5"},
    "RXA": {P.HEALTH: "3 5"},
    "RXE": {P.HEALTH: "2"},
    "RXD": {P.HEALTH: "2"},
}  # fmt: skip
_PART_OF_ADDRESS = frozenset({"3", "4", "6"})


def _hl7_class(match: re.Match[str]) -> str:
    segment, number, tail = match.groups()
    parts = [part for part in re.split(r"[_.-]", tail) if part]
    for kind, numbers in _HL7_FIELDS.get(segment, {}).items():
        if str(int(number)) in numbers.split():
            if kind is P.ADDRESS and parts[:1] == ["5"]:
                return P.POSTAL_CODE
            return "" if kind is P.ADDRESS and parts and parts[0] in _PART_OF_ADDRESS else kind
    return ""
